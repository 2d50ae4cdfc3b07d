"""From a capture to a dataset: the constants are those that were put in, and the samples are where they belong."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pimdeploy.errors import CaptureError, RecipeError
from pimdeploy.recipe import BandSpec, CaptureSpec
from pimdeploy.signals.capture_io import load_capture
from pimdeploy.signals.dataset import Capture
from pimdeploy.signals.preprocess import prepare
from pimdeploy.signals.receive_filter import apply_receive_filter
from pimdeploy.signals.resample import occupied_band, rate_ratio, resample, shift_frequency

pytest.importorskip("scipy")

FS_HZ = 491.52e6
N = 40_000
BAND = BandSpec(band_hz=(-40e6, 40e6), filter_taps=127)
MEASURED = Path(__file__).parents[3] / "shared" / "data" / "apa_200mhz"


def carriers(edges_hz, n_samples, fs_hz, rng, n_channels=1):
    """Gaussian noise in the bands `edges_hz`, periodic, so that a phase ramp delays it exactly."""
    freqs_hz = np.fft.fftfreq(n_samples, 1 / fs_hz)
    inside = np.any([(freqs_hz > low) & (freqs_hz < high) for low, high in edges_hz], axis=0)
    spectrum = rng.normal(size=(2, n_channels, n_samples)) * inside
    signal = np.fft.ifft(spectrum[0] + 1j * spectrum[1])
    return signal / np.sqrt(np.mean(np.abs(signal) ** 2)) * 0.2


def delayed(signal, delay_samples):
    return np.fft.ifft(np.fft.fft(signal) * np.exp(-2j * np.pi * np.fft.fftfreq(signal.shape[-1]) * delay_samples))


def noise_like(signal, level_db, rng):
    white = rng.normal(size=(2, *signal.shape))
    return (white[0] + 1j * white[1]) * np.sqrt(np.mean(np.abs(signal) ** 2) / 2) * 10 ** (level_db / 20)


TWO = [(70e6, 75e6), (117.5e6, 122.5e6)]


def interference(tx, fs_hz=FS_HZ):
    """What a third-order source sends into the receive band alone, summed over transmitters, for one receiver."""
    total = tx.sum(axis=0, keepdims=True)
    freqs_hz = np.fft.fftfreq(tx.shape[1], 1 / fs_hz)
    return np.fft.ifft(np.fft.fft(total * np.abs(total) ** 2) * (np.abs(freqs_hz) < 40e6))


def capture(tx, rx, **facts):
    return Capture(tx=tx, rx=rx, **{"fs_hz": FS_HZ, "tx_fs_hz": FS_HZ, "source": "made up"} | facts)


@pytest.mark.parametrize("delay", [0.0, 0.37, 5.5, -12.25, 800.81])
def test_delay_in_a_shared_band(delay):
    rng = np.random.default_rng(1)
    tx = carriers([(-30e6, 30e6)], N, FS_HZ, rng)
    rx = delayed(tx * (0.3 - 0.1j), delay) + noise_like(0.3 * tx, -20, rng)
    dataset = prepare(capture(tx, rx), None, BAND)
    assert dataset.constants["delay_method"] == "direct"
    assert dataset.constants["delay_found_samples"] == pytest.approx(delay, abs=0.02)
    middle = slice(1000, dataset.n_samples - 1000)
    error = (
        dataset.d * dataset.constants["rx_full_scale"] / (0.3 - 0.1j) - dataset.x * dataset.constants["tx_full_scale"]
    )
    assert np.mean(np.abs(error[:, middle]) ** 2) < 0.012 * np.mean(np.abs(tx) ** 2)


@pytest.mark.parametrize("delay", [0.25, 17.4, -3.8])
@pytest.mark.parametrize("n_tx", [1, 4])
def test_delay_from_the_third_order_product(delay, n_tx):
    rng = np.random.default_rng(2)
    tx = carriers(TWO, N, FS_HZ, rng, n_tx)
    pim = interference(tx)
    rx = delayed(pim, delay) + noise_like(pim, -20, rng)
    dataset = prepare(capture(tx, rx), None, BAND)
    assert dataset.constants["delay_method"] == "third_order"
    assert dataset.constants["delay_samples"] == pytest.approx(delay, abs=0.02)


def test_delay_from_the_fifth_order_product():
    rng = np.random.default_rng(3)
    tx = carriers([(60e6, 64e6), (100e6, 104e6)], N, FS_HZ, rng)
    fifth = apply_receive_filter(np.ones(1), tx * np.abs(tx) ** 4)
    band = BandSpec(band_hz=(-30e6, -10e6), filter_taps=127)
    freqs_hz = np.fft.fftfreq(N, 1 / FS_HZ)
    rx = delayed(np.fft.ifft(np.fft.fft(fifth) * ((freqs_hz > -30e6) & (freqs_hz < -10e6))), 6.3)
    dataset = prepare(capture(tx, rx + noise_like(rx, -25, rng)), None, band)
    assert dataset.constants["delay_method"] == "fifth_order"
    assert dataset.constants["delay_samples"] == pytest.approx(6.3, abs=0.02)


def test_no_delay_is_claimed_where_nothing_correlates():
    rng = np.random.default_rng(4)
    tx = carriers(TWO, N, FS_HZ, rng)
    dataset = prepare(capture(tx, noise_like(tx, 0, rng)), None, BAND)
    assert dataset.constants["delay_method"] == "not_found"
    assert dataset.constants["delay_samples"] == 0.0
    assert dataset.n_samples == N


def test_delay_from_the_recipe_and_none_at_all():
    rng = np.random.default_rng(5)
    tx = carriers([(-30e6, 30e6)], N, FS_HZ, rng)
    made = capture(tx, delayed(tx, 3.4))
    stated = prepare(made, CaptureSpec(delay_samples=3.4), BAND)
    assert stated.constants["delay_method"] == "recipe"
    assert (stated.constants["delay_integer_samples"], stated.constants["rx_first_sample"]) == (3, 3)
    assert stated.constants["delay_fraction_samples"] == pytest.approx(0.4)
    off = prepare(made, CaptureSpec(align=False), BAND)
    assert (off.constants["delay_method"], off.constants["delay_samples"]) == ("off", 0.0)
    np.testing.assert_allclose(off.d * off.constants["rx_full_scale"], made.rx, atol=1e-12)
    with pytest.raises(
        CaptureError, match=r"^made up: capture\.delay_samples = 50000 leaves none of its 40000 samples; .*$"
    ):
        prepare(made, CaptureSpec(delay_samples=50_000), BAND)


@pytest.mark.parametrize(("up", "down"), [(2, 1), (1, 2), (4, 5), (5, 3)])
def test_resampling_keeps_samples_in_their_place(up, down):
    rng = np.random.default_rng(6)
    n = 7680
    tx_fs_hz = FS_HZ * down / up
    low = carriers([(-60e6, 70e6)], n * down // up, tx_fs_hz, rng, 2)
    spectrum = np.fft.fft(low)
    half = spectrum.shape[1] // 2
    wide = np.zeros((2, n), complex)
    take = min(half, n // 2)
    wide[:, :take], wide[:, -take:] = spectrum[:, :take], spectrum[:, -take:]
    exact = np.fft.ifft(wide) * up / down
    got = resample(low, up, down)
    assert got.shape == exact.shape
    np.testing.assert_allclose(got[:, 600:-600], exact[:, 600:-600], atol=2e-5)


def test_rates_without_a_ratio():
    assert rate_ratio(491.52e6, 614.4e6) == (4, 5)
    with pytest.raises(
        CaptureError, match=r"^the rates of rx \(491520000 Hz\) and tx \(491520001 Hz\) have no ratio of .*$"
    ):
        rate_ratio(491.52e6, 491_520_001.0)


def test_the_shift_is_exact_at_the_end_of_a_long_capture():
    n = 3_000_000
    shifted = shift_frequency(np.ones((1, n), complex), 190_000_001.0, 491.52e6)
    turns = (n - 1) * 190_000_001 % 491_520_000 / 491_520_000
    assert shifted[0, -1] == pytest.approx(np.exp(2j * np.pi * turns), abs=1e-14)
    assert shifted[0, 0] == 1
    fractional = shift_frequency(np.ones((1, 101), complex), -0.5, 100.0)
    assert fractional[0, 50] == pytest.approx(-1j, abs=1e-14)


@pytest.mark.parametrize("method", ["direct", "third_order"])
def test_other_centre_other_rate_and_a_delay_at_once(method):
    """tx is recorded about its own centre, at 5/4 of the receiver's rate; the receiver hears it 90 MHz up and late."""
    rng = np.random.default_rng(8)
    tx_fs_hz, shift_hz, delay = FS_HZ * 5 / 4, 90e6, 21.3
    tx = carriers([(-20e6, -15e6), (27.5e6, 32.5e6)], N * 5 // 4, tx_fs_hz, rng)
    moved = np.zeros((1, N), complex)
    spectrum = np.fft.fft(tx)
    moved[:, : N // 2], moved[:, -N // 2 :] = spectrum[:, : N // 2], spectrum[:, -N // 2 :]
    in_frame = shift_frequency(np.fft.ifft(moved) * 4 / 5, shift_hz, FS_HZ)
    heard = in_frame if method == "direct" else interference(in_frame)
    rx = delayed(heard, delay) + noise_like(heard, -20, rng)
    dataset = prepare(capture(tx, rx, tx_fs_hz=tx_fs_hz, tx_center_hz=2.04e9, rx_center_hz=1.95e9), CaptureSpec(), BAND)
    constants = dataset.constants
    assert (constants["shift_hz"], constants["resample_up"], constants["resample_down"]) == (90e6, 4, 5)
    assert constants["delay_method"] == method
    assert constants["delay_samples"] == pytest.approx(delay, abs=0.02)
    start = constants["tx_first_sample"]
    x = dataset.x * constants["tx_full_scale"]
    middle = slice(1000, dataset.n_samples - 1000)
    np.testing.assert_allclose(x[:, middle], in_frame[:, start:][:, middle], atol=1e-4)


def test_carriers_outside_the_receivers_rate():
    rng = np.random.default_rng(9)
    tx = carriers([(-10e6, 10e6)], N, FS_HZ, rng)
    low, high = occupied_band(tx, FS_HZ)
    assert (low, high) == pytest.approx((-10e6, 10e6), abs=0.3e6)
    with pytest.raises(
        CaptureError,
        match=r"^made up: tx is at 2\.\d+e\+08 to 2\.5\d+e\+08 Hz about the receiver's centre, which 4\.9152e\+08 S/s "
        r"do not hold; resample rx to at least 5\.0\d*e\+08 S/s or check capture\.tx_center_hz, rx_center_hz$",
    ):
        prepare(capture(tx, tx, tx_center_hz=245e6), None, BAND)


def test_input_grid():
    rng = np.random.default_rng(10)
    tx = carriers([(-30e6, 30e6)], N, FS_HZ, rng)
    dataset = prepare(capture(tx, tx), None, BAND)
    codes = np.stack([dataset.x.real, dataset.x.imag]) * 32768
    np.testing.assert_array_equal(codes, np.floor(codes))
    assert np.abs(codes).max() == 32767
    assert dataset.constants["tx_clipped_components"] == 0
    step = dataset.constants["tx_full_scale"] / 32768
    assert np.abs(dataset.x.real * dataset.constants["tx_full_scale"] - tx.real).max() <= step / 2 * (1 + 1e-9)


def test_rounding_is_half_up_and_saturates():
    tx = np.zeros((1, N), complex)
    tx[0, :6] = np.array([0.5, -0.5, 1.5, -1.5, 40000, -40000]) / 32768
    rx = carriers([(-30e6, 30e6)], N, FS_HZ, np.random.default_rng(0))
    dataset = prepare(capture(tx, rx), CaptureSpec(tx_full_scale=1.0, align=False), BAND)
    np.testing.assert_array_equal(dataset.x[0, :6] * 32768, [1, 0, 2, -1, 32767, -32768])
    assert dataset.constants["tx_clipped_components"] == 2


def test_codes_of_a_converter_pass_unchanged():
    rng = np.random.default_rng(11)
    parts = rng.integers(-9000, 9000, size=(2, 1, N))
    tx = parts[0] + 1j * parts[1]
    dataset = prepare(capture(tx, tx, tx_full_scale=32768.0), None, BAND)
    np.testing.assert_array_equal(dataset.x * 32768, tx)


def test_receiver_full_scale_and_noise():
    rng = np.random.default_rng(12)
    tx = carriers([(-30e6, 30e6)], N, FS_HZ, rng)
    noise = noise_like(tx, -20, rng)
    made = capture(tx, delayed(tx + noise, 0.4), noise=delayed(noise, 0.4))
    automatic = prepare(made, None, BAND)
    in_band = apply_receive_filter(automatic.receive_filter, automatic.d)
    assert max(np.abs(in_band.real).max(), np.abs(in_band.imag).max()) == pytest.approx(0.8, abs=0.01)
    stated = prepare(made, CaptureSpec(rx_full_scale=2.0), BAND)
    assert stated.constants["rx_gain"] == 0.5
    expected = noise[:, 1000:-1000] / 2
    assert np.mean(np.abs(stated.noise[:, 1000:-1000] - expected) ** 2) < 1e-3 * np.mean(np.abs(expected) ** 2)


def test_splits_move_with_the_delay():
    rng = np.random.default_rng(13)
    tx = carriers([(-30e6, 30e6)], N, FS_HZ, rng)
    named = {"train": (0, 20_000), "val": (20_000, 30_000), "test": (30_000, N)}
    late = prepare(capture(tx, delayed(tx, 100.0), splits=named), None, BAND)
    assert late.splits == {"train": (0, 19_900), "val": (19_900, 29_900), "test": (29_900, N - 100)}
    early = prepare(capture(tx, delayed(tx, -100.0), splits=named), None, BAND)
    assert early.splits == {"train": (0, 20_000), "val": (20_000, 30_000), "test": (30_000, N - 100)}
    parts = prepare(capture(tx, tx), CaptureSpec(split=(0.5, 0.25, 0.25)), BAND)
    assert parts.splits == {"train": (0, 20_000), "val": (20_000, 30_000), "test": (30_000, N)}


@pytest.mark.parametrize(
    ("splits", "pattern"),
    [
        (
            {"train": (0, 20_000), "val": (20_000, 20_300), "test": (30_000, N)},
            r"made up: split 'val' has 300 samples; at least 508 are needed \(4 x receive\.filter_taps\): give a "
            r"longer capture or a shorter filter",
        ),
        (
            {"train": (0, 20_000), "val": (19_000, 21_000), "test": (30_000, N)},
            r"made up: splits 'train' and 'val' overlap at sample 19000; they must be apart, or the test would see "
            r"what was trained",
        ),
        (
            {"train": (0, 20_000), "test": (30_000, N)},
            r"made up: it names the splits train, test but not val; name train, val and test, or none of them \(then "
            r"capture\.split applies\)",
        ),
    ],
)
def test_bad_splits(splits, pattern):
    tx = carriers([(-30e6, 30e6)], N, FS_HZ, np.random.default_rng(14))
    with pytest.raises(CaptureError, match=f"^{pattern}$"):
        prepare(capture(tx, tx, splits=splits), CaptureSpec(align=False), BAND)


def test_bad_fractions_and_silence():
    tx = carriers([(-30e6, 30e6)], N, FS_HZ, np.random.default_rng(15), 2)
    with pytest.raises(
        RecipeError, match=r"^capture\.split = \[0\.9, 0\.2, 0\.2\]: expected positive parts of train, .*$"
    ):
        prepare(capture(tx, tx), CaptureSpec(split=(0.9, 0.2, 0.2), align=False), BAND)
    silent = tx * np.array([[1], [0]])
    with pytest.raises(CaptureError, match=r"^made up: tx, channel 1: all samples are zero; leave this channel out$"):
        prepare(capture(silent, tx), None, BAND)
    with pytest.raises(CaptureError, match=r"^made up: rx in the receive band, channel 1: all samples are zero; .*$"):
        prepare(capture(tx, silent), None, BAND)


def test_constants_are_plain_and_the_same_twice():
    tx = carriers(TWO, N, FS_HZ, np.random.default_rng(16), 2)
    made = capture(tx, interference(tx), sha256="ab")
    first, second = prepare(made, None, BAND), prepare(replace(made), None, BAND)
    assert json.loads(json.dumps(first.constants)) == first.constants == second.constants
    assert first.constants["subtract"] == "before the receive filter"
    assert all(type(value) in (int, float, str) for value in first.constants.values())
    assert (first.source, first.sha256, first.fs_hz) == ("made up", "ab", FS_HZ)


@pytest.mark.skipif(not MEASURED.is_dir(), reason="the measured data are not part of the repository")
def test_measured_data_pass_as_they_are():
    made = load_capture(CaptureSpec(), MEASURED)
    dataset = prepare(made, None, BandSpec(band_hz=(130e6, 230e6)))
    assert dataset.constants["shift_hz"] == dataset.constants["delay_samples"] == 0.0
    assert abs(dataset.constants["delay_found_samples"]) < 0.1
    assert dataset.splits == made.splits
    np.testing.assert_allclose(dataset.d * dataset.constants["rx_full_scale"], made.rx, atol=1e-15)
