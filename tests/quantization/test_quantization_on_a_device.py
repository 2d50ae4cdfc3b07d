"""Calibration and fine-tuning on a simulated CUDA device: formats, weights and scores are the CPU's, to the last bit."""

import dataclasses

import numpy as np
import pytest
import torch
from simulated_device import CUDA, DeviceTensor, simulated_device

from pimdeploy.progress import quiet
from pimdeploy.quantization import job as job_module
from pimdeploy.quantization.finetune import finetune
from pimdeploy.quantization.job import quantize
from pimdeploy.quantization.residual import tuning_samples
from pimdeploy.quantization.successive_rounding import curvature
from pimdeploy.recipe import Recipe
from pimdeploy.training import device as device_module
from pimdeploy.training.train import train

NETWORKS = {
    "odd": {"M_K": 3, "M_a": 4, "N": 6, "M_G": 3},
    "even": {"M_K": 2, "M_a": 4, "N": 6, "M_G": 3, "symmetry": "even", "functions": 2},
    "whlut": {"family": "whlut", "M_K": 3, "N": 6, "M_G": 3},
    "polynomial": {"family": "memory_polynomial", "M": 3, "orders": [0, 2]},
}


def recipe_of(network) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "small",
            "receive": {"band_hz": [-40e6, 40e6], "filter_taps": 63},
            "scenario": {},
            "network": network,
            "training": {"starts": 1, "iterations": 2},
            "quantization": {"weight_bits": 8, "activation_bits": 12, "steps": 2, "sweep": ["W6A10", "W8A12"]},
            "datapath": {"acc_bits": 48},
        }
    )


@pytest.fixture(scope="module")
def two_by_two(dataset):
    """Two transmitters, each with its own source, at two receivers."""
    splits = {"train": (0, 3000), "val": (3000, 4000), "test": (4000, 5000)}
    x, d = (np.concatenate([a[:, :5000], 0.8 * np.roll(a[:, :5000], 997, axis=1)]) for a in (dataset.x, dataset.d))
    seen = np.array([[1.0, 0.5], [0.3j, 0.8]]) @ d
    return dataclasses.replace(dataset, x=x, d=seen, noise=None, splits=splits)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_quantization_is_that_of_the_cpu(two_by_two, monkeypatch, network):
    monkeypatch.setattr(device_module, "MORE_ON_CUDA", 1)
    seen = []
    monkeypatch.setattr(job_module, "finetune", lambda *a: seen.append(a[3].train.x) or finetune(*a))
    recipe = recipe_of(network)
    trained = train(two_by_two, recipe)
    weights = {name: tensor.numpy() for name, tensor in trained.weights.items()}
    expected = quantize(recipe, two_by_two, weights, trained.knot_spacing, quiet)
    assert not any(isinstance(x, DeviceTensor) for x in seen)
    seen.clear()
    with simulated_device():
        found = quantize(recipe, two_by_two, weights, trained.knot_spacing, quiet)
    assert len(seen) == 2  # of the recipe, and of the other point of its sweep
    assert all(isinstance(x, DeviceTensor) for x in seen)
    for name, weight in expected.weights.items():
        assert np.array_equal(found.weights[name], weight), name
    assert (found.formats, found.scores, found.calibrated, found.sweep) == (
        *(expected.formats, expected.scores, expected.calibrated, expected.sweep),
    )


def test_the_curvature_is_computed_where_the_samples_are(recipe, dataset, weights, samples, monkeypatch):
    monkeypatch.setattr(device_module, "MORE_ON_CUDA", 1)
    with simulated_device():
        there = tuning_samples(dataset, recipe, 4096, CUDA)
        gram = curvature(recipe.network, weights, there.train)
        assert isinstance(gram, DeviceTensor)
        assert torch.equal(gram.cpu(), curvature(recipe.network, weights, samples.train))


def test_what_was_trained_on_cuda_is_quantized_without(recipe, dataset, weights, trained, monkeypatch):
    """The recipe of a training folder comes along to another machine."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    training = recipe.training.model_copy(update={"device": "cuda"})
    quick = recipe.quantization.model_copy(update={"steps": 0})
    elsewhere = recipe.model_copy(update={"training": training, "quantization": quick})
    found = quantize(elsewhere, dataset, weights, trained.knot_spacing, quiet, sweep=False)
    assert found.scores["test"].cancellation_db > 10
