"""Levenberg-Marquardt on all parameters of a network, float64."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from pimdeploy.training.family import Family, Point
from pimdeploy.training.normal_equations import normal_equations, residual_at
from pimdeploy.training.objective import Objective
from pimdeploy.training.parameters import Weights, flatten, unflatten

StepReport = Callable[[int, float], None]
"""Called with the number of the step and the loss after it."""


@dataclass
class SolverState:
    """What the solver carries from step to step: weights, their loss (1 = nothing cancelled), the damping."""

    point: Point
    loss: float
    damping: float
    residual: Tensor
    steps: int = 0
    finished: bool = False

    @property
    def weights(self) -> Weights:
        """The weights, in the family's order."""
        return self.point.weights


def damped_solution(gram: Tensor, damping: Tensor, gradient: Tensor) -> Tensor:
    """Return the solution of (gram + diag(damping)) delta = gradient; zeros where it is singular or not finite."""
    factor, info = torch.linalg.cholesky_ex(gram + torch.diag(damping))
    if int(info) != 0 or not bool(torch.isfinite(factor).all()):
        return torch.zeros_like(gradient)
    return torch.cholesky_solve(gradient[:, None], factor)[:, 0]


class LevenbergMarquardt:
    """Minimises the objective plus a ridge (the family's and, as decay, on all weights), one step a call of `step`.

    Damping after Nielsen: each parameter's own curvature scales it, it shrinks by how well the quadratic model
    predicted the gain and grows geometrically on a refused step.
    """

    def __init__(self, objective: Objective, family: Family, ridge: float, decay: float) -> None:
        self.objective = objective
        self.family = family
        self.ridge = ridge
        self.decay = decay

    def start(self, weights: Weights, damping: float = 1e-2) -> SolverState:
        """Return the state from which `step` goes on."""
        point, residual = self._at(weights)
        return SolverState(point, self._loss(residual, weights, self._ridge_rows(point)), damping, residual)

    def step(self, state: SolverState, attempts: int = 8) -> SolverState:
        """Return the state after one accepted step, or a finished one where no attempt lowered the loss."""
        weights, residual = state.weights, state.residual
        ridge = self._ridge_rows(state.point)
        loss = self._loss(residual, weights, ridge)
        gram, gradient = normal_equations(self.objective, self.family, state.point, residual)
        gram += torch.diag(ridge)
        vector = flatten(weights)
        gradient -= ridge * vector
        free = self.family.free(weights)
        gram, gradient = gram[free][:, free], gradient[free]
        curvature = gram.diagonal() + 1e-9 * gram.diagonal().max()
        damping, growth = state.damping, 2.0
        for _ in range(attempts):
            delta = damped_solution(gram, damping * curvature, gradient)
            trial_vector = vector.clone()
            trial_vector[free] += delta
            trial, trial_residual = self._at(unflatten(trial_vector, weights))
            trial_loss = self._loss(trial_residual, trial.weights, ridge)
            predicted = float(delta @ (damping * curvature * delta + gradient))
            if trial_loss < loss:
                ratio = (loss - trial_loss) / max(predicted, 1e-300)
                damping *= max(1 / 5, 1 - (2 * ratio - 1) ** 3)
                done = loss - trial_loss < 1e-10 * loss
                return SolverState(trial, trial_loss, max(damping, 1e-10), trial_residual, state.steps + 1, done)
            damping *= growth
            growth *= 2
        return SolverState(state.point, loss, damping, residual, state.steps + 1, finished=True)

    def _at(self, weights: Weights) -> tuple[Point, Tensor]:
        point = self.family.point(weights, self.objective.x)
        return point, residual_at(self.objective, self.family, point)

    def _ridge_rows(self, point: Point) -> Tensor:
        """Return the ridge of every parameter, in units of the loss: `decay`, and what the family asks for."""
        own = self.family.ridge(point, self.ridge)
        return flatten({name: self.decay + own.get(name, torch.zeros_like(w)) for name, w in point.weights.items()})

    def _loss(self, residual: Tensor, weights: Weights, ridge: Tensor) -> float:
        fit = float((residual.real.square() + residual.imag.square()).sum()) / self.objective.scale
        return fit + float(ridge @ flatten(weights).square())
