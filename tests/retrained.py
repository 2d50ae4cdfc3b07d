"""Other weights for a graph, as a training in the field gives them: the same formats and sizes, other integers."""

from dataclasses import replace

import numpy as np

from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, IntTable, Node, Piecewise


def retrained(graph: Graph, seed: int = 1, scale: float = 0.5) -> Graph:
    """`graph` with taps, biases, slopes and first bases mixed, turned in sign and scaled."""
    rng = np.random.default_rng(seed)
    return replace(graph, nodes=tuple(_other(node, rng, scale) for node in graph.nodes))


def _mixed(table: IntTable, rng: np.random.Generator, scale: float) -> IntTable:
    flat = rng.permutation(table.array.reshape(-1)) * rng.choice([-1, 1], size=table.array.size)
    return IntTable(np.trunc(flat * scale).astype(np.int64).reshape(table.shape))


def _other(node: Node, rng: np.random.Generator, scale: float) -> Node:
    if isinstance(node, Convolution):
        bias = None if node.bias is None else _mixed(node.bias, rng, scale)
        return replace(node, taps=_mixed(node.taps, rng, scale), bias=bias)
    if isinstance(node, Piecewise):
        bases = None if node.first_bases is None else _mixed(node.first_bases, rng, scale)
        return replace(node, slopes=_mixed(node.slopes, rng, scale / 2), first_bases=bases)
    return node
