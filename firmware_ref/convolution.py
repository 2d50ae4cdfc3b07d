"""Convolution, real or complex (docs/spec/fixed_point.md, section 6): exact, its memory starting with zeros."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from firmware_ref import bounds
from firmware_ref.arithmetic import IntArray
from firmware_ref.bounds import Interval
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.stage import BLOCK, Stage


def real_taps(taps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return complex taps [out / 2, in / 2, 2, K] as the real matrix [out, in, K] that acts on I0, Q0, I1, Q1, ..."""
    re, im = taps[:, :, 0], taps[:, :, 1]
    outputs, inputs, length = re.shape
    matrix = np.empty((outputs, 2, inputs, 2, length), dtype=np.int64)
    matrix[:, 0, :, 0], matrix[:, 0, :, 1] = re, -im
    matrix[:, 1, :, 0], matrix[:, 1, :, 1] = im, re
    return matrix.reshape(2 * outputs, 2 * inputs, length)


class Convolution(Stage):
    """y[o][n] = bias[o] + sum over i, k of taps[o][i][k] * x[i][n - dilation * k].

    taps: real, [out, in / groups, K]. bias: [out] on the grid of the result, or None. frac: of the taps.
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
        outputs, inputs, length = taps.shape
        channels = len(source.ranges)
        if groups < 1 or outputs % groups or inputs * groups != channels:
            raise FirmwareReferenceError(
                f"taps for {outputs} outputs and {groups} groups of {inputs} inputs; the source has {channels} channels"
            )
        if dilation < 1:
            raise FirmwareReferenceError(f"dilation {dilation}; expected 1 or more")
        bias = np.zeros(outputs, dtype=np.int64) if bias is None else bias
        self._taps, self._bias, self._dilation = taps, bias, dilation
        self._groups = groups
        super().__init__(name, [self._range(o, source.ranges) for o in range(outputs)], source.frac + frac)
        carrier = bounds.carrier(self._accumulator(source.ranges))
        self._grouped_taps = taps.reshape(groups, -1, inputs, length).astype(carrier)
        self._bias_column = bias[:, None].astype(carrier)
        self._memory = dilation * (length - 1)
        self._line = np.zeros((channels, self._memory + BLOCK), dtype=carrier)
        self._result = np.empty((outputs, BLOCK), dtype=carrier)

    def reset(self) -> None:
        """Make the memory zero."""
        self._line[:, : self._memory] = 0

    def run(self, x: IntArray) -> IntArray:
        """Return the block behind the filter; the last samples of `x` stay for the next block."""
        n, memory = x.shape[1], self._memory
        np.copyto(self._line[:, memory : memory + n], x, casting="same_kind")
        result = self._result[:, :n]
        self._multiply(n, result)
        if self._bias.any():
            np.add(result, self._bias_column, out=result)
        self._line[:, :memory] = self._line[:, n : n + memory]
        return result

    def _multiply(self, n: int, result: IntArray) -> None:
        """Write the sum over inputs i and delays k of every output o in every group g."""
        line = self._line[:, : self._memory + n]
        # windows[i, j] is the input n samples long that begins j samples into the line: delay memory - j.
        windows = sliding_window_view(line, n, axis=1)[:, :: -self._dilation]
        groups, outputs, inputs, length = self._grouped_taps.shape
        delayed = windows.reshape(groups, inputs, length, n)
        np.einsum(
            "goik,gikn->nog",
            self._grouped_taps,
            delayed,
            out=result.reshape(groups, outputs, n).transpose(2, 1, 0),
            order="F",  # time innermost, one long multiply-add a tap: 5 times faster than NumPy's own choice
        )

    def _range(self, output: int, ranges: list[Interval]) -> Interval:
        """The memory starts with zeros, so the interval of every product holds 0."""
        first = output // (self._taps.shape[0] // self._groups) * self._taps.shape[1]
        lo = hi = int(self._bias[output])
        for taps, (x_lo, x_hi) in zip(self._taps[output].tolist(), ranges[first:], strict=False):
            lo += sum(min(tap * x_lo, tap * x_hi, 0) for tap in taps)
            hi += sum(max(tap * x_lo, tap * x_hi, 0) for tap in taps)
        return lo, hi

    def _accumulator(self, source_ranges: list[Interval]) -> Interval:
        """Inputs, taps, and partial sums in any order, with and without the bias."""
        without_bias = [(lo - b, hi - b) for (lo, hi), b in zip(self.ranges, self._bias.tolist(), strict=True)]
        taps = (int(self._taps.min()), int(self._taps.max()))
        return bounds.hull([*self.ranges, *without_bias, *source_ranges, taps])
