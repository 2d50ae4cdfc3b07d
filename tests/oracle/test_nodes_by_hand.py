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
    """x -> nodes -> y, each node reading the one before it unless it says what it reads."""
    made: list[dict[str, Any]] = [{"kind": "input", "name": "x", "channels": channels, "format": S16}]
    for node in nodes:
        made.append({"source": made[-1]["name"]} | node)
    made.append({"kind": "output", "name": "y", "source": made[-1]["name"]})
    return {"schema_version": 2, "name": "hand", "delay_samples": 0, "nodes": made}


def convolution(**fields: Any) -> dict[str, Any]:
    node = {"kind": "convolution", "name": "h", "taps": "h.taps", "taps_format": {"signed": True, "bits": 8, "frac": 6}}
    return node | {"bias": None, "groups": 1, "dilation": 1, "complex": False} | fields


def piecewise(segment_log2: int, symmetry: str = "odd", outputs: int = 1) -> dict[str, Any]:
    names = {"slopes": "f.slopes", "bases": "f.bases", "weights": "f.weights"}
    slopes_format = {"signed": True, "bits": 16, "frac": 14}
    node = {"kind": "piecewise", "name": "f", "symmetry": symmetry, "outputs": outputs, "segment_log2": segment_log2}
    return node | names | {"slopes_format": slopes_format}


def requantize(bits: int, frac: int, rounding: str = "half_up", overflow: str = "saturate") -> dict[str, Any]:
    number_format = {"signed": True, "bits": bits, "frac": frac}
    return {"kind": "requantize", "name": "r", "format": number_format, "rounding": rounding, "overflow": overflow}


def odd_tables(weights: list[int], base: int = 0) -> dict[str, Any]:
    """Slopes and bases as running sums, written out; base is base[0], which an odd function has as 0."""
    slopes = [sum(weights[: s + 1]) for s in range(len(weights))]
    bases = [base + sum(slopes[:s]) for s in range(len(weights))]
    return {"f.weights": [weights], "f.slopes": [slopes], "f.bases": [bases]}


def stacked(*tables: dict[str, Any]) -> dict[str, Any]:
    """Tables of several rows."""
    return {name: [row for table in tables for row in table[name]] for name in tables[0]}


def kind_of(name: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "name": name} | fields


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
    tables = stacked(odd_tables([1, 2]), odd_tables([5, 0]))
    for form in FORMS:
        assert run(graph_of(piecewise(2)), tables, [[6], [6]], form) == [[4 + 3 * 2], [30]]


@pytest.mark.parametrize("form", FORMS)
def test_neighbouring_channels_share_a_function(form: str) -> None:
    # Four channels, two functions: channels 0 and 1 use the first, 2 and 3 the second.
    tables = stacked(odd_tables([1]), odd_tables([5]))
    assert run(graph_of(piecewise(2), channels=4), tables, [[1], [2], [3], [4]], form) == [[1], [2], [15], [20]]


@pytest.mark.parametrize("form", FORMS)
def test_outputs_of_a_function_are_neighbouring_channels(form: str) -> None:
    # Two channels, two functions of two outputs each: rows f0 -> 0, 1 and f1 -> 2, 3.
    tables = stacked(*(odd_tables([slope], base) for slope, base in ((1, 0), (2, 10), (3, 20), (4, 30))))
    # m = 1: the base stands on the grid of 2 slopes.
    expected = [[7], [20 + 14], [40 + 27], [60 + 36]]
    assert run(graph_of(piecewise(1, "even", 2)), tables, [[-7], [9]], form) == expected


@pytest.mark.parametrize("form", FORMS)
def test_even_function_of_three_segments(form: str) -> None:
    # base 5 << 2 = 20; slopes 0, 3, -2 from knots 0, 4, 8: f(3) = 20; f(6) = 20 + 3 * 2; f(11) = 20 + 12 - 6; even.
    tables = odd_tables([0, 3, -5], 5)
    x = [[0, 3, 6, 11, -3, -6, -11, -32768]]
    far = 20 + 12 - 2 * (32768 - 8)
    expected = [[20, 20, 26, 26, 20, 26, 26, far]]
    assert run(graph_of(piecewise(2, "even"), channels=1), tables, x, form) == expected


@pytest.mark.parametrize("form", FORMS)
def test_plain_function_begins_at_the_most_negative_code(form: str) -> None:
    # bits = 16, t = a + 32768, m = 14: knots at -32768, -16384, 0, 16384. base 1 << 14; slopes 1, 2, 0, -1.
    tables = odd_tables([1, 1, -2, -1], 1)
    x = [[-32768, -32767, -16384, -16383, 0, 5, 16384, 32767]]
    at_zero = 16384 + 16384 + 2 * 16384
    expected = [[16384, 16385, 32768, 32770, at_zero, at_zero, at_zero, at_zero - 16383]]
    assert run(graph_of(piecewise(14, "plain"), channels=1), tables, x, form) == expected


@pytest.mark.parametrize("form", FORMS)
def test_an_index_is_its_own_argument(form: str) -> None:
    unsigned = requantize(8, 15) | {"format": {"signed": False, "bits": 8, "frac": 15}}
    graph = graph_of(unsigned, piecewise(3, "index"), channels=1)
    # base 2 << 3 = 16; slopes 1, 10: f(0) = 16, f(8) = 24, f(9) = 34; 300 saturates to 255, -4 to 0.
    expected = [[16, 24, 34, 24 + 10 * 247, 16]]
    assert run(graph, odd_tables([1, 9], 2), [[0, 8, 9, 300, -4]], form) == expected


@given(st.data())
def test_the_basis_of_the_paper_is_the_function(data: st.DataObject) -> None:
    # papers/003: odd, sum of w_k (h_k(a) - h_k(-a)); even, sum over k = 1 .. N - 1 of w_k (h_k(a) + h_k(-a)), and 2 w_N.
    w = data.draw(st.lists(st.integers(-50, 50), min_size=1, max_size=6))
    w_n, m = data.draw(st.integers(-50, 50)), data.draw(st.integers(0, 5))
    x = [*range(-130, 131, 7), -(1 << 15), (1 << 15) - 1]

    def ramps(a: int) -> list[tuple[int, int]]:
        return [(max(a - (k << m), 0), max(-a - (k << m), 0)) for k in range(len(w))]

    odd = [sum(w_k * (h - g) for w_k, (h, g) in zip(w, ramps(a), strict=True)) for a in x]
    even = [sum(w_k * (h + g) for w_k, (h, g) in zip([0, *w[1:]], ramps(a), strict=True)) + (2 * w_n << m) for a in x]
    for form in FORMS:
        assert run(graph_of(piecewise(m), channels=1), odd_tables(w), [x], form) == [odd]
        tables = odd_tables([0, *w[1:]], 2 * w_n)
        assert run(graph_of(piecewise(m, "even"), channels=1), tables, [x], form) == [even]


def test_a_delay_begins_with_zeros() -> None:
    graph = graph_of(kind_of("d", "delay", samples=2, lag=False))
    assert run(graph, {}, [[1, 2, 3, 4], [5, 6, 7, 8]]) == [[0, 0, 1, 2], [0, 0, 5, 6]]
    assert run(graph, {}, [[1], [5]]) == [[0], [0]]


def magnitude(kind: str, *coefficients: int) -> dict[str, Any]:
    alpha, beta, frac = coefficients or (0, 0, 0)
    return kind_of("m", "magnitude", magnitude=kind, alpha=alpha, beta=beta, coefficients_frac=frac)


def test_magnitudes_of_pairs() -> None:
    # 3-4-5; |(-5, 5)| = 7.07; the largest, 2^15.5 = 46340.95; two pairs become two channels.
    x = [[3, -5, -32768], [-4, 5, -32768], [0, 1, 8], [0, 0, 15]]
    assert run(graph_of(magnitude("sqrt"), channels=4), {}, x) == [[5, 7, 46340], [0, 1, 17]]
    assert run(graph_of(magnitude("square"), channels=4), {}, x) == [[25, 50, 1 << 31], [0, 1, 289]]
    # 7 max + 3 min; 4 max + 1 min, whose coefficients are powers of two.
    for alpha, beta in ((7, 3), (4, 1)):
        expected = [[4 * alpha + 3 * beta, 5 * alpha + 5 * beta, (1 << 15) * (alpha + beta)]]
        expected += [[0, alpha, 15 * alpha + 8 * beta]]
        assert run(graph_of(magnitude("alpha_beta", alpha, beta, 3), channels=4), {}, x) == expected


@given(i=st.integers(-(1 << 15), (1 << 15) - 1), q=st.integers(-(1 << 15), (1 << 15) - 1))
def test_the_root_is_the_largest_integer_whose_square_is_no_more(i: int, q: int) -> None:
    ((r,),) = run(graph_of(magnitude("sqrt")), {}, [[i], [q]])
    assert r**2 <= i**2 + q**2 < (r + 1) ** 2


@pytest.mark.parametrize(("kind", "gained"), [("sqrt", 0), ("square", 15), ("alpha_beta", 3)])
def test_fractions_behind_a_magnitude(kind: str, gained: int) -> None:
    # Requantized to the fraction that it has: nothing is shifted out.
    oracle = Oracle(graph_of(magnitude(kind, 9, 4, 3 if kind == "alpha_beta" else 0), requantize(40, 15 + gained)), {})
    assert oracle.frac["m"] == oracle.frac["r"] == 15 + gained


def test_products_channel_by_channel_and_complex() -> None:
    multiply = kind_of("p", "multiply", source="x", other="x", complex=False)
    assert run(graph_of(multiply), {}, [[3, -4], [5, 6]]) == [[9, 16], [25, 36]]
    # (3 + 5j)^2 = 9 - 25 + 30j; (-4 + 6j)^2 = 16 - 36 - 48j.
    squared = graph_of(multiply | {"complex": True})
    assert run(squared, {}, [[3, -4], [5, 6]]) == [[-16, -20], [30, -48]]
    assert Oracle(squared, {}).frac["p"] == 30


def test_a_complex_product_is_that_of_its_operands() -> None:
    # x times x delayed by one: (2 + 3j)(5 + 7j) = -11 + 29j.
    late = kind_of("d", "delay", samples=1, lag=True)
    graph = graph_of(late, kind_of("p", "multiply", source="d", other="x", complex=True))
    assert run(graph, {}, [[2, 5], [3, 7]]) == [[0, -11], [0, 29]]


def test_three_products_give_the_integers_of_four() -> None:
    # (3 + 5j)^2: S1 = 3 * 8, S2 = 2 * 3, S3 = 8 * 5; I = 24 - 40, Q = 24 + 6.
    squared = graph_of(kind_of("p", "multiply", source="x", other="x", complex=True, products="three"))
    assert run(squared, {}, [[3, -4], [5, 6]]) == [[-16, -20], [30, -48]]
    taps = {"h.taps": [[[[2, 7], [-3, 1]]]], "h.bias": [100, -100]}
    graphs = [graph_of(convolution(complex=True, bias="h.bias", products=products)) for products in ("four", "three")]
    four, three = (run(graph, taps, [[1, 2, -3], [4, 0, 5]]) for graph in graphs)
    # n = 0: (2 - 3j)(1 + 4j) = 14 + 5j.
    assert [channel[0] for channel in three] == [114, -95]
    assert three == four
    with pytest.raises(ValueError, match=r"^node h: products 'two' is not in docs/spec/datapath.md$"):
        run(graph_of(convolution(complex=True, products="two")), taps, [[1], [4]])


def test_sums_and_concatenations_align_to_the_largest_fraction() -> None:
    # x has frac 15, r frac 17: x counts four times.
    fine = requantize(24, 17)
    total = graph_of(fine, kind_of("s", "add", sources=["x", "r", "x"]), channels=1)
    assert run(total, {}, [[1, -2]]) == [[4 + 4 + 4, -24]]
    assert Oracle(total, {}).frac["s"] == 17
    coarse = requantize(16, 13)
    beside = graph_of(coarse, kind_of("s", "concatenate", sources=["r", "x"]), channels=1)
    assert run(beside, {}, [[4, -8]]) == [[4, -8], [4, -8]]


def test_rectifiers() -> None:
    leaky = graph_of(kind_of("l", "rectify", slope_log2=3), channels=1)
    assert run(leaky, {}, [[5, 0, -5]]) == [[40, 0, -5]]
    assert Oracle(leaky, {}).frac["l"] == 18
    relu = graph_of(kind_of("l", "rectify", slope_log2=None), channels=1)
    assert run(relu, {}, [[5, 0, -5]]) == [[5, 0, 0]]
    assert Oracle(relu, {}).frac["l"] == 15


def test_a_selection_names_channels_in_any_order() -> None:
    graph = graph_of(kind_of("s", "select", channels=[1, 0, 1]))
    assert run(graph, {}, [[1, 2], [3, 4]]) == [[3, 4], [1, 2], [3, 4]]


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
        ({"kind": "fft", "name": "d"}, "node d: kind 'fft' is not in docs/spec/datapath.md"),
        (piecewise(2, "half"), "node f: symmetry 'half' is not in docs/spec/datapath.md"),
        (magnitude("max"), "node m: magnitude 'max' is not in docs/spec/datapath.md"),
        (requantize(8, 15, overflow="clip"), "node r: overflow 'clip' is not in docs/spec/fixed_point.md"),
    ],
)
def test_what_the_spec_does_not_know_is_refused(node: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        run(graph_of(node), odd_tables([1]), [[1], [1]])


def test_a_plain_function_needs_the_word_length_of_its_argument() -> None:
    graph = graph_of(kind_of("l", "rectify", slope_log2=None), piecewise(2, "plain"), channels=1)
    with pytest.raises(ValueError, match=r"^node f: the word length of l is not stated$"):
        run(graph, odd_tables([1]), [[1]])


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
