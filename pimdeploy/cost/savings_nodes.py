"""What each option saves at one node, from its coefficients; None where the option does not apply to it (docs/budgets.md)."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from pimdeploy.cost.demand import three_widths
from pimdeploy.cost.ledger import Ledger
from pimdeploy.cost.operations import NodeCost, convolution_cost, magnitude_cost, multiply_cost
from pimdeploy.datapath.bounds import NodeBounds, node_bounds, real_taps
from pimdeploy.datapath.formats import CARRIER_BITS, Overflow, QFormat
from pimdeploy.datapath.nodes import (
    Convolution,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Node,
    Piecewise,
    Products,
    Requantize,
    Symmetry,
)

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class NodeSaving:
    """Operations per sample, table bytes and state words that are saved; negative ones are spent. note: what changes."""

    multiplies: int = 0
    adds: int = 0
    compares: int = 0
    shifts: int = 0
    square_roots: int = 0
    table_bytes: int = 0
    state_words: int = 0
    note: str = ""

    def __add__(self, other: "NodeSaving") -> "NodeSaving":
        theirs = other.figures()
        return _saving({name: figure + theirs[name] for name, figure in self.figures().items()})

    def figures(self) -> dict[str, int]:
        """Return the figures by name."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "note"}


Bounds = dict[str, NodeBounds]
Option = Callable[[Node, Bounds, Ledger], NodeSaving | None]


def three_multiplies(node: Node, bounds: Bounds, ledger: Ledger) -> NodeSaving | None:
    """(re + j im)(a + j b) as re (a + b) - b (re + im), re (a + b) + a (im - re): three multiplies for four."""
    if not isinstance(node, Convolution | Multiply) or not node.is_complex or node.products is Products.THREE:
        return None
    three = replace(node, products=Products.THREE)
    own = ledger.by_node[ledger.form][node.name]
    was, acc_bits = bounds[node.name].acc_bits, node_bounds(three, bounds).acc_bits
    widths = [max(sizes) for sizes in zip(*three_widths(node, bounds), strict=True)]
    wider = f", accumulator {acc_bits} bits, not {was}" if acc_bits > was else ""
    note = f"products up to {widths[0]}x{widths[1]} bits{wider}"
    return replace(_difference(own, _cost(three, bounds)), note=note)


def _cost(node: Convolution | Multiply, bounds: Bounds) -> NodeCost:
    if isinstance(node, Convolution):
        return convolution_cost(node, bounds[node.source].format.bits)
    return multiply_cost(node, bounds[node.source], bounds[node.other])


def zero_coefficients(node: Node, bounds: Bounds, ledger: Ledger) -> NodeSaving | None:
    """Taps of zero, and in basis form weights of zero, are left out: their product, and their term of the sum."""
    match node:
        case Convolution():
            zeros = _zeros_by_row(real_taps(node).reshape(node.channels_out, -1))
            kept = int(node.bias is not None)
            terms = real_taps(node)[0].size
            return NodeSaving(
                multiplies=int(zeros.sum()), adds=sum(_fewer_adds(terms, count, kept) for count in zeros.tolist())
            )
        case Piecewise() if ledger.form == "basis":
            return _zero_weights(node, len(bounds[node.source].ranges))
        case _:
            return None


def _zero_weights(node: Piecewise, channels: int) -> NodeSaving:
    """A knot is left out where none of a channel's results weighs it."""
    weights, odd = node.weights.array, node.symmetry is Symmetry.ODD
    saved = NodeSaving()
    for channel in range(channels):
        rows = weights[[node.row(channel * node.outputs + j, channels) for j in range(node.outputs)]]
        knots = int((rows == 0).all(axis=0).sum())
        zeros = _zeros_by_row(rows).tolist()
        adds = sum(_fewer_adds(node.segments, count, int(not odd)) for count in zeros)
        saved += NodeSaving(multiplies=sum(zeros), adds=knots + adds, compares=knots * (2 if odd else 1))
    return saved


def _zeros_by_row(rows: IntArray) -> IntArray:
    found: IntArray = (rows == 0).sum(axis=1)
    return found


def _fewer_adds(terms: int, zeros: int, kept: int) -> int:
    """Adds saved in a sum of `terms` products, `zeros` of them gone, and of `kept` terms more (a bias, a base)."""
    left = terms - zeros + kept
    return (terms + kept - 1) - max(left - 1, 0)


def repeated_taps(node: Node, bounds: Bounds, ledger: Ledger) -> NodeSaving | None:
    """Samples of one result with taps of equal magnitude, mirrored ones among them, are added before their one product."""
    if not isinstance(node, Convolution):
        return None
    taps = real_taps(node)
    saved = 0
    for row in np.abs(taps).reshape(taps.shape[0], -1):
        magnitudes = row[row != 0]
        saved += int(magnitudes.size - np.unique(magnitudes).size)
    half = np.abs(taps[:, :, : taps.shape[2] // 2])
    mirrored = int(((half == np.abs(taps[:, :, ::-1])[:, :, : half.shape[2]]) & (half != 0)).sum())
    note = f"{mirrored} of them mirrored in their kernel" if saved else ""
    return NodeSaving(multiplies=saved, note=note)


def power_of_two_coefficients(node: Node, bounds: Bounds, ledger: Ledger) -> NodeSaving | None:
    """A product with a tap, or in basis form a weight, of plus or minus 2^k is a shift; with 1 it is nothing."""
    match node:
        case Convolution():
            return _as_shifts(real_taps(node).reshape(node.channels_out, -1), node.bias is not None)
        case Piecewise() if ledger.form == "basis":
            channels = len(bounds[node.source].ranges)
            rows = [node.row(result, channels) for result in range(channels * node.outputs)]
            return _as_shifts(node.weights.array[rows], node.symmetry is not Symmetry.ODD)
        case _:
            return None


def _as_shifts(rows: IntArray, has_another_term: bool) -> NodeSaving:
    """A sum of nothing but negative powers of two has no term to begin with: it takes a negation."""
    magnitudes = np.abs(rows)
    powers = (magnitudes > 0) & ((magnitudes & (magnitudes - 1)) == 0)
    negations = 0 if has_another_term else int((powers & (rows < 0)).all(axis=1).sum())
    return NodeSaving(multiplies=int(powers.sum()), adds=-negations, shifts=-int((powers & (magnitudes > 1)).sum()))


def one_function(node: Node, bounds: Bounds, ledger: Ledger) -> NodeSaving | None:
    """All branches share one function: its tables are kept once."""
    if not isinstance(node, Piecewise) or node.shared:
        return None
    held = ledger.by_node[ledger.form][node.name].table_bytes
    note = ""
    if ledger.sharing is not None and not ledger.sharing.shared:
        update = ledger.sharing.graph
        note = f"a parameter update takes {update.multiplies} multiplies and {update.adds} adds less"
    return NodeSaving(table_bytes=held - held // node.tables, note=note)


def table_form(node: Node, bounds: Bounds, ledger: Ledger) -> NodeSaving | None:
    """A piecewise-linear function reads slope and base of its segment in place of the sum over its basis."""
    if not isinstance(node, Piecewise) or ledger.form == "table":
        return None
    saved = _difference(ledger.by_node["basis"][node.name], ledger.by_node["table"][node.name])
    return replace(saved, note=f"{ledger.by_node['table'][node.name].table_reads} table reads a sample instead")


def squared_magnitude(node: Node, bounds: Bounds, ledger: Ledger) -> NodeSaving | None:
    """|u|^2 indexes the table, without a root."""
    return _other_magnitude(node, bounds, ledger, MagnitudeKind.SQUARE)


def alpha_max_beta_min(node: Node, bounds: Bounds, ledger: Ledger) -> NodeSaving | None:
    """Alpha max + beta min indexes the table, without a root; its constants are no powers of two."""
    return _other_magnitude(node, bounds, ledger, MagnitudeKind.ALPHA_BETA)


def _other_magnitude(node: Node, bounds: Bounds, ledger: Ledger, kind: MagnitudeKind) -> NodeSaving | None:
    if not isinstance(node, Magnitude) or node.magnitude is not MagnitudeKind.SQRT:
        return None
    source = bounds[node.source]
    other = replace(node, magnitude=kind, alpha=3, beta=3)
    cost = magnitude_cost(other, len(source.ranges) // 2, source.format.bits)
    return _difference(ledger.by_node[ledger.form][node.name], cost)


def idle_saturation(node: Node, bounds: Bounds, ledger: Ledger) -> NodeSaving | None:
    """An end of the format that the bounds prove is never passed needs no compare."""
    if not isinstance(node, Requantize) or node.overflow is not Overflow.SATURATE:
        return None
    wide = replace(node, format=QFormat(True, CARRIER_BITS, node.format.frac))
    ranges = node_bounds(wide, bounds).ranges
    return NodeSaving(compares=sum(int(lo >= node.format.min_q) + int(hi <= node.format.max_q) for lo, hi in ranges))


def _difference(before: NodeCost, after: NodeCost) -> NodeSaving:
    return _saving({name: getattr(before, name) - getattr(after, name) for name in NodeSaving().figures()})


def _saving(figures: dict[str, int]) -> NodeSaving:
    return NodeSaving(
        figures["multiplies"],
        figures["adds"],
        figures["compares"],
        figures["shifts"],
        figures["square_roots"],
        figures["table_bytes"],
        figures["state_words"],
    )
