"""What stands below the figures of the report and above its tables, in words."""

from collections.abc import Mapping, Sequence

from pimdeploy.report import plots
from pimdeploy.report.drawings import Function, Heatmap, Overlay, SlotMetrics, Spectra
from pimdeploy.report.parts import ChannelMetrics, Estimate, RecipeSummary, SplitMetrics, Sweep, TrainingStep
from pimdeploy.report.svg import number
from pimdeploy.report.tables import MOST_SLOTS
from pimdeploy.report.view import count, db, plural

WHOSE: dict[Estimate, str] = {"fixed": "of the fixed-point datapath", "float": "of the floating-point network"}


def spectra_lead(spectra: Spectra | None) -> str:
    """Return what is said of the spectra in all."""
    if spectra is None:
        return ""
    first = spectra.channels[0]
    both = first.float_db is not None and first.fixed_db is not None
    extra = " The fixed-point curve lies on the float one where word lengths cost nothing." if both else ""
    return f"Before the receive filter, which keeps the shaded band only.{extra}"


def spectrum(spectra: Spectra, what: str, channel: int) -> str:
    """Return the caption of spectra before and after; `what`: where, and of which receiver."""
    known = (
        ""
        if spectra.channels[channel].noise_db is not None
        else (" No noise reference was recorded, so the noise floor is not drawn.")
    )
    return (
        f"{what}, {spectra.split} split: the received signal and what is left of it after subtracting the estimate. "
        f"{_welch(spectra)}{known}"
    )


def _welch(spectra: Spectra) -> str:
    width = plots.bandwidth(spectra.rbw_hz)
    return f"Welch's method, resolution bandwidth {width}; a full-scale complex tone reads 0 dBFS."


def excerpt(overlay: Overlay, recipe: RecipeSummary) -> str:
    """Return the caption of the signals over time."""
    n = len(overlay.received_i)
    receiver = f"receiver {overlay.channel}, the middle one by cancellation, " if recipe.n_rx > 1 else ""
    return (
        f"Over time: {count(n)} samples ({number(n / recipe.fs_hz * 1e6, 3)} \N{MICRO SIGN}s) from the middle of the "
        f"{overlay.split} split, {receiver}behind the receive filter. The estimate is that {WHOSE[overlay.kind]}, moved "
        "back by its latency."
    )


def estimate_spectrum(spectra: Spectra, channel: int) -> str:
    """Return the caption of received and estimated signal over frequency."""
    receiver = f", receiver {channel}" if len(spectra.channels) > 1 else ""
    return (
        f"Over frequency, {spectra.split} split{receiver}, before the receive filter: outside the shaded band the "
        f"estimate is free. {_welch(spectra)}"
    )


def bars(splits: Mapping[str, SplitMetrics]) -> str:
    """Return the caption of the bars by split."""
    if any(m.bound_db is not None for m in splits.values()):
        return "No model can cancel more than the bound, which leaves exactly the noise; every split has its own."
    return "No noise reference was recorded, so the best possible cancellation is not known and no bound is drawn."


def gap(found: Mapping[str, float | None] | None) -> str:
    """Return how far training lies above test, in words."""
    if found is None or found["float"] is None:
        return ""
    best = found["float"] if found["fixed"] is None else found["fixed"]
    over = f"Gap between training and test: {db(best)} dB"
    if found["bound"] is None:
        return f"{over}."
    own, bounds = db(best - found["bound"]), db(found["bound"])
    return f"{over}, and {own} dB once the bounds, which differ by {bounds} dB, are taken off."


def channel_bars(channels: Sequence[ChannelMetrics]) -> str:
    """Return the caption of the bars by receive channel."""
    worst = min(range(len(channels)), key=lambda c: channels[c].best_db)
    least = f"Receiver {worst} is cancelled least, by {db(channels[worst].best_db)} dB."
    if any(channel.bound_db is None for channel in channels):
        return f"Power behind the receive filter before and after cancellation. {least}"
    return (
        "Power behind the receive filter over that of the noise alone, before and after cancellation: the height of the "
        f"first bar is the bound, and 0 dB after cancellation would reach it. {least}"
    )


def heatmap(found: Heatmap) -> str:
    """Return the caption of the cancellation by start and length."""
    rows, n = found.rows_db, len(found.rows_db)
    shortest = [row[0] for row in rows]
    return (
        f"Cancellation {WHOSE[found.kind]} over every run of segments of {count(found.segment_samples)} samples, mean of the "
        f"channels. The whole ({count(n * found.segment_samples)} samples from the start): {db(rows[0][-1])} dB; single "
        f"segments: {db(min(shortest))} to {db(max(shortest))} dB."
    )


def slots(found: Sequence[SlotMetrics]) -> str:
    """Return the caption of the cancellation by slot."""
    worst = min(range(len(found)), key=lambda k: min(found[k].best_db))
    slot = found[worst]
    listed = f" The table has the {MOST_SLOTS} slots with the worst channels." if len(found) > MOST_SLOTS else ""
    return (
        f"Beams and powers hold still within a slot. The least of all: {db(min(slot.best_db))} dB in slot {worst}, receiver "
        f"{slot.worst}; mean of all slots and channels: {db(sum(s.mean_db for s in found) / len(found))} dB.{listed}"
    )


def functions(group: Sequence[Function]) -> str:
    """Return the caption of one function, or of the functions of one node."""
    first, n = group[0], len(group)
    relu = " A ReLU follows." if first.rectified else ""
    segments = len(first.knots)
    if first.f_imag is not None:
        what = "The complex gain that multiplies u"
        if n > 1:
            what = f"The complex gains of {n} branches, each multiplies its u"
        elif first.name != first.node:
            what = f"{first.name}: the complex gain that multiplies u of its branch"
        return (
            f"{what}, by its magnitude: linear between {plural(segments, 'fixed knot')} in real and imaginary part. The "
            "phase is drawn where the gain exceeds 1 % of its maximum."
        )
    if n > 1:
        return f"{_kind(first)}, linear between {plural(segments, 'fixed knot')}: {n} functions.{_points(group)}{relu}"
    if not first.trained:
        names = first.name.replace(", ", " and ") if first.name.count(",") == 1 else first.name
        return f"{names}: a fixed function, not trained, linear between {plural(segments, 'knot')}."
    if first.symmetry in ("plain", "index"):
        return f"{_kind(first)} and linear between {plural(segments, 'fixed knot')}.{relu}"
    if first.critical_point is None:
        return "The trained function is zero everywhere, so it has no critical point."
    what = "|f|" if first.symmetry == "odd" else "|a f(a)|"
    named = f"{first.name}: at" if first.name != first.node else "At"
    return (
        f"{named} its critical point, |a| = {number(first.critical_point, 4)}, {what} first exceeds 1 % of its maximum. "
        f"{_kind(first)} and linear between {plural(segments, 'fixed knot')} a side."
    )


def _kind(function: Function) -> str:
    match function.symmetry:
        case "odd":
            return "f is odd"
        case "even":
            return "f is even, a f(a) odd,"
        case "plain":
            return "f has no symmetry"
        case "index":
            return "f is of a magnitude"


def _points(group: Sequence[Function]) -> str:
    points = [function.critical_point for function in group if function.critical_point is not None]
    if not points:
        return ""
    low, high = number(min(points), 4), number(max(points), 4)
    where = f"at |a| = {low}" if low == high else f"from |a| = {low} to {high}"
    return f" Their critical points lie {where}."


def training(history: Sequence[TrainingStep]) -> str:
    """Return the caption of the training."""
    if len({step.start for step in history}) > 1:
        return "Cancellation over the steps of training; the start that does best on the validation split goes on."
    return "Cancellation over the steps of training; the weights that do best on the validation split are kept."


def sweep(found: Sweep) -> str:
    """Return the caption of the word lengths."""
    tuned = any(point.finetuned_db is not None for point in found.points)
    done = "after calibration alone and after fine-tuning" if tuned else "after calibration alone (none was fine-tuned)"
    return (
        f"Fixed-point cancellation on the {found.split} split {done}; WxAy is x bits for weights and y for activations."
    )


def headroom(recipe: RecipeSummary) -> str:
    """Return the caption of the accumulators."""
    return (
        "Bits that the accumulator of each node needs, sign, rounding constant and every partial sum included; the "
        f"lines are C's integer types and the {recipe.acc_bits} bits that the recipe allows."
    )
