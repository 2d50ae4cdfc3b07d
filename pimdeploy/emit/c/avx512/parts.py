"""How a stage in AVX-512 instructions begins and ends its sums: rounding constant, trace, requantizer, store."""

from typing import assert_never

from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.nodes import Requantize
from pimdeploy.emit.c.plan import Plan, Stage
from pimdeploy.emit.c.statements import indented
from pimdeploy.emit.c.types import shift_of

STEP = "PIM_AVX512_SAMPLES"
STEP_SAMPLES = 32
"""What PIM_AVX512_SAMPLES is: `<NAME>_BLOCK` is a multiple of it."""


def vector_loop(lines: list[str]) -> list[str]:
    """Return the loop over the samples n of the block, a vector at a time: the last one may reach beyond n_samples."""
    return [f"for (size_t n = 0; n < n_samples; n += {STEP}) {{", *indented(lines, 1), "}"]


def begun(plan: Plan, stage: Stage) -> str:
    """Return what the sums of `stage` begin with, so that rounding down rounds as its requantizer does."""
    node = stage.tail
    if node is None or node.rounding is not Rounding.HALF_UP or shift_of(plan, node) <= 0:
        return "0"
    return f"(INT32_C(1) << ({plan.prefix(node.name)}_SHIFT - 1))"


def finished(plan: Plan, stage: Stage, sums: str, *, channel: str, out: str) -> list[str]:
    """Return the statements that trace the integers of the head and store those of the stage at sample n of `out`."""
    if stage.tail is None:
        return [f"pim_avx512_store_sums({out} + n, {sums});"]
    trace = f"PIM_TAPS({channel}, n, {sums}, {begun(plan, stage)});"
    return [trace, f"pim_avx512_store({out} + n, {_requantized(plan, stage.tail, sums)});"]


def _requantized(plan: Plan, node: Requantize, sums: str) -> str:
    prefix, shift = plan.prefix(node.name), shift_of(plan, node)
    macro = f"{prefix}_SHIFT" if shift >= 0 else f"-{prefix}_SHIFT"  # states how far, and elsewhere in which direction
    rounded = f"{_rounding(node.rounding if shift > 0 else Rounding.FLOOR)}({sums}, {macro})" if shift else sums
    return overflowed(plan, node, rounded)


def overflowed(plan: Plan, node: Requantize, rounded: str) -> str:
    """Return the expression of `rounded` sums in the format of `node`, 16 bits a sample."""
    prefix = plan.prefix(node.name)
    match node.overflow:
        case Overflow.SATURATE:
            return f"pim_avx512_saturate({rounded}, {prefix}_MIN, {prefix}_MAX)"
        case Overflow.WRAP:
            kernel = "pim_avx512_wrap" if node.format.signed else "pim_avx512_wrap_unsigned"
            return f"{kernel}({rounded}, {node.format.bits})"
        case _:
            assert_never(node.overflow)


def _rounding(rounding: Rounding) -> str:
    match rounding:
        case Rounding.FLOOR | Rounding.HALF_UP:
            return "pim_avx512_floor"
        case Rounding.HALF_EVEN:
            return "pim_avx512_half_even"
        case Rounding.HALF_AWAY:
            return "pim_avx512_half_away"
        case _:
            assert_never(rounding)
