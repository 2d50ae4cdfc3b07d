"""`simulate`, and `run` on a scenario: what is printed, what is written, what is refused."""

import re

import numpy as np
import pytest
from demo_bundle import SCENARIO, TINY

from pimdeploy import api
from pimdeploy.bundle import Bundle
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.capture_io import load_capture
from pimdeploy.signals.scenario import receive_band, scenario_names
from pimdeploy.signals.writers.job import FORMATS

OWN = """
bands = ["3"]
order = 3
[[carrier]]
waveform = "lte-10"
center_hz = 1815e6
power_dbm = 43
[[carrier]]
waveform = "lte-10"
center_hz = 1860e6
power_dbm = 43
[[source]]
level = "-80 dBm at 2 x 43 dBm"
delay_s = 6e-9
"""
SUFFIXES = {"npz": ".npz", "mat": ".mat", "hdf5": ".h5"}


@pytest.fixture
def own(tmp_path):
    """A scenario file."""
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    return path


def test_without_a_scenario_it_lists_them(pimdeploy):
    assert tuple(pimdeploy("simulate", "--json").json["scenarios"]) == scenario_names()
    ended = pimdeploy("simulate")
    assert (ended.status, ended.err) == (0, "")
    assert all(name in ended.out for name in scenario_names())


def test_for_a_machine_it_prints_one_object(pimdeploy, own, tmp_path):
    ended = pimdeploy("simulate", own, "--out", tmp_path / "capture", "--samples", 16384, "--seed", 3, "--json")
    assert (ended.status, ended.err) == (0, "")
    data = ended.json
    facts = {"capture": str(tmp_path / "capture"), "format": "sigmf", "preset": "own.toml", "seed": 3, "samples": 16384}
    assert data.items() >= facts.items()
    assert (data["fs_hz"], data["tx_fs_hz"], data["rx_center_hz"]) == (491.52e6, 491.52e6, 1747.5e6)
    assert (data["tx_channels"], data["rx_channels"]) == (1, 1)
    whole, *channels = data["levels"]["bands"]
    assert whole["noise_dbm"] == pytest.approx(-174 + 5 + 10 * np.log10(75e6))
    assert [band["name"] for band in channels] == ["f1's channel", "f2's channel"]
    product = data["levels"]["products"][0]
    assert (product["title"], product["order"], product["span_hz"]) == ("2f1 - f2", 3, [1755000000, 1785000000])
    assert product["tones_dbm"] == pytest.approx(-80.0, abs=1e-6)
    # What no canceller can take away is the noise: before, the loss; at the bound, nothing of it.
    assert whole["loss_db"][0] == pytest.approx(data["bound_db"][0], abs=0.2)
    assert whole["loss_at_bound_db"] == 0.0
    assert data["spectrum"]["receivers"][0]["orders"][0]["covered_hz"] == 30_000_000
    capture = load_capture(CaptureSpec(), tmp_path / "capture")
    assert (capture.rx.shape, capture.rx_center_hz) == ((1, 16384), 1747.5e6)


def test_for_eyes_it_says_what_hits_the_receiver_and_how_hard(pimdeploy, own, tmp_path):
    ended = pimdeploy("simulate", own, "--out", tmp_path / "c", "--format", "ci16", "--samples", 8192)
    assert ended.status == 0, ended
    rows = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert "uplink of band 3, 1710 to 1785 MHz: by order" in rows
    assert any(re.fullmatch(r"2f1 - f2 IM3 1755 1785 -80\.0 -77\.\d", row) for row in rows), rows
    assert any(
        re.fullmatch(r"uplink of band 3, .* 0 -90\.2 -7\d\.\d 1\d\.\d\d 1\d\.\d\d 0\.00", row) for row in rows
    ), rows
    assert f"{tmp_path / 'c'}: 8192 samples at 491.52 MS/s, 1 transmit and 1 receive channels" in rows
    assert any(re.fullmatch(r"full scale: tx \S+ dBm, rx -\S+ dBm; clipped components: 0", row) for row in rows)
    assert "simulate: 8192/8192 8192 samples" in ended.err


def test_without_out_only_the_levels_are_made(pimdeploy, own, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = pimdeploy("simulate", own, "--samples", 8192)
    assert ended.status == 0
    assert "own.toml: 8192 samples at 491.52 MS/s, 1 transmit and 1 receive channels; --out writes them" in ended.out
    assert [path.name for path in tmp_path.iterdir()] == ["own.toml"]


def test_a_drawn_scenario_says_its_bound(pimdeploy, tmp_path):
    ended = pimdeploy("simulate", "siso", "--samples", 8192, "--out", tmp_path / "c.npz")
    assert re.search(
        r"^siso: interference 18\.33 dB over the noise .* cancellation 18\.44 dB$", ended.out, re.MULTILINE
    )
    assert "npz; rounding: none (complex128)" in ended.out


def test_clipping_is_said(pimdeploy, own, tmp_path):
    own.write_text(OWN + "[receiver]\nadc_bits = 12\nadc_full_scale_dbm = -74\n")
    ended = pimdeploy("simulate", own, "--samples", 8192)
    assert re.search(
        r"^the converter clipped \d+ components of rx; raise receiver\.adc_full_scale_dbm$", ended.out, re.M
    )


def test_a_receiver_among_the_carriers_is_said(pimdeploy, own):
    own.write_text(OWN + "[receiver]\nband_hz = [1805e6, 1830e6]\n")
    ended = pimdeploy("simulate", own, "--samples", 8192)
    assert "transmitted inside it, so not even the carriers are clear of it: f1" in ended.out.splitlines()


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_trains(pimdeploy, own, tmp_path, name):
    """The bound that the training knows is that of the scenario, whichever format carries it."""
    target = tmp_path / f"capture{SUFFIXES.get(name, '')}"
    made = pimdeploy("simulate", own, "--out", target, "--format", name, "--samples", 16384, "--json")
    assert made.status == 0, made
    recipe = tmp_path / "r.toml"
    recipe.write_text(TINY.replace("[-40e6, 40e6]", "[-37.5e6, 37.5e6]") + "[capture]\n")
    trained = pimdeploy("train", recipe, "--capture", target, "--out", tmp_path / "work", "--json")
    assert trained.status == 0, trained
    scores = trained.json["scores"]["float"]
    bound_db = sum(part * scores[split]["bound_db"] for split, part in (("train", 0.6), ("val", 0.2), ("test", 0.2)))
    assert bound_db == pytest.approx(made.json["bound_db"][0], abs=0.5)
    assert 3 < scores["test"]["cancellation_db"] <= scores["test"]["bound_db"] + 0.1


@pytest.mark.parametrize(
    ("arguments", "pattern"),
    [
        (["siso", "--format", "hdf"], r"--format hdf: unknown; did you mean 'hdf5'\? known: sigmf, mat, .*"),
        (["siso", "--out", "c", "--format", "mat"], r"--out c: a MATLAB capture is one file, .*; call it c\.mat"),
        (["--out", "c"], r"--out: no scenario is named; name a preset .*"),
        (["none.toml"], r"none\.toml: no such scenario file; docs/scenarios\.md shows one"),
        (["band8-gsm-lt"], r"scenario\.preset: there is no scenario 'band8-gsm-lt'; did you mean 'band8-gsm-lte'\? .*"),
        (["siso", "--samples", "100"], r"Invalid value for '--samples': .*"),
        (["siso", "--out", "bad.toml/c"], r"bad\.toml/c: cannot be written: .*"),
        (["bad.toml", "--out", "c"], r"bad\.toml: unknown key 'carier'; did you mean 'carrier'\? known: .*"),
        (["."], r"scenario\.preset: there is no scenario '\.'; .*"),
    ],
)
def test_what_cannot_be_simulated_is_one_line(pimdeploy, tmp_path, monkeypatch, arguments, pattern):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_text("carier = 1\n" + OWN)
    ended = pimdeploy("simulate", *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert re.fullmatch(f"pimdeploy: {pattern}", ended.error), ended.error
    assert [path.name for path in tmp_path.iterdir()] == ["bad.toml"]


# --- run -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def recipe(tmp_path):
    """A recipe for the drawn scenario, whose receive band is not that of band 3."""
    path = tmp_path / "tiny.toml"
    path.write_text(SCENARIO)
    return path


def test_run_takes_a_scenario_in_place_of_a_capture(pimdeploy, recipe, own, tmp_path):
    out = tmp_path / "out"
    ended = pimdeploy("run", recipe, "--scenario", own, "--out", out, "--samples", 500, "--json")
    assert ended.status == 0, ended
    metrics = ended.json["metrics"]
    assert metrics["cancellation_db"]["fixed"] > 3
    assert metrics["bound_db"] == pytest.approx(12.5, abs=1.5)
    own.unlink()
    bundle = Bundle.open(out)
    assert bundle.recipe.receive.band_hz == (-37.5e6, 37.5e6)
    assert bundle.recipe.receive.filter_taps == 63
    scenario = bundle.recipe.scenario
    assert scenario is not None
    assert (scenario.file, scenario.n_samples, scenario.seed) == ("own.toml", 16384, 1)
    assert receive_band(scenario).band_hz == (-37.5e6, 37.5e6)
    assert bundle.manifest["facts"]["preprocessing"]["source"] == "scenario own.toml, seed 1"
    assert str(tmp_path) not in bundle.read("recipe.toml").decode()


def test_train_takes_one_too_and_the_later_steps_know_it(pimdeploy, recipe, own, tmp_path):
    work = tmp_path / "work"
    trained = pimdeploy("train", recipe, "--scenario", own, "--out", work, "--json")
    own.unlink()
    quantized = pimdeploy("quantize", work, "--json")
    assert (trained.status, quantized.status) == (0, 0), quantized
    assert quantized.json["capture_sha256"] == trained.json["capture_sha256"]


def test_identify_takes_one_too(pimdeploy, recipe, own, tmp_path):
    recipe.write_text(SCENARIO.replace("n_samples = 16384", "n_samples = 32768"))
    ended = pimdeploy("identify", recipe, "--scenario", own, "--out", tmp_path / "out", "--block", 256, "--json")
    assert ended.status == 0, ended
    assert ended.json["bound_db"] == pytest.approx(12.5, abs=1.5)


@pytest.mark.parametrize("command", ["run", "train", "identify"])
def test_a_scenario_and_a_capture_are_one_too_many(pimdeploy, recipe, own, tmp_path, command):
    ended = pimdeploy(command, recipe, "--scenario", own, "--capture", own, "--out", tmp_path / "out")
    assert (ended.status, ended.error) == (2, "pimdeploy: --scenario and --capture: give one of the two")
    assert not (tmp_path / "out").exists()


def test_the_api_gives_levels_and_samples(own):
    made = api.simulate(own, samples=8192)
    capture = api.capture_of(own, samples=8192)
    assert made.levels is not None
    assert capture.truth is not None
    power = np.mean(np.abs(capture.truth) ** 2)
    assert 30 + 10 * np.log10(power) == pytest.approx(made.levels.bands[0].pim_dbm[0], abs=0.3)
