"""The two forms of a piecewise-linear function (docs/spec/fixed_point.md, section 7): the same integers on every input."""

from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from firmware_ref import bounds
from firmware_ref.arithmetic import IntArray
from firmware_ref.bounds import Interval
from firmware_ref.piecewise import Function, Piecewise, Reading, check_tables
from firmware_ref.stage import Stage


class Table(Piecewise):
    """s = min(t >> m, S - 1), r = t - (s << m), f = (base[s] << m) + slope[s] * r: one multiply.

    slopes, bases: [rows, S].
    """

    def __init__(
        self, name: str, source: Stage, slopes: NDArray[np.int64], bases: NDArray[np.int64], reading: Reading
    ) -> None:
        check_tables(slopes, bases)
        m = reading.segment_log2
        functions = [Function(*row, m) for row in zip(slopes.tolist(), bases.tolist(), strict=True)]
        super().__init__(name, source, functions, reading)
        reached = np.s_[:, : self._segments]
        self._slopes = slopes[reached].astype(self._work_type).ravel()
        self._starts = (bases[reached].astype(self._work_type) << m).ravel()

    @staticmethod
    def _intermediate(function: Function, reach: Interval) -> list[Interval]:
        found = []
        for segment in function.segments(reach):
            values = segment.start, segment.slope, segment.slope * segment.least, segment.slope * segment.most
            found.append((min(*values, *segment.ends()), max(*values, *segment.ends())))
        return found

    def allocate(self, block: int) -> None:
        """Make the arrays of segments, table entries and products."""
        super().allocate(block)
        self._part, self._read_out = np.empty((2, self._t.size), dtype=self._work_type)
        self._segment = np.empty(self._t.size, dtype=np.intp)

    def _apply(self, t: IntArray, rows: NDArray[np.intp], y: IntArray) -> None:
        m = self._m
        part, entry, segment, index = (
            flat[: t.size].reshape(t.shape) for flat in (self._part, self._read_out, self._segment, self._index)
        )
        np.right_shift(t, m, out=part)
        np.minimum(part, self._segments - 1, out=part)
        np.copyto(segment, part)
        np.left_shift(part, m, out=part)
        r = np.subtract(t, part, out=t)
        for output in range(self._outputs):
            if self._slopes.size > self._segments:
                np.add(segment, rows[:, output, None] * self._segments, out=index)
            else:
                index = segment
            # The index lies in the table: the mode only spares NumPy a second check.
            np.take(self._slopes, index, out=entry, mode="wrap")
            np.multiply(entry, r, out=part)
            np.take(self._starts, index, out=entry, mode="wrap")
            np.add(entry, part, out=y[:, output])


class Basis(Piecewise):
    """f = (base[0] << m) + sum over k of w[k] * max(t - (k << m), 0): a multiply a knot (papers/003, equation (5)).

    weights, bases: [rows, S]; of the bases only the first column is used.
    """

    def __init__(
        self, name: str, source: Stage, weights: NDArray[np.int64], bases: NDArray[np.int64], reading: Reading
    ) -> None:
        check_tables(weights, bases)
        m = reading.segment_log2
        functions = []
        for row, base in zip(weights.tolist(), bases[:, 0].tolist(), strict=True):
            slopes = list(accumulate(row))
            functions.append(Function(slopes, list(accumulate(slopes[:-1], initial=base)), m))
        super().__init__(name, source, functions, reading)
        self._weights = weights[:, : self._segments].astype(self._work_type)
        self._start = bases[:, 0].astype(self._work_type) << m

    @staticmethod
    def _intermediate(function: Function, reach: Interval) -> list[Interval]:
        lo, hi = reach
        weights = [function.slopes[0], *(after - before for before, after in pairwise(function.slopes))]
        start = function.bases[0] << function.m
        entries = [(start, start)]
        terms = [(start, start)]
        for k, weight in enumerate(weights[: (hi >> function.m) + 1]):
            entries.append((weight, weight))
            terms.append(bounds.hull((weight * max(t - (k << function.m), 0),) * 2 for t in (lo, hi)))
        return [*entries, bounds.total(bounds.with_zero(term) for term in terms)]

    def allocate(self, block: int) -> None:
        """Make the array of a term."""
        super().allocate(block)
        self._term = np.empty(self._t.size, dtype=self._work_type)
        self._product = np.empty(self._t.size, dtype=self._work_type)

    def _apply(self, t: IntArray, rows: NDArray[np.intp], y: IntArray) -> None:
        beyond, product = (flat[: t.size].reshape(t.shape) for flat in (self._term, self._product))
        y[:] = self._start[rows][:, :, None]
        for k in range(self._segments):
            knot = self._work_type.type(k << self._m)
            np.maximum(t, knot, out=beyond)
            np.subtract(beyond, knot, out=beyond)
            for output in range(self._outputs):
                np.multiply(beyond, self._weights[rows[:, output], k, None], out=product)
                np.add(y[:, output], product, out=y[:, output])
