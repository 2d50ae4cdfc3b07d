"""`python -m bench [SECTION ...]`: measure, print the tables, write them into bench/RESULTS.md (all sections by default)."""

import platform
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.classes import class_rows
from bench.cnn import ablation_rows, dynamic_rows, static_rows
from bench.family import family_rows
from bench.fit import fit_rows
from bench.identification import identification_rows
from bench.kernel import kernel_rows
from bench.mimo import mimo_rows
from bench.mutations import mutation_rows
from bench.numpy_reference import reference_rows
from bench.peers import peers_rows
from bench.physics import physics_rows
from bench.proofs import ledger_rows, mismatch_rows
from bench.quality import MEASURED, measured_rows, scenario_rows, trained
from bench.rows import Row, Section, noted
from bench.scaling import scaling_rows
from bench.speed import speed_rows
from bench.startup import startup_rows
from bench.zoo import zoo_rows
from pimdeploy.emit.bundle import tool_versions

RESULTS = Path(__file__).with_name("RESULTS.md")


def siso_rows() -> list[Row]:
    """Return the rows of the odd BFAN on one antenna: scenario, proof, ledger, speed, measured amplifier."""
    with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as folder:
        work = Path(folder)
        siso = trained("odd_bfan_siso", None)
        rows = [*scenario_rows(siso), *mismatch_rows(siso, work), *ledger_rows(siso, work)]
        rows += speed_rows(work / "odd_bfan_siso_W16A16")
        if not MEASURED.is_dir():
            return [*rows, noted("measured amplifier", f"not run: no data at {MEASURED}")]
        apa = trained("odd_bfan_apa", MEASURED)
        return [*rows, *measured_rows(apa), *mismatch_rows(apa, work)]


SECTIONS: dict[str, Callable[[], list[Row] | Section]] = {
    "siso": siso_rows,
    "family": family_rows,
    "classes": class_rows,
    "mimo": mimo_rows,
    "identification": identification_rows,
    "fit": fit_rows,
    "static": static_rows,
    "dynamic": dynamic_rows,
    "ablation": ablation_rows,
    "zoo": zoo_rows,
    "mutations": mutation_rows,
    "physics": physics_rows,
    "kernel": kernel_rows,
    "reference": reference_rows,
    "peers": peers_rows,
    "startup": startup_rows,
    "scaling": scaling_rows,
}


def machine() -> str:
    """Return the processor and the tools, in a line."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    tools = ", ".join(f"{tool} {version}" for tool, version in tool_versions().items())
    return f"{len(names)} x {names[0] if names else platform.machine()}; {tools}"


def written() -> dict[str, str]:
    """Return the tables of RESULTS.md by section."""
    text = RESULTS.read_text() if RESULTS.is_file() else ""
    return dict(re.findall(r"^## (\w+)\n\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL))


def main(names: list[str]) -> int:
    """Measure the sections `names`, print and write them; exit status 1 where a figure is missed, 2 for an unknown name."""
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        sys.stderr.write(f"bench: no section {unknown[0]!r}; known: {', '.join(SECTIONS)}\n")
        return 2
    missed = False
    for name in names or SECTIONS:
        found = SECTIONS[name]()
        section = found if isinstance(found, Section) else Section(found)
        missed |= any(row.met is False for row in section.rows)
        tables = written() | {name: f"{machine()}.\n\n{section.markdown()}\n"}
        body = "".join(f"## {each}\n\n{tables[each]}" for each in SECTIONS if each in tables)
        RESULTS.write_text(f"# Figures\n\nWritten by `make bench`, section by section.\n\n{body}".rstrip() + "\n")
        sys.stdout.write(f"## {name}\n\n{section.markdown()}\n")
        sys.stdout.flush()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
