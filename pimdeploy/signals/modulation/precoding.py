"""MIMO precoding: antennas from streams by fixed matrices, DFT beams, or matrices drawn anew in every slot."""

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.stages import Stage


@dataclass(frozen=True, eq=False)
class FixedPrecoding:
    """One matrix for all time, [antenna, stream], of mean row power 1: streams of unit power give antennas of power 1.

    Made by `fixed`, `identity` or `dft_beams`.
    """

    weights: ComplexArray

    @property
    def n_antennas(self) -> int:
        """Antennas T."""
        return int(self.weights.shape[0])

    @property
    def n_streams(self) -> int:
        """Streams S."""
        return int(self.weights.shape[1])

    @property
    def antenna_power(self) -> NDArray[np.float64]:
        """Mean power of each antenna, [antenna], relative to the carrier's stated power; its mean is 1."""
        return np.asarray(np.sum(np.abs(self.weights) ** 2, axis=1))

    def matrix(self, slot: int, carrier: int) -> ComplexArray:
        """Return the matrix in `slot` of the carrier with index `carrier`: the same for all."""
        del slot, carrier
        return self.weights


@dataclass(frozen=True)
class SlotPrecoding:
    """A random matrix a slot and carrier: orthogonal columns (Haar), so that the power of all antennas is constant.

    A single antenna's power changes from slot to slot about its mean. `slot_s`: length of a slot, s; slots begin at
    sample 0. `seed` draws the matrices, independently of the symbols.
    """

    n_antennas: int
    n_streams: int
    slot_s: Fraction = field(default=Fraction(1, 1000))
    seed: int = 1

    def __post_init__(self) -> None:
        _check_sizes(self.n_antennas, self.n_streams)
        if self.slot_s <= 0:
            raise InputError(f"a precoding slot of {float(self.slot_s):g} s: expected a positive length")

    @property
    def antenna_power(self) -> NDArray[np.float64]:
        """Mean power of each antenna over many slots, [antenna], relative to the carrier's stated power: 1."""
        return np.ones(self.n_antennas)

    def matrix(self, slot: int, carrier: int) -> ComplexArray:
        """Return the matrix, [antenna, stream], in `slot` (negative ones too) of the carrier with index `carrier`."""
        rng = np.random.default_rng([self.seed, carrier, abs(slot), int(slot < 0)])
        gaussian = rng.standard_normal((2, self.n_antennas, self.n_streams))
        q, r = np.linalg.qr(gaussian[0] + 1j * gaussian[1])
        phases = np.diagonal(r) / np.abs(np.diagonal(r))
        return np.asarray(q * phases * np.sqrt(self.n_antennas / self.n_streams))


Precoding = FixedPrecoding | SlotPrecoding


def fixed(weights: ComplexArray) -> FixedPrecoding:
    """Return a fixed precoding by `weights`, [antenna, stream], scaled so that antennas have power 1 on average.

    Raises `InputError` for an array of another shape, for one without power or with values that are not finite.
    """
    weights = np.asarray(weights, dtype=np.complex128)
    if weights.ndim != 2 or 0 in weights.shape:
        raise InputError(f"precoding matrix of shape {list(weights.shape)}: expected [antenna, stream]")
    power = float(np.mean(np.sum(np.abs(weights) ** 2, axis=1)))
    if not (np.isfinite(power) and power > 0):
        raise InputError("precoding matrix: expected finite weights that are not all 0")
    return FixedPrecoding(weights / np.sqrt(power))


def identity(n_antennas: int) -> FixedPrecoding:
    """Return the precoding that gives every antenna a stream of its own."""
    _check_sizes(n_antennas, n_antennas)
    return fixed(np.eye(n_antennas, dtype=np.complex128))


def dft_beams(n_antennas: int, n_streams: int) -> FixedPrecoding:
    """Return the first `n_streams` columns of the DFT of `n_antennas`: orthogonal beams, every antenna of equal power."""
    _check_sizes(n_antennas, n_streams)
    antenna, beam = np.arange(n_antennas)[:, None], np.arange(n_streams)[None, :]
    return fixed(np.exp(-2j * np.pi * (antenna * beam % n_antennas) / n_antennas))


def _check_sizes(n_antennas: int, n_streams: int) -> None:
    if not 1 <= n_streams <= n_antennas:
        raise InputError(
            f"{n_antennas} antennas from {n_streams} streams: expected at least one stream and no more than antennas"
        )


class Precoder(Stage):
    """Applies a precoding to the streams of one carrier: [stream, n] in, [antenna, n] out, without delay.

    start: the time of the first sample, in samples at `rate_hz` from the beginning of slot 0 (negative before it).
    """

    def __init__(self, precoding: Precoding, carrier: int, rate_hz: Fraction, start: int) -> None:
        self._precoding, self._carrier, self._position = precoding, carrier, start
        slot_s = precoding.slot_s if isinstance(precoding, SlotPrecoding) else None
        self._slot_samples = None if slot_s is None else slot_s * rate_hz

    def push(self, frame: ComplexArray) -> ComplexArray:
        """Return the antennas' samples of the next frame."""
        begin, n = self._position, frame.shape[1]
        self._position += n
        if self._slot_samples is None:
            return self._weighted(frame, 0)
        first, last = (int((begin + at) // self._slot_samples) for at in (0, n - 1))
        edges = [slot_start(slot, self._slot_samples) - begin for slot in range(first + 1, last + 1)]
        parts = zip([0, *edges], [*edges, n], range(first, last + 1), strict=True)
        return np.concatenate([self._weighted(frame[:, a:b], slot) for a, b, slot in parts], axis=1)

    def _weighted(self, frame: ComplexArray, slot: int) -> ComplexArray:
        matrix = self._precoding.matrix(slot, self._carrier)
        if matrix.shape[0] == matrix.shape[1] and np.array_equal(matrix, np.eye(len(matrix))):
            return frame
        return np.asarray(matrix @ frame)


def slot_start(slot: int, slot_samples: Fraction) -> int:
    """Return the first sample of `slot`, where slots are `slot_samples` long, a whole number or not."""
    return -int(-slot * slot_samples // 1)
