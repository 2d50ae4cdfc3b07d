"""How full every computing node of the datapath is. NumPy alone."""

from collections.abc import Mapping
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, propagate
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
)
from pimdeploy.report.parts import NodeHeadroom


def peaks(trace: Mapping[str, NDArray[np.int64]]) -> dict[str, int]:
    """Return the largest |integer| of every node of a trace (node name to [channels, n_samples])."""
    return {name: max(int(values.max()), -int(values.min())) for name, values in trace.items() if values.size}


def headroom(
    graph: Graph, bounds: Mapping[str, NodeBounds] | None = None, peaks_q: Mapping[str, int] | None = None
) -> tuple[NodeHeadroom, ...]:
    """Return how full every computing node is: proven accumulator bits, and the part of its format seen in use.

    bounds: of `pimdeploy.datapath.bounds.propagate`, computed where not given. peaks_q: largest |integer| by node (see
    `peaks`), where samples were traced.
    """
    bounds = propagate(graph) if bounds is None else bounds
    found = []
    for node in graph.nodes:
        kind = _computing_kind(node)
        if kind is not None:
            bound = bounds[node.name]
            peak = None if peaks_q is None else peaks_q.get(node.name)
            widest = max(bound.acc_bits, bound.basis_acc_bits or 0)
            found.append(
                NodeHeadroom(
                    node=node.name,
                    kind=kind,
                    format=str(bound.format),
                    acc_bits=bound.acc_bits,
                    basis_acc_bits=bound.basis_acc_bits,
                    carrier="int32" if widest <= 32 else "int64",
                    used=None if peak is None else min(1.0, peak / bound.format.max_q),
                )
            )
    return tuple(found)


def _computing_kind(node: Node) -> str | None:
    """Return what the page calls a node that computes; None for one that only passes samples on."""
    match node:
        case Convolution():
            return "complex convolution" if node.is_complex else "convolution"
        case Piecewise():
            return "piecewise"
        case Magnitude():
            return "magnitude"
        case Multiply():
            return "complex multiply" if node.is_complex else "multiply"
        case Add():
            return "add"
        case Rectify():
            return "rectify"
        case Requantize():
            return "requantize"
        case Input() | Delay() | Concatenate() | Select() | Output():
            return None
        case _:
            assert_never(node)
