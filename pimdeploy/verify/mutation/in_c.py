"""Faults in the C source: in the statements, tables and macros of a node, found by its name (c_source.py)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Convolution,
    Delay,
    Multiply,
    Node,
    Piecewise,
    Products,
    Rectify,
    Requantize,
    memory_of,
    sources_of,
)
from pimdeploy.errors import BundleError
from pimdeploy.verify.mutation.c_rules import function_of
from pimdeploy.verify.mutation.c_source import CSource, CTable, Edit, Statement, macros, tables
from pimdeploy.verify.mutation.mutant import Kind, Mutant, Target
from pimdeploy.verify.mutation.reached import Facts, acting, last_segment_reached, lets_through
from pimdeploy.verify.mutation.rules import Fault, faults_of
from pimdeploy.verify.mutation.table_faults import table_faults

ALTERED = "pim_altered"
"""Name of the C function that stands for a rule."""


@dataclass(frozen=True)
class Change:
    """What is wrong, of which kind, and the edits of the source or of the header that make it so."""

    kind: Kind
    what: str
    edits: list[Edit]
    prologue: str = ""
    in_header: bool = False


@dataclass(frozen=True)
class CFiles:
    """The C of a bundle: the model's source and its tables."""

    folder: Path
    facts: Facts

    @property
    def graph(self) -> Graph:
        """The sound graph."""
        return self.facts.graph

    @property
    def bounds(self) -> dict[str, NodeBounds]:
        """Its proven bounds."""
        return self.facts.bounds

    @property
    def name(self) -> str:
        """Name of the model, as its files have it."""
        return self.graph.name

    @cached_property
    def source(self) -> CSource:
        """c/<name>.c."""
        return CSource(self._text(f"{self.name}.c"))

    @cached_property
    def header(self) -> CSource:
        """c/<name>_weights.h."""
        return CSource(self._text(f"{self.name}_weights.h"))

    @cached_property
    def tables(self) -> dict[str, CTable]:
        """Tables of the header by name."""
        return tables(self.header.text)

    @cached_property
    def macros(self) -> dict[str, tuple[int, Statement]]:
        """Integer macros of the header by name."""
        return macros(self.header.text)

    def _text(self, name: str) -> str:
        try:
            return (self.folder / name).read_text(encoding="ascii")
        except (OSError, ValueError) as error:
            raise BundleError(f"{self.folder / name}: cannot be read: {error}; export the bundle again") from error

    def statements(self, node: Node) -> list[Statement]:
        """Return the statements of the stage that computes `node`: its own, or that of the requantizer behind it."""
        readers = [one for one in self.graph.nodes if node.name in sources_of(one)]
        for result in (node.name, *(one.name for one in readers if isinstance(one, Requantize))):
            found = self.source.statements(f"{self.name}_stage_{result}")
            if found:
                return found
        return []

    def own(self, node: Node, name: str) -> bool:
        """Return whether the table or macro `name` is that of `node` and no other node's with a longer name."""
        prefixes = (f"{self.name}_{one.name}_".upper() for one in self.graph.nodes)
        return (
            max((p for p in prefixes if name.startswith(p)), key=len, default="") == f"{self.name}_{node.name}_".upper()
        )


def c_mutants(folder: Path, facts: Facts) -> Iterator[Mutant]:
    """Yield the mutants of the C source in `folder` (a bundle's c/). Raises `BundleError` where it cannot be read."""
    files = CFiles(folder, facts)
    for node in facts.graph.nodes:
        yield from (_mutant(files, node, change) for change in _changes(files, node))
        for fault in faults_of(node, facts):
            change = _ruled(files, node, fault)
            if change is not None:
                yield _mutant(files, node, change, fault)
        yield from _state_mutants(files, node)


def _mutant(files: CFiles, node: Node, change: Change, fault: Fault | None = None) -> Mutant:
    def made() -> dict[str, bytes]:
        if change.in_header:
            return {f"c/{files.name}_weights.h": files.header.edited(change.edits)}
        return {f"c/{files.name}.c": files.source.edited(change.edits, change.prologue)}

    named_by = frozenset({node.name})
    return Mutant(Target.C, change.kind, node.name, change.what, made, named_by, fault.effect if fault else None)


# Rules: what a node hands on goes through a function of the fault's own


def _ruled(files: CFiles, node: Node, fault: Fault) -> Change | None:
    """Return the change by which `node` follows the rule of `fault`; None where no statement of the source is its own."""
    statements = files.statements(node)
    edits = _requantized(statements) if isinstance(node, Requantize) else _handed_on(statements)
    return Change(fault.kind, fault.what, edits, function_of(ALTERED, fault.rule)) if edits else None


STORE = re.compile(r"(out\w*\[n\] = \(\w+\))(.+)", re.DOTALL)
TAP = re.compile(r"(PIM_TAP\([^,]+, n, )(.+)\)", re.DOTALL)


def _requantized(statements: list[Statement]) -> list[Edit]:
    """Return the edits that store what the fault makes of the value before the requantizer."""
    edits, value = [], "in[n]"
    for statement in statements:
        if tap := TAP.fullmatch(statement.text):
            value = tap[2]
        elif store := STORE.fullmatch(statement.text):
            edits.append(statement.replaced(f"{store[1]}{ALTERED}({value})"))
    return edits


def _handed_on(statements: list[Statement]) -> list[Edit]:
    """Return the edits that trace and store what the fault makes of the node's own integers."""
    edits, value = [], None
    for statement in statements:
        if tap := TAP.fullmatch(statement.text):
            value = tap[2]
            edits.append(statement.replaced(f"{tap[1]}{ALTERED}({value}))"))
        elif store := STORE.fullmatch(statement.text):
            own = store[2] if value is None else value
            edits.append(
                statement.replaced(store[1] + re.sub(rf"(?<!\w){re.escape(own)}(?!\w)", f"{ALTERED}({own})", store[2]))
            )
    return edits


# Statements, tables and macros


def _changes(files: CFiles, node: Node) -> Iterator[Change]:
    statements = files.statements(node)
    yield from _of_tables(files, node, statements)
    yield from _of_macros(files, node, statements)
    match node:
        case Convolution():
            yield from _delays(node, statements)
            yield from _lost_minus(files, node, statements)
            yield from _three_signs(node, statements)
        case Delay() if node.samples:
            ends = [s for s in statements if re.search(rf"_MEMORY - {node.samples}$", s.text)]
            yield from _all(Kind.DELAY, "one sample less", [s.replaced(f"{s.text} + 1") for s in ends])
        case Multiply() if node.is_complex:
            for sign, other in (("-", "+"), ("+", "-")):
                sums = [s for s in statements if re.search(rf" acc\w = .+\] \{sign} ", s.text, re.DOTALL)]
                edits = [s.replaced(s.text.replace(f"] {sign} ", f"] {other} ")) for s in sums]
                yield from _all(Kind.CONJUGATE, f"{sign} became {other}", edits)
            yield from _three_signs(node, statements)
        case Piecewise():
            signs = [s for s in statements if " < 0 ? -" in s.text]
            edits = [s.replaced(re.sub(r"\w+ < 0 \? -\w+ : ", "", s.text)) for s in signs]
            yield from _all(Kind.SIGN, "sign of the argument lost", edits)
        case Rectify() if lets_through(node, files.facts):
            calls = [s for s in statements if re.search(r"pim_(?:leaky_)?relu_i\d+\(", s.text)]
            edits = [
                s.replaced(re.sub(r"pim_(?:leaky_)?relu_i\d+\((\(\w+\)in\[n\])[^;]*?\)$", r"\1", s.text)) for s in calls
            ]
            yield from _all(Kind.SIGN, "negative arguments pass", edits)
        case _:
            pass


def _all(kind: Kind, what: str, edits: list[Edit]) -> Iterator[Change]:
    if edits:
        yield Change(kind, what, edits)


def _of_tables(files: CFiles, node: Node, statements: list[Statement]) -> Iterator[Change]:
    """Yield the faults of the tables that the stage of `node` reads, in the part of them that its arguments reach."""
    for name, table in files.tables.items():
        if files.own(node, name) and any(name in statement.text for statement in statements):
            short = name.removeprefix(f"{files.name}_{node.name}_".upper()).lower()
            for what, changed in table_faults(table.values, acting(node, short, table.values.shape, files.facts)):
                yield Change(Kind.TABLES, f"{short}: {what}", table.edits(changed), in_header=True)


LIMITS = ("_MIN", "_MAX", "_SHIFT")
"""Macros of a requantizer, whose faults are rules."""


def _of_macros(files: CFiles, node: Node, statements: list[Statement]) -> Iterator[Change]:
    """Yield each number of `node` that its stage reads, one off: towards zero, so that no table is read beyond its end."""
    for name, (value, place) in files.macros.items():
        used = any(re.search(rf"\b{name}\b", statement.text) for statement in statements)
        if not used or not files.own(node, name) or name.endswith(LIMITS):
            continue
        if isinstance(node, Piecewise) and name.endswith("_SEGMENTS") and not last_segment_reached(node, files.facts):
            continue
        changed = value - 1 if value > 0 else value + 1
        short = name.removeprefix(f"{files.name}_{node.name}_".upper())
        edits = [place.replaced(f"({changed})")]
        yield Change(Kind.CONSTANTS, f"{short} {value} became {changed}", edits, in_header=True)


def _delays(node: Convolution, statements: list[Statement]) -> Iterator[Change]:
    """Yield the newest products one sample late, and the oldest one early: all of them read within their row."""
    if node.memory == 0:
        return
    sums = [
        s for s in statements if re.search(r"\bin\d+(?: \+ \d+\))?\[n\]", s.text) and re.search(r" acc\w+ =", s.text)
    ]
    newest = [s.replaced(s.text.replace(f" + {node.memory})[n]", f" + {node.memory - 1})[n]")) for s in sums]
    oldest = [s.replaced(re.sub(r"(\bin\d+)\[n\]", r"\1[n + 1]", s.text)) for s in sums]
    offsets = [s for s in statements if s.text.startswith("offsets[") and " k" in s.text]
    newest += [s.replaced(f"{s.text} - (k == 0)") for s in offsets]
    oldest += [s.replaced(f"{s.text} + (k == {node.kernel_length - 1})") for s in offsets]
    if node.taps.array[..., 0].any():
        yield from _all(Kind.DELAY, "the newest tap one sample late", newest)
    if node.taps.array[..., -1].any():
        yield from _all(Kind.DELAY, "the oldest tap one sample early", oldest)


def _lost_minus(files: CFiles, node: Convolution, statements: list[Statement]) -> Iterator[Change]:
    if node.is_complex and node.taps.array[:, :, 1].any():
        taps = f"{files.name}_{node.name}_TAPS".upper()
        minus = [s for s in statements if f"-{taps}" in s.text]
        edits = [s.replaced(s.text.replace(f"-{taps}", taps)) for s in minus]
        yield from _all(Kind.CONJUGATE, "minus of im lost", edits)


THREE_SUM = re.compile(r"(= (?:\w*s1|common\[[^]]+\]) )([-+])( (?:\w*s[23]|part\[))")
"""The last step of three products: I = S1 - S3, Q = S1 + S2."""


def _three_signs(node: Convolution | Multiply, statements: list[Statement]) -> Iterator[Change]:
    if node.products is Products.THREE:
        for sign, other in (("-", "+"), ("+", "-")):
            sums = [(s, found) for s in statements if (found := THREE_SUM.search(s.text)) and found[2] == sign]
            edits = [s.replaced(s.text[: found.start(2)] + other + s.text[found.end(2) :]) for s, found in sums]
            yield from _all(Kind.CONJUGATE, f"{sign} became {other}", edits)


# The state


GARBAGE = 12_345
"""What stands in a past that nobody has made zero: large enough for any tap, and in every integer type."""


def _state_mutants(files: CFiles, node: Node) -> Iterator[Mutant]:
    """Yield the faults of the past of `node`; the nodes that read it show them."""
    readers = frozenset(one.name for one in files.graph.nodes if node.name in sources_of(one) and memory_of(one))
    history = f"state->{node.name}_history"
    kept = [s for s in files.source.statements(f"{files.name}_block") if s.text.startswith(history)]
    reset = [s for s in files.source.statements(f"{files.name}_init") if s.text == "*state = zero"]
    if not readers or not kept:
        return
    channels = len(files.bounds[node.name].ranges)
    memory = max(memory_of(one) for one in files.graph.nodes if one.name in readers)
    past = f"for (size_t n = 0; n < {memory}; ++n) {{ {history}[c][n] = {GARBAGE}; }}"
    loop = f"for (size_t c = 0; c < {channels}; ++c) {{ {past} }}"
    changes = [Change(Kind.STATE, "not zero after reset", [s.replaced(f"{s.text}; {loop}") for s in reset])]
    skipped = [s.replaced(f"if (n_samples > 1) {{ {s.text}; }}") for s in kept]
    changes.append(Change(Kind.STATE, "not kept after a block of one sample", skipped))
    for change in changes:
        made = _mutant(files, node, change)
        yield Mutant(made.target, made.kind, node.name, made.what, made.files, readers | {node.name})
