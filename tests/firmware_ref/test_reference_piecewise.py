"""Piecewise-linear functions: every 8-bit argument, every symmetry, both forms, several tables and outputs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_ints import basis_form, table_form
from reference_graphs import S8, S16, Sketch, number_format

SYMMETRIES = ["odd", "even", "plain", "index"]
U8 = number_format(False, 8, 8)


def every_argument(symmetry, channels):
    every = np.arange(256) if symmetry == "index" else np.arange(-128, 128)
    return np.stack([np.roll(every, 17 * channel) for channel in range(channels)])


def sketch_of(symmetry, slopes, m, channels=2, **facts):
    sketch = Sketch(channels, U8 if symmetry == "index" else S8)
    sketch.piecewise(slopes, m, symmetry, "f", **facts)
    return sketch


def expected_of(symmetry, a, slopes, first_base, m):
    t = a + 128 if symmetry == "plain" else abs(a)
    bases = [first_base + sum(slopes[:s]) for s in range(len(slopes))]
    value = table_form(t, slopes, bases, m)
    weights = [after - before for before, after in zip([0, *slopes], slopes, strict=False)]
    assert value == basis_form(t, weights, first_base, m)
    return -value if symmetry == "odd" and a < 0 else value


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("symmetry", SYMMETRIES)
@pytest.mark.parametrize("m", [0, 3, 5, 7, 8, 11, 40])
@pytest.mark.parametrize("segments", [1, 7, 32])
def test_every_argument_of_every_symmetry(form, symmetry, m, segments):
    slopes = np.random.default_rng(m).integers(-900, 900, size=(1, segments))
    first = 0 if symmetry == "odd" else (-345 if m < 20 else 3)
    x_q = every_argument(symmetry, 2)
    got = sketch_of(symmetry, slopes, m, first_bases=first).reference(form).process(x_q)
    for values, arguments in zip(got.tolist(), x_q.tolist(), strict=True):
        assert values == [expected_of(symmetry, a, slopes[0].tolist(), first, m) for a in arguments]


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("symmetry", SYMMETRIES)
@pytest.mark.parametrize(("channels", "functions", "outputs"), [(6, 2, 1), (6, 3, 2), (6, 6, 3), (6, 1, 4), (5, 5, 1)])
def test_channels_read_their_own_functions(form, symmetry, channels, functions, outputs):
    rng = np.random.default_rng(functions)
    slopes = rng.integers(-900, 900, size=(functions * outputs, 9))
    first = rng.integers(-500, 500, size=functions * outputs) * (symmetry != "odd")
    x_q = every_argument(symmetry, channels)
    got = sketch_of(symmetry, slopes, 4, channels, first_bases=first, outputs=outputs).reference(form).process(x_q)
    assert len(got) == channels * outputs
    for c in range(channels):
        for j in range(outputs):
            row = (c * functions // channels) * outputs + j
            numbers = slopes[row].tolist(), int(first[row]), 4
            assert got[c * outputs + j].tolist() == [expected_of(symmetry, a, *numbers) for a in x_q[c].tolist()]


def test_by_hand():
    """f: 10 at 0, slope 3 up to t = 4, then slope -2; one LSB of a base is 2^m = 4 of the result."""
    at = {"odd": [-128, -5, -1, 0, 3, 4, 127], "index": [0, 1, 4, 5, 255]}
    odd = sketch_of("odd", [[3, -2]], 2).reference().process(np.array([at["odd"]] * 2))[0]
    assert odd.tolist() == [-(12 - 2 * 124), -10, -3, 0, 9, 12, 12 - 2 * 123]
    even = sketch_of("even", [[3, -2]], 2, first_bases=10).reference().process(np.array([at["odd"]] * 2))[0]
    assert even.tolist() == [40 + 12 - 248, 50, 43, 40, 49, 52, 52 - 246]
    plain = sketch_of("plain", [[3, -2]], 2, first_bases=10).reference().process(np.array([at["odd"]] * 2))[0]
    assert plain.tolist() == [40, *(52 - 2 * (a + 124) for a in at["odd"][1:])]
    index = sketch_of("index", [[3, -2]], 2, first_bases=10).reference().process(np.array([at["index"]] * 2))[0]
    assert index.tolist() == [40, 43, 52, 50, 52 - 2 * 251]


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("m", [0, 5, 11, 14, 20])
@pytest.mark.parametrize("shared", [True, False])
def test_odd_functions_equal_the_basis_of_the_paper(form, m, shared):
    """papers/003, equation (5): the sum of w[k] (max(a - x_k, 0) - max(-a - x_k, 0)), on every 16-bit argument."""
    sketch = Sketch(form=S16)
    sketch.piecewise(np.random.default_rng(m).integers(-9000, 9000, size=(1 if shared else 2, 12)), m, name="f")
    every = np.arange(-32768, 32768)
    got = sketch.reference(form).process(np.stack([every, every[::-1]]))
    for channel, a in enumerate((every, every[::-1])):
        row = sketch.tables["f.weights"][0 if shared else channel]
        parts = [w * (np.maximum(a - (k << m), 0) - np.maximum(-a - (k << m), 0)) for k, w in enumerate(row)]
        np.testing.assert_array_equal(got[channel], sum(parts))


@given(
    st.sampled_from(SYMMETRIES),
    st.lists(st.integers(-32767, 32767), min_size=1, max_size=9),
    st.integers(0, 30),
    st.integers(-(1 << 20), 1 << 20),
    st.tuples(st.integers(-128, 127), st.integers(-128, 127)).map(sorted),
)
@settings(max_examples=150)
def test_ranges_are_the_extremes_over_the_arguments(symmetry, slopes, m, first, ends):
    lo, hi = (end + 128 for end in ends) if symmetry == "index" else ends
    sketch = Sketch(form=U8 if symmetry == "index" else S8)
    sketch.piecewise([slopes], m, symmetry, "f", first_bases=0 if symmetry == "odd" else first)
    stage = sketch.reference()._stages[1]
    arguments = range(lo, hi + 1)
    values = [expected_of(symmetry, a, slopes, 0 if symmetry == "odd" else first, m) for a in arguments]
    function = stage_function(sketch, m)
    assert stage._image(function, (lo, hi)) == (min(values), max(values))


def stage_function(sketch, m):
    from firmware_ref.piecewise import Function

    return Function(sketch.tables["f.slopes"][0].tolist(), sketch.tables["f.bases"][0].tolist(), m)


@pytest.mark.parametrize("form", ["table", "basis"])
def test_segments_out_of_reach_ask_for_no_bits(form):
    sketch = sketch_of("even", [[1] * 2 + [32767] * 14], 58, first_bases=2)
    got = sketch.reference(form).process(np.array([[-128, 127], [0, 1]]))
    assert got.tolist() == [[(2 << 58) + 128, (2 << 58) + 127], [2 << 58, (2 << 58) + 1]]


def test_the_width_of_a_plain_argument_is_that_of_the_format_not_of_the_values():
    sketch = Sketch(form=S8)
    sketch.requantize(6, 5)
    sketch.requantize(12, 5)
    sketch.piecewise([[1, 0]], 11, "plain", frac=0)
    assert sketch.reference().process(np.array([[-128, 127], [0, 0]]))[0].tolist() == [2048 - 32, 2048]


@pytest.mark.parametrize("form", ["table", "basis"])
def test_the_least_argument_of_32_bits(form):
    sketch = Sketch(form=number_format(True, 32, 31))
    sketch.piecewise([[1, 0]], 31, "odd", frac=0)
    least, most = -(1 << 31), (1 << 31) - 1
    got = sketch.reference(form).process(np.array([[least, most, least + 1], [0, 1, -1]]))
    assert got.tolist() == [[least, most, least + 1], [0, 1, -1]]


@pytest.mark.parametrize("form", ["table", "basis"])
def test_a_magnitude_that_leaves_int32_where_the_result_does_not(form):
    sketch = Sketch(form=number_format(True, 32, 31))
    sketch.piecewise([[1, -1]], 30, "even", frac=0)
    stream = sketch.reference(form)
    assert stream._stages[1].carrier == np.int32
    least = -(1 << 31)
    assert stream.process(np.array([[least, least + 1], [1 << 30, 0]])).tolist() == [[0, 1], [1 << 30, 0]]


@pytest.mark.parametrize("form", ["table", "basis"])
def test_products_and_bases_that_leave_int32_where_the_result_does_not(form):
    sketch = Sketch(form=S8)
    sketch.requantize(12, 7)
    sketch.piecewise([[1 << 22]], 4, "plain", first_bases=-(1 << 29), bits=24, frac=0)
    stream = sketch.reference(form)
    assert (stream._stages[2].carrier, stream._stages[2]._work_type) == (np.int32, np.int64)
    assert stream.process(np.array([[-128, 127], [0, 1]])).tolist() == [[-128 << 22, 127 << 22], [0, 1 << 22]]


@pytest.mark.parametrize("form", ["table", "basis"])
def test_the_offset_of_a_plain_function_that_leaves_int32_where_its_arguments_do_not(form):
    sketch = Sketch(form=S8)
    sketch.convolution(np.zeros((2, 2, 1)), bias=[-5, -5], frac=0)
    sketch.requantize(32, 7)
    sketch.piecewise([[1, 0]], 31, "plain", frac=0)
    assert sketch.reference(form).process(np.zeros((2, 2), dtype=np.int64)).tolist() == [[(1 << 31) - 5] * 2] * 2
