"""What is kept of a long capture: the first samples of each split, and what stands around them."""

import numpy as np
import pytest

from pimdeploy.recipe import BandSpec, CaptureSpec
from pimdeploy.signals.dataset import Capture
from pimdeploy.signals.excerpt import MARGIN, Excerpt, cut_splits
from pimdeploy.signals.preprocess import prepare

N_SAMPLES = 60_000
BAND = BandSpec(band_hz=(-10e6, 10e6), filter_taps=63)
STATED = {"tx_full_scale": 8.0, "rx_full_scale": 8.0, "delay_samples": 2.25}


def capture(**fields):
    rng = np.random.default_rng(4)
    tx, rx, noise = (rng.normal(size=(2, N_SAMPLES)) + 1j * rng.normal(size=(2, N_SAMPLES)) for _ in range(3))
    return Capture(tx=tx, rx=rx, noise=noise, fs_hz=100e6, tx_fs_hz=100e6, source="test", **fields)


def test_short_splits_keep_all():
    splits = {"train": (100, 500), "val": (500, 600), "test": (700, 900)}
    most = {"train": 400, "val": 400, "test": 400}
    assert cut_splits(splits, most, 1000) == (Excerpt(((0, 1000),)), splits)


def test_long_splits_keep_their_beginning_and_margins():
    splits = {"train": (0, 60_000), "test": (90_000, 100_000), "val": (60_000, 90_000)}
    excerpt, cut = cut_splits(splits, dict.fromkeys(splits, 5000), 100_000)
    assert excerpt.kept == (
        (0, 5000 + MARGIN),
        (60_000 - MARGIN, 65_000 + MARGIN),
        (90_000 - MARGIN, 95_000 + MARGIN),
    )
    kept, signal = excerpt.of(np.arange(100_000)), np.arange(100_000)
    for name, (start, stop) in cut.items():
        first = splits[name][0]
        np.testing.assert_array_equal(
            kept[start - MARGIN * (name != "train") : stop + MARGIN],
            signal[first - MARGIN * (name != "train") : first + 5000 + MARGIN],
        )


def test_margins_that_meet_are_one_range():
    splits = {"train": (0, 3000), "val": (3000, 5000), "test": (5000, 9000)}
    excerpt, cut = cut_splits(splits, {"train": 2000, "val": 2000, "test": 2000}, 9000)
    assert excerpt.kept == ((0, 7000 + MARGIN),)
    assert cut == {"train": (0, 2000), "val": (3000, 5000), "test": (5000, 7000)}


def test_a_range_that_is_not_kept_whole_has_no_place():
    excerpt = Excerpt(((10, 20), (40, 50)))
    assert [excerpt.placed(span) for span in ((12, 20), (12, 21), (40, 50), (20, 40), (0, 5))] == [
        (2, 10),
        None,
        (10, 20),
        None,
        None,
    ]


@pytest.mark.parametrize("slots", [(), ((30_000, 33_000), (36_100, 38_000), (36_100, 59_000))])
def test_a_dataset_that_is_cut_holds_the_samples_of_the_whole_one(slots):
    made = capture(slots=slots)
    whole = prepare(made, CaptureSpec(**STATED), BAND)
    cut = prepare(made, CaptureSpec(**STATED, split_samples=(9000, 4000, 3000)), BAND)
    lengths = {name: stop - start for name, (start, stop) in cut.splits.items()}
    assert lengths == {"train": 9000, "val": 4000, "test": 3000}
    assert cut.n_samples == 16_000 + 5 * MARGIN
    for name, (start, stop) in cut.splits.items():
        first = whole.splits[name][0]
        for kept, all_of_it in ((cut.x, whole.x), (cut.d, whole.d), (cut.noise, whole.noise)):
            np.testing.assert_array_equal(kept[:, start:stop], all_of_it[:, first : first + stop - start])
    val = cut.splits["val"][0]
    assert cut.slots == ((val + 36_098 - whole.splits["val"][0], val + 37_998 - whole.splits["val"][0]),) * bool(slots)
    assert cut.constants["delay_samples"] == whole.constants["delay_samples"]


def test_a_shorter_capture_is_not_touched():
    made = capture()
    whole = prepare(made, CaptureSpec(**STATED), BAND)
    bounded = prepare(made, CaptureSpec(**STATED, split_samples=(36_000, 12_000, 12_000)), BAND)
    np.testing.assert_array_equal(bounded.x, whole.x)
    assert bounded.splits == whole.splits
