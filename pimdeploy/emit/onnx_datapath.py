"""The datapath as an ONNX graph of integers, written once for every carrier.

A carrier is the number type that holds the integers: int64 (onnx_integer.py) or float64 (onnx_carried.py). What differs
between them is how they shift, wrap and index; the walk over the graph, and each node kind's structure, are here.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal, assert_never

import numpy as np
from numpy.typing import NDArray
from onnx import helper

from pimdeploy.datapath.bounds import Interval, NodeBounds, real_taps
from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding, bits_for
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Convolution, Input, Node, Output, Piecewise, Requantize
from pimdeploy.emit.onnx_graph import OnnxGraph, output_tensor, signal_info
from pimdeploy.errors import OverflowRefusedError

Form = Literal["table", "basis"]
_TO_THE_END = (1 << 63) - 1


class Carrier(ABC):
    """A number type that holds the datapath's integers exactly, and the steps that ONNX writes differently for it."""

    name: str
    dtype: type[np.generic]
    bits: int
    """Width of the widest accumulator, sign included, for which every step is exact."""

    @abstractmethod
    def shift_right(self, g: OnnxGraph, x: str, shift: int, bias: int = 0) -> str:
        """floor((x + bias) / 2^shift), shift > 0."""

    @abstractmethod
    def half_even(self, g: OnnxGraph, x: str, shift: int) -> str:
        """x / 2^shift to the nearest integer, ties to the even one, shift > 0."""

    @abstractmethod
    def wrap(self, g: OnnxGraph, x: str, fmt: QFormat) -> str:
        """The integer of `fmt` that is x modulo 2^bits."""

    @abstractmethod
    def index(self, g: OnnxGraph, x: str, shift: int) -> str:
        """floor(x / 2^shift) of x >= 0 as an index for Gather."""


def build(model: Model, carrier: Carrier, form: Form) -> bytes:
    """Return the ONNX file of `model.graph` with its integers in `carrier`, nonlinearities in `form`.

    Raises `OverflowRefusedError` with node and missing bits where a proven bound does not fit the carrier.
    """
    graph = model.graph
    builder = _Builder(OnnxGraph(carrier.dtype), carrier, form, check(graph), {}, output_tensor(graph))
    for node in graph.nodes:
        builder.add(node)
    source, sink = graph.input, builder.bounds[graph.output.name]
    metadata = {
        "carrier": carrier.name,
        "piecewise": form,
        "input_format": str(source.format),
        "input_scale": repr(source.format.lsb),
        "output_format": str(sink.format),
        "output_scale": repr(sink.format.lsb),
    }
    x = signal_info(source.name, port_dtype(source.format), source.channels)
    z = signal_info(builder.output, port_dtype(sink.format), len(sink.ranges))
    return builder.g.finish(model, x, z, metadata)


def port_dtype(fmt: QFormat) -> "np.dtype[Any]":
    """Return the type of a graph input or output of format `fmt`: int16, int32 where that is too narrow, or int64."""
    bits = bits_for(fmt.min_q, fmt.max_q)
    return np.dtype(np.int16 if bits <= 16 else np.int32 if bits <= 32 else np.int64)


@dataclass
class _Builder:
    g: OnnxGraph
    carrier: Carrier
    form: Form
    bounds: dict[str, NodeBounds]
    carried: dict[str, str]
    """Datapath node to the tensor that carries its result."""
    output: str
    """Name of the output port: that of the node whose integers it hands on."""

    def add(self, node: Node) -> None:
        """Append the steps of `node`; its result is a tensor of the node's name."""
        self.g.scope = node.name
        bounds = self.bounds[node.name]
        is_basis = isinstance(node, Piecewise) and self.form == "basis"
        self._require_bits(node.name, (is_basis and bounds.basis_acc_bits) or bounds.acc_bits)
        match node:
            case Input():
                tensor = self._cast(node.name, self.carrier.dtype)
            case Convolution():
                tensor = self._convolution(node)
            case Piecewise():
                tensor = self._piecewise(node)
            case Requantize():
                tensor = self._requantize(node)
            case Output():
                tensor = self._cast(self.carried[node.source], port_dtype(bounds.format))
            case _:
                assert_never(node)
        self.carried[node.name] = self._named(node, tensor)

    def _named(self, node: Node, tensor: str) -> str:
        """Name the node's result; the ports take the names of two nodes, whose own tensors are `<node>/carried`."""
        if isinstance(node, Output):
            return self.g.call(tensor, self.output)
        if isinstance(node, Input) or node.name == self.output:
            return self.g.call(tensor, f"{node.name}/carried")
        self.g.announce(node.name, len(self.bounds[node.name].ranges))
        return self.g.call(tensor, node.name)

    def _cast(self, x: str, dtype: Any) -> str:  # noqa: ANN401
        return self.g.op("Cast", [x], to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def _require_bits(self, node: str, needed: int) -> None:
        if needed > self.carrier.bits:
            raise OverflowRefusedError(
                f"node {node!r}: the {self.carrier.name} ONNX file needs {needed} bits, {needed - self.carrier.bits} "
                f"more than the {self.carrier.bits} it holds exactly; give its weights or input fewer bits"
            )

    def _source_range(self, node: Convolution | Piecewise | Requantize) -> Interval:
        ranges = self.bounds[node.source].ranges
        return min(lo for lo, _ in ranges), max(hi for _, hi in ranges)

    def _convolution(self, node: Convolution) -> str:
        """One MatMul with the delayed inputs stacked on the channel axis, newest first."""
        g, groups = self.g, node.groups
        rows = real_taps(node)
        matrix = rows.transpose(0, 2, 1).reshape(groups, rows.shape[0] // groups, -1)  # [group, out, K * in]
        x = self._grouped(self.carried[node.source], groups, rows.shape[1])
        time_axis = 2 if groups == 1 else 3
        if node.kernel_length > 1:
            x = self._delay_line(x, node, time_axis)
        y = g.op("MatMul", [g.table("taps", matrix[0] if groups == 1 else matrix), x])
        if groups > 1:
            y = g.op("Reshape", [y, g.shape(0, node.channels_out, -1)])
        if node.bias is not None:
            y = g.op("Add", [y, g.table("bias", node.bias.array[:, None])])
        return y

    def _grouped(self, x: str, groups: int, per_group: int) -> str:
        """[batch, channel, time] to [batch, group, channel of the group, time]."""
        return x if groups == 1 else self.g.op("Reshape", [x, self.g.shape(0, groups, per_group, -1)])

    def _delay_line(self, x: str, node: Convolution, time_axis: int) -> str:
        """Stack x[n], x[n - d], ... on the axis before time; what lies before the first sample is 0."""
        g = self.g
        padded = g.op("Pad", [x, g.shape(node.memory, 0), "", g.shape(time_axis)], mode="constant")
        delayed = []
        for k in range(node.kernel_length):
            start, end = node.memory - k * node.dilation, -k * node.dilation or _TO_THE_END
            delayed.append(g.op("Slice", [padded, g.shape(start), g.shape(end), g.shape(time_axis)]))
        return g.op("Concat", delayed, axis=time_axis - 1)

    def _piecewise(self, node: Piecewise) -> str:
        lo, hi = self._source_range(node)
        # Segments that the proven range of the input does not reach never act; without them no constant overflows.
        reached = min(node.segments, (max(-lo, hi) >> node.segment_log2) + 1)
        return self._table(node, reached) if self.form == "table" else self._basis(node, reached)

    def _table(self, node: Piecewise, segments: int) -> str:
        """y = slope[j] * a + offset[j] with a row j for every segment of either sign.

        The segments of -a are those of a mirrored, and neighbours agree at their common knot, so floor(a / 2^m) may
        choose the row although the specification's table is read with |a|: equal on every input, with fewer steps.
        """
        g, a, (lo, hi) = self.g, self.carried[node.source], self._source_range(node)
        # One segment reads its only row at any width; a wide one would only make constants large.
        m = node.segment_log2 if segments > 1 else min(node.segment_log2, bits_for(lo, hi))
        slopes, offsets = signed_rows(node, segments)
        first_row = (np.arange(slopes.shape[0]).astype(object) * 2 * segments + segments) << m
        product = max(-lo, hi) * int(np.abs(slopes).max()) + int(np.abs(offsets).max())
        largest = max(product, int(first_row.max()) + (segments << m))
        self._require_bits(node.name, bits_for(-largest, largest))
        inside = self._clipped(a, -(segments << m), (segments << m) - 1, (lo, hi))
        row = self.carrier.index(g, g.op("Add", [inside, g.table("first_row", first_row[:, None])]), m)
        slope = g.op("Gather", [g.table("slopes", slopes.ravel()), row], axis=0)
        offset = g.op("Gather", [g.table("offsets", offsets.ravel()), row], axis=0)
        return g.op("Add", [g.op("Mul", [slope, a]), offset])

    def _basis(self, node: Piecewise, segments: int) -> str:
        """sum over k of w[k] * (max(a - x_k, 0) - max(-a - x_k, 0)), the basis functions on an axis of their own."""
        g = self.g
        a = g.op("Unsqueeze", [self.carried[node.source], g.shape(2)])
        knots = g.table("knots", (np.arange(segments, dtype=np.int64) << node.segment_log2)[:, None])
        right = g.op("Max", [g.op("Sub", [a, knots]), g.scalar(0)])
        left = g.op("Max", [g.op("Sub", [g.op("Neg", [a]), knots]), g.scalar(0)])
        weights = g.table("weights", node.weights.array[:, None, :segments])
        y = g.op("MatMul", [weights, g.op("Sub", [right, left])])
        return g.op("Squeeze", [y, g.shape(2)])

    def _requantize(self, node: Requantize) -> str:
        shift = self.bounds[node.source].format.frac - node.format.frac
        x, (lo, hi) = self.carried[node.source], self._source_range(node)
        if shift > 0:
            x = self._rounded(x, shift, node.rounding)
            lo, hi = lo >> shift, -(-hi >> shift)
        elif shift < 0:
            x = self.g.op("Mul", [x, self.g.scalar(1 << -shift)])
            lo, hi = lo << -shift, hi << -shift
        return self._overflowed(x, (lo, hi), node)

    def _rounded(self, x: str, shift: int, rounding: Rounding) -> str:
        g, half = self.g, 1 << (shift - 1)
        match rounding:
            case Rounding.FLOOR:
                return self.carrier.shift_right(g, x, shift)
            case Rounding.HALF_UP:
                return self.carrier.shift_right(g, x, shift, half)
            case Rounding.HALF_EVEN:
                return self.carrier.half_even(g, x, shift)
            case Rounding.HALF_AWAY:  # one less for x < 0 turns a negative tie downwards
                below = g.op("Clip", [x, g.scalar(-1), g.scalar(0)])
                return self.carrier.shift_right(g, g.op("Add", [x, below]), shift, half)
            case _:
                assert_never(rounding)

    def _overflowed(self, x: str, proven: Interval, node: Requantize) -> str:
        fmt = node.format
        match node.overflow:
            case Overflow.SATURATE:
                return self._clipped(x, fmt.min_q, fmt.max_q, proven)
            case Overflow.WRAP:
                inside = fmt.min_q <= proven[0] and proven[1] <= fmt.max_q
                return x if inside else self.carrier.wrap(self.g, x, fmt)
            case _:
                assert_never(node.overflow)

    def _clipped(self, x: str, least: int, most: int, proven: Interval) -> str:
        if least <= proven[0] and proven[1] <= most:
            return x
        return self.g.op("Clip", [x, self.g.scalar(least), self.g.scalar(most)])


def signed_rows(node: Piecewise, segments: int) -> "tuple[NDArray[np.object_], NDArray[np.object_]]":
    """Return slopes and offsets [tables, 2 * segments] of y = slope * a + offset, the leftmost segment first.

    Python integers, for whether they fit the carrier is not known yet.
    """
    slopes, bases = (table.array[:, :segments].astype(object) for table in (node.slopes, node.bases))
    right = (bases - slopes * np.arange(segments).astype(object)) << node.segment_log2
    return np.concatenate([slopes[:, ::-1], slopes], axis=1), np.concatenate([-right[:, ::-1], right], axis=1)
