"""Stimuli reach the corners that they name: bounds, ties, ends of the range; and they repeat."""

import json

import numpy as np
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model, full_scale_noise
from hypothesis import given, settings
from hypothesis import strategies as st

from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import QFormat, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Magnitude, MagnitudeKind, Output, Rectify, Requantize
from pimdeploy.errors import InputError
from pimdeploy.verify.stimuli.responses import dense_taps
from pimdeploy.verify.stimuli.signals import TieCount, stimuli, tie_coverage
from pimdeploy.verify.stimuli.ties import (
    SEARCH_BLOCK,
    SEARCH_BLOCKS,
    SEARCH_PRODUCTS,
    reference_of,
    search_blocks,
    tie_signal,
)
from pimdeploy.verify.stimuli.worst_case import has_own_accumulator, worst_cases

MODEL = demo_model().graph
BOUNDS = check(MODEL)
S16 = QFormat(True, 16, 15)


@pytest.fixture(scope="module")
def found():
    return {stimulus.name: stimulus.x_q for stimulus in stimuli(MODEL, BOUNDS, 50_000, None, 3)}


def grouped_graph():
    rng = np.random.default_rng(5)
    taps = IntTable(rng.integers(-100, 101, size=(4, 2, 3)))
    bias = IntTable(rng.integers(-(1 << 20), 1 << 20, size=4))
    nodes = (
        Input("x", 4, S16),
        Convolution("k", "x", taps, QFormat(True, 8, 7), bias, groups=2, dilation=3),
        Requantize("r", "k", QFormat(True, 14, 11)),
        Output("y", "r"),
    )
    return Graph("grouped", nodes, 0)


def rectified_graph(slope_log2, bits=24):
    """Thirty-two input channels, few of them read by each output, and a shift that no search finds ties of."""
    most = 1 << (bits - 2)
    taps = IntTable(np.random.default_rng(2).integers(-most, most, size=(8, 4, 2)) | 1)
    nodes = (
        Input("x", 32, S16),
        Convolution("k", "x", taps, QFormat(True, bits, bits), groups=8),
        Rectify("l", "k", slope_log2),
        Requantize("r", "l", QFormat(True, 16, 14)),
        Output("y", "r"),
    )
    return Graph("rectified", nodes, 0)


def test_every_corner_has_its_stimulus(found):
    assert list(found)[:9] == [
        "impulse", "step", "worst_case_K", "worst_case_Phi", "worst_case_Psi", "worst_case_G",
        "full_scale", "most_negative", "rounding_ties",
    ]  # fmt: skip
    assert {"overdrive", "sparse", "uniform", "gaussian_3db"} <= set(found)
    assert "capture" not in found


@given(st.integers(1, 30_000), st.integers(0, 5))
@settings(max_examples=5, deadline=None)
def test_the_total_is_exact_and_the_format_kept(samples, seed):
    made = stimuli(MODEL, BOUNDS, samples, full_scale_noise(2000, bits=14), seed)
    assert sum(stimulus.x_q.shape[1] for stimulus in made) == samples
    assert len({stimulus.name for stimulus in made}) == len(made)
    for stimulus in made:
        assert stimulus.x_q.dtype == np.int64
        assert stimulus.x_q.shape[0] == 2
        assert -32768 <= stimulus.x_q.min() <= stimulus.x_q.max() <= 32767


def test_the_seed_decides_everything(found):
    again = {stimulus.name: stimulus.x_q for stimulus in stimuli(MODEL, BOUNDS, 50_000, None, 3)}
    other = {stimulus.name: stimulus.x_q for stimulus in stimuli(MODEL, BOUNDS, 50_000, None, 4)}
    for name, x_q in found.items():
        np.testing.assert_array_equal(x_q, again[name])
    assert not np.array_equal(found["uniform"], other["uniform"])
    np.testing.assert_array_equal(found["impulse"], other["impulse"])


def test_the_impulse_shows_every_tap_of_every_channel(found):
    trace = reference_of(MODEL).trace(found["impulse"])["K"]
    taps = dense_taps(MODEL.node("K"))
    for channel in range(2):
        for value in (32767, -32768):
            (at,) = np.flatnonzero(found["impulse"][channel] == value)
            np.testing.assert_array_equal(trace[:, at : at + 7], taps[:, channel] * value)


def test_step_and_held_signals_reach_both_ends(found):
    for name in ("step", "full_scale"):
        assert {-32768, 32767} <= set(found[name][0].tolist()) & set(found[name][1].tolist())
    assert np.unique(found["most_negative"]).tolist() == [-32768]
    assert found["most_negative"].shape[1] > MODEL.memory


@pytest.mark.parametrize(
    "graph",
    [MODEL, grouped_graph(), GRAPHS["even"](), GRAPHS["layers"](), rectified_graph(None, 16)],
    ids=["demo", "grouped", "even", "layers", "32 channels"],
)
def test_the_first_convolution_reaches_its_bound_exactly(graph):
    bounds = check(graph)
    node = next(node for node in graph.nodes if isinstance(node, Convolution))
    values = reference_of(graph).trace(worst_cases(graph, bounds, np.random.default_rng(1))[node.name])[node.name]
    reached = tuple(zip(values.min(axis=1).tolist(), values.max(axis=1).tolist(), strict=True))
    assert reached == bounds[node.name].ranges


def test_deeper_convolutions_go_farther_than_random_signals(found):
    reference = reference_of(MODEL)
    for name in ("Phi", "Psi", "G"):
        matched = np.abs(reference.trace(found[f"worst_case_{name}"])[name]).max()
        assert matched >= np.abs(reference.trace(found["uniform"])[name]).max()


@pytest.mark.parametrize("name", GRAPHS)
def test_worst_cases_of_every_kind_of_graph_go_farther_than_random_signals(name):
    graph = GRAPHS[name]()
    bounds = check(graph)
    reference = reference_of(graph)
    x = graph.input
    noise = np.random.default_rng(1).integers(x.format.min_q, x.format.max_q + 1, size=(x.channels, 2000))
    traced = reference.trace(noise)
    signals = worst_cases(graph, bounds, np.random.default_rng(2))
    assert {node.name for node in graph.nodes if isinstance(node, Convolution)} <= set(signals)
    assert list(signals) == [node.name for node in graph.nodes if node.name in signals and has_own_accumulator(node)]
    for node, x_q in signals.items():
        assert np.abs(reference.trace(x_q)[node]).max() >= np.abs(traced[node]).max()


@pytest.mark.parametrize(("weight_bits", "activation_bits"), [(16, 16), (12, 12), (8, 8)])
@pytest.mark.parametrize("rounding", [Rounding.HALF_UP, Rounding.HALF_EVEN])
def test_ties_are_met_at_every_requantizer(weight_bits, activation_bits, rounding):
    graph = demo_model(weight_bits=weight_bits, activation_bits=activation_bits, rounding=rounding).graph
    bounds = check(graph)
    coverage = tie_coverage(graph, bounds, [tie_signal(graph, bounds, np.random.default_rng(1))])
    assert list(coverage) == ["u", "a", "c", "v", "z"]
    for count in coverage.values():
        assert count.possible
        assert min(count.positive, count.negative) > 0


@pytest.mark.parametrize("name", GRAPHS)
def test_ties_are_met_at_every_requantizer_of_every_kind_of_graph(name):
    graph = GRAPHS[name]()
    bounds = check(graph)
    coverage = tie_coverage(graph, bounds, [tie_signal(graph, bounds, np.random.default_rng(1))])
    assert list(coverage) == [node.name for node in graph.nodes if isinstance(node, Requantize)]
    assert [name for name, count in coverage.items() if count.untested] == []


@pytest.mark.parametrize("symmetry", ["even", "plain"])
def test_ties_are_met_with_eight_antennas(symmetry):
    graph = demo_model(symmetry=symmetry, n_tx=8, n_rx=8, M_K=3, M_G=3).graph
    bounds = check(graph)
    coverage = tie_coverage(graph, bounds, [tie_signal(graph, bounds, np.random.default_rng(1))])
    assert [name for name, count in coverage.items() if count.untested] == []
    for name in ("u", "a", "v", "z"):
        assert min(coverage[name].positive, coverage[name].negative) > 0


@pytest.mark.parametrize(("slope_log2", "signs"), [(3, (1, -1)), (0, (1, -1)), (None, (1,))])
def test_constructed_ties_look_through_a_rectifier(slope_log2, signs):
    graph = rectified_graph(slope_log2)
    bounds = check(graph)
    count = tie_coverage(graph, bounds, [tie_signal(graph, bounds, np.random.default_rng(1))])["r"]
    assert count.possible
    assert (count.positive >= 8, count.negative >= 8) == (1 in signs, -1 in signs)


def test_a_requantizer_that_no_search_reaches_is_named_untested():
    assert TieCount(0, 0, True).untested
    assert not TieCount(0, 0, False).untested
    assert not TieCount(0, 3, True).untested


def test_ties_are_impossible_where_the_bounds_say_so():
    # I^2 + Q^2 is never negative; of a 16-bit shift below 2^15 nothing is half.
    nodes = (
        Input("x", 2, QFormat(True, 8, 7)),
        Magnitude("m", "x", MagnitudeKind.SQUARE),
        Requantize("r", "m", QFormat(False, 8, 8)),
        Requantize("far", "r", QFormat(True, 8, -8)),
        Output("y", "far"),
    )
    graph = Graph("energy", nodes, 0)
    bounds = check(graph)
    coverage = tie_coverage(graph, bounds, [tie_signal(graph, bounds, np.random.default_rng(1))])
    assert coverage["r"].positive >= 12
    assert coverage["r"].negative == 0
    assert not coverage["far"].possible


def test_the_search_of_a_wide_network_is_bounded_by_its_products():
    taps = IntTable(np.ones((64, 64, 5)))
    nodes = (Input("x", 64, S16), Convolution("k", "x", taps, QFormat(True, 8, 7)), Output("y", "k"))
    wide = Graph("wide", nodes, 0)
    assert search_blocks(wide) * SEARCH_BLOCK * 64 * 64 * 5 <= SEARCH_PRODUCTS
    assert search_blocks(MODEL) == SEARCH_BLOCKS


def test_ties_tell_the_roundings_apart():
    signal = tie_signal(MODEL, BOUNDS, np.random.default_rng(1))
    outputs = [reference_of(demo_model(rounding=rounding).graph).process(signal) for rounding in Rounding]
    for first in range(4):
        for second in range(first):
            assert (outputs[first] != outputs[second]).any()


def test_constructed_ties_reach_shifts_that_no_search_would():
    graph = demo_model(weight_bits=24, activation_bits=24).graph
    bounds = check(graph)
    count = tie_coverage(graph, bounds, [tie_signal(graph, bounds, np.random.default_rng(1))])["u"]
    assert min(count.positive, count.negative) >= 12


def test_coverage_counts_ties_across_blocks_and_says_what_is_impossible():
    taps = IntTable([[[1, 0]], [[0, 1]]])
    nodes = (
        Input("x", 2, S16),
        Convolution("k", "x", taps, QFormat(True, 8, 0), groups=2),
        Requantize("half", "k", QFormat(True, 16, 14)),
        Requantize("same", "half", QFormat(True, 16, 14)),
        Output("y", "same"),
    )
    graph = Graph("plain", nodes, 0)
    x_q = np.zeros((2, 40_000), dtype=np.int64)
    x_q[:, [5, 16_383, 39_998]] = 7
    x_q[:, [6, 16_384]] = -7
    coverage = tie_coverage(graph, check(graph), [x_q, x_q[:, :10]])
    assert json.loads(json.dumps({name: count.to_json() for name, count in coverage.items()})) == {
        "half": {"positive": 8, "negative": 6, "possible": True},
        "same": {"positive": 0, "negative": 0, "possible": False},
    }


def test_the_capture_is_used_and_overdriven():
    capture = full_scale_noise(900, bits=15)
    made = {stimulus.name: stimulus.x_q for stimulus in stimuli(MODEL, BOUNDS, 40_000, capture, 1)}
    np.testing.assert_array_equal(made["capture"], capture)
    np.testing.assert_array_equal(made["overdrive"], 2 * capture)
    loud = {stimulus.name: stimulus.x_q for stimulus in stimuli(MODEL, BOUNDS, 40_000, 2 * capture, 1)}
    np.testing.assert_array_equal(loud["overdrive"], np.clip(4 * capture, -32768, 32767))


def test_errors():
    with pytest.raises(InputError, match=r"^samples = 0; expected 1 or more$"):
        stimuli(MODEL, BOUNDS, 0)
    with pytest.raises(InputError, match=r"^capture of shape \(4, 9\); expected \(2, samples\)$"):
        stimuli(MODEL, BOUNDS, 100, np.zeros((4, 9), dtype=np.int64))
    with pytest.raises(InputError, match=r"^capture leaves the range of s16\.15; expected integers"):
        stimuli(MODEL, BOUNDS, 100, np.full((2, 9), 40_000))
