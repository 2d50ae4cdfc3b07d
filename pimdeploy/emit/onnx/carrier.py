"""Carriers of the integer ONNX files: the number type that holds the integers, and what ONNX writes differently for it.

int32 and int64 are in integer.py, float64 in carried.py; datapath.py builds a file with any of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.intervals import Interval
from pimdeploy.emit.onnx.graph import OnnxGraph
from pimdeploy.errors import OverflowRefusedError

SQUARE_BITS = 54
"""Signed bits of an integer whose square root is taken in float64, which holds integers up to 2^53 exactly."""


class Carrier(ABC):
    """A number type that holds the datapath's integers exactly, and the steps that ONNX writes differently for it."""

    name: str
    dtype: type[np.generic]
    index_dtype: type[np.generic] = np.int32
    """Type of an `index`."""
    bits: int
    """Width of the widest accumulator, sign included, for which every step is exact."""
    constant_bits: int
    """Width of the widest constant, a power of two or less."""

    def holds(self, needed: int, constant: int = 0) -> bool:
        """Return whether every step is exact with values of `needed` bits and a constant of `constant` bits."""
        return needed <= self.bits and constant <= self.constant_bits

    @abstractmethod
    def shift_right(self, g: OnnxGraph, x: str, shift: int, bias: int = 0) -> str:
        """floor((x + bias) / 2^shift), shift > 0."""

    @abstractmethod
    def half_even(self, g: OnnxGraph, x: str, shift: int) -> str:
        """x / 2^shift to the nearest integer, ties to the even one, shift > 0."""

    @abstractmethod
    def wrap(self, g: OnnxGraph, x: str, fmt: QFormat) -> str:
        """The integer of `fmt` that is x modulo 2^bits."""

    @abstractmethod
    def index(self, g: OnnxGraph, x: str, shift: int) -> str:
        """floor(x / 2^shift) of x >= 0 as an index for Gather."""

    @abstractmethod
    def root(self, g: OnnxGraph, x: str) -> str:
        """floor(sqrt(x)) of x >= 0 by a square root of floats, or an integer one beside it."""

    def clip(self, g: OnnxGraph, x: str, least: int, most: int, proven: Interval) -> str:
        """Return x, proven to lie in `proven`, cut to [least, most]: no step at all where that has no effect."""
        if least <= proven[0] and proven[1] <= most:
            return x
        return g.op("Clip", [x, g.scalar(least), g.scalar(most)])

    def positive(self, g: OnnxGraph, x: str, proven: Interval) -> str:
        """Return max(x, 0) of x, proven to lie in `proven`."""
        del proven
        return g.op("Max", [x, g.scalar(0)])

    def require_square(self, node: str, needed: int) -> None:
        """Raise `OverflowRefusedError` where I^2 + Q^2 has more bits than a float64 square root takes exactly."""
        if needed > SQUARE_BITS:
            raise OverflowRefusedError(
                f"node {node!r}: the {self.name} ONNX file takes the square root of {needed} bits, "
                f"{needed - SQUARE_BITS} more than the {SQUARE_BITS} that float64 holds exactly; give its input fewer bits"
            )


def carrier_for(carriers: Sequence[Carrier], node: str, needed: int, constant: int) -> Carrier:
    """Return the first of `carriers`, which stand narrowest first, that holds values and constants of so many bits.

    Raises `OverflowRefusedError` with the bits missing where none does.
    """
    for carrier in carriers:
        if carrier.holds(needed, constant):
            return carrier
    widest, needed = carriers[-1], max(needed, constant)
    raise OverflowRefusedError(
        f"node {node!r}: the {widest.name} ONNX file needs {needed} bits, {needed - widest.bits} "
        f"more than the {widest.bits} it holds exactly; give its weights or input fewer bits"
    )
