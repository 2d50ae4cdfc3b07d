"""Budgets: what is exceeded, by how much, and by which nodes."""

import pytest
from demo_models import demo_model

from pimdeploy.cost.budget import check_budget
from pimdeploy.cost.ledger import ledger
from pimdeploy.errors import RecipeError
from pimdeploy.recipe import BudgetSpec, parse_recipe


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
            "weight_bytes",
            127,
            "128 bytes of weights in table form, 1 more than the 127 allowed; largest: G 36, Phi 32, Psi 32",
        ),
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


FS_HZ = 491.52e6


def test_a_share_of_a_target_names_what_binds_and_the_largest_nodes() -> None:
    counted = ledger(demo_model())
    # 22 cycles of adds a sample (test_estimate.py) on 8 cores of 1.25 GHz: 108.1344 %.
    assert check_budget(counted, BudgetSpec(target="c66x", share=1.0814), FS_HZ) == []
    (line,) = check_budget(counted, BudgetSpec(target="c66x", share=0.5), FS_HZ)
    assert line == (
        "budget.share: 108 % of c66x at 491.52 MS/s in table form (adds bind; peak, not measured), 50 % allowed; "
        "largest: f 45.5 %, a 19.7 %, c 19.7 %"
    )
    assert check_budget(counted, BudgetSpec(target="c66x", share=0.5), FS_HZ / 3) == []


def test_a_share_without_a_sample_rate_is_not_kept() -> None:
    (line,) = check_budget(ledger(demo_model()), BudgetSpec(target="c66x", share=0.5))
    assert line.startswith("budget.share: the sample rate is not known")


def test_a_canceller_that_no_memory_of_the_target_holds_is_named() -> None:
    counted = ledger(demo_model(M_a=128, M_N=64, M_K=512, M_G=512, functions=128, N=1024))
    lines = check_budget(counted, BudgetSpec(target="cortex_m7", share=1e9), 1.0)
    assert [line.split(" ")[0] for line in lines] == ["budget.target:"]
    assert lines[0].endswith("more than the 524288 of the largest memory of cortex_m7")


BARE = 'name = "n"\n[receive]\nband_hz = [0, 1]\n[scenario]\n[budget]\n'


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            'target = "c67x"\nshare = 1',
            r"budget\.target: target 'c67x': no such device; did you mean 'c66x'\? known: c66x, .*",
        ),
        ('target = "c66x"', r"budget: target and share go together: .*"),
        ("share = 0.5", r"budget: target and share go together: .*"),
        ('target = "c66x"\nshare = 0', r"budget\.share: .*greater than 0.*"),
        ("weight_byte = 1", r"unknown key 'budget\.weight_byte'; did you mean 'weight_bytes'\? .*"),
    ],
)
def test_a_budget_that_cannot_be_checked_is_refused_with_the_recipe(keys: str, message: str) -> None:
    with pytest.raises(RecipeError, match=rf"^r: {message}$"):
        parse_recipe(BARE + keys + "\n", "r")
