"""One carrier's complex envelopes at the rate of its waveform, crest and precoding included."""

import math
from functools import cache

import numpy as np

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.crest import N_PASSES, CrestLimit, peak_stages, tune
from pimdeploy.signals.modulation.interpolate import doubled
from pimdeploy.signals.modulation.precoding import Precoder, Precoding
from pimdeploy.signals.modulation.stages import Chain, Stage, StreamFilter, Timeline, settled
from pimdeploy.signals.modulation.waveform import Waveform

_CALIBRATION_FRAMES = 4


class CarrierEnvelope:
    """All antennas' envelopes of one carrier about 0 Hz at `waveform.rate_hz`, [antenna, sample].

    Antennas have mean power `precoding.antenna_power` times `shaping(waveform, papr_db).power_ratio`. Sample 0 is where the
    first symbol, slot and precoding slot begin; the signal has run for ever before it, so that nothing fades in.
    key: seeds the symbols; carrier: index of the carrier, for the precoding.
    """

    def __init__(
        self, waveform: Waveform, papr_db: float | None, precoding: Precoding, carrier: int, key: list[int]
    ) -> None:
        self.rate_hz = waveform.rate_hz
        """Sample rate, S/s, exact."""
        self._source = waveform.source(precoding.n_streams, np.random.default_rng(key))
        taps, power = waveform.taps(), precoding.antenna_power
        chain: Stage = StreamFilter(taps, len(power))
        if papr_db is not None:
            chain = Chain([chain, peak_stages(taps, shaping(waveform, papr_db).limit_db, power)])
        # Frames before sample 0, so many that every filter is full before the first sample that can be asked for, and
        # as many without a reduction of the crest, so that the symbols are the same.
        start = -self._source.n_frame * -(-2 * len(taps) * (1 + N_PASSES) // self._source.n_frame)
        self._chain = Chain([Precoder(precoding, carrier, waveform.rate_hz, start), chain])
        self._timeline = Timeline(self._frame, start - chain.delay)

    def _frame(self) -> ComplexArray:
        return self._chain.push(self._source.frame())

    def window(self, start: int, stop: int) -> ComplexArray:
        """Return the samples [start, stop), [antenna, n]; `start` never goes back."""
        return self._timeline.window(start, stop)


@cache
def shaping(waveform: Waveform, papr_db: float | None) -> CrestLimit:
    """Return where the crest is cut for a target of `papr_db` (infinity for None), and the power left in all.

    For unit power before the channel filter, which takes the symbols' side lobes. Measured once on samples of its own.
    Raises `InputError` for a target that cannot be reached.
    """
    source = waveform.source(1, np.random.default_rng(0))
    channel_filter = StreamFilter(waveform.taps(), 1)
    before, filtered = settled(channel_filter, [source.frame() for _ in range(_CALIBRATION_FRAMES)])
    ratio = float(np.mean(np.abs(filtered) ** 2) / np.mean(np.abs(before) ** 2))
    if papr_db is None:
        return CrestLimit(math.inf, ratio)
    n = source.n_frame
    frames = [filtered[:, start : start + n] for start in range(0, filtered.shape[1] - n + 1, n)]
    reduced = tune(lambda limit_db: peak_stages(waveform.taps(), limit_db, np.ones(1)), frames, papr_db, doubled)
    return CrestLimit(reduced.limit_db, ratio * reduced.power_ratio)
