"""<name>_weights.h: the integer tables of a graph, their formats and bounds, and nothing that computes."""

import json
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.formats import bits_for
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Convolution, Input, Node, Output, Piecewise, Requantize
from pimdeploy.emit.c_plan import Plan, shift_of

WIDTH = 116


def literal(value: int) -> str:
    """Return an integer as a C constant expression; the most negative ones have no literal of their own."""
    if value == -(1 << 63):
        return "(-INT64_C(9223372036854775807) - 1)"
    if bits_for(value, value) > 32:
        return f"INT64_C({value})"
    if value == -(1 << 31):
        return "(-INT32_C(2147483647) - 1)"
    if bits_for(value, value) > 16:
        return f"INT32_C({value})"
    return f"({value})" if value < 0 else str(value)


def weights_sections(plan: Plan) -> list[str]:
    """Return the text of each node: what it is, its formats and bounds, its constants and tables."""
    return [_node_section(plan, node) for node in plan.graph.nodes]


def _node_section(plan: Plan, node: Node) -> str:
    bounds = plan.bounds[node.name]
    prefix = f"{plan.upper}_{node.name.upper()}"
    lo, hi = bounds.accumulator
    facts = f"result {bounds.format}; accumulator [{lo}, {hi}], {bounds.acc_bits} bits"
    match node:
        case Input():
            return _comment(f"{node.name}: input, {node.channels} channels (I0, Q0, ...), {node.format}")
        case Convolution():
            return _convolution(node, prefix, facts)
        case Piecewise():
            basis = f"; as basis {list(bounds.basis_accumulator or ())}, {bounds.basis_acc_bits} bits"
            return _piecewise(node, prefix, facts + basis)
        case Requantize():
            return _requantize(plan, node, prefix, facts)
        case Output():
            return _comment(f"{node.name}: output, {node.source} unchanged, {bounds.format}")
        case _:
            assert_never(node)


def _convolution(node: Convolution, prefix: str, facts: str) -> str:
    order = "[out / 2][in / 2 / groups][re, im][tap]" if node.is_complex else "[out][in / groups][tap]"
    kind = "complex " if node.is_complex else ""
    extra = f"{node.groups} group{'s' * (node.groups > 1)}, dilation {node.dilation}"
    channels = f"{node.channels_in} to {node.channels_out} channels"
    head = f"{node.name}: {kind}convolution of {node.source}, {channels}, {extra}"
    parts = [
        _comment(head, f"taps {order}, tap 0 meets the newest sample; {node.taps_format}", facts),
        array(f"{prefix}_TAPS", node.taps.array, small_type(node.taps.array)),
    ]
    if node.bias is not None:
        parts.append(array(f"{prefix}_BIAS", node.bias.array, small_type(node.bias.array)))
    return "\n".join(parts)


def _piecewise(node: Piecewise, prefix: str, facts: str) -> str:
    rows = "one function for all channels" if node.shared else "a function a channel"
    head = f"{node.name}: odd piecewise-linear function of {node.source}, {rows}, knots k * 2^SEGMENT_LOG2"
    what = f"SLOPES and BASES [function][segment] serve the table form, WEIGHTS the basis form; {node.slopes_format}"
    parts = [_comment(head, what, facts)]
    parts += [
        f"#define {prefix}_SEGMENT_LOG2 {node.segment_log2}",
        f"#define {prefix}_SEGMENTS {node.segments}",
        array(f"{prefix}_SLOPES", node.slopes.array, lookup_type(node.slopes.array)),
        array(f"{prefix}_BASES", node.bases.array, lookup_type(node.bases.array)),
        array(f"{prefix}_WEIGHTS", node.weights.array, small_type(node.weights.array)),
    ]
    return "\n".join(parts)


def _requantize(plan: Plan, node: Requantize, prefix: str, facts: str) -> str:
    fmt, shift = node.format, shift_of(plan, node)
    how = f"{node.rounding} by {shift} bits" if shift > 0 else f"times 2^{-shift}"
    lines = [
        _comment(f"{node.name}: {node.source} requantized to {fmt}: {how}, then {node.overflow}", facts),
        f"#define {prefix}_SHIFT {abs(shift)}",
        f"#define {prefix}_MIN {literal(fmt.min_q)}",
        f"#define {prefix}_MAX {literal(fmt.max_q)}",
    ]
    return "\n".join(lines)


def small_type(values: NDArray[np.int64]) -> str:
    """Return the smallest C integer type that holds all `values` and their negatives."""
    reach = int(np.abs(values).max(initial=0))
    needed = bits_for(-reach, reach)
    return next(f"int{bits}_t" for bits in (8, 16, 32, 64) if needed <= bits)


def lookup_type(values: NDArray[np.int64]) -> str:
    """Return the C type of a table that is read by index."""
    kind = small_type(values)
    return "pim_table16" if kind in ("int8_t", "int16_t") else kind


def array(name: str, values: NDArray[np.int64], kind: str) -> str:
    """Return the definition of a constant C array, a row of the last dimension starting on a line of its own."""
    shape = "".join(f"[{size}]" for size in values.shape)
    return f"static const {kind} {name}{shape} = {_nested(values, 0)};"


def _nested(values: NDArray[np.int64], depth: int) -> str:
    pad = "    " * (depth + 1)
    if values.ndim == 1:
        items = [_item(int(v)) for v in values]
        line = "{" + ", ".join(items) + "}"
        if len(line) + len(pad) <= WIDTH:
            return line
        return "{\n" + "\n".join(_filled(items, pad)) + "\n" + "    " * depth + "}"
    rows = ",\n".join(f"{pad}{_nested(row, depth + 1)}" for row in values)
    return "{\n" + rows + "\n" + "    " * depth + "}"


def _item(value: int) -> str:
    return str(value) if abs(value) < 1 << 31 else literal(value)


def _filled(items: list[str], pad: str) -> list[str]:
    lines, line = [], pad
    for item in items:
        if len(line) + len(item) + 2 > WIDTH and line != pad:
            lines.append(line.rstrip())
            line = pad
        line += f"{item}, "
    return [*lines, line.rstrip().rstrip(",")]


def _comment(*lines: str) -> str:
    return "/*\n" + "".join(f" * {safe(line)}\n" for line in lines) + " */"


def safe(text: str) -> str:
    """Return `text` as it may stand inside a C comment: ASCII, and nothing that ends or opens one."""
    plain = text.encode("ascii", "backslashreplace").decode()
    return plain.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?").rstrip("\\")


def context_lines(model: Model) -> list[str]:
    """Return, for a comment, what prepared the samples: the capture's constants and the receive filter's taps."""
    lines = [f"fs_hz {model.fs_hz!r}"]
    for key in sorted(model.preprocessing):
        value = json.dumps(model.preprocessing[key], sort_keys=True, default=_plain)
        lines += [safe(part) for part in _filled([f"{key} {value}"], "")]
    taps = [f"({float(tap.real)!r}, {float(tap.imag)!r})" for tap in model.receive_filter]
    lines.append(f"receive filter H: {len(taps)} taps as (re, im), the first meets the newest sample")
    return lines + (_filled(taps, "  ") if taps else [])


def _plain(value: Any) -> Any:  # noqa: ANN401  (whatever JSON does not know: NumPy's scalars and arrays, complex)
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, complex):
        return [value.real, value.imag]
    return str(value)
