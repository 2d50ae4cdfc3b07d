"""Magnitude of complex samples (docs/spec/fixed_point.md, section 9): exact and unsigned."""

import math
from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from firmware_ref import bounds
from firmware_ref.arithmetic import IntArray
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.stage import Stage, pairs_of

EXACT_ROOTS = 1 << 52
"""Below it the integer part of NumPy's float64 square root is right: see `integer_root`."""


def integer_root(energy: IntArray, largest: int, out: IntArray) -> None:
    """Write floor(sqrt(energy)) to `out`, exact for 0 <= energy <= largest < 2^63. `out` is int64 where largest >= 2^52.

    IEEE 754 rounds both the conversion of an integer and the square root to the nearest float64, and both are monotone.
    Not too small: k^2 converted and its root lie below k by less than half a float64 step, so the root of k^2 is k.
    Not too large for energy < 2^52: k^2 - 1 is converted exactly, and its root lies below k - 1 / (2 k), that is a step or
    more below k <= 2^26. Above, k^2 - 1 may get the root k, never k + 1: the integers decide. The root of the largest
    energy is converted to 3037000499, whose square int64 holds.
    """
    np.copyto(out, np.sqrt(energy, dtype=np.float64), casting="unsafe")
    if largest >= EXACT_ROOTS:
        out -= out * out > energy


class Magnitude(Stage):
    """What the kinds share: 2 C channels become C.

    largest: of each result. intermediate: the largest value on the way. frac: of the result.
    """

    def __init__(self, name: str, source: Stage, largest: list[int], intermediate: int, frac: int) -> None:
        ranges = [(0, value) for value in largest]
        super().__init__(name, ranges, bounds.covering(ranges, frac, signed=False))
        self._work_type = self._result_type = bounds.carrier(bounds.hull([(0, intermediate), *source.ranges]))

    def allocate(self, block: int) -> None:
        """Make two arrays for what is computed on the way and one for the result."""
        self._first, self._second = np.empty((2, len(self.ranges), block), dtype=self._work_type)
        self._result = np.empty((len(self.ranges), block), dtype=self._result_type)

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the magnitudes of the block."""
        (x,) = operands
        n = x.shape[1]
        result = self._result[:, :n]
        self._apply(x[0::2], x[1::2], self._first[:, :n], self._second[:, :n], result)
        return result

    @abstractmethod
    def _apply(self, x_i: IntArray, x_q: IntArray, first: IntArray, second: IntArray, result: IntArray) -> None:
        """Write the magnitude of I `x_i` and Q `x_q` to `result`."""


class Square(Magnitude):
    """I^2 + Q^2, twice the frac."""

    def __init__(self, name: str, source: Stage) -> None:
        energies = [p**2 + q**2 for p, q in peaks_of(source)]
        super().__init__(name, source, energies, max(energies), 2 * source.format.frac)

    def _apply(self, x_i: IntArray, x_q: IntArray, first: IntArray, second: IntArray, result: IntArray) -> None:
        np.multiply(x_i, x_i, out=first, dtype=self._work_type)
        np.multiply(x_q, x_q, out=second, dtype=self._work_type)
        np.add(first, second, out=result)


class Root(Magnitude):
    """floor(sqrt(I^2 + Q^2)), the frac of the source."""

    def __init__(self, name: str, source: Stage) -> None:
        energies = [p**2 + q**2 for p, q in peaks_of(source)]
        self._largest_energy = max(energies)
        roots = [math.isqrt(energy) for energy in energies]
        super().__init__(name, source, roots, self._largest_energy, source.format.frac)
        if self._largest_energy < EXACT_ROOTS:
            self._result_type = self.carrier  # no square of a root is formed

    def _apply(self, x_i: IntArray, x_q: IntArray, first: IntArray, second: IntArray, result: IntArray) -> None:
        np.multiply(x_i, x_i, out=first, dtype=self._work_type)
        np.multiply(x_q, x_q, out=second, dtype=self._work_type)
        np.add(first, second, out=first)
        integer_root(first, self._largest_energy, result)


class AlphaBeta(Magnitude):
    """alpha max(|I|, |Q|) + beta min(|I|, |Q|); alpha and beta have `frac` fraction bits, which the result's gains."""

    def __init__(self, name: str, source: Stage, alpha: int, beta: int, frac: int) -> None:
        if alpha < 1 or beta < 0 or frac < 0:
            raise FirmwareReferenceError(
                f"alpha, beta, fraction bits {(alpha, beta, frac)}; expected alpha > 0 and no negative"
            )
        # Where the smaller component is at its peak the larger can be at its own: the sum grows in both.
        largest = [alpha * max(pair) + beta * min(pair) for pair in peaks_of(source)]
        peak = max(max(pair) for pair in peaks_of(source))
        super().__init__(name, source, largest, max(*largest, peak, alpha, beta), source.format.frac + frac)
        self._alpha, self._beta = self._work_type.type(alpha), self._work_type.type(beta)

    def _apply(self, x_i: IntArray, x_q: IntArray, first: IntArray, second: IntArray, result: IntArray) -> None:
        np.absolute(x_i, out=first, dtype=self._work_type)
        np.absolute(x_q, out=second, dtype=self._work_type)
        np.maximum(first, second, out=result)
        np.minimum(first, second, out=second)
        np.multiply(result, self._alpha, out=result)
        np.multiply(second, self._beta, out=second)
        np.add(result, second, out=result)


def peaks_of(source: Stage) -> list[tuple[int, int]]:
    """Return the largest |I| and |Q| of each pair of channels."""
    return [(max(-i[0], i[1]), max(-q[0], q[1])) for i, q in pairs_of(source)]
