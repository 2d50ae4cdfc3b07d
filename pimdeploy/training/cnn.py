"""Training of the CNN cancellers as papers/000, sections 2.4 to 2.8, has it.

Adam with decoupled weight decay and clipped gradients under a cyclic learning rate, on cuts longer than the FFT length
whose edges carry no loss. Each of these can be switched off by the recipe. The norms follow the batches at first and
then stand still, so that what is trained is what is deployed.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pimdeploy.network_spec import CnnSpec
from pimdeploy.networks.build import build_network
from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.cnn_trainable import TrainableCnn, start_weights
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.progress import StepProgress
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.adam_run import AdamRun, fit
from pimdeploy.training.checkpoint import Checkpoint, fingerprint
from pimdeploy.training.cnn_objective import CnnObjective
from pimdeploy.training.device import choose_device
from pimdeploy.training.search import StepRecord

NORM_SAMPLES = 32_768
"""Training samples over which the norms' statistics are measured before they stand still."""


def train_cnn(
    dataset: Dataset, recipe: Recipe, report: StepProgress, checkpoint: Path | None = None
) -> tuple[Canceller, list[StepRecord]]:
    """Return the network, norms folded, of the best weights on validation, and a record every 50 steps.

    Where `checkpoint` is given, the state is saved there every 50 steps, and a training that finds one goes on from it to
    the same result. On the CPU the seed decides every bit. Raises `DivergedError`, which names the step, where the loss
    diverges, and `TrainingError` where the checkpoint is of another training, the recipe's cuts do not fit the samples,
    or there is no CUDA device where one is asked for.
    """
    run = CnnRun(dataset, recipe)
    fit(run, fingerprint(recipe, dataset), report, checkpoint)
    return run.network(), run.history


class CnnRun(AdamRun):
    """One training of the recipe's CNN on `dataset`."""

    model: TrainableCnn

    def __init__(self, dataset: Dataset, recipe: Recipe) -> None:
        assert isinstance(recipe.network, CnnSpec)
        self.spec = recipe.network
        self.n_tx, self.n_rx = dataset.x.shape[0], dataset.d.shape[0]
        device = choose_device(recipe.training.device)
        self.objective = CnnObjective(dataset, recipe, device)
        generator = torch.Generator().manual_seed(recipe.seed)
        super().__init__(recipe.training, self._start(dataset, generator).to(device).train(), generator)
        self.held_from = round(self.training.norm_share * self.total)

    def _start(self, dataset: Dataset, generator: torch.Generator) -> TrainableCnn:
        start, stop = dataset.splits["train"]
        rms = float(np.sqrt(np.mean(np.abs(dataset.x[:, start:stop]) ** 2) / 2))
        scale = torch.from_numpy(np.repeat(np.sqrt(self.objective.power / 2), 2))
        initial = start_weights(self.spec, self.n_tx, self.n_rx, generator)
        return TrainableCnn(self.spec, self.n_tx, self.n_rx, initial, 1.0 / rms, scale)

    def loss(self) -> tuple[Tensor, float]:
        """See `AdamRun.loss`."""
        parts = self.objective.loss(self.model, self.objective.random_cut(self.generator))
        in_band = parts.in_band.mean()
        return in_band + self.training.out_of_band_weight * parts.out_of_band, float(in_band.detach())

    def validate(self) -> float:
        """See `AdamRun.validate`."""
        self.model.eval()
        val_db = self.objective.cancellation_db(self.model, "val")
        self.model.train()
        return val_db

    def before_step(self) -> None:
        """See `AdamRun.before_step`: norms are measured on training samples and then stand still."""
        if self.step == self.held_from:
            start, stop = self.objective.splits["train"]
            self.model.measure_norms(self.objective.x[None, :, start : min(stop, start + NORM_SAMPLES)])
            self.model.hold_norms()

    def network(self) -> Canceller:
        """See `AdamRun.network`: folded, in float64 on the CPU."""
        best = TrainableCnn(self.spec, self.n_tx, self.n_rx, self.model.float_weights(), self.model.input_scale)
        best.load_state_dict(self.best)
        weights = {name: torch.from_numpy(value) for name, value in best.fold().items()}
        return build_network(self.spec, FloatFactory(), weights, n_tx=self.n_tx, n_rx=self.n_rx)

    def restore(self, checkpoint: Checkpoint) -> None:
        """See `AdamRun.restore`."""
        super().restore(checkpoint)
        if self.step > self.held_from:
            self.model.hold_norms()
