"""The datapath graph: typed, immutable, in evaluation order; as JSON and integer tables it is the bundle's data.

Format of datapath.json and tables.npz: docs/spec/datapath.md, section 3. `SCHEMA_VERSION` counts its changes.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.node_json import integer_of, node_from_json, node_text, node_to_json, text_of
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
    memory_of,
    sources_of,
)
from pimdeploy.documents import parse_json
from pimdeploy.errors import BundleError

SCHEMA_VERSION = 2


@dataclass(frozen=True)
class Graph:
    """Nodes in evaluation order; each names its sources among the nodes before it.

    delay_samples: L, the estimate z[n] answers the received sample d[n - L].
    """

    name: str
    nodes: tuple[Node, ...]
    delay_samples: int

    def node(self, name: str) -> Node:
        """Return the node called `name`."""
        return next(node for node in self.nodes if node.name == name)

    @property
    def input(self) -> Input:
        """The one input."""
        return next(node for node in self.nodes if isinstance(node, Input))

    @property
    def output(self) -> Output:
        """The one output."""
        return next(node for node in self.nodes if isinstance(node, Output))

    @property
    def memory(self) -> int:
        """Samples after which the output depends on no sample before the first: the warm-up of a stream."""
        reach: dict[str, int] = {}
        for node in self.nodes:
            reach[node.name] = max((reach[source] for source in sources_of(node)), default=0) + memory_of(node)
        return reach[self.output.name]


def to_json(graph: Graph) -> str:
    """Return the text of datapath.json."""
    data = {
        "schema_version": SCHEMA_VERSION,
        "name": graph.name,
        "delay_samples": graph.delay_samples,
        "nodes": [node_to_json(node) for node in graph.nodes],
    }
    return json.dumps(data, indent=1) + "\n"


def tables(graph: Graph) -> dict[str, NDArray[np.int64]]:
    """Return every integer table of the graph under the names that datapath.json gives them."""
    found: dict[str, NDArray[np.int64]] = {}
    for node in graph.nodes:
        match node:
            case Convolution():
                found[f"{node.name}.taps"] = node.taps.array
                if node.bias is not None:
                    found[f"{node.name}.bias"] = node.bias.array
            case Piecewise():
                found[f"{node.name}.slopes"] = node.slopes.array
                found[f"{node.name}.bases"] = node.bases.array
                found[f"{node.name}.weights"] = node.weights.array
            case (
                Input()
                | Delay()
                | Magnitude()
                | Multiply()
                | Add()
                | Rectify()
                | Requantize()
                | Concatenate()
                | Select()
                | Output()
            ):
                pass
            case _:
                assert_never(node)
    return found


def graph_sha256(graph: Graph) -> str:
    """Return the hash that ties an emitted file to its graph (docs/spec/datapath.md, section 3)."""
    digest = hashlib.sha256(to_json(graph).encode())
    for name, table in sorted(tables(graph).items()):
        digest.update(f"{name}{list(table.shape)}".encode())
        digest.update(table.astype("<i8").tobytes())
    return digest.hexdigest()


def from_json(text: str, arrays: dict[str, NDArray[np.int64]], where: str = "datapath.json") -> Graph:
    """Return the graph that `to_json` and `tables` wrote. Raises `BundleError` with one line."""
    try:
        data = parse_json(text)
        version = data["schema_version"]
        if version != SCHEMA_VERSION:
            raise BundleError(
                f"{where}: schema version {version}, this pimdeploy reads {SCHEMA_VERSION}; export the bundle again"
            )
        nodes = tuple(node_from_json(item, arrays) for item in data["nodes"])
        graph = Graph(text_of(data, "name"), nodes, integer_of(data, "delay_samples"))
        _check_derived_tables(graph, arrays, where)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise BundleError(f"{where}: not a datapath graph: {error!r}; export the bundle again") from error
    return graph


def _check_derived_tables(graph: Graph, arrays: dict[str, NDArray[np.int64]], where: str) -> None:
    for name, derived in tables(graph).items():
        if not np.array_equal(arrays[name], derived):
            raise BundleError(f"{where}: table {name} is not the exact sum of its slopes; export the bundle again")


def dump(graph: Graph) -> str:
    """Return the graph as text, a line a node: for eyes and for golden files."""
    lines = [f"datapath {graph.name}: z[n] estimates d[n - {graph.delay_samples}]"]
    lines += [f"  {node_text(node)}" for node in graph.nodes]
    return "\n".join(lines) + "\n"
