"""A small dataset: one contact behind two narrow carriers, with white noise 20 dB below in the receive band."""

import numpy as np
import pytest

from pimdeploy.recipe import BandSpec, ScenarioSpec
from pimdeploy.signals.dataset import Dataset
from pimdeploy.signals.preprocess import prepare
from pimdeploy.signals.scenario import make_scenario

BAND = BandSpec(band_hz=(-40e6, 40e6))


@pytest.fixture(scope="session")
def small_dataset() -> Dataset:
    return prepare(make_scenario(ScenarioSpec(seed=3, n_samples=32768), BAND), None, BAND)


@pytest.fixture(scope="session")
def two_channel_dataset(small_dataset: Dataset) -> Dataset:
    d = np.concatenate([small_dataset.d, 0.5j * np.roll(small_dataset.d, 1, axis=1)])
    noise = np.concatenate([small_dataset.noise, 0.5j * np.roll(small_dataset.noise, 1, axis=1)])
    return Dataset(
        small_dataset.x, d, small_dataset.fs_hz, small_dataset.receive_filter, small_dataset.splits, noise=noise
    )
