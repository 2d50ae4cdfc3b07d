"""Charts of the test split: an excerpt over time, and the cancellation of every start and length."""

from dataclasses import replace

from pimdeploy.report.drawings import Heatmap, Overlay
from pimdeploy.report.plots import LOW
from pimdeploy.report.svg import Chart, linear_axis, number

LEVELS = 10
"""Steps of colour, as chart.css has them."""
UNITS = {0: "full scale = 1", 3: "thousandths of full scale", 6: "millionths of full scale"}
MAP_SIZE = (490, 420)
LEAST_SPAN_DB = 1.0
"""The colours span so much at least: smaller differences are not made to look large."""
SCALE = (18, 150)
"""Width and height of the key of colours, px."""


def excerpt(overlay: Overlay, size: tuple[int, int] = LOW) -> Chart:
    """Return the real part of a received and an estimated signal, and of what is left (papers/000, Figs. 7 and 10)."""
    received, estimate = overlay.received_i, overlay.estimate_i
    left = [d - z for d, z in zip(received, estimate, strict=True)]
    peak = max(abs(v) for v in (*received, *estimate, *left))
    power = next((p for p in UNITS if peak * 10**p >= 0.1), 6) if peak > 0 else 0
    times = [float(overlay.first_sample + n) for n in range(len(received))]
    y = linear_axis(f"Real part, {UNITS[power]}", -peak * 10**power, peak * 10**power, 6)
    x = linear_axis(f"Sample of the {overlay.split} split", times[0], times[-1], 10, snap=False)
    chart = Chart("Received and estimated signal over time", size, x, y, (34, 16, 46, 72))
    chart.horizontal(0, "zero")
    for text, css, values in (
        ("received", "line wide received", received),
        ("estimate", "line fixed", estimate),
        ("what is left", "line rest", left),
    ):
        chart.line(times, [v * 10**power for v in values], css)
        chart.key(text, css)
    return chart


def heatmap(map_: Heatmap) -> Chart:
    """Return the cancellation of every start and length of the split, a cell a pair (papers/000, Figs. 6 and 9)."""
    step, n = map_.segment_samples / 1000, len(map_.rows_db)
    edges = _edges(map_)
    x = linear_axis("Length, thousands of samples", 0, step * n, 8, snap=False)
    y = linear_axis(f"Start in the {map_.split} split, thousands of samples", 0, step * n, 8, snap=False)
    x, y = replace(x, grid=False), replace(y, grid=False)
    chart = Chart("Cancellation by start and length", MAP_SIZE, x, y, (16, 16, 46, 58))
    for start, row in enumerate(map_.rows_db):
        for k, db in enumerate(row):
            tip = f"start {number(start * step)}k, length {number((k + 1) * step)}k: {db:.2f} dB"
            css = f"heat heat-{_level(db, edges)}"
            chart.area(k * step, (k + 1) * step, start * step, (start + 1) * step, css, tip)
    _colour_key(chart, edges)
    return chart


def _edges(map_: Heatmap) -> tuple[float, ...]:
    """Return the limits of the colours, dB, round numbers; at most `LEVELS` intervals."""
    values = [db for row in map_.rows_db for db in row]
    lower, upper = min(values), max(values)
    spare = max(0.0, LEAST_SPAN_DB - (upper - lower)) / 2
    return linear_axis("", lower - spare, upper + spare, LEVELS - 1).ticks


def _level(db: float, edges: tuple[float, ...]) -> int:
    """Return the colour of `db`: the intervals' colours are spread over all levels."""
    intervals = len(edges) - 1
    inside = sum(db >= edge for edge in edges[1:-1])
    return round(inside * (LEVELS - 1) / max(1, intervals - 1))


def _colour_key(chart: Chart, edges: tuple[float, ...]) -> None:
    """Draw the colours with their limits into the corner that no start and length reach."""
    right, top, (width, height) = chart.width - chart.right - 70, chart.top + 34, SCALE
    chart.label(right, top - 12, "Cancellation, dB", "key middle")
    intervals = len(edges) - 1
    for k in range(intervals):
        y = top + height * (intervals - 1 - k) / intervals
        css = f"heat heat-{_level((edges[k] + edges[k + 1]) / 2, edges)}"
        chart.box(right - width, y, width, height / intervals, css)
    for k, edge in enumerate(edges):
        chart.label(right + 8, top + height * (intervals - k) / intervals + 4, number(edge, 3), "tick")
