"""Rounding and overflow of the reference against the page's table, Python integers and apytypes."""

import math
import re
from fractions import Fraction
from pathlib import Path

import apytypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_ref.arithmetic import Format, Overflow, Rounding, fit, shift_round

PAGE = Path(__file__).parents[2] / "docs" / "spec" / "fixed_point.md"
APYTYPES_ROUNDING = {
    Rounding.FLOOR: apytypes.QuantizationMode.TO_NEG,
    Rounding.HALF_UP: apytypes.QuantizationMode.TIES_POS,
    Rounding.HALF_EVEN: apytypes.QuantizationMode.TIES_EVEN,
    Rounding.HALF_AWAY: apytypes.QuantizationMode.TIES_AWAY,
}
APYTYPES_OVERFLOW = {
    Overflow.SATURATE: apytypes.OverflowMode.SAT,
    Overflow.WRAP: apytypes.OverflowMode.WRAP,
}
WIDTHS = st.sampled_from([np.int32, np.int64])


def shifted(values, shift, rounding, dtype=np.int64):
    x = np.array(values, dtype=dtype)
    out = np.empty_like(x)
    shift_round(x, shift, rounding, out)
    return out.tolist()


def fitted(values, target, overflow, dtype=np.int64):
    x = np.array(values, dtype=dtype)
    out = np.empty_like(x)
    fit(x, target, overflow, out)
    return out.tolist()


def rounded_fraction(x, rounding):
    match rounding:
        case Rounding.FLOOR:
            return math.floor(x)
        case Rounding.HALF_UP:
            return math.floor(x + Fraction(1, 2))
        case Rounding.HALF_EVEN:
            return round(x)
        case Rounding.HALF_AWAY:
            return int(math.copysign(1, x)) * math.floor(abs(x) + Fraction(1, 2))


def page_table():
    """The table of section 3, whose first column says `name`: (rounding, x, expected)."""
    table = re.search(r"^\| name \|.*?\n\n", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.group().strip().splitlines()]
    inputs = [float(cell) for cell in rows[0][2:]]
    return [(row[0].strip("`"), x, int(cell)) for row in rows[2:] for x, cell in zip(inputs, row[2:], strict=True)]


@pytest.mark.parametrize(("rounding", "x", "expected"), page_table())
@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_sample_table_of_the_page(rounding, x, expected, dtype):
    assert shifted([int(x * 4)], 2, Rounding(rounding), dtype) == [expected]


def test_sample_table_has_every_rounding():
    assert {row[0] for row in page_table()} == {rounding.value for rounding in Rounding}
    assert len(page_table()) == 32


@given(
    st.lists(st.integers(-(1 << 61), (1 << 61) - 1), min_size=1, max_size=20),
    st.integers(1, 61),
    st.sampled_from(Rounding),
)
def test_rounding_equals_fractions(values, shift, rounding):
    expected = [rounded_fraction(Fraction(v, 1 << shift), rounding) for v in values]
    assert shifted(values, shift, rounding) == expected


@given(st.lists(st.integers(-(1 << 12), 1 << 12), min_size=1), st.integers(1, 20), st.sampled_from(Rounding), WIDTHS)
def test_rounding_of_ties(odds, shift, rounding, dtype):
    values = [(2 * v + 1) << (shift - 1) for v in odds]
    values = [v for v in values if abs(v) < 1 << 30]
    expected = [rounded_fraction(Fraction(v, 1 << shift), rounding) for v in values]
    assert shifted(values, shift, rounding, dtype) == expected


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize(("dtype", "shift"), [(np.int32, 8), (np.int32, 30), (np.int64, 40), (np.int64, 62)])
def test_rounding_at_the_ends_of_the_type(rounding, dtype, shift):
    limits, half = np.iinfo(dtype), 1 << (shift - 1)
    values = [int(limits.min), int(limits.min) + 1, int(limits.max) - half, 0, -1]
    expected = [rounded_fraction(Fraction(v, 1 << shift), rounding) for v in values]
    assert shifted(values, shift, rounding, dtype) == expected


@given(st.lists(st.integers(-(1 << 20), 1 << 20), min_size=1), st.integers(0, 40), st.sampled_from(Rounding))
def test_negative_shift_multiplies(values, shift, rounding):
    assert shifted(values, -shift, rounding) == [v << shift for v in values]


@given(st.lists(st.integers(-(1 << 40), 1 << 40), min_size=1), st.integers(1, 20), st.booleans())
def test_odd_roundings_are_odd_and_half_up_is_not(values, shift, even):
    rounding = Rounding.HALF_EVEN if even else Rounding.HALF_AWAY
    assert shifted([-v for v in values], shift, rounding) == [-v for v in shifted(values, shift, rounding)]
    tie = 1 << (shift - 1)
    assert shifted([tie, -tie], shift, Rounding.HALF_UP) == [1, 0]


@given(st.lists(st.integers(-1 << 30, 1 << 30), min_size=1), st.integers(1, 40), st.booleans(), st.booleans(), WIDTHS)
def test_overflow_equals_python(values, bits, signed, saturate, dtype):
    target = Format(signed, bits, 0)
    if saturate:
        overflow, expected = Overflow.SATURATE, [max(target.least, min(v, target.most)) for v in values]
    else:
        overflow, expected = Overflow.WRAP, [(v - target.least) % (1 << bits) + target.least for v in values]
        if target.most > np.iinfo(dtype).max:  # the reference chooses a type that holds every result
            dtype = np.int64
    assert fitted(values, target, overflow, dtype) == expected


@given(
    st.lists(st.integers(-(1 << 39), (1 << 39) - 1), min_size=1, max_size=30),
    st.integers(-10, 36),
    st.integers(2, 24),
    st.sampled_from(Rounding),
    st.sampled_from(Overflow),
)
def test_requantize_equals_apytypes(values, shift, bits, rounding, overflow):
    mask = (1 << (max(shift, 1) - 1)) if shift > 0 else 0
    with_ties = [*values, *((v >> max(shift, 0) << max(shift, 0)) + mask for v in values)]
    with_ties = [v for v in with_ties if -(1 << 39) <= v < 1 << 39]
    rounded = shifted(with_ties, shift, rounding)
    got = fitted(rounded, Format(True, bits, 0), overflow)
    source = apytypes.APyFixedArray.from_array(np.array(with_ties, dtype=np.int64), int_bits=40, frac_bits=0)
    scaled = source >> shift if shift >= 0 else source << -shift
    cast = scaled.cast(
        int_bits=bits,
        frac_bits=0,
        quantization=APYTYPES_ROUNDING[rounding],
        overflow=APYTYPES_OVERFLOW[overflow],
    )
    unsigned = np.array(cast.to_bits(numpy=True)).astype(np.int64)
    assert got == np.where(unsigned >= 1 << (bits - 1), unsigned - (1 << bits), unsigned).tolist()
