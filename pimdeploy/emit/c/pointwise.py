"""The C of what looks at one sample at a time: delays, magnitudes, products, sums, rectifiers, routing, requantizers."""

from typing import assert_never

from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Delay,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Rectify,
    Requantize,
    Select,
)
from pimdeploy.emit.c.plan import Plan, Stage
from pimdeploy.emit.c.statements import channel_loop, in_row, loop, out_row, requantized, scaled, store
from pimdeploy.emit.c.types import alignment, head_bits, requantize_bits, result_bits, root_bits


def delay(plan: Plan, stage: Stage, node: Delay) -> list[str]:
    """Return the body of the function of a stage whose head is `node`; so do the functions below."""
    bits = head_bits(plan, node)
    behind = in_row(plan, node.source, "c", back=node.samples)
    body = loop(store(plan, stage, f"(int{bits}_t)in[n]", bits, channel="c"), 2)
    return channel_loop(plan.channels(node.name), [behind, out_row(plan, stage, "c")], body)


def magnitude(plan: Plan, stage: Stage, node: Magnitude) -> list[str]:
    """See `delay`; channel c of the result comes from the pair 2 c, 2 c + 1."""
    head = [
        in_row(plan, node.source, "2 * c", "i"),
        in_row(plan, node.source, "(2 * c + 1)", "q"),
        out_row(plan, stage, "c"),
    ]
    bits = result_bits(plan, node)
    lines = [*_magnitude_lines(plan, node), *store(plan, stage, "acc", bits, channel="c")]
    return channel_loop(plan.channels(node.name), head, loop(lines, 2))


def _magnitude_lines(plan: Plan, node: Magnitude) -> list[str]:
    match node.magnitude:
        case MagnitudeKind.SQRT:
            bits, root = result_bits(plan, node), root_bits(plan, node)
            squares = [f"(uint{root}_t)((int{root}_t){part}[n] * (int{root}_t){part}[n])" for part in ("i", "q")]
            return [f"const int{bits}_t acc = (int{bits}_t)pim_isqrt_u{root}({' + '.join(squares)});"]
        case MagnitudeKind.SQUARE:
            kind = f"(int{head_bits(plan, node)}_t)"
            sum_ = f"{kind}i[n] * {kind}i[n] + {kind}q[n] * {kind}q[n]"
            return [f"const int{head_bits(plan, node)}_t acc = {sum_};"]
        case MagnitudeKind.ALPHA_BETA:
            bits, prefix = head_bits(plan, node), plan.prefix(node.name)
            return [
                *(f"const int{bits}_t {p}_size = pim_magnitude_i{bits}((int{bits}_t){p}[n]);" for p in ("i", "q")),
                f"const int{bits}_t most = i_size > q_size ? i_size : q_size;",
                f"const int{bits}_t least = i_size > q_size ? q_size : i_size;",
                f"const int{bits}_t acc = {prefix}_ALPHA * most + {prefix}_BETA * least;",
            ]
        case _:
            assert_never(node.magnitude)


def multiply(plan: Plan, stage: Stage, node: Multiply) -> list[str]:
    """See `delay`; complex, channels 2 c and 2 c + 1 are one product."""
    bits = head_bits(plan, node)
    kind = f"(int{bits}_t)"
    operands = {"a": node.source, "b": node.other}
    if not node.is_complex:
        head = [*(in_row(plan, source, "c", name) for name, source in operands.items()), out_row(plan, stage, "c")]
        lines = [f"const int{bits}_t acc = {kind}a[n] * {kind}b[n];", *store(plan, stage, "acc", bits, channel="c")]
        return channel_loop(plan.channels(node.name), head, loop(lines, 2))
    parts = {"i": "2 * c", "q": "(2 * c + 1)"}
    head = [in_row(plan, source, at, name + part) for name, source in operands.items() for part, at in parts.items()]
    head += [out_row(plan, stage, at, f"out{part}") for part, at in parts.items()]
    lines = [
        f"const int{bits}_t acci = {kind}ai[n] * {kind}bi[n] - {kind}aq[n] * {kind}bq[n];",
        f"const int{bits}_t accq = {kind}ai[n] * {kind}bq[n] + {kind}aq[n] * {kind}bi[n];",
    ]
    for part, at in parts.items():
        lines += store(plan, stage, f"acc{part}", bits, channel=at, out=f"out{part}")
    return channel_loop(plan.channels(node.name) // 2, head, loop(lines, 2))


def add(plan: Plan, stage: Stage, node: Add) -> list[str]:
    """See `delay`."""
    bits = head_bits(plan, node)
    head = [in_row(plan, source, "c", f"in{k}") for k, source in enumerate(node.sources)]
    terms = [scaled(f"in{k}[n]", alignment(plan, node, source), bits) for k, source in enumerate(node.sources)]
    lines = [f"const int{bits}_t acc = {' + '.join(terms)};", *store(plan, stage, "acc", bits, channel="c")]
    return channel_loop(plan.channels(node.name), [*head, out_row(plan, stage, "c")], loop(lines, 2))


def rectify(plan: Plan, stage: Stage, node: Rectify) -> list[str]:
    """See `delay`."""
    bits = head_bits(plan, node)
    value = f"(int{bits}_t)in[n]"
    if node.slope_log2 is None:
        value = f"pim_relu_i{bits}({value})"
    else:
        value = f"pim_leaky_relu_i{bits}({value}, {plan.prefix(node.name)}_SLOPE_LOG2)"
    lines = [f"const int{bits}_t acc = {value};", *store(plan, stage, "acc", bits, channel="c")]
    head = [in_row(plan, node.source, "c"), out_row(plan, stage, "c")]
    return channel_loop(plan.channels(node.name), head, loop(lines, 2))


def concatenate(plan: Plan, stage: Stage, node: Concatenate) -> list[str]:
    """See `delay`; one loop an operand."""
    bits = head_bits(plan, node)
    lines, first = [], 0
    for source in node.sources:
        channel = f"(c + {first})" if first else "c"
        acc = f"const int{bits}_t acc = {scaled('in[n]', alignment(plan, node, source), bits)};"
        body = loop([acc, *store(plan, stage, "acc", bits, channel=channel)], 2)
        head = [in_row(plan, source, "c"), out_row(plan, stage, channel)]
        lines += channel_loop(plan.channels(source), head, body)
        first += plan.channels(source)
    return lines


def select(plan: Plan, stage: Stage, node: Select) -> list[str]:
    """See `delay`."""
    bits = head_bits(plan, node)
    head = [in_row(plan, node.source, f"{plan.prefix(node.name)}_CHANNELS[c]"), out_row(plan, stage, "c")]
    body = loop(store(plan, stage, f"(int{bits}_t)in[n]", bits, channel="c"), 2)
    return channel_loop(plan.channels(node.name), head, body)


def requantizer(plan: Plan, stage: Stage, node: Requantize) -> list[str]:
    """Return the body of the function of a stage that is a requantizer alone."""
    bits = requantize_bits(plan, node)
    value = requantized(plan, node, f"(int{bits}_t)in[n]", bits)
    head = [in_row(plan, node.source, "c"), out_row(plan, stage, "c")]
    stored = [f"out[n] = ({plan.buffers[node.name].work_type}){value};"]
    return [*channel_loop(plan.channels(node.name), head, loop(stored, 2))]
