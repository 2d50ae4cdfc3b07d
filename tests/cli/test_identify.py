"""`identify`: one pass of the LMS rules from the command line."""

import numpy as np
import pytest
from demo_bundle import SCENARIO, command

IDENTIFIED = SCENARIO.replace("n_samples = 16384", "n_samples = 49152")


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    path = tmp_path_factory.mktemp("identify") / "recipe.toml"
    path.write_text(IDENTIFIED)
    return path


def test_a_pass_leaves_curve_picture_and_weights(recipe, tmp_path):
    ended = command("identify", recipe, "--out", tmp_path / "out", "--block", 256, "--json")
    assert ended.status == 0, ended.err
    assert ended.json["samples"] == 29485
    assert ended.json["test_db"] > 0
    assert np.isfinite(ended.json["last_db"])
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        *("identification.json", "identification.svg", "weights.safetensors"),
    }
    again = command(
        *("identify", recipe, "--out", tmp_path / "again", "--block", 256, "--samples", 16384),
        *("--from", tmp_path / "out" / "weights.safetensors"),
    )
    assert again.status == 0, again.err
    assert "dB over the last tenth of 16384 samples" in again.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--samples", 99), "--samples 99: expected 16384 to 29485"),
        (("--from", "nowhere.safetensors"), "nowhere.safetensors: cannot be read"),
    ],
)
def test_bad_input_ends_in_one_line(recipe, tmp_path, options, message):
    ended = command("identify", recipe, "--out", tmp_path / "out", *options)
    assert ended.status == 2
    assert message in ended.error
    assert not (tmp_path / "out").exists()


def test_only_the_bfan_has_these_rules(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text(IDENTIFIED.replace("[network]\nM_K = 3\nM_a = 2\nN = 4", '[network]\nfamily = "whlut"\nN = 4'))
    ended = command("identify", path, "--out", tmp_path / "out")
    assert ended.status == 2
    assert "network.family = 'whlut': the LMS rules are those of the BFAN" in ended.error
