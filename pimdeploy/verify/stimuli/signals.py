"""The signals on which backends are compared: those that reach the corners first, then the capture and random ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Input
from pimdeploy.defaults import PROOF_SAMPLES
from pimdeploy.errors import InputError
from pimdeploy.verify.backend import IntArray
from pimdeploy.verify.stimuli.limits import beyond_limits
from pimdeploy.verify.stimuli.ties import TieCount, tie_coverage, tie_signal
from pimdeploy.verify.stimuli.worst_case import worst_cases

__all__ = ["Stimulus", "TieCount", "each_stimulus", "shares", "stimuli", "tie_coverage"]

TIES = "rounding_ties"
"""Name of the stimulus that meets ties."""
LEVELS_DB = (-3, -12, -24, -48)
"""Standard deviations of the Gaussian signals, dB below full scale."""


@dataclass(frozen=True)
class Stimulus:
    """One signal, run from reset. x_q: integers [channels, n_samples] of the input's format."""

    name: str
    x_q: IntArray


def stimuli(
    graph: Graph,
    bounds: dict[str, NodeBounds],
    samples: int = PROOF_SAMPLES,
    capture_q: IntArray | None = None,
    seed: int = 1,
) -> list[Stimulus]:
    """Return the stimuli for `graph`; together they have exactly `samples` samples, and `seed` decides them.

    Order: impulse, step, limit_<requantizer>_<end>, worst_case_<node>, full_scale, most_negative, rounding_ties, capture
    (a quarter of what is left, at most all of `capture_q` [channels, n]), overdrive, and random ones for the rest. Where
    `samples` is too few for all, the last are cut. Raises `InputError` where `samples` is not positive or `capture_q`
    leaves the format.
    """
    return list(each_stimulus(graph, bounds, samples, capture_q, seed))


def each_stimulus(
    graph: Graph, bounds: dict[str, NodeBounds], samples: int, capture_q: IntArray | None, seed: int
) -> Iterator[Stimulus]:
    """Yield what `stimuli` returns, one by one: each is made only when it is asked for."""
    if samples < 1:
        raise InputError(f"samples = {samples}; expected 1 or more")
    if capture_q is not None:
        _check_capture(graph.input, capture_q)
    rng = np.random.default_rng(seed)
    left = samples
    for stimulus in _corners(graph, bounds, rng):
        yield from _cut(stimulus, left)
        left = max(left - stimulus.x_q.shape[1], 0)
        if not left:
            return
    for stimulus in _long_signals(graph.input, left, capture_q, rng):
        yield from _cut(stimulus, left)


def _corners(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> Iterator[Stimulus]:
    yield (impulse := Stimulus("impulse", _impulses(graph)))
    yield (step := Stimulus("step", _steps(graph)))
    worst = worst_cases(graph, bounds, rng)
    # Numbers of its own: the random signals behind are the same whatever it searches.
    beyond = beyond_limits(graph, bounds, [impulse.x_q, step.x_q, *worst.values()], rng.spawn(1)[0])
    for name, x_q in beyond.items():
        yield Stimulus(f"limit_{name}", x_q)
    for name, x_q in worst.items():
        yield Stimulus(f"worst_case_{name}", x_q)
    yield Stimulus("full_scale", _full_scale(graph))
    yield Stimulus("most_negative", _held(graph, graph.input.format.min_q))
    yield Stimulus(TIES, tie_signal(graph, bounds, rng))


def _cut(stimulus: Stimulus, samples: int) -> Iterator[Stimulus]:
    x_q = stimulus.x_q[:, :samples]
    if x_q.shape[1]:
        yield Stimulus(stimulus.name, np.ascontiguousarray(x_q))


def shares(signals: Sequence[Stimulus], samples: int) -> list[Stimulus]:
    """Return the first samples of each of `signals`, `samples` in all: what short ones leave goes to the longer ones."""
    lengths: dict[int, int] = {}
    for place in sorted(range(len(signals)), key=lambda k: signals[k].x_q.shape[1]):
        left = samples - sum(lengths.values())
        lengths[place] = min(signals[place].x_q.shape[1], left // (len(signals) - len(lengths)))
    return [one for place, signal in enumerate(signals) for one in _cut(signal, lengths[place])]


def _check_capture(x: Input, capture_q: IntArray) -> None:
    if capture_q.ndim != 2 or capture_q.shape[0] != x.channels:
        raise InputError(f"capture of shape {capture_q.shape}; expected ({x.channels}, samples)")
    if capture_q.size and (capture_q.min() < x.format.min_q or capture_q.max() > x.format.max_q):
        raise InputError(f"capture leaves the range of {x.format}; expected integers of the datapath's input format")


def _silence(graph: Graph) -> IntArray:
    return np.zeros((graph.input.channels, graph.memory + 1), dtype=np.int64)


def _held(graph: Graph, value: int) -> IntArray:
    return np.full((graph.input.channels, 2 * graph.memory + 8), value, dtype=np.int64)


def _impulses(graph: Graph) -> IntArray:
    """Each channel alone, up to the largest and down to the smallest integer; silence until each has died away."""
    pieces = []
    for channel in range(graph.input.channels):
        for value in (graph.input.format.max_q, graph.input.format.min_q, 1, -1 if graph.input.format.signed else 1):
            piece = _silence(graph)
            piece[channel, 0] = value
            pieces.append(piece)
    return np.concatenate(pieces, axis=1)


def _steps(graph: Graph) -> IntArray:
    """Each channel alone, held at each end of its range and released."""
    pieces = []
    for channel in range(graph.input.channels):
        for value in (graph.input.format.max_q, graph.input.format.min_q):
            held = np.zeros((graph.input.channels, graph.memory + 8), dtype=np.int64)
            held[channel] = value
            pieces += [_silence(graph), held]
    return np.concatenate([*pieces, _silence(graph)], axis=1)


def _full_scale(graph: Graph) -> IntArray:
    """Both ends held, I against Q, and square waves of growing period, with Q in quadrature."""
    x = graph.input.format
    most, least = _held(graph, x.max_q), _held(graph, x.min_q)
    is_i = np.arange(graph.input.channels)[:, None] % 2 == 0
    pieces = [most, least, np.where(is_i, most, least), np.where(is_i, least, most)]
    time = np.arange(most.shape[1])[None, :]
    for half_period in (1, 2, 4, 8):
        phase = time + np.where(is_i, 0, half_period // 2)
        pieces.append(np.where(phase // half_period % 2 == 0, x.max_q, x.min_q))
    return np.concatenate(pieces, axis=1).astype(np.int64)


def _long_signals(x: Input, samples: int, capture_q: IntArray | None, rng: np.random.Generator) -> list[Stimulus]:
    """Share `samples` out: a quarter to the capture, an eighth to overdrive, the rest to random signals."""
    capture = np.zeros((x.channels, 0), dtype=np.int64) if capture_q is None else capture_q[:, : samples // 4]
    n_overdrive = samples // 8
    loud = capture[:, :n_overdrive] if capture.shape[1] else _gaussian(x, n_overdrive, -9.0, rng)
    found = [Stimulus("capture", capture), Stimulus("overdrive", _into(x, 2 * loud))]
    left = samples - sum(stimulus.x_q.shape[1] for stimulus in found)
    share = left // (len(LEVELS_DB) + 2)
    found += [Stimulus(f"gaussian_{-level}db", _gaussian(x, share, level, rng)) for level in LEVELS_DB]
    found.append(Stimulus("sparse", _sparse(x, share, rng)))
    rest = left - share * (len(LEVELS_DB) + 1)
    return [*found, Stimulus("uniform", _uniform(x, rest, rng))]


def _uniform(x: Input, samples: int, rng: np.random.Generator) -> IntArray:
    return rng.integers(x.format.min_q, x.format.max_q + 1, size=(x.channels, samples), dtype=np.int64)


def _gaussian(x: Input, samples: int, level_db: float, rng: np.random.Generator) -> IntArray:
    deviation = x.format.max_q * 10 ** (level_db / 20)
    return _into(x, np.rint(rng.normal(scale=deviation, size=(x.channels, samples))))


def _sparse(x: Input, samples: int, rng: np.random.Generator) -> IntArray:
    """Full-scale samples, one in sixteen, in silence."""
    present = rng.random((x.channels, samples)) < 1 / 16
    return np.where(present, _uniform(x, samples, rng), 0)


def _into(x: Input, values: NDArray[np.float64] | IntArray) -> IntArray:
    return np.clip(values, x.format.min_q, x.format.max_q).astype(np.int64)
