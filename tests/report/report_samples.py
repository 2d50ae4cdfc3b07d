"""Report data of a small model: every part present, seconds and digests made up."""

import numpy as np
from demo_models import demo_model

from pimdeploy.cost.ledger import ledger
from pimdeploy.recipe import parse_recipe
from pimdeploy.report import collect
from pimdeploy.report.data import LedgerData, Parameters, ReportData, SplitMetrics, Sweep, TrainingStep, VerifyData

FS_HZ = 491.52e6
TONE_HZ = FS_HZ / 32
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


def complex_noise(rng, power, n_samples):
    return np.sqrt(power / 2) * (rng.normal(size=(1, n_samples)) + 1j * rng.normal(size=(1, n_samples)))


def make_data(dataset, estimate):
    model = demo_model()
    metrics = SplitMetrics(
        pim_db=19.2, bound_db=19.25, float_db=18.9, fixed_db=18.89, float_per_channel_db=(18.9,), out_of_band_db=-11.0
    )
    estimates = {"float": estimate, "fixed": estimate}
    return ReportData(
        name="demo",
        source="siso, seed 1",
        recipe=collect.recipe_summary(parse_recipe(RECIPE, "recipe"), FS_HZ, 7),
        parameters=Parameters(real=80, paper=56),
        splits={"train": metrics, "val": metrics, "test": metrics},
        spectra=collect.spectra(dataset, estimates, 7),
        full_span=collect.spectra(dataset, estimates, 7, margin=None),
        nonlinearity=collect.nonlinearity(model),
        history=tuple(
            TrainingStep(step=k, start=s, loss=0.5**k, train_db=3.0 * k + s, val_db=2.9 * k + s)
            for s in (0, 1)
            for k in (1, 2, 3)
        ),
        sweep=Sweep.model_validate(
            {
                "float_db": 18.9,
                "points": [
                    {"word_length": "W16A16", "calibrated_db": 18.89, "finetuned_db": 18.9},
                    {"word_length": "W6A12", "calibrated_db": 14.9, "finetuned_db": 16.9},
                    {"word_length": "W8A8", "calibrated_db": 15.0},
                ],
            }
        ),
        headroom=collect.headroom(model.graph, peaks_q={"u": 16384, "a": 32768}),
        ledger=LedgerData.model_validate(ledger(model).to_json()),
        verify=VerifyData.model_validate(VERIFY),
        preprocessing={"shift_hz": 0.0, "delay_samples": 5.0212},
        digest="0123abcd",
        tools={"pimdeploy": "0.1.0"},
        timings={"training": 31.5},
    )
