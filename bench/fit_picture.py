"""`python -m bench.fit_picture`: draw docs/images/fit.svg from the curves that the section `fit` has measured.

The same bytes for the same curves.
"""

import json
import math
import sys
from pathlib import Path

from bench.fit import CURVES, Curve
from pimdeploy.files import write_file
from pimdeploy.report.card import card
from pimdeploy.report.svg import Axis, Chart, linear_axis, number

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "fit.svg"
SIZE = (976, 390)
TICKS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
LEAST_SECONDS = 0.1
LOWEST_DB = 14.0
CLASSES = {"Levenberg-Marquardt": "line fixed wide-fit", "Adam": "line received", "LMS": "line other"}
STYLE = """.chart .line.wide-fit { stroke-width: 2.6; }
.chart .line.received { stroke: var(--received); }
"""


def fit_picture(text: str) -> bytes:
    """Return the picture of the curves that `text`, what the section wrote, holds."""
    found = json.loads(text)
    curves = [Curve(**curve) for curve in found["curves"]]
    level = found["converged_val_db"] - found["within_db"]
    reached = curves[0].seconds_to(level)
    seconds = "not reached" if reached is None else f"{reached[1]:.1f} s of processor time"
    title = f"Within {found['within_db']} dB of the converged score: {seconds}"
    subtitle = f"Odd BFAN, {found['samples']:,} training samples; best weights on the validation split until then"
    return card(title, subtitle, [(_chart(curves, level), 12, 0)], STYLE)


def _chart(curves: list[Curve], level_db: float) -> Chart:
    last = max(curve.processor[-1] for curve in curves)
    y = linear_axis("Cancellation, dB", LOWEST_DB, level_db, 8)
    chart = Chart("Cancellation over seconds", SIZE, seconds_axis(last), y)
    chart.horizontal(level_db, "line noise")
    for curve in reversed(curves):
        points = [(s, db) for s, db in zip(curve.processor, curve.val_db, strict=True) if s >= LEAST_SECONDS]
        chart.line([math.log10(s) for s, _ in points], [db for _, db in points], CLASSES[curve.name])
    for curve in curves:
        chart.key(curve.name, CLASSES[curve.name])
    chart.key("what is to be reached", "line noise")
    return chart


def seconds_axis(last: float) -> Axis:
    """Return a logarithmic axis of seconds up to `last`; its coordinates are decimal logarithms."""
    ticks = [tick for tick in TICKS if LEAST_SECONDS <= tick <= last]
    names = tuple(number(tick) for tick in ticks)
    label = "Seconds of processor time, all threads"
    return Axis(label, math.log10(LEAST_SECONDS), math.log10(last), tuple(math.log10(tick) for tick in ticks), names)


def main() -> int:
    if not CURVES.is_file():
        sys.stderr.write(f"bench.fit_picture: no {CURVES.name}; run `python -m bench fit` first\n")
        return 2
    write_file(PICTURE, fit_picture(CURVES.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
