"""The stack that a build with PIM_AVX512 takes beyond that of the portable one, at most."""

from collections.abc import Iterable
from dataclasses import dataclass

from pimdeploy.datapath.nodes import Convolution
from pimdeploy.emit.c.avx512.convolution import ROWS, Shape
from pimdeploy.emit.c.avx512.parts import STEP_SAMPLES
from pimdeploy.emit.c.avx512.wide import narrowed_channels
from pimdeploy.emit.c.plan import Plan, Stage

VECTOR_BYTES = 64
PAIR_BYTES = 2 * VECTOR_BYTES
"""Of the samples of a pair, where a compiler keeps them on the stack."""
OFFSET_BYTES = 8
"""Of where one sample of a pair begins."""
PACKED_BYTES = 4
"""Of the taps of a pair."""


@dataclass(frozen=True)
class MoreStack:
    """Bytes: fixed, and for each sample of a block."""

    fixed: int
    a_sample: int


def more_stack(plan: Plan, stages: Iterable[Stage]) -> MoreStack:
    """Return what rows that begin where a vector does take, and the arrays and spilled pairs of the hungriest stage.

    stages: those that are made of these instructions.
    """
    buffers = plan.buffers.values()
    in_front = sum(b.channels * (_in_front(b.memory) - b.memory) * b.bits // 8 for b in buffers)
    taken = [_stage(plan, stage) for stage in stages]
    fixed = max((fixed for fixed, _ in taken), default=0)
    return MoreStack(in_front + VECTOR_BYTES * len(plan.buffers) + fixed, max((more for _, more in taken), default=0))


def _in_front(memory: int) -> int:
    """Return the past samples in front of a row, a whole number of vectors (PIM_IN_FRONT)."""
    return -(-memory // STEP_SAMPLES) * STEP_SAMPLES


def _stage(plan: Plan, stage: Stage) -> tuple[int, int]:
    node = stage.head
    if not isinstance(node, Convolution):
        return 0, 0
    shape, narrow = Shape(plan, stage, node), narrowed_channels(plan, node)
    if shape.is_written_out:
        return PAIR_BYTES * shape.pairs + 2 * narrow * _in_front(plan.buffers[node.source].memory), 2 * narrow
    return shape.pairs * (2 * OFFSET_BYTES + ROWS[0] * PACKED_BYTES) + ROWS[0] * PAIR_BYTES, 0
