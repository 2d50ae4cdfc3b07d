"""Convolutions in AVX-512 instructions: two products a lane and instruction, of two samples side by side with two taps.

Products of one output are numbered as its taps stand in their table, complex ones by tap, I before Q; the pair p has the
products 2 p and 2 p + 1, the last of an odd number one with nothing.
"""

from dataclasses import dataclass

from pimdeploy.datapath.nodes import Convolution
from pimdeploy.emit.c.avx512.parts import begun, finished, vector_loop
from pimdeploy.emit.c.plan import Plan, Stage
from pimdeploy.emit.c.statements import in_row, indented, out_row
from pimdeploy.emit.c.tables import word_type

WRITTEN_PAIRS = 256
"""Pairs of one group, over all its outputs, that are written out; more become loops."""
OUTPUTS_AT_ONCE = 4
"""Outputs whose sums stand in registers together where pairs are written out."""
ROWS = (8, 4, 1)
"""Outputs whose sums stand in registers together in loops, the most that are left of them."""


def convolution(plan: Plan, stage: Stage, node: Convolution) -> list[str]:
    """Return the body of the function of a stage whose head is `node`."""
    shape = Shape(plan, stage, node)
    return each_group(node, shape.written_out() if shape.is_written_out else shape.looped())


def each_group(node: Convolution, lines: list[str]) -> list[str]:
    """Return `lines` for each group of `node`."""
    if node.groups == 1:
        return indented(lines, 1)
    return indented([f"for (size_t group = 0; group < {node.groups}; ++group) {{", *indented(lines, 1), "}"], 1)


@dataclass(frozen=True)
class Shape:
    """Sizes of a convolution in real channels of one group, and its pairs."""

    plan: Plan
    stage: Stage
    node: Convolution

    @property
    def inputs(self) -> int:
        """Real input channels of a group."""
        return self.node.channels_in // self.node.groups

    @property
    def outputs(self) -> int:
        """Real output channels of a group."""
        return self.node.channels_out // self.node.groups

    @property
    def products(self) -> int:
        """Products of one output."""
        return self.inputs * self.node.kernel_length

    @property
    def pairs(self) -> int:
        """Pairs of products."""
        return -(-self.products // 2)

    @property
    def is_written_out(self) -> bool:
        """Whether every pair is a statement."""
        return self.pairs * self.outputs <= WRITTEN_PAIRS

    @property
    def taps(self) -> str:
        """Name of the table of taps."""
        return f"{self.plan.prefix(self.node.name)}_TAPS"

    def channel(self, a_group: int, number: int | str) -> str:
        """Return the channel or row that has `number` among the `a_group` of its group."""
        return str(number) if self.node.groups == 1 else f"(group * {a_group} + {number})"

    def start(self, output: str) -> str:
        """Return what the sums of a result begin with."""
        begin = begun(self.plan, self.stage)
        if self.node.bias is None:
            return f"pim_avx512_start({begin})"
        bias = f"(int32_t){self.plan.prefix(self.node.name)}_BIAS[{output}]"
        return f"pim_avx512_start({bias})" if begin == "0" else f"pim_avx512_start({bias} + {begin})"

    # Pairs written out

    def written_out(self) -> list[str]:
        """Return the body of one group, every pair a statement."""
        rows = [in_row(self.plan, self.node.source, self.channel(self.inputs, i), f"in{i}") for i in range(self.inputs)]
        rows += [out_row(self.plan, self.stage, self.channel(self.outputs, o), f"out{o}") for o in range(self.outputs)]
        lines = [f"const pim_pairs x{pair} = {self.samples(pair)};" for pair in range(self.pairs)]
        for first in range(0, self.outputs, OUTPUTS_AT_ONCE):
            chosen = range(first, min(first + OUTPUTS_AT_ONCE, self.outputs))
            lines += [f"pim_sums acc{o} = {self.start(self.channel(self.outputs, o))};" for o in chosen]
            for pair in range(self.pairs):
                lines += [f"acc{o} = pim_avx512_dot(acc{o}, x{pair}, {self.two_taps(o, pair)});" for o in chosen]
            for o in chosen:
                channel = self.channel(self.outputs, o)
                lines += finished(self.plan, self.stage, f"acc{o}", channel=channel, out=f"out{o}")
        return [*rows, *vector_loop(lines)]

    def samples(self, pair: int) -> str:
        """Return the samples of a pair."""
        first, second = (self._sample(2 * pair + k) for k in range(2))
        return f"pim_avx512_pairs({first}, {second})" if second else f"pim_avx512_first({first})"

    def _sample(self, product: int) -> str:
        if product >= self.products:
            return ""
        channel, k = self.place(product)
        back = self.node.dilation * k
        return f"in{channel} + n" + (f" - {back}" if back else "")

    def place(self, product: int) -> tuple[int, int]:
        """Return the input channel and the tap of a product."""
        if not self.node.is_complex:
            return divmod(product, self.node.kernel_length)
        pair, part = divmod(product, 2)
        i, k = divmod(pair, self.node.kernel_length)
        return 2 * i + part, k

    def two_taps(self, output: int, pair: int) -> str:
        """Return the taps of a pair, for one output."""
        first, second = (self._tap(output, 2 * pair + k) for k in range(2))
        return f"pim_avx512_pair({first}, {second})"

    def _tap(self, output: int, product: int) -> str:
        if product >= self.products:
            return "0"
        channel, k = self.place(product)
        if not self.node.is_complex:
            return f"{self.taps}[{self.channel(self.outputs, output)}][{channel}][{k}]"
        part_in, part_out = channel % 2, output % 2
        sign = "-" if part_in == 1 and part_out == 0 else ""
        row = self.channel(self.outputs // 2, output // 2)
        return f"{sign}{self.taps}[{row}][{channel // 2}][{part_in ^ part_out}][{k}]"

    # Loops

    def looped(self) -> list[str]:
        """Return the body of one group in loops over outputs, samples and pairs."""
        source = self.plan.prefix(self.node.source)
        memory = f" + {source}_MEMORY" if self.plan.buffers[self.node.source].memory else ""
        lines = [
            f"const int16_t *const in = {self.node.source}_q + {self.channel(self.inputs, 0)} * {source}_ROW{memory};",
            f"ptrdiff_t at[{2 * self.pairs}] = {{0}};",
            *self._each_product(self._offset(source)),
        ]
        first = 0
        for rows in ROWS:
            count = (self.outputs - first) // rows * rows
            if count:
                lines += self._outputs(rows, first, first + count)
            first += count
        return lines

    def _each_product(self, line: str) -> list[str]:
        """Return `line` for each input i, or pair of them, and tap k."""
        inputs = self.inputs // 2 if self.node.is_complex else self.inputs
        return [
            f"for (size_t i = 0; i < {inputs}; ++i) {{",
            f"    for (size_t k = 0; k < {self.node.kernel_length}; ++k) {{",
            *indented(line.split("\n"), 2),
            "    }",
            "}",
        ]

    def _offset(self, source: str) -> str:
        number, back = f"i * {self.node.kernel_length} + k", f"(ptrdiff_t)({self.node.dilation} * k)"
        if not self.node.is_complex:
            return f"at[{number}] = (ptrdiff_t)(i * {source}_ROW) - {back};"
        return "\n".join(
            f"at[2 * ({number}){more}] = (ptrdiff_t)({row} * {source}_ROW) - {back};"
            for more, row in (("", "(2 * i)"), (" + 1", "(2 * i + 1)"))
        )

    def _outputs(self, rows: int, first: int, end: int) -> list[str]:
        """Return the loop over outputs `first` to `end`, `rows` of them at a time."""
        row = f"{self.plan.prefix(self.stage.result)}_ROW"
        done = finished(self.plan, self.stage, "acc[r]", channel="(c + r)", out=f"(out + r * {row})")
        samples = [
            f"pim_sums acc[{rows}];",
            *_each_row(rows, [f"acc[r] = {self.start('c + r')};"]),
            f"for (size_t p = 0; p < {self.pairs}; ++p) {{",
            "    const pim_pairs x = pim_avx512_pairs(in + at[2 * p] + n, in + at[2 * p + 1] + n);",
            *indented(_each_row(rows, [f"acc[r] = pim_avx512_dot(acc[r], x, {self._pair_of_row()});"]), 1),
            "}",
            *_each_row(rows, done),
        ]
        body = [
            f"const size_t c = {self.channel(self.outputs, 'o')};",
            out_row(self.plan, self.stage, "c"),
            *self._rows_of_taps(rows),
            *vector_loop(samples),
        ]
        return [f"for (size_t o = {first}; o < {end}; o += {rows}) {{", *indented(body, 1), "}"]

    @property
    def _stand_in_pairs(self) -> bool:
        """Whether the table itself holds the taps of every pair next to each other."""
        whole = not self.node.is_complex and self.products % 2 == 0
        return whole and word_type(self.node.taps_format.bits) == "int16_t"

    def _pair_of_row(self) -> str:
        """Return the taps of pair p for row r."""
        if self._stand_in_pairs:
            return f"pim_avx512_neighbours(taps + r * {self.products} + 2 * p)"
        return f"taps[r * {self.pairs} + p]"

    def _rows_of_taps(self, rows: int) -> list[str]:
        """Return the definition of `taps`: the table from output c on, or its taps put two by two."""
        if self._stand_in_pairs:
            return [f"const int16_t *const taps = &{self.taps}[c][0][0];"]
        if not self.node.is_complex:
            second = "row[2 * p + 1]" if self.products % 2 == 0 else f"2 * p + 1 < {self.products} ? row[2 * p + 1] : 0"
            kind = word_type(self.node.taps_format.bits)
            filling = [
                f"const {kind} *const row = &{self.taps}[c + r][0][0];",
                f"for (size_t p = 0; p < {self.pairs}; ++p) {{",
                f"    taps[r * {self.pairs} + p] = pim_avx512_pair(row[2 * p], {second});",
                "}",
            ]
        else:
            number = f"r * {self.pairs} + i * {self.node.kernel_length} + k"
            re, im = (f"{self.taps}[(c + r) / 2][i][{part}][k]" for part in range(2))
            both = f"((c + r) & 1) == 0 ? pim_avx512_pair({re}, -{im}) : pim_avx512_pair({im}, {re})"
            filling = self._each_product(f"taps[{number}] = {both};")
        return [
            f"int32_t taps[{rows * self.pairs}];",
            f"for (size_t r = 0; r < {rows}; ++r) {{",
            *indented(filling, 1),
            "}",
        ]


def _each_row(rows: int, lines: list[str]) -> list[str]:
    """Return `lines` for each row r, written out by the compiler so that sums stay in registers."""
    return [f"#pragma GCC unroll {rows}", f"for (size_t r = 0; r < {rows}; ++r) {{", *indented(lines, 1), "}"]
