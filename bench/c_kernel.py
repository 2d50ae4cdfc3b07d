"""Speed of the emitted C kernel: million samples per second on one core."""

import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

SAMPLES = 1 << 20


def measure(bundle_c_dir: Path, march: str, form: str, compiler: str = "gcc") -> float:
    """Return M samples/s of the C code in `bundle_c_dir`, median over the harness's runs of 2^20 samples.

    march: "native", "x86-64-v3", ..., or "" for the compiler's default target. form: "table" or "basis". Built with
    -std=c99 -O3 and nothing else. Processor time, not wall time: other processes disturb less.
    """
    with tempfile.TemporaryDirectory() as folder:
        program = build(bundle_c_dir, Path(folder), march, form, compiler)
        return SAMPLES / seconds(program, SAMPLES) / 1e6


def build(
    bundle_c_dir: Path, folder: Path, march: str, form: str, compiler: str = "gcc", defines: Sequence[str] = ()
) -> Path:
    """Return the host harness, compiled into `folder` as `measure` says, and with `defines`."""
    name = next(iter(sorted(bundle_c_dir.glob("*_weights.h")))).name.removesuffix("_weights.h")
    program = folder / f"harness_{form}"
    target = [f"-march={march}"] if march else []
    sources = [str(bundle_c_dir / f"{name}_harness.c"), str(bundle_c_dir / f"{name}.c")]
    flags = ["-std=c99", "-O3", *target, f"-DPIM_PIECEWISE=PIM_{form.upper()}", *defines, "-o", str(program)]
    subprocess.run([compiler, *flags, *sources], check=True)
    return program


def seconds(program: Path, samples: int) -> float:
    """Return the processor seconds of a run over `samples` samples, the median of the harness's runs."""
    ran = subprocess.run([str(program), "--bench", str(samples)], capture_output=True, text=True, check=True)
    return statistics.median(float(line) for line in ran.stdout.split())
