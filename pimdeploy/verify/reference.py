"""The NumPy reference of a graph in memory: what stimuli are made and measured with."""

import json
from collections.abc import Iterable

from firmware_ref import Reference
from pimdeploy.datapath.bounds import real_taps
from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.nodes import Convolution, Node


def reference_of(graph: Graph) -> Reference:
    """Return the NumPy reference of `graph`, through the same data that a bundle holds."""
    return Reference(json.loads(to_json(graph)), tables(graph))


def products_a_sample(nodes: Iterable[Node]) -> int:
    """Return how many products the convolutions among `nodes` take for a sample: what a large model's time goes into."""
    return sum(real_taps(node).size for node in nodes if isinstance(node, Convolution))
