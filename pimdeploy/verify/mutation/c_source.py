"""A C file as functions and statements, so that faults go into a statement of a node and not into a place in a text.

This is no parser: it knows braces, parentheses, statements and preprocessor lines, which is what emitted C is made of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import BundleError

IntArray = NDArray[np.int64]
Edit = tuple[int, int, str]
"""First and last place of what is replaced, and by what."""


@dataclass(frozen=True)
class Statement:
    """A statement between semicolons or braces: `text` without the space around it, which begins at `start`."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """The place of its semicolon."""
        return self.start + len(self.text)

    def replaced(self, text: str) -> Edit:
        """Return the edit that puts `text` in its place."""
        return self.start, self.end, text


class CSource:
    """A C file. Places are offsets in `text`; comments count as space."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._code = re.sub(r"/\*.*?\*/", lambda comment: " " * len(comment[0]), text, flags=re.DOTALL)

    def statements(self, function: str) -> list[Statement]:
        """Return the statements of every definition of `function`, in order; none where it is not defined."""
        return [statement for start, end in self._bodies(function) for statement in self._statements(start, end)]

    def edited(self, edits: list[Edit], prologue: str = "") -> bytes:
        """Return the file with `edits`, which do not overlap, and with `prologue` behind its first #include."""
        text = self.text
        for start, end, replacement in sorted(edits, reverse=True):
            text = text[:start] + replacement + text[end:]
        if prologue:
            first = re.search(r"^#include .*\n", text, re.MULTILINE)
            place = first.end() if first else 0
            text = f"{text[:place]}\n{prologue}\n{text[place:]}"
        return text.encode("ascii")

    def _bodies(self, function: str) -> Iterator[tuple[int, int]]:
        for found in re.finditer(rf"\b{function}\(", self._code):
            close = _closing(self._code, found.end() - 1)
            head = re.match(r"\s*\{", self._code[close + 1 :])
            if head is not None:
                start = close + 1 + head.end()
                yield start, _closing(self._code, start - 1)

    def _statements(self, start: int, end: int) -> Iterator[Statement]:
        depth, first, at = 0, start, start
        while at < end:
            char = self._code[at]
            if char == "#" and not self._code[first:at].strip():
                at = first = self._code.index("\n", at)
            elif char in "([":
                depth += 1
            elif char in ")]":
                depth -= 1
            elif char in ";{}" and depth == 0:
                text = self._code[first:at]
                if char == ";" and text.strip():
                    yield Statement(first + len(text) - len(text.lstrip()), text.strip())
                first = at + 1
            at += 1


def macros(text: str) -> dict[str, tuple[int, Statement]]:
    """Return every macro in `text` that stands for an integer: its name, the integer, and the text of that."""
    found = {}
    for one in re.finditer(r"^#define (\w+) (.+)$", text, re.MULTILINE):
        value = value_of(one[2])
        if value is not None:
            found[one[1]] = value, Statement(one.start(2), one[2])
    return found


@dataclass(frozen=True)
class CTable:
    """A constant table: its integers, and the place of each in the text, in C order."""

    values: IntArray
    places: list[tuple[int, int]]

    def edits(self, changed: IntArray) -> list[Edit]:
        """Return the edits that make the table hold `changed`, an array of its own shape."""
        entries = zip(self.places, self.values.ravel(), changed.ravel(), strict=True)
        return [(start, end, str(after)) for (start, end), before, after in entries if before != after]


def tables(text: str) -> dict[str, CTable]:
    """Return every constant table of integers in `text` by name."""
    found = {}
    for head in re.finditer(r"\bstatic const \w+ (\w+)((?:\[\d+\])+)[^={;]*= *\{", text):
        end = _closing(text, head.end() - 1)
        entries = list(re.finditer(r"\(-INT\d+_C\(\d+\) - 1\)|INT\d+_C\(-?\d+\)|-?\d+", text[head.end() : end]))
        values = np.array([_value(one[0]) for one in entries], dtype=np.int64)
        shape = [int(size) for size in re.findall(r"\d+", head[2])]
        places = [(head.end() + one.start(), head.end() + one.end()) for one in entries]
        found[head[1]] = CTable(values.reshape(shape), places)
    return found


def value_of(text: str) -> int | None:
    """Return the integer that a macro stands for, or None where it is something else."""
    plain = re.fullmatch(r"\(-INT\d+_C\(\d+\) - 1\)|\(?-?\d+\)?|INT\d+_C\(-?\d+\)", text.strip())
    return None if plain is None else _value(plain[0])


def _value(text: str) -> int:
    """Return the integer of a constant; of the most negative ones, which have no literal, too."""
    digits = re.search(r"-?\d+(?![\d_])", text.replace("(-INT", "(INT"))
    assert digits is not None
    return -int(digits[0]) - 1 if text.endswith("- 1)") else int(digits[0])


def _closing(text: str, opening: int) -> int:
    """Return the place of the bracket that closes the one at `opening`."""
    pairs = {"(": ")", "{": "}"}
    opened, closed = text[opening], pairs[text[opening]]
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] == opened) - (text[at] == closed)
        if depth == 0:
            return at
    raise BundleError(f"the C code ends within {opened} at byte {opening}; export the bundle again")
