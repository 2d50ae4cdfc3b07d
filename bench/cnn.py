"""The CNN cancellers of papers/000 on the array scenarios: figures, word lengths, what each element of training brings."""

import statistics
import time
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bench.quality import Trained, trained
from bench.rows import Row, at_least, at_most, noted
from pimdeploy.network_spec import CnnSpec
from pimdeploy.networks.build import default_latency, warmup_samples
from pimdeploy.pipeline import load_dataset
from pimdeploy.recipe import Recipe, ScenarioSpec, TrainingSpec
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.cnn import train_cnn
from pimdeploy.training.cnn_objective import CnnObjective
from pimdeploy.training.metrics import cancellation_db
from pimdeploy.training.train import TrainedNetwork, estimate, train
from pimdeploy.zoo import find_recipe

SEEDS = (1, 2, 3, 4, 5)
MOST_SECONDS = 900
LEAST_BOUND_DB, LEAST_STATIC_DB, LEAST_DYNAMIC_DB = 35.0, 29.5, 8.0
MOST_LOSS_DB = 0.2
ABLATION_ITERATIONS = 30
"""Of 50 steps, each as long as the recipe's: about a minute of computing a row."""


def static_rows() -> list[Row]:
    """Return the rows of `static-32x16`: both networks of papers/000 on one capture."""
    light, large = trained("cnn_lightweight", None), trained("cnn_static", None)
    bound = light.network.scores["test"].bound_db
    if bound is None:
        raise RuntimeError("the scenario has lost its noise reference")
    light_db, large_db = (model.network.scores["test"].cancellation_db for model in (light, large))
    return [
        at_least("static-32x16, bound", bound, LEAST_BOUND_DB, "dB"),
        _exactly("cnn_lightweight, real parameters", light, 11_856),
        at_least("cnn_lightweight, mean cancellation in float", light_db, LEAST_STATIC_DB, "dB"),
        _exactly("cnn_static, real parameters", large, 25_632),
        at_least("cnn_static, mean cancellation in float", large_db, round(light_db, 2), "dB"),
        *(row for model in (light, large) for row in _model_rows(model)),
    ]


def _exactly(figure: str, model: Trained, asked: int) -> Row:
    count = model.network.parameters["real"]
    return Row(figure, str(asked), str(count), count == asked)


def _model_rows(model: Trained) -> list[Row]:
    """Training time, gap between training and test, the loss of fixed point, the curve over word lengths."""
    name, scores = model.recipe.name, model.network.scores
    spec = model.recipe.quantization
    own = f"W{spec.weight_bits}A{spec.activation_bits}"
    curve = ", ".join(f"{p.word_length} {p.calibrated_db:.2f} / {p.finetuned_db:.2f}" for p in model.quantized.sweep)
    gap = scores["train"].cancellation_db - scores["test"].cancellation_db
    return [
        at_most(f"{name}, training", model.network.seconds, MOST_SECONDS, "s", 0),
        noted(f"{name}, training split less test split", f"{gap:.2f} dB"),
        at_most(f"{name}, {own} loss to float", model.loss_db(own)[1], MOST_LOSS_DB, "dB", 3),
        noted(f"{name}, cancellation calibrated / fine-tuned, dB", curve),
    ]


@dataclass(frozen=True)
class DynamicResult:
    """One data set: the network trained on its training slots, and the cancellation of each test slot and channel, dB."""

    network: TrainedNetwork
    by_slot_db: NDArray[np.float64]


def dynamic_rows() -> list[Row]:
    """Return the rows of `dynamic-32x16`: five data sets, as papers/000, Fig. 12, has five; a training each."""
    first = trained("cnn_dynamic", None)
    results = [_dynamic(first.recipe, first.dataset, first.network)]
    for seed in SEEDS[1:]:
        recipe = _with_seed(first.recipe, seed)
        dataset = load_dataset(recipe)
        results.append(_dynamic(recipe, dataset, train(dataset, recipe)))
    worst = min(float(result.by_slot_db.min()) for result in results)
    means = [result.network.scores["test"].cancellation_db for result in results]
    bounds = [result.network.scores["test"].bound_db or 0.0 for result in results]
    shown = ", ".join(f"{mean:.2f} of {bound:.2f}" for mean, bound in zip(means, bounds, strict=True))
    return [
        Row("dynamic-32x16, worst channel of any test slot, five seeds", "above 0 dB", f"{worst:.2f} dB", worst > 0),
        at_least("dynamic-32x16, mean cancellation, least of five seeds", min(means), LEAST_DYNAMIC_DB, "dB"),
        noted("dynamic-32x16, mean cancellation of the seeds, dB", f"{shown}; mean {statistics.mean(means):.2f}"),
        *_model_rows(first),
    ]


def _with_seed(recipe: Recipe, seed: int) -> Recipe:
    scenario = (recipe.scenario or ScenarioSpec()).model_copy(update={"seed": seed})
    return recipe.model_copy(update={"scenario": scenario})


def _dynamic(recipe: Recipe, dataset: Dataset, network: TrainedNetwork) -> DynamicResult:
    return DynamicResult(network, slot_cancellation_db(recipe, dataset, estimate(network.network, dataset.x)))


def slot_cancellation_db(recipe: Recipe, dataset: Dataset, z: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return the cancellation of every receiver in every whole slot of the test split, dB, [slot, receiver]."""
    spec = recipe.network
    start, stop = dataset.splits["test"]
    slots = [slot for slot in dataset.slots if start <= slot[0] and slot[1] <= stop]
    cut = {str(k): slot for k, slot in enumerate(slots)}
    of_slots = Dataset(dataset.x, dataset.d, dataset.fs_hz, dataset.receive_filter, cut)
    latency, warmup = default_latency(spec), warmup_samples(spec)
    return np.array([cancellation_db(of_slots, z, name, latency, warmup).per_channel for name in cut])


def ablation_rows() -> list[Row]:
    """Return what each element of the training recipe brings: equally long short trainings, one element changed in each."""
    recipe = find_recipe("cnn_lightweight")
    dataset = _dataset(recipe.name)
    changes: dict[str, dict[str, object]] = {
        "as the recipe": {},
        "constant learning rate": {"cyclic": False},
        "constant learning rate, a tenth": {"cyclic": False, "learning_rate": recipe.training.learning_rate / 10},
        "no weight decay": {"weight_decay": 0.0},
        "no gradient clipping": {"clip": 0.0},
        "loss on the edges, too": {"truncate": False},
        "batch of 512, as many samples": _batch(recipe.training, 512),
        "batch of 1,024, as many samples": _batch(recipe.training, 1024),
        "norms that follow to the end": {"norm_share": 1.0},
    }
    rows, whole = [], None
    for name, change in changes.items():
        training = recipe.training.model_dump() | {"iterations": ABLATION_ITERATIONS} | change
        reached, seconds = _short_training(recipe, TrainingSpec.model_validate(training), dataset)
        whole = reached if whole is None else whole
        rows.append(
            noted(
                f"cnn_lightweight, short training, {name}",
                f"{reached:.2f} dB ({reached - whole:+.2f}), {seconds:.0f} s",
            )
        )
    return rows


@cache
def _dataset(name: str) -> Dataset:
    return load_dataset(find_recipe(name))


def _batch(training: TrainingSpec, samples: int) -> dict[str, object]:
    return {"batch_samples": samples, "iterations": ABLATION_ITERATIONS * training.batch_samples // samples}


def _short_training(recipe: Recipe, training: TrainingSpec, dataset: Dataset) -> tuple[float, float]:
    """Return the cancellation on the test split, dB, and the seconds that the training took."""
    assert isinstance(recipe.network, CnnSpec)
    changed = recipe.model_copy(update={"training": training})
    began = time.monotonic()
    network, _ = train_cnn(dataset, changed, lambda *_: None)
    seconds = time.monotonic() - began
    return CnnObjective(dataset, recipe).cancellation_db(network.float(), "test"), seconds
