"""Multiply (docs/spec/fixed_point.md, section 10): the exact product of two nodes, real or complex."""

from collections.abc import Sequence

import numpy as np

from firmware_ref import bounds
from firmware_ref.arithmetic import IntArray
from firmware_ref.bounds import Interval
from firmware_ref.stage import Stage, check_equal_channels, pairs_of


class RealMultiply(Stage):
    """y[c] = a[c] b[c]."""

    def __init__(self, name: str, a: Stage, b: Stage) -> None:
        check_equal_channels((a, b))
        ranges = [bounds.product(x, y) for x, y in zip(a.ranges, b.ranges, strict=True)]
        super().__init__(name, ranges, bounds.covering(ranges, a.format.frac + b.format.frac))
        self._work_type = bounds.carrier(bounds.hull([*ranges, *a.ranges, *b.ranges]))

    def allocate(self, block: int) -> None:
        """Make the array of the product."""
        self._result = np.empty((len(self.ranges), block), dtype=self._work_type)

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the product of the blocks."""
        a, b = operands
        result = self._result[:, : a.shape[1]]
        np.multiply(a, b, out=result, dtype=self._work_type)
        return result


class ComplexMultiply(Stage):
    """y_I = a_I b_I - a_Q b_Q and y_Q = a_I b_Q + a_Q b_I of each pair of channels."""

    def __init__(self, name: str, a: Stage, b: Stage) -> None:
        check_equal_channels((a, b))
        ranges: list[Interval] = []
        partial: list[Interval] = []
        for (a_i, a_q), (b_i, b_q) in zip(pairs_of(a), pairs_of(b), strict=True):
            subtracted = bounds.product(a_q, b_q)
            minus = (-subtracted[1], -subtracted[0])
            for terms in ([bounds.product(a_i, b_i), minus], [bounds.product(a_i, b_q), bounds.product(a_q, b_i)]):
                ranges.append(bounds.total(terms))
                partial += terms
            partial.append(subtracted)
        super().__init__(name, ranges, bounds.covering(ranges, a.format.frac + b.format.frac))
        self._work_type = bounds.carrier(bounds.hull([*ranges, *partial, *a.ranges, *b.ranges]))

    def allocate(self, block: int) -> None:
        """Make the arrays of the second products and of the result."""
        self._second = np.empty((len(self.ranges) // 2, block), dtype=self._work_type)
        self._result = np.empty((len(self.ranges), block), dtype=self._work_type)

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the product of the blocks."""
        (a_i, a_q), (b_i, b_q) = ((x[0::2], x[1::2]) for x in operands)
        n = a_i.shape[1]
        second, result = self._second[:, :n], self._result[:, :n]
        y_i, y_q = result[0::2], result[1::2]
        np.multiply(a_i, b_i, out=y_i, dtype=self._work_type)
        np.multiply(a_q, b_q, out=second, dtype=self._work_type)
        np.subtract(y_i, second, out=y_i)
        np.multiply(a_i, b_q, out=y_q, dtype=self._work_type)
        np.multiply(a_q, b_i, out=second, dtype=self._work_type)
        np.add(y_q, second, out=y_q)
        return result
