"""`report`, `inspect` and `doctor`: what needs no torch."""

import importlib.util
import shutil
from importlib import metadata
from pathlib import Path

from rich.text import Text

from pimdeploy import api
from pimdeploy.bundle import Bundle
from pimdeploy.cli.console import print_json, stdout, table


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

TOOLS = {
    "gcc": "C backends",
    "clang": "C backends",
    "make": "the C harness of a bundle",
    "iverilog": "tests of hdl/",
    "verilator": "tests of hdl/",
}
MODULES = {
    "numpy": "everything",
    "onnx": "ONNX files",
    "onnxruntime": "ONNX backends",
    "qonnx": "the QONNX backend",
    "emx_onnx_cgen": "the backend of third-party C",
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
