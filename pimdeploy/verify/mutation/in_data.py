"""Faults in datapath.json and tables.npz: the NumPy reference follows them, and every other file stands against it."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, node_bounds
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.intervals import hull
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    IntTable,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    sources_of,
)
from pimdeploy.verify.mutation.mutant import Kind, Mutant, Target
from pimdeploy.verify.mutation.reached import Facts, acting
from pimdeploy.verify.mutation.rules import Fault, requantizer_faults
from pimdeploy.verify.mutation.table_faults import table_faults
from pimdeploy.verify.ranges.requantizing import Requantizing

Change = tuple[Kind, str, Node]
"""What is wrong, of which kind, and the node as it is then."""


def data_mutants(facts: Facts) -> Iterator[Mutant]:
    """Yield the mutants of the graph and of the tables of a bundle of which `facts` are known."""
    graph, bounds = facts.graph, facts.bounds
    for node in graph.nodes:
        for kind, what, changed in _changes(node, facts):
            yield _of_graph(facts, node, kind, what, changed)
        if isinstance(node, Requantize):
            for fault, changed in _requantize(node, bounds):
                yield _of_graph(facts, node, fault.kind, fault.what, changed, fault)
        yield from _of_tables(node, facts)


def _of_graph(facts: Facts, node: Node, kind: Kind, what: str, changed: Node, fault: Fault | None = None) -> Mutant:
    graph = facts.graph

    def files() -> dict[str, bytes]:
        nodes = tuple(changed if one is node else one for one in graph.nodes)
        return data_files(replace(graph, nodes=nodes))

    named_by = {node.name}
    if node_bounds(changed, facts.bounds).format.frac != facts.bounds[node.name].format.frac:
        named_by |= _aligned_behind(graph, node.name)
    return Mutant(Target.GRAPH, kind, node.name, what, files, frozenset(named_by), fault.effect if fault else None)


def _aligned_behind(graph: Graph, name: str) -> set[str]:
    """Return the nodes whose binary point follows that of `name`: all behind it up to the next requantizers."""
    found: set[str] = set()
    for node in graph.nodes:
        moved = {source for source in sources_of(node) if source == name or source in found}
        if any(source == name or not isinstance(graph.node(source), Requantize) for source in moved):
            found.add(node.name)
    return found


def data_files(graph: Graph) -> dict[str, bytes]:
    """Return datapath.json and tables.npz of `graph`."""
    return {"datapath.json": to_json(graph).encode(), "tables.npz": _npz(tables(graph))}


def _npz(arrays: dict[str, NDArray[np.int64]]) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def _of_tables(node: Node, facts: Facts) -> Iterator[Mutant]:
    """Yield faults of single tables: of a function the others no longer fit it, which a reader has to notice."""
    found = tables(facts.graph)
    for name, table in found.items():
        if name.partition(".")[0] != node.name:
            continue
        for what, changed in table_faults(table, acting(node, name.partition(".")[2], table.shape, facts)):

            def files(name: str = name, changed: NDArray[np.int64] = changed) -> dict[str, bytes]:
                return {"tables.npz": _npz(found | {name: changed})}

            title = f"{name.partition('.')[2]}: {what}"
            yield Mutant(Target.TABLES, Kind.TABLES, node.name, title, files, frozenset({node.name}))


def _changes(node: Node, facts: Facts) -> Iterator[Change]:
    match node:
        case Input() | Output() | Multiply() | Add() | Requantize():
            return
        case Convolution():
            yield from _convolution(node)
        case Delay():
            yield Kind.DELAY, "one sample more", replace(node, samples=node.samples + 1)
            if node.samples:
                yield Kind.DELAY, "one sample less", replace(node, samples=node.samples - 1)
        case Piecewise():
            yield from _piecewise(node, facts)
        case Magnitude():
            yield from _magnitude(node)
        case Rectify():
            yield from _rectify(node, facts.bounds)
        case Concatenate():
            if len(set(node.sources)) > 1:
                yield Kind.TABLES, "operands exchanged", replace(node, sources=node.sources[::-1])
        case Select():
            channels = node.channels[1:] + node.channels[:1]
            if channels != node.channels:
                yield Kind.TABLES, "channels moved on by one", replace(node, channels=channels)
        case _:
            assert_never(node)


def _convolution(node: Convolution) -> Iterator[Change]:
    taps = node.taps.array
    late = np.zeros((*taps.shape[:-1], taps.shape[-1] + 1), dtype=np.int64)
    late[..., 1:] = taps
    yield Kind.DELAY, "all taps one sample late", replace(node, taps=IntTable(late))
    if taps[..., 1:].any():
        yield Kind.DELAY, "dilation one more", replace(node, dilation=node.dilation + 1)
    if node.is_complex and taps[:, :, 1].any():
        conjugate = taps.copy()
        conjugate[:, :, 1] *= -1
        yield Kind.CONJUGATE, "taps conjugated", replace(node, taps=IntTable(conjugate))


def _piecewise(node: Piecewise, facts: Facts) -> Iterator[Change]:
    if node.segments > 1:
        yield Kind.CONSTANTS, "segments twice as wide", replace(node, segment_log2=node.segment_log2 + 1)
    for what, changed in table_faults(node.slopes.array, acting(node, "slopes", node.slopes.shape, facts)):
        yield Kind.TABLES, f"slopes, with all that follows: {what}", replace(node, slopes=IntTable(changed))


def _magnitude(node: Magnitude) -> Iterator[Change]:
    match node.magnitude:
        case MagnitudeKind.ALPHA_BETA:
            yield Kind.CONSTANTS, "alpha one more", replace(node, alpha=node.alpha + 1)
            yield Kind.CONSTANTS, "beta one more", replace(node, beta=node.beta + 1)
        case MagnitudeKind.SQRT | MagnitudeKind.SQUARE:
            what = f"{node.magnitude} became |I| + |Q|"
            yield Kind.CONSTANTS, what, replace(node, magnitude=MagnitudeKind.ALPHA_BETA, alpha=1, beta=1)
        case _:
            assert_never(node.magnitude)


def _rectify(node: Rectify, bounds: dict[str, NodeBounds]) -> Iterator[Change]:
    if hull(bounds[node.source].ranges)[0] >= 0 and not node.slope_log2:
        return
    more = 1 if node.slope_log2 is None else node.slope_log2 + 1
    yield Kind.CONSTANTS, "slope of negative arguments changed", replace(node, slope_log2=more)


def _requantize(node: Requantize, bounds: dict[str, NodeBounds]) -> Iterator[tuple[Fault, Requantize]]:
    """Yield those of the faults of a requantizer that a graph can say, and the node as it is then."""
    frac = bounds[node.source].format.frac
    for fault in requantizer_faults(node, bounds):
        rule = fault.rule
        if not isinstance(rule, Requantizing) or rule.overflow is None or rule.extra:
            continue
        if (rule.least, rule.most) != (node.format.min_q, node.format.max_q):
            continue
        fmt = QFormat(node.format.signed, node.format.bits, frac - rule.shift)
        yield fault, replace(node, format=fmt, rounding=rule.rounding, overflow=rule.overflow)
