"""onnx/model_float*.onnx: the unquantized network in float32, from the real-valued tables of the lowering."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.check import check
from pimdeploy.datapath.model import Model, RealTables
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
from pimdeploy.emit.onnx.piecewise import first_lines, lines_of, looked_up, origin_of
from pimdeploy.emit.onnx.steps import alpha_beta, complex_product, energy, selected, total, window
from pimdeploy.errors import GraphError

OPSET = 17


def emit_onnx_float(model: Model) -> dict[str, bytes]:
    """Return the float32 files of `model` by their path in the bundle, of a whole signal and streamed.

    Input float32 [batch, channel, time] in [-1, 1), output float32 in units of the receiver's full scale. The
    datapath's node names name the tensors; a Requantize is the identity. Raises `GraphError` for a missing real table.
    """
    return {
        "onnx/model_float.onnx": _build(model, streamed=False),
        "onnx/model_float_state.onnx": _build(model, streamed=True),
    }


def _build(model: Model, *, streamed: bool) -> bytes:
    graph, bounds = model.graph, check(model.graph)
    builder = _Builder(OnnxGraph(np.float32, OPSET, streamed=streamed), model.real_tables, bounds)
    output = output_tensor(graph)
    for node in graph.nodes:
        builder.add(node)
        if node.name not in (graph.input.name, output, graph.output.name):
            builder.g.announce(node.name, len(bounds[node.name].ranges))
    x = signal_info(graph.input.name, np.float32, graph.input.channels)
    z = signal_info(output, np.float32, len(bounds[output].ranges))
    return builder.g.finish(model, x, z, {"carrier": "float32", "piecewise": "table", **FLOAT_PORTS})


@dataclass
class _Builder:
    g: OnnxGraph
    real_tables: RealTables
    bounds: dict[str, NodeBounds]

    def add(self, node: Node) -> None:
        """Append the steps of `node`; its result is a tensor of the node's name. The ports need none."""
        self.g.scope = node.name
        if not isinstance(node, Input | Output):
            self.g.call(self._steps(node), node.name)

    def _steps(self, node: Node) -> str:
        g, x = self.g, sources_of(node)
        match node:
            case Input() | Output() | Requantize():
                return x[0] if x else node.name
            case Convolution():
                return self._convolution(node)
            case Delay():
                return window(g, self._with_past(node), node.samples, node.samples)
            case Piecewise():
                return self._piecewise(node)
            case Magnitude():
                return self._magnitude(node)
            case Multiply():
                if node.is_complex:
                    return complex_product(g, x[0], x[1], len(self.bounds[node.name].ranges))
                return g.op("Mul", x)
            case Add():
                return total(g, x)
            case Rectify():
                if node.slope_log2 is None:
                    return g.op("Relu", x)
                return g.op("LeakyRelu", x, alpha=2.0**-node.slope_log2)
            case Concatenate():
                return g.op("Concat", x, axis=1)
            case Select():
                return selected(g, x[0], node.channels)
            case _:
                assert_never(node)

    def _real(self, table: str) -> NDArray[np.float64]:
        if table not in self.real_tables:
            raise GraphError(f"the real-valued table {table!r} is missing; lower the network again")
        return self.real_tables[table]

    def _convolution(self, node: Convolution) -> str:
        """ONNX Conv correlates: taps are reversed in time; zeros before the first sample make it causal."""
        rows = real_taps(node, self._real(f"{node.name}.taps"))
        source, pads = (self._with_past(node), 0) if self.g.streamed else (node.source, node.memory)
        inputs = [source, self.g.table("taps", rows[:, :, ::-1])]
        if node.bias is not None:
            inputs.append(self.g.table("bias", self._real(f"{node.name}.bias")))
        return self.g.op("Conv", inputs, group=node.groups, dilations=[node.dilation], pads=[pads, 0])

    def _with_past(self, node: Convolution | Delay) -> str:
        channels = len(self.bounds[node.source].ranges)
        return with_past(self.g, node.source, State(node.name, channels, memory_of(node), self.g.dtype, "float32"))

    def _magnitude(self, node: Magnitude) -> str:
        match node.magnitude:
            case MagnitudeKind.SQUARE:
                return energy(self.g, node.source)
            case MagnitudeKind.SQRT:
                return self.g.op("Sqrt", [energy(self.g, node.source)])
            case MagnitudeKind.ALPHA_BETA:
                lsb = 2.0**-node.coefficients_frac
                return alpha_beta(self.g, node.source, node.alpha * lsb, node.beta * lsb)
            case _:
                assert_never(node.magnitude)

    def _piecewise(self, node: Piecewise) -> str:
        """y = slope * a + offset: the function is continuous, so a line chosen one off at a knot changes nothing.

        Two table reads cost the same for every number of segments, which sums of ReLUs do not. The argument of a plain
        function saturates at the ends of its source's format, as that of the network does: its knots begin there.
        """
        g, source, a = self.g, self.bounds[node.source], node.source
        slopes, lsb = self._real(f"{node.name}.slopes"), source.format.lsb
        width, half = 2.0**node.segment_log2 * lsb, 2.0 ** (source.format.bits - 1) * lsb
        starts = self._first_bases(node) + width * (np.cumsum(slopes, axis=1) - slopes)
        lines = lines_of(node.symmetry, slopes, starts, width, half)
        origin, count = origin_of(node.symmetry, node.segments, width, half), lines.slopes.shape[1]
        if node.symmetry is Symmetry.PLAIN:
            a = g.op("Clip", [a, g.scalar(-half), g.scalar(half)])
        place = g.op("Add", [g.op("Mul", [a, g.scalar(1 / width)]), g.scalar(-origin / width)])
        inside = g.op("Clip", [place, g.scalar(0), g.scalar(count - 0.5)])
        row = g.op("Cast", [inside], to=TensorProto.INT32)
        channels = len(source.ranges)
        if not node.shared:
            row = g.op("Add", [row, g.table("first_row", first_lines(node, channels, count), np.int32)])
        return looked_up(g, node, lines, row, a, channels)

    def _first_bases(self, node: Piecewise) -> NDArray[np.float64]:
        """Return base[0] of each row in units of y, [rows, 1]. Where it is 0 in integers it may be absent."""
        name = f"{node.name}.first_bases"
        if node.first_bases is None and name not in self.real_tables:
            return np.zeros((node.slopes.shape[0], 1))
        return self._real(name)[:, None]
