"""The identification as a picture: cancellation over samples, one SVG file that needs nothing else."""

from pimdeploy.identification.curve import LearningCurve
from pimdeploy.report.card import card
from pimdeploy.report.svg import Chart, linear_axis

SIZE = (976, 390)
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
    return card(
        title, "One pass; each window is measured with the weights of the moment", [(learning_chart(curve), 12, 0)]
    )
