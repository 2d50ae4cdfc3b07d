"""The main job, stage by stage: capture or scenario -> training -> fine-tuning -> bundle -> proof -> report.

`run` does all of it; `train_stage`, `quantize_stage` and `export_stage` are the same steps with files between them.
"""

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.bundle import Bundle, load_weights
from pimdeploy.cost.budget import check_budget
from pimdeploy.cost.ledger import Ledger, ledger
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.model import Model
from pimdeploy.emit.bundle import Parts, write_bundle
from pimdeploy.emit.golden import quantize_stimulus
from pimdeploy.errors import CaptureError, InputError, TargetMissedError
from pimdeploy.files import write_file
from pimdeploy.recipe import Recipe, dump_recipe, load_recipe
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.verify.proof import DEFAULT_SAMPLES, Proof, verify

if TYPE_CHECKING:
    from pimdeploy.training.train import SplitScore, TrainedNetwork

Progress = Callable[[str, int, int, str], None]
"""Called as progress(stage, step, total, text)."""
Weights = dict[str, NDArray[np.float64]]

TUNING_SAMPLES = 65_536
"""Training samples that calibration and fine-tuning look at: enough for the spectrum, few enough for many passes."""


@dataclass(frozen=True)
class SweepPoint:
    """Cancellation on the test split at one word length, dB."""

    word_length: str
    calibrated_db: float
    finetuned_db: float


@dataclass
class Quantized:
    """A network on its number formats: weights before rounding, formats, scores of the integer datapath by split."""

    weights: Weights
    formats: FormatMap
    scores: "dict[str, SplitScore]"
    calibrated: "dict[str, SplitScore]"
    sweep: list[SweepPoint] = field(default_factory=list)


@dataclass
class Run:
    """All that a run made."""

    bundle: Bundle
    trained: "TrainedNetwork"
    quantized: Quantized
    ledger: Ledger
    proof: Proof
    seconds: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of `run`."""
        test, fixed = self.trained.scores["test"], self.quantized.scores["test"]
        return {
            "bundle": str(self.bundle.path),
            "report": str(self.bundle.path / "report.html"),
            "digest": self.bundle.digest,
            "parameters": self.trained.parameters,
            "metrics": {
                "pim_db": test.pim_db,
                "bound_db": test.bound_db,
                "cancellation_db": {"float": test.cancellation_db, "fixed": fixed.cancellation_db},
                "per_channel": {"float": list(test.per_channel_db), "fixed": list(fixed.per_channel_db)},
            },
            "splits": {
                name: {
                    "bound_db": score.bound_db,
                    "float": score.cancellation_db,
                    "fixed": self.quantized.scores[name].cancellation_db,
                }
                for name, score in self.trained.scores.items()
            },
            "sweep": [asdict(point) for point in self.quantized.sweep],
            "ledger": self.ledger.to_json()["datapath"],
            "verify": self.proof.to_json(),
            "seconds": self.seconds,
        }


def _quiet(_stage: str, _step: int, _total: int, _text: str) -> None:
    return


def load_dataset(recipe: Recipe, capture: Path | None = None) -> Dataset:
    """Return the prepared dataset of the recipe's scenario, or of the capture at `capture` or at the recipe's path.

    A `capture` given for a scenario's recipe takes the scenario's place. Raises `CaptureError` or `RecipeError`.
    """
    from pimdeploy.signals.capture_io import load_capture
    from pimdeploy.signals.preprocess import prepare
    from pimdeploy.signals.scenario import make_scenario

    if capture is None and recipe.scenario is not None:
        return prepare(make_scenario(recipe.scenario, recipe.receive), None, recipe.receive)
    spec = recipe.capture
    if spec is None:
        from pimdeploy.recipe import CaptureSpec

        spec = CaptureSpec()
    if capture is None and spec.path is None:
        raise CaptureError(f"recipe {recipe.name}: no capture given; use --capture DIR|FILE or set capture.path")
    path = capture if capture is not None else Path(str(spec.path))
    return prepare(load_capture(spec, path), spec, recipe.receive)


def quantize(
    recipe: Recipe,
    dataset: Dataset,
    weights: Weights,
    knot_spacing: float,
    progress: Progress = _quiet,
    *,
    sweep: bool = True,
) -> Quantized:
    """Calibrate and fine-tune `weights` under the recipe's word lengths; with `sweep`, at those of the report, too."""
    from pimdeploy.quantization.residual import training_residual

    residual = training_residual(dataset, recipe, TUNING_SAMPLES)

    def at(rcp: Recipe, stage: str) -> Quantized:
        from pimdeploy.quantization.calibration import calibrate, grids_of
        from pimdeploy.quantization.finetune import finetune

        def tell(step: int, total: int, text: str) -> None:
            progress(stage, step, total, text)

        spec = rcp.quantization
        formats = calibrate(rcp, weights, grids_of(rcp, knot_spacing), residual, tell)
        before = _fixed_scores(rcp, dataset, weights, formats)
        tuned = finetune(rcp.network, weights, formats, residual, spec.steps, spec.learning_rate, tell)
        kept = _within_accumulators(rcp, tuned.weights, weights, formats)
        after = _fixed_scores(rcp, dataset, kept, formats)
        # Fine-tuning is kept where it helps on validation: at 16 bits there is nothing left to win.
        if after["val"].cancellation_db < before["val"].cancellation_db:
            kept, after = weights, before
        return Quantized(kept, formats, after, before)

    result = at(recipe, "fine-tuning")
    own = f"W{recipe.quantization.weight_bits}A{recipe.quantization.activation_bits}"
    for word_length in recipe.quantization.sweep if sweep else ():
        other = result if word_length == own else at(_with_word_length(recipe, word_length), f"sweep {word_length}")
        point = (other.calibrated["test"].cancellation_db, other.scores["test"].cancellation_db)
        result.sweep.append(SweepPoint(word_length, *point))
    return result


def _with_word_length(recipe: Recipe, word_length: str) -> Recipe:
    weight_bits, activation_bits = (int(n) for n in word_length[1:].split("A"))
    spec = recipe.quantization.model_copy(update={"weight_bits": weight_bits, "activation_bits": activation_bits})
    return recipe.model_copy(update={"quantization": spec})


def _within_accumulators(recipe: Recipe, tuned: Weights, calibrated: Weights, formats: FormatMap) -> Weights:
    """Return the tuned weights, or, where their sums have outgrown the proven accumulators, the calibrated ones."""
    from pimdeploy.datapath.check import check
    from pimdeploy.errors import OverflowRefusedError

    graph, _ = lower(recipe.network.family, tuned, formats, recipe.name, 0)
    try:
        check(graph, recipe.datapath.acc_bits)
    except OverflowRefusedError:
        return calibrated
    return tuned


def _fixed_scores(recipe: Recipe, dataset: Dataset, weights: Weights, formats: FormatMap) -> "dict[str, SplitScore]":
    from pimdeploy.quantization.network import quantized_network
    from pimdeploy.training.train import score

    return score(quantized_network(recipe.network, weights, formats), dataset, recipe.network)


def make_parts(recipe: Recipe, dataset: Dataset, weights: Weights, formats: FormatMap, delay_samples: int) -> Parts:
    """Return what a bundle is made from; the golden stimulus is the beginning of the test split."""
    graph, real_tables = lower(recipe.network.family, weights, formats, recipe.name, delay_samples)
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
    progress: Progress = _quiet,
    *,
    samples: int = DEFAULT_SAMPLES,
    require: Sequence[str] = (),
) -> Run:
    """Do the main job and leave the bundle, with its report, in the folder `out`.

    Raises the errors of each stage; figures of [target] and [budget] are checked by `check_targets` afterwards.
    """
    from pimdeploy.training.train import estimate, train

    clock = _Clock()
    progress("capture", 0, 1, "reading" if capture or recipe.capture else "simulating")
    dataset = load_dataset(recipe, capture)
    progress("capture", 1, 1, f"{dataset.n_samples} samples of {dataset.source}")
    clock.lap("capture")
    trained = train(dataset, recipe, lambda step, total, text: progress("training", step, total, text))
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
    _write_report(made, dataset, parts, estimate(trained.network, dataset.x))
    clock.lap("report")
    progress("report", 1, 1, "written")
    return made


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
    lines = check_budget(made.ledger, recipe.budget)
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


def raise_missed(lines: list[str]) -> None:
    """Raise `TargetMissedError` with all of `lines` in one, where there are any."""
    if lines:
        raise TargetMissedError("; ".join(lines))


# --- the stages with files between them -------------------------------------------------------------------------------

FLOAT_WEIGHTS = "float.safetensors"
WEIGHTS = "weights.safetensors"
FORMATS = "formats.json"
RECIPE = "recipe.toml"
STAGE = "stage.json"


def train_stage(recipe: Recipe, capture: Path | None, work: Path, progress: Progress = _quiet) -> dict[str, Any]:
    """Train and leave recipe.toml, float.safetensors and stage.json in the folder `work`; return the scores."""
    from safetensors.numpy import save

    from pimdeploy.training.train import train

    dataset = load_dataset(recipe, capture)
    trained = train(dataset, recipe, lambda step, total, text: progress("training", step, total, text))
    weights = {name: np.ascontiguousarray(tensor.numpy()) for name, tensor in trained.weights.items()}
    scores = {name: asdict(score) for name, score in trained.scores.items()}
    state = {
        "knot_log2": round(math.log2(trained.knot_spacing)),
        "delay_samples": trained.latency_samples,
        "capture_sha256": dataset.sha256,
        "parameters": trained.parameters,
        "scores": {"float": scores},
    }
    write_file(work / FLOAT_WEIGHTS, save(weights))
    write_file(work / RECIPE, dump_recipe(recipe).encode())
    write_file(work / STAGE, _json(state))
    return {"work": str(work), **state}


def quantize_stage(work: Path, capture: Path | None, progress: Progress = _quiet) -> dict[str, Any]:
    """Calibrate and fine-tune what `train_stage` left in `work`; add weights.safetensors and formats.json."""
    from safetensors.numpy import save

    recipe, state, dataset = _stage(work, capture)
    weights = load_weights(_bytes(work / FLOAT_WEIGHTS), str(work / FLOAT_WEIGHTS))
    quantized = quantize(recipe, dataset, weights, 2.0 ** int(state["knot_log2"]), progress, sweep=False)
    state["scores"]["calibrated"] = {name: asdict(score) for name, score in quantized.calibrated.items()}
    state["scores"]["fixed"] = {name: asdict(score) for name, score in quantized.scores.items()}
    write_file(work / WEIGHTS, save({name: np.ascontiguousarray(w) for name, w in quantized.weights.items()}))
    write_file(work / FORMATS, quantized.formats.to_json().encode())
    write_file(work / STAGE, _json(state))
    return {"work": str(work), **state}


def export_stage(work: Path, capture: Path | None, out: Path, progress: Progress = _quiet) -> Bundle:
    """Write the bundle of what `quantize_stage` left in `work` into the folder `out`."""
    recipe, state, dataset = _stage(work, capture)
    weights = load_weights(_bytes(work / WEIGHTS), str(work / WEIGHTS))
    formats = FormatMap.from_json(_bytes(work / FORMATS).decode("utf-8", "replace"), str(work / FORMATS))
    parts = make_parts(recipe, dataset, weights, formats, int(state["delay_samples"]))
    return write_bundle(parts, out, lambda step, total, text: progress("export", step, total, text))


def _stage(work: Path, capture: Path | None) -> tuple[Recipe, dict[str, Any], Dataset]:
    recipe = load_recipe(work / RECIPE)
    try:
        state: dict[str, Any] = json.loads(_bytes(work / STAGE))
    except ValueError as error:
        raise InputError(f"{work / STAGE}: not JSON: {error}; run `pimdeploy train` again") from error
    dataset = load_dataset(recipe, capture)
    if dataset.sha256 != state.get("capture_sha256"):
        raise InputError(f"{work}: trained on another capture (sha256 differs); give the same one or train again")
    return recipe, state, dataset


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; run the stage before this one first") from error


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, indent=1) + "\n").encode()
