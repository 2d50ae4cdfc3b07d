"""What sharing one function saves in a parameter update: by the paper's formula, and as the graph has it."""

from typing import Any

import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model

from pimdeploy.cost.bfan import BfanSizes
from pimdeploy.cost.ledger import ledger
from pimdeploy.cost.paper import table_i, table_ii
from pimdeploy.cost.sharing import saving_by_graph, saving_by_paper

SIZES = BfanSizes(M_K=7, M_N=1, M_a=8, N=16, M_G=9)
ALL_SIZES = [SIZES, BfanSizes(5, 2, 6, 8, 13), BfanSizes(1, 1, 1, 2, 1)]


@pytest.mark.parametrize("sizes", ALL_SIZES)
def test_the_paper_takes_a_gradient_of_table_i_for_each_other_branch(sizes: BfanSizes) -> None:
    gradient = next(row for row in table_i(sizes).update if row.row == "grad W")
    saved = saving_by_paper(sizes)
    assert saved.multiplies == (sizes.M_a - 1) * gradient.multiplies
    assert saved.adds == (sizes.M_a - 1) * gradient.adds


@pytest.mark.parametrize("sizes", ALL_SIZES)
@pytest.mark.parametrize(("table", "products_by_branch"), [(table_i, 2), (table_ii, 3)])
def test_the_graph_saves_what_unshared_gradients_cost_more(
    sizes: BfanSizes, table: Any, products_by_branch: int
) -> None:
    # In the tables a branch takes 2 products with Psi_j (even: and 1 by a), and each sum over branches 2 M_a - 2 adds;
    # with the filter G and e that is the row of the shared gradient. An unshared one has one branch.
    filter_and_e, filter_adds = 2 * sizes.M_G + 1, 2 * sizes.M_G - 1
    shared = next(row for row in table(sizes).update if row.row == "grad W")
    assert shared.multiplies == (filter_and_e + products_by_branch * sizes.M_a) * sizes.N
    assert shared.adds == (filter_adds + 2 * sizes.M_a - 2) * sizes.N
    unshared_multiplies = sizes.M_a * (filter_and_e + products_by_branch) * sizes.N
    unshared_adds = sizes.M_a * filter_adds * sizes.N
    saved = saving_by_graph(sizes)
    assert saved.multiplies == unshared_multiplies - shared.multiplies
    assert saved.adds == unshared_adds - shared.adds


def test_the_figures_of_the_reference_sizes() -> None:
    assert saving_by_paper(SIZES).to_json() == {"multiplies": 7 * 35 * 16, "adds": 7 * 31 * 16}
    assert saving_by_graph(SIZES).to_json() == {"multiplies": 7 * 19 * 16, "adds": 7 * 15 * 16}


@pytest.mark.parametrize(
    ("fields", "shared"),
    [({}, True), ({"symmetry": "even"}, True), ({"functions": 8}, False), ({"n_tx": 2, "n_rx": 2}, True)],
)
def test_every_symmetrized_network_says_what_sharing_saves(fields: dict[str, Any], shared: bool) -> None:
    made = ledger(demo_model(**fields)).sharing
    assert made is not None
    assert made.shared is shared
    assert made.paper == saving_by_paper(SIZES)
    assert made.graph == saving_by_graph(SIZES)
    assert "only its own Psi_j" in made.why
    assert ("3 M_a" in made.why) == (fields.get("symmetry") == "even")


def test_there_is_no_figure_where_the_paper_has_no_gradient() -> None:
    assert ledger(demo_model(symmetry="plain")).sharing is None
    assert ledger(GRAPHS["layers"]()).sharing is None
