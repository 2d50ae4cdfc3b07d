"""What stimuli reach: 90 % of every proven accumulator, or a proof that no input does; ties at every requantizer."""

import json

import numpy as np
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model

from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Piecewise, Requantize
from pimdeploy.verify.ranges.largest import largest_accumulator
from pimdeploy.verify.stimuli.coverage import coverage
from pimdeploy.verify.stimuli.reach import ENOUGH, Reach, reached_by
from pimdeploy.verify.stimuli.signals import Stimulus, stimuli

SHOWN = {
    "odd": lambda: demo_model().graph,
    **{name: GRAPHS[name] for name in ("gain_sqrt", "gain_alpha_beta", "gain_square", "polynomial")},
}
"""Graphs of which every node is driven to its bound, or shown not to be drivable."""
SEARCHED = {"even": (GRAPHS["even"], {"Phi", "Psi", "G"}), "layers": (GRAPHS["layers"], {"last"})}
"""Graphs with nodes of which neither is known, and these nodes."""


def covered(graph):
    bounds = check(graph)
    return coverage(graph, bounds, stimuli(graph, bounds, 20_000, None, 1))


@pytest.mark.parametrize("name", SHOWN)
def test_every_accumulator_is_driven_to_its_bound_or_shown_not_to_be_drivable(name):
    found = covered(SHOWN[name]())
    assert (found.undecided, found.untested) == ([], [])
    for node, reach in found.accumulators.items():
        if found.computes[node]:
            assert reach.enough or reach.possible < ENOUGH * reach.largest, node
            assert max(-reach.reached[0], reach.reached[1]) <= (reach.possible or reach.largest), node


@pytest.mark.parametrize("name", SEARCHED)
def test_what_is_open_is_named(name):
    make, open_nodes = SEARCHED[name]
    found = covered(make())
    assert set(found.undecided) <= open_nodes
    for node in found.undecided:
        assert found.accumulators[node].note.endswith("the farthest that a search found")


def test_a_search_goes_farther_than_the_signs_of_taps():
    """The function turns down again: full-scale samples do not drive what comes behind it farthest."""
    nodes = (
        Input("x", 2, QFormat(True, 12, 11)),
        Piecewise("f", "x", IntTable([[100, 100, -100, -100]]), QFormat(True, 12, 6), 9),
        Requantize("u", "f", QFormat(True, 12, 5)),
        Convolution("G", "u", IntTable([[[90, -80, 70]], [[60, 50, -40]]]), QFormat(True, 8, 7), groups=2),
        Output("y", "G"),
    )
    graph = Graph("bent", nodes, 0)
    bounds = check(graph)
    made = {one.name: one for one in stimuli(graph, bounds, 20_000, None, 1)}
    held = reached_by(graph, bounds, [("full_scale", made["full_scale"].x_q)])["G"]
    assert held.share < 0.2
    assert reached_by(graph, bounds, [("worst", made["worst_case_G"].x_q)])["G"].share >= ENOUGH


def test_silence_reaches_nothing_and_is_said_to():
    graph = SHOWN["odd"]()
    silence = [Stimulus("silence", np.zeros((2, 500), dtype=np.int64))]
    found = coverage(graph, check(graph), silence)
    assert found.untested == ["u", "a", "c", "v", "z"]
    assert found.accumulators["K"].share == 0.0
    assert set(found.undecided) == {"K", "Phi", "f", "Psi"}  # of G it is shown that no input drives it to its bound
    assert largest_accumulator(graph, check(graph), "G").value < ENOUGH * found.accumulators["G"].largest


def test_the_share_counts_the_larger_end_and_open_is_what_is_neither_reached_nor_excluded():
    reach = Reach((-100, 50), (-95, 3), "step")
    assert (reach.share, reach.enough, reach.undecided) == (0.95, True, False)
    low = Reach((-100, 50), (-10, 45), "step")
    assert (low.share, low.enough, low.undecided) == (0.45, False, True)
    assert not Reach((-100, 50), (-10, 45), "step", 89).undecided
    assert Reach((-100, 50), (-10, 45), "step", 90).undecided
    assert Reach((0, 0), (0, 0), "step").share == 1.0


def test_the_json_of_coverage():
    data = json.loads(json.dumps(covered(SHOWN["gain_square"]()).to_json()))
    assert data.keys() == {"accumulators", "accumulators_undecided", "ties", "ties_untested"}
    assert data["accumulators"]["G"].keys() == {"bound", "reached", "share", "stimulus", "possible", "note"}
    assert data["accumulators"]["K"]["share"] == 1.0
    assert data["accumulators"]["p"]["note"] == "no value of u drives it beyond 60.0%"
