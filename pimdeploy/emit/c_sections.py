"""<name>_weights.h: what each node of a graph is, its formats and bounds, its constants and tables; nothing that computes."""

from typing import assert_never

from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)
from pimdeploy.emit.c_plan import Plan
from pimdeploy.emit.c_tables import array, comment, literal, lookup_type, small_type
from pimdeploy.emit.c_types import argument_offset, shift_of


def weights_sections(plan: Plan) -> list[str]:
    """Return the text of each node: what it is, its formats and bounds, its constants and tables."""
    return [_section(plan, node) for node in plan.graph.nodes]


def _section(plan: Plan, node: Node) -> str:
    bounds, prefix = plan.bounds[node.name], plan.prefix(node.name)
    lo, hi = bounds.accumulator
    facts = f"result {bounds.format}; accumulator [{lo}, {hi}], {bounds.acc_bits} bits"
    match node:
        case Input():
            return comment(f"{node.name}: input, {node.channels} channels (I0, Q0, ...), {node.format}")
        case Convolution():
            return _convolution(node, prefix, facts)
        case Piecewise():
            basis = f"; as basis {list(bounds.basis_accumulator or ())}, {bounds.basis_acc_bits} bits"
            return _piecewise(plan, node, prefix, facts + basis)
        case Delay():
            why = "a term of the model" if node.lag else "to align paths"
            return comment(f"{node.name}: {node.source} delayed by {node.samples} samples, {why}", facts)
        case Magnitude():
            return _magnitude(node, prefix, facts)
        case Multiply():
            kind = "complex product" if node.is_complex else "product"
            return comment(f"{node.name}: {kind} of {node.source} and {node.other}", facts)
        case Add():
            return comment(f"{node.name}: sum of {', '.join(node.sources)}, aligned to the largest frac", facts)
        case Rectify():
            return _rectify(node, prefix, facts)
        case Concatenate():
            joined = f"{node.name}: channels of {', '.join(node.sources)}, aligned to the largest frac"
            return comment(joined, facts)
        case Select():
            return _select(plan, node, prefix, facts)
        case Requantize():
            return _requantize(plan, node, prefix, facts)
        case Output():
            return comment(f"{node.name}: output, {node.source} unchanged, {bounds.format}")
        case _:
            assert_never(node)


def _convolution(node: Convolution, prefix: str, facts: str) -> str:
    order = "[out / 2][in / 2 / groups][re, im][tap]" if node.is_complex else "[out][in / groups][tap]"
    kind = "complex " if node.is_complex else ""
    extra = f"{node.groups} group{'s' * (node.groups > 1)}, dilation {node.dilation}"
    channels = f"{node.channels_in} to {node.channels_out} channels"
    head = f"{node.name}: {kind}convolution of {node.source}, {channels}, {extra}"
    parts = [
        comment(head, f"taps {order}, tap 0 meets the newest sample; {node.taps_format}", facts),
        array(f"{prefix}_TAPS", node.taps.array, small_type(node.taps.array)),
    ]
    if node.bias is not None:
        parts.append(array(f"{prefix}_BIAS", node.bias.array, small_type(node.bias.array)))
    return "\n".join(parts)


def _piecewise(plan: Plan, node: Piecewise, prefix: str, facts: str) -> str:
    head = f"{node.name}: {node.symmetry} piecewise-linear function of {node.source}, {_rows(plan, node)}"
    knots = "knots k * 2^SEGMENT_LOG2"
    what = f"SLOPES and BASES [function][segment] serve the table form, WEIGHTS the basis form; {node.slopes_format}"
    offset = argument_offset(plan, node)
    parts = [comment(f"{head}, {knots}", what, facts)]
    parts += [
        f"#define {prefix}_SEGMENT_LOG2 {node.segment_log2}",
        f"#define {prefix}_SEGMENTS {node.segments}",
        *([f"#define {prefix}_OFFSET {literal(offset)}"] if node.symmetry is Symmetry.PLAIN else []),
        array(f"{prefix}_SLOPES", node.slopes.array, lookup_type(node.slopes.array)),
        array(f"{prefix}_BASES", node.bases.array, lookup_type(node.bases.array)),
        array(f"{prefix}_WEIGHTS", node.weights.array, small_type(node.weights.array)),
    ]
    return "\n".join(parts)


def _rows(plan: Plan, node: Piecewise) -> str:
    if node.shared:
        rows = "one function for all channels"
    elif node.tables == plan.channels(node.source):
        rows = "a function a channel"
    else:
        rows = f"{node.tables} functions, channel c of C reads number c * {node.tables} / C"
    return rows + (f", {node.outputs} results and rows each" if node.outputs > 1 else "")


def _magnitude(node: Magnitude, prefix: str, facts: str) -> str:
    what = {
        MagnitudeKind.SQRT: "floor(sqrt(I^2 + Q^2))",
        MagnitudeKind.SQUARE: "I^2 + Q^2",
        MagnitudeKind.ALPHA_BETA: f"ALPHA max(|I|, |Q|) + BETA min(|I|, |Q|), {node.coefficients_frac} fraction bits",
    }[node.magnitude]
    lines = [comment(f"{node.name}: magnitude of each pair of {node.source}, {what}", facts)]
    if node.magnitude is MagnitudeKind.ALPHA_BETA:
        lines += [f"#define {prefix}_ALPHA {literal(node.alpha)}", f"#define {prefix}_BETA {literal(node.beta)}"]
    return "\n".join(lines)


def _rectify(node: Rectify, prefix: str, facts: str) -> str:
    if node.slope_log2 is None:
        return comment(f"{node.name}: ReLU of {node.source}, max(x, 0)", facts)
    what = f"{node.name}: LeakyReLU of {node.source}, x * 2^SLOPE_LOG2 where x >= 0, else x"
    return "\n".join([comment(what, facts), f"#define {prefix}_SLOPE_LOG2 {node.slope_log2}"])


def _select(plan: Plan, node: Select, prefix: str, facts: str) -> str:
    names = ", ".join(map(str, node.channels))
    return "\n".join(
        [
            comment(f"{node.name}: channels of {node.source}", facts),
            f"static const size_t {prefix}_CHANNELS[{plan.channels(node.name)}] = {{{names}}};",
        ]
    )


def _requantize(plan: Plan, node: Requantize, prefix: str, facts: str) -> str:
    fmt, shift = node.format, shift_of(plan, node)
    how = f"{node.rounding} by {shift} bits" if shift > 0 else f"times 2^{-shift}"
    lines = [
        comment(f"{node.name}: {node.source} requantized to {fmt}: {how}, then {node.overflow}", facts),
        f"#define {prefix}_SHIFT {abs(shift)}",
        f"#define {prefix}_MIN {literal(fmt.min_q)}",
        f"#define {prefix}_MAX {literal(fmt.max_q)}",
    ]
    return "\n".join(lines)
