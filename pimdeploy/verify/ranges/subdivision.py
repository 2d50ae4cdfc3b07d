"""What a node can reach at most, proven by dividing the arguments of a part of the graph into boxes, finer where needed.

The bounds of datapath/bounds.py let every operand take its end at once. Where operands follow from one or two channels of an
earlier node at the same sample, as the branches of a BFAN do, that cannot be: the boxes of those channels tell.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import Interval
from pimdeploy.datapath.nodes import Input, Node, memory_of, sources_of
from pimdeploy.verify.ranges.boxes import Boxes, image
from pimdeploy.verify.ranges.filters import filter_ranges

IntArray = NDArray[np.int64]

MOST_CHANNELS = 2
"""Channels whose values are divided into boxes."""
FIRST_BOXES = 64
"""Intervals a channel at the start."""
MOST_BOXES = 1 << 18
"""Boxes that may be undecided at a time; then nothing is proven."""
AT_A_TIME = 1 << 14


def stays_within(graph: Graph, bounds: Mapping[str, NodeBounds], name: str, limits: Interval) -> str | None:
    """Return the node whose every value was examined to prove that the integers of `name` lie within `limits`, or None.

    None: an argument was met for which they do not, or too many boxes were undecided, or no early node has few channels.
    """
    leaves = leaves_of(graph, bounds, name)
    return next((leaf for leaf in leaves if _shown_from(graph, bounds, leaf, name, limits)), None)


def _shown_from(graph: Graph, bounds: Mapping[str, NodeBounds], leaf: str, name: str, limits: Interval) -> bool:
    part, boxes = between(graph, leaf, name), first_boxes(filter_ranges(graph, bounds)[leaf])
    while True:
        undecided = _outside(part, bounds, leaf, boxes, limits)
        if not undecided[0].shape[1]:
            return True
        middles = (undecided[0] + undecided[1])[:, :AT_A_TIME] >> 1
        if undecided[0].shape[1] > MOST_BOXES or _outside(part, bounds, leaf, (middles, middles), limits)[0].size:
            return False  # for an argument in the middle of a box it is not so
        boxes = halved(undecided)


def leaf_of(graph: Graph, bounds: Mapping[str, NodeBounds], name: str) -> str | None:
    """Return the node of few channels and fewest values of which `name` is a function at one and the same sample."""
    leaves = leaves_of(graph, bounds, name)
    return min(leaves, key=lambda one: values_in(bounds[one].ranges), default=None)


def leaves_of(graph: Graph, bounds: Mapping[str, NodeBounds], name: str, *, itself: bool = False) -> list[str]:
    """Return the nodes of few channels of which `name` is a function at one and the same sample, the nearest first.

    itself: `name` counts as one where it has few channels.
    """
    found: list[str] = []
    open_nodes, place = {name}, {node.name: k for k, node in enumerate(graph.nodes)}
    while True:
        latest = graph.nodes[max(place[one] for one in open_nodes)]
        is_one = itself or latest.name != name
        if len(open_nodes) == 1 and is_one and len(bounds[latest.name].ranges) <= MOST_CHANNELS:
            found.append(latest.name)
        if memory_of(latest) or isinstance(latest, Input):
            return found
        open_nodes = (open_nodes - {latest.name}) | set(sources_of(latest))


def values_in(ranges: Iterable[Interval]) -> int:
    """Return how many values all channels of `ranges` have together."""
    return math.prod(hi - lo + 1 for lo, hi in ranges)


def between(graph: Graph, leaf: str, name: str) -> list[Node]:
    """Return the nodes behind `leaf` up to `name` that `name` depends on, in order."""
    needed, part = {name}, []
    for node in reversed(graph.nodes):
        if node.name in needed and node.name != leaf:
            part.append(node)
            needed |= set(sources_of(node))
    return part[::-1]


def first_boxes(ranges: tuple[Interval, ...]) -> Boxes:
    """Return boxes that together hold all values of channels with `ranges`, to be divided further."""
    edges = [
        np.unique(np.linspace(lo, hi + 1, min(FIRST_BOXES, hi - lo + 1) + 1).astype(np.int64)) for lo, hi in ranges
    ]
    lows = np.meshgrid(*(edge[:-1] for edge in edges), indexing="ij")
    highs = np.meshgrid(*(edge[1:] - 1 for edge in edges), indexing="ij")
    return np.stack([low.ravel() for low in lows]), np.stack([high.ravel() for high in highs])


def _outside(part: list[Node], bounds: Mapping[str, NodeBounds], leaf: str, boxes: Boxes, limits: Interval) -> Boxes:
    """Return those of `boxes` for which the last node of `part` may leave `limits`."""
    kept = []
    for first in range(0, boxes[0].shape[1], AT_A_TIME):
        some = boxes[0][:, first : first + AT_A_TIME], boxes[1][:, first : first + AT_A_TIME]
        found = {leaf: some}
        for node in part:
            sources = sources_of(node)
            found[node.name] = image(node, [found[one] for one in sources], [bounds[one] for one in sources])
        low, high = found[part[-1].name]
        kept.append(((low < limits[0]) | (high > limits[1])).any(axis=0))
    chosen = np.concatenate(kept)
    return boxes[0][:, chosen], boxes[1][:, chosen]


def halved(boxes: Boxes) -> Boxes:
    """Return the halves of every box along each of its channels that is wider than one integer."""
    low, high = boxes
    for channel in range(low.shape[0]):
        middle = (low[channel] + high[channel]) >> 1
        wide = low[channel] < high[channel]
        upper_low, lower_high = low[:, wide].copy(), high.copy()
        upper_low[channel] = middle[wide] + 1
        lower_high[channel] = middle  # a box one integer wide stays as it is
        low, high = np.concatenate([low, upper_low], axis=1), np.concatenate([lower_high, high[:, wide]], axis=1)
    return low, high
