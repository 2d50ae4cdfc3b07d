"""The QDQ files: their frame, their types, their metadata, what they refuse, and that a second engine agrees."""

import numpy as np
import onnx
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model, signed
from onnx import TensorProto
from onnx.reference import ReferenceEvaluator
from onnx_files import corners_and_noise, model_of, run_file, run_streamed, through
from onnx_oracle import run_nodes

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.formats import QFormat, Rounding
from pimdeploy.datapath.nodes import Convolution, IntTable, Magnitude, MagnitudeKind, Piecewise, Requantize, Symmetry
from pimdeploy.emit.onnx.deviation import QDQ, prove
from pimdeploy.emit.onnx.qdq import emit_onnx_qdq
from pimdeploy.emit.onnx.refusals import qdq_refusal

PATHS = ("onnx/model_qdq.onnx", "onnx/model_qdq_state.onnx")


def loaded(model, path: str = PATHS[0]):
    return onnx.load_model_from_string(emit_onnx_qdq(model)[path])


def kinds_of(values) -> dict[str, int]:
    return {value.name: value.type.tensor_type.elem_type for value in values}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("bits", "kind"), [(8, TensorProto.INT8), (12, TensorProto.INT16), (16, TensorProto.INT16)])
def test_frame(path, bits, kind):
    proto = loaded(demo_model(weight_bits=bits, activation_bits=bits, M_N=2), path)
    assert [(item.domain, item.version) for item in proto.opset_import] == [("", 21)]
    assert proto.ir_version == 10
    states = {"state_K": TensorProto.INT16, "state_Phi": kind, "state_G": kind} if "_state" in path else {}
    assert kinds_of(proto.graph.input) == {"x": TensorProto.INT16} | states
    assert kinds_of(proto.graph.output) == {"z": kind} | {f"{name}_next": of for name, of in states.items()}
    assert kinds_of(proto.graph.value_info) == dict.fromkeys(["u", "a", "c", "v"], kind)
    onnx.checker.check_model(proto, full_check=True)
    onnx.shape_inference.infer_shapes(proto, check_type=True, strict_mode=True, data_prop=True)
    facts = {item.key: item.value for item in proto.metadata_props}
    assert (facts["carrier"], facts["input_format"], facts["output_format"]) == (
        "float32",
        "s16.15",
        f"s{bits}.{bits - 1}",
    )
    assert len(facts["graph_sha256"]) == 64


def test_scales_are_powers_of_two_and_zero_points_0():
    proto = loaded(demo_model(weight_bits=8, activation_bits=8))
    constants = {item.name: onnx.numpy_helper.to_array(item) for item in proto.graph.initializer}
    quantizing = [node for node in proto.graph.node if "quantize" in node.op_type.lower()]
    assert {node.op_type for node in quantizing} == {"QuantizeLinear", "DequantizeLinear"}
    for node in quantizing:
        assert np.frexp(constants[node.input[1]])[0] == 0.5
        assert constants[node.input[2]] == 0


@pytest.mark.parametrize("rounding", Rounding)
def test_the_half_step_is_in_the_bias(rounding):
    """No operator stands between a convolution and its QuantizeLinear, but for the sign that half_away needs."""
    proto = loaded(demo_model(weight_bits=8, activation_bits=8, rounding=rounding))
    made = {output: node for node in proto.graph.node for output in node.output}
    before = [made[node.input[0]].op_type for node in proto.graph.node if node.op_type == "QuantizeLinear"]
    assert before.count("Conv") == (0 if rounding is Rounding.HALF_AWAY else 4)
    bias = [node for node in proto.graph.node if node.op_type == "Conv" and len(node.input) == 3]
    assert len(bias) == (4 if rounding in (Rounding.HALF_UP, Rounding.FLOOR) else 0)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("rounding", Rounding)
def test_reference_evaluator_agrees(path, rounding):
    graph = demo_model(weight_bits=8, activation_bits=8, rounding=rounding, M_N=2, M_K=3, M_G=2).graph
    proto = loaded(model_of(graph), path)
    x_q = corners_and_noise(40)
    states = {
        value.name: np.zeros((1, 2, value.type.tensor_type.shape.dim[2].dim_value), dtype=np.int8)
        for value in proto.graph.input[1:]
    }
    if states:
        states["state_K"] = states["state_K"].astype(np.int16)
    z = ReferenceEvaluator(proto).run(None, {"x": x_q[None].astype(np.int16)} | states)[0]
    assert np.array_equal(z[0], run_nodes(graph, x_q)["z"])


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("blocks", [(1,), (7,), (64,), (1, 64, 7, 3)])
def test_blocks_give_the_whole_signal(name, blocks):
    """Inexact files, too, compute each sample in the same way however it is cut."""
    graph = GRAPHS[name]()
    files = emit_onnx_qdq(model_of(graph))
    x_q = corners_and_noise(150, graph.input.channels)
    whole = run_file(files[PATHS[0]], x_q)["z"].astype(np.int64)
    bound = 2 * prove(graph, propagate(graph), QDQ).lsb
    streamed = run_streamed(files[PATHS[1]], x_q, blocks).astype(np.int64)
    assert np.abs(streamed - whole).max() <= bound
    assert np.abs(whole - run_nodes(graph, x_q)["z"]).max() <= bound // 2


@pytest.mark.parametrize("kind", MagnitudeKind)
@pytest.mark.parametrize("symmetry", Symmetry)
def test_unsigned_words_roots_and_functions_are_exact(kind, symmetry):
    """Every magnitude and every symmetry on words so short that float32 holds all."""
    coefficients = (13, 5, 4) if kind is MagnitudeKind.ALPHA_BETA else (0, 0, 0)
    first = None if symmetry is Symmetry.ODD else IntTable([7, -9])
    source = QFormat(symmetry is not Symmetry.INDEX, 8, 7)
    graph = through(
        Requantize("s", "x", signed(11, 10)),
        Magnitude("m", "s", kind, *coefficients),
        Requantize("a", "m", source),
        Piecewise("f", "a", IntTable([[3, -7, 20, 31], [9, 8, -7, 1]]), signed(7, 5), 5, symmetry, first, outputs=2),
        Requantize("z", "f", signed(12, 10)),
    )
    assert prove(graph, propagate(graph), QDQ).lsb == 0
    x_q = corners_and_noise(3000)
    files = emit_onnx_qdq(model_of(graph))
    for optimized in (False, True):
        assert np.array_equal(run_file(files[PATHS[0]], x_q, optimized=optimized)["z"], run_nodes(graph, x_q)["z"])


def test_a_bias_beyond_int32_is_added_behind():
    conv = Convolution("W", "x", IntTable([[[1], [0]], [[0], [1]]]), signed(4, 0), IntTable([2**40, -(2**41)]))
    graph = through(conv, Requantize("z", "W", signed(8, -20), Rounding.HALF_EVEN))
    x_q = corners_and_noise(20)
    got = run_file(emit_onnx_qdq(model_of(graph))[PATHS[0]], x_q)["z"]
    assert np.array_equal(got, run_nodes(graph, x_q)["z"])


@pytest.mark.parametrize(
    ("graph", "told"),
    [
        (through(Requantize("z", "x", signed(20, 15))), "node z: s20.15 is wider than the 16 bits of QuantizeLinear"),
        (
            through(
                Convolution("W", "x", IntTable(np.ones((2, 2, 1))), signed(18, 0)), Requantize("z", "W", signed(8, 7))
            ),
            "node W: s18.0 is wider than the 16 bits of QuantizeLinear",
        ),
        (
            through(Convolution("z", "x", IntTable(np.ones((2, 2, 1))), signed(4, 0))),
            "node z: the output is not quantized; QDQ needs a requantizer before it",
        ),
        (
            through(Requantize("z", "x", signed(8, 110)), fmt=signed(16, 101)),
            "node x: 101 fraction bits; float32 files hold -100 to 100",
        ),
    ],
)
def test_what_qdq_cannot_say(graph, told):
    assert qdq_refusal(graph, propagate(graph)) == told
    assert emit_onnx_qdq(model_of(graph)) == {}
