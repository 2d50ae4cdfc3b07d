"""Every partial sum within a node, in any order, for operands within boxes: the lowest and the highest at each sample.

The farthest partial sum of all is that of the positive terms, or that of the negative ones. A signal is a box of one value.
"""

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
)
from pimdeploy.verify.ranges.boxes import Boxes, aligned, image, product

FLOAT64_BITS = 53
"""Integers that float64 adds exactly; it multiplies matrices faster than integers are multiplied."""


def partial_sums(node: Node, operands: list[Boxes], sources: list[NodeBounds]) -> Boxes:
    """Return the lowest and highest partial sums of `node` at one and the same sample, [sums, n].

    Of nodes that sum nothing it is their result. A convolution must have one tap: see `tap_sums`.
    """
    match node:
        case Convolution():
            low, high = tap_sums(node, 0, operands[0])
            return low + bias_ends(node)[0], high + bias_ends(node)[1]
        case Add():
            return _joined(aligned(operands, sources))
        case Multiply():
            return _products(node, *operands)
        case Piecewise() | Magnitude() | Rectify() | Concatenate() | Select() | Requantize() | Output():
            return image(node, operands, sources)
        case Input() | Delay():
            raise ValueError(f"node {node.name!r} has no operand at the same sample")
        case _:
            assert_never(node)


def tap_sums(node: Convolution, k: int, x: Boxes) -> Boxes:
    """Return the lowest and highest partial sums of the products of tap `k`, the operand within `x` there."""
    taps, (low, high) = real_taps(node)[:, :, k], x
    dtype = _carrier(taps, x)
    matrix = taps.astype(dtype).reshape(node.groups, taps.shape[0] // node.groups, -1)
    shape = (node.groups, -1, low.shape[1])
    below, above = np.minimum(low, 0).astype(dtype).reshape(shape), np.maximum(high, 0).astype(dtype).reshape(shape)
    up, down = np.maximum(matrix, 0), np.minimum(matrix, 0)
    ends = up @ below + down @ above, up @ above + down @ below
    lowest, highest = (end.reshape(taps.shape[0], -1).astype(np.int64) for end in ends)
    return lowest, highest


def bias_ends(node: Convolution) -> Boxes:
    """Return what the bias adds to the lowest and to the highest partial sum, [channels, 1]."""
    bias = np.zeros((real_taps(node).shape[0], 1), dtype=np.int64) if node.bias is None else node.bias.array[:, None]
    return np.minimum(bias, 0), np.maximum(bias, 0)


def _carrier(taps: NDArray[np.int64], x: Boxes) -> type[np.float64] | type[np.int64]:
    largest = max((int(np.abs(end).max(initial=0)) for end in x), default=0)
    gain = int(np.abs(taps).sum(axis=1).max(initial=0))
    return np.float64 if (largest * gain).bit_length() < FLOAT64_BITS else np.int64


def _joined(terms: list[Boxes]) -> Boxes:
    """Return the sums of the negative and of the positive ends of `terms`."""
    lows = [np.minimum(low, 0) for low, _ in terms]
    highs = [np.maximum(high, 0) for _, high in terms]
    return np.sum(lows, axis=0), np.sum(highs, axis=0)


def _products(node: Multiply, a: Boxes, b: Boxes) -> Boxes:
    if not node.is_complex:
        return _joined([product(a, b)])
    (a_i, a_q), (b_i, b_q) = (((x[0][0::2], x[1][0::2]), (x[0][1::2], x[1][1::2])) for x in (a, b))
    subtracted = product(a_q, b_q)
    minus = -subtracted[1], -subtracted[0]
    sums = [_joined([product(a_i, b_i), minus]), _joined([product(a_i, b_q), product(a_q, b_i)]), _joined([subtracted])]
    return np.concatenate([low for low, _ in sums]), np.concatenate([high for _, high in sums])
