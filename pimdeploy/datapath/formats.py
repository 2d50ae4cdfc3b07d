"""Number formats and their algebra (docs/spec/fixed_point.md, sections 1 and 2).

Value = integer * 2^-frac. `frac` may exceed `bits` or be negative. Every operation but Requantize is exact into the
smallest format that holds its interval; this file computes those formats, nothing here computes samples.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import GraphError

CARRIER_BITS = 64
"""Widest integer of any backend; every accumulator must fit it."""
MOST_FRAC = 512
"""Fraction bits to either side of the point: 2^-frac and products of it with weights stay within float64."""


class Rounding(StrEnum):
    """Rounding, named by where ties go (docs/spec/fixed_point.md, section 3)."""

    FLOOR = "floor"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    HALF_AWAY = "half_away"


class Overflow(StrEnum):
    """What happens to a value outside the format, after rounding."""

    SATURATE = "saturate"
    WRAP = "wrap"


@dataclass(frozen=True, slots=True, order=True)
class QFormat:
    """A fixed-point format: `bits` wide (sign included), `frac` fraction bits.

    Example: QFormat(True, 16, 15) holds [-1, 1 - 2^-15] in steps of 2^-15.
    """

    signed: bool
    bits: int
    frac: int

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= CARRIER_BITS:
            raise GraphError(f"format {self}: {self.bits} bits; expected 1 to {CARRIER_BITS}")
        if abs(self.frac) > MOST_FRAC:
            raise GraphError(f"format {self}: {self.frac} fraction bits; expected {-MOST_FRAC} to {MOST_FRAC}")

    def __str__(self) -> str:
        return f"{'s' if self.signed else 'u'}{self.bits}.{self.frac}"

    @property
    def min_q(self) -> int:
        """Smallest integer."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def max_q(self) -> int:
        """Largest integer."""
        return (1 << (self.bits - int(self.signed))) - 1

    @property
    def narrow_min_q(self) -> int:
        """Smallest integer of a weight: a signed weight must be negatable."""
        return -self.max_q if self.signed else 0

    @property
    def lsb(self) -> float:
        """Value of one step, 2^-frac."""
        return 2.0**-self.frac

    def to_json(self) -> dict[str, int | bool]:
        """Return the format as it stands in datapath.json and formats.json."""
        return {"signed": self.signed, "bits": self.bits, "frac": self.frac}

    @classmethod
    def from_json(cls, data: dict[str, int | bool]) -> "QFormat":
        """Return the format that `to_json` wrote. Raises ValueError, KeyError or TypeError for what is none."""
        signed, bits, frac = data["signed"], data["bits"], data["frac"]
        if not isinstance(signed, bool) or type(bits) is not int or type(frac) is not int:
            raise ValueError(f"{data!r} is no format; expected signed, bits and frac")
        return cls(signed, bits, frac)


def bits_for(lo_q: int, hi_q: int, *, signed: bool = True) -> int:
    """Return the fewest bits that hold every integer of [lo_q, hi_q]; raises `GraphError` for a negative unsigned."""
    if lo_q > hi_q:
        raise GraphError(f"empty interval [{lo_q}, {hi_q}]")
    if signed:
        return 1 + max(hi_q.bit_length() if hi_q >= 0 else 0, (-lo_q - 1).bit_length() if lo_q < 0 else 0)
    if lo_q < 0:
        raise GraphError(f"interval [{lo_q}, {hi_q}] needs a signed format")
    return max(1, hi_q.bit_length())


def covering(lo_q: int, hi_q: int, frac: int, *, signed: bool = True) -> QFormat:
    """Return the smallest format with `frac` fraction bits that holds every integer of [lo_q, hi_q]."""
    return QFormat(signed, bits_for(lo_q, hi_q, signed=signed), frac)


def for_add(a: QFormat, b: QFormat) -> QFormat:
    """Return the smallest signed format that holds every sum of a value of `a` and one of `b`, aligned exactly."""
    frac = max(a.frac, b.frac)
    shift_a, shift_b = frac - a.frac, frac - b.frac
    return covering((a.min_q << shift_a) + (b.min_q << shift_b), (a.max_q << shift_a) + (b.max_q << shift_b), frac)


def for_multiply(a: QFormat, b: QFormat) -> QFormat:
    """Return the smallest signed format that holds every product of a value of `a` and one of `b`."""
    corners = [p * q for p in (a.min_q, a.max_q) for q in (b.min_q, b.max_q)]
    return covering(min(corners), max(corners), a.frac + b.frac)


def for_negate(a: QFormat) -> QFormat:
    """Return the smallest signed format that holds the negative of every value of `a`."""
    return covering(-a.max_q, -a.min_q, a.frac)


def for_magnitude(a: QFormat) -> QFormat:
    """Return the smallest unsigned format for |value| of every value of `a`: |-2^(b-1)| = 2^(b-1) takes b bits."""
    return covering(0, max(-a.min_q, a.max_q), a.frac, signed=False)


def quantize_weights(values: NDArray[np.float64], target: QFormat) -> NDArray[np.int64]:
    """Return real-valued weights as integers of `target`: ties to even, saturated to the narrow range.

    This is the rounding of weights at training time (Brevitas' ROUND), not a rounding of the datapath.
    """
    scaled = np.rint(np.asarray(values, dtype=np.float64) * 2.0**target.frac)
    return np.clip(scaled, target.narrow_min_q, target.max_q).astype(np.int64)
