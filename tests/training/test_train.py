"""Training end to end on a small scenario."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from pimdeploy.errors import TrainingError
from pimdeploy.networks.build import parameter_counts
from pimdeploy.recipe import Recipe, load_recipe
from pimdeploy.training import search as search_module
from pimdeploy.training.families import family_of
from pimdeploy.training.linear_start import branch_quantile
from pimdeploy.training.objective import fft_length, interleave
from pimdeploy.training.train import estimate, score_estimate, train


def recipe(**training) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "small",
            "receive": {"band_hz": [-40e6, 40e6]},
            "scenario": {},
            "network": {"M_K": 3, "M_N": 1, "M_a": 8, "N": 12, "M_G": 7},
            "training": {"starts": 2, "iterations": 14} | training,
        }
    )


@pytest.fixture(scope="module")
def trained(small_dataset):
    texts: list[tuple[int, int, str]] = []
    return train(small_dataset, recipe(), lambda *step: texts.append(step)), texts


def test_comes_near_the_bound(trained):
    result, _ = trained
    assert result.scores["test"].short_of_bound_db < 1.5
    assert result.scores["test"].per_channel_db == (result.scores["test"].cancellation_db,)
    assert result.parameters["real"] == 6 + 16 + 12 + 16 + 14


@pytest.mark.parametrize(
    "network",
    [{"symmetry": "even"}, {"symmetry": "plain", "N": 32}, {"functions": 8}, {"symmetry": "even", "functions": 2}],
    ids=lambda network: "-".join(map(str, network.values())),
)
def test_every_symmetry_and_sharing_comes_near_the_bound(small_dataset, network):
    asked = recipe(starts=1)
    spec = type(asked.network).model_validate(asked.network.model_dump() | network)
    result = train(small_dataset, asked.model_copy(update={"network": spec}))
    assert result.scores["test"].short_of_bound_db < 1.5


def test_first_segment_is_flat_and_knots_lie_inside(trained, small_dataset):
    result, _ = trained
    assert result.weights["f"][0, 0] == 0
    start, stop = small_dataset.splits["train"]
    x = torch.from_numpy(interleave(small_dataset.x[:, start:stop]))
    a = family_of(result.recipe.network, 1, 1).point(result.weights, x).a
    assert (result.recipe.network.N - 1) * result.knot_spacing <= branch_quantile(a, 0.999) * 1.001


def test_progress_ends_at_its_total(trained):
    _, texts = trained
    steps = [step for step, _, _ in texts]
    assert steps == sorted(steps)
    assert texts[-1][0] == texts[-1][1]
    assert "loss" in texts[0][2]
    assert "dB" in texts[0][2]


def test_the_seed_decides_everything(trained, small_dataset):
    result, _ = trained
    again = train(small_dataset, recipe())
    for name, value in result.weights.items():
        assert torch.equal(value, again.weights[name]), name
    assert again.scores == result.scores


def test_estimate_scores_as_reported(trained, small_dataset):
    result, _ = trained
    z = estimate(result.network, small_dataset.x)
    assert z.shape == small_dataset.d.shape
    assert score_estimate(z, small_dataset, result.recipe.network) == result.scores


def test_two_receivers(two_channel_dataset):
    result = train(two_channel_dataset, recipe(starts=1, iterations=8))
    assert min(result.scores["test"].per_channel_db) > 15


def test_adam_learns(small_dataset):
    result = train(small_dataset, recipe(method="adam", iterations=2, batch_samples=4096))
    assert len(result.history) == 2
    assert result.scores["test"].cancellation_db > 10
    assert result.weights["f"][0, 0] == 0


def test_short_split_is_refused(small_dataset):
    short = dataclasses.replace(small_dataset, splits=small_dataset.splits | {"train": (0, 1000)})
    with pytest.raises(TrainingError, match=r"^training split: 1000 samples are too few for .* expected at least 2048"):
        train(short, recipe())


def test_silent_channel_is_refused(small_dataset):
    silent = dataclasses.replace(small_dataset, d=np.zeros_like(small_dataset.d))
    with pytest.raises(TrainingError, match=r"^train split: a receive channel is zero in the receive band"):
        train(silent, recipe())


def test_transmitters_that_are_copies_of_one_are_trained_from(small_dataset):
    copies = dataclasses.replace(
        small_dataset, x=np.concatenate([small_dataset.x, 1j * small_dataset.x, small_dataset.x / 2])
    )
    assert train(copies, recipe(starts=2, iterations=4)).scores["test"].cancellation_db > 10


def test_equations_without_a_solution_are_named(small_dataset, monkeypatch):
    def singular(*_):
        return torch.linalg.inv(torch.zeros(2, 2))

    monkeypatch.setattr(search_module.LevenbergMarquardt, "step", singular)
    with pytest.raises(
        TrainingError, match=r"^training: its equations have no single solution, .*; give training.method"
    ):
        train(small_dataset, recipe())


def test_divergence_names_the_step(small_dataset, monkeypatch):
    def bad_step(self, state):
        return dataclasses.replace(state, loss=float("nan"), steps=state.steps + 1)

    monkeypatch.setattr(search_module.LevenbergMarquardt, "step", bad_step)
    with pytest.raises(TrainingError, match=r"^Levenberg-Marquardt diverged at step 1 of start 0"):
        train(small_dataset, recipe())


@pytest.mark.parametrize("name", ["odd_bfan_siso", "odd_bfan_apa"])
def test_zoo_recipes_load_and_stay_within_116_real_parameters(name):
    path = Path(__file__).parents[2] / "models" / name / "recipe.toml"
    loaded = load_recipe(path)
    assert loaded.name == name
    assert parameter_counts(loaded.network)["real"] <= 116


def test_safety_stop_keeps_what_there_is(small_dataset):
    result = train(small_dataset, recipe(max_seconds=1e-3))
    assert result.history == []
    assert result.scores["test"].cancellation_db > 10


@pytest.mark.parametrize(("n", "expected"), [(1, 1), (7, 6), (97, 96), (1000, 1000), (117_900, 116_640)])
def test_fft_length(n, expected):
    assert fft_length(n) == expected
