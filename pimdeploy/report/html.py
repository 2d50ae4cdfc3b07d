"""The report: one self-contained HTML file without scripts, the same bytes for equal data."""

import importlib.resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pimdeploy.report import plots, view
from pimdeploy.report.data import Nonlinearity, ReportData, Spectra, Sweep
from pimdeploy.report.svg import Chart, number

STYLE_SHEETS = ("colours.css", "report.css", "chart.css")


def render(data: ReportData) -> str:
    """Return the report as HTML: inline SVG and CSS, nothing loaded from elsewhere, light, dark and print."""
    environment = Environment(
        loader=PackageLoader("pimdeploy.report"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters |= {"db": view.db, "count": view.count, "signed": view.signed}
    return environment.get_template("report.html.j2").render(
        d=data, style=Markup(style_sheet(*STYLE_SHEETS)), **_words(data), **_figures(data)
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
        "sweep_rows": [] if data.sweep is None else view.sweep_rows(data.sweep),
        "headroom_rows": view.headroom_rows(data.headroom),
        "traced": any(node.used is not None for node in data.headroom),
        "ledger_rows": [] if ledger is None else view.ledger_rows(ledger),
        "reconciliation": []
        if ledger is None or ledger.reconciliation is None
        else list(ledger.reconciliation.items()),
        "proof_lead": "" if verify is None else view.proof_lead(verify),
        "proof_rows": [] if verify is None else view.proof_rows(verify),
        "recipe_rows": view.recipe_rows(data),
        "preprocessing": view.preprocessing_rows(data.preprocessing),
    }


def _figures(data: ReportData) -> dict[str, Any]:
    sweep = data.sweep if data.sweep is not None and data.sweep.points else None
    bounded = any(m.bound_db is not None for m in data.splits.values())
    return {
        "spectra": _spectra(data),
        "spectra_lead": _spectra_lead(data.spectra or data.full_span),
        "bars": _chart(plots.cancellation_bars(data.splits)) if data.splits else None,
        "bars_caption": _bars_caption(bounded=bounded),
        "nonlinearity": [(_chart(plots.nonlinearity(f)), _nonlinearity_caption(f)) for f in data.nonlinearity],
        "sweep": None if sweep is None else _chart(plots.word_lengths(sweep)),
        "sweep_caption": "" if sweep is None else _sweep_caption(sweep),
        "headroom": _chart(plots.headroom(data.headroom, data.recipe.acc_bits)) if data.headroom else None,
        "headroom_caption": (
            "Bits that the accumulator of each node needs, sign, rounding constant and every partial sum included; the "
            f"lines are C's integer types and the {data.recipe.acc_bits} bits that the recipe allows."
        ),
        "training": _chart(plots.training(data.history)) if data.history else None,
        "training_caption": (
            f"Cancellation over {view.plural(len(data.history), 'step')} of training; the start that does best on the "
            "validation split goes on."
        ),
    }


def _chart(chart: Chart) -> Markup:
    return Markup(chart.svg())  # Chart escapes every string that it takes


def _spectra(data: ReportData) -> list[tuple[Markup, str]]:
    figures = []
    for spectra, what in ((data.spectra, "Around the receive band"), (data.full_span, "Over the whole sample rate")):
        if spectra is not None:
            size = plots.WIDE if spectra is data.spectra else plots.LOW
            for c in range(len(spectra.channels)):
                receiver = f", receiver {c}" if len(spectra.channels) > 1 else ""
                figures.append(
                    (_chart(plots.spectrum(spectra, c, size)), _spectrum_caption(spectra, what + receiver, c))
                )
    return figures


def _spectrum_caption(spectra: Spectra, what: str, channel: int) -> str:
    noise = spectra.channels[channel].noise_db is not None
    known = "" if noise else " No noise reference was recorded, so the noise floor is not drawn."
    return (
        f"{what}, {spectra.split} split: the received signal and what is left of it after subtracting the estimate. "
        f"Welch's method, resolution bandwidth {plots.bandwidth(spectra.rbw_hz)}; a full-scale complex tone "
        f"reads 0 dBFS.{known}"
    )


def _spectra_lead(spectra: Spectra | None) -> str:
    if spectra is None:
        return ""
    first = spectra.channels[0]
    both = first.float_db is not None and first.fixed_db is not None
    extra = " The fixed-point curve lies on the float one where word lengths cost nothing." if both else ""
    return f"Before the receive filter, which keeps the shaded band only.{extra}"


def _bars_caption(*, bounded: bool) -> str:
    if bounded:
        return "No model can cancel more than the bound, which leaves exactly the noise; every split has its own."
    return "No noise reference was recorded, so the best possible cancellation is not known and no bound is drawn."


def _nonlinearity_caption(function: Nonlinearity) -> str:
    if function.critical_point is None:
        return "The trained function is zero everywhere, so it has no critical point."
    return (
        f"At its critical point, |a| = {number(function.critical_point, 4)}, |f| first exceeds 1 % of its maximum. "
        f"f is odd and linear between {len(function.knots)} fixed knots a side."
    )


def _sweep_caption(sweep: Sweep) -> str:
    tuned = any(point.finetuned_db is not None for point in sweep.points)
    done = "after calibration alone and after fine-tuning" if tuned else "after calibration alone (none was fine-tuned)"
    return (
        f"Fixed-point cancellation on the {sweep.split} split {done}; WxAy is x bits for weights and y for activations."
    )
