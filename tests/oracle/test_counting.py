"""The counting integers themselves: what each operation counts as, and that nothing goes uncounted."""

import operator
from collections import Counter

import pytest

from oracle.counting import CountingInt, CountingTable, counting_integer, counting_root
from oracle.oracle import _round


def made(value: int, bits: int = 16) -> tuple[CountingInt, Counter[str]]:
    counter: Counter[str] = Counter()
    return CountingInt(value, bits, counter), counter


def test_a_multiply_is_counted_by_the_widths_of_its_operands() -> None:
    x, counter = made(5, 12)
    product = CountingInt(-3, 8, counter) * x
    assert product == -15
    assert counter == {"multiplies 8x12": 1}


@pytest.mark.parametrize(
    ("operation", "value", "counts"),
    [
        (lambda x: x + 3, -4, {"adds": 1}),
        (lambda x: x - 3, -10, {"adds": 1}),
        (operator.neg, 7, {"adds": 1}),
        (abs, 7, {"adds": 1, "compares": 1}),
        (lambda x: x >> 1, -4, {"shifts": 1}),
        (lambda x: x << 2, -28, {"shifts": 1}),
        (lambda x: x >> 0, -7, {}),
        (lambda x: x << 0, -7, {}),
        (lambda x: max(x, -5), -5, {"compares": 1}),
        (lambda x: min(x, -5), -7, {"compares": 1}),
        (lambda x: x & 15, 9, {}),
        (lambda x: x | 8, -7 | 8, {}),
    ],
)
def test_each_operation_counts_as_the_rules_say(operation: object, value: int, counts: dict[str, int]) -> None:
    x, counter = made(-7)
    result = operation(x)  # type: ignore[operator]
    assert +counter == counts
    assert int(result) == value


@pytest.mark.parametrize(
    ("rounding", "counts"),
    [
        ("floor", {"shifts": 1}),
        ("half_up", {"adds": 1, "shifts": 1}),
        ("half_even", {"adds": 2, "shifts": 2}),
        ("half_away", {"adds": 1, "compares": 1, "shifts": 1}),
    ],
)
@pytest.mark.parametrize("value", [-7, 0, 7])
def test_rounding_costs_the_same_whatever_the_value(rounding: str, counts: dict[str, int], value: int) -> None:
    x, counter = made(value)
    _round(x, 2, rounding)
    assert +counter == counts


def test_a_square_root_is_one_and_needs_a_known_width() -> None:
    x, counter = made(50, 12)
    root = counting_root(x)
    assert (root, root.bits) == (7, 12)
    assert counter == {"square_roots": 1}
    with pytest.raises(TypeError, match=r"^a square root of an integer of unknown width$"):
        counting_root(50)


def test_sums_keep_the_wider_word_length() -> None:
    x, counter = made(5, 12)
    assert (x + CountingInt(1, 16, counter)).bits == 16
    assert (x - 1).bits == 12


def test_a_look_up_by_a_signal_is_one_read_and_by_a_constant_none() -> None:
    index, counter = made(1)
    table = CountingTable([(1, 2), (3, 4)])
    assert table[1] == (3, 4)
    assert not counter
    assert table[index] == (3, 4)
    assert counter == {"table_reads": 1}


@pytest.mark.parametrize(
    "operation",
    [operator.floordiv, operator.mod, operator.pow, operator.truediv, operator.xor, operator.le, operator.ge],
)
def test_an_operation_without_a_rule_raises(operation: object) -> None:
    x, _ = made(7)
    with pytest.raises(TypeError, match=r"^operation without a rule in docs/spec/operation_counts.md$"):
        operation(x, 2)  # type: ignore[operator]


def test_a_plain_integer_may_not_slip_into_an_operation_from_the_left() -> None:
    x, _ = made(7)
    for operation in (operator.add, operator.sub, operator.mul):
        with pytest.raises(TypeError, match=r"^operation without a rule"):
            operation(2, x)
    with pytest.raises(TypeError, match=r"^a multiply by an integer of unknown width$"):
        operator.mul(x, 2)


def test_the_oracle_makes_its_integers_with_the_shared_counter() -> None:
    counter: Counter[str] = Counter()
    make = counting_integer(counter)
    assert make(3, 8) + make(4, 8) == 7
    assert counter == {"adds": 1}
