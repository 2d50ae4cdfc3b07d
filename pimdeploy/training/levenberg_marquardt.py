"""Levenberg-Marquardt on all parameters of the network, float64."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from pimdeploy.networks.bfan import segment_index
from pimdeploy.training.jacobian import Signals, Weights, flatten, parameter_slices, unflatten
from pimdeploy.training.objective import Objective

StepReport = Callable[[int, float], None]
"""Called with the number of the step and the loss after it."""


@dataclass
class SolverState:
    """What the solver carries from step to step: weights, their loss (1 = nothing cancelled), the damping."""

    weights: Weights
    loss: float
    damping: float
    residual: Tensor
    signals: Signals
    steps: int = 0
    finished: bool = False


def damped_solution(gram: Tensor, damping: Tensor, gradient: Tensor) -> Tensor:
    """Return the solution of (gram + diag(damping)) delta = gradient; zeros where it is singular or not finite."""
    factor, info = torch.linalg.cholesky_ex(gram + torch.diag(damping))
    if int(info) != 0 or not bool(torch.isfinite(factor).all()):
        return torch.zeros_like(gradient)
    return torch.cholesky_solve(gradient[:, None], factor)[:, 0]


class LevenbergMarquardt:
    """Minimises the objective plus a ridge (on f and, as decay, on all weights), one step a call of `step`.

    Damping after Nielsen: each parameter's own curvature scales it, it shrinks by how well the quadratic model
    predicted the gain and grows geometrically on a refused step. w_0 (f's slope below its first knot) is held: it does
    nothing in the receive band.
    """

    def __init__(self, objective: Objective, spacing: float, ridge: float, decay: float) -> None:
        self.objective = objective
        self.spacing = spacing
        self.ridge = ridge
        self.decay = decay

    def start(self, weights: Weights, damping: float = 1e-2) -> SolverState:
        """Return the state from which `step` goes on."""
        residual, signals = self.objective.residual(weights, self.spacing)
        loss = self._loss(residual, weights, self._ridge_rows(weights, signals))
        return SolverState(weights, loss, damping, residual, signals)

    def step(self, state: SolverState, attempts: int = 8) -> SolverState:
        """Return the state after one accepted step, or a finished one where no attempt lowered the loss."""
        weights, residual, signals = state.weights, state.residual, state.signals
        ridge = self._ridge_rows(weights, signals)
        loss = self._loss(residual, weights, ridge)
        gram, gradient = self.objective.normal_equations(weights, self.spacing, residual, signals)
        gram += torch.diag(ridge)
        vector = flatten(weights)
        gradient -= ridge * vector
        free = self._free(weights)
        gram, gradient = gram[free][:, free], gradient[free]
        curvature = gram.diagonal() + 1e-9 * gram.diagonal().max()
        damping, growth = state.damping, 2.0
        for _ in range(attempts):
            delta = damped_solution(gram, damping * curvature, gradient)
            trial_vector = vector.clone()
            trial_vector[free] += delta
            trial = unflatten(trial_vector, weights)
            trial_residual, trial_signals = self.objective.residual(trial, self.spacing)
            trial_loss = self._loss(trial_residual, trial, ridge)
            predicted = float(delta @ (damping * curvature * delta + gradient))
            if trial_loss < loss:
                ratio = (loss - trial_loss) / max(predicted, 1e-300)
                damping *= max(1 / 5, 1 - (2 * ratio - 1) ** 3)
                done = loss - trial_loss < 1e-10 * loss
                damping = max(damping, 1e-10)
                return SolverState(trial, trial_loss, damping, trial_residual, trial_signals, state.steps + 1, done)
            damping *= growth
            growth *= 2
        return SolverState(weights, loss, damping, residual, signals, state.steps + 1, finished=True)

    def _free(self, weights: Weights) -> Tensor:
        slices = parameter_slices(weights)
        free = torch.ones(slices["G"].stop, dtype=torch.bool)
        free[slices["f"].start] = False
        return free

    def _ridge_rows(self, weights: Weights, signals: Signals) -> Tensor:
        """Return the ridge of every parameter: `decay`, and for f what is inverse to the share of samples beyond a knot.

        In units of the loss: a change of slope as large as f's rms slope, at a knot all samples pass, costs `ridge`.
        """
        slices = parameter_slices(weights)
        ridge = torch.full((slices["G"].stop,), self.decay, dtype=torch.float64)
        segments = segment_index(signals.a, len(weights["f"]), self.spacing)
        counts = torch.bincount(segments.flatten(), minlength=len(weights["f"])).double()
        occupancy = (counts.flip(0).cumsum(0).flip(0) / segments.numel()).clamp(min=1e-5)
        slope_scale = float(signals.slope.square().mean())
        ridge[slices["f"]] += self.ridge / (occupancy * max(slope_scale, 1e-300))
        return ridge

    def _loss(self, residual: Tensor, weights: Weights, ridge: Tensor) -> float:
        fit = float((residual.real.square() + residual.imag.square()).sum()) / self.objective.scale
        return fit + float(ridge @ flatten(weights).square())
