"""What every training by Adam has: steps, the learning rate, the best network so far, checkpoints."""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pimdeploy.errors import TrainingError
from pimdeploy.networks.canceller import Canceller
from pimdeploy.progress import StepProgress
from pimdeploy.recipe import TrainingSpec
from pimdeploy.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from pimdeploy.training.schedule import cyclic
from pimdeploy.training.search import StepRecord

STEPS_PER_ITERATION = 50
"""Adam steps of one of the recipe's iterations: then the network is judged on validation and the state is saved."""
BETAS = (0.9, 0.99)
"""Of Adam. The second moments forget within a hundred steps: the learning rate of a cycle changes much faster than a
mean over a thousand steps."""
DIVERGED = 1e4
"""A loss this many times that of a network which gives nothing has diverged."""


class DivergedError(TrainingError):
    """Training has diverged; `network` holds the best weights on validation until then."""

    def __init__(self, message: str, network: Canceller) -> None:
        super().__init__(message)
        self.network = network


class AdamRun(ABC):
    """One training: decoupled weight decay, clipped gradients, a cyclic learning rate, the best network on validation.

    model: what is trained, with all buffers that its training needs. A step's loss is that of a cut which `generator`
    chooses; 1 is a network that gives nothing.
    """

    def __init__(self, training: TrainingSpec, model: nn.Module, generator: torch.Generator) -> None:
        self.training, self.model, self.generator = training, model, generator
        self.trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.trained, lr=training.learning_rate, betas=BETAS, weight_decay=training.weight_decay
        )
        self.step, self.total = 0, training.iterations * STEPS_PER_ITERATION
        self.history: list[StepRecord] = []
        self.best, self.best_db = _copy(model.state_dict()), -math.inf
        self.deadline = time.monotonic() + training.max_seconds
        self.checkpoint: Path | None = None

    @abstractmethod
    def loss(self) -> tuple[Tensor, float]:
        """Return the loss of the next cut, and the share of d that is left in the receive band."""

    @abstractmethod
    def validate(self) -> float:
        """Return the cancellation on the validation split, dB."""

    @abstractmethod
    def network(self) -> Canceller:
        """Return the network of the best weights."""

    def before_step(self) -> None:  # noqa: B027  (most have nothing to do)
        """Do what the step number `step` asks for."""

    def after_backward(self) -> None:  # noqa: B027
        """Change the gradients before they are clipped."""

    @property
    def finished(self) -> bool:
        """Whether all steps are taken, or the time is up."""
        return self.step >= self.total or time.monotonic() > self.deadline

    def advance(self, steps: int) -> None:
        """Take `steps` steps and judge the network."""
        left = sum(self._one_step() for _ in range(steps)) / steps
        val_db = self.validate()
        if val_db > self.best_db:
            self.best, self.best_db = _copy(self.model.state_dict()), val_db
        self.history.append(StepRecord(self.step, 0, left, -10 * math.log10(left), val_db))

    def _one_step(self) -> float:
        self.before_step()
        rate = cyclic(self.step, self.total, self.training.cycles) if self.training.cyclic else 1.0
        for group in self.optimizer.param_groups:
            group["lr"] = rate * self.training.learning_rate
        self.step += 1
        loss, left = self.loss()
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.after_backward()
        if self.training.clip:
            torch.nn.utils.clip_grad_norm_(self.trained, self.training.clip)
        self.optimizer.step()
        if not left < DIVERGED:  # nor where it is no number
            message = f"Adam diverged at step {self.step}: the loss is {left:.3g}; {self._kept()}"
            raise DivergedError(message + "lower training.learning_rate", self.network())
        return left

    def _kept(self) -> str:
        if not self.history:
            return ""
        best = f"the best weights, {self.best_db:.2f} dB on validation,"
        return f"{best} are in {self.checkpoint}; " if self.checkpoint else f"{best} come with this error; "

    def text(self) -> str:
        """Return the line of progress: loss, and cancellation on both splits."""
        last = self.history[-1]
        return f"loss {last.loss:.5f}, training {last.train_db:.2f} dB, validation {last.val_db:.2f} dB"

    def tensors(self) -> dict[str, Tensor]:
        """Return the tensors of a checkpoint: network, best network, Adam's moments, random state."""
        moments = self.optimizer.state_dict()["state"]
        return {
            **{f"model/{name}": value for name, value in self.model.state_dict().items()},
            **{f"best/{name}": value for name, value in self.best.items()},
            **{f"adam/{n}/{name}": value for n, state in moments.items() for name, value in state.items()},
            "generator": self.generator.get_state(),
        }

    def state(self) -> dict[str, Any]:
        """Return the numbers of a checkpoint."""
        return {"step": self.step, "best_db": self.best_db, "history": [asdict(record) for record in self.history]}

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from `checkpoint`."""
        tensors, state = checkpoint.tensors, checkpoint.state
        self.model.load_state_dict(_under(tensors, "model/"))
        self.best = _copy(_under(tensors, "best/"))
        moments: dict[int, dict[str, Tensor]] = {}
        for name, value in _under(tensors, "adam/").items():
            number, key = name.split("/")
            moments.setdefault(int(number), {})[key] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": moments})
        self.generator.set_state(tensors["generator"])
        self.step, self.best_db = state["step"], state["best_db"]
        self.history = [StepRecord(**record) for record in state["history"]]


def fit(run: AdamRun, identity: str, report: StepProgress, checkpoint: Path | None) -> None:
    """Take the steps of `run`; where `checkpoint` is given, go on from what is there and save there once an iteration.

    identity: the fingerprint of the training. Raises `DivergedError`, which names the step, and `TrainingError` where
    the checkpoint is of another training.
    """
    found = load_checkpoint(checkpoint, identity) if checkpoint else None
    run.checkpoint = checkpoint
    if found:
        run.restore(found)
    while not run.finished:
        run.advance(STEPS_PER_ITERATION)
        if checkpoint:
            save_checkpoint(checkpoint, identity, run.tensors(), run.state())
        report(run.step, run.total, run.text())


def _copy(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in state.items()}


def _under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
