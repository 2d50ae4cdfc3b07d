"""The datapath column of the ledger: derived by hand, and confirmed by running counting integers through the oracle."""

import json
from collections import Counter
from typing import Any

import pytest
from demo_models import demo_formats, demo_model, demo_weights, signed
from oracle.counting import CountingTable, counting_integer
from oracle.oracle import Oracle

from pimdeploy.cost.ledger import ledger
from pimdeploy.cost.operations import FORMS, NodeCost, as_form, count, total
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Piecewise, Requantize
from pimdeploy.errors import InputError

N_SAMPLES = 5


def executed(graph: Graph, form: str) -> dict[str, dict[str, int]]:
    """What each node does per sample, counted while the oracle computes it."""
    counter: Counter[str] = Counter()
    arrays = {name: table.tolist() for name, table in tables(graph).items()}
    oracle_form = {"table": "table", "basis": "clipped"}[form]
    oracle = Oracle(json.loads(to_json(graph)), arrays, oracle_form, counting_integer(counter), CountingTable)
    # Alternating signs and sizes: the count must not depend on the data.
    values = [0, -(1 << 15), 3, -4000, (1 << 15) - 1]
    results = {}
    found = {}
    for node in oracle.nodes:
        source = [values] * graph.input.channels if node["kind"] == "input" else results[node["source"]]
        counter.clear()
        results[node["name"]] = oracle.evaluate(node, source)
        assert all(operations % N_SAMPLES == 0 for operations in counter.values())
        found[node["name"]] = {key: operations // N_SAMPLES for key, operations in (+counter).items()}
    return found


def formulas(cost: NodeCost) -> dict[str, int]:
    """The same quantities of one node's cost under the counter's keys."""
    counts = {f"multiplies {width}": multiplies for width, multiplies in cost.multiplies_by_width.items()}
    counts |= {key: getattr(cost, key) for key in ("adds", "compares", "shifts", "table_reads")}
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
    ],
)
def test_formulas_equal_execution_at_every_size(sizes: dict[str, int]) -> None:
    assert_formulas_equal_execution(demo_model(**sizes).graph)


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("overflow", list(Overflow))
def test_formulas_equal_execution_in_every_rounding(rounding: Rounding, overflow: Overflow) -> None:
    assert_formulas_equal_execution(demo_model(1, 8, 12, rounding, overflow, M_K=2, M_a=2, N=3, M_G=2).graph)


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
        responses = oracle.evaluate(node, impulse)
        words += max(n for response in responses for n, y in enumerate(response) if y)
    return words


def test_multiplies_are_keyed_by_coefficient_and_signal_width() -> None:
    made = ledger(demo_model(1, 8, 12))
    # x has 16 bits, every other signal 12.
    assert made.totals("table").multiplies_by_width == {"8x16": 28, "8x12": 76}
    assert made.totals("basis").multiplies_by_width == {"8x16": 28, "8x12": 196}


def test_a_zero_tap_counts_as_the_emitted_code_multiplies_by_it() -> None:
    weights = demo_weights()
    weights["K"][:] = 0.0
    graph, _ = lower("odd_bfan", weights, demo_formats(), "zeros", 0)
    assert count(graph, "table") == count(demo_model().graph, "table")


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
    assert set(data["paper"]) == {"cancellation", "update"}
    quantities = ("multiplies", "adds", "table_reads", "state_words", "table_bytes")
    assert [data["datapath"][quantity] for quantity in quantities] == [104, 136, 8, 28, 224]
    assert data["datapath"]["form"] == "table"
    assert data["datapath"]["multiplies_by_width"] == {"16x16": 104}
    assert data["datapath"]["by_node"]["G"]["multiplies"] == 36
    assert data["forms"]["basis"]["multiplies"] == 224
    assert {key: value for key, value in data["datapath"].items() if key != "form"} == data["forms"]["table"]
    assert data["parameters"] == {"real": 80, "paper": 56}
    assert data["sizes"] == {"M_K": 7, "M_N": 1, "M_p": 2, "M_a": 8, "N": 16, "M_G": 9}


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
