"""GSM-like narrowband carriers: Gaussian minimum-shift keying."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.pulses import FloatArray, gaussian_phase_steps, low_pass
from pimdeploy.signals.modulation.waveform import SymbolSource, Waveform

BIT_RATE_HZ = Fraction(13_000_000, 48)
"""270.833 kbit/s (3GPP TS 45.004 clause 2.1)."""
BANDWIDTH_TIME = 0.3
_SAMPLES_PER_BIT = 16
_PULSE_BITS = 10
_BITS_A_FRAME = 1024


@dataclass(frozen=True)
class Gsm(Waveform):
    """A GSM-like carrier: GMSK with BT = 0.3 at 270.833 kbit/s, random bits without bursts. Constant envelope."""

    constant_envelope = True

    @property
    def label(self) -> str:
        """GSM."""
        return "GSM"

    @property
    def rate_hz(self) -> Fraction:
        """Sixteen samples a bit."""
        return _SAMPLES_PER_BIT * BIT_RATE_HZ

    @property
    def channel_hz(self) -> float:
        """Carrier spacing. The skirts of GMSK reach beyond it, as they do on the air."""
        return 200e3

    @property
    def occupied_hz(self) -> float:
        """0.906 of the bit rate."""
        return 0.906 * float(BIT_RATE_HZ)

    @property
    def edge_hz(self) -> float:
        """Where the filter ends; GMSK itself is 90 dB down at 0.6 MHz."""
        return 0.9e6

    def taps(self) -> FloatArray:
        """Return a filter that softens the steps of a precoding matrix; GMSK itself passes as it is."""
        return low_pass(0.65e6, self.edge_hz, float(self.rate_hz))

    def source(self, n_streams: int, rng: np.random.Generator) -> SymbolSource:
        """Return a source of 1024 bits a frame."""
        return _GmskSource(n_streams, rng)


class _GmskSource(SymbolSource):
    """The state is the phase at the frame's end and the bits whose pulses reach into the next frame."""

    n_frame = _BITS_A_FRAME * _SAMPLES_PER_BIT

    def __init__(self, n_streams: int, rng: np.random.Generator) -> None:
        self._rng = rng
        # Row i: what the bit that began i bits ago adds to the phase during the samples of this bit.
        self._steps = gaussian_phase_steps(BANDWIDTH_TIME, _SAMPLES_PER_BIT, _PULSE_BITS)[::-1]
        self._bits = self._draw(n_streams, _PULSE_BITS - 1)
        self._turns = rng.random((n_streams, 1))

    def _draw(self, n_streams: int, n_bits: int) -> FloatArray:
        return np.asarray(self._rng.integers(0, 2, (n_streams, n_bits)) * 2 - 1, dtype=np.float64)

    def frame(self) -> ComplexArray:
        bits = np.concatenate([self._bits, self._draw(self._bits.shape[0], _BITS_A_FRAME)], axis=1)
        self._bits = bits[:, -(_PULSE_BITS - 1) :]
        windows = np.lib.stride_tricks.sliding_window_view(bits, _PULSE_BITS, axis=1)
        steps = (windows @ self._steps).reshape(bits.shape[0], -1) / 2
        turns = self._turns + np.cumsum(steps, axis=1)
        self._turns = np.mod(turns[:, -1:], 1.0)
        return np.asarray(np.exp(2j * np.pi * turns))
