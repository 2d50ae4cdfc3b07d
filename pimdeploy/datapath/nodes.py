"""The node kinds of the datapath graph: a closed union, matched exhaustively (docs/spec/datapath.md).

Arrays of samples are [channel, sample]; a complex signal is two real channels, I then Q. Nodes hold integers only.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding


class IntTable:
    """A read-only table of integers with a value: comparable and hashable."""

    __slots__ = ("array",)

    def __init__(self, values: Any) -> None:  # noqa: ANN401  (anything that NumPy takes as integers)
        array = np.array(values, dtype=np.int64)
        array.setflags(write=False)
        self.array: NDArray[np.int64] = array

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the table."""
        return self.array.shape

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IntTable) and np.array_equal(self.array, other.array)

    def __hash__(self) -> int:
        return hash((self.array.shape, self.array.tobytes()))

    def __repr__(self) -> str:
        return f"IntTable{self.array.shape}"


@dataclass(frozen=True, slots=True)
class Input:
    """The transmit samples, `channels` real channels of `format`."""

    name: str
    channels: int
    format: QFormat


@dataclass(frozen=True, slots=True)
class Convolution:
    """y[o, n] = bias[o] + sum over i, k of taps[o, i, k] * x[i, n - dilation * k], exact, memory starting with zeros.

    Real: taps [out_channels, in_channels / groups, K]. Complex (`is_complex`): taps [out / 2, in / 2 / groups, 2, K],
    stored once as (re, im): y_I = sum re * x_I - im * x_Q, y_Q = sum re * x_Q + im * x_I.
    bias [out_channels] stands on the accumulator's grid, frac = frac_in + taps_format.frac.
    """

    name: str
    source: str
    taps: IntTable
    taps_format: QFormat
    bias: IntTable | None = None
    groups: int = 1
    dilation: int = 1
    is_complex: bool = False

    @property
    def kernel_length(self) -> int:
        """K, the taps along time."""
        return self.taps.shape[-1]

    @property
    def memory(self) -> int:
        """Past samples of each input channel that the node keeps: dilation * (K - 1)."""
        return self.dilation * (self.kernel_length - 1)

    @property
    def channels_out(self) -> int:
        """Real channels of the result."""
        return self.taps.shape[0] * (2 if self.is_complex else 1)

    @property
    def channels_in(self) -> int:
        """Real channels that the node reads."""
        return self.taps.shape[1] * self.groups * (2 if self.is_complex else 1)


@dataclass(frozen=True, slots=True)
class Piecewise:
    """An odd piecewise-linear function of each channel; both forms of it give the same integers on every input.

    table: t = |a|; s = min(t >> m, S - 1); r = t - (s << m); y = (base[s] << m) + slope[s] * r, negated for a < 0.
    basis: y = sum over k of w[k] * (max(a - (k << m), 0) - max(-a - (k << m), 0)).
    slopes, bases: [1, S] where one function is shared by all channels, else [channels, S]; base[0] = 0 and
    base[s + 1] = base[s] + slope[s]. `slopes_format.frac` is that of a slope, so frac_y = frac_in + slopes_format.frac.
    """

    name: str
    source: str
    slopes: IntTable
    slopes_format: QFormat
    segment_log2: int
    """m: a segment is 2^m LSBs of the input wide."""

    @property
    def segments(self) -> int:
        """S, the segments on one side of zero."""
        return self.slopes.shape[1]

    @property
    def shared(self) -> bool:
        """One function for all channels."""
        return self.slopes.shape[0] == 1

    @property
    def bases(self) -> IntTable:
        """base[s] = sum of the slopes left of segment s, on the grid of slope * 2^m."""
        return IntTable(np.cumsum(self.slopes.array, axis=1) - self.slopes.array)

    @property
    def weights(self) -> IntTable:
        """w[k] of the paper's basis, equation (5): differences of the slopes."""
        return IntTable(np.diff(self.slopes.array, axis=1, prepend=0))


@dataclass(frozen=True, slots=True)
class Requantize:
    """The only node that loses bits: shift by frac_in - frac_out with `rounding`, then `overflow`."""

    name: str
    source: str
    format: QFormat
    rounding: Rounding = Rounding.HALF_UP
    overflow: Overflow = Overflow.SATURATE


@dataclass(frozen=True, slots=True)
class Output:
    """The estimate z, the integers of its source unchanged."""

    name: str
    source: str


Node = Input | Convolution | Piecewise | Requantize | Output
