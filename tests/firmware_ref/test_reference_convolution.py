"""Convolution: real, complex, grouped, dilated, biased; integers and matrix products give the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_ints import PlainInts
from reference_graphs import Sketch, in_blocks, number_format

import firmware_ref.convolution
from firmware_ref.convolution import EXACT_FLOAT64


def noise(channels, n_samples, seed=7, bits=16):
    half = 1 << (bits - 1)
    return np.random.default_rng(seed).integers(-half, half, size=(channels, n_samples), dtype=np.int64)


def expected_of(sketch, x_q):
    return PlainInts(sketch.graph(), sketch.tables).trace(x_q.tolist())["y"]


@given(
    st.tuples(*[st.integers(1, 3)] * 3, st.integers(1, 5)),
    st.integers(1, 4),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**31),
)
@settings(max_examples=80)
def test_every_shape_equals_python(sizes, dilation, is_complex, biased, seed):
    groups, outputs, inputs, length = sizes
    rng = np.random.default_rng(seed)
    shape = (groups * outputs, inputs, 2, length) if is_complex else (groups * outputs, inputs, length)
    unit = 2 if is_complex else 1
    sketch = Sketch(unit * groups * inputs, seed=seed)
    bias = rng.integers(-(1 << 33), 1 << 33, size=unit * groups * outputs) if biased else None
    facts = {"bias": bias, "groups": groups, "dilation": dilation, "is_complex": is_complex}
    sketch.convolution(sketch.integers(shape, 16), **facts)
    x_q = noise(unit * groups * inputs, 24, seed)
    assert in_blocks(sketch.reference(), x_q, 7).tolist() == expected_of(sketch, x_q)


def test_complex_by_hand():
    """Taps (1 + 2j) and, a sample later, (-3j); x = 5 + 7j, then 1j, then 0."""
    sketch = Sketch()
    sketch.convolution([[[[1, 0], [2, -3]]]], is_complex=True)
    got = sketch.reference().process(np.array([[5, 0, 0], [7, 1, 0]]))
    assert (got[0] + 1j * got[1]).tolist() == [-9 + 17j, -2 + 1j + 21 - 15j, 3 + 0j]


def test_a_filter_for_each_transmitter():
    """Eight complex groups, taps [8, 1, 2, 7]: each pair of channels through its own filter and no other."""
    sketch = Sketch(16)
    taps = sketch.integers((8, 1, 2, 7), 16)
    sketch.convolution(taps, groups=8, is_complex=True)
    x_q = noise(16, 200)
    got = sketch.reference().process(x_q)
    for pair in range(8):
        x = x_q[2 * pair] + 1j * x_q[2 * pair + 1]
        z = np.convolve(x, taps[pair, 0, 0] + 1j * taps[pair, 0, 1])[:200]  # exact: below 2^53
        np.testing.assert_array_equal(got[2 * pair] + 1j * got[2 * pair + 1], z)


LAYERS = {
    "standard": ((32, 64, 5), 1, 1),
    "depthwise": ((64, 1, 5), 64, 2),
    "pointwise": ((48, 64, 1), 1, 1),
    "grouped": ((32, 8, 3), 4, 3),
}


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("block", [1, 37, 500])
def test_layers_of_networks(monkeypatch, layer, block):
    shape, groups, dilation = LAYERS[layer]
    channels = shape[1] * groups
    sketch = Sketch(channels)
    taps, bias = sketch.integers(shape, 16), sketch.integers(shape[0], 40)
    sketch.convolution(taps, bias=bias, groups=groups, dilation=dilation)
    x_q = noise(channels, 500)
    stream = sketch.reference()
    assert stream._stages[1]._dense is (layer != "depthwise")
    got = in_blocks(stream, x_q[:, : 60 if block == 1 else None], block)
    n = got.shape[1]
    expected = np.repeat(bias[:, None], n, axis=1)
    for o in range(shape[0]):
        first = o // (shape[0] // groups) * shape[1]
        for i in range(shape[1]):
            spread = np.zeros(dilation * (shape[2] - 1) + 1, dtype=np.int64)
            spread[::dilation] = taps[o, i]
            expected[o] += np.convolve(x_q[first + i, :n], spread)[:n]
    np.testing.assert_array_equal(got, expected)
    monkeypatch.setattr(firmware_ref.convolution, "EXACT_FLOAT64", 0)
    np.testing.assert_array_equal(in_blocks(sketch.reference(), x_q[:, :n], block), expected)


@pytest.mark.parametrize(("excess", "dense"), [(0, True), (1, False)])
def test_matrix_products_end_where_float64_does(excess, dense):
    """32 inputs at -2^15, taps that are sums to 2^53: the largest partial sum is exact, one more is not tried."""
    taps = np.full((1, 32, 1), -(1 << 33))
    taps[0, -1, 0] -= excess
    sketch = Sketch(32)
    sketch.convolution(taps, bits=36)
    stream = sketch.reference()
    assert stream._stages[1]._dense is dense
    x_q = np.full((32, 3), -(1 << 15))
    x_q[0, 1] += 1
    largest = EXACT_FLOAT64 + excess * (1 << 15)
    assert stream.process(x_q).tolist() == [[largest, largest - (1 << 33), largest]]


@pytest.mark.parametrize(("excess", "sum_type"), [(0, np.float64), (1, np.int64)])
def test_multiply_adds_in_float64_end_where_it_does(excess, sum_type):
    """Four taps of one channel that are sums to 2^53: as above."""
    taps = np.full((2, 1, 4), -(1 << 36))
    taps[0, 0, -1] -= excess
    sketch = Sketch(2)
    sketch.convolution(taps, bits=40, groups=2)
    stream = sketch.reference()
    assert stream._stages[1]._sum_type == sum_type
    x_q = np.full((2, 6), -(1 << 15))
    x_q[:, 4] += 1
    largest = EXACT_FLOAT64 + excess * (1 << 15)
    assert stream.process(x_q)[0, 3:].tolist() == [largest, largest - (1 << 36), largest - (1 << 36)]


@pytest.mark.parametrize(("excess", "dtype"), [(0, np.int32), (1, np.int64)])
@pytest.mark.parametrize("channels", [2, 32])
def test_the_type_changes_where_the_bound_leaves_int32(excess, dtype, channels):
    taps = np.zeros((2, channels, 2), dtype=np.int64)
    taps[0, 0], taps[1, 1] = [32767, -32767], [1, 0]
    largest = 32767 * 32767 + 32767 * 32768
    sketch = Sketch(channels)
    sketch.convolution(taps, bias=[(1 << 31) - 1 - largest + excess, 0])
    stream = sketch.reference()
    assert stream._stages[1].carrier == dtype
    x_q = np.zeros((channels, 3), dtype=np.int64)
    x_q[0] = [-32768, 32767, -32768]
    assert stream.process(x_q)[0].tolist()[1] == (1 << 31) - 1 + excess


def test_a_tap_of_any_sign_is_negated_in_64_bits():
    sketch = Sketch(form=number_format(True, 2, 0))
    sketch.convolution([[[[0], [-(1 << 61)]]]], is_complex=True, bits=63)
    assert sketch.reference().process(np.array([[1], [0]])).tolist() == [[0], [-(1 << 61)]]
    assert sketch.reference().process(np.array([[0], [1]])).tolist() == [[1 << 61], [0]]
