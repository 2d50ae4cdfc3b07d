"""Delay and Select (docs/spec/fixed_point.md, section 10): samples and channels in another place, unchanged."""

from collections.abc import Sequence

import numpy as np

from firmware_ref import bounds
from firmware_ref.arithmetic import IntArray
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.stage import Stage, check_memory


class Delay(Stage):
    """y[n] = x[n - samples]; samples before the first are 0."""

    def __init__(self, name: str, source: Stage, samples: int) -> None:
        if samples < 0:
            raise FirmwareReferenceError(f"a delay of {samples} samples; expected 0 or more")
        check_memory(samples, len(source.ranges))
        super().__init__(name, [bounds.with_zero(interval) for interval in source.ranges], source.format)
        self._samples = samples

    def allocate(self, block: int) -> None:
        """Make the memory, the last `samples` samples in order of time, and the array of the result."""
        self._memory = np.zeros((len(self.ranges), self._samples), dtype=self.carrier)
        self._result = np.empty((len(self.ranges), block), dtype=self.carrier)

    def reset(self) -> None:
        """Make the memory zero."""
        self._memory[:] = 0

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the delayed block; the last samples stay for the next block."""
        (x,) = operands
        n, memory = x.shape[1], self._memory
        old = min(n, self._samples)
        result = self._result[:, :n]
        result[:, :old] = memory[:, :old]
        result[:, old:] = x[:, : n - old]
        memory[:, : self._samples - old] = memory[:, old:]
        memory[:, self._samples - old :] = x[:, n - old :]
        return result


class Select(Stage):
    """The named channels of the source, in the named order, each as often as it is named."""

    def __init__(self, name: str, source: Stage, channels: list[int]) -> None:
        last = len(source.ranges) - 1
        if not channels or not all(0 <= channel <= last for channel in channels):
            raise FirmwareReferenceError(f"channels {channels}; expected some of 0..{last}")
        super().__init__(name, [source.ranges[channel] for channel in channels], source.format)
        self._channels = np.array(channels, dtype=np.intp)

    def allocate(self, block: int) -> None:
        """Do nothing: the choice of channels is a new array a block."""

    def run(self, operands: Sequence[IntArray]) -> IntArray:
        """Return the chosen channels of the block."""
        (x,) = operands
        return x[self._channels]
