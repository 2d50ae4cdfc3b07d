"""How far onnx/model_float.onnx can be from the datapath's integers: what the quantization itself does, bounded by proof.

Beside the roundings of float32 (onnx_deviation.py) the float file has real-valued tables where the datapath has integers,
and no requantizer: it neither rounds nor saturates. All figures are in LSBs of the node's result.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.bounds_piecewise import reach
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import hull
from pimdeploy.datapath.model import RealTables
from pimdeploy.datapath.nodes import Convolution, Magnitude, MagnitudeKind, Piecewise, Requantize
from pimdeploy.emit.onnx.deviation import MARGIN, QDQ, Deviation, Walk, roundings
from pimdeploy.emit.onnx.rounding import before_overflow, shift_of


def float_distance(graph: Graph, bounds: dict[str, NodeBounds], real_tables: RealTables) -> int:
    """Return the LSBs of the output by which the float file is off at most, wherever the integers saturate included."""
    return _FloatWalk(bounds, QDQ, real_tables=real_tables).through(graph)


@dataclass
class _FloatWalk(Walk):
    on_grid = False
    real_tables: RealTables = field(default_factory=dict)

    def roundings(self, n: int) -> float:
        """See `Walk.roundings`; the real-valued tables are rounded to float32, too."""
        return roundings(n + 2)

    def convolution(self, node: Convolution) -> Deviation:
        """See `Walk.convolution`; the taps and the bias differ, too."""
        scale = 2.0**node.taps_format.frac
        real = real_taps(node, self.real_tables[f"{node.name}.taps"]) * scale
        apart, taps = np.abs(real - real_taps(node)).sum(axis=2), np.abs(real).sum(axis=2)
        group = np.repeat(np.arange(node.groups), len(taps) // node.groups)
        size, off = (v.reshape(node.groups, -1)[group] for v in (self.size(node.source), self.found[node.source]))
        bias, bias_apart = np.zeros(len(taps)), np.zeros(len(taps))
        if node.bias is not None:
            bias = self.real_tables[f"{node.name}.bias"] * 2.0 ** self.bounds[node.name].format.frac
            bias_apart = np.abs(bias - node.bias.array)
        rounded = self.roundings(taps.shape[1] * node.kernel_length) * ((taps * (size + off)).sum(axis=1) + abs(bias))
        return np.asarray(((apart * size).sum(axis=1) + (taps * off).sum(axis=1) + bias_apart + rounded) * MARGIN)

    def piecewise(self, node: Piecewise) -> Deviation:
        """See `Walk.piecewise`; the functions differ, most at a knot or at the end of the range."""
        source = self.found[node.source]
        rows = [node.row(c, len(source)) for c in range(len(source) * node.outputs)]
        slopes, knots = self._slopes(node), self._knots(node)
        first_q = (node.bases.array[:, :1] << node.segment_log2).astype(np.float64)
        real = _values(node, slopes, self._first(node), knots)
        whole = _values(node, node.slopes.array.astype(np.float64), first_q, knots)
        apart, largest = np.abs(real - whole).max(axis=1)[rows], np.abs(real).max(axis=1)[rows]
        steepest = np.abs(slopes).max(axis=1)[rows]
        off = steepest * np.repeat(source, node.outputs)
        # slope and offset are one line through the argument, so that they may be as large as slope times argument
        lines = largest + off + 2 * steepest * float(2 * knots[-1] + (node.segments << node.segment_log2))
        return np.asarray((apart + off + self.roundings(4) * lines) * MARGIN)

    def _slopes(self, node: Piecewise) -> NDArray[np.float64]:
        return self.real_tables[f"{node.name}.slopes"] * 2.0**node.slopes_format.frac

    def _first(self, node: Piecewise) -> NDArray[np.float64]:
        first = self.real_tables.get(f"{node.name}.first_bases", np.zeros(len(node.slopes.array)))
        return np.asarray(first[:, None] * 2.0 ** self.bounds[node.name].format.frac)

    def _knots(self, node: Piecewise) -> NDArray[np.int64]:
        """Return the knots within the proven range of t, and its end."""
        source = self.bounds[node.source]
        end = reach(node.symmetry, hull(source.ranges), source.format.bits)[1]
        knots = [k << node.segment_log2 for k in range(node.segments)]
        return np.array([k for k in knots if k < end] + [end], dtype=np.int64)

    def requantize(self, node: Requantize) -> Deviation:
        """Its rounding, up to half an LSB (the floor: one), and what it saturates away."""
        shift, fmt = shift_of(node, self.bounds), node.format
        off = self.found[node.source] * 2.0**-shift
        if shift > 0:
            off = off + (1.0 if node.rounding is Rounding.FLOOR else 0.5)
        lo, hi = before_overflow(node, self.bounds)
        beyond = max(0, hi - fmt.max_q, fmt.min_q - lo)
        if beyond and node.overflow is Overflow.WRAP:
            beyond = max(hi, -lo) + max(fmt.max_q, -fmt.min_q)
        return np.asarray((off + beyond) * MARGIN)

    def magnitude(self, node: Magnitude) -> Deviation:
        """See `Walk.magnitude`; the root is not cut to an integer."""
        if node.magnitude is not MagnitudeKind.SQRT:
            return super().magnitude(node)
        size, off = (v.reshape(-1, 2) for v in (self.size(node.source), self.found[node.source]))
        return np.asarray((np.hypot(*off.T) + 1 + self.roundings(4) * np.hypot(*(size + off).T)) * MARGIN)


def _values(
    node: Piecewise, slopes: NDArray[np.float64], first: NDArray[np.float64], t: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the function of every row at every t, [rows, t]."""
    width = float(1 << node.segment_log2)
    starts = first + width * (np.cumsum(slopes, axis=1) - slopes)
    s = np.minimum(t >> node.segment_log2, node.segments - 1)
    return np.asarray(starts[:, s] + slopes[:, s] * (t - s * width))
