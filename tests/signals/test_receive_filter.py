"""The receive filter reaches what its specification promises and is applied without delay."""

import numpy as np
import pytest

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import BandSpec
from pimdeploy.signals.receive_filter import apply_receive_filter, design_receive_filter

FS_HZ = 491.52e6


def response_db(taps, n_fft=1 << 16):
    freqs_hz = np.fft.fftfreq(n_fft, 1 / FS_HZ)
    return freqs_hz, 20 * np.log10(np.abs(np.fft.fft(taps, n_fft)) + 1e-12)


@pytest.mark.parametrize("band_hz", [(-40e6, 40e6), (130e6, 230e6), (-230e6, -200e6), (10e6, 12e6)])
@pytest.mark.parametrize("n_taps", [127, 255])
def test_pass_and_stop_band(band_hz, n_taps):
    receive = design_receive_filter(BandSpec(band_hz=band_hz, filter_taps=n_taps), FS_HZ)
    freqs_hz, gain_db = response_db(receive.taps)
    beyond = receive.transition_hz
    inside = (freqs_hz >= band_hz[0]) & (freqs_hz <= band_hz[1])
    outside = (freqs_hz < band_hz[0] - beyond) | (freqs_hz > band_hz[1] + beyond)
    assert receive.stopband_db == 60
    assert np.abs(gain_db[inside]).max() < 0.03
    assert gain_db[outside].max() < -57.5


def test_a_stated_transition_sets_the_attenuation():
    receive = design_receive_filter(BandSpec(band_hz=(-40e6, 40e6), transition_hz=10e6), FS_HZ)
    freqs_hz, gain_db = response_db(receive.taps)
    assert receive.stopband_db == pytest.approx(82.1, abs=0.1)
    assert gain_db[np.abs(freqs_hz) > 50e6].max() < -81


def test_taps_are_linear_phase_and_real_for_a_symmetric_band():
    complex_taps = design_receive_filter(BandSpec(band_hz=(130e6, 230e6)), FS_HZ).taps
    np.testing.assert_allclose(complex_taps, complex_taps[::-1].conj(), atol=1e-15)
    real_taps = design_receive_filter(BandSpec(band_hz=(-40e6, 40e6)), FS_HZ).taps
    assert not np.any(real_taps.imag)


@pytest.mark.parametrize("n_samples", [1, 100, 254, 255, 4096, 10_001])
def test_applied_as_a_convolution_without_its_delay(n_samples):
    rng = np.random.default_rng(n_samples)
    signal = rng.normal(size=(2, n_samples)) + 1j * rng.normal(size=(2, n_samples))
    taps = design_receive_filter(BandSpec(band_hz=(130e6, 230e6)), FS_HZ).taps
    filtered = apply_receive_filter(taps, signal)
    expected = np.stack([np.convolve(channel, taps)[127 : 127 + n_samples] for channel in signal])
    np.testing.assert_allclose(filtered, expected, atol=1e-12)


def test_an_empty_signal_stays_empty():
    assert apply_receive_filter(np.ones(3), np.zeros((2, 0), complex)).shape == (2, 0)


def test_an_even_filter_is_refused():
    with pytest.raises(ValueError, match=r"^4 taps: an odd number was expected"):
        apply_receive_filter(np.ones(4), np.zeros((1, 10), complex))


@pytest.mark.parametrize(
    ("spec", "pattern"),
    [
        (
            {"band_hz": (230e6, 260e6)},
            r"receive\.band_hz = \[2\.3e\+08, 2\.6e\+08\]: outside the sample rate of 4\.9152e\+08 Hz; expected edges "
            r"between -2\.4576e\+08 and 2\.4576e\+08 Hz",
        ),
        (
            {"band_hz": (-240e6, 240e6)},
            r"receive\.band_hz = \[-2\.4e\+08, 2\.4e\+08\]: with transitions of 7\.\d+e\+06 Hz the filter is "
            r"wider than the sample rate of 4\.9152e\+08 Hz; raise receive\.filter_taps or narrow the band",
        ),
        (
            {"band_hz": (-40e6, 40e6), "transition_hz": 1e6},
            r"receive\.transition_hz = 1e\+06: 255 taps at 4\.9152e\+08 Hz need at least 4\.3\d+e\+06 Hz for 40 dB; "
            r"widen it or raise receive\.filter_taps",
        ),
    ],
)
def test_impossible_bands(spec, pattern):
    with pytest.raises(RecipeError, match=f"^{pattern}$"):
        design_receive_filter(BandSpec(**spec), FS_HZ)
