"""What layers cannot reach: a node behind filters and functions of one channel each, bounded by lines (docs/mutation.md).

The bounds of datapath/bounds.py let every channel of a layer take its end at once. Behind a layer of few channels that
cannot be. Each function is held between two lines, over the interval that its argument is proven to lie in; with them the
target is bounded by a sum over the channels of the narrow layer, the same for each of its values, whatever the slopes of the
lines are (linear relaxation, as in H. Zhang et al., "Efficient neural network robustness certification with general
activation functions", 2018, section 3). The slopes are then improved, step by step: no step can make the bound wrong.

Memories begin with zeros, which need not lie in the interval of what they hold: every number of samples since reset is a
case of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.formats import Overflow
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import Interval
from pimdeploy.datapath.nodes import Convolution, Node, Piecewise, Rectify, Requantize, Symmetry, memory_of, sources_of
from pimdeploy.verify.ranges.boxes import image

Floats = NDArray[np.float64]

MOST_SAMPLES = 16
"""Samples of the narrow layer that the target may depend on."""
STEPS, PATIENCE, HOPELESS = 240, 60, 0.25
"""Steps; a bound that after `PATIENCE` of them misses by this share of the limit is given up."""
RATE = 0.03
"""First step of a slope, of the function's own steepness; steps shrink as 1 / (1 + 4 k / STEPS)."""
MARGIN = 1e-9
"""Share of all that is summed by which a bound is taken worse: more than what float64 loses."""


@dataclass(frozen=True)
class _Linear:
    """y[o, n] = bias[o] + sum of taps[o, i, k] x[i, n - dilation k], in real values."""

    taps: Floats
    bias: Floats
    dilation: int


@dataclass(frozen=True)
class _Function:
    """A function of each channel: places x and values y [channels, places] between which it is straight, up to `slack`."""

    x: Floats
    y: Floats
    slack: float

    def within(self, low: Floats, high: Floats) -> "_Function":
        """Return it for arguments from `low` to `high` [..., channels]: x and y are [..., channels, places] then."""
        low, high = (np.clip(end, self.x[:, 0], self.x[:, -1]) for end in (low, high))
        ends = [np.empty(low.shape), np.empty(low.shape)]
        for channel, (x, y) in enumerate(zip(self.x, self.y, strict=True)):
            for found, end in zip(ends, (low, high), strict=True):
                found[..., channel] = np.interp(end[..., channel], x, y)
        least, most = (end[..., None] for end in (low, high))
        y_low, y_high = (end[..., None] for end in ends)
        y = np.where(self.x < least, y_low, np.where(self.x > most, y_high, self.y))
        return _Function(np.clip(self.x, least, most), y, self.slack)

    @property
    def chords(self) -> Floats:
        """Slopes from the first to the last place."""
        width = self.x[..., -1] - self.x[..., 0]
        slopes: Floats = (self.y[..., -1] - self.y[..., 0]) / np.where(width > 0, width, 1)
        return slopes

    @property
    def steepness(self) -> Floats:
        """Largest slope between two places, in magnitude."""
        width = np.diff(self.x)
        steepest: Floats = np.abs(np.diff(self.y) / np.where(width > 0, width, np.inf)).max(axis=-1, initial=0)
        return steepest


_Layer = _Linear | _Function


def stays_within_by_layers(graph: Graph, bounds: Mapping[str, NodeBounds], name: str, limits: Interval) -> str | None:
    """Return the layer of which every value was bounded to prove that the integers of `name` lie in `limits`, or None.

    limits: an interval around zero, for memories begin there.
    """
    if not limits[0] <= 0 <= limits[1]:
        return None
    node = graph.node(name)
    if isinstance(node, Rectify):  # it grows with its operand, of which a line would not know
        return stays_within_by_layers(graph, bounds, node.source, _before(node, limits))
    chain = _chain(graph, name)
    if not chain:
        return None
    width = [len(bounds[sources_of(node)[0]].ranges) for node in chain]
    first = max(k for k, channels in enumerate(width) if channels == min(width))
    chain, leaf = chain[first:], sources_of(chain[first])[0]
    span = sum(memory_of(node) for node in chain)
    if span + 1 > MOST_SAMPLES or not any(isinstance(node, Convolution) for node in chain):
        return None
    layers = [_layer(node, bounds) for node in chain]
    box = np.array(bounds[leaf].ranges, dtype=np.float64) * bounds[leaf].format.lsb
    target = bounds[name]
    for sign, limit, end in ((1, limits[0], 0), (-1, -limits[1], 1)):
        beyond = [channel for channel, ends in enumerate(target.ranges) if sign * ends[end] < limit]
        for live in range(span + 1, 0, -1) if beyond else ():  # all samples first: there most fail, and at once
            if not _holds(
                layers, box, sign * np.eye(len(target.ranges))[beyond], live, (limit - 1) * target.format.lsb
            ):
                return None
    return leaf


def _before(node: Rectify, limits: Interval) -> Interval:
    """Return the interval of the operand of `node` for which the result lies in `limits`, an interval around zero."""
    low, high = limits
    if node.slope_log2 is None:
        return min(low, -(1 << 62)), high
    return low, high >> node.slope_log2


def _chain(graph: Graph, name: str) -> list[Node]:
    """Return the nodes that lead to `name` by one operand each, `name` last."""
    found: list[Node] = []
    node = graph.node(name)
    while isinstance(node, Convolution | Rectify | Requantize | Piecewise):
        if (isinstance(node, Piecewise) and node.outputs != 1) or (
            isinstance(node, Requantize) and node.overflow is not Overflow.SATURATE
        ):
            break
        found.insert(0, node)
        node = graph.node(sources_of(node)[0])
    return found


def _layer(node: Node, bounds: Mapping[str, NodeBounds]) -> _Layer:
    source, result = bounds[sources_of(node)[0]], bounds[node.name]
    if not isinstance(node, Convolution):
        return _function(node, source, result)
    taps, inputs = real_taps(node), len(source.ranges)
    rows, columns = taps.shape[0] // node.groups, taps.shape[1]
    dense = np.zeros((taps.shape[0], inputs, taps.shape[2]))
    for group in range(node.groups):
        own = slice(group * rows, (group + 1) * rows)
        dense[own, group * columns : (group + 1) * columns] = taps[own]
    bias = np.zeros(len(dense)) if node.bias is None else node.bias.array.astype(np.float64)
    scale = 2.0 ** (source.format.frac - result.format.frac)
    return _Linear(dense * scale, bias * result.format.lsb, node.dilation)


def _function(node: Node, source: NodeBounds, result: NodeBounds) -> _Function:
    """Return `node`, a function of one channel, by its values at all places where it bends, in the range of each channel."""
    bends = _bends(node, source)
    ends = np.array(source.ranges, dtype=np.int64)
    places = np.sort(np.clip(np.concatenate([ends, np.tile(bends, (len(ends), 1))], axis=1), ends[:, :1], ends[:, 1:]))
    values = image(node, [(places, places)], [source])[0]
    # A rounding is off its line by one LSB at most; where saturation begins, by one more.
    slack = 2.0 * result.format.lsb if isinstance(node, Requantize) else 0.0
    x, y = places.astype(np.float64), values.astype(np.float64)
    return _Function(x * source.format.lsb, y * result.format.lsb, slack)


def _bends(node: Node, source: NodeBounds) -> NDArray[np.int64]:
    match node:
        case Rectify():
            return np.zeros(1, dtype=np.int64)
        case Requantize():
            shift = source.format.frac - node.format.frac
            ends = np.array([node.format.min_q, node.format.max_q], dtype=np.float64)
            places = np.rint(np.clip(ends * 2.0**shift, -(2.0**62), 2.0**62)).astype(np.int64)
            return np.concatenate([places, places - 1, places + 1])
        case Piecewise():
            knots = np.arange(node.segments + 1, dtype=np.int64) << node.segment_log2
            if node.symmetry is Symmetry.PLAIN:
                knots = knots - (1 << (source.format.bits - 1))
            elif node.symmetry is not Symmetry.INDEX:
                knots = np.concatenate([knots, -knots])
            return knots
        case _:
            raise ValueError(f"node {node.name!r} is no function of one channel")


def _holds(layers: list[_Layer], box: Floats, rows: Floats, live: int, limit: float) -> bool:
    """Return whether each of `rows`, sums [targets, channels] of the last layer, is shown to be more than `limit`.

    box: ends [channels, 2] of the narrow layer. live: samples since reset; what the layers read from before is zero.
    """
    low, high = (np.broadcast_to(end, (len(rows), live, len(box))) for end in box.T)
    parts = _parts(layers, low, high)
    slopes = [np.stack([part.chords] * 2) if isinstance(part, _Function) else np.zeros(0) for part in parts]
    met = np.full(len(rows), -np.inf)
    for step in range(STEPS):
        shown, better = _bounded(parts, low, high, rows, slopes)
        met = np.maximum(met, shown)
        if (met > limit).all():
            return True
        if step == PATIENCE and met.min() < limit - HOPELESS * abs(limit):
            return False
        rate = RATE / (1 + 4 * step / STEPS)
        for part, own, gain in zip(parts, slopes, better, strict=True):
            if isinstance(part, _Function):
                np.add(own, rate * part.steepness * np.sign(gain), out=own)
    return False


def _parts(layers: list[_Layer], low: Floats, high: Floats) -> list[_Layer]:
    """Return `layers` as they are where the narrow one lies between `low` and `high` [targets, live, channels]."""
    found: list[_Layer] = []
    for layer in layers:
        if isinstance(layer, _Linear):
            # Half of the bias in each, whose sums are the ends.
            up, down = (_Linear(part, layer.bias / 2, layer.dilation) for part in _signed(layer.taps))
            low, high = _forth(up, low) + _forth(down, high), _forth(up, high) + _forth(down, low)
            found.append(layer)
        else:
            part = layer.within(low, high)
            low, high = part.y.min(axis=-1) - part.slack, part.y.max(axis=-1) + part.slack
            found.append(part)
    return found


def _signed(taps: Floats) -> tuple[Floats, Floats]:
    return np.maximum(taps, 0), np.minimum(taps, 0)


def _bounded(
    parts: list[_Layer], low: Floats, high: Floats, rows: Floats, slopes: list[Floats]
) -> tuple[Floats, list[Floats]]:
    """Return what the sums `rows` are shown not to fall below, and which way each slope raises that.

    low, high: ends of the narrow layer's values [targets, live, channels]. slopes: [2 (below, above), targets, live,
    channels] of each function.
    """
    weights = np.zeros((*low.shape[:2], rows.shape[1]))
    weights[:, 0] = rows
    shown, summed, lines = np.zeros(len(rows)), np.zeros(len(rows)), []
    for part, own in zip(reversed(parts), reversed(slopes), strict=True):
        if isinstance(part, _Linear):
            terms, weights = weights @ part.bias, _back(part, weights)
        else:
            line = _Lines.of(part, own, weights)
            terms, weights = np.einsum("tlc,tlc->tl", weights, line.offset), weights * line.slope
            lines.append(line)
        shown += terms.sum(axis=1)
        summed += np.abs(terms).sum(axis=1)
    worst = np.where(weights > 0, low, high)
    shown += (weights * worst).sum(axis=(1, 2))
    summed += np.abs(weights * worst).sum(axis=(1, 2))
    return shown - MARGIN * summed, _gains(parts, worst, lines)


@dataclass(frozen=True)
class _Lines:
    """The line that each argument is put on, [targets, live, channels]: from below where it is weighed positive.

    touches: the argument at which it touches the function.
    """

    weights: Floats
    slope: Floats
    offset: Floats
    touches: Floats

    @classmethod
    def of(cls, part: _Function, slopes: Floats, weights: Floats) -> "_Lines":
        """Return the lines of `slopes` [2, targets, live, channels] where the function is weighed by `weights`."""
        is_below = weights > 0
        slope = np.where(is_below, slopes[0], slopes[1])
        above = part.y - slope[..., None] * part.x
        place = np.where(is_below, above.argmin(axis=-1), above.argmax(axis=-1))[..., None]
        offset = np.take_along_axis(above, place, axis=-1)[..., 0] + np.where(is_below, -part.slack, part.slack)
        return cls(weights, slope, offset, np.take_along_axis(part.x, place, axis=-1)[..., 0])


def _gains(parts: list[_Layer], worst: Floats, lines: list[_Lines]) -> list[Floats]:
    """Return for each function the derivative of the bound by its slopes, at the `worst` values of the narrow layer."""
    found: list[Floats] = []
    x = worst
    for part in parts:
        if isinstance(part, _Linear):
            x = _forth(part, x)
            found.append(np.zeros(0))
            continue
        line = lines.pop()
        gain = line.weights * (x - line.touches)
        found.append(np.stack([np.where(line.weights > 0, gain, 0), np.where(line.weights > 0, 0, gain)]))
        x = line.slope * x + line.offset
    return found


def _back(layer: _Linear, weights: Floats) -> Floats:
    """Return the weights of the operand for those of the result, both [targets, live, channels]."""
    live = weights.shape[1]
    found = np.zeros((len(weights), live, layer.taps.shape[1]))
    for k in range(layer.taps.shape[2]):
        late = layer.dilation * k
        if late < live:
            found[:, late:] += weights[:, : live - late] @ layer.taps[:, :, k]
    return found


def _forth(layer: _Linear, x: Floats) -> Floats:
    """Return the result for an operand x [targets, live, channels], the newest sample first."""
    live = x.shape[1]
    found = np.broadcast_to(layer.bias, (*x.shape[:2], len(layer.bias))).copy()
    for k in range(layer.taps.shape[2]):
        late = layer.dilation * k
        if late < live:
            found[:, : live - late] += x[:, late:] @ layer.taps[:, :, k].T
    return found
