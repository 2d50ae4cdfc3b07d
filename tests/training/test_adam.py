"""Adam for the families of the solver: it resumes to the same result, and holds what the family holds."""

import pytest
import torch

from pimdeploy.errors import TrainingError
from pimdeploy.network_spec import BfanSpec
from pimdeploy.recipe import BandSpec, Recipe, ScenarioSpec, TrainingSpec
from pimdeploy.training.adam import train_adam
from pimdeploy.training.objective import one_thread


def recipe(**training):
    fields = {"method": "adam", "iterations": 2, "batch_samples": 4096, **training}
    network = BfanSpec(M_K=3, M_a=4, N=8, M_G=5)
    band = BandSpec(band_hz=(-40e6, 40e6))
    return Recipe(name="a", receive=band, scenario=ScenarioSpec(), network=network, training=TrainingSpec(**fields))


@pytest.fixture(autouse=True)
def _one_thread():
    with one_thread():
        yield


class StoppedError(Exception):
    """An interrupt."""


def stop(*_):
    raise StoppedError


def test_an_interrupted_training_resumes_to_the_same_result(small_dataset, tmp_path):
    place = tmp_path / "checkpoint.safetensors"
    whole, history = train_adam(small_dataset, recipe(), lambda *_: None)
    with pytest.raises(StoppedError):
        train_adam(small_dataset, recipe(), stop, place)
    steps = []
    resumed, resumed_history = train_adam(small_dataset, recipe(), lambda step, *_: steps.append(step), place)
    assert steps == [100]
    assert history == resumed_history
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert whole["f"][0, 0] == 0  # the slope below the first knot is held


def test_the_learning_rate_and_clipping_are_the_recipes(small_dataset):
    plain, _ = train_adam(small_dataset, recipe(iterations=1), lambda *_: None)
    for change in ({"cyclic": False}, {"clip": 1e-3}, {"learning_rate": 1e-3}):
        changed, _ = train_adam(small_dataset, recipe(iterations=1, **change), lambda *_: None)
        assert not torch.equal(plain["K"], changed["K"]), change


def test_a_cut_shorter_than_the_memories_is_refused(small_dataset):
    with pytest.raises(
        TrainingError, match=r"batch_samples = 256: shorter than the filters' memories, expected at least"
    ):
        train_adam(small_dataset, recipe(batch_samples=256), lambda *_: None)
