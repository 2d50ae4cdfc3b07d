"""Fine-tuning of a CNN canceller under quantization: Adam through the roundings, a little way from the trained weights."""

import math

import numpy as np
import torch
from numpy.typing import NDArray

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.lowering import Weights
from pimdeploy.errors import TrainingError
from pimdeploy.networks.build import build_network
from pimdeploy.networks.canceller import Canceller
from pimdeploy.progress import StepProgress
from pimdeploy.quantization.factory import QuantizedFactory
from pimdeploy.quantization.network import tensors
from pimdeploy.recipe import Recipe
from pimdeploy.training.cnn_objective import CnnObjective

JUDGED_EVERY = 25
"""Steps between two looks at the validation split."""
LAST_RATE = 0.05
"""Share of the first learning rate that is left at the last step."""


def finetune_cnn(
    recipe: Recipe, weights: Weights, formats: FormatMap, objective: CnnObjective, progress: StepProgress | None = None
) -> dict[str, NDArray[np.float64]]:
    """Return weights that do best on validation under `formats`, of those after every `JUDGED_EVERY` Adam steps.

    A step moves a weight by up to `quantization.learning_rate` times the root mean square of its tensor, cooling along a
    cosine. Gradients pass the roundings straight through. It is computed in float32, where an accumulator now and then
    rounds otherwise than the datapath's: the datapath itself is measured afterwards. Raises `TrainingError` where the
    loss is not finite.
    """
    steps = recipe.quantization.steps
    factory = QuantizedFactory(formats, torch.float32)
    network = build_network(recipe.network, factory, tensors(recipe.network, weights)).train()
    optimizer = torch.optim.Adam(_groups(network, recipe.quantization.learning_rate))
    rates = [group["lr"] for group in optimizer.param_groups]
    generator = torch.Generator().manual_seed(recipe.seed)
    best, best_db = _snapshot(network), objective.cancellation_db(network, "val")
    for step in range(1, steps + 1):
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * (LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + math.cos(math.pi * step / steps)))
        parts = objective.loss(network, objective.random_cut(generator))
        loss = parts.in_band.mean() + recipe.training.out_of_band_weight * parts.out_of_band
        if not math.isfinite(float(loss.detach())):
            raise TrainingError(f"fine-tuning: the loss is not finite at step {step}; lower quantization.learning_rate")
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if step % JUDGED_EVERY == 0 or step == steps:
            now = objective.cancellation_db(network, "val")
            if now > best_db:
                best, best_db = _snapshot(network), now
            if progress:
                progress(step, steps, f"loss {float(loss.detach()):.5f}, validation {best_db:.2f} dB")
    return best


def _groups(network: Canceller, rate: float) -> list[dict[str, object]]:
    """Return a group a weight, its learning rate relative to its size; the entries of sigmoids stay."""
    parameters = [network.parameter(name) for name in network.weights]
    return [
        {"params": [parameter], "lr": rate * max(float(parameter.detach().square().mean().sqrt()), 1e-6)}
        for parameter in parameters
        if parameter.requires_grad
    ]


def _snapshot(network: Canceller) -> dict[str, NDArray[np.float64]]:
    return {name: value.numpy().copy() for name, value in network.float_weights().items()}
