"""How far float32 arithmetic can be from the datapath's integers: a proof of the QDQ and QONNX files, node by node.

float32 (IEEE 754, round to nearest) holds every integer up to 2^24: where no partial sum is larger, nothing is rounded and
the file is exact. Elsewhere n roundings move a sum of terms by at most n u / (1 - n u) times the sum of their magnitudes,
u = 2^-24, in any order and fused or not; that error passes through the nodes behind it by their slopes. All figures are
in LSBs of the node's result. docs/spec/onnx.md, section 9.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, Literal, assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.formats import Overflow
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import Interval, hull
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
    Rectify,
    Requantize,
    Select,
    sources_of,
)
from pimdeploy.emit.onnx.rounding import (
    Offset,
    folded_into_convolutions,
    folded_into_layers,
    overflows,
    qdq_offset,
    qonnx_offset,
    shift_of,
)

EXACT = 1 << 24
"""Largest integer up to which float32 holds all."""
UNIT = 2.0**-24
MARGIN = 1 + 1e-9
"""For the float64 in which the bounds themselves are computed."""

Deviation = NDArray[np.float64]
"""Of each channel, the largest distance from the integer that the datapath has there."""


@dataclass(frozen=True)
class Float32:
    """How a file computes the datapath in float32: its roundings, its functions, and where constants are folded."""

    offset: Offset
    form: Literal["table", "basis"]
    folds: Callable[[Graph], dict[str, Requantize]]


QDQ = Float32(qdq_offset, "table", folded_into_convolutions)
QONNX = Float32(qonnx_offset, "basis", folded_into_layers)


@dataclass(frozen=True)
class Proven:
    """lsb: how far the output may be off, 0 where the file is exact. first: the node at which float32 first rounds.

    first_bits: what that node's integers take, sign included, where float32 holds 25.
    """

    lsb: int
    first: str | None = None
    first_bits: int = 0


def prove(graph: Graph, bounds: dict[str, NodeBounds], use: Float32) -> Proven:
    """Return what follows from the `bounds` of `graph` for a file that computes it as `use` says."""
    walk = Walk(bounds, use, use.folds(graph))
    lsb = walk.through(graph)
    first = next((node for node in graph.nodes if walk.found[node.name].any()), None)
    return Proven(lsb) if first is None else Proven(lsb, first.name, _bits(walk.largest(first)))


def _bits(largest: Fraction) -> int:
    return math.ceil(largest).bit_length() + 1


def roundings(n: int) -> float:
    """Return the relative error of n roundings."""
    return n * UNIT / (1 - n * UNIT) * MARGIN


@dataclass
class Walk:
    """The deviations of all nodes, from the input on; `found` holds those of the nodes so far."""

    on_grid: ClassVar[bool] = True
    """Whether requantizers bring what has deviated back to multiples of an LSB."""
    bounds: dict[str, NodeBounds]
    use: Float32
    folds: dict[str, Requantize] = field(default_factory=dict)
    found: dict[str, Deviation] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    """Nodes whose results are multiples of their LSB, deviation or not: a rounding brings them back to it."""

    def through(self, graph: Graph) -> int:
        """Go through all nodes of `graph`; return the whole LSBs of the output's largest deviation."""
        for node in graph.nodes:
            if self.on_grid and (isinstance(node, Requantize) or all(name in self.whole for name in sources_of(node))):
                self.whole.add(node.name)  # until a step of it rounds
            self.found[node.name] = self.deviation(node)
        return math.ceil(float(self.found[graph.output.name].max()))

    def deviation(self, node: Node) -> Deviation:
        """Return that of `node` from those of its sources."""
        match node:
            case Input():
                return np.zeros(node.channels)
            case Convolution():
                return self.convolution(node)
            case Piecewise():
                return self.piecewise(node)
            case Requantize():
                return self.requantize(node)
            case Delay() | Output():
                return self.found[node.source]
            case Select():
                return self.found[node.source][list(node.channels)]
            case Magnitude():
                return self.magnitude(node)
            case Multiply():
                return self._multiply(node)
            case Add():
                terms = [self._aligned(node, source) for source in node.sources]
                off = np.sum([off for _, off in terms], axis=0)
                sizes = np.sum([size for size, _ in terms], axis=0) + off
                return self._result(node, off, len(terms), sizes)
            case Concatenate():
                return np.concatenate([self._aligned(node, source)[1] for source in node.sources])
            case Rectify():
                return self.found[node.source] * 2.0 ** (node.slope_log2 or 0)
            case _:
                assert_never(node)

    def largest(self, node: Node) -> Fraction:
        """Return the largest multiple of the finest step that `node` computes with, in those steps."""
        own = self.bounds[node.name]
        interval = hull(self.bounds[node.source].ranges) if isinstance(node, Requantize) else own.accumulator
        if isinstance(node, Piecewise) and self.use.form == "basis":
            interval = own.basis_accumulator or interval
        offset = self._offset_at(node)
        steps = 1 if offset.denominator == 1 else 2
        return steps * (max(-interval[0], interval[1]) + abs(offset))

    def _offset_at(self, node: Node) -> Fraction:
        """Return the constant that `node` adds: a requantizer's own, or that of the one whose constant it takes."""
        rounding = node if isinstance(node, Requantize) else self.folds.get(node.name)
        if rounding is None:
            return Fraction(0)
        return self.use.offset(rounding.rounding, shift_of(rounding, self.bounds))

    def _result(
        self, node: Node, passed: Deviation, n: int, magnitude: Deviation | float, growth: float = -1.0
    ) -> Deviation:
        """Return what the sources' deviations make of `node`, `passed`, and `n` roundings of sums of `magnitude`.

        growth: by how much partial sums grow beyond their bounds for those deviations; `passed` by default.
        """
        if node.name in self.whole:
            grown = float(passed.max()) if growth < 0 else growth
            if self.largest(node) + 2 * math.ceil(grown) <= EXACT:
                return passed
            self.whole.discard(node.name)
        return np.asarray((passed + self.roundings(n) * magnitude) * MARGIN)

    def roundings(self, n: int) -> float:
        """Return the relative error of `n` roundings."""
        return roundings(n)

    def size(self, name: str) -> Deviation:
        """Return the largest magnitude of each channel of the node `name`."""
        return np.array([float(max(-lo, hi)) for lo, hi in self.bounds[name].ranges])

    def _aligned(self, node: Add | Concatenate, source: str) -> tuple[Deviation, Deviation]:
        factor = 2.0 ** (self.bounds[node.name].format.frac - self.bounds[source].format.frac)
        return self.size(source) * factor, self.found[source] * factor

    def convolution(self, node: Convolution) -> Deviation:
        """The products of a channel, its bias and the folded constant, each rounded, and their sum."""
        taps = np.abs(real_taps(node)).astype(np.float64).sum(axis=2)
        terms = taps.shape[1] * node.kernel_length + 3
        group = np.repeat(np.arange(node.groups), taps.shape[0] // node.groups)
        size, off = (v.reshape(node.groups, -1)[group] for v in (self.size(node.source), self.found[node.source]))
        bias = 0.0 if node.bias is None else np.abs(node.bias.array).astype(np.float64)
        magnitude = (taps * (size + off)).sum(axis=1) + bias + float(abs(self._offset_at(node)))
        return self._result(node, (taps * off).sum(axis=1), terms, magnitude)

    def piecewise(self, node: Piecewise) -> Deviation:
        """No slope of a continuous function is steeper than its steepest segment; its own sums are rounded besides."""
        own, source = self.bounds[node.name], self.found[node.source]
        rows = [node.row(c, len(source)) for c in range(len(source) * node.outputs)]
        off = np.repeat(source, node.outputs)
        steepest = np.abs(node.slopes.array).astype(np.float64).max(axis=1)[rows]
        if self.use.form == "table":  # base, slope times distance, their sum
            magnitude, terms, growth = 2.0 * _peak(own.accumulator), 4, steepest
        else:
            lo, hi = own.basis_accumulator or own.accumulator
            magnitude, terms = float(hi - lo), 2 * node.segments + 4
            growth = np.abs(node.weights.array).astype(np.float64).sum(axis=1)[rows]
        magnitude += float(abs(self._offset_at(node)))
        return self._result(node, steepest * off, terms, magnitude + growth * off, float((2 * growth * off).max()))

    def requantize(self, node: Requantize) -> Deviation:
        """Rounding is monotone: a value that is off by less than n LSBs gives an integer at most n off."""
        fmt, shift = node.format, shift_of(node, self.bounds)
        off = self.found[node.source]
        exactly = node.source in self.whole and self.largest(node) + 2 * math.ceil(float(off.max())) <= EXACT
        if not exactly:
            magnitude = self.size(node.source) + off + float(abs(self._offset_at(node)))
            off = (off + self.roundings(2) * magnitude) * MARGIN
        lsbs = np.ceil(off * 2.0**-shift)
        whole = float(fmt.max_q - fmt.min_q)
        if node.overflow is Overflow.WRAP and overflows(node, self.bounds):  # a small difference may turn it over
            lsbs = np.where(lsbs > 0, whole, 0.0)
        return np.asarray(np.minimum(lsbs, whole))

    def _multiply(self, node: Multiply) -> Deviation:
        a, b = ((self.size(name), self.found[name]) for name in sources_of(node))
        exactly, actually = a[0] * b[0], (a[0] + a[1]) * (b[0] + b[1])
        if node.is_complex:  # I and Q each are a sum of two products; the larger pairing bounds both
            exactly, actually = (_pair_products(*sizes) for sizes in ((a[0], b[0]), (a[0] + a[1], b[0] + b[1])))
        magnitude = actually + float(abs(self._offset_at(node)))
        return self._result(node, actually - exactly, 4 if node.is_complex else 1, magnitude)

    def magnitude(self, node: Magnitude) -> Deviation:
        """The root's slope is at most one along the error of (I, Q); squares grow with it."""
        size, off = self.size(node.source).reshape(-1, 2), self.found[node.source].reshape(-1, 2)
        offset = float(abs(self._offset_at(node)))
        match node.magnitude:
            case MagnitudeKind.SQUARE:
                exactly, actually = (size**2).sum(axis=1), ((size + off) ** 2).sum(axis=1)
                return self._result(node, actually - exactly, 4, actually + offset)
            case MagnitudeKind.ALPHA_BETA:
                slope = float(node.alpha + node.beta)
                magnitude = 2 * slope * (size + off).max(axis=1) + offset
                return self._result(node, slope * off.max(axis=1), 6, magnitude)
            case MagnitudeKind.SQRT:
                peak = math.isqrt(int((((size + off) ** 2).sum(axis=1)).max())) + 1
                if node.name in self.whole and peak**2 <= EXACT:
                    return np.asarray(np.ceil(np.hypot(off[:, 0], off[:, 1])))
                distance = np.hypot(off[:, 0], off[:, 1]) + roundings(6) * np.hypot(*(size + off).T)
                return np.asarray(np.ceil(distance * MARGIN) + 1)  # the floor, and comparisons of rounded squares
            case _:
                assert_never(node.magnitude)


def _peak(interval: Interval) -> int:
    return max(-interval[0], interval[1])


def _pair_products(a: Deviation, b: Deviation) -> Deviation:
    """Return, of each channel of a complex product, the sum of its two products of magnitudes."""
    a_i, a_q, b_i, b_q = a[0::2], a[1::2], b[0::2], b[1::2]
    return np.stack([a_i * b_i + a_q * b_q, a_i * b_q + a_q * b_i], axis=1).reshape(-1)
