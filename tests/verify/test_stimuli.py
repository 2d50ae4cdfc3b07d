"""Stimuli reach the corners that they name: bounds, ties, ends of the range; and they repeat."""

import json

import numpy as np
import pytest
from demo_models import demo_model, full_scale_noise
from hypothesis import given, settings
from hypothesis import strategies as st

from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import QFormat, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Requantize
from pimdeploy.errors import InputError
from pimdeploy.verify.stimuli import stimuli, tie_coverage
from pimdeploy.verify.ties import reference_of, tie_signal
from pimdeploy.verify.worst_case import dense_taps, worst_cases

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


@pytest.mark.parametrize("graph", [MODEL, grouped_graph()], ids=["demo", "grouped"])
def test_the_first_convolution_reaches_its_bound_exactly(graph):
    bounds = check(graph)
    node = next(node for node in graph.nodes if isinstance(node, Convolution))
    values = reference_of(graph).trace(worst_cases(graph, bounds)[node.name])[node.name]
    reached = tuple(zip(values.min(axis=1).tolist(), values.max(axis=1).tolist(), strict=True))
    assert reached == bounds[node.name].ranges


def test_deeper_convolutions_go_farther_than_random_signals(found):
    reference = reference_of(MODEL)
    for name in ("Phi", "Psi", "G"):
        matched = np.abs(reference.trace(found[f"worst_case_{name}"])[name]).max()
        assert matched >= np.abs(reference.trace(found["uniform"])[name]).max()


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
