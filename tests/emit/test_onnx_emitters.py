"""The frame of the ONNX files: ports, metadata, checker, bytes, refusals."""

import hashlib

import numpy as np
import onnx
import pytest
from demo_models import demo_model, signed
from onnx import TensorProto
from onnx_files import model_of

from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Requantize
from pimdeploy.emit.onnx_carried import emit_onnx_carried
from pimdeploy.emit.onnx_float import emit_onnx_float
from pimdeploy.emit.onnx_integer import emit_onnx_integer
from pimdeploy.errors import GraphError, OverflowRefusedError


def emit_all(model) -> dict[str, bytes]:
    return emit_onnx_integer(model) | emit_onnx_carried(model) | emit_onnx_float(model)


FILES = ("model_int", "model_int_basis", "model_int_f64", "model_float")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return emit_all(demo_model(M_N=2))


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
    kind = TensorProto.FLOAT if name == "model_float" else TensorProto.INT16
    assert [port(value) for value in proto.graph.input] == [("x", kind, ["batch", 2, "time"])]
    assert [port(value) for value in proto.graph.output] == [("z", kind, ["batch", 2, "time"])]
    assert [(item.domain, item.version) for item in proto.opset_import] == [("", 21)]
    assert proto.ir_version == 10
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
    kinds = {"model_float": TensorProto.FLOAT, "model_int_f64": TensorProto.DOUBLE}
    assert {kind for _, kind, _ in announced} == {kinds.get(name, TensorProto.INT64)}


@pytest.mark.parametrize("name", ["model_int", "model_int_basis"])
def test_integer_files_hold_integers_only(files, name):
    inferred = onnx.shape_inference.infer_shapes(load(files, name), strict_mode=True).graph
    kinds = {value.type.tensor_type.elem_type for value in (*inferred.value_info, *inferred.input, *inferred.output)}
    kinds |= {constant.data_type for constant in inferred.initializer}
    assert kinds <= {TensorProto.INT64, TensorProto.UINT64, TensorProto.INT16, TensorProto.BOOL}


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
        "carrier": "int64",
        "piecewise": "table",
        "input_format": "s16.15",
        "input_scale": str(2.0**-15),
        "output_format": "s12.11",
        "output_scale": str(2.0**-11),
    }


def test_metadata_tells_the_forms_apart(files):
    facts = [{item.key: item.value for item in load(files, name).metadata_props} for name in FILES]
    assert [fact["carrier"] for fact in facts] == ["int64", "int64", "float64", "float32"]
    assert [fact["piecewise"] for fact in facts] == ["table", "basis", "table", "table"]
    assert [fact["output_scale"] for fact in facts] == [str(2.0**-15)] * 3 + ["1.0"]
    assert len({fact["graph_sha256"] for fact in facts}) == 1


def test_equal_models_give_equal_bytes(files):
    assert emit_all(demo_model(M_N=2)) == files
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


def test_a_graph_without_a_step_is_refused():
    graph = Graph("idle", (Input("x", 2, signed(16, 15)), Output("y", "x")), 0)
    for emit in (emit_onnx_integer, emit_onnx_carried, emit_onnx_float):
        with pytest.raises(GraphError, match=r"^node 'y': hands on the input unchanged"):
            emit(model_of(graph))
