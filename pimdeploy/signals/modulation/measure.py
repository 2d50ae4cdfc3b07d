"""What a spectrum analyser says of an envelope: power density, power in a band, ACLR, CCDF, error vector magnitude."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.carrier import Carrier
from pimdeploy.signals.modulation.crest import crest_db
from pimdeploy.signals.modulation.precoding import identity
from pimdeploy.signals.modulation.transmitter import Transmitter
from pimdeploy.signals.modulation.waveform import Waveform
from pimdeploy.signals.sources.units import WATTS
from pimdeploy.signals.waveforms import papr_db

FloatArray = NDArray[np.float64]
_WINDOW_BETA = 18.0
"""Kaiser window with side lobes below -130 dB, so that what lies beside a carrier is measured and not the window."""


def level_dbm(x: ComplexArray) -> float:
    """Return the mean level, dBm, of an envelope x, sqrt(W), of any shape."""
    return WATTS.dbm(float(np.mean(np.abs(x) ** 2)))


def power_density(x: ComplexArray, fs_hz: float, n_fft: int = 4096) -> tuple[FloatArray, FloatArray]:
    """Return (freqs_hz, density), [n_fft] each, ascending: the mean density of x, [..., sample], W/Hz for x in sqrt(W).

    Welch's mean over segments that overlap by half; samples beyond the last whole segment are left out.
    """
    window = np.kaiser(n_fft, _WINDOW_BETA)
    segments = np.lib.stride_tricks.sliding_window_view(x, n_fft, axis=-1)[..., :: n_fft // 2, :]
    if segments.shape[-2] == 0:
        raise ValueError(f"{x.shape[-1]} samples: fewer than a segment of {n_fft}")
    total = np.zeros(n_fft)
    for segment in segments.reshape(-1, n_fft):
        total += np.abs(np.fft.fft(segment * window)) ** 2
    density = total / (segments.size // n_fft * np.sum(window**2) * fs_hz)
    return np.fft.fftshift(np.fft.fftfreq(n_fft, 1 / fs_hz)), np.fft.fftshift(density)


def band_power(x: ComplexArray, fs_hz: float, band_hz: tuple[float, float], n_fft: int = 4096) -> float:
    """Return the power of x, [..., sample], between the edges `band_hz`, in W for x in sqrt(W), mean over channels."""
    freqs_hz, density = power_density(x, fs_hz, n_fft)
    inside = (freqs_hz >= band_hz[0]) & (freqs_hz < band_hz[1])
    return float(density[inside].sum() * fs_hz / n_fft)


def aclr_db(x: ComplexArray, fs_hz: float, center_hz: float, width_hz: float, spacing_hz: float) -> float:
    """Return the adjacent channel leakage ratio, dB: power in `width_hz` about the centre over that of the neighbour.

    The worse of the two neighbours, `spacing_hz` to either side, counts (TS 36.104 clause 6.6.2).
    """
    powers = [
        band_power(x, fs_hz, (center_hz + k * spacing_hz - width_hz / 2, center_hz + k * spacing_hz + width_hz / 2))
        for k in (-1, 0, 1)
    ]
    return float(10 * np.log10(powers[1] / max(powers[0], powers[2], np.finfo(np.float64).tiny)))


def ccdf(x: ComplexArray, levels_db: FloatArray) -> FloatArray:
    """Return the share of samples of x, any shape, whose power exceeds the mean by `levels_db`, [n_levels]."""
    power = np.sort((np.abs(x) ** 2).ravel())
    above = power.size - np.searchsorted(power, power.mean() * 10 ** (np.asarray(levels_db) / 10), side="right")
    return np.asarray(above / power.size)


def evm_percent(x: ComplexArray, reference: ComplexArray) -> float:
    """Return the error vector magnitude of x against `reference`, same shape, percent rms.

    A common complex gain, the best in the least-squares sense, is no error.
    """
    gain = np.vdot(reference, x) / np.vdot(reference, reference)
    error = np.sum(np.abs(x - gain * reference) ** 2) / np.sum(np.abs(gain * reference) ** 2)
    return float(100 * np.sqrt(error))


@dataclass(frozen=True)
class CrestReport:
    """What crest-factor reduction does to one waveform. Crests are peak to average powers, dB."""

    target_db: float
    peak_before_db: float
    peak_after_db: float
    crest_before_db: float
    """Exceeded by one sample in 10,000."""
    crest_after_db: float
    evm_percent: float
    """Of the envelope: what the reduction adds, in the whole channel."""
    aclr_before_db: float
    aclr_after_db: float


def measure_crest(waveform: Waveform, target_db: float, n_samples: int = 1 << 18, seed: int = 1) -> CrestReport:
    """Return what a reduction to `target_db` does to `waveform`, measured on `n_samples` at twice its rate.

    Raises `InputError` for a constant envelope and for a target that cannot be reached.
    """
    fs_hz = 2 * float(waveform.rate_hz)
    carriers = (Carrier(waveform, 0.0, 30.0), Carrier(waveform, 0.0, 30.0, target_db))
    before, after = (
        Transmitter((carrier,), fs_hz, seed=seed, precoding=identity(1)).read(n_samples) for carrier in carriers
    )
    width_hz, spacing_hz = waveform.occupied_hz, waveform.channel_hz
    return CrestReport(
        target_db=target_db,
        peak_before_db=papr_db(before),
        peak_after_db=papr_db(after),
        crest_before_db=crest_db(before),
        crest_after_db=crest_db(after),
        evm_percent=evm_percent(after, before),
        aclr_before_db=aclr_db(before, fs_hz, 0.0, width_hz, spacing_hz),
        aclr_after_db=aclr_db(after, fs_hz, 0.0, width_hz, spacing_hz),
    )
