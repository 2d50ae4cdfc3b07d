"""The C of complex products in three real ones: I = S1 - S3, Q = S1 + S2 (docs/spec/fixed_point.md, sections 6 and 10).

a + b of the block and its memory is made once a pair of channels, in a row of the stage's own. im - re and re + im stand
as sums of the taps: constants to the compiler, and with PIM_BANKED sums of the bank's words, made before the loop.
"""

from pimdeploy.datapath.bounds import three_bounds
from pimdeploy.datapath.intervals import hull
from pimdeploy.datapath.nodes import Convolution, Multiply
from pimdeploy.emit.c.convolution import Shape, accumulated, channel_of, each_product, is_unrolled, nested
from pimdeploy.emit.c.plan import Plan, Stage
from pimdeploy.emit.c.statements import channel_loop, in_row, indented, loop, out_row, store, total
from pimdeploy.emit.c.types import accumulator_bits, head_bits, taps_interval


def convolution(plan: Plan, stage: Stage, node: Convolution) -> list[str]:
    """Return the body of the function of a stage whose head is `node`."""
    lines = _unrolled(plan, stage, node) if is_unrolled(node) else _looped(plan, stage, node)
    return indented(lines, 1) if node.groups == 1 else nested({"group": node.groups}, lines, 1)


def multiply(plan: Plan, stage: Stage, node: Multiply) -> list[str]:
    """Return the body of the function of a stage whose head is `node`; channels 2 c and 2 c + 1 are one product."""
    bits = head_bits(plan, node)
    kind = f"(int{bits}_t)"
    parts = {"i": "2 * c", "q": "(2 * c + 1)"}
    operands = {"a": node.source, "b": node.other}
    head = [in_row(plan, source, at, name + part) for name, source in operands.items() for part, at in parts.items()]
    head += [out_row(plan, stage, at, f"out{part}") for part, at in parts.items()]
    lines = [
        f"const int{bits}_t s1 = {kind}ai[n] * ({kind}bi[n] + {kind}bq[n]);",
        f"const int{bits}_t s2 = ({kind}aq[n] - {kind}ai[n]) * {kind}bi[n];",
        f"const int{bits}_t s3 = ({kind}ai[n] + {kind}aq[n]) * {kind}bq[n];",
        f"const int{bits}_t acci = s1 - s3;",
        f"const int{bits}_t accq = s1 + s2;",
    ]
    for part, at in parts.items():
        lines += store(plan, stage, f"acc{part}", bits, channel=at, out=f"out{part}")
    return channel_loop(plan.channels(node.name) // 2, head, loop(lines, 2))


def local_bytes(plan: Plan, node: Convolution, size_bytes: int) -> tuple[int, int]:
    """Return the bytes of the arrays of a stage whose head is `node`: constant, and per sample of a block.

    size_bytes: of a size_t.
    """
    shape = _shape(plan, node)
    once = a_sample = shape.inputs * row_bits(plan, node) // 8
    once *= node.memory
    if not is_unrolled(node):
        rows = 4 if shape.outputs >= 4 else 1
        once += shape.products * (2 * size_bytes + rows * shape.tap_bits // 8)
        a_sample += 2 * rows * shape.bits // 8
    return once, a_sample


def _shape(plan: Plan, node: Convolution) -> Shape:
    """Return the sizes in pairs of channels of one group."""
    wide = plan.buffers[node.source].bits == 64 or row_bits(plan, node) == 64
    taps = hull([taps_interval(node), three_bounds(node, plan.bounds).coefficient_sums])
    inputs, outputs = node.channels_in // node.groups // 2, node.channels_out // node.groups // 2
    bits = 64 if wide else head_bits(plan, node)
    return Shape(inputs, outputs, node.kernel_length, bits, 64 if wide else accumulator_bits(taps))


def row_bits(plan: Plan, node: Convolution) -> int:
    """Return the width of the sums a + b: as wide as the samples where these have 64 bits."""
    wide = plan.buffers[node.source].bits == 64
    return 64 if wide else accumulator_bits(three_bounds(node, plan.bounds).pair_sums)


def _row(plan: Plan, node: Convolution) -> str:
    """Return the length of a row of sums, those of the memory first."""
    return f"{node.memory} + (size_t){plan.upper}_BLOCK" if node.memory else f"(size_t){plan.upper}_BLOCK"


def _pair_sums(plan: Plan, node: Convolution, row: str, in_phase: str, quadrature: str) -> list[str]:
    """Return the loop that fills a row with a + b."""
    kind = f"(int{row_bits(plan, node)}_t)"
    return loop([f"{row} = {kind}{in_phase}[n] + {kind}{quadrature}[n];"], 0, node.memory)


# Products written out


def _unrolled(plan: Plan, stage: Stage, node: Convolution) -> list[str]:
    shape, bits = _shape(plan, node), head_bits(plan, node)
    lines = []
    for i in range(2 * shape.inputs):
        lines.append(in_row(plan, node.source, channel_of(node, 2 * shape.inputs, i), f"in{i}", node.memory))
    for o in range(2 * shape.outputs):
        lines.append(out_row(plan, stage, channel_of(node, 2 * shape.outputs, o), f"out{o}"))
    lines += [f"int{row_bits(plan, node)}_t sum{i}[{_row(plan, node)}];" for i in range(shape.inputs)]
    for i in range(shape.inputs):
        lines += _pair_sums(plan, node, f"sum{i}[n]", f"in{2 * i}", f"in{2 * i + 1}")
    for o in range(shape.outputs):
        lines += loop(_pair(plan, stage, node, o, bits), 0)
    return lines


def _pair(plan: Plan, stage: Stage, node: Convolution, o: int, bits: int) -> list[str]:
    """Return the statements of I and Q number `o` of a group at sample n."""
    lines = []
    for name, terms in zip(("s1", "s2", "s3"), _terms(plan, node, o, bits), strict=True):
        lines += total(f"acc{o}_{name}", terms, bits, a_line=1)
    channels = node.channels_out // node.groups
    for part, last in enumerate((f"acc{o}_s1 - acc{o}_s3", f"acc{o}_s1 + acc{o}_s2")):
        channel = channel_of(node, channels, 2 * o + part)
        bias = f" + (int{bits}_t){plan.prefix(node.name)}_BIAS[{channel}]" if node.bias is not None else ""
        acc = f"acc{2 * o + part}"
        lines.append(f"const int{bits}_t {acc} = {last}{bias};")
        lines += store(plan, stage, acc, bits, channel=channel, out=f"out{2 * o + part}")
    return lines


def _terms(plan: Plan, node: Convolution, o: int, bits: int) -> tuple[list[str], list[str], list[str]]:
    """Return the products of S1, S2 and S3; a sample stands as (in + k)[n] for clang's sake."""
    kind, terms = f"(int{bits}_t)", (list[str](), list[str](), list[str]())
    row = f"{plan.prefix(node.name)}_TAPS[{channel_of(node, node.taps.shape[0] // node.groups, o)}]"
    for i in range(node.taps.shape[1]):
        for k in range(node.kernel_length):
            back = node.memory - node.dilation * k
            names = (f"sum{i}", f"in{2 * i}", f"in{2 * i + 1}")
            samples = [f"({name} + {back})[n]" if back else f"{name}[n]" for name in names]
            re, im = (f"{kind}{row}[{i}][{part}][{k}]" for part in range(2))
            for part, tap, sample in zip(terms, (re, f"({im} - {re})", f"({re} + {im})"), samples, strict=True):
                part.append(f"{tap} * {kind}{sample}")
    return terms


# Loops


def _looped(plan: Plan, stage: Stage, node: Convolution) -> list[str]:
    source, shape = plan.buffers[node.source], _shape(plan, node)
    prefix, row, bits = plan.prefix(source.node), f"({_row(plan, node)})", row_bits(plan, node)
    first = f" + group * {2 * shape.inputs} * {prefix}_ROW" if node.groups > 1 else ""
    past = "" if shape.taps == 1 else f" - {node.dilation} * k" if node.dilation > 1 else " - k"
    start = f" + {prefix}_MEMORY - {node.memory}" if source.memory else ""
    pair = [f"const {source.work_type} *const {name} = in + {at} * {prefix}_ROW{start};" for name, at in _PARTS.items()]
    fours = shape.outputs // 4 * 4
    return [
        f"const {source.work_type} *const in = {source.node}_q{first};",
        f"int{bits}_t sums[{shape.inputs} * {row}];",
        f"size_t sum_offsets[{shape.products}] = {{0}};",
        f"size_t offsets[{shape.products}] = {{0}};",
        *nested({"i": shape.inputs}, [*pair, *_pair_sums(plan, node, f"sums[i * {row} + n]", *_PARTS)]),
        *each_product(shape, f"sum_offsets[{shape.product}] = i * {row}{f' + {node.memory}{past}' if past else ''};"),
        *each_product(shape, f"offsets[{shape.product}] = 2 * i * {prefix}_ROW + {prefix}_MEMORY{past};"),
        *(_outputs(plan, stage, node, 4, (0, fours)) if fours else []),
        *(_outputs(plan, stage, node, 1, (fours, shape.outputs)) if fours < shape.outputs else []),
    ]


_PARTS = {"a": "(2 * i)", "b": "(2 * i + 1)"}
"""Names of the rows of a pair, and their numbers."""


def _outputs(plan: Plan, stage: Stage, node: Convolution, rows: int, span: tuple[int, int]) -> list[str]:
    """Return the loop over the pairs of outputs of `span` in a group, `rows` of them at a time."""
    shape, block = _shape(plan, node), f"{plan.upper}_BLOCK"
    number = f"group * {shape.outputs} + o" if node.groups > 1 else "o"
    size = f"{rows} * " if rows > 1 else ""
    lines = [
        f"int{shape.tap_bits}_t taps[{size}{shape.products}] = {{0}};",
        f"int{shape.bits}_t common[{size}{block}];",
        f"int{shape.bits}_t part[{size}{block}];",
        *_summed(plan, node, rows, number, "common", "re"),
        *_summed(plan, node, rows, number, "part", "re + im"),
        *_stored(plan, stage, node, rows, number, 0),
        *_summed(plan, node, rows, number, "part", "im - re"),
        *_stored(plan, stage, node, rows, number, 1),
    ]
    return [f"for (size_t o = {span[0]}; o < {span[1]}; o += {rows}) {{", *indented(lines, 1), "}"]


def _summed(plan: Plan, node: Convolution, rows: int, number: str, acc: str, tap: str) -> list[str]:
    """Return the statements that make `acc` the sum over products with `tap`: S1 (re), S2 (im - re) or S3 (re + im)."""
    shape, source = _shape(plan, node), plan.buffers[node.source]
    kind, k = f"(int{shape.tap_bits}_t)", "k" if shape.taps > 1 else "0"
    channel = f"{number} + r" if rows > 1 else number
    words = {
        part: f"{kind}{plan.prefix(node.name)}_TAPS[{channel}][i][{at}][{k}]" for at, part in enumerate(("re", "im"))
    }
    value = " ".join(words.get(word, word) for word in tap.split())
    place = f"taps[r * {shape.products} + {shape.product}]" if rows > 1 else f"taps[{shape.product}]"
    zero = f"{acc}[r * {plan.upper}_BLOCK + n]" if rows > 1 else f"{acc}[n]"
    filled = [*each_product(shape, f"{place} = {value};"), *loop([f"{zero} = 0;"], 0)]
    samples = {"re": "sums", "im - re": "in", "re + im": f"in + {plan.prefix(source.node)}_ROW"}[tap]
    if tap == "re":
        bits, suffix, offsets = row_bits(plan, node), f"i{row_bits(plan, node)}", "sum_offsets"
    else:
        bits, suffix, offsets = source.bits, source.suffix, "offsets"
    return [
        *(nested({"r": rows}, filled) if rows > 1 else filled),
        *accumulated(plan, rows, shape, (acc, samples, offsets), (bits, suffix)),
    ]


def _stored(plan: Plan, stage: Stage, node: Convolution, rows: int, number: str, part: int) -> list[str]:
    """Return the loops that trace and store I (`part` 0) or Q (1) of each row."""
    shape = _shape(plan, node)
    at = f"r * {plan.upper}_BLOCK + n" if rows > 1 else "n"
    channel = f"2 * ({number}{' + r' if rows > 1 else ''})" + (" + 1" if part else "")
    bias = f" + (int{shape.bits}_t){plan.prefix(node.name)}_BIAS[c]" if node.bias is not None else ""
    y = f"const int{shape.bits}_t y = common[{at}] {'+' if part else '-'} part[{at}]{bias};"
    body = loop([y, *store(plan, stage, "y", shape.bits, channel="c")], 0)
    lines = [f"const size_t c = {channel};", out_row(plan, stage, "c"), *body]
    return nested({"r": rows}, lines) if rows > 1 else ["{", *indented(lines, 1), "}"]
