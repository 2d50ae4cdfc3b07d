"""`count`, `report`, `inspect` and `doctor`: what needs no torch."""

import importlib.util
import shutil
from importlib import metadata
from pathlib import Path

from rich.text import Text

from pimdeploy import api
from pimdeploy.bundle import Bundle
from pimdeploy.cli.console import conclude, print_json, stdout, table
from pimdeploy.cost.ledger import Ledger
from pimdeploy.errors import TargetMissedError


def count(path: Path, form: str, *, as_json: bool) -> None:
    """Print the operation ledger of the bundle at `path`. Raises `TargetMissedError` where its budget is exceeded."""
    from pimdeploy.cost.budget import check_budget

    bundle = Bundle.open(path)
    counted = api.count(bundle, form)
    exceeded = check_budget(counted, bundle.recipe.budget)
    failure = TargetMissedError("; ".join(exceeded)) if exceeded else None
    if as_json:
        conclude({**counted.to_json(), "exceeded": exceeded}, failure)
        return
    paper = "paper" if counted.table is None else f"paper, {counted.table.name}"
    shown = table(f"{bundle.name}: per input sample", "", paper, "table form", "basis form")
    for row in counted.rows():
        cells = ("-" if value is None else str(value) for value in (row.paper, row.table, row.basis))
        shown.add_row(row.quantity, *cells)
    stdout().print(shown)
    _print_parameters(counted)
    _print_paper(counted)
    _print_sharing(counted)
    if failure:
        raise failure


def _print_parameters(counted: Ledger) -> None:
    held = counted.parameters
    stdout().print(
        f"parameters: {held.real} real, {held.paper} with a complex one counted as one; the tables hold {held.datapath}"
    )


def _print_paper(counted: Ledger) -> None:
    """Print the paper's table beside the datapath, every difference by name, and its cost of one parameter update."""
    if counted.table is None or counted.paper is None or counted.reconciliations is None:
        stdout().print("the paper gives no formula for this network")
        return
    title = f"\nfrom the paper's {counted.table.name} to the {counted.form} form"
    shown = table(title, "row", "multiplies", "adds")
    for row in counted.reconciliations[counted.form].rows:
        shown.add_row(f"{row.row}, by the paper", str(row.paper.multiplies), str(row.paper.adds))
        for difference in row.differences:
            shown.add_row(f"    {difference.name}", f"{difference.multiplies:+d}", f"{difference.adds:+d}", style="dim")
        shown.add_row(f"{row.row}, the datapath", str(row.multiplies), str(row.adds))
    stdout().print(shown)
    for stage, title in (("cancellation", "cancellation"), ("update", "parameter update")):
        printed = table("", f"{title}, {counted.table.name} as printed", "multiplies", "adds")
        for name, cost in counted.paper[stage]["rows"].items():
            printed.add_row(name, str(cost["multiplies"]), str(cost["adds"]))
        printed.add_row("all", str(counted.paper[stage]["multiplies"]), str(counted.paper[stage]["adds"]))
        stdout().print(printed)


def _print_sharing(counted: Ledger) -> None:
    """Print what one function for all branches saves in a parameter update, by the paper and by the graph."""
    if counted.sharing is None:
        return
    verb = "saves" if counted.sharing.shared else "would save"
    shown = table(f"\nwhat sharing one function {verb} in a parameter update, a receiver", "", "multiplies", "adds")
    for name, saving in (
        ("by the paper's formula", counted.sharing.paper),
        ("as the graph has it", counted.sharing.graph),
    ):
        shown.add_row(name, str(saving.multiplies), str(saving.adds))
    stdout().print(shown)
    stdout().print(f"why they differ: {counted.sharing.why}", soft_wrap=True)


def report(path: Path, out: Path | None, *, as_json: bool) -> None:
    """Write the report of the bundle at `path` again."""
    target = api.report(path, out)
    if as_json:
        print_json({"report": str(target)})
    else:
        stdout().print(f"report: {target}", soft_wrap=True)


def inspect(path: Path, *, as_json: bool) -> None:
    """Print what the bundle at `path` holds."""
    from pimdeploy.datapath.formats import QFormat
    from pimdeploy.datapath.graph import dump

    bundle = Bundle.open(path)
    held = api.inspect(bundle)
    if as_json:
        print_json(held)
        return
    proven = held["certificate"]
    console = stdout()
    console.print(dump(bundle.graph), soft_wrap=True, markup=False)
    shown = table("proven accumulators", "node", "format", "bits, table form", "bits, basis form", "carrier")
    for name, node in proven["nodes"].items():
        text = str(QFormat.from_json(node["format"]))
        shown.add_row(name, text, str(node["acc_bits"]), str(node.get("basis_acc_bits", "-")), node["carrier"])
    console.print(shown)
    console.print(f"files: {len(bundle.manifest['files'])}, all as the manifest says\ndigest: {bundle.digest}")


MISSING = Text("missing", style="yellow")

TOOLS = {"gcc": "C backends", "clang": "C backends", "make": "the C harness of a bundle"}
MODULES = {
    "numpy": "everything",
    "onnx": "ONNX files",
    "onnxruntime": "ONNX backends",
    "torch": "training, the network backend",
    "brevitas": "fine-tuning, the network backend",
    "scipy": "captures, training",
    "sigmf": "SigMF captures",
    "h5py": "MATLAB 7.3 captures",
}


def doctor(*, as_json: bool) -> None:
    """Print which tools and backends this machine has."""
    from pimdeploy.verify.proof import all_backends

    modules = {name: _version(name) for name in MODULES}
    tools = {name: shutil.which(name) is not None for name in TOOLS}
    backends = {backend.name: backend.unavailable() for backend in all_backends()}
    if as_json:
        print_json({"modules": modules, "tools": tools, "backends": backends})
        return
    shown = table("what is here", "tool", "version", "needed for")
    for name, version in modules.items():
        shown.add_row(name, version or MISSING, MODULES[name])
    for name, there in tools.items():
        shown.add_row(name, "yes" if there else MISSING, TOOLS[name])
    stdout().print(shown)
    ready = [name for name, reason in backends.items() if reason is None]
    stdout().print(f"backends ready: {', '.join(ready)}", soft_wrap=True)
    for name, reason in backends.items():
        if reason is not None:
            stdout().print(f"not ready: {name}: {reason}", soft_wrap=True)


def _version(module: str) -> str | None:
    if importlib.util.find_spec(module) is None:
        return None
    try:
        return metadata.version(module)
    except metadata.PackageNotFoundError:
        return "present"
