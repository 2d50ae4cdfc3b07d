"""The datapath as an ONNX graph of integers, written once for every carrier and both forms (docs/spec/onnx.md).

The walk over the graph and the node kinds of one or few operators are here; convolutions and piecewise-linear functions
have files of their own, and what differs between carriers is in onnx_carrier.py.
"""

from dataclasses import dataclass
from typing import Any, Literal, assert_never

import numpy as np
from onnx import helper

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding, bits_for
from pimdeploy.datapath.intervals import Interval, hull
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
    sources_of,
)
from pimdeploy.emit.onnx_carrier import Carrier
from pimdeploy.emit.onnx_convolution import convolution
from pimdeploy.emit.onnx_graph import OnnxGraph, output_tensor, signal_info
from pimdeploy.emit.onnx_piecewise import basis_form, table_form
from pimdeploy.emit.onnx_steps import alpha_beta, complex_product, delayed, energy, selected, total

Form = Literal["table", "basis"]


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
        self.carrier.require(node.name, (is_basis and bounds.basis_acc_bits) or bounds.acc_bits)
        tensor = self._steps(node, [self.carried[source] for source in sources_of(node)])
        self.carried[node.name] = self._named(node, tensor)

    def _named(self, node: Node, tensor: str) -> str:
        """Name the node's result; the ports take the names of two nodes, whose own tensors are `<node>/carried`."""
        if isinstance(node, Output):
            return self.g.call(tensor, self.output)
        if isinstance(node, Input) or node.name == self.output:
            return self.g.call(tensor, f"{node.name}/carried")
        self.g.announce(node.name, self._channels(node))
        return self.g.call(tensor, node.name)

    def _cast(self, x: str, dtype: Any) -> str:  # noqa: ANN401
        return self.g.op("Cast", [x], to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def _steps(self, node: Node, x: list[str]) -> str:
        """Append the steps of `node` from the tensors `x` that carry its operands."""
        g, sources = self.g, [self.bounds[source] for source in sources_of(node)]
        match node:
            case Input():
                return self._cast(node.name, self.carrier.dtype)
            case Output():
                return self._cast(x[0], port_dtype(self.bounds[node.name].format))
            case Convolution():
                return convolution(g, node, x[0])
            case Delay():
                return delayed(g, x[0], node.samples)
            case Piecewise():
                if self.form == "basis":
                    return basis_form(g, self.carrier, node, sources[0], x[0])
                return table_form(g, self.carrier, node, sources[0], x[0])
            case Magnitude():
                return self._magnitude(node, x[0])
            case Multiply():
                return complex_product(g, x[0], x[1], self._channels(node)) if node.is_complex else g.op("Mul", x)
            case Add():
                return total(g, self._aligned(node, x))
            case Rectify():
                return self._rectify(node, x[0])
            case Requantize():
                return self._requantize(node, x[0])
            case Concatenate():
                return g.op("Concat", self._aligned(node, x), axis=1)
            case Select():
                return selected(g, x[0], node.channels)
            case _:
                assert_never(node)

    def _channels(self, node: Node) -> int:
        return len(self.bounds[node.name].ranges)

    def _magnitude(self, node: Magnitude, x: str) -> str:
        match node.magnitude:
            case MagnitudeKind.SQUARE:
                return energy(self.g, x)
            case MagnitudeKind.ALPHA_BETA:
                return alpha_beta(self.g, x, node.alpha, node.beta)
            case MagnitudeKind.SQRT:
                self.carrier.require_square(node.name, self.bounds[node.name].acc_bits)
                return self._root(energy(self.g, x))
            case _:
                assert_never(node.magnitude)

    def _root(self, v: str) -> str:
        """floor(sqrt(v)): a float64 square root may be off by one, for ONNX does not say how Sqrt rounds; comparisons of
        squares with v settle it."""
        g = self.g
        r = self.carrier.root(g, v)
        r = g.op("Sub", [r, self._flag(g.op("Greater", [g.op("Mul", [r, r]), v]))])
        above = g.op("Add", [r, g.scalar(1)])
        return g.op("Add", [r, self._flag(g.op("LessOrEqual", [g.op("Mul", [above, above]), v]))])

    def _flag(self, condition: str) -> str:
        return self._cast(condition, self.carrier.dtype)

    def _aligned(self, node: Add | Concatenate, x: list[str]) -> list[str]:
        """Return the operands times the powers of two that bring them to the result's frac."""
        frac = self.bounds[node.name].format.frac
        shifts = [frac - self.bounds[source].format.frac for source in node.sources]
        return [self._scaled(one, shift) for one, shift in zip(x, shifts, strict=True)]

    def _scaled(self, x: str, shift: int) -> str:
        return x if shift == 0 else self.g.op("Mul", [x, self.g.scalar(1 << shift)])

    def _rectify(self, node: Rectify, x: str) -> str:
        """max(x, 0) (2^k - 1) + x is x 2^k for x >= 0, else x: no step shifts a negative x, which bounds leave as it is."""
        positive = self.carrier.positive(self.g, x, hull(self.bounds[node.source].ranges))
        if node.slope_log2 is None:
            return positive
        more = self.g.op("Mul", [positive, self.g.scalar((1 << node.slope_log2) - 1)])
        return self.g.op("Add", [more, x])

    def _requantize(self, node: Requantize, x: str) -> str:
        shift = self.bounds[node.source].format.frac - node.format.frac
        lo, hi = hull(self.bounds[node.source].ranges)
        if shift > 0:
            x = self._rounded(x, shift, node.rounding)
            lo, hi = lo >> shift, -(-hi >> shift)
        elif shift < 0:
            x = self._scaled(x, -shift)
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
                negative = self._flag(g.op("Less", [x, g.scalar(0)]))
                return self.carrier.shift_right(g, g.op("Sub", [x, negative]), shift, half)
            case _:
                assert_never(rounding)

    def _overflowed(self, x: str, proven: Interval, node: Requantize) -> str:
        fmt = node.format
        match node.overflow:
            case Overflow.SATURATE:
                return self.carrier.clip(self.g, x, fmt.min_q, fmt.max_q, proven)
            case Overflow.WRAP:
                inside = fmt.min_q <= proven[0] and proven[1] <= fmt.max_q
                return x if inside else self.carrier.wrap(self.g, x, fmt)
            case _:
                assert_never(node.overflow)
