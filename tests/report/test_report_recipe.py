"""What the report takes of a recipe, for every family."""

import pytest
from report_samples import FS_HZ, RECIPE

from pimdeploy.network_spec import BfanSpec, CnnSpec, MemoryPolynomialSpec, WhlutSpec
from pimdeploy.recipe import parse_recipe
from pimdeploy.report import collect_recipe as collect
from pimdeploy.report.parts import RecipeSummary
from pimdeploy.report.view import sizes


def test_recipe_summary_has_the_sizes_and_the_resolved_widths():
    summary = collect.recipe_summary(parse_recipe(RECIPE, "recipe"), FS_HZ, 7, n_tx=2, n_rx=3)
    assert summary.sizes == {"symmetry": "odd", "functions": 1, "M_K": 7, "M_N": 1, "M_a": 8, "N": 16, "M_G": 9}
    assert (summary.family, summary.n_tx, summary.n_rx) == ("bfan", 2, 3)
    assert (summary.output_bits, summary.latency_samples) == (16, 7)


@pytest.mark.parametrize("spec", [BfanSpec(), WhlutSpec(), MemoryPolynomialSpec(cross_lags=(-1, 1)), CnnSpec()])
def test_sizes_of_every_family_survive_json(spec):
    base = collect.recipe_summary(parse_recipe(RECIPE, "recipe"), FS_HZ, 7)
    summary = base.model_copy(update={"sizes": collect.network_sizes(spec)})
    assert RecipeSummary.model_validate_json(summary.model_dump_json()) == summary
    assert summary.sizes
    assert not {"family", "latency_samples"} & set(summary.sizes)


def test_sizes_that_a_cnn_does_not_use_are_left_out():
    lut, dense = (collect.network_sizes(CnnSpec(kernel=kernel)) for kernel in ("lut", "dense"))
    assert lut["lut_entries"] == 32
    assert dense["dense"] == (16, 48)
    assert "dense" not in lut
    assert "lut_entries" not in dense


def test_sizes_in_words():
    base = collect.recipe_summary(parse_recipe(RECIPE, "recipe"), FS_HZ, 7)
    shown = {"front": (32, 32), "separable": True, "kernel": "lut", "M": 15}
    text = sizes(base.model_copy(update={"sizes": shown}))
    assert text == "front = [32, 32], separable = yes, kernel = lut, M = 15"
