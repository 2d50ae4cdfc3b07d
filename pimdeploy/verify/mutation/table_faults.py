"""Faults of a table of integers: an entry one off, two entries exchanged, two rows exchanged."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Mask = NDArray[np.bool_]


def table_faults(table: IntArray, acts: Mask) -> Iterator[tuple[str, IntArray]]:
    """Yield what was done and the table as it is then, of its own shape and within the range of its own integers.

    acts: which entries some input reads. Neighbours are exchanged where they differ, along the last dimension and along the
    first. The entry one off is the largest in magnitude, which moves towards zero: no table grows beyond its word.
    """
    if not acts.any():
        return
    largest = np.unravel_index(int(np.where(acts, np.abs(table), -1).argmax()), table.shape)
    off = table.copy()
    off[largest] += -1 if table[largest] > 0 else 1
    yield f"the largest entry {int(table[largest])} one off", off
    yield from _exchanged(table, acts, table.ndim - 1, "columns")
    if table.ndim > 1:
        yield from _exchanged(table, acts, 0, "rows")


def _exchanged(table: IntArray, acts: Mask, axis: int, what: str) -> Iterator[tuple[str, IntArray]]:
    """Exchange the first two neighbours along `axis` that differ in an entry that acts."""
    rows, seen = np.moveaxis(table, axis, 0), np.moveaxis(acts, axis, 0)
    for k in range(rows.shape[0] - 1):
        if ((rows[k] != rows[k + 1]) & (seen[k] | seen[k + 1])).any():
            changed = table.copy()
            moved = np.moveaxis(changed, axis, 0)
            moved[[k, k + 1]] = moved[[k + 1, k]]
            yield f"{what} {k} and {k + 1} exchanged", changed
            return
