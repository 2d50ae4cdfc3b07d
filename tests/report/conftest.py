"""Report data and the signals behind its spectra."""

import numpy as np
import pytest
from report_samples import FS_HZ, TONE_HZ, complex_noise, make_data

from pimdeploy.report.data import Parameters, ReportData, SplitMetrics
from pimdeploy.signals.dataset import Dataset


@pytest.fixture(scope="session")
def dataset():
    """A tone of amplitude 0.1 at fs / 32 above white noise of power 1e-4; the estimate is the tone, 7 samples late."""
    n_samples = 16_384
    noise = complex_noise(np.random.default_rng(3), 1e-4, n_samples)
    n = np.arange(n_samples)
    tone = 0.1 * np.exp(2j * np.pi * (TONE_HZ / FS_HZ) * n)[None, :]
    return Dataset(
        x=np.zeros((1, n_samples), dtype=np.complex128),
        d=tone + noise,
        fs_hz=FS_HZ,
        receive_filter=np.ones(1, dtype=np.complex128),
        splits={"train": (0, 100), "test": (100, n_samples)},
        noise=noise,
        constants={"band_lower_hz": -40e6, "band_upper_hz": 40e6},
    )


@pytest.fixture(scope="session")
def estimate(dataset):
    return np.roll(dataset.d - dataset.noise, 7, axis=1)


@pytest.fixture(scope="session")
def data(dataset, estimate):
    return make_data(dataset, estimate)


@pytest.fixture
def bare(data):
    """What `train` alone knows of a capture without a noise reference."""
    return ReportData(
        name="demo",
        source="capture",
        recipe=data.recipe,
        parameters=Parameters(real=80),
        splits={"test": SplitMetrics(float_db=15.5)},
    )
