"""WCDMA-like spread spectrum: many orthogonal codes, scrambled, behind a root-raised-cosine pulse."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pimdeploy.errors import InputError
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.pulses import FloatArray, root_raised_cosine
from pimdeploy.signals.modulation.waveform import SymbolSource, Waveform

CHIP_RATE_HZ = 3_840_000
ROLL_OFF = 0.22
SAMPLES_PER_CHIP = 4
SLOT_CHIPS = 2560
"""Chips of a slot of 2/3 ms."""
_HALF_CHIPS = 48
_SLOTS_A_FRAME = 2
_CODE_STEP = 79
"""Odd, so that codes are chosen once each, and near the golden section of 128."""


def ovsf_codes(spreading_factor: int) -> FloatArray:
    """Return all orthogonal codes of a power-of-two `spreading_factor`, [code, chip], +-1 (TS 25.213 clause 4.3.1.1)."""
    codes = np.ones((1, 1))
    while codes.shape[1] < spreading_factor:
        codes = np.stack([np.hstack([codes, codes]), np.hstack([codes, -codes])], axis=1).reshape(
            -1, 2 * codes.shape[1]
        )
    return codes


@dataclass(frozen=True)
class Wcdma(Waveform):
    """A WCDMA-like carrier, 3.84 Mchip/s: `n_codes` QPSK channels of equal power on orthogonal codes, scrambled.

    The default is the load of test model 1 of TS 25.141 without its common channels. The scrambling sequence is random
    and not a Gold code, so that carriers and streams are independent.
    """

    n_codes: int = 64
    spreading_factor: int = 128

    def __post_init__(self) -> None:
        factor = self.spreading_factor
        if factor not in (4, 8, 16, 32, 64, 128, 256, 512):
            raise InputError(f"spreading factor {factor}: expected a power of two from 4 to 512")
        if not 1 <= self.n_codes <= factor:
            raise InputError(f"{self.n_codes} codes: a spreading factor of {factor} has 1 to {factor} orthogonal codes")

    @property
    def label(self) -> str:
        """WCDMA."""
        return "WCDMA"

    @property
    def rate_hz(self) -> Fraction:
        """Four samples a chip."""
        return Fraction(SAMPLES_PER_CHIP * CHIP_RATE_HZ)

    @property
    def channel_hz(self) -> float:
        """Nominal carrier spacing."""
        return 5e6

    @property
    def occupied_hz(self) -> float:
        """4.166 MHz: where the raised-cosine density leaves 0.5 % beyond either edge."""
        return 4.1659e6

    @property
    def edge_hz(self) -> float:
        """Half the channel bandwidth."""
        return 2.5e6

    def taps(self) -> FloatArray:
        """Return the pulse; a chip is one sample of amplitude 2, which makes the envelope's mean power 1."""
        return root_raised_cosine(ROLL_OFF, SAMPLES_PER_CHIP, _HALF_CHIPS)

    def source(self, n_streams: int, rng: np.random.Generator) -> SymbolSource:
        """Return a source of whole slots."""
        return _WcdmaSource(self, n_streams, rng)


class _WcdmaSource(SymbolSource):
    """Chips with zeros between them, whole slots a frame."""

    n_frame = _SLOTS_A_FRAME * SLOT_CHIPS * SAMPLES_PER_CHIP

    def __init__(self, waveform: Wcdma, n_streams: int, rng: np.random.Generator) -> None:
        self._n_streams, self._rng = n_streams, rng
        # Scattered over the tree: a branch of neighbours repeats its chips, and the sum would peak more than Gaussian.
        chosen = np.arange(waveform.n_codes) * _CODE_STEP % waveform.spreading_factor
        self._codes = ovsf_codes(waveform.spreading_factor)[chosen] / np.sqrt(waveform.n_codes)

    def frame(self) -> ComplexArray:
        n_codes, factor = self._codes.shape
        n_symbols = _SLOTS_A_FRAME * SLOT_CHIPS // factor
        symbols = self._qpsk((self._n_streams, n_symbols, n_codes))
        chips = (symbols.real @ self._codes + 1j * (symbols.imag @ self._codes)).reshape(self._n_streams, -1)
        samples = np.zeros((self._n_streams, self.n_frame), dtype=np.complex128)
        samples[:, ::SAMPLES_PER_CHIP] = np.sqrt(SAMPLES_PER_CHIP) * chips * self._qpsk(chips.shape)
        return samples

    def _qpsk(self, shape: tuple[int, ...]) -> ComplexArray:
        bits = self._rng.integers(0, 2, (2, *shape), dtype=np.int8)
        return np.asarray(((2 * bits[0] - 1) + 1j * (2 * bits[1] - 1)) / np.sqrt(2))
