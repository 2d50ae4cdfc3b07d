"""The oracle against the NumPy reference: two programs that share data and no line of arithmetic."""

import json
from typing import Any

import numpy as np
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model, full_scale_noise
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_graphs

from firmware_ref import Reference
from oracle.oracle import Oracle
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import tables, to_json
from pimdeploy.datapath.model import Model

WORD_LENGTHS = [(16, 16), (8, 8), (12, 12), (6, 12)]


def ties(n_samples: int) -> np.ndarray[Any, Any]:
    """Both full-scale codes, zeros and small values of both signs: what saturates and what ties."""
    values = [-(1 << 15), (1 << 15) - 1, 0, 1, -1, 1 << 14, -(1 << 14), 2, -2, 3, -3]
    rng = np.random.default_rng(3)
    return rng.choice(np.array(values, dtype=np.int64), size=(2, n_samples))


def mismatches(model: Model, form: str, x_q: np.ndarray[Any, Any]) -> dict[str, int]:
    """Differing samples by node: every node of the oracle, the output included."""
    graph, arrays = json.loads(to_json(model.graph)), tables(model.graph)
    output, expected = Oracle(graph, {name: table.tolist() for name, table in arrays.items()}, form).run(x_q.tolist())
    traced = Reference(graph, arrays, form).trace(x_q)
    processed = Reference(graph, arrays, form).process(x_q)
    shared = set(expected) & set(traced)
    assert {"K", "u", "a", "f", "c", "v", "z"} <= shared
    found = {name: int(np.count_nonzero(np.array(expected[name]) != traced[name])) for name in sorted(shared)}
    assert processed.shape == x_q.shape
    return found | {"output": int(np.count_nonzero(np.array(output) != processed))}


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize(("weight_bits", "activation_bits"), WORD_LENGTHS)
def test_no_mismatch_in_any_rounding(rounding: Rounding, weight_bits: int, activation_bits: int) -> None:
    model = demo_model(2, weight_bits, activation_bits, rounding)
    x_q = np.concatenate([full_scale_noise(700), ties(400)], axis=1)
    for form in ("table", "basis"):
        assert not any(mismatches(model, form, x_q).values())


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize(("weight_bits", "activation_bits"), WORD_LENGTHS)
def test_no_mismatch_where_words_wrap(form: str, weight_bits: int, activation_bits: int) -> None:
    model = demo_model(3, weight_bits, activation_bits, overflow=Overflow.WRAP)
    x_q = np.concatenate([full_scale_noise(600), ties(400)], axis=1)
    assert not any(mismatches(model, form, x_q).values())


@pytest.mark.parametrize(
    "sizes",
    [
        {"M_N": 2, "M_K": 5, "N": 12},
        {"M_K": 1, "M_a": 1, "N": 2, "M_G": 1},
        {"symmetry": "plain", "functions": 4},
        {"symmetry": "even", "functions": 8, "M_N": 2},
    ],
)
def test_no_mismatch_at_other_sizes(sizes: dict[str, int]) -> None:
    model = demo_model(4, **sizes)
    for form in ("table", "basis"):
        assert not any(mismatches(model, form, full_scale_noise(500)).values())


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("name", GRAPHS)
def test_no_mismatch_on_every_kind_of_node(name: str, form: str) -> None:
    graph = GRAPHS[name]()
    channels = graph.input.channels
    x_q = np.concatenate([full_scale_noise(300, channels), full_scale_noise(300, channels, bits=9)], axis=1)
    data, arrays = json.loads(to_json(graph)), tables(graph)
    _, expected = Oracle(data, {key: table.tolist() for key, table in arrays.items()}, form).run(x_q.tolist())
    traced = Reference(data, arrays, form).trace(x_q)
    assert {key: value.tolist() for key, value in traced.items()} == expected


@given(random_graphs(), st.sampled_from(["table", "basis"]))
@settings(max_examples=100, deadline=None)
def test_no_mismatch_on_any_graph(made: tuple[dict[str, Any], dict[str, Any]], form: str) -> None:
    graph, arrays = made
    channels = graph["nodes"][0]["channels"]
    x_q = np.concatenate([full_scale_noise(30, channels), np.full((channels, 3), -(1 << 15))], axis=1)
    _, expected = Oracle(graph, {name: table.tolist() for name, table in arrays.items()}, form).run(x_q.tolist())
    traced = Reference(graph, arrays, form).trace(x_q)
    assert {name: value.tolist() for name, value in traced.items()} == expected
