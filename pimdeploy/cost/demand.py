"""What a graph asks of a device per input sample: the ledger's counts with the word lengths that decide who can do them.

Word lengths of products are those of signed operands: an unsigned signal takes a bit more, r of a table what it reaches.
Accumulators are those that the bounds prove (docs/spec/datapath.md, section 4). What is read: docs/budgets.md.
"""

from dataclasses import dataclass
from typing import assert_never

from pimdeploy.cost.operations import Form, NodeCost, count, stored_bytes
from pimdeploy.datapath.bounds import NodeBounds, propagate, three_bounds
from pimdeploy.datapath.formats import bits_for
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    IntTable,
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
    sources_of,
)


@dataclass(frozen=True)
class Product:
    """`count` products a sample of two signed operands of `a_bits` and `b_bits`; is_complex: four make a complex one."""

    a_bits: int
    b_bits: int
    count: int
    is_complex: bool = False


@dataclass(frozen=True)
class Storage:
    """Memory in bytes as the emitted C stores it, and in bits as logic does."""

    bytes: int = 0
    bits: int = 0

    def __add__(self, other: "Storage") -> "Storage":
        return Storage(self.bytes + other.bytes, self.bits + other.bits)


@dataclass(frozen=True)
class NodeDemand:
    """What one node asks per sample, and the memory it keeps.

    acc_bits: its widest intermediate value. read_bytes: signal words that it reads. lookups: table entries at an index that
    depends on the signal, each a slope of `slope_bits` and a base of `base_bits`. root_bits: of a square root's result.
    """

    products: tuple[Product, ...]
    adds: int
    compares: int
    shifts: int
    square_roots: int
    root_bits: int
    acc_bits: int
    read_bytes: int
    lookups: int
    slope_bits: int
    base_bits: int
    weights: Storage
    tables: Storage
    state: Storage

    @property
    def multiplies(self) -> int:
        """Products of all widths."""
        return sum(product.count for product in self.products)


def demands(graph: Graph, form: Form) -> dict[str, NodeDemand]:
    """Return what every node of `graph` asks per sample, its piecewise-linear functions in `form`."""
    bounds, costs = propagate(graph), count(graph, form)
    return {node.name: _demand(graph, node, bounds, costs[node.name], form) for node in graph.nodes}


def _demand(graph: Graph, node: Node, bounds: dict[str, NodeBounds], cost: NodeCost, form: Form) -> NodeDemand:
    own = bounds[node.name]
    acc_bits = own.acc_bits if form == "table" or own.basis_acc_bits is None else own.basis_acc_bits
    slope_bits, base_bits = _entry_bits(node) if cost.table_reads else (0, 0)
    return NodeDemand(
        products=_products(node, bounds, cost, form),
        adds=cost.adds,
        compares=cost.compares,
        shifts=cost.shifts,
        square_roots=cost.square_roots,
        root_bits=(own.accumulator[1].bit_length() + 1) // 2 if _takes_roots(node) else 0,
        acc_bits=acc_bits,
        read_bytes=sum(words * word_bytes(bounds[source]) for source, words in _words_read(graph, node, bounds)),
        lookups=cost.table_reads,
        slope_bits=slope_bits,
        base_bits=base_bits,
        weights=_weights(node),
        tables=_tables(node, form),
        state=_state(node, bounds, cost),
    )


def word_bytes(bounds: NodeBounds) -> int:
    """Return the bytes of a signal word in the emitted C: 2, 4 or 8."""
    needed = bits_for(bounds.format.min_q, bounds.format.max_q)
    return next(size for size in (2, 4, 8, 16) if needed <= 8 * size)


def _products(node: Node, bounds: dict[str, NodeBounds], cost: NodeCost, form: Form) -> tuple[Product, ...]:
    """The ledger's products by width; the operand that is a signal, or both, may be unsigned."""
    if isinstance(node, Piecewise):
        return (Product(node.slopes_format.bits, _argument_bits(node, bounds[node.source], form), cost.multiplies),)
    if isinstance(node, Convolution | Multiply) and node.products is Products.THREE:
        return tuple(Product(a, b, cost.multiplies // 3) for a, b in three_widths(node, bounds))
    extra = [int(not bounds[source].format.signed) for source in sources_of(node)]
    # The first operand is a signed coefficient, but for a product of two signals and for alpha and beta.
    first = extra[0] if isinstance(node, Multiply) else int(_has_unsigned_constants(node))
    second = extra[-1] if extra else 0
    found = []
    for width, products in sorted(cost.multiplies_by_width.items()):
        a_bits, b_bits = (int(bits) for bits in width.split("x"))
        found.append(Product(a_bits + first, b_bits + second, products, _is_complex(node)))
    return tuple(found)


def _is_complex(node: Node) -> bool:
    return isinstance(node, Convolution | Multiply) and node.is_complex


def three_widths(node: Convolution | Multiply, bounds: dict[str, NodeBounds]) -> list[tuple[int, int]]:
    """Return the signed bits of both operands of each of the three products of a complex `node`; sums as far as they go."""
    found = three_bounds(node, bounds)
    pair_bits, sum_bits = bits_for(*found.pair_sums), bits_for(*found.coefficient_sums)
    if isinstance(node, Convolution):
        first, second = node.taps_format.bits, _signed_bits(bounds[node.source])
    else:
        first, second = _signed_bits(bounds[node.source]), _signed_bits(bounds[node.other])
    return [(first, pair_bits), (sum_bits, second), (sum_bits, second)]


def _signed_bits(bounds: NodeBounds) -> int:
    return bounds.format.bits + int(not bounds.format.signed)


def _argument_bits(node: Piecewise, source: NodeBounds, form: Form) -> int:
    """Return the signed bits of what multiplies a slope (r of the table form) or a weight (the clipped argument)."""
    ends = [max(-lo, hi) if node.symmetry in (Symmetry.ODD, Symmetry.EVEN) else hi for lo, hi in source.ranges]
    largest = max(ends) + (1 << (source.format.bits - 1) if node.symmetry is Symmetry.PLAIN else 0)
    if form == "basis":  # an odd function's pair of max is a less a clipped, no larger than a
        return source.format.bits if node.symmetry is Symmetry.ODD else largest.bit_length() + 1
    last = largest - ((node.segments - 1) << node.segment_log2)
    return max(min(largest, (1 << node.segment_log2) - 1), last).bit_length() + 1


def _has_unsigned_constants(node: Node) -> bool:
    return isinstance(node, Magnitude) and node.magnitude is MagnitudeKind.ALPHA_BETA


def _takes_roots(node: Node) -> bool:
    return isinstance(node, Magnitude) and node.magnitude is MagnitudeKind.SQRT


def _words_read(graph: Graph, node: Node, bounds: dict[str, NodeBounds]) -> list[tuple[str, int]]:
    """Return the words that `node` reads of each source: a convolution its window, once for all its outputs.

    A requantizer that alone reads a node works on it in registers, and a choice of channels is addressing.
    """
    match node:
        case Convolution():
            return [(node.source, node.channels_in * node.kernel_length)]
        case Requantize():
            alone = sum(node.source in sources_of(other) for other in graph.nodes) == 1
            in_registers = alone and node.source != graph.input.name
            return [] if in_registers else [(node.source, len(bounds[node.source].ranges))]
        case Piecewise() | Magnitude() | Multiply() | Add() | Rectify() | Concatenate() | Delay():
            return [(source, len(bounds[source].ranges)) for source in sources_of(node)]
        case Input() | Select() | Output():
            return []
        case _:
            assert_never(node)


def _entry_bits(node: Node) -> tuple[int, int]:
    if not isinstance(node, Piecewise):
        return 0, 0
    return node.slopes_format.bits, _bits(node.bases)


def _weights(node: Node) -> Storage:
    if not isinstance(node, Convolution):
        return Storage()
    taps = _storage(node.taps, node.taps_format.bits)
    return taps if node.bias is None else taps + _storage(node.bias, _bits(node.bias))


def _tables(node: Node, form: Form) -> Storage:
    if not isinstance(node, Piecewise):
        return Storage()
    if form == "table":
        return _storage(node.slopes, node.slopes_format.bits) + _storage(node.bases, _bits(node.bases))
    weights = _storage(node.weights, node.slopes_format.bits)
    first = IntTable(node.bases.array[:, 0])
    return weights if node.symmetry is Symmetry.ODD else weights + _storage(first, _bits(first))


def _state(node: Node, bounds: dict[str, NodeBounds], cost: NodeCost) -> Storage:
    if not cost.state_words:
        return Storage()
    source = bounds[sources_of(node)[0]]
    return Storage(cost.state_words * word_bytes(source), cost.state_words * source.format.bits)


def _storage(table: IntTable, bits: int) -> Storage:
    return Storage(stored_bytes(table.array, bits), int(table.array.size) * bits)


def _bits(table: IntTable) -> int:
    return bits_for(int(table.array.min()), int(table.array.max()))
