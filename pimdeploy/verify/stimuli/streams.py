"""Many short streams through a graph at once, each from reset: what searches from the input try their steps on.

The streams of a batch are interleaved, sample by sample, into one signal, and every memory of the graph is made as many
times longer: then each stream meets its own past alone, and zeros before its first sample, as behind a reset.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
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
from pimdeploy.verify.ranges.accumulators import bias_ends, partial_sums, tap_sums
from pimdeploy.verify.reference import reference_of
from pimdeploy.verify.stimuli.gradient import Chain

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FIRST_STEP, LAST_STEP = 0.1, 0.01
"""Length of a step, as a share of the range of the input's format: it shrinks from the one to the other."""
KEPT = 0.75
"""Share of the direction of a step that the next one keeps."""


@dataclass(frozen=True)
class Climbed:
    """Where steps led: streams [count, input channels, n], and how far channel `channels` [count] is at their ends.

    heights: [count], the integers there, those of a way down times -1.
    """

    channels: IntArray
    streams: IntArray
    heights: IntArray

    @property
    def farthest(self) -> IntArray:
        """The stream that goes farthest."""
        found: IntArray = self.streams[int(self.heights.argmax())]
        return found


class Streams:
    """A node at the ends of `count` streams at a time.

    part: the node and all that it depends on, in order, the input first. partial: of nodes that sum, how far partial sums
    go counts, not how far the integers do.
    """

    def __init__(
        self, part: Sequence[Node], bounds: Mapping[str, NodeBounds], count: int, *, partial: bool = False
    ) -> None:
        assert isinstance(part[0], Input)
        self._input, self._bounds, self.count = part[0].format, bounds, count
        woven = [interleaved(one, count) for one in part]
        self._node, self._chain = woven[-1], Chain(woven, bounds)
        self._reference = reference_of(Graph("streams", (*woven, Output(unused(woven), woven[-1].name)), 0))
        self._sums = partial and isinstance(self._node, Convolution | Add)

    def climbed(self, streams: IntArray, channels: IntArray, sign: int, steps: int) -> Climbed:
        """Return where `steps` steps along the signs of the slopes of `channels` [count], one of the node for each stream,
        lead from `streams` [count, input channels, n], up (sign 1) or down (-1): the farthest that each comes on its way.

        Signs, for slopes differ by orders of magnitude and every sample may go to its ends.
        """
        least, most, at = self._input.min_q, self._input.max_q, streams.astype(np.float64)
        found, heights = streams, np.full(len(streams), np.iinfo(np.int64).min)
        direction = np.zeros(streams.shape)
        for length in np.linspace(FIRST_STEP, LAST_STEP, steps) * (most - least):
            tried = np.rint(at).astype(np.int64)
            trace = self._reference.trace(_woven(tried))
            reached = self._heights(trace, channels, sign)
            better = reached > heights
            found, heights = np.where(better[:, None, None], tried, found), np.where(better, reached, heights)
            slopes = sign * self._slopes(trace, channels, sign if self._sums else 0)
            mean = np.abs(slopes).mean(axis=(1, 2), keepdims=True)
            direction = KEPT * direction + slopes / np.where(mean > 0, mean, 1.0)
            at = np.clip(at + length * np.sign(direction), least, most)
        return Climbed(channels, found, heights)

    def heights(self, streams: IntArray, channels: IntArray, sign: int) -> IntArray:
        """Return how far each of `streams` [count, input channels, n] drives its channel of the node at its end."""
        return self._heights(self._reference.trace(_woven(streams)), channels, sign)

    def _heights(self, trace: Mapping[str, IntArray], channels: IntArray, sign: int) -> IntArray:
        node, count = self._node, self.count
        ends = trace[node.name][:, -count:]
        if self._sums and isinstance(node, Convolution):
            ends = _sums(node, trace[node.source], count, sign)
        elif self._sums:
            operands = [trace[source][:, -count:] for source in sources_of(node)]
            both = partial_sums(node, [(x, x) for x in operands], [self._bounds[name] for name in sources_of(node)])
            ends = both[1 if sign > 0 else 0]
        heights: IntArray = sign * ends[channels, np.arange(count)]
        return heights

    def _slopes(self, trace: Mapping[str, IntArray], channels: IntArray, sign: int) -> FloatArray:
        slopes = self._chain.slopes(trace, channels, sign)
        return slopes.reshape(len(slopes), -1, self.count).transpose(2, 0, 1)


def _sums(node: Convolution, x: IntArray, count: int, sign: int) -> IntArray:
    """Return the highest (sign 1) or lowest partial sums [channels, count] at the last `count` samples."""
    end = 1 if sign > 0 else 0
    sums = np.repeat(bias_ends(node)[end], count, axis=1)
    for k in range(node.kernel_length):
        last = x.shape[1] - k * node.dilation
        if last >= count:
            past = x[:, last - count : last]
            sums = sums + tap_sums(node, k, (past, past))[end]
    return sums


def unused(nodes: Iterable[Node]) -> str:
    """Return a name that none of `nodes` has."""
    names = {node.name for node in nodes}
    return next(name for k in range(len(names) + 1) if (name := f"end{k}") not in names)


def interleaved(node: Node, count: int) -> Node:
    """Return `node` for a signal of `count` streams, of which it meets a sample each in turn."""
    match node:
        case Convolution():
            return replace(node, dilation=node.dilation * count)
        case Delay():
            return replace(node, samples=node.samples * count)
        case (
            Input()
            | Piecewise()
            | Magnitude()
            | Multiply()
            | Add()
            | Rectify()
            | Requantize()
            | Concatenate()
            | Select()
            | Output()
        ):
            return node
        case _:
            assert_never(node)


def _woven(streams: IntArray) -> IntArray:
    count, channels, length = streams.shape
    return np.ascontiguousarray(streams.transpose(1, 2, 0)).reshape(channels, length * count)
