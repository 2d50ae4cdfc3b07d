"""The certificate: what is proven of the graph, and of which files exactness follows."""

from typing import Any

from pimdeploy.datapath.bounds import NodeBounds, propagate
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Requantize
from pimdeploy.files import json_bytes

INT64_SAFE_BITS = 63
"""The int64 graph shifts through an offset of 2^62 (docs/spec/onnx.md)."""
FLOAT64_EXACT_BITS = 54
"""float64 holds every integer of a 54-bit signed format (magnitude up to 2^53)."""


def certificate(graph: Graph) -> dict[str, Any]:
    """Return the accumulator bounds of every node and the exactness of each ONNX file that follows from them."""
    bounds = propagate(graph)
    widest = max(max(b.acc_bits, b.basis_acc_bits or 0) for b in bounds.values())
    return {
        "nodes": {name: _node(bound) for name, bound in bounds.items()},
        "widest_accumulator_bits": widest,
        "onnx": {
            "model_int.onnx": _exact(widest <= INT64_SAFE_BITS, "int64 arithmetic; widest accumulator", widest),
            "model_int_basis.onnx": _exact(widest <= INT64_SAFE_BITS, "int64 arithmetic; widest accumulator", widest),
            "model_int_f64.onnx": _exact(
                widest <= FLOAT64_EXACT_BITS, "integers carried in float64, exact to 2^53; widest accumulator", widest
            ),
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


def _exact(exact: bool, reason: str, widest: int) -> dict[str, Any]:
    return {"exact": exact, "reason": f"{reason} {widest} bits"}


def _requantizers(graph: Graph) -> int:
    return sum(isinstance(node, Requantize) for node in graph.nodes)
