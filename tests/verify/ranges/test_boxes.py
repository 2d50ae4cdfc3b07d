"""Boxes: whatever two samples a node meets, its results lie within the image of the box that spans its operands."""

import numpy as np
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model

from pimdeploy.datapath.check import check
from pimdeploy.datapath.nodes import sources_of
from pimdeploy.verify.ranges.boxes import image
from pimdeploy.verify.ranges.subdivision import between, leaves_of
from pimdeploy.verify.reference import reference_of

MODELS = {name: make for name, make in GRAPHS.items() if name != "even"}  # there no node follows from few channels
MODELS |= {"odd": lambda: demo_model().graph, "plain": lambda: demo_model(symmetry="plain").graph}


def pairs(name):
    """The graph, its bounds, its integers for noise of many levels, and (leaf, node) of all that follow at one sample."""
    graph = MODELS[name]()
    bounds, x = check(graph), graph.input
    noise = np.random.default_rng(3).integers(x.format.min_q, x.format.max_q + 1, size=(x.channels, 3000))
    trace = reference_of(graph).trace(noise >> np.arange(3000) % 9)
    found = [(leaf, node.name) for node in graph.nodes for leaf in leaves_of(graph, bounds, node.name)]
    assert found
    return graph, bounds, trace, found


def images(graph, bounds, leaf, name, box):
    made = {leaf: box}
    for node in between(graph, leaf, name):
        sources = sources_of(node)
        made[node.name] = image(node, [made[one] for one in sources], [bounds[one] for one in sources])
    return made[name]


@pytest.mark.parametrize("name", MODELS)
def test_a_box_of_one_value_gives_what_the_reference_gives(name):
    graph, bounds, trace, found = pairs(name)
    for leaf, node in found:
        low, high = images(graph, bounds, leaf, node, (trace[leaf], trace[leaf]))
        np.testing.assert_array_equal(low, trace[node], err_msg=f"{leaf} to {node}")
        np.testing.assert_array_equal(high, trace[node], err_msg=f"{leaf} to {node}")


@pytest.mark.parametrize("name", MODELS)
def test_the_image_of_a_box_holds_what_its_values_give(name):
    graph, bounds, trace, found = pairs(name)
    for leaf, node in found:
        one, other = trace[leaf][:, 0::2], trace[leaf][:, 1::2]
        low, high = images(graph, bounds, leaf, node, (np.minimum(one, other), np.maximum(one, other)))
        for met in (trace[node][:, 0::2], trace[node][:, 1::2]):
            assert (low <= met).all(), f"{leaf} to {node}"
            assert (met <= high).all(), f"{leaf} to {node}"


def test_a_node_with_memory_has_no_image():
    graph = MODELS["odd"]()
    empty = np.zeros((2, 1), dtype=np.int64)
    with pytest.raises(ValueError, match="reads more than one sample"):
        image(graph.node("K"), [(empty, empty)], [check(graph)["x"]])
