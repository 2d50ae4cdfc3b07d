"""Paths as filters against their responses, and drift."""

import math

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.passive_source import PathSpec
from pimdeploy.signals.sources import Drift, Path, drifting
from pimdeploy.signals.sources.drift import Grid
from pimdeploy.signals.sources.paths import LEAD

FS_HZ = 245.76e6
FREQS_HZ = np.linspace(-0.45, 0.45, 61) * FS_HZ


def filter_response(taps: np.ndarray) -> np.ndarray:
    n = np.arange(taps.size) - LEAD
    return np.exp(-2j * np.pi * np.outer(FREQS_HZ / FS_HZ, n)) @ taps


@pytest.mark.parametrize(
    "path",
    [
        Path(),
        Path(-20.0, 1.0, PathSpec(6.1e-9, 0.1, 4.4e-9, 2.0)),
        Path(3.0, -1.0, PathSpec(300e-9, 0.3, 77e-9, 0.5), taps=(0.9, -0.2 + 0.1j, 0.05j)),
    ],
)
def test_a_path_is_run_as_stated_up_to_90_percent_of_nyquist(path: Path) -> None:
    taps = path.filter(FS_HZ)
    assert taps.size <= path.most_taps(FS_HZ)
    stated = path.response(FREQS_HZ, FS_HZ)
    np.testing.assert_allclose(filter_response(taps), stated, atol=4e-6 * np.abs(stated).max(), rtol=0)


def test_a_whole_delay_is_exact() -> None:
    taps = Path(line=PathSpec(5 / FS_HZ, 0.0, 0.0, 0.0)).filter(FS_HZ)
    assert np.flatnonzero(np.abs(taps) > 1e-15).tolist() == [LEAD + 5]
    assert taps[LEAD + 5] == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("grid", [Grid(100, False, 10, None), Grid(100, True, 30, None), Grid(100, True, 100, 4)])
def test_the_weights_of_the_nodes_add_up_to_one_and_join_without_a_seam(grid: Grid) -> None:
    whole = np.zeros((12, 1000))
    for node, weights in grid.weights(-150, 850):
        whole[node] = weights
    np.testing.assert_allclose(whole.sum(axis=0), 1.0, atol=1e-12)
    parts = np.zeros((12, 1000))
    for start in range(-150, 850, 77):
        stop = min(start + 77, 850)
        for node, weights in grid.weights(start, stop):
            parts[node, start + 150 : stop + 150] = weights
    assert np.array_equal(whole, parts)
    assert (whole[0, :150] == 1.0).all()


def test_a_slot_holds_still_between_its_fades_and_the_last_goes_on() -> None:
    grid = Grid(100, True, 20, 3)
    whole = np.zeros((3, 600))
    for node, weights in grid.weights(0, 600):
        whole[node] = weights
    assert (whole[1, 110:190] == 1.0).all()
    assert whole[0, 99] == pytest.approx(1 - whole[1, 99])
    assert whole[1, 99] + whole[1, 100] == pytest.approx(1.0)
    assert (whole[2, 210:] == 1.0).all()


def test_drift_stays_within_its_limits_and_depends_on_its_seed_alone() -> None:
    drift = Drift(period_steps=30, step_samples=1000, gain_db=0.3, phase_rad=0.07, delay_s=2e-12, seed=5)
    gains, delays = zip(*(drift.at(node) for node in range(3000)), strict=True)
    level_db, phase = 20 * np.log10(np.abs(gains)), np.angle(gains)
    for swing, limit in ((level_db, 0.3), (phase, 0.07), (np.array(delays), 2e-12)):
        assert 0.9 * limit < np.abs(swing).max() <= limit * (1 + 1e-9)
        assert np.abs(np.diff(swing)).max() <= limit * 2 * math.pi / 30
    assert drift.at(7) == drift.seeded(5).at(7)
    assert drift.at(7) != drift.seeded(6).at(7)


def test_a_longer_path_turns_the_carrier() -> None:
    drift = Drift(period_steps=30, step_samples=1000, delay_s=10e-12, radio_hz=1.8e9)
    gain, delay_s = drift.at(11)
    assert np.angle(gain) == pytest.approx(-2 * math.pi * 1.8e9 * delay_s)


def test_links_drift_apart_or_alike() -> None:
    drift = Drift(period_steps=30, step_samples=1000, gain_db=0.3, seed=4)
    apart, alike = (drifting([(Path(), Path(-6.0)), (Path(),)], drift, alike=same) for same in (False, True))
    seeds = [[path.drift.seed for path in link if path.drift] for link in apart]
    assert seeds == [[4, 4], [5]]
    assert {path.drift.seed for link in alike for path in link if path.drift} == {4}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Path(gain_db=math.nan), "path = nan: expected a finite number"),
        (lambda: Path(taps=(1.0, complex(0, math.inf))), "path.taps = .*: expected a finite number"),
        (lambda: Path(line=PathSpec(-1e-9, 0.0, 0.0, 0.0)), "expected 0 or more"),
        (lambda: Path(line=PathSpec(1.0, 0.0, 0.0, 0.0)).filter(FS_HZ), "is more than 16384; expected seconds"),
        (lambda: Path(drift=Drift(20, 100, delay_s=1e-8)).filter(FS_HZ), "makes the delay of 0 s negative"),
        (lambda: Drift(4, 100), "a swing of fewer than 8 steps is not slow"),
        (lambda: Drift(20, 0), "must be positive"),
        (lambda: Drift(20, 100, held=True, fade_samples=101), "expected 1 to step_samples = 100"),
        (lambda: Drift(20, 100, gain_db=math.inf), "drift = inf: expected a finite number"),
    ],
)
def test_paths_and_drifts_that_cannot_be(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
