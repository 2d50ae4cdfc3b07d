"""Figures of merit on signals whose answer is known."""

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
