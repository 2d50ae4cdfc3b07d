"""Which entries of a node's tables some input is known to read: a fault in any other shows nowhere.

Tables stand as datapath.json has them, in C too; those of ONNX files are laid out as docs/spec/onnx.md says.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.bounds_piecewise import reach
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import Interval, hull
from pimdeploy.datapath.nodes import Convolution, Node, Piecewise, Rectify, Symmetry

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Facts:
    """What is known of the sound bundle: its graph, the proven bounds, and what each channel of each node was driven to."""

    graph: Graph
    bounds: dict[str, NodeBounds]
    channels: dict[str, tuple[Interval, ...]]

    @property
    def reached(self) -> Mapping[str, Interval]:
        """Node to the interval of its integers on any channel."""
        return {name: hull(ranges) for name, ranges in self.channels.items()}


def acting(node: Node, table: str, shape: tuple[int, ...], facts: Facts) -> Mask:
    """Return where entries of `table` (taps, bias, slopes, bases, weights) of `node` are read for some known input."""
    match node:
        case Convolution() if table == "taps":
            return _taps(node, shape, facts.channels[node.source])
        case Piecewise():
            return _segments(node, shape, facts, to_last=table == "weights")
        case _:
            return np.ones(shape, dtype=np.bool_)


def acting_in_onnx(node: Node, table: str, shape: tuple[int, ...], facts: Facts) -> Mask:
    """Return the same for a table of an ONNX file."""
    everything = np.ones(shape, dtype=np.bool_)
    match node:
        case Convolution() if table.startswith("taps"):
            return everything & _columns(node, shape, facts.channels[node.source])
        case Piecewise() if table.startswith(("slopes", "offsets")):
            return _lines(node, shape, facts)
        case Piecewise() if table == "weights":
            rows = _segments(node, (node.slopes.shape[0], shape[-1]), facts, to_last=True)
            by_table = rows.reshape(node.tables, node.outputs, -1)
            return by_table[np.arange(shape[0]) * node.tables // shape[0]]
        case Piecewise() if table == "knots":
            bends = _segments(node, node.slopes.shape, facts, to_last=True) & (node.weights.array != 0)
            return np.array([column.any() for column in bends.T[: shape[0]]], dtype=np.bool_)[:, None]
        case _:
            return everything


def last_segment_reached(node: Piecewise, facts: Facts) -> bool:
    """Return whether some argument lies inside the last of several segments, and that goes on as no other does."""
    if node.segments == 1:
        return False
    bends = node.slopes.array[:, -1] != node.slopes.array[:, -2]
    return bool((_segments(node, node.slopes.shape, facts, to_last=False)[:, -1] & bends).any())


def lets_through(node: Rectify, facts: Facts) -> bool:
    """Return whether negative arguments, which some input gives, leave `node` as others than positive ones."""
    return node.slope_log2 != 0 and facts.reached[node.source][0] < 0


def _moves(inputs: tuple[Interval, ...]) -> Mask:
    """Return which channels are ever other than zero."""
    return np.array([lo != 0 or hi != 0 for lo, hi in inputs], dtype=np.bool_)


def _taps(node: Convolution, shape: tuple[int, ...], inputs: tuple[Interval, ...]) -> Mask:
    """A tap acts where its input, I or Q of a complex one, is ever other than zero."""
    moves = _moves(inputs)
    if node.is_complex:
        moves = moves[0::2] | moves[1::2]
    by_group = moves.reshape(node.groups, -1)
    rows = by_group[np.arange(shape[0]) * node.groups // shape[0]]
    return np.broadcast_to(rows.reshape(*rows.shape, *(1,) * (len(shape) - 2)), shape)


def _columns(node: Convolution, shape: tuple[int, ...], inputs: tuple[Interval, ...]) -> Mask:
    """Matrices [groups, rows, columns], the inputs of a group fastest; depthwise taps are [channel, 1]."""
    moves = _moves(inputs)
    if shape[-1] == 1 and shape[0] == len(moves):
        return moves[:, None]
    by_group = moves.reshape(node.groups, -1)
    columns = np.tile(by_group, shape[-1] // by_group.shape[1])
    return columns[0] if node.groups == 1 else columns[:, None, :]


def _segments(node: Piecewise, shape: tuple[int, ...], facts: Facts, *, to_last: bool) -> Mask:
    """Return [rows, segments]: those between the least and the largest t of a channel, or all up to the largest."""
    found = np.zeros(shape, dtype=np.bool_)
    bits = facts.bounds[node.source].format.bits
    inputs = facts.channels[node.source]
    for channel, argument in enumerate(inputs):
        lo, hi = reach(node.symmetry, argument, bits)
        first = 0 if to_last else lo >> node.segment_log2
        last = min(node.segments - 1, max(hi - 1, 0) >> node.segment_log2)  # at a knot neighbours agree
        for output in range(node.outputs):
            found[node.row(channel * node.outputs + output, len(inputs)), first : last + 1] = True
    return found


def _lines(node: Piecewise, shape: tuple[int, ...], facts: Facts) -> Mask:
    """Return which of the lines of all functions, one behind the other, some argument lies on."""
    inputs, count = facts.channels[node.source], shape[0] // node.tables
    mirrored = (
        node.symmetry in (Symmetry.ODD, Symmetry.EVEN) and count % 2 == 0 and _lines_of_argument(node, facts, count)
    )
    found = np.zeros((node.tables, count), dtype=np.bool_)
    for channel, (lo, hi) in enumerate(inputs):
        if mirrored:
            ends = [(a >> node.segment_log2) + count // 2 for a in (lo, hi - 1)]
        else:
            t = reach(node.symmetry, (lo, hi), facts.bounds[node.source].format.bits)
            ends = [t[0] >> node.segment_log2, max(t[1] - 1, 0) >> node.segment_log2]
        first, last = (min(max(end, 0), count - 1) for end in ends)
        found[channel * node.tables // len(inputs), first : last + 1] = True
    return found.reshape(shape)


def _lines_of_argument(node: Piecewise, facts: Facts, count: int) -> bool:
    """Return whether a function of |a| has lines for either sign: twice the segments that its bounds reach."""
    source = facts.bounds[node.source]
    largest = reach(node.symmetry, hull(source.ranges), source.format.bits)[1]
    return count == 2 * min(node.segments, (largest >> node.segment_log2) + 1)
