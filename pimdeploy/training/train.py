"""Training: from a dataset and a recipe to a network in floating point."""

import math
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from pimdeploy.errors import TrainingError
from pimdeploy.network_spec import CnnSpec, NetworkSpec
from pimdeploy.networks.build import (
    build_network,
    default_knot_spacing,
    default_latency,
    parameter_counts,
    warmup_samples,
)
from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.progress import StepProgress
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.training import metrics
from pimdeploy.training.adam import train_adam
from pimdeploy.training.cnn import train_cnn
from pimdeploy.training.device import told_out_of_memory
from pimdeploy.training.families import family_of
from pimdeploy.training.objective import interleave, one_thread
from pimdeploy.training.parameters import Weights
from pimdeploy.training.search import StepRecord, search

MIN_TRAINING_SAMPLES = 2048
CHUNK_SAMPLES = 262_144
"""Samples that a network is given at once: its activations take a hundred times the memory of its input."""


@dataclass(frozen=True)
class SplitScore:
    """Figures of one split, dB behind the receive filter. pim and bound are None where no noise reference is known."""

    cancellation_db: float
    per_channel_db: tuple[float, ...]
    pim_db: float | None
    bound_db: float | None
    out_of_band_db: float
    """The estimate's power outside the receive band over that inside it."""

    @property
    def short_of_bound_db(self) -> float | None:
        """How far the cancellation stays below the best possible one."""
        return None if self.bound_db is None else self.bound_db - self.cancellation_db


@dataclass(frozen=True)
class TrainedNetwork:
    """A network in floating point and how it came about."""

    network: Canceller
    recipe: Recipe
    knot_spacing: float
    latency_samples: int
    """z[n] estimates d[n - latency_samples]."""
    parameters: dict[str, int]
    """"real" and "paper" (a complex one counted as one)."""
    scores: dict[str, SplitScore]
    history: list[StepRecord] = field(default_factory=list)
    best_start: int = 0
    seconds: float = 0.0

    @property
    def weights(self) -> Weights:
        """The network's weights by name, float64."""
        return self.network.float_weights()


def train(
    dataset: Dataset, recipe: Recipe, progress: StepProgress | None = None, checkpoint: Path | None = None
) -> TrainedNetwork:
    """Fit the recipe's network to `dataset` and return it with its scores on every split.

    It computes on the device that `training.device` names; the network is returned on the CPU. On the CPU the recipe's seed
    decides everything; a CUDA device adds in another order, and what it finds differs by rounding. With `checkpoint`, the
    state is written to that file as training goes on, a training that finds one there goes on from it to the same result,
    and it is removed in the end. Raises `TrainingError` where the dataset cannot carry the network, the fit diverges or has
    no single solution, the checkpoint is of another training, or the CUDA device asked for is not there or too small.
    """
    began = time.monotonic()
    spec = recipe.network
    n_tx, n_rx = dataset.x.shape[0], dataset.d.shape[0]
    check_dataset(dataset, spec, n_tx, n_rx)
    report = progress or (lambda step, total, text: None)
    try:
        with one_thread(), told_out_of_memory():
            network, history, best_start = _fit(dataset, recipe, report, checkpoint)
    except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]
        raise TrainingError(
            "training: its equations have no single solution, as where a source of interference, a transmitter or a receiver "
            "only repeats others; give training.method = 'adam', or leave out what repeats"
        ) from error
    scores = score(network, dataset, spec)
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    return TrainedNetwork(
        network=network,
        recipe=recipe,
        knot_spacing=default_knot_spacing(spec),
        latency_samples=default_latency(spec),
        parameters=parameter_counts(spec, n_tx, n_rx),
        scores=scores,
        history=history,
        best_start=best_start,
        seconds=time.monotonic() - began,
    )


def _fit(
    dataset: Dataset, recipe: Recipe, report: StepProgress, checkpoint: Path | None
) -> tuple[Canceller, list[StepRecord], int]:
    """Return the trained network, the record of its steps, and the number of the start that won."""
    spec = recipe.network
    if isinstance(spec, CnnSpec):
        network, history = train_cnn(dataset, recipe, report, checkpoint)
        return network, history, 0
    if recipe.training.method == "adam":
        weights, history = train_adam(dataset, recipe, report, checkpoint)
        best_start = 0
    else:
        weights, history, best_start = search(dataset, recipe, report, checkpoint)
    family = family_of(spec, dataset.x.shape[0], dataset.d.shape[0])
    network = build_network(spec, FloatFactory(), family.fix_gauge(weights), family.knot_spacing)
    return network, history, best_start


def check_dataset(dataset: Dataset, spec: NetworkSpec, n_tx: int, n_rx: int) -> None:
    """Raise `TrainingError` where `dataset` is too short for the network `spec` or holds nothing to cancel."""
    start, stop = dataset.splits["train"]
    n_parameters = parameter_counts(spec, n_tx, n_rx)["real"]
    needed = max(MIN_TRAINING_SAMPLES, 10 * n_parameters, 4 * len(dataset.receive_filter))
    if stop - start < needed:
        raise TrainingError(
            f"training split: {stop - start} samples are too few for {n_parameters} parameters and "
            f"{len(dataset.receive_filter)} filter taps, expected at least {needed}; give a longer capture"
        )
    for name in ("train", "val", "test"):
        first, last = dataset.splits[name]
        if last - first <= len(dataset.receive_filter) + warmup_samples(spec) + default_latency(spec):
            raise TrainingError(f"{name} split: {last - first} samples are shorter than the filters; lengthen it")
        power = np.sum(np.abs(metrics.filtered(dataset.d[:, first:last], dataset.receive_filter)) ** 2, axis=1)
        if not np.all(power > 0):
            raise TrainingError(f"{name} split: a receive channel is zero in the receive band: nothing to cancel")


def estimate(network: Canceller, x: ComplexArray) -> ComplexArray:
    """Return the estimate z [n_rx, n_samples], complex, of the samples x [n_tx, n_samples], from zero state."""
    with torch.no_grad():
        z = network(torch.from_numpy(interleave(x))[None])[0].double().numpy()
    return np.asarray(z[0::2] + 1j * z[1::2], dtype=np.complex128)


def estimate_in_chunks(
    network: Canceller, x: ComplexArray, memory: int, chunk_samples: int = CHUNK_SAMPLES
) -> ComplexArray:
    """Return what `estimate` does, in chunks that overlap by the network's `memory`, samples: less of it at a time."""
    pieces = []
    for first in range(0, x.shape[1], chunk_samples):
        context = min(first, memory)
        pieces.append(estimate(network, x[:, first - context : first + chunk_samples])[:, context:])
    return np.concatenate(pieces, axis=1)


def score(network: Canceller, dataset: Dataset, spec: NetworkSpec) -> dict[str, SplitScore]:
    """Return the figures of `network` on every split of `dataset`."""
    return score_estimate(estimate_in_chunks(network, dataset.x, warmup_samples(spec)), dataset, spec)


def score_estimate(z: ComplexArray, dataset: Dataset, spec: NetworkSpec) -> dict[str, SplitScore]:
    """Return the figures of the estimate z [n_rx, n_samples], made from the whole of `dataset.x`, on every split."""
    latency = default_latency(spec)
    scores = {}
    for split in dataset.splits:
        cancellation = metrics.cancellation_db(dataset, z, split, latency, warmup_samples(spec))
        pim, bound = metrics.pim_db(dataset, split), metrics.bound_db(dataset, split)
        if not math.isfinite(cancellation.mean):
            raise TrainingError(f"{split} split: the estimate is not finite")
        scores[split] = SplitScore(
            cancellation_db=cancellation.mean,
            per_channel_db=cancellation.per_channel,
            pim_db=pim.mean if pim else None,
            bound_db=bound.mean if bound else None,
            out_of_band_db=metrics.out_of_band_db(dataset, z, split),
        )
    return scores
