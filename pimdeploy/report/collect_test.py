"""The course of the cancellation over the test split: starts and lengths, slots, and an excerpt to look at."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from pimdeploy.report.drawings import Heatmap, LengthMetrics, Overlay, SlotMetrics
from pimdeploy.report.parts import Estimate, SplitMetrics
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.training import metrics

SEGMENT_SAMPLES = 1000
"""Of papers/000, Figs. 6 and 9; a multiple of it where the split has more segments than are drawn."""
MOST_SEGMENTS = 40
LENGTHS = (30_000, 29_000, 25_000, 15_000)
"""Samples of papers/000, Table 1."""
EXCERPT_SAMPLES = 200
DIGITS = 9
"""Decimals of a sample in units of full scale: far below the LSB of 16 bits, 3e-5."""

Estimates = Mapping[Estimate, ComplexArray]
"""z [n_rx, n_samples] by whose it is."""


def shipped(estimates: Estimates) -> Estimate:
    """Return whose estimate ships: fixed point where there is one."""
    return "fixed" if "fixed" in estimates else "float"


def cut(dataset: Dataset, split: str, after: int) -> Dataset:
    """Return the samples of one split and `after` more behind it, where there are so many; slots are those inside."""
    start, stop = dataset.splits[split]
    last = min(stop + after, dataset.n_samples)
    slots = tuple((a - start, b - start) for a, b in dataset.slots if start <= a and b <= stop)
    return replace(
        dataset,
        x=dataset.x[:, start:last],
        d=dataset.d[:, start:last],
        noise=None if dataset.noise is None else dataset.noise[:, start:last],
        splits={split: (0, stop - start)},
        slots=slots,
    )


def heatmap(dataset: Dataset, estimates: Estimates, split: str, latency: int, warmup: int) -> Heatmap | None:
    """Return the cancellation of every start and length of a split, or None where it holds not one segment.

    Segments are so long that there are 40 of them at most. Arguments as of `metrics.cancellation_db`.
    """
    kind = shipped(estimates)
    start, stop = dataset.splits[split]
    usable = min(stop, dataset.n_samples - latency) - start - warmup - len(dataset.receive_filter) + 1
    if usable < SEGMENT_SAMPLES:
        return None
    segment = SEGMENT_SAMPLES * (usable // (SEGMENT_SAMPLES * (MOST_SEGMENTS + 1)) + 1)
    table = metrics.segment_powers(dataset, estimates[kind], split, latency, warmup, segment).heatmap()
    rows = tuple(tuple(np.round(row[~np.isnan(row)], 3).tolist()) for row in table)
    return Heatmap(split=split, kind=kind, segment_samples=segment, rows_db=rows)


def lengths(
    dataset: Dataset, estimates: Estimates, split: str, whole: SplitMetrics, latency: int, warmup: int
) -> tuple[LengthMetrics, ...]:
    """Return the figures of all of a split, `whole`, and of its first 30k, 29k, 25k and 15k samples where it has more."""
    start, stop = dataset.splits[split]
    rows = [_length_row(stop - start, whole)] if whole.channels else []
    for n_samples in LENGTHS:
        if n_samples < stop - start:
            part = replace(dataset, splits={split: (start, start + n_samples)})
            rows.append(_length(part, estimates, split, latency, warmup))
    return tuple(rows)


def _length_row(n_samples: int, whole: SplitMetrics) -> LengthMetrics:
    return LengthMetrics(
        n_samples=n_samples,
        bound_db=whole.bound_db,
        float_db=whole.float_db,
        fixed_db=whole.fixed_db,
        float_power_error_db=whole.mean_db("float_power_error_db"),
        fixed_power_error_db=whole.mean_db("fixed_power_error_db"),
    )


def _length(dataset: Dataset, estimates: Estimates, split: str, latency: int, warmup: int) -> LengthMetrics:
    bound = metrics.bound_db(dataset, split)
    start, stop = dataset.splits[split]
    figures: dict[str, float] = {}
    for kind, z in estimates.items():
        figures[f"{kind}_db"] = metrics.cancellation_db(dataset, z, split, latency, warmup).mean
        figures[f"{kind}_power_error_db"] = metrics.power_error_db(dataset, z, split, latency, warmup).mean
    return LengthMetrics(n_samples=stop - start, bound_db=None if bound is None else bound.mean, **figures)


def slots(dataset: Dataset, estimates: Estimates, split: str, latency: int, warmup: int) -> tuple[SlotMetrics, ...]:
    """Return the cancellation within every slot of a split.

    A slot that begins with the split loses the warm-up, too; one that the receive filter does not fit into is left out.
    """
    first, last = dataset.splits[split]
    found = []
    for start, stop in dataset.slots:
        begin = max(start, first + warmup)
        if (
            first <= start
            and stop <= last
            and min(stop, dataset.n_samples - latency) - begin >= len(dataset.receive_filter)
        ):
            part = replace(dataset, splits={"slot": (begin, stop)})
            bound = metrics.bound_db(part, "slot")
            figures = {
                f"{kind}_db": metrics.cancellation_db(part, z, "slot", latency).per_channel
                for kind, z in estimates.items()
            }
            found.append(
                SlotMetrics(
                    first_sample=start - first,
                    n_samples=stop - start,
                    bound_db=None if bound is None else bound.per_channel,
                    **figures,
                )
            )
    return tuple(found)


def overlay(dataset: Dataset, estimates: Estimates, split: str, channel: int, latency: int) -> Overlay | None:
    """Return H d and H z of 200 samples in the middle of a split, or None where it is too short for them."""
    kind = shipped(estimates)
    start, stop = dataset.splits[split]
    reach = EXCERPT_SAMPLES + len(dataset.receive_filter) - 1
    begin = (start + stop - reach) // 2
    if begin < start or begin + reach + latency > dataset.n_samples:
        return None
    d = dataset.d[channel : channel + 1, begin : begin + reach]
    z = estimates[kind][channel : channel + 1, begin + latency : begin + latency + reach]
    received, estimate = (metrics.filtered(signal, dataset.receive_filter)[0] for signal in (d, z))
    return Overlay(
        split=split,
        channel=channel,
        kind=kind,
        first_sample=begin - start + len(dataset.receive_filter) // 2,
        received_i=_rounded(received.real),
        received_q=_rounded(received.imag),
        estimate_i=_rounded(estimate.real),
        estimate_q=_rounded(estimate.imag),
    )


def middle_channel(per_channel_db: tuple[float, ...]) -> int:
    """Return the channel whose figure is the median one, the lower of two."""
    order = sorted(range(len(per_channel_db)), key=lambda c: per_channel_db[c])
    return order[(len(order) - 1) // 2]


def _rounded(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, ...]:
    return tuple(np.round(values, DIGITS).tolist())
