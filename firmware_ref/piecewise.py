"""Odd piecewise-linear functions (docs/spec/fixed_point.md, section 7): two forms of one function."""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from firmware_ref import bounds
from firmware_ref.arithmetic import IntArray
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.stage import BLOCK, Stage

Tables = list[NDArray[np.int64]]


class Piecewise(Stage):
    """What both forms share: each of `tables` has one row a channel, or one row for all channels.

    segment_log2: m, a segment is 2^m LSBs of the source wide. frac: of the slopes.
    """

    def __init__(self, name: str, source: Stage, tables: Tables, segment_log2: int, frac: int) -> None:
        channels = len(source.ranges)
        shape = tables[0].shape
        if any(table.shape != shape for table in tables) or shape[0] not in (1, channels):
            shapes = ", ".join(str(table.shape) for table in tables)
            raise FirmwareReferenceError(f"tables of shape {shapes}; expected [1, S] or [{channels}, S]")
        self._m = segment_log2
        self._farthest = max(abs(end) for interval in source.ranges for end in interval)
        # Segments that no sample reaches are dropped: nothing bounds their sums.
        segments = min(shape[1], (self._farthest >> segment_log2) + 1)
        rows = list(zip(*(table[:, :segments].tolist() for table in tables), strict=True))
        largest = [self._largest_result(*row) for row in rows] * (channels // len(rows))
        super().__init__(name, [(-value, value) for value in largest], source.frac + frac)
        bound = max(self._farthest, *largest, *(self._largest_intermediate(*row) for row in rows))
        carrier = bounds.carrier((-bound, bound))
        self._tables = [table[:, :segments].astype(carrier) for table in tables]
        self._result = np.empty((channels, BLOCK), dtype=carrier)

    def run(self, x: IntArray) -> IntArray:
        """Return the function of the block."""
        result = self._result[:, : x.shape[1]]
        self._apply(x, result)
        return result

    @abstractmethod
    def _apply(self, a: IntArray, y: IntArray) -> None:
        """Write the function of `a` [channels, n] to `y`."""

    @abstractmethod
    def _largest_result(self, *row: list[int]) -> int:
        """Return the largest |y| that one row of the tables gives."""

    @abstractmethod
    def _largest_intermediate(self, *row: list[int]) -> int:
        """Return the largest magnitude of an entry, a product or a partial sum of one row."""


class Table(Piecewise):
    """The form with one multiply; tables are slopes and bases."""

    def __init__(self, name: str, source: Stage, tables: Tables, segment_log2: int, frac: int) -> None:
        super().__init__(name, source, tables, segment_log2, frac)
        slopes, bases = self._tables
        self._last = slopes.shape[1] - 1
        self._slopes, self._bases = slopes.ravel(), bases.ravel()
        # Where each channel's row begins in the flat tables.
        self._row = np.arange(slopes.shape[0], dtype=np.intp)[:, None] * slopes.shape[1]
        # Flat, so that the part for a shorter block is contiguous, too.
        self._scratches = [np.empty_like(self._result).ravel() for _ in range(3)]
        self._indices = np.empty(self._result.size, dtype=np.intp)

    def _apply(self, a: IntArray, y: IntArray) -> None:
        m = self._m
        segment, rest, read = (flat[: a.size].reshape(a.shape) for flat in self._scratches)
        index = self._indices[: a.size].reshape(a.shape)
        np.absolute(a, out=rest, dtype=y.dtype)
        np.right_shift(rest, m, out=segment)
        np.minimum(segment, self._last, out=segment)
        np.copyto(index, segment)
        if self._row.size > 1:
            np.add(index, self._row, out=index)
        np.left_shift(segment, m, out=segment)
        np.subtract(rest, segment, out=rest)
        # The index lies in the table: the mode only spares NumPy a second check.
        np.take(self._slopes, index, out=read, mode="wrap")
        np.multiply(read, rest, out=rest)
        np.take(self._bases, index, out=read, mode="wrap")
        np.left_shift(read, m, out=read)
        np.add(read, rest, out=rest)
        # The sign comes back: -1 for a negative sample, else 1.
        np.right_shift(a, np.iinfo(a.dtype).bits - 1, out=segment)
        np.bitwise_or(segment, 1, out=segment)
        np.multiply(rest, segment, out=y)

    def _largest_result(self, *row: list[int]) -> int:
        return max(abs(end) for base, step in self._segments(*row) for end in (base, base + step))

    def _largest_intermediate(self, *row: list[int]) -> int:
        entries = max(abs(entry) for table in row for entry in table)
        return max(entries, *(abs(part) for segment in self._segments(*row) for part in segment))

    def _segments(self, slopes: list[int], bases: list[int]) -> list[tuple[int, int]]:
        """Return (base << m, slope * r) of every segment, for its largest r."""
        last = len(slopes) - 1
        lengths = [(1 << self._m) - 1] * last + [self._farthest - (last << self._m)]
        return [(base << self._m, slope * r) for slope, base, r in zip(slopes, bases, lengths, strict=True)]


class Basis(Piecewise):
    """The paper's form (papers/003, equation (5)) with a multiply a knot; the one table is the weights."""

    def __init__(self, name: str, source: Stage, tables: Tables, segment_log2: int, frac: int) -> None:
        super().__init__(name, source, tables, segment_log2, frac)
        self._scratch = np.empty_like(self._result)

    def _apply(self, a: IntArray, y: IntArray) -> None:
        outside = self._scratch[:, : a.shape[1]]
        (weights,) = self._tables
        y[:] = 0
        for k in range(weights.shape[1]):
            # max(a - x, 0) - max(-a - x, 0) is a without its part inside [-x, x].
            knot = outside.dtype.type(k << self._m)
            np.clip(a, -knot, knot, out=outside, dtype=outside.dtype)
            np.subtract(a, outside, out=outside)
            np.multiply(outside, weights[:, k, None], out=outside)
            np.add(y, outside, out=y)

    def _largest_result(self, *row: list[int]) -> int:
        """The function is linear between knots: its extremes are at knots or at the farthest input."""
        (weights,) = row
        points = [*(k << self._m for k in range(len(weights))), self._farthest]
        return max(abs(sum(w * max(t - (k << self._m), 0) for k, w in enumerate(weights))) for t in points)

    def _largest_intermediate(self, *row: list[int]) -> int:
        (weights,) = row
        return sum(abs(w) * max(self._farthest - (k << self._m), 1) for k, w in enumerate(weights))
