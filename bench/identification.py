"""The streaming identifier: samples a second, and what one pass of the training split reaches."""

import statistics
import time

from bench.rows import Row, at_least, noted
from pimdeploy.identification.curve import last_cancellation_db
from pimdeploy.identification.identifier import LmsIdentifier
from pimdeploy.identification.job import BLOCK_SAMPLES, Identification, run_stream
from pimdeploy.network_spec import BfanSpec
from pimdeploy.pipeline import load_dataset
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training import metrics
from pimdeploy.zoo import find_recipe

SPEED_SAMPLES = {1: 2_000, 64: 32_768, 256: 65_536}
"""Samples that a speed is measured on, by block."""
REPEATS = 3
MODEL = "odd_bfan_siso"


def identification_rows() -> list[Row]:
    """Return the rows of the identifier on the built-in scenario, odd and even."""
    recipe = find_recipe(MODEL)
    dataset = load_dataset(recipe)
    if not isinstance(recipe.network, BfanSpec):
        raise TypeError(f"{MODEL}: expected a BFAN")
    streams = {
        symmetry: run_stream(dataset, recipe.network.model_copy(update={"symmetry": symmetry}), seed=recipe.seed)
        for symmetry in ("odd", "even")
    }
    rows = [_reached(dataset, symmetry, made) for symmetry, made in streams.items()]
    speeds = {block: speed(dataset, streams["odd"], block) for block in SPEED_SAMPLES}
    return [
        *rows,
        at_least("identification, blocks of 256", speeds[256] / 1e3, 100, "thousand samples/s", 0),
        noted("identification, blocks of 64", f"{speeds[64] / 1e3:.0f} thousand samples/s"),
        noted("identification, sample by sample", f"{speeds[1] / 1e3:.1f} thousand samples/s"),
    ]


def _reached(dataset: Dataset, symmetry: str, made: Identification) -> Row:
    bound = metrics.bound_db(dataset, "test")
    if bound is None:
        raise RuntimeError("the scenario has lost its noise reference")
    z = made.identifier.predict(dataset.x)
    test = metrics.cancellation_db(dataset, z, "test", made.latency, made.latency * 2).mean
    last = last_cancellation_db(made.d, made.e, dataset.receive_filter, made.latency)
    what = f"identification, {symmetry}, one pass of {made.identifier.samples} samples in blocks of {BLOCK_SAMPLES}"
    reached = f"{test:.2f} dB of {bound.mean:.2f} on the test split, {last:.2f} at the end of the stream"
    return Row(what, "within 1.5 dB of the bound", reached, bound.mean - test <= 1.5)


def speed(dataset: Dataset, made: Identification, block: int) -> float:
    """Return the median speed of several runs in blocks of `block`, samples/s of processor time."""
    n = SPEED_SAMPLES[block]
    x, d = dataset.x[:, :n], dataset.d[:, :n]
    speeds = []
    for _ in range(REPEATS):
        identifier = LmsIdentifier(
            made.identifier.weights,
            made.identifier.nonlinearity.symmetry,
            made.identifier.nonlinearity.spacing,
            latency=made.latency,
            error_filter=dataset.receive_filter,
        )
        began = time.process_time()
        identifier.process(x, d, block)
        speeds.append(n / (time.process_time() - began))
    return statistics.median(speeds)
