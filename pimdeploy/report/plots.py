"""The figures of the report, each a function from its part of the data to a chart."""

from collections.abc import Mapping, Sequence

from pimdeploy.report.drawings import ChannelSpectra, Spectra
from pimdeploy.report.parts import NodeHeadroom, SplitMetrics, Sweep, TrainingStep
from pimdeploy.report.svg import LETTER, Axis, Chart, category_axis, linear_axis, number

WIDE = (1000, 390)
LOW = (1000, 280)
HALF = (490, 330)
ASIDE = 0.13
"""Marks of one word length stand this far beside its middle, so that equal ones are both seen."""
Curve = tuple[str, str, Sequence[float] | None]
"""A line of a spectrum: text of the key, class, levels where there are any."""
CARRIERS = (32, 64)
"""Widths of C's integer types, drawn as limits."""
FEW_NODES = 16
"""Rows of more nodes than these are drawn closer."""


def spectrum(spectra: Spectra, channel: int = 0, size: tuple[int, int] = WIDE) -> Chart:
    """Return the power spectra of one receive channel before and after cancellation (papers/003, Fig. 7)."""
    drawn = curves_of(spectra.channels[channel])
    return _spectrum("Power spectra before and after cancellation", spectra, drawn, size)


def estimate_spectrum(spectra: Spectra, channel: int, size: tuple[int, int] = LOW) -> Chart:
    """Return the power spectra of what one channel receives, of its estimate and of what is left (papers/000, Fig. 8)."""
    curves = spectra.channels[channel]
    fixed = curves.fixed_db is not None
    drawn = [
        ("received", "line wide received", curves.received_db),
        ("estimate", "line fixed", curves.estimate_db),
        ("what is left", "line rest", curves.fixed_db if fixed else curves.float_db),
    ]
    return _spectrum("Received and estimated signal over frequency", spectra, drawn, size)


def _spectrum(title: str, spectra: Spectra, drawn: Sequence[Curve], size: tuple[int, int]) -> Chart:
    shown = [(text, css, levels) for text, css, levels in drawn if levels is not None]
    x = frequency_axis(spectra)
    chart = Chart(title, size, x, level_axis(spectra, [levels for _, _, levels in shown]))
    lower, upper = (edge / 1e6 for edge in spectra.band_hz)
    chart.shade(lower, upper, "band")
    for text, css, levels in shown:
        chart.line([f / 1e6 for f in spectra.freq_hz], levels, css)
        chart.key(text, css)
    middle = max(x.lo, min(x.hi, (lower + upper) / 2))
    chart.text(middle, chart.y.hi, "receive band", "note middle", (0, 16))
    return chart


def curves_of(curves: ChannelSpectra) -> list[Curve]:
    """Return what is drawn of a channel before and after cancellation: text of the key, class, levels."""
    return [
        ("received", "line received", curves.received_db),
        ("noise alone", "line noise", curves.noise_db),
        ("after cancellation, float", "line float", curves.float_db),
        ("after, fixed point", "line fixed", curves.fixed_db),
    ]


def frequency_axis(spectra: Spectra, most: int = 10) -> Axis:
    """Return the axis of frequencies, MHz."""
    lower, upper = spectra.freq_hz[0] / 1e6, spectra.freq_hz[-1] / 1e6
    return linear_axis("Frequency from the receiver's centre, MHz", lower, upper, most, snap=False)


def bandwidth(rbw_hz: float) -> str:
    """Return a bandwidth with its unit."""
    return f"{number(rbw_hz / 1e6, 2)} MHz" if rbw_hz >= 1e6 else f"{number(rbw_hz / 1e3, 1)} kHz"


def level_axis(spectra: Spectra, drawn: Sequence[Sequence[float]], most: int = 7) -> Axis:
    """Return the axis of levels: all of the spectra, but no deeper than is needed for what is left inside the band."""
    lower, upper = spectra.band_hz
    inside = [i for i, f in enumerate(spectra.freq_hz) if lower <= f <= upper]
    deepest = min((curve[i] for curve in drawn for i in inside), default=min(map(min, drawn)))
    lowest = max(min(map(min, drawn)), deepest - 20)
    label = f"Level in {bandwidth(spectra.rbw_hz)}, dBFS"
    return linear_axis(label, lowest - 3, max(map(max, drawn)) + 7, most, snap=False)


def cancellation_bars(splits: Mapping[str, SplitMetrics]) -> Chart:
    """Return the cancellation of every split, in float and in fixed point, against its bound."""
    top = max(max(m.float_db, m.best_db, m.bound_db or 0.0) for m in splits.values())
    low = min(0.0, *(min(m.float_db, m.best_db) for m in splits.values()))
    size = (HALF[0], 96 + 62 * len(splits))
    y = category_axis("", list(splits)[::-1])
    x = linear_axis("Cancellation in the receive band, dB", low, top * 1.16, 6)
    chart = Chart("Cancellation against the bound", size, x, y, (34, 16, 46, 52))
    for place, (split, metrics) in zip(range(len(splits))[::-1], splits.items(), strict=True):
        _split_bars(chart, split, metrics, place)
    chart.key("float", "bar float", "area")
    if any(m.fixed_db is not None for m in splits.values()):
        chart.key("fixed point", "bar fixed", "area")
    if any(m.bound_db is not None for m in splits.values()):
        chart.key("bound", "line bound")
    return chart


def _split_bars(chart: Chart, split: str, metrics: SplitMetrics, place: float) -> None:
    pairs = [("float", metrics.float_db)] + ([("fixed", metrics.fixed_db)] if metrics.fixed_db is not None else [])
    offsets = (0.19, -0.19) if len(pairs) == 2 else (0.0,)
    longest = max(db for _, db in pairs)
    for (css, db), offset in zip(pairs, offsets, strict=True):
        tip = f"{split}, {css}: {db:.2f} dB"
        chart.area(0, db, place + offset - 0.15, place + offset + 0.15, f"bar {css}", tip)
        beside = max(longest, metrics.bound_db or 0.0, 0.0)
        chart.text(beside, place + offset, f"{db:.2f}", "note strong", (8, 4))
    if metrics.bound_db is not None:
        chart.line((metrics.bound_db, metrics.bound_db), (place - 0.42, place + 0.42), "line bound")


def word_lengths(sweep: Sweep, size: tuple[int, int] = HALF) -> Chart:
    """Return the cancellation of every word length, after calibration and after fine-tuning."""
    points = sweep.points
    levels = [db for p in points for db in (p.calibrated_db, p.finetuned_db) if db is not None] + [sweep.float_db]
    room = max(0.06 * (max(levels) - min(levels)), 0.02)
    y = linear_axis("Cancellation, dB", min(levels) - room, max(levels) + room, 7)
    chart = Chart("Cancellation against word length", size, category_axis("Word length", _names(sweep)), y)
    chart.horizontal(sweep.float_db, "line float-level")
    for place, point in enumerate(points):
        if point.finetuned_db is not None:
            chart.line((place - ASIDE, place + ASIDE), (point.calibrated_db, point.finetuned_db), "stem")
            tip = f"{point.word_length}, fine-tuned: {point.finetuned_db:.3f} dB"
            chart.square(place + ASIDE, point.finetuned_db, "mark fixed", tip)
        chart.dot(
            place - ASIDE,
            point.calibrated_db,
            "mark calibrated",
            f"{point.word_length}, calibrated: {point.calibrated_db:.3f} dB",
        )
    chart.key("calibrated", "mark calibrated", "dot")
    if any(p.finetuned_db is not None for p in points):
        chart.key("fine-tuned", "mark fixed", "square")
    chart.key(f"float, {sweep.float_db:.2f} dB", "line float-level")
    return chart


def _names(sweep: Sweep) -> list[str]:
    return [point.word_length for point in sweep.points]


def headroom(nodes: Sequence[NodeHeadroom], acc_bits: int) -> Chart:
    """Return the proven accumulator bits of every node against C's integer types and the recipe's limit."""
    widest = max(max(n.acc_bits, n.basis_acc_bits or 0) for n in nodes)
    end = next((carrier for carrier in CARRIERS if widest <= carrier and acc_bits <= carrier), 64)
    names = [n.node for n in nodes][::-1]
    x = Axis("Accumulator, bits", 0, end + 1, tuple(float(b) for b in range(0, end + 1, 8)))
    row = 30 if len(nodes) <= FEW_NODES else 20
    left = max(52, 18 + round(LETTER * max(map(len, names))))
    chart = Chart(
        "Accumulator headroom", (HALF[0], 84 + row * len(nodes)), x, category_axis("", names), (34, 62, 46, left)
    )
    for place, node in zip(range(len(nodes))[::-1], nodes, strict=True):
        _headroom_bars(chart, node, place)
    limits = {*(c for c in CARRIERS if c <= end), acc_bits}
    for limit in sorted(limits):
        chart.vertical(limit, "line limit")
    chart.key("needed", "bar fixed", "area")
    if any(n.basis_acc_bits is not None for n in nodes):
        chart.key("needed by the basis form", "bar float", "area")
    chart.key("limit" if len(limits) == 1 else "limits", "line limit")
    return chart


def _headroom_bars(chart: Chart, node: NodeHeadroom, place: float) -> None:
    bars = [("fixed", "", node.acc_bits, 0.0)]
    if node.basis_acc_bits is not None:
        bars = [("fixed", ", table form", node.acc_bits, 0.18), ("float", ", basis form", node.basis_acc_bits, -0.18)]
    half = 0.32 if len(bars) == 1 else 0.17
    for css, form, bits, offset in bars:
        tip = f"{node.node}{form}: {bits} bits"
        chart.area(0, bits, place + offset - half, place + offset + half, f"bar {css}", tip)
    widths = " / ".join(str(bits) for _, _, bits, _ in bars)
    chart.text(chart.x.hi, place, widths, "note strong", (8, 4))


def training(history: Sequence[TrainingStep]) -> Chart:
    """Return the cancellation on validation over the steps of every start, the winning one with its training split."""
    starts: dict[int, list[TrainingStep]] = {}
    for step in history:
        starts.setdefault(step.start, []).append(step)
    winner = max(starts, key=lambda start: max(s.val_db for s in starts[start]))
    best = [db for s in starts[winner] for db in (s.train_db, s.val_db)]
    x = linear_axis("Step", 0, max(1, *(s.step for s in history)), 8, snap=False)
    chart = Chart("Training", HALF, x, linear_axis("Cancellation, dB", min(*best, max(best) - 1), max(best), 7))
    for start, steps in starts.items():
        if start != winner:
            chart.line([s.step for s in steps], [s.val_db for s in steps], "line other")
    steps = starts[winner]
    chart.line([s.step for s in steps], [s.train_db for s in steps], "line received")
    chart.line([s.step for s in steps], [s.val_db for s in steps], "line fixed")
    chart.key("validation", "line fixed")
    chart.key("training", "line received")
    if len(starts) > 1:
        chart.key("other starts", "line other")
    return chart
