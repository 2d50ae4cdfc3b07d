"""Speed of the emitted C on one core: every compiler, target and form in turns, against the core's own peak of multiplies.

The rows are those of the demo's model; the table below them has the golden bundles.
"""

import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import c_kernel
from bench.rows import Row, Section, at_least, noted
from bench.zoo import parts_of
from pimdeploy.cost.ledger import ledger
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.verify.backends.c_code import AVX512, COMPILERS, FORMS, CBackend

DEMO = "odd_bfan_siso"
CNN = "cnn_lightweight"
MODELS = (DEMO, "odd_bfan_mimo", "whlut_siso", "memory_polynomial_siso", CNN)
ASKED = {"native": 160.0, "x86-64-v3": 90.0}
"""M samples/s of the demo's model in portable C, by the faster compiler."""
FULL_RATE = 491.52
"""M samples/s: the rate of the built-in scenario times two, which AVX-512 instructions shall keep up with."""
ROUNDS = 5
RUN_S = 0.02
"""Processor seconds of one run of the harness, which makes several and takes their median."""
SAMPLES = (1 << 11, c_kernel.SAMPLES)
COUNTED = (1 << 12, 1 << 14)
"""Samples of two runs under callgrind: their difference leaves out what starts and ends a run."""
PEAK = Path(__file__).with_name("peak_multiply.c")


@dataclass(frozen=True)
class Build:
    """One way of compiling the kernel. march "" is the compiler's default target; `stages`: portable C or AVX-512."""

    compiler: str
    march: str
    form: str
    avx512: bool = False

    @property
    def name(self) -> str:
        """What the table calls it."""
        target = f"-march={self.march}" if self.march else "default target"
        return f"{self.compiler} -O3 {target}, " + ("AVX-512 stages" if self.avx512 else self.form)

    def made(self, c_folder: Path, folder: Path) -> Path:
        """Return the harness, compiled into a folder of its own below `folder`."""
        own = folder / re.sub(r"\W+", "_", self.name)
        own.mkdir(parents=True)
        return c_kernel.build(
            c_folder, own, self.march, self.form, self.compiler, ["-DPIM_AVX512"] if self.avx512 else []
        )


def builds() -> list[Build]:
    """Return every build that this machine can compile and run."""
    compilers = [compiler for compiler in COMPILERS if shutil.which(compiler)]
    found = [Build(compiler, march, form) for march in (*ASKED, "") for compiler in compilers for form in FORMS]
    wide = [c for c in compilers if CBackend(c, AVX512, "table").unavailable() is None]
    return [*(Build(compiler, "native", "table", True) for compiler in wide), *found]


def kernel_rows() -> Section:
    """Return what is asked of the demo's kernel, shares of the peak, and the table of all builds of the golden bundles."""
    speeds: dict[str, dict[Build, float]] = {}
    multiplies: dict[str, int] = {}
    counts: dict[Build, float] = {}
    for name in MODELS:
        with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as work:
            parts = parts_of(name)
            multiplies[name] = ledger(parts.model.graph, "table").totals().multiplies
            c_folder = write_bundle(parts, Path(work, name)).path / "c"
            programs = {build: build.made(c_folder, Path(work)) for build in builds()}
            speeds[name] = _in_turns(programs)
            if name == DEMO:
                counts = (
                    {b: _instructions(p) for b, p in programs.items() if b.march == "x86-64-v3"}
                    if _has_callgrind()
                    else {}
                )
    peak = _peak()
    rows = [*_asked(speeds[DEMO]), *_counted(counts), *_shares(speeds, multiplies, peak)]
    return Section(rows, _table(speeds))


def _asked(speeds: dict[Build, float]) -> list[Row]:
    rows = []
    for march, asked in ASKED.items():
        of = {build: speed for build, speed in speeds.items() if build.march == march and not build.avx512}
        best = max(of, key=lambda build: of[build])
        rows.append(at_least(f"{DEMO}, portable C, {best.name}", of[best], asked, "M samples/s", 0))
    plain = {build: speed for build, speed in speeds.items() if not build.march and build.form == "table"}
    rows += [noted(f"{DEMO}, portable C, {build.name}", f"{speed:.0f} M samples/s") for build, speed in plain.items()]
    wide = {build: speed for build, speed in speeds.items() if build.avx512}
    if not wide:
        return [
            *rows,
            Row(f"{DEMO}, AVX-512 stages", f"at least {FULL_RATE} M samples/s", "not run: this processor has none"),
        ]
    best = max(wide, key=lambda build: wide[build])
    return [*rows, at_least(f"{DEMO}, {best.name}", wide[best], FULL_RATE, "M samples/s", 0)]


def _counted(counts: dict[Build, float]) -> list[Row]:
    if not counts:
        return [noted(f"{DEMO}, instructions a sample", "not counted: valgrind is not installed")]
    return [noted(f"{DEMO}, {build.name}: instructions a sample", f"{count:.1f}") for build, count in counts.items()]


def _shares(speeds: dict[str, dict[Build, float]], multiplies: dict[str, int], peak: float) -> list[Row]:
    rows = [noted("16-bit multiplies that one core does at most, measured", f"{peak / 1e9:.0f} G/s")]
    for name in (DEMO, CNN):
        for what, wide in (("portable C", False), ("AVX-512 stages", True)):
            of = {build: speed for build, speed in speeds[name].items() if build.avx512 is wide}
            if of:
                rate = max(of.values()) * 1e6 * multiplies[name]
                rows.append(
                    noted(f"{name}, {what}: multiplies, share of that", f"{rate / 1e9:.1f} G/s, {rate / peak:.0%}")
                )
    return rows


def _table(speeds: dict[str, dict[Build, float]]) -> str:
    """Return the table of all builds in Markdown, M samples/s."""
    names = list(speeds)
    lines = [f"| M samples/s | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for build in speeds[names[0]]:
        lines.append(f"| {build.name} | " + " | ".join(f"{speeds[name][build]:.3g}" for name in names) + " |")
    return "\n".join(lines) + "\n"


def _in_turns(programs: dict[Build, Path]) -> dict[Build, float]:
    """Return the speed of each, M samples/s: medians over rounds in which each has one run after the other."""
    samples = {build: _length(program) for build, program in programs.items()}
    rounds = [
        {build: samples[build] / c_kernel.seconds(program, samples[build]) / 1e6 for build, program in programs.items()}
        for _ in range(ROUNDS)
    ]
    return {build: statistics.median(one[build] for one in rounds) for build in programs}


def _length(program: Path) -> int:
    fewest, most = SAMPLES
    return min(max(round(RUN_S * fewest / c_kernel.seconds(program, fewest)), fewest), most)


def _peak() -> float:
    """Return the 16-bit multiplies a second of one core, by the compiler that reaches more."""
    found = []
    with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as work:
        for compiler in (name for name in COMPILERS if shutil.which(name)):
            program = Path(work, compiler)
            _run([compiler, "-O3", "-march=native", "-o", str(program), str(PEAK)])
            found.append(float(_run([str(program)])))
    return max(found)


def _has_callgrind() -> bool:
    return shutil.which("valgrind") is not None


def _instructions(program: Path) -> float:
    """Return the instructions a sample, as callgrind counts them: the same in every run."""
    fewer, more = (_callgrind(program, samples) for samples in COUNTED)
    return (more - fewer) / (_runs_of(program) * (COUNTED[1] - COUNTED[0]))


def _callgrind(program: Path, samples: int) -> int:
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(program), "--bench", str(samples)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if found is None:
        raise RuntimeError(f"callgrind counted nothing: {done.stderr.strip().splitlines()[-1]}")
    return int(found[1])


def _runs_of(program: Path) -> int:
    """Return how many runs the harness makes."""
    return len(_run([str(program), "--bench", str(COUNTED[0])]).split())


def _run(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
