"""The NumPy reference of a graph in memory: what stimuli are made and measured with."""

import json

from firmware_ref import Reference
from pimdeploy.datapath.graph import Graph, tables, to_json


def reference_of(graph: Graph) -> Reference:
    """Return the NumPy reference of `graph`, through the same data that a bundle holds."""
    return Reference(json.loads(to_json(graph)), tables(graph))
