"""Budgets: what is exceeded, by how much, and by which nodes."""

import pytest
from demo_models import demo_model

from pimdeploy.cost.budget import check_budget
from pimdeploy.cost.ledger import ledger
from pimdeploy.recipe import BudgetSpec


def test_no_limit_is_never_exceeded() -> None:
    assert check_budget(ledger(demo_model()), BudgetSpec()) == []


def test_a_limit_that_is_met_exactly_is_not_exceeded() -> None:
    limits = BudgetSpec(multiplies=104, adds=136, table_reads=8, state_words=28, table_bytes=224)
    assert check_budget(ledger(demo_model()), limits) == []


@pytest.mark.parametrize(
    ("quantity", "limit", "line"),
    [
        (
            "multiplies",
            100,
            "104 multiplies a sample in table form, 4 more than the 100 allowed; largest: G 36, K 28, Phi 16",
        ),
        ("adds", 135, "136 adds a sample in table form, 1 more than the 135 allowed; largest: G 34, f 32, K 26"),
        ("table_reads", 0, "8 table reads a sample in table form, 8 more than the 0 allowed; largest: f 8"),
        ("state_words", 20, "28 words of state in table form, 8 more than the 20 allowed; largest: G 16, K 12"),
        (
            "table_bytes",
            200,
            "224 bytes of tables in table form, 24 more than the 200 allowed; largest: f 96, G 36, Phi 32",
        ),
    ],
)
def test_an_exceeded_limit_names_the_largest_contributors(quantity: str, limit: int, line: str) -> None:
    assert check_budget(ledger(demo_model()), BudgetSpec(**{quantity: limit})) == [f"budget.{quantity}: {line}"]


def test_the_default_form_is_what_counts() -> None:
    (line,) = check_budget(ledger(demo_model(), "basis"), BudgetSpec(multiplies=200))
    assert line.startswith("budget.multiplies: 224 multiplies a sample in basis form, 24 more than the 200 allowed")
    assert line.endswith("largest: f 128, G 36, K 28")


def test_every_exceeded_limit_has_its_line() -> None:
    lines = check_budget(ledger(demo_model()), BudgetSpec(multiplies=1, state_words=1))
    assert [line.split(":")[0] for line in lines] == ["budget.multiplies", "budget.state_words"]
