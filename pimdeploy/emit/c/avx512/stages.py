"""Which stages there are in AVX-512 instructions, and their functions.

A stage is here where its samples have 16 bits and its sums 32; all others stay as they are in <name>.c. Sums wrap modulo
2^32, and their results fit by proof, so partial sums need no bound here.
"""

from dataclasses import dataclass
from typing import assert_never

from pimdeploy.datapath.formats import bits_for
from pimdeploy.datapath.intervals import hull
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)
from pimdeploy.emit.c.avx512.convolution import convolution
from pimdeploy.emit.c.avx512.products import multiply, square
from pimdeploy.emit.c.avx512.segments import function
from pimdeploy.emit.c.avx512.wide import wide_convolution
from pimdeploy.emit.c.plan import Plan, Stage
from pimdeploy.emit.c.tables import largest_bits
from pimdeploy.emit.c.types import SCALE_BITS, argument_offset, requantize_bits, shift_of

WORD_BITS = 16
"""Width of a factor: a sample, a tap, a slope."""
MIRRORED_SEGMENTS = 16
"""Most segments of an odd or an even function: with their mirror images, the entries of two registers."""
SEGMENTS = 64


@dataclass(frozen=True)
class Vectors:
    """A stage in these instructions. is_for_known_taps: a build whose taps can be replaced has to do without it."""

    body: list[str]
    is_for_known_taps: bool = False


def avx512_stage(plan: Plan, stage: Stage) -> Vectors | None:
    """Return `stage` in these instructions, None where it is none for them."""
    node = stage.head
    if _result_fits(plan, stage) and all(plan.buffers[name].bits == WORD_BITS for name in stage.sources):
        body = _body(plan, stage)
        return None if body is None else Vectors(body)
    if not isinstance(node, Convolution) or not _has_short_taps(node):
        return None
    body = wide_convolution(plan, stage, node)
    return None if body is None else Vectors(body, is_for_known_taps=True)


def _body(plan: Plan, stage: Stage) -> list[str] | None:
    node = stage.head
    match node:
        case Convolution():
            return convolution(plan, stage, node) if _has_short_taps(node) else None
        case Piecewise():
            return function(plan, stage, node) if _has_short_tables(plan, node) else None
        case Multiply():
            return multiply(plan, stage, node)
        case Magnitude():
            return square(plan, stage, node) if node.magnitude is MagnitudeKind.SQUARE else None
        case Delay() | Add() | Rectify() | Concatenate() | Select() | Requantize():
            return None  # moves and compares, which compilers turn into vectors as they are
        case _:
            assert_never(node)


def _result_fits(plan: Plan, stage: Stage) -> bool:
    """Return whether the sums fit 32 bits, and the result the types that can be stored."""
    if bits_for(*hull(plan.bounds[stage.head.name].ranges)) > 32:
        return False
    if stage.tail is None:
        return plan.buffers[stage.result].bits == 32
    short = abs(shift_of(plan, stage.tail)) <= SCALE_BITS and requantize_bits(plan, stage.tail) == 32
    return short and plan.buffers[stage.result].bits == WORD_BITS


def _has_short_taps(node: Convolution) -> bool:
    """Return whether every tap, and its negative, is a factor."""
    return largest_bits(node.taps.array) <= WORD_BITS


def _has_short_tables(plan: Plan, node: Piecewise) -> bool:
    """Return whether the lines of all segments fit registers, a slope 16 bits, and where segments begin the steps of 2^m."""
    if largest_bits(node.slopes.array) > WORD_BITS or largest_bits(node.bases.array) > 32:
        return False
    if node.segment_log2 >= WORD_BITS or argument_offset(plan, node) % (1 << node.segment_log2):
        return False
    is_mirrored = node.symmetry in (Symmetry.ODD, Symmetry.EVEN)
    return node.segments <= (MIRRORED_SEGMENTS if is_mirrored else SEGMENTS)
