"""Tables I and II of papers/003 at their closed forms, and which graphs the formulas are for."""

from dataclasses import replace
from typing import Any

import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model

from pimdeploy.cost.bfan import BfanSizes, bfan_nodes
from pimdeploy.cost.ledger import ledger
from pimdeploy.cost.paper import paper_table, table_i, table_ii
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import IntTable, Multiply

SIZES = BfanSizes(M_K=7, M_N=1, M_a=8, N=16, M_G=9)


@pytest.mark.parametrize("symmetry", ["odd", "even", "plain"])
@pytest.mark.parametrize(
    "sizes",
    [
        SIZES,
        BfanSizes(M_K=5, M_N=2, M_a=6, N=8, M_G=13),
        BfanSizes(M_K=2, M_N=2, M_a=6, N=8, M_G=3, T=8, R=8, functions=3),
        BfanSizes(M_K=1, M_N=1, M_a=4, N=8, M_G=1, T=2, functions=4),
    ],
)
def test_sizes_come_from_the_shapes_of_the_tables(symmetry: str, sizes: BfanSizes) -> None:
    fields = {name: getattr(sizes, name) for name in ("M_K", "M_N", "M_a", "N", "M_G", "functions")}
    parts = bfan_nodes(demo_model(symmetry=symmetry, n_tx=sizes.T, n_rx=sizes.R, **fields).graph)
    assert parts is not None
    assert parts.sizes == sizes
    assert parts.symmetry == symmetry


@pytest.mark.parametrize(("M_N", "M_p"), [(1, 2), (2, 6), (3, 10)])
def test_a_branch_reads_i_and_q_of_every_sample_of_its_memory(M_N: int, M_p: int) -> None:
    assert replace(SIZES, M_N=M_N).M_p == M_p
    assert replace(SIZES, M_N=M_N, T=8).M_p == 8 * M_p


def test_cancellation_rows_of_the_reference_sizes() -> None:
    # 2 * 7 | 2 * 7 - 2; (2 + 16 + 2) 8 | (2 + 16 + 1) 8 - 2; 2 * 9 | 2 * 9 - 2.
    made = table_i(SIZES)
    rows = [(row.row, row.multiplies, row.adds) for row in made.cancellation]
    assert rows == [("u", 14, 12), ("v", 160, 150), ("y", 18, 16)]
    assert made.to_json()["cancellation"]["multiplies"] == 192
    assert made.to_json()["cancellation"]["adds"] == 178


def test_cancellation_rows_of_the_even_form() -> None:
    # One more product a branch, by a: (2 + 16 + 3) 8.
    made = table_ii(SIZES)
    rows = [(row.row, row.multiplies, row.adds) for row in made.cancellation]
    assert rows == [("u", 14, 12), ("v", 168, 150), ("y", 18, 16)]
    assert made.to_json()["cancellation"]["multiplies"] == 200
    assert made.to_json()["cancellation"]["adds"] == 178


def test_update_rows_of_the_reference_sizes() -> None:
    # 2 M_G = 18, M_a M_p = 16, M_a = 8, N = 16, 2 M_K = 14.
    made = table_i(SIZES)
    assert [(row.row, row.multiplies, row.adds) for row in made.update] == [
        ("grad G", 18, 0),
        ("grad Psi", 19 * 8, 17 * 8),
        ("grad W", (18 + 16 + 1) * 16, (18 + 16 - 3) * 16),
        ("grad Phi", 22 * 2 * 8, 17 * 2 * 8),
        ("grad K", 14 * (18 + 16 + 24 + 1), 14 * (18 + 16 + 8 - 1)),
    ]
    assert made.to_json()["update"]["multiplies"] == 18 + 152 + 560 + 352 + 826 == 1908
    assert made.to_json()["update"]["adds"] == 0 + 136 + 496 + 272 + 574 == 1478


def test_update_rows_of_the_even_form() -> None:
    made = table_ii(SIZES)
    assert [(row.row, row.multiplies, row.adds) for row in made.update] == [
        ("grad G", 18, 0),
        ("grad Psi", 19 * 8, 17 * 8),
        ("grad W", (18 + 24 + 1) * 16, (18 + 16 - 3) * 16),
        ("grad Phi", 23 * 2 * 8, 17 * 2 * 8),
        ("grad K", 14 * (18 + 16 + 32 + 1), 14 * (18 + 16 + 16 - 1)),
    ]
    assert made.to_json()["update"]["multiplies"] == 18 + 152 + 688 + 368 + 938 == 2164
    assert made.to_json()["update"]["adds"] == 0 + 136 + 496 + 272 + 686 == 1590


def test_rows_by_name_are_plain_integers() -> None:
    assert table_i(SIZES).to_json()["cancellation"]["rows"]["v"] == {"multiplies": 160, "adds": 150}


@pytest.mark.parametrize(("symmetry", "name"), [("odd", "Table I"), ("even", "Table II")])
def test_the_table_is_that_of_the_symmetry(symmetry: str, name: str) -> None:
    made = ledger(demo_model(symmetry=symmetry))
    assert made.paper is not None
    assert made.paper["table"] == name
    assert made.table == (table_i if symmetry == "odd" else table_ii)(SIZES)


@pytest.mark.parametrize(
    "fields",
    [
        {"symmetry": "plain"},
        {"functions": 8},
        {"symmetry": "even", "functions": 2},
        {"n_tx": 8},
        {"n_rx": 2},
        {"symmetry": "even", "n_tx": 8, "n_rx": 8},
    ],
)
def test_no_formula_where_the_paper_prints_none(fields: dict[str, Any]) -> None:
    made = ledger(demo_model(M_K=2, M_G=2, N=4, **fields))
    assert made.sizes is not None
    assert made.paper is None
    assert made.reconciliations is None
    assert all(row.paper is None for row in made.rows())


def replaced(model: Graph, **changes: object) -> Graph:
    """A graph with one field of one node changed: name__field=value."""
    (key, value), *_ = changes.items()
    name, field = key.split("__")
    nodes = tuple(replace(node, **{field: value}) if node.name == name else node for node in model.nodes)
    return replace(model, nodes=nodes)


ODD, EVEN = demo_model().graph, demo_model(symmetry="even").graph


@pytest.mark.parametrize(
    "graph",
    [
        replaced(ODD, K__dilation=2),
        replaced(ODD, G__bias=IntTable([1, 2])),
        replaced(ODD, c__source="a"),
        replaced(EVEN, fa__source="u"),
        replaced(EVEN, fa__other="h"),
        replace(ODD, nodes=tuple(n for n in ODD.nodes if n.name not in ("f", "c"))),
        replace(EVEN, nodes=tuple(n for n in EVEN.nodes if not isinstance(n, Multiply))),
        *(make() for name, make in GRAPHS.items() if name != "even"),
    ],
)
def test_what_is_no_bfan_has_no_sizes(graph: Graph) -> None:
    assert bfan_nodes(graph) is None
    assert paper_table(bfan_nodes(graph)) is None


def test_the_product_of_an_even_network_may_name_its_operands_in_any_order() -> None:
    swapped = replaced(replaced(EVEN, fa__source="a"), fa__other="h")
    assert bfan_nodes(swapped) is not None


def test_names_do_not_matter() -> None:
    nodes = tuple(
        replace(
            node, name=f"n_{node.name}", **{k: f"n_{getattr(node, k)}" for k in ("source", "other") if hasattr(node, k)}
        )
        for node in EVEN.nodes
    )
    parts = bfan_nodes(replace(EVEN, nodes=nodes))
    assert parts is not None
    assert parts.sizes == SIZES
