"""The certificate: what is proven of the graph, and of which files exactness follows."""

from typing import Any

from pimdeploy.datapath.bounds import NodeBounds, propagate
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.node_json import node_to_json
from pimdeploy.datapath.nodes import Magnitude, MagnitudeKind, Requantize
from pimdeploy.files import json_bytes

INT64_SAFE_BITS = 63
"""The int64 graph shifts through an offset of 2^62 (docs/spec/onnx.md)."""
FLOAT64_EXACT_BITS = 54
"""float64 holds every integer of a 54-bit signed format (magnitude up to 2^53)."""


def certificate(graph: Graph) -> dict[str, Any]:
    """Return the accumulator bounds of every node and the exactness of each ONNX file that follows from them."""
    bounds = propagate(graph)
    widest = max(max(b.acc_bits, b.basis_acc_bits or 0) for b in bounds.values())
    root = max((bounds[name].acc_bits for name in _square_roots(graph)), default=0)
    whole = _exact(widest <= INT64_SAFE_BITS, "int64 arithmetic", widest, root)
    carried = _exact(widest <= FLOAT64_EXACT_BITS, "integers carried in float64, exact to 2^53", widest, root)
    kinds = {node.name: node_to_json(node)["kind"] for node in graph.nodes}
    return {
        "nodes": {name: {"kind": kinds[name], **_node(bound)} for name, bound in bounds.items()},
        "widest_accumulator_bits": widest,
        "onnx": {
            "model_int.onnx": whole,
            "model_int_basis.onnx": whole,
            "model_int_f64.onnx": carried,
            "model_float.onnx": {
                "exact": False,
                "reason": f"float32 without requantization; it leaves out {_requantizers(graph)} requantizers",
            },
        },
    }


def emit_certificate(graph: Graph) -> dict[str, bytes]:
    """Return certificate.json."""
    return {"certificate.json": json_bytes(certificate(graph))}


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


def _exact(fits: bool, arithmetic: str, widest: int, root: int) -> dict[str, Any]:
    """Exact where the arithmetic holds every accumulator and a float64 root every energy, `root` bits (0: no root)."""
    reason = f"{arithmetic}; widest accumulator {widest} bits"
    if root:
        reason += f"; square roots of {root} bits in float64, corrected by comparisons"
    return {"exact": fits and root <= FLOAT64_EXACT_BITS, "reason": reason}


def _square_roots(graph: Graph) -> list[str]:
    roots = (node for node in graph.nodes if isinstance(node, Magnitude) and node.magnitude is MagnitudeKind.SQRT)
    return [node.name for node in roots]


def _requantizers(graph: Graph) -> int:
    return sum(isinstance(node, Requantize) for node in graph.nodes)
