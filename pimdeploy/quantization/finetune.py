"""Quantization-aware fine-tuning: successive rounding, then the Brevitas network's own gradient, both through J^T J.

The forward pass is the integer datapath; gradients pass its roundings straight through. Near the float optimum the loss
is almost quadratic in the weights, so a step is (J^T J + damping)^-1 times the gradient, J^T J being that of the
Levenberg-Marquardt solver: what one weight's rounding spoils, the step spreads over the weights that can mend it. The
weights kept are those of the lowest loss seen on training and validation samples together.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.lowering import Weights
from pimdeploy.errors import TrainingError
from pimdeploy.network_spec import NetworkSpec
from pimdeploy.networks.canceller import Canceller
from pimdeploy.progress import StepProgress
from pimdeploy.quantization.network import quantized_network
from pimdeploy.quantization.residual import Samples
from pimdeploy.quantization.successive_rounding import curvature, damped, round_successively

ROUNDING_DAMPINGS = (0.3, 0.1, 0.03, 0.01)
"""Successive rounding is tried with each; few bits want more of it."""
STEP_DAMPING = 0.1
"""Of the gradient steps, relative to each weight's own curvature; below it, directions that change nothing run away."""
HELD = 2e-9
"""A weight with less than this share of the largest curvature is held."""
RUNAWAY = 4.0
"""A loss this many times the best one: the weights go back to the best, and the rate is halved."""


@dataclass(frozen=True)
class FineTuned:
    """Weights after fine-tuning and the loss (1 = nothing cancelled) of the calibrated network and of these."""

    weights: dict[str, NDArray[np.float64]]
    loss_before: float
    loss_after: float


def finetune(
    spec: NetworkSpec,
    weights: Weights,
    formats: FormatMap,
    samples: Samples,
    steps: int,
    rate: float,
    progress: StepProgress | None = None,
) -> FineTuned:
    """Return weights that do best under `formats`, from `steps` passes over the training samples.

    rate: share of the full preconditioned step that is taken. Networks are run on the device of `samples`. Raises
    `TrainingError` where the loss is not finite.
    """
    gram = curvature(spec, weights, samples.train)
    dampings = ROUNDING_DAMPINGS if steps else ()
    here, device = gram.cpu(), samples.train.device
    candidates = [dict(weights), *(round_successively(spec, weights, formats, here, damping) for damping in dampings)]
    losses = [samples.loss(quantized_network(spec, candidate, formats, device)) for candidate in candidates]
    start = int(np.argmin(losses))
    search = _Search(candidates[start], losses[start])
    network = quantized_network(spec, search.weights, formats, device).train()
    parameters = [network.parameter(name) for name in network.weights]
    solve = _solver(damped(gram, STEP_DAMPING))
    for step in range(1, steps + 1):
        loss = samples.train.loss(network(samples.train.x))
        _step(parameters, torch.autograd.grad(loss, parameters), solve, rate * _cooling(step / steps))
        pooled = samples.loss(network)
        if not np.isfinite(pooled):
            raise TrainingError(f"fine-tuning: the loss is not finite at step {step}; lower quantization.learning_rate")
        if search.offer(network, pooled):
            _restore(network, search.weights)
            rate /= 2
        if progress:
            progress(step, steps, f"loss {search.loss:.5f}, {-10 * np.log10(search.loss):.2f} dB")
    return FineTuned(search.weights, losses[0], search.loss)


@dataclass
class _Search:
    """The best weights so far."""

    weights: dict[str, NDArray[np.float64]]
    loss: float

    def offer(self, network: Canceller, loss: float) -> bool:
        """Keep the weights of `network` where `loss` is the lowest; return True where it has run away."""
        if loss < self.loss:
            self.weights, self.loss = _snapshot(network), loss
        return loss > RUNAWAY * self.loss


def _cooling(progress: float) -> float:
    return max(0.5 * (1 + float(np.cos(np.pi * progress))), 0.05)


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


def _solver(matrix: Tensor) -> Callable[[Tensor], Tensor]:
    """Return delta(gradient) = matrix^-1 gradient / 2; a row that is held (no curvature) takes no step."""
    factor = torch.linalg.cholesky(matrix)
    held = torch.diagonal(matrix) <= HELD * torch.diagonal(matrix).max()
    return lambda gradient: torch.cholesky_solve(torch.where(held, 0.0, gradient)[:, None] / 2, factor)[:, 0]


def _restore(network: Canceller, weights: dict[str, NDArray[np.float64]]) -> None:
    with torch.no_grad():
        for name in network.weights:
            network.parameter(name).copy_(torch.from_numpy(weights[name]))


def _snapshot(network: Canceller) -> dict[str, NDArray[np.float64]]:
    return {name: weight.cpu().numpy() for name, weight in network.float_weights().items()}
