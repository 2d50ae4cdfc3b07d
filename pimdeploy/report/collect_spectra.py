"""Power spectra before and after cancellation. NumPy alone, no training library."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pimdeploy.report.drawings import ChannelSpectra, Spectra
from pimdeploy.report.parts import Estimate
from pimdeploy.signals.dataset import ComplexArray, Dataset

BAND_MARGIN = 0.2
"""Width shown on each side of the receive band, as a part of the band."""
AVERAGES = 16
"""Segments without overlap that a spectrum averages at least: with half overlap its standard deviation is 0.8 dB."""
MOST_POINTS = 1500
MANY_CHANNELS = 4
"""More channels than these are drawn small, side by side."""
SMALL_POINTS = 400
"""Points of a spectrum that is drawn small."""
FLOOR_DB = -300.0
"""What a power of 0 is shown as."""
BATCH = 64
"""Segments that are transformed at once: memory stays that of so many."""


def power_spectrum(signal: ComplexArray, fs_hz: float, n_fft: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return frequencies, Hz, ascending from -fs/2, and the power spectrum by Welch's method, dB of full scale.

    signal: [n_samples] in units of full scale. Hann window of `n_fft` samples, half overlapped. A complex tone of
    amplitude 1 on a bin reads 0 dB; white noise of power P reads P * rbw / fs_hz (see `resolution_bandwidth`).
    """
    window = _hann(n_fft)
    segments = np.lib.stride_tricks.sliding_window_view(signal, n_fft)[:: n_fft // 2]
    power: NDArray[np.float64] = np.zeros(n_fft)
    for first in range(0, len(segments), BATCH):
        power += np.sum(np.abs(np.fft.fft(segments[first : first + BATCH] * window)) ** 2, axis=0)
    power = np.fft.fftshift(power) / (len(segments) * window.sum() ** 2)
    freq_hz = np.asarray((np.arange(n_fft) - n_fft // 2) * (fs_hz / n_fft), dtype=np.float64)
    return freq_hz, np.asarray(10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10))), dtype=np.float64)


def resolution_bandwidth(fs_hz: float, n_fft: int) -> float:
    """Return the equivalent noise bandwidth, Hz, of `power_spectrum`: 1.5 bins."""
    window = _hann(n_fft)
    return float(fs_hz * np.sum(window**2) / window.sum() ** 2)


def spectra(
    dataset: Dataset,
    estimates: Mapping[Estimate, ComplexArray],
    latency: int,
    split: str = "test",
    *,
    margin: float | None = BAND_MARGIN,
    warmup: int = 0,
) -> Spectra:
    """Return the power spectra of d, of d - z for each estimate, of the estimate, and of the noise where it is known.

    estimates: by "float" and "fixed", z [n_rx, n_samples] for the whole of `dataset.x`; z[n] estimates d[n - latency].
    margin: width shown on each side of the receive band, as a part of it; None for the whole sample rate. The first
    `warmup` samples of the split are left out.
    """
    start, stop = dataset.splits[split][0] + warmup, dataset.splits[split][1] - latency
    band = (float(dataset.constants["band_lower_hz"]), float(dataset.constants["band_upper_hz"]))
    lower, upper = _view(band, dataset.fs_hz, margin)
    most = MOST_POINTS if len(dataset.d) <= MANY_CHANNELS else SMALL_POINTS
    n_fft = _transform_length(stop - start, dataset.fs_hz / (upper - lower), most)
    freq_hz, _ = power_spectrum(dataset.d[0, start : start + n_fft], dataset.fs_hz, n_fft)
    shown = (freq_hz >= lower) & (freq_hz <= upper)

    def curve(signal: ComplexArray | None) -> tuple[float, ...] | None:
        if signal is None:
            return None
        return tuple(np.round(power_spectrum(signal, dataset.fs_hz, n_fft)[1][shown], 3).tolist())

    channels = []
    for c, d in enumerate(dataset.d):
        late = {name: z[c, start + latency : stop + latency] for name, z in estimates.items()}
        left = {name: d[start:stop] - z for name, z in late.items()}
        channels.append(
            ChannelSpectra(
                received_db=curve(d[start:stop]) or (),
                float_db=curve(left.get("float")),
                fixed_db=curve(left.get("fixed")),
                noise_db=curve(None if dataset.noise is None else dataset.noise[c, start:stop]),
                estimate_db=curve(late.get("fixed", late.get("float"))),
            )
        )
    return Spectra(
        split=split,
        freq_hz=tuple(np.round(freq_hz[shown], 1).tolist()),
        band_hz=band,
        rbw_hz=resolution_bandwidth(dataset.fs_hz, n_fft),
        channels=tuple(channels),
    )


def _hann(n_fft: int) -> NDArray[np.float64]:
    return np.asarray(np.sin(np.pi * np.arange(n_fft) / n_fft) ** 2)


def _view(band: tuple[float, float], fs_hz: float, margin: float | None) -> tuple[float, float]:
    if margin is None:
        return -fs_hz / 2, fs_hz / 2
    room = margin * (band[1] - band[0])
    return max(band[0] - room, -fs_hz / 2), min(band[1] + room, fs_hz / 2)


def _transform_length(n_samples: int, spans: float, most_points: int) -> int:
    """Return the longest power of two that averages enough and gives no more points in view than can be shown."""
    longest = min(n_samples / AVERAGES, most_points * spans)
    if longest < 2:
        raise ValueError(f"{n_samples} samples are too few for a spectrum")
    return int(2 ** math.floor(math.log2(longest)))
