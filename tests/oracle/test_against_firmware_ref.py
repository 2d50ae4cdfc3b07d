"""The oracle against the NumPy reference: two programs that share data and no line of arithmetic."""

import json
from typing import Any

import numpy as np
import pytest
from demo_models import demo_model, full_scale_noise
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize("sizes", [{"M_N": 2, "M_K": 5, "N": 12}, {"M_K": 1, "M_a": 1, "N": 2, "M_G": 1}])
def test_no_mismatch_at_other_sizes(sizes: dict[str, int]) -> None:
    model = demo_model(4, **sizes)
    for form in ("table", "basis"):
        assert not any(mismatches(model, form, full_scale_noise(500)).values())


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """A chain of two convolutions, a function and requantizers with any groups, dilation, bias, rounding, overflow."""
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    pairs = draw(st.integers(1, 2))
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    nodes: list[dict[str, Any]] = [
        {"kind": "input", "name": "x", "channels": 2 * pairs, "format": {"signed": True, "bits": 16, "frac": 15}}
    ]

    def append(kind: str, **fields: Any) -> None:
        nodes.append({"kind": kind, "name": f"n{len(nodes)}", "source": nodes[-1]["name"]} | fields)

    def convolution(channels: int) -> None:
        name, is_complex = f"n{len(nodes)}", draw(st.booleans())
        inputs = channels // 2 if is_complex else channels
        groups = draw(st.sampled_from([1, inputs]))
        kernel = draw(st.integers(1, 4))
        shape = (inputs, inputs // groups, 2, kernel) if is_complex else (inputs, inputs // groups, kernel)
        arrays[f"{name}.taps"] = rng.integers(-127, 128, size=shape)
        bias = f"{name}.bias" if draw(st.booleans()) else None
        if bias:
            arrays[bias] = rng.integers(-5000, 5000, size=channels)
        taps_format = {"signed": True, "bits": 8, "frac": draw(st.integers(4, 9))}
        dilation = draw(st.integers(1, 3))
        common = {"taps": f"{name}.taps", "taps_format": taps_format, "bias": bias, "groups": groups}
        append("convolution", **common, dilation=dilation, complex=is_complex)

    def requantize() -> None:
        number_format = {"signed": True, "bits": draw(st.integers(6, 16)), "frac": draw(st.integers(6, 22))}
        rounding, overflow = draw(st.sampled_from(list(Rounding))), draw(st.sampled_from(list(Overflow)))
        append("requantize", format=number_format, rounding=rounding.value, overflow=overflow.value)

    def piecewise(channels: int) -> None:
        name, rows = f"n{len(nodes)}", draw(st.sampled_from([1, channels]))
        weights = rng.integers(-30, 31, size=(rows, draw(st.integers(1, 6))))
        slopes = np.cumsum(weights, axis=1)
        arrays.update({f"{name}.weights": weights, f"{name}.slopes": slopes})
        arrays[f"{name}.bases"] = np.cumsum(slopes, axis=1) - slopes
        names = {table: f"{name}.{table}" for table in ("weights", "slopes", "bases")}
        slopes_format = {"signed": True, "bits": 9, "frac": draw(st.integers(4, 9))}
        m = draw(st.integers(0, 12))
        append("piecewise", symmetry="odd", segment_log2=m, slopes_format=slopes_format, **names)

    convolution(2 * pairs)
    if draw(st.booleans()):
        requantize()
    piecewise(2 * pairs)
    requantize()
    convolution(2 * pairs)
    requantize()
    append("output")
    return {"schema_version": 1, "name": "any", "delay_samples": 0, "nodes": nodes}, arrays


@given(graphs(), st.sampled_from(["table", "basis"]))
@settings(max_examples=60, deadline=None)
def test_no_mismatch_on_any_graph(made: tuple[dict[str, Any], dict[str, Any]], form: str) -> None:
    graph, arrays = made
    channels = graph["nodes"][0]["channels"]
    x_q = np.concatenate([full_scale_noise(30, channels), np.full((channels, 3), -(1 << 15))], axis=1)
    _, expected = Oracle(graph, {name: table.tolist() for name, table in arrays.items()}, form).run(x_q.tolist())
    traced = Reference(graph, arrays, form).trace(x_q)
    assert {name: value.tolist() for name, value in traced.items()} == expected
