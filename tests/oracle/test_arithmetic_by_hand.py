"""The oracle's arithmetic against the sample values printed in docs/spec and against formulas in fractions."""

import re
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.oracle import _round, _wrap

SPEC = Path(__file__).parents[2] / "docs" / "spec" / "fixed_point.md"
ROUNDINGS = ("floor", "half_up", "half_even", "half_away")


def rounding_table() -> list[tuple[str, Fraction, int]]:
    """The rows of the table in section 3: rounding, x, result."""
    section = SPEC.read_text(encoding="utf-8").split("\n## ")[3]
    assert section.startswith("3. Rounding")
    lines = [line for line in section.splitlines() if line.startswith("|")]
    header = [cell.strip() for cell in lines[0].strip("|").split("|")]
    samples = []
    for line in lines[2:]:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        name = cells[0].strip("`")
        samples += [(name, Fraction(x), int(y)) for x, y in zip(header[2:], cells[2:], strict=True)]
    return samples


def test_the_table_of_the_spec_is_read_whole() -> None:
    assert {name for name, _, _ in rounding_table()} == set(ROUNDINGS)
    assert len(rounding_table()) == 4 * 8


@pytest.mark.parametrize(("name", "x", "expected"), rounding_table())
@pytest.mark.parametrize("s", [2, 3, 8])
def test_rounding_gives_the_sample_values_of_the_spec(name: str, x: Fraction, expected: int, s: int) -> None:
    q = x * 2**s
    assert q.denominator == 1
    assert _round(int(q), s, name) == expected


def by_formula(x: Fraction, rounding: str) -> int:
    """The formula column of the table, in exact fractions; Python's round() of a fraction takes ties to even."""
    half = Fraction(1, 2)
    if rounding == "floor":
        return floor(x)
    if rounding == "half_up":
        return floor(x + half)
    if rounding == "half_even":
        return round(x)
    return floor(x + half) if x >= 0 else ceil(x - half)


@given(q=st.integers(-(1 << 60), 1 << 60), s=st.integers(1, 62), rounding=st.sampled_from(ROUNDINGS))
def test_rounding_equals_its_formula_in_fractions(q: int, s: int, rounding: str) -> None:
    assert _round(q, s, rounding) == by_formula(Fraction(q, 1 << s), rounding)


@given(n=st.integers(-(1 << 20), 1 << 20), s=st.integers(1, 40), rounding=st.sampled_from(ROUNDINGS))
def test_rounding_equals_its_formula_at_every_tie(n: int, s: int, rounding: str) -> None:
    q = (2 * n + 1) << (s - 1)
    assert _round(q, s, rounding) == by_formula(Fraction(2 * n + 1, 2), rounding)


def test_an_unknown_rounding_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("rounding 'round' is not in docs/spec/fixed_point.md")):
        _round(5, 1, "round")


@given(q=st.integers(-(1 << 70), 1 << 70), bits=st.integers(1, 64), signed=st.booleans())
def test_wrap_is_modulo_two_to_the_bits_into_the_range(q: int, bits: int, signed: bool) -> None:
    wrapped = _wrap(q, signed, bits)
    assert (wrapped - q) % (1 << bits) == 0
    least = -(1 << (bits - 1)) if signed else 0
    assert least <= wrapped < least + (1 << bits)


@pytest.mark.parametrize(("q", "expected"), [(127, 127), (128, -128), (-129, 127), (256, 0), (-1, -1), (383, 127)])
def test_wrap_of_eight_bits(q: int, expected: int) -> None:
    assert _wrap(q, True, 8) == expected
