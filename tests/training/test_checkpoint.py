"""A training that was interrupted goes on to the same result; a checkpoint of another one is refused."""

import dataclasses

import pytest
import torch

from pimdeploy.errors import InputError, TrainingError
from pimdeploy.recipe import Recipe
from pimdeploy.training.checkpoint import fingerprint, load_checkpoint, save_checkpoint
from pimdeploy.training.levenberg_marquardt import LevenbergMarquardt
from pimdeploy.training.train import train


def recipe(network=None, **training) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "small",
            "receive": {"band_hz": [-40e6, 40e6]},
            "scenario": {},
            "network": {"M_K": 3, "M_N": 1, "M_a": 4, "N": 8, "M_G": 5} | (network or {}),
            "training": {"starts": 2, "iterations": 15} | training,
        }
    )


def interrupted_at(step: int):
    """A progress callback that interrupts the training."""

    def report(done: int, _total: int, _text: str) -> None:
        if done == step:
            raise KeyboardInterrupt

    return report


def test_what_is_saved_is_loaded(tmp_path):
    path = tmp_path / "deep" / "checkpoint.safetensors"
    tensors = {"w": torch.randn(2, 3, dtype=torch.float64), "rng": torch.get_rng_state()}
    save_checkpoint(path, "mine", tensors, {"loss": 0.1 + 0.2, "steps": [1, 2]})
    found = load_checkpoint(path, "mine")
    assert found.tensors.keys() == tensors.keys()
    assert all(torch.equal(found.tensors[name], value) for name, value in tensors.items())
    assert found.state == {"loss": 0.1 + 0.2, "steps": [1, 2]}
    assert load_checkpoint(tmp_path / "none", "mine") is None


def test_the_fingerprint_is_that_of_all_that_decides(small_dataset):
    own = fingerprint(recipe(), small_dataset)
    assert fingerprint(recipe(), small_dataset) == own
    others = [
        fingerprint(recipe({"M_a": 5}), small_dataset),
        fingerprint(recipe(ridge=1e-5), small_dataset),
        fingerprint(recipe().model_copy(update={"seed": 2}), small_dataset),
        fingerprint(recipe(), dataclasses.replace(small_dataset, sha256="other")),
        fingerprint(recipe(), dataclasses.replace(small_dataset, splits={"train": (0, 1)})),
    ]
    assert len({own, *others}) == 1 + len(others)


def test_another_training_and_a_damaged_file_are_one_line(tmp_path):
    path = tmp_path / "checkpoint"
    save_checkpoint(path, "mine", {"w": torch.zeros(1)}, {})
    message = r"checkpoint: a checkpoint of another network, training or capture; remove it, or give another place$"
    with pytest.raises(TrainingError, match=message):
        load_checkpoint(path, "yours")
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(TrainingError, match=r"checkpoint: not a checkpoint: [^\n]*; remove it, or give another place$"):
        load_checkpoint(path, "mine")
    with pytest.raises(InputError, match=r"cannot be written"):
        save_checkpoint(path / "below", "mine", {"w": torch.zeros(1)}, {})


@pytest.fixture(scope="module")
def uninterrupted(small_dataset):
    return train(small_dataset, recipe())


@pytest.mark.parametrize("step", [5, 16, 26])
def test_an_interrupted_training_goes_on_to_the_same_result(tmp_path, small_dataset, uninterrupted, step):
    """In the first start, in the second, and in what follows the choice between them."""
    path = tmp_path / "checkpoint"
    with pytest.raises(KeyboardInterrupt):
        train(small_dataset, recipe(), interrupted_at(step), path)
    assert path.is_file()
    resumed: list[int] = []
    again = train(small_dataset, recipe(), lambda done, _total, _text: resumed.append(done), path)
    assert resumed[0] == step + 1
    assert again.history == uninterrupted.history
    assert again.scores == uninterrupted.scores
    assert all(torch.equal(again.weights[name], value) for name, value in uninterrupted.weights.items())
    assert not path.exists()


def test_a_checkpoint_of_another_architecture_is_refused(tmp_path, small_dataset):
    path = tmp_path / "checkpoint"
    with pytest.raises(KeyboardInterrupt):
        train(small_dataset, recipe(), interrupted_at(2), path)
    with pytest.raises(TrainingError, match=r"checkpoint: a checkpoint of another network, training or capture;"):
        train(small_dataset, recipe({"symmetry": "even"}), None, path)


def test_a_divergence_names_the_step_and_keeps_the_best_weights(tmp_path, small_dataset, monkeypatch):
    real_step = LevenbergMarquardt.step

    def bad_after_three(self, state):
        after = real_step(self, state)
        return after if state.steps < 3 else dataclasses.replace(after, loss=float("nan"))

    monkeypatch.setattr(LevenbergMarquardt, "step", bad_after_three)
    path = tmp_path / "checkpoint"
    message = (
        r"^Levenberg-Marquardt diverged at step 4 of start 0: the loss is nan; the best weights, "
        r"\d+\.\d\d dB, are in .*checkpoint; give a larger training\.ridge or another seed$"
    )
    with pytest.raises(TrainingError, match=message):
        train(small_dataset, recipe(), None, path)
    kept = load_checkpoint(path, fingerprint(recipe(), small_dataset))
    assert {name for name in kept.tensors if name.startswith("0.best.")} == {
        f"0.best.{name}" for name in ("K", "Phi", "f", "Psi", "G")
    }
    assert kept.state["starts"][0]["best_val_db"] > 5
