"""The certificate: what is proven of the graph, and what follows from it for every ONNX file."""

from typing import Any

from pimdeploy.datapath.bounds import NodeBounds, propagate
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import RealTables
from pimdeploy.datapath.node_json import node_to_json
from pimdeploy.emit.c.envelope import envelopes
from pimdeploy.emit.c.plan import plan
from pimdeploy.emit.onnx.exactness import exactness
from pimdeploy.errors import GraphError
from pimdeploy.files import json_bytes


def certificate(graph: Graph, real_tables: RealTables | None = None) -> dict[str, Any]:
    """Return the accumulator bounds of every node and what follows from them of each ONNX file.

    real_tables: the unquantized tables, without which nothing is proven of the float files.
    """
    bounds = propagate(graph)
    kinds = {node.name: node_to_json(node)["kind"] for node in graph.nodes}
    admitted = _envelopes(graph)
    return {
        "nodes": {name: {"kind": kinds[name], **_node(bounds[name]), **admitted.get(name, {})} for name in kinds},
        "widest_accumulator_bits": max(max(b.acc_bits, b.basis_acc_bits or 0) for b in bounds.values()),
        "onnx": {name: proven.to_json() for name, proven in exactness(graph, bounds, real_tables).items()},
    }


def emit_certificate(graph: Graph, real_tables: RealTables | None = None) -> dict[str, bytes]:
    """Return certificate.json."""
    return {"certificate.json": json_bytes(certificate(graph, real_tables))}


def _envelopes(graph: Graph) -> dict[str, dict[str, Any]]:
    """Return the envelope of every node with weights: what others the types in the C code admit. No C code, no envelope."""
    try:
        return {
            name: {"envelope": {"replaceable": False} if found is None else found.to_json()}
            for name, found in envelopes(plan(graph)).items()
        }
    except GraphError:
        return {}


def _node(bound: NodeBounds) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "format": bound.format.to_json(),
        "range": [min(lo for lo, _ in bound.ranges), max(hi for _, hi in bound.ranges)],
        "accumulator": list(bound.accumulator),
        "acc_bits": bound.acc_bits,
        "carrier": "int32" if bound.acc_bits <= 32 else "int64",
    }
    if bound.basis_accumulator is not None:
        entry["basis_accumulator"] = list(bound.basis_accumulator)
        entry["basis_acc_bits"] = bound.basis_acc_bits
        entry["basis_carrier"] = "int32" if (bound.basis_acc_bits or 0) <= 32 else "int64"
    return entry
