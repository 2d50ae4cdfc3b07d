"""Identification as a job: what it leaves, what it reaches on a short stream, what it refuses."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from pimdeploy.errors import InputError, RecipeError
from pimdeploy.identification.job import identify
from pimdeploy.recipe import parse_recipe

RECIPE = """
name = "small"
[receive]
band_hz = [-40e6, 40e6]
filter_taps = 63
[scenario]
preset = "siso"
n_samples = 40_000
[network]
family = "{family}"
"""


TRAIN = 23_994
"""Samples of the training split: three fifths of what is left when tx and rx are aligned."""


def recipe(family="bfan", sizes="M_a = 6"):
    return parse_recipe(RECIPE.format(family=family) + sizes, "test")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("identify") / "out"
    steps = []
    result = identify(recipe(), None, out, 128, None, lambda *step: steps.append(step))
    return out, result, steps


def test_the_folder_holds_curve_picture_and_weights(made):
    out, result, _ = made
    assert {path.name for path in out.iterdir()} == {
        "identification.json",
        "identification.svg",
        "weights.safetensors",
    }
    stored = json.loads((out / "identification.json").read_text())
    assert stored == {key: value for key, value in result.items() if key != "samples_per_second"}
    assert stored["samples"] == TRAIN
    assert len(stored["curve"]["samples"]) == len(stored["curve"]["cancellation_db"][0]) == 23
    ET.fromstring((out / "identification.svg").read_bytes())
    shapes = {name: w.shape for name, w in load_file(out / "weights.safetensors").items()}
    assert shapes == {"K": (2, 7), "Phi": (6, 2, 1), "f": (1, 16), "Psi": (2, 6), "G": (2, 9)}


def test_a_short_stream_cancels_and_stays_below_the_bound(made):
    _, result, _ = made
    assert result["curve"]["cancellation_db"][0][0] < 3
    assert 10 < result["test_db"] < result["bound_db"]
    assert result["last_db"] > 10


def test_progress_ends_at_the_last_sample(made):
    _, _, steps = made
    assert [step[1] for step in steps] == [4096, 8192, 12_288, 16_384, 20_480, TRAIN]
    assert steps[-1][:3] == ("identification", TRAIN, TRAIN)


def test_the_weights_start_another_identification(made, tmp_path):
    out, first, _ = made
    again = identify(recipe(), None, tmp_path / "again", 128, 16_384, weights=out / "weights.safetensors")
    assert again["curve"]["cancellation_db"][0][0] > 10
    assert again["test_db"] > first["test_db"] - 0.5


def test_the_same_stream_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        identify(recipe(), None, tmp_path / name, 256, 16_384)
    for file in ("identification.json", "identification.svg", "weights.safetensors"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_other_families_are_refused(tmp_path):
    with pytest.raises(RecipeError, match=r"^network.family = 'whlut': the LMS rules are those of the BFAN"):
        identify(recipe("whlut", ""), None, tmp_path / "out")


@pytest.mark.parametrize("samples", [1000, TRAIN + 1])
def test_more_or_fewer_samples_than_there_are_use_for_are_refused(tmp_path, samples):
    with pytest.raises(
        InputError, match=rf"^--samples {samples}: expected 16384 to {TRAIN}, the samples of the training"
    ):
        identify(recipe(), None, tmp_path / "out", samples=samples)


def test_an_empty_block_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"^--block 0: expected 1 sample or more$"):
        identify(recipe(), None, tmp_path / "out", block=0)


def test_weights_from_a_device_are_refused_unread(tmp_path):
    with pytest.raises(InputError, match=r"^/dev/zero: cannot be read: it is a device or a pipe, .*; give a weights\."):
        identify(recipe(), None, tmp_path / "out", weights=Path("/dev/zero"))
    assert not (tmp_path / "out").exists()


def test_weights_of_another_network_are_refused(made, tmp_path):
    out, _, _ = made
    weights = load_file(out / "weights.safetensors")
    other = recipe(sizes="M_a = 5")
    with pytest.raises(InputError, match=r"Phi has the shape \[6, 2, 1\], expected \[5, 2, 1\]; give weights of the"):
        identify(other, None, tmp_path / "out", weights=out / "weights.safetensors")
    del weights["G"]
    save_file(weights, tmp_path / "short.safetensors")
    with pytest.raises(InputError, match=r"short.safetensors: G is missing, expected \[2, 9\]"):
        identify(recipe(), None, tmp_path / "out", weights=tmp_path / "short.safetensors")
    with pytest.raises(InputError, match=r"none.safetensors: cannot be read: No such file"):
        identify(recipe(), None, tmp_path / "out", weights=tmp_path / "none.safetensors")
    assert not (tmp_path / "out").exists()
