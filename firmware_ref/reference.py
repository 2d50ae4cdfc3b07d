"""The fixed-point datapath of a bundle in NumPy integers, as docs/spec/datapath.md describes it."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_ref.arithmetic import IntArray
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.reader import Form, Node, Tables, nodes_of, read_graph, read_tables, sources_of, stage_of
from firmware_ref.stage import Stage

LONGEST_BLOCK = 8192
SHORTEST_BLOCK = 512
BLOCK_VALUES = 1 << 16
"""Values of the widest node in a block: the few arrays that a stage works on stay in the second-level cache."""


class Reference:
    """The datapath as a stream: its memories stay between calls of `process`.

    graph: what datapath.json holds. tables: what tables.npz holds. form: of the piecewise-linear functions, "table"
    or "basis"; both give the same integers. Raises `FirmwareReferenceError`.
    """

    def __init__(self, graph: dict[str, Any], tables: Tables, form: Form = "table") -> None:
        if form not in ("table", "basis"):
            raise FirmwareReferenceError(f"form {form!r}; expected 'table' or 'basis'")
        self._stages: list[Stage] = []
        self._sources: list[list[int]] = []
        """Places of the stages that each stage reads; none for the input."""
        for node in nodes_of(graph):
            self._append(node, tables, form)
        widest = max(len(stage.ranges) for stage in self._stages)
        self._block = min(max(BLOCK_VALUES // widest, SHORTEST_BLOCK), LONGEST_BLOCK)
        self._allocate()

    @classmethod
    def load(cls, bundle: Path, form: Form = "table") -> "Reference":
        """Return the datapath of the folder `bundle`. Raises `FirmwareReferenceError`."""
        return cls(read_graph(bundle / "datapath.json"), read_tables(bundle / "tables.npz"), form)

    @property
    def channels(self) -> int:
        """Real channels of the input, I then Q of each complex signal."""
        return len(self._stages[0].ranges)

    @property
    def channels_out(self) -> int:
        """Real channels of the output, I then Q of each complex signal."""
        return len(self._stages[-1].ranges)

    def process(self, x_q: IntArray) -> NDArray[np.int64]:
        """Return the output [channels_out, n] for the next n samples `x_q` [channels, n], in integers of the formats.

        Raises `FirmwareReferenceError` where `x_q` has another shape or leaves the input's format.
        """
        self._check_signal(x_q)
        z_q = np.empty((self.channels_out, x_q.shape[1]), dtype=np.int64)
        self._fill(x_q, z_q)
        return z_q

    def process_into(self, x_q: IntArray, z_q: IntArray) -> None:
        """Write what `process` returns to `z_q` [channels_out, n], of any integer type that holds the output's format.

        Works through the signal in blocks: with memory-mapped files no length of signal needs more memory. Raises
        `FirmwareReferenceError` where either array does not fit; nothing has been written then.
        """
        self._check_signal(x_q)
        self._check_result(z_q, x_q.shape[1])
        self._fill(x_q, z_q)

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
        for first in range(0, n, self._block):
            values = self._run(x_q[:, first : first + self._block])
            for stage, value in zip(self._stages, values, strict=True):
                found[stage.name][:, first : first + self._block] = value
        self.reset()
        return found

    def _fill(self, x_q: IntArray, z_q: IntArray) -> None:
        for first in range(0, x_q.shape[1], self._block):
            z_q[:, first : first + self._block] = self._run(x_q[:, first : first + self._block])[-1]

    def _run(self, x: IntArray) -> list[IntArray]:
        values: list[IntArray] = []
        for stage, sources in zip(self._stages, self._sources, strict=True):
            values.append(stage.run([values[source] for source in sources] if sources else [x]))
        return values

    def _append(self, node: Node, tables: Tables, form: Form) -> None:
        name = node.get("name")
        try:
            if not isinstance(name, str) or name in (stage.name for stage in self._stages):
                raise FirmwareReferenceError("expected a name that no other node has; export the bundle again")
            sources = [self._index(source) for source in sources_of(node)]
            stage = stage_of(node, [self._stages[source] for source in sources], tables, form)
        except FirmwareReferenceError as error:
            raise FirmwareReferenceError(f"node {name!r}: {error}") from error
        except KeyError as error:
            raise FirmwareReferenceError(f"node {name!r}: {error} is missing; export the bundle again") from error
        except (ValueError, TypeError, AttributeError, IndexError, OverflowError, MemoryError) as error:
            raise FirmwareReferenceError(f"node {name!r}: {error}; export the bundle again") from error
        self._stages.append(stage)
        self._sources.append(sources)

    def _index(self, source: str) -> int:
        names = [stage.name for stage in self._stages]
        if source not in names:
            raise FirmwareReferenceError(f"its source {source!r} does not stand before it; export the bundle again")
        return names.index(source)

    def _allocate(self) -> None:
        for stage in self._stages:
            try:
                stage.allocate(self._block)
            except (ValueError, OverflowError, MemoryError) as error:
                raise FirmwareReferenceError(f"node {stage.name!r}: no memory for its samples: {error}") from error

    def _check_result(self, z_q: IntArray, n_samples: int) -> None:
        least, most = self._stages[-1].format.least, self._stages[-1].format.most
        shape = (self.channels_out, n_samples)
        fits = (
            np.issubdtype(z_q.dtype, np.integer) and np.iinfo(z_q.dtype).min <= least <= most <= np.iinfo(z_q.dtype).max
        )
        if z_q.shape != shape or not fits:
            raise FirmwareReferenceError(
                f"result of shape {z_q.shape}, {z_q.dtype}; expected shape {shape} and integers that hold [{least}, {most}]"
            )

    def _check_signal(self, x_q: IntArray) -> None:
        if x_q.ndim != 2 or x_q.shape[0] != self.channels or not np.issubdtype(x_q.dtype, np.integer):
            raise FirmwareReferenceError(
                f"signal of shape {x_q.shape}, {x_q.dtype}; expected integers of shape ({self.channels}, samples)"
            )
        least, most = self._stages[0].ranges[0]
        for extreme in (int(x_q.min()), int(x_q.max())) if x_q.size else ():
            if not least <= extreme <= most:
                raise FirmwareReferenceError(f"sample {extreme} outside [{least}, {most}]; scale the signal before")
