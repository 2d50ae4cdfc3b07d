"""Inputs that drive an accumulator as far as they can: full-scale samples whose signs match the taps."""

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, Node, Output, Piecewise, Requantize
from pimdeploy.verify.backend import IntArray

Response = NDArray[np.float64]
"""[channel, input channel, delay]: how a node's value follows the input, the chain before it taken as linear."""

CHANNELS_A_NODE = 32
"""Outputs of one convolution that get their own worst case; of wider ones, those that reach farthest."""


def worst_cases(graph: Graph, bounds: dict[str, NodeBounds]) -> dict[str, IntArray]:
    """Return, for each convolution of `graph`, a signal [channels, n] that drives its outputs to both ends.

    A convolution that reads the input reaches its proven bound exactly. Behind roundings and nonlinearities the signs
    follow the linearized chain: the signal comes as close as signs can bring it.
    """
    responses: dict[str, Response] = {}
    signals: dict[str, IntArray] = {}
    for node in graph.nodes:
        responses[node.name] = _response(node, responses, bounds)
        if isinstance(node, Convolution):
            signals[node.name] = _matched(graph.input, responses[node.name])
    return signals


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
    match node:
        case Input():
            return np.eye(node.channels)[:, :, None]
        case Convolution():
            return _filtered(node, responses[node.source])
        case Piecewise():
            gains = [_chord(node, channel, interval) for channel, interval in enumerate(bounds[node.source].ranges)]
            return np.array(gains, dtype=np.float64)[:, None, None] * responses[node.source]
        case Requantize() | Output():
            return responses[node.source]
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


def _chord(node: Piecewise, channel: int, interval: tuple[int, int]) -> float:
    """Return f(t) / t at the farthest input t: the gain that a full-scale sample meets."""
    row = 0 if node.shared else channel
    slopes: list[int] = node.slopes.array[row].tolist()
    farthest = max(*(abs(end) for end in interval), 1)
    knots = [min(farthest, k << node.segment_log2) for k in range(len(slopes))] + [farthest]
    return sum(slope * (knots[k + 1] - knots[k]) for k, slope in enumerate(slopes)) / farthest


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
