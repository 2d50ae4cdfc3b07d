"""Piecewise-linear functions in AVX-512 instructions: the line of each sample's segment, chosen from registers.

y = (base[s] << m) + slope[s] * (t - (s << m)) is a line in the sample x itself, on the left side, too, so that neither |x|
nor the rest is made (docs/spec/fixed_point.md, section 7; at a knot both neighbours give the same integer).
"""

from typing import assert_never

from pimdeploy.datapath.nodes import Piecewise, Symmetry
from pimdeploy.emit.c.avx512.parts import begun, finished, vector_loop
from pimdeploy.emit.c.plan import Plan, Stage
from pimdeploy.emit.c.statements import channel_loop, in_row, indented, out_row

REGISTER_SEGMENTS = 32


def function(plan: Plan, stage: Stage, node: Piecewise) -> list[str]:
    """Return the body of the function of a stage whose head is `node`."""
    prefix, channels = plan.prefix(node.name), plan.channels(node.source)
    head, lines = [in_row(plan, node.source, "c")], []
    lines += ["const __m512i x = pim_avx512_load(in + n);", f"const __m512i s = {_segments(prefix, node)};"]
    for j in range(node.outputs):
        channel = "c" if node.outputs == 1 else f"(c * {node.outputs} + {j})"
        head += [out_row(plan, stage, channel, f"out{j}"), *_lines(plan, stage, node, j, channels)]
        lines += [f"const pim_sums y{j} = {_lookup(node, j)};"]
        lines += finished(plan, stage, f"y{j}", channel=channel, out=f"out{j}")
    return channel_loop(channels, head, indented(vector_loop(lines), 2))


def _segments(prefix: str, node: Piecewise) -> str:
    """Return the segment of each sample of x: on the left side of a mirrored function -1, -2, ..."""
    m, last = f"{prefix}_SEGMENT_LOG2", f"{prefix}_SEGMENTS - 1"
    match node.symmetry:
        case Symmetry.ODD | Symmetry.EVEN:
            return f"pim_avx512_segments(x, {m}, 0, -{prefix}_SEGMENTS, {last})"
        case Symmetry.PLAIN:
            return f"pim_avx512_segments(x, {m}, {prefix}_OFFSET >> {m}, 0, {last})"
        case Symmetry.INDEX:
            return f"pim_avx512_segments(x, {m}, 0, 0, {last})"
        case _:
            assert_never(node.symmetry)


def _lines(plan: Plan, stage: Stage, node: Piecewise, j: int, channels: int) -> list[str]:
    """Return the definitions of the lines of result j of channel c."""
    prefix, begin = plan.prefix(node.name), begun(plan, stage)
    row = _row(node, j, channels)
    tables = f"{prefix}_SLOPES[{row}], {prefix}_BASES[{row}]"
    size = f"{prefix}_SEGMENTS, {prefix}_SEGMENT_LOG2"
    if node.symmetry in (Symmetry.ODD, Symmetry.EVEN):
        sign = -1 if node.symmetry is Symmetry.ODD else 1
        return [f"const pim_lines f{j} = pim_avx512_mirrored({tables}, {size}, {sign}, {begin});"]
    offset = f"{prefix}_OFFSET" if node.symmetry is Symmetry.PLAIN else "0"
    parts = ["f", "g"] if node.segments > REGISTER_SEGMENTS else ["f"]
    return [
        f"const pim_lines {name}{j} = pim_avx512_lines({tables}, {k * REGISTER_SEGMENTS}, {size}, {offset}, {begin});"
        for k, name in enumerate(parts)
    ]


def _lookup(node: Piecewise, j: int) -> str:
    is_wide = node.segments > REGISTER_SEGMENTS and node.symmetry not in (Symmetry.ODD, Symmetry.EVEN)
    return f"pim_avx512_lookup_wide(f{j}, g{j}, s, x)" if is_wide else f"pim_avx512_lookup(f{j}, s, x)"


def _row(node: Piecewise, j: int, channels: int) -> str:
    """Return the row of the tables that result j of channel c reads (`Piecewise.row`)."""
    if node.tables == 1:
        return str(j)
    table = "c" if node.tables == channels else f"c * {node.tables} / {channels}"
    return table if node.outputs == 1 else f"{table} * {node.outputs} + {j}"
