"""Charts of many receive channels: spectra side by side, bars before and after cancellation, slots."""

from collections.abc import Sequence
from dataclasses import replace

from pimdeploy.report.drawings import SlotMetrics, Spectra
from pimdeploy.report.parts import ChannelMetrics
from pimdeploy.report.plots import curves_of, frequency_axis, level_axis
from pimdeploy.report.svg import Axis, Chart, category_axis, drawing, linear_axis

COLUMNS = 4
PANEL_HEIGHT = 136
"""Of the axes of one panel, px."""
EDGE = (58, 26)
"""Left of the first column and above the panels, px."""
GAP = (14, 26)
"""Between panels, px: room for the title of each."""
FOOT = 46
"""Below the last row, px: room for the axis."""
WIDE = (1000, 320)
FEW_CHANNELS = 6
"""With fewer channels bars stay as narrow as those of so many."""
BELOW_DB = 0.1
"""What is left may lie so far below the noise, by chance, without the axis reaching down to it."""
MOST_NUMBERED = 24
"""With more channels or slots there is no room for a number on each."""


def panels(spectra: Spectra, channels: Sequence[int], titles: Sequence[str]) -> str:
    """Return the spectra of several channels side by side on the same axes, as one SVG element."""
    curves = [curves_of(spectra.channels[c]) for c in channels]
    levels = [levels for drawn in curves for _, _, levels in drawn if levels is not None]
    x, y = replace(frequency_axis(spectra, 4), label="Frequency, MHz"), level_axis(spectra, levels, 5)
    columns = min(COLUMNS, len(channels))
    width = (WIDE[0] - EDGE[0] - GAP[0] * columns) / columns
    rows = -(-len(channels) // columns)
    placed = []
    for i, (drawn, title) in enumerate(zip(curves, titles, strict=True)):
        column, row = i % columns, i // columns
        lowest = i + columns >= len(channels)
        chart = _panel(spectra, x if lowest else x.bare(), y if column == 0 else y.bare(), title, width)
        for _, css, values in drawn:
            if values is not None:
                chart.line([f / 1e6 for f in spectra.freq_hz], values, f"{css} small")
        placed.append((chart, column * (width + GAP[0]), EDGE[1] + row * (PANEL_HEIGHT + GAP[1])))
    keys = [(text, css, "line") for text, css, values in curves[0] if values is not None]
    size = (WIDE[0], EDGE[1] + rows * (PANEL_HEIGHT + GAP[1]) + FOOT)
    return drawing("Power spectra of the receive channels before and after cancellation", size, placed, keys)


def _panel(spectra: Spectra, x: Axis, y: Axis, title: str, width: float) -> Chart:
    size = (round(EDGE[0] + width), GAP[1] + PANEL_HEIGHT + FOOT)
    chart = Chart(title, size, x, y, (GAP[1], 0, FOOT, EDGE[0]))
    lower, upper = (edge / 1e6 for edge in spectra.band_hz)
    chart.shade(lower, upper, "band")
    chart.label(EDGE[0] + 2, GAP[1] - 6, title, "strong")
    return chart


def channel_bars(channels: Sequence[ChannelMetrics]) -> Chart:
    """Return the interference of every receive channel before and after cancellation (papers/000, Fig. 12).

    Levels are over the noise, which is the bound, where it is known in every channel, else over full scale.
    """
    over_noise = all(channel.bound_db is not None for channel in channels)
    before = [c.bound_db if over_noise and c.bound_db is not None else c.received_dbfs for c in channels]
    after = [level - c.best_db for level, c in zip(before, channels, strict=True)]
    floats = [level - c.float_db for level, c in zip(before, channels, strict=True)]
    low, high = min(*before, *after, *floats), max(*before, *after, *floats)
    base = 0.0 if over_noise else low - 0.1 * (high - low) - 1
    lowest = low if low < base - BELOW_DB else base
    y = linear_axis("Power over the noise, dB" if over_noise else "Power, dBFS", lowest, high, 7)
    names = [str(c) for c in range(len(channels))]
    chart = Chart("Power before and after cancellation by receive channel", WIDE, category_axis("Receiver", names), y)
    base = base if over_noise else y.lo
    fixed = any(c.fixed_db is not None for c in channels)
    scale = min(1.0, len(channels) / FEW_CHANNELS)
    for place, channel in enumerate(channels):
        _channel_bars(chart, place, base, (before[place], floats[place], after[place]), channel, scale)
    if over_noise:
        chart.horizontal(0, "line bound")
    chart.key("before", "bar received", "area")
    chart.key("after, float", "bar float", "area")
    if fixed:
        chart.key("after, fixed point", "bar fixed", "area")
    if over_noise:
        chart.key("noise: the bound", "line bound")
    return chart


def _channel_bars(
    chart: Chart,
    place: int,
    base: float,
    levels: tuple[float, float, float],
    channel: ChannelMetrics,
    scale: float,
) -> None:
    """Draw the bars of one receiver from `base` up: before, after by the float network, after in fixed point."""
    bars = [
        ("received", "before", -0.38, -0.1),
        ("float", "after, float", -0.1, 0.14),
        ("fixed", "after, fixed", 0.14, 0.38),
    ]
    for (css, what, left, right), level in zip(bars, levels, strict=True):
        if css != "fixed" or channel.fixed_db is not None:
            tip = f"receiver {place}, {what}: {level:.2f} dB"
            chart.area(place + scale * left, place + scale * right, base, level, f"bar {css}", tip)


def slot_chart(slots: Sequence[SlotMetrics]) -> Chart:
    """Return the cancellation of every slot: its channels' mean, its worst and best channel, the mean of the bounds."""
    bounds = [slot.mean_bound_db for slot in slots]
    values = [db for slot in slots for db in slot.best_db] + [bound for bound in bounds if bound is not None]
    y = linear_axis("Cancellation, dB", min(0.0, *values), max(values), 7)
    names = [str(k) if len(slots) <= MOST_NUMBERED or k % 5 == 0 else "" for k in range(len(slots))]
    chart = Chart("Cancellation by slot", WIDE, category_axis("Slot of the test split", names), y)
    chart.horizontal(0, "zero")
    for place, (slot, bound) in enumerate(zip(slots, bounds, strict=True)):
        chart.line((place, place), (min(slot.best_db), max(slot.best_db)), "stem")
        if bound is not None:
            chart.line((place - 0.3, place + 0.3), (bound, bound), "line bound")
        worst = min(slot.best_db)
        chart.square(place, worst, "mark worst", f"slot {place}, worst, receiver {slot.worst}: {worst:.2f} dB")
        chart.dot(place, slot.mean_db, "mark fixed", f"slot {place}, mean: {slot.mean_db:.2f} dB")
    chart.key("mean of the channels", "mark fixed", "dot")
    chart.key("worst channel", "mark worst", "square")
    chart.key("worst to best", "stem")
    if any(bound is not None for bound in bounds):
        chart.key("bound, mean", "line bound")
    return chart
