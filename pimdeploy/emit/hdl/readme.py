"""README.md of hdl/: what an FPGA engineer needs to build the canceller (templates/hdl_readme.md.j2)."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.node_json import node_text
from pimdeploy.emit.c.context import context_lines
from pimdeploy.emit.hdl.tables import HdlTable


def readme_file(
    model: Model, bounds: dict[str, NodeBounds], tables: list[HdlTable], samples: int, golden_samples: int, sha256: str
) -> bytes:
    """Return the text of README.md."""
    graph = model.graph
    environment = Environment(
        loader=PackageLoader("pimdeploy.emit"), undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True
    )
    text = environment.get_template("hdl_readme.md.j2").render(
        name=graph.name,
        samples=samples,
        golden_samples=golden_samples,
        sha256=sha256,
        delay=graph.delay_samples,
        has_functions=any(table.table == "slopes" for table in tables),
        rows=[_row(node.name, node_text(node), bounds[node.name], tables) for node in graph.nodes],
        example=_example(tables, bounds[graph.input.name].format, graph.input.name),
        context=context_lines(model),
    )
    return text.encode()


def _row(name: str, text: str, own: NodeBounds, tables: list[HdlTable]) -> str:
    does = text.split(" = ", 1)[1].replace("%", "")
    held = ", ".join(f"`{t.stem}` {t.words} x {t.format}" for t in tables if t.node == name) or "-"
    return f"| `{name}` | {does} | {len(own.ranges)} x {own.format} | {own.acc_bits} bits | {held} |"


def _example(tables: list[HdlTable], fmt: QFormat, source: str) -> str:
    sign = "signed " if fmt.signed else ""
    lines = []
    for table in tables[:1]:
        upper = table.stem.upper()
        lines += [
            f"logic signed [{upper}_BITS-1:0] {table.stem} [0:{upper}_WORDS-1];",
            f"initial $readmemh({upper}_FILE, {table.stem});",
        ]
    upper = source.upper()
    lines += [
        f"logic {sign}[{upper}_BITS-1:0] stimulus [0:{upper}_CHANNELS*GOLDEN_SAMPLES-1];",
        'initial $readmemh("../golden/stimulus.hex", stimulus);',
    ]
    return "".join(f"{line}\n" for line in lines)
