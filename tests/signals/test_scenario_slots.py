"""Slots: `dynamic-32x16` changes from one to the next, and they pass through files and preparation."""

import itertools

import numpy as np
import pytest

from pimdeploy.errors import CaptureError, RecipeError
from pimdeploy.recipe import CaptureSpec, ScenarioSpec
from pimdeploy.signals.capture_io import load_capture
from pimdeploy.signals.dataset import Capture
from pimdeploy.signals.dynamic_array import FADE_SAMPLES, SLOT_SAMPLES, beams, drift, held, slot_ranges, walk
from pimdeploy.signals.preprocess import prepare
from pimdeploy.signals.scenario import make_scenario, receive_band, split_ranges
from pimdeploy.signals.sigmf_writer import write_capture

BAND = receive_band("dynamic-32x16")
N = 6 * SLOT_SAMPLES


@pytest.fixture(scope="module")
def capture():
    return make_scenario(ScenarioSpec(preset="dynamic-32x16", n_samples=N), BAND)


def test_slots_partition_the_samples(capture):
    assert [stop - start for start, stop in capture.slots] == [SLOT_SAMPLES] * 6
    assert [start for start, _ in capture.slots] == [0, *(stop for _, stop in capture.slots[:-1])]
    assert capture.slots[-1][1] == N


def test_a_remainder_belongs_to_the_last_slot():
    slots = slot_ranges(5 * SLOT_SAMPLES + 100)
    assert slots[-2:] == ((3 * SLOT_SAMPLES, 4 * SLOT_SAMPLES), (4 * SLOT_SAMPLES, 5 * SLOT_SAMPLES + 100))
    assert len(slot_ranges(196_608)) == 48


def test_splits_are_whole_slots(capture):
    assert capture.splits == {"train": (0, 12_288), "val": (12_288, 16_384), "test": (16_384, N)}
    splits = split_ranges(196_608, slot_ranges(196_608))
    assert {name: (stop - start) / SLOT_SAMPLES for name, (start, stop) in splits.items()} == {
        "train": 28,
        "val": 10,
        "test": 10,
    }


def test_too_few_slots_are_refused_in_one_line():
    with pytest.raises(
        RecipeError,
        match=r"^scenario\.n_samples = 20479: dynamic-32x16 has slots of 4096 samples and needs 5 of them; raise it to "
        r"at least 20480$",
    ):
        make_scenario(ScenarioSpec(preset="dynamic-32x16", n_samples=20_479), BAND)


def test_no_slot_has_the_beam_of_another():
    weights = beams(np.random.default_rng(1), 48)
    np.testing.assert_allclose(np.abs(weights), 1 / np.sqrt(32))
    overlap = np.abs(weights @ weights.conj().T) - np.eye(48)
    assert overlap.max() < 0.99999


def test_spatial_covariance_changes_from_slot_to_slot(capture):
    covariances = []
    for start, stop in capture.slots:
        x = capture.tx[:, start + FADE_SAMPLES : stop - FADE_SAMPLES]
        covariance = x @ x.conj().T
        covariances.append(covariance / np.linalg.norm(covariance))
    likeness = [abs(np.vdot(a, b)) for a, b in itertools.pairwise(covariances)]
    assert max(likeness) < 0.999
    assert min(likeness) > 0.5  # it drifts, it does not jump


def test_held_values_change_by_a_fade():
    slots = ((0, 1000), (1000, 2000), (2000, 2500))
    values = np.array([1.0, 2.0j, -1.0])
    signal = held(values, slots, 3000)  # a guard of 500 in front
    half = FADE_SAMPLES // 2
    assert np.all(signal[half : 1500 - half] == 1.0)
    assert np.all(signal[1500 + half : 2500 - half] == 2.0j)
    assert np.all(signal[2500 + half : 3000 - half] == -1.0)
    assert np.abs(np.diff(np.append(signal, signal[0]))).max() < 0.08  # the period closes, too
    np.testing.assert_allclose((signal[1499] + signal[1500]) / 2, 0.5 + 1.0j)


def test_walks_stay_within_their_limits():
    values = walk(np.random.default_rng(3), 5000, 0.4, 1.0)
    assert np.abs(values).max() <= 1.0
    assert np.abs(np.diff(values)).max() <= 0.4
    gains = drift(np.random.default_rng(3), 100, 0.3, 4.0)
    assert 0.25 < np.abs(20 * np.log10(np.abs(gains))).max() <= 0.3
    assert 3.5 < np.degrees(np.abs(np.angle(gains))).max() <= 4.0


def test_slots_move_with_the_delay_and_lie_within_splits(capture):
    dataset = prepare(capture, CaptureSpec(delay_samples=3.0), BAND)
    assert dataset.slots[0] == (0, SLOT_SAMPLES - 3)
    assert dataset.slots[-1] == (N - SLOT_SAMPLES - 3, N - 3)
    early = prepare(capture, CaptureSpec(delay_samples=-3.0), BAND)
    assert early.slots[0] == (0, SLOT_SAMPLES)
    assert early.slots[-1] == (N - SLOT_SAMPLES, N - 3)
    for slots, splits in ((dataset.slots, dataset.splits), (early.slots, early.splits)):
        inside = [sum(a <= start and stop <= b for a, b in splits.values()) for start, stop in slots]
        assert inside == [1] * 6


def test_a_capture_of_slots_reads_back(capture, tmp_path):
    write_capture(capture, tmp_path / "dynamic")
    read = load_capture(CaptureSpec(), tmp_path / "dynamic")
    assert read.slots == capture.slots
    assert read.splits == capture.splits
    for name in ("tx", "rx", "noise", "truth"):
        np.testing.assert_array_equal(getattr(read, name), getattr(capture, name).astype(np.complex64))
    short = load_capture(CaptureSpec(max_samples=SLOT_SAMPLES + 10), tmp_path / "dynamic")
    assert short.slots == ((0, SLOT_SAMPLES), (SLOT_SAMPLES, SLOT_SAMPLES + 10))


def test_overlapping_slots_in_a_file_are_refused(tmp_path):
    samples = np.ones((1, 4096), dtype=np.complex128)
    write_capture(Capture(samples, samples, 1e6, 1e6, slots=((0, 2048), (2000, 4096))), tmp_path / "c")
    with pytest.raises(
        CaptureError, match=r"^c/.*: annotations labelled slot overlap at sample 2000; expected them apart$"
    ):
        load_capture(CaptureSpec(), tmp_path / "c")
