"""The banked build (PIM_BANKED) of the C code: two sets of weights in the state, and the swap that fills the idle one.

New weights come as one vector of integers, node after node in the order of the graph: taps and bias of a convolution, slopes
and first bases of a function, each in C order. `weight_vector` makes it from a graph; the swap checks the envelope.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Node, Piecewise, Products, Symmetry
from pimdeploy.emit.c.envelope_nodes import Envelope
from pimdeploy.emit.c.plan import Plan
from pimdeploy.emit.c.statements import indented
from pimdeploy.emit.c.tables import word_type
from pimdeploy.emit.c.types import head_bits, piecewise_bits


@dataclass(frozen=True)
class BankTable:
    """One table of a bank: of which node, under which name in the header, of which C type, its shape.

    values: how many integers of the vector it takes, 0 for what is derived from others.
    """

    node: str
    name: str
    kind: str
    shape: tuple[int, ...]
    values: int

    @property
    def member(self) -> str:
        """Name of the member of the bank."""
        return f"{self.node}_{self.name.lower()}"

    @property
    def declared(self) -> str:
        """Name and shape, as in a declaration."""
        return self.member + "".join(f"[{size}]" for size in self.shape)


def weight_vector(graph: Graph) -> NDArray[np.int64]:
    """Return the weights of `graph` as <name>_swap takes them; graphs of equal structure give vectors that fit each other."""
    parts: list[NDArray[np.int64]] = []
    for node in graph.nodes:
        if isinstance(node, Convolution):
            parts += [node.taps.array, *([] if node.bias is None else [node.bias.array])]
        elif isinstance(node, Piecewise):
            parts += [node.slopes.array, node.bases.array[:, 0]] if _has_bases(node) else [node.slopes.array]
    return np.concatenate([part.reshape(-1) for part in parts]) if parts else np.zeros(0, dtype=np.int64)


def _has_bases(node: Piecewise) -> bool:
    """Return whether the vector holds first bases of `node`: an odd function has none, the others may have zeros."""
    return node.symmetry is not Symmetry.ODD


@dataclass(frozen=True)
class Banks:
    """The text of a model's banks. `value_bits`: width of an integer of the vector."""

    plan: Plan
    envelopes: dict[str, Envelope | None]

    @property
    def nodes(self) -> list[Convolution | Piecewise]:
        """The nodes with weights, in the order of the vector."""
        return [node for node in self.plan.graph.nodes if isinstance(node, Convolution | Piecewise)]

    @property
    def tables(self) -> list[BankTable]:
        """Every table of a bank, in order."""
        return [table for node in self.nodes for table in self._of(node)]

    @property
    def count(self) -> int:
        """Integers in the vector."""
        return sum(table.values for table in self.tables) + sum(self._first_bases(node) for node in self.nodes)

    @property
    def value_bits(self) -> int:
        """Width of the C type of an integer of the vector: 32, or 64 where a word or an accumulator needs more."""
        wide = any("64" in table.kind for table in self.tables)
        return 64 if wide else 32

    @property
    def shadows(self) -> list[str]:
        """Lines that make the code read the tables of the bank in use under the names that the header gives them."""
        return [f"#define {self.plan.prefix(t.node)}_{t.name} (bank->{t.member})" for t in self.tables]

    def defaults(self) -> list[str]:
        """Return the statements that copy the header's tables into a bank."""
        lines: list[str] = []
        for table in self.tables:
            source = f"{self.plan.prefix(table.node)}_{table.name}"
            lines += _each(table, f"bank->{table.member}{{at}} = ({table.kind}){source}{{at}};")
        return indented(lines, 1)

    def functions(self) -> list[str]:
        """Return the functions that check the vector's part of a node and copy it into a bank, a pair a node."""
        texts, at = [], 0
        for node in self.nodes:
            texts += [self._check(node, at), self._fill(node, at)]
            at += self._length(node)
        return texts

    def _of(self, node: Convolution | Piecewise) -> list[BankTable]:
        if isinstance(node, Convolution):
            taps = BankTable(node.name, "TAPS", word_type(node.taps_format.bits), node.taps.shape, node.taps.array.size)
            if node.bias is None:
                return [taps]
            kind = f"int{head_bits(self.plan, node)}_t"
            return [taps, BankTable(node.name, "BIAS", kind, node.bias.shape, node.bias.array.size)]
        shape, wide = node.slopes.shape, f"int{piecewise_bits(self.plan, node, 'table')}_t"
        return [
            BankTable(node.name, "SLOPES", wide, shape, node.slopes.array.size),
            BankTable(node.name, "BASES", wide, shape, 0),
            BankTable(node.name, "WEIGHTS", word_type(node.slopes_format.bits), shape, 0),
        ]

    @staticmethod
    def _first_bases(node: Convolution | Piecewise) -> int:
        """Return how many first bases the vector holds for `node`."""
        return node.slopes.shape[0] if isinstance(node, Piecewise) and _has_bases(node) else 0

    def _length(self, node: Convolution | Piecewise) -> int:
        return sum(table.values for table in self._of(node)) + self._first_bases(node)

    def _signature(self, what: str, node: Node, *more: str) -> str:
        kind = f"const int{self.value_bits}_t *values_q"
        returned = "int" if what == "admits" else "void"
        return f"static PIM_COLD {returned} {self.plan.graph.name}_{what}_{node.name}({', '.join([*more, kind])})"

    # The check

    def _check(self, node: Convolution | Piecewise, at: int) -> str:
        found = self.envelopes[node.name]
        if found is None:
            body = self._unchanged(node, at)
        elif isinstance(node, Convolution):
            body = self._check_convolution(node, at)
        else:
            body = self._check_function(node, at)
        return "\n".join([self._signature("admits", node), "{", *indented(body, 1), "}"])

    def _unchanged(self, node: Convolution | Piecewise, at: int) -> list[str]:
        """Return the statements of a node whose weights are fixed: it admits the compiled ones and no others."""
        lines = ["int is_same = 1;"]
        for table in self._of(node):
            if table.values:
                source = f"{self.plan.prefix(node.name)}_{table.name}{{at}}"
                value = f"values_q[{_sum(at, '{flat}')}]"
                lines += _each(table, f"is_same = (is_same != 0) && ({source} == {value});")
                at += table.values
        if self._first_bases(node):
            source = f"{self.plan.prefix(node.name)}_BASES[i][0]"
            same = f"is_same = (is_same != 0) && ({source} == values_q[{_sum(at, 'i')}]);"
            lines += [f"for (size_t i = 0; i < {self._first_bases(node)}; ++i) {{", f"    {same}", "}"]
        return [*lines, "return is_same;"]

    def _check_convolution(self, node: Convolution, at: int) -> list[str]:
        bits, size, prefix = self.value_bits, node.taps.array.size, self.plan.prefix(node.name)
        parts = 2 if node.is_complex else 1
        lines = [
            f"int fits = pim_within_i{bits}({_from(at)}, {size}, {prefix}_LARGEST_WORD);",
            f"for (size_t o = 0; o < {node.taps.shape[0]}; ++o) {{",
        ]
        for part in range(parts):
            output = f"2 * o + {part}" if node.is_complex else "o"
            bias = f"(int64_t)values_q[{_sum(at + size, output)}]" if node.bias is not None else "0"
            limits = f"{prefix}_ENVELOPE_SUMS, {prefix}_ENVELOPE_OUTPUTS[{output}]"
            fits = f"pim_span_fits_i64(&span{part}, {bias}, {limits})"
            lines += indented([f"pim_span span{part} = {{0, 0}};", *self._spans(node, at, part)], 1)
            lines.append(f"    fits = (fits != 0) && ({fits} != 0);")
        if node.products is Products.THREE:
            lines += indented(self._check_three(node, at), 1)
        return [*lines, "}", "return fits;"]

    def _check_three(self, node: Convolution, at: int) -> list[str]:
        """Return the statements that hold S1, S2 and S3 of an output against its type (three_products.py)."""
        kernel, prefix = node.kernel_length, self.plan.prefix(node.name)
        pair, first = _input(node), _from(at, f"(o * {node.taps.shape[1]} + i) * {2 * kernel}")
        limits = {
            "s1": f"{prefix}_ENVELOPE_PAIRS[{pair}]",
            "s2": f"{prefix}_ENVELOPE_INPUTS[2 * ({pair})]",
            "s3": f"{prefix}_ENVELOPE_INPUTS[2 * ({pair}) + 1]",
        }
        added = {
            "s1": f"pim_span_add_i{self.value_bits}(&s1, re, {kernel}, 0, {limits['s1']});",
            "s2": f"pim_span_add_sums_i{self.value_bits}(&s2, re + {kernel}, re, {kernel}, 1, {limits['s2']});",
            "s3": f"pim_span_add_sums_i{self.value_bits}(&s3, re + {kernel}, re, {kernel}, 0, {limits['s3']});",
        }
        sums = f"{prefix}_ENVELOPE_SUMS"
        return [
            *(f"pim_span {name} = {{0, 0}};" for name in limits),
            f"for (size_t i = 0; i < {node.taps.shape[1]}; ++i) {{",
            f"    const int{self.value_bits}_t *const re = {first};",
            *indented(list(added.values()), 1),
            "}",
            *(f"fits = (fits != 0) && (pim_span_fits_i64(&{name}, 0, {sums}, {sums}) != 0);" for name in limits),
        ]

    def _spans(self, node: Convolution, at: int, part: int) -> list[str]:
        """Return the loop that adds up an output; of a complex one, part 0 is I (re, -im) and 1 is Q (im, re)."""
        inputs, kernel, prefix = node.taps.shape[1], node.kernel_length, self.plan.prefix(node.name)
        real = _input(node)
        first = _from(at, f"(o * {inputs} + i) * {kernel * (2 if node.is_complex else 1)}")
        add = f"pim_span_add_i{self.value_bits}(&span{part}, "
        if not node.is_complex:
            rows = [f"{add}{first}, {kernel}, 0, {prefix}_ENVELOPE_INPUTS[{real}]);"]
        else:
            pair = f"2 * ({real})"
            rows = [
                f"{add}{first}, {kernel}, 0, {prefix}_ENVELOPE_INPUTS[{pair} + {part}]);",
                f"{add}{first} + {kernel}, {kernel}, {1 - part}, {prefix}_ENVELOPE_INPUTS[{pair} + {1 - part}]);",
            ]
        return [f"for (size_t i = 0; i < {inputs}; ++i) {{", *indented(rows, 1), "}"]

    def _check_function(self, node: Piecewise, at: int) -> list[str]:
        rows, segments = node.slopes.shape
        prefix = self.plan.prefix(node.name)
        base = f"(int64_t)values_q[{_sum(at + rows * segments, 'f')}]" if self._first_bases(node) else "0"
        row = _from(at, f"f * {segments}")
        limits = f"{prefix}_LARGEST_WORD, {prefix}_ENVELOPE_ROWS[f]"
        call = f"pim_function_fits_i{self.value_bits}({row}, {segments}, {base}, {prefix}_SEGMENT_LOG2, {limits})"
        zero = (
            f" && ({base} == 0)" if self._first_bases(node) and node.first_bases is None else ""
        )  # the code adds none
        return [
            "int fits = 1;",
            f"for (size_t f = 0; f < {rows}; ++f) {{",
            f"    fits = (fits != 0) && ({call} != 0){zero};",
            "}",
            "return fits;",
        ]

    # The copy

    def _fill(self, node: Convolution | Piecewise, at: int) -> str:
        lines: list[str] = []
        if isinstance(node, Piecewise):
            lines = self._fill_function(node, at)
        else:
            for table in self._of(node):
                value = f"values_q[{_sum(at, '{flat}')}]"
                lines += _each(table, f"bank->{table.member}{{at}} = ({table.kind}){value};")
                at += table.values
        head = self._signature("fill", node, f"{self.plan.graph.name}_bank *bank")
        return "\n".join([head, "{", *indented(lines, 1), "}"])

    def _fill_function(self, node: Piecewise, at: int) -> list[str]:
        rows, segments = node.slopes.shape
        slopes, bases, weights = self._of(node)
        size, kind = rows * segments, slopes.kind
        base = f"(int64_t)values_q[{_sum(at + size, 'f')}]" if self._first_bases(node) else "0"
        body = [
            f"const {kind} slope = ({kind})values_q[{_sum(at, f'f * {segments} + s')}];",
            f"bank->{slopes.member}[f][s] = slope;",
            f"bank->{bases.member}[f][s] = ({kind})base;",
            f"bank->{weights.member}[f][s] = ({weights.kind})(slope - previous);",
            "base += (int64_t)slope;",
            "previous = slope;",
        ]
        return [
            f"for (size_t f = 0; f < {rows}; ++f) {{",
            f"    int64_t base = {base};",
            f"    {kind} previous = 0;",
            f"    for (size_t s = 0; s < {segments}; ++s) {{",
            *indented(body, 2),
            "    }",
            "}",
        ]


def _input(node: Convolution) -> str:
    """Return the input, of a complex node the pair, that has number i in the group of the output o."""
    group = f"o / {node.taps.shape[0] // node.groups}"
    return f"({group}) * {node.taps.shape[1]} + i" if node.groups > 1 else "i"


def _from(at: int, index: str = "") -> str:
    """Return the address in the vector of the integer `at`, and `index` further on."""
    return " + ".join(["values_q", *([str(at)] if at else []), *([index] if index else [])])


def _sum(at: int, index: str) -> str:
    return f"{at} + {index}" if at else index


def _each(table: BankTable, line: str) -> list[str]:
    """Return `line` in loops over the indices of `table`; {at} stands for them, {flat} for their place in C order."""
    names = "abcd"[: len(table.shape)]
    at = "".join(f"[{name}]" for name in names)
    flat = names[0]
    for name, size in zip(names[1:], table.shape[1:], strict=True):
        flat = f"({flat}) * {size} + {name}" if "+" in flat else f"{flat} * {size} + {name}"
    lines = [line.replace("{at}", at).replace("{flat}", flat)]
    for name, size in reversed(list(zip(names, table.shape, strict=True))):
        lines = [f"for (size_t {name} = 0; {name} < {size}; ++{name}) {{", *indented(lines, 1), "}"]
    return lines
