"""How long the commands take that ask for no training: wall and processor time of a fresh process."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.rows import Row

ROOT = Path(__file__).parents[1]
RUNS = 10
BUNDLE = str(ROOT / "export" / "odd_bfan_siso")
COMMANDS: dict[str, tuple[list[str], float]] = {
    "pimdeploy --help": (["--help"], 0.3),
    "pimdeploy count BUNDLE": (["count", BUNDLE], 0.7),
    "pimdeploy count MODEL": (["count", "odd_bfan_siso"], 0.7),
    "pimdeploy inspect BUNDLE": (["inspect", BUNDLE], 0.7),
    "pimdeploy bands": (["bands"], 0.7),
    "pimdeploy bands, products of two carriers": (
        ["bands", "3", "--carrier", "1815:20", "--carrier", "1860:20", "--order", "7"],
        0.7,
    ),
}
"""Arguments and the seconds that are asked."""


@dataclass(frozen=True)
class Start:
    """Seconds: medians of wall and processor time, and the least wall time."""

    wall: float
    cpu: float
    best: float


def start_of(arguments: list[str]) -> Start:
    """Run the command several times, one process after the other, compiled as an installed package is."""
    with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as compiled:
        runs = [_run(arguments, compiled) for _ in range(1 + RUNS)][1:]  # the first one compiles
    walls, processor = zip(*runs, strict=True)
    return Start(statistics.median(walls), statistics.median(processor), min(walls))


def startup_rows() -> list[Row]:
    """Return a row a command."""
    rows = []
    for name, (arguments, asked) in COMMANDS.items():
        start = start_of(arguments)
        reached = f"{start.wall:.2f} s, best of {RUNS} runs {start.best:.2f}; processor {start.cpu:.2f}"
        rows.append(Row(name, f"at most {asked:g} s", reached, start.wall <= asked))
    return rows


def _run(arguments: list[str], compiled: str) -> tuple[float, float]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = compiled
    before, began = os.times(), time.perf_counter()
    command = [sys.executable, "-m", "pimdeploy", *arguments]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment)
    wall, after = time.perf_counter() - began, os.times()
    user, system = (after.children_user - before.children_user, after.children_system - before.children_system)
    return wall, user + system
