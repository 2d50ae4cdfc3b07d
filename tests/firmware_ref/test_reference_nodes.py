"""Delay, magnitude, multiply, add, rectify, concatenate, select and requantize: small cases by hand, corners by formula."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_ints import rounded
from reference_graphs import S8, S16, Sketch, in_blocks, number_format

from firmware_ref.arithmetic import Format
from firmware_ref.magnitude import EXACT_ROOTS, integer_root

LARGEST_ROOT = math.isqrt((1 << 63) - 1)

I_AND_Q = np.array([[3, -8, 0, -128], [4, 6, -5, -128]])
EVERY_PAIR = np.stack(np.meshgrid(np.arange(-128, 128), np.arange(-128, 128))).reshape(2, -1)


def processed(sketch, x_q):
    return sketch.reference().process(np.asarray(x_q))


def made(kind, *, channels=2, form=S8, **fields):
    sketch = Sketch(channels, form)
    sketch.add(kind, **fields)
    return sketch


def branches(kind, shift, channels=2, **fields):
    """x and x requantized by `shift` bits more of fraction, as the two operands."""
    sketch = Sketch(channels, S8)
    sketch.requantize(16, 7 + shift, "finer")
    operands = {"source": "x", "other": "finer"} if kind == "multiply" else {"sources": ["x", "finer"]}
    sketch.add(kind, **operands, **fields)
    return sketch


@pytest.mark.parametrize("samples", [0, 1, 3, 10])
@pytest.mark.parametrize("block", [1, 2, 3, 5, 12])
def test_delay_by_hand(samples, block):
    stream = made("delay", samples=samples, lag=False).reference()
    x_q = np.arange(1, 25).reshape(2, 12)
    expected = [[0] * min(samples, 12) + row[: 12 - samples] for row in x_q.tolist()]
    assert in_blocks(stream, x_q, block).tolist() == expected
    stream.reset()
    assert in_blocks(stream, x_q, block).tolist() == expected


def test_delay_of_an_unsigned_word_stays_unsigned():
    sketch = Sketch(form=number_format(False, 8, 8))
    sketch.add("delay", samples=1, lag=True)
    sketch.piecewise([[1, 2]], 7, "index", frac=0)
    assert processed(sketch, [[255, 0], [1, 0]]).tolist() == [[0, 128 + 2 * 127], [0, 1]]


def test_magnitudes_by_hand():
    for kind, facts, expected in (
        ("sqrt", {}, [5, 10, 5, 181]),
        ("square", {}, [25, 100, 25, 32768]),
        ("alpha_beta", {"alpha": 15, "beta": 7, "frac": 4}, [81, 162, 75, 22 * 128]),
    ):
        sketch = Sketch(form=S8)
        sketch.magnitude(kind, **facts)
        assert processed(sketch, I_AND_Q).tolist() == [expected]


@pytest.mark.parametrize(("kind", "bits"), [("sqrt", 8), ("square", 16), ("alpha_beta", 12)])
def test_magnitudes_of_every_pair(kind, bits):
    sketch = Sketch(form=S8)
    sketch.magnitude(kind, **({"alpha": 13, "beta": 5, "frac": 3} if kind == "alpha_beta" else {}))
    stream = sketch.reference()
    got = stream.process(EVERY_PAIR)[0].tolist()
    form = stream._stages[1].format
    assert (form.signed, form.bits) == (False, bits)
    for i, q, value in zip(*EVERY_PAIR.tolist(), got, strict=True):
        alpha_beta = 13 * max(abs(i), abs(q)) + 5 * min(abs(i), abs(q))
        assert value == {"sqrt": math.isqrt(i * i + q * q), "square": i * i + q * q, "alpha_beta": alpha_beta}[kind]


def test_the_square_of_a_16_bit_sample_needs_32_unsigned_bits():
    sketch = Sketch()
    sketch.magnitude("square")
    stream = sketch.reference()
    assert stream.process(np.full((2, 1), -32768)).tolist() == [[1 << 31]]
    assert stream._stages[1].format == Format(signed=False, bits=32, frac=30)


@pytest.mark.parametrize("k", [1, 2, 3, 1 << 15, 46340, 46341, (1 << 26) - 1, 1 << 26, 94906265, 1 << 31, LARGEST_ROOT])
def test_roots_beside_squares(k):
    energies = [v for v in (k * k - 2, k * k - 1, k * k, k * k + 1, k * k + 2 * k) if 0 <= v < 1 << 63]
    out = np.empty(len(energies), dtype=np.int64)
    integer_root(np.array(energies), (1 << 63) - 1, out)
    assert out.tolist() == [math.isqrt(v) for v in energies]


@given(st.lists(st.integers(0, (1 << 63) - 1) | st.integers(0, LARGEST_ROOT).map(lambda k: max(k * k - 1, 0))))
def test_roots_equal_python(energies):
    out = np.empty(len(energies), dtype=np.int64)
    integer_root(np.array(energies, dtype=np.int64), (1 << 63) - 1, out)
    assert out.tolist() == [math.isqrt(v) for v in energies]


def test_roots_below_the_limit_need_no_correction():
    """Every square less one and every square, k up to 2^26: where the float64 root could be wrong."""
    for first in range(1, 1 << 26, 1 << 23):
        k = np.arange(first, first + (1 << 23), 61)
        for energy, root in ((k * k - 1, k - 1), (k * k, k)):
            out = np.empty(len(k), dtype=np.int32)
            integer_root(energy, EXACT_ROOTS - 1, out)
            np.testing.assert_array_equal(out, root)
    out = np.empty(1, dtype=np.int32)
    integer_root(np.array([EXACT_ROOTS - 1]), EXACT_ROOTS - 1, out)
    assert out.tolist() == [(1 << 26) - 1]


def test_roots_of_wide_squares():
    """k^2 - 1, k^2 and k^2 + 2 k for many k up to the largest, as floats round them."""
    k = np.random.default_rng(1).integers(1 << 26, LARGEST_ROOT, size=200_000)
    for energy, root in ((k * k - 1, k - 1), (k * k, k), (k * k + 2 * k, k)):
        out = np.empty(len(k), dtype=np.int64)
        integer_root(energy, (1 << 63) - 1, out)
        np.testing.assert_array_equal(out, root)


def test_roots_of_wide_words():
    sketch = Sketch(form=number_format(True, 32, 31))
    sketch.requantize(31, 30)
    sketch.magnitude("sqrt")
    rng = np.random.default_rng(1)
    x_q = np.concatenate([rng.integers(-(1 << 31), 1 << 31, size=(2, 5000)), np.full((2, 1), -(1 << 31))], axis=1)
    halves = [[max(-(1 << 30), min((v + 1) >> 1, (1 << 30) - 1)) for v in row] for row in x_q.tolist()]
    assert processed(sketch, x_q)[0].tolist() == [math.isqrt(i * i + q * q) for i, q in zip(*halves, strict=True)]


def test_multiply_by_hand():
    real, complex_ = branches("multiply", 2, complex=False), branches("multiply", 2, complex=True)
    assert processed(real, I_AND_Q).tolist() == [[36, 256, 0, 65536], [64, 144, 100, 65536]]
    # (3 + 4j)^2 = -7 + 24j, (-8 + 6j)^2 = 28 - 96j, (-5j)^2 = -25, (-128 - 128j)^2 = 32768j, each times 4.
    assert processed(complex_, I_AND_Q).tolist() == [[-28, 112, -100, 0], [96, -384, 0, 131072]]
    assert complex_.reference()._stages[2].format.frac == 7 + 9


def test_complex_product_of_every_pair_with_another():
    sketch = Sketch(4, S8)
    a = sketch.add("select", channels=[0, 1])
    b = sketch.add("select", channels=[2, 3], source="x")
    sketch.add("multiply", source=a, other=b, complex=True)
    a_q, b_q = EVERY_PAIR, np.random.default_rng(2).permutation(EVERY_PAIR, axis=1)
    got = processed(sketch, np.concatenate([a_q, b_q]))
    expected = (a_q[0] + 1j * a_q[1]) * (b_q[0] + 1j * b_q[1])  # exact: below 2^53
    np.testing.assert_array_equal(got[0] + 1j * got[1], expected)


def test_add_by_hand():
    assert processed(branches("add", 2), I_AND_Q).tolist() == [[24, -64, 0, -1024], [32, 48, -40, -1024]]
    three = Sketch(form=S8)
    three.add("add", sources=["x", "x", "x"])
    assert processed(three, I_AND_Q).tolist() == (3 * I_AND_Q).tolist()


def test_add_takes_int64_where_a_partial_sum_leaves_int32():
    sketch = Sketch(form=number_format(True, 32, 0))
    sketch.convolution([[[-1]], [[-1]]], "minus", groups=2, frac=0)
    sketch.add("add", sources=["x", "x", "minus"])
    x_q = np.array([[-(1 << 31), (1 << 31) - 1], [0, 5]])
    assert processed(sketch, x_q).tolist() == x_q.tolist()


def test_concatenate_by_hand():
    got = processed(branches("concatenate", 2), I_AND_Q)
    assert got.tolist() == (4 * np.concatenate([I_AND_Q, I_AND_Q])).tolist()


def test_select_by_hand():
    sketch = Sketch(form=S8)
    sketch.add("select", channels=[1, 1, 0])
    assert processed(sketch, I_AND_Q).tolist() == I_AND_Q[[1, 1, 0]].tolist()


def test_rectify_by_hand():
    x_q = [[-128, -1, 0, 1, 127]] * 2
    assert processed(made("rectify", slope_log2=3), x_q)[0].tolist() == [-128, -1, 0, 8, 1016]
    assert processed(made("rectify", slope_log2=0), x_q)[0].tolist() == x_q[0]
    assert processed(made("rectify", slope_log2=None), x_q)[0].tolist() == [0, 0, 0, 1, 127]
    assert [made("rectify", slope_log2=k).reference()._stages[1].format.frac for k in (3, 0, None)] == [10, 7, 7]


@pytest.mark.parametrize("k", [16, 17, 40, 47])
def test_rectify_keeps_negative_values_that_shifted_leave_the_type(k):
    x_q = np.array([[-32768, -1, 0, 32767], [0, 0, 0, 0]])
    assert processed(made("rectify", form=S16, slope_log2=k), x_q)[0].tolist() == [-32768, -1, 0, 32767 << k]


@pytest.mark.parametrize("overflow", ["saturate", "wrap"])
@pytest.mark.parametrize(
    ("signed", "bits"), [(True, 8), (False, 8), (True, 32), (False, 31), (False, 32), (True, 40), (False, 63)]
)
@pytest.mark.parametrize("frac", [-30, 8, 15, 22, 30])
def test_requantize_of_every_input(overflow, signed, bits, frac):
    every = np.arange(-32768, 32768)
    sketch = Sketch()
    sketch.requantize(bits, frac, signed=signed, overflow=overflow)
    got = processed(sketch, [every, every])[0].tolist()
    least = -(1 << (bits - 1)) if signed else 0
    most = least + (1 << bits) - 1
    shift = 15 - frac
    for value, result in zip(every.tolist()[::97], got[::97], strict=True):
        shifted = (value + (1 << (shift - 1))) >> shift if shift > 0 else value << -shift
        wrapped = (shifted - least) % (1 << bits) + least
        assert result == (wrapped if overflow == "wrap" else max(least, min(shifted, most)))


@pytest.mark.parametrize("rounding", ["floor", "half_up", "half_even", "half_away"])
def test_requantize_of_the_ends_of_32_bits(rounding):
    """The rounding constant leaves int32."""
    sketch = Sketch(form=number_format(True, 32, 31))
    sketch.requantize(26, 23, rounding=rounding)
    ends = [-(1 << 31), -(1 << 31) + 128, (1 << 31) - 1, (1 << 31) - 128, (1 << 31) - 129, 128]
    expected = [rounded(Fraction(v, 256), rounding) for v in ends]
    assert processed(sketch, [ends, ends])[0].tolist() == expected


def test_requantize_of_an_unsigned_word_of_32_bits():
    sketch = Sketch()
    sketch.magnitude("square")
    sketch.requantize(31, 29, signed=False)
    sketch.requantize(8, 6, signed=False, overflow="wrap", rounding="half_even")
    x_q = np.array([[-32768, 32767, 181, 0], [-32768, 0, 0, 0]])
    energies = [1 << 31, 32767**2, 181**2, 0]
    first = [min((v + 1) >> 1, (1 << 31) - 1) for v in energies]
    expected = [round(v / (1 << 23)) % 256 for v in first]
    assert processed(sketch, x_q).tolist() == [expected]
