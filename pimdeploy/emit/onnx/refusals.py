"""What QDQ and QONNX cannot say: why a model has no such file. The certificate repeats these reasons."""

from collections.abc import Iterator

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.formats import Overflow, QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, Piecewise, Requantize
from pimdeploy.emit.onnx.rounding import overflows

QDQ_BITS = 16
"""QuantizeLinear has integers of 8 and of 16 bits; narrower formats are clipped within them."""
FLOAT32_BITS = 24
"""Unsigned bits of integers that float32 holds, all of them."""
FRAC_LIMIT = 100
"""Fraction bits, either way, within which float32 scales by powers of two without loss."""


def qdq_refusal(graph: Graph, bounds: dict[str, NodeBounds]) -> str | None:
    """Return why model_qdq.onnx cannot be written, None where it can."""
    for name, fmt in _formats(graph, tables=False):
        if fmt.bits > QDQ_BITS:
            return f"node {name}: {fmt} is wider than the {QDQ_BITS} bits of QuantizeLinear"
    if not isinstance(graph.node(graph.output.source), Requantize):
        return f"node {graph.output.source}: the output is not quantized; QDQ needs a requantizer before it"
    return _scales(bounds)


def qonnx_refusal(graph: Graph, bounds: dict[str, NodeBounds]) -> str | None:
    """Return why model_qonnx.onnx cannot be written, None where it can."""
    for name, fmt in _formats(graph, tables=True):
        if fmt.bits > FLOAT32_BITS:
            return f"node {name}: {fmt} is wider than the {FLOAT32_BITS} bits that a float32 tensor holds"
    for node in graph.nodes:
        if isinstance(node, Requantize) and node.overflow is Overflow.WRAP and overflows(node, bounds):
            return f"node {node.name}: it wraps, and a Quant of QONNX saturates"
    return _scales(bounds)


def _formats(graph: Graph, *, tables: bool) -> Iterator[tuple[str, QFormat]]:
    """Yield the formats of quantized tensors by node; those of slopes only with `tables`."""
    for node in graph.nodes:
        if isinstance(node, Input | Requantize):
            yield node.name, node.format
        elif isinstance(node, Convolution):
            yield node.name, node.taps_format
        elif isinstance(node, Piecewise) and tables:
            yield node.name, node.slopes_format


def _scales(bounds: dict[str, NodeBounds]) -> str | None:
    for name, own in bounds.items():
        if abs(own.format.frac) > FRAC_LIMIT:
            return f"node {name}: {own.format.frac} fraction bits; float32 files hold {-FRAC_LIMIT} to {FRAC_LIMIT}"
    return None
