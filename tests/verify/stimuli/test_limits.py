"""Streams overflow requantizers that other signals leave within their limits, wherever an input does."""

import numpy as np
import pytest

from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Requantize
from pimdeploy.verify.ranges.requantizing import requantizing
from pimdeploy.verify.reference import reference_of
from pimdeploy.verify.stimuli import signals
from pimdeploy.verify.stimuli.limits import beyond_limits

S16 = QFormat(True, 16, 15)


BIAS = (1 << 20) - (1 << 18) + (1 << 10)


def difference(bias=BIAS, rounding=Rounding.HALF_UP, overflow=Overflow.SATURATE):
    """The difference of two samples in a row behind a filter whose bias is large: it is there alone after a reset.

    The limit is 2^20; without a reset it goes to 2^19, at the first sample a little beyond where that is nearly at its end.
    """
    nodes = (
        Input("x", 2, S16),
        Convolution("h", "x", IntTable([[[8]], [[8]]]), QFormat(True, 5, 4), IntTable([bias, 0]), groups=2),
        Convolution("d", "h", IntTable([[[1, -1]], [[1, -1]]]), QFormat(True, 2, 0), groups=2),
        Requantize("r", "d", QFormat(True, 16, 14), rounding, overflow),
        Output("y", "r"),
    )
    return Graph("difference", nodes, 0)


def searched(graph, others=()):
    return beyond_limits(graph, check(graph), others, np.random.default_rng(1))


def unlimited(graph, name, x_q):
    """Return the integers that the requantizer `name` would give for `x_q` if it had no limits."""
    node = graph.node(name)
    return requantizing(node, check(graph)).rounded(reference_of(graph).trace(x_q)[node.source])


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("overflow", Overflow)
def test_a_limit_that_only_the_first_sample_after_reset_passes_is_passed(rounding, overflow):
    graph = difference(rounding=rounding, overflow=overflow)
    found = searched(graph)
    assert found.keys() == {"r_upper"}
    assert found["r_upper"].shape == (2, 1 + graph.memory)
    assert unlimited(graph, "r", found["r_upper"]).max() > graph.node("r").format.max_q


def test_the_lower_end_too():
    graph = difference(bias=-BIAS)
    found = searched(graph)
    assert found.keys() == {"r_lower"}
    assert unlimited(graph, "r", found["r_lower"]).min() < graph.node("r").format.min_q


def test_what_signals_pass_is_not_searched():
    graph = difference()
    assert searched(graph, [np.full((2, 4), 32767)]) == {}


@pytest.mark.parametrize(("offset", "passed"), [(0, True), (-1, False)])
def test_one_integer_decides(offset, passed):
    """The filter's farthest integer rounds to just beyond the limit, or to the limit."""
    nodes = (
        Input("x", 2, S16),
        Convolution(
            "k", "x", IntTable([[[1]], [[1]]]), QFormat(True, 2, 0), IntTable([offset + 3 * 32767 + 2, 0]), groups=2
        ),
        Requantize("r", "k", QFormat(True, 16, 13)),
        Output("y", "r"),
    )
    assert (searched(Graph("edge", nodes, 0)).keys() == {"r_upper"}) is passed


def test_what_no_input_passes_is_not_found():
    """By its bounds the difference of the same sample twice goes far; it is zero."""
    nodes = (
        Input("x", 2, S16),
        Convolution("h", "x", IntTable([[[8], [0]], [[8], [0]]]), QFormat(True, 5, 4)),
        Convolution("d", "h", IntTable([[[1], [-1]], [[-1], [1]]]), QFormat(True, 2, 0)),
        Requantize("r", "d", QFormat(True, 16, 18)),
        Output("y", "r"),
    )
    assert searched(Graph("nothing", nodes, 0)) == {}


def test_stimuli_begin_with_what_is_found_and_go_on_with_the_same_random_signals(monkeypatch):
    """Held at their ends, signals that begin with a worst case pass this limit already: they are left out here."""
    graph = difference()
    monkeypatch.setattr(signals, "worst_cases", lambda *_: {})
    monkeypatch.setattr(signals, "_impulses", lambda graph: np.zeros((2, 1), dtype=np.int64))
    monkeypatch.setattr(signals, "_steps", lambda graph: np.zeros((2, 1), dtype=np.int64))
    made = {one.name: one.x_q for one in signals.stimuli(graph, check(graph), 4000, None, 1)}
    assert list(made)[:4] == ["impulse", "step", "limit_r_upper", "full_scale"]
    np.testing.assert_array_equal(made["limit_r_upper"], searched_like_stimuli(graph))
    monkeypatch.setattr(signals, "beyond_limits", lambda *_: {})
    without = {one.name: one.x_q for one in signals.stimuli(graph, check(graph), 4000, None, 1)}
    assert set(made) - set(without) == {"limit_r_upper"}
    np.testing.assert_array_equal(made["rounding_ties"], without["rounding_ties"])


def searched_like_stimuli(graph):
    return beyond_limits(graph, check(graph), [], np.random.default_rng(1).spawn(1)[0])["r_upper"]
