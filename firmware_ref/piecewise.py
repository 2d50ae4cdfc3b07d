"""Piecewise-linear functions (docs/spec/fixed_point.md, section 7): what their two forms share."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from firmware_ref import bounds
from firmware_ref.arithmetic import WIDEST, IntArray
from firmware_ref.bounds import Interval
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.stage import Stage

MOST_VALUES = 1 << 20
"""Values of all functions of a node up to which reading them is faster than computing them: a few megabytes."""


class Symmetry(StrEnum):
    """How the argument a becomes t >= 0, of which the function is tabulated."""

    ODD = "odd"
    EVEN = "even"
    PLAIN = "plain"
    INDEX = "index"


@dataclass(frozen=True)
class Reading:
    """How a piecewise-linear node reads its argument and its tables.

    outputs: result channels of each channel. segment_log2: m, a segment is 2^m LSBs of the source wide. frac: of the
    slopes.
    """

    symmetry: Symmetry
    outputs: int
    segment_log2: int
    frac: int


@dataclass(frozen=True)
class Segment:
    """f(t) = start + slope * r for the r in [least, most] that occur."""

    start: int
    slope: int
    least: int
    most: int

    def ends(self) -> list[int]:
        """Return f at both ends; between them it is monotone."""
        return [self.start + self.slope * r for r in (self.least, self.most)]


@dataclass(frozen=True)
class Function:
    """One row of the tables in Python integers: f(t) = (bases[s] << m) + slopes[s] * r."""

    slopes: list[int]
    bases: list[int]
    m: int

    def segments(self, reach: Interval) -> list[Segment]:
        """Return the segments that t in `reach` meets."""
        lo, hi = reach
        last = len(self.slopes) - 1
        found = []
        for s in range(min(lo >> self.m, last), min(hi >> self.m, last) + 1):
            knot = s << self.m
            end = hi if s == last else min(hi, knot + (1 << self.m) - 1)
            found.append(Segment(self.bases[s] << self.m, self.slopes[s], max(lo, knot) - knot, end - knot))
        return found

    def image(self, reach: Interval) -> Interval:
        """Return the interval of f over t in `reach`."""
        return bounds.hull((value, value) for segment in self.segments(reach) for value in segment.ends())


class Piecewise(Stage):
    """y = f(t), for odd symmetry negated where a < 0.

    functions: of each row of the tables, functions * outputs of them. Channel c of C reads function c * functions // C and
    gives the channels c * outputs + j of the result, from row function * outputs + j.
    """

    def __init__(self, name: str, source: Stage, functions: list[Function], reading: Reading) -> None:
        channels, outputs = len(source.ranges), reading.outputs
        _check(functions, reading, channels)
        self._symmetry, self._outputs, self._m = reading.symmetry, outputs, reading.segment_log2
        self._offset = _offset(reading.symmetry, source)
        first_rows = np.arange(channels) * (len(functions) // outputs) // channels * outputs
        self._rows = first_rows[:, None] + np.arange(outputs)
        """Row of the tables, [channels, outputs]."""
        read = [(int(row), source.ranges[c]) for c, rows in enumerate(self._rows) for row in rows]
        images = {(row, a): self._image(functions[row], a) for row, a in set(read)}
        ranges = [images[one] for one in read]
        super().__init__(name, ranges, bounds.covering(ranges, source.format.frac + reading.frac))
        reaches = [self._reach(a) for a in source.ranges]
        values = [v for row, a in images for v in self._intermediate(functions[row], self._reach(a))]
        values += [(-hi, -lo) for lo, hi in values] if reading.symmetry is Symmetry.ODD else []
        self._work_type = bounds.carrier(
            bounds.hull([*values, *ranges, *source.ranges, *reaches, (0, self._offset), (0, 0)])
        )
        farthest = max(hi for _, hi in reaches)
        self._segments = min(len(functions[0].slopes), (farthest >> self._m) + 1)
        """Segments that samples reach; the others are dropped, for nothing bounds their sums."""
        self._least, most = bounds.hull(source.ranges)
        self._arguments = most - self._least + 1
        self._function_rows = np.arange(len(functions), dtype=np.intp).reshape(-1, outputs)
        self._computed = 0
        self._values: IntArray | None = None
        """Result of every argument that is proven to occur, [outputs, functions * arguments], once it is computed."""

    @staticmethod
    @abstractmethod
    def _intermediate(function: Function, reach: Interval) -> list[Interval]:
        """Return the entries, products and partial sums for t in `reach`, before the sign."""

    @abstractmethod
    def _apply(self, t: IntArray, rows: NDArray[np.intp], y: IntArray) -> None:
        """Write the functions of `t` [channels, n] to `y` [channels, outputs, n]; `t` may be overwritten.

        rows: of the tables, [channels, outputs].
        """

    def allocate(self, block: int) -> None:
        """Make the arrays of t, of places in tables and of the result."""
        # Flat, so that the part for a shorter block is contiguous, too.
        self._t = np.empty(len(self._rows) * block, dtype=self._work_type)
        self._index = np.empty(self._t.size, dtype=np.intp)
        self._result = np.empty((len(self.ranges), block), dtype=self._work_type)

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the functions of the block."""
        (a,) = operands
        result = self._result[:, : a.shape[1]]
        by_channel = result.reshape(len(a), self._outputs, a.shape[1])
        if self._values is None:
            self._evaluate(a, self._rows, by_channel)
            self._computed += a.size
            self._values = self._tabulated() if self._is_worth_tabulating() else None
        else:
            self._look_up(a, self._values, by_channel)
        return result

    def _is_worth_tabulating(self) -> bool:
        """Return whether as many values were computed as a table of them would hold, and that is not too large."""
        entries = self._function_rows.size * self._arguments
        return entries <= min(self._computed * self._outputs, MOST_VALUES)

    def _tabulated(self) -> NDArray[Any]:
        """Compute what `_values` holds, a block of arguments at a time.

        An argument that is proven for another function alone may leave the type: that entry is never read.
        """
        functions = len(self._function_rows)
        values = np.empty((functions, self._outputs, self._arguments), dtype=self._work_type)
        block = self._t.size // functions
        for begin in range(0, self._arguments, block):
            part = values[:, :, begin : begin + block]
            a = np.arange(self._least + begin, self._least + begin + part.shape[2], dtype=self._work_type)
            self._evaluate(np.broadcast_to(a, (functions, a.size)), self._function_rows, part)
        return np.ascontiguousarray(values.swapaxes(0, 1)).reshape(self._outputs, -1)

    def _look_up(self, a: IntArray, values: IntArray, y: IntArray) -> None:
        """Write to `y` [channels, outputs, n] what `values` holds for `a` [channels, n]."""
        index = self._index[: a.size].reshape(a.shape)
        function = self._rows[:, :1] // self._outputs
        np.copyto(index, a)
        np.add(index, function * self._arguments - self._least, out=index)
        for output in range(self._outputs):
            # The index lies in the table, as the bounds of the source prove: the mode spares NumPy a second check.
            np.take(values[output], index, out=y[:, output], mode="wrap")

    def _evaluate(self, a: IntArray, rows: NDArray[np.intp], y: IntArray) -> None:
        """Write the functions of `a` [channels, n] in rows `rows` to `y` [channels, outputs, n]."""
        t = self._t[: a.size].reshape(a.shape)
        self._read(a, t)
        self._apply(t, rows, y)
        if self._symmetry is Symmetry.ODD:
            # The sign comes back: -1 for a negative sample, else 1.
            np.right_shift(a, np.iinfo(a.dtype).bits - 1, out=t)
            np.bitwise_or(t, 1, out=t)
            np.multiply(y, t[:, None], out=y)

    def _read(self, a: IntArray, t: IntArray) -> None:
        match self._symmetry:
            case Symmetry.ODD | Symmetry.EVEN:
                np.absolute(a, out=t, dtype=t.dtype)
            case Symmetry.PLAIN:
                np.add(a, self._offset, out=t, dtype=t.dtype)
            case Symmetry.INDEX:
                np.copyto(t, a, casting="same_kind")
            case _:
                assert_never(self._symmetry)

    def _reach(self, a: Interval) -> Interval:
        """Return the interval of t for arguments in `a`."""
        lo, hi = a
        match self._symmetry:
            case Symmetry.ODD | Symmetry.EVEN:
                return 0 if lo <= 0 <= hi else min(abs(lo), abs(hi)), max(abs(lo), abs(hi))
            case Symmetry.PLAIN | Symmetry.INDEX:
                return lo + self._offset, hi + self._offset
            case _:
                assert_never(self._symmetry)

    def _image(self, function: Function, a: Interval) -> Interval:
        if self._symmetry is not Symmetry.ODD:
            return function.image(self._reach(a))
        lo, hi = a
        parts = [function.image((max(lo, 0), hi))] if hi >= 0 else []
        if lo < 0:
            least, most = function.image((max(-hi, 0), -lo))
            parts.append((-most, -least))
        return bounds.hull(parts)


def check_tables(*tables: NDArray[np.int64]) -> None:
    """Raise `FirmwareReferenceError` unless the tables of a form are of one shape [rows, S]."""
    if any(table.ndim != 2 or not table.size or table.shape != tables[0].shape for table in tables):
        shapes = ", ".join(str(list(table.shape)) for table in tables)
        raise FirmwareReferenceError(f"tables of shape {shapes}; expected one shape, [rows, segments]")


def _check(functions: list[Function], reading: Reading, channels: int) -> None:
    rows, outputs, m = len(functions), reading.outputs, reading.segment_log2
    if outputs < 1 or rows % outputs or channels % (rows // outputs):
        raise FirmwareReferenceError(
            f"tables of {rows} rows for {outputs} outputs and {channels} channels; expected as many rows as outputs "
            f"times a divisor of the channels"
        )
    segments = len(functions[0].slopes)
    if not 0 <= m < WIDEST - 2 or (segments - 1) << m >= 1 << (WIDEST - 1):
        raise FirmwareReferenceError(f"{segments} segments of 2^{m} LSB; expected knots on integers of {WIDEST} bits")
    if reading.symmetry is Symmetry.ODD and any(function.bases[0] for function in functions):
        raise FirmwareReferenceError("an odd function with a base[0]; expected 0")


def _offset(symmetry: Symmetry, source: Stage) -> int:
    """Return t - a where that is a constant, else 0. Only the format of the source says what it is."""
    form = source.format
    match symmetry:
        case Symmetry.ODD | Symmetry.EVEN:
            return 0
        case Symmetry.PLAIN:
            if not form.signed:
                raise FirmwareReferenceError(f"plain, but {source.name!r} is unsigned; expected a signed source")
            return 1 << (form.bits - 1)
        case Symmetry.INDEX:
            if form.signed:
                raise FirmwareReferenceError(f"index, but {source.name!r} is signed; expected an unsigned source")
            return 0
        case _:
            assert_never(symmetry)
