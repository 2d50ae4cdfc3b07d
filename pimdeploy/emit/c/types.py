"""The width of the C type in which each stage computes, from the proven bounds (docs/spec/datapath.md, section 4)."""

from typing import assert_never

from pimdeploy.datapath.formats import bits_for
from pimdeploy.datapath.intervals import Interval, hull
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Magnitude,
    MagnitudeKind,
    Piecewise,
    Rectify,
    Requantize,
    Symmetry,
    sources_of,
)
from pimdeploy.emit.c.plan import Exact, Plan
from pimdeploy.errors import GraphError

SCALE_BITS = 30
"""A shift of an int32_t, and 2^s in one, end there."""
SCALE_MOST = 62
"""The last shift of an int64_t. What needs a longer one is zero, and stays zero."""


def accumulator_bits(interval: Interval) -> int:
    """Return 32 or 64: the width of the C type that holds every integer of `interval`."""
    return 32 if bits_for(*interval) <= 32 else 64


def head_bits(plan: Plan, node: Exact) -> int:
    """Return the width of the type in which `node`, no piecewise-linear function, computes; its operands fit, too."""
    intervals = [plan.bounds[node.name].accumulator]
    intervals += [interval for source in sources_of(node) for interval in plan.bounds[source].ranges]
    shift = 0
    if isinstance(node, Add | Concatenate):
        shift = max(alignment(plan, node, source) for source in node.sources)
    if isinstance(node, Rectify):
        shift = node.slope_log2 or 0
    if isinstance(node, Convolution):
        intervals.append(taps_interval(node))
    if isinstance(node, Magnitude):
        reach = max(largest_magnitude(plan, node.source), node.alpha, node.beta)
        intervals.append((-reach, reach))
    return 64 if shift > SCALE_BITS else accumulator_bits(hull(intervals))


def taps_interval(node: Convolution) -> Interval:
    """Return an interval that holds every tap of `node` and its negative."""
    reach = int(abs(node.taps.array).max())
    return -reach, reach


def alignment(plan: Plan, node: Add | Concatenate, source: str) -> int:
    """Return the power of two by which `node` multiplies the operand `source`, at most `SCALE_MOST`."""
    fracs = [plan.bounds[operand].format.frac for operand in node.sources]
    return min(max(fracs) - plan.bounds[source].format.frac, SCALE_MOST)


def root_bits(plan: Plan, node: Magnitude) -> int:
    """Return 32 or 64: the width of the unsigned type in which I^2 + Q^2 stands; each square fits the signed one."""
    energy = plan.bounds[node.name].accumulator[1]
    square = largest_magnitude(plan, node.source) ** 2
    return 32 if energy < 1 << 32 and square < 1 << 31 else 64


def result_bits(plan: Plan, node: Magnitude) -> int:
    """Return the width of the type in which the magnitude leaves `node`: that of a root is half as wide as its square."""
    if node.magnitude is MagnitudeKind.SQRT:
        return accumulator_bits(hull(plan.bounds[node.name].ranges))
    return head_bits(plan, node)


def requantize_bits(plan: Plan, node: Requantize) -> int:
    """Return the width of the type in which `node` computes: its rounding constant and its format fit, too."""
    if abs(shift_of(plan, node)) > SCALE_BITS:
        return 64
    fmt = node.format
    lo, hi = plan.bounds[node.name].accumulator
    return accumulator_bits((min(lo, fmt.min_q), max(hi, fmt.max_q)))


def shift_of(plan: Plan, node: Requantize) -> int:
    """Return s = frac_in - frac_out of `node`: positive loses bits, negative scales up."""
    return plan.bounds[node.source].format.frac - node.format.frac


def piecewise_bits(plan: Plan, node: Piecewise, form: str) -> int:
    """Return the width of the type in which `form` ("table" or "basis") of `node` computes, t and |a| included."""
    bounds = plan.bounds[node.name]
    interval = bounds.accumulator if form == "table" else bounds.basis_accumulator or bounds.accumulator
    reach = max(largest_magnitude(plan, node.source), largest_argument(plan, node), argument_offset(plan, node))
    if reach >= 1 << 63:
        raise GraphError(f"node {node.name!r}: its argument does not fit int64_t; give {node.source!r} fewer bits")
    return accumulator_bits(hull([interval, (-reach, reach)]))


def largest_magnitude(plan: Plan, source: str) -> int:
    """Return the largest |a| of `source` on any channel."""
    return max(max(-lo, hi, 0) for lo, hi in plan.bounds[source].ranges)


def argument_offset(plan: Plan, node: Piecewise) -> int:
    """Return what a plain function adds to its argument, 2^(bits - 1); the others add nothing."""
    return 1 << (plan.bounds[node.source].format.bits - 1) if node.symmetry is Symmetry.PLAIN else 0


def largest_argument(plan: Plan, node: Piecewise) -> int:
    """Return the largest t of `node` (docs/spec/fixed_point.md, section 7)."""
    match node.symmetry:
        case Symmetry.ODD | Symmetry.EVEN:
            return largest_magnitude(plan, node.source)
        case Symmetry.PLAIN | Symmetry.INDEX:
            return max(hi for _, hi in plan.bounds[node.source].ranges) + argument_offset(plan, node)
        case _:
            assert_never(node.symmetry)


def reached_segments(plan: Plan, node: Piecewise) -> int:
    """Return how many segments of `node` an input can enter beyond their knot, at least 1."""
    return min(node.segments, (max(largest_argument(plan, node) - 1, 0) >> node.segment_log2) + 1)
