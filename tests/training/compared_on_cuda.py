"""A program: the same short fits on the CPU and on a CUDA device, what both cancel and how far their equations differ.

Prints one JSON object by network, or null where PyTorch sees no CUDA device.
"""

import json
import sys

import torch

from pimdeploy.pipeline import load_dataset
from pimdeploy.quantization.job import quantize
from pimdeploy.recipe import Recipe, on_device
from pimdeploy.training.device import CPU
from pimdeploy.training.families import family_of
from pimdeploy.training.normal_equations import normal_equations, residual_at
from pimdeploy.training.objective import make_objective
from pimdeploy.training.parameters import on_device as moved
from pimdeploy.training.train import train

NETWORKS = {
    "bfan": {"M_K": 3, "M_a": 6, "N": 8, "M_G": 5},
    "whlut": {"family": "whlut", "M_K": 3, "N": 8, "M_G": 5},
    "memory_polynomial": {"family": "memory_polynomial", "M": 5},
}


def recipe(network) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "small",
            "receive": {"band_hz": [-40e6, 40e6]},
            "scenario": {"n_samples": 16384},
            "network": network,
            "training": {"starts": 2, "iterations": 14},
            "quantization": {"steps": 5},
            "datapath": {"acc_bits": 48},
        }
    )


def compared(network) -> dict[str, float]:
    """Return cancellation on test, dB, trained and at 16 bits, and the largest relative difference of J^T J."""
    asked = recipe(network)
    dataset = load_dataset(asked)
    found = {}
    for name in ("cpu", "cuda"):
        on = on_device(asked, name)
        result = train(dataset, on)
        weights = {key: weight.numpy() for key, weight in result.weights.items()}
        quantized = quantize(on, dataset, weights, result.knot_spacing, lambda *_: None, sweep=False)
        found[f"{name}_db"] = result.scores["test"].cancellation_db
        found[f"{name}_quantized_db"] = quantized.scores["test"].cancellation_db
    here, there = (gram_at(asked, dataset, result.weights, device) for device in (CPU, torch.device("cuda")))
    return found | {"gram": float((here - there).abs().max() / here.abs().max())}


def gram_at(asked, dataset, weights, device) -> torch.Tensor:
    family = family_of(asked.network, len(dataset.x), len(dataset.d))
    objective = make_objective(dataset, "train", asked.network, 1e-4, device=device)
    point = family.point(moved(weights, device), objective.x)
    return normal_equations(objective, family, point, residual_at(objective, family, point))[0].cpu()


if __name__ == "__main__":
    there = torch.cuda.is_available()
    json.dump({name: compared(network) for name, network in NETWORKS.items()} if there else None, sys.stdout)
