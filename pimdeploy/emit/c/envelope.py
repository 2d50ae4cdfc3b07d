"""The envelope of a graph: which other weights the chosen integer types admit, node by node.

The types in the C code follow from the bounds of the weights at hand. Weights that take their place at run time have to
keep to types that are compiled already. So every node with weights gets an interval for the sums of each of its outputs,
wide enough for its own weights and as much wider as the types of all that follows allow, when every node before it fills
its own. A swap then checks each node alone, in integers of 64 bits (docs/c_kernel.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, node_bounds
from pimdeploy.datapath.bounds_products import three_operands
from pimdeploy.datapath.formats import Rounding, bits_for
from pimdeploy.datapath.graph import Graph, to_json
from pimdeploy.datapath.intervals import Interval, hull
from pimdeploy.datapath.nodes import (
    Convolution,
    Input,
    Magnitude,
    Node,
    Output,
    Piecewise,
    Products,
    Requantize,
    Symmetry,
    sources_of,
)
from pimdeploy.emit.c.envelope_nodes import (
    CHECK_BITS,
    ConvolutionEnvelope,
    Envelope,
    FunctionEnvelope,
    Reach,
    admits,
    checkable,
    filled_by_row,
    largest_arguments,
    reach_of,
    tables_of,
    three_sums,
)
from pimdeploy.emit.c.plan import Plan
from pimdeploy.emit.c.three_products import row_bits
from pimdeploy.emit.c.types import (
    head_bits,
    piecewise_bits,
    reached_segments,
    requantize_bits,
    root_bits,
    shift_of,
)
from pimdeploy.errors import GraphError

Weighted = Convolution | Piecewise
UNIT = 64
"""Scales are counted in steps of 1 / UNIT."""
WIDEST = 64 * UNIT
"""The scale that stands for all that the types hold."""
STEPS = 12
"""Bisections of a scale."""


def envelopes(plan: Plan) -> dict[str, Envelope | None]:
    """Return the envelope of every node with weights, in order; None where no other weights are proven to fit."""
    search = _Search(plan)
    scales = search.scales()
    wide = search.filled(scales)
    if wide is None:
        raise GraphError(f"graph {plan.graph.name!r}: its own weights lie outside their envelope")
    return {name: search.envelope(wide, name) if scale is not None else None for name, scale in scales.items()}


def refused_node(plan: Plan, retrained: Graph) -> str | None:
    """Return the first node of `plan` whose weights in `retrained` its envelope refuses, or None where a swap takes all.

    The rule is that of <name>_swap in the C code. Raises `GraphError` where the graphs differ in more than their tables.
    """
    return refused_by(plan, envelopes(plan), retrained)


def refused_by(plan: Plan, found: Mapping[str, Envelope | None], retrained: Graph) -> str | None:
    """Return what `refused_node` does, from the envelopes `found` of `plan`."""
    if to_json(plan.graph) != to_json(retrained):
        raise GraphError(
            f"graph {retrained.name!r}: its structure is not that of {plan.graph.name!r}; export both alike"
        )
    for node, other in zip(plan.graph.nodes, retrained.nodes, strict=True):
        if isinstance(node, Convolution | Piecewise) and isinstance(other, Convolution | Piecewise):
            own, new = tables_of(node), tables_of(other)
            if any(own[key].shape != new[key].shape for key in own):
                raise GraphError(f"node {node.name!r}: tables of another shape; weights of another network")
            if not _taken(node, found[node.name], own, new):
                return node.name
    return None


def _taken(
    node: Weighted,
    envelope: Envelope | None,
    own: Mapping[str, NDArray[np.int64]],
    new: Mapping[str, NDArray[np.int64]],
) -> bool:
    if envelope is None:
        return all(np.array_equal(own[key], new[key]) for key in own)
    return admits(node, envelope, new)


Scales = dict[str, int | None]
"""Of each node with weights how far beyond its own weights it may go, in steps of 1 / UNIT; None: not at all."""


@dataclass
class _Search:
    """The search for the widest intervals that fit."""

    plan: Plan
    reaches: dict[str, Reach] = field(init=False)
    """What the taps of each convolution can add up to."""
    results: dict[str, tuple[Interval, ...]] = field(init=False, default_factory=dict)
    """Of each node of the last attempt what its outputs or rows may take."""

    def __post_init__(self) -> None:
        self.reaches = {n.name: reach_of(n) for n in self.plan.graph.nodes if isinstance(n, Convolution)}

    def scales(self) -> Scales:
        """Return how far each node may go: all to the ends of their types, or alike as far as they can, then each alone."""
        names = [n.name for n in self.plan.graph.nodes if isinstance(n, Convolution | Piecewise)]
        widest: Scales = dict.fromkeys(names, WIDEST)
        if self.filled(widest) is not None:
            return widest
        found: Scales = dict.fromkeys(names)
        for name in names:
            if self.filled({**found, name: 0}) is not None:
                found[name] = 0
        common = self._largest(found, [name for name in names if found[name] is not None])
        found = {name: None if scale is None else common for name, scale in found.items()}
        for name in names:
            if found[name] is not None:
                found[name] = self._largest(found, [name])
        return found

    def _largest(self, scales: Scales, names: list[str]) -> int:
        """Return the largest scale for all of `names` with which everything still fits; their present ones do."""
        least = max((scales[name] or 0 for name in names), default=0)
        if self.filled({**scales, **dict.fromkeys(names, WIDEST)}) is not None:
            return WIDEST
        most = WIDEST
        for _ in range(STEPS):
            middle = (least + most) // 2
            if middle == least:
                break
            if self.filled({**scales, **dict.fromkeys(names, middle)}) is not None:
                least = middle
            else:
                most = middle
        return least

    def filled(self, scales: Scales) -> Plan | None:
        """Return the plan with the bounds of nodes that fill their intervals; None where a type is too narrow for that."""
        wide: dict[str, NodeBounds] = {}
        view = replace(self.plan, bounds=wide)
        for node in self.plan.graph.nodes:
            try:
                found = self._bounds(view, node, scales.get(node.name))
            except GraphError:  # no format holds the result
                return None
            if found is None:
                return None
            wide[node.name] = found
            if not _fits(self.plan, view, node):
                return None
        return view

    def envelope(self, wide: Plan, name: str) -> Envelope:
        """Return the envelope of the node `name` after `filled` returned `wide`."""
        node = self.plan.graph.node(name)
        if isinstance(node, Convolution):
            word = (1 << (node.taps_format.bits - 1)) - 1
            source = tuple(wide.bounds[node.source].ranges)
            pairs = tuple(three_operands(source)[0]) if node.products is Products.THREE else ()
            return ConvolutionEnvelope(source, _type_room(self.plan, node, "table"), self.results[name], word, pairs)
        if not isinstance(node, Piecewise):
            raise GraphError(f"node {name!r}: it has no weights")
        arguments = tuple(largest_arguments(wide, node))
        word = (1 << (node.slopes_format.bits - 1)) - 1
        table, basis = (_type_room(self.plan, node, form) for form in ("table", "basis"))
        return FunctionEnvelope(arguments, table, basis, self.results[name], word, node.segment_log2, node.segments)

    def _bounds(self, wide: Plan, node: Node, scale: int | None) -> NodeBounds | None:
        """Return the bounds of `node`; None where its weights cannot be checked, or leave its types already."""
        own = self.plan.bounds[node.name]
        if isinstance(node, Convolution) and checkable(wide, node):
            return self._convolution(wide, node, scale)
        if scale is None or not isinstance(node, Convolution | Piecewise):
            return replace(node_bounds(node, wide.bounds), format=own.format)
        if isinstance(node, Convolution) or not checkable(wide, node):
            return None
        return self._function(wide, node, scale)

    def _convolution(self, wide: Plan, node: Convolution, scale: int | None) -> NodeBounds | None:
        own = self.plan.bounds[node.name]
        sums = self.reaches[node.name].sums(wide.bounds[node.source].ranges)
        biases = [0] * len(sums) if node.bias is None else node.bias.array.tolist()
        partial = hull([(lo + min(b, 0), hi + max(b, 0)) for (lo, hi), b in zip(sums, biases, strict=True)])
        ranges = tuple((lo + b, hi + b) for (lo, hi), b in zip(sums, biases, strict=True))
        operands: list[Interval] = []
        if node.products is Products.THREE:
            operands = three_operands(wide.bounds[node.source].ranges)[0]
            partial = hull([partial, three_sums(node, wide.bounds[node.source].ranges)])
        if scale is None:
            return NodeBounds(own.format, ranges, hull([partial, *operands]))
        room = _type_room(self.plan, node, "table")
        results = _stretched(ranges, scale, _result_room(self.plan, node, room))
        if results is None or not _inside(partial, room):
            return None
        self.results[node.name] = results
        return NodeBounds(own.format, results, hull([room, *operands]))

    def _function(self, wide: Plan, node: Piecewise, scale: int) -> NodeBounds | None:
        own = self.plan.bounds[node.name]
        table, basis = (_type_room(self.plan, node, form) for form in ("table", "basis"))
        rows = [filled_by_row(node, row, argument) for row, argument in enumerate(largest_arguments(wide, node))]
        room = _result_room(self.plan, node, (max(table[0], basis[0]), min(table[1], basis[1])))
        results = _stretched(tuple(row.values for row in rows), scale, room)
        if results is None or not all(_inside(row.sums, table) and _inside(row.basis_sums, basis) for row in rows):
            return None
        self.results[node.name] = results
        inputs = len(own.ranges) // node.outputs
        ranges = tuple(results[node.row(channel, inputs)] for channel in range(len(own.ranges)))
        return NodeBounds(own.format, ranges, table, basis)


def _stretched(own: tuple[Interval, ...], scale: int, room: Interval) -> tuple[Interval, ...] | None:
    """Return intervals around those in `own`, `scale` / UNIT as wide to either side, inside `room`; None where none are.

    An output that uses little of what its neighbours do may grow to a quarter of them.
    """
    lo, hi = room
    if not all(_inside(interval, room) for interval in own):
        return None
    if scale >= WIDEST:
        return (room,) * len(own)
    reaches = [max(-low, high) for low, high in own]
    sizes = [max(reach, max(reaches) // 4) * scale // UNIT for reach in reaches]
    stretched = ((max(lo, min(low, -s)), min(hi, max(high, s))) for (low, high), s in zip(own, sizes, strict=True))
    return tuple(stretched) if scale else own


def _inside(interval: Interval, limits: Interval) -> bool:
    return limits[0] <= interval[0] and interval[1] <= limits[1]


def _type_room(plan: Plan, node: Weighted, form: str) -> Interval:
    """Return the interval that the integer type of `node` in `form` holds, as far as the check reaches."""
    bits = piecewise_bits(plan, node, form) if isinstance(node, Piecewise) else head_bits(plan, node)
    hi = (1 << (min(bits, CHECK_BITS) - 1)) - 1
    return (-hi, hi) if isinstance(node, Piecewise) and node.symmetry is Symmetry.ODD else (-hi - 1, hi)


def _result_room(plan: Plan, node: Weighted, room: Interval) -> Interval:
    """Return the part of `room` that the storage of the result and the types of its direct readers hold."""
    lo, hi = room
    if node.name in plan.buffers:
        bits = plan.buffers[node.name].bits
        lo, hi = max(lo, -(1 << (bits - 1))), min(hi, (1 << (bits - 1)) - 1)
    for reader in plan.graph.nodes:
        if isinstance(reader, Requantize) and reader.source == node.name:
            width = requantize_bits(plan, reader)
            shift = shift_of(plan, reader)
            half = 1 << (shift - 1) if shift > 0 and reader.rounding is not Rounding.FLOOR else 0
            lo, hi = max(lo, -(1 << (width - 1))), min(hi, (1 << (width - 1)) - 1 - half)
            if reader.rounding is Rounding.HALF_AWAY:
                lo = max(lo, -hi)
    if isinstance(node, Piecewise) and node.symmetry is Symmetry.ODD:
        lo, hi = max(lo, -hi), min(hi, -lo)
    return lo, hi


def _fits(plan: Plan, wide: Plan, node: Node) -> bool:
    """Return whether the types and the shape of the code for `node`, chosen in `plan`, also do for the bounds of `wide`."""
    lo, hi = hull(wide.bounds[node.name].ranges)
    if node.name in plan.buffers and bits_for(lo, hi) > plan.buffers[node.name].bits:
        return False
    for source in sources_of(node) if isinstance(node, Piecewise | Output) else ():
        least, most = hull(wide.bounds[source].ranges)
        fmt = plan.bounds[source].format
        if least < fmt.min_q or most > fmt.max_q:
            return False
    if isinstance(node, Requantize):
        return requantize_bits(wide, node) <= requantize_bits(plan, node)
    if isinstance(node, Piecewise):
        widths = all(piecewise_bits(wide, node, f) <= piecewise_bits(plan, node, f) for f in ("table", "basis"))
        return widths and reached_segments(wide, node) == reached_segments(plan, node)
    if (
        isinstance(node, Convolution)
        and node.products is Products.THREE
        and row_bits(wide, node) > row_bits(plan, node)
    ):
        return False
    if isinstance(node, Magnitude) and root_bits(wide, node) > root_bits(plan, node):
        return False
    if isinstance(node, Input | Output):
        return True
    return head_bits(wide, node) <= head_bits(plan, node)
