"""Makes the report of a run: gathers its figures, writes report.json and report.html beside the bundle's files."""

from pathlib import Path

import numpy as np

from firmware_ref.reference import Reference
from pimdeploy.bundle import Bundle
from pimdeploy.datapath.cnn_plan import TableLayer, cnn_layers
from pimdeploy.emit.bundle import Parts, tool_versions
from pimdeploy.emit.golden import quantize_stimulus
from pimdeploy.files import write_file
from pimdeploy.network_spec import CnnSpec, NetworkSpec
from pimdeploy.report import (
    collect_functions,
    collect_headroom,
    collect_recipe,
    collect_scores,
    collect_spectra,
    collect_test,
)
from pimdeploy.report.collect_test import Estimates
from pimdeploy.report.data import ReportData, load
from pimdeploy.report.foreign import LedgerData, VerifyData
from pimdeploy.report.html import render
from pimdeploy.report.parts import Parameters, Sweep, WordLength
from pimdeploy.result import Run
from pimdeploy.signals.dataset import ComplexArray, Dataset

DATA = "report.json"
PAGE = "report.html"
SPLIT = "test"
"""The split that spectra, slots, starts and lengths are of, and the use of each format."""
TRACED_SAMPLES = 8192
"""Samples whose every node is kept at once: a wide network has thousands of channels in all."""


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
    trained, quantized, recipe, graph = made.trained, made.quantized, parts.recipe, parts.model.graph
    latency, warmup = trained.latency_samples, graph.memory
    test = collect_test.cut(dataset, SPLIT, latency)
    first = dataset.splits[SPLIT][0]
    fixed, peaks = fixed_estimate(made.bundle, dataset.x[:, : first + test.n_samples], parts, first)
    estimates: Estimates = {"float": float_estimate[:, first : first + test.n_samples], "fixed": fixed}
    splits = collect_scores.split_metrics(
        dataset,
        trained.scores,
        quantized.scores,
        {split: collect_scores.measure(dataset, float_estimate, split, latency, warmup) for split in dataset.splits},
        {SPLIT: collect_scores.measure(test, fixed, SPLIT, latency, warmup)},
    )
    shown = collect_test.middle_channel(quantized.scores[SPLIT].per_channel_db)
    return ReportData(
        name=made.bundle.name,
        source=dataset.source,
        recipe=collect_recipe.recipe_summary(recipe, dataset.fs_hz, latency, n_tx=len(dataset.x), n_rx=len(dataset.d)),
        parameters=Parameters(real=trained.parameters["real"], paper=trained.parameters.get("paper")),
        splits=splits,
        spectra=collect_spectra.spectra(test, estimates, latency, warmup=warmup),
        full_span=collect_spectra.spectra(test, estimates, latency, margin=None, warmup=warmup),
        overlay=collect_test.overlay(test, estimates, SPLIT, shown, latency),
        heatmap=collect_test.heatmap(test, estimates, SPLIT, latency, warmup),
        lengths=collect_test.lengths(test, estimates, SPLIT, splits[SPLIT], latency, warmup),
        slots=collect_test.slots(test, estimates, SPLIT, latency, warmup),
        nonlinearity=collect_functions.functions(parts.model, _fixed_functions(recipe.network)),
        history=collect_recipe.training_history(trained.history),
        sweep=_sweep(made),
        headroom=collect_headroom.headroom(graph, peaks_q=peaks),
        ledger=LedgerData.model_validate(made.ledger.to_json()),
        verify=VerifyData.model_validate(made.proof.to_json()),
        preprocessing=dict(parts.model.preprocessing),
        digest=made.bundle.digest,
        tools=tool_versions(),
        timings=dict(made.seconds),
    )


def fixed_estimate(bundle: Bundle, x: ComplexArray, parts: Parts, first: int) -> tuple[ComplexArray, dict[str, int]]:
    """Return what the shipped integers give for x[:, first:], and the largest |integer| of every node there.

    By the NumPy reference, in units of full scale: [n_rx, n_samples - first] complex. The datapath's memory is finite: a
    block that begins so many samples earlier gives what the stream from the first sample on would.
    """
    graph, lsb = parts.model.graph, 2.0 ** -parts.formats.activations["z"].frac
    reference, memory = Reference.load(bundle.path), graph.memory
    blocks, most = [], dict.fromkeys((node.name for node in graph.nodes), 0)
    for start in range(first, x.shape[1], TRACED_SAMPLES):
        before = min(start, memory)
        piece = x[:, start - before : start + TRACED_SAMPLES]
        trace = reference.trace(quantize_stimulus(piece, graph.input.format))
        seen = {name: values[:, before:] for name, values in trace.items()}
        for name, peak in collect_headroom.peaks(seen).items():
            most[name] = max(most[name], peak)
        z = seen["z"] * lsb
        blocks.append(z[0::2] + 1j * z[1::2])
    return np.concatenate(blocks, axis=1), most


def _sweep(made: Run) -> Sweep | None:
    points = tuple(
        WordLength(word_length=p.word_length, calibrated_db=p.calibrated_db, finetuned_db=p.finetuned_db)
        for p in made.quantized.sweep
    )
    return Sweep(float_db=made.trained.scores[SPLIT].cancellation_db, points=points) if points else None


def _fixed_functions(spec: NetworkSpec) -> set[str]:
    """Return the nodes whose functions are not trained: the sigmoids of a CNN."""
    if not isinstance(spec, CnnSpec):
        return set()
    layers = cnn_layers(spec, 1, 1)  # names do not depend on the antennas
    return {layer.name for layer in layers if isinstance(layer, TableLayer) and not layer.trained}
