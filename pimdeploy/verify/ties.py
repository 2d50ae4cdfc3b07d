"""Rounding ties: samples for which the value before a requantizer lies exactly between two integers.

Only there do the roundings to nearest differ from each other, so a proof that meets no tie proves no rounding.
"""

import itertools
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from firmware_ref import Reference
from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.nodes import Convolution, Input, Requantize
from pimdeploy.verify.backend import IntArray
from pimdeploy.verify.worst_case import dense_taps

TIES_A_CLASS = 12
"""Ties wanted of every requantizer, for each sign and for an even and an odd integer below the tie."""
SEARCH_BLOCK = 16_384
SEARCH_BLOCKS = 64
"""The search gives up after SEARCH_BLOCK * SEARCH_BLOCKS random samples: a count, not a time, so that it repeats."""


@dataclass(frozen=True)
class TieCount:
    """Ties met at one requantizer that do not saturate, by the sign of the value before it.

    possible: False where no tie exists: nothing is shifted out, or every value lies nearer to zero than half an LSB.
    """

    positive: int
    negative: int
    possible: bool

    def to_json(self) -> dict[str, int | bool]:
        """Return the counts under their names."""
        return asdict(self)


def tie_coverage(graph: Graph, bounds: dict[str, NodeBounds], signals: Iterable[IntArray]) -> dict[str, TieCount]:
    """Return, for each requantizer of `graph`, how many ties `signals` ([channels, n] each, from reset) meet."""
    reference = reference_of(graph)
    nodes = [node for node in graph.nodes if isinstance(node, Requantize)]
    found: Counter[tuple[str, bool]] = Counter()
    for x_q in signals:
        for node, values, ties in _traced_ties(graph, bounds, reference, x_q):
            found[node.name, True] += int(np.count_nonzero(ties & (values > 0)))
            found[node.name, False] += int(np.count_nonzero(ties & (values < 0)))
    return {
        node.name: TieCount(found[node.name, True], found[node.name, False], _possible(node, bounds)) for node in nodes
    }


def tie_signal(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> IntArray:
    """Return a signal [channels, n] that meets ties at as many requantizers as a bounded search finds.

    It strings short pieces together, each as long as the graph's memory: it meets its tie wherever it stands.
    """
    pieces = [*_constructed(graph, bounds, rng), *_searched(graph, bounds, rng)]
    nothing = np.zeros((graph.input.channels, 0), dtype=np.int64)
    return np.concatenate([nothing, *pieces], axis=1)


def reference_of(graph: Graph) -> Reference:
    """Return the NumPy reference of `graph`, through the same data that a bundle holds."""
    return Reference(json.loads(to_json(graph)), tables(graph))


def _shift(node: Requantize, bounds: dict[str, NodeBounds]) -> int:
    return bounds[node.source].format.frac - node.format.frac


def _possible(node: Requantize, bounds: dict[str, NodeBounds]) -> bool:
    shift = _shift(node, bounds)
    farthest = max(abs(end) for interval in bounds[node.source].ranges for end in interval)
    return shift > 0 and farthest >= 1 << (shift - 1)


def _is_tie(values: IntArray, node: Requantize, shift: int) -> NDArray[np.bool_]:
    below = values >> shift
    # The integers on both sides lie in the format: what saturates does not show how it was rounded.
    inside = (below >= node.format.min_q) & (below < node.format.max_q)
    halfway: NDArray[np.bool_] = (values & ((1 << shift) - 1)) == 1 << (shift - 1)
    return np.logical_and(inside, halfway)


def _traced_ties(
    graph: Graph, bounds: dict[str, NodeBounds], reference: Reference, x_q: IntArray
) -> Iterable[tuple[Requantize, IntArray, NDArray[np.bool_]]]:
    """Yield requantizer, values before it and where they are ties, block by block so that memory stays bounded."""
    for first in range(0, x_q.shape[1], SEARCH_BLOCK):
        context = min(first, graph.memory)
        trace = reference.trace(x_q[:, first - context : first + SEARCH_BLOCK])
        for node in graph.nodes:
            if isinstance(node, Requantize) and _possible(node, bounds):
                values = trace[node.source][:, context:]
                yield node, values, _is_tie(values, node, _shift(node, bounds))


def _searched(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> list[IntArray]:
    """Look for ties in random signals of many levels, until every class of every requantizer has enough of them."""
    nodes = [node for node in graph.nodes if isinstance(node, Requantize) and _possible(node, bounds)]
    wanted = {(node.name, sign, odd): TIES_A_CLASS for node in nodes for sign in (-1, 1) for odd in (0, 1)}
    reference = reference_of(graph)
    pieces: list[IntArray] = []
    for _ in range(SEARCH_BLOCKS):
        if not any(wanted.values()):
            break
        x_q = _candidate(graph.input, rng)
        for node, values, ties in _traced_ties(graph, bounds, reference, x_q):
            channels, places = np.nonzero(ties)
            met = values[channels, places]
            for sign, odd in itertools.product((-1, 1), (0, 1)):
                # A tie before the graph's memory is full would not come back in another place.
                of_class = (np.sign(met) == sign) & (met >> _shift(node, bounds) & 1 == odd) & (places >= graph.memory)
                taken = places[of_class][: wanted[node.name, sign, odd]]
                wanted[node.name, sign, odd] -= len(taken)
                pieces += [x_q[:, sample - graph.memory : sample + 1] for sample in taken]
    return pieces


def _candidate(node: Input, rng: np.random.Generator) -> IntArray:
    """Uniform samples whose level falls from full scale by 6 dB a step, for saturated values are no ties."""
    x_q = rng.integers(node.format.min_q, node.format.max_q + 1, size=(node.channels, SEARCH_BLOCK), dtype=np.int64)
    levels = np.arange(SEARCH_BLOCK) * 6 // SEARCH_BLOCK
    return x_q >> levels


def _constructed(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> list[IntArray]:
    """Solve for ties behind the first convolution, where a tap is odd: no search finds those of a wide shift."""
    pieces = []
    for node in graph.nodes:
        source = graph.node(node.source) if isinstance(node, Requantize) and _possible(node, bounds) else None
        if isinstance(node, Requantize) and isinstance(source, Convolution) and source.source == graph.input.name:
            windows = _solved(graph.input, source, node, _shift(node, bounds), rng)
            delays = graph.memory - source.dilation * np.arange(source.kernel_length)
            for window in windows:
                piece = np.zeros((graph.input.channels, graph.memory + 1), dtype=np.int64)
                piece[:, delays] = window
                pieces.append(piece)
    return pieces


def _solved(x: Input, source: Convolution, node: Requantize, shift: int, rng: np.random.Generator) -> list[IntArray]:
    """Return windows [in, K] of the input, delay k at index k, that end in a tie of each output channel."""
    matrix = dense_taps(source)
    bias = [0] * len(matrix) if source.bias is None else source.bias.array.tolist()
    windows: list[IntArray] = []
    for taps, constant in zip(matrix, bias, strict=True):
        solved = (_solve(x, taps, constant, shift, rng) for _ in range(64 * TIES_A_CLASS))
        ties = (w for w in solved if w is not None and _is_tie(np.sum(taps * w) + constant, node, shift))
        windows += itertools.islice(ties, 2 * TIES_A_CLASS)
    return windows


def _solve(x: Input, taps: IntArray, bias: int, shift: int, rng: np.random.Generator) -> IntArray | None:
    """Return a window with sum of taps * window + bias = 2^(shift - 1) modulo 2^shift, or None where luck fails.

    All samples but one are random; the one behind an odd tap follows, for an odd number has an inverse modulo 2^shift.
    """
    odd = np.argwhere(taps & 1)
    if not len(odd):
        return None
    i, k = rng.choice(odd)
    level = rng.integers(6)
    window = rng.integers(x.format.min_q, x.format.max_q + 1, size=taps.shape, dtype=np.int64) >> level
    window[i, k] = 0
    rest = int(np.sum(taps * window)) + bias
    solution = ((1 << (shift - 1)) - rest) * pow(int(taps[i, k]), -1, 1 << shift) % (1 << shift)
    if solution > x.format.max_q:
        solution -= 1 << shift
    if not x.format.min_q <= solution <= x.format.max_q:
        return None
    window[i, k] = solution
    return window
