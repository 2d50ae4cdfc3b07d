"""Bring transmit samples to the receiver's rate and centre frequency."""

from fractions import Fraction

import numpy as np

from pimdeploy.errors import CaptureError
from pimdeploy.signals.dataset import ComplexArray

LARGEST_FACTOR = 4096
STOPBAND_DB = 100.0
HALF_TAPS = 64
"""Taps to each side of the resampling filter, in samples of the lower rate: flat to 90 % of its Nyquist frequency."""


def rate_ratio(fs_hz: float, tx_fs_hz: float) -> tuple[int, int]:
    """Return (up, down) with up / down = fs_hz / tx_fs_hz, exact and in lowest terms.

    Raises `CaptureError` where no such pair below 4096 exists: the rates would drift apart along the capture.
    """
    exact = Fraction(fs_hz) / Fraction(tx_fs_hz)
    ratio = exact.limit_denominator(LARGEST_FACTOR)
    drift = abs(ratio / exact - 1) if ratio else 1
    if drift > 1e-12 or max(ratio.numerator, ratio.denominator) > LARGEST_FACTOR:
        raise CaptureError(
            f"the rates of rx ({fs_hz:.12g} Hz) and tx ({tx_fs_hz:.12g} Hz) have no ratio of whole numbers up to "
            f"{LARGEST_FACTOR}; set capture.fs_hz and capture.tx_fs_hz exactly, or resample the capture"
        )
    return ratio.numerator, ratio.denominator


def resample(x: ComplexArray, up: int, down: int) -> ComplexArray:
    """Return x at up / down times its rate, [channel, sample]; sample 0 stays where it is (no delay).

    The filter is a Kaiser-windowed sinc: 100 dB, because images of the carriers in the receive band would pass for
    a linear leakage.
    """
    if up == down:
        return x
    from scipy import signal

    # A multiple of `down`, so that the filter's delay is a whole number of output samples.
    n_side = down * -(-HALF_TAPS * max(up, down) // down)
    offset = np.arange(-n_side, n_side + 1)
    low_pass = np.sinc(0.95 / max(up, down) * offset) * np.kaiser(offset.size, 0.1102 * (STOPBAND_DB - 8.7))
    filtered = signal.upfirdn(low_pass * (up / low_pass.sum()), x, up, down, axis=-1)
    start = n_side // down
    resampled: ComplexArray = filtered[:, start : start - (-x.shape[-1] * up // down)]
    return resampled


def shift_frequency(x: ComplexArray, shift_hz: float, fs_hz: float) -> ComplexArray:
    """Return x[n] exp(+j 2 pi shift_hz n / fs_hz), the phase 0 at n = 0.

    The phase is reduced modulo one turn in integers where both frequencies are whole Hz, so that it is as exact at the
    end of a long capture as at its start.
    """
    if shift_hz == 0:
        return x
    n = np.arange(x.shape[-1])
    if float(shift_hz).is_integer() and float(fs_hz).is_integer():
        turns = (n * (int(shift_hz) % int(fs_hz)) % int(fs_hz)) / fs_hz
    else:
        turns = np.mod(n * (shift_hz / fs_hz), 1.0)
    shifted: ComplexArray = x * np.exp(2j * np.pi * turns)
    return shifted


def occupied_band(x: ComplexArray, fs_hz: float, inside: float = 0.999) -> tuple[float, float]:
    """Return the edges, Hz, between which the fraction `inside` of the power of x, [channel, sample], lies."""
    n_fft = min(4096, x.shape[-1])
    n_blocks = x.shape[-1] // n_fft
    blocks = x[:, : n_blocks * n_fft].reshape(-1, n_fft) * np.hanning(n_fft)
    power = np.fft.fftshift(np.sum(np.abs(np.fft.fft(blocks)) ** 2, axis=0))
    below = np.cumsum(power) / max(float(power.sum()), np.finfo(np.float64).tiny)
    freqs_hz = np.fft.fftshift(np.fft.fftfreq(n_fft, 1 / fs_hz))
    lower, upper = np.searchsorted(below, [(1 - inside) / 2, (1 + inside) / 2])
    return float(freqs_hz[lower]), float(freqs_hz[min(upper, n_fft - 1)])


def to_receiver_frame(
    x: ComplexArray, tx_fs_hz: float, fs_hz: float, shift_hz: float
) -> tuple[ComplexArray, tuple[int, int]]:
    """Return x, [channel, sample], at the rate `fs_hz` and moved by `shift_hz`, and the (up, down) used.

    Raises `CaptureError` where the carriers do not fit into the receiver's rate after the move.
    """
    up, down = rate_ratio(fs_hz, tx_fs_hz)
    if shift_hz != 0 or up < down:
        lower_hz, upper_hz = (edge + shift_hz for edge in occupied_band(x, tx_fs_hz))
        if lower_hz < -fs_hz / 2 or upper_hz > fs_hz / 2:
            need_hz = 2 * max(abs(lower_hz), abs(upper_hz))
            raise CaptureError(
                f"tx is at {lower_hz:.6g} to {upper_hz:.6g} Hz about the receiver's centre, which {fs_hz:.6g} S/s "
                f"do not hold; resample rx to at least {need_hz:.6g} S/s or check capture.tx_center_hz, rx_center_hz"
            )
    # The move is done at the higher of the two rates, so that nothing wraps round before the filter has removed it.
    if up < down:
        return resample(shift_frequency(x, shift_hz, tx_fs_hz), up, down), (up, down)
    return shift_frequency(resample(x, up, down), shift_hz, fs_hz), (up, down)
