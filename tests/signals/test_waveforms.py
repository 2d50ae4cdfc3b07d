"""Transmit waveforms: constellation, crest factor, mask."""

import numpy as np
import pytest

from pimdeploy.signals.waveforms import (
    OFDM_RATE_HZ,
    CarrierSpec,
    cp_ofdm,
    papr_db,
    qam64,
    reduce_crest,
    resample_periodic,
    transmit_signal,
)

CARRIER = CarrierSpec(center_hz=72.5e6)


def test_qam64_has_64_points_of_unit_power():
    symbols = qam64(20_000, np.random.default_rng(0))
    assert len(np.unique(symbols.round(9))) == 64
    assert np.mean(np.abs(symbols) ** 2) == pytest.approx(1.0, abs=0.02)


def test_ofdm_carries_its_symbols_behind_a_cyclic_prefix():
    x = cp_ofdm(2 * (2048 + 144), CARRIER, np.random.default_rng(1))
    np.testing.assert_allclose(x[:144], x[2048 : 2048 + 144], atol=1e-12)
    spectrum = np.fft.fft(x[144 : 144 + 2048]) / 2048 * np.sqrt(300)
    used = np.abs(spectrum) > 1e-9
    assert used.sum() == 300
    assert not used[0]
    levels = np.unique((spectrum[used].real * np.sqrt(42)).round(6))
    np.testing.assert_allclose(levels, [-7, -5, -3, -1, 1, 3, 5, 7], atol=1e-6)


def test_crest_is_that_of_a_base_station():
    x = cp_ofdm(65_536, CARRIER, np.random.default_rng(1))
    reduced = reduce_crest(x, CARRIER)
    assert papr_db(x) > 9
    assert 7.0 < papr_db(reduced) < 8.2


def test_mask_leaves_nothing_beyond_its_edge():
    fs_hz, n = 491.52e6, 32_768
    x = transmit_signal((CARRIER,), n, fs_hz, np.random.default_rng(2))
    freqs = np.fft.fftfreq(n, 1 / fs_hz)
    power = np.abs(np.fft.fft(x)) ** 2
    outside = np.abs(freqs - CARRIER.center_hz) > CARRIER.bandwidth_hz / 2 + fs_hz / n
    assert power[outside].sum() < 1e-20 * power.sum()


def test_resampling_keeps_the_samples_of_a_band_limited_period():
    n = np.arange(64)
    x = np.exp(2j * np.pi * 3 * n / 64)
    np.testing.assert_allclose(resample_periodic(x, 256)[::4], x, atol=1e-12)


def test_length_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=f"no whole number of samples at {OFDM_RATE_HZ / 1e6} MS/s"):
        transmit_signal((CARRIER,), 1001, 491.52e6, np.random.default_rng(0))
