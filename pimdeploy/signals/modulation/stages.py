"""Stages that a stream passes frame by frame: each keeps what it needs of the past and says by how much it delays."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.receive_filter import apply_receive_filter


class Stage(ABC):
    """Takes frames [channel, n] and returns frames of the same size; output sample n answers input n - delay."""

    delay: int = 0

    @abstractmethod
    def push(self, frame: ComplexArray) -> ComplexArray:
        """Return the next output frame."""


class StreamFilter(Stage):
    """A linear-phase filter of real or complex `taps`, [odd], before which every channel was zero."""

    def __init__(self, taps: NDArray[np.inexact], n_channels: int) -> None:
        self._taps = taps
        self.delay = len(taps) // 2
        self._past = np.zeros((n_channels, len(taps) - 1), dtype=np.complex128)

    def push(self, frame: ComplexArray) -> ComplexArray:
        """Return the next frame, filtered."""
        joined = np.concatenate([self._past, frame], axis=1)
        self._past = joined[:, joined.shape[1] - self._past.shape[1] :].copy()
        return apply_receive_filter(self._taps, joined)[:, self.delay : joined.shape[1] - self.delay]


class Chain(Stage):
    """Stages one behind the other."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._stages = tuple(stages)
        self.delay = sum(stage.delay for stage in self._stages)

    def push(self, frame: ComplexArray) -> ComplexArray:
        """Return the frame behind the last stage."""
        for stage in self._stages:
            frame = stage.push(frame)
        return frame


class Timeline:
    """Samples by their index on one time axis, made frame by frame as they are asked for and forgotten behind.

    make: returns the next frame, [channel, n]. first: index of the first sample that it ever returns.
    """

    def __init__(self, make: Callable[[], ComplexArray], first: int) -> None:
        self._make, self._first = make, first
        self._held: ComplexArray | None = None

    def window(self, start: int, stop: int) -> ComplexArray:
        """Return the samples [start, stop); what lies before `start` cannot be asked for again."""
        frames = [] if self._held is None else [self._held]
        end = self._first + sum(frame.shape[1] for frame in frames)
        while end < stop or not frames:
            frames.append(self._make())
            end += frames[-1].shape[1]
        joined = frames[0] if len(frames) == 1 else np.concatenate(frames, axis=1)
        if start < self._first:
            raise ValueError(f"sample {start} is gone; the first one held is {self._first}")
        out = joined[:, start - self._first : stop - self._first]
        self._held, self._first = joined[:, start - self._first :], start
        return out


def settled(stage: Stage, frames: Sequence[ComplexArray]) -> tuple[ComplexArray, ComplexArray]:
    """Return the samples before and behind `stage`, [channel, n], for `frames`, the transients at their start left out.

    It is the same stretch of samples before and after, so that the scatter of random symbols cancels in comparisons.
    """
    behind = np.concatenate([stage.push(frame) for frame in frames], axis=1)[:, 2 * stage.delay :]
    before = np.concatenate(frames, axis=1)[:, stage.delay : stage.delay + behind.shape[1]]
    if behind.shape[1] == 0:
        raise ValueError(f"{before.shape[1]} samples do not reach beyond the transients of a delay of {stage.delay}")
    return before, behind
