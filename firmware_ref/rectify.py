"""Rectify (docs/spec/fixed_point.md, section 10): the ReLU and the LeakyReLU with a power-of-two slope, exact."""

from collections.abc import Sequence

import numpy as np

from firmware_ref import bounds
from firmware_ref.arithmetic import WIDEST_SHIFT, IntArray
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.stage import Stage


class Rectify(Stage):
    """Slope 2^-k: x 2^k where x >= 0, else x, with k more fraction bits. Without a slope: max(x, 0).

    slope_log2: k, or None for the ReLU.
    """

    def __init__(self, name: str, source: Stage, slope_log2: int | None) -> None:
        if slope_log2 is not None and not 0 <= slope_log2 <= WIDEST_SHIFT:
            raise FirmwareReferenceError(f"slope 2^-{slope_log2}; expected 2^-0 to 2^-{WIDEST_SHIFT}")
        self._places = slope_log2 or 0
        self._leaks = slope_log2 is not None
        ranges = [(self._rectified(lo), self._rectified(hi)) for lo, hi in source.ranges]
        super().__init__(name, ranges, bounds.covering(ranges, source.format.frac + self._places))
        self._factor = (1 << self._places) - 1
        self._work_type = bounds.carrier(bounds.hull([*ranges, *source.ranges, (0, self._factor)]))

    def allocate(self, block: int) -> None:
        """Make the array of the result."""
        self._result = np.empty((len(self.ranges), block), dtype=self._work_type)

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the rectified block."""
        (x,) = operands
        result = self._result[:, : x.shape[1]]
        np.maximum(x, 0, out=result, dtype=self._work_type)
        if self._leaks:
            # x + (2^k - 1) max(x, 0): a shifted negative value might leave the type, this sum does not.
            if self._factor != 1:
                np.multiply(result, self._factor, out=result)
            np.add(result, x, out=result)
        return result

    def _rectified(self, x: int) -> int:
        if x >= 0:
            return x << self._places
        return x if self._leaks else 0
