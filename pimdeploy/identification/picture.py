"""The identification as a picture: cancellation over samples, one SVG file that needs nothing else."""

from html import escape

from pimdeploy.identification.curve import LearningCurve
from pimdeploy.report.html import style_sheet
from pimdeploy.report.svg import Chart, linear_axis

SIZE = (1000, 390)
MOST_CHANNELS = 16
"""With more receive channels only their mean is drawn."""


def learning_chart(curve: LearningCurve, size: tuple[int, int] = SIZE) -> Chart:
    """Return the chart of a learning curve: every channel thin, their mean, and the mean of their bounds, dB."""
    mean = curve.mean_db
    bound = None if curve.bound_db is None else curve.bound_db.mean(axis=0)
    thousands = [n / 1e3 for n in curve.samples.tolist()]
    channels = curve.cancellation_db if 1 < len(curve.cancellation_db) <= MOST_CHANNELS else mean[None]
    top = max(float(channels.max()), 0.0 if bound is None else float(bound.max()))
    y = linear_axis("Cancellation behind the receive filter, dB", min(0.0, float(channels.min())), top, 8)
    x = linear_axis("Thousands of samples since the start", 0.0, thousands[-1], 10, snap=False)
    chart = Chart("Cancellation over samples", size, x, y)
    chart.horizontal(0, "zero")
    for channel in channels if len(channels) > 1 else ():
        chart.line(thousands, channel.tolist(), "line other")
    if bound is not None:
        chart.line(thousands, bound.tolist(), "line noise")
    chart.line(thousands, mean.tolist(), "line fixed")
    chart.key(f"in windows of {curve.window_samples} samples", "line fixed")
    if len(channels) > 1:
        chart.key("each receive channel", "line other")
    if bound is not None:
        chart.key("bound of each window", "line noise")
    return chart


def learning_picture(curve: LearningCurve, title: str) -> bytes:
    """Return the chart as a stand-alone SVG file, light and dark, the same bytes for equal data."""
    width, height = SIZE
    style = style_sheet("colours.css", "chart.css") + _STYLE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 48}" width="{width}" '
        f'height="{height + 48}" role="img" aria-label="{escape(title)}">\n<style>{escape(style, quote=False)}</style>\n'
        f'<rect class="card" x="0.5" y="0.5" width="{width - 1}" height="{height + 47}" rx="8"/>\n'
        f'<text class="title" x="20" y="30">{escape(title)}</text>\n'
        f'<g class="chart" transform="translate(0 40)">{learning_chart(curve).elements()}</g>\n</svg>\n'
    ).encode()


_STYLE = """svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial,
  sans-serif; }
.chart { font-size: 12px; }
.card { fill: var(--paper); stroke: var(--rule); }
.title { fill: var(--ink); font-size: 17px; font-weight: 650; }
"""
