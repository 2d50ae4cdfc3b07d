"""Captures that are simulated: what is written loads again, in every format, as what it was; nothing is half-written."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scenario_plans import SMALL

from pimdeploy import api
from pimdeploy.errors import CaptureError, InputError
from pimdeploy.recipe import CaptureSpec, ScenarioSpec
from pimdeploy.signals.capture_io import load_capture
from pimdeploy.signals.planned.library import parse_plan
from pimdeploy.signals.planned.spec import ScenarioPlan
from pimdeploy.signals.preprocess import prepare
from pimdeploy.signals.scenario import make_scenario, receive_band
from pimdeploy.signals.simulation import simulate
from pimdeploy.signals.writers.job import FORMATS, find_format
from pimdeploy.training.metrics import bound_db

N = 40_000
"""More than one block, and no whole number of them."""
PLAN = """
fs_hz = 737.28e6
[transmitter]
antennas = 2
center_hz = 1837.5e6
[receiver]
antennas = 2
fs_hz = 491.52e6
"""
SUFFIXES = {"npz": ".npz", "mat": ".mat", "hdf5": ".h5"}
HALF_A_CODE = 0.5
CONVERTER = "[receiver]\nadc_bits = 12\nadc_full_scale_dbm = -60\n"


def spec_of(text: str, n_samples: int = N) -> ScenarioSpec:
    return ScenarioSpec(file="own.toml", n_samples=n_samples, plan=parse_plan(text, "own.toml"))


@pytest.fixture(scope="module")
def spec() -> ScenarioSpec:
    head, tail = SMALL.split("[[carrier]]", 1)
    rate, sections = PLAN.split("[transmitter]")
    return spec_of(f"{head}{rate}[[carrier]]{tail}[transmitter]{sections}")


@pytest.fixture(scope="module")
def expected(spec):
    return make_scenario(spec, receive_band(spec))


def written(spec: ScenarioSpec, name, folder: Path):
    target = folder / f"capture{SUFFIXES.get(name, '')}"
    return simulate(spec, target, name), target


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_loads_as_what_it_was(name, spec, expected, tmp_path) -> None:
    """Equal up to what the format states: bits (npz, mat, hdf5), single precision (SigMF), digits (CSV), codes (ci16)."""
    made, target = written(spec, name, tmp_path)
    back = load_capture(CaptureSpec(), target)
    for fact in ("fs_hz", "tx_fs_hz", "tx_center_hz", "rx_center_hz"):
        assert getattr(back, fact) == getattr(expected, fact), fact
    assert made.written is not None
    for role in ("tx", "rx", "noise", "truth"):
        got, wanted = getattr(back, role), getattr(expected, role)
        assert got.shape == wanted.shape, role
        if name == "ci16":
            full_scale = made.written["full_scale"]["tx" if role == "tx" else "rx"]
            error = got - wanted * (32768 / full_scale)
            assert max(abs(error.real).max(), abs(error.imag).max()) <= HALF_A_CODE * (1 + 1e-9)
            assert max(abs(got.real).max(), abs(got.imag).max()) <= 32767
        else:
            relative = {"sigmf": 2.0**-24, "csv": 5e-9}.get(name, 0.0)
            for part in ("real", "imag"):
                error = np.abs(getattr(got, part) - getattr(wanted, part))
                assert (error <= relative * np.abs(getattr(wanted, part))).all(), (role, part)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]  # and nothing else is left


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_what_it_is_made_from(name, spec, tmp_path) -> None:
    made, target = written(spec, name, tmp_path)
    facts = facts_in(name, target)
    assert facts["preset"] == "own.toml"
    assert facts["bound_db"] == list(made.bound_db)
    assert facts["levels"]["bands"][0]["name"] == "uplink of band 3, 1710 to 1785 MHz"
    assert ScenarioPlan.model_validate(facts["plan"]) == spec.plan


def facts_in(name: str, target: Path):
    match name:
        case "sigmf":
            head = json.loads((target / "rx.sigmf-meta").read_text())["global"]
            return {key.removeprefix("pimdeploy:"): value for key, value in head.items()}
        case "npz":
            return json.loads(str(np.load(target)["scenario"]))
        case "mat":
            from scipy.io import loadmat

            return json.loads(str(loadmat(target)["scenario"][0]))
        case "hdf5":
            import h5py

            with h5py.File(target) as file:
                return json.loads(file.attrs["scenario"])
        case _:
            return json.loads((target / "simulated.json").read_text())


@pytest.mark.parametrize("name", ["sigmf", "npz", "csv", "ci16"])
def test_equal_seeds_give_equal_bytes(name, tmp_path) -> None:
    spec = spec_of(SMALL, 8192)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = (written(spec, name, tmp_path / folder)[1] for folder in "ab")
    files = sorted(first.iterdir()) if first.is_dir() else [first]
    for file in files:
        other = second / file.name if second.is_dir() else second
        assert file.read_bytes() == other.read_bytes(), file.name


def test_sigmf_keeps_splits_and_slots(tmp_path) -> None:
    more = '[transmitter]\nantennas = 2\nprecoding = "slots"\nslot_s = 10e-6\n'
    spec = spec_of(SMALL + more)
    expected = make_scenario(spec, receive_band(spec))
    _, target = written(spec, "sigmf", tmp_path)
    back = load_capture(CaptureSpec(), target)
    assert len(back.slots) >= 5
    assert (back.slots, back.splits) == (expected.slots, expected.splits)


def test_the_converters_codes_pass_ci16_as_they_are(tmp_path) -> None:
    """12 bits over -60 dBm are 16 codes of int16 each; the clipped ones are counted."""
    made, target = written(spec_of(SMALL + CONVERTER, 8192), "ci16", tmp_path)
    back = load_capture(CaptureSpec(), target)
    assert made.written is not None
    assert made.written["full_scale_dbm"]["rx"] == pytest.approx(-60.0, abs=1e-9)
    assert not (back.rx.real % 16).any()
    assert not (back.rx.imag % 16).any()
    louder = SMALL + CONVERTER.replace("-60", "-72")
    clipping = simulate(spec_of(louder, 8192), tmp_path / "loud", "ci16")
    assert clipping.levels is not None
    assert clipping.levels.clipped > 0
    assert load_capture(CaptureSpec(), tmp_path / "loud").rx.real.min() == -32768


def test_the_bound_is_that_of_the_metrics() -> None:
    """docs/spec/metrics.md, section 2, over the whole capture; the spectra of the one cover it but for their windows."""
    spec = spec_of(SMALL, 65536)
    band = receive_band(spec)
    dataset = prepare(make_scenario(spec, band), None, band)
    whole = replace(dataset, splits={"test": (0, dataset.n_samples)})
    expected = bound_db(whole)
    assert expected is not None
    assert simulate(spec).bound_db == pytest.approx(expected.per_channel, abs=0.1)


@pytest.mark.parametrize("preset", ["siso", "mimo-8x8"])
def test_drawn_scenarios_are_written_too(preset, tmp_path) -> None:
    spec = ScenarioSpec(preset=preset, n_samples=N)
    made, target = written(spec, "hdf5", tmp_path)
    expected = make_scenario(spec, receive_band(spec))
    back = load_capture(CaptureSpec(), target)
    for role in ("tx", "rx", "noise", "truth"):
        np.testing.assert_array_equal(getattr(back, role), getattr(expected, role))
    assert made.levels is None
    assert len(made.bound_db) == expected.rx.shape[0]


# --- targets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "target", "found"),
    [
        (None, "capture", "sigmf"),
        (None, "capture.npz", "npz"),
        (None, "capture.mat", "mat"),
        (None, "capture.h5", "hdf5"),
        (None, "capture.v2", "sigmf"),
        (None, "capture.pth", "sigmf"),
        ("ci16", "capture", "ci16"),
        ("csv", "capture.npz", "csv"),
        ("hdf5", "a.hdf5", "hdf5"),
    ],
)
def test_the_format_follows_from_the_name_where_it_is_not_given(given, target, found) -> None:
    assert find_format(given, Path(target)) == found


def test_formats_that_are_none() -> None:
    with pytest.raises(
        InputError, match=r"^--format sigfm: unknown; did you mean 'sigmf'\? known: sigmf, mat, npz, .*$"
    ):
        find_format("sigfm", Path("a"))
    with pytest.raises(InputError, match=r"^--out a: a \.npz capture is one file, known by its name; call it a\.npz$"):
        find_format("npz", Path("a"))


@pytest.mark.parametrize("name", FORMATS)
def test_a_simulated_capture_is_replaced_and_nothing_else_is(name, tmp_path) -> None:
    spec = spec_of(SMALL, 4096)
    _, target = written(spec, name, tmp_path)
    written(spec, name, tmp_path)
    if target.is_dir():
        (target / "tx.sigmf-meta").unlink(missing_ok=True)
        (target / "simulated.json").unlink(missing_ok=True)
        (target / "thesis.txt").write_text("years of work")
        pattern = r".*capture: exists and is no .* capture; give a new folder"
    else:
        target.unlink()
        target.mkdir()
        pattern = r".*capture\.\w+: is a folder; a .* capture is one file: give another name"
    with pytest.raises(CaptureError, match=pattern):
        api.simulate("siso", target, format=name, samples=4096)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_fails_on_the_way_leaves_the_old_capture(name, fault, tmp_path, monkeypatch) -> None:
    spec = spec_of(SMALL, 8192)
    _, target = written(spec, name, tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

    def fail(*_):
        raise fault

    monkeypatch.setattr("pimdeploy.signals.simulation._facts", fail)  # all samples are there, the rest is not
    with pytest.raises((CaptureError, KeyboardInterrupt)) as caught:
        written(spec, name, tmp_path)
    if isinstance(fault, OSError):
        assert str(caught.value) == (
            f"{target}: cannot be written: No space left on device; check space and permissions, nothing was left"
        )
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_matrix_that_matlab_cannot_hold_is_refused_at_once(tmp_path) -> None:
    line = r"^c\.mat: 200000000 samples of 1 channels are more than a MATLAB 5 matrix holds; expected at most \d+: .*$"
    with pytest.raises(CaptureError, match=line):
        simulate(spec_of(SMALL, 200_000_000), tmp_path / "c.mat", "mat")
    assert list(tmp_path.iterdir()) == []


def test_npz_holds_no_pickles(tmp_path) -> None:
    _, target = written(spec_of(SMALL, 4096), "npz", tmp_path)
    with zipfile.ZipFile(target) as archive:
        assert {name.removesuffix(".npy") for name in archive.namelist()} >= {"tx", "rx", "noise", "truth", "fs_hz"}
    with np.load(target, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "cfU" for name in arrays)
