"""Every node kind of the oracle on cases small enough to work out by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.oracle import Channels, Oracle

FORMS = ("table", "basis", "clipped")
S16 = {"signed": True, "bits": 16, "frac": 15}


def graph_of(*nodes: dict[str, Any], channels: int = 2) -> dict[str, Any]:
    """x -> nodes -> y, each node reading the one before it."""
    made: list[dict[str, Any]] = [{"kind": "input", "name": "x", "channels": channels, "format": S16}]
    for node in nodes:
        made.append({**node, "source": made[-1]["name"]})
    made.append({"kind": "output", "name": "y", "source": made[-1]["name"]})
    return {"schema_version": 1, "name": "hand", "delay_samples": 0, "nodes": made}


def convolution(**fields: Any) -> dict[str, Any]:
    node = {"kind": "convolution", "name": "h", "taps": "h.taps", "taps_format": {"signed": True, "bits": 8, "frac": 6}}
    return node | {"bias": None, "groups": 1, "dilation": 1, "complex": False} | fields


def piecewise(segment_log2: int) -> dict[str, Any]:
    names = {"slopes": "f.slopes", "bases": "f.bases", "weights": "f.weights"}
    slopes_format = {"signed": True, "bits": 16, "frac": 14}
    node = {"kind": "piecewise", "name": "f", "symmetry": "odd", "segment_log2": segment_log2}
    return node | names | {"slopes_format": slopes_format}


def requantize(bits: int, frac: int, rounding: str = "half_up", overflow: str = "saturate") -> dict[str, Any]:
    number_format = {"signed": True, "bits": bits, "frac": frac}
    return {"kind": "requantize", "name": "r", "format": number_format, "rounding": rounding, "overflow": overflow}


def odd_tables(weights: list[int]) -> dict[str, Any]:
    """Slopes and bases as running sums, written out."""
    slopes = [sum(weights[: s + 1]) for s in range(len(weights))]
    bases = [sum(slopes[:s]) for s in range(len(weights))]
    return {"f.weights": [weights], "f.slopes": [slopes], "f.bases": [bases]}


def run(graph: dict[str, Any], tables: dict[str, Any], x: Channels, form: str = "table") -> Channels:
    return Oracle(graph, tables, form).run(x)[0]


def test_convolution_sees_past_samples_and_starts_with_zeros() -> None:
    # y[n] = 2 x[n] + 3 x[n-1]
    graph = graph_of(convolution(), channels=1)
    assert run(graph, {"h.taps": [[[2, 3]]]}, [[1, 10, 100]]) == [[2, 23, 230]]


def test_dilation_spreads_the_taps() -> None:
    # y[n] = 2 x[n] + 3 x[n-2]
    graph = graph_of(convolution(dilation=2), channels=1)
    assert run(graph, {"h.taps": [[[2, 3]]]}, [[1, 10, 100, 1000]]) == [[2, 20, 203, 2030]]


def test_the_bias_is_added_on_the_grid_of_the_result() -> None:
    graph = graph_of(convolution(bias="h.bias"), channels=1)
    assert run(graph, {"h.taps": [[[2]]], "h.bias": [7]}, [[0, 5]]) == [[7, 17]]


def test_a_group_reads_its_own_inputs_only() -> None:
    # Four outputs in two groups of two inputs: outputs 0 and 1 read inputs 0 and 1, outputs 2 and 3 inputs 2 and 3.
    graph = graph_of(convolution(groups=2), channels=4)
    taps = [[[1], [10]], [[2], [20]], [[3], [30]], [[4], [40]]]
    assert run(graph, {"h.taps": taps}, [[1], [2], [3], [4]]) == [[21], [42], [129], [172]]


def test_a_complex_tap_is_a_complex_product() -> None:
    # (2 + 3j)(5 + 7j) = 10 - 21 + (14 + 15)j
    graph = graph_of(convolution(complex=True))
    assert run(graph, {"h.taps": [[[[2], [3]]]]}, [[5], [7]]) == [[-11], [29]]


@given(st.data())
def test_complex_convolution_equals_sums_of_gaussian_integers(data: st.DataObject) -> None:
    small = st.integers(-9, 9)
    pairs = st.tuples(small, small)
    kernel = data.draw(st.lists(pairs, min_size=1, max_size=4))
    signal = data.draw(st.lists(pairs, min_size=1, max_size=6))
    y = run(
        graph_of(convolution(complex=True)),
        {"h.taps": [[[[re for re, _ in kernel], [im for _, im in kernel]]]]},
        [[i for i, _ in signal], [q for _, q in signal]],
    )
    # Floating-point complex numbers are exact on integers this small.
    for n in range(len(signal)):
        expected = sum(complex(*kernel[k]) * complex(*signal[n - k]) for k in range(len(kernel)) if n >= k)
        assert complex(y[0][n], y[1][n]) == expected


@pytest.mark.parametrize("form", FORMS)
def test_odd_function_of_three_segments(form: str) -> None:
    # Knots at 0, 4, 8 (m = 2); slopes 1, 3, -2: f(3) = 3; f(4) = 4; f(6) = 4 + 3 * 2; f(8) = 16; f(11) = 16 - 6; odd.
    tables = odd_tables([1, 2, -5])
    x = [[0, 3, 4, 6, 8, 11, 100, -3, -6, -11]]
    expected = [[0, 3, 4, 10, 16, 10, 16 - 2 * 92, -3, -10, -10]]
    assert run(graph_of(piecewise(2), channels=1), tables, x, form) == expected


@given(st.data())
def test_all_forms_of_a_function_agree_on_every_input(data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(-50, 50), min_size=1, max_size=6))
    graph = graph_of(piecewise(data.draw(st.integers(0, 5))), channels=1)
    x = [[*range(-130, 131, 7), -(1 << 15), (1 << 15) - 1]]
    table, basis, clipped = (run(graph, odd_tables(weights), x, form) for form in FORMS)
    assert table == basis == clipped


def test_each_channel_may_have_its_own_function() -> None:
    one, two = odd_tables([1, 2]), odd_tables([5, 0])
    tables = {name: one[name] + two[name] for name in one}
    for form in FORMS:
        assert run(graph_of(piecewise(2)), tables, [[6], [6]], form) == [[4 + 3 * 2], [30]]


def test_most_negative_code_keeps_its_magnitude() -> None:
    # |-32768| = 32768 is in the last of two segments of 2^14: f = -(16384 * 1 + 16384 * 2).
    for form in FORMS:
        assert run(graph_of(piecewise(14), channels=1), odd_tables([1, 1]), [[-32768]], form) == [[-49152]]


def test_requantize_shifts_by_the_difference_of_the_fractions() -> None:
    # From frac 15 to frac 13: divide by 4, ties up; to frac 17: times 4.
    assert run(graph_of(requantize(16, 13), channels=1), {}, [[6, 5, -6, -7]]) == [[2, 1, -1, -2]]
    assert run(graph_of(requantize(24, 17), channels=1), {}, [[6, -7]]) == [[24, -28]]
    assert run(graph_of(requantize(16, 15), channels=1), {}, [[6, -7]]) == [[6, -7]]


def test_overflow_comes_after_rounding() -> None:
    # 511 / 4 = 127.75 rounds to 128: outside 8 bits. 509 / 4 = 127.25 rounds to 127: inside.
    x = [[511, 509, -514, -515, 2000]]
    assert run(graph_of(requantize(8, 13), channels=1), {}, x) == [[127, 127, -128, -128, 127]]
    wrap = graph_of(requantize(8, 13, overflow="wrap"), channels=1)
    assert run(wrap, {}, x) == [[-128, 127, -128, 127, 500 - 512]]


def test_a_fraction_behind_a_convolution_is_the_sum_of_both() -> None:
    # frac 15 + 6 - 15: a shift by 6, so that a tap of 64 is 1.
    graph = graph_of(convolution(), requantize(16, 15), channels=1)
    assert run(graph, {"h.taps": [[[64]]]}, [[123, -4]]) == [[123, -4]]


@pytest.mark.parametrize("frac", [15 - 63, 15 + 63])
def test_a_shift_of_63_bits_is_refused(frac: int) -> None:
    with pytest.raises(ValueError, match=r"^node r: a shift by -?63 bits is refused$"):
        run(graph_of(requantize(16, frac), channels=1), {}, [[1]])


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"kind": "delay", "name": "d"}, "node d: kind 'delay' is not in docs/spec/datapath.md"),
        (piecewise(2) | {"symmetry": "even"}, "node f: symmetry 'even' is not in docs/spec/datapath.md"),
        (requantize(8, 15, overflow="clip"), "node r: overflow 'clip' is not in docs/spec/fixed_point.md"),
    ],
)
def test_what_the_spec_does_not_know_is_refused(node: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        run(graph_of(node, channels=1), odd_tables([1]), [[1]])


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^form 'lut': expected 'table', 'basis' or 'clipped'$"):
        Oracle(graph_of(), {}, "lut")


def test_load_reads_the_two_files_of_a_bundle(tmp_path: Path) -> None:
    graph = graph_of(convolution(), requantize(16, 15), channels=1)
    (tmp_path / "datapath.json").write_text(json.dumps(graph), encoding="utf-8")
    np.savez(tmp_path / "tables.npz", **{"h.taps": np.array([[[64, -64]]], dtype=np.int64)})
    y, nodes = Oracle.load(tmp_path).run([[5, 7]])
    assert y == [[5, 2]]
    assert nodes == {"x": [[5, 7]], "h": [[320, 128]], "r": [[5, 2]], "y": [[5, 2]]}
    assert all(type(q) is int for channel in y for q in channel)
