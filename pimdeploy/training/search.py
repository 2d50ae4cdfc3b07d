"""Several starts, the best on validation goes on: how the Levenberg-Marquardt solver is driven."""

import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from pimdeploy.errors import TrainingError
from pimdeploy.progress import StepProgress
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.checkpoint import Checkpoint, fingerprint, load_checkpoint, save_checkpoint
from pimdeploy.training.device import CPU, choose_device
from pimdeploy.training.families import family_of
from pimdeploy.training.levenberg_marquardt import LevenbergMarquardt, SolverState
from pimdeploy.training.normal_equations import residual_at
from pimdeploy.training.objective import Objective, make_objective
from pimdeploy.training.parameters import Weights, on_device

SCREEN_STEPS = 12
"""Steps of every start before the best on validation is chosen."""
PATIENCE = 6
"""Steps over which the loss must fall by `TOLERANCE`, or the fit has ended."""
TOLERANCE = 2e-5
ROWS_PER_PARAMETER = 350
"""Real equations a parameter that the solver looks at: what more of them would change is lost in the noise, 0.01 dB."""
LEAST_SAMPLES = 32_768
"""But at least as many samples as that: peaks, where the interference arises, are rare."""
MOST_SAMPLES = 131_072
"""Of a split that starts are made from and steps are validated on: what bounds the memory for a long capture."""
SCREEN_SHARE = 3
"""To choose between starts, this share of the equations and half of the samples will do."""


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
    """One start: its solver state, the losses under its present objective, the best weights on validation so far."""

    number: int
    state: SolverState
    best: Weights
    best_val_db: float
    losses: list[float]
    screened: bool = False
    """It goes on under the objective of the winner."""


class _Driver:
    def __init__(
        self, dataset: Dataset, recipe: Recipe, report: StepProgress, checkpoint: Path | None, tolerance: float
    ) -> None:
        spec, training = recipe.network, recipe.training
        self.recipe, self.report, self.checkpoint, self.tolerance = recipe, report, checkpoint, tolerance
        self.device = choose_device(training.device)
        self.fingerprint = fingerprint(recipe, dataset)
        self.family = family_of(spec, dataset.x.shape[0], dataset.d.shape[0])
        self.whole = self._objective(dataset, "train", MOST_SAMPLES)
        self.val = make_objective(dataset, "val", spec, n_samples=MOST_SAMPLES, device=self.device)
        self.screener = self._solver(dataset, ROWS_PER_PARAMETER // SCREEN_SHARE, LEAST_SAMPLES // 2)
        self.solver = self._solver(dataset, ROWS_PER_PARAMETER, LEAST_SAMPLES)
        self.history: list[StepRecord] = []
        self.starts: list[_Start] = []
        self.screen = min(SCREEN_STEPS, training.iterations) if training.starts > 1 else 0
        self.total = training.starts * self.screen + training.iterations - self.screen
        self.deadline = time.monotonic() + training.max_seconds

    def _solver(self, dataset: Dataset, rows_per_parameter: int, least_samples: int) -> LevenbergMarquardt:
        """Return a solver that looks at as many of the training split's samples as it needs."""
        n_parameters = sum(math.prod(shape) for shape in self.family.shapes.values())
        share = rows_per_parameter * n_parameters / (2 * self.whole.target.numel())
        n_samples = max(math.ceil(self.whole.x.shape[1] * share), least_samples)
        training = self.recipe.training
        objective = self._objective(dataset, "train", n_samples)
        return LevenbergMarquardt(objective, self.family, training.ridge, training.weight_decay)

    def _objective(self, dataset: Dataset, split: str, n_samples: int) -> Objective:
        weight = self.recipe.training.out_of_band_weight
        return make_objective(dataset, split, self.recipe.network, weight, n_samples, self.device)

    def run(self) -> _Start:
        """Screen every start, go on with the best one, and return it."""
        for number in range(self.recipe.training.starts):
            if number == len(self.starts):
                self.starts.append(self._begin(number))
            if self.screen:
                self._advance(self.starts[number], self.screener, self.screen)
        winner = max(self.starts, key=lambda start: start.best_val_db)
        if not winner.screened:
            self._restart(winner, self.solver, winner.state.weights)
            winner.losses, winner.screened = [winner.state.loss], True
        self._advance(winner, self.solver, self.recipe.training.iterations)
        return winner

    def _begin(self, number: int) -> _Start:
        state = self.screener.start(self.family.start(self.whole, number, self.recipe.seed))
        return _Start(number, state, state.weights, self._validate(state.weights), [state.loss])

    def _restart(self, start: _Start, solver: LevenbergMarquardt, weights: Weights) -> None:
        steps = start.state.steps
        start.state = solver.start(weights, start.state.damping)
        start.state.steps = steps

    def _validate(self, weights: Weights) -> float:
        """Return the cancellation of `weights` on the validation split, dB."""
        return self.val.cancellation_db(residual_at(self.val, self.family, self.family.point(weights, self.val.x)))

    def _advance(self, start: _Start, solver: LevenbergMarquardt, steps: int) -> None:
        """Go on to `steps` steps in all, keeping the best weights on validation that respect the knots' quantile."""
        while start.state.steps < steps:
            if start.state.finished or time.monotonic() > self.deadline or _stalled(start.losses, self.tolerance):
                return
            start.state = solver.step(start.state)
            if not math.isfinite(start.state.loss):
                raise TrainingError(self._divergence(start))
            moved = self.family.keep_inside(start.state.point, self.recipe.training.knot_quantile)
            if moved is not None:
                self._restart(start, solver, moved)
            start.losses.append(start.state.loss)
            self._record(start, solver)

    def _divergence(self, start: _Start) -> str:
        kept = f"; the best weights, {start.best_val_db:.2f} dB, are in {self.checkpoint}" if self.checkpoint else ""
        return (
            f"Levenberg-Marquardt diverged at step {start.state.steps} of start {start.number}: "
            f"the loss is {start.state.loss}{kept}; give a larger training.ridge or another seed"
        )

    def _record(self, start: _Start, solver: LevenbergMarquardt) -> None:
        weights = start.state.weights
        val_db, train_db = self._validate(weights), solver.objective.cancellation_db(start.state.residual)
        if val_db > start.best_val_db:
            start.best, start.best_val_db = weights, val_db
        self.history.append(StepRecord(len(self.history) + 1, start.number, start.state.loss, train_db, val_db))
        if self.checkpoint is not None:
            self._save(self.checkpoint)
        text = f"start {start.number + 1}, loss {start.state.loss:.5f}, validation {val_db:.2f} dB"
        self.report(min(len(self.history), self.total), self.total, text)

    def _save(self, path: Path) -> None:
        tensors: dict[str, Tensor] = {}
        starts: list[dict[str, Any]] = []
        for start in self.starts:
            for name in start.best:
                tensors[f"{start.number}.now.{name}"] = start.state.weights[name]
                tensors[f"{start.number}.best.{name}"] = start.best[name].clone()
            state = start.state
            starts.append(
                {
                    "damping": state.damping,
                    "steps": state.steps,
                    "finished": state.finished,
                    "best_val_db": start.best_val_db,
                    "losses": start.losses,
                    "screened": start.screened,
                }
            )
        save_checkpoint(
            path, self.fingerprint, tensors, {"starts": starts, "history": [asdict(record) for record in self.history]}
        )

    def resume(self, found: Checkpoint) -> None:
        """Go on where the training that wrote the checkpoint was interrupted."""
        self.history = [StepRecord(**record) for record in found.state["history"]]
        for number, saved in enumerate(found.state["starts"]):
            now, best = (
                {name: found.tensors[f"{number}.{part}.{name}"].to(self.device) for name in self.family.shapes}
                for part in ("now", "best")
            )
            solver = self.solver if saved["screened"] else self.screener
            state = solver.start(now, saved["damping"])
            state.steps, state.finished = saved["steps"], saved["finished"]
            self.starts.append(_Start(number, state, best, saved["best_val_db"], saved["losses"], saved["screened"]))


def _stalled(losses: list[float], tolerance: float) -> bool:
    return len(losses) > PATIENCE and losses[-1 - PATIENCE] - losses[-1] < tolerance * losses[-1]


def search(
    dataset: Dataset,
    recipe: Recipe,
    report: StepProgress,
    checkpoint: Path | None = None,
    *,
    tolerance: float = TOLERANCE,
) -> tuple[Weights, list[StepRecord], int]:
    """Return the best weights on validation, the record of all steps, and the number of the start that won.

    It computes on the device that `training.device` names; the weights it returns, and those of a checkpoint, are on the
    CPU. Every start takes `SCREEN_STEPS`; the best on validation goes on to the recipe's `iterations`, or until its loss
    stands still: until it has fallen by less than the share `tolerance` of itself over `PATIENCE` steps, or no step lowers
    it. With `checkpoint`, every step is written there, and a training found there goes on to the same result. Raises
    `TrainingError` where it diverges, or there is no CUDA device where one is asked for.
    """
    driver = _Driver(dataset, recipe, report, checkpoint, tolerance)
    found = load_checkpoint(checkpoint, driver.fingerprint) if checkpoint else None
    if found is not None:
        driver.resume(found)
    winner = driver.run()
    report(driver.total, driver.total, f"validation {winner.best_val_db:.2f} dB after {len(driver.history)} steps")
    return on_device(winner.best, CPU), driver.history, winner.number
