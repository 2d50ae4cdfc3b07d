"""Report data of small models: every part present, seconds and digests made up."""

import io
import json
from types import SimpleNamespace

import numpy as np
from demo_models import demo_model, demo_weights

from firmware_ref.reference import Reference
from pimdeploy.cost.ledger import ledger
from pimdeploy.datapath import graph as graphs
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.emit.bundle import Parts
from pimdeploy.emit.golden import quantize_stimulus
from pimdeploy.recipe import parse_recipe
from pimdeploy.report import (
    collect_functions,
    collect_headroom,
    collect_recipe,
    collect_scores,
    collect_spectra,
    collect_test,
)
from pimdeploy.report.data import ReportData
from pimdeploy.report.foreign import LedgerData, VerifyData
from pimdeploy.report.parts import Parameters, Sweep, TrainingStep
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training import metrics

FS_HZ = 491.52e6
TONE_HZ = FS_HZ / 32
LATENCY = 7
RECIPE = """
name = "demo"
[receive]
band_hz = [-40e6, 40e6]
[scenario]
"""
VERIFY = {
    "samples": 1_000_000,
    "mismatches": 0,
    "backends": [
        {"name": "numpy_table", "status": "ok", "samples": 1_000_000, "mismatches": 0, "first": None, "reason": None},
        {"name": "c_gcc_O3", "status": "ok", "samples": 1_000_000, "mismatches": 0, "first": None, "reason": None},
        {"name": "c_clang", "status": "not_run", "samples": 0, "mismatches": 0, "first": None, "reason": "no clang"},
    ],
}
DIFFERS = {
    "name": "c_gcc_O3",
    "status": "mismatch",
    "samples": 1_000_000,
    "mismatches": 7,
    "first": {"node": "u", "channel": 1, "sample": 42, "expected": 5, "got": 6},
    "reason": None,
}
HISTORY = tuple(
    TrainingStep(step=k, start=s, loss=0.5**k, train_db=3.0 * k + s, val_db=2.9 * k + s)
    for s in (0, 1)
    for k in (1, 2, 3)
)
SWEEP = Sweep.model_validate(
    {
        "float_db": 18.9,
        "points": [
            {"word_length": "W16A16", "calibrated_db": 18.89, "finetuned_db": 18.9},
            {"word_length": "W6A12", "calibrated_db": 14.9, "finetuned_db": 16.9},
            {"word_length": "W8A8", "calibrated_db": 15.0},
        ],
    }
)


def complex_noise(rng, power, n_samples, channels=1):
    shape = (channels, n_samples)
    return np.sqrt(power / 2) * (rng.normal(size=shape) + 1j * rng.normal(size=shape))


def make_dataset(model, n_samples, slot=None, seed=3):
    """What `model` gives for noise in a band, `LATENCY` samples early, as the interference, above white noise.

    Behind the receive filter the interference is 8 to 22 dB above the noise, in each channel by another figure.
    """
    rng = np.random.default_rng(seed)
    taps = np.hanning(31).astype(np.complex128)
    taps /= taps.sum()
    x = complex_noise(rng, 0.02, n_samples, model.graph.input.channels // 2)
    x = np.round(x * 2**15) / 2**15
    truth = np.roll(fixed_point(model, x), -LATENCY, axis=1)
    levels = np.std(truth, axis=1, keepdims=True) ** 2 * 10 ** -rng.uniform(0.8, 2.2, size=(len(truth), 1))
    noise = complex_noise(rng, 1.0, n_samples, len(truth)) * np.sqrt(levels)
    first, second = int(0.6 * n_samples), int(0.8 * n_samples)
    if slot is not None:
        first, second = first // slot * slot, second // slot * slot
    return Dataset(
        x=x,
        d=truth + noise,
        fs_hz=FS_HZ,
        receive_filter=taps,
        splits={"train": (0, first), "val": (first, second), "test": (second, n_samples)},
        noise=noise,
        constants={"band_lower_hz": -16e6, "band_upper_hz": 16e6},
        source="made up",
        slots=() if slot is None else tuple((k, k + slot) for k in range(0, n_samples - slot + 1, slot)),
    )


def reference(model):
    """The NumPy reference of a model that no bundle holds."""
    return Reference(json.loads(graphs.to_json(model.graph)), graphs.tables(model.graph))


def fixed_point(model, x):
    """The estimate z [n_rx, n_samples] of the integers for the whole of x, in units of full scale."""
    z = reference(model).process(quantize_stimulus(x, model.graph.input.format)) * z_format(model).lsb
    return z[0::2] + 1j * z[1::2]


def z_format(model):
    return next(node for node in model.graph.nodes if node.name == "z").format


def score(dataset, z, split, latency, warmup):
    """What training says of an estimate on a split."""
    found = metrics.cancellation_db(dataset, z, split, latency, warmup)
    bound, pim = metrics.bound_db(dataset, split), metrics.pim_db(dataset, split)
    return SimpleNamespace(
        cancellation_db=found.mean,
        per_channel_db=found.per_channel,
        pim_db=None if pim is None else pim.mean,
        bound_db=None if bound is None else bound.mean,
        out_of_band_db=-11.0,
    )


def estimate_of(model, dataset, error=0.05, seed=5):
    """The fixed-point estimate with an error of its own in each channel: what stands for the floating-point network's."""
    z = fixed_point(model, dataset.x)
    return z * (1 + error * np.random.default_rng(seed).normal(size=(len(z), 1)))


def fake_run(folder, model, dataset, floating):
    """A run of `model` whose floating-point network gives the estimate `floating`: what the report is gathered from."""
    arrays = io.BytesIO()
    np.savez(arrays, **graphs.tables(model.graph))
    (folder / "datapath.json").write_text(graphs.to_json(model.graph))
    (folder / "tables.npz").write_bytes(arrays.getvalue())
    scores = [
        {split: score(dataset, z, split, LATENCY, model.graph.memory) for split in dataset.splits}
        for z in (floating, fixed_point(model, dataset.x))
    ]
    sweep = [SimpleNamespace(word_length="W16A16", calibrated_db=9.0, finetuned_db=9.1)]
    history = [
        SimpleNamespace(step=s.step, start=0, loss=s.loss, train_db=s.train_db, val_db=s.val_db) for s in HISTORY
    ]
    return SimpleNamespace(
        bundle=SimpleNamespace(path=folder, name="demo", digest="0123abcd"),
        trained=SimpleNamespace(
            latency_samples=LATENCY, scores=scores[0], parameters={"real": 80, "paper": 56}, history=history
        ),
        quantized=SimpleNamespace(scores=scores[1], sweep=sweep),
        ledger=ledger(model),
        proof=SimpleNamespace(to_json=lambda: VERIFY),
        seconds={"training": 31.5},
    )


def fake_parts(model, recipe=RECIPE):
    """What the report reads of a bundle's parts."""
    formats = FormatMap({}, {"z": z_format(model)}, Rounding.HALF_UP, Overflow.SATURATE, -4)
    return Parts(parse_recipe(recipe, "recipe"), model, demo_weights(), formats, np.zeros((2, 1), dtype=np.int64))


def make_data(dataset, estimate):
    """The report of the demo model on a dataset of one channel; fixed point loses a twentieth of the amplitude."""
    model = demo_model()
    estimates = {"float": estimate, "fixed": 0.95 * estimate}
    scores = [{split: score(dataset, z, split, LATENCY, 0) for split in dataset.splits} for z in estimates.values()]
    measured = [
        {split: collect_scores.measure(dataset, z, split, LATENCY, 0) for split in dataset.splits}
        for z in estimates.values()
    ]
    splits = collect_scores.split_metrics(dataset, *scores, measured[0], {"test": measured[1]["test"]})
    arguments = (dataset, estimates, "test")
    return ReportData(
        name="demo",
        source="siso, seed 1",
        recipe=collect_recipe.recipe_summary(parse_recipe(RECIPE, "recipe"), FS_HZ, LATENCY),
        parameters=Parameters(real=80, paper=56),
        splits=splits,
        spectra=collect_spectra.spectra(dataset, estimates, LATENCY),
        full_span=collect_spectra.spectra(dataset, estimates, LATENCY, margin=None),
        overlay=collect_test.overlay(*arguments, 0, LATENCY),
        heatmap=collect_test.heatmap(*arguments, LATENCY, 0),
        lengths=collect_test.lengths(*arguments, splits["test"], LATENCY, 0),
        nonlinearity=collect_functions.functions(model),
        history=HISTORY,
        sweep=SWEEP,
        headroom=collect_headroom.headroom(model.graph, peaks_q={"u": 16384, "a": 32768}),
        ledger=LedgerData.model_validate(ledger(model).to_json()),
        verify=VerifyData.model_validate(VERIFY),
        preprocessing={"shift_hz": 0.0, "delay_samples": 5.0212},
        digest="0123abcd",
        tools={"pimdeploy": "0.1.0"},
        timings={"training": 31.5},
    )
