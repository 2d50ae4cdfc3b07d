"""onnx/model_float.onnx: the unquantized network in float32, from the real-valued tables of the lowering."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from pimdeploy.datapath.bounds import real_taps
from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.model import Model, RealTables
from pimdeploy.datapath.nodes import Convolution, Input, Node, Output, Piecewise, Requantize
from pimdeploy.emit.onnx_graph import OnnxGraph, output_tensor, signal_info
from pimdeploy.errors import GraphError


def emit_onnx_float(model: Model) -> dict[str, bytes]:
    """Return the float32 file of `model` by its path in the bundle.

    Input float32 [batch, channel, time] in [-1, 1), output float32 in units of the receiver's full scale. The
    datapath's node names name the tensors; a Requantize is the identity. Raises `GraphError` for a missing real table.
    """
    graph, bounds = model.graph, check(model.graph)
    builder = _Builder(OnnxGraph(np.float32), model.real_tables, {n: b.format for n, b in bounds.items()})
    output = output_tensor(graph)
    for node in graph.nodes:
        builder.add(node)
        if node.name not in (graph.input.name, output, graph.output.name):
            builder.g.announce(node.name, len(bounds[node.name].ranges))
    x = signal_info(graph.input.name, np.float32, graph.input.channels)
    z = signal_info(output, np.float32, len(bounds[output].ranges))
    metadata = {
        "carrier": "float32",
        "piecewise": "table",
        "input_format": "float32",
        "input_scale": "1.0",
        "output_format": "float32",
        "output_scale": "1.0",
    }
    return {"onnx/model_float.onnx": builder.g.finish(model, x, z, metadata)}


@dataclass
class _Builder:
    g: OnnxGraph
    real_tables: RealTables
    formats: dict[str, QFormat]

    def add(self, node: Node) -> None:
        """Append the steps of `node`; its result is a tensor of the node's name."""
        self.g.scope = node.name
        match node:
            case Input() | Output():
                return
            case Convolution():
                tensor = self._convolution(node)
            case Piecewise():
                tensor = self._piecewise(node)
            case Requantize():
                tensor = node.source
            case _:
                assert_never(node)
        self.g.call(tensor, node.name)

    def _real(self, table: str) -> NDArray[np.float64]:
        if table not in self.real_tables:
            raise GraphError(f"the real-valued table {table!r} is missing; lower the network again")
        return self.real_tables[table]

    def _convolution(self, node: Convolution) -> str:
        """ONNX Conv correlates: taps are reversed in time; zeros before the first sample make it causal."""
        rows = real_taps(node, self._real(f"{node.name}.taps"))
        inputs = [node.source, self.g.table("taps", rows[:, :, ::-1])]
        if node.bias is not None:
            inputs.append(self.g.table("bias", self._real(f"{node.name}.bias")))
        return self.g.op("Conv", inputs, group=node.groups, dilations=[node.dilation], pads=[node.memory, 0])

    def _piecewise(self, node: Piecewise) -> str:
        """y = slope[j] * a + offset[j]: the function is continuous, so a row chosen one off at a knot changes nothing.

        Two table reads cost the same for every number of segments, which sums of ReLUs do not.
        """
        g = self.g
        slopes = self._real(f"{node.name}.slopes")
        width = 2.0 ** (node.segment_log2 - self.formats[node.source].frac)
        right = width * ((np.cumsum(slopes, axis=1) - slopes) - slopes * np.arange(node.segments))
        both = np.concatenate([slopes[:, ::-1], slopes], axis=1)
        offsets = np.concatenate([-right[:, ::-1], right], axis=1)
        rows = 2 * node.segments
        place = g.op("Add", [g.op("Mul", [node.source, g.scalar(1 / width)]), g.scalar(node.segments)])
        inside = g.op("Clip", [place, g.scalar(0), g.scalar(rows - 0.5)])
        row = g.op("Cast", [inside], to=TensorProto.INT32)
        if not node.shared:
            first = g.table("first_row", rows * np.arange(slopes.shape[0])[:, None], np.int32)
            row = g.op("Add", [row, first])
        slope = g.op("Gather", [g.table("slopes", both.ravel()), row], axis=0)
        offset = g.op("Gather", [g.table("offsets", offsets.ravel()), row], axis=0)
        return g.op("Add", [g.op("Mul", [slope, node.source]), offset])
