"""onnx/model_qdq*.onnx: quantized tensors between QuantizeLinear and DequantizeLinear, float32 arithmetic between them.

Every scale is a power of two and every zero point 0. QuantizeLinear rounds ties to even; a constant before it makes it the
datapath's rounding (onnx_rounding.py). Exact where float32 holds every sum: onnx_deviation.py, docs/spec/onnx.md.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding, bits_for
from pimdeploy.datapath.model import Model
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
    memory_of,
    sources_of,
)
from pimdeploy.emit.onnx.graph import OnnxGraph, State, output_tensor, port_metadata, signal_info
from pimdeploy.emit.onnx.memory import with_past
from pimdeploy.emit.onnx.piecewise import Lines, first_lines, looked_up
from pimdeploy.emit.onnx.refusals import qdq_refusal
from pimdeploy.emit.onnx.rounding import folded_into_convolutions, overflows, qdq_offset, shift_of
from pimdeploy.emit.onnx.steps import alpha_beta, complex_product, energy, padded, root, selected, total, window

OPSET = 21
"""The first whose QuantizeLinear has 16 bits."""
INT32_BITS = 32


def emit_onnx_qdq(model: Model) -> dict[str, bytes]:
    """Return the QDQ files of `model` by their path in the bundle, of a whole signal and streamed; none if it has no QDQ.

    Ports are integers of the input's and the output's formats, int8 to uint16, values right-aligned.
    """
    if qdq_refusal(model.graph, check(model.graph)) is not None:
        return {}
    return {
        "onnx/model_qdq.onnx": _build(model, streamed=False),
        "onnx/model_qdq_state.onnx": _build(model, streamed=True),
    }


def container(fmt: QFormat) -> "np.dtype[Any]":
    """Return the type of QuantizeLinear that holds `fmt`, of at most 16 bits."""
    return np.dtype(f"{'int' if fmt.signed else 'uint'}{8 if fmt.bits <= 8 else 16}")


def _build(model: Model, *, streamed: bool) -> bytes:
    graph, bounds = model.graph, check(model.graph)
    output = output_tensor(graph)
    builder = _Builder(OnnxGraph(np.float32, OPSET, streamed=streamed), bounds, folded_into_convolutions(graph))
    for node in graph.nodes:
        builder.add(node)
        if isinstance(node, Requantize) and node.name != output:
            builder.g.announce(node.name, len(bounds[node.name].ranges), container(node.format))
    source, sink = graph.input, bounds[output]
    x = signal_info(source.name, container(source.format), source.channels)
    z = signal_info(output, container(sink.format), len(sink.ranges))
    metadata = {"carrier": "float32", "piecewise": "table", **port_metadata(source.format, sink.format)}
    return builder.g.finish(model, x, z, metadata)


@dataclass
class _Builder:
    g: OnnxGraph
    bounds: dict[str, NodeBounds]
    folds: dict[str, Requantize]
    real: dict[str, str] = field(default_factory=dict)
    """Datapath node to the float32 tensor of its real value, once it has been asked for."""
    quantized: dict[str, QFormat] = field(default_factory=dict)
    """The nodes whose result is a quantized tensor of the node's name."""

    def add(self, node: Node) -> None:
        """Append the steps of `node`."""
        self.g.scope = node.name
        match node:
            case Input():
                self.quantized[node.name] = node.format
            case Requantize():
                self.g.call(self._requantized(node), node.name)
                self.quantized[node.name] = node.format
            case Output():
                pass
            case _:
                self.real[node.name] = self._steps(node)

    def _value(self, name: str) -> str:
        """Return the real value of the node `name`; a quantized one passes a DequantizeLinear once."""
        if name not in self.real:
            self.real[name] = self._dequantized(name, self.quantized[name])
        return self.real[name]

    def _dequantized(self, tensor: str, fmt: QFormat) -> str:
        return self.g.op("DequantizeLinear", [tensor, *self._scale(fmt.lsb, container(fmt))])

    def _scale(self, lsb: float, dtype: "np.dtype[Any] | type[np.generic]") -> list[str]:
        return [self.g.scalar(lsb), self.g.scalar(0, dtype)]

    def _steps(self, node: Node) -> str:
        g = self.g
        match node:
            case Convolution():
                return self._convolution(node)
            case Delay():
                x = self._with_past(node) if g.streamed else padded(g, self._value(node.source), node.samples)
                return window(g, x, node.samples, node.samples)
            case Piecewise():
                return self._piecewise(node)
            case Magnitude():
                return self._magnitude(node)
            case Multiply():
                a, b = (self._value(source) for source in sources_of(node))
                channels = len(self.bounds[node.name].ranges)
                return complex_product(g, a, b, channels) if node.is_complex else g.op("Mul", [a, b])
            case Add():
                return total(g, [self._value(source) for source in node.sources])
            case Rectify():
                if node.slope_log2 is None:
                    return g.op("Relu", [self._value(node.source)])
                return g.op("LeakyRelu", [self._value(node.source)], alpha=2.0**-node.slope_log2)
            case Concatenate():
                return g.op("Concat", [self._value(source) for source in node.sources], axis=1)
            case Select():
                return selected(g, self._value(node.source), node.channels)
            case Input() | Requantize() | Output():
                raise AssertionError(node.name)
            case _:
                assert_never(node)

    def _with_past(self, node: Convolution | Delay) -> str:
        """Return the real value of the source behind the node's state: of integers where the source is quantized."""
        channels, name = len(self.bounds[node.source].ranges), node.source
        fmt = self.quantized.get(name)
        if fmt is None:
            state = State(node.name, channels, memory_of(node), self.g.dtype, "float32")
            return with_past(self.g, self._value(name), state)
        state = State(node.name, channels, memory_of(node), container(fmt), str(fmt))
        return self._dequantized(with_past(self.g, name, state, container(fmt)), fmt)

    def _convolution(self, node: Convolution) -> str:
        """Conv correlates: taps are reversed in time. A bias that int32 does not hold is added behind."""
        g, taps = self.g, real_taps(node)[:, :, ::-1]
        streamed = g.streamed and node.memory > 0
        source = self._with_past(node) if streamed else self._value(node.source)
        dtype = container(node.taps_format)
        weights = g.op("DequantizeLinear", [g.table("taps", taps, dtype), *self._scale(node.taps_format.lsb, dtype)])
        bias_q, lsb = self._bias(node, len(taps))
        fits = bits_for(int(bias_q.min()), int(bias_q.max())) <= INT32_BITS
        inputs = [source, weights]
        if bias_q.any() and fits:
            bias = g.table("bias", bias_q, np.int32)
            inputs.append(g.op("DequantizeLinear", [bias, *self._scale(lsb, np.int32)]))
        pads = [0 if streamed else node.memory, 0]
        y = g.op("Conv", inputs, group=node.groups, dilations=[node.dilation], pads=pads)
        return y if fits else g.op("Add", [y, g.table("bias", bias_q[:, None] * lsb)])

    def _bias(self, node: Convolution, channels: int) -> tuple[NDArray[Any], float]:
        """Return the bias with the constant of the requantizer behind, and its LSB: half the result's for a half step."""
        own = np.zeros(channels, dtype=np.int64) if node.bias is None else node.bias.array
        offset = self._offset(self.folds[node.name]) if node.name in self.folds else Fraction(0)
        steps = offset.denominator
        total_q = np.array([int(b) * steps + offset.numerator for b in own], dtype=object)
        return total_q, self.bounds[node.name].format.lsb / steps

    def _offset(self, node: Requantize) -> Fraction:
        return qdq_offset(node.rounding, shift_of(node, self.bounds))

    def _piecewise(self, node: Piecewise) -> str:
        """The table of docs/spec/fixed_point.md, section 7, in real units: t, s, r and y are what they are there."""
        g, source, a = self.g, self.bounds[node.source], self._value(node.source)
        lsb, channels = source.format.lsb, len(source.ranges)
        width = 2.0**node.segment_log2 * lsb
        t = self._argument(node, a)
        inside = g.op("Clip", [g.op("Floor", [g.op("Mul", [t, g.scalar(1 / width)])]), *self._ends(node)])
        row = g.op("Cast", [inside], to=TensorProto.INT32)
        if not node.shared:
            row = g.op("Add", [row, g.table("first_row", first_lines(node, channels, node.segments), np.int32)])
        r = g.op("Sub", [t, g.op("Mul", [inside, g.scalar(width)])])
        slopes = node.slopes.array * node.slopes_format.lsb
        y = looked_up(g, node, Lines(slopes, node.bases.array * node.slopes_format.lsb * width), row, r, channels)
        if node.symmetry is not Symmetry.ODD:
            return y
        return g.op("Where", [g.op("Less", [a, g.scalar(0)]), g.op("Neg", [y]), y])

    def _ends(self, node: Piecewise) -> list[str]:
        return [self.g.scalar(0), self.g.scalar(node.segments - 1)]

    def _argument(self, node: Piecewise, a: str) -> str:
        match node.symmetry:
            case Symmetry.ODD | Symmetry.EVEN:
                return self.g.op("Abs", [a])
            case Symmetry.PLAIN:
                fmt = self.bounds[node.source].format
                return self.g.op("Add", [a, self.g.scalar(2.0 ** (fmt.bits - 1) * fmt.lsb)])
            case Symmetry.INDEX:
                return a
            case _:
                assert_never(node.symmetry)

    def _magnitude(self, node: Magnitude) -> str:
        g, x = self.g, self._value(node.source)
        match node.magnitude:
            case MagnitudeKind.SQUARE:
                return energy(g, x)
            case MagnitudeKind.ALPHA_BETA:
                lsb = 2.0**-node.coefficients_frac
                return alpha_beta(g, x, node.alpha * lsb, node.beta * lsb)
            case MagnitudeKind.SQRT:  # the floor is that of the integer
                lsb = self.bounds[node.source].format.lsb
                v = energy(g, g.op("Mul", [x, g.scalar(1 / lsb)]))
                r = root(g, v, g.op("Floor", [g.op("Sqrt", [v])]))
                return g.op("Mul", [r, g.scalar(lsb)])
            case _:
                assert_never(node.magnitude)

    def _requantized(self, node: Requantize) -> str:
        g, fmt = self.g, node.format
        x = self._before_rounding(node)
        dtype = container(fmt)
        if node.overflow is Overflow.WRAP and overflows(node, self.bounds):
            x = self._wrapped(node, x)
        elif fmt.bits not in (8, 16):  # the type saturates at its own ends
            x = g.op("Clip", [x, g.scalar(fmt.min_q * fmt.lsb), g.scalar(fmt.max_q * fmt.lsb)])
        return g.op("QuantizeLinear", [x, *self._scale(fmt.lsb, dtype)])

    def _before_rounding(self, node: Requantize) -> str:
        """Return the value with the constant that makes ties to even the node's rounding."""
        g, x, offset = self.g, self._value(node.source), self._offset(node)
        if not offset or node.source in self.folds:
            return x
        step = g.scalar(float(offset) * self.bounds[node.source].format.lsb)
        if node.rounding is Rounding.HALF_AWAY:
            step = g.op("Mul", [g.op("Sign", [x]), step])
        return g.op("Add", [x, step])

    def _wrapped(self, node: Requantize, x: str) -> str:
        """Return the value of q - 2^bits floor((q - min) 2^-bits), q being x rounded."""
        g, fmt = self.g, node.format
        q = g.op("Round", [g.op("Mul", [x, g.scalar(1 / fmt.lsb)])])
        turns = g.op("Floor", [g.op("Mul", [g.op("Sub", [q, g.scalar(fmt.min_q)]), g.scalar(2.0**-fmt.bits)])])
        return g.op("Mul", [g.op("Sub", [q, g.op("Mul", [turns, g.scalar(2.0**fmt.bits)])]), g.scalar(fmt.lsb)])
