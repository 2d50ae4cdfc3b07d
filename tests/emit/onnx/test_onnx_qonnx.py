"""The QONNX files in qonnx, the format's own executor: what the certificate says of them, both ways."""

import json
from importlib.util import find_spec

import numpy as np
import onnx
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model, full_scale_noise, signed
from onnx import TensorProto
from onnx_files import corners_and_noise, model_of, through
from onnx_oracle import run_nodes
from onnx_zoo import FAMILIES, zoo_model

from firmware_ref import Reference
from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import tables, to_json
from pimdeploy.datapath.nodes import Convolution, IntTable, Multiply, Requantize
from pimdeploy.emit.onnx.exactness import exactness
from pimdeploy.emit.onnx.qonnx import DENSE_TAPS, emit_onnx_qonnx
from pimdeploy.emit.onnx.refusals import qonnx_refusal

PATHS = ("onnx/model_qonnx.onnx", "onnx/model_qonnx_state.onnx")
needs_qonnx = pytest.mark.skipif(find_spec("qonnx") is None, reason="qonnx is not installed; pip install qonnx")


def loaded(model, path: str = PATHS[0]):
    return onnx.load_model_from_string(emit_onnx_qonnx(model)[path])


def executed(model, x_q: np.ndarray, path: str = PATHS[0]) -> np.ndarray:
    """Return the output's integers from qonnx, after its own cleanup; states of zeros."""
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.core.onnx_exec import execute_onnx
    from qonnx.util.cleanup import cleanup_model

    graph, lsb = model.graph, propagate(model.graph)["y"].format.lsb
    wrapped = ModelWrapper(loaded(model, path))
    wrapped = cleanup_model(wrapped, override_inpsize=(1, *x_q.shape))
    port, *states = wrapped.graph.input
    fed = {port.name: (x_q[None] * graph.input.format.lsb).astype(np.float32)}
    for state in states:
        wrapped.set_tensor_shape(state.name, (1, *wrapped.get_tensor_shape(state.name)[1:]))
        fed[state.name] = np.zeros(wrapped.get_tensor_shape(state.name), dtype=np.float32)
    z = execute_onnx(wrapped, fed)[wrapped.graph.output[0].name][0].astype(np.float64) / lsb
    assert np.array_equal(z, np.rint(z))
    return z.astype(np.int64)


@pytest.mark.parametrize("path", PATHS)
def test_frame(path):
    proto = loaded(demo_model(M_N=2), path)
    assert [(item.domain, item.version) for item in proto.opset_import] == [("", 17), ("qonnx.custom_op.general", 1)]
    assert proto.ir_version == 8
    names = [value.name for value in proto.graph.input]
    assert names == ["x", *(["state_K", "state_Phi", "state_G"] if "_state" in path else [])]
    assert {value.type.tensor_type.elem_type for value in (*proto.graph.input, *proto.graph.output)} == {
        TensorProto.FLOAT
    }
    onnx.checker.check_model(proto, full_check=True)
    onnx.shape_inference.infer_shapes(proto, check_type=True, strict_mode=True, data_prop=True)
    facts = {item.key: item.value for item in proto.metadata_props}
    assert (facts["input_format"], facts["output_format"], facts["piecewise"]) == ("s16.15", "s16.15", "basis")
    assert {node.op_type for node in proto.graph.node} <= {"Quant", "Conv", "Relu", "Concat", "Slice", "Identity"}


def test_every_constant_states_its_width():
    """A Conv reads its taps and its bias through a Quant."""
    proto = loaded(demo_model(M_N=2))
    made = {output: node.op_type for node in proto.graph.node for output in node.output}
    convolutions = [node for node in proto.graph.node if node.op_type == "Conv"]
    assert len(convolutions) == 6
    assert {made[name] for node in convolutions for name in node.input[1:]} == {"Quant"}


def test_groups_are_written_out_while_they_are_few():
    """hls4ml takes one group, or one a channel; more taps than DENSE_TAPS stay in groups."""
    few = loaded(demo_model(M_a=8, N=16))
    many = loaded(demo_model(M_a=32, N=16))
    groups = [
        {a.name: a.i for a in n.attribute}["group"] for p in (few, many) for n in p.graph.node if n.op_type == "Conv"
    ]
    assert groups == [1] * 6 + [1, 1, 32, 32, 1, 1]
    assert 32 * 2 * 16 * 32 > DENSE_TAPS >= 8 * 2 * 16 * 8


@needs_qonnx
@pytest.mark.parametrize(("weight_bits", "activation_bits"), [(16, 16), (8, 8)])
@pytest.mark.parametrize("family", FAMILIES)
def test_qonnx_is_what_the_certificate_says(family, weight_bits, activation_bits):
    model = zoo_model(family, weight_bits, activation_bits)
    graph = model.graph
    loud = full_scale_noise(40_000 if family == "odd" else 1500 if family == "cnn" else 6000, graph.input.channels) // 2
    x_q = np.concatenate([corners_and_noise(100, graph.input.channels), loud], axis=1)
    expected = Reference(json.loads(to_json(graph)), tables(graph)).process(x_q)
    said = exactness(graph, propagate(graph))["model_qonnx.onnx"]
    apart = np.abs(executed(model, x_q) - expected)
    if said.exact:
        assert apart.max() == 0
    else:
        assert apart.max() <= said.bound_lsb
    if (weight_bits, activation_bits) == (16, 16):
        assert not said.exact
        assert apart.max() > 0


@needs_qonnx
@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("symmetry", ["odd", "even", "plain"])
def test_every_rounding_is_exact(rounding, symmetry):
    """half_up is FLOOR with half an output LSB in the bias, half_away what QONNX calls HALF_UP."""
    model = demo_model(weight_bits=8, activation_bits=8, rounding=rounding, symmetry=symmetry)
    x_q = corners_and_noise(1000)
    assert exactness(model.graph, propagate(model.graph))["model_qonnx.onnx"].exact
    assert np.array_equal(executed(model, x_q), run_nodes(model.graph, x_q)["y"])


@needs_qonnx
@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("path", PATHS)
def test_every_node_kind_is_within_its_bound(name, path):
    graph = GRAPHS[name]()
    x_q = corners_and_noise(400, graph.input.channels)
    bound = exactness(graph, propagate(graph))["model_qonnx.onnx"].bound_lsb
    assert np.abs(executed(model_of(graph), x_q, path) - run_nodes(graph, x_q)["y"]).max() <= bound


@needs_qonnx
def test_a_node_that_reads_another_twice():
    """qonnx renames one of two equal inputs only."""
    nodes = (Requantize("a", "x", signed(8, 7)), Multiply("p", "a", "a"), Requantize("z", "p", signed(8, 7)))
    x_q = corners_and_noise(100)
    graph = through(*nodes)
    assert np.array_equal(executed(model_of(graph), x_q), run_nodes(graph, x_q)["z"])


@pytest.mark.parametrize(
    ("graph", "told"),
    [
        (
            through(Requantize("z", "x", signed(8, 15), overflow=Overflow.WRAP)),
            "node z: it wraps, and a Quant of QONNX saturates",
        ),
        (
            through(
                Convolution("W", "x", IntTable(np.ones((2, 2, 1))), signed(25, 0)), Requantize("z", "W", signed(8, 7))
            ),
            "node W: s25.0 is wider than the 24 bits that a float32 tensor holds",
        ),
    ],
)
def test_what_qonnx_cannot_say(graph, told):
    assert qonnx_refusal(graph, propagate(graph)) == told
    assert emit_onnx_qonnx(model_of(graph)) == {}


def test_a_wrap_without_effect_is_no_obstacle():
    graph = through(Requantize("z", "x", signed(16, 15), overflow=Overflow.WRAP))
    assert set(emit_onnx_qonnx(model_of(graph))) == set(PATHS)
