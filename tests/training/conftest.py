"""Small datasets of the built-in scenario, and random weights."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.build import weight_shapes
from pimdeploy.recipe import BandSpec, ScenarioSpec
from pimdeploy.signals.dataset import Dataset
from pimdeploy.signals.preprocess import prepare
from pimdeploy.signals.scenario import make_scenario

BAND = BandSpec(band_hz=(-40e6, 40e6))


@pytest.fixture(scope="session")
def random_weights() -> Callable[[BfanSpec, int, int], dict[str, torch.Tensor]]:
    def make(spec: BfanSpec, n_tx: int, n_rx: int) -> dict[str, torch.Tensor]:
        generator = torch.Generator().manual_seed(5)
        shapes = weight_shapes(spec, n_tx, n_rx)
        return {k: 0.5 * torch.randn(s, generator=generator, dtype=torch.float64) for k, s in shapes.items()}

    return make


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
