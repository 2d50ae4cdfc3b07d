"""The rules that every graph keeps (docs/spec/datapath.md, section 5). `check` runs after every lowering step."""

import re
from dataclasses import replace
from typing import assert_never

from pimdeploy.datapath.bounds import NodeBounds, node_bounds
from pimdeploy.datapath.formats import CARRIER_BITS
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Node,
    Output,
    Piecewise,
    Products,
    Rectify,
    Requantize,
    Select,
    Symmetry,
    memory_of,
    sources_of,
)
from pimdeploy.errors import GraphError, OverflowRefusedError

MOST_CHANNELS = 1 << 16
"""Of an input."""
MOST_MEMORY = 1 << 24
"""Values that a node keeps of the past, over all channels."""


def check(graph: Graph, acc_bits: int = CARRIER_BITS) -> dict[str, NodeBounds]:
    """Return the proven bounds of `graph`, or raise `GraphError` naming the node that breaks a rule.

    `OverflowRefusedError`, with the bits missing, where an accumulator needs more than `acc_bits`.
    """
    _check_structure(graph)
    bounds: dict[str, NodeBounds] = {}
    _check_delays(graph)
    for node in graph.nodes:
        _check_memory(node, bounds)
        _check_node(node, bounds)  # before its bounds: they take a well-formed node for granted
        bounds[node.name] = node_bounds(node, bounds)
        _check_width(node, bounds, acc_bits)
    return bounds


def _check_structure(graph: Graph) -> None:
    seen: set[str] = set()
    for node in graph.nodes:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", node.name):
            raise GraphError(f"node {node.name!r}: not a C identifier; rename it")
        if node.name.lower() in {name.lower() for name in seen}:
            raise GraphError(f"node {node.name!r}: the name is taken (case does not count); rename it")
        for source in sources_of(node):
            if source not in seen:
                raise GraphError(f"node {node.name!r}: its source {source!r} does not stand before it")
        seen.add(node.name)
    for kind in (Input, Output):
        count = sum(isinstance(node, kind) for node in graph.nodes)
        if count != 1:
            raise GraphError(f"graph {graph.name!r}: {count} {kind.__name__} nodes; expected one")
    if not isinstance(graph.nodes[0], Input) or not isinstance(graph.nodes[-1], Output):
        raise GraphError(f"graph {graph.name!r}: expected the Input first and the Output last")
    if graph.delay_samples < 0:
        raise GraphError(f"graph {graph.name!r}: delay of {graph.delay_samples} samples; expected 0 or more")


def _check_delays(graph: Graph) -> None:
    """Refuse operands that have passed unequal sums of aligning delays: a lag is meant, anything else is a fault."""
    passed: dict[str, int] = {}
    for node in graph.nodes:
        delays = {source: passed[source] for source in sources_of(node)}
        if len(set(delays.values())) > 1:
            told = ", ".join(f"{source!r} by {delay}" for source, delay in delays.items())
            raise GraphError(f"node {node.name!r}: its operands are delayed by unequal samples: {told}; add a Delay")
        own = node.samples if isinstance(node, Delay) and not node.lag else 0
        passed[node.name] = next(iter(delays.values()), 0) + own


def _check_memory(node: Node, bounds: dict[str, NodeBounds]) -> None:
    """Refuse a node that would keep so much of the past that no target could."""
    if isinstance(node, Convolution) and not node.taps.array.size:
        return  # has no length; refused for its shape
    kept = memory_of(node) * sum(len(bounds[source].ranges) for source in sources_of(node))
    if kept > MOST_MEMORY:
        raise GraphError(f"node {node.name!r}: keeps {kept} values of the past; expected at most {MOST_MEMORY}")


def _check_node(node: Node, bounds: dict[str, NodeBounds]) -> None:
    match node:
        case Input():
            if node.channels < 2 or node.channels % 2:
                raise GraphError(f"node {node.name!r}: {node.channels} channels; expected pairs of I and Q")
            if node.channels > MOST_CHANNELS:
                raise GraphError(f"node {node.name!r}: {node.channels} channels; expected at most {MOST_CHANNELS}")
        case Convolution():
            _check_convolution(node, len(bounds[node.source].ranges))
        case Piecewise():
            _check_piecewise(node, bounds[node.source])
        case Delay():
            if node.samples < 0:
                raise GraphError(f"node {node.name!r}: a delay of {node.samples} samples; expected 0 or more")
        case Magnitude():
            _check_magnitude(node, len(bounds[node.source].ranges))
        case Multiply():
            _check_equal_channels(node, bounds)
            _check_products(node)
            if node.is_complex and len(bounds[node.source].ranges) % 2:
                raise GraphError(f"node {node.name!r}: {len(bounds[node.source].ranges)} channels; expected pairs")
        case Add():
            _check_equal_channels(node, bounds)
        case Concatenate():
            if len(node.sources) < 2:
                raise GraphError(f"node {node.name!r}: {len(node.sources)} operands; expected two or more")
        case Rectify():
            if node.slope_log2 is not None and not 0 <= node.slope_log2 < CARRIER_BITS - 1:
                raise GraphError(f"node {node.name!r}: slope 2^-{node.slope_log2}; expected 2^-0 to 2^-62")
        case Select():
            channels = len(bounds[node.source].ranges)
            if not node.channels or not all(0 <= c < channels for c in node.channels):
                raise GraphError(
                    f"node {node.name!r}: channels {list(node.channels)}; expected some of 0..{channels - 1}"
                )
        case Requantize():
            shift = bounds[node.source].format.frac - node.format.frac
            if abs(shift) >= CARRIER_BITS - 1:
                raise GraphError(
                    f"node {node.name!r}: shift by {shift}; expected less than the carrier's {CARRIER_BITS - 1} bits"
                )
        case Output():
            if not 1 <= bounds[node.source].format.bits <= 32:
                raise GraphError(f"node {node.name!r}: {bounds[node.source].format.bits} bits; expected 1 to 32")
        case _:
            assert_never(node)


def _check_products(node: Convolution | Multiply) -> None:
    if node.products is Products.THREE and not node.is_complex:
        raise GraphError(f"node {node.name!r}: three products of a real node; expected a complex one, or four")


def _check_convolution(node: Convolution, channels: int) -> None:
    _check_products(node)
    dimensions = 4 if node.is_complex else 3
    if node.taps.array.ndim != dimensions or not node.taps.array.size or (node.is_complex and node.taps.shape[2] != 2):
        expected = "[out, in, 2, K]" if node.is_complex else "[out, in, K]"
        raise GraphError(f"node {node.name!r}: taps of shape {list(node.taps.shape)}; expected {expected}")
    if node.groups < 1 or node.taps.shape[0] % node.groups:
        raise GraphError(f"node {node.name!r}: {node.taps.shape[0]} outputs do not divide into {node.groups} groups")
    if node.dilation < 1:
        raise GraphError(f"node {node.name!r}: dilation {node.dilation}; expected 1 or more")
    if node.bias is not None and node.bias.shape != (node.channels_out,):
        raise GraphError(f"node {node.name!r}: bias of shape {list(node.bias.shape)}; expected [{node.channels_out}]")
    if node.channels_in != channels:
        raise GraphError(f"node {node.name!r}: reads {node.channels_in} channels, {node.source!r} gives {channels}")
    least, most = int(node.taps.array.min()), int(node.taps.array.max())
    if least < node.taps_format.narrow_min_q or most > node.taps_format.max_q:
        raise GraphError(f"node {node.name!r}: taps in [{least}, {most}] leave the narrow range of {node.taps_format}")


def _check_equal_channels(node: Multiply | Add, bounds: dict[str, NodeBounds]) -> None:
    counts = {source: len(bounds[source].ranges) for source in sources_of(node)}
    if len(sources_of(node)) < 2 or len(set(counts.values())) > 1:
        told = ", ".join(f"{source!r} has {count}" for source, count in counts.items())
        raise GraphError(f"node {node.name!r}: expected two or more operands with equal channels: {told}")


def _check_magnitude(node: Magnitude, channels: int) -> None:
    if channels % 2:
        raise GraphError(f"node {node.name!r}: {channels} channels; expected pairs of I and Q")
    coefficients = (node.alpha, node.beta, node.coefficients_frac)
    if node.magnitude is MagnitudeKind.ALPHA_BETA:
        if min(coefficients) < 0 or node.alpha == 0:
            raise GraphError(
                f"node {node.name!r}: alpha, beta, fraction bits {coefficients}; expected alpha > 0, none below 0"
            )
    elif any(coefficients):
        raise GraphError(f"node {node.name!r}: {node.magnitude} takes no coefficients, got {coefficients}")


def _check_piecewise(node: Piecewise, source: NodeBounds) -> None:
    channels, rows = len(source.ranges), node.slopes.shape[0]
    if node.slopes.array.ndim != 2 or not node.slopes.array.size:
        raise GraphError(f"node {node.name!r}: slopes of shape {list(node.slopes.shape)}; expected [rows, segments]")
    if node.outputs < 1 or rows % node.outputs or channels % node.tables:
        raise GraphError(
            f"node {node.name!r}: {rows} rows for {node.outputs} outputs and {channels} channels; expected as many rows "
            f"as outputs times a divisor of the channels"
        )
    if node.first_bases is not None and (node.symmetry is Symmetry.ODD or node.first_bases.shape != (rows,)):
        raise GraphError(f"node {node.name!r}: first bases of shape {list(node.first_bases.shape)} for {node.symmetry}")
    if source.format.signed is (node.symmetry is Symmetry.INDEX):
        expected = "an unsigned" if node.symmetry is Symmetry.INDEX else "a signed"
        raise GraphError(f"node {node.name!r}: {node.symmetry} reads {source.format}; expected {expected} format")
    if node.segment_log2 < 0:
        raise GraphError(
            f"node {node.name!r}: segments of 2^{node.segment_log2} LSB; the knots are finer than the input; "
            f"give {node.source!r} more bits or the function fewer knots"
        )
    if node.segment_log2 >= CARRIER_BITS - 2 or (node.segments - 1) << node.segment_log2 >= 1 << (CARRIER_BITS - 1):
        raise GraphError(
            f"node {node.name!r}: {node.segments} segments of 2^{node.segment_log2} LSB; their knots leave the carrier"
        )
    for what, table in (("slopes", node.slopes.array), ("weights", node.weights.array)):
        least, most = int(table.min()), int(table.max())
        if least < node.slopes_format.narrow_min_q or most > node.slopes_format.max_q:
            raise GraphError(f"node {node.name!r}: {what} in [{least}, {most}] do not fit {node.slopes_format}")


def _check_width(node: Node, bounds: dict[str, NodeBounds], acc_bits: int) -> None:
    own = bounds[node.name]
    needed = max(own.acc_bits, own.basis_acc_bits or 0)
    if needed > acc_bits:
        raise OverflowRefusedError(
            f"node {node.name!r}: its accumulator needs {needed} bits, {needed - acc_bits} more than the {acc_bits} "
            f"allowed; give its weights or input fewer bits, or raise datapath.acc_bits"
            + _other_form(node, bounds, acc_bits)
        )


def _other_form(node: Node, bounds: dict[str, NodeBounds], acc_bits: int) -> str:
    """Return that four products would fit where three do not: their sums are the wider ones."""
    if not isinstance(node, Convolution | Multiply) or node.products is Products.FOUR:
        return ""
    four = node_bounds(replace(node, products=Products.FOUR), bounds)
    return ', or form its products with datapath.products = "four"' if four.acc_bits <= acc_bits else ""
