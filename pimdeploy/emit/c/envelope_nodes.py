"""The envelope of one node: what it admits, and the sums of its weights that are held against it.

Convolution, for each output o, with P and N the sums of positive and of negated negative taps that meet the input i:
    up = sum over i of (P x_most[i] - N x_least[i]), down = sum over i of (P x_least[i] - N x_most[i]);
    [down + min(bias, 0), up + max(bias, 0)] lies in `sums`, [down + bias, up + bias] in `result[o]`. In three products the
    same of S1, S2 and S3, each with its own taps and inputs (datapath/bounds_products.py): [down, up] lies in `sums`.
Function, for each row and every t up to the row's largest argument: base * 2^m, slope * r and their sum lie in `sums`, the
sums of the positive and of the negative terms of the basis form in `basis_sums`, the values in `result`. No word is larger
than its format's; of a function this holds for the differences of slopes, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import real_taps
from pimdeploy.datapath.bounds_products import three_operands, three_taps
from pimdeploy.datapath.intervals import Interval, hull, with_zero
from pimdeploy.datapath.nodes import Convolution, Piecewise, Products, Symmetry
from pimdeploy.emit.c.plan import Plan
from pimdeploy.emit.c.types import argument_offset

CHECK_BITS = 62
"""Sums of the check stay within this many bits, so that int64_t holds them; a node that would exceed it is fixed."""
WORD_BITS = 32
"""Longest word of a tap or slope that can be replaced."""


@dataclass(frozen=True)
class ConvolutionEnvelope:
    """source: values of each real input. sums: what its type holds. result: what each real output may take.

    pairs: values of I + Q of each pair of inputs where products are formed in three, else none.
    """

    source: tuple[Interval, ...]
    sums: Interval
    result: tuple[Interval, ...]
    largest_word: int
    pairs: tuple[Interval, ...] = ()

    @property
    def largest_sum_abs_taps(self) -> list[int]:
        """Of each output a sum of |taps| that is admitted whatever their signs, without bias; -1 where none is.

        In three products, x_I + x_Q of S1 meets re alone, and S2 and S3 meet taps that sum to |re| + |im| at most.
        """
        lo, hi = hull([with_zero(interval) for interval in (*self.source, *self.pairs)])
        return [_within(self.sums, result) // max(-lo, hi, 1) for result in self.result]

    def to_json(self) -> dict[str, Any]:
        """Return the node's entry in certificate.json; lists have one entry where all are alike."""
        return {
            "replaceable": True,
            "source": _alike([list(interval) for interval in self.source]),
            **({"pairs": _alike([list(interval) for interval in self.pairs])} if self.pairs else {}),
            "sums": list(self.sums),
            "result": _alike([list(interval) for interval in self.result]),
            "largest_word": self.largest_word,
            "largest_sum_abs_taps": _alike(self.largest_sum_abs_taps),
        }


@dataclass(frozen=True)
class FunctionEnvelope:
    """Of each row the largest t and what its values may take; what the types of the table and the basis form hold."""

    arguments: tuple[int, ...]
    sums: Interval
    basis_sums: Interval
    result: tuple[Interval, ...]
    largest_word: int
    segment_log2: int
    segments: int

    @property
    def largest_slope(self) -> list[int]:
        """Of each row: slopes of at most this, with either sign, are admitted, the first base being 0; -1 where none are."""
        found = []
        for most, result in zip(self.arguments, self.result, strict=True):
            beyond = (max(most - (k << self.segment_log2), 0) for k in range(1, self.segments))
            terms = most + 2 * sum(beyond)  # the first weight is a slope, every other the difference of two
            reach, basis_reach = _within(self.sums, result), _within(self.basis_sums)
            found.append(min(self.largest_word // 2, reach // max(most, 1), basis_reach // max(terms, 1)))
        return found

    @property
    def largest_base(self) -> list[int]:
        """Of each row: a first base of at most this, with either sign, is admitted, all slopes being 0; -1 where none is."""
        return [_within(self.sums, self.basis_sums, result) >> self.segment_log2 for result in self.result]

    def to_json(self) -> dict[str, Any]:
        """Return the node's entry in certificate.json; lists have one entry where all are alike."""
        return {
            "replaceable": True,
            "sums": list(self.sums),
            "basis_sums": list(self.basis_sums),
            "result": _alike([list(interval) for interval in self.result]),
            "largest_word": self.largest_word,
            "largest_argument": _alike(list(self.arguments)),
            "largest_slope": _alike(self.largest_slope),
            "largest_base": _alike(self.largest_base),
        }


Envelope = ConvolutionEnvelope | FunctionEnvelope


@dataclass(frozen=True)
class Reach:
    """Sums of the positive and of the negated negative taps, [out, in / groups] of real channels."""

    positive: NDArray[np.int64]
    negative: NDArray[np.int64]
    groups: int

    def sums(self, ranges: Sequence[Interval]) -> list[Interval]:
        """Return [least, most] of each output without bias, partial sums included, for inputs in `ranges`."""
        outputs, inputs = self.positive.shape
        first = np.arange(outputs) // (outputs // self.groups) * inputs
        index = first[:, None] + np.arange(inputs)
        least = np.array([min(lo, 0) for lo, _ in ranges], dtype=np.int64)[index]
        most = np.array([max(hi, 0) for _, hi in ranges], dtype=np.int64)[index]
        down = (self.positive * least - self.negative * most).sum(axis=1)
        up = (self.positive * most - self.negative * least).sum(axis=1)
        return list(zip(down.tolist(), up.tolist(), strict=True))


def three_sums(node: Convolution, source: Sequence[Interval], taps: NDArray[np.int64] | None = None) -> Interval:
    """Return what S1, S2 and S3 of every output take, partial sums in any order, for real inputs in `source`."""
    formed = three_taps(node.taps.array if taps is None else taps)
    parts = zip(formed, three_operands(source), strict=True)
    return hull(total for rows, operand in parts for total in _reach(rows, node.groups).sums(operand))


def _reach(rows: NDArray[np.int64], groups: int) -> Reach:
    return Reach(np.maximum(rows, 0).sum(axis=2), np.maximum(-rows, 0).sum(axis=2), groups)


def reach_of(node: Convolution, taps: NDArray[np.int64] | None = None) -> Reach:
    """Return the reach of the taps of `node`, or of `taps` of their shape."""
    return _reach(real_taps(node, taps), node.groups)


def checkable(wide: Plan, node: Convolution | Piecewise) -> bool:
    """Return whether no sum of the check, for any words of the formats, leaves `CHECK_BITS`."""
    if isinstance(node, Piecewise):
        bits, terms = node.slopes_format.bits, 2 * node.segments
        reach = max(*largest_arguments(wide, node), 1 << node.segment_log2)
    else:
        bits, terms = node.taps_format.bits, node.channels_in // node.groups * node.kernel_length
        lo, hi = hull(wide.bounds[node.source].ranges)
        reach = max(-lo, hi, 1)
    # Three products multiply by sums of two taps, in a type that holds 32 bits at least.
    longest = WORD_BITS - int(isinstance(node, Convolution) and node.products is Products.THREE)
    return bits <= longest and terms * reach < 1 << (CHECK_BITS - bits)


def largest_arguments(wide: Plan, node: Piecewise) -> list[int]:
    """Return the largest t of each row of `node`, over all channels that read the row."""
    ranges = wide.bounds[node.source].ranges
    offset = argument_offset(wide, node)
    mirrored = node.symmetry in (Symmetry.ODD, Symmetry.EVEN)
    found = [0] * node.slopes.shape[0]
    for channel, (lo, hi) in enumerate(ranges):
        for j in range(node.outputs):
            row = node.row(channel * node.outputs + j, len(ranges))
            found[row] = max(found[row], max(-lo, hi) if mirrored else hi + offset)
    return found


@dataclass(frozen=True)
class Filled:
    """What a row fills for every t up to its largest: sums of the table form, of the basis form, and its values."""

    sums: Interval
    basis_sums: Interval
    values: Interval


def filled_by_row(node: Piecewise, row: int, argument: int) -> Filled:
    """Return what the row `row` of `node` fills for 0 <= t <= `argument`; an odd one, with either sign."""
    slopes, first_base = node.slopes.array[row].tolist(), int(node.bases.array[row, 0])
    return _filled(slopes, first_base, node.segment_log2, argument, mirrored=node.symmetry is Symmetry.ODD)


def tables_of(node: Convolution | Piecewise) -> dict[str, NDArray[np.int64]]:
    """Return the tables of `node` that others may replace, by name."""
    if isinstance(node, Convolution):
        return {"taps": node.taps.array} | ({} if node.bias is None else {"bias": node.bias.array})
    return {"slopes": node.slopes.array, "first_bases": node.bases.array[:, 0]}


def admits(node: Convolution | Piecewise, envelope: Envelope, weights: Mapping[str, NDArray[np.int64]]) -> bool:
    """Return whether `envelope` admits `weights`, as `tables_of` names them, in the place of those of `node`."""
    if isinstance(envelope, ConvolutionEnvelope) and isinstance(node, Convolution):
        return _admits_taps(node, envelope, weights["taps"], weights.get("bias"))
    if isinstance(envelope, FunctionEnvelope) and isinstance(node, Piecewise):
        return _admits_functions(node, envelope, weights["slopes"], weights["first_bases"])
    return False


def _admits_taps(
    node: Convolution, envelope: ConvolutionEnvelope, taps: NDArray[np.int64], bias: NDArray[np.int64] | None
) -> bool:
    if np.abs(taps).max(initial=0) > envelope.largest_word:
        return False
    if envelope.pairs and not _inside(three_sums(node, envelope.source, taps), envelope.sums):
        return False
    sums = reach_of(node, taps).sums(envelope.source)
    biases = [0] * len(sums) if bias is None else bias.tolist()
    return all(
        _inside((down + min(b, 0), up + max(b, 0)), envelope.sums) and _inside((down + b, up + b), result)
        for (down, up), b, result in zip(sums, biases, envelope.result, strict=True)
    )


def _admits_functions(
    node: Piecewise, envelope: FunctionEnvelope, slopes: NDArray[np.int64], first_bases: NDArray[np.int64]
) -> bool:
    if node.first_bases is None and first_bases.any():  # the code adds none
        return False
    words = np.abs(np.concatenate([slopes, np.diff(slopes, axis=1, prepend=0)]))
    if words.max(initial=0) > envelope.largest_word:
        return False
    mirrored = node.symmetry is Symmetry.ODD
    for row, (values, base) in enumerate(zip(slopes.tolist(), first_bases.tolist(), strict=True)):
        found = _filled(values, base, envelope.segment_log2, envelope.arguments[row], mirrored=mirrored)
        fits = _inside(found.sums, envelope.sums) and _inside(found.basis_sums, envelope.basis_sums)
        if not fits or not _inside(found.values, envelope.result[row]):
            return False
    return True


def _filled(slopes: list[int], first_base: int, m: int, argument: int, *, mirrored: bool) -> Filled:
    sums, ends = [0], []
    base, previous, up, down = first_base, 0, max(first_base, 0) << m, min(first_base, 0) << m
    for k, slope in enumerate(slopes):
        first, weight = k << m, slope - previous
        if first > argument:
            break
        end = argument if k == len(slopes) - 1 else min(argument, first + (1 << m) - 1)
        start, rise = base << m, slope * (end - first)
        sums += [start, rise, start + rise]
        ends += [start, start + rise]
        up, down = up + max(weight, 0) * (argument - first), down + min(weight, 0) * (argument - first)
        base, previous = base + slope, slope
    every = [(min(sums), max(sums)), (down, up), (min(ends), max(ends))]
    if mirrored:  # the sign of a comes behind everything
        every = [(-max(-lo, hi), max(-lo, hi)) for lo, hi in every]
    return Filled(*every)


def _inside(interval: Interval, limits: Interval) -> bool:
    return limits[0] <= interval[0] and interval[1] <= limits[1]


def _within(*limits: Interval) -> int:
    """Return the largest value that lies in all `limits` with either sign, -1 where 0 does not."""
    return max(min(min(-lo, hi) for lo, hi in limits), -1)


def _alike(values: list[Any]) -> list[Any]:
    return values[:1] if all(value == values[0] for value in values) else values
