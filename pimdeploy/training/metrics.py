"""Figures of merit, all measured behind the receive filter H (docs/spec, metrics)."""

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
    tiny = np.finfo(np.float64).tiny
    db = 10 * np.log10(np.maximum(before, tiny) / np.maximum(after, tiny))
    return Cancellation(float(db.mean()), tuple(float(v) for v in db))
