"""Intervals of what three products form a complex one from (docs/spec/fixed_point.md, sections 6 and 10).

(re + j im)(a + j b) has I = S1 - S3 and Q = S1 + S2 with S1 = re (a + b), S2 = (im - re) a, S3 = (re + im) b. The results
are those of four products; the sums and their operands are wider, and these are what this file bounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.intervals import Interval, hull, product, total, with_zero
from pimdeploy.datapath.nodes import Convolution

FORMED = 3
"""Sums of a complex product: S1, S2 and S3."""


@dataclass(frozen=True)
class ThreeBounds:
    """What three products are made of.

    pair_sums: a + b of every pair. coefficient_sums: im - re and re + im of every coefficient. sums: S1, S2 and S3 of
    every result, their partial sums in any order included.
    """

    pair_sums: Interval
    coefficient_sums: Interval
    sums: Interval

    @property
    def accumulator(self) -> Interval:
        """The interval of all of it: what the form adds to the accumulator of four products."""
        return hull([self.pair_sums, self.coefficient_sums, self.sums])


def three_taps(taps: NDArray[Any]) -> NDArray[Any]:
    """Return what the taps [out / 2, in / 2, 2, K] multiply in S1, S2 and S3: re, im - re, re + im, [3, out / 2, in / 2, K].

    Integers of 64 bits do not hold the sums of any taps: give an array of objects where they may be as wide.
    """
    re, im = taps[:, :, 0], taps[:, :, 1]
    return np.stack([re, im - re, re + im])


def three_operands(ranges: Sequence[Interval]) -> tuple[list[Interval], list[Interval], list[Interval]]:
    """Return the intervals of a + b, a and b of each pair of channels; a memory starts with zeros, so all hold 0."""
    a, b = [with_zero(r) for r in ranges[0::2]], [with_zero(r) for r in ranges[1::2]]
    return [with_zero(total(pair)) for pair in zip(ranges[0::2], ranges[1::2], strict=True)], a, b


def three_of_convolution(node: Convolution, ranges: Sequence[Interval]) -> ThreeBounds:
    """Return the intervals for a complex convolution whose source has `ranges`."""
    taps = three_taps(node.taps.array.astype(object))
    operands = three_operands(ranges)
    up, down = np.maximum(taps, 0).sum(axis=3), np.maximum(-taps, 0).sum(axis=3)
    outputs, inputs = taps.shape[1] // node.groups, taps.shape[2]
    sums = []
    for form, pairs in enumerate(operands):
        for o in range(taps.shape[1]):
            first = o // outputs * inputs
            terms = zip(up[form, o], down[form, o], pairs[first : first + inputs], strict=True)
            sums.append(total([(p * lo - n * hi, p * hi - n * lo) for p, n, (lo, hi) in terms]))
    return ThreeBounds(hull(operands[0]), (int(taps[1:].min()), int(taps[1:].max())), hull(sums))


def three_of_product(a: Sequence[Interval], b: Sequence[Interval]) -> ThreeBounds:
    """Return the intervals for the complex product of signals with ranges `a`, in the place of (re, im), and `b`."""
    pair_sums, coefficient_sums, sums = [], [], []
    for (re, im), (i, q) in zip(_pairs(a), _pairs(b), strict=True):
        both, difference, sum_ = total([i, q]), total([im, product((-1, -1), re)]), total([re, im])
        pair_sums.append(both)
        coefficient_sums += [difference, sum_]
        sums += [product(re, both), product(difference, i), product(sum_, q)]
    return ThreeBounds(hull(pair_sums), hull(coefficient_sums), hull(sums))


def _pairs(ranges: Sequence[Interval]) -> list[tuple[Interval, Interval]]:
    return list(zip(ranges[0::2], ranges[1::2], strict=True))
