"""How the float files (QDQ, QONNX) round as the datapath does, by roundings of their own and a constant before them.

QuantizeLinear rounds ties to even only, QONNX's Quant has FLOOR, ROUND (ties to even) and HALF_UP (ties away from zero):
docs/spec/onnx.md, section 8. The constant goes into the bias of a convolution that nothing else reads.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import assert_never

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.formats import Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import Interval, hull
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    sources_of,
)

Offset = Callable[[Rounding, int], Fraction]
"""Of a rounding and a right shift, the constant that goes before it, in LSBs of what is rounded."""


def qdq_offset(rounding: Rounding, shift: int) -> Fraction:
    """Return the constant before QuantizeLinear, which rounds to nearest, ties to even.

    Values stand on a grid of 2^-shift. Half a step of it more turns every tie upwards and moves nothing else: half_up.
    Half an output LSB less beside it makes it the floor. half_away takes the half step with the sign of the value.
    """
    if shift <= 0:
        return Fraction(0)
    match rounding:
        case Rounding.HALF_EVEN:
            return Fraction(0)
        case Rounding.HALF_UP | Rounding.HALF_AWAY:
            return Fraction(1, 2)
        case Rounding.FLOOR:
            return Fraction(1, 2) - (1 << (shift - 1))
        case _:
            assert_never(rounding)


def qonnx_offset(rounding: Rounding, shift: int) -> Fraction:
    """Return the constant before a Quant: half_up is the floor of half an output LSB more, an integer on the value's grid."""
    return Fraction(1 << (shift - 1)) if rounding is Rounding.HALF_UP and shift > 0 else Fraction(0)


def shift_of(node: Requantize, bounds: Mapping[str, NodeBounds]) -> int:
    """Return by how many bits `node` shifts right; left where it is negative."""
    return bounds[node.source].format.frac - node.format.frac


def before_overflow(node: Requantize, bounds: Mapping[str, NodeBounds]) -> Interval:
    """Return an interval that holds what `node` has rounded, before saturation or wrapping."""
    shift, (lo, hi) = shift_of(node, bounds), hull(bounds[node.source].ranges)
    return (lo >> shift, -(-hi >> shift)) if shift > 0 else (lo << -shift, hi << -shift)


def overflows(node: Requantize, bounds: Mapping[str, NodeBounds]) -> bool:
    """Return whether saturation or wrapping may have an effect."""
    lo, hi = before_overflow(node, bounds)
    return lo < node.format.min_q or hi > node.format.max_q


def readers(graph: Graph) -> dict[str, list[Node]]:
    """Return the nodes that read each node."""
    found: dict[str, list[Node]] = {node.name: [] for node in graph.nodes}
    for node in graph.nodes:
        for source in sources_of(node):
            found[source].append(node)
    return found


def folded_into_convolutions(graph: Graph) -> dict[str, Requantize]:
    """Return the requantizers whose constant goes into the bias of the convolution before them, by its name."""
    return _folded(graph, lambda node: isinstance(node, Convolution))


def folded_into_layers(graph: Graph) -> dict[str, Requantize]:
    """Return the requantizers whose constant goes into the bias of the node before them, where QONNX writes that as Conv."""
    return _folded(graph, _ends_in_a_convolution)


def _folded(graph: Graph, takes_it: Callable[[Node], bool]) -> dict[str, Requantize]:
    found = {}
    for name, reading in readers(graph).items():
        only = reading[0] if len(reading) == 1 else None
        # half_away depends on the sign of the value: no constant
        if isinstance(only, Requantize) and only.rounding is not Rounding.HALF_AWAY and takes_it(graph.node(name)):
            found[name] = only
    return found


def _ends_in_a_convolution(node: Node) -> bool:
    match node:
        case Convolution() | Piecewise():
            return True
        case Multiply():
            return node.is_complex
        case Magnitude():
            return node.magnitude is not MagnitudeKind.SQRT
        case Input() | Delay() | Add() | Rectify() | Concatenate() | Select() | Requantize() | Output():
            return False
        case _:
            assert_never(node)
