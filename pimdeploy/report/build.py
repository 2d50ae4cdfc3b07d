"""Makes the report of a run: gathers its figures, writes report.json and report.html beside the bundle's files."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firmware_ref.reference import Reference
from pimdeploy.bundle import Bundle
from pimdeploy.emit.bundle import Parts, tool_versions
from pimdeploy.emit.golden import quantize_stimulus
from pimdeploy.files import write_file
from pimdeploy.report import collect
from pimdeploy.report.data import LedgerData, Parameters, ReportData, Sweep, VerifyData, WordLength, load
from pimdeploy.report.html import render
from pimdeploy.result import Run
from pimdeploy.signals.dataset import ComplexArray, Dataset

DATA = "report.json"
PAGE = "report.html"
TRACED_SAMPLES = 65_536
"""Samples of the test split on which the use of each format is measured."""


def report_of_run(made: Run, dataset: Dataset, parts: Parts, float_estimate: ComplexArray) -> None:
    """Write report.json and report.html into the bundle's folder.

    float_estimate: z [n_rx, n_samples] of the floating-point network for the whole of `dataset.x`.
    """
    data = gather(made, dataset, parts, float_estimate)
    write_file(made.bundle.path / DATA, data.to_json().encode())
    write_file(made.bundle.path / PAGE, render(data).encode())


def rebuild(bundle: Bundle, out: Path | None) -> Path:
    """Write the page of `bundle` again from its report.json, to `out` or into its folder; return where."""
    target = out if out is not None else bundle.path / PAGE
    write_file(target, render(load(bundle.path / DATA)).encode())
    return target


def gather(made: Run, dataset: Dataset, parts: Parts, float_estimate: ComplexArray) -> ReportData:
    """Return all figures of a run as the report takes them; see `report_of_run`."""
    trained, quantized, recipe = made.trained, made.quantized, parts.recipe
    estimates = {"float": float_estimate, "fixed": _fixed_estimate(made.bundle, dataset, parts)}
    floating = trained.scores["test"].cancellation_db
    points = tuple(
        WordLength(word_length=p.word_length, calibrated_db=p.calibrated_db, finetuned_db=p.finetuned_db)
        for p in quantized.sweep
    )
    return ReportData(
        name=made.bundle.name,
        source=dataset.source,
        recipe=collect.recipe_summary(recipe, dataset.fs_hz, trained.latency_samples),
        parameters=Parameters(real=trained.parameters["real"], paper=trained.parameters["paper"]),
        splits=collect.split_metrics(trained.scores, quantized.scores),
        spectra=collect.spectra(dataset, estimates, trained.latency_samples, warmup=parts.model.graph.memory),
        full_span=collect.spectra(
            dataset, estimates, trained.latency_samples, margin=None, warmup=parts.model.graph.memory
        ),
        nonlinearity=collect.nonlinearity(parts.model),
        history=collect.training_history(trained.history),
        sweep=Sweep(float_db=floating, points=points) if points else None,
        headroom=collect.headroom(parts.model.graph, peaks_q=_peaks(made.bundle, dataset, parts)),
        ledger=LedgerData.model_validate(made.ledger.to_json()),
        verify=VerifyData.model_validate(made.proof.to_json()),
        preprocessing=dict(parts.model.preprocessing),
        digest=made.bundle.digest,
        tools=tool_versions(),
        timings=dict(made.seconds),
    )


def _fixed_estimate(bundle: Bundle, dataset: Dataset, parts: Parts) -> ComplexArray:
    """Return z [n_rx, n_samples] of the shipped integers, by the NumPy reference, in units of full scale."""
    lsb = 2.0 ** -parts.formats.activations["z"].frac
    z = Reference.load(bundle.path).process(quantize_stimulus(dataset.x, parts.model.graph.input.format)) * lsb
    return np.asarray(z[0::2] + 1j * z[1::2], dtype=np.complex128)


def _peaks(bundle: Bundle, dataset: Dataset, parts: Parts) -> Mapping[str, int]:
    start, stop = dataset.splits["test"]
    x = dataset.x[:, start : min(stop, start + TRACED_SAMPLES)]
    trace: dict[str, NDArray[np.int64]] = Reference.load(bundle.path).trace(
        quantize_stimulus(x, parts.model.graph.input.format)
    )
    return collect.peaks(trace)
