"""Proven intervals of one piecewise-linear function, in both of its forms (docs/spec/fixed_point.md, section 7)."""

from dataclasses import dataclass
from typing import assert_never

from pimdeploy.datapath.intervals import Interval, hull, with_zero
from pimdeploy.datapath.nodes import Piecewise, Symmetry


@dataclass(frozen=True)
class FunctionBounds:
    """image: of the result. table, basis: of every intermediate value of either form, partial sums in any order."""

    image: Interval
    table: Interval
    basis: Interval


def function_bounds(node: Piecewise, row: int, argument: Interval, bits: int) -> FunctionBounds:
    """Return the bounds of row `row` of `node` for arguments in `argument`; bits: width of the source's format."""
    slopes = [int(v) for v in node.slopes.array[row]]
    first_base = 0 if node.first_bases is None else int(node.first_bases.array[row])
    table = _Row(slopes, first_base, node.segment_log2)
    span = reach(node.symmetry, argument, bits)
    if node.symmetry is Symmetry.ODD:
        return _odd(table, argument, span)
    return FunctionBounds(table.image(*span), hull([table.accumulator(*span), argument, span]), table.basis(*span))


def reach(symmetry: Symmetry, argument: Interval, bits: int) -> Interval:
    """Return the interval of t, the argument as the function reads it, for arguments in `argument`."""
    lo, hi = argument
    match symmetry:
        case Symmetry.ODD | Symmetry.EVEN:
            return (0 if lo <= 0 <= hi else min(abs(lo), abs(hi)), max(-lo, hi, 0))
        case Symmetry.PLAIN:
            offset = 1 << (bits - 1)
            return lo + offset, hi + offset
        case Symmetry.INDEX:
            return lo, hi
        case _:
            assert_never(symmetry)


def _odd(table: "_Row", argument: Interval, span: Interval) -> FunctionBounds:
    """The sign of a comes behind everything: each intermediate value stands with either sign."""
    lo, hi = argument
    positive = [table.image(max(lo, 0), hi)] if hi >= 0 else []
    mirrored = [table.image(max(-hi, 0), -lo)] if lo < 0 else []
    image = hull([*positive, *((-top, -bottom) for bottom, top in mirrored)])
    least, most = table.accumulator(0, span[1])
    largest = max(-least, most)
    below, above = table.basis(0, span[1])
    terms = max(-below, above) if lo < 0 else above
    basis = (min(below, -terms), max(above, terms)) if lo < 0 else (below, above)
    farthest = max(abs(lo), abs(hi)) + ((len(table.slopes) - 1) << table.m)  # |a - x_k| and |-a - x_k|
    return FunctionBounds(image, (-largest, largest), hull([basis, (-farthest, farthest)]))


@dataclass(frozen=True)
class _Row:
    slopes: list[int]
    first_base: int
    m: int

    def value(self, t: int) -> int:
        """f(t), t >= 0."""
        s = min(t >> self.m, len(self.slopes) - 1)
        return ((self.first_base + sum(self.slopes[:s])) << self.m) + self.slopes[s] * (t - (s << self.m))

    def image(self, lo: int, hi: int) -> Interval:
        """f is linear between knots: its extremes over [lo, hi] are at the ends or at knots inside."""
        knots = [k << self.m for k in range(len(self.slopes))]
        values = [self.value(t) for t in (lo, hi, *(k for k in knots if lo < k < hi))]
        return min(values), max(values)

    def accumulator(self, lo: int, hi: int) -> Interval:
        """(base << m), slope * r and their sum, for every t in [lo, hi]."""
        seen = [(0, 0)]
        last = len(self.slopes) - 1
        base = self.first_base
        for s, slope in enumerate(self.slopes):
            first = s << self.m
            end = hi if s == last else min(hi, first + (1 << self.m) - 1)
            if first <= hi and end >= lo:
                product, start = slope * (end - first), base << self.m
                seen += [(v, v) for v in (start, product, start + product)]
            base += slope
        return hull(seen)

    def basis(self, lo: int, hi: int) -> Interval:
        """(base[0] << m) and every w[k] * max(t - x_k, 0), their partial sums in any order, and the differences t - x_k."""
        terms = [(self.first_base << self.m,) * 2]
        previous = 0
        for k, slope in enumerate(self.slopes):
            w, x_k = slope - previous, k << self.m
            previous = slope
            ends = [w * max(t - x_k, 0) for t in (lo, hi)]
            terms.append((min(ends), max(ends)))
        zeroed = [with_zero(term) for term in terms]
        last_knot = (len(self.slopes) - 1) << self.m
        return hull([(sum(lo for lo, _ in zeroed), sum(hi for _, hi in zeroed)), (lo - last_knot, hi)])
