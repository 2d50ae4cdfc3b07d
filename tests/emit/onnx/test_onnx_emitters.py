"""The frame of the ONNX files: ports, metadata, checker, bytes, refusals."""

import hashlib

import numpy as np
import onnx
import pytest
from demo_models import demo_model, signed
from onnx import TensorProto
from onnx_files import model_of

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Requantize
from pimdeploy.emit.onnx.carried import emit_onnx_carried
from pimdeploy.emit.onnx.float import emit_onnx_float
from pimdeploy.emit.onnx.integer import emit_onnx_integer
from pimdeploy.errors import GraphError, OverflowRefusedError


def emit_all(model) -> dict[str, bytes]:
    return emit_onnx_integer(model) | emit_onnx_carried(model) | emit_onnx_float(model)


OPSETS = {
    "model_int": 18,
    "model_int_basis": 18,
    "model_int_state": 18,
    "model_int_f64": 18,
    "model_int_f64_state": 18,
    "model_float": 17,
    "model_float_state": 17,
}
FILES = tuple(OPSETS)
IR_VERSION = {17: 8, 18: 8}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return emit_all(wide_demo())


def wide_demo():
    """Some of its accumulators take more than 32 bits, some do not."""
    return demo_model(weight_bits=17, M_N=2)


def load(files: dict[str, bytes], name: str):
    return onnx.load_model_from_string(files[f"onnx/{name}.onnx"])


def port(value) -> tuple[str, int, list[str | int]]:
    tensor = value.type.tensor_type
    return value.name, tensor.elem_type, [dim.dim_param or dim.dim_value for dim in tensor.shape.dim]


def test_paths(files):
    assert set(files) == {f"onnx/{name}.onnx" for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_frame_is_as_the_contract_says(files, name):
    proto = load(files, name)
    kind = TensorProto.FLOAT if "float" in name else TensorProto.INT16
    states = {"K": 6, "Phi": 2, "G": 8} if name.endswith("_state") else {}
    before = [(f"state_{node}", kind, ["batch", 2, samples]) for node, samples in states.items()]
    after = [(f"state_{node}_next", kind, ["batch", 2, samples]) for node, samples in states.items()]
    assert [port(value) for value in proto.graph.input] == [("x", kind, ["batch", 2, "time"]), *before]
    assert [port(value) for value in proto.graph.output] == [("z", kind, ["batch", 2, "time"]), *after]
    assert [(item.domain, item.version) for item in proto.opset_import] == [("", OPSETS[name])]
    assert proto.ir_version == IR_VERSION[OPSETS[name]]
    assert proto.producer_name == "pimdeploy"
    onnx.checker.check_model(proto, full_check=True)
    onnx.shape_inference.infer_shapes(proto, check_type=True, strict_mode=True, data_prop=True)


@pytest.mark.parametrize("name", FILES)
def test_node_results_are_announced_under_their_names(files, name):
    graph = load(files, name).graph
    made = {tensor for node in graph.node for tensor in node.output}
    announced = [port(value) for value in graph.value_info]
    assert [tensor for tensor, _, _ in announced] == ["K", "u", "Phi", "a", "f", "c", "Psi", "v", "G"]
    assert {tensor for tensor, _, _ in announced} <= made
    types = {kind for _, kind, _ in announced}
    if "float" in name or "f64" in name:
        assert types == {TensorProto.FLOAT if "float" in name else TensorProto.DOUBLE}
    else:  # each node in the narrowest type that its bounds prove
        bits = {node: max(b.acc_bits, b.basis_acc_bits or 0) for node, b in propagate(wide_demo().graph).items()}
        wide = {node for node, _, _ in announced if bits[node] > 32}
        assert {node for node, kind, _ in announced if kind == TensorProto.INT64} == wide
        assert types == {TensorProto.INT32, TensorProto.INT64}


@pytest.mark.parametrize("name", ["model_int", "model_int_basis", "model_int_state"])
@pytest.mark.parametrize(("bits", "types"), [(17, {"INT32", "UINT32", "INT64", "UINT64"}), (16, {"INT32", "UINT32"})])
def test_integer_files_hold_integers_only(name, bits, types):
    """Where every accumulator fits 32 bits, no signal has 64: shapes and bounds of slices are the only int64."""
    files = emit_all(demo_model(weight_bits=bits, M_N=2))
    inferred = onnx.shape_inference.infer_shapes(load(files, name), strict_mode=True).graph
    kinds = {value.type.tensor_type.elem_type for value in (*inferred.value_info, *inferred.input, *inferred.output)}
    kinds |= {constant.data_type for constant in inferred.initializer if not constant.name.startswith("/shape/")}
    allowed = {getattr(TensorProto, kind) for kind in types} | {TensorProto.INT16, TensorProto.BOOL}
    assert kinds <= allowed
    assert TensorProto.INT32 in kinds


def test_metadata_of_the_integer_file():
    model = demo_model(weight_bits=12, activation_bits=12)
    facts = {item.key: item.value for item in load(emit_onnx_integer(model), "model_int").metadata_props}
    digest = hashlib.sha256(to_json(model.graph).encode())
    for name, table in sorted(tables(model.graph).items()):
        digest.update(f"{name}{list(table.shape)}".encode() + table.astype("<i8").tobytes())
    assert facts == {
        "name": "demo",
        "fs_hz": "491520000.0",
        "delay_samples": "7",
        "memory_samples": "14",
        "layout": "batch,channel,time",
        "iq_order": "I0,Q0,I1,Q1,...",
        "nodes": "x,K,u,Phi,a,f,c,Psi,v,G,z,y",
        "graph_sha256": digest.hexdigest(),
        "producer": "pimdeploy",
        "carrier": "int32",
        "piecewise": "table",
        "states": "",
        "input_format": "s16.15",
        "input_scale": str(2.0**-15),
        "output_format": "s12.11",
        "output_scale": str(2.0**-11),
    }


def test_metadata_tells_the_forms_apart(files):
    facts = [{item.key: item.value for item in load(files, name).metadata_props} for name in FILES]
    integers = ["int32,int64"] * 3
    assert [fact["carrier"] for fact in facts] == [*integers, "float64", "float64", "float32", "float32"]
    assert [fact["piecewise"] for fact in facts] == ["table", "basis", *["table"] * 5]
    assert [fact["output_scale"] for fact in facts] == [str(2.0**-15)] * 5 + ["1.0"] * 2
    assert [bool(fact["states"]) for fact in facts] == [name.endswith("_state") for name in FILES]
    assert facts[2]["states"] == "state_K,state_Phi,state_G"
    assert facts[2]["state_Phi_format"] == "s16.15"
    assert facts[6]["state_Phi_format"] == "float32"
    assert len({fact["graph_sha256"] for fact in facts}) == 1


def test_equal_models_give_equal_bytes(files):
    assert emit_all(wide_demo()) == files
    assert emit_all(demo_model(M_N=2, seed=2)) != files


def wide_model(tap_bits: int, input_bits: int = 16):
    """One tap that is as large as its format allows: the accumulator is as wide as input and tap together."""
    taps = IntTable([[[2 ** (tap_bits - 1) - 1]], [[1]]])
    nodes = (
        Input("x", 2, signed(input_bits, 15)),
        Convolution("W", "x", IntTable(np.repeat(taps.array, 2, axis=1)), signed(tap_bits, 0)),
        Requantize("z", "W", signed(16, 15)),
        Output("y", "z"),
    )
    return model_of(Graph("wide", nodes, 0))


def test_float64_holds_up_to_54_bits():
    assert emit_onnx_carried(wide_model(38))
    with pytest.raises(
        OverflowRefusedError, match=r"^node 'W': the float64 ONNX file needs 55 bits, 1 more than the 54"
    ):
        emit_onnx_carried(wide_model(39))


def test_int64_holds_up_to_63_bits():
    assert emit_onnx_integer(wide_model(47))
    with pytest.raises(OverflowRefusedError, match=r"^node 'W': the int64 ONNX file needs 64 bits, 1 more than the 63"):
        emit_onnx_integer(wide_model(48))


def test_a_node_that_is_called_as_a_state_is_refused():
    nodes = (Input("x", 2, signed(16, 15)), Requantize("state_K", "x", signed(8, 7)), Output("y", "state_K"))
    for emit in (emit_onnx_integer, emit_onnx_carried, emit_onnx_float):
        with pytest.raises(GraphError, match=r"^node 'state_K': ONNX files call the states of nodes so; rename it$"):
            emit(model_of(Graph("named", nodes, 0)))


def test_a_graph_without_a_step_is_refused():
    graph = Graph("idle", (Input("x", 2, signed(16, 15)), Output("y", "x")), 0)
    for emit in (emit_onnx_integer, emit_onnx_carried, emit_onnx_float):
        with pytest.raises(GraphError, match=r"^node 'y': hands on the input unchanged"):
            emit(model_of(graph))
