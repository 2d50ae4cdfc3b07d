"""<name>_weights.h, node by node: what each is, its formats and bounds, its constants and tables; nothing that computes."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.intervals import Interval, with_zero
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
    Products,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)
from pimdeploy.emit.c.envelope_nodes import Envelope, FunctionEnvelope
from pimdeploy.emit.c.placement import Placement
from pimdeploy.emit.c.plan import Plan
from pimdeploy.emit.c.rules import CONVOLUTION_ENVELOPE, FUNCTION_ENVELOPE, OVERFLOWS, ROUNDINGS, THREE_ENVELOPE
from pimdeploy.emit.c.tables import array, comment, largest_bits, literal, lookup_type, word_type
from pimdeploy.emit.c.types import alignment, argument_offset, head_bits, shift_of


def weights_sections(plan: Plan, envelopes: dict[str, Envelope | None], place: Placement) -> list[str]:
    """Return the text of each node: what it is, its formats and bounds, its constants and tables."""
    writer = _Writer(plan, envelopes, place)
    return [writer.section(node) for node in plan.graph.nodes]


@dataclass(frozen=True)
class _Writer:
    plan: Plan
    envelopes: dict[str, Envelope | None]
    place: Placement

    def section(self, node: Node) -> str:
        """Return the comment of `node`, its macros and its tables."""
        bounds, prefix = self.plan.bounds[node.name], self.plan.prefix(node.name)
        head, tables = self._parts(node, prefix)
        lo, hi = bounds.accumulator
        facts = [f"result {bounds.format}; accumulator [{lo}, {hi}], {bounds.acc_bits} bits"]
        if bounds.basis_accumulator is not None:
            low, high = bounds.basis_accumulator
            facts.append(f"accumulator of the basis form [{low}, {high}], {bounds.basis_acc_bits} bits")
        lines = [comment(*head, *facts), *_result(prefix, bounds), *tables]
        if node.name in self.envelopes:
            lines += _envelope(prefix, self.envelopes[node.name])
        return "\n".join(lines)

    def _parts(self, node: Node, prefix: str) -> tuple[list[str], list[str]]:
        """Return the lines that say what `node` is, and its constants and tables."""
        match node:
            case Input():
                return [f"{node.name}: input, {node.channels} channels (I0, Q0, ...)"], []
            case Convolution():
                return self._convolution(node, prefix)
            case Piecewise():
                return self._piecewise(node, prefix)
            case Delay():
                why = "a term of the model" if node.lag else "to align paths"
                return [f"{node.name}: {node.source} delayed by {node.samples} samples, {why}"], [
                    f"#define {prefix}_SAMPLES {node.samples}"
                ]
            case Magnitude():
                return _magnitude(node, prefix)
            case Multiply():
                kind = "complex product" if node.is_complex else "product"
                return [f"{node.name}: {kind} of {node.source} and {node.other}{_form(node)}"], []
            case Add():
                return [f"{node.name}: sum of {self._aligned(node)}"], self._alignments(node, prefix)
            case Rectify():
                return _rectify(node, prefix)
            case Concatenate():
                head = f"{node.name}: the channels, one after another, of {self._aligned(node)}"
                return [head], self._alignments(node, prefix)
            case Select():
                return self._select(node, prefix)
            case Requantize():
                return self._requantize(node, prefix)
            case Output():
                return [f"{node.name}: output, {node.source} unchanged"], []
            case _:
                assert_never(node)

    def _aligned(self, node: Add | Concatenate) -> str:
        shifts = {source: alignment(self.plan, node, source) for source in node.sources}
        return ", ".join(f"{name} * 2^{shifts[name]}" if shifts[name] else name for name in node.sources)

    def _alignments(self, node: Add | Concatenate, prefix: str) -> list[str]:
        shifts = enumerate(alignment(self.plan, node, source) for source in node.sources)
        return [f"#define {prefix}_OPERAND{k}_SHIFT {shift}" for k, shift in shifts]

    def _table(self, name: str, values: NDArray[np.int64], kind: str) -> str:
        return array(name, values, kind, self.place, self.plan.upper)

    def _convolution(self, node: Convolution, prefix: str) -> tuple[list[str], list[str]]:
        kind = "complex " if node.is_complex else ""
        order = "[out / 2][in / 2 / groups][re, im][tap]" if node.is_complex else "[out][in / groups][tap]"
        channels = f"{node.channels_in} to {node.channels_out} channels"
        extra = f"{node.groups} group{'s' * (node.groups > 1)}, dilation {node.dilation}, memory {node.memory} samples"
        head = [
            f"{node.name}: {kind}convolution of {node.source}{_form(node)}, {channels}, {extra}",
            _described("taps", f"{order}, tap 0 meets the newest sample", node.taps.shape, node.taps_format),
        ]
        taps = word_type(node.taps_format.bits)
        tables = [*_taps_macros(node, prefix), self._table(f"{prefix}_TAPS", node.taps.array, taps)]
        if node.bias is not None:
            grid = f"on the grid of the accumulator, frac {self.plan.bounds[node.name].format.frac}"
            head.append(f"bias [out], {grid}; strides 1")
            kind = f"int{head_bits(self.plan, node)}_t"
            tables.append(self._table(f"{prefix}_BIAS", node.bias.array, kind))
        return head, tables

    def _piecewise(self, node: Piecewise, prefix: str) -> tuple[list[str], list[str]]:
        order = "[function * outputs + result][segment]"
        grid = f"BASES on the grid of SLOPES * 2^SEGMENT_LOG2, frac {node.slopes_format.frac}"
        head = [
            f"{node.name}: {node.symmetry} piecewise-linear function of {node.source}, {_rows(self.plan, node)}",
            "knots k * 2^SEGMENT_LOG2; SLOPES and BASES serve the table form, WEIGHTS and BASES[..][0] the basis form",
            _described("SLOPES, WEIGHTS", order, node.slopes.shape, node.slopes_format),
            f"{grid}, of the same shape",
        ]
        offset = argument_offset(self.plan, node)
        bits, bases = node.slopes_format.bits, node.bases.array
        tables = [
            f"#define {prefix}_SEGMENT_LOG2 {node.segment_log2}",
            f"#define {prefix}_SEGMENTS {node.segments}",
            f"#define {prefix}_SLOPES_FRAC {_number(node.slopes_format.frac)}",
            *([f"#define {prefix}_OFFSET {literal(offset)}"] if node.symmetry is Symmetry.PLAIN else []),
            self._table(f"{prefix}_SLOPES", node.slopes.array, lookup_type(bits)),
            self._table(f"{prefix}_BASES", bases, lookup_type(max(largest_bits(bases), 16))),
            self._table(f"{prefix}_WEIGHTS", node.weights.array, word_type(bits)),
        ]
        return head, tables

    def _select(self, node: Select, prefix: str) -> tuple[list[str], list[str]]:
        names = ", ".join(map(str, node.channels))
        declared = f"{prefix}_CHANNELS[{self.plan.channels(node.name)}]"
        return [f"{node.name}: channels of {node.source}"], [f"static const size_t {declared} = {{{names}}};"]

    def _requantize(self, node: Requantize, prefix: str) -> tuple[list[str], list[str]]:
        fmt, shift = node.format, shift_of(self.plan, node)
        how = f"{node.rounding} by {shift} bits" if shift > 0 else f"times 2^{-shift}"
        head = [f"{node.name}: {node.source} requantized to {fmt}: {how}, then {node.overflow}"]
        return head, [
            f"#define {prefix}_SHIFT {abs(shift)}",
            f"#define {prefix}_SHIFT_IS_LEFT {int(shift < 0)}",
            f"#define {prefix}_ROUNDING {ROUNDINGS.index(node.rounding)}",
            f"#define {prefix}_OVERFLOW {OVERFLOWS.index(node.overflow)}",
            f"#define {prefix}_MIN {literal(fmt.min_q)}",
            f"#define {prefix}_MAX {literal(fmt.max_q)}",
        ]


def _form(node: Convolution | Multiply) -> str:
    return " in three products" if node.products is Products.THREE else ""


def _result(prefix: str, bounds: NodeBounds) -> list[str]:
    """Return the macros of a node's result and accumulator."""
    fmt = bounds.format
    lines = [
        f"#define {prefix}_CHANNEL_COUNT {len(bounds.ranges)}",
        f"#define {prefix}_IS_SIGNED {int(fmt.signed)}",
        f"#define {prefix}_BITS {fmt.bits}",
        f"#define {prefix}_FRAC {_number(fmt.frac)}",
        *_interval(f"{prefix}_ACC", bounds.accumulator),
    ]
    if bounds.basis_accumulator is not None:
        lines += _interval(f"{prefix}_BASIS_ACC", bounds.basis_accumulator)
    return lines


def _interval(name: str, interval: Interval) -> list[str]:
    return [f"#define {name}_MIN {literal(interval[0])}", f"#define {name}_MAX {_unsigned_literal(interval[1])}"]


def _unsigned_literal(value: int) -> str:
    """Return `value` as a constant; what lies beyond int64_t is the energy of a magnitude, an unsigned integer."""
    return literal(value) if value < 1 << 63 else f"UINT64_C({value})"


def _number(value: int) -> str:
    return f"({value})" if value < 0 else str(value)


def _described(what: str, order: str, shape: tuple[int, ...], fmt: QFormat) -> str:
    return f"{what} {order}; {fmt}; strides {', '.join(map(str, _strides(shape)))}"


def _strides(shape: tuple[int, ...]) -> list[int]:
    """Return how many elements further on the next index of each dimension lies, C order."""
    return [int(np.prod(shape[k + 1 :], dtype=np.int64)) for k in range(len(shape))]


def _taps_macros(node: Convolution, prefix: str) -> list[str]:
    return [
        f"#define {prefix}_TAPS_FRAC {_number(node.taps_format.frac)}",
        f"#define {prefix}_TAPS_LENGTH {node.kernel_length}",
        f"#define {prefix}_GROUPS {node.groups}",
        f"#define {prefix}_DILATION {node.dilation}",
        f"#define {prefix}_IS_COMPLEX {int(node.is_complex)}",
    ]


def _rows(plan: Plan, node: Piecewise) -> str:
    if node.shared:
        rows = "one function for all channels"
    elif node.tables == plan.channels(node.source):
        rows = "a function a channel"
    else:
        rows = f"{node.tables} functions, channel c of C reads number c * {node.tables} / C"
    return rows + (f", {node.outputs} results and rows each" if node.outputs > 1 else "")


def _magnitude(node: Magnitude, prefix: str) -> tuple[list[str], list[str]]:
    what = {
        MagnitudeKind.SQRT: "floor(sqrt(I^2 + Q^2))",
        MagnitudeKind.SQUARE: "I^2 + Q^2",
        MagnitudeKind.ALPHA_BETA: f"ALPHA max(|I|, |Q|) + BETA min(|I|, |Q|), {node.coefficients_frac} fraction bits",
    }[node.magnitude]
    lines = []
    if node.magnitude is MagnitudeKind.ALPHA_BETA:
        lines += [f"#define {prefix}_ALPHA {literal(node.alpha)}", f"#define {prefix}_BETA {literal(node.beta)}"]
    return [f"{node.name}: magnitude of each pair of {node.source}, {what}"], lines


def _rectify(node: Rectify, prefix: str) -> tuple[list[str], list[str]]:
    if node.slope_log2 is None:
        return [f"{node.name}: ReLU of {node.source}, max(x, 0)"], []
    what = f"{node.name}: LeakyReLU of {node.source}, x * 2^SLOPE_LOG2 where x >= 0, else x"
    return [what], [f"#define {prefix}_SLOPE_LOG2 {node.slope_log2}"]


def _envelope(prefix: str, found: Envelope | None) -> list[str]:
    """Return what new weights of a node have to keep, as tables that the swap reads, too."""
    if found is None:
        return [comment("These weights cannot be replaced: no others are proven to fit the integer types.")]
    word = f"#define {prefix}_LARGEST_WORD {literal(found.largest_word)}"
    if isinstance(found, FunctionEnvelope):
        rows = zip(found.arguments, found.result, strict=True)
        shared = [*found.sums, *found.basis_sums]
        return [
            comment(*FUNCTION_ENVELOPE),
            word,
            _limits(f"{prefix}_ENVELOPE_ROWS", [[most, *shared, *result] for most, result in rows]),
            _limits(f"{prefix}_LARGEST_SLOPE", found.largest_slope),
            _limits(f"{prefix}_LARGEST_BASE", found.largest_base),
        ]
    three = [_limits(f"{prefix}_ENVELOPE_PAIRS", [list(pair) for pair in found.pairs])] if found.pairs else []
    return [
        comment(*CONVOLUTION_ENVELOPE[:-1], *THREE_ENVELOPE, CONVOLUTION_ENVELOPE[-1])
        if three
        else comment(*CONVOLUTION_ENVELOPE),
        word,
        *three,
        _limits(f"{prefix}_ENVELOPE_SUMS", list(found.sums)),
        _limits(f"{prefix}_ENVELOPE_INPUTS", [list(with_zero(interval)) for interval in found.source]),
        _limits(f"{prefix}_ENVELOPE_OUTPUTS", [list(interval) for interval in found.result]),
        _limits(f"{prefix}_LARGEST_SUM_ABS_TAPS", found.largest_sum_abs_taps),
    ]


def _limits(name: str, values: list[list[int]] | list[int]) -> str:
    return array(name, np.array(values, dtype=np.int64), "int64_t", Placement(), "")
