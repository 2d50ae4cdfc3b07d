"""`python -m bench`: measure every figure, print the table, write bench/RESULTS.md."""

import platform
import sys
import tempfile
from pathlib import Path

from bench.proofs import ledger_rows, mismatch_rows
from bench.quality import MEASURED, measured_rows, scenario_rows, trained
from bench.rows import Row, markdown, noted
from bench.speed import speed_rows
from pimdeploy.emit.bundle import tool_versions

RESULTS = Path(__file__).with_name("RESULTS.md")


def machine() -> str:
    """Return the processor and the tools, in a line."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    tools = ", ".join(f"{tool} {version}" for tool, version in tool_versions().items())
    return f"{len(names)} x {names[0] if names else platform.machine()}; {tools}"


def main() -> int:
    """Measure, print, write; exit status 1 where a figure is missed."""
    rows: list[Row] = []

    def add(more: list[Row]) -> None:
        rows.extend(more)
        sys.stderr.write(markdown(more))

    with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as folder:
        work = Path(folder)
        siso = trained("odd_bfan_siso", None)
        add(scenario_rows(siso))
        add(mismatch_rows(siso, work))
        add(ledger_rows(siso, work))
        add(speed_rows(work / "odd_bfan_siso_W16A16"))
        if MEASURED.is_dir():
            apa = trained("odd_bfan_apa", MEASURED)
            add(measured_rows(apa))
            add(mismatch_rows(apa, work))
        else:
            add([noted("measured amplifier", f"not run: no data at {MEASURED}")])
    text = f"# Figures\n\nWritten by `make bench`. {machine()}.\n\n{markdown(rows)}"
    RESULTS.write_text(text)
    sys.stdout.write(text)
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
