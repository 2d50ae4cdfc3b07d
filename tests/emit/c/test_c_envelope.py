"""The envelope: what it admits fits the types that are compiled, what it refuses would not, and its own weights always do."""

import json
from dataclasses import replace
from pathlib import Path

import c_graphs
import demo_graphs
import numpy as np
import pytest
from compiled import model_of
from demo_models import demo_model, signed
from retrained import retrained

from pimdeploy import api
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Piecewise, Requantize
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.emit.c.banks import Banks, weight_vector
from pimdeploy.emit.c.code import emit_c
from pimdeploy.emit.c.envelope import envelopes, refused_node
from pimdeploy.emit.c.envelope_nodes import ConvolutionEnvelope
from pimdeploy.emit.c.plan import plan
from pimdeploy.emit.c.types import head_bits, piecewise_bits, reached_segments, requantize_bits
from pimdeploy.emit.certificate import certificate
from pimdeploy.errors import GraphError

GRAPHS = {name: make() for name, make in (c_graphs.GRAPHS | demo_graphs.GRAPHS).items()} | {"odd": demo_model().graph}


def with_table(graph: Graph, name: str, **tables: object) -> Graph:
    """`graph` with other tables in the node `name`."""
    made = {key: IntTable(value) for key, value in tables.items()}
    return replace(graph, nodes=tuple(replace(n, **made) if n.name == name else n for n in graph.nodes))


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_admits_its_own_weights(name: str) -> None:
    found = plan(GRAPHS[name])
    assert refused_node(found, GRAPHS[name]) is None
    weighted = [node.name for node in found.graph.nodes if isinstance(node, Convolution | Piecewise)]
    assert list(envelopes(found)) == weighted


@pytest.mark.parametrize("name", GRAPHS)
def test_what_is_admitted_fits_the_types_and_the_loops_that_are_compiled(name: str) -> None:
    """The code for other weights, planned anew, needs no wider type and no other shape."""
    graph, found = GRAPHS[name], plan(GRAPHS[name])
    admitted = 0
    for seed in range(12):
        other = retrained(graph, seed, scale=(0.3, 0.6, 0.9, 1.0)[seed % 4])
        if refused_node(found, other) is not None:
            continue
        admitted += 1
        again = plan(other)
        assert {n: b.bits for n, b in again.buffers.items()} == {n: b.bits for n, b in found.buffers.items()}
        for stage in again.stages:
            nodes = [stage.head, *([] if stage.tail is None else [stage.tail])]
            for node in nodes:
                if isinstance(node, Requantize):
                    assert requantize_bits(again, node) <= requantize_bits(found, node)
                elif isinstance(node, Piecewise):
                    own = found.graph.node(node.name)
                    assert isinstance(own, Piecewise)
                    for form in ("table", "basis"):
                        assert piecewise_bits(again, node, form) <= piecewise_bits(found, own, form)
                    assert reached_segments(again, node) <= reached_segments(found, own)
                else:
                    assert head_bits(again, node) <= head_bits(found, found.graph.node(node.name))
    weighted = [n for n in graph.nodes if isinstance(n, Convolution | Piecewise)]
    assert admitted > 0 or not all(envelopes(found)[n.name] for n in weighted)


def two_taps(first: int, second: int, bias: int = 0) -> Graph:
    nodes = (
        Input("x", 2, signed(16, 15)),
        Convolution("P", "x", IntTable([[[first], [second]], [[1], [1]]]), signed(17, 15), IntTable([bias, 0])),
        Requantize("z", "P", signed(16, 15)),
        Output("y", "z"),
    )
    return Graph("edge", nodes, 0)


def test_the_last_tap_that_fits_is_admitted_and_the_next_refused() -> None:
    """P * 32767 + N * 32768 + bias + 2^14 <= 2^31 - 1 and P * 32768 + N * 32767 <= 2^31."""
    found = plan(two_taps(100, 100))
    assert envelopes(found)["P"].result == ((-(1 << 31), (1 << 31) - 1 - (1 << 14)),) * 2
    for taps, bias, expected in (
        ((65535, 1), 0, None),
        ((65535, 2), 0, "P"),  # below: 65537 * 32768
        ((-65535, 0), 0, None),
        ((-65535, -1), 0, "P"),  # above: 65536 * 32768, and the rounding constant
        ((65535, 0), 81918, None),
        ((65535, 0), 81919, "P"),
        ((0, -65535), -98303, None),
        ((65535, 1), -1, "P"),
    ):
        assert refused_node(found, two_taps(*taps, bias)) == expected, (taps, bias)
    narrow = plan(two_taps(100, 100))
    for taps, bias in (((65535, 1), 0), ((65535, 0), 81918), ((0, -65535), -98303)):
        assert head_bits(plan(two_taps(*taps, bias)), narrow.graph.node("P")) == 32


def test_functions_are_checked_in_both_forms() -> None:
    def graph(slopes: list[int], bits: int = 17) -> Graph:
        nodes = (
            Input("x", 2, signed(16, 15)),
            Piecewise("f", "x", IntTable([slopes]), signed(bits, bits - 1), 13),
            Requantize("z", "f", signed(16, 15)),
            Output("y", "z"),
        )
        return Graph("g", nodes, 0)

    found = plan(graph([1, 1, 1, 1]))
    envelope = envelopes(found)["f"]
    assert refused_node(found, graph([30000, 30000, 30000, 30000])) is None
    assert refused_node(found, graph([65535, 65535, 65535, 65535])) == "f"  # the table form: 65535 * 32768
    assert refused_node(found, graph([20000, -25000, 20000, -25000])) is None
    assert refused_node(found, graph([0, 0, 32500, -33000])) is None
    assert refused_node(found, graph([0, 0, 33000, -33000])) == "f"  # a difference of 66000 is no word of 17 bits
    assert refused_node(found, graph([60000, 0, 65000, 65000])) == "f"  # the basis form: its terms before they cancel
    surely = envelope.largest_slope[0]
    for slopes in ([surely] * 4, [surely, -surely, surely, -surely], [-surely] * 4):
        assert refused_node(found, graph(slopes)) is None


def test_a_sum_of_taps_that_is_surely_admitted_is() -> None:
    model = demo_model()
    found = plan(model.graph)
    for name, envelope in envelopes(found).items():
        node = model.graph.node(name)
        if not isinstance(envelope, ConvolutionEnvelope):
            continue
        taps = np.zeros(node.taps.array.size, dtype=np.int64)
        left = envelope.largest_sum_abs_taps[0]
        for k in range(taps.size // 2 if node.is_complex else 1):
            taps[k] = min(left, envelope.largest_word) * (-1) ** k
            left -= abs(taps[k])
        assert refused_node(found, with_table(model.graph, name, taps=taps.reshape(node.taps.shape))) is None


def test_room_is_shared_where_a_wider_layer_would_overflow_the_next() -> None:
    """K fills half of its type; were it to fill all, Phi behind it could not keep its own taps in 32 bits."""

    def graph(first: int) -> Graph:
        nodes = (
            Input("x", 2, signed(16, 15)),
            Convolution("K", "x", IntTable([[[first], [0]], [[0], [first]]]), signed(16, 15)),
            Requantize("u", "K", signed(16, 14)),
            Convolution(
                "Phi",
                "u",
                IntTable(
                    [
                        [
                            [32767],
                            [32767],
                        ],
                        [[-32767], [32767]],
                    ]
                ),
                signed(16, 15),
            ),
            Requantize("z", "Phi", signed(16, 12)),
            Output("y", "z"),
        )
        return Graph("g", nodes, 0)

    found = plan(graph(16384))
    limits = envelopes(found)["K"].result
    assert all(0.5 < high / (16384 * 32768) < 4 for _, high in limits)
    assert refused_node(found, graph(16384)) is None
    assert refused_node(found, graph(17000)) is None
    assert head_bits(plan(graph(17000)), found.graph.node("Phi")) == 32


def test_weights_that_no_64_bits_can_check_are_fixed() -> None:
    found = plan(GRAPHS["wide_layers"])
    assert [n for n, e in envelopes(found).items() if e is None] == ["c1"]
    other = GRAPHS["wide_layers"].node("c1").taps.array.copy()
    other[0, 0, 0] += 1
    assert refused_node(found, with_table(GRAPHS["wide_layers"], "c1", taps=other)) == "c1"
    header = emit_c(model_of(GRAPHS["wide_layers"]))["c/wide_layers_weights.h"].decode()
    assert "These weights cannot be replaced" in header


def test_another_network_is_refused_in_one_line() -> None:
    found = plan(demo_model().graph)
    with pytest.raises(GraphError, match=r"^graph 'demo': its structure is not that of 'demo'; export both alike$"):
        refused_node(found, demo_model(weight_bits=12).graph)
    with pytest.raises(GraphError, match=r"^node 'Phi': tables of another shape; weights of another network$"):
        refused_node(found, demo_model(M_a=3).graph)


def test_the_certificate_states_the_envelope_of_every_node_with_weights() -> None:
    model = demo_model()
    stated = json.loads(json.dumps(certificate(model.graph)))["nodes"]
    found = envelopes(plan(model.graph))
    assert {name for name, entry in stated.items() if "envelope" in entry} == set(found)
    assert stated["K"]["envelope"] == found["K"].to_json()
    assert stated["K"]["envelope"]["largest_sum_abs_taps"] == [65535]
    assert {"largest_slope", "largest_base"} <= stated["f"]["envelope"].keys()
    header = emit_c(model)["c/demo_weights.h"].decode()
    assert "static const int64_t DEMO_K_LARGEST_SUM_ABS_TAPS[2] = {65535, 65535};" in header


@pytest.mark.parametrize("name", GRAPHS)
def test_the_vector_holds_every_weight_once_in_order(name: str) -> None:
    graph, found = GRAPHS[name], plan(GRAPHS[name])
    vector = weight_vector(graph)
    assert Banks(found, envelopes(found)).count == vector.size
    assert weight_vector(retrained(graph)).size == vector.size
    bits = Banks(found, {}).value_bits
    assert bits == 64 or np.abs(vector).max(initial=0) < 1 << 31


def test_two_bundles_are_held_against_each_other(shared_bundle: Path, tmp_path: Path) -> None:
    """What the running one would refuse of the re-trained one is said before anything is sent."""
    from demo_bundle import demo_parts

    parts = demo_parts()
    kept = replace(parts, model=replace(parts.model, graph=retrained(parts.model.graph, 1, 0.5)))
    other = write_bundle(kept, tmp_path / "kept").path
    assert api.refused_weights(shared_bundle, other) is None
    graph = parts.model.graph
    node = graph.node("K")
    assert isinstance(node, Convolution)
    word = (1 << (node.taps_format.bits - 1)) - 1
    loud = with_table(graph, "K", taps=np.full(node.taps.shape, word))
    other = write_bundle(replace(parts, model=replace(parts.model, graph=loud)), tmp_path / "loud").path
    assert api.refused_weights(shared_bundle, other) == "K"
