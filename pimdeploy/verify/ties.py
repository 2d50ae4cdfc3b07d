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
from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.intervals import hull
from pimdeploy.datapath.nodes import Convolution, Input, Rectify, Requantize
from pimdeploy.verify.backend import IntArray
from pimdeploy.verify.worst_case import dense_taps

TIES_A_CLASS = 12
"""Ties wanted of every requantizer, for each sign and for an even and an odd integer below the tie."""
CONSTRUCTED_TIES = 96
"""Ties that are constructed for all outputs of a convolution together."""
SEARCH_BLOCK = 16_384
SEARCH_BLOCKS = 64
SEARCH_PRODUCTS = 2_000_000_000
SEARCH_PATIENCE = 16
"""The search gives up after SEARCH_BLOCKS blocks of SEARCH_BLOCK random samples, after SEARCH_PRODUCTS products of the
convolutions, or after SEARCH_PATIENCE blocks without a new tie: counts, not times, so that it repeats."""


@dataclass(frozen=True)
class TieCount:
    """Ties met at one requantizer that do not saturate, by the sign of the value before it.

    possible: False where no tie exists: nothing is shifted out, or no value that the bounds admit is a tie.
    """

    positive: int
    negative: int
    possible: bool

    @property
    def untested(self) -> bool:
        """True where a tie may exist and none was met: the proof does not show how the node rounds it."""
        return self.possible and not self.positive + self.negative

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
        node.name: TieCount(found[node.name, True], found[node.name, False], bool(_signs(node, bounds)))
        for node in nodes
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


def _signs(node: Requantize, bounds: dict[str, NodeBounds]) -> tuple[int, ...]:
    """Return the signs of values before `node` that may be ties, by its bounds: half an LSB from 0 or farther."""
    shift = _shift(node, bounds)
    if shift <= 0:
        return ()
    half = 1 << (shift - 1)
    lo, hi = hull(bounds[node.source].ranges)
    may_be = {-1: lo <= -half and node.format.min_q < 0, 1: hi >= half and node.format.max_q > 0}
    return tuple(sign for sign, possible in may_be.items() if possible)


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
            if isinstance(node, Requantize) and _signs(node, bounds):
                values = trace[node.source][:, context:]
                yield node, values, _is_tie(values, node, _shift(node, bounds))


def _searched(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> list[IntArray]:
    """Look for ties in random signals of many levels, until every class of every requantizer has enough of them."""
    nodes = [node for node in graph.nodes if isinstance(node, Requantize)]
    wanted = {(node.name, sign, odd): TIES_A_CLASS for node in nodes for sign in _signs(node, bounds) for odd in (0, 1)}
    reference = reference_of(graph)
    pieces: list[IntArray] = []
    idle = 0
    for _ in range(search_blocks(graph)):
        if not any(wanted.values()) or idle == SEARCH_PATIENCE:
            break
        x_q = _candidate(graph.input, rng)
        before = len(pieces)
        for node, values, ties in _traced_ties(graph, bounds, reference, x_q):
            channels, places = np.nonzero(ties)
            met = values[channels, places]
            for sign, odd in itertools.product(_signs(node, bounds), (0, 1)):
                # A tie before the graph's memory is full would not come back in another place.
                of_class = (np.sign(met) == sign) & (met >> _shift(node, bounds) & 1 == odd) & (places >= graph.memory)
                taken = places[of_class][: wanted[node.name, sign, odd]]
                wanted[node.name, sign, odd] -= len(taken)
                pieces += [x_q[:, sample - graph.memory : sample + 1] for sample in taken]
        idle = idle + 1 if len(pieces) == before else 0
    return pieces


def search_blocks(graph: Graph) -> int:
    """Return the blocks of SEARCH_BLOCK samples that the search for ties of `graph` may take."""
    products = sum(real_taps(node).size for node in graph.nodes if isinstance(node, Convolution))
    return max(1, min(SEARCH_BLOCKS, SEARCH_PRODUCTS // (max(products, 1) * SEARCH_BLOCK)))


def _candidate(node: Input, rng: np.random.Generator) -> IntArray:
    """Uniform samples whose level falls from full scale by 6 dB a step, for saturated values are no ties."""
    x_q = rng.integers(node.format.min_q, node.format.max_q + 1, size=(node.channels, SEARCH_BLOCK), dtype=np.int64)
    levels = np.arange(SEARCH_BLOCK) * 6 // SEARCH_BLOCK
    return x_q >> levels


def _constructed(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> list[IntArray]:
    """Solve for ties behind convolutions of the input, where a tap is odd: no search finds those of a wide shift."""
    pieces = []
    for node in graph.nodes:
        if not isinstance(node, Requantize) or not _signs(node, bounds):
            continue
        source = graph.node(node.source)
        rectifier = source if isinstance(source, Rectify) else None
        if rectifier is not None:
            source = graph.node(rectifier.source)
        if isinstance(source, Convolution) and source.source == graph.input.name:
            windows = _Ties(source, rectifier, node, _shift(node, bounds)).windows(graph.input, rng)
            delays = graph.memory - source.dilation * np.arange(source.kernel_length)
            for window in windows:
                piece = np.zeros((graph.input.channels, graph.memory + 1), dtype=np.int64)
                piece[:, delays] = window
                pieces.append(piece)
    return pieces


@dataclass(frozen=True)
class _Ties:
    """Ties of a requantizer that reads a convolution, with a rectifier between them or without."""

    source: Convolution
    rectifier: Rectify | None
    node: Requantize
    shift: int

    def windows(self, x: Input, rng: np.random.Generator) -> list[IntArray]:
        """Return windows [in, K] of the input, delay k at index k, that end in a tie of an output channel.

        Every channel has its turn; where there are more than CONSTRUCTED_TIES channels, the first have.
        """
        matrix = dense_taps(self.source)
        bias = [0] * len(matrix) if self.source.bias is None else self.source.bias.array.tolist()
        each = min(2 * TIES_A_CLASS, max(1, CONSTRUCTED_TIES // len(matrix)))
        found: list[IntArray] = []
        for taps, constant in itertools.islice(zip(matrix, bias, strict=True), CONSTRUCTED_TIES):
            # Both signs in turn: where a rectifier shifts one of them they have their ties at different values.
            solved = (_solve(x, taps, constant, shift, rng) for shift in self._shifts() * (16 * each))
            ties = (w for w in solved if w is not None and self._met(int(np.sum(taps * w)) + constant))
            found += itertools.islice(ties, each)
        return found

    def _shifts(self) -> list[int]:
        """Bits below a tie of the convolution's own result: fewer where the rectifier multiplies by 2^k first."""
        k = None if self.rectifier is None else self.rectifier.slope_log2
        return [self.shift] if not k else [shift for shift in (self.shift, self.shift - k) if shift > 0]

    def _met(self, value: int) -> bool:
        if self.rectifier is not None:
            k = self.rectifier.slope_log2
            value = max(value, 0) if k is None else value << k if value > 0 else value
        return bool(_is_tie(np.array(value), self.node, self.shift))


def _solve(x: Input, taps: IntArray, bias: int, shift: int, rng: np.random.Generator) -> IntArray | None:
    """Return a window with sum of taps * window + bias = 2^(shift - 1) modulo 2^shift, or None where luck fails.

    All samples but two are random. One behind an odd tap follows, for an odd number has an inverse modulo 2^shift; the
    other takes many values until what follows from one of them lies in the format.
    """
    odd = np.argwhere(taps & 1)
    if not len(odd):
        return None
    solved, tried = tuple(rng.choice(odd)), tuple(rng.choice(np.argwhere(taps)))
    window = rng.integers(x.format.min_q, x.format.max_q + 1, size=taps.shape, dtype=np.int64) >> rng.integers(6)
    window[solved] = window[tried] = 0
    rest = int(np.sum(taps * window)) + bias
    count = 1 << min(16, max(0, shift - x.format.bits) + 6)
    values = rng.integers(x.format.min_q, x.format.max_q + 1, size=count, dtype=np.int64)
    half, mask = np.int64(1 << (shift - 1)), np.int64((1 << shift) - 1)
    inverse = np.int64(pow(int(taps[solved]), -1, 1 << shift))
    # Products wrap modulo 2^64, of which 2^shift is a divisor.
    following = (half - rest - (0 if tried == solved else taps[tried]) * values) * inverse
    following = ((following + half) & mask) - half
    (fitting,) = np.nonzero((following >= x.format.min_q) & (following <= x.format.max_q))
    if not len(fitting):
        return None
    chosen = rng.choice(fitting)
    window[tried] = values[chosen]
    window[solved] = following[chosen]
    return window
