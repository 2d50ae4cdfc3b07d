"""The main job in steps, with files between them: what `train`, `quantize` and `export` do."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy.bundle import MANIFEST, Bundle, load_weights
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.documents import parse_json
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.errors import InputError
from pimdeploy.files import check_folder, json_bytes, regular, write_file
from pimdeploy.pipeline import load_dataset, make_parts, with_capture
from pimdeploy.progress import Progress, quiet
from pimdeploy.recipe import Recipe, dump_recipe, load_recipe
from pimdeploy.signals.dataset import Dataset

FLOAT_WEIGHTS = "float.safetensors"
WEIGHTS = "weights.safetensors"
FORMATS = "formats.json"
RECIPE = "recipe.toml"
STAGE = "stage.json"
CHECKPOINT = "checkpoint.safetensors"
"""Of a training that was interrupted: `train` goes on from it to the same result."""


def train_stage(recipe: Recipe, capture: Path | None, work: Path, progress: Progress = quiet) -> dict[str, Any]:
    """Train and leave recipe.toml, float.safetensors and stage.json in the folder `work`; return the scores.

    A training that was interrupted goes on from the checkpoint it left in `work`.
    """
    from safetensors.numpy import save

    from pimdeploy.training.train import train

    recipe = with_capture(recipe, capture)
    dataset = load_dataset(recipe, capture)
    trained = train(
        dataset, recipe, lambda step, total, text: progress("training", step, total, text), work / CHECKPOINT
    )
    weights = {name: np.ascontiguousarray(tensor.numpy()) for name, tensor in trained.weights.items()}
    scores = {name: asdict(score) for name, score in trained.scores.items()}
    state = {
        "knot_log2": round(math.log2(trained.knot_spacing)),
        "delay_samples": trained.latency_samples,
        "capture_sha256": dataset.sha256,
        "parameters": trained.parameters,
        "scores": {"float": scores},
    }
    for stale in (WEIGHTS, FORMATS):  # of an earlier training: `export` must not take them for this one's
        (work / stale).unlink(missing_ok=True)
    write_file(work / FLOAT_WEIGHTS, save(weights))
    write_file(work / RECIPE, dump_recipe(recipe).encode())
    write_file(work / STAGE, json_bytes(state))
    return {"work": str(work), **state}


def quantize_stage(work: Path, capture: Path | None, progress: Progress = quiet) -> dict[str, Any]:
    """Calibrate and fine-tune what `train_stage` left in `work`; add weights.safetensors and formats.json."""
    from safetensors.numpy import save

    from pimdeploy.quantization.job import quantize

    recipe, state, dataset = _stage(work, capture)
    weights = load_weights(_bytes(work / FLOAT_WEIGHTS), str(work / FLOAT_WEIGHTS))
    quantized = quantize(recipe, dataset, weights, 2.0 ** int(state["knot_log2"]), progress, sweep=False)
    state["scores"]["calibrated"] = {name: asdict(score) for name, score in quantized.calibrated.items()}
    state["scores"]["fixed"] = {name: asdict(score) for name, score in quantized.scores.items()}
    write_file(work / WEIGHTS, save({name: np.ascontiguousarray(w) for name, w in quantized.weights.items()}))
    write_file(work / FORMATS, quantized.formats.to_json().encode())
    write_file(work / STAGE, json_bytes(state))
    return {"work": str(work), **state}


def export_stage(work: Path, capture: Path | None, out: Path, progress: Progress = quiet) -> Bundle:
    """Write the bundle of what `quantize_stage` left in `work` into the folder `out`."""
    check_folder(out, MANIFEST)
    recipe, state, dataset = _stage(work, capture)
    weights = load_weights(_bytes(work / WEIGHTS), str(work / WEIGHTS))
    formats = FormatMap.from_json(_bytes(work / FORMATS).decode("utf-8", "replace"), str(work / FORMATS))
    parts = make_parts(recipe, dataset, weights, formats, int(state["delay_samples"]))
    return write_bundle(parts, out, lambda step, total, text: progress("export", step, total, text))


def read_state(work: Path) -> dict[str, Any]:
    """Return what the stages so far left in `work` beside recipe and weights. Raises `InputError` with one line."""
    try:
        state = parse_json(_bytes(work / STAGE))
    except ValueError as error:
        raise InputError(f"{work / STAGE}: not JSON: {error}; run `pimdeploy train` again") from error
    kinds: dict[str, type] = {"knot_log2": int, "delay_samples": int, "capture_sha256": str, "scores": dict}
    for key, kind in kinds.items():
        if not isinstance(state, dict) or type(state.get(key)) is not kind:
            raise InputError(f"{work / STAGE}: no {key} that is of type {kind.__name__}; run `pimdeploy train` again")
    found: dict[str, Any] = state
    return found


def _stage(work: Path, capture: Path | None) -> tuple[Recipe, dict[str, Any], Dataset]:
    state = read_state(work)
    recipe = load_recipe(work / RECIPE)
    dataset = load_dataset(recipe, capture)
    if dataset.sha256 != state["capture_sha256"]:
        raise InputError(f"{work}: trained on another capture (sha256 differs); give the same one or train again")
    return recipe, state, dataset


def _bytes(path: Path) -> bytes:
    try:
        return regular(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; run the stage before this one first") from error
