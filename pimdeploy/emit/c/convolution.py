"""The C of a convolution: its products written out where they are few, else in loops over outputs, inputs and taps."""

from dataclasses import dataclass

from pimdeploy.datapath.nodes import Convolution
from pimdeploy.emit.c.plan import Plan, Stage
from pimdeploy.emit.c.statements import in_row, indented, loop, out_row, store, total
from pimdeploy.emit.c.types import accumulator_bits, head_bits, taps_interval

UNROLLED_PRODUCTS = 128
"""Products of one output that are written out; a longer kernel becomes a loop, so that code size stays bounded."""
UNROLLED_TOTAL = 512
"""Products of one group that are written out; the loops are as fast there, and compile in a fraction of the time."""
OUTPUTS_A_LOOP = 2

PRODUCTS_A_PASS = 8
"""Products that pim_accumulate_* adds up in one pass over a block; pim_accumulate4_*, of four outputs at once, half."""


def convolution(plan: Plan, stage: Stage, node: Convolution) -> list[str]:
    """Return the body of the function of a stage whose head is `node`."""
    return _unrolled(plan, stage, node) if is_unrolled(node) else _looped(plan, stage, node)


def looped_locals(plan: Plan, node: Convolution) -> tuple[int, int, int, int] | None:
    """Return products, rows, bits of a tap and of a sum in the arrays of a looped convolution; None where it has none."""
    if is_unrolled(node):
        return None
    shape = shape_of(plan, node)
    return shape.products, 4 if shape.outputs >= 4 else 1, shape.tap_bits, shape.bits


def unrolled_weights(node: Convolution) -> int:
    """Return the taps and biases that one loop over samples of a written-out convolution reads; 0 of a looped one."""
    if not is_unrolled(node):
        return 0
    outputs = min(OUTPUTS_A_LOOP, node.channels_out // node.groups)
    return outputs * (node.channels_in // node.groups * node.kernel_length + 1)


def is_unrolled(node: Convolution) -> bool:
    """Return whether the products of `node` are written out, however they are formed."""
    products = node.channels_in // node.groups * node.kernel_length
    return products <= UNROLLED_PRODUCTS and products * (node.channels_out // node.groups) <= UNROLLED_TOTAL


# Products written out


def _unrolled(plan: Plan, stage: Stage, node: Convolution) -> list[str]:
    """Return the products of one group, in a loop over the groups where there are several."""
    inputs, outputs = node.channels_in // node.groups, node.channels_out // node.groups
    lines = []
    for i in range(inputs):
        lines.append(in_row(plan, node.source, channel_of(node, inputs, i), f"in{i}", node.memory))
    for o in range(outputs):
        lines.append(out_row(plan, stage, channel_of(node, outputs, o), f"out{o}"))
    bits = head_bits(plan, node)
    for first in range(0, outputs, OUTPUTS_A_LOOP):
        body = []
        for o in range(first, min(first + OUTPUTS_A_LOOP, outputs)):
            body += total(f"acc{o}", _terms(plan, node, o, bits), bits)
            body += store(plan, stage, f"acc{o}", bits, channel=channel_of(node, outputs, o), out=f"out{o}")
        lines += loop(body, 0)
    if node.groups == 1:
        return indented(lines, 1)
    return nested({"group": node.groups}, lines, 1)


def channel_of(node: Convolution, a_group: int, number: int) -> str:
    """Return the channel that has `number` among the `a_group` of its group; also the row of a table."""
    if node.groups == 1:
        return str(number)
    first = f"group * {a_group}" if a_group > 1 else "group"
    return f"({first} + {number})" if number else (f"({first})" if a_group > 1 else first)


def _terms(plan: Plan, node: Convolution, out: int, bits: int) -> list[str]:
    """Return the products of one output; a minus stands at the tap, which is never the most negative integer.

    A sample stands as (in + k)[n], not in[n + k]: clang would carry the second from one n to the next, in place of a
    vector of them.
    """
    prefix = plan.prefix(node.name)
    kind = f"(int{bits}_t)"
    outputs = node.channels_out // node.groups
    terms = [f"{kind}{prefix}_BIAS[{channel_of(node, outputs, out)}]"] if node.bias is not None else []
    for channel, sign, tap in _tap_rows(node, out):
        for k in range(node.kernel_length):
            at = node.memory - node.dilation * k
            sample = f"(in{channel} + {at})[n]" if at else f"in{channel}[n]"
            terms.append(f"{kind}{sign}{prefix}_TAPS{tap}[{k}] * {kind}{sample}")
    return terms


def _tap_rows(node: Convolution, out: int) -> list[tuple[int, str, str]]:
    """Return, for each input that the output `out` of a group reads: its number, the sign, the indices of its row of taps."""
    rows = []
    outputs = node.taps.shape[0] // node.groups
    for i in range(node.taps.shape[1]):
        if not node.is_complex:
            rows.append((i, "", f"[{channel_of(node, outputs, out)}][{i}]"))
            continue
        for part_in in range(2):
            part_out = out % 2
            sign = "-" if part_in == 1 and part_out == 0 else ""
            tap = f"[{channel_of(node, outputs, out // 2)}][{i}][{part_in ^ part_out}]"
            rows.append((2 * i + part_in, sign, tap))
    return rows


# Loops


@dataclass(frozen=True)
class Shape:
    """Sizes of a looped convolution in real channels of one group, and the width of what its taps are copied to."""

    inputs: int
    outputs: int
    taps: int
    bits: int
    tap_bits: int

    @property
    def products(self) -> int:
        """Products of one output, filled up with products by zero so that every pass of a kernel is a whole one."""
        return -(-self.inputs * self.taps // PRODUCTS_A_PASS) * PRODUCTS_A_PASS

    @property
    def product(self) -> str:
        """Number of the product of tap k and input i."""
        return f"i * {self.taps} + k" if self.taps > 1 else "i"


def shape_of(plan: Plan, node: Convolution) -> Shape:
    """Return the sizes of a looped convolution."""
    wide = plan.buffers[node.source].bits == 64
    bits = 64 if wide else head_bits(plan, node)
    # Taps of 32 bits leave the compiler a multiplication of 32 by 32 bits; samples of 64 bits have none.
    tap_bits = 64 if wide else accumulator_bits(taps_interval(node))
    inputs, outputs = node.channels_in // node.groups, node.channels_out // node.groups
    return Shape(inputs, outputs, node.kernel_length, bits, tap_bits)


def _looped(plan: Plan, stage: Stage, node: Convolution) -> list[str]:
    source, shape = plan.buffers[node.source], shape_of(plan, node)
    prefix = plan.prefix(source.node)
    fours = shape.outputs // 4 * 4
    first = f" + group * {shape.inputs} * {prefix}_ROW" if node.groups > 1 else ""
    past = f" - {node.dilation} * k" if node.dilation > 1 else " - k"
    offset = f"i * {prefix}_ROW + {prefix}_MEMORY{past if shape.taps > 1 else ''}"
    lines = [
        f"const {source.work_type} *const in = {source.node}_q{first};",
        f"size_t offsets[{shape.products}] = {{0}};",
        *each_product(shape, f"offsets[{shape.product}] = {offset};"),
        *(_outputs(plan, stage, node, 4, (0, fours)) if fours else []),
        *(_outputs(plan, stage, node, 1, (fours, shape.outputs)) if fours < shape.outputs else []),
    ]
    return indented(lines, 1) if node.groups == 1 else nested({"group": node.groups}, lines, 1)


def _outputs(plan: Plan, stage: Stage, node: Convolution, rows: int, span: tuple[int, int]) -> list[str]:
    """Return the loop over the outputs of `span` in a group, `rows` of them at a time."""
    shape = shape_of(plan, node)
    block = f"{plan.upper}_BLOCK"
    number = f"group * {shape.outputs} + o" if node.groups > 1 else "o"
    acc, tap, size = "acc[n]", f"taps[{shape.product}]", ""
    if rows > 1:
        acc, tap, size = f"acc[r * {block} + n]", f"taps[r * {shape.products} + {shape.product}]", f"{rows} * "
    bias = f"(int{shape.bits}_t){plan.prefix(node.name)}_BIAS[c]" if node.bias is not None else "0"
    y = [f"const int{shape.bits}_t y = {acc};", *store(plan, stage, "y", shape.bits, channel="c")]
    start = [*each_product(shape, f"{tap} = {_weight(plan, node, shape)};"), *loop([f"{acc} = {bias};"], 0)]
    end = [out_row(plan, stage, "c"), *loop(y, 0)]
    declared = [
        f"int{shape.tap_bits}_t taps[{size}{shape.products}] = {{0}};",
        f"int{shape.bits}_t acc[{size}{block}];",
    ]
    source = plan.buffers[node.source]
    products = accumulated(plan, rows, shape, ("acc", "in", "offsets"), (source.bits, source.suffix))
    if rows == 1:
        lines = [f"const size_t c = {number};", *declared, *start, *products, *end]
    else:
        channel = f"const size_t c = {number} + r;"
        parts = (nested({"r": rows}, [channel, *part]) for part in (start, end))
        lines = [*declared, *next(parts), *products, *next(parts)]
    return [f"for (size_t o = {span[0]}; o < {span[1]}; o += {rows}) {{", *indented(lines, 1), "}"]


def each_product(shape: Shape, line: str) -> list[str]:
    """Return `line` for each input i and tap k."""
    counts = {"i": shape.inputs, "k": shape.taps}
    return nested(counts if shape.taps > 1 else {"i": shape.inputs}, [line])


def nested(counts: dict[str, int], lines: list[str], indent: int = 0) -> list[str]:
    """Return loops over the variables of `counts`, the first the outermost."""
    for variable, count in reversed(counts.items()):
        lines = [f"for (size_t {variable} = 0; {variable} < {count}; ++{variable}) {{", *indented(lines, 1), "}"]
    return indented(lines, indent)


def _weight(plan: Plan, node: Convolution, shape: Shape) -> str:
    taps, kind = f"{plan.prefix(node.name)}_TAPS", f"(int{shape.tap_bits}_t)"
    k = "k" if shape.taps > 1 else "0"
    if not node.is_complex:
        return f"{kind}{taps}[c][i][{k}]"
    tap = f"{taps}[c / 2][i / 2][(c ^ i) & 1][{k}]"
    return f"(c & 1) == 0 && (i & 1) == 1 ? {kind}-{tap} : {kind}{tap}"


def accumulated(
    plan: Plan, rows: int, shape: Shape, names: tuple[str, str, str], samples: tuple[int, str]
) -> list[str]:
    """Return the call of the kernel; taps wider than those of any kernel are summed in place.

    names: of the sums, of the samples and of their offsets. samples: their width, and how kernels call their type.
    """
    acc, source, offsets = names
    (bits, suffix), block = samples, f"{plan.upper}_BLOCK"
    if shape.tap_bits == 64 and bits < 64:
        tap, at = ("taps[p]", "n") if rows == 1 else (f"taps[r * {shape.products} + p]", f"r * {block} + n")
        counts = {"p": shape.products} if rows == 1 else {"r": rows, "p": shape.products}
        sample = f"{source}[{offsets}[p] + n]" if source.isidentifier() else f"({source})[{offsets}[p] + n]"
        return nested(counts, loop([f"{acc}[{at}] += {tap} * (int64_t){sample};"], 0))
    kernel = f"pim_accumulate{rows if rows > 1 else ''}_{suffix}_i{shape.bits}"
    target = f"{acc}, {block}" if rows > 1 else acc
    return [f"{kernel}({target}, {source}, {offsets}, taps, {shape.products}, n_samples);"]
