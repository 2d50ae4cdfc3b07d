"""The transmitter: all carriers of all antennas at one sample rate, in blocks of any size."""

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.carrier import Carrier, check_apart, check_rate
from pimdeploy.signals.modulation.crest import N_PASSES, peak_stages, tune
from pimdeploy.signals.modulation.envelope import CarrierEnvelope, shaping
from pimdeploy.signals.modulation.placement import PlacedCarrier, placed_pulse
from pimdeploy.signals.modulation.precoding import Precoding, SlotPrecoding, identity, slot_start
from pimdeploy.signals.modulation.stages import Timeline
from pimdeploy.signals.sources.units import WATTS

_LARGEST_BLOCK = 32768
_BLOCK_SAMPLES = 1 << 18
_CALIBRATION_SAMPLES = 1 << 17
ANY_ANTENNA = identity(1)
"""One antenna that sends one stream."""


class Transmitter:
    """Complex envelopes of all carriers about `center_hz` at `fs_hz`, [antenna, sample], in sqrt(W).

    Equal arguments give equal samples to the last bit, however the signal is cut by `read`. Memory does not grow with
    the length. Carriers are independent of each other, as are their streams; their symbols, slots and precoding slots
    all begin at sample 0, before which the signal has run for ever.

    carriers: apart from each other; see `Carrier`. precoding: the same kind for all carriers. papr_db: peak to average
    power, dB, to which the crest of each antenna's sum of carriers is reduced, None for none: what a base station does
    whose carriers share an amplifier. Raises `InputError` for overlapping carriers, a rate that does not hold them
    (naming the lowest that does) and a crest that cannot be reached.
    """

    def __init__(
        self,
        carriers: Sequence[Carrier],
        fs_hz: float,
        *,
        center_hz: float = 0.0,
        precoding: Precoding = ANY_ANTENNA,
        papr_db: float | None = None,
        seed: int = 1,
    ) -> None:
        check_apart(carriers)
        check_rate(carriers, fs_hz, center_hz)
        self.carriers, self.fs_hz, self.center_hz = tuple(carriers), float(fs_hz), float(center_hz)
        self.precoding, self.papr_db, self.seed = precoding, papr_db, seed
        self.position = 0
        """Samples read so far."""
        self._placed = [self._place(index) for index in range(len(carriers))]
        self._block, self._next = self._block_length(), 0
        self._timeline = self._made()

    @property
    def n_antennas(self) -> int:
        """Antennas, the channels of what `read` returns."""
        return self.precoding.n_antennas

    @property
    def antenna_power_dbm(self) -> NDArray[np.float64]:
        """Mean level of all carriers together on each antenna, [antenna], dBm."""
        total = sum(WATTS.power(carrier.power_dbm) for carrier in self.carriers)
        return np.array([WATTS.dbm(total * share) for share in self.precoding.antenna_power])

    def read(self, n_samples: int) -> ComplexArray:
        """Return the next `n_samples`, [antenna, n_samples], complex128."""
        if n_samples < 0:
            raise ValueError(f"n_samples = {n_samples}: expected 0 or more")
        start, self.position = self.position, self.position + n_samples
        return self._timeline.window(start, self.position).copy()

    def slots(self, n_samples: int) -> tuple[tuple[int, int], ...]:
        """Return the half-open sample ranges, within the first `n_samples`, in which the precoding holds still.

        Empty where it never changes. Edges are the first samples of a slot; the change itself is as soft as the
        carriers' filters make it.
        """
        if not isinstance(self.precoding, SlotPrecoding):
            return ()
        length = self.precoding.slot_s * Fraction(self.fs_hz)
        edges = [slot_start(slot, length) for slot in range(math.ceil(n_samples / length))] + [n_samples]
        return tuple(itertools.pairwise(edges))

    def _block_length(self) -> int:
        """Samples made at a time: fixed, so that sums are formed alike however the signal is read."""
        return min(_LARGEST_BLOCK, max(1024, _BLOCK_SAMPLES // (1 << (self.n_antennas - 1).bit_length())))

    def _place(self, index: int) -> PlacedCarrier:
        carrier = self.carriers[index]
        waveform = carrier.waveform
        envelope = CarrierEnvelope(waveform, carrier.papr_db, self.precoding, index, [self.seed, index])
        amplitude = math.sqrt(WATTS.power(carrier.power_dbm) / shaping(waveform, carrier.papr_db).power_ratio)
        return PlacedCarrier(envelope, amplitude, self._offset_hz(carrier), Fraction(self.fs_hz))

    def _offset_hz(self, carrier: Carrier) -> Fraction:
        return Fraction(carrier.center_hz) - Fraction(self.center_hz)

    def _made(self) -> Timeline:
        """Return the timeline of samples, behind the crest's reduction where it is asked for."""
        if self.papr_db is None:
            return Timeline(self._sum, 0)
        pulse, total = self._pulse(), sum(WATTS.power(carrier.power_dbm) for carrier in self.carriers)
        self._block = max(self._block, 1 << len(pulse).bit_length())
        # Tuned on one antenna and on samples of its own.
        bare = Transmitter(self.carriers, self.fs_hz, center_hz=self.center_hz, seed=0)
        n_frames = 2 + _CALIBRATION_SAMPLES // self._block + 4 * N_PASSES * len(pulse) // self._block
        frames = [bare.read(self._block) for _ in range(n_frames)]
        tuned = tune(lambda limit_db: peak_stages(pulse, limit_db, np.array([total])), frames, self.papr_db)
        chain = peak_stages(pulse, tuned.limit_db, total * self.precoding.antenna_power)
        self._next = -self._block * -(-2 * chain.delay // self._block)
        gain = 1 / math.sqrt(tuned.power_ratio)
        return Timeline(lambda: chain.push(self._sum()) * gain, self._next - chain.delay)

    def _pulse(self) -> ComplexArray:
        """Return the pulse, [odd] at `fs_hz`, that has the carriers' spectrum and their shares of the power."""
        pulses = [
            WATTS.power(carrier.power_dbm)
            * placed_pulse(carrier.waveform, self._offset_hz(carrier), Fraction(self.fs_hz))
            for carrier in self.carriers
        ]
        longest = max(len(pulse) for pulse in pulses)
        return np.asarray(sum(np.pad(pulse, (longest - len(pulse)) // 2) for pulse in pulses))

    def _sum(self) -> ComplexArray:
        """Return the next block of all carriers, [antenna, block]."""
        start, self._next = self._next, self._next + self._block
        total = self._placed[0].block(start, self._block)
        for placed in self._placed[1:]:
            total += placed.block(start, self._block)
        return total
