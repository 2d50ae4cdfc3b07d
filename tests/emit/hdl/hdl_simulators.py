"""Reads a hdl/ folder in Icarus Verilog and in Verilator: a testbench loads every file and prints it back as integers."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools import require

WARNINGS = ("-Wall", "--timing", "-Wno-DECLFILENAME")


@dataclass(frozen=True)
class Memory:
    """A file to load: its words as SystemVerilog expressions of type, count and path; `through` is applied to each."""

    label: str
    kind: str
    words: str
    path: str
    through: str = ""


def printing_module(package: str, memories: Iterable[Memory]) -> str:
    """Return a module that loads each memory and prints `@label index value` for each of its words."""
    memories = list(memories)
    lines = [f"module tb;\n  import {package}::*;"]
    lines += [f"  {memory.kind} m{k} [0:{memory.words}-1];" for k, memory in enumerate(memories)]
    lines.append("  initial begin")
    for k, memory in enumerate(memories):
        lines += [
            f"    $readmemh({memory.path}, m{k});",
            f"    for (int i = 0; i < {memory.words}; i++)",
            f'      $display("@{memory.label} %0d %0d", i, {memory.through}(m{k}[i]));',
        ]
    return "\n".join([*lines, "    $finish(0);", "  end", "endmodule", ""])


def icarus(sources: list[Path], folder: Path, work: Path) -> dict[str, list[int]]:
    """Compile and run `sources` with Icarus Verilog in `folder`, and return what was printed, by label."""
    compiled = work / "tb.vvp"
    run([require("iverilog"), "-g2012", "-Wall", "-s", "tb", "-o", str(compiled), *map(str, sources)], folder)
    return printed(run([require("vvp"), "-n", str(compiled)], folder))


def verilator(sources: list[Path], folder: Path, work: Path) -> dict[str, list[int]]:
    """Compile and run `sources` with Verilator in `folder`, and return what was printed, by label."""
    command = [require("verilator"), "--binary", *WARNINGS, "--top-module", "tb", "-Mdir", str(work / "obj")]
    run([*command, "-CFLAGS", "-O0", *map(str, sources)], folder)
    return printed(run([str(work / "obj" / "Vtb")], folder))


def lint(source: Path) -> None:
    """Refuse `source` where Verilator has anything to say of it."""
    assert run([require("verilator"), "--lint-only", "-Wall", str(source)], source.parent) == ""


def run(command: list[str], folder: Path) -> str:
    """Run a tool without warnings; return what it prints."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr + done.stdout
    return done.stdout


def printed(text: str) -> dict[str, list[int]]:
    """Return the values by label, in order of their index."""
    found: dict[str, list[int]] = {}
    for line in text.splitlines():
        label, index, value = [*line.split(), "", ""][:3]
        if label.startswith("@"):
            values = found.setdefault(label[1:], [])
            assert int(index) == len(values)
            values.append(int(value))
    return found
