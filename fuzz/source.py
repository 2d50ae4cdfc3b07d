"""Where mutators take their choices from: hypothesis, which makes a failing case small, or a seeded generator."""

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Source(Protocol):
    """Gives whole numbers. Everything a mutator decides is one of them: hypothesis is fast with nothing else."""

    def integer(self, least: int, most: int) -> int:
        """Return a number from `least` to `most`; smaller ones make simpler cases."""
        ...


class Drawn:
    """Numbers that hypothesis draws."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def integer(self, least: int, most: int) -> int:
        """Return a number from `least` to `most`."""
        return self._data.draw(st.integers(least, most))


class Seeded:
    """Numbers of a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def integer(self, least: int, most: int) -> int:
        """Return a number from `least` to `most`."""
        return self._random.randint(least, most)


def pick(source: Source, choices: Sequence[T]) -> T:
    """Return one of `choices`; the first is the simplest."""
    return choices[source.integer(0, len(choices) - 1)]


def chance(source: Source, one_in: int) -> bool:
    """Return True once in `one_in` times."""
    return source.integer(1, one_in) == one_in
