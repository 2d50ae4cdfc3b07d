"""The fixed-point datapath of a bundle in NumPy integers, as docs/spec/datapath.md describes it."""

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from firmware_ref.arithmetic import Format, IntArray, Overflow, Rounding
from firmware_ref.convolution import Convolution, real_taps
from firmware_ref.errors import UNREADABLE, FirmwareReferenceError
from firmware_ref.piecewise import Basis, Table
from firmware_ref.requantize import Requantize
from firmware_ref.stage import BLOCK, Input, Output, Stage

SCHEMA_VERSION = 1

Form = Literal["table", "basis"]
Tables = dict[str, NDArray[np.int64]]


class Reference:
    """The datapath as a stream: its memories stay between calls of `process`.

    graph: what datapath.json holds. tables: what tables.npz holds. form: of the piecewise-linear functions, "table"
    or "basis"; both give the same integers. Raises `FirmwareReferenceError`.
    """

    def __init__(self, graph: dict[str, Any], tables: Tables, form: Form = "table") -> None:
        if form not in ("table", "basis"):
            raise FirmwareReferenceError(f"form {form!r}; expected 'table' or 'basis'")
        self._stages: list[Stage] = []
        self._sources: list[int | None] = []
        _check_version(graph)
        for node in graph["nodes"]:
            self._append(node, tables, form)
        if not self._stages or not isinstance(self._stages[-1], Output):
            raise FirmwareReferenceError("datapath: the last node is no output; export the bundle again")

    @classmethod
    def load(cls, bundle: Path, form: Form = "table") -> "Reference":
        """Return the datapath of the folder `bundle`. Raises `FirmwareReferenceError`."""
        return cls(_read_graph(bundle / "datapath.json"), _read_tables(bundle / "tables.npz"), form)

    @property
    def channels(self) -> int:
        """Real channels of the input, I then Q of each complex signal."""
        return len(self._stages[0].ranges)

    def process(self, x_q: IntArray) -> NDArray[np.int64]:
        """Return the output [channels_out, n] for the next n samples `x_q` [channels, n], in integers of the formats.

        Raises `FirmwareReferenceError` where `x_q` has another shape or leaves the input's format.
        """
        self._check_signal(x_q)
        z_q = np.empty((len(self._stages[-1].ranges), x_q.shape[1]), dtype=np.int64)
        for first in range(0, x_q.shape[1], BLOCK):
            z_q[:, first : first + BLOCK] = self._run(x_q[:, first : first + BLOCK])[-1]
        return z_q

    def reset(self) -> None:
        """Make every memory zero, as before the first sample."""
        for stage in self._stages:
            stage.reset()

    def trace(self, x_q: IntArray) -> dict[str, NDArray[np.int64]]:
        """Return the integers [channels, n] of every node by name, for `x_q` from reset; the memories end as zeros."""
        self._check_signal(x_q)
        n = x_q.shape[1]
        found = {stage.name: np.empty((len(stage.ranges), n), dtype=np.int64) for stage in self._stages}
        self.reset()
        for first in range(0, n, BLOCK):
            values = self._run(x_q[:, first : first + BLOCK])
            for stage, value in zip(self._stages, values, strict=True):
                found[stage.name][:, first : first + BLOCK] = value
        self.reset()
        return found

    def _run(self, x: IntArray) -> list[IntArray]:
        values: list[IntArray] = []
        for stage, source in zip(self._stages, self._sources, strict=True):
            values.append(stage.run(x if source is None else values[source]))
        return values

    def _append(self, node: dict[str, Any], tables: Tables, form: Form) -> None:
        name = node.get("name", f"number {len(self._stages)}")
        try:
            source = None if node["kind"] == "input" else self._index(node["source"])
            stage = _first_stage(node) if source is None else _stage(node, self._stages[source], tables, form)
        except FirmwareReferenceError as error:
            raise FirmwareReferenceError(f"node {name!r}: {error}") from error
        except KeyError as error:
            raise FirmwareReferenceError(f"node {name!r}: {error} is missing; export the bundle again") from error
        except (ValueError, TypeError, AttributeError, IndexError) as error:
            raise FirmwareReferenceError(f"node {name!r}: {error}; export the bundle again") from error
        self._stages.append(stage)
        self._sources.append(source)

    def _index(self, source: str) -> int:
        names = [stage.name for stage in self._stages]
        if source not in names:
            raise FirmwareReferenceError(f"its source {source!r} does not stand before it; export the bundle again")
        return names.index(source)

    def _check_signal(self, x_q: IntArray) -> None:
        if x_q.ndim != 2 or x_q.shape[0] != self.channels or not np.issubdtype(x_q.dtype, np.integer):
            raise FirmwareReferenceError(
                f"signal of shape {x_q.shape}, {x_q.dtype}; expected integers of shape ({self.channels}, samples)"
            )
        least, most = self._stages[0].ranges[0]
        for extreme in (int(x_q.min()), int(x_q.max())) if x_q.size else ():
            if not least <= extreme <= most:
                raise FirmwareReferenceError(f"sample {extreme} outside [{least}, {most}]; scale the signal before")


def _first_stage(node: dict[str, Any]) -> Stage:
    return Input(node["name"], int(node["channels"]), _format(node["format"]))


def _stage(node: dict[str, Any], source: Stage, tables: Tables, form: Form) -> Stage:
    name = node["name"]
    match node["kind"]:
        case "convolution":
            taps = tables[node["taps"]]
            bias = None if node["bias"] is None else tables[node["bias"]]
            matrix = real_taps(taps) if node["complex"] else taps
            frac = _format(node["taps_format"]).frac
            groups, dilation = int(node["groups"]), int(node["dilation"])
            return Convolution(name, source, matrix, frac, bias=bias, groups=groups, dilation=dilation)
        case "piecewise":
            if node["symmetry"] != "odd":
                raise FirmwareReferenceError(f"symmetry {node['symmetry']!r}; expected 'odd'")
            m, frac = int(node["segment_log2"]), _format(node["slopes_format"]).frac
            if form == "basis":
                return Basis(name, source, [tables[node["weights"]]], m, frac)
            return Table(name, source, [tables[node["slopes"]], tables[node["bases"]]], m, frac)
        case "requantize":
            rounding, overflow = Rounding(node["rounding"]), Overflow(node["overflow"])
            return Requantize(name, source, _format(node["format"]), rounding, overflow)
        case "output":
            return Output(name, source)
        case other:
            raise FirmwareReferenceError(f"unknown kind {other!r}; this reference is older than the bundle")


def _format(data: dict[str, Any]) -> Format:
    return Format(bool(data["signed"]), int(data["bits"]), int(data["frac"]))


def _check_version(graph: dict[str, Any]) -> None:
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise FirmwareReferenceError("datapath: no list of nodes; export the bundle again")
    version = graph.get("schema_version")
    if version != SCHEMA_VERSION:
        raise FirmwareReferenceError(
            f"datapath: schema version {version}, this reference reads {SCHEMA_VERSION}; export the bundle again"
        )


def _read_graph(path: Path) -> dict[str, Any]:
    try:
        graph: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except UNREADABLE as error:
        raise FirmwareReferenceError(f"{path}: cannot be read: {error}; export the bundle again") from error
    return graph


def _read_tables(path: Path) -> Tables:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name].astype(np.int64, casting="safe") for name in archive.files}
    except UNREADABLE as error:
        raise FirmwareReferenceError(f"{path}: cannot be read: {error}; export the bundle again") from error
