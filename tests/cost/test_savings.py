"""The ranking of savings: every claim executed by counting integers, the same results each time; and what is by hand."""

from collections import Counter
from itertools import pairwise

import cheaper
import numpy as np
import pytest
from c_graphs import in_three
from demo_graphs import GRAPHS
from demo_models import demo_model, signed

from pimdeploy.cost.ledger import ledger
from pimdeploy.cost.savings import OPTIONS, Saving, savings
from pimdeploy.cost.savings_nodes import NodeSaving
from pimdeploy.datapath.formats import Overflow, QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Convolution,
    Input,
    IntTable,
    Magnitude,
    Multiply,
    Node,
    Output,
    Piecewise,
    Requantize,
    Symmetry,
)

N_SAMPLES = 3
PLENTY = [-8, -5, -3, -2, -1, 0, 0, 1, 2, 3, 5, 16]


def found(graph: Graph, form: str = "table") -> dict[str, Saving]:
    return {saving.option: saving for saving in savings(ledger(graph, form))}


def around(*nodes: Node, channels: int = 4) -> Graph:
    return Graph("g", (Input("x", channels, signed(16, 15)), *nodes, Output("y", nodes[-1].name)), 0)


def convolutions() -> dict[str, Convolution]:
    rng = np.random.default_rng(11)

    def taps(*shape: int) -> IntTable:
        return IntTable(rng.choice(PLENTY, size=shape))

    bias = IntTable([7, -9, 11, 5])
    return {
        "real": Convolution("h", "x", taps(3, 4, 5), signed(6, 0)),
        "grouped": Convolution("h", "x", taps(4, 1, 5), signed(6, 0), bias, groups=4, dilation=2),
        "complex": Convolution("h", "x", taps(2, 2, 2, 3), signed(6, 0), bias, is_complex=True),
        "complex_grouped": Convolution("h", "x", taps(2, 1, 2, 4), signed(6, 0), groups=2, dilation=3, is_complex=True),
        "one_tap": Convolution("h", "x", IntTable([[[-4], [-1], [-2], [-8]], [[-4], [1], [0], [3]]]), signed(6, 0)),
        "no_tap": Convolution("h", "x", IntTable(np.zeros((4, 4, 2))), signed(6, 0), bias),
        "nothing": Convolution("h", "x", IntTable(np.zeros((4, 4, 2))), signed(6, 0)),
        "symmetric": Convolution("h", "x", IntTable(np.tile([3, -7, 5, -7, 3], (2, 4, 1))), signed(6, 0)),
    }


CONVOLUTIONS = convolutions()
EXECUTED = {
    "zero coefficients": cheaper.without_zeros,
    "symmetric or repeated taps": cheaper.repeated_first,
    "power-of-two coefficients": cheaper.powers_as_shifts,
}


def multiplies(counted: Counter[str]) -> int:
    return sum(count for key, count in counted.items() if key.startswith("multiplies"))


def saved(before: Counter[str], after: Counter[str]) -> dict[str, int]:
    figures = {key: before[key] - after[key] for key in ("adds", "compares", "shifts")}
    return {"multiplies": multiplies(before) - multiplies(after), **figures}


def claimed(saving: NodeSaving) -> dict[str, int]:
    return {key: saving.figures()[key] for key in ("multiplies", "adds", "compares", "shifts")}


@pytest.mark.parametrize("option", EXECUTED)
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_a_cheaper_convolution_saves_what_is_claimed_and_changes_no_integer(name: str, option: str) -> None:
    node = CONVOLUTIONS[name]
    plain, before = cheaper.convolution(node, cheaper.every_product, N_SAMPLES)
    quick, after = cheaper.convolution(node, EXECUTED[option], N_SAMPLES)
    assert quick == plain
    assert saved(before, after) == claimed(found(around(node))[option].total)


@pytest.mark.parametrize("name", [name for name, node in CONVOLUTIONS.items() if node.is_complex and node.bias is None])
def test_three_multiplies_save_what_is_claimed_and_change_no_integer(name: str) -> None:
    node = CONVOLUTIONS[name]
    plain, before = cheaper.convolution(node, cheaper.every_product, N_SAMPLES)
    quick, after = cheaper.three_multiplies(node, N_SAMPLES)
    assert quick == plain
    assert saved(before, after) == claimed(found(around(node))["three-multiply complex products"].total)


def test_the_plain_sums_are_those_of_the_ledger() -> None:
    for node in CONVOLUTIONS.values():
        _, counted = cheaper.convolution(node, cheaper.every_product, N_SAMPLES)
        cost = ledger(around(node)).totals()
        assert (multiplies(counted), counted["adds"]) == (cost.multiplies, cost.adds)


def test_three_multiplies_of_the_reference_sizes_by_hand() -> None:
    saving = found(demo_model().graph)["three-multiply complex products"]
    # K has 7 complex taps, G 9. Adds: 2 (2 * 7 - 1) = 26 become 1 + 3 * 6 + 2 = 21; 34 become 1 + 3 * 8 + 2 = 27.
    assert {name: (node.multiplies, node.adds) for name, node in saving.by_node.items()} == {"K": (7, 5), "G": (9, 7)}
    assert (saving.total.table_bytes, saving.total.state_words) == (0, 0)
    assert saving.by_node["K"].note == "products up to 16x17 bits"
    assert (saving.same_integers, saving.recipe) == (True, 'datapath.products = "three"')


def test_a_wider_accumulator_of_three_products_is_named() -> None:
    # 31 (|a| + |b|) = 31 * 2^16 at most in four; S1 = 31 (a + b) reaches -31 * 2^16, I + Q of a tap of 33 more.
    node = Convolution("h", "x", IntTable([[[[31, 31], [0, 0]]]]), signed(6, 0), is_complex=True)
    saving = found(around(node, channels=2))["three-multiply complex products"].by_node["h"]
    assert saving.note == "products up to 6x17 bits, accumulator 23 bits, not 22"


def test_three_products_are_no_option_once_they_are_chosen() -> None:
    graph = in_three(demo_model().graph, "demo")
    assert "three-multiply complex products" in found(demo_model().graph)
    assert "three-multiply complex products" not in found(graph)


def test_a_product_of_two_signals_takes_three_multiplies_and_five_adds() -> None:
    graph = around(Requantize("a", "x", signed(12, 11)), Multiply("p", "a", "x", is_complex=True))
    saving = found(graph)["three-multiply complex products"].by_node["p"]
    assert (saving.multiplies, saving.adds) == (2, 2 * (2 - 5))
    assert saving.note == "products up to 13x17 bits"


WEIGHTS = [[0, 4, -4, 0, 3], [0, -1, 0, 2, 2]]


@pytest.mark.parametrize(
    ("symmetry", "expected"),
    [
        # Four channels, two by each row: 2 and 2 zeros; the sum loses as many terms, each a knot's subtraction, too.
        (Symmetry.ODD, {"multiplies": 8, "adds": 8 + 8, "compares": 16}),
        (Symmetry.EVEN, {"multiplies": 8, "adds": 8 + 8, "compares": 8}),
    ],
)
def test_zero_weights_of_the_basis_form(symmetry: Symmetry, expected: dict[str, int]) -> None:
    slopes = IntTable(np.cumsum(WEIGHTS, axis=1))
    node = Piecewise("f", "x", slopes, signed(6, 3), 10, symmetry)
    figures = found(around(node), "basis")["zero coefficients"].total.figures()
    assert {key: figure for key, figure in figures.items() if figure} == expected
    # 4, -4, -1, 2 and 2 are powers of two; but for -1, shifts.
    powers = found(around(node), "basis")["power-of-two coefficients"].total
    assert (powers.multiplies, powers.shifts, powers.adds) == (10, -8, 0)
    assert not found(around(node), "table")["zero coefficients"].saves


def test_a_knot_stays_where_one_of_two_results_needs_it() -> None:
    slopes = IntTable(np.cumsum(WEIGHTS, axis=1))
    graph = Graph(
        "g",
        (
            Input("x", 2, signed(16, 15)),
            Magnitude("m", "x"),
            Requantize("r", "m", QFormat(False, 13, 12)),
            Piecewise("f", "r", slopes, signed(6, 3), 10, Symmetry.INDEX, outputs=2),
            Output("y", "f"),
        ),
        0,
    )
    figures = found(graph, "basis")["zero coefficients"].by_node["f"]
    # One channel: 4 products and terms; only the knot at 0 is needed by neither row.
    assert (figures.multiplies, figures.adds, figures.compares) == (4, 4 + 1, 1)


def test_sharing_one_function_keeps_its_tables_once() -> None:
    unshared = demo_model(functions=8)
    saving = found(unshared.graph)["one function for all branches"]
    held = ledger(unshared).by_node["table"]["f"].table_bytes
    assert saving.total.table_bytes == held - held // 8
    assert saving.total.multiplies == 0
    # papers/003, section IV-B, as the graph has it: (M_a - 1) (2 M_G + 1) N and (M_a - 1) (2 M_G - 3) N.
    assert saving.by_node["f"].note == "a parameter update takes 2128 multiplies and 1680 adds less"
    assert saving.recipe is not None
    assert "network.functions = 1" in saving.recipe
    assert not saving.same_integers
    assert not found(demo_model().graph)["one function for all branches"].saves


def test_the_table_form_saves_what_the_two_columns_differ_by() -> None:
    counted = ledger(demo_model(), "basis")
    saving = next(s for s in savings(counted) if s.option == "table form")
    table, basis = counted.totals("table"), counted.totals("basis")
    for quantity in ("multiplies", "adds", "compares", "shifts", "table_bytes"):
        assert getattr(saving.total, quantity) == getattr(basis, quantity) - getattr(table, quantity)
    assert saving.by_node["f"].note == "8 table reads a sample instead"
    assert savings(counted)[0].option == "table form"


def test_magnitudes_without_a_root() -> None:
    options = found(GRAPHS["gain_sqrt"]())
    assert options["squared magnitude"].total == NodeSaving(square_roots=1)
    # |I|, |Q| and the sum are two adds more; four compares more.
    assert options["alpha max + beta min"].total == NodeSaving(square_roots=1, adds=-2, compares=-4)
    assert not found(GRAPHS["gain_square"]())["squared magnitude"].by_node


def test_saturations_that_never_act() -> None:
    def graph(bits: int, overflow: Overflow = Overflow.SATURATE) -> Graph:
        taps = Convolution("h", "x", IntTable([[[1], [0]], [[0], [3]]]), signed(3, 0))
        return around(taps, Requantize("r", "h", signed(bits, 15), overflow=overflow), channels=2)

    # |3 x| reaches 3 * 2^15: 18 bits never saturate, 16 bits do in the second channel.
    assert found(graph(18))["idle saturations"].total == NodeSaving(compares=4)
    assert found(graph(16))["idle saturations"].total == NodeSaving(compares=2)
    assert found(graph(15))["idle saturations"].total == NodeSaving()
    assert found(graph(18, Overflow.WRAP))["idle saturations"].total == NodeSaving()


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("name", ["odd", *GRAPHS])
def test_options_are_ranked_and_each_stands_there_once(name: str, form: str) -> None:
    ranked = savings(ledger(demo_model().graph if name == "odd" else GRAPHS[name](), form))
    assert sorted(s.option for s in ranked) == sorted(known.option for known in OPTIONS)
    assert all(a.total.multiplies >= b.total.multiplies for a, b in pairwise(ranked))
    for saving in ranked:
        data = saving.to_json()
        assert data["saves"] == {k: sum(node[k] for node in data["by_node"].values()) for k in data["saves"]}


def test_mirrored_taps_are_named() -> None:
    saving = found(around(CONVOLUTIONS["symmetric"]))["symmetric or repeated taps"]
    # Two results of 20 taps, of magnitudes 3, 7 and 5; in each of the eight kernels two pairs are mirrored.
    assert saving.total.multiplies == 2 * (20 - 3)
    assert saving.by_node["h"].note == "16 of them mirrored in their kernel"
