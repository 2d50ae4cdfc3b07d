"""The receive filter H: a linear-phase complex band-pass, and its application with the group delay removed."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import BandSpec
from pimdeploy.signals.dataset import ComplexArray

DEFAULT_STOPBAND_DB = 60.0
LEAST_STOPBAND_DB = 40.0


@dataclass(frozen=True)
class ReceiveFilter:
    """taps: [n_taps] complex128, odd length, conjugate symmetric about the middle; gain 1 at the middle of the band.

    transition_hz: width of each transition, outside the band's edges. stopband_db: attenuation beyond them.
    """

    taps: ComplexArray
    transition_hz: float
    stopband_db: float


def design_receive_filter(band: BandSpec, fs_hz: float) -> ReceiveFilter:
    """Return the receive filter of `band` at the sample rate `fs_hz`, Hz: a Kaiser-windowed sinc moved to the band.

    Taps are real (imaginary part 0) where the band lies symmetrically about 0 Hz. Kaiser's estimate relates taps,
    transition and attenuation: (n_taps - 1) 2.285 (2 pi transition_hz / fs_hz) = stopband_db - 7.95.
    Raises `RecipeError` where the band lies outside the sample rate or the taps are too few for it.
    """
    lower_hz, upper_hz = band.band_hz
    if lower_hz < -fs_hz / 2 or upper_hz > fs_hz / 2:
        raise RecipeError(
            f"receive.band_hz = [{lower_hz:g}, {upper_hz:g}]: outside the sample rate of {fs_hz:g} Hz; "
            f"expected edges between {-fs_hz / 2:g} and {fs_hz / 2:g} Hz"
        )
    transition_hz, stopband_db = _transition(band, fs_hz)
    width_hz = upper_hz - lower_hz + transition_hz
    if width_hz + transition_hz > fs_hz:
        raise RecipeError(
            f"receive.band_hz = [{lower_hz:g}, {upper_hz:g}]: with transitions of {transition_hz:.4g} Hz the filter is "
            f"wider than the sample rate of {fs_hz:g} Hz; raise receive.filter_taps or narrow the band"
        )
    offset = np.arange(band.filter_taps, dtype=np.float64) - band.filter_taps // 2
    low_pass = np.sinc(width_hz / fs_hz * offset) * np.kaiser(band.filter_taps, _kaiser_beta(stopband_db))
    center = np.exp(2j * math.pi * (lower_hz + upper_hz) / (2 * fs_hz) * offset)
    return ReceiveFilter(low_pass / low_pass.sum() * center, transition_hz, stopband_db)


def apply_receive_filter(taps: NDArray[np.inexact], signal: ComplexArray) -> ComplexArray:
    """Return `signal` filtered by `taps`, of the same length, the group delay of (n_taps - 1) / 2 samples removed.

    signal: [..., sample]; taps: [n_taps], odd. Samples beyond the edges count as zero, so that the first and last
    (n_taps - 1) / 2 samples are transients. Overlap-save: memory is linear in the samples. Needs NumPy alone.
    """
    n_taps, n_samples = taps.shape[0], signal.shape[-1]
    if n_taps % 2 == 0:
        raise ValueError(f"{n_taps} taps: an odd number was expected, or the delay is no whole number of samples")
    if n_samples == 0:
        return signal.astype(np.complex128)
    n_fft = 1 << max(12, math.ceil(math.log2(8 * n_taps)))
    step = n_fft - n_taps + 1
    n_blocks = -(-n_samples // step)
    before, after = n_taps // 2, n_blocks * step - n_samples + n_taps // 2
    padded = np.pad(signal, [(0, 0)] * (signal.ndim - 1) + [(before, after)])
    blocks = np.lib.stride_tricks.sliding_window_view(padded, n_fft, axis=-1)[..., ::step, :]
    filtered = np.fft.ifft(np.fft.fft(blocks) * np.fft.fft(taps, n_fft))[..., n_taps - 1 :]
    joined: ComplexArray = filtered.reshape(*signal.shape[:-1], n_blocks * step)[..., :n_samples]
    return np.ascontiguousarray(joined)


def _transition(band: BandSpec, fs_hz: float) -> tuple[float, float]:
    """Return the width of a transition, Hz, and the attenuation, dB, that the taps allow."""
    db_per_hz = 2.285 * 2 * math.pi / fs_hz * (band.filter_taps - 1)
    if band.transition_hz is None:
        return (DEFAULT_STOPBAND_DB - 7.95) / db_per_hz, DEFAULT_STOPBAND_DB
    stopband_db = 7.95 + db_per_hz * band.transition_hz
    if stopband_db < LEAST_STOPBAND_DB:
        raise RecipeError(
            f"receive.transition_hz = {band.transition_hz:g}: {band.filter_taps} taps at {fs_hz:g} Hz need at least "
            f"{(LEAST_STOPBAND_DB - 7.95) / db_per_hz:.4g} Hz for {LEAST_STOPBAND_DB:g} dB; widen it or raise "
            "receive.filter_taps"
        )
    # Beyond 120 dB more window only widens the main lobe: double precision and 16-bit inputs see nothing of it.
    return band.transition_hz, min(stopband_db, 120.0)


def _kaiser_beta(stopband_db: float) -> float:
    """Return the Kaiser window's beta for an attenuation (Kaiser 1974)."""
    if stopband_db > 50:
        return 0.1102 * (stopband_db - 8.7)
    return 0.5842 * math.pow(stopband_db - 21, 0.4) + 0.07886 * (stopband_db - 21)
