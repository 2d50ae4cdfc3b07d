"""Windows of input samples that bring a node to a wanted integer, by small steps along its linearized chain."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pimdeploy.verify.stimuli.worst_search import Windows

IntArray = NDArray[np.int64]

ROUNDS = 24
MOST_TRIES = 24
FACTORS = (-1.0, 0.3, 1.0, 1.0, 1.0, 3.0)
"""By which a step is made longer: where the chain bends, it is steeper or flatter than its line, or turns back."""
STEEPEST = 6
"""Samples of a window that are moved, those that move the node farthest."""


def steered(
    node: Windows, response: NDArray[np.float64], wanted: Sequence[tuple[int, int]], rng: np.random.Generator
) -> list[IntArray]:
    """Return a window [input channels, samples] for each of `wanted`, channel and integer of `node`, that was reached.

    response: [channel, input channel, delay], how the node follows the input, delay 0 the last sample. What is not reached
    from one random window is tried from others, as long as `node.samples_allowed` lasts.
    """
    found: dict[int, IntArray] = {}
    left, samples = list(range(len(wanted))), node.samples_allowed
    for attempt in range(MOST_TRIES):
        samples -= ROUNDS * len(left) * node.length
        if not left or (attempt and samples < 0):
            break
        reached = _tried(node, response, [wanted[place] for place in left], rng)
        found |= {place: window for place, window in zip(left, reached, strict=True) if window is not None}
        left = [place for place in left if place not in found]
    return [found[place] for place in sorted(found)]


def _tried(
    node: Windows, response: NDArray[np.float64], wanted: Sequence[tuple[int, int]], rng: np.random.Generator
) -> list[IntArray | None]:
    """Return a window for each of `wanted` that is reached from one random window, None for each that is not."""
    channels, targets = (np.array(column, dtype=np.int64) for column in zip(*wanted, strict=True))
    x, each = node.input.format, np.arange(len(wanted))
    shape = (len(wanted), node.input.channels, node.length)
    levels = rng.integers(6, size=(len(wanted), 1, 1))
    windows = rng.integers(x.min_q, x.max_q + 1, size=shape, dtype=np.int64) >> levels
    values = node.ends(windows)[channels, each]
    gains = response[channels][:, :, : node.length][:, :, ::-1].reshape(len(wanted), -1)
    steepest = np.argsort(-np.abs(gains), axis=1, kind="stable")[:, :STEEPEST]
    for _ in range(ROUNDS):
        places = steepest[each, rng.integers(steepest.shape[1], size=len(wanted))]
        gain = gains[each, places] / rng.choice(FACTORS, size=len(wanted))
        steps = np.where(gain != 0, np.rint((targets - values) / np.where(gain, gain, 1.0)), 0.0)
        tried = windows.copy()
        flat = tried.reshape(len(wanted), -1)
        flat[each, places] = np.clip(flat[each, places] + steps, x.min_q, x.max_q).astype(np.int64)
        reached = node.ends(tried)[channels, each]
        better = np.abs(reached - targets) <= np.abs(values - targets)
        windows, values = np.where(better[:, None, None], tried, windows), np.where(better, reached, values)
        if np.array_equal(values, targets):
            break
    return [window if hit else None for window, hit in zip(windows, values == targets, strict=True)]
