"""Statements that every stage of the emitted C is made of: addresses of rows, loops, casts, requantizers, stores."""

from typing import assert_never

from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.nodes import Requantize
from pimdeploy.emit.c.plan import Buffer, Plan, Stage
from pimdeploy.emit.c.types import requantize_bits, shift_of


def _row(plan: Plan, buffer: Buffer, channel: int | str, back: int = 0) -> str:
    """Return the address, in a channel of `buffer`, of the sample `back` samples before the block."""
    prefix = plan.prefix(buffer.node)
    row = {"0": "", "1": f" + {prefix}_ROW"}.get(str(channel), f" + {channel} * {prefix}_ROW")
    return f"{buffer.node}_q{row}" + (f" + {prefix}_MEMORY" if buffer.memory else "") + (f" - {back}" if back else "")


def in_row(plan: Plan, source: str, channel: int | str, name: str = "in", back: int = 0) -> str:
    """Return the declaration of `name`, which points `back` samples before the block in a channel of the node `source`."""
    buffer = plan.buffers[source]
    return f"const {buffer.work_type} *const {name} = {_row(plan, buffer, channel, back)};"


def out_row(plan: Plan, stage: Stage, channel: int | str, name: str = "out") -> str:
    """Return the declaration of `name`, which points at sample 0 of the block in a channel of the stage's result."""
    buffer = plan.buffers[stage.result]
    return f"{buffer.work_type} *const {name} = {_row(plan, buffer, channel)};"


def loop(lines: list[str], indent: int = 1, past: int = 0) -> list[str]:
    """Return the loop over the samples n of the block, and over so many `past` ones before them."""
    pad, count = "    " * indent, f"n_samples + {past}" if past else "n_samples"
    return [f"{pad}PIM_VECTOR for (size_t n = 0; n < {count}; ++n) {{", *indented(lines, indent + 1), f"{pad}}}"]


def channel_loop(count: int, lines: list[str], body: list[str]) -> list[str]:
    """Return the loop over channels c: `lines`, then what stands in `body` already indented for it."""
    return [f"    for (size_t c = 0; c < {count}; ++c) {{", *indented(lines, 2), *body, "    }"]


def indented(lines: list[str], indent: int) -> list[str]:
    """Return `lines`, moved to the right."""
    return ["    " * indent + line for line in lines]


def store(plan: Plan, stage: Stage, value: str, bits: int, *, channel: int | str, out: str = "out") -> list[str]:
    """Return the statements that trace a value of the head and store that of the stage at sample n of `out`."""
    kind = plan.buffers[stage.result].work_type
    trace = [f"PIM_TAP({channel}, n, {value});"] if stage.tail is not None else []
    return [*trace, f"{out}[n] = ({kind}){requantized(plan, stage.tail, value, bits)};"]


def total(name: str, terms: list[str], bits: int, a_line: int = 2) -> list[str]:
    """Return the definition of `name` as the sum of `terms`, `a_line` of them in a line."""
    rows = [" + ".join(terms[k : k + a_line]) for k in range(0, len(terms), a_line)]
    return [f"const int{bits}_t {name} =", *(f"    {line} +" for line in rows[:-1]), f"    {rows[-1]};"]


def scaled(value: str, shift: int, bits: int) -> str:
    """Return `value` times 2^shift, in the type int<bits>_t."""
    cast = f"(int{bits}_t){value}"
    return f"pim_scale_i{bits}({cast}, {shift})" if shift else cast


def requantized(plan: Plan, node: Requantize | None, value: str, bits: int) -> str:
    """Return the C expression of `value`, of type int<bits>_t, after `node`."""
    if node is None:
        return value
    width = requantize_bits(plan, node)
    prefix = plan.prefix(node.name)
    text = value if width == bits else f"(int{width}_t){value}"
    shift = shift_of(plan, node)
    if shift > 0:
        text = f"{_rounding(node.rounding)}_i{width}({text}, {prefix}_SHIFT)"
    elif shift < 0:
        text = f"pim_scale_i{width}({text}, {prefix}_SHIFT)"
    if node.format.bits >= width:  # the format holds every integer of the type
        return text
    match node.overflow:
        case Overflow.SATURATE:
            return f"pim_saturate_i{width}({text}, {prefix}_MIN, {prefix}_MAX)"
        case Overflow.WRAP:
            kernel = "pim_wrap" if node.format.signed else "pim_wrap_unsigned"
            return f"{kernel}_i{width}({text}, {node.format.bits})"
        case _:
            assert_never(node.overflow)


def _rounding(rounding: Rounding) -> str:
    match rounding:
        case Rounding.FLOOR:
            return "pim_round_floor"
        case Rounding.HALF_UP:
            return "pim_round_half_up"
        case Rounding.HALF_EVEN:
            return "pim_round_half_even"
        case Rounding.HALF_AWAY:
            return "pim_round_half_away"
        case _:
            assert_never(rounding)
