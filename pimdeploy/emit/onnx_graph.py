"""What all ONNX emitters share: a list of nodes and constants in the making, and the frame around it.

The written contract of the files (names, layout, opset, metadata) is docs/spec/onnx.md.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import DTypeLike, NDArray
from onnx import helper, numpy_helper

from pimdeploy.datapath.graph import Graph, graph_sha256
from pimdeploy.datapath.model import Model
from pimdeploy.errors import GraphError

OPSET = 21
IR_VERSION = 10


class OnnxGraph:
    """ONNX nodes and constants in the order in which they were asked for, so that equal models give equal bytes.

    `scope` is the datapath node being built: tensors of its inner steps are called `<scope>/<number>`, which no
    datapath node can be called, for their names are C identifiers.
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self.scope = ""
        self.nodes: list[Any] = []
        self.value_info: list[Any] = []
        self._constants: dict[str, NDArray[Any]] = {}

    def op(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:  # noqa: ANN401
        """Append the ONNX operator `kind` and return the name of its result."""
        result = f"{self.scope}/{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [result], name=f"{result}/{kind}", **attributes))
        return result

    def call(self, tensor: str, name: str) -> str:
        """Give `tensor`, the last result within the scope, its final name; an older one is handed on under it."""
        if not tensor.startswith(f"{self.scope}/") or self.nodes[-1].output[0] != tensor:
            tensor = self.op("Identity", [tensor])
        self.nodes[-1].output[0] = name
        return name

    def scalar(self, value: float, dtype: DTypeLike | None = None) -> str:
        """Return the name of the constant `value`, in the graph's own type by default; equal constants are one."""
        array = np.array(value, dtype=dtype or self.dtype)
        return self._constant(f"/{array.dtype}/{value}", array)

    def shape(self, *values: int) -> str:
        """Return the name of a constant int64 vector: a shape, an axis, a bound of a slice."""
        return self._constant(f"/shape/{','.join(map(str, values))}", np.array(values, dtype=np.int64))

    def table(self, what: str, values: NDArray[Any], dtype: DTypeLike | None = None) -> str:
        """Return the name of the constant `<scope>/<what>` that holds `values`, in the graph's own type by default."""
        return self._constant(f"{self.scope}/{what}", np.ascontiguousarray(values, dtype=dtype or self.dtype))

    def _constant(self, name: str, array: NDArray[Any]) -> str:
        self._constants.setdefault(name, array)
        return name

    def announce(self, tensor: str, channels: int) -> None:
        """State type and shape of a datapath node's result; readers find the nodes by this list."""
        self.value_info.append(signal_info(tensor, self.dtype, channels))

    def finish(self, model: Model, inputs: Any, outputs: Any, metadata: dict[str, str]) -> bytes:  # noqa: ANN401
        """Return the checked ONNX file with the given graph input and output."""
        constants = [numpy_helper.from_array(array, name) for name, array in self._constants.items()]
        graph = helper.make_graph(
            self.nodes, model.graph.name, [inputs], [outputs], constants, value_info=self.value_info
        )
        opsets = [helper.make_opsetid("", OPSET)]
        proto = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="pimdeploy")
        helper.set_model_props(proto, common_metadata(model) | metadata)
        onnx.checker.check_model(proto, full_check=True)
        data: bytes = proto.SerializeToString(deterministic=True)
        return data


def signal_info(name: str, dtype: DTypeLike, channels: int) -> Any:  # noqa: ANN401  (onnx has no types)
    """Return the description of a signal tensor [batch, channels, time] with free batch and time."""
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return helper.make_tensor_value_info(name, kind, ["batch", channels, "time"])


def common_metadata(model: Model) -> dict[str, str]:
    """Return the metadata that every file carries (docs/spec/onnx.md, section 4)."""
    return {
        "name": model.graph.name,
        "fs_hz": repr(float(model.fs_hz)),
        "delay_samples": str(model.graph.delay_samples),
        "memory_samples": str(model.graph.memory),
        "layout": "batch,channel,time",
        "iq_order": "I0,Q0,I1,Q1,...",
        "nodes": ",".join(node.name for node in model.graph.nodes),
        "graph_sha256": graph_sha256(model.graph),
        "producer": "pimdeploy",
    }


def output_tensor(graph: Graph) -> str:
    """Return the name of the graph's output tensor: that of the node whose integers the Output hands on."""
    source = graph.output.source
    if source == graph.input.name:
        raise GraphError(f"node {graph.output.name!r}: hands on the input unchanged; an ONNX file needs a step between")
    return source
