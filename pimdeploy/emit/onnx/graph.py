"""What all ONNX emitters share: a list of nodes and constants in the making, and the frame around it.

The written contract of the files (names, layout, opset, metadata) is docs/spec/onnx.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import DTypeLike, NDArray
from onnx import helper, numpy_helper

from pimdeploy.datapath.formats import QFormat, bits_for
from pimdeploy.datapath.graph import Graph, graph_sha256
from pimdeploy.datapath.model import Model
from pimdeploy.errors import GraphError

IR_VERSIONS = {17: 8, 18: 8, 21: 10}
"""Opset to the IR version of its time: the oldest that has the operators, so that old runtimes take the file, too."""
CUSTOM_OPSETS = {"qonnx.custom_op.general": 1}


@dataclass(frozen=True)
class State:
    """The past of one node's source that a streamed file takes and hands on: tensors of [batch, channels, samples].

    format: the source's, as text; what its integers mean, or "float32".
    """

    node: str
    channels: int
    samples: int
    dtype: "np.dtype[Any]"
    format: str

    @property
    def name(self) -> str:
        """Name of the graph's input."""
        return f"state_{self.node}"

    @property
    def next_name(self) -> str:
        """Name of the graph's output, the input of the next block."""
        return f"state_{self.node}_next"


class OnnxGraph:
    """ONNX nodes and constants in the order in which they were asked for, so that equal models give equal bytes.

    `scope` is the datapath node being built: tensors of its inner steps are called `<scope>/<number>`, which no
    datapath node can be called, for their names are C identifiers. `dtype` is the type of its numbers. A `streamed`
    file has the past of every node with memory as inputs and outputs, `states`; others start from zeros.
    """

    def __init__(self, dtype: DTypeLike, opset: int, *, streamed: bool = False) -> None:
        self.dtype = np.dtype(dtype)
        self.opset = opset
        self.streamed = streamed
        self.scope = ""
        self.nodes: list[Any] = []
        self.value_info: list[Any] = []
        self.states: list[State] = []
        self._constants: dict[str, NDArray[Any]] = {}

    def op(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:  # noqa: ANN401
        """Append the ONNX operator `kind` and return the name of its result."""
        result = f"{self.scope}/{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [result], name=f"{result}/{kind}", **attributes))
        return result

    def cast(self, x: str, dtype: DTypeLike) -> str:
        """Append a Cast to `dtype`."""
        return self.op("Cast", [x], to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

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

    def announce(self, tensor: str, channels: int, dtype: DTypeLike | None = None) -> None:
        """State type and shape of a datapath node's result; readers find the nodes by this list."""
        self.value_info.append(signal_info(tensor, dtype or self.dtype, channels))

    def finish(self, model: Model, inputs: Any, outputs: Any, metadata: dict[str, str]) -> bytes:  # noqa: ANN401
        """Return the checked ONNX file with the given graph input and output, and the states of a streamed one."""
        constants = [numpy_helper.from_array(array, name) for name, array in self._constants.items()]
        before = [signal_info(state.name, state.dtype, state.channels, state.samples) for state in self.states]
        after = [signal_info(state.next_name, state.dtype, state.channels, state.samples) for state in self.states]
        graph = helper.make_graph(
            self.nodes,
            model.graph.name,
            [inputs, *before],
            [outputs, *after],
            constants,
            value_info=self.value_info,
        )
        domains = {node.domain for node in self.nodes} - {""}
        opsets = [helper.make_opsetid("", self.opset)]
        opsets += [helper.make_opsetid(domain, CUSTOM_OPSETS[domain]) for domain in sorted(domains)]
        proto = helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSIONS[self.opset], producer_name="pimdeploy"
        )
        states = {"states": ",".join(state.name for state in self.states)}
        states |= {f"{state.name}_format": state.format for state in self.states}
        helper.set_model_props(proto, common_metadata(model) | metadata | states)
        onnx.checker.check_model(proto, full_check=True)
        data: bytes = proto.SerializeToString(deterministic=True)
        return data


def signal_info(name: str, dtype: DTypeLike, channels: int, samples: int | str = "time") -> Any:  # noqa: ANN401
    """Return the description of a signal tensor [batch, channels, samples] with free batch; samples are free by default."""
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return helper.make_tensor_value_info(name, kind, ["batch", channels, samples])


def port_dtype(fmt: QFormat) -> "np.dtype[Any]":
    """Return the type of a graph input or output of format `fmt`: int16, int32 where that is too narrow, or int64."""
    bits = bits_for(fmt.min_q, fmt.max_q)
    return np.dtype(np.int16 if bits <= 16 else np.int32 if bits <= 32 else np.int64)


def port_metadata(source: QFormat, sink: QFormat) -> dict[str, str]:
    """Return the metadata of integer ports: formats and scales."""
    return {
        "input_format": str(source),
        "input_scale": repr(source.lsb),
        "output_format": str(sink),
        "output_scale": repr(sink.lsb),
    }


FLOAT_PORTS = {"input_format": "float32", "input_scale": "1.0", "output_format": "float32", "output_scale": "1.0"}
"""The metadata of float ports."""


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
    for node in graph.nodes:
        if node.name.startswith("state_"):
            raise GraphError(f"node {node.name!r}: ONNX files call the states of nodes so; rename it")
    return source
