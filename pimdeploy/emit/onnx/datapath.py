"""The datapath as an ONNX graph of integers, written once for every carrier and both forms (docs/spec/onnx.md).

The walk over the graph and the node kinds of one or few operators are here; convolutions and piecewise-linear functions
have files of their own, and what differs between carriers is in onnx_carrier.py.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import Overflow, Rounding, bits_for
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
    memory_of,
    sources_of,
)
from pimdeploy.emit.onnx.carrier import Carrier, carrier_for
from pimdeploy.emit.onnx.convolution import convolution
from pimdeploy.emit.onnx.graph import OnnxGraph, State, output_tensor, port_dtype, port_metadata, signal_info
from pimdeploy.emit.onnx.memory import with_past
from pimdeploy.emit.onnx.piecewise import basis_form, largest_argument, table_form
from pimdeploy.emit.onnx.steps import alpha_beta, complex_product, energy, root, selected, total, window

Form = Literal["table", "basis"]
OPSET = 18


def build(model: Model, carriers: Sequence[Carrier], form: Form, *, streamed: bool = False) -> bytes:
    """Return the ONNX file of `model.graph`, nonlinearities in `form`, each node in the first of `carriers` that holds it.

    carriers: narrowest first. streamed: the states of the nodes are inputs and outputs. Raises `OverflowRefusedError`
    with node and missing bits where a proven bound fits no carrier.
    """
    graph = model.graph
    g = OnnxGraph(carriers[0].dtype, OPSET, streamed=streamed)
    builder = _Builder(g, carriers, form, check(graph), {}, {}, output_tensor(graph))
    for node in graph.nodes:
        builder.add(node)
    source, sink = graph.input, builder.bounds[graph.output.name]
    used = {carrier.name for carrier in builder.carriers_of.values()}
    metadata = {
        "carrier": ",".join(carrier.name for carrier in carriers if carrier.name in used),
        "piecewise": form,
        **port_metadata(source.format, sink.format),
    }
    x = signal_info(source.name, port_dtype(source.format), source.channels)
    z = signal_info(builder.output, port_dtype(sink.format), len(sink.ranges))
    return builder.g.finish(model, x, z, metadata)


@dataclass
class _Builder:
    g: OnnxGraph
    carriers: Sequence[Carrier]
    form: Form
    bounds: dict[str, NodeBounds]
    carried: dict[str, str]
    """Datapath node to the tensor that carries its result."""
    carriers_of: dict[str, Carrier]
    output: str
    """Name of the output port: that of the node whose integers it hands on."""

    @property
    def carrier(self) -> Carrier:
        """That of the node being built."""
        return self.carriers_of[self.g.scope]

    def add(self, node: Node) -> None:
        """Append the steps of `node`; its result is a tensor of the node's name."""
        carrier = carrier_for(self.carriers, node.name, self._needed(node), self._constant(node))
        self.g.scope, self.g.dtype, self.carriers_of[node.name] = node.name, np.dtype(carrier.dtype), carrier
        tensor = self._steps(node, [self._operand(source) for source in sources_of(node)])
        self.carried[node.name] = self._named(node, tensor)

    def _operand(self, source: str) -> str:
        """Return the tensor of the node `source` in the carrier of the node being built."""
        tensor = self.carried[source]
        return tensor if self.carriers_of[source] is self.carrier else self.g.cast(tensor, self.carrier.dtype)

    def _needed(self, node: Node) -> int:
        """Return the bits of the widest value within `node`, its result included."""
        own = self.bounds[node.name]
        result = bits_for(*hull(own.ranges))
        if not isinstance(node, Piecewise):
            return max(own.acc_bits, result)
        t = largest_argument(node, self.bounds[node.source])
        accumulator = own.acc_bits if self.form == "table" else own.basis_acc_bits or 0
        return max(accumulator, result, bits_for(-t, t))

    def _constant(self, node: Node) -> int:
        """Return the bits of the widest constant, or of a square beside a root, that the steps of `node` have."""
        own = self.bounds[node.name].format.frac
        match node:
            case Requantize():
                shift = self.bounds[node.source].format.frac - own
                return max(shift + 1, 2 - shift)
            case Add() | Concatenate():
                return max(own - self.bounds[source].format.frac for source in node.sources) + 2
            case Rectify():
                return (node.slope_log2 or 0) + 1
            case Magnitude():
                energy = self.bounds[node.name].accumulator[1]
                return bits_for(0, (math.isqrt(energy) + 2) ** 2) if node.magnitude is MagnitudeKind.SQRT else 0
            case Input() | Convolution() | Delay() | Piecewise() | Multiply() | Select() | Output():
                return 0
            case _:
                assert_never(node)

    def _named(self, node: Node, tensor: str) -> str:
        """Name the node's result; the ports take the names of two nodes, whose own tensors are `<node>/carried`."""
        if isinstance(node, Output):
            return self.g.call(tensor, self.output)
        if isinstance(node, Input) or node.name == self.output:
            return self.g.call(tensor, f"{node.name}/carried")
        self.g.announce(node.name, self._channels(node))
        return self.g.call(tensor, node.name)

    def _with_past(self, node: Convolution | Delay, x: str) -> str:
        source = self.bounds[node.source]
        fmt = source.format
        return with_past(self.g, x, State(node.name, len(source.ranges), memory_of(node), port_dtype(fmt), str(fmt)))

    def _steps(self, node: Node, x: list[str]) -> str:
        """Append the steps of `node` from the tensors `x` that carry its operands."""
        g, sources = self.g, [self.bounds[source] for source in sources_of(node)]
        match node:
            case Input():
                return g.cast(node.name, g.dtype)
            case Output():
                return g.cast(x[0], port_dtype(self.bounds[node.name].format))
            case Convolution():
                return convolution(g, node, self._with_past(node, x[0]))
            case Delay():
                return window(g, self._with_past(node, x[0]), node.samples, node.samples)
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
                v = energy(self.g, x)
                return root(self.g, v, self.carrier.root(self.g, v))
            case _:
                assert_never(node.magnitude)

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
                negative = g.cast(g.op("Less", [x, g.scalar(0)]), g.dtype)
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
