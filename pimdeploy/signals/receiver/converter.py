"""An analogue-to-digital converter pair (I and Q): rounding, clipping, and the noise that they add."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.sources.units import WATTS, finite

MOST_BITS = 24


@dataclass(frozen=True)
class Conversion:
    """What a converter makes of samples.

    i_q, q_q: the codes, int32, shape of the input; x: their values, sqrt(W); clipped: components out of range, of all
    channels, I and Q counted apart.
    """

    i_q: NDArray[np.int32]
    q_q: NDArray[np.int32]
    x: ComplexArray
    clipped: int


@dataclass(frozen=True)
class Adc:
    """A converter of `bits` for I and as many for Q, its codes in two's complement.

    full_scale_dbm: level, referred to the receiver's input, of a complex tone whose I and Q just span the codes.
    """

    bits: int
    full_scale_dbm: float

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= MOST_BITS:
            raise InputError(f"adc bits = {self.bits}: expected 1 to {MOST_BITS}")
        finite("adc full_scale_dbm", self.full_scale_dbm)

    @property
    def lsb(self) -> float:
        """One step, sqrt(W): the amplitude of the full-scale tone by 2^(bits - 1)."""
        return math.sqrt(WATTS.power(self.full_scale_dbm)) / (1 << (self.bits - 1))

    def convert(self, x: ComplexArray) -> Conversion:
        """Return the codes of x, sqrt(W), any shape: round to the nearest, ties up (HALF_UP), then SATURATE."""
        lowest, highest = -(2 ** (self.bits - 1)), 2 ** (self.bits - 1) - 1
        exact = [np.floor(part / self.lsb + 0.5) for part in (x.real, x.imag)]
        clipped = sum(int(np.count_nonzero((code < lowest) | (code > highest))) for code in exact)
        i_q, q_q = (np.clip(code, lowest, highest).astype(np.int32) for code in exact)
        return Conversion(i_q, q_q, np.asarray((i_q + 1j * q_q) * self.lsb), clipped)

    def noise_dbm(self, fs_hz: float, width_hz: float) -> float:
        """Return the rounding's noise, dBm, in `width_hz` at the sample rate `fs_hz`: two components of lsb^2 / 12.

        It is 6.02 bits + 1.76 dB below full scale in the whole rate, and white for signals that cross many codes.
        Raises `InputError` for a width beyond the rate.
        """
        if not 0 < width_hz <= fs_hz:
            raise InputError(f"width_hz = {width_hz:g}: expected a width of up to the sample rate of {fs_hz:g} Hz")
        return WATTS.dbm(self.lsb**2 / 6 * width_hz / fs_hz)
