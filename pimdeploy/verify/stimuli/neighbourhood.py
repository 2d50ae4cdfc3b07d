"""Windows around those that drive a node one way: what signals of all kinds seldom meet there is looked for among them."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Input
from pimdeploy.verify.stimuli.worst_search import Found, Windows, farthest

IntArray = NDArray[np.int64]

WINDOWS = 1024
"""Windows at a time."""
BLOCKS = 48


def neighbourhood(
    graph: Graph, bounds: Mapping[str, NodeBounds], name: str, sign: int, rng: np.random.Generator
) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield windows [windows, input channels, samples] and the integers [channels, windows] of the node `name` there.

    They are mixtures of the window that drives the node farthest in the direction of `sign` with random samples.
    """
    node = Windows(graph, name)
    samples = node.samples_allowed
    for found in farthest(graph, bounds, name, [], rng, signs=(sign,), partial=False):
        for _ in range(BLOCKS):
            windows = _around(found, graph.input, rng)
            samples -= windows.shape[0] * windows.shape[2]
            if samples < 0:
                return
            yield windows, node.ends(windows)


def _around(found: Found, x: Input, rng: np.random.Generator) -> IntArray:
    shape = (WINDOWS, *found.window.shape)
    scale, noise = rng.random((WINDOWS, 1, 1)), rng.random((WINDOWS, 1, 1)) ** 3
    anything = rng.integers(x.format.min_q, x.format.max_q + 1, size=shape)
    mixed = np.rint(found.window * scale + anything * noise)
    return np.clip(mixed, x.format.min_q, x.format.max_q).astype(np.int64)
