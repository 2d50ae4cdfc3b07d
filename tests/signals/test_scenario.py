"""The built-in SISO scenario keeps what it promises: levels, bands, aliases, seeds, splits, the samples themselves."""

import hashlib

import numpy as np
import pytest

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import BandSpec, ScenarioSpec
from pimdeploy.signals.receive_filter import apply_receive_filter, design_receive_filter
from pimdeploy.signals.scenario import make_scenario
from pimdeploy.signals.siso import FS_HZ, siso

BAND = BandSpec(band_hz=(-40e6, 40e6))
N = 65_536


@pytest.fixture(scope="module")
def capture():
    return make_scenario(ScenarioSpec(seed=1, n_samples=N), BAND)


def spectrum_db(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and the windowed spectrum (its sidelobes lie below -90 dB)."""
    window = np.blackman(len(x)) ** 2
    return np.fft.fftfreq(len(x), 1 / FS_HZ), np.abs(np.fft.fft(x * window)) ** 2


def band_power(x: np.ndarray, lower_hz: float, upper_hz: float) -> float:
    freqs, power = spectrum_db(x)
    return float(power[(freqs >= lower_hz) & (freqs <= upper_hz)].sum())


def test_shapes_rate_and_sum(capture):
    assert capture.tx.shape == capture.rx.shape == (1, N)
    assert capture.fs_hz == 491.52e6
    np.testing.assert_array_equal(capture.rx, capture.truth + capture.noise)
    assert np.abs(capture.tx).max() <= 0.9
    assert capture.splits == {"train": (0, 39321), "val": (39321, 52428), "test": (52428, N)}


def test_interference_stands_19_13_db_above_the_noise(capture):
    taps = design_receive_filter(BAND, FS_HZ).taps
    truth, noise = (np.mean(np.abs(apply_receive_filter(taps, s)) ** 2) for s in (capture.truth, capture.noise))
    assert 10 * np.log10(truth / noise) == pytest.approx(19.13, abs=0.3)


def test_transmit_power_lies_in_the_two_carriers(capture):
    tx = capture.tx[0]
    total = band_power(tx, -FS_HZ, FS_HZ)
    carriers = band_power(tx, 70e6, 75e6), band_power(tx, 117.5e6, 122.5e6)
    assert sum(carriers) == pytest.approx(total, rel=1e-3)
    assert 0.7 < carriers[0] / carriers[1] < 1.4


def test_transmit_leaks_20_db_below_the_noise_even_without_isolation(capture):
    leak, noise = (band_power(s[0], -40e6, 40e6) for s in (capture.tx, capture.noise))
    assert 10 * np.log10(leak / noise) < -20


def test_third_and_fifth_order_products_fill_the_receive_band(capture):
    truth = capture.truth[0]
    third, fifth = band_power(truth, 17.5e6, 32.5e6), band_power(truth, -35e6, -10e6)
    assert third + fifth > 0.98 * band_power(truth, -40e6, 40e6)
    assert -20 < 10 * np.log10(fifth / third) < -5


def test_aliases_lie_60_db_below_the_interference():
    fine = siso("siso", 2, 16_384, BAND, oversampling=16).truth[0]
    coarse = siso("siso", 2, 16_384, BAND).truth[0]
    difference = band_power(coarse - fine, -40e6, 40e6)
    assert 10 * np.log10(difference / band_power(fine, -40e6, 40e6)) < -60


def test_peak_factor_is_realistic(capture):
    power = np.abs(capture.tx[0]) ** 2
    assert 8.5 < 10 * np.log10(power.max() / power.mean()) < 11.5


def test_seed_decides_everything(capture):
    again = make_scenario(ScenarioSpec(seed=1, n_samples=N), BAND)
    other = make_scenario(ScenarioSpec(seed=2, n_samples=N), BAND)
    assert again.sha256 == capture.sha256
    np.testing.assert_array_equal(again.rx, capture.rx)
    assert other.sha256 != capture.sha256


def test_samples_are_those_that_released_weights_belong_to():
    made = make_scenario(ScenarioSpec(seed=1, n_samples=16_384), BAND)
    digest = hashlib.sha256()
    for samples in (made.tx, made.truth, made.noise):
        # A grid of 2^-20 forgives the last bits, which differ between the maths libraries of processors.
        codes = np.floor(samples.view(np.float64) * 2.0**20 + 0.5)
        digest.update(codes.astype("<i4").tobytes())
    assert digest.hexdigest() == "a506e76c63c871763357a163c0a57a28459fb4a36d06314c4f6d2531a24b05f2"


def test_unknown_preset_names_the_nearest():
    with pytest.raises(RecipeError, match=r"^scenario\.preset: there is no scenario 'sisso'; did you mean 'siso'\?"):
        make_scenario(ScenarioSpec(preset="sisso"), BAND)


def test_band_beyond_the_rate_is_refused():
    with pytest.raises(RecipeError, match=r"^receive\.band_hz = .*outside the sample rate"):
        make_scenario(ScenarioSpec(n_samples=4096), BandSpec(band_hz=(0, 300e6)))
