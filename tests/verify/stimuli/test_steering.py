"""Windows that bring a node to a wanted integer: they do, wherever some input can; what none can is not returned."""

import numpy as np
from demo_graphs import GRAPHS
from demo_models import demo_model

from pimdeploy.datapath.check import check
from pimdeploy.verify.stimuli.responses import linear_responses
from pimdeploy.verify.stimuli.steering import steered
from pimdeploy.verify.stimuli.worst_search import Windows


def reach(graph, name, wanted):
    node = Windows(graph, name)
    windows = steered(node, linear_responses(graph, check(graph))[name], wanted, np.random.default_rng(1))
    return [int(node.ends(window[None])[channel, 0]) for window, (channel, _) in zip(windows, wanted, strict=False)]


def test_every_integer_of_a_filtered_signal_is_reached():
    wanted = [(channel, value) for channel in (0, 1) for value in (-9000, -1, 0, 1, 77, 8191, 12_345)]
    assert reach(demo_model().graph, "u", wanted) == [value for _, value in wanted]


def test_magnitudes_are_reached_from_either_side():
    wanted = [(0, value) for value in (500, 4097, 8192, 10_001, 11_500)]
    assert reach(GRAPHS["gain_sqrt"](), "m", wanted) == [value for _, value in wanted]


def test_what_no_input_reaches_is_left_out():
    graph = demo_model().graph
    lo, hi = check(graph)["K"].ranges[0]
    assert reach(graph, "K", [(0, hi + 1), (0, lo - 1)]) == []
    assert reach(graph, "K", []) == []
