"""What every node of the datapath is to the reference: a stage that turns blocks of its sources into a block."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from firmware_ref import bounds
from firmware_ref.arithmetic import Carrier, Format, IntArray
from firmware_ref.bounds import Interval
from firmware_ref.errors import FirmwareReferenceError

MOST_MEMORY = 1 << 24
"""Values that a node may keep of the past (docs/spec/datapath.md, section 5)."""


class Stage(ABC):
    """One node.

    ranges: proven [lo, hi] of each channel's result. format: of the result (docs/spec/fixed_point.md, section 2).
    """

    def __init__(self, name: str, ranges: Sequence[Interval], form: Format) -> None:
        self.name = name
        self.ranges = list(ranges)
        self.format = form
        self.carrier: Carrier = bounds.carrier(bounds.hull(self.ranges))
        """The narrowest type that holds the results."""

    @abstractmethod
    def allocate(self, block: int) -> None:
        """Make the arrays for blocks of at most `block` samples; the memory becomes zero."""

    @abstractmethod
    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the result [channels, n] for a block [channels, n] of each source; it is valid until the next call."""

    def reset(self) -> None:  # noqa: B027  (most stages have no memory)
        """Make the memory zero."""


class Input(Stage):
    """The transmit samples; whoever calls `run` has checked that they lie in the format."""

    def __init__(self, name: str, channels: int, form: Format) -> None:
        super().__init__(name, [(form.least, form.most)] * channels, form)

    def allocate(self, block: int) -> None:
        """Make the array of the result."""
        self._result = np.empty((len(self.ranges), block), dtype=self.carrier)

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the block in the type of the datapath."""
        (x,) = operands
        result = self._result[:, : x.shape[1]]
        np.copyto(result, x, casting="same_kind")
        return result


class Output(Stage):
    """The estimate: its source, unchanged."""

    def __init__(self, name: str, source: Stage) -> None:
        super().__init__(name, source.ranges, source.format)

    def allocate(self, block: int) -> None:
        """Do nothing: the result is the source's."""

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the block."""
        (x,) = operands
        return x


def check_memory(samples: int, channels: int) -> None:
    """Raise `FirmwareReferenceError` where `samples` of the past of so many channels are more than any node may keep."""
    if samples * channels > MOST_MEMORY:
        raise FirmwareReferenceError(
            f"keeps {samples} samples of {channels} channels; expected at most {MOST_MEMORY} values"
        )


def pairs_of(source: Stage) -> list[tuple[Interval, Interval]]:
    """Return the ranges of each pair (I, Q) of channels. Raises `FirmwareReferenceError` where one is left over."""
    if len(source.ranges) % 2:
        raise FirmwareReferenceError(f"{len(source.ranges)} channels; expected pairs of I and Q")
    return list(zip(source.ranges[0::2], source.ranges[1::2], strict=True))


def check_equal_channels(sources: Sequence[Stage]) -> None:
    """Raise `FirmwareReferenceError` unless two or more sources have equally many channels."""
    counts = [len(source.ranges) for source in sources]
    if len(counts) < 2 or len(set(counts)) > 1:
        told = ", ".join(f"{source.name!r} has {count}" for source, count in zip(sources, counts, strict=True))
        raise FirmwareReferenceError(f"expected two or more operands with equally many channels: {told}")
