"""A requantizer as a function of integers (docs/spec/fixed_point.md, section 5): for searches and faults, no backend's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.nodes import Requantize

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Requantizing:
    """y = overflow(round((v + extra) * 2^-shift)) into [least, most], of words of `bits` bits; no overflow where it is None.

    extra: what a fault adds to v before the shift, 0 without one.
    """

    shift: int
    rounding: Rounding
    overflow: Overflow | None
    bits: int
    least: int
    most: int
    extra: int = 0

    def apply(self, values: IntArray) -> IntArray:
        """Return y of int64 values v."""
        return self.overflowed(self.rounded(values))

    def rounded(self, values: IntArray) -> IntArray:
        """Return v * 2^-shift, rounded."""
        v = values + self.extra
        if self.shift <= 0:
            return v << -self.shift
        floor, half = v >> self.shift, 1 << (self.shift - 1)
        rest = v - (floor << self.shift)
        more, tie = rest > half, rest == half
        match self.rounding:
            case Rounding.FLOOR:
                return floor
            case Rounding.HALF_UP:
                up = more | tie
            case Rounding.HALF_EVEN:
                up = more | (tie & (floor % 2 == 1))
            case Rounding.HALF_AWAY:
                up = more | (tie & (v > 0))
            case _:
                assert_never(self.rounding)
        rounded: IntArray = floor + up
        return rounded

    def overflowed(self, y: IntArray) -> IntArray:
        """Return what becomes of the rounded integers `y`."""
        match self.overflow:
            case None:
                return y
            case Overflow.SATURATE:
                return np.clip(y, self.least, self.most)
            case Overflow.WRAP:
                return (y - self.least) % (1 << self.bits) + self.least
            case _:
                assert_never(self.overflow)


def requantizing(node: Requantize, bounds: Mapping[str, NodeBounds]) -> Requantizing:
    """Return the rule that `node` follows."""
    fmt = node.format
    shift = bounds[node.source].format.frac - fmt.frac
    return Requantizing(shift, node.rounding, node.overflow, fmt.bits, fmt.min_q, fmt.max_q)
