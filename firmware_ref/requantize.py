"""Requantize (docs/spec/fixed_point.md, section 5): the one operation that loses bits."""

from collections.abc import Sequence

import numpy as np

from firmware_ref import bounds
from firmware_ref.arithmetic import WIDEST_SHIFT, Carrier, Format, IntArray, Overflow, Rounding, fit, shift_round
from firmware_ref.bounds import Interval
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.stage import Stage


class Requantize(Stage):
    """Shift by frac_in - frac_out with rounding, then bring the result into the format, signed or unsigned."""

    def __init__(self, name: str, source: Stage, target: Format, rounding: Rounding, overflow: Overflow) -> None:
        self._target, self._rounding, self._overflow = target, rounding, overflow
        self._shift = source.format.frac - target.frac
        if abs(self._shift) > WIDEST_SHIFT:
            raise FirmwareReferenceError(f"shift by {self._shift} bits; expected at most {WIDEST_SHIFT} either way")
        rounding_values = self._rounding_values(bounds.hull(source.ranges))
        rounded = self._rounded(source.ranges, bounds.carrier(rounding_values))
        ranges = self._result_ranges(rounded)
        super().__init__(name, ranges, target)
        self._work_type = bounds.carrier(bounds.hull([rounding_values, *ranges]))
        self._rounded_type = bounds.carrier(bounds.hull([*rounded, *ranges]))

    def allocate(self, block: int) -> None:
        """Make the arrays of the shifted values and of the result, one array where they are of one type."""
        self._work = np.empty((len(self.ranges), block), dtype=self._work_type)
        same = self._work_type == self.carrier
        self._result = self._work if same else np.empty(self._work.shape, dtype=self.carrier)
        self._narrows = self._rounded_type != self._work_type

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the requantized block."""
        (x,) = operands
        work, result = self._work[:, : x.shape[1]], self._result[:, : x.shape[1]]
        shift_round(x, self._shift, self._rounding, work)
        if (
            self._narrows
        ):  # what is left fits the narrower type, in which it is brought into the format in half the time
            np.copyto(result, work, casting="same_kind")
            work = result
        fit(work, self._target, self._overflow, result)
        return result

    def _rounding_values(self, interval: Interval) -> Interval:
        """Every value while rounding: the source, the rounding constant added, and the bits that are lost."""
        lo, hi = interval
        if self._shift <= 0:
            return bounds.hull([interval, (lo << -self._shift, hi << -self._shift)])
        half = 0 if self._rounding is Rounding.FLOOR else 1 << (self._shift - 1)
        return min(lo, 0), max(hi + half, (1 << self._shift) - 1)

    def _rounded(self, ranges: list[Interval], carrier: Carrier) -> list[Interval]:
        """Rounding is monotone: the ends of the source's intervals give the ends of what is rounded."""
        ends = np.array(ranges, dtype=carrier)
        rounded = np.empty_like(ends)
        shift_round(ends, self._shift, self._rounding, rounded)
        return [(int(lo), int(hi)) for lo, hi in rounded]

    def _result_ranges(self, rounded: list[Interval]) -> list[Interval]:
        """Return the intervals of what was rounded, brought into the format."""
        least, most = self._target.least, self._target.most
        if self._overflow is Overflow.WRAP:
            return [(lo, hi) if least <= lo and hi <= most else (least, most) for lo, hi in rounded]
        return [(max(least, min(lo, most)), max(least, min(hi, most))) for lo, hi in rounded]
