"""onnx/model_qonnx*.onnx: the datapath as Conv, Relu and Quant, for FINN, hls4ml and other users of QONNX.

What those tools take is a network: piecewise-linear functions stand in basis form, channels are chosen, delayed, paired
and summed by convolutions of one tap. Every constant passes a Quant that states its width. docs/spec/onnx.md, section 10.
"""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import QFormat, Rounding, bits_for
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
from pimdeploy.emit.onnx.graph import FLOAT_PORTS, OnnxGraph, State, output_tensor, signal_info
from pimdeploy.emit.onnx.memory import with_past
from pimdeploy.emit.onnx.refusals import qonnx_refusal
from pimdeploy.emit.onnx.rounding import folded_into_layers, qonnx_offset, shift_of

OPSET = 17
DOMAIN = "qonnx.custom_op.general"
SIGN = QFormat(True, 2, 0)
"""Taps of -1, 0 and 1."""
DENSE_TAPS = 8192
"""Up to so many taps, zeros included, groups are written out as one: hls4ml takes no groups but one a channel."""

IntArray = NDArray[np.int64]


def emit_onnx_qonnx(model: Model) -> dict[str, bytes]:
    """Return the QONNX files of `model` by their path in the bundle, of a whole signal and streamed; none if it has none.

    Ports are float32 [batch, channel, time], values of the input's and the output's formats.
    """
    if qonnx_refusal(model.graph, check(model.graph)) is not None:
        return {}
    return {
        "onnx/model_qonnx.onnx": _build(model, streamed=False),
        "onnx/model_qonnx_state.onnx": _build(model, streamed=True),
    }


def _build(model: Model, *, streamed: bool) -> bytes:
    graph, bounds = model.graph, check(model.graph)
    output = output_tensor(graph)
    builder = _Builder(OnnxGraph(np.float32, OPSET, streamed=streamed), bounds, folded_into_layers(graph), {})
    for node in graph.nodes:
        builder.add(node)
        builder.announce(node, output)
    x = signal_info(graph.input.name, np.float32, graph.input.channels)
    z = signal_info(output, np.float32, len(bounds[output].ranges))
    formats = {"input_format": str(graph.input.format), "output_format": str(bounds[output].format)}
    return builder.g.finish(model, x, z, {"carrier": "float32", "piecewise": "basis", **FLOAT_PORTS, **formats})


@dataclass
class _Builder:
    g: OnnxGraph
    bounds: dict[str, NodeBounds]
    folds: dict[str, Requantize]
    tensors: dict[str, str]
    """Datapath node to the tensor of its real value."""

    def add(self, node: Node) -> None:
        """Append the steps of `node`; its result is a tensor of the node's name, that of the input `<node>/quantized`."""
        self.g.scope = node.name
        if isinstance(node, Output):
            return
        tensor = self._steps(node, self._operands(node))
        name = f"{node.name}/quantized" if isinstance(node, Input) else node.name
        self.tensors[node.name] = self.g.call(tensor, name)

    def _operands(self, node: Node) -> list[str]:
        """Return the tensors that `node` reads, each once: qonnx renames only one of two equal inputs."""
        found: list[str] = []
        for source in sources_of(node):
            tensor = self.tensors[source]
            found.append(self._again(tensor, len(self.bounds[source].ranges)) if tensor in found else tensor)
        return found

    def _again(self, x: str, channels: int) -> str:
        return self._linear(x, np.ones((channels, 1, 1), dtype=np.int64), SIGN, None, 0, groups=channels)

    def announce(self, node: Node, output: str) -> None:
        """State the shapes of quantized signals: no checker knows that of a Quant."""
        if isinstance(node, Input | Requantize) and node.name != output:
            self.g.announce(self.tensors[node.name], len(self.bounds[node.name].ranges))

    def _steps(self, node: Node, x: list[str]) -> str:
        g = self.g
        match node:
            case Input():
                return self._quant(node.name, node.format, "ROUND")
            case Convolution():
                return self._convolution(node, x[0])
            case Delay():
                return self._delay(node, x[0])
            case Piecewise():
                return self._piecewise(node, x[0])
            case Magnitude():
                return self._magnitude(node, x[0])
            case Multiply():
                return self._complex_product(node, *x) if node.is_complex else g.op("Mul", x)
            case Add():
                return self._in_pairs("Add", x)
            case Concatenate():
                return self._in_pairs("Concat", x, axis=1)
            case Rectify():
                if node.slope_log2 is None:
                    return g.op("Relu", x)
                return g.op("LeakyRelu", x, alpha=2.0**-node.slope_log2)
            case Select():
                return self._select(node, x[0])
            case Requantize():
                return self._requantize(node, x[0])
            case Output():
                raise AssertionError(node.name)
            case _:
                assert_never(node)

    def _in_pairs(self, kind: str, terms: list[str], **attributes: int) -> str:
        """hls4ml merges two tensors at a time."""
        result = terms[0]
        for term in terms[1:]:
            result = self.g.op(kind, [result, term], **attributes)
        return result

    def _quant(self, x: str, fmt: QFormat, rounding: str, *, narrow: bool = False) -> str:
        constants = [self.g.scalar(fmt.lsb), self.g.scalar(0), self.g.scalar(fmt.bits)]
        signed = {"signed": int(fmt.signed), "narrow": int(narrow)}
        return self.g.op("Quant", [x, *constants], domain=DOMAIN, rounding_mode=rounding, **signed)

    def _constant(self, what: str, values_q: IntArray, fmt: QFormat, *, narrow: bool) -> str:
        return self._quant(self.g.table(what, values_q * fmt.lsb), fmt, "ROUND", narrow=narrow)

    def _linear(
        self,
        x: str,
        taps: IntArray,
        fmt: QFormat,
        bias: IntArray | None,
        bias_frac: int,
        *,
        groups: int = 1,
        pad: int = 0,
    ) -> str:
        """Append a Conv with integer taps [out, in / groups, K] of `fmt`, newest first, and a bias of `bias_frac` bits."""
        depthwise = groups == taps.shape[0] and taps.shape[1] == 1
        if groups > 1 and not depthwise and taps.size * groups <= DENSE_TAPS:
            taps, groups = _written_out(taps, groups), 1
        number = len(self.g.nodes)
        inputs = [x, self._constant(f"taps{number}", taps[:, :, ::-1], fmt, narrow=True)]
        if bias is not None and bias.any():
            bits = bits_for(int(bias.min()), int(bias.max()))
            inputs.append(self._constant(f"bias{number}", bias, QFormat(True, bits, bias_frac), narrow=False))
        sizes = {"kernel_shape": [taps.shape[2]], "strides": [1], "dilations": [1], "pads": [pad, 0]}
        return self.g.op("Conv", inputs, group=groups, **sizes)

    def _offset(self, name: str, channels: int) -> IntArray:
        """Return the constant of the requantizer behind the node `name` where it is folded into it, else zeros."""
        node = self.folds.get(name)
        return np.full(channels, 0 if node is None else self._offset_of(node), dtype=np.int64)

    def _offset_of(self, node: Requantize) -> int:
        return int(qonnx_offset(node.rounding, shift_of(node, self.bounds)))

    def _past(self, node: Convolution | Delay, x: str) -> tuple[str, int]:
        """Return the source behind its past in a streamed file, and the zeros that a Conv has to put before it."""
        if not self.g.streamed:
            return x, memory_of(node)
        channels, fmt = len(self.bounds[node.source].ranges), str(self.bounds[node.source].format)
        return with_past(self.g, x, State(node.name, channels, memory_of(node), self.g.dtype, fmt)), 0

    def _convolution(self, node: Convolution, x: str) -> str:
        source, pad = self._past(node, x)
        frac, close = self.bounds[node.name].format.frac, real_taps(node)
        taps = np.zeros((*close.shape[:2], node.memory + 1), dtype=np.int64)
        taps[:, :, :: node.dilation] = close  # hls4ml takes a wrong length for dilated taps
        bias = self._offset(node.name, len(taps)) + (0 if node.bias is None else node.bias.array)
        return self._linear(source, taps, node.taps_format, bias, frac, groups=node.groups, pad=pad)

    def _delay(self, node: Delay, x: str) -> str:
        """A tap of 1 on the oldest of samples + 1."""
        source, pad = self._past(node, x)
        channels = len(self.bounds[node.source].ranges)
        taps = np.zeros((channels, 1, node.samples + 1), dtype=np.int64)
        taps[:, :, -1] = 1
        return self._linear(source, taps, SIGN, None, 0, groups=channels, pad=pad)

    def _select(self, node: Select, x: str) -> str:
        taps = np.zeros((len(node.channels), len(self.bounds[node.source].ranges), 1), dtype=np.int64)
        taps[range(len(node.channels)), node.channels] = 1
        return self._linear(x, taps, SIGN, None, 0)

    def _piecewise(self, node: Piecewise, a: str) -> str:
        """Conv gives every t - x_k, Relu makes them basis functions, a second Conv weighs and sums them."""
        source, channels, segments = self.bounds[node.source], len(self.bounds[node.source].ranges), node.segments
        signs, start = _arguments(node.symmetry, source.format)
        knots = np.arange(segments, dtype=np.int64) << node.segment_log2
        rows = np.repeat(np.array(signs, dtype=np.int64), segments)
        bias = np.tile(np.tile(start - knots, len(signs)), channels)
        tap = np.tile(rows, channels).reshape(-1, 1, 1)
        above = self.g.op("Relu", [self._linear(a, tap, SIGN, bias, source.format.frac, groups=channels)])
        t_format = QFormat(False, source.format.bits, source.format.frac)
        basis = self._quant(above, t_format, "ROUND")
        row_of = [node.row(c, channels) for c in range(channels * node.outputs)]
        weights, first = node.weights.array[row_of], node.bases.array[row_of, 0] << node.segment_log2
        other = -1 if node.symmetry is Symmetry.ODD else 1
        taps = np.concatenate([weights, other * weights], axis=1) if len(signs) > 1 else weights
        bias = self._offset(node.name, len(taps)) + first
        frac = self.bounds[node.name].format.frac
        return self._linear(basis, taps[:, :, None], node.slopes_format, bias, frac, groups=channels)

    def _magnitude(self, node: Magnitude, x: str) -> str:
        g, frac = self.g, self.bounds[node.source].format.frac
        pairs = len(self.bounds[node.source].ranges) // 2
        if node.magnitude is MagnitudeKind.ALPHA_BETA:
            return self._alpha_beta(node, x, pairs)
        ones = np.ones((pairs, 2, 1), dtype=np.int64)
        bias = self._offset(node.name, pairs)
        squares = g.op("Mul", [x, self._again(x, 2 * pairs)])
        energy = self._linear(squares, ones, SIGN, bias, 2 * frac, groups=pairs)
        if node.magnitude is MagnitudeKind.SQUARE:
            return energy
        return self._quant(g.op("Sqrt", [energy]), self.bounds[node.name].format, "FLOOR")

    def _alpha_beta(self, node: Magnitude, x: str, pairs: int) -> str:
        """|v| is max(v, 0) + max(-v, 0); alpha max + beta min is beta |I| + alpha |Q| + (alpha - beta) max(|I| - |Q|, 0)."""
        g, source = self.g, self.bounds[node.source].format
        both = np.tile([[[1], [0]], [[-1], [0]], [[0], [1]], [[0], [-1]]], (pairs, 1, 1))
        parts = g.op("Relu", [self._linear(x, both, SIGN, None, source.frac, groups=pairs)])
        parts = self._quant(parts, QFormat(False, source.bits, source.frac), "ROUND")
        sizes = np.tile([[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, -1, -1]], (pairs, 1))[:, :, None]
        sizes_of = g.op("Relu", [self._linear(parts, sizes, SIGN, None, source.frac, groups=pairs)])
        sizes_of = self._quant(sizes_of, QFormat(False, source.bits, source.frac), "ROUND")
        taps = np.tile([[node.beta, node.alpha, node.alpha - node.beta]], (pairs, 1))[:, :, None]
        most = int(np.abs(taps).max())
        fmt = QFormat(True, bits_for(-most, most), node.coefficients_frac)
        bias = self._offset(node.name, pairs)
        return self._linear(sizes_of, taps, fmt, bias, self.bounds[node.name].format.frac, groups=pairs)

    def _complex_product(self, node: Multiply, a: str, b: str) -> str:
        """Four products of chosen parts, then their sums: both choices and the sums are convolutions of one tap."""
        pairs, frac = len(self.bounds[node.name].ranges) // 2, self.bounds[node.name].format.frac
        i, q = [1, 0], [0, 1]
        chosen = [
            self._linear(x, np.tile([*parts], (pairs, 1))[:, :, None], SIGN, None, 0, groups=pairs)
            for x, parts in ((a, (i, q, i, q)), (b, (i, q, q, i)))
        ]
        sums = np.tile([[1, -1, 0, 0], [0, 0, 1, 1]], (pairs, 1))[:, :, None]
        bias = self._offset(node.name, 2 * pairs)
        return self._linear(self.g.op("Mul", chosen), sums, SIGN, bias, frac, groups=pairs)

    def _requantize(self, node: Requantize, x: str) -> str:
        source, offset = self.bounds[node.source], self._offset_of(node)
        if offset and node.source not in self.folds:  # a convolution that hands on, for its bias
            channels = len(source.ranges)
            ones, bias = np.ones((channels, 1, 1), dtype=np.int64), np.full(channels, offset, dtype=np.int64)
            x = self._linear(x, ones, SIGN, bias, source.format.frac, groups=channels)
        return self._quant(x, node.format, _rounding_mode(node.rounding, shift_of(node, self.bounds)))


def _rounding_mode(rounding: Rounding, shift: int) -> str:
    """Return QONNX's name. Without a shift there is nothing to round, and ROUND keeps what float32 has added away."""
    if shift <= 0:
        return "ROUND"
    match rounding:
        case Rounding.FLOOR | Rounding.HALF_UP:
            return "FLOOR"
        case Rounding.HALF_EVEN:
            return "ROUND"
        case Rounding.HALF_AWAY:
            return "HALF_UP"
        case _:
            assert_never(rounding)


def _arguments(symmetry: Symmetry, fmt: QFormat) -> tuple[tuple[int, ...], int]:
    """Return the signs with which the argument a is read, and what is added to make it t."""
    match symmetry:
        case Symmetry.ODD | Symmetry.EVEN:
            return (1, -1), 0
        case Symmetry.PLAIN:
            return (1,), 1 << (fmt.bits - 1)
        case Symmetry.INDEX:
            return (1,), 0
        case _:
            assert_never(symmetry)


def _written_out(taps: IntArray, groups: int) -> IntArray:
    """Return the taps of all groups as one block-diagonal table [out, in, K]."""
    outputs, inputs = taps.shape[0] // groups, taps.shape[1]
    whole = np.zeros((taps.shape[0], inputs * groups, taps.shape[2]), dtype=np.int64)
    for group in range(groups):
        rows = slice(group * outputs, (group + 1) * outputs)
        whole[rows, group * inputs : (group + 1) * inputs] = taps[rows]
    return whole
