"""Signals of any length through tools that compile a file for one length."""

from collections.abc import Callable

import numpy as np

from pimdeploy.verify.backend import IntArray


def in_fixed_lengths(compute: Callable[[IntArray], IntArray], x_q: IntArray, memory: int, length: int) -> IntArray:
    """Return the output [channels, n_samples] from `compute`, which takes exactly `length` > `memory` samples from reset.

    Each piece has the `memory` samples before it as context, and zeros behind the signal's end: nothing looks ahead.
    """
    pieces, new = [], length - memory
    for start in range(0, max(1, x_q.shape[1]), new):
        first = max(0, start - memory)
        piece = x_q[:, first : first + length]
        padded = np.pad(piece, ((0, 0), (0, length - piece.shape[1])))
        pieces.append(compute(padded)[:, start - first : min(start + new, x_q.shape[1]) - first])
    return np.concatenate(pieces, axis=1)
