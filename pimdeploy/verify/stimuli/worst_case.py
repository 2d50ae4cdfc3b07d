"""Inputs that drive an accumulator as far as they can: full-scale samples whose signs match the taps."""

from typing import assert_never

import numpy as np

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
)
from pimdeploy.verify.backend import IntArray
from pimdeploy.verify.stimuli.reach import reached_by
from pimdeploy.verify.stimuli.responses import Response, linear_responses
from pimdeploy.verify.stimuli.worst_search import farthest

CHANNELS_A_NODE = 32
"""Outputs of one convolution that get their own worst case; of wider ones, those that reach farthest."""


def worst_cases(graph: Graph, bounds: dict[str, NodeBounds], rng: np.random.Generator) -> dict[str, IntArray]:
    """Return signals [channels, n] by the node that they drive: its outputs, or its accumulator, to both ends.

    A convolution that reads the input reaches its proven bound exactly. Behind roundings and nonlinearities the signs
    follow the linearized chain. Where that stays below `ENOUGH` of the bound, of whatever node, a search from the input
    goes on from there (worst_search.py); what it finds is put before them.
    """
    responses = linear_responses(graph, bounds)
    convolutions = [node.name for node in graph.nodes if isinstance(node, Convolution)]
    signals = {name: _matched(graph.input, responses[name]) for name in convolutions}
    return _searched(graph, bounds, signals, rng)


def _searched(
    graph: Graph, bounds: dict[str, NodeBounds], signals: dict[str, IntArray], rng: np.random.Generator
) -> dict[str, IntArray]:
    """Return `signals`, behind the farthest windows that a search finds for each node that they do not drive far enough.

    Those come first: nodes are compared on the beginnings of signals.
    """
    reached = reached_by(graph, bounds, signals.items()) if signals else {}
    found: dict[str, IntArray] = {}
    for node in graph.nodes:
        pieces = []
        if has_own_accumulator(node) and not (node.name in reached and reached[node.name].enough):
            pieces = [one.window for one in farthest(graph, bounds, node.name, list(signals.values()), rng)]
        if node.name in signals:
            pieces.append(signals[node.name])
        if pieces:
            found[node.name] = np.concatenate(pieces, axis=1)
    return found


def has_own_accumulator(node: Node) -> bool:
    """Return whether `node` computes anything of its own: a requantizer is driven as far as its source is."""
    match node:
        case Convolution() | Piecewise() | Magnitude() | Multiply() | Add():
            return True
        case Input() | Delay() | Rectify() | Concatenate() | Select() | Requantize() | Output():
            return False
        case _:
            assert_never(node)


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
