"""What `bench.peers` asks of a peer: another way of computing the same graph, timed as its users would run it."""

import statistics
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firmware_ref import Reference
from pimdeploy.datapath.bounds import NodeBounds, propagate
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import Model
from pimdeploy.verify.stimuli.signals import Stimulus, stimuli

IntArray = NDArray[np.int64]
Signal = IntArray | NDArray[np.float64]
"""[channels, n_samples] in units of the output's LSB: integers, but for a peer that computes in floats."""

REPEAT_S = 0.05
"""Processor seconds of one repeat, at least: so many that the clock's step does not show."""
MOST_CALLS = 1 << 16
PROBES = 3


class NotRunError(Exception):
    """The peer cannot compute this model. is_missing: its tool is not installed; otherwise it refuses the model."""

    def __init__(self, reason: str, *, is_missing: bool = False) -> None:
        super().__init__(reason)
        self.is_missing = is_missing


@dataclass(frozen=True)
class Subject:
    """One model on which all peers are compared."""

    model: Model
    path: Path
    """Of its bundle."""
    samples: int
    """Samples of all stimuli together."""
    capture_q: IntArray | None = None

    @property
    def graph(self) -> Graph:
        return self.model.graph

    @cached_property
    def bounds(self) -> dict[str, NodeBounds]:
        return propagate(self.graph)

    @property
    def lsbs(self) -> tuple[float, float]:
        """Value of one step of the input, of the output."""
        return self.graph.input.format.lsb, self.bounds[self.graph.output.name].format.lsb

    @property
    def channels(self) -> tuple[int, int]:
        """Real channels of the input, of the output."""
        return self.graph.input.channels, len(self.bounds[self.graph.output.name].ranges)

    @cached_property
    def stimuli(self) -> list[Stimulus]:
        """The signals of `verify`: they saturate, meet ties and hold the capture."""
        return stimuli(self.graph, self.bounds, self.samples, self.capture_q)

    @cached_property
    def expected(self) -> list[IntArray]:
        """What the NumPy reference makes of each stimulus, from reset."""
        reference, results = Reference.load(self.path), []
        for stimulus in self.stimuli:
            reference.reset()
            results.append(reference.process(stimulus.x_q))
        return results

    def noise(self, samples: int) -> IntArray:
        """Return [channels, samples] of the input's format, normally distributed, 12 dB below full scale."""
        fmt = self.graph.input.format
        values = np.random.default_rng(1).normal(scale=fmt.max_q / 4, size=(self.channels[0], samples))
        return np.clip(np.rint(values), fmt.min_q, fmt.max_q).astype(np.int64)


@dataclass(frozen=True)
class Runner:
    """One way of feeding a peer. seconds: runs one repeat, returns processor seconds a new sample."""

    fed: str
    seconds: Callable[[], float]


class Peer(ABC):
    """One way of computing a model. `name` names its line of the table."""

    name: str
    is_exact: bool = True
    """Whether it claims the datapath's integers."""
    is_ours: bool = False

    @abstractmethod
    def prepare(self, subject: Subject, work: Path) -> Sequence[Runner]:
        """Build for `subject` in the empty folder `work`; return the ways to feed it, of which the fastest is taken.

        Raises `NotRunError`.
        """

    @abstractmethod
    def run(self, x_q: IntArray) -> Signal:
        """Return the output for `x_q` [channels, n_samples], from reset."""


def in_process(call: Callable[[], object], samples: int, fed: str) -> Runner:
    """Return the runner of a function that computes `samples` new samples a call."""
    call()
    once = _clocked(call, 1)
    calls = min(max(1, round(REPEAT_S / max(once, REPEAT_S / MOST_CALLS))), MOST_CALLS)
    return Runner(fed, lambda: _clocked(call, calls) / (calls * samples))


def fastest(runners: Sequence[Runner]) -> Runner:
    """Return the fastest of `runners` by the median of a few repeats each."""
    if len(runners) == 1:
        return runners[0]
    return min(runners, key=lambda runner: statistics.median(runner.seconds() for _ in range(PROBES)))


def _clocked(call: Callable[[], object], calls: int) -> float:
    """Return the processor seconds of so many calls: others on the machine disturb less than by wall time."""
    began = time.process_time()
    for _ in range(calls):
        call()
    return time.process_time() - began
