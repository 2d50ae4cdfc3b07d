"""Identification as a job: a capture streamed through the LMS rules, the curve, the picture and the weights in a folder."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy.bundle import load_weights
from pimdeploy.errors import InputError, RecipeError
from pimdeploy.files import check_folder, json_bytes, regular, replaced_folder
from pimdeploy.identification.curve import LearningCurve, last_cancellation_db, learning_curve
from pimdeploy.identification.identifier import LmsIdentifier
from pimdeploy.identification.network import GROUPS
from pimdeploy.identification.nonlinearity import FloatArray
from pimdeploy.identification.start import spread_start
from pimdeploy.identification.steps import StepSizes
from pimdeploy.network_spec import BfanSpec
from pimdeploy.pipeline import load_dataset, with_capture
from pimdeploy.progress import Progress, quiet
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.training import metrics

RESULT = "identification.json"
PICTURE = "identification.svg"
WEIGHTS = "weights.safetensors"
BLOCK_SAMPLES = 64
GAIN_SAMPLES = 4096
"""From nothing, only G is adapted for so many samples: until there is an output, nothing else has a gradient."""
CHUNK_SAMPLES = 4096
"""Between two reports of progress."""
LEAST_SAMPLES = 16_384


@dataclass(frozen=True)
class Identification:
    """A stream that was identified: the identifier as it ended, its errors [R, n] and the time it took."""

    identifier: LmsIdentifier
    d: ComplexArray
    e: ComplexArray
    noise: ComplexArray | None
    latency: int
    seconds: float

    def curve(self, receive_filter: ComplexArray) -> LearningCurve:
        """Return the cancellation over samples."""
        return learning_curve(self.d, self.e, receive_filter, self.latency, noise=self.noise)


def identify(
    recipe: Recipe,
    capture: Path | None,
    out: Path,
    block: int = BLOCK_SAMPLES,
    samples: int | None = None,
    progress: Progress = quiet,
    *,
    weights: Path | None = None,
    steps: StepSizes | None = None,
) -> dict[str, Any]:
    """Identify the recipe's BFAN in one pass over the first `samples` of the training split (all of it by default).

    Parameters move once in `block` samples. The start is `weights` (a safetensors file of a network of these sizes) or,
    without, one that knows nothing. The folder `out` then holds identification.json (the curve), identification.svg and
    weights.safetensors. Returns what identification.json holds, and samples a second. `last_db` is the cancellation
    over the last tenth of the stream as it was reached there, `test_db` that of the final weights on the test split.
    Raises `RecipeError`, `InputError`, `TrainingError` where the error grows out of bounds.
    """
    check_folder(out, RESULT)
    recipe = with_capture(recipe, capture)
    spec = _spec(recipe)
    dataset = load_dataset(recipe, capture)
    n_samples = _n_samples(dataset, samples)
    if block < 1:
        raise InputError(f"--block {block}: expected 1 sample or more")
    start = None if weights is None else _read_weights(weights, spec, dataset)
    made = run_stream(dataset, spec, block, n_samples, start=start, steps=steps, seed=recipe.seed, progress=progress)
    curve = made.curve(dataset.receive_filter)
    result = _result(recipe, spec, dataset, made, curve, block)
    _write(out, result, curve, made.identifier.weights)
    return {**result, "samples_per_second": round(n_samples / made.seconds)}


def run_stream(
    dataset: Dataset,
    spec: BfanSpec,
    block: int = BLOCK_SAMPLES,
    n_samples: int | None = None,
    *,
    start: dict[str, FloatArray] | None = None,
    steps: StepSizes | None = None,
    seed: int = 0,
    progress: Progress = quiet,
) -> Identification:
    """Stream the first `n_samples` of the training split of `dataset` through an identifier of the BFAN `spec`.

    start: weights of a network, by name; without them `spread_start`, and G alone is adapted at first.
    """
    from pimdeploy.networks.build import default_knot_spacing, default_latency

    first, last = dataset.splits["train"]
    last = last if n_samples is None else min(last, first + n_samples)
    x, d = dataset.x[:, first:last], dataset.d[:, first:last]
    spacing, latency = default_knot_spacing(spec), default_latency(spec)
    identifier = LmsIdentifier(
        spread_start(spec, spacing, x, len(d), seed) if start is None else start,
        spec.symmetry,
        spacing,
        latency=latency,
        error_filter=dataset.receive_filter,
        steps=steps,
        seed=seed,
    )
    if start is None:
        identifier.adapt(("G",))
    errors, began, step = [], time.monotonic(), max(1, CHUNK_SAMPLES // block) * block
    least = max(GAIN_SAMPLES, 2 * identifier.steps.warmup_samples)
    alone = -(-least // step) * step if start is None else 0
    for at in range(0, last - first, step):
        if alone and at == alone:
            identifier.adapt(GROUPS)
        errors.append(identifier.process(x[:, at : at + step], d[:, at : at + step], block).e)
        now = min(at + step, last - first)
        progress("identification", now, last - first, f"{_recent_db(dataset, d[:, :now], errors, latency):.2f} dB")
    noise = None if dataset.noise is None else dataset.noise[:, first:last]
    return Identification(identifier, d, np.concatenate(errors, axis=1), noise, latency, time.monotonic() - began)


def _recent_db(dataset: Dataset, d: ComplexArray, errors: list[ComplexArray], latency: int) -> float:
    """Return the cancellation over the last few chunks, dB."""
    e = np.concatenate(errors[-4:], axis=1)
    if e.shape[1] < 2 * len(dataset.receive_filter) + latency:
        return 0.0
    return last_cancellation_db(d[:, d.shape[1] - e.shape[1] :], e, dataset.receive_filter, latency, 1.0)


def _spec(recipe: Recipe) -> BfanSpec:
    if not isinstance(recipe.network, BfanSpec):
        raise RecipeError(
            f"network.family = {recipe.network.family!r}: the LMS rules are those of the BFAN; expected 'bfan'"
        )
    return recipe.network


def _n_samples(dataset: Dataset, samples: int | None) -> int:
    first, last = dataset.splits["train"]
    least = max(LEAST_SAMPLES, 8 * len(dataset.receive_filter))
    n = last - first if samples is None else samples
    if not least <= n <= last - first:
        raise InputError(
            f"--samples {n}: expected {least} to {last - first}, the samples of the training split; "
            "give another number or a longer capture"
        )
    return n


def _read_weights(path: Path, spec: BfanSpec, dataset: Dataset) -> dict[str, FloatArray]:
    from pimdeploy.networks.build import weight_shapes

    try:
        data = regular(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; give a weights.safetensors") from error
    weights = load_weights(data, str(path))
    for name, shape in weight_shapes(spec, dataset.x.shape[0], dataset.d.shape[0]).items():
        got = weights[name].shape if name in weights else None
        if got != shape:
            found = "is missing" if got is None else f"has the shape {list(got)}"
            raise InputError(f"{path}: {name} {found}, expected {list(shape)}; give weights of the recipe's network")
    return weights


def _result(
    recipe: Recipe, spec: BfanSpec, dataset: Dataset, made: Identification, curve: LearningCurve, block: int
) -> dict[str, Any]:
    from pimdeploy.networks.build import warmup_samples

    z = made.identifier.predict(dataset.x)
    test = metrics.cancellation_db(dataset, z, "test", made.latency, warmup_samples(spec))
    bound = metrics.bound_db(dataset, "test")
    return {
        "name": recipe.name,
        "symmetry": spec.symmetry,
        "samples": made.identifier.samples,
        "block": block,
        "latency_samples": made.latency,
        "normalization": made.identifier.steps.normalization,
        "last_db": round(last_cancellation_db(made.d, made.e, dataset.receive_filter, made.latency), 3),
        "test_db": round(test.mean, 3),
        "test_per_channel_db": [round(db, 3) for db in test.per_channel],
        "bound_db": None if bound is None else round(bound.mean, 3),
        "curve": curve.to_json(),
    }


def _write(out: Path, result: dict[str, Any], curve: LearningCurve, weights: dict[str, FloatArray]) -> None:
    from safetensors.numpy import save

    from pimdeploy.identification.picture import learning_picture

    bound = result["bound_db"]
    of_bound = "" if bound is None else f" of {bound:.2f} dB possible"
    title = f"{result['name']}: {result['test_db']:.2f} dB{of_bound} after {result['samples']} samples"
    with replaced_folder(out, RESULT) as folder:
        (folder / RESULT).write_bytes(json_bytes(result))
        (folder / PICTURE).write_bytes(learning_picture(curve, title))
        (folder / WEIGHTS).write_bytes(save({name: np.ascontiguousarray(w) for name, w in weights.items()}))
