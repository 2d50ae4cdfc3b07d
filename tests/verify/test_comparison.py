"""Counting and locating differences, tolerance zero."""

import json

import numpy as np
import pytest
from demo_models import demo_model, full_scale_noise
from hypothesis import given
from hypothesis import strategies as st

from pimdeploy.verify.comparison import Difference, count_mismatches, first_difference, locate
from pimdeploy.verify.stimuli.ties import reference_of

ZEROS = np.zeros((2, 5), dtype=np.int64)


def changed(*places):
    signal = ZEROS.copy()
    for channel, sample, value in places:
        signal[channel, sample] = value
    return signal


def test_equal_signals_have_no_difference():
    assert first_difference(ZEROS, ZEROS.copy()) is None
    assert count_mismatches(ZEROS, ZEROS.copy()) == 0


def test_the_earliest_sample_comes_first_then_the_lowest_channel():
    got = changed((0, 3, 1), (1, 2, 7), (1, 3, 1))
    assert first_difference(ZEROS, got) == Difference(channel=1, sample=2, expected=0, got=7)
    assert first_difference(ZEROS, changed((0, 3, 4), (1, 3, 5))) == Difference(0, 3, 0, 4)
    assert count_mismatches(ZEROS, got) == 3


@pytest.mark.parametrize(
    ("got", "first", "count"),
    [
        (np.zeros((2, 4), dtype=np.int64), Difference(0, 4, 0, None), 2),
        (np.zeros((2, 6), dtype=np.int64), Difference(0, 5, None, 0), 2),
        (np.zeros((1, 5), dtype=np.int64), Difference(1, 0, 0, None), 5),
        (np.zeros((3, 6), dtype=np.int64), Difference(2, 0, None, 0), 8),
        (np.zeros((2, 0), dtype=np.int64), Difference(0, 0, 0, None), 10),
        (np.full((1, 5), 9, dtype=np.int64), Difference(0, 0, 0, 9), 10),
    ],
)
def test_what_only_one_signal_has_differs(got, first, count):
    assert first_difference(ZEROS, got) == first
    assert count_mismatches(ZEROS, got) == count


@given(st.data())
def test_first_difference_and_count_equal_a_plain_loop(data):
    shape = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 8)))
    values = st.lists(st.integers(0, 1), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    expected, got = (np.array(data.draw(values), dtype=np.int64).reshape(shape) for _ in range(2))
    places = [(n, c) for n in range(shape[1]) for c in range(shape[0]) if expected[c, n] != got[c, n]]
    assert count_mismatches(expected, got) == len(places)
    found = first_difference(expected, got)
    assert (None if found is None else (found.sample, found.channel)) == (min(places) if places else None)


def test_locate_names_the_first_node_of_the_graph():
    graph = demo_model().graph
    expected = reference_of(graph).trace(full_scale_noise(100))
    got = {name: values.copy() for name, values in reversed(expected.items())}
    got["z"][0, 3] += 1
    got["a"][5, 40] -= 2
    del got["K"]
    found = locate(expected, got, graph)
    value = int(expected["a"][5, 40])
    assert found == Difference(5, 40, value, value - 2, "a")
    assert str(found) == f"node a, channel 5, sample 40: expected {value}, got {value - 2}"
    assert locate(expected, expected, graph) is None


def test_a_difference_is_json():
    found = first_difference(ZEROS, changed((1, 2, -3)), "z")
    assert json.loads(json.dumps(found.to_json())) == {
        "channel": 1, "sample": 2, "expected": 0, "got": -3, "node": "z",
    }  # fmt: skip
