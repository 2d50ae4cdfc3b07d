"""How every node of a graph follows the input's samples, everything before it taken as linear."""

from collections.abc import Mapping
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.graph import Graph
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
    Symmetry,
    sources_of,
)

Response = NDArray[np.float64]
"""[channel, input channel, delay]: how a node's integers follow the input's, everything before it taken as linear."""


def linear_responses(graph: Graph, bounds: Mapping[str, NodeBounds]) -> dict[str, Response]:
    """Return how every node follows the input, in its own LSBs, everything before it taken as linear."""
    responses: dict[str, Response] = {}
    for node in graph.nodes:
        responses[node.name] = _response(node, responses, bounds)
    return responses


def dense_taps(node: Convolution) -> NDArray[np.int64]:
    """Return the taps of `node` as a real matrix [out, in, K], zero between the groups."""
    taps = real_taps(node)
    outputs, inputs, length = taps.shape
    channels = node.channels_in
    dense = np.zeros((outputs, channels, length), dtype=np.int64)
    for output in range(outputs):
        first = output // (outputs // node.groups) * inputs
        dense[output, first : first + inputs] = taps[output]
    return dense


def _response(node: Node, responses: Mapping[str, Response], bounds: Mapping[str, NodeBounds]) -> Response:
    operands = [responses[source] for source in sources_of(node)]
    before = [bounds[source] for source in sources_of(node)]
    match node:
        case Input():
            return np.eye(node.channels)[:, :, None]
        case Convolution():
            return _filtered(node, operands[0])
        case Piecewise():
            return _gains(node, before[0])[:, None, None] * np.repeat(operands[0], node.outputs, axis=0)
        case Delay():
            return np.pad(operands[0], ((0, 0), (0, 0), (node.samples, 0)))
        case Magnitude():
            return _magnitude(node, operands[0], before[0])
        case Multiply():
            return _product(node, _of_one_length(operands), before)
        case Add():
            return np.asarray(np.sum(_aligned(operands, before), axis=0))
        case Concatenate():
            return np.concatenate(_aligned(operands, before))
        case Rectify():
            return operands[0] * 2.0 ** (node.slope_log2 or 0)
        case Select():
            return operands[0][list(node.channels)]
        case Requantize():
            return operands[0] * 2.0 ** (node.format.frac - before[0].format.frac)
        case Output():
            return operands[0]
        case _:
            assert_never(node)


def _filtered(node: Convolution, source: Response) -> Response:
    taps = dense_taps(node).astype(np.float64)
    length = source.shape[2]
    response = np.zeros((taps.shape[0], source.shape[1], length + node.memory))
    for k in range(node.kernel_length):
        first = k * node.dilation
        response[:, :, first : first + length] += np.tensordot(taps[:, :, k], source, axes=1)
    return response


def _gains(node: Piecewise, source: NodeBounds) -> NDArray[np.float64]:
    """Return the slope of each result over the range of its argument: the gain that a full-scale sample meets."""
    channels = len(source.ranges)
    gains = []
    for channel_out in range(channels * node.outputs):
        lo, hi = source.ranges[channel_out // node.outputs]
        row = node.row(channel_out, channels)
        match node.symmetry:
            case Symmetry.ODD | Symmetry.EVEN:
                gains.append(_chord(node, row, 0, max(-lo, hi, 1)))
            case Symmetry.PLAIN:
                start = 1 << (source.format.bits - 1)
                gains.append(_chord(node, row, lo + start, hi + start))
            case Symmetry.INDEX:
                gains.append(_chord(node, row, lo, hi))
            case _:
                assert_never(node.symmetry)
    return np.array(gains, dtype=np.float64)


def _chord(node: Piecewise, row: int, first: int, last: int) -> float:
    """Return (f(last) - f(first)) / (last - first) of arguments t, or 1 where it is 0: some direction has to be taken."""
    rise = _value(node, row, last) - _value(node, row, first)
    return rise / (last - first) if rise else 1.0


def _value(node: Piecewise, row: int, t: int) -> int:
    s = min(t >> node.segment_log2, node.segments - 1)
    base, slope = int(node.bases.array[row, s]), int(node.slopes.array[row, s])
    return (base << node.segment_log2) + slope * (t - (s << node.segment_log2))


def _magnitude(node: Magnitude, source: Response, bound: NodeBounds) -> Response:
    """I and Q grow together, as they do where both are at full scale."""
    in_phase, quadrature = source[0::2], source[1::2]
    match node.magnitude:
        case MagnitudeKind.SQRT:
            return np.asarray((in_phase + quadrature) / np.sqrt(2.0))
        case MagnitudeKind.ALPHA_BETA:
            return node.alpha * in_phase + node.beta * quadrature
        case MagnitudeKind.SQUARE:
            peaks = _peaks(bound)
            return np.asarray(2 * (peaks[0::2] * in_phase + peaks[1::2] * quadrature))
        case _:
            assert_never(node.magnitude)


def _product(node: Multiply, operands: list[Response], bounds: list[NodeBounds]) -> Response:
    """Each product follows the operand that moves it farther, the other one at its farthest end."""
    a, b = operands
    end_a, end_b = (_ends(bound)[:, None, None] for bound in bounds)
    if not node.is_complex:
        return _farther(end_b * a, end_a * b)
    response = np.empty_like(a)
    response[0::2] = _farther(
        end_b[0::2] * a[0::2] - end_b[1::2] * a[1::2], end_a[0::2] * b[0::2] - end_a[1::2] * b[1::2]
    )
    response[1::2] = _farther(
        end_b[1::2] * a[0::2] + end_b[0::2] * a[1::2], end_a[0::2] * b[1::2] + end_a[1::2] * b[0::2]
    )
    return response


def _farther(one: Response, other: Response) -> Response:
    reach_one, reach_other = (np.abs(r).sum(axis=(1, 2), keepdims=True) for r in (one, other))
    return np.where(reach_one >= reach_other, one, other)


def _peaks(bound: NodeBounds) -> NDArray[np.float64]:
    """Return the largest magnitude of each channel, [channels, 1, 1]."""
    return np.abs(_ends(bound))[:, None, None]


def _ends(bound: NodeBounds) -> NDArray[np.float64]:
    """Return the end of each channel's range that lies farther from 0."""
    return np.array([hi if hi >= -lo else lo for lo, hi in bound.ranges], dtype=np.float64)


def _aligned(operands: list[Response], bounds: list[NodeBounds]) -> list[Response]:
    frac = max(bound.format.frac for bound in bounds)
    scaled = [response * 2.0 ** (frac - bound.format.frac) for response, bound in zip(operands, bounds, strict=True)]
    return _of_one_length(scaled)


def _of_one_length(operands: list[Response]) -> list[Response]:
    longest = max(response.shape[2] for response in operands)
    return [np.pad(response, ((0, 0), (0, 0), (0, longest - response.shape[2]))) for response in operands]
