"""Spectra, against signals whose figures are known by hand."""

from dataclasses import replace

import numpy as np
import pytest
from report_samples import FS_HZ, TONE_HZ, complex_noise

from pimdeploy.report import collect_spectra as collect


def test_a_tone_reads_its_power_and_noise_its_share_of_the_bandwidth():
    n_fft, fs_hz = 256, 1000.0
    n = np.arange(200_000)
    tone = 0.5 * np.exp(2j * np.pi * -20 / n_fft * n)
    freq_hz, levels = collect.power_spectrum(tone, fs_hz, n_fft)
    assert freq_hz[0] == -500
    assert np.all(np.diff(freq_hz) == fs_hz / n_fft)
    assert freq_hz[levels.argmax()] == -20 * fs_hz / n_fft
    assert levels.max() == pytest.approx(20 * np.log10(0.5), abs=1e-9)
    noise = complex_noise(np.random.default_rng(1), 1e-3, n.size)[0]
    _, levels = collect.power_spectrum(noise, fs_hz, n_fft)
    share = collect.resolution_bandwidth(fs_hz, n_fft) / fs_hz
    assert share == pytest.approx(1.5 / n_fft)
    assert 10 * np.log10(np.mean(10 ** (levels / 10))) == pytest.approx(10 * np.log10(1e-3 * share), abs=0.05)


def test_silence_has_a_floor():
    _, levels = collect.power_spectrum(np.zeros(64, dtype=complex), 1.0, 32)
    assert np.all(levels == collect.FLOOR_DB)


def test_spectra_before_and_after(dataset, estimate):
    found = collect.spectra(dataset, {"float": estimate}, latency=7)
    (channel,) = found.channels
    tone = int(np.argmin(np.abs(np.array(found.freq_hz) - TONE_HZ)))
    assert channel.received_db[tone] == pytest.approx(-20, abs=0.2)
    assert channel.float_db == pytest.approx(channel.noise_db, abs=1e-6)  # the estimate is exact: the noise is left
    assert channel.fixed_db is None
    assert found.band_hz == (-40e6, 40e6)
    assert -56e6 <= found.freq_hz[0] < -55e6
    assert 55e6 < found.freq_hz[-1] <= 56e6


def test_an_estimate_taken_without_its_latency_leaves_more(dataset, estimate):
    right = collect.spectra(dataset, {"float": estimate}, latency=7).channels[0].float_db
    wrong = collect.spectra(dataset, {"float": estimate}, latency=0).channels[0].float_db
    assert max(wrong) > max(right) + 10


def test_full_span_and_no_noise_reference(dataset, estimate):
    found = collect.spectra(replace(dataset, noise=None), {"fixed": estimate}, 7, margin=None)
    assert found.freq_hz[0] == -FS_HZ / 2
    assert found.channels[0].noise_db is None
    assert len(found.freq_hz) <= collect.MOST_POINTS


def test_too_few_samples_are_refused(dataset, estimate):
    short = replace(dataset, splits={"test": (0, 20)})
    with pytest.raises(ValueError, match="13 samples are too few"):
        collect.spectra(short, {"float": estimate}, 7)
