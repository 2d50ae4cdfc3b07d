"""Intervals of every node for many boxes of arguments at once: what the bounds of datapath/bounds.py are for one.

A box is an interval a channel; arrays are [channels, boxes] of int64, and every result holds each value that the node takes
for arguments in the box. Only nodes without memory: a box is about one sample.
"""

from collections.abc import Callable
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.formats import Overflow
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
    Rectify,
    Requantize,
    Select,
    Symmetry,
)
from pimdeploy.verify.ranges.requantizing import requantizing

IntArray = NDArray[np.int64]
Boxes = tuple[IntArray, IntArray]
"""Lower and upper ends."""


def image(node: Node, operands: list[Boxes], sources: list[NodeBounds]) -> Boxes:
    """Return the boxes of the result of `node` for boxes of its operands; `sources` are the bounds of those."""
    match node:
        case Convolution():
            return _convolution(node, operands[0])
        case Piecewise():
            return _piecewise(node, operands[0], sources[0])
        case Requantize():
            return _requantize(node, operands[0], {node.source: sources[0]})
        case Magnitude():
            return _magnitude(node, operands[0])
        case Multiply():
            return _multiply(node, *operands)
        case Add():
            lows, highs = zip(*aligned(operands, sources), strict=True)
            return np.sum(lows, axis=0), np.sum(highs, axis=0)
        case Concatenate():
            lows, highs = zip(*aligned(operands, sources), strict=True)
            return np.concatenate(lows), np.concatenate(highs)
        case Rectify():
            return _monotone(operands[0], lambda x: _rectified(node, x))
        case Select():
            return _monotone(operands[0], lambda x: x[list(node.channels)])
        case Output():
            return operands[0]
        case Input() | Delay():
            raise ValueError(f"node {node.name!r} has no operand at the same sample")
        case _:
            assert_never(node)


def _monotone(x: Boxes, function: Callable[[IntArray], IntArray]) -> Boxes:
    return function(x[0]), function(x[1])


def _rectified(node: Rectify, x: IntArray) -> IntArray:
    return np.maximum(x, 0) if node.slope_log2 is None else np.where(x >= 0, x << node.slope_log2, x)


def _convolution(node: Convolution, x: Boxes) -> Boxes:
    if node.memory:
        raise ValueError(f"node {node.name!r} reads more than one sample")
    taps = real_taps(node)[:, :, 0]
    groups, (low, high) = node.groups, x
    shape = (groups, -1, low.shape[1])
    matrix = taps.reshape(groups, taps.shape[0] // groups, -1)
    up, down = np.maximum(matrix, 0), np.minimum(matrix, 0)
    bias = 0 if node.bias is None else node.bias.array[:, None]
    ends = (up @ a.reshape(shape) + down @ b.reshape(shape) for a, b in ((low, high), (high, low)))
    lowest, highest = (end.reshape(taps.shape[0], -1) + bias for end in ends)
    return lowest, highest


def _requantize(node: Requantize, x: Boxes, bounds: dict[str, NodeBounds]) -> Boxes:
    rule = requantizing(node, bounds)
    rounded = _monotone(x, rule.rounded)
    low, high = _monotone(rounded, rule.overflowed)
    if node.overflow is Overflow.SATURATE:
        return low, high
    inside = (rounded[0] - rule.least) >> rule.bits == (rounded[1] - rule.least) >> rule.bits
    return np.where(inside, low, rule.least), np.where(inside, high, rule.most)


def _piecewise(node: Piecewise, x: Boxes, source: NodeBounds) -> Boxes:
    """Between knots the function is a line: its extremes are at the ends of the box and at knots inside."""
    channels = x[0].shape[0]
    lows, highs = [], []
    for result in range(channels * node.outputs):
        row, channel = node.row(result, channels), result // node.outputs
        low, high = x[0][channel], x[1][channel]
        ends = [_value(node, row, low, source), _value(node, row, high, source)]
        least, most = np.minimum(*ends), np.maximum(*ends)
        for knot in _knots(node, source):
            at = int(_value(node, row, np.array([knot]), source)[0])
            inside = (low < knot) & (knot < high)
            least, most = np.where(inside, np.minimum(least, at), least), np.where(inside, np.maximum(most, at), most)
        lows.append(least)
        highs.append(most)
    return np.stack(lows), np.stack(highs)


def _knots(node: Piecewise, source: NodeBounds) -> list[int]:
    """Return the arguments at which the line changes."""
    places = [k << node.segment_log2 for k in range(node.segments)]
    match node.symmetry:
        case Symmetry.ODD | Symmetry.EVEN:
            return sorted({*places, *(-place for place in places)})
        case Symmetry.PLAIN:
            return [place - (1 << (source.format.bits - 1)) for place in places]
        case Symmetry.INDEX:
            return places
        case _:
            assert_never(node.symmetry)


def _value(node: Piecewise, row: int, a: IntArray, source: NodeBounds) -> IntArray:
    t = np.abs(a) if node.symmetry in (Symmetry.ODD, Symmetry.EVEN) else a
    if node.symmetry is Symmetry.PLAIN:
        t = a + (1 << (source.format.bits - 1))
    s = np.minimum(t >> node.segment_log2, node.segments - 1)
    bases, slopes = node.bases.array[row], node.slopes.array[row]
    y: IntArray = (bases[s] << node.segment_log2) + slopes[s] * (t - (s << node.segment_log2))
    if node.symmetry is Symmetry.ODD:
        y = y * np.where(a < 0, np.int64(-1), np.int64(1))
    return y


def _magnitude(node: Magnitude, x: Boxes) -> Boxes:
    """Every kind grows with |I| and with |Q|."""
    low, high = x
    largest = np.maximum(-low, high)
    smallest = np.where((low <= 0) & (high >= 0), 0, np.minimum(np.abs(low), np.abs(high)))
    return _monotone((smallest, largest), lambda size: _size(node, size[0::2], size[1::2]))


def _size(node: Magnitude, i: IntArray, q: IntArray) -> IntArray:
    match node.magnitude:
        case MagnitudeKind.SQUARE:
            return i * i + q * q
        case MagnitudeKind.ALPHA_BETA:
            sum_: IntArray = node.alpha * np.maximum(i, q) + node.beta * np.minimum(i, q)
            return sum_
        case MagnitudeKind.SQRT:
            energy = i * i + q * q
            root = np.sqrt(energy.astype(np.float64)).astype(np.int64)
            root -= root * root > energy
            settled: IntArray = root + ((root + 1) * (root + 1) <= energy)
            return settled
        case _:
            assert_never(node.magnitude)


def _multiply(node: Multiply, a: Boxes, b: Boxes) -> Boxes:
    if not node.is_complex:
        return product(a, b)
    (a_i, a_q), (b_i, b_q) = (((x[0][0::2], x[1][0::2]), (x[0][1::2], x[1][1::2])) for x in (a, b))
    same, cross = product(a_i, b_i), product(a_q, b_q)
    one, other = product(a_i, b_q), product(a_q, b_i)
    low = np.stack([same[0] - cross[1], one[0] + other[0]], axis=1)
    high = np.stack([same[1] - cross[0], one[1] + other[1]], axis=1)
    return low.reshape(-1, low.shape[2]), high.reshape(-1, high.shape[2])


def product(a: Boxes, b: Boxes) -> Boxes:
    """Return the boxes of the products of integers from `a` and from `b`."""
    corners = np.stack([p * q for p in a for q in b])
    return corners.min(axis=0), corners.max(axis=0)


def aligned(operands: list[Boxes], sources: list[NodeBounds]) -> list[Boxes]:
    """Return the boxes of `operands`, which have the bounds `sources`, on the finest grid of all."""
    frac = max(source.format.frac for source in sources)
    shifts = [frac - source.format.frac for source in sources]
    return [(low << shift, high << shift) for (low, high), shift in zip(operands, shifts, strict=True)]
