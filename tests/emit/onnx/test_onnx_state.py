"""The streamed ONNX files: the past of every node with memory as inputs and outputs, blocks of any length from one."""

import json

import numpy as np
import onnx
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model, full_scale_noise
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from onnx.reference import ReferenceEvaluator
from onnx_files import (
    corners_and_noise,
    from_reset,
    integer_files,
    run_file,
    run_float_file,
    run_streamed,
    session_of,
)
from onnx_oracle import run_nodes
from random_graphs import random_graphs

from pimdeploy.datapath.graph import from_json
from pimdeploy.datapath.nodes import memory_of
from pimdeploy.emit.onnx.float import emit_onnx_float
from pimdeploy.errors import PimdeployError

BLOCKS = {"one": (1,), "seven": (7,), "sixty-four": (64,), "mixed": (1, 64, 7, 3, 1, 30)}
MODELS = {"odd": lambda: demo_model(weight_bits=17, M_N=2).graph, **GRAPHS}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("blocks", BLOCKS.values(), ids=BLOCKS)
def test_blocks_of_any_length_give_the_whole_signal(name, blocks):
    graph = MODELS[name]()
    x_q = corners_and_noise(150, graph.input.channels)
    expected = run_nodes(graph, x_q)["y"]
    files = integer_files(graph, streamed=True)
    assert set(files) == {"onnx/model_int_state.onnx", "onnx/model_int_f64_state.onnx"}
    for path, data in files.items():
        for optimized in (False, True):
            assert np.array_equal(run_streamed(data, x_q, blocks, optimized=optimized), expected), (path, optimized)


@pytest.mark.parametrize("name", MODELS)
def test_a_state_a_node_with_memory(name):
    graph = MODELS[name]()
    for data in integer_files(graph, streamed=True).values():
        proto = onnx.load_model_from_string(data)
        expected = [node for node in graph.nodes if memory_of(node)]
        assert [value.name for value in proto.graph.input[1:]] == [f"state_{node.name}" for node in expected]
        assert [value.name for value in proto.graph.output[1:]] == [f"state_{node.name}_next" for node in expected]
        for values in (proto.graph.input[1:], proto.graph.output[1:]):
            shapes = [[dim.dim_param or dim.dim_value for dim in v.type.tensor_type.shape.dim] for v in values]
            assert [shape[2] for shape in shapes] == [memory_of(node) for node in expected]


def test_every_node_is_shown_as_in_the_whole_file():
    graph = MODELS["polynomial"]()
    x_q = corners_and_noise(100)
    whole, streamed = integer_files(graph), integer_files(graph, streamed=True)
    for path in ("onnx/model_int.onnx", "onnx/model_int_f64.onnx"):
        shown = run_file(streamed[path.replace(".onnx", "_state.onnx")], x_q)
        for node, values in run_file(whole[path], x_q).items():
            assert np.array_equal(shown[node], values), (path, node)


def test_a_stream_moves_from_one_file_to_the_other():
    """States hold the datapath's integers, in the same types in all integer files."""
    graph = MODELS["even"]()
    x_q = corners_and_noise(80, graph.input.channels)
    sessions = [session_of(data) for data in integer_files(graph, streamed=True).values()]
    names = [state.name for state in sessions[0].get_inputs()[1:]]
    states, pieces = from_reset(sessions[0].get_inputs()[1:]), []
    for start in range(0, x_q.shape[1], 10):
        session = sessions[start // 10 % 2]
        z, *after = session.run(None, {"x": x_q[None, :, start : start + 10].astype(np.int16)} | states)
        states = dict(zip(names, after, strict=True))
        pieces.append(z[0])
    assert np.array_equal(np.concatenate(pieces, axis=1), run_nodes(graph, x_q)["y"])


def test_a_state_that_is_not_handed_on_shows():
    """The tests above can fail."""
    graph = MODELS["odd"]()
    x_q = full_scale_noise(100)
    session = session_of(integer_files(graph, streamed=True)["onnx/model_int_state.onnx"])
    fed = from_reset(session.get_inputs()[1:])
    pieces = [session.run(["z"], fed | {"x": x_q[None, :, n : n + 50].astype(np.int16)})[0][0] for n in (0, 50)]
    expected = run_nodes(graph, x_q)["y"]
    assert np.array_equal(pieces[0], expected[:, :50])
    assert not np.array_equal(pieces[1], expected[:, 50:])


@pytest.mark.parametrize("path", ["onnx/model_int_state.onnx", "onnx/model_int_f64_state.onnx"])
def test_reference_evaluator_agrees(path):
    graph = MODELS["layers"]()
    x_q = corners_and_noise(20, graph.input.channels)
    proto = onnx.load_model_from_string(integer_files(graph, streamed=True)[path])
    evaluator, shapes = ReferenceEvaluator(proto), {value.name: value for value in proto.graph.input[1:]}
    fed = {
        name: np.zeros((1, *(dim.dim_value for dim in value.type.tensor_type.shape.dim[1:])), dtype=dtype_of(value))
        for name, value in shapes.items()
    }
    pieces = []
    for start in range(0, x_q.shape[1], 9):
        z, *after = evaluator.run(None, fed | {"x": x_q[None, :, start : start + 9].astype(np.int16)})
        fed = dict(zip(fed, after, strict=True))
        pieces.append(z[0])
    assert np.array_equal(np.concatenate(pieces, axis=1), run_nodes(graph, x_q)["y"])


def dtype_of(value) -> np.dtype:
    return onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)


@pytest.mark.parametrize("blocks", BLOCKS.values(), ids=BLOCKS)
def test_the_float_file_in_blocks(blocks):
    model = demo_model(M_N=2)
    x = full_scale_noise(200) / 2**15
    whole = run_float_file(model, x[None])[0]
    streamed = run_streamed(emit_onnx_float(model)["onnx/model_float_state.onnx"], x, blocks)
    np.testing.assert_allclose(streamed, whole, atol=1e-6)


@given(random_graphs(), st.lists(st.integers(1, 20), min_size=1, max_size=4))
@settings(max_examples=25)
def test_any_graph_in_any_blocks(drawn, blocks):
    data, arrays = drawn
    graph = from_json(json.dumps(data), arrays)
    x_q = corners_and_noise(40, graph.input.channels)
    try:
        files = integer_files(graph) | integer_files(graph, streamed=True)
    except PimdeployError:  # a graph that some rule refuses
        reject()
    whole = run_file(files["onnx/model_int.onnx"], x_q)[graph.output.source]
    for path, bytes_ in files.items():
        if "_state" in path:
            assert np.array_equal(run_streamed(bytes_, x_q, blocks), whole), path
        else:
            assert np.array_equal(run_file(bytes_, x_q)[graph.output.source], whole), path
