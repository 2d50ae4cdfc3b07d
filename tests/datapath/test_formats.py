"""The format algebra, exhaustively on small widths: every format holds all its results, and one bit less does not."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pimdeploy.datapath.formats import (
    QFormat,
    bits_for,
    covering,
    for_add,
    for_magnitude,
    for_multiply,
    for_negate,
    quantize_weights,
)
from pimdeploy.errors import GraphError

SMALL = [QFormat(is_signed, bits, frac) for is_signed in (True, False) for bits in (1, 2, 3, 4) for frac in (-1, 0, 2)]


def codes(fmt: QFormat) -> range:
    return range(fmt.min_q, fmt.max_q + 1)


def assert_smallest(fmt: QFormat, results: set[int]) -> None:
    """Sufficient: it holds every result. Necessary: the format with one bit less does not."""
    assert results <= set(codes(fmt))
    if fmt.bits > 1:
        assert not results <= set(codes(QFormat(fmt.signed, fmt.bits - 1, fmt.frac)))


@pytest.mark.parametrize("bits", range(1, 7))
def test_ranges(bits):
    assert list(codes(QFormat(True, bits, 0))) == list(range(-(2 ** (bits - 1)), 2 ** (bits - 1)))
    assert list(codes(QFormat(False, bits, 0))) == list(range(2**bits))
    assert QFormat(True, bits, 0).narrow_min_q == -QFormat(True, bits, 0).max_q
    assert QFormat(False, bits, 0).narrow_min_q == 0


def test_add_is_smallest_for_every_pair():
    for a, b in itertools.product(SMALL, SMALL):
        result = for_add(a, b)
        assert result.frac == max(a.frac, b.frac)
        sums = {(p << (result.frac - a.frac)) + (q << (result.frac - b.frac)) for p in codes(a) for q in codes(b)}
        assert result.signed
        assert_smallest(result, sums)


def test_multiply_is_smallest_for_every_pair():
    for a, b in itertools.product(SMALL, SMALL):
        result = for_multiply(a, b)
        assert (result.signed, result.frac) == (True, a.frac + b.frac)
        assert_smallest(result, {p * q for p in codes(a) for q in codes(b)})


@pytest.mark.parametrize("fmt", SMALL, ids=str)
def test_negate_and_magnitude_are_smallest(fmt):
    negated, magnitude = for_negate(fmt), for_magnitude(fmt)
    assert (negated.signed, negated.frac) == (True, fmt.frac)
    assert (magnitude.signed, magnitude.frac) == (False, fmt.frac)
    assert_smallest(negated, {-q for q in codes(fmt)})
    assert_smallest(magnitude, {abs(q) for q in codes(fmt)})


def test_most_negative_code():
    assert for_magnitude(QFormat(True, 16, 15)) == QFormat(False, 16, 15)
    assert for_negate(QFormat(True, 16, 15)) == QFormat(True, 17, 15)
    assert for_multiply(QFormat(True, 16, 15), QFormat(True, 16, 15)) == QFormat(True, 32, 30)


def test_covering_is_smallest_for_every_interval():
    for lo, hi in itertools.combinations_with_replacement(range(-18, 19), 2):
        assert_smallest(covering(lo, hi, 3), {lo, hi})
        if lo >= 0:
            assert_smallest(covering(lo, hi, 3, signed=False), {lo, hi})


@given(st.integers(-(2**70), 2**70), st.integers(0, 2**70))
def test_bits_for_wide_intervals(lo, width):
    bits = bits_for(lo, lo + width)
    assert -(2 ** (bits - 1)) <= lo
    assert lo + width < 2 ** (bits - 1)
    assert bits == 1 or lo < -(2 ** (bits - 2)) or lo + width >= 2 ** (bits - 2)


def test_errors():
    with pytest.raises(GraphError, match=r"^empty interval \[3, 2\]$"):
        bits_for(3, 2)
    with pytest.raises(GraphError, match=r"^interval \[-1, 2\] needs a signed format$"):
        bits_for(-1, 2, signed=False)
    for bits in (0, 65, -3):
        with pytest.raises(GraphError, match=rf"^format s{bits}\.3: {bits} bits; expected 1 to 64$"):
            QFormat(True, bits, 3)
    for frac in (513, -513, 1 << 40):
        with pytest.raises(GraphError, match=rf"^format s16\.{frac}: {frac} fraction bits; expected -512 to 512$"):
            QFormat(True, 16, frac)
    assert QFormat(True, 16, 512).lsb == 2.0**-512


@pytest.mark.parametrize(
    "data",
    [
        {"signed": 1, "bits": 16, "frac": 3},
        {"signed": True, "bits": 16.0, "frac": 3},
        {"signed": True, "bits": 16, "frac": "3"},
        {"signed": True, "bits": True, "frac": 3},
    ],
)
def test_json_of_other_types_is_no_format(data):
    with pytest.raises(ValueError, match=r"is no format; expected signed, bits and frac$"):
        QFormat.from_json(data)


@pytest.mark.parametrize("fmt", SMALL, ids=str)
def test_json_round_trip(fmt):
    assert QFormat.from_json(fmt.to_json()) == fmt
    assert re.fullmatch(r"[su]\d+\.-?\d+", str(fmt))


def test_lsb_of_any_frac():
    assert [QFormat(True, 8, frac).lsb for frac in (15, 0, -3)] == [2.0**-15, 1.0, 8.0]


def test_weights_round_ties_to_even_and_saturate_to_the_narrow_range():
    fmt = QFormat(True, 4, 1)
    real = np.array([-0.75, -0.25, 0.25, 0.75, 1.25, -1.25, 0.6, 100.0, -100.0, 3.5, -4.0])
    assert quantize_weights(real, fmt).tolist() == [-2, 0, 0, 2, 2, -2, 1, 7, -7, 7, -7]
    assert quantize_weights(np.array([3.0, 24.0, -12.0]), QFormat(True, 4, -3)).tolist() == [0, 3, -2]
