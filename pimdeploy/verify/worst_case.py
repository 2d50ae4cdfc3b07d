"""Inputs that drive an accumulator as far as they can: full-scale samples whose signs match the taps."""

import json
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from firmware_ref import Reference
from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.graph import Graph, tables, to_json
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
from pimdeploy.verify.backend import IntArray

Response = NDArray[np.float64]
"""[channel, input channel, delay]: how a node's integers follow the input's, everything before it taken as linear."""

CHANNELS_A_NODE = 32
"""Outputs of one convolution that get their own worst case; of wider ones, those that reach farthest."""
SEARCH_SAMPLES = 4096
"""Random samples among which those are looked for that drive what signs alone do not decide."""


def worst_cases(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> dict[str, IntArray]:
    """Return, for each convolution of `graph`, a signal [channels, n] that drives its outputs to both ends.

    A convolution that reads the input reaches its proven bound exactly. Behind roundings and nonlinearities the signs
    follow the linearized chain: the signal comes as close as signs can bring it. Behind products, magnitudes and
    functions the farthest windows of a random signal follow, for there a full-scale sample need not be the worst.
    """
    responses: dict[str, Response] = {}
    signals: dict[str, IntArray] = {}
    bent: set[str] = set()
    for node in graph.nodes:
        responses[node.name] = _response(node, responses, bounds)
        if isinstance(node, (Piecewise, Magnitude, Multiply, Rectify)) or bent & set(sources_of(node)):
            bent.add(node.name)
        if isinstance(node, Convolution):
            signals[node.name] = _matched(graph.input, responses[node.name])
    found = _farthest_windows(graph, [name for name in signals if name in bent], rng)
    return {name: np.concatenate([x_q, *found.get(name, [])], axis=1) for name, x_q in signals.items()}


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


def _response(node: Node, responses: dict[str, Response], bounds: dict[str, NodeBounds]) -> Response:
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


def _farthest_windows(graph: Graph, names: list[str], rng: np.random.Generator) -> dict[str, list[IntArray]]:
    """Return, for each node named, the windows of a random signal at which its outputs are largest and smallest."""
    x, memory = graph.input, graph.memory
    if not names:
        return {}
    shape = (x.channels, SEARCH_SAMPLES + memory)
    ends = np.where(rng.random(shape) < 0.5, x.format.min_q, x.format.max_q)
    loud = rng.integers(x.format.min_q, x.format.max_q + 1, size=shape, dtype=np.int64)
    x_q = np.where(np.arange(shape[1]) < shape[1] // 2, ends, loud).astype(np.int64)
    trace = Reference(json.loads(to_json(graph)), tables(graph)).trace(x_q)
    found: dict[str, list[IntArray]] = {}
    for name in names:
        values = trace[name][:CHANNELS_A_NODE, memory:]
        places = {int(n) for n in (*values.argmax(axis=1), *values.argmin(axis=1))}
        found[name] = [x_q[:, n : n + memory + 1] for n in sorted(places)]
    return found


def _matched(x: Input, responses: Response) -> IntArray:
    """Return the signals of both ends of every output, one behind the other; each fills its whole memory."""
    reach = np.abs(responses).sum(axis=(1, 2))
    chosen = np.sort(np.argsort(-reach, kind="stable")[:CHANNELS_A_NODE])
    pieces = []
    for response in responses[chosen]:
        latest_last = response[:, ::-1]
        for upwards in (latest_last, -latest_last):
            pieces.append(np.where(upwards > 0, x.format.max_q, np.where(upwards < 0, x.format.min_q, 0)))
    return np.concatenate(pieces, axis=1).astype(np.int64)
