"""Slopes of the chain: those of a filter are its taps; of any other graph small steps along them raise what they are of."""

import numpy as np
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model

from pimdeploy.datapath.check import check
from pimdeploy.datapath.nodes import Convolution
from pimdeploy.verify.ranges.accumulators import bias_ends
from pimdeploy.verify.stimuli.gradient import Chain
from pimdeploy.verify.stimuli.responses import dense_taps
from pimdeploy.verify.stimuli.worst_search import Windows

MODELS = {**GRAPHS, "odd": lambda: demo_model().graph, "plain": lambda: demo_model(symmetry="plain").graph}
GRAPH = MODELS["odd"]()


def noise(node, count=80, bits=15):
    rng = np.random.default_rng(2)
    return rng.integers(-(1 << bits), 1 << bits, size=(count, node.input.channels, node.length), dtype=np.int64)


def test_the_slopes_of_a_filter_of_the_input_are_its_taps():
    node, bounds = Windows(GRAPH, "K"), check(GRAPH)
    found = Chain(node.part, bounds).slopes(node.trace(noise(node)[0]), 1)
    np.testing.assert_array_equal(found, dense_taps(GRAPH.node("K"))[1][:, ::-1])


def test_the_slopes_of_a_partial_sum_are_the_taps_of_its_terms():
    node, bounds = Windows(GRAPH, "K"), check(GRAPH)
    taps = dense_taps(GRAPH.node("K"))[0][:, ::-1]
    for window in noise(node, 5):
        for sign in (1, -1):
            expected = np.where(sign * taps * window > 0, taps, 0)
            np.testing.assert_array_equal(Chain(node.part, bounds).slopes(node.trace(window), 0, sign), expected)


@pytest.mark.parametrize("name", MODELS)
def test_a_small_step_along_the_slopes_raises_a_node_as_much_as_they_say(name):
    """Of every node: in most windows, for a step may cross a knot or end at a limit."""
    graph = MODELS[name]()
    bounds = check(graph)
    for one in graph.nodes[1:-1]:
        node, good, tried = Windows(graph, one.name), 0, 0
        for window in noise(node, bits=14):
            slopes = Chain(node.part, bounds).slopes(node.trace(window), 0)
            if not slopes.any():
                continue
            step = np.rint(400 * slopes / np.abs(slopes).max())
            before, after = node.ends(np.stack([window, window + step.astype(np.int64)]))[0]
            expected = float((slopes * step).sum())
            tried += 1
            good += expected / 3 - 2 <= after - before <= 3 * expected + 2
        assert good >= 0.75 * tried, one.name
        assert tried >= 10, one.name


def test_partial_sums_of_windows_are_sums_of_their_terms():
    for name in ("K", "Phi", "G"):
        node, bounds = Windows(GRAPH, name), check(GRAPH)
        windows, convolution = noise(node, 6), GRAPH.node(name)
        low, high = node.partial_sums(windows, bounds)
        source = Windows(GRAPH, convolution.source)
        assert isinstance(convolution, Convolution)
        for place, window in enumerate(windows):
            x = source.values(window)[:, -1 - convolution.memory :][:, ::-1]
            terms = dense_taps(convolution) * x[None]
            bias = bias_ends(convolution)
            np.testing.assert_array_equal(high[:, place], np.maximum(terms, 0).sum(axis=(1, 2)) + bias[1][:, 0])
            np.testing.assert_array_equal(low[:, place], np.minimum(terms, 0).sum(axis=(1, 2)) + bias[0][:, 0])
