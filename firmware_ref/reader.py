"""From a bundle's data to stages: datapath.json and tables.npz (docs/spec/datapath.md, sections 2, 3 and 5)."""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, assert_never

import numpy as np
from numpy.typing import NDArray

from firmware_ref.arithmetic import Format, Overflow, Rounding
from firmware_ref.array_files import read_npz
from firmware_ref.convolution import Convolution, real_taps
from firmware_ref.errors import UNREADABLE, FirmwareReferenceError
from firmware_ref.magnitude import AlphaBeta, Magnitude, Root, Square
from firmware_ref.multiply import ComplexMultiply, RealMultiply
from firmware_ref.piecewise import Piecewise, Reading, Symmetry
from firmware_ref.piecewise_forms import Basis, Table
from firmware_ref.rectify import Rectify
from firmware_ref.requantize import Requantize
from firmware_ref.routing import Delay, Select
from firmware_ref.stage import Input, Output, Stage
from firmware_ref.sums import Add, Concatenate

SCHEMA_VERSION = 2
MOST_CHANNELS = 1 << 16
"""An input that claims more is broken, and would take all memory."""

Form = Literal["table", "basis"]
Node = dict[str, Any]
Tables = dict[str, NDArray[np.int64]]


class Kind(StrEnum):
    """The kinds of nodes: a closed set."""

    INPUT = "input"
    CONVOLUTION = "convolution"
    DELAY = "delay"
    PIECEWISE = "piecewise"
    MAGNITUDE = "magnitude"
    MULTIPLY = "multiply"
    ADD = "add"
    RECTIFY = "rectify"
    REQUANTIZE = "requantize"
    CONCATENATE = "concatenate"
    SELECT = "select"
    OUTPUT = "output"


class MagnitudeKind(StrEnum):
    """How a magnitude is taken."""

    SQRT = "sqrt"
    ALPHA_BETA = "alpha_beta"
    SQUARE = "square"


def nodes_of(graph: dict[str, Any]) -> list[Node]:
    """Return the nodes of what datapath.json holds. Raises `FirmwareReferenceError` for another version or structure."""
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise FirmwareReferenceError("datapath: no list of nodes; export the bundle again")
    version = graph.get("schema_version")
    if version != SCHEMA_VERSION:
        raise FirmwareReferenceError(
            f"datapath: schema version {version!r}, this reference reads {SCHEMA_VERSION}; export the bundle again"
        )
    kinds = [node.get("kind") for node in nodes]
    if not kinds or kinds[0] != "input" or kinds.count("input") != 1:
        raise FirmwareReferenceError("datapath: expected one input, the first node; export the bundle again")
    if kinds[-1] != "output" or kinds.count("output") != 1:
        raise FirmwareReferenceError("datapath: expected one output, the last node; export the bundle again")
    return nodes


def sources_of(node: Node) -> list[str]:
    """Return the names of the nodes that `node` reads, in order. Raises KeyError where one is not given."""
    match _kind(node):
        case Kind.INPUT:
            return []
        case Kind.MULTIPLY:
            return [node["source"], node["other"]]
        case Kind.ADD | Kind.CONCATENATE:
            return _list(node, "sources")
        case (
            Kind.CONVOLUTION
            | Kind.DELAY
            | Kind.PIECEWISE
            | Kind.MAGNITUDE
            | Kind.RECTIFY
            | Kind.REQUANTIZE
            | Kind.SELECT
            | Kind.OUTPUT
        ):
            return [node["source"]]
        case other:
            assert_never(other)


def stage_of(node: Node, sources: Sequence[Stage], tables: Tables, form: Form) -> Stage:
    """Return the stage of `node`. Raises `FirmwareReferenceError`, KeyError, ValueError or TypeError for what is none."""
    name = node["name"]
    match _kind(node):
        case Kind.INPUT:
            return _input(node)
        case Kind.CONVOLUTION:
            return _convolution(node, sources[0], tables)
        case Kind.PIECEWISE:
            return _piecewise(node, sources[0], tables, form)
        case Kind.MAGNITUDE:
            return _magnitude(node, sources[0])
        case Kind.REQUANTIZE:
            rounding, overflow = Rounding(node["rounding"]), Overflow(node["overflow"])
            return Requantize(name, sources[0], _format(node["format"]), rounding, overflow)
        case Kind.MULTIPLY:
            return (ComplexMultiply if _is_complex(node) else RealMultiply)(name, *sources)
        case Kind.ADD:
            return Add(name, sources)
        case Kind.CONCATENATE:
            return Concatenate(name, sources)
        case Kind.DELAY:
            return Delay(name, sources[0], _integer(node, "samples"))
        case Kind.RECTIFY:
            return Rectify(name, sources[0], None if node["slope_log2"] is None else _integer(node, "slope_log2"))
        case Kind.SELECT:
            channels = {str(n): channel for n, channel in enumerate(_list(node, "channels"))}
            return Select(name, sources[0], [_integer(channels, n) for n in channels])
        case Kind.OUTPUT:
            return Output(name, sources[0])
        case other:
            assert_never(other)


def read_graph(path: Path) -> dict[str, Any]:
    """Return what datapath.json holds. Raises `FirmwareReferenceError`."""
    try:
        if path.exists() and not path.is_file():
            raise ValueError("it is no regular file")
        graph: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except UNREADABLE as error:
        raise FirmwareReferenceError(f"{path}: cannot be read: {error}; export the bundle again") from error
    return graph


def read_tables(path: Path) -> Tables:
    """Return what tables.npz holds, as int64. Raises `FirmwareReferenceError`."""
    return read_npz(path)


def _input(node: Node) -> Stage:
    channels = _integer(node, "channels")
    if not 1 <= channels <= MOST_CHANNELS:
        raise FirmwareReferenceError(f"{channels} channels; expected 1 to {MOST_CHANNELS}")
    return Input(node["name"], channels, _format(node["format"]))


def _convolution(node: Node, source: Stage, tables: Tables) -> Convolution:
    taps = _table(node, "taps", tables)
    return Convolution(
        node["name"],
        source,
        real_taps(taps) if _is_complex(node) else taps,
        _format(node["taps_format"]).frac,
        bias=None if node["bias"] is None else _table(node, "bias", tables),
        groups=_integer(node, "groups"),
        dilation=_integer(node, "dilation"),
    )


def _piecewise(node: Node, source: Stage, tables: Tables, form: Form) -> Piecewise:
    m, frac = _integer(node, "segment_log2"), _format(node["slopes_format"]).frac
    reading = Reading(Symmetry(node["symmetry"]), _integer(node, "outputs"), m, frac)
    bases = _table(node, "bases", tables)
    match form:
        case "table":
            return Table(node["name"], source, _table(node, "slopes", tables), bases, reading)
        case "basis":
            return Basis(node["name"], source, _table(node, "weights", tables), bases, reading)
        case _:
            assert_never(form)


def _magnitude(node: Node, source: Stage) -> Magnitude:
    name, kind = node["name"], MagnitudeKind(node["magnitude"])
    coefficients = [_integer(node, key) for key in ("alpha", "beta", "coefficients_frac")]
    if any(coefficients) and kind is not MagnitudeKind.ALPHA_BETA:
        raise FirmwareReferenceError(f"coefficients {coefficients} of {kind}; expected 0")
    match kind:
        case MagnitudeKind.SQRT:
            return Root(name, source)
        case MagnitudeKind.SQUARE:
            return Square(name, source)
        case MagnitudeKind.ALPHA_BETA:
            return AlphaBeta(name, source, *coefficients)
        case other:
            assert_never(other)


def _is_complex(node: Node) -> bool:
    """Return whether `node` is complex. Three products or four make no difference here: the integers are the same."""
    is_complex, products = _flag(node, "complex"), node.get("products", "four")
    if products not in ("four", "three"):
        raise FirmwareReferenceError(f"'products' is {products!r}; expected 'four' or 'three'")
    if products == "three" and not is_complex:
        raise FirmwareReferenceError("three products of a real node; expected a complex one")
    return is_complex


def _kind(node: Node) -> Kind:
    try:
        return Kind(node["kind"])
    except ValueError:
        raise FirmwareReferenceError(
            f"unknown kind {node['kind']!r}; this reference is older than the bundle"
        ) from None


def _format(data: Node) -> Format:
    return Format(_flag(data, "signed"), _integer(data, "bits"), _integer(data, "frac"))


def _integer(data: Node, key: str) -> int:
    value = data[key]
    if isinstance(value, bool) or not isinstance(value, int):
        raise FirmwareReferenceError(f"{key!r} is {value!r}; expected an integer")
    return value


def _flag(data: Node, key: str) -> bool:
    value = data[key]
    if not isinstance(value, bool):
        raise FirmwareReferenceError(f"{key!r} is {value!r}; expected true or false")
    return value


def _list(data: Node, key: str) -> list[Any]:
    value = data[key]
    if not isinstance(value, list):
        raise FirmwareReferenceError(f"{key!r} is {value!r}; expected a list")
    return value


def _table(node: Node, key: str, tables: Tables) -> NDArray[np.int64]:
    """Return the table that the field `key` names; its integers must be negatable, as a complex tap is."""
    table = np.asarray(tables[node[key]]).astype(np.int64, casting="safe")
    if table.size and int(table.min()) == np.iinfo(np.int64).min:
        raise FirmwareReferenceError(f"{key} hold {np.iinfo(np.int64).min}, which has no negative of 64 bits")
    return table
