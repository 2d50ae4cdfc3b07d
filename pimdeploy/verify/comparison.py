"""Integers against integers, tolerance zero: how many differ, where the first does, and in which node."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.graph import Graph
from pimdeploy.verify.backend import IntArray


@dataclass(frozen=True)
class Difference:
    """The first difference between two signals: the earliest sample, there the lowest channel.

    expected, got: the integers; None on the side whose signal ends before or has fewer channels. node: where known.
    """

    channel: int
    sample: int
    expected: int | None
    got: int | None
    node: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what stands under "first" in the JSON of verify."""
        return asdict(self)

    def __str__(self) -> str:
        where = f"node {self.node}, " if self.node else ""
        return f"{where}channel {self.channel}, sample {self.sample}: expected {self.expected}, got {self.got}"


def count_mismatches(expected: IntArray, got: IntArray) -> int:
    """Return how many integers of two signals [channels, n_samples] differ; what only one of them has, differs."""
    both = _overlap(expected, got)
    differing = int(np.count_nonzero(expected[both] != got[both]))
    return differing + expected.size + got.size - 2 * expected[both].size


def first_difference(expected: IntArray, got: IntArray, node: str | None = None) -> Difference | None:
    """Return the first difference of two signals [channels, n_samples], or None; `node` is written into it."""
    places = _first_places(expected, got)
    if not places:
        return None
    sample, channel = min(places)
    return Difference(channel, sample, _at(expected, channel, sample), _at(got, channel, sample), node)


def locate(expected_trace: dict[str, IntArray], got_trace: dict[str, IntArray], graph: Graph) -> Difference | None:
    """Return the first difference in the first node, in the order of `graph`, whose integers differ.

    Traces map node names to [channels, n_samples]; nodes that one of them lacks are passed over.
    """
    for node in graph.nodes:
        if node.name in expected_trace and node.name in got_trace:
            difference = first_difference(expected_trace[node.name], got_trace[node.name], node.name)
            if difference is not None:
                return difference
    return None


def _overlap(expected: IntArray, got: IntArray) -> tuple[slice, slice]:
    channels, samples = (min(a, b) for a, b in zip(expected.shape, got.shape, strict=True))
    return slice(channels), slice(samples)


def _first_places(expected: IntArray, got: IntArray) -> list[tuple[int, int]]:
    """Return (sample, channel) of the first difference of each kind: of value, missing samples, missing channels."""
    both = _overlap(expected, got)
    places = []
    differs: NDArray[np.bool_] = expected[both] != got[both]
    if differs.any():
        sample = int(differs.any(axis=0).argmax())
        places.append((sample, int(differs[:, sample].argmax())))
    longer = max(expected.shape[1], got.shape[1])
    wider = max(expected.shape[0], got.shape[0])
    if expected.shape[1] != got.shape[1] and wider:
        places.append((both[1].stop, 0))
    if expected.shape[0] != got.shape[0] and longer:
        places.append((0, both[0].stop))
    return places


def _at(signal: IntArray, channel: int, sample: int) -> int | None:
    inside = channel < signal.shape[0] and sample < signal.shape[1]
    return int(signal[channel, sample]) if inside else None
