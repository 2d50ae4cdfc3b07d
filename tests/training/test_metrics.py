"""Figures of merit on signals whose answer is known."""

from dataclasses import replace

import numpy as np
import pytest

from pimdeploy.training import metrics


def test_estimate_equal_to_the_interference_reaches_the_bound(small_dataset):
    latency = 5
    z = np.roll(small_dataset.d - small_dataset.noise, latency, axis=1)
    reached = metrics.cancellation_db(small_dataset, z, "val", latency)
    assert reached.mean == pytest.approx(metrics.bound_db(small_dataset, "val").mean, abs=1e-9)
    assert metrics.pim_db(small_dataset, "val").mean < reached.mean


def test_cancellation_is_the_ratio_of_powers(small_dataset):
    z = 0.9 * small_dataset.d
    assert metrics.cancellation_db(small_dataset, z, "test").mean == pytest.approx(20.0)
    assert metrics.cancellation_db(small_dataset, 0 * z, "test").mean == pytest.approx(0.0)


def test_mean_over_channels(two_channel_dataset):
    z = two_channel_dataset.d * np.array([[0.9], [0.99]])
    reached = metrics.cancellation_db(two_channel_dataset, z, "test")
    assert reached.per_channel == pytest.approx((20.0, 40.0))
    assert reached.mean == pytest.approx(30.0)


def test_out_of_band_power(small_dataset):
    n = np.arange(small_dataset.n_samples)
    inside = np.exp(2j * np.pi * 10e6 / small_dataset.fs_hz * n)
    outside = np.exp(2j * np.pi * 150e6 / small_dataset.fs_hz * n)
    assert metrics.out_of_band_db(small_dataset, (inside + 10 * outside)[None]) == pytest.approx(20.0, abs=0.1)


def test_no_noise_reference_no_bound(small_dataset):
    silent = type(small_dataset)(
        small_dataset.x, small_dataset.d, small_dataset.fs_hz, small_dataset.receive_filter, small_dataset.splits
    )
    assert metrics.bound_db(silent) is None
    assert metrics.pim_db(silent) is None


def test_power_error_is_the_mean_of_decibels_and_takes_magnitudes(two_channel_dataset):
    z = two_channel_dataset.d * np.array([[0.9], [-9.0]])
    error = metrics.power_error_db(two_channel_dataset, z, "test")
    assert error.per_channel == pytest.approx((20.0, 20.0))  # made ten times better, and ten times worse
    assert error.mean == pytest.approx(20.0)


def test_power_error_of_independent_signals_is_six_decibels(small_dataset):
    rng = np.random.default_rng(3)
    shape = small_dataset.d.shape
    d = (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex128)
    other = (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex128)
    noise = replace(small_dataset, d=d, receive_filter=np.array([0, 1, 0], dtype=np.complex128))
    assert metrics.power_error_db(noise, d - other, "train").mean == pytest.approx(20 * np.log10(2), abs=0.1)


def test_noise_corrected_figures(small_dataset):
    perfect = small_dataset.d - small_dataset.noise
    found = metrics.noise_corrected(small_dataset, perfect, "test")
    assert found.res_db == (None,)  # nothing above the noise is left
    assert found.ape_db == (None,)
    assert found.pim_db[0] == pytest.approx(metrics.pim_db(small_dataset, "test").mean, abs=0.3)
    half = metrics.noise_corrected(small_dataset, perfect * 0.9, "test")
    assert half.ape_db[0] == pytest.approx(20.0, abs=0.5)
    assert metrics.noise_corrected(replace(small_dataset, noise=None), perfect) is None


def test_heatmap_over_all_segments_is_the_cancellation(two_channel_dataset):
    z = two_channel_dataset.d * np.array([[0.9], [0.99]])
    powers = metrics.segment_powers(two_channel_dataset, z, "test", segment_samples=100)
    table = powers.heatmap()
    n = powers.before.shape[1]
    assert table.shape == (n, n)
    assert table[0, n - 1] == pytest.approx(30.0)
    assert table[2, 1] == pytest.approx(powers.cancellation_db(2, 2))
    assert np.isnan(table[n - 1, 1])
    assert not np.isnan(table[:, 0]).any()
