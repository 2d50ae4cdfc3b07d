"""What is proven of each ONNX file: exact, or off by at most so many LSBs of the output. The certificate states it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import RealTables
from pimdeploy.datapath.nodes import Magnitude, MagnitudeKind, Requantize
from pimdeploy.emit.onnx.deviation import QDQ, QONNX, Float32, prove
from pimdeploy.emit.onnx.float_distance import float_distance
from pimdeploy.emit.onnx.refusals import qdq_refusal, qonnx_refusal

INT32_BITS = 32
INT64_SAFE_BITS = 63
"""int64 steps shift through an offset of 2^62 (docs/spec/onnx.md)."""
FLOAT64_EXACT_BITS = 54
"""float64 holds every integer of a 54-bit signed format (magnitude up to 2^53)."""
FLOAT32_EXACT_BITS = 25
"""float32 holds every integer of a 25-bit signed format (magnitude up to 2^24)."""


@dataclass(frozen=True)
class Exactness:
    """written: whether the bundle has the file. bound_lsb: proven distance from the datapath's integers, None: unknown."""

    written: bool
    exact: bool
    bound_lsb: int | None
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Return the file's entry in certificate.json."""
        return {"written": self.written, "exact": self.exact, "bound_lsb": self.bound_lsb, "reason": self.reason}


def exactness(
    graph: Graph, bounds: dict[str, NodeBounds], real_tables: RealTables | None = None
) -> dict[str, Exactness]:
    """Return what is proven of every ONNX file, by its name; of the float file only with the real-valued tables."""
    widest = max(max(b.acc_bits, b.basis_acc_bits or 0) for b in bounds.values())
    root = max((bounds[name].acc_bits for name in _square_roots(graph)), default=0)
    carriers = "int32" if widest <= INT32_BITS else "int32 and, for accumulators beyond 32 bits, int64"
    integers = _integers(widest <= INT64_SAFE_BITS, carriers, widest, root)
    carried = _integers(widest <= FLOAT64_EXACT_BITS, "integers carried in float64, exact to 2^53", widest, root)
    unquantized = _float(graph, bounds, real_tables)
    qdq = _float32(graph, bounds, QDQ, qdq_refusal)
    qonnx = _float32(graph, bounds, QONNX, qonnx_refusal)
    return {
        "model_int.onnx": integers,
        "model_int_basis.onnx": integers,
        "model_int_state.onnx": integers,
        "model_int_f64.onnx": carried,
        "model_int_f64_state.onnx": carried,
        "model_qdq.onnx": qdq,
        "model_qdq_state.onnx": qdq,
        "model_qonnx.onnx": qonnx,
        "model_qonnx_state.onnx": qonnx,
        "model_float.onnx": unquantized,
        "model_float_state.onnx": unquantized,
    }


def _integers(fits: bool, arithmetic: str, widest: int, root: int) -> Exactness:
    """Exact where the arithmetic holds every accumulator and a float64 root every energy, `root` bits (0: no root)."""
    reason = f"{arithmetic}; widest accumulator {widest} bits"
    if root:
        reason += f"; square roots of {root} bits in floats, corrected by comparisons"
    exact = fits and root <= FLOAT64_EXACT_BITS
    return Exactness(exact, exact, 0 if exact else None, reason)


def _float32(
    graph: Graph,
    bounds: dict[str, NodeBounds],
    use: Float32,
    refusal: Callable[[Graph, dict[str, NodeBounds]], str | None],
) -> Exactness:
    refused = refusal(graph, bounds)
    if refused is not None:
        return Exactness(False, False, None, refused)
    proven = prove(graph, bounds, use)
    if proven.first is None:
        reason = f"float32 holds every sum, in any order: none takes more than {FLOAT32_EXACT_BITS} bits"
        return Exactness(True, True, 0, reason)
    reason = (
        f"float32 rounds from node {proven.first} on: {proven.first_bits} bits where it holds {FLOAT32_EXACT_BITS}; "
        f"at most {proven.lsb} LSB at the output"
    )
    return Exactness(True, False, proven.lsb, reason)


def _float(graph: Graph, bounds: dict[str, NodeBounds], real_tables: RealTables | None) -> Exactness:
    left_out = sum(isinstance(node, Requantize) for node in graph.nodes)
    reason = f"float32 without requantization; it leaves out {left_out} requantizers, their saturation included"
    return Exactness(True, False, None if real_tables is None else float_distance(graph, bounds, real_tables), reason)


def _square_roots(graph: Graph) -> list[str]:
    roots = (node for node in graph.nodes if isinstance(node, Magnitude) and node.magnitude is MagnitudeKind.SQRT)
    return [node.name for node in roots]
