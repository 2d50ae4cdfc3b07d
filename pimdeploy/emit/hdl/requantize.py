"""A requantizer as a SystemVerilog function of one word: round, then overflow (docs/spec/fixed_point.md, 3 to 5)."""

from typing import assert_never

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.formats import Overflow, Rounding, bits_for
from pimdeploy.datapath.nodes import Requantize


def requantize_function(node: Requantize, own: NodeBounds, source: NodeBounds) -> list[str]:
    """Return the lines of requantize_<node>: a word of the source's type in, one of the node's own out.

    The function works in the width that holds the proven accumulator, the source's format and the ends of its own.
    """
    fmt = node.format
    width = max(own.acc_bits, bits_for(source.format.min_q, source.format.max_q), bits_for(fmt.min_q, fmt.max_q)) + 1
    shift = source.format.frac - fmt.frac
    return [
        f"  function automatic {node.name}_t requantize_{node.name}(input {node.source}_t value);",
        f"    logic signed [{width - 1}:0] wide;",
        f"    wide = {width}'(value);",
        *(f"    {line}" for line in _rounding(node.rounding, shift, width)),
        *(f"    {line}" for line in _overflow(node, width)),
        f"    return wide[{fmt.bits - 1}:0];",
        "  endfunction",
    ]


def _rounding(rounding: Rounding, shift: int, width: int) -> list[str]:
    if shift == 0:
        return []
    if shift < 0:
        return [f"wide = wide <<< {-shift};"]
    half, below = _literal(1 << (shift - 1), width), _literal((1 << (shift - 1)) - 1, width)
    one, zero = _literal(1, width), _literal(0, width)
    match rounding:
        case Rounding.FLOOR:
            return [f"wide = wide >>> {shift};"]
        case Rounding.HALF_UP:
            return [f"wide = (wide + {half}) >>> {shift};"]
        case Rounding.HALF_EVEN:  # up by half, less one LSB of the source where the integer below is even
            return [f"wide = (wide + {below} + (wide[{shift}] ? {one} : {zero})) >>> {shift};"]
        case Rounding.HALF_AWAY:  # up by half, less one LSB of the source for negative values
            return [f"wide = (wide + (wide[{width - 1}] ? {below} : {half})) >>> {shift};"]
        case _:
            assert_never(rounding)


def _overflow(node: Requantize, width: int) -> list[str]:
    """Wrap keeps the low bits, which the return does."""
    match node.overflow:
        case Overflow.WRAP:
            return []
        case Overflow.SATURATE:
            most, least = _literal(node.format.max_q, width), _literal(node.format.min_q, width)
            return [f"if (wide > {most}) wide = {most};", f"if (wide < {least}) wide = {least};"]
        case _:
            assert_never(node.overflow)


def _literal(value: int, width: int) -> str:
    """Return a signed constant of `width` bits."""
    return f"{width}'sh{value & ((1 << width) - 1):x}"
