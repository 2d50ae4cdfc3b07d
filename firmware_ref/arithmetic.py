"""Formats, rounding and overflow on integer arrays (docs/spec/fixed_point.md, sections 1, 3, 4 and 5).

Arrays are int32 or int64. The caller has proven (bounds.py) that no intermediate value leaves the array's type.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from firmware_ref.errors import FirmwareReferenceError

IntArray = NDArray[np.signedinteger[Any]]
Carrier = np.dtype[np.signedinteger[Any]]

WIDEST = 64
"""Bits of the widest integer."""
WIDEST_SHIFT = 62
"""Places of the widest shift, either way (docs/spec/fixed_point.md, section 5)."""


class Rounding(StrEnum):
    """Where a value between two integers goes, and where ties go (section 3)."""

    FLOOR = "floor"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    HALF_AWAY = "half_away"


class Overflow(StrEnum):
    """What happens to a value outside the format (section 4)."""

    SATURATE = "saturate"
    WRAP = "wrap"


@dataclass(frozen=True)
class Format:
    """`bits` wide, sign included; the value of the integer q is q * 2^-frac (section 1)."""

    signed: bool
    bits: int
    frac: int

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= WIDEST:
            raise FirmwareReferenceError(f"a format of {self.bits} bits; expected 1 to {WIDEST}")

    @property
    def least(self) -> int:
        """Smallest integer of the format."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def most(self) -> int:
        """Largest integer of the format."""
        return (1 << (self.bits - self.signed)) - 1


def shift_round(x: IntArray, shift: int, rounding: Rounding, out: IntArray) -> None:
    """Write x * 2^-shift, rounded, to `out` (section 5). A negative shift multiplies and is exact.

    `out` is another array than `x`; its type is that of the arithmetic.
    """
    carrier = out.dtype
    if shift <= 0:
        np.left_shift(x, -shift, out=out, dtype=carrier)
        return
    half = 1 << (shift - 1)
    match rounding:
        case Rounding.FLOOR:
            np.right_shift(x, shift, out=out, dtype=carrier)
        case Rounding.HALF_UP:
            np.add(x, half, out=out, dtype=carrier)
            np.right_shift(out, shift, out=out)
        case Rounding.HALF_EVEN:
            # A tie, after adding half - 1, crosses to the next integer only where the floor is odd.
            np.right_shift(x, shift, out=out, dtype=carrier)
            np.bitwise_and(out, 1, out=out)
            np.add(out, half - 1, out=out)
            np.add(out, x, out=out, dtype=carrier)
            np.right_shift(out, shift, out=out)
        case Rounding.HALF_AWAY:
            # The sign bit, -1 for a negative value, sends its ties down instead of up.
            np.right_shift(x, np.iinfo(x.dtype).bits - 1, out=out)
            np.add(out, half, out=out)
            np.add(out, x, out=out, dtype=carrier)
            np.right_shift(out, shift, out=out)
        case _:
            assert_never(rounding)


def fit(x: IntArray, target: Format, overflow: Overflow, out: IntArray) -> None:
    """Write `x`, brought into the range of `target`, to `out`, narrower or `x` itself; overwrites `x` (section 4)."""
    limits = np.iinfo(x.dtype)
    match overflow:
        case Overflow.SATURATE:
            # A limit outside the type of x limits nothing.
            least, most = max(target.least, int(limits.min)), min(target.most, int(limits.max))
            np.clip(x, x.dtype.type(least), x.dtype.type(most), out=out, casting="same_kind")
        case Overflow.WRAP:
            if target.bits < limits.bits:  # else the caller has proven that every value lies in the format
                sign_bit = 1 << (target.bits - 1) if target.signed else 0
                np.bitwise_and(x, (1 << target.bits) - 1, out=x)
                np.bitwise_xor(x, sign_bit, out=x)
                np.subtract(x, sign_bit, out=x)
            np.copyto(out, x, casting="same_kind")
        case _:
            assert_never(overflow)
