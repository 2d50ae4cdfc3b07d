"""Quantization-aware fine-tuning: the Brevitas network's own gradient, preconditioned by the float network's curvature.

The forward pass is the integer datapath; gradients pass its roundings straight through. Near the float optimum the loss
is almost quadratic in the weights, so a step is (J^T J + damping)^-1 times the gradient, J^T J being that of the
Levenberg-Marquardt solver: what one weight's rounding spoils, the step spreads over the weights that can mend it. The
weights kept are those of the lowest loss seen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.errors import TrainingError
from pimdeploy.networks.bfan import WEIGHTS, OddBfan
from pimdeploy.quantization.network import quantized_network
from pimdeploy.quantization.residual import Residual
from pimdeploy.recipe import NetworkSpec
from pimdeploy.training.jacobian import parameter_slices

Weights = Mapping[str, NDArray[np.float64]]
Progress = Callable[[int, int, str], None]

DAMPING = 0.1
"""Relative to each weight's own curvature; below it, directions that change nothing run away."""
RUNAWAY = 4.0
"""A loss this many times the best one: the weights go back to the best, and the rate is halved."""


@dataclass(frozen=True)
class FineTuned:
    """Weights after fine-tuning and the training loss (1 = nothing cancelled) before and after it."""

    weights: dict[str, NDArray[np.float64]]
    loss_before: float
    loss_after: float
    best_step: int


def finetune(
    spec: NetworkSpec,
    weights: Weights,
    formats: FormatMap,
    residual: Residual,
    steps: int,
    rate: float,
    progress: Progress | None = None,
) -> FineTuned:
    """Return weights that do best under `formats`, from `steps` passes over the residual's samples.

    rate: share of the full preconditioned step that is taken. Raises `TrainingError` where the loss is not finite.
    """
    network = quantized_network(spec, weights, formats).train()
    parameters = [_parameter(network, name) for name in WEIGHTS]
    solve = _preconditioner(weights, 2.0**formats.knot_log2, residual)
    best = _snapshot(network)
    first = best_loss = float("inf")
    best_step = 0
    for step in range(steps + 1):
        loss = residual.loss(network(residual.x))
        value = float(loss.detach())
        if not np.isfinite(value):
            raise TrainingError(f"fine-tuning: the loss is not finite at step {step}; lower quantization.learning_rate")
        first = value if step == 0 else first
        if value < best_loss:
            best, best_loss, best_step = _snapshot(network), value, step
        if progress:
            progress(step, steps, f"loss {value:.5f}, {-10 * np.log10(value):.2f} dB")
        if value > RUNAWAY * best_loss:
            _restore(network, best)
            rate /= 2
        elif step < steps:
            cooling = 0.5 * (1 + np.cos(np.pi * step / steps))
            _step(parameters, torch.autograd.grad(loss, parameters), solve, rate * max(cooling, 0.05))
    return FineTuned(best, first, best_loss, best_step)


def _step(
    parameters: list[Tensor], gradients: tuple[Tensor, ...], solve: Callable[[Tensor], Tensor], rate: float
) -> None:
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    delta = solve(flat)
    at = 0
    with torch.no_grad():
        for parameter in parameters:
            parameter.sub_(rate * delta[at : at + parameter.numel()].view_as(parameter))
            at += parameter.numel()


def _preconditioner(weights: Weights, spacing: float, residual: Residual) -> Callable[[Tensor], Tensor]:
    """Return delta(gradient) = (J^T J + damping)^-1 gradient / 2, J of the float network at `weights`."""
    tensors = {name: torch.from_numpy(np.array(weights[name])) for name in WEIGHTS}
    error, signals = residual.objective.residual(tensors, spacing)
    gram, _ = residual.objective.normal_equations(tensors, spacing, error, signals)
    free = torch.ones(len(gram), dtype=gram.dtype)
    free[parameter_slices(tensors)["f"].start] = 0  # f stays flat below its first knot: its slope there is a gauge
    gram = gram * torch.outer(free, free)
    diagonal = torch.diagonal(gram)
    factor = torch.linalg.cholesky(gram + torch.diag(DAMPING * diagonal + 1e-9 * diagonal.max()))
    return lambda gradient: torch.cholesky_solve((gradient * free)[:, None] / 2, factor)[:, 0]


def _parameter(network: OddBfan, name: str) -> Tensor:
    parameter = network.weights[name].weight
    assert isinstance(parameter, Tensor)
    return parameter


def _restore(network: OddBfan, weights: Weights) -> None:
    with torch.no_grad():
        for name in WEIGHTS:
            _parameter(network, name).copy_(torch.from_numpy(weights[name]))


def _snapshot(network: OddBfan) -> dict[str, NDArray[np.float64]]:
    return {name: weight.numpy() for name, weight in network.float_weights().items()}
