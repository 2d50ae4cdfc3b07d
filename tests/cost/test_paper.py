"""Table I of papers/003 at its closed forms, the parameter counts, and which graphs the formulas are for."""

from dataclasses import replace

import pytest
from demo_models import demo_model

from pimdeploy.cost.paper import OddBfanSizes, cancellation, odd_bfan_nodes, table_i, update
from pimdeploy.cost.parameters import parameter_counts
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import IntTable

SIZES = OddBfanSizes(M_K=7, M_N=1, M_a=8, N=16, M_G=9)


def test_sizes_come_from_the_shapes_of_the_tables() -> None:
    for sizes in (SIZES, OddBfanSizes(M_K=5, M_N=2, M_a=8, N=12, M_G=13)):
        names = ("M_K", "M_N", "M_a", "N", "M_G")
        parts = odd_bfan_nodes(demo_model(**{name: getattr(sizes, name) for name in names}).graph)
        assert parts is not None
        assert parts.sizes == sizes


@pytest.mark.parametrize(("M_N", "M_p"), [(1, 2), (2, 6), (3, 10)])
def test_a_branch_reads_i_and_q_of_every_sample_of_its_memory(M_N: int, M_p: int) -> None:
    assert replace(SIZES, M_N=M_N).M_p == M_p


def test_cancellation_rows_of_the_reference_sizes() -> None:
    # 2 * 7 | 2 * 7 - 2; (2 + 16 + 2) 8 | (2 + 16 + 1) 8 - 2; 2 * 9 | 2 * 9 - 2.
    rows = [(row.row, row.multiplies, row.adds) for row in cancellation(SIZES)]
    assert rows == [("u", 14, 12), ("v", 160, 150), ("y", 18, 16)]
    assert table_i(SIZES)["cancellation"]["multiplies"] == 192
    assert table_i(SIZES)["cancellation"]["adds"] == 178


def test_update_rows_of_the_reference_sizes() -> None:
    # 2 M_G = 18, M_a M_p = 16, M_a = 8, N = 16, 2 M_K = 14.
    rows = [(row.row, row.multiplies, row.adds) for row in update(SIZES)]
    assert rows == [
        ("grad G", 18, 0),
        ("grad Psi", 19 * 8, 17 * 8),
        ("grad W", (18 + 16 + 1) * 16, (18 + 16 - 3) * 16),
        ("grad Phi", 22 * 2 * 8, 17 * 2 * 8),
        ("grad K", 14 * (18 + 16 + 24 + 1), 14 * (18 + 16 + 8 - 1)),
    ]
    assert table_i(SIZES)["update"]["multiplies"] == 18 + 152 + 560 + 352 + 826 == 1908
    assert table_i(SIZES)["update"]["adds"] == 0 + 136 + 496 + 272 + 574 == 1478


def test_rows_by_name_are_plain_integers() -> None:
    assert table_i(SIZES)["cancellation"]["rows"]["v"] == {"multiplies": 160, "adds": 150}


@pytest.mark.parametrize("M_N", [1, 2])
def test_parameter_counts(M_N: int) -> None:
    counts = parameter_counts(demo_model(M_N=M_N).graph)
    M_p = 2 * (2 * M_N - 1)
    # Reals: K and G complex, Phi real, N weights of the shared function, Psi complex; knots are fixed.
    assert counts.real == 2 * 7 + 8 * M_p + 16 + 2 * 8 + 2 * 9
    # The paper's: a complex number counts 1.
    assert counts.paper == 7 + 8 * M_p + 16 + 8 + 9
    assert M_N != 1 or (counts.real, counts.paper) == (80, 56)


def replaced(**changes: object) -> Graph:
    """The demonstration graph with one field of one node changed: name__field=value."""
    graph = demo_model().graph
    (key, value), *_ = changes.items()
    name, field = key.split("__")
    nodes = tuple(replace(node, **{field: value}) if node.name == name else node for node in graph.nodes)
    return Graph(graph.name, nodes, graph.delay_samples)


@pytest.mark.parametrize(
    "graph",
    [
        replaced(K__dilation=2),
        replaced(G__bias=IntTable([1, 2])),
        replaced(f__slopes=IntTable([[1, 2]] * 8)),
        Graph("no_function", tuple(n for n in demo_model().graph.nodes if n.name not in ("f", "c")), 0),
    ],
)
def test_no_formula_where_the_network_is_not_that_of_table_i(graph: Graph) -> None:
    assert odd_bfan_nodes(graph) is None
