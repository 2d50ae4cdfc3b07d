"""Closed intervals of integers, [lo, hi]: what the bounds of the datapath are made of."""

from collections.abc import Iterable

Interval = tuple[int, int]


def hull(intervals: Iterable[Interval]) -> Interval:
    """Return the smallest interval that holds all of `intervals`, of which there is at least one."""
    ends = list(intervals)
    return min(lo for lo, _ in ends), max(hi for _, hi in ends)


def with_zero(interval: Interval) -> Interval:
    """Return `interval` stretched to 0: a memory that starts empty, a partial sum without this term."""
    return min(interval[0], 0), max(interval[1], 0)


def product(a: Interval, b: Interval) -> Interval:
    """Return the interval of all products."""
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)


def total(intervals: Iterable[Interval]) -> Interval:
    """Return the interval of all sums, one term of each interval."""
    terms = list(intervals)
    return sum(lo for lo, _ in terms), sum(hi for _, hi in terms)


def aligned(intervals: Iterable[Interval], shift: int) -> list[Interval]:
    """Return the intervals times 2^shift, shift >= 0."""
    return [(lo << shift, hi << shift) for lo, hi in intervals]
