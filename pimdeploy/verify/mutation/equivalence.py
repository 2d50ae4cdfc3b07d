"""Survivors that are no fault at all: the altered node gives the same integers for whatever its operand can be.

Ways of showing it, each for whatever can be: every integer that the proven bounds admit; every integer that the operand
takes for all values of an earlier node; every rest that decides a rounding; and, where only integers far out would differ,
that no value of an earlier node gets there (subdivision.py, largest.py, layer_bounds.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import Interval
from pimdeploy.datapath.nodes import Magnitude, MagnitudeKind, Node
from pimdeploy.verify.mutation.layer_bounds import stays_within_by_layers
from pimdeploy.verify.mutation.mutant import Effect, IntArray
from pimdeploy.verify.ranges.largest import largest_accumulator
from pimdeploy.verify.ranges.subdivision import leaf_of, stays_within, values_in
from pimdeploy.verify.ranges.values import Values, every_value, leaf_channel, values_of
from pimdeploy.verify.stimuli.responses import linear_responses
from pimdeploy.verify.stimuli.steering import steered
from pimdeploy.verify.stimuli.worst_search import Windows

MOST_ARGUMENTS = 1 << 28
"""Integers, or values of an earlier node, that are tried one by one."""
AT_A_TIME = 1 << 20
STEERED = 256
"""Values that are steered to, of those that would show a fault."""


class Proof(StrEnum):
    """How a fault is shown to be none."""

    INTEGERS = "every integer within the bounds"
    VALUES = "every value of an earlier node"
    RESTS = "every rest"
    BOXES = "boxes of all values of an earlier node"
    LINES = "lines that bound layers"


@dataclass(frozen=True)
class Verdict:
    """Whether a fault is none, and what was examined; or arguments for which it would show.

    proof: how it is shown to be none, or None. is_out_of_reach: it is not, but nothing that is known to reach the operand
    shows it.
    """

    reason: str
    proof: Proof | None = None
    is_out_of_reach: bool = False

    @property
    def is_equivalent(self) -> bool:
        """Whether it is shown to be none."""
        return self.proof is not None


def verdict(effect: Effect, graph: Graph, bounds: Mapping[str, NodeBounds], reached: Interval) -> Verdict:
    """Return what can be shown of a fault with `effect` in `graph`.

    reached: the interval of integers to which the operand has been driven, by all stimuli and searches.
    """
    exact = values_of(graph, bounds, effect.source)
    if exact is not None:
        what = f"integers that {effect.source} takes over all values of {exact.leaf}"
        found = _of_values(effect, exact.distinct, what)
        return found if found.is_equivalent else _steered(effect, exact, graph, bounds, found)
    leaf = leaf_of(graph, bounds, effect.source)
    if leaf is not None and values_in(bounds[leaf].ranges) <= MOST_ARGUMENTS:
        return _of_leaf(effect, graph, bounds, leaf)
    if effect.period is not None and effect.period <= MOST_ARGUMENTS:
        return _of_rests(effect, effect.period, graph.node(effect.source))
    lo, hi = (int(v) for v in effect.before(np.array(effect.domain)))
    if hi - lo >= MOST_ARGUMENTS:
        return Verdict(f"too many arguments to try each: {hi - lo + 1} integers from {lo} to {hi}")
    differing = _differing(effect, lo, hi)
    if not len(differing):
        return Verdict(f"equal for each of the {hi - lo + 1} integers from {lo} to {hi}", Proof.INTEGERS)
    return _of_bounds(effect, differing, graph, bounds, reached)


def _of_values(effect: Effect, values: IntArray, what: str) -> Verdict:
    arguments = effect.before(values)
    places = np.flatnonzero(effect.sound(arguments) != effect.altered(arguments))
    if len(places):
        return Verdict(f"it would differ at {effect.source} = {values[places[0]]}, one of the {what}")
    return Verdict(f"equal for each of the {len(values)} {what}", Proof.VALUES)


def _steered(effect: Effect, exact: Values, graph: Graph, bounds: Mapping[str, NodeBounds], found: Verdict) -> Verdict:
    """Return `found`, out of reach where no input is found that brings the leaf to one of the values that differ."""
    arguments = effect.before(exact.taken)
    channels, columns = np.nonzero(effect.sound(arguments) != effect.altered(arguments))
    rng = np.random.default_rng(1)
    wanted = []
    for place in rng.permutation(len(channels))[:STEERED]:
        channel = int(channels[place])
        if exact.is_by_channel:
            channel = leaf_channel(graph, bounds, exact.leaf, effect.source, channel)
            wanted.append((channel, int(exact.given[channel, columns[place]])))
    if not exact.is_by_channel or steered(
        Windows(graph, exact.leaf), _response(graph, bounds, exact.leaf), wanted, rng
    ):
        return found
    reason = f"no input is known that brings {exact.leaf} to one of the {len(channels)} values that would show it"
    return Verdict(reason, is_out_of_reach=True)


def _response(graph: Graph, bounds: Mapping[str, NodeBounds], name: str) -> NDArray[np.float64]:
    return linear_responses(graph, bounds)[name]


def _of_leaf(effect: Effect, graph: Graph, bounds: Mapping[str, NodeBounds], leaf: str) -> Verdict:
    """Try every combination of the values of the channels of `leaf`."""
    count = 0
    for values in every_value(graph, bounds, leaf, effect.source, AT_A_TIME):
        found = _of_values(effect, values.taken.ravel(), f"integers that {effect.source} takes over values of {leaf}")
        if not found.is_equivalent:
            return found
        count += values.given.shape[1]
    return Verdict(f"equal for each of the {count} values of {leaf}", Proof.VALUES)


def _of_rests(effect: Effect, period: int, source: Node) -> Verdict:
    """Try every rest modulo `period`, of either sign that the domain has, that the operand can leave."""
    lo, hi = effect.domain
    for first, last in ((0, min(hi, period - 1)), (max(lo, -period), -1)):
        if first > last:
            continue
        differing = _differing(effect, first, last)
        rests = differing[_leaves(source, period)[differing % period]]
        if len(rests):
            return Verdict(f"it would differ at {rests[0]}, and at what leaves the same rest modulo {period}")
    return Verdict(f"equal for every rest modulo {period} that {source.name} can leave, of either sign", Proof.RESTS)


def _leaves(source: Node, period: int) -> NDArray[np.bool_]:
    """Return which rests modulo `period` the node `source` can leave: of sums of two squares, not all."""
    if not isinstance(source, Magnitude) or source.magnitude is not MagnitudeKind.SQUARE or period > 1 << 20:
        return np.ones(period, dtype=np.bool_)
    # Squares of the numbers up to the period leave all rests that squares leave.
    squares = np.unique(np.arange(period, dtype=np.int64) ** 2 % period)
    one = np.zeros(period, dtype=np.bool_)
    one[squares] = True
    found = np.zeros(period, dtype=np.bool_)
    for square in squares:
        found |= np.roll(one, square)
    return found


def _differing(effect: Effect, first: int, last: int) -> IntArray:
    """Return the arguments from `first` to `last` for which the fault shows."""
    found = []
    for start in range(first, last + 1, AT_A_TIME):
        arguments = np.arange(start, min(last + 1, start + AT_A_TIME), dtype=np.int64)
        found.append(arguments[effect.sound(arguments) != effect.altered(arguments)])
    return np.concatenate(found)


def _of_bounds(
    effect: Effect, differing: IntArray, graph: Graph, bounds: Mapping[str, NodeBounds], reached: Interval
) -> Verdict:
    """Return whether the operand stays nearer to zero than every one of the arguments that differ."""
    least, most = effect.domain
    below, above = differing[differing < 0], differing[differing >= 0]
    limits = (
        _farthest(effect, least, int(below.max()), 1) if len(below) else least,
        _farthest(effect, most, int(above.min()), -1) if len(above) else most,
    )
    leaf, inside = stays_within(graph, bounds, effect.source, limits), f"[{limits[0]}, {limits[1]}]"
    if leaf is not None:
        return Verdict(
            f"{effect.source} stays within {inside}, where both agree, for every value of {leaf}", Proof.BOXES
        )
    shown = largest_accumulator(graph, bounds, effect.source)
    if shown is not None and shown.value <= min(-limits[0], limits[1]):
        farthest = f"{effect.source} goes no farther than {shown.value} either way, for every value of {shown.leaf}"
        return Verdict(f"{farthest}: both agree within {inside}", Proof.BOXES)
    if limits[0] <= reached[0] and reached[1] <= limits[1]:
        leaf = stays_within_by_layers(graph, bounds, effect.source, limits)
        if leaf is not None:
            within = f"{effect.source} stays within {inside}, where both agree"
            return Verdict(
                f"{within}, by lines that bound the layers behind {leaf} for each of its values", Proof.LINES
            )
        known = f"[{reached[0]}, {reached[1]}]"
        return Verdict(
            f"no input is known that drives {effect.source} out of {inside}: {known} is reached", is_out_of_reach=True
        )
    return Verdict(f"it would differ outside {inside}, and [{reached[0]}, {reached[1]}] is reached")


def _farthest(effect: Effect, end: int, argument: int, step: int) -> int:
    """Return the integer nearest to `end`, going inwards by `step`, whose argument lies inside that which differs."""
    outside, inside = end, 0
    while abs(outside - inside) > 1:
        middle = (outside + inside) // 2
        is_inside = step * (int(effect.before(np.array([middle]))[0]) - argument) > 0
        outside, inside = (outside, middle) if is_inside else (middle, inside)
    return inside
