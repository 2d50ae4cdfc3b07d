"""Add and Concatenate (docs/spec/fixed_point.md, section 10): operands aligned exactly to the largest frac."""

from collections.abc import Sequence

import numpy as np

from firmware_ref import bounds
from firmware_ref.arithmetic import WIDEST_SHIFT, IntArray
from firmware_ref.bounds import Interval
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.stage import Stage, check_equal_channels


class Add(Stage):
    """The sum of the sources, channel by channel."""

    def __init__(self, name: str, sources: Sequence[Stage]) -> None:
        check_equal_channels(sources)
        frac, self._shifts = _alignment(sources)
        columns = list(zip(*_aligned(sources, self._shifts), strict=True))
        ranges = [bounds.total(column) for column in columns]
        super().__init__(name, ranges, bounds.covering(ranges, frac))
        partial_sums = [bounds.total(bounds.with_zero(term) for term in column) for column in columns]
        self._work_type = bounds.carrier(bounds.hull(partial_sums))

    def allocate(self, block: int) -> None:
        """Make the arrays of an aligned operand and of the sum."""
        self._operand, self._sum = np.empty((2, len(self.ranges), block), dtype=self._work_type)

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the sum of the blocks."""
        n = operands[0].shape[1]
        operand, result = self._operand[:, :n], self._sum[:, :n]
        result[:] = 0
        for x, shift in zip(operands, self._shifts, strict=True):
            np.left_shift(x, shift, out=operand, dtype=self._work_type)
            np.add(result, operand, out=result)
        return result


class Concatenate(Stage):
    """The channels of the sources, one after another."""

    def __init__(self, name: str, sources: Sequence[Stage]) -> None:
        if len(sources) < 2:
            raise FirmwareReferenceError(f"{len(sources)} operands; expected two or more")
        frac, self._shifts = _alignment(sources)
        ranges = [interval for aligned in _aligned(sources, self._shifts) for interval in aligned]
        super().__init__(name, ranges, bounds.covering(ranges, frac))

    def allocate(self, block: int) -> None:
        """Make the array of the result."""
        self._result = np.empty((len(self.ranges), block), dtype=self.carrier)

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the channels of all blocks."""
        result = self._result[:, : operands[0].shape[1]]
        first = 0
        for x, shift in zip(operands, self._shifts, strict=True):
            np.left_shift(x, shift, out=result[first : first + len(x)], dtype=self.carrier)
            first += len(x)
        return result


def _alignment(sources: Sequence[Stage]) -> tuple[int, list[int]]:
    """Return the largest frac and the shift to the left that brings each source to it."""
    frac = max(source.format.frac for source in sources)
    shifts = [frac - source.format.frac for source in sources]
    if max(shifts) > WIDEST_SHIFT:
        raise FirmwareReferenceError(f"operands {max(shifts)} fraction bits apart; expected at most {WIDEST_SHIFT}")
    return frac, shifts


def _aligned(sources: Sequence[Stage], shifts: list[int]) -> list[list[Interval]]:
    return [
        [(lo << shift, hi << shift) for lo, hi in source.ranges] for source, shift in zip(sources, shifts, strict=True)
    ]
