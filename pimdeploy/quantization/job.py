"""The job of quantization: calibrate, fine-tune, and do both again at every word length of the sweep."""

import itertools
import threading
from functools import partial

from pimdeploy.datapath.check import check
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.lowering import lower
from pimdeploy.errors import GraphError
from pimdeploy.network_spec import CnnSpec
from pimdeploy.progress import Progress, StepProgress
from pimdeploy.quantization.calibration import calibrate, grids_of
from pimdeploy.quantization.cnn_job import quantize_cnn
from pimdeploy.quantization.finetune import finetune
from pimdeploy.quantization.network import quantized_network
from pimdeploy.quantization.quantized import Quantized, Scores, SweepPoint, Weights
from pimdeploy.quantization.residual import Samples, tuning_samples
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.device import present_device, told_out_of_memory
from pimdeploy.training.objective import one_thread
from pimdeploy.training.parallel import in_parallel
from pimdeploy.training.train import score

TUNING_SAMPLES = 65_536
"""Training samples that calibration and fine-tuning look at: enough for the spectrum, few enough for many passes."""
SWEEP_WORKERS = 2


def quantize(
    recipe: Recipe, dataset: Dataset, weights: Weights, knot_spacing: float, progress: Progress, *, sweep: bool = True
) -> Quantized:
    """Calibrate and fine-tune `weights` under the recipe's word lengths; with `sweep`, at those of the report, too.

    Calibration and fine-tuning look at samples on the device that `training.device` names, the CPU where it is not there;
    scores are those of the network on the CPU, which is the datapath.
    """
    if isinstance(recipe.network, CnnSpec):
        return quantize_cnn(recipe, dataset, weights, progress, sweep=sweep)
    with one_thread(), told_out_of_memory():
        samples = tuning_samples(dataset, recipe, TUNING_SAMPLES, present_device(recipe.training.device))
        result = _at(
            recipe,
            dataset,
            weights,
            knot_spacing,
            samples,
            calibrating=lambda *where: progress("calibration", *where),
            tuning=lambda *where: progress("fine-tuning", *where),
        )
        if sweep:
            result.sweep.extend(_sweep(recipe, dataset, weights, knot_spacing, samples, result, progress))
    return result


def _sweep(
    recipe: Recipe,
    dataset: Dataset,
    weights: Weights,
    knot_spacing: float,
    samples: Samples,
    own: Quantized,
    progress: Progress,
) -> list[SweepPoint]:
    spec = recipe.quantization
    own_name = f"W{spec.weight_bits}A{spec.activation_bits}"
    others = [name for name in spec.sweep if name != own_name]
    total, steps, lock = len(others) * spec.steps, itertools.count(1), threading.Lock()

    def job(name: str) -> Quantized:
        def tell(_step: int, _of: int, text: str) -> None:
            with lock:
                progress("word lengths", next(steps), total, f"{name}: {text}")

        return _at(_with_word_length(recipe, name), dataset, weights, knot_spacing, samples, tuning=tell)

    jobs = [partial(job, name) for name in others]
    done = dict(zip(others, in_parallel(jobs, SWEEP_WORKERS, samples.train.device), strict=True)) | {own_name: own}
    return [
        SweepPoint(name, done[name].calibrated["test"].cancellation_db, done[name].scores["test"].cancellation_db)
        for name in spec.sweep
    ]


def _at(
    recipe: Recipe,
    dataset: Dataset,
    weights: Weights,
    knot_spacing: float,
    samples: Samples,
    calibrating: StepProgress | None = None,
    tuning: StepProgress | None = None,
) -> Quantized:
    spec = recipe.quantization
    formats = calibrate(recipe, weights, grids_of(recipe, knot_spacing), samples.train, calibrating)
    before = _scores(recipe, dataset, weights, formats)
    tuned = finetune(recipe.network, weights, formats, samples, spec.steps, spec.learning_rate, tuning).weights
    if not _fits(recipe, tuned, formats):  # its sums have outgrown the proven accumulators, or its tables their words
        return Quantized(weights, formats, before, before)
    after = _scores(recipe, dataset, tuned, formats)
    # Fine-tuning is kept where it helps on validation: at 16 bits there is nothing left to win.
    if after["val"].cancellation_db < before["val"].cancellation_db:
        return Quantized(weights, formats, before, before)
    return Quantized(tuned, formats, after, before)


def _with_word_length(recipe: Recipe, word_length: str) -> Recipe:
    weight_bits, activation_bits = (int(n) for n in word_length[1:].split("A"))
    spec = recipe.quantization.model_copy(update={"weight_bits": weight_bits, "activation_bits": activation_bits})
    return recipe.model_copy(update={"quantization": spec})


def _fits(recipe: Recipe, weights: Weights, formats: FormatMap) -> bool:
    try:
        graph, _ = lower(recipe.network, weights, formats, recipe.name, 0, recipe.datapath.products)
        check(graph, recipe.datapath.acc_bits)
    except GraphError:
        return False
    return True


def _scores(recipe: Recipe, dataset: Dataset, weights: Weights, formats: FormatMap) -> Scores:
    return score(quantized_network(recipe.network, weights, formats), dataset, recipe.network)
