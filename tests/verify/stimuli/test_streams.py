"""Interleaved streams give what each of them gives alone from reset; steps along their slopes lead farther."""

import numpy as np
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model

from pimdeploy.datapath.check import check
from pimdeploy.verify.stimuli.streams import Streams
from pimdeploy.verify.stimuli.worst_search import Windows

MODELS = {**GRAPHS, "odd": lambda: demo_model().graph}


def noise(node, count, length):
    rng = np.random.default_rng(length)
    return rng.integers(-(1 << 15), 1 << 15, size=(count, node.input.channels, length), dtype=np.int64)


@pytest.mark.parametrize("name", MODELS)
def test_a_stream_among_others_ends_as_it_does_alone_from_reset(name):
    graph = MODELS[name]()
    bounds = check(graph)
    for one in graph.nodes[1:-1]:
        node = Windows(graph, one.name)
        channels = np.arange(6) % len(bounds[one.name].ranges)
        streams = Streams(node.part, bounds, len(channels))
        for length in sorted({1, 3, node.length}):
            tried = noise(node, len(channels), length)
            alone = [node.values(x_q)[channel, -1] for x_q, channel in zip(tried, channels, strict=True)]
            np.testing.assert_array_equal(streams.heights(tried, channels, 1), alone)


@pytest.mark.parametrize("sign", [1, -1])
def test_steps_drive_a_filter_of_the_input_nearly_to_its_bound(sign):
    """A filter's slopes are its taps: every sample goes to its end."""
    graph = MODELS["layers"]()
    bounds = check(graph)
    node, channels = Windows(graph, "dw"), np.array([0, 1, 2, 3, 0])
    found = Streams(node.part, bounds, len(channels)).climbed(noise(node, 5, node.length), channels, sign, 60)
    farthest = [bounds["dw"].ranges[channel][0 if sign < 0 else 1] for channel in channels]
    np.testing.assert_array_equal(found.heights, sign * np.array(farthest))


@pytest.mark.parametrize(
    ("name", "node_name"), [("layers", "last"), ("even", "G"), ("odd", "Psi"), ("polynomial", "W")]
)
@pytest.mark.parametrize("length", [5, None])
def test_what_is_found_is_what_the_streams_end_with_and_in_their_format(name, node_name, length):
    graph = MODELS[name]()
    bounds = check(graph)
    node, channels = Windows(graph, node_name), np.array([0, 1, 1, 0])
    streams = Streams(node.part, bounds, len(channels))
    start = noise(node, len(channels), length or node.length)
    for sign in (1, -1):
        found = streams.climbed(start, channels, sign, 30)
        x = node.input.format
        assert x.min_q <= found.streams.min() <= found.streams.max() <= x.max_q
        np.testing.assert_array_equal(found.heights, streams.heights(found.streams, channels, sign))
        assert (found.heights >= streams.heights(start, channels, sign)).all()
        assert found.heights.sum() > (streams.heights(start, channels, sign)).sum()
        farthest = sign * int(node.values(found.farthest)[channels[found.heights.argmax()], -1])
        assert farthest == found.heights.max()


@pytest.mark.parametrize(("name", "node_name"), [("layers", "last"), ("even", "K"), ("odd", "G"), ("polynomial", "s")])
def test_of_sums_the_farthest_partial_sum_counts(name, node_name):
    graph = MODELS[name]()
    bounds = check(graph)
    node, channels = Windows(graph, node_name), np.array([0, 1, 1, 0]) % len(bounds[node_name].ranges)
    streams = Streams(node.part, bounds, len(channels), partial=True)
    tried = noise(node, len(channels), node.length)
    low, high = node.partial_sums(tried, bounds)
    for sign, sums in ((1, high), (-1, low)):
        np.testing.assert_array_equal(
            streams.heights(tried, channels, sign), sign * sums[channels, np.arange(len(channels))]
        )
        found = streams.climbed(tried, channels, sign, 30)
        np.testing.assert_array_equal(found.heights, streams.heights(found.streams, channels, sign))
        assert (found.heights >= streams.heights(tried, channels, sign)).all()
        assert found.heights.max() <= max(-bounds[node_name].accumulator[0], bounds[node_name].accumulator[1])
