"""Proven intervals of every node (docs/spec/datapath.md, section 4).

Bounds are intervals of integers, propagated from channel ranges and the actual coefficients. They hold for every input
and include every partial sum in any order, the rounding constant, and the form used.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds_piecewise import FunctionBounds, function_bounds
from pimdeploy.datapath.bounds_products import ThreeBounds, three_of_convolution, three_of_product
from pimdeploy.datapath.formats import CARRIER_BITS, QFormat, Rounding, bits_for, covering
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import Interval, aligned, hull, product, total, with_zero
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Node,
    Output,
    Piecewise,
    Products,
    Rectify,
    Requantize,
    Select,
)
from pimdeploy.errors import OverflowRefusedError


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
            return NodeBounds(node.format, ranges, hull(ranges))
        case Convolution():
            return _convolution(node, bounds[node.source])
        case Piecewise():
            return _piecewise(node, bounds[node.source])
        case Requantize():
            return _requantize(node, bounds[node.source])
        case Delay():
            return _chosen(bounds[node.source], tuple(with_zero(r) for r in bounds[node.source].ranges))
        case Magnitude():
            return _magnitude(node, bounds[node.source])
        case Multiply():
            return _multiply(node, bounds[node.source], bounds[node.other])
        case Add():
            return _add(node, [bounds[source] for source in node.sources])
        case Rectify():
            return _rectify(node, bounds[node.source])
        case Concatenate():
            return _concatenate(node, [bounds[source] for source in node.sources])
        case Select():
            return _chosen(bounds[node.source], tuple(bounds[node.source].ranges[c] for c in node.channels))
        case Output():
            return _chosen(bounds[node.source], bounds[node.source].ranges)
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


def three_bounds(node: Convolution | Multiply, bounds: Mapping[str, NodeBounds]) -> ThreeBounds:
    """Return the intervals of the sums that a complex `node` forms, or would form, in three products."""
    if isinstance(node, Convolution):
        return three_of_convolution(node, bounds[node.source].ranges)
    return three_of_product(bounds[node.source].ranges, bounds[node.other].ranges)


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
    if node.products is Products.THREE:
        accumulators.append(three_of_convolution(node, source.ranges).accumulator)
    frac = source.format.frac + node.taps_format.frac
    return NodeBounds(_result_format(node.name, hull(ranges), frac), tuple(ranges), hull(accumulators))


def _piecewise(node: Piecewise, source: NodeBounds) -> NodeBounds:
    found: list[FunctionBounds] = []
    for channel_out in range(len(source.ranges) * node.outputs):
        row = node.row(channel_out, len(source.ranges))
        argument = source.ranges[channel_out // node.outputs]
        found.append(function_bounds(node, row, argument, source.format.bits))
    ranges = tuple(one.image for one in found)
    result = _result_format(node.name, hull(ranges), source.format.frac + node.slopes_format.frac)
    return NodeBounds(result, ranges, hull([one.table for one in found]), hull([one.basis for one in found]))


def _chosen(source: NodeBounds, ranges: tuple[Interval, ...]) -> NodeBounds:
    """Return the bounds of channels of `source`, unchanged but for their choice and their interval."""
    return NodeBounds(source.format, ranges, hull(ranges))


def _magnitude(node: Magnitude, source: NodeBounds) -> NodeBounds:
    ranges, accumulators = [], []
    for in_phase, quadrature in zip(source.ranges[0::2], source.ranges[1::2], strict=True):
        peak_i, peak_q = (max(-lo, hi) for lo, hi in (in_phase, quadrature))
        most, least = max(peak_i, peak_q), min(peak_i, peak_q)
        energy = peak_i**2 + peak_q**2
        match node.magnitude:
            case MagnitudeKind.SQRT:
                ranges.append((0, math.isqrt(energy)))
                accumulators.append((0, energy))
            case MagnitudeKind.SQUARE:
                ranges.append((0, energy))
                accumulators.append((0, energy))
            case MagnitudeKind.ALPHA_BETA:
                ranges.append((0, _largest_alpha_beta(node, most, least)))
                accumulators.append((0, ranges[-1][1]))
            case _:
                assert_never(node.magnitude)
    fmt = _result_format(node.name, hull(ranges), _magnitude_frac(node, source.format.frac), signed=False)
    return NodeBounds(fmt, tuple(ranges), hull([*accumulators, *source.ranges]))


def _largest_alpha_beta(node: Magnitude, most: int, least: int) -> int:
    # With the smaller component at its peak the larger is at least that: the sum grows in both.
    return node.alpha * most + node.beta * least


def _magnitude_frac(node: Magnitude, frac: int) -> int:
    match node.magnitude:
        case MagnitudeKind.SQRT:
            return frac
        case MagnitudeKind.SQUARE:
            return 2 * frac
        case MagnitudeKind.ALPHA_BETA:
            return frac + node.coefficients_frac
        case _:
            assert_never(node.magnitude)


def _multiply(node: Multiply, a: NodeBounds, b: NodeBounds) -> NodeBounds:
    ranges, accumulators = [], []
    if node.is_complex:
        for k in range(0, len(a.ranges), 2):
            (a_i, a_q), (b_i, b_q) = a.ranges[k : k + 2], b.ranges[k : k + 2]
            minus = product((-1, -1), product(a_q, b_q))
            terms = [[product(a_i, b_i), minus], [product(a_i, b_q), product(a_q, b_i)]]
            ranges += [total(pair) for pair in terms]
            accumulators += [total([with_zero(t) for t in pair]) for pair in terms] + [product(a_q, b_q)]
        if node.products is Products.THREE:
            accumulators.append(three_of_product(a.ranges, b.ranges).accumulator)
    else:
        ranges = [product(x, y) for x, y in zip(a.ranges, b.ranges, strict=True)]
        accumulators = [with_zero(r) for r in ranges]
    fmt = _result_format(node.name, hull(ranges), a.format.frac + b.format.frac)
    return NodeBounds(fmt, tuple(ranges), hull(accumulators))


def _add(node: Add, sources: list[NodeBounds]) -> NodeBounds:
    frac = max(source.format.frac for source in sources)
    operands = [aligned(source.ranges, frac - source.format.frac) for source in sources]
    columns = list(zip(*operands, strict=True))
    ranges = tuple(total(column) for column in columns)
    partial = [total([with_zero(term) for term in column]) for column in columns]
    return NodeBounds(_result_format(node.name, hull(ranges), frac), ranges, hull(partial))


def _rectify(node: Rectify, source: NodeBounds) -> NodeBounds:
    k = node.slope_log2

    def rectified(x: int) -> int:
        if k is None:
            return max(x, 0)
        return x << k if x >= 0 else x

    ranges = tuple((rectified(lo), rectified(hi)) for lo, hi in source.ranges)
    fmt = _result_format(node.name, hull(ranges), source.format.frac + (k or 0))
    return NodeBounds(fmt, ranges, hull([*ranges, *source.ranges, (0, 0)]))


def _concatenate(node: Concatenate, sources: list[NodeBounds]) -> NodeBounds:
    frac = max(source.format.frac for source in sources)
    ranges = tuple(r for source in sources for r in aligned(source.ranges, frac - source.format.frac))
    return NodeBounds(_result_format(node.name, hull(ranges), frac), ranges, hull(ranges))


def _requantize(node: Requantize, source: NodeBounds) -> NodeBounds:
    shift = source.format.frac - node.format.frac
    ranges = tuple(_requantized(interval, shift, node) for interval in source.ranges)
    lo, hi = hull(source.ranges)
    if shift > 0:
        half = 0 if node.rounding is Rounding.FLOOR else 1 << (shift - 1)
        if node.rounding is Rounding.HALF_AWAY:  # rounds |value| and restores the sign
            largest = max(abs(lo), abs(hi)) + half
            accumulator = (-largest, largest)
        else:
            accumulator = (lo, hi + half)
    else:
        accumulator = (lo << -shift, hi << -shift)
    return NodeBounds(node.format, ranges, hull([accumulator, *source.ranges]))


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


def _result_format(name: str, interval: Interval, frac: int, *, signed: bool = True) -> QFormat:
    needed = bits_for(*interval)
    if needed > CARRIER_BITS:
        raise OverflowRefusedError(
            f"node {name!r}: its result needs {needed} bits, {needed - CARRIER_BITS} more than the {CARRIER_BITS} "
            f"of the widest integer; give its weights or input fewer bits"
        )
    return covering(*interval, frac, signed=signed)
