"""Carriers of the integer ONNX files: the number type that holds the integers, and what ONNX writes differently for it.

int64 is in onnx_integer.py, float64 in onnx_carried.py; onnx_datapath.py builds a file with either.
"""

from abc import ABC, abstractmethod

import numpy as np

from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.intervals import Interval
from pimdeploy.emit.onnx_graph import OnnxGraph
from pimdeploy.errors import OverflowRefusedError

SQUARE_BITS = 54
"""Signed bits of an integer whose square root is taken in float64, which holds integers up to 2^53 exactly."""


class Carrier(ABC):
    """A number type that holds the datapath's integers exactly, and the steps that ONNX writes differently for it."""

    name: str
    dtype: type[np.generic]
    bits: int
    """Width of the widest accumulator, sign included, for which every step is exact."""

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
        """floor(sqrt(x)) of 0 <= x < 2^53 by a float64 square root, or an integer one beside it."""

    def clip(self, g: OnnxGraph, x: str, least: int, most: int, proven: Interval) -> str:
        """Return x, proven to lie in `proven`, cut to [least, most]: no step at all where that has no effect."""
        if least <= proven[0] and proven[1] <= most:
            return x
        return g.op("Clip", [x, g.scalar(least), g.scalar(most)])

    def positive(self, g: OnnxGraph, x: str, proven: Interval) -> str:
        """Return max(x, 0) of x, proven to lie in `proven`."""
        del proven
        return g.op("Max", [x, g.scalar(0)])

    def require(self, node: str, needed: int) -> None:
        """Raise `OverflowRefusedError` where a step of `node` needs more bits than the carrier holds exactly."""
        if needed > self.bits:
            raise OverflowRefusedError(
                f"node {node!r}: the {self.name} ONNX file needs {needed} bits, {needed - self.bits} "
                f"more than the {self.bits} it holds exactly; give its weights or input fewer bits"
            )

    def require_square(self, node: str, needed: int) -> None:
        """Raise `OverflowRefusedError` where I^2 + Q^2 has more bits than a float64 square root takes exactly."""
        if needed > SQUARE_BITS:
            raise OverflowRefusedError(
                f"node {node!r}: the {self.name} ONNX file takes the square root of {needed} bits, "
                f"{needed - SQUARE_BITS} more than the {SQUARE_BITS} that float64 holds exactly; give its input fewer bits"
            )
