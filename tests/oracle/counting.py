"""Integers that count what is done with them: run through the oracle, they confirm the ledger by execution.

The rules are those of docs/spec/operation_counts.md. What has no rule there raises, so that nothing goes uncounted.
"""

from collections import Counter
from collections.abc import Callable
from math import isqrt
from typing import Any, NoReturn


class CountingInt(int):
    """An integer of a stated word length that counts the operations on it in a shared `Counter`.

    Keys are `multiplies 16x12` (the left operand's bits first), `adds`, `compares`, `shifts`, `square_roots`,
    `table_reads`.
    """

    bits: int
    counter: Counter[str]

    def __new__(cls, value: int, bits: int, counter: Counter[str]) -> "CountingInt":
        made = super().__new__(cls, value)
        made.bits, made.counter = bits, counter
        return made

    def _made(self, value: int, bits: int | None = None) -> "CountingInt":
        return CountingInt(value, self.bits if bits is None else bits, self.counter)

    def _wider(self, other: int) -> int:
        """A sum inside a node keeps the word length of the signal it is made from: only formats set widths."""
        return max(self.bits, getattr(other, "bits", 0))

    # An addition, a subtraction and a negation are one add each.

    def __add__(self, other: int) -> "CountingInt":
        self.counter["adds"] += 1
        return self._made(int(self) + int(other), self._wider(other))

    def __sub__(self, other: int) -> "CountingInt":
        self.counter["adds"] += 1
        return self._made(int(self) - int(other), self._wider(other))

    def __neg__(self) -> "CountingInt":
        self.counter["adds"] += 1
        return self._made(-int(self))

    def __abs__(self) -> "CountingInt":
        self.counter["adds"] += 1
        self.counter["compares"] += 1
        return self._made(abs(int(self)))

    def __mul__(self, other: int) -> "CountingInt":
        if not isinstance(other, CountingInt):
            raise TypeError("a multiply by an integer of unknown width")
        self.counter[f"multiplies {self.bits}x{other.bits}"] += 1
        return self._made(int(self) * int(other), self.bits + other.bits)

    # A shift by a constant other than 0 is one shift.

    def __lshift__(self, places: int) -> "CountingInt":
        self.counter["shifts"] += places != 0
        return self._made(int(self) << places)

    def __rshift__(self, places: int) -> "CountingInt":
        self.counter["shifts"] += places != 0
        return self._made(int(self) >> places)

    # A comparison and the choice that follows it are one compare. Comparing results in a test counts too.

    def __lt__(self, other: int) -> bool:
        self.counter["compares"] += 1
        return int(self) < int(other)

    def __gt__(self, other: int) -> bool:
        self.counter["compares"] += 1
        return int(self) > int(other)

    # Bits taken from a word, and the choice that a single bit makes, are wiring: free.

    def __and__(self, other: int) -> "CountingInt":
        return self._made(int(self) & int(other))

    def __or__(self, other: int) -> "CountingInt":
        return self._made(int(self) | int(other))

    def _no_rule(self, *_: Any) -> NoReturn:
        raise TypeError("operation without a rule in docs/spec/operation_counts.md")

    __radd__ = __rsub__ = __rmul__ = __le__ = __ge__ = __floordiv__ = __rfloordiv__ = _no_rule
    __mod__ = __rmod__ = __divmod__ = __truediv__ = __pow__ = __rpow__ = __xor__ = __invert__ = _no_rule
    __rlshift__ = __rrshift__ = __rand__ = __ror__ = _no_rule


class CountingTable(list[Any]):
    """A table whose every look-up at a signal-dependent index is one read, however many words its entry has."""

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, CountingInt):
            index.counter["table_reads"] += 1
        return super().__getitem__(index)


def counting_root(value: int) -> CountingInt:
    """Return the integer square root of a `CountingInt`: one square root, whatever steps make it."""
    if not isinstance(value, CountingInt):
        raise TypeError("a square root of an integer of unknown width")
    value.counter["square_roots"] += 1
    return value._made(isqrt(int(value)))


def counting_integer(counter: Counter[str]) -> Callable[[int, int], int]:
    """Return the `integer` argument of an `Oracle` that counts into `counter`."""

    def make(value: int, bits: int) -> int:
        return CountingInt(int(value), bits, counter)

    return make
