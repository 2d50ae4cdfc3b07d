"""Crest-factor reduction by peak cancellation: pulses of the carriers' own spectrum are subtracted at the peaks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.stages import Chain, Stage, settled

N_PASSES = 6
"""Passes over the signal; what a pulse raises beside its peak is cut by the next pass."""
_CORRECTIONS = 2
_WIDTH_LEVEL = 0.5
LEAST_PAPR_DB = 5.0
CREST_PROBABILITY = 1e-4
"""A crest is the level over the mean that one sample in 10,000 exceeds."""


def crest_db(x: ComplexArray, probability: float = CREST_PROBABILITY) -> float:
    """Return the level over the mean, dB, that |x|^2 exceeds with `probability` (a point of the CCDF)."""
    power = np.abs(x) ** 2
    return float(10 * np.log10(np.quantile(power, 1 - probability) / power.mean()))


class PeakCancellation(Stage):
    """One pass. At every peak above the limit, the excess is subtracted as a pulse centred on it.

    pulse: [odd], 1 in the middle, of the spectrum that the correction may have, so that nothing new lies beside the
    carriers. limit: [channel], the largest |x| wanted. Frames shorter than the pulse are refused.
    """

    def __init__(self, pulse: NDArray[np.inexact], limit: NDArray[np.float64]) -> None:
        self._pulse, self._limit, self._half = pulse, limit, len(pulse) // 2
        self.delay = 2 * self._half
        # Peaks closer than this share their pulses' middles: cutting all of them at once would cut too deep.
        self._reach = int(np.flatnonzero(np.abs(pulse[self._half :]) >= _WIDTH_LEVEL)[-1]) + 1
        self._past = np.zeros((len(limit), self.delay), dtype=np.complex128)

    def push(self, frame: ComplexArray) -> ComplexArray:
        """Return the next frame, its peaks lowered."""
        half, n = self._half, frame.shape[1]
        if n <= self.delay:
            raise ValueError(f"a frame of {n} samples is shorter than the pulse of {len(self._pulse)}")
        joined = np.concatenate([self._past, frame], axis=1)
        for channel in range(joined.shape[0]):
            # Peaks in the middle: their pulses reach back to what leaves now and no further than what has come.
            self._cut(joined[channel], half, half + n, self._limit[channel])
        self._past = joined[:, n:].copy()
        return joined[:, :n]

    def _cut(self, x: ComplexArray, start: int, stop: int, limit: float) -> None:
        """Subtract, in place, a pulse at every peak of x, [n], between `start` and `stop`."""
        peaks = self._peaks(x, start, stop, limit)
        excess = x[peaks] * (1 - limit / np.abs(x[peaks]))
        for peak, height in zip(peaks.tolist(), excess.tolist(), strict=True):
            x[peak - self._half : peak + self._half + 1] -= height * self._pulse

    def _peaks(self, x: ComplexArray, start: int, stop: int, limit: float) -> NDArray[np.int64]:
        """Return where |x| is above the limit and the largest within the pulse's width."""
        reach = self._reach
        power = x.real[start - reach : stop + reach] ** 2 + x.imag[start - reach : stop + reach] ** 2
        inner = power[reach : len(power) - reach]
        above = np.flatnonzero(inner > limit**2)
        # Most are not even the largest of three; what is left is compared with all around it.
        above = above[(inner[above] >= power[above + reach - 1]) & (inner[above] > power[above + reach + 1])]
        around = np.lib.stride_tricks.sliding_window_view(power, 2 * reach + 1)
        return np.asarray(above[inner[above] >= around[above].max(axis=1, initial=0.0)] + start)


@dataclass(frozen=True)
class CrestLimit:
    """limit_db: where peaks are cut, dB over the mean power before. power_ratio: mean power after over before."""

    limit_db: float
    power_ratio: float


def peak_stages(pulse: NDArray[np.inexact], limit_db: float, mean_power: NDArray[np.float64]) -> Chain:
    """Return the passes that cut peaks `limit_db` above `mean_power`, [channel]; `pulse`, [odd], of any height."""
    limit = np.sqrt(mean_power * 10 ** (limit_db / 10))
    return Chain([PeakCancellation(pulse / pulse[len(pulse) // 2], limit) for _ in range(N_PASSES)])


def tune(
    reduction: Callable[[float], Stage],
    frames: Sequence[ComplexArray],
    papr_db: float,
    between: Callable[[ComplexArray], ComplexArray] | None = None,
) -> CrestLimit:
    """Return the limit with which `reduction` (of a limit, dB) brings the crest to `papr_db`, and what power it leaves.

    frames: samples to measure it on; between: adds the samples between them, whose crest counts too. A limit at
    `papr_db` itself overshoots by some tenths of a decibel, for peaks lie between samples, the last pass leaves some,
    and the mean has fallen; two corrections bring it within 0.1 dB. Raises `InputError` below 5 dB, where the passes no
    longer converge.
    """
    if not papr_db >= LEAST_PAPR_DB:
        raise InputError(f"papr_db = {papr_db:g}: crest-factor reduction reaches {LEAST_PAPR_DB:g} dB at the lowest")
    limit_db = papr_db
    for _ in range(_CORRECTIONS):
        reduced = settled(reduction(limit_db), frames)[1]
        overshoot_db = crest_db(between(reduced) if between else reduced) - papr_db
        limit_db = min(papr_db, limit_db - overshoot_db)
    before, behind = settled(reduction(limit_db), frames)
    return CrestLimit(limit_db, float(np.mean(np.abs(behind) ** 2) / np.mean(np.abs(before) ** 2)))
