"""Rounding ties: samples for which the value before a requantizer lies exactly between two integers.

Only there do the roundings to nearest differ from each other, so a proof that meets no tie proves no rounding. One below
the value from which a rounding goes up, a rounding constant that is too large shows: such edges are wanted, too.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from firmware_ref import Reference
from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.formats import Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import hull
from pimdeploy.datapath.nodes import Convolution, Input, Rectify, Requantize
from pimdeploy.verify.backend import IntArray
from pimdeploy.verify.ranges.requantizing import requantizing
from pimdeploy.verify.ranges.values import Values, leaf_channel, values_of
from pimdeploy.verify.reference import products_a_sample, reference_of
from pimdeploy.verify.stimuli.neighbourhood import neighbourhood
from pimdeploy.verify.stimuli.responses import dense_taps, linear_responses
from pimdeploy.verify.stimuli.steering import steered
from pimdeploy.verify.stimuli.worst_search import Windows

TIES_A_CLASS = 12
"""Ties wanted of every requantizer, for each sign and for an even and an odd integer below the tie."""
EDGES_A_CLASS = 4
"""Edges wanted likewise, where they are no ties."""
CONSTRUCTED_TIES = 96
"""Ties that are constructed for all outputs of a convolution together."""
STEERED_A_CLASS = 24
"""Arguments that are steered to, of each class, where the values that give ties, edges and overflows are known."""
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
        for node, values in _traced(graph, bounds, reference, x_q):
            ties = is_tie(values, node, bounds)
            found[node.name, True] += int(np.count_nonzero(ties & (values > 0)))
            found[node.name, False] += int(np.count_nonzero(ties & (values < 0)))
    return {
        node.name: TieCount(found[node.name, True], found[node.name, False], bool(_signs(node, bounds)))
        for node in nodes
    }


def is_tie(values: IntArray, node: Requantize, bounds: Mapping[str, NodeBounds]) -> NDArray[np.bool_]:
    """Return where `values`, integers of the source of `node`, lie half-way between two integers of its format."""
    shift = _shift(node, bounds)
    return _meets(values, node, shift, 1 << (shift - 1))


def tie_signal(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> IntArray:
    """Return a signal [channels, n] that meets ties at as many requantizers as a bounded search finds.

    It strings short pieces together, each as long as the graph's memory: it meets its tie wherever it stands.
    """
    pieces = [*_constructed(graph, bounds, rng), *_steered(graph, bounds, rng), *_searched(graph, bounds, rng)]
    nothing = np.zeros((graph.input.channels, 0), dtype=np.int64)
    return np.concatenate([nothing, *pieces], axis=1)


def _shift(node: Requantize, bounds: Mapping[str, NodeBounds]) -> int:
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


def _wanted_rests(node: Requantize, shift: int) -> dict[int, int]:
    """Return the rests modulo 2^shift that are wanted before `node`, a tie first, and how many of each class."""
    tie = 1 << (shift - 1)
    edge = (1 << shift) - 1 if node.rounding is Rounding.FLOOR else tie - 1
    return {edge: EDGES_A_CLASS, tie: TIES_A_CLASS}


def _meets(values: IntArray, node: Requantize, shift: int, rest: int) -> NDArray[np.bool_]:
    """Return where `values` before `node` leave `rest` modulo 2^shift and what they become does not saturate."""
    below = values >> shift
    # The integers on both sides lie in the format: what saturates does not show how it was rounded.
    inside = (below >= node.format.min_q) & (below < node.format.max_q)
    met: NDArray[np.bool_] = (values & ((1 << shift) - 1)) == rest
    return np.logical_and(inside, met)


def _traced(
    graph: Graph, bounds: dict[str, NodeBounds], reference: Reference, x_q: IntArray
) -> Iterable[tuple[Requantize, IntArray]]:
    """Yield requantizer and values before it, block by block so that memory stays bounded."""
    for first in range(0, x_q.shape[1], SEARCH_BLOCK):
        context = min(first, graph.memory)
        trace = reference.trace(x_q[:, first - context : first + SEARCH_BLOCK])
        for node in graph.nodes:
            if isinstance(node, Requantize) and _signs(node, bounds):
                yield node, trace[node.source][:, context:]


def _searched(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> list[IntArray]:
    """Look for ties and edges in random signals of many levels, until each class of every requantizer has enough."""
    nodes = [node for node in graph.nodes if isinstance(node, Requantize) and _signs(node, bounds)]
    wanted = {
        (node.name, rest, sign, odd): count
        for node in nodes
        for rest, count in _wanted_rests(node, _shift(node, bounds)).items()
        for sign in _signs(node, bounds)
        for odd in (0, 1)
    }
    reference = reference_of(graph)
    pieces: list[IntArray] = []
    idle = 0
    for _ in range(search_blocks(graph)):
        if not any(wanted.values()) or idle == SEARCH_PATIENCE:
            break
        x_q = _candidate(graph.input, rng)
        before = len(pieces)
        for node, values in _traced(graph, bounds, reference, x_q):
            shift = _shift(node, bounds)
            for rest in _wanted_rests(node, shift):
                # Few leave the rest that is wanted: of those alone it is asked whether they saturate.
                channels, places = np.nonzero((values & ((1 << shift) - 1)) == rest)
                met = values[channels, places]
                kept = _meets(met, node, shift, rest)
                met, places = met[kept], places[kept]
                for sign, odd in itertools.product(_signs(node, bounds), (0, 1)):
                    # A tie before the graph's memory is full would not come back in another place.
                    of_class = (np.sign(met) == sign) & (met >> shift & 1 == odd) & (places >= graph.memory)
                    taken = places[of_class][: wanted[node.name, rest, sign, odd]]
                    wanted[node.name, rest, sign, odd] -= len(taken)
                    pieces += [x_q[:, sample - graph.memory : sample + 1] for sample in taken]
        idle = idle + 1 if len(pieces) == before else 0
    missed = dict.fromkeys((name, sign) for (name, _, sign, _), left in wanted.items() if left)
    for name, sign in missed:
        pieces += _rare(graph, bounds, name, sign, wanted, rng)
    return pieces


def _rare(
    graph: Graph,
    bounds: dict[str, NodeBounds],
    name: str,
    sign: int,
    wanted: dict[tuple[str, int, int, int], int],
    rng: np.random.Generator,
) -> list[IntArray]:
    """Look for the ties and edges with `sign` that are still missing before the requantizer `name`, near its extremes."""
    node = graph.node(name)
    assert isinstance(node, Requantize)
    shift, pieces = _shift(node, bounds), []
    for windows, values in neighbourhood(graph, bounds, node.source, sign, rng):
        for rest, odd in itertools.product(_wanted_rests(node, shift), (0, 1)):
            met = _meets(values, node, shift, rest) & (np.sign(values) == sign) & (values >> shift & 1 == odd)
            for place in np.flatnonzero(met.any(axis=0))[: wanted[name, rest, sign, odd]]:
                wanted[name, rest, sign, odd] -= 1
                pieces.append(_at_the_end(graph, windows[place]))
        if not any(left for (one, _, way, _), left in wanted.items() if (one, way) == (name, sign)):
            break
    return pieces


def _at_the_end(graph: Graph, window: IntArray) -> IntArray:
    """Return `window` behind zeros, as long as the graph's memory."""
    piece = np.zeros((graph.input.channels, graph.memory + 1), dtype=np.int64)
    piece[:, piece.shape[1] - window.shape[1] :] = window
    return piece


def search_blocks(graph: Graph) -> int:
    """Return the blocks of SEARCH_BLOCK samples that the search for ties of `graph` may take."""
    products = max(products_a_sample(graph.nodes), 1)
    return max(1, min(SEARCH_BLOCKS, SEARCH_PRODUCTS // (products * SEARCH_BLOCK)))


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


def _steered(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> list[IntArray]:
    """Steer to ties behind functions of an earlier node, all of whose values are tried: they may be few, and far apart."""
    pieces: list[IntArray] = []
    responses = linear_responses(graph, bounds)
    for node in graph.nodes:
        if not isinstance(node, Requantize) or not _signs(node, bounds):
            continue
        known = values_of(graph, bounds, node.source)
        if known is None or known.leaf == node.source or not known.is_by_channel:
            continue
        wanted = _arguments(graph, bounds, node, known, rng)
        windows = steered(Windows(graph, known.leaf), responses[known.leaf], wanted, rng)
        pieces += [_at_the_end(graph, window) for window in windows]
    return pieces


def _arguments(
    graph: Graph, bounds: dict[str, NodeBounds], node: Requantize, known: Values, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Return channels and integers of `known.leaf` that give ties and edges of `node`, some of each class."""
    shift, found = _shift(node, bounds), []
    for rest in _wanted_rests(node, shift):
        channels, columns = np.nonzero(_meets(known.taken, node, shift, rest))
        values = known.taken[channels, columns]
        for sign, odd in itertools.product(_signs(node, bounds), (0, 1)):
            of_class = np.flatnonzero((np.sign(values) == sign) & (values >> shift & 1 == odd))
            for place in rng.permutation(of_class)[:STEERED_A_CLASS]:
                channel = leaf_channel(graph, bounds, known.leaf, node.source, int(channels[place]))
                found.append((channel, int(known.given[channel, columns[place]])))
    return [*found, *_overflowing(graph, bounds, node, known)]


def _overflowing(graph: Graph, bounds: dict[str, NodeBounds], node: Requantize, known: Values) -> list[tuple[int, int]]:
    """Return channels and integers of `known.leaf` for which `node` overflows: those just beyond its ends, and farthest."""
    rule = requantizing(node, bounds)
    rounded, found = rule.rounded(known.taken), []
    for beyond in (np.where(rounded > rule.most, rounded, 0), np.where(rounded < rule.least, -rounded, 0)):
        channels, columns = np.nonzero(beyond)
        order = np.argsort(beyond[channels, columns], kind="stable")
        for place in (*order[: STEERED_A_CLASS // 2], *order[-1:]):
            channel = leaf_channel(graph, bounds, known.leaf, node.source, int(channels[place]))
            found.append((channel, int(known.given[channel, columns[place]])))
    return found


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
            for rest, count in _wanted_rests(self.node, self.shift).items():
                # Both signs in turn: where a rectifier shifts one of them they have their ties at different values.
                shifts = self._shifts(rest) * (16 * each)
                solved = (_solve(x, taps, constant, shift, below, rng) for shift, below in shifts)
                met = (w for w in solved if w is not None and self._met(int(np.sum(taps * w)) + constant, rest))
                found += itertools.islice(met, max(1, each * count // TIES_A_CLASS))
        return found

    def _shifts(self, rest: int) -> list[tuple[int, int]]:
        """Bits and rest of the convolution's own result: fewer bits where the rectifier multiplies by 2^k first."""
        k = (None if self.rectifier is None else self.rectifier.slope_log2) or 0
        shifted = [(self.shift - k, rest >> k)] if k and self.shift > k and not rest & ((1 << k) - 1) else []
        return [(self.shift, rest), *shifted]

    def _met(self, value: int, rest: int) -> bool:
        if self.rectifier is not None:
            k = self.rectifier.slope_log2
            value = max(value, 0) if k is None else value << k if value > 0 else value
        return bool(_meets(np.array(value), self.node, self.shift, rest))


def _solve(x: Input, taps: IntArray, bias: int, shift: int, wanted: int, rng: np.random.Generator) -> IntArray | None:
    """Return a window with sum of taps * window + bias = wanted modulo 2^shift, or None where luck fails.

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
    following = (wanted - rest - (0 if tried == solved else taps[tried]) * values) * inverse
    following = ((following + half) & mask) - half
    (fitting,) = np.nonzero((following >= x.format.min_q) & (following <= x.format.max_q))
    if not len(fitting):
        return None
    chosen = rng.choice(fitting)
    window[tried] = values[chosen]
    window[solved] = following[chosen]
    return window
