"""A network trained for a moment on a short scenario: what calibration and fine-tuning work on."""

import pytest

from pimdeploy.pipeline import load_dataset
from pimdeploy.quantization.residual import tuning_samples
from pimdeploy.recipe import parse_recipe
from pimdeploy.training.train import train

RECIPE = """
name = "brief"
[receive]
band_hz = [-40e6, 40e6]
filter_taps = 63
[scenario]
n_samples = 16384
[network]
M_K = 3
M_a = 4
N = 8
M_G = 5
[training]
starts = 1
iterations = 6
"""


@pytest.fixture(scope="session")
def recipe():
    return parse_recipe(RECIPE, "recipe")


@pytest.fixture(scope="session")
def dataset(recipe):
    return load_dataset(recipe)


@pytest.fixture(scope="session")
def trained(recipe, dataset):
    return train(dataset, recipe)


@pytest.fixture(scope="session")
def weights(trained):
    return {name: tensor.numpy() for name, tensor in trained.weights.items()}


@pytest.fixture(scope="session")
def samples(dataset, recipe):
    return tuning_samples(dataset, recipe, 4096)


@pytest.fixture(scope="session")
def residual(samples):
    return samples.train
