"""Cancellation: trained networks on the built-in scenario and on the measured amplifier, in float and fixed point."""

import statistics
from dataclasses import dataclass
from pathlib import Path

from bench.rows import Row, at_least, at_most, noted
from pimdeploy.emit.bundle import Parts
from pimdeploy.pipeline import load_dataset, make_parts
from pimdeploy.quantization.job import quantize
from pimdeploy.quantization.quantized import Quantized
from pimdeploy.recipe import Recipe, ScenarioSpec
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.train import TrainedNetwork, train
from pimdeploy.zoo import find_recipe

MEASURED = Path("../shared/data/apa_200mhz")
"""Where the measured amplifier data lie beside a checkout; its rows are left out where they do not."""
SEEDS = (1, 2, 3, 4, 5)
MOST_PARAMETERS = 116
PROVEN = ("W16A16", "W12A12", "W8A8")


@dataclass(frozen=True)
class Trained:
    """One zoo model trained from nothing."""

    recipe: Recipe
    dataset: Dataset
    network: TrainedNetwork
    quantized: Quantized

    def loss_db(self, word_length: str) -> tuple[float, float]:
        """Return what calibration alone and fine-tuning lose to float on the test split, dB."""
        point = next(p for p in self.quantized.sweep if p.word_length == word_length)
        reached = self.network.scores["test"].cancellation_db
        return reached - point.calibrated_db, reached - point.finetuned_db

    def parts(self, word_length: str) -> Parts:
        """Return what the bundle at another word length is made from, fine-tuned as a run would."""
        weight_bits, activation_bits = (int(n) for n in word_length[1:].split("A"))
        update = {"weight_bits": weight_bits, "activation_bits": activation_bits}
        recipe = self.recipe.model_copy(update={"quantization": self.recipe.quantization.model_copy(update=update)})
        made = _quantized(recipe, self.dataset, self.network, sweep=False)
        return make_parts(recipe, self.dataset, made.weights, made.formats, self.network.latency_samples)


def trained(name: str, capture: Path | None) -> Trained:
    recipe = find_recipe(name)
    dataset = load_dataset(recipe, capture)
    network = train(dataset, recipe)
    return Trained(recipe, dataset, network, _quantized(recipe, dataset, network, sweep=True))


def _quantized(recipe: Recipe, dataset: Dataset, network: TrainedNetwork, *, sweep: bool) -> Quantized:
    weights = {name: tensor.numpy() for name, tensor in network.weights.items()}
    return quantize(recipe, dataset, weights, network.knot_spacing, lambda *_: None, sweep=sweep)


def scenario_rows(siso: Trained) -> list[Row]:
    """Return the rows of the built-in scenario: the default seed and five seeds, against each test split's bound."""
    score = siso.network.scores["test"]
    spread = [_short_of_bound(siso.recipe, seed) for seed in SEEDS]
    return [
        at_most("built-in scenario, real parameters", siso.network.parameters["real"], MOST_PARAMETERS, "", 0),
        noted(
            "built-in scenario, cancellation in float",
            f"{score.cancellation_db:.2f} dB of {score.bound_db:.2f} possible",
        ),
        at_most("built-in scenario, short of the bound, default seed", short_of_bound_db(siso.network), 0.8, "dB"),
        at_most("built-in scenario, short of the bound, median of five seeds", statistics.median(spread), 1.0, "dB"),
        at_most("built-in scenario, short of the bound, worst of five seeds", max(spread), 2.0, "dB"),
        at_most("built-in scenario, training", siso.network.seconds, 60, "s", 1),
        *_loss_rows("built-in scenario", siso, {"W16A16": 0.02, "W12A12": 0.05}),
    ]


def measured_rows(apa: Trained) -> list[Row]:
    """Return the rows of the measured amplifier data."""
    return [
        at_most("measured amplifier, real parameters", apa.network.parameters["real"], MOST_PARAMETERS, "", 0),
        at_least("measured amplifier, cancellation in float", apa.network.scores["test"].cancellation_db, 15.4, "dB"),
        noted("measured amplifier, training", f"{apa.network.seconds:.1f} s"),
        *_loss_rows("measured amplifier", apa, {"W16A16": 0.02, "W12A12": 0.15}),
    ]


def _loss_rows(what: str, model: Trained, limits: dict[str, float]) -> list[Row]:
    rows = [
        at_most(f"{what}, {word_length} loss to float", model.loss_db(word_length)[1], limit, "dB", 3)
        for word_length, limit in limits.items()
    ]
    for word_length in ("W8A12", "W6A12"):
        calibrated, tuned = model.loss_db(word_length)
        share = (calibrated - tuned) / calibrated if calibrated > 0 else 1.0
        reached = f"{share:.0%} of {calibrated:.3f} dB"
        rows.append(Row(f"{what}, {word_length} loss won back by fine-tuning", "at least 50%", reached, share >= 0.5))
    return rows


def _short_of_bound(recipe: Recipe, seed: int) -> float:
    scenario = (recipe.scenario or ScenarioSpec()).model_copy(update={"seed": seed})
    other = recipe.model_copy(update={"scenario": scenario})
    return short_of_bound_db(train(load_dataset(other), other))


def short_of_bound_db(network: TrainedNetwork) -> float:
    short = network.scores["test"].short_of_bound_db
    if short is None:
        raise RuntimeError("the scenario has lost its noise reference")
    return short
