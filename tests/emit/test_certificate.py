"""The certificate lists the bounds of every node, and claims exactness only where they prove it."""

import json

import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model, signed

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Magnitude, Output
from pimdeploy.emit.certificate import certificate, emit_certificate


@pytest.mark.parametrize("graph", [demo_model().graph, *(make() for make in GRAPHS.values())], ids=["odd", *GRAPHS])
def test_every_node_is_listed_with_its_bounds(graph):
    proven = certificate(graph)
    bounds = propagate(graph)
    assert list(proven["nodes"]) == [node.name for node in graph.nodes]
    for name, entry in proven["nodes"].items():
        assert tuple(entry["accumulator"]) == bounds[name].accumulator
        assert entry["carrier"] == ("int32" if entry["acc_bits"] <= 32 else "int64")
        assert ("basis_acc_bits" in entry) == (entry["kind"] == "piecewise")
        lo, hi = entry["range"]
        assert all(lo <= low and high <= hi for low, high in bounds[name].ranges)
    widths = [max(entry["acc_bits"], entry.get("basis_acc_bits", 0)) for entry in proven["nodes"].values()]
    assert proven["widest_accumulator_bits"] == max(widths)
    assert json.loads(emit_certificate(graph)["certificate.json"]) == json.loads(json.dumps(proven))


def test_all_kinds_of_nodes_are_named():
    kinds = {entry["kind"] for make in GRAPHS.values() for entry in certificate(make())["nodes"].values()}
    assert kinds == {
        "input", "convolution", "piecewise", "delay", "magnitude", "multiply", "add", "rectify", "concatenate", "select",
        "requantize", "output",
    }  # fmt: skip


def exactness(graph):
    return {name: entry["exact"] for name, entry in certificate(graph)["onnx"].items()}


def test_files_are_exact_where_their_arithmetic_holds_every_accumulator():
    narrow = exactness(demo_model().graph)
    integers = ["model_int", "model_int_basis", "model_int_state", "model_int_f64", "model_int_f64_state"]
    floats = ["model_qdq", "model_qdq_state", "model_qonnx", "model_qonnx_state", "model_float", "model_float_state"]
    assert narrow == {f"{name}.onnx": name in integers for name in (*integers, *floats)}
    # 32 + 32 bits and a sum of two: beyond float64, within int64.
    taps = IntTable([[[[(1 << 23) - 1], [0]]]])
    wide = Graph(
        "wide",
        (Input("x", 2, signed(32, 31)), Convolution("k", "x", taps, signed(24, 0), is_complex=True), Output("y", "k")),
        0,
    )
    assert exactness(wide) == narrow | {"model_int_f64.onnx": False, "model_int_f64_state.onnx": False}
    unwritten = {name: entry for name, entry in certificate(wide)["onnx"].items() if not entry["written"]}
    assert unwritten.keys() == {
        f"model_{kind}.onnx" for kind in ("int_f64", "int_f64_state", "qdq", "qdq_state", "qonnx", "qonnx_state")
    }
    assert unwritten["model_qdq.onnx"]["reason"] == "node x: s32.31 is wider than the 16 bits of QuantizeLinear"


def test_a_file_is_exact_or_has_a_bound_and_every_statement_its_reason():
    model = demo_model()
    for name, entry in certificate(model.graph, model.real_tables)["onnx"].items():
        assert entry.keys() == {"written", "exact", "bound_lsb", "reason"}
        assert (entry["bound_lsb"] == 0) is entry["exact"], name
        assert entry["bound_lsb"] is not None
        assert entry["reason"]


@pytest.mark.parametrize(("bits", "exact"), [(16, True), (26, True), (27, False)])
def test_a_square_root_is_exact_as_far_as_float64_holds_its_energy(bits, exact):
    # I^2 + Q^2 of b bits reaches 2^(2 b - 1), which takes 2 b + 1 bits with its sign: 33, 53 and 55; 54 are exact.
    nodes = (Input("x", 2, signed(bits, 0)), Magnitude("m", "x"), Output("y", "m"))
    proven = certificate(Graph("root", nodes, 0))
    assert proven["nodes"]["m"]["acc_bits"] == 2 * bits + 1
    assert proven["onnx"]["model_int.onnx"]["exact"] is exact
    assert "square roots of" in proven["onnx"]["model_int.onnx"]["reason"]
