"""A search from the input for the window of samples that drives a node farthest, where signs of taps alone do not tell.

A window holds all samples that a node's integer depends on. From the best windows known all samples, or those of the steepest
slopes alone, move to the ends of their range that the slope of the chain points to (gradient.py); from random windows all
samples move by small steps (streams.py). From the best that this leads to, one sample after another takes other values. What
drives the node farther stays. Many windows are tried at a time, one behind the other in one signal.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Add, Convolution, Input, Output, memory_of, sources_of
from pimdeploy.verify.ranges.accumulators import bias_ends, partial_sums, tap_sums
from pimdeploy.verify.ranges.boxes import Boxes
from pimdeploy.verify.reference import products_a_sample, reference_of
from pimdeploy.verify.stimuli.gradient import Chain
from pimdeploy.verify.stimuli.streams import Streams, unused

IntArray = NDArray[np.int64]

WINDOWS_AT_A_TIME = 96
STARTS = 3
"""Windows from which the search goes on, the best that are known."""
RANDOM_STARTS, RANDOM_STEPS = 8, 60
"""Windows of random samples besides, and the small steps that they take."""
MOST_CHANNELS, FIRST_STEPS = 48, 12
"""Channels, those with the farthest bounds, of which the search takes the one that so many small steps drive farthest."""
STEPS = 24
"""Steps along slopes from one window at most."""
SHARES_MOVED = (1.0, 0.5, 0.25, 0.12, 0.06, 0.03, 0.015)
"""Shares of its samples, the steepest first, that a step moves: each is tried."""
RANDOM_WINDOWS = 1024
WORK = 100_000_000
"""Products and node results that changes of single samples may take: a count, not a time, so that it repeats."""
LEAST_SAMPLES = 12_000
"""Samples that they may take at least."""


@dataclass(frozen=True)
class Found:
    """The window [channels, n] that drives channel `channel` of a node farthest, up (sign 1) or down (-1), and how far.

    value: of its integer, or of its farthest partial sum.
    """

    window: IntArray
    channel: int
    sign: int
    value: int


def farthest(
    graph: Graph,
    bounds: Mapping[str, NodeBounds],
    name: str,
    starts: Sequence[IntArray],
    rng: np.random.Generator,
    *,
    signs: Sequence[int] = (1, -1),
    partial: bool = True,
) -> list[Found]:
    """Return the farthest windows found for both ends of the node `name`, each on the channel that goes farthest at first.

    starts: signals [channels, n] of which every window is tried first. signs: 1 for the upper end, -1 for the lower one.
    partial: how far partial sums go counts, of nodes that have one a channel; otherwise how far the integers go.
    """
    node = Windows(graph, name)
    chain = Chain(node.part, bounds)
    signals = [*starts, *_random(graph.input, node.length, rng)]
    values = [node.values(signal) for signal in signals]
    found = []
    survey = Streams(node.part, bounds, min(len(bounds[name].ranges), MOST_CHANNELS), partial=partial)
    streams = Streams(node.part, bounds, RANDOM_STARTS, partial=partial)
    for sign in signs:
        channel = _promising(node, survey, bounds[name], sign, rng)
        lo, hi = bounds[name].ranges[channel]
        if (hi if sign > 0 else -lo) > 0:
            windows = _best(node, signals, [sign * value[channel] for value in values])
            lo, hi = bounds[name].accumulator
            found.append(
                _Climb(node, chain, streams, bounds, channel, sign, partial, max(-lo, hi)).farthest(windows, rng)
            )
    return found


class Windows:
    """A node and all that it depends on: its integer at the last sample of windows of `length` samples."""

    def __init__(self, graph: Graph, name: str) -> None:
        needed, kept = {name}, []
        reach: dict[str, int] = {}
        for node in reversed(graph.nodes):
            if node.name in needed:
                kept.append(node)
                needed |= set(sources_of(node))
        part = kept[::-1]
        for node in part:
            reach[node.name] = memory_of(node) + max((reach[source] for source in sources_of(node)), default=0)
        self.name = name
        self.part = part
        self.length = reach[name] + 1
        cut = Graph(graph.name, (*part, Output(unused(part), name)), 0)
        self._graph, self._reference = graph, reference_of(cut)
        self.input = graph.input
        self.samples_allowed = max(LEAST_SAMPLES, WORK // (products_a_sample(part) + 20 * len(part)))

    @functools.cached_property
    def _sources(self) -> list["Windows"]:
        return [Windows(self._graph, source) for source in sources_of(self.part[-1])]

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """Return the integers of all nodes for a signal [channels, n] from reset."""
        found: dict[str, IntArray] = self._reference.trace(x_q)
        return found

    def values(self, x_q: IntArray) -> IntArray:
        """Return the node's integers for a signal [channels, n] from reset."""
        self._reference.reset()
        found: IntArray = self._reference.process(x_q)
        return found

    def ends(self, windows: IntArray) -> IntArray:
        """Return the integers [channels, windows] at the last sample of each of `windows` [windows, channels, length]."""
        return self.values(_in_a_row(windows))[:, self.length - 1 :: self.length]

    def partial_sums(self, windows: IntArray, bounds: Mapping[str, NodeBounds]) -> Boxes:
        """Return the lowest and the highest partial sums there, of a node that sums over channels or samples."""
        node, signal = self.part[-1], _in_a_row(windows)
        operands = [source.values(signal) for source in self._sources]
        ends = np.arange(self.length - 1, signal.shape[1], self.length)
        if not isinstance(node, Convolution):
            boxes = [(x[:, ends], x[:, ends]) for x in operands]
            return partial_sums(node, boxes, [bounds[source] for source in sources_of(node)])
        delayed = [operands[0][:, ends - k * node.dilation] for k in range(node.kernel_length)]
        taps = [tap_sums(node, k, (x, x)) for k, x in enumerate(delayed)]
        bias = bias_ends(node)
        low, high = (np.sum([tap[end] for tap in taps], axis=0) + bias[end] for end in (0, 1))
        return low, high


def _promising(node: Windows, survey: Streams, bounds: NodeBounds, sign: int, rng: np.random.Generator) -> int:
    """Return the channel that a few small steps from random windows drive farthest, up (sign 1) or down (-1)."""
    ends = np.array([max(sign * lo, sign * hi) for lo, hi in bounds.ranges])
    channels = np.argsort(-ends, kind="stable")[: survey.count]
    found = survey.climbed(_noise(node, survey.count, rng), channels, sign, FIRST_STEPS)
    return int(channels[found.heights.argmax()])


def _noise(node: Windows, count: int, rng: np.random.Generator) -> IntArray:
    x, shape = node.input, (count, node.input.channels, node.length)
    return rng.integers(x.format.min_q, x.format.max_q + 1, size=shape, dtype=np.int64)


def _in_a_row(windows: IntArray) -> IntArray:
    count, channels, length = windows.shape
    return windows.transpose(1, 0, 2).reshape(channels, count * length)


def _random(x: Input, length: int, rng: np.random.Generator) -> list[IntArray]:
    """Return signals that are held at either end, of full-scale samples, and of any."""
    shape = (x.channels, RANDOM_WINDOWS + length)
    held = [np.full((x.channels, length), end, dtype=np.int64) for end in (x.format.min_q, x.format.max_q)]
    ends = np.where(rng.random(shape) < 0.5, x.format.min_q, x.format.max_q).astype(np.int64)
    return [*held, ends, rng.integers(x.format.min_q, x.format.max_q + 1, size=shape, dtype=np.int64)]


def _best(node: Windows, signals: Sequence[IntArray], values: Sequence[IntArray]) -> list[IntArray]:
    """Return the windows at the ends of which `values`, one signal's each, are largest: `STARTS` of them."""
    places = [(int(v[n]), k, int(n)) for k, v in enumerate(values) for n in np.argsort(-v, kind="stable")[:STARTS]]
    chosen = sorted(places, reverse=True)[:STARTS]
    return [_window(signals[k], n, node.length) for _, k, n in chosen]


def _window(signal: IntArray, last: int, length: int) -> IntArray:
    """Return the `length` samples of `signal` up to `last`, zeros before the first."""
    window = np.zeros((signal.shape[0], length), dtype=np.int64)
    known = signal[:, max(0, last + 1 - length) : last + 1]
    window[:, length - known.shape[1] :] = known
    return window


@dataclass(frozen=True)
class _Climb:
    """The search for one end of a node: channel `channel`, upwards (sign 1) or downwards (-1), as far as `bound`."""

    node: Windows
    chain: Chain
    streams: Streams
    bounds: Mapping[str, NodeBounds]
    channel: int
    sign: int
    partial: bool
    bound: int

    def farthest(self, windows: list[IntArray], rng: np.random.Generator) -> Found:
        """Return the farthest window found from `windows` and from random ones."""
        channels = np.full(RANDOM_STARTS, self.channel)
        random = self.streams.climbed(_noise(self.node, RANDOM_STARTS, rng), channels, self.sign, RANDOM_STEPS)
        met = [*(self._along_slopes(start) for start in windows), *zip(random.streams, random.heights, strict=True)]
        climbed = sorted(((window, int(height)) for window, height in met), key=lambda one: -one[1])
        samples = self.node.samples_allowed // STARTS
        best = max((self._by_samples(*start, samples, rng) for start in climbed[:STARTS]), key=lambda one: one[1])
        return Found(best[0], self.channel, self.sign, self.sign * best[1])

    def heights(self, windows: IntArray) -> IntArray:
        """Return how far each of `windows` drives the node, the farther the larger."""
        if self._sums:
            low, high = self.node.partial_sums(windows, self.bounds)
            return high[self.channel, :] if self.sign > 0 else -low[self.channel, :]
        return self.sign * self.node.ends(windows)[self.channel, :]

    @property
    def _sums(self) -> bool:
        return self.partial and isinstance(self.node.part[-1], Convolution | Add)

    def _along_slopes(self, window: IntArray) -> tuple[IntArray, int]:
        """Return the window that steps along slopes lead to, and how far it goes."""
        height = int(self.heights(window[None])[0])
        for _ in range(STEPS):
            tried = self._steps(window)
            reached = self.heights(tried)
            best = int(reached.argmax())
            if reached[best] <= height:
                break
            window, height = tried[best], int(reached[best])
        return window, height

    def _steps(self, window: IntArray) -> IntArray:
        """Return copies of `window` with shares of its samples at the ends that slopes point to, steepest first."""
        x, trace, found = self.node.input.format, self.node.trace(window), []
        for of_sign in (0, self.sign) if self._sums else (0,):
            slopes = (self.sign * self.chain.slopes(trace, self.channel, of_sign)).ravel()
            ends = np.where(slopes > 0, x.max_q, np.where(slopes < 0, x.min_q, window.ravel()))
            gains = slopes * (ends - window.ravel())
            order, moved = np.argsort(-gains, kind="stable"), int(np.count_nonzero(gains))
            for share in SHARES_MOVED:
                places = order[: max(1, int(moved * share))]
                step = window.ravel().copy()
                step[places] = ends[places]
                found.append(step.reshape(window.shape))
        return np.array(found)

    def _by_samples(
        self, window: IntArray, height: int, samples: int, rng: np.random.Generator
    ) -> tuple[IntArray, int]:
        """Return the farthest window that changes of single samples lead to, within so many samples of work."""
        idle, wanted = 0, -(-window.size // (WINDOWS_AT_A_TIME // 4)) + 1
        while height < self.bound and idle < wanted and samples > 0:
            tried = _changed(window, self.node.input, rng)
            samples -= tried.shape[0] * tried.shape[2]
            reached = self.heights(tried)
            better = np.flatnonzero(reached > height)
            if len(better):
                together = _together(window, tried[better[np.argsort(reached[better], kind="stable")]])
                last, best = int(self.heights(together[None])[0]), int(reached.argmax())
                window, height = (together, last) if last > reached[best] else (tried[best], int(reached[best]))
            idle = 0 if len(better) else idle + 1
        return window, height


def _changed(window: IntArray, x: Input, rng: np.random.Generator) -> IntArray:
    """Return copies of `window` with one sample changed in each: to an end of the range, to zero, to anything."""
    tried = np.repeat(window[None], WINDOWS_AT_A_TIME, axis=0)
    flat = tried.reshape(WINDOWS_AT_A_TIME, -1)
    places = rng.permutation(flat.shape[1])
    places = np.repeat(places[: WINDOWS_AT_A_TIME // 4], 4)[:WINDOWS_AT_A_TIME]
    choices = np.array([x.format.min_q, x.format.max_q, 0, 0], dtype=np.int64)
    values = np.resize(choices, len(places))
    anything = rng.integers(x.format.min_q, x.format.max_q + 1, size=len(places))
    values[3::4] = anything[3::4]
    flat[np.arange(len(places)), places] = values
    return tried


def _together(window: IntArray, better: IntArray) -> IntArray:
    """Return `window` with the changes of all of `better`, the last one where two change the same sample."""
    joined = window.copy()
    for one in better:
        joined = np.where(one != window, one, joined)
    return joined
