"""The datapath graph: typed, immutable, in evaluation order; as JSON and integer tables it is the bundle's data.

Format of datapath.json and tables.npz: docs/spec/datapath.md, section 3. `SCHEMA_VERSION` counts its changes.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Node, Output, Piecewise, Requantize
from pimdeploy.errors import BundleError

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Graph:
    """Nodes in evaluation order; each names its source among the nodes before it.

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
            before = 0 if isinstance(node, Input) else reach[node.source]
            reach[node.name] = before + (node.memory if isinstance(node, Convolution) else 0)
        return reach[self.output.name]


def to_json(graph: Graph) -> str:
    """Return the text of datapath.json."""
    data = {
        "schema_version": SCHEMA_VERSION,
        "name": graph.name,
        "delay_samples": graph.delay_samples,
        "nodes": [_node_json(node) for node in graph.nodes],
    }
    return json.dumps(data, indent=1) + "\n"


def _node_json(node: Node) -> dict[str, Any]:
    match node:
        case Input():
            return {"kind": "input", "name": node.name, "channels": node.channels, "format": node.format.to_json()}
        case Convolution():
            return {
                "kind": "convolution",
                "name": node.name,
                "source": node.source,
                "taps": f"{node.name}.taps",
                "taps_format": node.taps_format.to_json(),
                "bias": f"{node.name}.bias" if node.bias is not None else None,
                "groups": node.groups,
                "dilation": node.dilation,
                "complex": node.is_complex,
            }
        case Piecewise():
            return {
                "kind": "piecewise",
                "name": node.name,
                "source": node.source,
                "symmetry": "odd",
                "slopes": f"{node.name}.slopes",
                "bases": f"{node.name}.bases",
                "weights": f"{node.name}.weights",
                "slopes_format": node.slopes_format.to_json(),
                "segment_log2": node.segment_log2,
            }
        case Requantize():
            return {
                "kind": "requantize",
                "name": node.name,
                "source": node.source,
                "format": node.format.to_json(),
                "rounding": node.rounding.value,
                "overflow": node.overflow.value,
            }
        case Output():
            return {"kind": "output", "name": node.name, "source": node.source}
        case _:
            assert_never(node)


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
            case Input() | Requantize() | Output():
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
        data = json.loads(text)
        version = data["schema_version"]
        if version != SCHEMA_VERSION:
            raise BundleError(
                f"{where}: schema version {version}, this pimdeploy reads {SCHEMA_VERSION}; export the bundle again"
            )
        nodes = tuple(_node_from_json(item, arrays) for item in data["nodes"])
        graph = Graph(str(data["name"]), nodes, int(data["delay_samples"]))
        _check_derived_tables(graph, arrays, where)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleError(f"{where}: not a datapath graph: {error!r}; export the bundle again") from error
    return graph


def _check_derived_tables(graph: Graph, arrays: dict[str, NDArray[np.int64]], where: str) -> None:
    for name, derived in tables(graph).items():
        if not np.array_equal(arrays[name], derived):
            raise BundleError(f"{where}: table {name} is not the exact sum of its slopes; export the bundle again")


def _node_from_json(item: dict[str, Any], arrays: dict[str, NDArray[np.int64]]) -> Node:
    match item["kind"]:
        case "input":
            return Input(item["name"], int(item["channels"]), QFormat.from_json(item["format"]))
        case "convolution":
            return Convolution(
                name=item["name"],
                source=item["source"],
                taps=IntTable(arrays[item["taps"]]),
                taps_format=QFormat.from_json(item["taps_format"]),
                bias=IntTable(arrays[item["bias"]]) if item["bias"] is not None else None,
                groups=int(item["groups"]),
                dilation=int(item["dilation"]),
                is_complex=bool(item["complex"]),
            )
        case "piecewise":
            if item["symmetry"] != "odd":
                raise ValueError(f"node {item['name']}: unknown symmetry {item['symmetry']!r}")
            return Piecewise(
                name=item["name"],
                source=item["source"],
                slopes=IntTable(arrays[item["slopes"]]),
                slopes_format=QFormat.from_json(item["slopes_format"]),
                segment_log2=int(item["segment_log2"]),
            )
        case "requantize":
            return Requantize(
                name=item["name"],
                source=item["source"],
                format=QFormat.from_json(item["format"]),
                rounding=Rounding(item["rounding"]),
                overflow=Overflow(item["overflow"]),
            )
        case "output":
            return Output(item["name"], item["source"])
        case other:
            raise ValueError(f"unknown node kind {other!r}")


def dump(graph: Graph) -> str:
    """Return the graph as text, a line a node: for eyes and for golden files."""
    lines = [f"datapath {graph.name}: z[n] estimates d[n - {graph.delay_samples}]"]
    lines += [f"  {_node_text(node)}" for node in graph.nodes]
    return "\n".join(lines) + "\n"


def _node_text(node: Node) -> str:
    match node:
        case Input():
            return f"%{node.name} = input {node.channels} channels {node.format}"
        case Convolution():
            kind = "complex" if node.is_complex else "real"
            taps = "x".join(map(str, node.taps.shape))
            extra = f" groups {node.groups}" * (node.groups > 1) + f" dilation {node.dilation}" * (node.dilation > 1)
            return f"%{node.name} = convolution %{node.source} {kind} taps {taps} {node.taps_format}{extra}"
        case Piecewise():
            return (
                f"%{node.name} = piecewise %{node.source} odd segments {node.segments} of 2^{node.segment_log2}"
                f" slopes {node.slopes_format}{' shared' if node.shared else ''}"
            )
        case Requantize():
            return f"%{node.name} = requantize %{node.source} {node.format} {node.rounding} {node.overflow}"
        case Output():
            return f"%{node.name} = output %{node.source}"
        case _:
            assert_never(node)
