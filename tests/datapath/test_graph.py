"""The graph as data: datapath.json and tables back and forth, what is tampered with, and the dump as golden text."""

import json

import demo_graphs
import numpy as np
import pytest
from demo_models import demo_model, signed

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.graph import Graph, dump, from_json, tables, to_json
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Piecewise, Requantize
from pimdeploy.errors import BundleError

EVERY_KIND = Graph(
    "every_kind",
    (
        Input("x", 4, QFormat(False, 12, 14)),
        Convolution("W", "x", IntTable([[[1, 2]], [[3, 4]], [[5, 6]], [[-7, 0]]]), signed(4, -2), groups=4, dilation=3),
        Requantize("v", "W", signed(12, 9), Rounding.HALF_AWAY, Overflow.WRAP),
        Convolution("C", "v", IntTable([[[[1], [2]], [[3], [4]]]]), signed(8, 7), IntTable([9, -9]), is_complex=True),
        Requantize("u", "C", signed(12, 9), Rounding.HALF_EVEN),
        Piecewise("f", "u", IntTable([[1, 2, 3], [3, 2, 1]]), signed(8, 7), 4),
        Requantize("z", "f", signed(16, 15), Rounding.FLOOR),
        Output("y", "z"),
    ),
    delay_samples=5,
)

GRAPHS = {"network": demo_model(M_N=2).graph, "every kind": EVERY_KIND} | {
    name: make() for name, make in demo_graphs.GRAPHS.items()
}


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_round_trip(graph):
    again = from_json(to_json(graph), tables(graph))
    assert again == graph
    assert to_json(again) == to_json(graph)


def test_json_is_as_the_specification_lists_it():
    data = json.loads(to_json(EVERY_KIND))
    assert list(data) == ["schema_version", "name", "delay_samples", "nodes"]
    fields = {item["kind"]: set(item) - {"kind", "name"} for item in data["nodes"]}
    assert fields == {
        "input": {"channels", "format"},
        "convolution": {"source", "taps", "taps_format", "bias", "groups", "dilation", "complex"},
        "piecewise": {
            *("source", "symmetry", "outputs", "slopes", "bases", "weights", "slopes_format", "segment_log2"),
        },
        "requantize": {"source", "format", "rounding", "overflow"},
        "output": {"source"},
    }
    assert data["nodes"][0]["format"] == {"signed": False, "bits": 12, "frac": 14}
    assert [item["bias"] for item in data["nodes"] if item["kind"] == "convolution"] == [None, "C.bias"]


def test_json_of_the_other_kinds_is_as_the_specification_lists_it():
    fields = {}
    for make in demo_graphs.GRAPHS.values():
        for item in json.loads(to_json(make()))["nodes"]:
            fields[item["kind"]] = set(item) - {"kind", "name"}
    assert fields["delay"] == {"source", "samples", "lag"}
    assert fields["magnitude"] == {"source", "magnitude", "alpha", "beta", "coefficients_frac"}
    assert fields["multiply"] == {"source", "other", "complex"}
    assert fields["rectify"] == {"source", "slope_log2"}
    assert fields["select"] == {"source", "channels"}
    assert fields["add"] == fields["concatenate"] == {"sources"}


def test_tables_of_the_network():
    shapes = {name: table.shape for name, table in tables(demo_model().graph).items()}
    assert shapes == {
        "K.taps": (1, 1, 2, 7),
        "Phi.taps": (8, 2, 1),
        "f.slopes": (1, 16),
        "f.bases": (1, 16),
        "f.weights": (1, 16),
        "Psi.taps": (2, 8, 1),
        "G.taps": (1, 1, 2, 9),
    }
    assert {table.dtype for table in tables(demo_model().graph).values()} == {np.dtype(np.int64)}


@pytest.mark.parametrize("table", ["f.bases", "f.weights"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_tampered_derived_tables_are_refused(table, place):
    arrays = {name: array.copy() for name, array in tables(EVERY_KIND).items()}
    arrays[table][1, place] += 1
    with pytest.raises(BundleError, match=rf"^datapath.json: table {table} is not the exact sum of its slopes; export"):
        from_json(to_json(EVERY_KIND), arrays)


def test_tampered_slopes_are_refused():
    arrays = {name: array.copy() for name, array in tables(EVERY_KIND).items()}
    arrays["f.slopes"][0, 1] ^= 1
    with pytest.raises(BundleError, match=r"^datapath.json: table f\.bases is not the exact sum of its slopes; export"):
        from_json(to_json(EVERY_KIND), arrays)


def edited(change) -> str:
    data = json.loads(to_json(EVERY_KIND))
    change(data)
    return json.dumps(data)


BAD_TEXTS = {
    "no JSON": "{",
    "a list": "[]",
    "empty": "",
    "no nodes": edited(lambda data: data.pop("nodes")),
    "unknown kind": edited(lambda data: data["nodes"][1].update(kind="fft")),
    "unknown symmetry": edited(lambda data: data["nodes"][5].update(symmetry="sideways")),
    "unknown rounding": edited(lambda data: data["nodes"][2].update(rounding="round")),
    "unknown overflow": edited(lambda data: data["nodes"][2].update(overflow="clip")),
    "missing field": edited(lambda data: data["nodes"][1].pop("dilation")),
    "missing table": edited(lambda data: data["nodes"][1].update(taps="W.other")),
    "format without frac": edited(lambda data: data["nodes"][0]["format"].pop("frac")),
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_what_is_no_graph_is_refused_in_one_line(text):
    with pytest.raises(
        BundleError, match=r"^some/datapath\.json: not a datapath graph: [^\n]+; export the bundle again$"
    ):
        from_json(text, tables(EVERY_KIND), "some/datapath.json")


def test_another_schema_version_is_refused():
    text = edited(lambda data: data.update(schema_version=1))
    with pytest.raises(
        BundleError, match=r"^datapath\.json: schema version 1, this pimdeploy reads 2; export the bundle"
    ):
        from_json(text, tables(EVERY_KIND))


def test_memory_is_the_sum_along_the_path():
    assert EVERY_KIND.memory == 3
    assert demo_model(M_K=7, M_N=1, M_G=9).graph.memory == 6 + 8
    assert demo_model(M_K=5, M_N=3, M_G=2).graph.memory == 4 + 4 + 1


def test_parts_by_name():
    assert EVERY_KIND.node("f").segments == 3
    assert (EVERY_KIND.input.name, EVERY_KIND.output.name) == ("x", "y")


def test_dump():
    assert dump(demo_model(weight_bits=12, activation_bits=10).graph) == (
        "datapath demo: z[n] estimates d[n - 7]\n"
        "  %x = input 2 channels s16.15\n"
        "  %K = convolution %x complex taps 1x1x2x7 s12.10\n"
        "  %u = requantize %K s10.9 half_up saturate\n"
        "  %Phi = convolution %u real taps 8x2x1 s12.10\n"
        "  %a = requantize %Phi s10.8 half_up saturate\n"
        "  %f = piecewise %a odd segments 16 of 2^4 slopes s12.10 shared\n"
        "  %c = requantize %f s10.9 half_up saturate\n"
        "  %Psi = convolution %c real taps 2x8x1 s12.10\n"
        "  %v = requantize %Psi s10.9 half_up saturate\n"
        "  %G = convolution %v complex taps 1x1x2x9 s12.10\n"
        "  %z = requantize %G s10.9 half_up saturate\n"
        "  %y = output %z\n"
    )
    assert dump(EVERY_KIND).splitlines()[2:6] == [
        "  %W = convolution %x real taps 4x1x2 s4.-2 groups 4 dilation 3",
        "  %v = requantize %W s12.9 half_away wrap",
        "  %C = convolution %v complex taps 1x2x2x1 s8.7",
        "  %u = requantize %C s12.9 half_even saturate",
    ]
