"""The walls between packages: who may import whom, read from the source of every module, lazy imports included."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TRAINING_LIBRARIES = {"torch", "brevitas", "scipy", "matplotlib", "sigmf"}
TRAINING_PACKAGES = {f"pimdeploy.{name}" for name in ("networks", "quantization", "training")}
NETWORK_BACKEND = "pimdeploy/verify/backends/brevitas_network.py"


def modules(folder):
    """Every Python file under `folder`, by its path from the root; a folder without any is a mistake of the test."""
    found = {path.relative_to(ROOT).as_posix(): path for path in sorted((ROOT / folder).rglob("*.py"))}
    assert found
    return found


def imports(path, *, top_level_only=False):
    """Full names that the file imports; `from a import b` counts as `a.b`, for b may be a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for statement in tree.body if top_level_only else ast.walk(tree):
        if isinstance(statement, ast.Import):
            names |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            assert statement.level == 0, f"{path}: relative import"
            names |= {f"{statement.module}.{alias.name}" for alias in statement.names}
    return names


def library(name):
    return name.split(".")[0]


def breaches(names, forbidden):
    """The imported names that are one of `forbidden` or lie inside one."""
    return {name for name in names if any(name == wall or name.startswith(f"{wall}.") for wall in forbidden)}


def test_the_scan_sees_lazy_and_from_imports(tmp_path):
    file = tmp_path / "m.py"
    file.write_text(
        "import a.b\nfrom c import d\n\ndef f():\n    import torch.nn\n    from pimdeploy import networks\n"
    )
    assert imports(file) == {"a.b", "c.d", "torch.nn", "pimdeploy.networks"}
    assert imports(file, top_level_only=True) == {"a.b", "c.d"}
    assert breaches(imports(file), TRAINING_LIBRARIES | TRAINING_PACKAGES) == {"torch.nn", "pimdeploy.networks"}


def test_the_reference_imports_numpy_and_the_standard_library():
    allowed = {"numpy", "firmware_ref", *sys.stdlib_module_names}
    for name, path in modules("firmware_ref").items():
        assert {library(imported) for imported in imports(path)} <= allowed, name


@pytest.mark.parametrize("package", ["datapath", "emit", "cost", "verify"])
def test_what_the_base_install_runs_imports_nothing_of_training(package):
    for name, path in modules(f"pimdeploy/{package}").items():
        if name != NETWORK_BACKEND:
            assert not breaches(imports(path), TRAINING_LIBRARIES | TRAINING_PACKAGES), name


def test_the_network_backend_imports_the_network_lazily():
    path = modules("pimdeploy/verify")[NETWORK_BACKEND]
    assert not breaches(imports(path, top_level_only=True), TRAINING_LIBRARIES | TRAINING_PACKAGES)
    assert breaches(imports(path), TRAINING_PACKAGES)


def test_the_datapath_does_not_look_outwards():
    outside = {f"pimdeploy.{name}" for name in ("emit", "verify", "cost", "report", "signals", "cli", "recipe")}
    for name, path in modules("pimdeploy/datapath").items():
        assert not breaches(imports(path), {*outside, "firmware_ref"}), name


def test_the_command_line_is_imported_by_nobody():
    for name, path in {**modules("pimdeploy"), **modules("firmware_ref")}.items():
        if not name.startswith("pimdeploy/cli/") and name != "pimdeploy/__main__.py":
            assert not breaches(imports(path), {"pimdeploy.cli"}), name


def test_emitters_and_backends_do_not_share_arithmetic():
    """A backend computes from the bundle's files, never with what an emitter used to write them."""
    for name, path in modules("pimdeploy/verify").items():
        if Path(name).name.startswith("backend_"):
            assert not breaches(imports(path), {"pimdeploy.emit"}), name
            if Path(name).name != "backend_numpy.py":
                assert not breaches(imports(path), {"firmware_ref"}), name


def test_the_oracle_imports_nothing_of_ours():
    for name, path in modules("tests/oracle").items():
        if not path.name.startswith("test_"):
            assert {library(imported) for imported in imports(path)} <= {"numpy", *sys.stdlib_module_names}, name


def test_the_base_install_imports_without_the_training_libraries():
    """In a Python where these libraries cannot be imported, every module of the base install can."""
    found = {}
    for folder in ("pimdeploy/datapath", "pimdeploy/emit", "pimdeploy/cost", "pimdeploy/verify", "firmware_ref"):
        found |= modules(folder)
    names = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in found]
    names = [name for name in names if not name.endswith("__main__")] + ["pimdeploy.recipe", "pimdeploy.bundle"]
    code = (
        f"import sys, importlib\nfor name in {sorted(TRAINING_LIBRARIES)}: sys.modules[name] = None\n"
        f"for name in {names}: importlib.import_module(name)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
