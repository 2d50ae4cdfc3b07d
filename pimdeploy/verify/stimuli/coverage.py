"""What a proof's stimuli reach inside the graph: how far each accumulator was driven, and which roundings met ties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Multiply, Node, Products, Requantize, sources_of
from pimdeploy.verify.backend import NODE_SAMPLES
from pimdeploy.verify.ranges.largest import largest_accumulator
from pimdeploy.verify.ranges.values import values_of
from pimdeploy.verify.stimuli.reach import Reach, reached_by
from pimdeploy.verify.stimuli.signals import TIES, Stimulus, shares
from pimdeploy.verify.stimuli.ties import TieCount, is_tie, tie_coverage
from pimdeploy.verify.stimuli.worst_case import has_own_accumulator


@dataclass(frozen=True)
class Coverage:
    """Node to how far its accumulator was driven, and requantizer to the ties that it met."""

    accumulators: dict[str, Reach]
    ties: dict[str, TieCount]
    computes: dict[str, bool]
    """Node to whether its accumulator is its own: a requantizer's is its source's, with the rounding constant."""

    @property
    def untested(self) -> list[str]:
        """Requantizers that may have ties of which none was met: their rounding is not proven."""
        return [name for name, count in self.ties.items() if count.untested]

    @property
    def undecided(self) -> list[str]:
        """Nodes that compute of which it is open whether a stimulus could drive them to `ENOUGH` of their bound."""
        return [name for name, reach in self.accumulators.items() if self.computes[name] and reach.undecided]

    def to_json(self) -> dict[str, Any]:
        """Return what the JSON of verify says of it."""
        return {
            "accumulators": {name: reach.to_json() for name, reach in self.accumulators.items()},
            "accumulators_undecided": self.undecided,
            "ties": {name: count.to_json() for name, count in self.ties.items()},
            "ties_untested": self.untested,
        }


def coverage(graph: Graph, bounds: dict[str, NodeBounds], signals: Sequence[Stimulus]) -> Coverage:
    """Return what `signals` reach. Accumulators: on the samples on which a proof compares nodes, so on a share of each."""
    part = shares(signals, NODE_SAMPLES)
    found = reached_by(graph, bounds, ((one.name, one.x_q) for one in part))
    told = {name: _noted(graph, bounds, name, reach) for name, reach in found.items()}
    ties = tie_coverage(graph, bounds, [one.x_q for one in (*part, *(s for s in signals if s.name == TIES))])
    if any(count.untested for count in ties.values()):
        ties = tie_coverage(graph, bounds, [signal.x_q for signal in signals])
        ties = {name: _possible(graph, bounds, name, count) for name, count in ties.items()}
    return Coverage(told, ties, {node.name: has_own_accumulator(node) for node in graph.nodes})


def _possible(graph: Graph, bounds: Mapping[str, NodeBounds], name: str, count: TieCount) -> TieCount:
    """Return `count`, possible only where some integer that the requantizer's source takes is a tie, if all are known."""
    node = graph.node(name)
    if not count.untested or not isinstance(node, Requantize):
        return count
    exact = values_of(graph, bounds, node.source)
    if exact is None or is_tie(exact.taken, node, bounds).any():
        return count
    return replace(count, possible=False)


def _noted(graph: Graph, bounds: Mapping[str, NodeBounds], name: str, reach: Reach) -> Reach:
    """Return `reach` with what any input can drive the node to, and the reason why nothing drives it farther."""
    node = graph.node(name)
    if reach.enough:
        return reach
    if not has_own_accumulator(node):
        return replace(reach, note=f"as far as {', '.join(dict.fromkeys(sources_of(node)))}")
    if isinstance(node, Convolution | Multiply) and node.products is Products.THREE:
        return replace(reach, note="met are the sums of four products, which do not go as far as those of its three")
    shown = largest_accumulator(graph, bounds, name)
    if shown is None:
        return replace(reach, note=_found(node))
    share = shown.value / reach.largest
    told = replace(reach, possible=shown.value, note=f"no value of {shown.leaf} drives it beyond {share:.1%}")
    return replace(told, note=f"{told.note}; {_found(node)}") if told.undecided else told


def _found(node: Node) -> str:
    operands = max(int(np.count_nonzero(rows)) for rows in real_taps(node)) if isinstance(node, Convolution) else 0
    many = f"its {operands} operands" if operands else f"its operands {' and '.join(sources_of(node))}"
    return f"{many} follow from the same samples; the farthest that a search found"
