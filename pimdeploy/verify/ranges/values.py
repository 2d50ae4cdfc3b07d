"""Every integer that a node takes, by trying every value of an earlier node that it is a function of at the same sample."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import Interval
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
from pimdeploy.verify.ranges.boxes import image
from pimdeploy.verify.ranges.filters import filter_ranges
from pimdeploy.verify.ranges.subdivision import between, leaf_of, values_in

IntArray = NDArray[np.int64]

Ranges = tuple[Interval, ...]

MOST_VALUES = 1 << 20
"""Values of the earlier node that are tried."""


@dataclass(frozen=True)
class Values:
    """All that a node takes for all values of `leaf`, an earlier node or itself.

    given: integers [channels, n] of the leaf. taken: integers [channels, n] of the node for each column of `given`.
    is_by_channel: each channel of the node follows from one channel of the leaf (`leaf_channel`), so that columns are no
    combinations.
    """

    leaf: str
    given: IntArray
    taken: IntArray
    is_by_channel: bool

    @property
    def distinct(self) -> IntArray:
        """The integers that the node takes on any channel, each once."""
        return np.unique(self.taken)


def values_of(graph: Graph, bounds: Mapping[str, NodeBounds], name: str) -> Values | None:
    """Return what `name` takes over all values of the earliest node that tells, or None where none has few enough.

    What stands before that node may leave some of its values out: these integers are all that there can be, not fewer.
    """
    leaf = _leaf_by_channel(graph, bounds, name)
    if leaf is not None:
        given = _each_channel(filter_ranges(graph, bounds)[leaf])
        return Values(leaf, given, _through(between(graph, leaf, name), leaf, given, bounds), True)
    leaf = leaf_of(graph, bounds, name)
    if leaf is None or values_in(bounds[leaf].ranges) > MOST_VALUES:
        return None
    return next(every_value(graph, bounds, leaf, name, MOST_VALUES))


def every_value(
    graph: Graph, bounds: Mapping[str, NodeBounds], leaf: str, name: str, at_a_time: int
) -> Iterator[Values]:
    """Yield what `name` takes over all combinations of the channels of `leaf`, so many at a time."""
    ranges, part = filter_ranges(graph, bounds)[leaf], between(graph, leaf, name)
    sizes = [hi - lo + 1 for lo, hi in ranges]
    for start in range(0, values_in(ranges), at_a_time):
        places = np.unravel_index(np.arange(start, min(start + at_a_time, values_in(ranges))), sizes)
        given = np.stack([place + lo for place, (lo, _) in zip(places, ranges, strict=True)]).astype(np.int64)
        yield Values(leaf, given, _through(part, leaf, given, bounds), len(ranges) == 1)


def leaf_channel(graph: Graph, bounds: Mapping[str, NodeBounds], leaf: str, name: str, channel: int) -> int:
    """Return the channel of `leaf` that channel `channel` of `name` follows from: its only one, or all going by channel."""
    node = graph.node(name)
    if len(bounds[leaf].ranges) == 1:
        return 0
    if name == leaf:
        return channel
    source = sources_of(node)[0]
    if isinstance(node, Piecewise):
        channel //= node.outputs
    elif isinstance(node, Select):
        channel = node.channels[channel]
    elif isinstance(node, Concatenate):
        for source in node.sources:
            if channel < len(bounds[source].ranges):
                break
            channel -= len(bounds[source].ranges)
    return leaf_channel(graph, bounds, leaf, source, channel)


def _leaf_by_channel(graph: Graph, bounds: Mapping[str, NodeBounds], name: str) -> str | None:
    """Return the earliest node of few values a channel of which `name` is a function channel by channel.

    What a later one takes is less than its range: of a requantizer that only shifts to the left, even integers alone.
    """
    open_nodes, place, found = {name}, {node.name: k for k, node in enumerate(graph.nodes)}, None
    while True:
        latest = graph.nodes[max(place[one] for one in open_nodes)]
        if len(open_nodes) == 1 and _widest(bounds[latest.name].ranges) <= MOST_VALUES:
            found = latest.name
        if not _goes_by_channel(latest):
            return found
        open_nodes = (open_nodes - {latest.name}) | set(sources_of(latest))


def _goes_by_channel(node: Node) -> bool:
    match node:
        case Piecewise() | Rectify() | Requantize() | Add() | Select() | Concatenate() | Output():
            return True
        case Multiply():
            return not node.is_complex
        case Input() | Convolution() | Delay() | Magnitude():
            return False
        case _:
            assert_never(node)


def _widest(ranges: Ranges) -> int:
    return max(hi - lo + 1 for lo, hi in ranges)


def _each_channel(ranges: Ranges) -> IntArray:
    """Return every value of each channel, side by side, the last one again where a channel has fewer."""
    longest = _widest(ranges)
    return np.stack([np.minimum(np.arange(lo, lo + longest, dtype=np.int64), hi) for lo, hi in ranges])


def _through(part: list[Node], leaf: str, values: IntArray, bounds: Mapping[str, NodeBounds]) -> IntArray:
    """Return what the nodes of `part` make of `values` [channels, values] of `leaf`: boxes of one value a channel."""
    found, result = {leaf: values}, values
    for node in part:
        operands = [(found[source], found[source]) for source in sources_of(node)]
        result, _ = image(node, operands, [bounds[source] for source in sources_of(node)])
        found[node.name] = result
    return result
