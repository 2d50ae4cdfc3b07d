"""What a compiler made of each function of an object file."""

import re
from pathlib import Path

from tools import succeeded


def instructions(compiled: Path, objdump: str = "objdump") -> dict[str, list[str]]:
    """The instructions of every function of the object file `compiled`, as text, by the function's name."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in succeeded([objdump, "-d", "--no-show-raw-insn", str(compiled)]).splitlines():
        head = re.match(r"[0-9a-f]+ <(\w+)>:", line)
        if head is not None:
            lines = found.setdefault(head[1], [])
        elif line.strip():
            lines.append(line)
    return found


def counts_in_stages(compiled: Path, pattern: str, objdump: str = "objdump") -> dict[str, int]:
    """Of the function of every stage, by the node that it makes, how many instructions match `pattern`."""
    stages = {
        name.split("_stage_")[1]: lines for name, lines in instructions(compiled, objdump).items() if "_stage_" in name
    }
    return {node: sum(re.search(pattern, line) is not None for line in lines) for node, lines in stages.items()}
