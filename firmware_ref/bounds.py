"""Intervals of integers (docs/spec/datapath.md, section 4): they prove which type holds every value of a node."""

from collections.abc import Iterable

import numpy as np

from firmware_ref.arithmetic import Carrier, Format
from firmware_ref.errors import FirmwareReferenceError

Interval = tuple[int, int]


def hull(intervals: Iterable[Interval]) -> Interval:
    """Return the smallest interval that holds all `intervals`, of which there is at least one."""
    ends = list(intervals)
    return min(lo for lo, _ in ends), max(hi for _, hi in ends)


def with_zero(interval: Interval) -> Interval:
    """Return `interval` stretched to 0: a memory that starts empty, a partial sum without this term."""
    return min(interval[0], 0), max(interval[1], 0)


def product(a: Interval, b: Interval) -> Interval:
    """Return the interval of a value of `a` times one of `b`."""
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)


def total(terms: Iterable[Interval]) -> Interval:
    """Return the interval of the sums that take one value of each of `terms`."""
    ends = list(terms)
    return sum(lo for lo, _ in ends), sum(hi for _, hi in ends)


def carrier(values: Interval) -> Carrier:
    """Return int32 where it holds every integer of `values`, else int64; refuse what neither holds."""
    lo, hi = values
    candidates: list[Carrier] = [np.dtype(np.int32), np.dtype(np.int64)]
    for candidate in candidates:
        limits = np.iinfo(candidate)
        if limits.min <= lo and hi <= limits.max:
            return candidate
    raise FirmwareReferenceError(f"values in [{lo}, {hi}] need {_bits(lo, hi)} bits; expected at most 64")


def covering(ranges: Iterable[Interval], frac: int, *, signed: bool = True) -> Format:
    """Return the smallest format of `frac` fraction bits that holds `ranges` (docs/spec/fixed_point.md, section 2)."""
    lo, hi = hull(ranges)
    carrier((lo, hi))  # refuses what no integer holds
    return Format(signed, _bits(lo, hi) if signed else max(1, hi.bit_length()), frac)


def _bits(lo: int, hi: int) -> int:
    return 1 + max(hi.bit_length() if hi > 0 else 0, (-lo - 1).bit_length() if lo < 0 else 0)
