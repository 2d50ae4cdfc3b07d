"""Parameter counts of a graph: trained real numbers, as the papers count them, and what the datapath's tables hold.

What is trained is told from the graph by kinds and shapes (docs/spec/operation_counts.md, section 9).
"""

from dataclasses import dataclass
from typing import assert_never

from pimdeploy.cost.bfan import bfan_nodes
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    Symmetry,
    sources_of,
)


@dataclass(frozen=True)
class ParameterCounts:
    """Three counts; knots are fixed and count 0 in all.

    real: trained real numbers. paper: the same with a complex number as 1. datapath: numbers of the coefficient tables
    that do not follow from others, trained or not: folded norms, sigmoids and fixed polynomials are among them.
    """

    real: int
    paper: int
    datapath: int

    def to_json(self) -> dict[str, int]:
        """Return the counts."""
        return {"real": self.real, "paper": self.paper, "datapath": self.datapath}


def parameter_counts(graph: Graph) -> ParameterCounts:
    """Return the parameter counts of `graph`."""
    parts = bfan_nodes(graph)
    complex_nodes = {node.name for node in graph.nodes if _is_complex(node)} | ({parts.Psi.name} if parts else set())
    real = {node.name: _trained(graph, node) for node in graph.nodes}
    halved = sum(count // 2 for name, count in real.items() if name in complex_nodes)
    return ParameterCounts(
        real=sum(real.values()),
        paper=sum(real.values()) - halved,
        datapath=sum(_taps(node) + _biases(node) + _knot_values(node) for node in graph.nodes),
    )


def _is_complex(node: Node) -> bool:
    """Whether the coefficients of `node` are complex numbers: complex taps, and functions of two outputs."""
    match node:
        case Convolution():
            return node.is_complex
        case Piecewise():
            return node.outputs == 2
        case _:
            return False


def _trained(graph: Graph, node: Node) -> int:
    """Return the trained real numbers among the coefficients of `node`."""
    match node:
        case Convolution(is_complex=False) if any(isinstance(other, Magnitude) for other in graph.nodes):
            return 0  # polynomials of the envelope: fixed by the training samples, as knots are
        case Convolution():
            # A bias right before a rectifier is a folded norm, which has no parameters.
            folded = any(isinstance(reader, Rectify) for reader in _readers(graph, node.name))
            return _taps(node) + (0 if folded else _biases(node))
        case Piecewise(symmetry=Symmetry.PLAIN) if bfan_nodes(graph) is None:
            return _knot_values(node) if _before_relu(graph, node.name) else 0  # else a sigmoid
        case Piecewise():
            return _knot_values(node)
        case (
            Input() | Delay() | Magnitude() | Multiply() | Add() | Rectify() | Requantize() | Concatenate() | Select()
            | Output()
        ):  # fmt: skip
            return 0
        case _:
            assert_never(node)


def _taps(node: Node) -> int:
    return int(node.taps.array.size) if isinstance(node, Convolution) else 0


def _biases(node: Node) -> int:
    return int(node.bias.array.size) if isinstance(node, Convolution) and node.bias is not None else 0


def _knot_values(node: Node) -> int:
    """S + 1 values at the knots of each row; an odd function has f(0) = 0, an even one the same value at its first two."""
    if not isinstance(node, Piecewise):
        return 0
    fixed = node.symmetry in (Symmetry.ODD, Symmetry.EVEN)
    return int(node.slopes.array.size) + (0 if fixed else node.slopes.shape[0])


def _readers(graph: Graph, name: str) -> list[Node]:
    return [node for node in graph.nodes if name in sources_of(node)]


def _before_relu(graph: Graph, name: str) -> bool:
    """Whether a ReLU reads `name`, requantized or not."""
    for reader in _readers(graph, name):
        if isinstance(reader, Rectify) and reader.slope_log2 is None:
            return True
        if isinstance(reader, Requantize) and _before_relu(graph, reader.name):
            return True
    return False
