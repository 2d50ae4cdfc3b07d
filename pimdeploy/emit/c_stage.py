"""One C function a stage: a loop over the samples of a block, with everything about the model known when compiling."""

from typing import assert_never

from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.nodes import Convolution, Piecewise, Requantize
from pimdeploy.emit.c_plan import (
    Buffer,
    Plan,
    Stage,
    accumulator_bits,
    piecewise_bits,
    reached_segments,
    requantize_bits,
    shift_of,
)

UNROLLED_PRODUCTS = 128
"""Products of one output that are written out; a longer kernel becomes a loop, so that code size stays bounded."""
UNROLLED_TOTAL = 2048
UNROLLED_SEGMENTS = 64
OUTPUTS_A_LOOP = 2

PIECEWISE_FORMS = ("table", "basis")


def stage_function(plan: Plan, stage: Stage) -> str:
    """Return the C function of `stage`: it reads one buffer and writes one."""
    source = plan.buffers[stage.head.source]
    result = plan.buffers[stage.result]
    match stage.head:
        case Convolution():
            what = "complex convolution" if stage.head.is_complex else "convolution"
            body = _convolution(plan, stage, stage.head)
        case Piecewise():
            what = "odd piecewise-linear function"
            body = _piecewise(plan, stage, stage.head)
        case Requantize():
            what = "requantizer"
            body = _requantizer(plan, stage.head)
        case _:
            assert_never(stage.head)
    names = stage.head.name + (f" -> {stage.tail.name}" if stage.tail is not None else "")
    head = [
        f"/* {source.node} -> {names}: {what}{', requantized' if stage.tail is not None else ''}. */",
        f"static PIM_NOINLINE void {stage_name(plan, stage)}(const {source.work_type} *PIM_RESTRICT {source.node}_q,",
        f"    {result.work_type} *PIM_RESTRICT {result.node}_q, size_t n_samples)",
        "{",
    ]
    return "\n".join([*head, *body, "}"])


def stage_name(plan: Plan, stage: Stage) -> str:
    """Return the name of the C function of `stage`."""
    return f"{plan.graph.name}_stage_{stage.result}"


def _requantized(plan: Plan, node: Requantize | None, value: str, bits: int) -> str:
    """Return the C expression of `value`, of type int<bits>_t, after `node`."""
    if node is None:
        return value
    width = requantize_bits(plan, node)
    prefix = f"{plan.upper}_{node.name.upper()}"
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


def _row(plan: Plan, buffer: Buffer, channel: int | str) -> str:
    """Return the address of sample 0 of the block in a channel of `buffer`."""
    prefix = f"{plan.upper}_{buffer.node.upper()}"
    return f"{buffer.node}_q + {channel} * {prefix}_ROW + {prefix}_MEMORY"


def _store(plan: Plan, stage: Stage, value: str, bits: int, *, channel: int | str, out: str = "out") -> list[str]:
    """Return the statements that trace a value of the head and store that of the stage at sample n of `out`."""
    kind = plan.buffers[stage.result].work_type
    trace = [f"PIM_TAP({channel}, n, {value});"] if stage.tail is not None else []
    return [*trace, f"{out}[n] = ({kind}){_requantized(plan, stage.tail, value, bits)};"]


def _loop(lines: list[str], indent: int = 1) -> list[str]:
    pad = "    " * indent
    inner = [f"{pad}    {line}" for line in lines]
    return [f"{pad}for (size_t n = 0; n < n_samples; ++n) {{", *inner, f"{pad}}}"]


# Convolutions


def _convolution(plan: Plan, stage: Stage, node: Convolution) -> list[str]:
    real_rows = node.channels_in // node.groups
    products = real_rows * node.kernel_length
    if products <= UNROLLED_PRODUCTS and products * node.channels_out <= UNROLLED_TOTAL:
        return _unrolled_convolution(plan, stage, node)
    return _looped_convolution(plan, stage, node)


def _unrolled_convolution(plan: Plan, stage: Stage, node: Convolution) -> list[str]:
    source, result = plan.buffers[node.source], plan.buffers[stage.result]
    lines = []
    for i in range(node.channels_in):
        lines.append(f"    const {source.work_type} *const in{i} = {_row(plan, source, i)} - {node.memory};")
    for o in range(node.channels_out):
        lines.append(f"    {result.work_type} *const out{o} = {_row(plan, result, o)};")
    bits = accumulator_bits(plan.bounds[node.name].accumulator)
    for first in range(0, node.channels_out, OUTPUTS_A_LOOP):
        body = []
        for o in range(first, min(first + OUTPUTS_A_LOOP, node.channels_out)):
            body += _sum(f"acc{o}", _terms(plan, node, o, bits), bits)
            body += _store(plan, stage, f"acc{o}", bits, channel=o, out=f"out{o}")
        lines += _loop(body)
    return lines


def _sum(name: str, terms: list[str], bits: int) -> list[str]:
    rows = [" + ".join(terms[k : k + 2]) for k in range(0, len(terms), 2)]
    return [f"const int{bits}_t {name} =", *(f"    {row} +" for row in rows[:-1]), f"    {rows[-1]};"]


def _terms(plan: Plan, node: Convolution, out: int, bits: int) -> list[str]:
    """Return the products of one output; a minus stands at the tap, which is never the most negative integer."""
    prefix = f"{plan.upper}_{node.name.upper()}"
    kind = f"(int{bits}_t)"
    terms = [f"{kind}{prefix}_BIAS[{out}]"] if node.bias is not None else []
    for channel, sign, tap in _tap_rows(node, out):
        for k in range(node.kernel_length):
            at = node.memory - node.dilation * k
            sample = f"in{channel}[n + {at}]" if at else f"in{channel}[n]"
            terms.append(f"{kind}{sign}{prefix}_TAPS{tap}[{k}] * {kind}{sample}")
    return terms


def _tap_rows(node: Convolution, out: int) -> list[tuple[int, str, str]]:
    """Return, for each input channel that `out` reads: the channel, the sign and the indices of its row of taps."""
    wide = 2 if node.is_complex else 1
    first = out // wide // (node.taps.shape[0] // node.groups) * node.taps.shape[1]
    rows = []
    for i in range(node.taps.shape[1]):
        for part_in in range(wide):
            if not node.is_complex:
                sign, tap = "", f"[{out}][{i}]"
            else:
                part_out = out % 2
                sign = "-" if part_in == 1 and part_out == 0 else ""
                tap = f"[{out // 2}][{i}][{part_in ^ part_out}]"
            rows.append(((first + i) * wide + part_in, sign, tap))
    return rows


def _looped_convolution(plan: Plan, stage: Stage, node: Convolution) -> list[str]:
    source, result = plan.buffers[node.source], plan.buffers[stage.result]
    bits = accumulator_bits(plan.bounds[node.name].accumulator)
    kernel = f"pim_accumulate_{source.suffix}_i{bits}"
    prefix = f"{plan.upper}_{node.name.upper()}"
    taps = node.kernel_length
    wide = 2 if node.is_complex else 1
    in_group, out_group = node.taps.shape[1], node.taps.shape[0] // node.groups
    bias = f"(int{bits}_t){prefix}_BIAS[o]" if node.bias is not None else "0"
    tap = f"{prefix}_TAPS[o / 2][i / 2][(o ^ i) & 1][k]" if node.is_complex else f"{prefix}_TAPS[o][i][k]"
    sign = f"(o & 1) == 0 && (i & 1) == 1 ? (int{bits}_t)-{tap} : (int{bits}_t){tap}"
    weight = sign if node.is_complex else f"(int{bits}_t){tap}"
    return [
        f"    for (size_t o = 0; o < {node.channels_out}; ++o) {{",
        f"        const size_t first = o / {out_group * wide} * {in_group * wide};",
        f"        {result.work_type} *const out = {_row(plan, result, 'o')};",
        f"        int{bits}_t acc[{plan.upper}_BLOCK];",
        *_loop([f"acc[n] = {bias};"], 2),
        f"        for (size_t i = 0; i < {in_group * wide}; ++i) {{",
        f"            int{bits}_t taps[{taps}];",
        f"            for (size_t k = 0; k < {taps}; ++k) {{",
        f"                taps[k] = {weight};",
        "            }",
        f"            {kernel}(acc, {_row(plan, source, '(first + i)')}, taps, {taps}, {node.dilation}, n_samples);",
        "        }",
        *_loop(_store(plan, stage, "acc[n]", bits, channel="o"), 2),
        "    }",
    ]


# Piecewise-linear functions and lone requantizers


def _piecewise(plan: Plan, stage: Stage, node: Piecewise) -> list[str]:
    source, result = plan.buffers[node.source], plan.buffers[stage.result]
    table, basis = (_piecewise_form(plan, stage, node, form) for form in PIECEWISE_FORMS)
    return [
        f"    for (size_t c = 0; c < {result.channels}; ++c) {{",
        f"        const {source.work_type} *const in = {_row(plan, source, 'c')};",
        f"        {result.work_type} *const out = {_row(plan, result, 'c')};",
        "#if PIM_PIECEWISE == PIM_TABLE",
        *table,
        "#else",
        *basis,
        "#endif",
        "    }",
    ]


def _piecewise_form(plan: Plan, stage: Stage, node: Piecewise, form: str) -> list[str]:
    bits = piecewise_bits(plan, node, form)
    store = _store(plan, stage, "acc", bits, channel="c")
    row = "0" if node.shared else "c"
    prefix = f"{plan.upper}_{node.name.upper()}"
    if reached_segments(plan, node) == 1:  # no input leaves the first segment, where both forms are one product
        slope = f"(int{bits}_t){prefix}_WEIGHTS[{row}][0]"
        return _loop([f"const int{bits}_t acc = {slope} * (int{bits}_t)in[n];", *store], 2)
    if form == "table":
        return _loop([*_table_lines(prefix, row, bits), *store], 2)
    if reached_segments(plan, node) <= UNROLLED_SEGMENTS:
        return _loop([*_sum("acc", _basis_terms(plan, node, row, bits), bits), *store], 2)
    return _looped_basis(plan, stage, node, row, bits)


def _table_lines(prefix: str, row: str, bits: int) -> list[str]:
    kind, m = f"int{bits}_t", f"{prefix}_SEGMENT_LOG2"
    return [
        f"const {kind} a = ({kind})in[n];",
        f"const {kind} t = pim_magnitude_i{bits}(a);",
        f"const {kind} s = pim_segment_i{bits}(t, {m}, {prefix}_SEGMENTS - 1);",
        f"const {kind} r = t - pim_scale_i{bits}(s, {m});",
        f"const {kind} base = pim_scale_i{bits}(({kind}){prefix}_BASES[{row}][s], {m});",
        f"const {kind} y = base + ({kind}){prefix}_SLOPES[{row}][s] * r;",
        f"const {kind} acc = a < 0 ? -y : y;",
    ]


def _basis_terms(plan: Plan, node: Piecewise, row: str, bits: int) -> list[str]:
    return [
        f"(int{bits}_t){plan.upper}_{node.name.upper()}_WEIGHTS[{row}][{k}] * "
        f"(int{bits}_t){_dead_zone(plan, node, k << node.segment_log2)}"
        for k in range(reached_segments(plan, node))
    ]


def _dead_zone(plan: Plan, node: Piecewise, knot: int) -> str:
    suffix = plan.buffers[node.source].suffix
    return f"pim_dead_zone_{suffix}(in[n], {knot})" if knot else "in[n]"


def _looped_basis(plan: Plan, stage: Stage, node: Piecewise, row: str, bits: int) -> list[str]:
    source = plan.buffers[node.source]
    prefix = f"{plan.upper}_{node.name.upper()}"
    product = f"acc[n] += weight * (int{bits}_t)pim_dead_zone_{source.suffix}(in[n], knot);"
    return [
        f"        int{bits}_t acc[{plan.upper}_BLOCK];",
        *_loop(["acc[n] = 0;"], 2),
        f"        for (int64_t k = 0; k < {reached_segments(plan, node)}; ++k) {{",
        f"            const int{bits}_t weight = (int{bits}_t){prefix}_WEIGHTS[{row}][k];",
        f"            const {source.work_type} knot = ({source.work_type})pim_scale_i64(k, {prefix}_SEGMENT_LOG2);",
        *_loop([product], 3),
        "        }",
        *_loop(_store(plan, stage, "acc[n]", bits, channel="c"), 2),
    ]


def _requantizer(plan: Plan, node: Requantize) -> list[str]:
    source, result = plan.buffers[node.source], plan.buffers[node.name]
    bits = requantize_bits(plan, node)
    value = _requantized(plan, node, f"(int{bits}_t)in[n]", bits)
    return [
        f"    for (size_t c = 0; c < {result.channels}; ++c) {{",
        f"        const {source.work_type} *const in = {_row(plan, source, 'c')};",
        f"        {result.work_type} *const out = {_row(plan, result, 'c')};",
        *_loop([f"out[n] = ({result.work_type}){value};"], 2),
        "    }",
    ]
