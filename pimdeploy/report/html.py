"""The report: one self-contained HTML file without scripts, the same bytes for equal data."""

import importlib.resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pimdeploy.report import captions, plots, plots_channels, plots_functions, plots_test, tables, view
from pimdeploy.report.collect_spectra import MANY_CHANNELS
from pimdeploy.report.data import ReportData
from pimdeploy.report.drawings import Function, Spectra
from pimdeploy.report.svg import Chart

STYLE_SHEETS = ("colours.css", "report.css", "chart.css")
Figure = tuple[Markup, str]
"""A chart and its caption."""


def render(data: ReportData) -> str:
    """Return the report as HTML: inline SVG and CSS, nothing loaded from elsewhere, light, dark and print."""
    environment = Environment(
        loader=PackageLoader("pimdeploy.report"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    environment.filters |= {"db": view.db, "count": view.count, "signed": view.signed}
    return environment.get_template("report.html.j2").render(
        d=data, style=Markup(style_sheet(*STYLE_SHEETS)), **_words(data), **_rows(data), **_figures(data)
    )


def style_sheet(*names: str) -> str:
    """Return the style sheets of the report, joined."""
    folder = importlib.resources.files("pimdeploy.report") / "templates"
    return "".join((folder / name).read_text(encoding="utf-8") for name in names)


def _words(data: ReportData) -> dict[str, Any]:
    split = view.headline_split(data)
    ledger, verify = data.ledger, data.verify
    return {
        "facts": view.facts(data),
        "verdict": view.verdict(verify),
        "tiles": view.tiles(data),
        "out_of_band": None if split is None else data.splits[split].out_of_band_db,
        "gap": tables.gap(data.splits),
        "channel_kind": captions.WHOSE["float" if split is None or data.splits[split].fixed_db is None else "fixed"],
        "gap_lead": captions.gap(tables.gap(data.splits)),
        "traced": any(node.used is not None for node in data.headroom),
        "reconciliation": []
        if ledger is None or ledger.reconciliation is None
        else list(ledger.reconciliation.items()),
        "proof_lead": "" if verify is None else view.proof_lead(verify),
    }


def _rows(data: ReportData) -> dict[str, Any]:
    ledger, channels = data.ledger, _test_channels(data)
    return {
        "sweep_rows": [] if data.sweep is None else tables.sweep_rows(data.sweep),
        "figure_rows": tables.figure_rows(data.splits),
        "channel_rows": tables.channel_rows(channels),
        "length_rows": tables.length_rows(data.lengths),
        "slot_rows": tables.slot_rows(data.slots),
        "headroom_rows": tables.headroom_rows(data.headroom),
        "ledger_rows": [] if ledger is None else tables.ledger_rows(ledger),
        "paper_rows": [] if ledger is None or ledger.paper is None else tables.paper_rows(ledger.paper),
        "proof_rows": [] if data.verify is None else view.proof_rows(data.verify),
        "recipe_rows": view.recipe_rows(data),
        "preprocessing": view.preprocessing_rows(data.preprocessing),
    }


def _figures(data: ReportData) -> dict[str, Any]:
    sweep = data.sweep if data.sweep is not None and data.sweep.points else None
    channels = _test_channels(data)
    return {
        "spectra": _spectra(data),
        "spectra_lead": captions.spectra_lead(data.spectra or data.full_span),
        "overlay": _overlay(data),
        "bars": _figure(plots.cancellation_bars(data.splits), captions.bars(data.splits)) if data.splits else None,
        "channel_bars": None
        if len(channels) < 2
        else _figure(plots_channels.channel_bars(channels), captions.channel_bars(channels)),
        "heatmap": None
        if data.heatmap is None
        else _figure(plots_test.heatmap(data.heatmap), captions.heatmap(data.heatmap)),
        "slots": _figure(plots_channels.slot_chart(data.slots), captions.slots(data.slots)) if data.slots else None,
        "nonlinearity": [_functions(group) for group in plots_functions.groups(data.nonlinearity)],
        "sweep": None if sweep is None else _figure(plots.word_lengths(sweep), captions.sweep(sweep)),
        "headroom": _figure(plots.headroom(data.headroom, data.recipe.acc_bits), captions.headroom(data.recipe))
        if data.headroom
        else None,
        "training": _figure(plots.training(data.history), captions.training(data.history)) if data.history else None,
    }


def _test_channels(data: ReportData) -> tuple[Any, ...]:
    split = view.headline_split(data)
    return () if split is None else data.splits[split].channels


def _chart(chart: Chart) -> Markup:
    return Markup(chart.svg())  # Chart escapes every string that it takes


def _figure(chart: Chart, caption: str) -> Figure:
    return _chart(chart), caption


def _functions(group: list[Function]) -> tuple[list[Markup], str]:
    return [_chart(chart) for chart in plots_functions.charts(group)], captions.functions(group)


def _spectra(data: ReportData) -> list[Figure]:
    figures: list[Figure] = []
    for spectra, what in ((data.spectra, "Around the receive band"), (data.full_span, "Over the whole sample rate")):
        if spectra is not None and len(spectra.channels) > MANY_CHANNELS:
            figures.append(_panels(data, spectra, what))
        elif spectra is not None:
            size = plots.WIDE if spectra is data.spectra else plots.LOW
            for c in range(len(spectra.channels)):
                receiver = f", receiver {c}" if len(spectra.channels) > 1 else ""
                caption = captions.spectrum(spectra, what + receiver, c)
                figures.append(_figure(plots.spectrum(spectra, c, size), caption))
    return figures


def _panels(data: ReportData, spectra: Spectra, what: str) -> Figure:
    """Return all channels around the band; over the whole sample rate the worst, the middle and the best one."""
    levels = [channel.best_db for channel in _test_channels(data)]
    shown, places = list(range(len(spectra.channels))), [""] * len(spectra.channels)
    if len(levels) != len(shown):
        levels = []
    elif spectra is data.full_span:
        order = sorted(shown, key=lambda c: levels[c])
        shown, places = [order[0], order[(len(order) - 1) // 2], order[-1]], [", worst", ", middle", ", best"]
    titles = [
        f"Receiver {c}{place}" + (f": {view.db(levels[c], 1)} dB" if levels else "")
        for c, place in zip(shown, places, strict=True)
    ]
    return Markup(plots_channels.panels(spectra, shown, titles)), captions.spectrum(spectra, what, 0)


def _overlay(data: ReportData) -> list[Figure]:
    if data.overlay is None:
        return []
    figures = [_figure(plots_test.excerpt(data.overlay), captions.excerpt(data.overlay, data.recipe))]
    spectra, channel = data.spectra, data.overlay.channel
    if spectra is not None and channel < len(spectra.channels):
        figures.append(_figure(plots.estimate_spectrum(spectra, channel), captions.estimate_spectrum(spectra, channel)))
    return figures
