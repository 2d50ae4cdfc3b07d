"""Figures of merit, all measured behind the receive filter H (docs/spec, metrics)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.signals.receive_filter import apply_receive_filter


def filtered(signal: ComplexArray, taps: ComplexArray) -> ComplexArray:
    """Return `signal` [channels, n] behind the linear-phase filter `taps`, its delay removed, where all taps overlap.

    [channels, n - len(taps) + 1]; the first sample answers sample (len(taps) - 1) / 2 of the input.
    """
    edge = len(taps) // 2
    return apply_receive_filter(taps, signal)[:, edge : signal.shape[1] - edge]


def _aligned(
    dataset: Dataset, z: ComplexArray, split: tuple[int, int], latency: int, warmup: int
) -> tuple[ComplexArray, ComplexArray]:
    """Return d and z over the split, z moved back by its latency, without the first `warmup` samples."""
    start, stop = split[0] + warmup, min(split[1], z.shape[1] - latency)
    return dataset.d[:, start:stop], z[:, start + latency : stop + latency]


@dataclass(frozen=True)
class Cancellation:
    """Cancellation in dB: of each receive channel and their mean."""

    mean: float
    per_channel: tuple[float, ...]


def cancellation_db(
    dataset: Dataset, z: ComplexArray, split: str = "test", latency: int = 0, warmup: int = 0
) -> Cancellation:
    """Return 10 lg(sum |H d|^2 / sum |H (d - z)|^2) over a split, per receive channel and their mean.

    z: [n_rx, n_samples] complex, the estimate for the whole of `dataset.x`; z[n] estimates d[n - latency]. Edges where
    H does not fully overlap, and the first `warmup` samples of the split, are left out.
    """
    d, estimate = _aligned(dataset, z, dataset.splits[split], latency, warmup)
    before = _powers(filtered(d, dataset.receive_filter))
    after = _powers(filtered(d - estimate, dataset.receive_filter))
    return _ratio_db(before, after)


def bound_db(dataset: Dataset, split: str = "test") -> Cancellation | None:
    """Return the best possible cancellation on a split, 10 lg(sum |H d|^2 / sum |H noise|^2), or None."""
    return _over_noise_db(dataset, split, with_noise=True)


def pim_db(dataset: Dataset, split: str = "test") -> Cancellation | None:
    """Return the interference over the noise on a split, 10 lg(sum |H (d - noise)|^2 / sum |H noise|^2), or None."""
    return _over_noise_db(dataset, split, with_noise=False)


def out_of_band_db(dataset: Dataset, z: ComplexArray, split: str = "test") -> float:
    """Return the estimate's power outside the receive band over that inside it, dB (all channels together)."""
    start, stop = dataset.splits[split]
    inside = _powers(filtered(z[:, start:stop], dataset.receive_filter)).sum()
    margin = len(dataset.receive_filter) // 2
    total = _powers(z[:, start + margin : stop - margin]).sum()
    return float(10 * np.log10(max(total - inside, 1e-300) / max(inside, 1e-300)))


def power_error_db(
    dataset: Dataset, z: ComplexArray, split: str = "test", latency: int = 0, warmup: int = 0
) -> Cancellation:
    """Return the average power error of papers/000, equation (2): the mean over samples of |10 lg(|H d|^2 / |H (d - z)|^2)|.

    Arguments as of `cancellation_db`. A sample of power 0 on either side has no ratio and is left out.
    """
    d, estimate = _aligned(dataset, z, dataset.splits[split], latency, warmup)
    before = np.abs(filtered(d, dataset.receive_filter)) ** 2
    after = np.abs(filtered(d - estimate, dataset.receive_filter)) ** 2
    errors = []
    for measured, left in zip(before, after, strict=True):
        seen = (measured > 0) & (left > 0)
        ratios = np.abs(10 * np.log10(measured[seen] / left[seen]))
        errors.append(float(ratios.mean()) if ratios.size else 0.0)
    return Cancellation(float(np.mean(errors)), tuple(errors))


@dataclass(frozen=True)
class NoiseCorrected:
    """Field practice's triple, dB, per receive channel; None where the power does not exceed the noise."""

    pim_db: tuple[float | None, ...]
    """Interference above the noise, before."""
    res_db: tuple[float | None, ...]
    """The same after cancellation."""
    ape_db: tuple[float | None, ...]
    """PIM - RES; it grows without bound near the noise."""


def noise_corrected(
    dataset: Dataset, z: ComplexArray, split: str = "test", latency: int = 0, warmup: int = 0
) -> NoiseCorrected | None:
    """Return PIM, RES and APE of docs/spec/metrics.md, section 4; None where no noise reference is known."""
    if dataset.noise is None:
        return None
    d, estimate = _aligned(dataset, z, dataset.splits[split], latency, warmup)
    start = dataset.splits[split][0] + warmup
    noise = _powers(filtered(dataset.noise[:, start : start + d.shape[1]], dataset.receive_filter))
    before = _powers(filtered(d, dataset.receive_filter))
    after = _powers(filtered(d - estimate, dataset.receive_filter))
    pim, res = _above_noise_db(before, noise), _above_noise_db(after, noise)
    removed = (None if p is None or r is None else p - r for p, r in zip(pim, res, strict=True))
    return NoiseCorrected(pim, res, tuple(removed))


def _above_noise_db(power: NDArray[np.float64], noise: NDArray[np.float64]) -> tuple[float | None, ...]:
    excess = zip((power - noise).tolist(), noise.tolist(), strict=True)
    return tuple(10 * math.log10(above / floor) if above > 0 and floor > 0 else None for above, floor in excess)


@dataclass(frozen=True)
class SegmentPowers:
    """Energies behind H of consecutive segments of equal length: [channels, segments] before and after cancellation."""

    segment_samples: int
    before: NDArray[np.float64]
    after: NDArray[np.float64]

    def cancellation_db(self, start: int, length: int) -> float:
        """Return the cancellation over `length` segments from segment `start`, the mean of the channels' decibels."""
        span = slice(start, start + length)
        return _ratio_db(self.before[:, span].sum(axis=1), self.after[:, span].sum(axis=1)).mean

    def heatmap(self) -> NDArray[np.float64]:
        """Return the cancellation of every start (rows) and length - 1 (columns), dB; NaN where the signal ends before."""
        n = self.before.shape[1]
        sums = [
            np.concatenate([np.zeros((len(e), 1)), np.cumsum(e, axis=1)], axis=1) for e in (self.before, self.after)
        ]
        table = np.full((n, n), np.nan)
        for start in range(n):
            before, after = (total[:, start + 1 :] - total[:, start : start + 1] for total in sums)
            table[start, : n - start] = (10 * np.log10(_positive(before) / _positive(after))).mean(axis=0)
        return table


def segment_powers(
    dataset: Dataset,
    z: ComplexArray,
    split: str = "test",
    latency: int = 0,
    warmup: int = 0,
    segment_samples: int = 1000,
) -> SegmentPowers:
    """Return the energies of the split's segments, what figures 6 and 9 of papers/000 are made of.

    Arguments as of `cancellation_db`; samples that fill no whole segment are left out.
    """
    d, estimate = _aligned(dataset, z, dataset.splits[split], latency, warmup)
    energies = []
    for signal in (d, d - estimate):
        power = np.abs(filtered(signal, dataset.receive_filter)) ** 2
        n = power.shape[1] // segment_samples
        energies.append(power[:, : n * segment_samples].reshape(len(power), n, segment_samples).sum(axis=2))
    return SegmentPowers(segment_samples, *energies)


def _positive(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(values, np.finfo(np.float64).tiny)


def _over_noise_db(dataset: Dataset, split: str, *, with_noise: bool) -> Cancellation | None:
    if dataset.noise is None:
        return None
    start, stop = dataset.splits[split]
    d, noise = dataset.d[:, start:stop], dataset.noise[:, start:stop]
    before = _powers(filtered(d if with_noise else d - noise, dataset.receive_filter))
    return _ratio_db(before, _powers(filtered(noise, dataset.receive_filter)))


def _powers(signal: ComplexArray) -> NDArray[np.float64]:
    return np.asarray(np.sum(np.abs(signal) ** 2, axis=1), dtype=np.float64)


def _ratio_db(before: NDArray[np.float64], after: NDArray[np.float64]) -> Cancellation:
    db = 10 * np.log10(_positive(before) / _positive(after))
    return Cancellation(float(db.mean()), tuple(float(v) for v in db))
