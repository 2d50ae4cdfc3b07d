"""Several starts, the best on validation goes on: how the Levenberg-Marquardt solver is driven."""

import math
import time
from dataclasses import dataclass

import torch

from pimdeploy.errors import TrainingError
from pimdeploy.networks.build import default_knot_spacing
from pimdeploy.progress import StepProgress
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.gauge import move_knots_inside
from pimdeploy.training.jacobian import Weights
from pimdeploy.training.levenberg_marquardt import LevenbergMarquardt, SolverState
from pimdeploy.training.linear_start import branch_quantile, linear_start, scale_to_knots, spread_branches
from pimdeploy.training.objective import make_objective

SCREEN_STEPS = 12
"""Steps of every start before the best on validation is chosen."""
START_JITTER = 0.15
"""Standard deviation of what is added to the entries of Phi, from the second start on."""
START_QUANTILE = 0.998
"""Quantile of |a| at which a start puts its last knot: below that of the recipe, to leave room."""
PATIENCE = 6
"""Steps over which the loss must fall by `TOLERANCE`, or the fit has ended."""
TOLERANCE = 2e-5


@dataclass(frozen=True)
class StepRecord:
    """One step: its start, the training loss (1 = nothing cancelled), the cancellation on both splits, dB."""

    step: int
    start: int
    loss: float
    train_db: float
    val_db: float


@dataclass
class _Start:
    """One start: its solver state and the best weights on validation so far."""

    number: int
    state: SolverState
    best: Weights
    best_val_db: float
    losses: list[float]


class _Driver:
    def __init__(self, dataset: Dataset, recipe: Recipe, report: StepProgress) -> None:
        spec, training = recipe.network, recipe.training
        self.recipe, self.report = recipe, report
        self.spacing = default_knot_spacing(spec)
        self.train = make_objective(dataset, "train", spec, training.out_of_band_weight)
        self.val = make_objective(dataset, "val", spec)
        self.solver = LevenbergMarquardt(self.train, self.spacing, training.ridge, training.weight_decay)
        self.channels = (dataset.x.shape[0], dataset.d.shape[0])
        self.history: list[StepRecord] = []
        self.screen = min(SCREEN_STEPS, training.iterations) if training.starts > 1 else 0
        self.total = training.starts * self.screen + training.iterations - self.screen
        self.deadline = time.monotonic() + training.max_seconds

    def begin(self, number: int) -> _Start:
        """Return the start `number`: 0 is the evenly spread one, the others are jittered copies."""
        generator = torch.Generator().manual_seed(self.recipe.seed * 1000 + number)
        jitter = START_JITTER if number else 0.0
        weights = spread_branches(self.recipe.network, *self.channels, generator, jitter)
        weights = scale_to_knots(weights, self.spacing, self.train.x, START_QUANTILE)
        state = self.solver.start(linear_start(weights, self.spacing, self.train))
        return _Start(number, state, state.weights, self.validate(state.weights), [state.loss])

    def validate(self, weights: Weights) -> float:
        """Return the cancellation of `weights` on the validation split, dB."""
        return self.val.cancellation_db(self.val.residual(weights, self.spacing)[0])

    def advance(self, start: _Start, steps: int) -> None:
        """Take up to `steps` steps, keeping the best weights on validation that respect the knots' quantile."""
        for _ in range(steps):
            if start.state.finished or time.monotonic() > self.deadline or _stalled(start.losses):
                return
            start.state = self.solver.step(start.state)
            if not math.isfinite(start.state.loss):
                raise TrainingError(
                    f"Levenberg-Marquardt diverged at step {start.state.steps} of start {start.number}: "
                    f"the loss is {start.state.loss}; give a larger training.ridge or another seed"
                )
            self._keep_knots_inside(start)
            start.losses.append(start.state.loss)
            self._record(start)

    def _keep_knots_inside(self, start: _Start) -> None:
        weights = start.state.weights
        last = (len(weights["f"]) - 1) * self.spacing
        if float((start.state.signals.a.abs() > last).double().mean()) >= 1 - self.recipe.training.knot_quantile:
            return
        ratio = branch_quantile(start.state.signals.a, self.recipe.training.knot_quantile) / last
        moved = move_knots_inside(weights, self.spacing, ratio * (1 - 1e-6))
        steps = start.state.steps
        start.state = self.solver.start(moved, start.state.damping)
        start.state.steps = steps

    def _record(self, start: _Start) -> None:
        weights = start.state.weights
        val_db, train_db = self.validate(weights), self.train.cancellation_db(start.state.residual)
        if val_db > start.best_val_db:
            start.best, start.best_val_db = weights, val_db
        self.history.append(StepRecord(len(self.history) + 1, start.number, start.state.loss, train_db, val_db))
        text = f"start {start.number + 1}, loss {start.state.loss:.5f}, validation {val_db:.2f} dB"
        self.report(min(len(self.history), self.total), self.total, text)


def _stalled(losses: list[float]) -> bool:
    return len(losses) > PATIENCE and losses[-1 - PATIENCE] - losses[-1] < TOLERANCE * losses[-1]


def search(dataset: Dataset, recipe: Recipe, report: StepProgress) -> tuple[Weights, list[StepRecord], int]:
    """Return the best weights on validation, the record of all steps, and the number of the start that won.

    Every start takes `SCREEN_STEPS`; the best on validation goes on to the recipe's `iterations`, or until its loss
    stands still.
    """
    driver = _Driver(dataset, recipe, report)
    starts = [driver.begin(number) for number in range(recipe.training.starts)]
    for start in starts:
        driver.advance(start, driver.screen)
    winner = max(starts, key=lambda start: start.best_val_db)
    driver.advance(winner, recipe.training.iterations - driver.screen)
    report(driver.total, driver.total, f"validation {winner.best_val_db:.2f} dB after {len(driver.history)} steps")
    return winner.best, driver.history, winner.number
