"""Proven intervals of every node (docs/spec/datapath.md, section 4).

Bounds are intervals of integers, propagated from channel ranges and the actual coefficients. They hold for every input
and include every partial sum in any order, the rounding constant, and the form used.
"""

from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.formats import CARRIER_BITS, QFormat, Rounding, bits_for, covering
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, Node, Output, Piecewise, Requantize
from pimdeploy.errors import OverflowRefusedError

Interval = tuple[int, int]


@dataclass(frozen=True)
class NodeBounds:
    """What is proven of one node.

    format: of the node's result. ranges: [lo, hi] of each channel's result.
    accumulator: interval of every intermediate value, partial sums in any order and rounding constant included;
    for a piecewise-linear function that of its table form, and `basis_accumulator` that of its basis form.
    """

    format: QFormat
    ranges: tuple[Interval, ...]
    accumulator: Interval
    basis_accumulator: Interval | None = None

    @property
    def acc_bits(self) -> int:
        """Bits that hold the accumulator, sign included."""
        return bits_for(*self.accumulator)

    @property
    def basis_acc_bits(self) -> int | None:
        """Bits that hold the accumulator of the basis form."""
        return None if self.basis_accumulator is None else bits_for(*self.basis_accumulator)


def propagate(graph: Graph) -> dict[str, NodeBounds]:
    """Return the bounds of every node of `graph`, in order."""
    bounds: dict[str, NodeBounds] = {}
    for node in graph.nodes:
        bounds[node.name] = node_bounds(node, bounds)
    return bounds


def node_bounds(node: Node, bounds: dict[str, NodeBounds]) -> NodeBounds:
    """Return the bounds of `node` from those of the nodes before it.

    Raises `OverflowRefusedError` where no format holds the result; the node's own rules are those of `check`.
    """
    match node:
        case Input():
            ranges = ((node.format.min_q, node.format.max_q),) * node.channels
            return NodeBounds(node.format, ranges, _hull(ranges))
        case Convolution():
            return _convolution(node, bounds[node.source])
        case Piecewise():
            return _piecewise(node, bounds[node.source])
        case Requantize():
            return _requantize(node, bounds[node.source])
        case Output():
            source = bounds[node.source]
            return NodeBounds(source.format, source.ranges, _hull(source.ranges))
        case _:
            assert_never(node)


def real_taps(node: Convolution, taps: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return the taps of `node` as a real matrix [out_channels, in_channels / groups, K]; or `taps` of its shape.

    A complex tap (re, im) becomes the rows [re, -im] for I and [im, re] for Q (docs/spec/fixed_point.md, section 6).
    """
    taps = node.taps.array if taps is None else taps
    if not node.is_complex:
        return taps
    re, im = taps[:, :, 0, :], taps[:, :, 1, :]
    rows_i = np.stack([re, -im], axis=2)
    rows_q = np.stack([im, re], axis=2)
    out, inputs, kernel = re.shape
    return np.stack([rows_i, rows_q], axis=1).reshape(2 * out, 2 * inputs, kernel)


def _convolution(node: Convolution, source: NodeBounds) -> NodeBounds:
    taps = real_taps(node)
    out_per_group, in_per_group = taps.shape[0] // node.groups, taps.shape[1]
    ranges, accumulators = [], []
    for channel, rows in enumerate(taps):
        first = channel // out_per_group * in_per_group
        bias = int(node.bias.array[channel]) if node.bias is not None else 0
        # Memory starts with zeros, so every term's interval also holds 0.
        lo = hi = bias
        for row, (x_lo, x_hi) in zip(rows, source.ranges[first : first + in_per_group], strict=True):
            for tap in row.tolist():
                lo += min(tap * x_lo, tap * x_hi, 0)
                hi += max(tap * x_lo, tap * x_hi, 0)
        ranges.append((lo, hi))
        accumulators.append((min(lo, lo - bias), max(hi, hi - bias)))
    frac = source.format.frac + node.taps_format.frac
    return NodeBounds(_result_format(node, _hull(ranges), frac), tuple(ranges), _hull(accumulators))


def _piecewise(node: Piecewise, source: NodeBounds) -> NodeBounds:
    ranges, tables, bases_forms = [], [], []
    for channel, (lo, hi) in enumerate(source.ranges):
        row = 0 if node.shared else channel
        slopes = [int(v) for v in node.slopes.array[row]]
        table = _TableRow(slopes, node.segment_log2)
        ranges.append(table.image(lo, hi))
        tables.append(table.accumulator(max(-lo, hi, 0)))
        bases_forms.append(table.basis_accumulator(lo, hi))
    frac = source.format.frac + node.slopes_format.frac
    result = _result_format(node, _hull(ranges), frac)
    return NodeBounds(result, tuple(ranges), _hull(tables), _hull(bases_forms))


@dataclass(frozen=True)
class _TableRow:
    slopes: list[int]
    m: int

    def value(self, a: int) -> int:
        t = abs(a)
        s = min(t >> self.m, len(self.slopes) - 1)
        y = (sum(self.slopes[:s]) << self.m) + self.slopes[s] * (t - (s << self.m))
        return -y if a < 0 else y

    def image(self, lo: int, hi: int) -> Interval:
        """The function is linear between knots: its extremes over [lo, hi] are at the ends or at knots inside."""
        knots = [k << self.m for k in range(len(self.slopes))]
        points = {lo, hi, *(p for k in knots for p in (k, -k) if lo <= p <= hi)}
        values = [self.value(p) for p in points]
        return min(values), max(values)

    def accumulator(self, t_max: int) -> Interval:
        """(base << m), slope * r and their sum, for every t in [0, t_max], before and after the sign."""
        largest = 0
        for s, slope in enumerate(self.slopes):
            first = s << self.m
            if first > t_max:
                break
            last = t_max if s == len(self.slopes) - 1 else min(t_max, first + (1 << self.m) - 1)
            base = sum(self.slopes[:s]) << self.m
            largest = max(largest, abs(base), abs(slope * (last - first)), abs(base + slope * (last - first)))
        return -largest, largest

    def basis_accumulator(self, lo: int, hi: int) -> Interval:
        """Every partial sum of w[k] * (max(a - x_k, 0) - max(-a - x_k, 0)) in any order."""
        below = above = 0
        previous = 0
        for k, slope in enumerate(self.slopes):
            w, x_k = slope - previous, k << self.m
            previous = slope
            ends = [w * (max(a - x_k, 0) - max(-a - x_k, 0)) for a in (lo, hi)]
            below += min(*ends, 0)
            above += max(*ends, 0)
        farthest = max(abs(lo), abs(hi)) + ((len(self.slopes) - 1) << self.m)  # |a - x_k| and |-a - x_k|
        return min(below, -farthest), max(above, farthest)


def _requantize(node: Requantize, source: NodeBounds) -> NodeBounds:
    shift = source.format.frac - node.format.frac
    ranges = tuple(_requantized(interval, shift, node) for interval in source.ranges)
    lo, hi = _hull(source.ranges)
    if shift > 0:
        half = 0 if node.rounding is Rounding.FLOOR else 1 << (shift - 1)
        if node.rounding is Rounding.HALF_AWAY:  # rounds |value| and restores the sign
            largest = max(abs(lo), abs(hi)) + half
            accumulator = (-largest, largest)
        else:
            accumulator = (lo, hi + half)
    else:
        accumulator = (lo << -shift, hi << -shift)
    return NodeBounds(node.format, ranges, _hull([accumulator, *source.ranges]))


def _requantized(interval: Interval, shift: int, node: Requantize) -> Interval:
    if shift > 0:
        lo, hi = (_rounded(v, shift, node.rounding) for v in interval)
    else:
        lo, hi = interval[0] << -shift, interval[1] << -shift
    least, most = node.format.min_q, node.format.max_q
    if lo >= least and hi <= most:
        return lo, hi
    if node.overflow == "wrap":
        return least, most
    return max(least, min(lo, most)), min(most, max(hi, least))


def _rounded(value: int, shift: int, rounding: Rounding) -> int:
    match rounding:
        case Rounding.FLOOR:
            return value >> shift
        case Rounding.HALF_UP:
            return (value + (1 << (shift - 1))) >> shift
        case Rounding.HALF_EVEN:
            floor = value >> shift
            rest = value - (floor << shift)
            half = 1 << (shift - 1)
            return floor + int(rest > half or (rest == half and floor % 2 == 1))
        case Rounding.HALF_AWAY:
            rounded = (abs(value) + (1 << (shift - 1))) >> shift
            return rounded if value >= 0 else -rounded
        case _:
            assert_never(rounding)


def _result_format(node: Convolution | Piecewise, interval: Interval, frac: int) -> QFormat:
    needed = bits_for(*interval)
    if needed > CARRIER_BITS:
        raise OverflowRefusedError(
            f"node {node.name!r}: its result needs {needed} bits, {needed - CARRIER_BITS} more than the {CARRIER_BITS} "
            f"of the widest integer; give its weights or input fewer bits"
        )
    return covering(*interval, frac)


def _hull(intervals: "list[Interval] | tuple[Interval, ...]") -> Interval:
    return min(lo for lo, _ in intervals), max(hi for _, hi in intervals)
