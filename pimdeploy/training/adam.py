"""Adam with a cyclic learning rate on random batches: the ordinary way to train, kept beside the solver."""

import math
import time

import torch
from torch import Tensor

from pimdeploy.errors import TrainingError
from pimdeploy.networks.bfan import OddBfan
from pimdeploy.networks.build import build_network, default_knot_spacing, default_latency, warmup_samples
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.progress import StepProgress
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.jacobian import Weights
from pimdeploy.training.linear_start import linear_start, scale_to_knots, spread_branches
from pimdeploy.training.objective import interleave, make_objective
from pimdeploy.training.search import START_QUANTILE, StepRecord

STEPS_PER_ITERATION = 50
CYCLE_STEPS = 500
"""Steps from the lowest learning rate to the highest and back."""


class BatchLoss:
    """The loss of random cuts of the training split: in-band residual over in-band d, and the out-of-band penalty.

    The ends of every cut (the network's warm-up and half of H on either side) carry no loss.
    """

    def __init__(self, dataset: Dataset, recipe: Recipe) -> None:
        spec = recipe.network
        self.latency = default_latency(spec)
        self.lead = warmup_samples(spec) + self.latency
        self.x = torch.from_numpy(interleave(dataset.x))
        self.d = torch.from_numpy(dataset.d.copy())
        self.taps = torch.from_numpy(dataset.receive_filter.copy())
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

    def __call__(self, network: OddBfan, generator: torch.Generator) -> Tensor:
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


def hold_first_slope(network: OddBfan) -> None:
    """Clear the gradient of w_0: f stays flat below its first knot."""
    gradient = dict(network.named_parameters())["weights.f.weight"].grad
    if gradient is not None:
        gradient[0] = 0.0


def train_adam(dataset: Dataset, recipe: Recipe, report: StepProgress) -> tuple[Weights, list[StepRecord]]:
    """Return the weights after `iterations` * 50 Adam steps from the linear start, and a record every 50 steps."""
    spec, training = recipe.network, recipe.training
    n_tx, n_rx = dataset.x.shape[0], dataset.d.shape[0]
    spacing = default_knot_spacing(spec)
    generator = torch.Generator().manual_seed(recipe.seed)
    objective = make_objective(dataset, "train", spec, training.out_of_band_weight)
    weights = spread_branches(spec, n_tx, n_rx, generator, 0.0)
    weights = linear_start(scale_to_knots(weights, spacing, objective.x, START_QUANTILE), spacing, objective)
    network = build_network(spec, FloatFactory(), weights, spacing, n_tx=n_tx, n_rx=n_rx)
    loss_of = BatchLoss(dataset, recipe)
    optimizer = torch.optim.Adam(network.parameters(), lr=training.learning_rate)
    schedule = torch.optim.lr_scheduler.CyclicLR(
        optimizer,
        training.learning_rate / 20,
        training.learning_rate,
        step_size_up=CYCLE_STEPS // 2,
        cycle_momentum=False,
    )
    validation = make_objective(dataset, "val", spec)
    best, best_val, history = weights, -math.inf, []
    total = training.iterations * STEPS_PER_ITERATION
    deadline = time.monotonic() + training.max_seconds
    for step in range(1, total + 1):
        optimizer.zero_grad()
        loss = loss_of(network, generator)
        loss.backward()  # type: ignore[no-untyped-call]
        hold_first_slope(network)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingError(f"Adam diverged at step {step}: the loss is {value}; lower training.learning_rate")
        if step % STEPS_PER_ITERATION == 0:
            now = network.float_weights()
            val_db = validation.cancellation_db(validation.residual(now, spacing)[0])
            if val_db > best_val:
                best, best_val = now, val_db
            history.append(StepRecord(step, 0, value, -10 * math.log10(value), val_db))
            if time.monotonic() > deadline:
                break
            report(step, total, f"loss {value:.5f}, validation {val_db:.2f} dB")
    return best, history
