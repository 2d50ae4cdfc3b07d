"""How far a node behind filters alone can go, proven from the input: filters in a row are one filter.

Between the input and such a node, y = sum of (center + deviation) * x + error over the input's samples, |deviation| <= radius
and |error| <= error: roundings add to the error, and a saturation multiplies by a gain between what it leaves of the farthest
value and 1. The bounds of datapath/bounds.py let the operands of a sum take their ends independently; here they follow from
the same samples.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.formats import Overflow
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import Interval, hull
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
    sources_of,
)

FloatArray = NDArray[np.float64]
MOST_TERMS = 10
"""Terms on the same samples of which every choice is tried."""
SLACK = 1.0 + 1e-9
"""What sums of float64 may be off by, many times over: a bound that is proven is rounded away from zero."""


@dataclass(frozen=True)
class Sector:
    """center, radius: [channel, input channel, delay]. error: [channel], in LSBs of the node."""

    center: FloatArray
    radius: FloatArray
    error: FloatArray

    def reach(self, largest: int) -> FloatArray:
        """Return the largest magnitude of each channel for input samples up to `largest`."""
        gains = np.abs(self.center) + self.radius
        total: FloatArray = gains.sum(axis=(1, 2)) * largest + self.error
        return total * SLACK

    def times(self, least: float) -> "Sector":
        """Return the product with gains between `least` and 1, any for each channel and sample."""
        middle, half = (1 + least) / 2, (1 - least) / 2
        return Sector(self.center * middle, self.radius + np.abs(self.center) * half, self.error)


def filter_ranges(graph: Graph, bounds: Mapping[str, NodeBounds]) -> dict[str, tuple[Interval, ...]]:
    """Return the range of each channel of every node: that of `bounds`, or what is proven here where it is narrower."""
    known = _sectors(graph, bounds)
    ranges = {node.name: bounds[node.name].ranges for node in graph.nodes}
    for name, sector in known.items():
        reach = [int(np.ceil(end)) for end in sector.reach(_largest_sample(graph))]
        pairs = zip(ranges[name], reach, strict=True)
        ranges[name] = tuple((max(lo, -end), min(hi, end)) for (lo, hi), end in pairs)
    return ranges


def largest_of_filters(graph: Graph, bounds: Mapping[str, NodeBounds], node: Node) -> int | None:
    """Return what is shown of the magnitude of all partial sums of `node`, a convolution behind filters alone, else None."""
    known = _sectors(graph, bounds)
    if not isinstance(node, Convolution) or node.source not in known:
        return None
    x, largest = known[node.source], _largest_sample(graph)
    bias = np.zeros(node.channels_out) if node.bias is None else np.abs(node.bias.array).astype(np.float64)
    return max(
        int(np.ceil((_farthest_sum(terms, largest) + constant) * SLACK))
        for terms, constant in zip(_terms(node, x), bias, strict=True)
    )


def _largest_sample(graph: Graph) -> int:
    x = graph.input.format
    return max(-x.min_q, x.max_q)


def _sectors(graph: Graph, bounds: Mapping[str, NodeBounds]) -> dict[str, Sector]:
    """Return the sector of every node behind filters alone."""
    known: dict[str, Sector] = {}
    for node in graph.nodes:
        found = _sector(node, known, bounds)
        if found is not None:
            known[node.name] = found
    return known


def _terms(node: Convolution, x: Sector) -> Iterator[Sector]:
    """Yield the products of each result channel of `node` that are not zero, as the channels of a sector."""
    taps = real_taps(node).astype(np.float64)
    inputs, length = x.center.shape[1:]
    for output, rows in enumerate(taps):
        channels, delays = np.nonzero(rows)
        gains = rows[channels, delays]
        sources = channels + output // (taps.shape[0] // node.groups) * taps.shape[1]
        center, radius = np.zeros((2, len(gains), inputs, length + node.memory))
        for term, (source, delay, gain) in enumerate(zip(sources, delays * node.dilation, gains, strict=True)):
            center[term, :, delay : delay + length] = gain * x.center[source]
            radius[term, :, delay : delay + length] = abs(gain) * x.radius[source]
        yield Sector(center, radius, np.abs(gains) * x.error[sources])


def _farthest_sum(terms: Sector, largest: int) -> float:
    """Return how far the sum of any of `terms` goes: those that share no input sample take their ends at once."""
    center, radius = (part.reshape(len(terms.error), -1) for part in (terms.center, terms.radius))
    used, total = (np.abs(center) + radius) > 0, float(terms.error.sum())
    left = set(range(len(used)))
    while left:
        group = {left.pop()}
        while grown := {k for k in left if (used[k] & used[sorted(group)].any(axis=0)).any()}:
            group |= grown
            left -= grown
        rows = sorted(group)
        total += largest * (_farthest_subset(center[rows]) + float(radius[rows].sum()))
    return total


def _farthest_subset(rows: FloatArray) -> float:
    """Return the largest sum of magnitudes of a sum of some of `rows`; of many rows what it cannot exceed."""
    if len(rows) > MOST_TERMS:
        return float((np.abs(rows).sum() + np.abs(rows.sum(axis=0)).sum()) / 2)
    chosen = (np.arange(1 << len(rows))[:, None] >> np.arange(len(rows))) & 1
    return float(np.abs(chosen @ rows).sum(axis=1).max())


def _sector(node: Node, known: Mapping[str, Sector], bounds: Mapping[str, NodeBounds]) -> Sector | None:
    if not all(source in known for source in sources_of(node)):
        return None
    operands = [known[source] for source in sources_of(node)]
    sources = [bounds[source] for source in sources_of(node)]
    match node:
        case Input():
            zero = np.zeros((node.channels, node.channels, 1))
            return Sector(np.eye(node.channels)[:, :, None], zero, np.zeros(node.channels))
        case Convolution():
            return _convolution(node, operands[0])
        case Requantize():
            return _requantize(node, operands[0], sources[0])
        case Delay():
            return _late(operands[0], node.samples)
        case Add():
            center, radius, error = (np.sum(parts, axis=0) for parts in _parts(_aligned(operands, sources)))
            return Sector(center, radius, error)
        case Concatenate():
            center, radius, error = (np.concatenate(parts) for parts in _parts(_aligned(operands, sources)))
            return Sector(center, radius, error)
        case Select():
            chosen = list(node.channels)
            return Sector(operands[0].center[chosen], operands[0].radius[chosen], operands[0].error[chosen])
        case Output():
            return operands[0]
        case Piecewise() | Magnitude() | Multiply() | Rectify():
            return None
        case _:
            assert_never(node)


def _parts(sectors: list[Sector]) -> list[list[FloatArray]]:
    return [[s.center for s in sectors], [s.radius for s in sectors], [s.error for s in sectors]]


def _late(sector: Sector, samples: int) -> Sector:
    pad = ((0, 0), (0, 0), (samples, 0))
    return Sector(np.pad(sector.center, pad), np.pad(sector.radius, pad), sector.error)


def _aligned(operands: list[Sector], sources: list[NodeBounds]) -> list[Sector]:
    frac, longest = max(s.format.frac for s in sources), max(o.center.shape[2] for o in operands)
    scaled = []
    for operand, source in zip(operands, sources, strict=True):
        factor, pad = 2.0 ** (frac - source.format.frac), ((0, 0), (0, 0), (0, longest - operand.center.shape[2]))
        scaled.append(
            Sector(np.pad(operand.center, pad) * factor, np.pad(operand.radius, pad) * factor, operand.error * factor)
        )
    return scaled


def _convolution(node: Convolution, x: Sector) -> Sector:
    taps = real_taps(node).astype(np.float64)
    groups, outputs = node.groups, taps.shape[0] // node.groups
    matrix = taps.reshape(groups, outputs, -1, node.kernel_length)
    inputs, length = x.center.shape[1:]
    center = np.zeros((groups, outputs, inputs, length + node.memory))
    radius = np.zeros_like(center)
    by_group = (groups, -1, inputs, length)
    for k in range(node.kernel_length):
        place = slice(k * node.dilation, k * node.dilation + length)
        center[..., place] += np.einsum("goc,gcil->goil", matrix[..., k], x.center.reshape(by_group))
        radius[..., place] += np.einsum("goc,gcil->goil", np.abs(matrix[..., k]), x.radius.reshape(by_group))
    error = np.einsum("gock,gc->go", np.abs(matrix), x.error.reshape(groups, -1)).ravel()
    bias = 0.0 if node.bias is None else np.abs(node.bias.array).astype(np.float64)
    shape = (groups * outputs, inputs, -1)
    return Sector(center.reshape(shape), radius.reshape(shape), error + bias)


def _requantize(node: Requantize, x: Sector, source: NodeBounds) -> Sector | None:
    """Round by less than an LSB, saturate by what is left of the farthest value, or more of it."""
    scale = 2.0 ** (node.format.frac - source.format.frac)
    rounded = Sector(x.center * scale, x.radius * scale, x.error * scale + float(scale < 1))
    lo, hi = hull(source.ranges)
    lo, hi = int(np.floor(lo * scale)) - 1, int(np.ceil(hi * scale)) + 1
    if node.format.min_q <= lo and hi <= node.format.max_q:
        return rounded
    if node.overflow is not Overflow.SATURATE or (lo < 0 and not node.format.signed):
        return None
    least = min(node.format.max_q / max(hi, 1), node.format.min_q / min(lo, -1) if node.format.signed else 1.0, 1.0)
    return rounded.times(least)
