"""Small graphs, their ONNX files, and what ONNX Runtime makes of them: what the tests of the ONNX emitters share."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime
from demo_models import full_scale_noise, signed
from onnx_oracle import run_nodes

from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Input, IntTable, Node, Output
from pimdeploy.emit.onnx.carried import emit_onnx_carried
from pimdeploy.emit.onnx.float import emit_onnx_float
from pimdeploy.emit.onnx.integer import emit_onnx_integer

INT16 = signed(16, 15)
NUMPY_TYPES = {
    "tensor(float)": np.float32,
    **{f"tensor({kind})": np.dtype(kind) for kind in ("int8", "uint8", "int16", "uint16", "int32", "int64")},
}
CORNERS = np.array([-32768, 32767, -32767, -1, 0, 1, 32766, -32766, 16384, -16384, 24576, -24576, 8192, -8192])


def model_of(graph: Graph, real_tables: dict[str, np.ndarray] | None = None) -> Model:
    return Model(graph, real_tables or {}, 491.52e6, np.ones(1, dtype=np.complex128))


def through(*nodes: Node, channels: int = 2, fmt: QFormat = INT16) -> Graph:
    """Return the graph that runs the input "x" through `nodes`, the last one being the output's source."""
    return Graph("part", (Input("x", channels, fmt), *nodes, Output("y", nodes[-1].name)), 0)


def corners_and_noise(n_samples: int = 300, channels: int = 2) -> np.ndarray:
    corners = np.stack([np.roll(CORNERS[:: (-1) ** c], 3 * c) for c in range(channels)])
    return np.concatenate([corners, full_scale_noise(n_samples, channels)], axis=1)


def random_taps(shape: tuple[int, ...], bits: int = 12, seed: int = 0) -> IntTable:
    limit = 2 ** (bits - 1) - 1
    return IntTable(np.random.default_rng(seed).integers(-limit, limit + 1, size=shape))


def integer_files(graph: Graph, *, streamed: bool = False) -> dict[str, bytes]:
    """Return the integer files of a whole signal by path, or the streamed ones."""
    model = model_of(graph)
    files = emit_onnx_integer(model) | emit_onnx_carried(model)
    return {path: data for path, data in files.items() if ("_state" in path) == streamed}


def operators(data: bytes, name: str) -> list[str]:
    """Return the ONNX operators that make up the datapath node `name`."""
    nodes = onnx.load_model_from_string(data).graph.node
    return [node.op_type for node in nodes if node.name.startswith(f"{name}/")]


def session_of(data: bytes, *, optimized: bool = True) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    levels = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimized else levels.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def run_file(data: bytes, x_q: np.ndarray, *, optimized: bool = True) -> dict[str, np.ndarray]:
    """Return every announced node of the file and its output [channels, n_samples], from ONNX Runtime."""
    proto = onnx.load_model_from_string(data)
    onnx.shape_inference.infer_shapes(proto, check_type=True, strict_mode=True, data_prop=True)
    proto.graph.output.extend(proto.graph.value_info)
    session = session_of(proto.SerializeToString(), optimized=optimized)
    names = [output.name for output in session.get_outputs()]
    port, *states = session.get_inputs()
    fed = {port.name: x_q[None].astype(NUMPY_TYPES[port.type])} | from_reset(states)
    results = session.run(names, fed)
    return {name: result[0] for name, result in zip(names, results, strict=True)}


def from_reset(states: Iterable[Any], batch: int = 1) -> dict[str, np.ndarray]:
    """Return the states with which a stream begins."""
    return {state.name: np.zeros((batch, *state.shape[1:]), dtype=NUMPY_TYPES[state.type]) for state in states}


def run_streamed(data: bytes, x: np.ndarray, blocks: Sequence[int], *, optimized: bool = True) -> np.ndarray:
    """Return what a streamed file makes of `x` [channels, n_samples] from reset, in blocks of these sizes in turn."""
    session = session_of(data, optimized=optimized)
    port, *states = session.get_inputs()
    fed = from_reset(states)
    pieces, start = [], 0
    for size in itertools.cycle(blocks):
        if start >= x.shape[1]:
            return np.concatenate(pieces, axis=1)
        fed[port.name] = x[None, :, start : start + size].astype(NUMPY_TYPES[port.type])
        z, *after = session.run(None, fed)
        fed |= {state.name: value for state, value in zip(states, after, strict=True)}
        pieces.append(z[0])
        start += size
    raise AssertionError


def assert_exact(graph: Graph, x_q: np.ndarray) -> dict[str, np.ndarray]:
    """Compare every node of every integer file, graph optimization off and on, with Python integers; return those."""
    expected = run_nodes(graph, x_q)
    for path, data in integer_files(graph).items():
        for optimized in (False, True):
            got = run_file(data, x_q, optimized=optimized)
            assert set(got) == set(expected) - {graph.input.name, graph.output.name}
            for name, values in got.items():
                assert np.array_equal(values, expected[name]), (path, name, optimized)
    return expected


def run_float_file(model: Model, x: np.ndarray) -> np.ndarray:
    """Return the float file's output for `x` [batch, channels, n_samples]."""
    data = emit_onnx_float(model)["onnx/model_float.onnx"]
    onnx.shape_inference.infer_shapes(onnx.load_model_from_string(data), check_type=True, strict_mode=True)
    return session_of(data).run(None, {model.graph.input.name: x.astype(np.float32)})[0]
