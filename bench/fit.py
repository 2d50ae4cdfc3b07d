"""How fast the odd BFAN is fitted: seconds to its converged score, beside Adam and LMS, and the cost over samples.

Processor time of all threads: the machine may be shared, and what one core does in so many seconds two do no slower.
Elapsed time stands beside it. Where there is a CUDA device, the same fit there has a row of its own. The curves go to
out/bench/fit.json; `python -m bench.fit_picture` draws them.
"""

import dataclasses
import json
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch

from bench.rows import Row, at_most, noted
from pimdeploy.files import write_file
from pimdeploy.identification.identifier import LmsIdentifier
from pimdeploy.identification.job import BLOCK_SAMPLES, GAIN_SAMPLES
from pimdeploy.identification.network import GROUPS
from pimdeploy.identification.start import spread_start
from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.build import build_network, default_knot_spacing, default_latency, warmup_samples
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.pipeline import load_dataset
from pimdeploy.recipe import Recipe, on_device
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training import metrics
from pimdeploy.training.families import family_of
from pimdeploy.training.levenberg_marquardt import LevenbergMarquardt
from pimdeploy.training.objective import make_objective, one_thread
from pimdeploy.training.search import search
from pimdeploy.training.train import score, train
from pimdeploy.zoo import find_recipe

MODEL = "odd_bfan_siso"
CURVES = Path(__file__).parents[1] / "out" / "bench" / "fit.json"
SAMPLES = 100_000
WITHIN_DB = 0.05
MOST_SECONDS = 10.0
MOST_SLOPE = 1.1
LONGER, MORE_STARTS = 10, 8
"""The converged score is that of a fit with so many times the iterations, from so many starts, until no step helps."""
ADAM_ITERATIONS = 40
LMS_PASSES = 6
LMS_CHUNK = 8192
"""Samples between two scores of the LMS rules, whose time does not count."""
GROWING = (10_000, 30_000, 100_000, 300_000)
LONG_SCENARIO = 520_000
"""Samples of the scenario whose training split holds the largest of `GROWING`."""
STEPS = 5


@dataclass
class Clock:
    """Seconds since it was made, elapsed and of the processor, less what was spent in pauses."""

    elapsed: float = field(default_factory=time.monotonic)
    processor: float = field(default_factory=time.process_time)

    def read(self) -> tuple[float, float]:
        return time.monotonic() - self.elapsed, time.process_time() - self.processor

    def back_to(self, reading: tuple[float, float]) -> None:
        """Leave out what has passed since `reading`."""
        elapsed, processor = self.read()
        self.elapsed += elapsed - reading[0]
        self.processor += processor - reading[1]


@dataclass(frozen=True)
class Curve:
    """One training: seconds elapsed and of the processor, and the best score on validation until then, dB; at its end the
    score on the test split."""

    name: str
    elapsed: list[float]
    processor: list[float]
    val_db: list[float]
    test_db: float

    def seconds_to(self, val_db: float) -> tuple[float, float] | None:
        """Return the seconds elapsed and of the processor until validation reaches `val_db`, or None."""
        reached = (k for k, db in enumerate(self.val_db) if db >= val_db)
        first = next(reached, None)
        return None if first is None else (self.elapsed[first], self.processor[first])


def fit_rows() -> list[Row]:
    """Return the rows of the fit."""
    recipe = on_device(find_recipe(MODEL), "cpu")
    dataset = shortened(load_dataset(recipe), SAMPLES)
    val_db, test_db = converged(dataset, recipe)
    curves = [of_training("Levenberg-Marquardt", dataset, recipe), of_training("Adam", dataset, with_adam(recipe))]
    curves.append(of_lms(dataset, recipe))
    known = {"converged_val_db": val_db, "converged_test_db": test_db, "within_db": WITHIN_DB, "samples": SAMPLES}
    write_file(CURVES, json.dumps(known | {"curves": [asdict(curve) for curve in curves]}).encode())
    return [
        noted(f"converged score, {MORE_STARTS} starts", f"validation {val_db:.2f} dB, test {test_db:.2f} dB"),
        *_solver_rows(curves[0], val_db, test_db),
        cuda_row(dataset, recipe, val_db, test_db),
        *(_other_row(curve, val_db, test_db) for curve in curves[1:]),
        *_growth_rows(recipe),
    ]


def shortened(dataset: Dataset, n_samples: int) -> Dataset:
    """Return `dataset` with a training split of `n_samples`, its other splits as they are."""
    start, stop = dataset.splits["train"]
    if stop - start < n_samples:
        raise RuntimeError(f"the training split has {stop - start} samples, {n_samples} are needed")
    return dataclasses.replace(dataset, splits=dataset.splits | {"train": (start, start + n_samples)})


def with_adam(recipe: Recipe) -> Recipe:
    """Return `recipe` with Adam as it is by default."""
    training = recipe.training.model_copy(update={"method": "adam", "iterations": ADAM_ITERATIONS})
    return recipe.model_copy(update={"training": training})


def converged(dataset: Dataset, recipe: Recipe) -> tuple[float, float]:
    """Return the cancellation on validation and test of a far longer fit of the same network, dB."""
    training = recipe.training.model_copy(
        update={"iterations": LONGER * recipe.training.iterations, "starts": MORE_STARTS}
    )
    longer = recipe.model_copy(update={"training": training})
    with one_thread():
        weights, _, _ = search(dataset, longer, lambda *_: None, tolerance=0.0)
    spacing = default_knot_spacing(recipe.network)
    scores = score(build_network(recipe.network, FloatFactory(), weights, spacing), dataset, recipe.network)
    return scores["val"].cancellation_db, scores["test"].cancellation_db


def of_training(name: str, dataset: Dataset, recipe: Recipe, synchronize: Callable[[], object] = lambda: None) -> Curve:
    """Return the curve of a training: its score after every step (Adam: every 50 steps). `synchronize` waits for what is
    still queued on the device before the clock is read."""
    clock, moments = Clock(), list[tuple[float, float]]()

    def note(*_: object) -> None:
        synchronize()
        moments.append(clock.read())

    trained = train(dataset, recipe, note)
    moments = moments[: len(trained.history)]
    best = np.maximum.accumulate([record.val_db for record in trained.history]).tolist()
    elapsed, processor = ([moment[k] for moment in moments] for k in (0, 1))
    return Curve(name, elapsed, processor, best, trained.scores["test"].cancellation_db)


def of_lms(dataset: Dataset, recipe: Recipe) -> Curve:
    """Return the curve of the LMS rules over several passes of the training split."""
    spec = recipe.network
    if not isinstance(spec, BfanSpec):
        raise TypeError(f"{MODEL}: expected a BFAN")
    first, last = dataset.splits["train"]
    clock, moments, scores = Clock(), list[tuple[float, float]](), list[float]()
    spacing, latency = default_knot_spacing(spec), default_latency(spec)
    identifier = LmsIdentifier(
        spread_start(spec, spacing, dataset.x[:, first:last], len(dataset.d), recipe.seed),
        spec.symmetry,
        spacing,
        latency=latency,
        error_filter=dataset.receive_filter,
        seed=recipe.seed,
    )
    identifier.adapt(("G",))  # as `pimdeploy identify` begins
    spans = [(at, min(at + LMS_CHUNK, last)) for at in range(first, last, LMS_CHUNK)]
    for start, stop in spans * LMS_PASSES:
        identifier.process(dataset.x[:, start:stop], dataset.d[:, start:stop], BLOCK_SAMPLES)
        if identifier.samples - (stop - start) < GAIN_SAMPLES <= identifier.samples:
            identifier.adapt(GROUPS)
        moments.append(clock.read())
        scores.append(_identified_db(identifier, dataset, "val", spec))
        clock.back_to(moments[-1])
    best = np.maximum.accumulate(scores).tolist()
    elapsed, processor = ([moment[k] for moment in moments] for k in (0, 1))
    return Curve("LMS", elapsed, processor, best, _identified_db(identifier, dataset, "test", spec))


def _identified_db(identifier: LmsIdentifier, dataset: Dataset, split: str, spec: BfanSpec) -> float:
    start, stop = dataset.splits[split]
    z = np.zeros_like(dataset.d)
    z[:, start:stop] = identifier.predict(dataset.x[:, start:stop])
    return metrics.cancellation_db(dataset, z, split, identifier.latency, warmup_samples(spec)).mean


def _solver_rows(curve: Curve, val_db: float, test_db: float) -> list[Row]:
    figure = f"odd BFAN, {SAMPLES:,} samples: processor seconds until within {WITHIN_DB} dB of the converged score"
    reached = curve.seconds_to(val_db - WITHIN_DB)
    elapsed, processor = reached or (math.inf, math.inf)
    return [
        at_most(figure, processor, MOST_SECONDS, "s", 1),
        noted("the same, elapsed, machine as loaded as it was", f"{elapsed:.1f} s"),
        at_most("the whole fit, test split, short of the converged score", test_db - curve.test_db, WITHIN_DB, "dB"),
        noted(
            "the whole fit, as its stop rule ends it",
            f"{curve.processor[-1]:.1f} s of processor time, {curve.elapsed[-1]:.1f} s elapsed, {len(curve.val_db)} steps",
        ),
    ]


def cuda_row(dataset: Dataset, recipe: Recipe, val_db: float, test_db: float) -> Row:
    """Return the row of the same fit on a CUDA device, where there is one."""
    figure = f"the same fit on a CUDA device: elapsed seconds until within {WITHIN_DB} dB"
    if not torch.cuda.is_available():
        return noted(figure, "no CUDA device here")
    recipe = on_device(recipe, "cuda")
    of_training("", dataset, recipe)  # libraries are loaded and plans made
    curve = of_training("CUDA", dataset, recipe, torch.cuda.synchronize)
    reached = curve.seconds_to(val_db - WITHIN_DB)
    within = "not reached" if reached is None else f"{reached[0]:.2f} s"
    whole = f"the whole fit {curve.elapsed[-1]:.2f} s, {test_db - curve.test_db:.2f} dB short on test"
    return noted(figure, f"{within}; {whole}; {torch.cuda.get_device_name()}")


def _other_row(curve: Curve, val_db: float, test_db: float) -> Row:
    seconds = curve.seconds_to(val_db - WITHIN_DB)
    within = "not reached" if seconds is None else f"reached in {seconds[1]:.1f} s"
    short = f"{val_db - curve.val_db[-1]:.2f} dB short on validation, {test_db - curve.test_db:.2f} dB on test"
    what = f"within {WITHIN_DB} dB {within}; {short} after {curve.processor[-1]:.0f} s of processor time"
    return noted(f"{curve.name}, the same samples and network", what)


def _growth_rows(recipe: Recipe) -> list[Row]:
    """Return the rows of the cost over samples: of one step that sees all of them, and of a whole fit."""
    scenario = recipe.scenario
    if scenario is None:
        raise RuntimeError(f"{MODEL} has lost its scenario")
    longer = recipe.model_copy(update={"scenario": scenario.model_copy(update={"n_samples": LONG_SCENARIO})})
    dataset = _with_short_splits(load_dataset(longer))
    steps = [step_seconds(shortened(dataset, n), recipe) for n in GROWING]
    fits = [of_training("", shortened(dataset, n), recipe).processor[-1] for n in GROWING]
    sizes = ", ".join(f"{n // 1000}k" for n in GROWING)
    return [
        _slope_row(
            "a step that sees every sample", steps, f"{', '.join(f'{1e3 * s:.0f}' for s in steps)} ms at {sizes}"
        ),
        _slope_row("a whole fit", fits, f"{', '.join(f'{s:.1f}' for s in fits)} s at {sizes}"),
    ]


def _with_short_splits(dataset: Dataset) -> Dataset:
    """Return `dataset` with validation and test splits as long as the zoo's, whatever its length."""
    length = 2 * SAMPLES // 5
    splits = {name: (span[0], min(span[1], span[0] + length)) for name, span in dataset.splits.items()}
    return dataclasses.replace(dataset, splits=splits | {"train": dataset.splits["train"]})


def _slope_row(what: str, seconds: list[float], measured: str) -> Row:
    slope = float(np.polyfit(np.log(GROWING), np.log(seconds), 1)[0])
    figure = f"cost over samples, {what}: exponent"
    return Row(figure, f"at most {MOST_SLOPE}", f"{slope:.2f} ({measured} of processor time)", slope <= MOST_SLOPE)


def step_seconds(dataset: Dataset, recipe: Recipe) -> float:
    """Return the median processor time of a Levenberg-Marquardt step over the whole training split."""
    training = recipe.training
    with one_thread():
        objective = make_objective(dataset, "train", recipe.network, training.out_of_band_weight)
        family = family_of(recipe.network, len(dataset.x), len(dataset.d))
        solver = LevenbergMarquardt(objective, family, training.ridge, training.weight_decay)
        state = solver.start(family.start(objective, 0, recipe.seed))
        seconds = []
        for _ in range(STEPS):
            clock = Clock()
            state = solver.step(state, attempts=1)
            seconds.append(clock.read()[1])
    return statistics.median(seconds)
