"""The C of a piecewise-linear function, in its two forms (docs/spec/fixed_point.md, section 7)."""

from dataclasses import dataclass
from typing import assert_never

from pimdeploy.datapath.nodes import Piecewise, Symmetry
from pimdeploy.emit.c.plan import Plan, Stage
from pimdeploy.emit.c.statements import channel_loop, in_row, indented, loop, out_row, store, total
from pimdeploy.emit.c.types import piecewise_bits, reached_segments

UNROLLED_SEGMENTS = 64
"""Products of the basis form that are written out; more become a loop."""

PIECEWISE_FORMS = ("table", "basis")


def piecewise(plan: Plan, stage: Stage, node: Piecewise) -> list[str]:
    """Return the body of the function of a stage whose head is `node`; PIM_PIECEWISE chooses the form."""
    results = [_Result(plan, stage, node, j) for j in range(node.outputs)]
    head = [in_row(plan, node.source, "c"), *(out_row(plan, stage, r.channel, r.local("out")) for r in results)]
    if 1 < node.tables < plan.channels(node.source):
        head.append(f"const size_t function = c * {node.tables} / {plan.channels(node.source)};")
    table, basis = (_form(results, form) for form in PIECEWISE_FORMS)
    body = ["#if PIM_PIECEWISE == PIM_TABLE", *table, "#else", *basis, "#endif"]
    return channel_loop(plan.channels(node.source), head, body)


def looped_sum_bits(plan: Plan, node: Piecewise) -> int:
    """Return the bits of all sums of the basis form that a sample has on the stack; 0 where its products are written out."""
    reached = reached_segments(plan, node)
    return node.outputs * piecewise_bits(plan, node, "basis") if reached > UNROLLED_SEGMENTS else 0


def unrolled_segments(plan: Plan, node: Piecewise) -> int:
    """Return the weights of a function that the loop over samples of its basis form reads."""
    reached = reached_segments(plan, node)
    return reached if reached <= UNROLLED_SEGMENTS else 1


@dataclass(frozen=True)
class _Result:
    """The result j of a channel c: what its channel, its row of the tables and its local variables are called."""

    plan: Plan
    stage: Stage
    node: Piecewise
    j: int

    @property
    def channel(self) -> str:
        """Number of the result channel."""
        return "c" if self.node.outputs == 1 else f"(c * {self.node.outputs} + {self.j})"

    def local(self, name: str) -> str:
        """Return the name of a local variable."""
        return name if self.node.outputs == 1 else f"{name}{self.j}"

    def entry(self, table: str, column: int | str) -> str:
        """Return an entry of a table."""
        function = "c" if self.node.tables == self.plan.channels(self.node.source) else "function"
        row = function if self.node.outputs == 1 else f"{function} * {self.node.outputs} + {self.j}"
        row = str(self.j) if self.node.tables == 1 else row
        return f"{self.plan.prefix(self.node.name)}_{table}[{row}][{column}]"

    def first_base(self, bits: int) -> list[str]:
        """Return the term (base[0] << m), or nothing where the function has none."""
        if self.node.first_bases is None:
            return []
        macro = f"{self.plan.prefix(self.node.name)}_SEGMENT_LOG2"
        return [f"pim_scale_i{bits}((int{bits}_t){self.entry('BASES', 0)}, {macro})"]

    def stored(self, bits: int) -> list[str]:
        """Return the statements that trace and store acc."""
        return store(self.plan, self.stage, self.local("acc"), bits, channel=self.channel, out=self.local("out"))


def _form(results: list[_Result], form: str) -> list[str]:
    plan, node = results[0].plan, results[0].node
    bits = piecewise_bits(plan, node, form)
    if reached_segments(plan, node) == 1:  # no input leaves the first segment, where both forms are one product
        return loop(_one_segment_lines(results, bits), 2)
    if form == "table":
        return loop(_table_lines(results, bits), 2)
    if reached_segments(plan, node) <= UNROLLED_SEGMENTS:
        return loop(_basis_lines(results, bits), 2)
    return [line for result in results for line in _looped_basis(result, bits)]


def _argument(plan: Plan, node: Piecewise, bits: int) -> str:
    """Return t, in the type int<bits>_t."""
    a = f"(int{bits}_t)in[n]"
    match node.symmetry:
        case Symmetry.ODD | Symmetry.EVEN:
            return f"pim_magnitude_i{bits}({a})"
        case Symmetry.PLAIN:
            return f"{a} + {plan.prefix(node.name)}_OFFSET"
        case Symmetry.INDEX:
            return a
        case _:
            assert_never(node.symmetry)


def _one_segment_lines(results: list[_Result], bits: int) -> list[str]:
    plan, node = results[0].plan, results[0].node
    kind, is_odd = f"int{bits}_t", node.symmetry is Symmetry.ODD
    lines = [] if is_odd else [f"const {kind} t = {_argument(plan, node, bits)};"]
    for result in results:
        factor = f"({kind})in[n]" if is_odd else "t"  # of an odd function |a| with its sign, a
        terms = [*result.first_base(bits), f"({kind}){result.entry('WEIGHTS', 0)} * {factor}"]
        lines += [f"const {kind} {result.local('acc')} = {' + '.join(terms)};", *result.stored(bits)]
    return lines


# The table form


def _table_lines(results: list[_Result], bits: int) -> list[str]:
    plan, node = results[0].plan, results[0].node
    kind, prefix = f"int{bits}_t", plan.prefix(node.name)
    m = f"{prefix}_SEGMENT_LOG2"
    is_odd = node.symmetry is Symmetry.ODD
    lines = [
        *([f"const {kind} a = ({kind})in[n];"] if is_odd else []),
        f"const {kind} t = {f'pim_magnitude_i{bits}(a)' if is_odd else _argument(plan, node, bits)};",
        f"const {kind} s = pim_segment_i{bits}(t, {m}, {prefix}_SEGMENTS - 1);",
        f"const {kind} r = t - pim_scale_i{bits}(s, {m});",
    ]
    for result in results:
        base, acc = result.local("base"), result.local("acc")
        y = result.local("y") if is_odd else acc
        lines += [
            f"const {kind} {base} = pim_scale_i{bits}(({kind}){result.entry('BASES', 's')}, {m});",
            f"const {kind} {y} = {base} + ({kind}){result.entry('SLOPES', 's')} * r;",
            *([f"const {kind} {acc} = a < 0 ? -{y} : {y};"] if is_odd else []),
            *result.stored(bits),
        ]
    return lines


# The basis form


def _basis_lines(results: list[_Result], bits: int) -> list[str]:
    plan, node = results[0].plan, results[0].node
    is_odd = node.symmetry is Symmetry.ODD
    lines = [] if is_odd else [f"const int{bits}_t t = {_argument(plan, node, bits)};"]
    for result in results:
        terms = result.first_base(bits)
        for k in range(reached_segments(plan, node)):
            knot = k << node.segment_log2
            value = _dead_zone(result, str(knot), bits) if is_odd else f"pim_ramp_i{bits}(t, {knot})"
            if k == 0:
                value = f"(int{bits}_t)in[n]" if is_odd else "t"
            terms.append(f"(int{bits}_t){result.entry('WEIGHTS', k)} * {value}")
        lines += [*total(result.local("acc"), terms, bits), *result.stored(bits)]
    return lines


def _dead_zone(result: _Result, knot: str, bits: int) -> str:
    """Return the pair of basis functions of an odd function, computed in the type of the samples."""
    suffix = result.plan.buffers[result.node.source].suffix
    return f"(int{bits}_t)pim_dead_zone_{suffix}(in[n], {knot})"


def _looped_basis(result: _Result, bits: int) -> list[str]:
    plan, node = result.plan, result.node
    source = plan.buffers[node.source]
    is_odd = node.symmetry is Symmetry.ODD
    kind = source.work_type if is_odd else f"int{bits}_t"
    value = _dead_zone(result, "knot", bits) if is_odd else f"pim_ramp_i{bits}({_argument(plan, node, bits)}, knot)"
    first = "".join(result.first_base(bits)) or "0"
    lines = [
        f"int{bits}_t sum[{plan.upper}_BLOCK];",
        *loop([f"sum[n] = {first};"], 0),
        f"for (int64_t k = 0; k < {reached_segments(plan, node)}; ++k) {{",
        f"    const int{bits}_t weight = (int{bits}_t){result.entry('WEIGHTS', 'k')};",
        f"    const {kind} knot = ({kind})pim_scale_i64(k, {plan.prefix(node.name)}_SEGMENT_LOG2);",
        *loop([f"sum[n] += weight * {value};"], 1),
        "}",
        *loop([f"const int{bits}_t {result.local('acc')} = sum[n];", *result.stored(bits)], 0),
    ]
    if node.outputs == 1:
        return indented(lines, 2)
    return indented(["{", *indented(lines, 1), "}"], 2)
