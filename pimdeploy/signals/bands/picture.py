"""The spectrum plan as a picture: one SVG file that needs nothing else, light and dark, the same bytes for equal plans.

Carriers and receive bands stand above; below, a row a position of products, a translucent bar an order, solid where it
falls into a receive band. Wide ranges of the spectrum with nothing in them are left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pimdeploy.errors import InputError
from pimdeploy.files import write_file
from pimdeploy.report.card import WIDTH, card
from pimdeploy.report.svg import LETTER, Axis, Chart, linear_axis
from pimdeploy.signals.bands.picture_rows import Row, Rows, picture_rows
from pimdeploy.signals.bands.picture_text import ORDER_NAMES, STYLE, order_class, subtitle, title
from pimdeploy.signals.bands.plan import Plan
from pimdeploy.signals.bands.units import MHZ, Span, span_text

ROW = 26
"""Height of a row, px."""
LANE = (-0.35, 0.5)
"""Lower and upper edge of carriers and channels, in rows above the first product's."""
LANE_TOP = 1.15
KEY, LINE, BOTTOM = 30, 16, 46
"""Heights of the key, of a line of names above the axes, and of what is below them, px."""
RIGHT, BETWEEN = 136, 26
LEAST_PANEL = 130
THINNEST = 2.0
"""Tones are drawn this wide, px."""


@dataclass(frozen=True)
class Name:
    """A name at a place of a panel, px from its left edge."""

    x: float
    text: str
    css: str

    @property
    def reach(self) -> tuple[float, float]:
        """Left and right end, px."""
        half = LETTER * len(self.text) / 2
        return self.x - half, self.x + half


def write_picture(plan: Plan, path: Path) -> None:
    """Write `plan_picture(plan)` to `path`, atomically. Raises `InputError`, also for a name that is not .svg."""
    if path.suffix.lower() != ".svg":
        raise InputError(f"--plot {path}: expected a file name that ends in .svg")
    write_file(path, plan_picture(plan))


def plan_picture(plan: Plan) -> bytes:
    """Return the spectrum plan as a stand-alone SVG file."""
    rows = picture_rows(plan)
    charts = [(chart, x, 0) for chart, x in plan_charts(plan, rows)]
    return card(title(plan), subtitle(plan, rows.left_out), charts, STYLE)


def plan_charts(plan: Plan, shown: Rows) -> list[tuple[Chart, int]]:
    """Return the panels of the plan, each with its place from the left, px."""
    rows, lane = shown.rows, "carriers" if plan.emissions[0].carrier else "downlinks"
    left = 24 + round(LETTER * max(len(lane), *(len(row.name) for row in rows)))
    windows = _windows(plan, broken=shown.hits)
    widths = _widths(windows, WIDTH - left - RIGHT - BETWEEN * (len(windows) - 1))
    names = [_in_lines(_band_names(plan, *panel)) for panel in zip(windows, widths, strict=True)]
    top = KEY + LINE * max(map(len, names)) + 2
    ticks = (0.5 * sum(LANE), *(-1.0 - k for k in range(len(rows))))
    y = Axis("", -0.6 - len(rows), LANE_TOP, ticks, (lane, *(row.name for row in rows)), grid=False)
    size_y = top + BOTTOM + round(ROW * (y.hi - y.lo))
    charts: list[tuple[Chart, int]] = []
    at = 0
    for window, width, lines in zip(windows, widths, names, strict=True):
        x = linear_axis("Frequency, MHz", window[0] / MHZ, window[1] / MHZ, max(2, width // 80), snap=False)
        margins = (top, RIGHT if window == windows[-1] else 0, BOTTOM, 0 if charts else left)
        size = (width + margins[1] + margins[3], size_y)
        chart = Chart(title(plan), size, x, y.bare() if charts else y, margins)
        _draw(chart, plan, rows, lines)
        if charts:
            chart.label(-BETWEEN / 2, size_y - BOTTOM + 4, "//", "middle")
        charts.append((chart, at))
        at += size[0] + BETWEEN
    _key(charts[0][0], plan, rows)
    _notes(charts[-1][0], shown, len(plan.receivers))
    return charts


def _windows(plan: Plan, *, broken: bool) -> list[Span]:
    """Return the ranges of the spectrum that are drawn, Hz: receive bands and downlinks, with some room around them.

    broken: what lies between ranges that are far apart is left out.
    """
    spans = sorted([r.span_hz for r in plan.receivers] + [e.band.downlink_hz for e in plan.emissions])
    joined = [spans[0]]
    for low, high in spans[1:]:
        lower, upper = joined[-1]
        if not broken or low - upper <= 1.5 * ((upper - lower) + (high - low)):
            joined[-1] = lower, max(upper, high)
        else:
            joined.append((low, high))
    room = max(MHZ, sum(high - low for low, high in joined) // 40)
    return [(max(0, low - room), high + room) for low, high in joined]


def _widths(windows: Sequence[Span], total: int) -> list[int]:
    """Return the widths of the panels, px: in proportion to their ranges, but none too narrow to be read."""
    spans = [high - low for low, high in windows]
    least = min(LEAST_PANEL, total // len(windows))
    spare = total - least * len(windows)
    return [least + round(spare * span / sum(spans)) for span in spans]


def _band_names(plan: Plan, window: Span, width: int) -> list[Name]:
    """Return the names of what is shaded within a panel, from left to right."""
    spans = {r.span_hz: (r.name, "strong middle") for r in plan.receivers}
    spans |= {e.band.downlink_hz: (f"downlink of band {e.band.number}", "middle") for e in plan.emissions}
    found = []
    for (low, high), (text, css) in sorted(spans.items()):
        if window[0] <= low and high <= window[1]:
            half = LETTER * len(text) / 2
            middle = width * ((low + high) / 2 - window[0]) / (window[1] - window[0])
            found.append(Name(min(max(middle, half), max(half, width - half)), text, css))
    return found


def _in_lines(names: Iterable[Name]) -> list[list[Name]]:
    """Return names in as many lines as are needed for none to touch another."""
    lines: list[list[Name]] = []
    for name in sorted(names, key=lambda name: name.x):
        free = next((line for line in lines if line[-1].reach[1] + 2 * LETTER <= name.reach[0]), None)
        if free is None:
            lines.append([name])
        else:
            free.append(name)
    return lines or [[]]


def _draw(chart: Chart, plan: Plan, rows: Sequence[Row], lines: Sequence[Sequence[Name]]) -> None:
    for receiver in plan.receivers:
        low, high = (edge / MHZ for edge in receiver.span_hz)
        chart.shade(low, high, "receive")
        chart.vertical(low, "edge")
        chart.vertical(high, "edge")
    for level, line in enumerate(lines):
        for name in line:
            chart.label(chart.left + name.x, chart.top - 7 - LINE * level, name.text, name.css)
    _draw_lane(chart, plan)
    for k, row in enumerate(rows):
        _draw_row(chart, plan, row, -1.0 - k)


def _draw_lane(chart: Chart, plan: Plan) -> None:
    """Draw carriers and the channels paired with them; a name that does not fit goes above its block, or is left out."""
    for band in dict.fromkeys(emission.band for emission in plan.emissions):
        _block(chart, band.downlink_hz, LANE, "downlink", f"downlink of band {band.number}")
    blocks = [(e.span_hz, e.name, "carrier") for e in plan.emissions]
    blocks += [(span, name, "channel") for r in plan.receivers for name, span in r.channels]
    reached = 0.0
    for span, name, css in sorted(blocks):
        if not _block(chart, span, LANE, css, f"{name}, {css}: {span_text(span)}"):
            continue
        middle, width = (span[0] + span[1]) / 2 / MHZ, chart.px(span[1] / MHZ) - chart.px(span[0] / MHZ)
        placed = Name(chart.px(middle), name, "")
        if width >= LETTER * (len(name) + 1):
            chart.text(middle, 0.5 * sum(LANE), name, f"on-{css} middle", (0, 4))
        elif placed.reach[0] >= reached:
            chart.text(middle, LANE[1], name, "on-channel middle", (0, -4))
            reached = placed.reach[1] + 3


def _draw_row(chart: Chart, plan: Plan, row: Row, y: float) -> None:
    """Draw the bars of a row, higher orders thinner; a receive band makes solid what falls into it."""
    for bar in row.bars:
        half = max(0.38 - 0.07 * bar.rank, 0.12)
        heights, colour = (y - half, y + half), order_class(bar.order)
        _block(chart, bar.span_hz, heights, f"product {colour}", bar.tip)
        for receiver in plan.receivers:
            low, high = max(bar.span_hz[0], receiver.span_hz[0]), min(bar.span_hz[1], receiver.span_hz[1])
            if low < high or (low == high and bar.span_hz[0] == bar.span_hz[1]):
                _block(chart, (low, high), heights, f"hit {colour}", f"{bar.tip}; in the {receiver.name}")


def _block(chart: Chart, span: Span, heights: tuple[float, float], css: str, tip: str) -> bool:
    """Draw a range of frequencies, Hz, where the panel shows any of it; return whether it does."""
    low, high = span[0] / MHZ, span[1] / MHZ
    if high < chart.x.lo or low > chart.x.hi:
        return False
    thin = max(0.0, THINNEST / chart.inner[0] * (chart.x.hi - chart.x.lo) - (high - low)) / 2
    chart.area(max(low - thin, chart.x.lo), min(high + thin, chart.x.hi), *heights, css, tip)
    return True


def _key(chart: Chart, plan: Plan, rows: Sequence[Row]) -> None:
    whole = plan.emissions[0].carrier is None
    chart.key("whole downlink" if whole else "carrier", "carrier", "area")
    if any(receiver.channels for receiver in plan.receivers):
        chart.key("uplink channel paired with it", "channel", "area")
    chart.key("receive band", "receive", "area")
    for css in dict.fromkeys(order_class(order) for order in sorted({bar.order for row in rows for bar in row.bars})):
        chart.key(ORDER_NAMES[css], f"hit {css}", "area")


def _notes(chart: Chart, shown: Rows, n_receivers: int) -> None:
    """Write at the right of each row how much of it falls into a receive band, at the order that does so first.

    With several receive bands it is the one that hears most of it.
    """
    inside = "in the receive band" if n_receivers == 1 else "most in one band"
    head = inside if shown.hits else "distance"
    for k, note in enumerate([head, *(row.note for row in shown.rows)]):
        y = -float(k) if k else 0.5 * sum(LANE)
        chart.text(chart.x.hi, y, note, "strong" if k else "note", (10, 4))
