"""How a sum within a node follows each sample of the input, at one window of samples: the slope of the chain behind it.

A real-valued model of the graph for searches alone: roundings are left out, and what saturates goes on with a small slope.
"""

from collections.abc import Mapping
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
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
    sources_of,
)
from pimdeploy.verify.stimuli.responses import dense_taps

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SATURATED = 0.1
"""Slope, of that of the straight line, where a requantizer saturates: 0 would tell no way out."""


class Chain:
    """The nodes between the input and one node, as a real-valued function of the samples in a window.

    part: that node and all that it depends on, in order, the input first.
    """

    def __init__(self, part: list[Node], bounds: Mapping[str, NodeBounds]) -> None:
        self._part, self._bounds = part, bounds
        self._taps = {node.name: dense_taps(node).astype(np.float64) for node in part if isinstance(node, Convolution)}

    def slopes(self, trace: Mapping[str, IntArray], channel: int | IntArray, sign: int = 0) -> FloatArray:
        """Return the slopes [input channels, n] of channel `channel` of the last node at its last sample.

        Of several channels it is the sum of their slopes, one at each of as many last samples, in their order.

        trace: the integers [channels, n] of all nodes. sign: where it is 1 or -1, those of the partial sum of a convolution's
        terms that have this sign now, instead of the sum of all.
        """
        last, first = self._part[-1], self._part[0]
        found = {node.name: np.zeros(trace[node.name].shape) for node in self._part}
        channels = np.atleast_1d(channel)
        found[last.name][channels, np.arange(-len(channels), 0)] = 1.0
        for node in self._part[:0:-1]:
            y = found[node.name]
            if node is last and sign and isinstance(node, Convolution):
                backs = [_partial(node, self._taps[node.name], channels, trace[node.source], sign)]
            else:
                backs = self._back(node, y, [trace[source] for source in sources_of(node)])
            for source, back in zip(sources_of(node), backs, strict=True):
                found[source] += back
        return found[first.name]

    def _back(self, node: Node, y: FloatArray, operands: list[IntArray]) -> list[FloatArray]:
        """Return the slopes with respect to each operand of `node` from those with respect to its result, `y`."""
        match node:
            case Input():
                return []
            case Convolution():
                return [_convolution(node, self._taps[node.name], y)]
            case Piecewise():
                return [_piecewise(node, y, operands[0], self._bounds[node.source])]
            case Requantize():
                return [_requantize(node, y, operands[0], self._bounds[node.source])]
            case Delay():
                kept = y[:, node.samples :]
                return [np.pad(kept, ((0, 0), (0, y.shape[1] - kept.shape[1])))]
            case Magnitude():
                return [_magnitude(node, y, operands[0])]
            case Multiply():
                return _multiply(node, y, *operands)
            case Add():
                return [y * scale for scale in _scales(node.sources, self._bounds)]
            case Concatenate():
                parts = np.split(y, np.cumsum([len(x) for x in operands])[:-1])
                return [part * scale for part, scale in zip(parts, _scales(node.sources, self._bounds), strict=True)]
            case Rectify():
                slope = 0.0 if node.slope_log2 is None else 1.0
                return [y * np.where(operands[0] >= 0, 2.0 ** (node.slope_log2 or 0), slope)]
            case Select():
                back = np.zeros(operands[0].shape)
                np.add.at(back, list(node.channels), y)
                return [back]
            case Output():
                return [y]
            case _:
                assert_never(node)


def _convolution(node: Convolution, taps: FloatArray, y: FloatArray) -> FloatArray:
    back = np.zeros((taps.shape[1], y.shape[1]))
    for k in range(node.kernel_length):
        delay = min(k * node.dilation, y.shape[1])
        back[:, : y.shape[1] - delay] += taps[:, :, k].T @ y[:, delay:]
    return back


def _partial(node: Convolution, taps: FloatArray, channels: IntArray, x: IntArray, sign: int) -> FloatArray:
    """Return the slopes of the terms of the sign `sign` of each of `channels`, one at each of as many last samples."""
    back = np.zeros(x.shape)
    for k in range(node.kernel_length):
        at = np.arange(-len(channels), 0) + x.shape[1] - k * node.dilation
        rows, known = taps[channels, :, k].T, at >= 0
        past = x[:, at[known]]
        back[:, at[known]] += np.where(sign * rows[:, known] * past > 0, rows[:, known], 0)
    return back


def _piecewise(node: Piecewise, y: FloatArray, a: IntArray, source: NodeBounds) -> FloatArray:
    t, sign = a, np.ones(a.shape)
    if node.symmetry in (Symmetry.ODD, Symmetry.EVEN):
        t = np.abs(a)
        sign = np.where(a < 0, -1.0, 1.0) if node.symmetry is Symmetry.EVEN else sign
    elif node.symmetry is Symmetry.PLAIN:
        t = a + (1 << (source.format.bits - 1))
    s = np.minimum(t >> node.segment_log2, node.segments - 1)
    back = np.zeros(a.shape)
    for result, row in enumerate(y):
        channel = result // node.outputs
        table = node.slopes.array[node.row(result, len(a))]
        back[channel] += row * table[s[channel]] * sign[channel]
    return back


def _requantize(node: Requantize, y: FloatArray, v: IntArray, source: NodeBounds) -> FloatArray:
    scale = 2.0 ** (node.format.frac - source.format.frac)
    result = v * scale
    inside = (result >= node.format.min_q) & (result <= node.format.max_q)
    return y * np.where(inside, scale, scale * SATURATED)


def _magnitude(node: Magnitude, y: FloatArray, x: IntArray) -> FloatArray:
    i, q, back = x[0::2].astype(np.float64), x[1::2].astype(np.float64), np.zeros(x.shape)
    match node.magnitude:
        case MagnitudeKind.SQUARE:
            back[0::2], back[1::2] = 2 * i * y, 2 * q * y
        case MagnitudeKind.SQRT:
            size = np.maximum(np.hypot(i, q), 1.0)
            back[0::2], back[1::2] = i / size * y, q / size * y
        case MagnitudeKind.ALPHA_BETA:
            i_is_larger = np.abs(i) >= np.abs(q)
            back[0::2] = np.where(i_is_larger, node.alpha, node.beta) * np.sign(i) * y
            back[1::2] = np.where(i_is_larger, node.beta, node.alpha) * np.sign(q) * y
        case _:
            assert_never(node.magnitude)
    return back


def _multiply(node: Multiply, y: FloatArray, a: IntArray, b: IntArray) -> list[FloatArray]:
    if not node.is_complex:
        return [y * b, y * a]
    backs = []
    for other in (b, a):
        back = np.zeros(y.shape)
        back[0::2] = y[0::2] * other[0::2] + y[1::2] * other[1::2]
        back[1::2] = y[1::2] * other[0::2] - y[0::2] * other[1::2]
        backs.append(back)
    return backs


def _scales(sources: tuple[str, ...], bounds: Mapping[str, NodeBounds]) -> list[float]:
    fracs = [bounds[source].format.frac for source in sources]
    return [2.0 ** (max(fracs) - frac) for frac in fracs]
