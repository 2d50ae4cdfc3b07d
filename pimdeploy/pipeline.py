"""The main job, stage by stage: capture or scenario -> training -> fine-tuning -> bundle -> proof -> report.

`run` does all of it; pimdeploy.stages has the same steps with files between them.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pimdeploy.bundle import MANIFEST
from pimdeploy.cost.budget import check_budget
from pimdeploy.cost.ledger import ledger
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.model import Model
from pimdeploy.defaults import PROOF_SAMPLES
from pimdeploy.emit.bundle import Parts, write_bundle
from pimdeploy.emit.golden import quantize_stimulus
from pimdeploy.errors import CaptureError, InputError
from pimdeploy.files import check_folder
from pimdeploy.progress import Progress, quiet
from pimdeploy.recipe import CaptureSpec, Recipe, ScenarioSpec
from pimdeploy.result import Run
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.verify.proof import check_require, verify

Weights = dict[str, NDArray[np.float64]]


def with_capture(recipe: Recipe, capture: Path | None) -> Recipe:
    """Return the recipe for a capture that is given from outside: it takes the place of a scenario.

    Without one, what a scenario file says goes into the recipe, so that the recipe says all.
    """
    if recipe.scenario is None:
        return recipe
    if capture is not None:
        return recipe.model_copy(update={"scenario": None, "capture": CaptureSpec()})
    from pimdeploy.signals.scenario import with_plan

    return recipe.model_copy(update={"scenario": with_plan(recipe.scenario)})


def for_scenario(recipe: Recipe, name: str | None, capture: Path | None = None) -> Recipe:
    """Return the recipe for the scenario called `name`, a preset or a .toml file; as it is where None is given.

    The scenario takes the place of the recipe's capture or scenario, whose seed and number of samples stay. Its receive
    band takes that of the recipe's: which band is received belongs to the site, not to the canceller. Filter taps,
    network, word lengths, targets and budgets stay. Raises `RecipeError`; `InputError` where a capture is given, too.
    """
    if name is None:
        return recipe
    if capture is not None:
        raise InputError("--scenario and --capture: give one of the two")
    from pimdeploy.signals.scenario import find_scenario, receive_band

    before = recipe.scenario or ScenarioSpec()
    scenario = find_scenario(name, before.seed, before.n_samples)
    receive = recipe.receive.model_copy(update={"band_hz": receive_band(scenario).band_hz})
    return recipe.model_copy(update={"capture": None, "scenario": scenario, "receive": receive})


def load_dataset(recipe: Recipe, capture: Path | None = None) -> Dataset:
    """Return the prepared dataset of the recipe's scenario, or of the capture at `capture` or at the recipe's path.

    Raises `CaptureError` or `RecipeError`.
    """
    from pimdeploy.signals.capture_io import load_capture
    from pimdeploy.signals.preprocess import prepare
    from pimdeploy.signals.scenario import make_scenario

    if recipe.scenario is not None:
        return prepare(make_scenario(recipe.scenario, recipe.receive), None, recipe.receive)
    spec = recipe.capture or CaptureSpec()
    if capture is None and spec.path is None:
        raise CaptureError(f"recipe {recipe.name}: no capture given; use --capture DIR|FILE or set capture.path")
    path = capture if capture is not None else Path(str(spec.path))
    return prepare(load_capture(spec, path), spec, recipe.receive)


def make_parts(recipe: Recipe, dataset: Dataset, weights: Weights, formats: FormatMap, delay_samples: int) -> Parts:
    """Return what a bundle is made from; the golden stimulus is the beginning of the test split."""
    graph, real_tables = lower(recipe.network, weights, formats, recipe.name, delay_samples, recipe.datapath.products)
    model = Model(
        graph=graph,
        real_tables=real_tables,
        fs_hz=dataset.fs_hz,
        receive_filter=dataset.receive_filter,
        preprocessing={**dataset.constants, "source": dataset.source, "capture_sha256": dataset.sha256},
        piecewise=recipe.datapath.piecewise,
    )
    start, stop = dataset.splits["test"]
    stimulus = dataset.x[:, start : min(stop, start + recipe.export.golden_samples)]
    return Parts(recipe, model, weights, formats, quantize_stimulus(stimulus, graph.input.format))


def run(
    recipe: Recipe,
    capture: Path | None,
    out: Path,
    progress: Progress = quiet,
    *,
    samples: int = PROOF_SAMPLES,
    require: Sequence[str] = (),
) -> Run:
    """Do the main job and leave the bundle, with its report, in the folder `out`.

    A training that is interrupted leaves a checkpoint beside `out`, and the next run goes on from it to the same result.

    Raises the errors of each stage; figures of [target] and [budget] are checked by `check_targets` afterwards.
    """
    from pimdeploy.networks.build import warmup_samples
    from pimdeploy.quantization.job import quantize
    from pimdeploy.training.train import estimate_in_chunks, train

    check_folder(out, MANIFEST)  # what cannot end well does not begin
    check_require(require)
    clock = _Clock()
    recipe = with_capture(recipe, capture)
    progress("capture", 0, 1, "reading" if capture or recipe.capture else "simulating")
    dataset = load_dataset(recipe, capture)
    progress("capture", 1, 1, f"{dataset.n_samples} samples of {dataset.source}")
    clock.lap("capture")
    trained = train(
        dataset, recipe, lambda step, total, text: progress("training", step, total, text), checkpoint_of(out)
    )
    clock.lap("training")
    weights = {name: tensor.numpy() for name, tensor in trained.weights.items()}
    quantized = quantize(recipe, dataset, weights, trained.knot_spacing, progress)
    clock.lap("quantization")
    parts = make_parts(recipe, dataset, quantized.weights, quantized.formats, trained.latency_samples)
    bundle = write_bundle(parts, out, lambda step, total, text: progress("export", step, total, text))
    clock.lap("export")
    proof = verify(
        bundle, samples, require=require, progress=lambda step, total, text: progress("verify", step, total, text)
    )
    clock.lap("verify")
    made = Run(bundle, trained, quantized, ledger(parts.model), proof, clock.seconds)
    progress("report", 0, 1, "plots")
    estimate = estimate_in_chunks(trained.network, dataset.x, warmup_samples(recipe.network))
    _write_report(made, dataset, parts, estimate)
    clock.lap("report")
    progress("report", 1, 1, "written")
    return made


def checkpoint_of(out: Path) -> Path:
    """Return where a training for the folder `out` keeps its checkpoint while it runs: beside it."""
    return out.with_name(f"{out.name}.checkpoint")


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, stage: str) -> None:
        """Note the seconds since the last lap under `stage`."""
        now = time.monotonic()
        self.seconds[stage] = round(now - self._last, 3)
        self._last = now


def _write_report(made: Run, dataset: Dataset, parts: Parts, float_estimate: ComplexArray) -> None:
    from pimdeploy.report.build import report_of_run

    report_of_run(made, dataset, parts, float_estimate)


def check_targets(made: Run, recipe: Recipe) -> list[str]:
    """Return a line for every figure of [target] and [budget] that was missed; empty where all are met."""
    target, fixed = recipe.target, made.quantized.scores["test"]
    loss = made.trained.scores["test"].cancellation_db - fixed.cancellation_db
    lines = check_budget(made.ledger, recipe.budget, float(made.bundle.manifest["facts"]["fs_hz"]))
    if target.cancellation_db is not None and fixed.cancellation_db < target.cancellation_db:
        lines.append(
            f"target.cancellation_db: {fixed.cancellation_db:.2f} dB on the test split, {target.cancellation_db} asked"
        )
    if target.short_of_bound_db is not None:
        short = fixed.short_of_bound_db
        if short is None:
            lines.append("target.short_of_bound_db: this capture has no noise reference; no bound is known")
        elif short > target.short_of_bound_db:
            lines.append(f"target.short_of_bound_db: {short:.2f} dB short, {target.short_of_bound_db} allowed")
    if target.quantization_loss_db is not None and loss > target.quantization_loss_db:
        lines.append(f"target.quantization_loss_db: {loss:.3f} dB lost, {target.quantization_loss_db} allowed")
    return lines
