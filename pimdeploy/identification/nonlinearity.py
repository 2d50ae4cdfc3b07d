"""The nonlinearity of the BFAN's branches with its derivatives: c = phi(a), dc/da and dc/dw_k (papers/003, (5), (9), (11)).

In NumPy and apart from the networks: the streaming identifier needs neither torch nor a trained network.
"""

from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BfanSymmetry = Literal["odd", "even", "plain"]


@dataclass(frozen=True)
class BranchValues:
    """What one pass gives, all [M_a, n]: the result c, the derivative dc/da and where each argument lies in its table."""

    c: FloatArray
    slope: FloatArray
    argument: FloatArray
    """t, what the table is read by: |a|, or a + A limited to [0, 2 A] (plain)."""
    factor: FloatArray
    """c = factor * f(t) of the table: sign(a) (odd), a (even) or 1 (plain)."""
    row: NDArray[np.int64]
    """Function and segment of each argument, function * segments + segment."""

    def last(self, n: int) -> "BranchValues":
        """Return the last `n` samples."""
        at = slice(self.c.shape[1] - n, None)
        return BranchValues(self.c[:, at], self.slope[:, at], self.argument[:, at], self.factor[:, at], self.row[:, at])

    def then(self, new: "BranchValues") -> "BranchValues":
        """Return these samples, then those of `new`."""
        return BranchValues(
            np.concatenate([self.c, new.c], axis=1),
            np.concatenate([self.slope, new.slope], axis=1),
            np.concatenate([self.argument, new.argument], axis=1),
            np.concatenate([self.factor, new.factor], axis=1),
            np.concatenate([self.row, new.row], axis=1),
        )


@dataclass(frozen=True)
class BranchNonlinearity:
    """Piecewise-linear functions of M_a branches, branch i using function i * functions // M_a.

    `spacing` is the distance of the knots. Weights f are [functions, N] (odd: w_0 .. w_{N-1}; even: w_1 .. w_N) or
    [functions, N + 1] (plain: w_0 .. w_N). With h_k(a) = max(a - x_k, 0), h_N = 1:

    odd: c = sum over k < N of w_k (h_k(a) - h_k(-a)), x_k = k spacing.
    even: c = a f(a), f(a) = sum over k = 1 .. N of w_k (h_k(a) + h_k(-a)).
    plain: c = sum over k <= N of w_k h_k(a), x_k = k spacing - A, A = N spacing / 2, a limited to [-A, A].
    """

    symmetry: BfanSymmetry
    spacing: float

    def segments(self, f: FloatArray) -> int:
        """Return N, the segments of a table of the weights `f`."""
        return int(f.shape[1]) - (self.symmetry == "plain")

    def end(self, f: FloatArray) -> float:
        """Return where the last knot lies (odd, even), or A, where the argument is limited (plain)."""
        n = self.segments(f)
        return n * self.spacing / 2 if self.symmetry == "plain" else (n - 1) * self.spacing

    def evaluate(self, f: FloatArray, a: FloatArray) -> BranchValues:
        """Return c = phi(a) of the branches' arguments a [M_a, n] with dc/da; right of the last knot its segment goes on."""
        base, slopes = self._tables(f)
        n_segments = self.segments(f)
        t, factor = self._argument(f, a)
        segment = np.fmin(t / self.spacing, n_segments - 1).astype(
            np.int64
        )  # fmin: what is no number has a segment too
        row = segment + (_functions(len(a), len(f)) * n_segments)[:, None]
        rise = slopes.ravel()[row]
        value = base.ravel()[row] + rise * (t - segment * self.spacing)
        match self.symmetry:
            case "odd":
                slope = rise
            case "even":  # the derivative of a f(a): f'(a) a + f(a); f' is odd, so f'(a) a = rise * |a|
                slope = value + rise * t
            case "plain":
                slope = np.where(np.abs(a) <= self.end(f), rise, 0.0)
            case _:
                assert_never(self.symmetry)
        return BranchValues(factor * value, slope, t, factor, row)

    def weight_gradient(self, f: FloatArray, values: BranchValues, delta: FloatArray) -> FloatArray:
        """Return the sum over branches and samples of delta * dc/dw_k: [sets, functions, N], plain [.., N + 1].

        delta: [sets, M_a, n]. dc/dw_k is nonzero left of t only, so a histogram over segments and its sums from the
        right replace N terms a sample.
        """
        n_sets, n_rows, n_segments = len(delta), len(f) * self.segments(f), self.segments(f)
        rows = (values.row + n_rows * np.arange(n_sets)[:, None, None]).ravel()
        weighted = delta * values.factor
        counts = _histogram(rows, weighted, (n_sets, len(f), n_segments))
        moments = _histogram(rows, weighted * values.argument, counts.shape)
        # sum over t >= x_k of weighted * (t - x_k), t = 0 at the first knot
        terms = moments - counts * (self.spacing * np.arange(n_segments))
        match self.symmetry:
            case "odd":
                return terms
            case "even":
                return np.concatenate([terms[..., 1:], 2 * counts[..., :1]], axis=-1)
            case "plain":
                return np.concatenate([terms, counts[..., :1]], axis=-1)
            case _:
                assert_never(self.symmetry)

    def _argument(self, f: FloatArray, a: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return (t, factor) of the arguments, as `BranchValues` has them."""
        match self.symmetry:
            case "odd":
                return np.abs(a), np.sign(a)
            case "even":
                return np.abs(a), a
            case "plain":
                end = self.end(f)
                return np.clip(a + end, 0.0, 2 * end), np.ones_like(a)
            case _:
                assert_never(self.symmetry)

    def _tables(self, f: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return (base, slope), each [functions, N]: f(t) = base[s] + slope[s] (t - s spacing)."""
        nothing = np.zeros((len(f), 1))
        match self.symmetry:
            case "odd":
                first, weights = nothing, f
            case "even":
                first, weights = 2 * f[:, -1:], np.concatenate([nothing, f[:, :-1]], axis=1)
            case "plain":
                first, weights = f[:, -1:], f[:, :-1]
            case _:
                assert_never(self.symmetry)
        slopes = np.cumsum(weights, axis=1)
        rises = np.concatenate([nothing, self.spacing * np.cumsum(slopes[:, :-1], axis=1)], axis=1)
        return first + rises, slopes


def _functions(n_branches: int, n_functions: int) -> NDArray[np.int64]:
    """Return the function of each branch."""
    return np.arange(n_branches) * n_functions // n_branches


def _histogram(rows: NDArray[np.int64], values: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Return the sums of `values` over all segments from each one on (the last axis of `shape`)."""
    sums = np.bincount(rows, values.ravel(), minlength=int(np.prod(shape))).reshape(shape)
    return np.asarray(np.cumsum(sums[..., ::-1], axis=-1)[..., ::-1], dtype=np.float64)
