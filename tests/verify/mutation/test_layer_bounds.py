"""What lines prove of layers holds for every input of small graphs, from reset on, and is more than the bounds prove."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from demo_models import signed

from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Piecewise, Rectify, Requantize, Symmetry
from pimdeploy.verify.mutation.layer_bounds import stays_within_by_layers
from pimdeploy.verify.reference import reference_of

WINDOW = 2
VALUES = range(-2, 2)
SYMMETRIES = (Symmetry.PLAIN, Symmetry.ODD, Symmetry.EVEN)
SEEDS = range(6)


def layers(seed):
    """Two channels of 2 bits, widened, bent and added up again: sixteen values a sample, windows of two samples."""
    rng = np.random.default_rng(seed)
    symmetry = SYMMETRIES[seed % 3]
    bases = None if symmetry is Symmetry.ODD else IntTable(rng.integers(-20, 21, size=1))
    nodes = (
        Input("x", 2, signed(2, 1)),
        Convolution("a", "x", IntTable(rng.integers(-7, 8, size=(4, 2, 1))), signed(4, 3)),
        Requantize("b", "a", signed(5, 4), Rounding.HALF_UP),
        Piecewise("f", "b", IntTable(rng.integers(-7, 8, size=(1, 4))), signed(5, 3), 3, symmetry, bases),
        Requantize("g", "f", signed(6, 3 + 2 * (seed % 2)), Rounding.HALF_AWAY),
        Convolution("d", "g", IntTable(rng.integers(-7, 8, size=(4, 1, 2))), signed(4, 3), groups=4),
        Rectify("r", "d", None if seed == 3 else 1),
        Requantize("e", "r", signed(7, 2), Rounding.FLOOR),
        Convolution("t", "e", IntTable(rng.integers(-7, 8, size=(2, 4, 1))), signed(4, 3), IntTable(np.array([5, -9]))),
        Requantize("z", "t", signed(8, 2)),
        Output("y", "z"),
    )
    return Graph("layers", nodes, 0)


def reached(graph, name):
    """The least and the largest integer of `name` for every input of two samples from reset."""
    reference = reference_of(graph)
    samples = list(itertools.product(VALUES, repeat=2))
    windows = itertools.product(samples, repeat=WINDOW)
    values = [reference.trace(np.array(window).T)[name] for window in windows]
    return int(np.min(values)), int(np.max(values))


def interval(graph, name):
    ranges = check(graph)[name].ranges
    return min(lo for lo, _ in ranges), max(hi for _, hi in ranges)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_proven_that_some_input_contradicts(seed):
    graph = layers(seed)
    bounds = check(graph)
    least, most = reached(graph, "t")
    lo, hi = interval(graph, "t")
    assert lo <= least < most <= hi
    assert stays_within_by_layers(graph, bounds, "t", (least + 1, hi)) is None
    assert stays_within_by_layers(graph, bounds, "t", (lo, most - 1)) is None
    assert stays_within_by_layers(graph, bounds, "t", (lo, hi)) == "x"


@pytest.mark.parametrize("symmetry", [Symmetry.PLAIN, Symmetry.ODD])
def test_a_quarter_less_than_the_interval_is_proven_behind_a_narrow_layer(symmetry):
    """Two channels, widened to twelve that bend in their ways, and summed: twelve cannot all take their ends at once."""
    rng = np.random.default_rng(1)
    bent = Piecewise("f", "b", IntTable(np.array([[90, 60, 30, 10]])), signed(8, 7), 14, symmetry)
    nodes = (
        Input("x", 2, signed(16, 15)),
        Convolution("a", "x", IntTable(rng.integers(-99, 100, size=(12, 2, 2))), signed(8, 7)),
        Requantize("b", "a", signed(16, 14)),
        bent,
        Requantize("g", "f", signed(16, 13)),
        Convolution("d", "g", IntTable(rng.integers(-99, 100, size=(12, 1, 2))), signed(8, 7), groups=12),
        Rectify("r", "d", 1),
        Requantize("e", "r", signed(16, 12)),
        Convolution("t", "e", IntTable(rng.integers(-99, 100, size=(2, 12, 1))), signed(8, 7)),
        Requantize("z", "t", signed(16, 10)),
        Output("y", "z"),
    )
    graph = Graph("wide", nodes, 0)
    lo, hi = interval(graph, "t")
    assert stays_within_by_layers(graph, check(graph), "t", (lo * 3 // 4, hi)) == "x"
    assert stays_within_by_layers(graph, check(graph), "t", (lo, hi * 3 // 4)) == "x"


def test_two_channels_that_are_one_cancel_but_for_their_rounding():
    """Each goes to 32767 and back; their difference is proven to be a few LSB, which intervals cannot know."""
    nodes = (
        Input("x", 2, signed(16, 15)),
        Convolution("n", "x", IntTable(np.array([[[3], [5]]])), signed(4, 3)),
        Requantize("m", "n", signed(16, 15)),
        Convolution("k", "m", IntTable(np.array([[[5]], [[5]]])), signed(4, 3)),
        Requantize("a", "k", signed(18, 15)),
        Convolution("d", "a", IntTable(np.array([[[7], [-7]]])), signed(4, 3)),
        Requantize("z", "d", signed(16, 15)),
        Output("y", "z"),
    )
    graph = Graph("one", nodes, 0)
    assert interval(graph, "d")[1] > 200_000
    assert stays_within_by_layers(graph, check(graph), "d", (-60, 60)) == "m"


def test_a_start_from_zeros_is_a_case_of_its_own():
    """f is 8 everywhere; before it stand zeros, so that the difference of two samples reaches 8 once."""
    nodes = (
        Input("x", 2, signed(2, 1)),
        Piecewise(
            "f", "x", IntTable(np.zeros((1, 4), dtype=int)), signed(4, 3), 0, Symmetry.PLAIN, IntTable(np.array([8]))
        ),
        Convolution("d", "f", IntTable(np.array([[[1, -1]], [[1, -1]]])), signed(4, 3), groups=2),
        Requantize("z", "d", signed(8, 2)),
        Output("y", "z"),
    )
    graph = Graph("start", nodes, 0)
    bounds = check(graph)
    assert reached(graph, "d") == (0, 8)
    assert stays_within_by_layers(graph, bounds, "d", (0, 8)) == "f"
    assert stays_within_by_layers(graph, bounds, "d", (0, 7)) is None
    assert stays_within_by_layers(graph, bounds, "d", (1, 8)) is None


def test_a_rectifier_takes_its_limit_from_its_operand():
    """Slope 2^-1: what is positive counts twice. One line from end to end would lie far above it in between."""
    for seed in (0, 1, 3):
        graph = layers(seed)
        bounds, (lo, hi) = check(graph), interval(graph, "d")
        shift = graph.node("r").slope_log2 or 0
        for most in range(1, hi + 1, max(1, hi // 9)):
            of_operand = stays_within_by_layers(graph, bounds, "d", (lo, most))
            assert stays_within_by_layers(graph, bounds, "r", (lo, most << shift)) == of_operand
        assert stays_within_by_layers(graph, bounds, "r", (lo, hi << shift)) is not None


def test_other_nodes_and_long_memories_are_left_alone():
    graph = layers(0)
    wraps = tuple(replace(one, overflow=Overflow.WRAP) if one.name == "e" else one for one in graph.nodes)
    long = tuple(replace(one, dilation=16) if one.name == "d" else one for one in graph.nodes)
    assert stays_within_by_layers(Graph("wraps", wraps, 0), check(graph), "e", (-5, 5)) is None
    far = Graph("long", long, 0)
    assert stays_within_by_layers(far, check(far), "t", interval(far, "t")) is None
    assert stays_within_by_layers(graph, check(graph), "x", (-2, 1)) is None
