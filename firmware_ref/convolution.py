"""Convolution, real or complex (docs/spec/fixed_point.md, section 6): exact, its memory starting with zeros."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from firmware_ref import bounds
from firmware_ref.arithmetic import IntArray
from firmware_ref.bounds import Interval
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.stage import Stage, check_memory

SumArray = NDArray[np.signedinteger[Any] | np.float64]

DENSE_INT32, DENSE_INT64 = 32, 4
"""Taps a delay of one group from which float64 matrix products are faster than multiply-adds of 32 or of 64 bits."""
ONE_THREAD_PRODUCTS = 1 << 18
"""Multiply-adds of a product of matrices up to which OpenBLAS takes one thread. More take all, which on a busy machine wait
for each other twenty times as long as they compute, and on an idle one save at most half the time."""
EXACT_FLOAT64 = 1 << 53
"""Float64 holds every integer up to it."""


def real_taps(taps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return complex taps [out / 2, in / 2, 2, K] as the real matrix [out, in, K] that acts on I0, Q0, I1, Q1, ..."""
    if taps.ndim != 4 or taps.shape[2] != 2:
        raise FirmwareReferenceError(f"complex taps of shape {list(taps.shape)}; expected [out / 2, in / 2, 2, K]")
    re, im = taps[:, :, 0], taps[:, :, 1]
    outputs, inputs, length = re.shape
    matrix = np.empty((outputs, 2, inputs, 2, length), dtype=np.int64)
    matrix[:, 0, :, 0], matrix[:, 0, :, 1] = re, -im
    matrix[:, 1, :, 0], matrix[:, 1, :, 1] = im, re
    return matrix.reshape(2 * outputs, 2 * inputs, length)


class Convolution(Stage):
    """y[o][n] = bias[o] + sum over i, k of taps[o][i][k] * x[i][n - dilation * k], i within the group of o.

    taps: real, [out, in / groups, K]. bias: [out] on the grid of the result, or None. frac: of the taps.

    Sums are formed in float64 where that is faster, by BLAS for groups with many taps a delay: where every partial sum in
    any order is proven to lie within 2^53 they are exact, whatever order and fused operations the library chooses.
    """

    def __init__(
        self,
        name: str,
        source: Stage,
        taps: NDArray[np.int64],
        frac: int,
        *,
        bias: NDArray[np.int64] | None = None,
        groups: int = 1,
        dilation: int = 1,
    ) -> None:
        _check(taps, bias, groups, dilation, len(source.ranges))
        outputs, inputs, length = taps.shape
        check_memory(dilation * (length - 1), len(source.ranges))
        bias = np.zeros(outputs, dtype=np.int64) if bias is None else bias
        ranges = [
            _range(rows, constant, source.ranges[o // (outputs // groups) * inputs :])
            for o, (rows, constant) in enumerate(zip(taps.tolist(), bias.tolist(), strict=True))
        ]
        super().__init__(name, ranges, bounds.covering(ranges, source.format.frac + frac))
        accumulator = _accumulator(ranges, bias, [*source.ranges, (int(taps.min()), int(taps.max()))])
        self._work_type = bounds.carrier(accumulator)
        self._shape = groups, outputs // groups, inputs, length
        self._dilation, self._memory = dilation, dilation * (length - 1)
        exact = max(-accumulator[0], accumulator[1]) <= EXACT_FLOAT64
        wide = self._work_type == np.int64
        self._dense = exact and outputs // groups * inputs >= (DENSE_INT64 if wide else DENSE_INT32)
        # NumPy multiplies and adds int32 in the least time, int64 in the most.
        in_floats = exact and (self._dense or wide)
        self._sum_type: np.dtype[Any] = np.dtype(np.float64) if in_floats else self._work_type
        self._bias = bias.reshape(groups, outputs // groups, 1).astype(self._sum_type)
        by_group = taps.reshape(self._shape).astype(self._sum_type)
        # Dense: a matrix [groups, out, in] of each delay.
        self._taps = np.ascontiguousarray(np.moveaxis(by_group, 3, 0)) if self._dense else by_group

    def allocate(self, block: int) -> None:
        """Make the line, the memory and behind it the block, and the array of the result."""
        groups, outputs, inputs, length = self._shape
        self._line = np.zeros((groups * inputs, self._memory + block), dtype=self._sum_type)
        # windows[i, k] is the input i delayed by dilation * k: it begins memory - dilation * k samples into the line.
        windows = sliding_window_view(self._line, block, axis=1)[:, :: -self._dilation]
        self._delayed = windows.reshape(groups, inputs, length, block)
        self._result = np.empty((groups * outputs, block), dtype=self._work_type)
        # The sums are the result but for their type.
        result = self._result.reshape(groups, outputs, block)
        self._sum = result if self._sum_type == self._work_type else np.empty(result.shape, dtype=self._sum_type)
        self._product = np.empty_like(self._sum) if self._dense and length > 1 else self._sum

    def reset(self) -> None:
        """Make the memory zero."""
        self._line[:, : self._memory] = 0

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the block behind the filter; the last samples stay for the next block."""
        (x,) = operands
        n, memory = x.shape[1], self._memory
        delayed, total = self._delays(x), self._sum[..., :n]
        if self._dense:
            self._multiply_matrices(delayed, total)
        else:
            self._multiply_add(delayed, total)
        if self._bias.any():
            np.add(total, self._bias, out=total)
        result = self._result[:, :n]
        if self._sum_type != self._work_type:
            np.copyto(result.reshape(total.shape), total, casting="unsafe")
        self._line[:, :memory] = self._line[:, n : n + memory]
        return result

    def _delays(self, x: IntArray) -> SumArray:
        """Return the inputs [groups, in, K, n] behind every delay, in the type of the sums."""
        n, memory = x.shape[1], self._memory
        if not memory and x.dtype == self._sum_type:
            return x.reshape(*self._delayed.shape[:3], n)
        np.copyto(self._line[:, memory : memory + n], x, casting="same_kind")
        return self._delayed[..., :n]

    def _multiply_add(self, delayed: SumArray, total: SumArray) -> None:
        """Write the sum over inputs i and delays k of every output o in every group g."""
        np.einsum(
            "goik,gikn->nog",
            self._taps,
            delayed,
            out=total.transpose(2, 1, 0),
            order="F",  # time innermost, one long multiply-add a tap: 5 times faster than NumPy's own choice
        )

    def _multiply_matrices(self, delayed: SumArray, total: SumArray) -> None:
        """Write the sum over delays k of a product of matrices, taps by delayed inputs, of every group."""
        product, n = self._product[..., : total.shape[2]], total.shape[2]
        columns = max(ONE_THREAD_PRODUCTS // self._taps[0, 0].size, 1)
        for k, taps in enumerate(self._taps):
            for first in range(0, n, columns):
                part = slice(first, first + columns)
                np.matmul(taps, delayed[:, :, k, part], out=(product if k else total)[..., part])
            if k:
                np.add(total, product, out=total)


def _accumulator(ranges: list[Interval], bias: NDArray[np.int64], entries: list[Interval]) -> Interval:
    """Return the interval of `entries`, of the bias and of partial sums in any order, with and without the bias."""
    biases = bias.tolist()
    without_bias = [(lo - b, hi - b) for (lo, hi), b in zip(ranges, biases, strict=True)]
    return bounds.hull([*ranges, *without_bias, *entries, *((b, b) for b in biases)])


def _range(rows: list[list[int]], bias: int, inputs: list[Interval]) -> Interval:
    """The memory starts with zeros, so the interval of every product holds 0."""
    lo = hi = bias
    for taps, (x_lo, x_hi) in zip(rows, inputs, strict=False):
        for tap in taps:
            least, most = bounds.with_zero((tap * x_lo, tap * x_hi) if tap >= 0 else (tap * x_hi, tap * x_lo))
            lo, hi = lo + least, hi + most
    return lo, hi


def _check(taps: NDArray[np.int64], bias: NDArray[np.int64] | None, groups: int, dilation: int, channels: int) -> None:
    if taps.ndim != 3 or not taps.size:
        raise FirmwareReferenceError(f"taps of shape {list(taps.shape)}; expected [out, in / groups, K]")
    outputs, inputs, _ = taps.shape
    if groups < 1 or outputs % groups or inputs * groups != channels:
        raise FirmwareReferenceError(
            f"taps for {outputs} outputs and {groups} groups of {inputs} inputs; the source has {channels} channels"
        )
    if dilation < 1:
        raise FirmwareReferenceError(f"dilation {dilation}; expected 1 or more")
    if bias is not None and bias.shape != (outputs,):
        raise FirmwareReferenceError(f"bias of shape {list(bias.shape)}; expected [{outputs}]")
