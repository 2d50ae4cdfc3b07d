"""A carrier at its place: resampled to the transmitter's rate, moved to its frequency, scaled to its level."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.envelope import CarrierEnvelope
from pimdeploy.signals.modulation.interpolate import interpolate, margins
from pimdeploy.signals.modulation.waveform import Waveform

_LARGEST_TERM = 1 << 44
"""Ratios of rates and frequencies are of integers up to this: within 2^-88, and 2^18 samples of them fit 64 bits."""


class Steps:
    """n ratio for integers n, split exactly into a whole number and a rest, however large n is."""

    def __init__(self, ratio: Fraction) -> None:
        self._ratio = ratio.limit_denominator(_LARGEST_TERM)
        self._whole, self._numerator = divmod(self._ratio.numerator, self._ratio.denominator)

    def at(self, start: int, n: int) -> tuple[int, NDArray[np.int64], NDArray[np.float64]]:
        """Return (base, index, rest), [n], such that (start + i) ratio = base + index[i] + rest[i], 0 <= rest < 1."""
        denominator = self._ratio.denominator
        base, first = divmod(start * self._ratio.numerator, denominator)
        i = np.arange(n, dtype=np.int64)
        carried, rest = np.divmod(i * self._numerator + first, denominator)
        return base, carried + self._whole * i, rest / denominator


def phasor(offset_hz: Fraction, fs_hz: Fraction, start: int, n: int) -> ComplexArray:
    """Return exp(j 2 pi offset_hz i / fs_hz) for the samples i from `start` on, [n]: as exact late as early."""
    _, _, turns = Steps(offset_hz / fs_hz).at(start, n)
    return np.asarray(np.exp(2j * np.pi * turns))


class PlacedCarrier:
    """One carrier's share of the transmitter's samples, [antenna, n] at `fs_hz`, `offset_hz` from its centre."""

    def __init__(self, envelope: CarrierEnvelope, amplitude: float, offset_hz: Fraction, fs_hz: Fraction) -> None:
        self._envelope, self._amplitude = envelope, amplitude
        self._offset_hz, self._fs_hz = offset_hz, fs_hz
        self._steps = Steps(envelope.rate_hz / fs_hz)

    def block(self, start: int, n: int) -> ComplexArray:
        """Return the samples [start, start + n); `start` never goes back."""
        base, index, fraction = self._steps.at(start, n)
        before, after = margins()
        x = self._envelope.window(base + int(index[0]) - before, base + int(index[-1]) + after + 1)
        out = interpolate(x, index - index[0] + before, fraction)
        out *= self._amplitude * phasor(self._offset_hz, self._fs_hz, start, n)
        return out


def placed_pulse(waveform: Waveform, offset_hz: Fraction, fs_hz: Fraction) -> ComplexArray:
    """Return the pulse of the waveform's filter at `fs_hz`, moved by `offset_hz`: [odd], 1 in the middle."""
    taps = waveform.taps()
    middle, (before, _) = len(taps) // 2, margins()
    half = int(middle * fs_hz / waveform.rate_hz)
    base, index, fraction = Steps(waveform.rate_hz / fs_hz).at(-half, 2 * half + 1)
    padded = np.pad(taps / taps[middle], margins())[None].astype(np.complex128)
    pulse = interpolate(padded, index + base + middle + before, fraction)[0]
    return np.asarray(pulse * phasor(offset_hz, fs_hz, -half, 2 * half + 1))
