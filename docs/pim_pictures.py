"""The pictures of docs/pim_report.md, each a function from the simulated figures to one stand-alone SVG file."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pimdeploy.report.card import Placed, card
from pimdeploy.report.svg import Axis, Chart, linear_axis, number
from pimdeploy.signals.bands.picture_text import STYLE
from pimdeploy.signals.receiver.sensitivity import degradation_db
from pimdeploy.signals.sources import (
    PRESETS,
    WATTS,
    Carriers,
    Law,
    PowerSeries,
    law_preset,
    over_theory_db,
    product_level,
)
from pimdeploy.signals.sources.conversion import conversion_factor_db, modulation_gain_db, product_density

Measured = dict[str, Any]
MARGINS = (52, 14, 44, 62)
"""Room above a panel for the key and its heading, right, below, left, px."""
PRODUCT = "2f1 \N{MINUS SIGN} f2"
POWERS_DBM = [float(p) for p in np.arange(20.0, 50.1, 0.5)]
FIXED_DBM = 43.0
SERIES_UP_TO_DBM = 46.0
"""The power series of standard-levels is drawn up to here: beyond, its highest order takes over."""
CW_DBM, PLANNED_DB, FLOOR_DBM = -107.0, 2.1, -103.0
"""Clause 7: the antenna with CW, what modulation adds, the noise floor."""
REPORT_DB = {"theory": 1.8, "measured": 1.7, "planning": 2.1}
MEASURED_WITHIN_DB = 0.5
LINES = """.chart .line.im3 { stroke: var(--o3); } .chart .line.im5 { stroke: var(--o5); }
.chart .line.im7 { stroke: var(--o7); }
.chart .mark.im3 { fill: var(--o3); } .chart .mark.im5 { fill: var(--o5); } .chart .mark.im7 { fill: var(--o7); }
.chart .mark.open { fill: var(--paper); stroke: var(--fixed); stroke-width: 1.6; }
.chart .mark.report { fill: var(--ink); stroke: var(--paper); }
.chart .mark.simulated { fill: var(--received); stroke: var(--paper); }
.chart .range { fill: var(--noise); fill-opacity: 0.2; stroke: none; }
.chart .line.dashed { stroke-dasharray: 5 3; } .chart .line.thin { stroke-width: 1.1; }
.chart .line.ink { stroke: var(--ink); }
.chart .bar.pim { fill: var(--o3); } .chart .bar.floor { fill: var(--noise); } .chart .bar.sum { fill: var(--fixed); }
"""


def _card(title: str, subtitle: str, charts: Sequence[Placed]) -> bytes:
    return card(title, subtitle, charts, STYLE + LINES)


def panel(heading: str, size: tuple[int, int], x: Axis, y: Axis, margins: tuple[int, int, int, int] = MARGINS) -> Chart:
    """Return an empty chart with its heading above the axes."""
    chart = Chart(heading, size, x, y, margins)
    chart.label(margins[3], margins[0] - 10, heading, "strong")
    return chart


def pictures(measured: Measured) -> dict[str, bytes]:
    """Return every picture by its file name."""
    return {
        "pim_drive.svg": drive(),
        "pim_orders.svg": orders(),
        "pim_spectrum.svg": spectrum(measured["products"]),
        "pim_conversion.svg": conversion(measured),
        "pim_compression.svg": compression(measured["drive"]),
        "pim_sensitivity.svg": sensitivity(measured["clause_7"]),
    }


def moved(which: str, power_dbm: float) -> Carriers:
    """Return two carriers of which those moved have `power_dbm`, the other 43 dBm."""
    first = power_dbm if which in ("both", "P1") else FIXED_DBM
    return Carriers.dbm(first, power_dbm if which in ("both", "P2") else FIXED_DBM)


def level_dbm(law: Law, tones: Carriers, order: int = 3) -> float:
    """Return the level of a product, dBm."""
    return WATTS.dbm(product_level(law, tones, order))


def drive() -> bytes:
    """Clause 6.2.2, figures 6.2.2-1 to 6.2.2-3: IM3 against theory as both carriers move, or one of them."""
    law, placed = law_preset("standard-slope"), []
    for k, (which, per_db) in enumerate((("both", 3), ("P1", 2), ("P2", 1))):
        name = "P1 = P2" if which == "both" else f"{which}, the other at {FIXED_DBM:g} dBm"
        levels, gaps = _drive_levels(law, which, f"{name}: {per_db} dB per dB", k), _drive_gaps(which, k)
        placed += [(levels, 16 + 324 * k, 0), (gaps, 16 + 324 * k, 250)]
    levels = placed[0][0]
    levels.key("standard-slope", "line fixed")
    levels.key("third-order theory through its small signals", "line float-level")
    placed[1][0].key("standard-slope", "line fixed")
    placed[1][0].key("standard-levels", "line im5")
    return _card(
        "1 dB of both carriers moves IM3 by 3 dB, of f1 by 2, of f2 by 1, until the source saturates",
        f"Above, the level of {PRODUCT} at the source that has a slope of 2.5 at 2 \N{MULTIPLICATION SIGN} 43 dBm; below, "
        "how far both standard sources fall behind theory",
        placed,
    )


def _drive_levels(law: Law, which: str, heading: str, k: int) -> Chart:
    x = linear_axis("", 20, 50, 6, snap=False)
    y = linear_axis(f"Level of {PRODUCT}, dBm" if k == 0 else "", -160, -60, 5)
    chart = panel(heading, (324, 250), x, y, (52, 10, 26, 62))
    levels = [level_dbm(law, moved(which, p)) for p in POWERS_DBM]
    theory = [a - over_theory_db(law, moved(which, p)) for a, p in zip(levels, POWERS_DBM, strict=True)]
    chart.line(POWERS_DBM, theory, "line float-level")
    chart.line(POWERS_DBM, levels, "line fixed")
    if which == "both":
        chart.dot(43, -80, "mark report", "papers/002, clause 6.2.2: -80 dBm at 2 x 43 dBm")
        chart.text(43, -80, "\N{MINUS SIGN}80 dBm", "strong end", (-4, -9))
    return chart


def _drive_gaps(which: str, k: int) -> Chart:
    x = linear_axis("Power of the carriers moved, dBm", 20, 50, 6, snap=False)
    y = linear_axis("Over theory, dB" if k == 0 else "", -5, 0, 5)
    chart = panel("", (324, 216), x, y, (34, 10, 46, 62))
    if which == "both":
        chart.vertical(30, "line thin dashed received")
        chart.text(30, -5, "a total of 33 dBm", "note", (6, -8))
    for preset, css in (("standard-levels", "line im5"), ("standard-slope", "line fixed")):
        valid = [p for p in POWERS_DBM if preset == "standard-slope" or p <= SERIES_UP_TO_DBM]
        chart.line(valid, [over_theory_db(law_preset(preset), moved(which, p)) for p in valid], css)
    return chart


def orders() -> bytes:
    """Clauses 6.1.1, 6.1.2, 6.2.2: what higher terms add to IM3, and the levels of IM3, IM5 and IM7."""
    return _card(
        "The fifth order has its share of IM3, against the third where the source saturates",
        "Equation (6) with the fifth-order part that our copy lost, and the levels of clause 6.2.2: IM5 37 dB and IM7 64 dB "
        "below IM3 at 2 \N{MULTIPLICATION SIGN} 43 dBm",
        [(_shares(), 16, 0), (_levels(), 504, 0)],
    )


def _shares() -> Chart:
    law = law_preset("standard-levels")
    assert isinstance(law, PowerSeries)
    x = linear_axis("Power of each carrier, dBm", 30, 46, 8, snap=False)
    y = linear_axis("dBm", -150, -60, 9)
    chart = panel(f"{PRODUCT} of standard-levels, by term: n dB per dB", (480, 400), x, y)
    powers = [p for p in POWERS_DBM if 30 <= p <= 46]
    for (n, a), css in zip(law.terms, ("im3", "im5", "im7"), strict=True):
        alone = [level_dbm(PowerSeries.of({n: a}), moved("both", p)) for p in powers]
        chart.line(powers, alone, f"line {css}")
        chart.key(f"a{n} alone", f"line {css}")
    chart.line(powers, [level_dbm(law, moved("both", p)) for p in powers], "line ink thin dashed")
    chart.key("together", "line ink thin dashed")
    return chart


def _levels() -> Chart:
    x = linear_axis("Power of each carrier, dBm", 30, 46, 8, snap=False)
    heading = "standard-levels, and standard-slope (dashed)"
    chart = panel(heading, (480, 400), x, linear_axis("dBm", -200, -60, 7))
    powers = [p for p in POWERS_DBM if 30 <= p <= 46]
    for order in (3, 5, 7):
        for preset, css in (("standard-levels", ""), ("standard-slope", " dashed thin")):
            law = law_preset(preset)
            chart.line(powers, [level_dbm(law, moved("both", p), order) for p in powers], f"line im{order}{css}")
        chart.key(f"IM{order}", f"line im{order}")
    for dbm in (-80, -117, -144):
        chart.dot(43, dbm, "mark report", f"papers/002, clause 6.2.2: {dbm} dBm at 2 x 43 dBm")
    chart.key("the report", "mark report", "dot")
    return chart


def spectrum(products: Measured) -> bytes:
    """Clause 6.1.3: the product is three carriers wide, and only the modulation of f1 adds to its power."""
    names = (("lte-5", "LTE 5 MHz, 4.515 MHz of subcarriers", 0.0, 4.515), ("wcdma", "WCDMA, 3.84 Mchip/s", 0.22, 3.84))
    placed: list[Placed] = []
    for k, (name, heading, roll_off, width) in enumerate(names):
        placed.append((_spectrum(products[name], heading, roll_off, width), 16 + 488 * k, 0))
    key = placed[0][0]
    for text, css in _CASES.values():
        key.key(text, css)
    key.key("closed form", "line float")
    return _card(
        f"Modulating f1 adds 3 dB to {PRODUCT}, modulating f2 adds nothing but width",
        "Simulated: carriers of 43 dBm through a third-order source; density in an occupied width over the level of the "
        "product of CW carriers",
        placed,
    )


_CASES = {
    "both": ("both modulated", "line fixed"),
    "first": ("f1 modulated, f2 CW", "line im5"),
    "second": ("f1 CW, f2 modulated", "line rest"),
}


def _spectrum(cases: Measured, heading: str, roll_off: float, width_mhz: float) -> Chart:
    x = linear_axis(f"Offset from {PRODUCT}, MHz", -7.5, 7.5, 8, snap=False)
    chart = panel(heading, (480, 380), x, linear_axis("dB", -60, 10, 7))
    chart.shade(-width_mhz * (1 + roll_off) / 2, width_mhz * (1 + roll_off) / 2, "band")
    chart.text(0, 10, "one carrier", "note middle", (0, 16))
    offset = np.linspace(-7.5, 7.5, 1201)
    exact = 2 * product_density(offset / width_mhz, 3, roll_off)
    shown = exact > 1e-7
    chart.line(offset[shown].tolist(), (10 * np.log10(exact[shown])).tolist(), "line float")
    for case, (_, css) in _CASES.items():
        found = cases[case]["spectrum"]
        chart.line(found["offset_mhz"], [max(db, -90.0) for db in found["density_db"]], css)
    chart.text(7.5, 10, "in all, dB", "note end", (-6, 16))
    for k, (case, name) in enumerate((("both", "both"), ("first", "f1"), ("second", "f2"))):
        text = f"{name}: {round(cases[case]['whole_db'], 2) + 0.0:.2f}"
        chart.text(7.5, 10, text, "strong end", (-6, 34 + 17 * k))
    return chart


def conversion(measured: Measured) -> bytes:
    """Clauses 6.1.3, 6.2.3, 6.2.5: the conversion factor by the channel's width, with the report's figures."""
    whole = _curve("All widths", (520, 440), (0.4, 3.1), (-2.5, 3.5), measured)
    close = _curve("A channel about as wide as the carrier", (450, 440), (0.95, 1.45), (1.0, 2.4), measured)
    for channel, db, text, shift, css in _POINTS:
        close.dot(channel, db, "mark report", f"{text}: {db} dB", 5)
        close.text(channel, db, text, css, shift)
    whole.key("flat", "line fixed")
    whole.key("RRC 0.22", "line im5")
    whole.key("LTE, simulated", "mark open", "dot")
    whole.key("WCDMA, simulated", "mark simulated", "square")
    close.key("measured: 1.7 \N{PLUS-MINUS SIGN} 0.5 dB", "range", "area")
    close.key("the report's figures", "line float-level")
    return _card(
        "In one carrier's channel modulation adds 1.25 to 2 dB, by how wide the channel is",
        f"Power of {PRODUCT} in the channel over the product of CW carriers of the same power (the report's conversion "
        "factor), third order",
        [(whole, 16, 0), (close, 540, 0)],
    )


_POINTS = (
    (1.0, 1.25, "1.25: flat, as wide", (10, 6), "strong"),
    (1.2, 1.80, "1.8: flat, at 1.20", (-8, -8), "strong end"),
    (1.22, 1.81, "1.81: RRC, 4.685 MHz", (10, 15), "strong"),
    (5 / 3.84, 1.99, "1.99: RRC, 5 MHz", (-8, -8), "strong end"),
)
_LEVELS = ((3.0103, "3, the upper limit"), (2.1, "2.1, for planning"), (1.8, "1.8, theory"))


def _curve(
    heading: str, size: tuple[int, int], span: tuple[float, float], levels: tuple[float, float], measured: Measured
) -> Chart:
    x = linear_axis("Channel over occupied width", *span, 7, snap=False)
    chart = panel(heading, size, x, linear_axis("Conversion factor, dB", *levels, 8, snap=False))
    low, high = (REPORT_DB["measured"] + side * MEASURED_WITHIN_DB for side in (-1, 1))
    chart.area(*span, low, high, "range")
    for level, name in _LEVELS:
        if levels[0] < level < levels[1]:
            chart.horizontal(level, "line thin float-level")
            if level != REPORT_DB["theory"] or span[1] > 2:
                chart.text(span[0], level, name, "note", (6, -4))
    widths = [float(w) for w in np.linspace(*span, 151)]
    for roll_off, css in ((0.0, "line fixed"), (0.22, "line im5")):
        chart.line(widths, [conversion_factor_db(w, 3, roll_off) for w in widths], css)
    for skipped, (name, draw) in enumerate(_marks(chart).items()):
        points = list(zip(measured["channels"], measured["products"][name]["both"]["channel_db"], strict=True))
        for w, db in points[skipped::2]:
            if span[0] <= w <= span[1] and levels[0] <= db <= levels[1]:
                draw(w, db)
    return chart


def _marks(chart: Chart) -> dict[str, Callable[[float, float], None]]:
    return {
        "lte-5": lambda x, y: chart.dot(x, y, "mark open", f"LTE 5 MHz at {x:g}: {y:.2f} dB", 3.6),
        "wcdma": lambda x, y: chart.square(x, y, "mark simulated", f"WCDMA at {x:g}: {y:.2f} dB", 7),
    }


def compression(found: Measured) -> bytes:
    """Clauses 6.1.3, 6.2.2, 6.2.5: a source that saturates has a smaller conversion factor."""
    by_power, by_slope = _by_power(found), _by_slope(found)
    return _card(
        "Where the slope falls, so does the conversion factor: 2.5 dB per dB and 1.7 dB are not one source",
        "WCDMA through both standard sources; lines: the mean over Gaussian envelopes, marks: simulated; the channel has "
        "4.685 MHz",
        [(by_power, 16, 0), (by_slope, 540, 0)],
    )


_PRESET_CSS = {"standard-levels": "im5", "standard-slope": "fixed"}


def _by_power(found: Measured) -> Chart:
    x = linear_axis("Power of each carrier, dBm", 26, 44, 9, snap=False)
    chart = panel("By power", (510, 400), x, linear_axis("Conversion factor, dB", -0.5, 3.5, 8))
    _measured_range(chart, 26, 44)
    powers = [float(p) for p in np.arange(26.0, 43.6, 0.5)]
    for preset in PRESETS:
        law, css = law_preset(preset), _PRESET_CSS[preset]
        chart.line(powers, [modulation_gain_db(law, moved("both", p)) for p in powers], f"line {css}")
        chart.line(
            [at["power_dbm"] for at in found[preset]], [at["channel_db"] for at in found[preset]], f"line thin {css}"
        )
        for at in found[preset]:
            _mark(chart, preset, at["power_dbm"], at["whole_db"], "whole product")
            _mark(chart, preset, at["power_dbm"], at["channel_db"], "in the channel")
    chart.text(26, 3.0, "whole product", "note", (6, -6))
    chart.text(26, 1.35, "in the channel", "note", (6, 0))
    for preset in PRESETS:
        chart.key(preset, f"line {_PRESET_CSS[preset]}")
    chart.key("measured, clause 6.2.3", "range", "area")
    return chart


def _by_slope(found: Measured) -> Chart:
    x = linear_axis("Slope of IM3, dB per dB", 2.4, 3.0, 6)
    chart = panel("By slope, in the channel", (450, 400), x, linear_axis("Conversion factor, dB", -0.5, 3.5, 8))
    _measured_range(chart, 2.4, 3.0)
    for preset in PRESETS:
        points = [(at["slope_db"], at["channel_db"]) for at in found[preset]]
        chart.line([at for at, _ in points], [db for _, db in points], f"line {_PRESET_CSS[preset]}")
        for at_slope, db in points:
            _mark(chart, preset, at_slope, db, "in the channel")
    at_43 = found["standard-slope"][-1]
    chart.text(at_43["slope_db"], at_43["channel_db"], f"{number(at_43['channel_db'], 2)} dB at 2.5", "strong", (12, 5))
    return chart


def _measured_range(chart: Chart, low: float, high: float) -> None:
    middle = REPORT_DB["measured"]
    chart.area(low, high, middle - MEASURED_WITHIN_DB, middle + MEASURED_WITHIN_DB, "range")
    chart.horizontal(middle, "line thin float-level")


def _mark(chart: Chart, preset: str, x: float, y: float, what: str) -> None:
    tip = f"{preset}, {what}: {y:.2f} dB"
    if preset == "standard-slope":
        chart.square(x, y, "mark fixed", tip, 7)
    else:
        chart.dot(x, y, "mark im5", tip, 4)


def sensitivity(heard: Measured) -> bytes:
    """Clause 7: levels of the example, and what it loses by the carriers' power."""
    return _card(
        "Clause 7: \N{MINUS SIGN}104.9 dBm of PIM over a floor of \N{MINUS SIGN}103 dBm cost 2.16 dB of sensitivity",
        f"An antenna of \N{MINUS SIGN}150 dBc at 2 \N{MULTIPLICATION SIGN} 43 dBm; WCDMA simulated through a receiver of "
        f"{heard['width_mhz']:.3f} MHz loses {heard['loss_db']:.2f} dB",
        [(_stack(), 16, 0), (_loss(), 504, 0)],
    )


def _stack() -> Chart:
    modulated = CW_DBM + PLANNED_DB
    total = FLOOR_DBM + degradation_db(modulated, FLOOR_DBM)
    names = ("CW", "+ 2.1 dB", "floor", "floor + PIM")
    x = Axis("", -0.6, 3.6, (0.0, 1.0, 2.0, 3.0), names, grid=False)
    chart = panel("Levels of the example, dBm", (480, 380), x, linear_axis("", -110, -100, 5))
    for k, (dbm, css) in enumerate(((CW_DBM, "pim"), (modulated, "pim"), (FLOOR_DBM, "floor"), (total, "sum"))):
        chart.area(k - 0.3, k + 0.3, -110, dbm, f"bar {css}", f"{names[k]}: {dbm:.2f} dBm")
        chart.text(k, dbm, number(dbm, 2), "strong middle", (0, -7))
    chart.line((2.3, 3.3), (FLOOR_DBM, FLOOR_DBM), "line thin ink dashed")
    chart.text(3.3, (FLOOR_DBM + total) / 2, f"{total - FLOOR_DBM:.2f} dB", "strong", (5, 4))
    return chart


def _loss() -> Chart:
    x = linear_axis("Power of each carrier, dBm", 33, 49, 8, snap=False)
    chart = panel("Sensitivity lost, by power, 3 dB per dB", (480, 380), x, linear_axis("dB", 0, 20, 5))
    powers = [float(p) for p in np.arange(33.0, 49.05, 0.25)]
    for dbc, css in ((-140, "im3"), (-150, "im5"), (-160, "im7")):
        lost = [degradation_db(43.0 + dbc + PLANNED_DB + 3 * (p - 43.0), FLOOR_DBM) for p in powers]
        chart.line(powers, lost, f"line {css}")
        chart.key(f"\N{MINUS SIGN}{-dbc} dBc", f"line {css}")
    lost_db = degradation_db(CW_DBM + PLANNED_DB, FLOOR_DBM)
    chart.dot(43, lost_db, "mark report", f"papers/002, clause 7: {lost_db:.2f} dB")
    chart.text(43, lost_db, f"{lost_db:.2f} dB", "strong end", (-9, -7))
    return chart
