"""The node kinds of the datapath graph: a closed union, matched exhaustively (docs/spec/datapath.md).

Arrays of samples are [channel, sample]; a complex signal is two real channels, I then Q. Nodes hold integers only.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

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


class Products(StrEnum):
    """How complex products are formed (docs/spec/fixed_point.md, section 6): the same integers from other sums."""

    FOUR = "four"
    THREE = "three"


@dataclass(frozen=True, slots=True)
class Convolution:
    """y[o, n] = bias[o] + sum over i, k of taps[o, i, k] * x[i, n - dilation * k], exact, memory starting with zeros.

    Real: taps [out_channels, in_channels / groups, K]. Complex (`is_complex`): taps [out / 2, in / 2 / groups, 2, K],
    stored once as (re, im): y_I = sum re * x_I - im * x_Q, y_Q = sum re * x_Q + im * x_I. With three `products`
    y_I = S1 - S3, y_Q = S1 + S2 of S1 = sum re (x_I + x_Q), S2 = sum (im - re) x_I, S3 = sum (re + im) x_Q.
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
    products: Products = Products.FOUR

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


class Symmetry(StrEnum):
    """How a piecewise-linear function reads its argument (docs/spec/fixed_point.md, section 7)."""

    ODD = "odd"
    EVEN = "even"
    PLAIN = "plain"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class Piecewise:
    """A piecewise-linear function of each channel; both forms of it give the same integers on every input.

    table: t = |a| (odd, even), a + 2^(bits - 1) (plain, bits those of the source's format) or a (index, unsigned);
    s = min(t >> m, S - 1); r = t - (s << m); y = (base[s] << m) + slope[s] * r, for odd negated where a < 0.
    basis: y = (base[0] << m) + sum over k of w[k] * max(t - (k << m), 0), for odd negated where a < 0.
    slopes: [tables * outputs, S]; channel c of C reads table c * tables // C, and gives `outputs` channels, c * outputs + j
    from row table * outputs + j. first_bases: [tables * outputs], base[0], zeros where it is None; odd has none.
    base[s + 1] = base[s] + slope[s]. `slopes_format.frac` is that of a slope, so frac_y = frac_in + slopes_format.frac.
    """

    name: str
    source: str
    slopes: IntTable
    slopes_format: QFormat
    segment_log2: int
    """m: a segment is 2^m LSBs of the input wide."""
    symmetry: Symmetry = Symmetry.ODD
    first_bases: IntTable | None = None
    outputs: int = 1

    def __post_init__(self) -> None:
        if self.first_bases is not None and not self.first_bases.array.any():
            object.__setattr__(self, "first_bases", None)  # one way to say zero, so that equal graphs compare equal

    @property
    def segments(self) -> int:
        """S, the segments (on one side of zero: odd, even)."""
        return self.slopes.shape[1]

    @property
    def tables(self) -> int:
        """Distinct functions, each with `outputs` rows."""
        return self.slopes.shape[0] // self.outputs

    @property
    def shared(self) -> bool:
        """One function for all channels."""
        return self.tables == 1

    def row(self, channel_out: int, channels_in: int) -> int:
        """Return the row of the tables that the result's channel `channel_out` reads."""
        channel, output = divmod(channel_out, self.outputs)
        return channel * self.tables // channels_in * self.outputs + output

    @property
    def bases(self) -> IntTable:
        """base[s] = base[0] + the slopes left of segment s, on the grid of slope * 2^m; [tables * outputs, S]."""
        first = 0 if self.first_bases is None else self.first_bases.array[:, None]
        return IntTable(np.cumsum(self.slopes.array, axis=1) - self.slopes.array + first)

    @property
    def weights(self) -> IntTable:
        """w[k] of the basis form (papers/003, equation (5)): differences of the slopes."""
        return IntTable(np.diff(self.slopes.array, axis=1, prepend=0))


class MagnitudeKind(StrEnum):
    """How the magnitude of a complex sample is taken (docs/spec/fixed_point.md, section 9)."""

    SQRT = "sqrt"
    ALPHA_BETA = "alpha_beta"
    SQUARE = "square"


@dataclass(frozen=True, slots=True)
class Magnitude:
    """The magnitude of each pair (I, Q) of channels, exact; 2 C channels become C, unsigned.

    sqrt: floor(sqrt(I^2 + Q^2)), frac of the source. square: I^2 + Q^2, twice the frac. alpha_beta: alpha max(|I|, |Q|)
    + beta min(|I|, |Q|) with integers alpha and beta of `coefficients_frac` fraction bits, which the result's frac gains.
    """

    name: str
    source: str
    magnitude: MagnitudeKind = MagnitudeKind.SQRT
    alpha: int = 0
    beta: int = 0
    coefficients_frac: int = 0


@dataclass(frozen=True, slots=True)
class Multiply:
    """The exact product of two nodes: channel by channel, or complex, pair by pair, in four products or in three.

    Three: I = S1 - S3, Q = S1 + S2 of S1 = a_I (b_I + b_Q), S2 = (a_Q - a_I) b_I, S3 = (a_I + a_Q) b_Q; a is `source`.
    """

    name: str
    source: str
    other: str
    is_complex: bool = False
    products: Products = Products.FOUR


@dataclass(frozen=True, slots=True)
class Add:
    """The exact sum of nodes with equally many channels, aligned to the largest frac."""

    name: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delay:
    """y[n] = x[n - samples], memory starting with zeros. A `lag` is a term of the model; otherwise the delay aligns paths."""

    name: str
    source: str
    samples: int
    lag: bool = False


@dataclass(frozen=True, slots=True)
class Rectify:
    """LeakyReLU with the slope 2^-k for negative arguments, exact: x 2^k where x >= 0, else x, with k more fraction bits.

    slope_log2 = k; None is the ReLU, max(x, 0), which keeps the frac.
    """

    name: str
    source: str
    slope_log2: int | None = None


@dataclass(frozen=True, slots=True)
class Concatenate:
    """The channels of several nodes, one after another, each times the power of two that aligns it to the largest frac."""

    name: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Select:
    """Channels of one node, in any order, each as often as it is named."""

    name: str
    source: str
    channels: tuple[int, ...]


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


Node = (
    Input
    | Convolution
    | Delay
    | Piecewise
    | Magnitude
    | Multiply
    | Add
    | Rectify
    | Requantize
    | Concatenate
    | Select
    | Output
)


def sources_of(node: Node) -> tuple[str, ...]:
    """Return the names of the nodes that `node` reads, in order."""
    match node:
        case Input():
            return ()
        case Multiply():
            return (node.source, node.other)
        case Add() | Concatenate():
            return node.sources
        case Convolution() | Delay() | Piecewise() | Magnitude() | Rectify() | Requantize() | Select() | Output():
            return (node.source,)
        case _:
            assert_never(node)


def memory_of(node: Node) -> int:
    """Return the past samples of its source that `node` keeps."""
    match node:
        case Convolution():
            return node.memory
        case Delay():
            return node.samples
        case (
            Input()
            | Piecewise()
            | Magnitude()
            | Multiply()
            | Add()
            | Rectify()
            | Requantize()
            | Concatenate()
            | Select()
            | Output()
        ):
            return 0
        case _:
            assert_never(node)
