"""How the command line starts: without what its commands need, with help, and in an installation without torch."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = "run simulate train quantize export verify regress count report inspect bands doctor".split()


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")},  # no terminal
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_line_starts_without_what_the_commands_need():
    heavy = "torch numpy onnx onnxruntime scipy matplotlib brevitas pydantic".split()
    done = python(f"import sys, pimdeploy.cli.main; print([m for m in {heavy} if m in sys.modules])")
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_help_does_not_load_it_either():
    code = (
        "import sys; from pimdeploy.cli.main import _main; _main(['--help']); _main(['verify', '--help'])\n"
        "sys.exit(any(m in sys.modules for m in ('torch', 'numpy', 'onnx', 'scipy', 'matplotlib')))"
    )
    before = time.monotonic()
    assert python(code).returncode == 0
    assert time.monotonic() - before < 10  # a command that hangs, not a benchmark


CARRIERS = "--carrier 1815:20 --carrier 1860:20 --order 7".split()


@pytest.mark.parametrize(
    "arguments",
    [
        ["count", "export/odd_bfan_siso"],
        ["count", "export/odd_bfan_siso", "--target", "c66x", "--savings"],
        ["count", "cnn_lightweight"],
        ["inspect", "export/odd_bfan_siso"],
        ["bands"],
        ["bands", "3", *CARRIERS],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("format_option", [[], ["--json"]], ids=["table", "json"])
def test_what_asks_for_no_training_and_no_onnx_loads_none_of_it(arguments, format_option):
    heavy = "torch brevitas scipy matplotlib sigmf h5py onnx onnxruntime".split()
    code = (
        "import sys; from pimdeploy.cli.main import _main; status = _main(sys.argv[1:])\n"
        f"print(status, [m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )
    assert python(code, *arguments, *format_option).stderr == "0 []\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(pimdeploy, name):
    ended = pimdeploy(name, "--help")
    assert (ended.status, ended.err) == (0, "")
    assert f"Example: pimdeploy {name}" in " ".join(ended.out.split())
    assert "--json" in ended.out


def test_the_help_lists_every_command(pimdeploy):
    text = pimdeploy("--help").out
    assert all(f" {name} " in text for name in COMMANDS)
    assert "Usage: pimdeploy [OPTIONS] COMMAND" in text


def test_the_version(pimdeploy):
    from pimdeploy import __version__

    ended = pimdeploy("--version")
    assert (ended.status, ended.out) == (0, f"pimdeploy {__version__}\n")


# --- without torch ---------------------------------------------------------------------------------------------------

WITHOUT_TRAINING = """
import sys
for name in ("torch", "brevitas", "scipy", "matplotlib", "sigmf"):
    sys.modules[name] = None
from pimdeploy.verify import proof
every = proof.all_backends
proof.all_backends = lambda: [b for b in every() if b.name in ("numpy_table", "brevitas_network", "onnx_int_opt_on")]
from pimdeploy.cli.main import _main
sys.exit(_main(sys.argv[1:]))
"""


@pytest.mark.parametrize("command", [["verify", "--samples", "200"], ["regress"], ["count"], ["inspect"], ["doctor"]])
def test_the_base_install_does_without_the_training_libraries(shared_bundle, command):
    bundle = [] if command == ["doctor"] else [shared_bundle]
    done = python(WITHOUT_TRAINING, command[0], *bundle, *command[1:], "--json")
    assert (done.returncode, done.stderr) == (0, "")
    data = json.loads(done.stdout)
    if command[0] in ("verify", "regress"):
        results = {backend["name"]: backend for backend in data["backends"]}
        assert results["brevitas_network"]["status"] == "not_run"
        assert results["brevitas_network"]["reason"] == "torch is not installed; pip install 'pimdeploy[train]'"
        assert (results["numpy_table"]["status"], results["onnx_int_opt_on"]["status"]) == ("ok", "ok")


def test_the_way_to_install_them_is_shown_whole(shared_bundle):
    """The extra stands in brackets, which a terminal's markup would swallow."""
    done = python(WITHOUT_TRAINING, "verify", shared_bundle, "--samples", "50")
    assert "pip install 'pimdeploy[train]'" in done.stdout


@pytest.mark.parametrize("command", ["run", "train", "quantize"])
def test_training_without_them_says_what_to_install(command, recipe_path, done_work, tmp_path):
    arguments = [done_work["work"]] if command == "quantize" else [recipe_path, "--out", tmp_path / "out"]
    done = python(WITHOUT_TRAINING, command, *arguments)
    line = done.stderr.splitlines()[-1]
    assert done.returncode == 2
    assert line.endswith("is not installed, which this command needs; pip install 'pimdeploy[train]'")
    assert not (tmp_path / "out").exists()
