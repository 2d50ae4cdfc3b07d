"""Adam with a cyclic learning rate on random batches: the ordinary way to train, kept beside the solver."""

from pathlib import Path

import torch
from torch import Tensor

from pimdeploy.errors import TrainingError
from pimdeploy.networks.build import build_network, default_latency, warmup_samples
from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.progress import StepProgress
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.adam_run import AdamRun, fit
from pimdeploy.training.checkpoint import fingerprint
from pimdeploy.training.device import CPU, choose_device
from pimdeploy.training.families import family_of
from pimdeploy.training.family import Family
from pimdeploy.training.normal_equations import residual_at
from pimdeploy.training.objective import interleave, make_objective
from pimdeploy.training.parameters import Weights, on_device
from pimdeploy.training.search import StepRecord


class BatchLoss:
    """The loss of random cuts of the training split: in-band residual over in-band d, and the out-of-band penalty.

    The ends of every cut (the network's warm-up and half of H on either side) carry no loss.
    """

    def __init__(self, dataset: Dataset, recipe: Recipe, device: torch.device = CPU) -> None:
        spec = recipe.network
        self.latency = default_latency(spec)
        self.lead = warmup_samples(spec) + self.latency
        self.x = torch.from_numpy(interleave(dataset.x)).to(device)
        self.d = torch.from_numpy(dataset.d.copy()).to(device)
        self.taps = torch.from_numpy(dataset.receive_filter.copy()).to(device)
        self.span = dataset.splits["train"]
        self.length = min(recipe.training.batch_samples, self.span[1] - self.span[0])
        if self.length < self.lead + 2 * len(self.taps):
            raise TrainingError(
                f"training.batch_samples = {self.length}: shorter than the filters' memories, "
                f"expected at least {self.lead + 2 * len(self.taps)}"
            )
        self.penalty = recipe.training.out_of_band_weight
        self.reference = self._filter(self.d[:, self.span[0] : self.span[1]]).abs().square().mean()

    def _filter(self, signal: Tensor) -> Tensor:
        """Return `signal` [R, n] behind H where all taps overlap."""
        n = signal.shape[-1]
        spectrum = torch.fft.fft(signal) * torch.fft.fft(self.taps, n)
        kept: Tensor = torch.fft.ifft(spectrum)[..., len(self.taps) - 1 :]
        return kept

    def __call__(self, network: Canceller, generator: torch.Generator) -> Tensor:
        """Return the loss of one random cut."""
        last = self.span[1] - self.length
        first = int(torch.randint(self.span[0], last + 1, (1,), generator=generator))
        z = network(self.x[None, :, first : first + self.length])[0, :, self.lead :]
        estimate = torch.complex(z[0::2], z[1::2])
        begin = first + self.lead - self.latency
        d = self.d[:, begin : begin + estimate.shape[1]]
        inside = self._filter(d - estimate).abs().square().mean()
        outside = (estimate.abs().square().mean() - self._filter(estimate).abs().square().mean()).clamp(min=0)
        return (inside + self.penalty * outside) / self.reference


def hold(network: Canceller, family: Family) -> None:
    """Clear the gradients of the parameters that `family` does not train."""
    for name, mask in family.held().items():
        gradient = network.parameter(name).grad
        if gradient is not None:
            gradient[mask.to(gradient.device)] = 0.0


class FamilyRun(AdamRun):
    """One training of a network whose family the solver knows, from the solver's first starting point."""

    model: Canceller

    def __init__(self, dataset: Dataset, recipe: Recipe) -> None:
        self.spec = recipe.network
        self.family = family_of(self.spec, dataset.x.shape[0], dataset.d.shape[0])
        device = choose_device(recipe.training.device)
        objective = make_objective(dataset, "train", recipe.network, recipe.training.out_of_band_weight, device=device)
        weights = self.family.start(objective, 0, recipe.seed)
        network = build_network(recipe.network, FloatFactory(), weights, self.family.knot_spacing)
        super().__init__(recipe.training, network, torch.Generator().manual_seed(recipe.seed))
        self.batch_loss = BatchLoss(dataset, recipe, device)
        self.validation = make_objective(dataset, "val", recipe.network, device=device)

    def loss(self) -> tuple[Tensor, float]:
        """See `AdamRun.loss`."""
        loss = self.batch_loss(self.model, self.generator)
        return loss, float(loss.detach())

    def validate(self) -> float:
        """See `AdamRun.validate`."""
        point = self.family.point(self.model.float_weights(), self.validation.x)
        return self.validation.cancellation_db(residual_at(self.validation, self.family, point))

    def after_backward(self) -> None:
        """See `AdamRun.after_backward`: what the family does not train is held."""
        hold(self.model, self.family)

    def network(self) -> Canceller:
        """See `AdamRun.network`: on the CPU."""
        self.model.load_state_dict(self.best)
        weights = on_device(self.model.float_weights(), CPU)
        return build_network(self.spec, FloatFactory(), weights, self.family.knot_spacing)


def train_adam(
    dataset: Dataset, recipe: Recipe, report: StepProgress, checkpoint: Path | None = None
) -> tuple[Weights, list[StepRecord]]:
    """Return the best weights on validation of `iterations` * 50 Adam steps, and a record every 50 steps.

    Where `checkpoint` is given, the state is saved there every 50 steps, and a training that finds one goes on from it to
    the same result. Raises `TrainingError`.
    """
    run = FamilyRun(dataset, recipe)
    fit(run, fingerprint(recipe, dataset), report, checkpoint)
    return run.network().float_weights(), run.history
