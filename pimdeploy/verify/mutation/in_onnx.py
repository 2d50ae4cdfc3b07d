"""Faults in the integer ONNX files: in the operators and tables of a node, found by its name (onnx_file.py)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Magnitude,
    Multiply,
    Node,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    memory_of,
)
from pimdeploy.verify.mutation.mutant import ONNX_FILES, Kind, Mutant, Target
from pimdeploy.verify.mutation.onnx_file import SPOILED, TO_THE_END, OnnxFile, Steps
from pimdeploy.verify.mutation.onnx_rules import follow
from pimdeploy.verify.mutation.reached import Facts, acting_in_onnx, lets_through
from pimdeploy.verify.mutation.rules import Fault, faults_of
from pimdeploy.verify.mutation.table_faults import table_faults

Alter = Callable[[OnnxFile], object]


@dataclass(frozen=True)
class Change:
    """What is wrong, of which kind, and how the file is altered."""

    kind: Kind
    what: str
    alter: Alter


def onnx_mutants(target: Target, file: OnnxFile, facts: Facts) -> Iterator[Mutant]:
    """Yield the mutants of `file`, that of `target` in a bundle of which `facts` are known."""
    for node in facts.graph.nodes:
        if file.result(node.name) is None:
            continue
        for change in _changes(file, node, facts):
            yield _mutant(target, file, node, change)
        for fault in faults_of(node, facts):
            yield _mutant(target, file, node, _ruled(node, fault), fault)


def _mutant(target: Target, file: OnnxFile, node: Node, change: Change, fault: Fault | None = None) -> Mutant:
    def made() -> dict[str, bytes]:
        return {ONNX_FILES[target]: file.altered(change.alter)}

    effect = fault.effect if fault else None
    return Mutant(target, change.kind, node.name, change.what, made, frozenset({node.name}), effect)


def _ruled(node: Node, fault: Fault) -> Change:
    """Let the result of `node` follow the rule of `fault`: of a requantizer from its operand on, else behind its sum."""

    def alter(file: OnnxFile) -> None:
        operand = _operand(file, node) if isinstance(node, Requantize) else None
        result = file.result(node.name)
        assert result is not None
        file.replace_result(result, lambda steps: follow(steps, fault.rule, steps.integers(operand)))

    return Change(fault.kind, fault.what, alter)


def _operand(file: OnnxFile, node: Requantize) -> str:
    """Return the tensor of the source of `node`."""
    return file.result(node.source) or node.source


def _changes(file: OnnxFile, node: Node, facts: Facts) -> Iterator[Change]:
    yield from _of_tables(file, node, facts)
    if memory_of(node):
        yield from _delays(file, node)
        yield from _states(file, node)
    match node:
        case Convolution():
            yield from _conjugates(file, node)
        case Multiply() if node.is_complex:
            yield from _exchanged_operator(file, node, Kind.CONJUGATE, "Sub", "Add")
        case Piecewise():
            yield from _without_choice(file, node, "sign of the argument lost")
        case Rectify() if lets_through(node, facts):
            yield from _without_rectifier(node)
        case Add() | Concatenate() | Magnitude():
            yield from _scales(file, node)
        case Select():
            yield from _selected(file, node)
        case _:
            pass


def _of_tables(file: OnnxFile, node: Node, facts: Facts) -> Iterator[Change]:
    for name, table in file.tables(node.name).items():
        if name.endswith("/first_row"):  # an index: one off, it leaves the table
            continue
        short = name.partition("/")[2]
        for what, changed in table_faults(table.astype(np.int64), acting_in_onnx(node, short, table.shape, facts)):
            yield Change(Kind.TABLES, f"{short}: {what}", _setting(name, changed.astype(table.dtype)))


def _setting(name: str, values: NDArray[Any]) -> Alter:
    return lambda file: file.set_table(name, values)


def _delays(file: OnnxFile, node: Node) -> Iterator[Change]:
    """Yield the first and the last window in time of the node one sample off, towards the inside of its memory."""
    windows = [k for k, one in enumerate(file.operators(node.name, "Slice")) if _window(file, one) is not None]
    for k in sorted({*windows[:1], *windows[-1:]}):
        yield Change(Kind.DELAY, f"window {windows.index(k)} in time one sample off", _moved(node.name, k))


def _window(file: OnnxFile, operator: Any) -> tuple[int, int] | None:  # noqa: ANN401
    """Return start and delay of a Slice that is a delayed input; None for the past that is handed on, and other slices."""
    starts, ends = (file.constant(name) for name in operator.input[1:3])
    if starts is None or ends is None or int(starts[-1]) < 0:
        return None
    start, end = int(starts[-1]), int(ends[-1])
    if end == TO_THE_END:
        return start, 0
    return (start, -end) if end < 0 else None


def _moved(node: str, which: int) -> Alter:
    def alter(file: OnnxFile) -> None:
        operator = file.operators(node, "Slice")[which]
        window = _window(file, operator)
        assert window is not None
        step = 1 if window[0] > 0 else -1
        start, delay = window[0] - step, window[1] + step
        for place, last in ((1, start), (2, -delay if delay else TO_THE_END)):
            values = np.array(file.constant(operator.input[place]))
            values[-1] = last
            operator.input[place] = file.new_constant(values)

    return alter


def _states(file: OnnxFile, node: Node) -> Iterator[Change]:
    if file.operators(node.name, "Pad"):
        yield Change(Kind.STATE, "not zero after reset", _with_garbage(node.name))
    if any(port.name == f"state_{node.name}" for port in file.model.graph.input):
        yield Change(Kind.STATE, "not kept from block to block", _stale(node.name))


GARBAGE = 12_345


def _with_garbage(node: str) -> Alter:
    def alter(file: OnnxFile) -> None:
        pad = file.operators(node, "Pad")[0]
        value = file.insert_before(pad, "CastLike", [file.new_constant(GARBAGE), pad.input[0]])
        pad.input[:] = [*pad.input[:2], value]

    return alter


def _stale(node: str) -> Alter:
    def alter(file: OnnxFile) -> None:
        last = next(one for one in file.model.graph.node if f"state_{node}_next" in one.output)
        last.output[0] = f"{SPOILED}/next"
        handed_on = file.insert_before(last, "Identity", [f"state_{node}"])
        made = next(one for one in file.model.graph.node if handed_on in one.output)
        made.output[0] = f"state_{node}_next"

    return alter


def _conjugates(file: OnnxFile, node: Convolution) -> Iterator[Change]:
    """Yield the minus of im lost: in the rows of I and the columns of Q, whatever blocks of taps the matrix has."""
    if not node.is_complex or not node.taps.array[:, :, 1].any():
        return
    for name, table in file.tables(node.name).items():
        if "/taps" in name and table.ndim >= 2:
            changed = table.copy()
            changed[..., 0::2, 1::2] *= -1
            yield Change(Kind.CONJUGATE, "minus of im lost", _setting(name, changed))


def _exchanged_operator(file: OnnxFile, node: Node, kind: Kind, before: str, after: str) -> Iterator[Change]:
    for k, _ in enumerate(file.operators(node.name, before)):

        def alter(altered: OnnxFile, k: int = k) -> None:
            altered.operators(node.name, before)[k].op_type = after

        yield Change(kind, f"{before} became {after}", alter)


def _without_choice(file: OnnxFile, node: Node, what: str) -> Iterator[Change]:
    if file.operators(node.name, "Where"):

        def alter(altered: OnnxFile) -> None:
            choice = altered.operators(node.name, "Where")[-1]
            choice.op_type = "Identity"
            choice.input[:] = [choice.input[2]]

        yield Change(Kind.SIGN, what, alter)


def _without_rectifier(node: Rectify) -> Iterator[Change]:
    """Yield the rectifier that lets everything pass, with the factor of positive arguments."""
    factor = 1 << (node.slope_log2 or 0)

    def alter(altered: OnnxFile) -> None:
        operand, result = altered.result(node.source) or node.source, altered.result(node.name)
        assert result is not None

        def write(steps: Steps) -> str:
            return steps.op("Mul", steps.integers(operand), steps.number(factor))

        altered.replace_result(result, write)

    yield Change(Kind.SIGN, "negative arguments pass", alter)


def _scales(file: OnnxFile, node: Node) -> Iterator[Change]:
    """Yield each power of two, or coefficient, by which an operand is multiplied, twice as large."""
    for k, one in enumerate(file.operators(node.name, "Mul")):
        factor = file.constant(one.input[1])
        if factor is None:
            continue

        def alter(altered: OnnxFile, k: int = k, factor: NDArray[Any] = factor) -> None:
            altered.operators(node.name, "Mul")[k].input[1] = altered.new_constant(np.asarray(2 * factor, factor.dtype))

        yield Change(Kind.CONSTANTS, f"factor {factor} became twice as large", alter)


def _selected(file: OnnxFile, node: Select) -> Iterator[Change]:
    moved = node.channels[1:] + node.channels[:1]

    def alter(altered: OnnxFile) -> None:
        altered.operators(node.name, "Gather")[0].input[1] = altered.new_constant(np.array(moved, dtype=np.int64))

    if moved != node.channels:
        yield Change(Kind.TABLES, "channels moved on by one", alter)
