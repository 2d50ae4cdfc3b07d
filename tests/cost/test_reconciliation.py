"""From the paper's figures to the datapath's: every difference by name, with a sum that is exact."""

from dataclasses import replace
from typing import Any

import pytest
from c_graphs import in_three
from demo_models import demo_model

from pimdeploy.cost.operations import FORMS, count, total
from pimdeploy.cost.reconciliation import Difference, reconcile
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.errors import GraphError


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("symmetry", ["odd", "even"])
@pytest.mark.parametrize(
    "sizes", [{}, {"M_N": 2, "M_K": 5, "N": 12, "M_G": 13}, {"M_K": 1, "M_a": 1, "N": 2, "M_G": 1}]
)
def test_every_row_sums_exactly_and_covers_every_node(
    form: str, rounding: Rounding, symmetry: str, sizes: dict[str, Any]
) -> None:
    graph = demo_model(rounding=rounding, overflow=Overflow.WRAP, symmetry=symmetry, **sizes).graph
    made = reconcile(graph, form)
    assert made is not None
    assert [row.row for row in made.rows] == ["u", "v", "y", "requantize"]
    datapath = total(count(graph, "table" if form == "table" else "basis").values())
    for quantity in ("multiplies", "adds"):
        paper = sum(getattr(row.paper, quantity) for row in made.rows)
        named = sum(getattr(difference, quantity) for row in made.rows for difference in row.differences)
        assert paper + named == getattr(datapath, quantity)


@pytest.mark.parametrize("symmetry", ["odd", "even"])
@pytest.mark.parametrize("form", FORMS)
def test_three_products_are_a_difference_of_their_own(form: str, symmetry: str) -> None:
    graph = in_three(demo_model(symmetry=symmetry).graph, "demo")
    made, four = reconcile(graph, form), reconcile(demo_model(symmetry=symmetry), form)
    assert made is not None
    assert four is not None
    name = "three products and wider sums in place of four"
    added = {row.row: [d for d in row.differences if d.name == name] for row in made.rows}
    # 28 multiplies and 26 adds of K become 21 and 21, 36 and 34 of G 27 and 27.
    assert added == {"u": [Difference(name, -7, -5)], "v": [], "y": [Difference(name, -9, -7)], "requantize": []}
    assert made.to_json()["datapath"]["multiplies"] == four.to_json()["datapath"]["multiplies"] - 16
    assert made.to_json()["datapath"]["adds"] == four.to_json()["datapath"]["adds"] - 12


def test_the_way_from_192_to_224_and_to_104_multiplies() -> None:
    # u + 2 * 7, v + 8 for Psi - 8 for k = N, y + 2 * 9; as a table 15 of 16 products of 8 branches fewer.
    for form, expected in (("basis", [14, -8, 8, 0, 18, 0]), ("table", [14, -8, 8, -120, 0, 0, 0, 0, 18, 0])):
        made = reconcile(demo_model(), form)
        assert made is not None
        assert [difference.multiplies for row in made.rows for difference in row.differences] == expected
        assert made.to_json()["paper"]["multiplies"] == 192
        assert made.to_json()["datapath"]["multiplies"] == {"basis": 224, "table": 104}[form]


def test_the_way_from_178_to_352_and_to_136_adds() -> None:
    # basis: u 14; v -8 for k = N, 8 * 16 knots; y 18; 22 channels rounded.
    # table: v -8, -120, then |a|, r, base and sign of 8 branches.
    ways = {"basis": [14, -8, 0, 128, 18, 22], "table": [14, -8, 0, -120, 8, 8, 8, 8, 18, 22]}
    for form, expected in ways.items():
        made = reconcile(demo_model(), form)
        assert made is not None
        assert [difference.adds for row in made.rows for difference in row.differences] == expected
        assert made.to_json()["paper"]["adds"] == 178
        assert made.to_json()["datapath"]["adds"] == {"basis": 352, "table": 136}[form]


def test_the_way_from_200_to_232_and_to_112_multiplies_of_the_even_form() -> None:
    # u + 2 * 7, v - 8 for the constant + 8 for Psi, y + 2 * 9; as a table 15 of 16 products of 8 branches fewer.
    for form, expected in (("basis", [14, -8, 8, 0, 0, 18, 0]), ("table", [14, -8, 8, -120, 0, 0, 18, 0])):
        made = reconcile(demo_model(symmetry="even"), form)
        assert made is not None
        assert [difference.multiplies for row in made.rows for difference in row.differences] == expected
        assert made.to_json()["paper"]["multiplies"] == 200
        assert made.to_json()["datapath"]["multiplies"] == {"basis": 232, "table": 112}[form]


def test_the_way_from_178_to_376_and_to_136_adds_of_the_even_form() -> None:
    # basis: u 14; 8 * 16 knots, |a| of 8; y 18; 30 channels rounded. table: 15 of 16 sums fewer, |a|, r.
    ways = {"basis": [14, 0, 0, 128, 8, 18, 30], "table": [14, 0, 0, -120, 8, 8, 18, 30]}
    for form, expected in ways.items():
        made = reconcile(demo_model(symmetry="even"), form)
        assert made is not None
        assert [difference.adds for row in made.rows for difference in row.differences] == expected
        assert made.to_json()["paper"]["adds"] == 178
        assert made.to_json()["datapath"]["adds"] == {"basis": 376, "table": 136}[form]


def test_differences_are_named_in_the_json() -> None:
    made = reconcile(demo_model(), "basis")
    assert made is not None
    rows = made.to_json()["rows"]
    assert rows[0] == {
        "row": "u",
        "paper": {"multiplies": 14, "adds": 12},
        "differences": [
            {
                "name": "a complex by complex product is 4 multiplies and 2 adds, not 2 and 0",
                "multiplies": 14,
                "adds": 14,
            }
        ],
        "datapath": {"multiplies": 28, "adds": 26},
    }
    names = [difference["name"] for row in rows for difference in row["differences"]]
    assert "the dead term k = N, which the odd form cancels, is not computed" in names


def test_an_unnamed_difference_is_an_error() -> None:
    made = reconcile(demo_model(), "table")
    assert made is not None
    row = replace(made.rows[0], differences=(Difference("half of it", 7, 14),))
    message = (
        r"^row u: 14 multiplies of the paper and \+7 of named differences make 21, the datapath counts 28; "
        r"a difference is missing from the ledger$"
    )
    with pytest.raises(GraphError, match=message):
        row.check()
