"""Piecewise-linear functions in the ONNX files: the table form of every carrier, the basis form of int64.

docs/spec/fixed_point.md, section 7, defines both; the names here are its names.
"""

from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.bounds_piecewise import reach
from pimdeploy.datapath.formats import bits_for
from pimdeploy.datapath.intervals import hull
from pimdeploy.datapath.nodes import Piecewise, Symmetry
from pimdeploy.emit.onnx.carrier import Carrier
from pimdeploy.emit.onnx.graph import OnnxGraph
from pimdeploy.emit.onnx.steps import interleaved


@dataclass(frozen=True)
class Lines:
    """A function as straight lines y = slope * a + offset, in the order of the argument a, leftmost first.

    slopes, offsets: [tables * outputs, lines]; exact Python integers in an object array for the integer files (whether
    they fit the carrier is not known yet), float64 for the float file.
    """

    slopes: NDArray[Any]
    offsets: NDArray[Any]


def lines_of(symmetry: Symmetry, slopes: NDArray[Any], starts: NDArray[Any], width: Any, half: Any) -> Lines:  # noqa: ANN401
    """Return the lines in a from those in t: f(t) = starts[s] + slopes[s] * (t - s * width). half: 2^(bits - 1).

    The segments of -a are those of a mirrored, and neighbours agree at their common knot, so a line may be chosen by
    floor(a / width) although the specification reads |a|: equal on every input, with fewer steps.
    """
    offsets = starts - slopes * (np.arange(slopes.shape[1]).astype(slopes.dtype) * width)
    left, right = slopes[:, ::-1], offsets[:, ::-1]
    match symmetry:
        case Symmetry.ODD:
            return Lines(np.hstack([left, slopes]), np.hstack([-right, offsets]))
        case Symmetry.EVEN:
            return Lines(np.hstack([-left, slopes]), np.hstack([right, offsets]))
        case Symmetry.PLAIN:
            return Lines(slopes, offsets + slopes * half)
        case Symmetry.INDEX:
            return Lines(slopes, offsets)
        case _:
            assert_never(symmetry)


def origin_of(symmetry: Symmetry, segments: int, width: Any, half: Any) -> Any:  # noqa: ANN401
    """Return the argument at which the first line begins; every line is `width` wide."""
    match symmetry:
        case Symmetry.ODD | Symmetry.EVEN:
            return -segments * width
        case Symmetry.PLAIN:
            return -half
        case Symmetry.INDEX:
            return 0 * width
        case _:
            assert_never(symmetry)


def first_lines(node: Piecewise, channels: int, lines: int) -> NDArray[np.int64]:
    """Return where the table of each channel begins, [channels, 1], in a column of all tables; [1, 1] where all share one."""
    tables = np.zeros(1) if node.shared else np.arange(channels) * node.tables // channels
    return tables.astype(np.int64)[:, None] * lines


def looked_up(g: OnnxGraph, node: Piecewise, lines: Lines, row: str, a: str, channels: int) -> str:
    """Return slope * a + offset with two Gathers for each of the node's outputs; row: into a column of all tables."""
    results = []
    for j in range(node.outputs):
        suffix = "" if node.outputs == 1 else str(j)
        slope, offset = (
            g.op("Gather", [g.table(what + suffix, values[j :: node.outputs].ravel()), row], axis=0)
            for what, values in (("slopes", lines.slopes), ("offsets", lines.offsets))
        )
        results.append(g.op("Add", [g.op("Mul", [slope, a]), offset]))
    return interleaved(g, results, channels * node.outputs)


def table_form(g: OnnxGraph, carrier: Carrier, node: Piecewise, source: NodeBounds, a: str) -> str:
    """Append y = slope * a + offset, two Gathers; where products or indices leave the carrier, the table as specified."""
    segments, m, half = _reached(node, source), node.segment_log2, 1 << (source.format.bits - 1)
    slopes, bases = (table.array[:, :segments].astype(object) for table in (node.slopes, node.bases))
    lines = lines_of(node.symmetry, slopes, bases << m, 1 << m, half)
    lo, hi = hull(source.ranges)
    product = max(-lo, hi) * int(np.abs(lines.slopes).max()) + int(np.abs(lines.offsets).max())
    # One segment reads its only line at any width; a wide one would only make constants large.
    shift = m if segments > 1 else min(m, source.format.bits + 1)
    origin, count = origin_of(node.symmetry, segments, 1 << shift, half), lines.slopes.shape[1]
    least, most = origin, origin + (count << shift) - 1
    first = (first_lines(node, len(source.ranges), count).astype(object) << shift) - origin
    largest = max(product, most + int(first.max()))
    if not carrier.holds(bits_for(-largest, largest)):
        return _as_specified(g, carrier, node, source, a)
    inside = carrier.clip(g, a, least, most, (lo, hi))
    if first.any():
        inside = g.op("Add", [inside, g.table("first_row", first)])
    return looked_up(g, node, lines, carrier.index(g, inside, shift), a, len(source.ranges))


def _as_specified(g: OnnxGraph, carrier: Carrier, node: Piecewise, source: NodeBounds, a: str) -> str:
    """Append f = (base[s] << m) + slope[s] * r of t, as docs/spec/fixed_point.md has it: the bounds hold for every step."""
    segments, m, channels = _reached(node, source), node.segment_log2, len(source.ranges)
    slopes, bases = (table.array[:, :segments].astype(object) for table in (node.slopes, node.bases))
    r = _argument(g, node, source, a)
    row = g.table("first_row", first_lines(node, channels, segments), carrier.index_dtype)
    if segments > 1:
        inside = carrier.clip(g, r, 0, (segments << m) - 1, (0, largest_argument(node, source)))
        s = carrier.index(g, inside, m)
        whole = s if carrier.index_dtype is carrier.dtype else g.cast(s, g.dtype)
        r = g.op("Sub", [r, g.op("Mul", [whole, g.scalar(1 << m)])])
        row = s if node.shared else g.op("Add", [s, row])
    y = looked_up(g, node, Lines(slopes, bases << m), row, r, channels)
    if node.symmetry is not Symmetry.ODD:
        return y
    return g.op("Where", [g.op("Less", [a, g.scalar(0)]), g.op("Neg", [y]), y])


def basis_form(g: OnnxGraph, carrier: Carrier, node: Piecewise, source: NodeBounds, a: str) -> str:
    """Append (base[0] << m) + sum over k of w[k] * max(t - x_k, 0), the basis functions on an axis of their own."""
    segments, channels = _reached(node, source), len(source.ranges)
    a = g.op("Unsqueeze", [a, g.shape(2)])
    knots = np.arange(segments, dtype=np.int64) << node.segment_log2
    above = g.op("Sub", [_argument(g, node, source, a), g.table("knots", knots[:, None])])
    above = carrier.positive(g, above, (-int(knots[-1]), largest_argument(node, source)))
    function = first_lines(node, channels, 1)[:, 0]
    weights = node.weights.array[:, :segments].reshape(node.tables, node.outputs, segments)
    y = g.op("MatMul", [g.table("weights", weights[function]), above])
    if node.first_bases is not None:
        base = node.first_bases.array.reshape(node.tables, node.outputs, 1) << node.segment_log2
        y = g.op("Add", [y, g.table("base", base[function])])
    if node.symmetry is Symmetry.ODD:
        y = g.op("Where", [g.op("Less", [a, g.scalar(0)]), g.op("Neg", [y]), y])
    if node.outputs == 1:
        return g.op("Squeeze", [y, g.shape(2)])
    return g.op("Reshape", [y, g.shape(0, channels * node.outputs, -1)])


def _argument(g: OnnxGraph, node: Piecewise, source: NodeBounds, a: str) -> str:
    """Return t."""
    match node.symmetry:
        case Symmetry.ODD | Symmetry.EVEN:
            return g.op("Abs", [a])
        case Symmetry.PLAIN:
            return g.op("Add", [a, g.scalar(1 << (source.format.bits - 1))])
        case Symmetry.INDEX:
            return a
        case _:
            assert_never(node.symmetry)


def _reached(node: Piecewise, source: NodeBounds) -> int:
    """Return how many segments the proven range reaches: those beyond never act, and their constants could overflow."""
    return min(node.segments, (largest_argument(node, source) >> node.segment_log2) + 1)


def largest_argument(node: Piecewise, source: NodeBounds) -> int:
    """Return the largest t that the proven range of the source gives."""
    return reach(node.symmetry, hull(source.ranges), source.format.bits)[1]
