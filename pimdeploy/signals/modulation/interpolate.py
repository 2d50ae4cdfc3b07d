"""Band-limited interpolation of a carrier at any instants: a windowed sinc, its taps polynomials of the instant."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pimdeploy.signals.dataset import ComplexArray

N_TAPS = 16
DEGREE = 9
IMAGE_DB = 110.0
"""Images and errors lie this far below the carrier, for a signal within a quarter of its rate to either side."""
LARGEST_EDGE = 0.25
"""Share of the rate up to which a signal may reach; its images begin at 1 - LARGEST_EDGE."""


def _kernel(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the interpolation kernel at `t`, in samples: a sinc cut off at half the rate, in a Kaiser window."""
    window = np.i0(0.1102 * (IMAGE_DB - 8.7) * np.sqrt(np.clip(1 - (2 * t / N_TAPS) ** 2, 0, None)))
    return np.asarray(np.sinc(t) * window / np.i0(0.1102 * (IMAGE_DB - 8.7)))


@cache
def _polynomials() -> NDArray[np.float64]:
    """Return the coefficients, [N_TAPS, DEGREE + 1], of each tap as a polynomial of u = 2 mu - 1, the lowest first.

    The tap k weighs sample floor(t) + k - (N_TAPS / 2 - 1); mu is the fraction of t. Interpolated at Chebyshev's points.
    """
    u = np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
    taps = np.arange(N_TAPS)[:, None] - (N_TAPS // 2 - 1)
    values = _kernel((u + 1) / 2 - taps)
    return np.linalg.solve(np.vander(u, DEGREE + 1, increasing=True), values.T).T.copy()


def margins() -> tuple[int, int]:
    """Return the samples that an instant needs before and after the sample at or before it."""
    return N_TAPS // 2 - 1, N_TAPS // 2


def interpolate(x: ComplexArray, index: NDArray[np.int64], fraction: NDArray[np.float64]) -> ComplexArray:
    """Return x, [channel, sample], at the instants index + fraction, [n]: [channel, n].

    x must reach `margins` beyond the smallest and the largest index.
    """
    before, _ = margins()
    n_starts = x.shape[1] - N_TAPS + 1
    coefficients = np.empty((2, DEGREE + 1, n_starts))
    out = np.empty((x.shape[0], len(index)), dtype=np.complex128)
    start, u = index - before, 2 * fraction - 1
    matrix = _polynomials().T
    for channel in range(x.shape[0]):
        for part, values in enumerate((x[channel].real, x[channel].imag)):
            windows = np.lib.stride_tricks.sliding_window_view(np.ascontiguousarray(values), N_TAPS)
            np.matmul(matrix, np.ascontiguousarray(windows).T, out=coefficients[part])
        out[channel].real = _horner(coefficients[0], start, u)
        out[channel].imag = _horner(coefficients[1], start, u)
    return out


def doubled(x: ComplexArray) -> ComplexArray:
    """Return x, [channel, sample], at twice its rate, but for the `margins` at either end."""
    before, after = margins()
    index = np.repeat(np.arange(before, x.shape[1] - after), 2)
    return interpolate(x, index, np.tile([0.0, 0.5], len(index) // 2))


def _horner(coefficients: NDArray[np.float64], start: NDArray[np.int64], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the polynomials at `start`, [n], of coefficients [degree + 1, n_starts], in u, [n]."""
    total: NDArray[np.float64] = coefficients[-1].take(start)
    for row in coefficients[-2::-1]:
        total *= u
        total += row.take(start)
    return total
