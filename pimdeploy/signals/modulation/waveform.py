"""What every waveform has in common, and the union of them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.pulses import FloatArray

LEAST_FRAME = 16384
"""Samples that a frame has at least: short ones would spend their time in calls."""


class SymbolSource(ABC):
    """Makes the unshaped samples of one carrier, frame by frame; the frames' length never changes."""

    n_frame: int
    """Samples a frame, at the waveform's own rate."""

    @abstractmethod
    def frame(self) -> ComplexArray:
        """Return the next frame, [stream, n_frame], independent streams of mean power 1 before shaping."""


class Waveform(ABC):
    """One kind of modulated carrier about 0 Hz. Widths in Hz; the subclasses are frozen dataclasses.

    A source's samples, behind the filter `taps`, are the carrier's complex envelope at the rate `rate_hz`.
    """

    constant_envelope = False
    """True where the crest needs no reduction."""

    @property
    @abstractmethod
    def label(self) -> str:
        """What to call the waveform in messages and reports."""

    @property
    @abstractmethod
    def rate_hz(self) -> Fraction:
        """Rate of the carrier's own samples, S/s: at least four times `edge_hz`, so that resampling is short."""

    @property
    @abstractmethod
    def channel_hz(self) -> float:
        """Width of the channel that the carrier is assigned: neighbours may start where it ends."""

    @property
    @abstractmethod
    def occupied_hz(self) -> float:
        """Width that holds 99 % of the power (occupied bandwidth)."""

    @property
    @abstractmethod
    def edge_hz(self) -> float:
        """Distance from the centre beyond which the power density is below -90 dB of that at the centre."""

    @abstractmethod
    def taps(self) -> FloatArray:
        """Return the taps, [odd], linear phase, of the filter that shapes the carrier, at `rate_hz`."""

    @abstractmethod
    def source(self, n_streams: int, rng: np.random.Generator) -> SymbolSource:
        """Return a source of `n_streams` independent streams that draws from `rng`."""


@dataclass(frozen=True)
class Tone(Waveform):
    """A continuous wave (CW), with a random phase a stream."""

    constant_envelope = True

    @property
    def label(self) -> str:
        """CW."""
        return "CW"

    @property
    def rate_hz(self) -> Fraction:
        """1 MS/s."""
        return Fraction(1_000_000)

    @property
    def channel_hz(self) -> float:
        """0: a tone has no width."""
        return 0.0

    @property
    def occupied_hz(self) -> float:
        """0: a tone has no width."""
        return 0.0

    @property
    def edge_hz(self) -> float:
        """Where the filter ends; only a change of the precoding matrix puts power beside the tone."""
        return 50e3

    def taps(self) -> FloatArray:
        """Return a filter that softens the steps of a precoding matrix; the tone itself passes as it is."""
        from pimdeploy.signals.modulation.pulses import low_pass

        return low_pass(10e3, self.edge_hz, float(self.rate_hz))

    def source(self, n_streams: int, rng: np.random.Generator) -> SymbolSource:
        """Return a source of one complex constant a stream."""
        return _ToneSource(n_streams, rng)


class _ToneSource(SymbolSource):
    n_frame = LEAST_FRAME

    def __init__(self, n_streams: int, rng: np.random.Generator) -> None:
        self._value = np.exp(2j * np.pi * rng.random((n_streams, 1)))

    def frame(self) -> ComplexArray:
        return np.tile(self._value, (1, self.n_frame))
