"""Calibration and fine-tuning of every symmetry and sharing of the BFAN, one receiver and two."""

import numpy as np
import pytest

from pimdeploy.datapath.check import check
from pimdeploy.datapath.lowering import lower
from pimdeploy.quantization.calibration import calibrate, grids_of
from pimdeploy.quantization.finetune import finetune
from pimdeploy.quantization.network import quantized_network
from pimdeploy.quantization.residual import tuning_samples
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.train import train

KINDS = [
    {"symmetry": "odd", "functions": 4},
    {"symmetry": "even"},
    {"symmetry": "even", "functions": 2},
    {"symmetry": "plain", "N": 16},
]


@pytest.fixture(scope="module")
def two_receivers(dataset):
    d = np.concatenate([dataset.d, 0.5j * np.roll(dataset.d, 1, axis=1)])
    return Dataset(dataset.x, d, dataset.fs_hz, dataset.receive_filter, dataset.splits, sha256="two")


def asked_for(recipe: Recipe, kind, **quantization) -> Recipe:
    network = type(recipe.network).model_validate(recipe.network.model_dump() | kind)
    spec = recipe.quantization.model_copy(update=quantization)
    return recipe.model_copy(update={"network": network, "quantization": spec})


@pytest.mark.parametrize("receivers", [1, 2])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind.values())))
def test_short_words_cost_little_after_fine_tuning(recipe, dataset, two_receivers, kind, receivers):
    asked = asked_for(recipe, kind, weight_bits=8, activation_bits=12)
    data = dataset if receivers == 1 else two_receivers
    trained = train(data, asked)
    weights = {name: tensor.numpy() for name, tensor in trained.weights.items()}
    samples = tuning_samples(data, asked, 4096)
    formats = calibrate(asked, weights, grids_of(asked, trained.knot_spacing), samples.train)
    graph, _ = lower(asked.network, weights, formats, "brief", trained.latency_samples)
    check(graph, asked.datapath.acc_bits)
    tuned = finetune(asked.network, weights, formats, samples, 8, 0.1)
    assert list(tuned.weights) == list(weights)
    assert tuned.loss_after <= tuned.loss_before
    wide = asked_for(asked, {}, weight_bits=16, activation_bits=16)
    exact = calibrate(wide, weights, grids_of(wide, trained.knot_spacing), samples.train)
    # Four branches and eight steps: the even form, whose product doubles each rounding's share, needs the most room.
    assert tuned.loss_after < 1.35 * samples.loss(quantized_network(asked.network, weights, exact))


def test_the_format_of_a_plain_argument_is_that_of_its_knots(recipe, dataset):
    asked = asked_for(recipe, {"symmetry": "plain", "N": 16}, activation_bits=14)
    trained = train(dataset, asked)
    weights = {name: tensor.numpy() for name, tensor in trained.weights.items()}
    samples = tuning_samples(dataset, asked, 4096)
    formats = calibrate(asked, weights, grids_of(asked, trained.knot_spacing), samples.train)
    assert str(formats.activations["a"]) == "s14.13"
    assert asked.network.N * 2.0**formats.knot_log2 == 2.0
