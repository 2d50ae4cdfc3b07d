"""What one node does per input sample: the counting rules of docs/spec/operation_counts.md as formulas."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, assert_never, get_args

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, propagate
from pimdeploy.datapath.formats import Overflow, Rounding, bits_for
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
)
from pimdeploy.errors import InputError

Form = Literal["table", "basis"]
FORMS: tuple[Form, ...] = get_args(Form)

QUANTITIES = (
    *("multiplies", "adds", "compares", "shifts", "square_roots", "table_reads"),
    *("state_words", "table_bytes"),
)
"""The quantities of a ledger, in the order in which tables show them."""


@dataclass(frozen=True)
class NodeCost:
    """Operations per input sample, and memory.

    multiplies_by_width: real multiplies by the operands' word lengths, the coefficient's first ("16x12").
    adds: real additions, subtractions and negations. compares: comparisons with the choice that follows each.
    shifts: by a constant other than 0. square_roots: integer ones, however they are made.
    table_reads: look-ups at an index that depends on the signal.
    state_words: real words kept from one sample to the next. table_bytes: of the coefficients.
    """

    multiplies_by_width: dict[str, int] = field(default_factory=dict)
    adds: int = 0
    compares: int = 0
    shifts: int = 0
    square_roots: int = 0
    table_reads: int = 0
    state_words: int = 0
    table_bytes: int = 0

    @property
    def multiplies(self) -> int:
        """Real multiplies of all widths."""
        return sum(self.multiplies_by_width.values())

    def to_json(self) -> dict[str, Any]:
        """Return the quantities as plain integers, and the multiplies by width."""
        counts: dict[str, Any] = {quantity: getattr(self, quantity) for quantity in QUANTITIES}
        return counts | {"multiplies_by_width": dict(sorted(self.multiplies_by_width.items()))}


def total(costs: Iterable[NodeCost]) -> NodeCost:
    """Return the sum of `costs`, quantity by quantity."""
    costs = list(costs)
    by_width: dict[str, int] = {}
    for cost in costs:
        for width, count in cost.multiplies_by_width.items():
            by_width[width] = by_width.get(width, 0) + count
    summed = {quantity: sum(getattr(cost, quantity) for cost in costs) for quantity in QUANTITIES[1:]}
    return NodeCost(by_width, **summed)


def as_form(form: str) -> Form:
    """Return `form` as one of `FORMS`. Raises `InputError`."""
    for known in FORMS:
        if form == known:
            return known
    raise InputError(f"form {form!r} of the piecewise-linear function; expected one of {', '.join(FORMS)}")


def count(graph: Graph, form: Form) -> dict[str, NodeCost]:
    """Return the cost of every node of `graph` by name, its piecewise-linear functions in `form`."""
    bounds = propagate(graph)
    return {node.name: _node_cost(node, form, bounds) for node in graph.nodes}


def _node_cost(node: Node, form: Form, bounds: dict[str, NodeBounds]) -> NodeCost:
    match node:
        case Input() | Select() | Output():
            return NodeCost()
        case Convolution():
            return convolution_cost(node, bounds[node.source].format.bits)
        case Piecewise():
            channels, bits = len(bounds[node.source].ranges), bounds[node.source].format.bits
            return _table_form(node, channels, bits) if form == "table" else _basis_form(node, channels, bits)
        case Requantize():
            shift = bounds[node.source].format.frac - node.format.frac
            return _requantize(node, len(bounds[node.source].ranges), shift)
        case Delay():
            return NodeCost(state_words=len(bounds[node.source].ranges) * node.samples)
        case Magnitude():
            return magnitude_cost(node, len(bounds[node.source].ranges) // 2, bounds[node.source].format.bits)
        case Multiply():
            return multiply_cost(node, bounds[node.source], bounds[node.other])
        case Add():
            operands = [bounds[source] for source in node.sources]
            return NodeCost(adds=len(operands[0].ranges) * (len(operands) - 1), shifts=_alignments(operands))
        case Concatenate():
            return NodeCost(shifts=_alignments([bounds[source] for source in node.sources]))
        case Rectify():
            channels = len(bounds[node.source].ranges)
            return NodeCost(compares=channels, shifts=channels if node.slope_log2 else 0)
        case _:
            assert_never(node)


def convolution_cost(node: Convolution, source_bits: int) -> NodeCost:
    """Return the cost of `node` on words of `source_bits`. Every tap is multiplied, a zero one too.

    A complex tap makes two real products for each of I and Q, or three for both, of sums a + b that are made once a pair.
    """
    outputs, inputs, kernel = node.taps.shape[0], node.taps.shape[1], node.kernel_length
    terms, pair_sums, last_adds = inputs * kernel, 0, 0
    if node.products is Products.THREE:
        outputs, pair_sums, last_adds = 3 * outputs, inputs * node.groups, 2 * outputs
    elif node.is_complex:
        outputs, terms = 2 * outputs, 2 * terms
    biases = 0 if node.bias is None else node.channels_out
    return NodeCost(
        multiplies_by_width={f"{node.taps_format.bits}x{source_bits}": outputs * terms},
        adds=pair_sums + outputs * (terms - 1) + last_adds + biases,
        state_words=node.channels_in * node.memory,
        table_bytes=stored_bytes(node.taps.array, node.taps_format.bits)
        + (0 if node.bias is None else stored_bytes(node.bias.array)),
    )


def _argument(node: Piecewise, channels: int) -> NodeCost:
    """t of the argument a: |a| (odd, even), a + 2^(bits - 1) (plain) or a itself (index)."""
    match node.symmetry:
        case Symmetry.ODD | Symmetry.EVEN:
            return NodeCost(adds=channels, compares=channels)
        case Symmetry.PLAIN:
            return NodeCost(adds=channels)
        case Symmetry.INDEX:
            return NodeCost()
        case _:
            assert_never(node.symmetry)


def _table_form(node: Piecewise, channels: int, source_bits: int) -> NodeCost:
    """The segment s and the rest r once a channel; for each output (base, slope), base + slope * r, and odd the sign."""
    results = channels * node.outputs
    signs = results if node.symmetry is Symmetry.ODD else 0
    function = NodeCost(
        multiplies_by_width={f"{node.slopes_format.bits}x{source_bits}": results},
        adds=channels + results + signs,  # t - (s << m); base + slope * r; the negation of y
        compares=channels + signs,  # min(t >> m, S - 1); the sign of y
        shifts=2 * channels + results if node.segment_log2 else 0,  # t >> m, s << m; base << m
        table_reads=results,
        table_bytes=stored_bytes(node.slopes.array, node.slopes_format.bits) + stored_bytes(node.bases.array),
    )
    return total([_argument(node, channels), function])


def _basis_form(node: Piecewise, channels: int, source_bits: int) -> NodeCost:
    """The terms once a channel, for each output a product a term and their sum; but for odd ones base[0] is added."""
    terms = node.segments
    results = channels * node.outputs
    products = NodeCost(
        multiplies_by_width={f"{node.slopes_format.bits}x{source_bits}": results * terms},
        adds=results * (terms - 1),
        table_bytes=stored_bytes(node.weights.array, node.slopes_format.bits),
    )
    if node.symmetry is Symmetry.ODD:  # a less a clipped to [-x_k, x_k]: the pair of max(., 0), |a| and the sign in one
        return total([products, NodeCost(adds=channels * terms, compares=channels * 2 * terms)])
    knots = NodeCost(adds=channels * terms, compares=channels * terms)  # max(t - x_k, 0)
    bases = NodeCost(
        adds=results, shifts=results if node.segment_log2 else 0, table_bytes=stored_bytes(node.bases.array[:, 0])
    )
    return total([_argument(node, channels), products, knots, bases])


def magnitude_cost(node: Magnitude, pairs: int, source_bits: int) -> NodeCost:
    """Return the cost of the magnitude of `pairs` pairs of words of `source_bits`."""
    match node.magnitude:
        case MagnitudeKind.SQRT | MagnitudeKind.SQUARE:
            roots = pairs if node.magnitude is MagnitudeKind.SQRT else 0
            return NodeCost({f"{source_bits}x{source_bits}": 2 * pairs}, adds=pairs, square_roots=roots)
        case MagnitudeKind.ALPHA_BETA:  # |I| and |Q|; max and min; two products and their sum
            products = [_constant_product(value, pairs, source_bits) for value in (node.alpha, node.beta)]
            return total([NodeCost(adds=3 * pairs, compares=4 * pairs), *products])
        case _:
            assert_never(node.magnitude)


def _constant_product(constant: int, products: int, source_bits: int) -> NodeCost:
    """Products with a constant of the graph: by a power of two they are shifts, by 1 nothing."""
    if constant.bit_count() == 1:
        return NodeCost(shifts=products if constant > 1 else 0)
    return NodeCost({f"{constant.bit_length()}x{source_bits}": products})


def multiply_cost(node: Multiply, a: NodeBounds, b: NodeBounds) -> NodeCost:
    """Return the cost of the product of what `a` and `b` bound."""
    channels = len(a.ranges)
    width = f"{a.format.bits}x{b.format.bits}"
    if node.products is Products.THREE:  # b_I + b_Q, a_Q - a_I, a_I + a_Q, S1 - S3, S1 + S2 a pair
        return NodeCost({width: 3 * channels // 2}, adds=5 * channels // 2)
    if node.is_complex:  # four products a pair, their difference and their sum
        return NodeCost({width: 2 * channels}, adds=channels)
    return NodeCost({width: channels})


def _alignments(operands: list[NodeBounds]) -> int:
    """Shifts that align operands to the largest frac: one for each channel of every operand that has a smaller one."""
    frac = max(operand.format.frac for operand in operands)
    return sum(len(operand.ranges) for operand in operands if operand.format.frac != frac)


def _requantize(node: Requantize, channels: int, shift: int) -> NodeCost:
    adds = compares = 0
    shifts = 1 if shift else 0
    if shift > 0:
        adds, compares, shifts = _rounding(node.rounding)
    match node.overflow:
        case Overflow.SATURATE:
            compares += 2
        case Overflow.WRAP:
            pass
        case _:
            assert_never(node.overflow)
    return NodeCost(adds=channels * adds, compares=channels * compares, shifts=channels * shifts)


def _rounding(rounding: Rounding) -> tuple[int, int, int]:
    """Return the adds, compares and shifts of rounding one value away from its low bits."""
    match rounding:
        case Rounding.FLOOR:
            return 0, 0, 1
        case Rounding.HALF_UP:
            return 1, 0, 1
        case Rounding.HALF_EVEN:  # the parity of q >> s, and the constant
            return 2, 0, 2
        case Rounding.HALF_AWAY:  # the sign chooses the constant
            return 1, 1, 1
        case _:
            assert_never(rounding)


def stored_bytes(table: NDArray[np.int64], bits: int | None = None) -> int:
    """Return the bytes of a table, each integer in the smallest of 1, 2, 4 and 8 bytes that holds its word length."""
    needed = bits_for(int(table.min()), int(table.max())) if bits is None else bits
    word = next(size for size in (1, 2, 4, 8) if needed <= 8 * size)
    return int(table.size) * word
