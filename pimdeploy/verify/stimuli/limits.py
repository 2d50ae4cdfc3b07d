"""Streams that drive requantizers beyond their limits: what saturates shows there alone.

What drives an accumulator far need not drive the integer before a requantizer far: partial sums count there. And memories
that are still zero give what no samples before them would, so streams of a few samples from reset are searched besides.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import Interval, hull
from pimdeploy.datapath.nodes import Requantize
from pimdeploy.verify.backend import NODE_SAMPLES
from pimdeploy.verify.ranges.requantizing import Requantizing, requantizing
from pimdeploy.verify.reference import reference_of
from pimdeploy.verify.stimuli.streams import Climbed, Streams
from pimdeploy.verify.stimuli.worst_search import Windows

IntArray = NDArray[np.int64]

MOST_STREAMS = 48
"""Streams at a time: one for each channel that may overflow, of more channels those with the farthest bounds."""
LEAST_STREAMS = 16
"""Streams where there are fewer channels, and of one channel later."""
STEPS = 14
"""Steps for all channels; those of the best of them go on for `MORE_STEPS`."""
MORE_STEPS = 80
NEAR = 0.75
"""Share of the limit from which the search goes on."""
FINALISTS = 4
"""Lengths and channels with which it goes on."""
WORK = 8
"""Times the samples that changes of single samples may take (worst_search.py) that a search for one end may take."""


def beyond_limits(
    graph: Graph, bounds: Mapping[str, NodeBounds], signals: Sequence[IntArray], rng: np.random.Generator
) -> dict[str, IntArray]:
    """Return streams [input channels, n], to be run from reset, by the requantizer and its end that they overflow.

    signals: others [input channels, n], from reset. Only ends that their beginnings stay within are searched, for nodes are
    compared there, and only those that the bounds do not exclude. Zeros follow each stream until what it caused has left
    the graph.
    """
    nodes = [node for node in graph.nodes if isinstance(node, Requantize)]
    reached = _reached(graph, {node.source for node in nodes}, signals) if nodes else {}
    found = {}
    for node in nodes:
        rule = requantizing(node, bounds)
        for sign, end in ((1, "upper"), (-1, "lower")):
            limit = _limit(rule, sign, bounds[node.source])
            channels = _able(bounds[node.source], sign, limit)
            if len(channels) and max(sign * v for v in reached[node.source]) < limit:
                stream = _Search(Windows(graph, node.source), bounds, channels, sign, limit).stream(rng)
                if stream is not None:
                    found[f"{node.name}_{end}"] = np.pad(stream, ((0, 0), (0, graph.memory)))
    return found


def _reached(graph: Graph, names: Collection[str], signals: Sequence[IntArray]) -> dict[str, Interval]:
    """Return the integers that the beginnings of `signals` reach: what is compared of each if as many signals follow."""
    reference, found = reference_of(graph), dict.fromkeys(names, (0, 0))
    for x_q in signals:
        trace = reference.trace(x_q[:, : NODE_SAMPLES // (2 * len(signals))])
        for name in names:
            found[name] = hull([found[name], (int(trace[name].min()), int(trace[name].max()))])
    return found


def _limit(rule: Requantizing, sign: int, source: NodeBounds) -> int:
    """Return the least integer, times `sign`, that overflows upwards (1) or downwards (-1), one beyond `source` if none."""
    inside, outside = 0, max(max(-lo, hi) for lo, hi in source.ranges) + 1
    while outside - inside > 1:
        middle = (inside + outside) // 2
        rounded = int(rule.rounded(np.array([sign * middle], dtype=np.int64))[0])
        inside, outside = (middle, outside) if rule.least <= rounded <= rule.most else (inside, middle)
    return outside


def _able(source: NodeBounds, sign: int, limit: int) -> IntArray:
    """Return the channels that may overflow by their bounds, the farthest first."""
    ends = np.array([max(sign * lo, sign * hi) for lo, hi in source.ranges])
    order = np.argsort(-ends, kind="stable")
    return order[ends[order] >= limit][:MOST_STREAMS]


@dataclass(frozen=True)
class _Search:
    """The search for streams at whose ends a channel of `node`, one of `channels`, comes to `limit`, up (sign 1) or down."""

    node: Windows
    bounds: Mapping[str, NodeBounds]
    channels: IntArray
    sign: int
    limit: int
    _made: dict[int, Streams] = field(default_factory=dict)

    def stream(self, rng: np.random.Generator) -> IntArray | None:
        """Return the stream that goes farthest, of the first length that comes to the limit, or None."""
        allowed = WORK * self.node.samples_allowed
        heights: dict[tuple[int, int], int] = {}
        for length in self._lengths():
            found = self._climbed(self._survey(allowed // (2 * STEPS * length)), length, STEPS, rng)
            if found.heights.max() >= self.limit:
                return found.farthest
            for channel, height in zip(found.channels.tolist(), found.heights.tolist(), strict=True):
                heights[length, channel] = max(height, heights.get((length, channel), height))
            allowed -= STEPS * length * len(found.channels)
        near = sorted((key for key in heights if heights[key] >= NEAR * self.limit), key=lambda key: -heights[key])
        for length, channel in near[:FINALISTS]:
            count = max(1, min(LEAST_STREAMS, allowed // (FINALISTS * MORE_STEPS * length)))
            found = self._climbed(np.full(count, channel), length, MORE_STEPS, rng)
            if found.heights.max() >= self.limit:
                return found.farthest
        return None

    def _survey(self, most: int) -> IntArray:
        """Return the channel of each of the first streams: every one, some several times, `most` streams at most."""
        return np.resize(self.channels, max(1, min(max(len(self.channels), LEAST_STREAMS), most)))

    def _lengths(self) -> list[int]:
        """Return the lengths of streams: all that the node depends on, then fewer samples, where silence is not all zeros."""
        whole = self.node.length
        silence = self.node.trace(np.zeros((self.node.input.channels, whole), dtype=np.int64))
        if not any(values.any() for values in silence.values()):
            return [whole]
        shorter = {1, *(step << k for step in (2, 3) for k in range(whole.bit_length()))}
        return [whole, *sorted(length for length in shorter if length < whole)]

    def _climbed(self, channels: IntArray, length: int, steps: int, rng: np.random.Generator) -> Climbed:
        x, shape = self.node.input.format, (len(channels), self.node.input.channels, length)
        start = rng.integers(x.min_q, x.max_q + 1, size=shape, dtype=np.int64)
        if len(channels) not in self._made:
            self._made[len(channels)] = Streams(self.node.part, self.bounds, len(channels))
        return self._made[len(channels)].climbed(start, channels, self.sign, steps)
