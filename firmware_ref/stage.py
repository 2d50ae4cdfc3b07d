"""What every node of the datapath is to the reference: a stage that turns a block of its source into a block."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from firmware_ref.arithmetic import Format, IntArray
from firmware_ref.bounds import Interval, carrier, hull

BLOCK = 8192
"""Samples a stage takes at once: the arrays of a few channels stay in the second-level cache."""


class Stage(ABC):
    """One node. A block has at most `BLOCK` samples.

    ranges: proven [lo, hi] of each channel's result. frac: fraction bits of the result.
    """

    def __init__(self, name: str, ranges: Sequence[Interval], frac: int) -> None:
        self.name = name
        self.ranges = list(ranges)
        self.frac = frac

    @abstractmethod
    def run(self, x: IntArray) -> IntArray:
        """Return the result [channels, n] for the block `x` [channels, n]; it is valid until the next call."""

    def reset(self) -> None:  # noqa: B027  (most stages have no memory)
        """Make the memory zero."""

    def new_result(self) -> IntArray:
        """Return an array for the results of one block, of the narrowest type that holds them."""
        return np.empty((len(self.ranges), BLOCK), dtype=carrier(hull(self.ranges)))


class Input(Stage):
    """The transmit samples; whoever calls `run` has checked that they lie in the format."""

    def __init__(self, name: str, channels: int, form: Format) -> None:
        super().__init__(name, [(form.least, form.most)] * channels, form.frac)
        self._result = self.new_result()

    def run(self, x: IntArray) -> IntArray:
        """Return the block in the type of the datapath."""
        result = self._result[:, : x.shape[1]]
        np.copyto(result, x, casting="same_kind")
        return result


class Output(Stage):
    """The estimate: its source, unchanged."""

    def __init__(self, name: str, source: Stage) -> None:
        super().__init__(name, source.ranges, source.frac)

    def run(self, x: IntArray) -> IntArray:
        """Return `x`."""
        return x
