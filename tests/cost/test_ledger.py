"""The datapath column of the ledger: derived by hand, and confirmed by running counting integers through the oracle."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import c_graphs
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model, signed
from hypothesis import given, settings
from oracle.counting import CountingTable, counting_integer, counting_root
from oracle.oracle import Oracle, sources
from random_graphs import random_graphs

from pimdeploy.cost.demand import Product, demands
from pimdeploy.cost.ledger import ledger
from pimdeploy.cost.operations import FORMS, NodeCost, as_form, count, total
from pimdeploy.datapath.bounds import propagate, three_bounds
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding, bits_for
from pimdeploy.datapath.graph import Graph, from_json, tables, to_json
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    IntTable,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)
from pimdeploy.errors import InputError

N_SAMPLES = 5


def executed(graph: Graph, form: str) -> dict[str, dict[str, int]]:
    """What each node does per sample, counted while the oracle computes it."""
    counter: Counter[str] = Counter()
    make = counting_integer(counter)
    arrays = {name: table.tolist() for name, table in tables(graph).items()}
    oracle_form = {"table": "table", "basis": "clipped"}[form]
    oracle = Oracle(json.loads(to_json(graph)), arrays, oracle_form, make, CountingTable, counting_root)
    # The spec gives formats to what is not stored, too, by their bounds: word lengths count, the arithmetic needs none.
    oracle.bits = {name: bound.format.bits for name, bound in propagate(graph).items()}
    # Alternating signs and sizes: the count must not depend on the data.
    values = [0, -(1 << 15), 3, -4000, (1 << 15) - 1]
    results: dict[str, Any] = {}
    found = {}
    for node in oracle.nodes:
        operands = [results[name] for name in sources(node)] or [[values] * graph.input.channels]
        counter.clear()
        computed = oracle.evaluate(node, operands)
        assert all(operations % N_SAMPLES == 0 for operations in counter.values())
        found[node["name"]] = {key: operations // N_SAMPLES for key, operations in (+counter).items()}
        results[node["name"]] = [[make(q, oracle.bits[node["name"]]) for q in channel] for channel in computed]
    return found


def formulas(cost: NodeCost) -> dict[str, int]:
    """The same quantities of one node's cost under the counter's keys."""
    counts = {f"multiplies {width}": multiplies for width, multiplies in cost.multiplies_by_width.items()}
    counts |= {key: getattr(cost, key) for key in ("adds", "compares", "shifts", "square_roots", "table_reads")}
    return {key: operations for key, operations in counts.items() if operations}


def assert_formulas_equal_execution(graph: Graph) -> None:
    for form in FORMS:
        by_node = {name: formulas(cost) for name, cost in count(graph, form).items()}
        assert by_node == executed(graph, form)


@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"M_N": 2, "M_K": 5, "N": 12, "M_G": 13},
        {"M_N": 3, "M_a": 3, "N": 2},
        {"M_K": 1, "M_a": 1, "N": 2, "M_G": 1},
        {"symmetry": "even", "M_N": 2},
        {"symmetry": "plain", "functions": 4},
        {"symmetry": "even", "functions": 8, "n_tx": 2, "n_rx": 3, "M_N": 2},
    ],
)
def test_formulas_equal_execution_at_every_size(sizes: dict[str, Any]) -> None:
    assert_formulas_equal_execution(demo_model(**sizes).graph)


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("overflow", list(Overflow))
def test_formulas_equal_execution_in_every_rounding(rounding: Rounding, overflow: Overflow) -> None:
    assert_formulas_equal_execution(demo_model(1, 8, 12, rounding, overflow, M_K=2, M_a=2, N=3, M_G=2).graph)


@pytest.mark.parametrize("name", GRAPHS)
def test_formulas_equal_execution_on_every_kind_of_node(name: str) -> None:
    assert_formulas_equal_execution(GRAPHS[name]())


@given(random_graphs())
@settings(max_examples=50, deadline=None)
def test_formulas_equal_execution_on_any_graph(made: tuple[dict[str, Any], dict[str, Any]]) -> None:
    graph, arrays = made
    assert_formulas_equal_execution(from_json(json.dumps(graph), arrays))


def test_formulas_equal_execution_on_a_graph_of_no_family() -> None:
    # Groups, dilation, biases, unshared functions, segments of one LSB, shifts of 0 and to the left.
    taps, bias = IntTable([[[1, 2]], [[0, -3]]]), IntTable([100, -100])
    slopes = IntTable([[1, 2, 3], [4, 5, 6]])
    complex_taps, complex_bias = IntTable([[[[1, 0, 3], [0, 5, 6]]]]), IntTable([7, -7])
    nodes = (
        Input("x", 2, signed(16, 15)),
        Convolution("h", "x", taps, signed(4, 2), bias, groups=2, dilation=3),
        Requantize("a", "h", signed(12, 17)),
        Piecewise("f", "a", slopes, signed(5, 3), segment_log2=0),
        Requantize("c", "f", signed(9, 25)),
        Convolution("g", "c", complex_taps, signed(4, 0), complex_bias, is_complex=True),
        Requantize("z", "g", signed(8, 6)),
        Output("y", "z"),
    )
    graph = Graph("any", nodes, 0)
    assert_formulas_equal_execution(graph)
    made = ledger(graph)
    assert made.to_json()["paper"] is None
    assert made.to_json()["reconciliation"] is None
    assert made.to_json()["sharing"] is None
    assert made.to_json()["sizes"] is None
    # h keeps 2 channels x 3 x (2 - 1) samples, g 2 x (3 - 1).
    assert made.totals().state_words == 6 + 4
    # h 2x2 taps of 1 byte and 2 biases of 1; f 6 slopes and 6 bases of 1; g 6 taps and 2 biases of 1.
    assert made.totals("table").table_bytes == (4 + 2) + (6 + 6) + (6 + 2)
    assert made.totals("basis").table_bytes == (4 + 2) + 6 + (6 + 2)


def test_the_figures_of_the_reference_sizes() -> None:
    # M_K = 7, M_N = 1, M_a = 8, N = 16, M_G = 9, all words 16 bits.
    made = ledger(demo_model())
    # K 4 * 7, Phi 8 * 2, f 8 * 16 or 8 * 1, Psi 2 * 8, G 4 * 9.
    assert made.totals("basis").multiplies == 28 + 16 + 128 + 16 + 36 == 224
    assert made.totals("table").multiplies == 28 + 16 + 8 + 16 + 36 == 104
    # K 2 (2 * 7 - 1), Phi 8 (2 - 1), f, Psi 2 (8 - 1), G 2 (2 * 9 - 1), rounding of 2 + 8 + 8 + 2 + 2 channels;
    # f: 8 * 4 as a table, 8 (16 + 15) as a basis.
    assert made.totals("table").adds == 26 + 8 + 32 + 14 + 34 + 22 == 136
    assert made.totals("basis").adds == 26 + 8 + 248 + 14 + 34 + 22 == 352
    # f: 8 * 3 as a table, 8 * 2 * 16 as a basis; 2 for the saturation of each of 22 channels.
    assert made.totals("table").compares == 24 + 44
    assert made.totals("basis").compares == 256 + 44
    # f: 8 * 3 as a table; one for each of 22 channels.
    assert made.totals("table").shifts == 24 + 22
    assert made.totals("basis").shifts == 22
    assert made.totals("table").table_reads == 8
    assert made.totals("basis").table_reads == 0
    # I and Q of 6 samples before K and 8 before G; Phi of M_N = 1 and Psi keep none.
    assert made.totals().state_words == 12 + 16
    # Two bytes each of 14 + 16 + 16 + 18 taps; 16 slopes of 2, 16 bases of up to 20 bits in 4; or 16 weights of 2.
    assert made.totals("table").table_bytes == 2 * 64 + 2 * 16 + 4 * 16 == 224
    assert made.totals("basis").table_bytes == 2 * 64 + 2 * 16 == 160


def test_the_figures_of_the_even_form() -> None:
    # The reference sizes; beside the odd form: h and the product h * a of 8 channels, and their requantizer.
    made = ledger(demo_model(symmetry="even"))
    # The function 8 * 16 or 8 * 1, the product 8.
    assert made.totals("basis").multiplies == 28 + 16 + 128 + 8 + 16 + 36 == 232
    assert made.totals("table").multiplies == 28 + 16 + 8 + 8 + 16 + 36 == 112
    # f: 8 * 3 as a table, 8 (1 + 16 + 15 + 1) as a basis; 30 channels rounded.
    assert made.totals("table").adds == 26 + 8 + 24 + 14 + 34 + 30 == 136
    assert made.totals("basis").adds == 26 + 8 + 264 + 14 + 34 + 30 == 376
    # f: |a| and the min; |a| and 16 max.
    assert made.totals("table").compares == 16 + 60
    assert made.totals("basis").compares == 8 + 128 + 60
    # base << m stays in the basis form.
    assert made.totals("table").shifts == 24 + 30
    assert made.totals("basis").shifts == 8 + 30
    # 64 taps of 2 bytes; 16 slopes of 2 and 16 bases of up to 20 bits in 4; 16 weights of 2 and the base at 0 of 2.
    assert made.totals("table").table_bytes == 128 + 32 + 64
    assert made.totals("basis").table_bytes == 128 + 32 + 2


def test_the_figures_of_other_node_kinds_by_hand() -> None:
    nodes = (
        Input("x", 4, signed(16, 15)),
        Magnitude("m", "x", MagnitudeKind.SQRT),
        Magnitude("ab", "x", MagnitudeKind.ALPHA_BETA, 64, 25, 6),
        Delay("d", "m", 5),
        Add("s", ("d", "ab", "d")),
        Requantize("r", "s", QFormat(False, 12, 10)),
        Piecewise("g", "r", IntTable([[1, 2, 3], [4, 5, 6]]), signed(8, 7), 4, Symmetry.INDEX, outputs=2),
        Concatenate("t", ("g", "r")),
        Select("k", "g", (0, 0, 1, 3)),
        Multiply("p", "k", "x", is_complex=True),
        Rectify("l", "p", 3),
        Requantize("z", "l", signed(16, 10)),
        Output("y", "z"),
    )
    table, basis = (count(Graph("kinds", nodes, 0), form) for form in FORMS)
    # Two pairs: I^2 and Q^2, their sum, its root.
    assert table["m"] == NodeCost({"16x16": 4}, adds=2, square_roots=2)
    # |I|, |Q|, max, min; alpha = 64 is a shift, beta = 25 of 5 bits a product; the sum.
    assert table["ab"] == NodeCost({"5x16": 2}, adds=6, compares=8, shifts=2)
    assert table["d"] == NodeCost(state_words=2 * 5)
    # Two channels of three operands; frac 15 against 21: d shifts twice.
    assert table["s"] == NodeCost(adds=4, shifts=4)
    # Two channels, one index and two results each: min and r once, base + slope r and a read for each result.
    assert table["g"] == NodeCost({"8x12": 4}, 2 + 4, 2, 4 + 4, table_reads=4, table_bytes=6 + 6)
    # Two channels: three terms with a max and a knot each; four results: 3 products, 2 adds and the base.
    assert basis["g"] == NodeCost({"8x12": 12}, adds=6 + 4 * 3, compares=6, shifts=4, table_bytes=6 + 2)
    # r has fewer fraction bits than g: its two channels are aligned.
    assert table["t"] == NodeCost(shifts=2)
    assert table["k"] == NodeCost()
    assert table["p"].multiplies == 8
    assert table["p"].adds == 4
    assert table["l"] == NodeCost(compares=4, shifts=4)


@pytest.mark.parametrize("name", ["three_antennas", "three_products"])
def test_formulas_equal_execution_in_three_products(name: str) -> None:
    assert_formulas_equal_execution(c_graphs.GRAPHS[name]())


def test_the_figures_of_three_products_by_hand() -> None:
    four, three = (count(graph, "table") for graph in (c_graphs.antennas(), c_graphs.three_antennas()))
    # M: 5 x 3 pairs of 20 taps and 10 biases; a sum of 3 input pairs, 3 sums of 60 products for each of 5, the last two.
    assert four["M"].multiplies == 4 * 5 * 60
    assert three["M"].multiplies_by_width == {"12x16": 3 * 5 * 60}
    assert four["M"].adds == 2 * 5 * (2 * 60 - 1) + 10
    assert three["M"].adds == 3 + 3 * 5 * (60 - 1) + 2 * 5 + 10
    # K: 3 groups of one pair to one pair of 5 taps: a sum of each pair.
    assert three["K"] == NodeCost({"12x16": 3 * 3 * 5}, adds=3 + 3 * 3 * 4 + 2 * 3, state_words=6 * 4, table_bytes=60)
    assert (four["K"].state_words, four["K"].table_bytes) == (24, 60)
    # A product of 4 channels, two pairs: three multiplies and five adds each.
    products = count(c_graphs.three_products(), "table")
    assert products["turn"] == NodeCost({"13x16": 6}, adds=10)


def test_products_of_three_count_with_the_bits_that_their_sums_reach() -> None:
    graph = c_graphs.three_antennas()
    bounds, asked = propagate(graph), demands(graph, "table")
    K = graph.node("K")
    assert isinstance(K, Convolution)
    sums = three_bounds(K, bounds).coefficient_sums
    assert bits_for(*sums) == 13
    # re by a + b of 17 bits; two sums of taps by samples of 16.
    assert asked["K"].products == (Product(12, 17, 15), Product(13, 16, 15), Product(13, 16, 15))
    turn = demands(c_graphs.three_products(), "table")["turn"]
    assert turn.products == (Product(13, 17, 2), Product(14, 16, 2), Product(14, 16, 2))


def test_a_rectifier_without_a_slope_and_products_channel_by_channel() -> None:
    nodes = (
        Input("x", 2, signed(12, 11)),
        Rectify("l", "x"),
        Multiply("p", "l", "x"),
        Magnitude("square", "x", MagnitudeKind.SQUARE),
        Output("y", "p"),
    )
    costs = count(Graph("kinds", nodes, 0), "table")
    assert costs["l"] == NodeCost(compares=2)
    # max(x, 0) of 12 bits, a sign included, by x.
    assert costs["p"] == NodeCost({"12x12": 2})
    assert costs["square"] == NodeCost({"12x12": 2}, adds=1)


def test_a_delay_keeps_as_many_words_as_it_is_long() -> None:
    graph = GRAPHS["polynomial"]()
    costs = count(graph, "table")
    assert {name: cost.state_words for name, cost in costs.items() if cost.state_words} == {
        "late": 3, "held": 2 * 2, "pair_held": 2 * 2, "W": 4 * 2,
    }  # fmt: skip


def test_memory_of_the_branches_is_state_once_per_i_and_q() -> None:
    # M_N = 2: Phi reads 3 samples of I and Q, whatever the number of branches.
    costs = count(demo_model(M_N=2).graph, "table")
    assert costs["Phi"].state_words == 2 * 2
    assert costs["Phi"].multiplies == 8 * 2 * 3


def test_state_is_as_many_words_as_past_samples_reach_the_present() -> None:
    for graph in (demo_model().graph, demo_model(M_N=2, M_K=5, M_G=13).graph):
        arrays = {name: table.tolist() for name, table in tables(graph).items()}
        oracle = Oracle(json.loads(to_json(graph)), arrays)
        for node, cost in zip(oracle.nodes, count(graph, "table").values(), strict=True):
            if node["kind"] == "convolution":
                assert cost.state_words == reach(oracle, node)


def reach(oracle: Oracle, node: dict[str, Any]) -> int:
    """Past samples of all input channels that an output of one convolution still depends on, found by impulses."""
    taps = oracle.tables[node["taps"]]
    channels = 2 * len(taps[0]) if node["complex"] else len(taps[0])
    words = 0
    for channel in range(channels):
        impulse = [[int(c == channel and n == 0) for n in range(64)] for c in range(channels)]
        responses = oracle.evaluate(node, [impulse])
        words += max(n for response in responses for n, y in enumerate(response) if y)
    return words


def test_multiplies_are_keyed_by_coefficient_and_signal_width() -> None:
    made = ledger(demo_model(1, 8, 12))
    # x has 16 bits, every other signal 12.
    assert made.totals("table").multiplies_by_width == {"8x16": 28, "8x12": 76}
    assert made.totals("basis").multiplies_by_width == {"8x16": 28, "8x12": 196}


def test_a_zero_tap_counts_as_the_emitted_code_multiplies_by_it() -> None:
    graph = demo_model().graph
    K = graph.node("K")
    assert isinstance(K, Convolution)
    zeros = replace(K, taps=IntTable(0 * K.taps.array))
    silent = replace(graph, nodes=tuple(zeros if node.name == "K" else node for node in graph.nodes))
    assert count(silent, "table")["K"] == count(graph, "table")["K"]


@pytest.mark.parametrize(("bits", "expected"), [(8, 1), (9, 2), (16, 2), (17, 4), (24, 4)])
def test_a_table_word_takes_the_smallest_c_integer(bits: int, expected: int) -> None:
    nodes = (
        Input("x", 2, signed(16, 15)),
        Convolution("K", "x", IntTable([[[[1, 2], [3, 4]]]]), signed(bits, 2), is_complex=True),
        Output("y", "K"),
    )
    assert count(Graph("one", nodes, 0), "table")["K"].table_bytes == 4 * expected


def test_the_default_form_is_the_models_own() -> None:
    model = demo_model(piecewise="basis")
    assert ledger(model).form == "basis"
    assert ledger(model, "table").form == "table"
    assert ledger(model.graph).form == "table"


def test_an_unknown_form_is_refused() -> None:
    message = r"^form 'lut' of the piecewise-linear function; expected one of table, basis$"
    with pytest.raises(InputError, match=message):
        ledger(demo_model(), "lut")
    with pytest.raises(InputError, match=message):
        as_form("lut")


def test_json_has_the_contract_of_count() -> None:
    made = ledger(demo_model())
    data = json.loads(json.dumps(made.to_json()))
    assert data["paper"]["cancellation"]["multiplies"] == 192
    assert set(data["paper"]) == {"table", "cancellation", "update"}
    assert data["paper"]["table"] == "Table I"
    quantities = ("multiplies", "adds", "square_roots", "table_reads", "state_words", "table_bytes")
    assert [data["datapath"][quantity] for quantity in quantities] == [104, 136, 0, 8, 28, 224]
    assert data["datapath"]["form"] == "table"
    assert data["datapath"]["multiplies_by_width"] == {"16x16": 104}
    assert data["datapath"]["by_node"]["G"]["multiplies"] == 36
    assert data["forms"]["basis"]["multiplies"] == 224
    assert {key: value for key, value in data["datapath"].items() if key != "form"} == data["forms"]["table"]
    assert data["parameters"] == {"real": 80, "paper": 56, "datapath": 80}
    antennas = {"T": 1, "R": 1, "functions": 1}
    assert data["sizes"] == {"M_K": 7, "M_N": 1, "M_p": 2, "M_a": 8, "N": 16, "M_G": 9} | antennas
    assert data["sharing"]["graph"] == {"multiplies": 7 * 19 * 16, "adds": 7 * 15 * 16}


def test_nodes_sum_to_the_total() -> None:
    for form in FORMS:
        made = ledger(demo_model(M_N=2), form).to_json()["datapath"]
        for quantity in ("multiplies", "adds", "compares", "shifts", "table_reads", "state_words", "table_bytes"):
            assert made[quantity] == sum(node[quantity] for node in made["by_node"].values())


def test_total_of_nothing_is_nothing() -> None:
    assert total([]) == NodeCost()


def test_rows_show_both_forms_beside_the_paper() -> None:
    rows = {row.quantity: (row.paper, row.table, row.basis) for row in ledger(demo_model()).rows()}
    assert rows["multiplies"] == (192, 104, 224)
    assert rows["multiplies 16x16"] == (None, 104, 224)
    assert rows["adds"] == (178, 136, 352)
    assert rows["table_bytes"] == (None, 224, 160)
    assert next(iter(rows)) == "multiplies"
