"""<name>_pkg.sv: formats, sizes, constants and requantizers of every node as a SystemVerilog package.

It is written for Verilator, Icarus Verilog (-g2012) and synthesis: no strings beyond file names, no unpacked constants.
"""

from typing import assert_never

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.formats import Overflow, Rounding, bits_for
from pimdeploy.datapath.graph import graph_sha256
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.node_json import node_text
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
    memory_of,
)
from pimdeploy.emit.hdl.requantize import requantize_function
from pimdeploy.emit.hdl.tables import HdlTable
from pimdeploy.errors import GraphError

Constant = tuple[str, str]
"""Name and value of a localparam, its type in front of the name where it has one."""

HEAD = """\
// {name}: formats, sizes and constants of every node, docs/spec/datapath.md and docs/spec/fixed_point.md.
// *_BITS and *_FRAC: value = integer * 2^-FRAC. *_ACC_BITS: proven to hold every intermediate value of the node, partial
// sums in any order included. *_FILE: the table, beside this file; words in the order that its head states.
// *_SHIFT of a requantizer: right by that many bits, negative: left. requantize_<node>: all of that node, one channel.
/* verilator lint_off UNUSEDPARAM */
/* verilator lint_off UNUSEDSIGNAL */
package {name}_pkg;

{choices}
  localparam logic [255:0] GRAPH_SHA256 = 256'h{sha256};
  localparam int DELAY_SAMPLES = {delay};  // z[n] estimates the received sample n - DELAY_SAMPLES
  localparam int WARMUP_SAMPLES = {warmup};  // past samples on which an output may depend
  localparam int GOLDEN_SAMPLES = {golden};  // samples of each channel in ../golden/stimulus.hex and expected.hex
  localparam int NODES_SAMPLES = {samples};  // samples of each channel in golden/<node>.hex
"""


CHOICES = {
    "ROUND": [f"ROUND_{item.name}" for item in Rounding],
    "OVERFLOW": [f"OVERFLOW_{item.name}" for item in Overflow],
    "SYMMETRY": [f"SYMMETRY_{item.name}" for item in Symmetry],
    "MAGNITUDE": [f"MAGNITUDE_{item.name}" for item in MagnitudeKind],
}
"""Constants by name: Icarus Verilog has no parameters of an enumeration's type."""


def package_file(
    model: Model, bounds: dict[str, NodeBounds], tables: list[HdlTable], samples: int, golden_samples: int
) -> tuple[str, bytes]:
    """Return the name and the text of the package; `samples` of each node and `golden_samples` of the whole are beside it.

    Raises `GraphError` where two nodes give constants of one name.
    """
    graph = model.graph
    head = HEAD.format(
        name=graph.name,
        sha256=graph_sha256(graph),
        delay=graph.delay_samples,
        warmup=graph.memory,
        golden=golden_samples,
        samples=samples,
        choices="\n".join(
            f"  localparam logic [1:0] {name} = 2'd{number};"
            for names in CHOICES.values()
            for number, name in enumerate(names)
        ),
    )
    sections, seen = (
        [],
        dict.fromkeys(("graph_sha256", "delay_samples", "warmup_samples", "golden_samples"), "the graph"),
    )
    for node in graph.nodes:
        own = [table for table in tables if table.node == node.name]
        constants = _constants(node, bounds) + [constant for table in own for constant in _table_constants(table)]
        _refuse_doubles(node, constants, seen)
        sections.append(_section(node, bounds[node.name], constants, bounds))
    return f"{graph.name}_pkg.sv", (
        head
        + "".join(sections)
        + "\nendpackage\n/* verilator lint_on UNUSEDSIGNAL */\n/* verilator lint_on UNUSEDPARAM */\n"
    ).encode("ascii")


def _refuse_doubles(node: Node, constants: list[Constant], seen: dict[str, str]) -> None:
    for declared, _ in constants:
        name = declared.split()[-1].lower()
        if name in seen:
            raise GraphError(
                f"node {node.name!r}: its constant {name.upper()} in the SystemVerilog package is one of {seen[name]}, too; "
                f"rename the node"
            )
        seen[name] = f"node {node.name!r}"


def _section(node: Node, own: NodeBounds, constants: list[Constant], bounds: dict[str, NodeBounds]) -> str:
    sign = "signed " if own.format.signed else ""
    lines = [f"  // {node_text(node).removeprefix('%')}"]
    lines += [f"  localparam {name} = {value};" for name, value in constants]
    lines.append(f"  typedef logic {sign}[{own.format.bits - 1}:0] {node.name}_t;")
    if isinstance(node, Requantize):
        lines += requantize_function(node, own, bounds[node.source])
    return "\n" + "\n".join(lines) + "\n"


def _constants(node: Node, bounds: dict[str, NodeBounds]) -> list[Constant]:
    own, upper = bounds[node.name], node.name.upper()
    common: list[tuple[str, int | str | bool]] = [
        ("CHANNELS", len(own.ranges)),
        ("BITS", own.format.bits),
        ("FRAC", own.format.frac),
        ("ACC_BITS", own.acc_bits),
    ]
    return [_typed(upper, suffix, value) for suffix, value in [*common, *_own_constants(node, bounds)]]


def _typed(upper: str, suffix: str, value: int | str | bool) -> Constant:
    match value:
        case bool():
            return f"bit {upper}_{suffix}", f"1'b{int(value)}"
        case int() if bits_for(value, value) <= 32:
            return f"int {upper}_{suffix}", str(value)
        case int():
            return f"logic signed [63:0] {upper}_{suffix}", f"64'sh{value & ((1 << 64) - 1):016x}"
        case str():
            return f"logic [1:0] {upper}_{suffix}", value
        case _:
            assert_never(value)


def _own_constants(node: Node, bounds: dict[str, NodeBounds]) -> list[tuple[str, int | str | bool]]:
    """Return what only nodes of this kind have."""
    match node:
        case Input() | Output() | Select():
            return []
        case Convolution():
            return [
                ("KERNEL", node.kernel_length),
                ("GROUPS", node.groups),
                ("DILATION", node.dilation),
                ("MEMORY", memory_of(node)),
                ("COMPLEX", node.is_complex),
                *_form(node),
            ]
        case Piecewise():
            plain = node.symmetry is Symmetry.PLAIN
            return [
                ("SYMMETRY", f"SYMMETRY_{node.symmetry.name}"),
                ("SEGMENTS", node.segments),
                ("SEGMENT_LOG2", node.segment_log2),
                ("FUNCTIONS", node.tables),
                ("OUTPUTS", node.outputs),
                ("OFFSET", 1 << (bounds[node.source].format.bits - 1) if plain else 0),
                ("BASIS_ACC_BITS", bounds[node.name].basis_acc_bits or 0),
            ]
        case Magnitude():
            return [
                ("KIND", f"MAGNITUDE_{node.magnitude.name}"),
                ("ALPHA", node.alpha),
                ("BETA", node.beta),
                ("COEFFICIENTS_FRAC", node.coefficients_frac),
            ]
        case Multiply():
            return [("COMPLEX", node.is_complex), *_form(node)]
        case Delay():
            return [("SAMPLES", node.samples)]
        case Rectify():
            return [("RELU", node.slope_log2 is None), ("SLOPE_LOG2", node.slope_log2 or 0)]
        case Add() | Concatenate():
            frac = bounds[node.name].format.frac
            return [(f"SHIFT_{k}", frac - bounds[source].format.frac) for k, source in enumerate(node.sources)]
        case Requantize():
            return [
                ("SHIFT", bounds[node.source].format.frac - node.format.frac),
                ("ROUNDING", f"ROUND_{node.rounding.name}"),
                ("OVERFLOW", f"OVERFLOW_{node.overflow.name}"),
                ("MIN", node.format.min_q),
                ("MAX", node.format.max_q),
            ]
        case _:
            assert_never(node)


def _form(node: Convolution | Multiply) -> list[tuple[str, int | str | bool]]:
    """Return the constant that says that complex products are formed in three; four need none."""
    return [("THREE_PRODUCTS", True)] if node.products is Products.THREE else []


def _table_constants(table: HdlTable) -> list[Constant]:
    upper = f"{table.node}_{table.table}".upper()
    return [
        (f"int {upper}_BITS", str(table.format.bits)),
        (f"int {upper}_FRAC", str(table.format.frac)),
        (f"int {upper}_WORDS", str(table.words)),
        (f"{upper}_FILE", f'"{table.stem}.mem"'),
    ]
