"""Convolutions in AVX-512 instructions whose sums need more than 32 bits, or whose samples a concatenation has scaled.

Samples that a concatenation has brought to a common grid have 16 bits before that: they are narrowed again, and sums of
equal scale are scaled in their place. Sums of as many pairs as surely fit 32 bits are added to one of two parts, high * 2^16
+ low. How many fit follows from the taps, so these stages are for taps that are known when compiling.
"""

from dataclasses import dataclass

import numpy as np

from pimdeploy.datapath.bounds import real_taps
from pimdeploy.datapath.formats import Rounding, bits_for
from pimdeploy.datapath.intervals import hull
from pimdeploy.datapath.nodes import Concatenate, Convolution, Requantize
from pimdeploy.emit.c.avx512.convolution import OUTPUTS_AT_ONCE, Shape
from pimdeploy.emit.c.avx512.parts import overflowed, vector_loop
from pimdeploy.emit.c.plan import Plan, Stage
from pimdeploy.emit.c.statements import indented, out_row
from pimdeploy.emit.c.types import SCALE_BITS, alignment, shift_of

LARGEST_SAMPLE = 1 << 15
LARGEST_SUM = (1 << 31) - 1
MOST_BITS = 46
"""Bits of a sum: its high part has 16 less, and what is added to it a few more."""


def wide_convolution(plan: Plan, stage: Stage, node: Convolution) -> list[str] | None:
    """Return the body of the function of a stage whose head is `node`; None where it is none for these instructions."""
    scales = _scales(plan, node.source)
    shape = Shape(plan, stage, node)
    if scales is None or stage.tail is None or not _is_plain(plan, node, stage.tail) or not shape.is_written_out:
        return None
    sums = _sums(shape, scales)
    return None if sums is None else indented(_Wide(shape, stage.tail, scales, sums).lines(), 1)


def narrowed_channels(plan: Plan, node: Convolution) -> int:
    """Return the rows of samples that the stage of `node` narrows."""
    return plan.channels(node.source) if plan.buffers[node.source].bits == 32 else 0


def _scales(plan: Plan, source: str) -> list[int] | None:
    """Return the power of two by which each channel of `source` is scaled; None where one has more than 16 bits without."""
    if plan.buffers[source].bits == 16:
        return [0] * plan.channels(source)
    node = plan.graph.node(source)
    if plan.buffers[source].bits != 32 or not isinstance(node, Concatenate):
        return None
    found: list[int] = []
    for operand in node.sources:
        fmt = plan.bounds[operand].format
        if bits_for(fmt.min_q, fmt.max_q) > 16:
            return None
        found += [alignment(plan, node, operand)] * plan.channels(operand)
    return found


def _is_plain(plan: Plan, node: Convolution, tail: Requantize) -> bool:
    """Return whether rounding, shift, sizes and result are of the kind that two parts serve."""
    shift, bits = shift_of(plan, tail), bits_for(*hull(plan.bounds[node.name].ranges))
    known = tail.rounding in (Rounding.HALF_UP, Rounding.FLOOR) and 0 < shift <= SCALE_BITS + 16
    fits = bits <= MOST_BITS and bits - shift < 31
    return known and fits and node.bias is None and node.groups == 1 and plan.buffers[tail.name].bits == 16


def _sums(shape: Shape, scales: list[int]) -> list[tuple[int, list[int]]] | None:
    """Return pairs whose sum fits 32 bits, with their scale, in order of it; None where the two of a pair differ in scale."""
    pairs: dict[int, list[int]] = {}
    for pair in range(shape.pairs):
        own = {scales[channel] for channel, _ in _places(shape, pair)}
        if len(own) != 1:
            return None
        pairs.setdefault(own.pop(), []).append(pair)
    return [(scale, group) for scale in sorted(pairs) for group in _grouped(shape, pairs[scale])]


def _places(shape: Shape, pair: int) -> list[tuple[int, int]]:
    """Return the input channel and the tap of each product of `pair`."""
    return [shape.place(k) for k in (2 * pair, 2 * pair + 1) if k < shape.products]


def _grouped(shape: Shape, pairs: list[int]) -> list[list[int]]:
    """Return `pairs` cut where the next one could take the sum of some output beyond 32 bits."""
    taps = np.abs(real_taps(shape.node))
    groups: list[list[int]] = [[]]
    reached = np.zeros(taps.shape[0], dtype=np.int64)
    for pair in pairs:
        more = (
            sum((taps[:, channel, k] for channel, k in _places(shape, pair)), np.zeros_like(reached)) * LARGEST_SAMPLE
        )
        if groups[-1] and int((reached + more).max()) > LARGEST_SUM:
            groups.append([])
            reached = np.zeros_like(reached)
        groups[-1].append(pair)
        reached = reached + more
    return groups


@dataclass(frozen=True)
class _Wide:
    """sums: pairs that are summed in 32 bits, with the power of two by which their sum is scaled."""

    shape: Shape
    tail: Requantize
    scales: list[int]
    sums: list[tuple[int, list[int]]]

    def lines(self) -> list[str]:
        """Return the whole body."""
        shape = self.shape
        lines = [f"const pim_pairs x{pair} = {shape.samples(pair)};" for pair in range(shape.pairs)]
        for first in range(0, shape.outputs, OUTPUTS_AT_ONCE):
            chosen = range(first, min(first + OUTPUTS_AT_ONCE, shape.outputs))
            for o in chosen:
                lines += ["{", *indented(self._output(o), 1), "}"]
        rows = [out_row(shape.plan, shape.stage, o, f"out{o}") for o in range(shape.outputs)]
        return [*self._inputs(), *rows, *vector_loop(lines)]

    def _inputs(self) -> list[str]:
        """Return the definitions of the rows that pairs are read from, narrowed where they are scaled."""
        plan, source = self.shape.plan, self.shape.node.source
        prefix = plan.prefix(source)
        memory = f" + {prefix}_MEMORY" if plan.buffers[source].memory else ""
        name, lines = f"{source}_q", []
        if plan.buffers[source].bits == 32:
            name = "narrow"
            lines = [f"PIM_ALIGNED int16_t narrow[{len(self.scales)} * {prefix}_ROW];"]
            lines += [
                f"for (size_t n = 0; n < {prefix}_ROW; n += PIM_AVX512_SAMPLES) {{",
                *(
                    f"    pim_avx512_narrow(narrow + {c} * {prefix}_ROW + n, {source}_q + {c} * {prefix}_ROW + n, {scale});"
                    for c, scale in enumerate(self.scales)
                ),
                "}",
            ]
        return lines + [
            f"const int16_t *const in{c} = {name} + {c} * {prefix}_ROW{memory};" for c in range(len(self.scales))
        ]

    def _output(self, output: int) -> list[str]:
        """Return the statements of one output: sums of pairs, their parts by scale, the total, the requantizer."""
        scales = sorted({scale for scale, _ in self.sums})
        lines = [f"pim_wide wide{scale} = pim_avx512_wide_start(0);" for scale in scales]
        for scale, pairs in self.sums:
            lines.append("{")
            lines.append("    pim_sums acc = pim_avx512_start(0);")
            for pair in pairs:
                lines.append(f"    acc = pim_avx512_dot(acc, x{pair}, {self.shape.two_taps(output, pair)});")
            lines += [f"    wide{scale} = pim_avx512_wide_add(wide{scale}, acc);", "}"]
        total = f"pim_avx512_wide_start({self._begun()})"
        for scale in scales:
            part = f"pim_avx512_wide_scaled(wide{scale}, {scale})" if scale else f"wide{scale}"
            total = f"pim_avx512_wide_sum({total}, {part})"
        shift = f"{self.shape.plan.prefix(self.tail.name)}_SHIFT"
        return [
            *lines,
            f"const pim_wide total = {total};",
            f"PIM_WIDE_TAPS({output}, n, total, {self._begun()});",
            f"const pim_sums rounded = pim_avx512_wide_floor(total, {shift});",
            f"pim_avx512_store(out{output} + n, {overflowed(self.shape.plan, self.tail, 'rounded')});",
        ]

    def _begun(self) -> str:
        if self.tail.rounding is not Rounding.HALF_UP:
            return "0"
        return f"(INT64_C(1) << ({self.shape.plan.prefix(self.tail.name)}_SHIFT - 1))"
