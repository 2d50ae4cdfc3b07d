"""Intervals of integers (docs/spec/datapath.md, section 4): they prove which type holds every value of a node."""

from collections.abc import Iterable

import numpy as np

from firmware_ref.arithmetic import Carrier
from firmware_ref.errors import FirmwareReferenceError

Interval = tuple[int, int]


def hull(intervals: Iterable[Interval]) -> Interval:
    """Return the smallest interval that holds all `intervals`."""
    ends = list(intervals)
    return min(lo for lo, _ in ends), max(hi for _, hi in ends)


def carrier(values: Interval) -> Carrier:
    """Return int32 where it holds every integer of `values`, else int64; refuse what neither holds."""
    lo, hi = values
    candidates: list[Carrier] = [np.dtype(np.int32), np.dtype(np.int64)]
    for candidate in candidates:
        limits = np.iinfo(candidate)
        if limits.min <= lo and hi <= limits.max:
            return candidate
    needed = 1 + max(hi.bit_length(), (-lo - 1).bit_length() if lo < 0 else 0)
    raise FirmwareReferenceError(f"values in [{lo}, {hi}] need {needed} bits; expected at most 64")
