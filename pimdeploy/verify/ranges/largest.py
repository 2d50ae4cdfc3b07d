"""How far the accumulator of a node can go at most, partial sums in any order included: what no input can exceed.

The bounds of datapath/bounds.py let every operand take its end at once. Two proofs know more: filters in a row act on the
same input samples (filters.py), and operands that follow from one or two channels of an earlier node at the same sample are
examined for all its values, in boxes that are divided where the farthest one may lie. The taps of a convolution each read a
sample of their own, so each takes the value that is best for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Add, Convolution, Multiply, Node, sources_of
from pimdeploy.verify.ranges.accumulators import bias_ends, partial_sums, tap_sums
from pimdeploy.verify.ranges.boxes import Boxes, image
from pimdeploy.verify.ranges.filters import filter_ranges, largest_of_filters
from pimdeploy.verify.ranges.subdivision import between, first_boxes, halved, leaves_of

IntArray = NDArray[np.int64]

ROUNDS = 12
MOST_BOXES = 1 << 14
"""Boxes that are divided at most; then what is known of them counts."""
SLACK_LOG2 = 5
"""Boxes that may exceed what some value reaches by less than 2^-5 of the bound are not divided."""
AT_A_TIME = 1 << 13

Tops = Callable[[Boxes], IntArray]
"""What boxes of the leaf make of the partial sums: the highest ones, then the lowest ones negated, [2 sums, boxes]."""


@dataclass(frozen=True)
class Largest:
    """The largest magnitude that the accumulator can take, and the node of which every value was examined to show it."""

    value: int
    leaf: str


def largest_accumulator(graph: Graph, bounds: Mapping[str, NodeBounds], name: str) -> Largest | None:
    """Return the least that can be shown of the accumulator of `name`, a node that sums; None where its bounds tell most."""
    node = graph.node(name)
    if not isinstance(node, Convolution | Add | Multiply):
        return None
    found = [Largest(value, graph.input.name)] if (value := largest_of_filters(graph, bounds, node)) else []
    above = leaves_of(graph, bounds, name)
    if isinstance(node, Convolution):
        above = leaves_of(graph, bounds, node.source, itself=True)
    found += [Largest(_from(graph, bounds, leaf, node), leaf) for leaf in above]
    least = min(found, key=lambda one: one.value, default=None)
    lo, hi = bounds[name].accumulator
    return least if least is not None and least.value < max(-lo, hi) else None


def _from(graph: Graph, bounds: Mapping[str, NodeBounds], leaf: str, node: Node) -> int:
    tops = _shown(first_boxes(filter_ranges(graph, bounds)[leaf]), _tops_of(graph, bounds, leaf, node))
    if isinstance(node, Convolution):
        lowest, highest = bias_ends(node)
        bias = np.concatenate([highest, -lowest]).ravel()
        tops = tops.reshape(2, node.kernel_length, -1).sum(axis=1).ravel() + bias
    return int(tops.max())


def _tops_of(graph: Graph, bounds: Mapping[str, NodeBounds], leaf: str, node: Node) -> Tops:
    """Return the partial sums of `node` as they follow from boxes of `leaf`: of a convolution tap by tap, no bias in them."""
    part = [one for one in between(graph, leaf, node.name) if one.name != node.name]

    def tops(boxes: Boxes) -> IntArray:
        found = {leaf: boxes}
        for one in part:
            sources = sources_of(one)
            found[one.name] = image(one, [found[s] for s in sources], [bounds[s] for s in sources])
        operands = [found[source] for source in sources_of(node)]
        if isinstance(node, Convolution):
            ends = [tap_sums(node, k, operands[0]) for k in range(node.kernel_length)]
        else:
            ends = [partial_sums(node, operands, [bounds[source] for source in sources_of(node)])]
        return np.concatenate([*(high for _, high in ends), *(-low for low, _ in ends)])

    return tops


def _shown(boxes: Boxes, tops: Tops) -> IntArray:
    """Return what each of the sums is shown not to exceed for any value in `boxes`."""
    shown, met = None, None
    for _ in range(ROUNDS):
        above, middles = _in_parts(boxes, tops), (boxes[0] + boxes[1]) >> 1
        met = _most(met, _in_parts((middles, middles), tops).max(axis=1))
        limit = met + ((above.max(axis=1) - met) >> SLACK_LOG2)
        undecided = (above > limit[:, None]).any(axis=0)
        # Each box that is settled is no farther than the limit; the sums of all others are found in their halves.
        shown = _most(shown, np.where(undecided, met[:, None], above).max(axis=1))
        boxes = boxes[0][:, undecided], boxes[1][:, undecided]
        if not undecided.any():
            return shown
        if boxes[0].shape[1] << boxes[0].shape[0] > MOST_BOXES:
            break
        boxes = halved(boxes)
    return _most(shown, _in_parts(boxes, tops).max(axis=1))


def _most(one: IntArray | None, other: IntArray) -> IntArray:
    return other if one is None else np.maximum(one, other)


def _in_parts(boxes: Boxes, tops: Tops) -> IntArray:
    parts = [
        tops((boxes[0][:, first : first + AT_A_TIME], boxes[1][:, first : first + AT_A_TIME]))
        for first in range(0, boxes[0].shape[1], AT_A_TIME)
    ]
    return np.concatenate(parts, axis=1)
