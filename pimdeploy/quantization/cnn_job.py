"""The job of quantization for a CNN canceller: calibrate, fine-tune, and both again at the word lengths of the sweep."""

from dataclasses import replace

import numpy as np
import torch

from pimdeploy.datapath.check import check
from pimdeploy.datapath.cnn_plan import cnn_layers
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.lowering import lower
from pimdeploy.errors import GraphError
from pimdeploy.network_spec import CnnSpec, NetworkSpec
from pimdeploy.networks.build import default_latency, warmup_samples
from pimdeploy.networks.canceller import Canceller
from pimdeploy.progress import Progress, StepProgress
from pimdeploy.quantization.cnn_calibration import calibrate_cnn, on_grid
from pimdeploy.quantization.cnn_finetune import finetune_cnn
from pimdeploy.quantization.network import quantized_network
from pimdeploy.quantization.quantized import Quantized, Scores, SweepPoint, Weights
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.training.cnn_objective import CnnObjective
from pimdeploy.training.objective import one_thread
from pimdeploy.training.train import estimate, score_estimate

CALIBRATION_SAMPLES = 16_384
"""Training samples that calibration looks at."""
CHUNK_SAMPLES = 16_384
"""Samples that a network of 64 channels computes at once in float64: few enough for the caches."""


def quantize_cnn(
    recipe: Recipe, dataset: Dataset, weights: Weights, progress: Progress, *, sweep: bool = True
) -> Quantized:
    """Calibrate and fine-tune `weights` under the recipe's word lengths; with `sweep`, at those of the report, too.

    Of a sweep's points only the test and validation splits are computed.
    """
    with one_thread():
        objectives = _Objectives(dataset, recipe)
        result = _at(
            recipe, dataset, weights, objectives, tuple(dataset.splits),
            calibrating=lambda *where: progress("calibration", *where),
            tuning=lambda *where: progress("fine-tuning", *where),
        )  # fmt: skip
        if sweep:
            result.sweep.extend(_sweep(recipe, dataset, weights, objectives, result, progress))
    return result


class _Objectives:
    """exact: float64, in which the network is the datapath. fast: float32, for gradients."""

    def __init__(self, dataset: Dataset, recipe: Recipe) -> None:
        self.exact = CnnObjective(dataset, recipe, dtype=torch.float64)
        self.fast = CnnObjective(dataset, recipe)

    def loss(self, network: Canceller) -> float:
        """Return minus the cancellation, dB, of `network` on the samples of calibration."""
        return -self.exact.cancellation_db(network, "train", CALIBRATION_SAMPLES)


def _sweep(
    recipe: Recipe, dataset: Dataset, weights: Weights, objectives: _Objectives, own: Quantized, progress: Progress
) -> list[SweepPoint]:
    spec = recipe.quantization
    own_name = f"W{spec.weight_bits}A{spec.activation_bits}"
    points = []
    for number, name in enumerate(spec.sweep):
        progress("word lengths", number, len(spec.sweep), name)
        done = own
        if name != own_name:
            weight_bits, activation_bits = (int(n) for n in name[1:].split("A"))
            update = {"weight_bits": weight_bits, "activation_bits": activation_bits}
            at = recipe.model_copy(update={"quantization": spec.model_copy(update=update)})
            done = _at(at, dataset, weights, objectives, ("val", "test"))
        calibrated, tuned = (scores["test"].cancellation_db for scores in (done.calibrated, done.scores))
        points.append(SweepPoint(name, calibrated, tuned))
        progress("word lengths", number + 1, len(spec.sweep), f"{name}: {tuned:.2f} dB")
    return points


def _at(
    recipe: Recipe,
    dataset: Dataset,
    weights: Weights,
    objectives: _Objectives,
    splits: tuple[str, ...],
    calibrating: StepProgress | None = None,
    tuning: StepProgress | None = None,
) -> Quantized:
    spec = recipe.network
    assert isinstance(spec, CnnSpec)
    x = objectives.exact.x[None, :, slice(*_span(dataset, "train", CALIBRATION_SAMPLES))]
    loss = lambda w, formats: objectives.loss(quantized_network(spec, w, formats))  # noqa: E731
    formats = calibrate_cnn(recipe, weights, x, loss, calibrating)
    layers = cnn_layers(spec, dataset.x.shape[0], dataset.d.shape[0])
    start = on_grid(weights, formats, layers)
    before = _scores(recipe, dataset, start, formats, splits)
    tuned = finetune_cnn(recipe, start, formats, objectives.fast, tuning)
    if not _fits(recipe, tuned, formats):  # its sums have outgrown the proven accumulators, or its tables their words
        return Quantized(start, formats, before, before)
    after = _scores(recipe, dataset, tuned, formats, splits)
    if after["val"].cancellation_db <= before["val"].cancellation_db:
        return Quantized(start, formats, before, before)
    return Quantized(tuned, formats, after, before)


def _span(dataset: Dataset, split: str, n_samples: int) -> tuple[int, int]:
    start, stop = dataset.splits[split]
    return start, min(stop, start + n_samples)


def _fits(recipe: Recipe, weights: Weights, formats: FormatMap) -> bool:
    try:
        graph, _ = lower(recipe.network, weights, formats, recipe.name, 0)
        check(graph, recipe.datapath.acc_bits)
    except GraphError:
        return False
    return True


def _scores(recipe: Recipe, dataset: Dataset, weights: Weights, formats: FormatMap, splits: tuple[str, ...]) -> Scores:
    network = quantized_network(recipe.network, weights, formats)
    wanted = {name: dataset.splits[name] for name in splits}
    z = estimate_in_chunks(network, recipe.network, dataset, list(wanted.values()))
    return score_estimate(z, replace(dataset, splits=wanted), recipe.network)


def estimate_in_chunks(
    network: Canceller, spec: NetworkSpec, dataset: Dataset, spans: list[tuple[int, int]]
) -> ComplexArray:
    """Return the estimate z [n_rx, n_samples] of `network`, zero but for what answers the samples d of `spans`.

    Chunks overlap by the network's memory: the estimate is that of the whole signal.
    """
    memory, latency = warmup_samples(spec), default_latency(spec)
    z = np.zeros((dataset.d.shape[0], dataset.n_samples), dtype=np.complex128)
    for start, stop in spans:
        end = min(stop + latency, dataset.n_samples)
        for first in range(start, end, CHUNK_SAMPLES):
            last = min(first + CHUNK_SAMPLES, end)
            context = min(first, memory)
            z[:, first:last] = estimate(network, dataset.x[:, first - context : last])[:, context:]
    return z
