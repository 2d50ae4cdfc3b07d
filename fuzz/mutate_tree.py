"""Mutations of what JSON and TOML hold: dictionaries and lists of values, one place at a time."""

import copy
from collections.abc import Sequence
from typing import Any

from fuzz.hostile import NUMBERS, TEXTS, VALUES
from fuzz.source import Source, chance, pick

Place = tuple[str | int, ...]
MOST_OF_A_LIST = 64
"""Entries of a list that are changed: those behind them are more of the same."""
KINDS = ("value", "value", "raw", "near", "gone", "other", "renamed", "longer")


def places_in(tree: Any) -> list[Place]:  # noqa: ANN401 - whatever a document holds
    """Return every place of `tree`, its root first."""
    found: list[Place] = [()]
    rest: list[tuple[Place, Any]] = [((), tree)]
    while rest:
        place, value = rest.pop()
        children: list[tuple[Any, Any]] = []
        if isinstance(value, dict):
            children = list(value.items())
        elif isinstance(value, list):
            children = list(enumerate(value[:MOST_OF_A_LIST]))
        below = [((*place, key), child) for key, child in children]
        found += [place for place, _ in below]
        rest += below
    return found


def value_at(tree: Any, place: Place) -> Any:  # noqa: ANN401
    """Return what lies at `place`."""
    for part in place:
        tree = tree[part]
    return tree


def with_value(tree: Any, place: Place, value: Any) -> Any:  # noqa: ANN401
    """Return a copy of `tree` with `value` at `place`; what is not on the way there is shared."""
    if not place:
        return value
    made = copy.copy(tree)
    made[place[0]] = with_value(tree[place[0]] if len(place) > 1 else None, place[1:], value)
    return made


def without(tree: Any, place: Place) -> Any:  # noqa: ANN401
    """Return a copy of `tree` without what lies at `place`; the root becomes an empty dictionary."""
    if not place:
        return {}
    holder = copy.copy(value_at(tree, place[:-1]))
    del holder[place[-1]]
    return with_value(tree, place[:-1], holder)


def mutated_tree(source: Source, tree: Any, raw: Sequence[Any]) -> Any:  # noqa: ANN401
    """Return `tree` with one place changed: replaced, taken away, renamed, or given what lies at another place.

    raw: further values to put in, which the writer of the format knows how to write.
    """
    found = places_in(tree)
    place = pick(source, found)
    here, kind = value_at(tree, place), pick(source, KINDS)
    if kind == "raw":
        return with_value(tree, place, pick(source, raw))
    if kind == "near" and isinstance(here, int | float) and not isinstance(here, bool):
        return with_value(tree, place, pick(source, (here + 1, here - 1, -here, here * 2, here * 2**20, str(here))))
    if kind == "gone":
        return without(tree, place)
    if kind == "other":
        return with_value(tree, place, value_at(tree, pick(source, found)))
    if kind == "renamed" and place and isinstance(place[-1], str):
        renamed = (*place[:-1], pick(source, (place[-1] + "s", *TEXTS)))
        return with_value(without(tree, place), renamed, here)
    if kind == "longer" and isinstance(here, list):
        return with_value(tree, place, here * pick(source, (2, 3, 50)))
    alike = NUMBERS if isinstance(here, int | float) and not chance(source, 3) else VALUES
    return with_value(tree, place, pick(source, alike))
