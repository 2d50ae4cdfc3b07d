"""Parameter counts: as real numbers, and as the papers count them."""

from dataclasses import dataclass
from typing import assert_never

from pimdeploy.cost.paper import odd_bfan_nodes
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, Node, Output, Piecewise, Requantize


@dataclass(frozen=True)
class ParameterCounts:
    """Two counts of the same parameters; knots are fixed and count 0 in both.

    real: trained real numbers. paper: a complex number counts 1; None where no paper gives the network.
    """

    real: int
    paper: int | None

    def to_json(self) -> dict[str, int | None]:
        """Return both counts."""
        return {"real": self.real, "paper": self.paper}


def parameter_counts(graph: Graph) -> ParameterCounts:
    """Return the parameter counts of `graph`."""
    parts = odd_bfan_nodes(graph)
    paper = None
    if parts is not None:
        sizes = parts.sizes
        paper = sizes.M_K + sizes.M_a * sizes.M_p + sizes.N + sizes.M_a + sizes.M_G
    return ParameterCounts(sum(_trained(node) for node in graph.nodes), paper)


def _trained(node: Node) -> int:
    match node:
        case Convolution():
            return int(node.taps.array.size) + (0 if node.bias is None else int(node.bias.array.size))
        case Piecewise():
            return int(node.slopes.array.size)
        case Input() | Requantize() | Output():
            return 0
        case _:
            assert_never(node)
