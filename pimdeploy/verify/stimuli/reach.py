"""How far signals drive the accumulator of each node, beside how far it is proven to go (docs/spec/datapath.md, section 4).

What counts is what the proof counts: every partial sum in any order, products, and the rounding constant of a requantizer.
The farthest partial sum at a sample is the sum of its positive terms, or that of its negative ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.formats import Rounding
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
    Symmetry,
    sources_of,
)
from pimdeploy.verify.ranges.accumulators import bias_ends, partial_sums, tap_sums
from pimdeploy.verify.reference import reference_of

IntArray = NDArray[np.int64]
ENOUGH = 0.9
"""Share of its proven bound from which an accumulator counts as driven to it."""


@dataclass(frozen=True)
class Reach:
    """How far one accumulator was driven.

    bound: its proven interval. reached: the interval of all values met. stimulus: what drove it farthest. possible: the
    largest magnitude that any input can drive it to, where less than the bound is shown. note: why no stimulus comes nearer.
    """

    bound: Interval
    reached: Interval
    stimulus: str
    possible: int | None = None
    note: str | None = None

    @property
    def share(self) -> float:
        """The largest magnitude met, as a share of the largest that is proven: 1 is the bound itself."""
        return max(-self.reached[0], self.reached[1]) / self.largest if self.largest else 1.0

    @property
    def largest(self) -> int:
        """The largest magnitude within the bound."""
        return max(-self.bound[0], self.bound[1])

    @property
    def enough(self) -> bool:
        """Whether the share is at least `ENOUGH`."""
        return self.share >= ENOUGH

    @property
    def undecided(self) -> bool:
        """Whether neither a stimulus drives it to `ENOUGH` of its bound nor is it shown that none can."""
        return not self.enough and (self.possible is None or self.possible >= ENOUGH * self.largest)

    def to_json(self) -> dict[str, Any]:
        """Return the entry of the accumulator in the JSON of verify."""
        return {
            "bound": list(self.bound),
            "reached": list(self.reached),
            "share": round(self.share, 4),
            "stimulus": self.stimulus,
            "possible": self.possible,
            "note": self.note,
        }


def reached_by(
    graph: Graph, bounds: Mapping[str, NodeBounds], signals: Iterable[tuple[str, IntArray]]
) -> dict[str, Reach]:
    """Return how far `signals`, each a name and integers [channels, n] from reset, drive every node's accumulator."""
    reference = reference_of(graph)
    found: dict[str, Reach] = {}
    for name, x_q in signals:
        trace = reference.trace(x_q)
        for node in graph.nodes:
            sources = [bounds[source] for source in sources_of(node)]
            met = _accumulator(node, [trace[source] for source in sources_of(node)], trace[node.name], sources)
            before = found.get(node.name)
            joined = hull([met, before.reached] if before else [met])
            made = Reach(bounds[node.name].accumulator, joined, name)
            if before and made.share <= before.share:
                made = Reach(made.bound, joined, before.stimulus)
            found[node.name] = made
    return found


def _accumulator(node: Node, operands: list[IntArray], result: IntArray, sources: list[NodeBounds]) -> Interval:
    """Return the interval of every value within `node`, partial sums in any order included."""
    match node:
        case Convolution():
            return hull([_span(result), _sums(node, operands[0])])
        case Piecewise():
            return hull([_span(result), _span(operands[0]), *_looked_up(node, operands[0], sources[0])])
        case Magnitude():
            return hull([_span(result), _span(operands[0]), _energy(node, operands[0])])
        case Multiply() | Add():
            low, high = partial_sums(node, [(x, x) for x in operands], sources)
            return hull([_span(result), _span(low), _span(high)])
        case Rectify():
            return hull([_span(result), _span(operands[0]), (0, 0)])
        case Requantize():
            return hull([_span(operands[0]), _rounding(node, operands[0], sources[0])])
        case Input() | Delay() | Concatenate() | Select() | Output():
            return _span(result)
        case _:
            assert_never(node)


def _span(values: IntArray) -> Interval:
    return (int(values.min()), int(values.max())) if values.size else (0, 0)


def _sums(node: Convolution, x: IntArray) -> Interval:
    """Return the interval of the partial sums of a convolution's products, with and without its bias."""
    samples, line = x.shape[1], np.pad(x, ((0, 0), (node.memory, 0)))
    lows, highs = bias_ends(node)
    for k in range(node.kernel_length):
        first = node.memory - k * node.dilation
        delayed = line[:, first : first + samples]
        low, high = tap_sums(node, k, (delayed, delayed))
        lows, highs = lows + low, highs + high
    return int(lows.min(initial=0)), int(highs.max(initial=0))


def _energy(node: Magnitude, x: IntArray) -> Interval:
    match node.magnitude:
        case MagnitudeKind.SQRT | MagnitudeKind.SQUARE:
            return 0, int((x[0::2] ** 2 + x[1::2] ** 2).max(initial=0))
        case MagnitudeKind.ALPHA_BETA:
            return 0, 0  # its sum is its result
        case _:
            assert_never(node.magnitude)


def _rounding(node: Requantize, v: IntArray, source: NodeBounds) -> Interval:
    """Return the interval of what is shifted: with half an LSB added, or scaled up."""
    shift = source.format.frac - node.format.frac
    if shift <= 0:
        return _span(v << -shift)
    match node.rounding:
        case Rounding.FLOOR:
            return _span(v)
        case Rounding.HALF_UP | Rounding.HALF_EVEN:
            return _span(v + (1 << (shift - 1)))
        case Rounding.HALF_AWAY:
            largest = int(np.abs(v).max(initial=0)) + (1 << (shift - 1))
            return -largest, largest
        case _:
            assert_never(node.rounding)


def _looked_up(node: Piecewise, a: IntArray, source: NodeBounds) -> list[Interval]:
    """Return the intervals of t, of (base << m), of slope * r and of their sum, before an odd function's sign."""
    t = np.abs(a) if node.symmetry in (Symmetry.ODD, Symmetry.EVEN) else a
    if node.symmetry is Symmetry.PLAIN:
        t = a + (1 << (source.format.bits - 1))
    s = np.minimum(t >> node.segment_log2, node.segments - 1)
    r = t - (s << node.segment_log2)
    rows = np.array([node.row(c, a.shape[0]) for c in range(a.shape[0] * node.outputs)])
    column, rest = np.repeat(s, node.outputs, axis=0), np.repeat(r, node.outputs, axis=0)
    start = node.bases.array[rows[:, None], column] << node.segment_log2
    product = node.slopes.array[rows[:, None], column] * rest
    return [_span(t), _span(start), _span(product), _span(start + product)]
