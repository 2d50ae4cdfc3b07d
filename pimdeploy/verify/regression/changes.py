"""What changed in a file of a bundle against the golden set's, in words: the tensor, table, node, key, line or byte."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.array_files import load_npy
from pimdeploy.bundle import load_arrays, load_weights
from pimdeploy.documents import parse_json, parse_toml
from pimdeploy.errors import BundleError, printable

SHOWN = 8
"""Differences of one file that are told one by one; of the rest the number."""
SHORT = 60
"""Characters up to which a value is shown."""

AnyArray = NDArray[Any]


def what_changed(name: str, before: bytes, now: bytes) -> str:
    """Return what differs between two contents, that are not equal, of the file `name` of a bundle: one line.

    Arrays are named with how many entries differ, JSON and TOML with their keys (of a graph: its nodes), ONNX with
    initializers and nodes, text with the first line, everything else with the first byte.
    """
    try:
        found = _differences(name, before, now)
    except (ValueError, UnicodeDecodeError, BundleError):  # one of the two is not what its name says
        found = [_first_byte(before, now)]
    if not found:
        return "its bytes changed, what it holds did not"
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return printable("; ".join([*found[:SHOWN], *more]))


def _differences(name: str, before: bytes, now: bytes) -> list[str]:
    match name.rpartition(".")[2]:
        case "safetensors":
            return array_differences(load_weights(before, name), load_weights(now, name))
        case "npz":
            return array_differences(load_arrays(before, name), load_arrays(now, name))
        case "npy":
            return array_differences({"": load_npy(before)}, {"": load_npy(now)})
        case "json":
            return value_differences(parse_json(before), parse_json(now))
        case "toml":
            return value_differences(parse_toml(before.decode()), parse_toml(now.decode()))
        case "onnx":
            return _onnx_differences(before, now)
        case "bin":
            return [_first_byte(before, now)]
        case _:
            return [_first_line(before.decode(), now.decode())]


def array_differences(before: Mapping[str, AnyArray], now: Mapping[str, AnyArray]) -> list[str]:
    """Return a text for every array, by name, that only one side has, or of which shape or entries differ."""
    lines = [_array_difference(name, before[name], now[name]) for name in before if name in now]
    lines += [f"{name} gone" for name in before if name not in now]
    lines += [f"{name} new" for name in now if name not in before]
    return [line for line in lines if line]


NUMBERS = frozenset("biufc")
"""Kinds of NumPy types whose values compare with each other; records and text only compare with their own."""


def _array_difference(name: str, before: AnyArray, now: AnyArray) -> str:
    lead = f"{name} " if name else ""
    if before.shape != now.shape:
        return f"{lead}changed its shape: {list(before.shape)} then, {list(now.shape)} now"
    if before.dtype != now.dtype and not {before.dtype.kind, now.dtype.kind} <= NUMBERS:
        return f"{lead}changed its type: {before.dtype} then, {now.dtype} now"
    places = np.argwhere(before != now)
    if not len(places):
        return ""
    first = tuple(int(i) for i in places[0])
    return (
        f"{lead}changed in {len(places)} of {before.size} entries, first {list(first)}: "
        f"{before[first]} then, {now[first]} now"
    )


def value_differences(before: object, now: object) -> list[str]:
    """Return a text for every value of two JSON or TOML documents that differs, by its key; nodes go by their names."""
    then, since = dict(_leaves(before, "")), dict(_leaves(now, ""))
    lines = [f"{key}: {_short(then[key])} then, {_short(since[key])} now" for key in then if key in since]
    changed = [
        line for line, key in zip(lines, (k for k in then if k in since), strict=True) if then[key] != since[key]
    ]
    changed += [f"{key}: {_short(then[key])} gone" for key in then if key not in since]
    return changed + [f"{key}: {_short(since[key])} new" for key in since if key not in then]


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield (key, value) of everything in `value` that is no container: "node u: overflow", "stimulus.seed"."""
    match value:
        case dict() if value:
            for key, child in value.items():
                yield from _leaves(child, f"{path}.{key}".removeprefix(".").replace(": .", ": "))
        case list() if value and all(isinstance(child, dict) and "name" in child for child in value):
            # A list of things that have names, "nodes": an insertion must not make all that follow it differ.
            kind = path.rpartition(".")[2].removesuffix("s")
            for child in value:
                yield from _leaves(child, f"{kind} {child['name']}: ")
        case _:
            yield path, value


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)  # TOML has dates
    return text if len(text) <= SHORT else f"{text[:SHORT]}..."


def _onnx_differences(before: bytes, now: bytes) -> list[str]:
    """Return the initializers and nodes (by what they compute) of two ONNX files that differ, and what else does."""
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        then, since = _onnx_parts(before), _onnx_parts(now)
    except (DecodeError, TypeError, AttributeError) as error:  # the latter: a text that is no UTF-8 is left as bytes
        raise ValueError(str(error)) from error
    changed = [f"{key} changed" for key in then if key in since and then[key] != since[key]]
    changed += [f"{key} gone" for key in then if key not in since]
    return changed + [f"{key} new" for key in since if key not in then]


def _onnx_parts(data: bytes) -> dict[str, bytes]:
    import onnx

    model = onnx.load_model_from_string(data)
    parts = {
        f"initializer {tensor.name}": tensor.SerializeToString(deterministic=True) for tensor in model.graph.initializer
    }
    parts |= {
        f"node {node.op_type} {'/'.join(node.output)}": node.SerializeToString(deterministic=True)
        for node in model.graph.node
    }
    parts |= {f"metadata {entry.key}": entry.value.encode() for entry in model.metadata_props}
    del model.graph.initializer[:], model.graph.node[:], model.metadata_props[:]
    return parts | {"what describes the model": model.SerializeToString(deterministic=True)}


def _first_line(before: str, now: str) -> str:
    then, since = before.splitlines(), now.splitlines()
    shared = sum(1 for _ in _equal_from_the_start(then, since))
    count = f", {len(then)} lines then, {len(since)} now" if len(then) != len(since) else ""
    return f"its text changed, first in line {shared + 1}{count}"


def _first_byte(before: bytes, now: bytes) -> str:
    shared = sum(1 for _ in _equal_from_the_start(before, now))
    count = f", {len(before)} bytes then, {len(now)} now" if len(before) != len(now) else ""
    return f"its bytes changed, first byte {shared}{count}"


def _equal_from_the_start(before: Sequence[object], now: Sequence[object]) -> Iterator[None]:
    for a, b in zip(before, now, strict=False):
        if a != b:
            return
        yield
