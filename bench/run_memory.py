"""Peak memory of `pimdeploy run` on long captures of 8 x 8 antennas: `python -m bench.run_memory [SAMPLES ...]`."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.rows import Row, noted

ANTENNAS = 8
FS_HZ, BAND_HZ = 245.76e6, 20e6
BLOCK = 1 << 17
MEASURED = (1_000_000, 10_000_000)
MOST_MIB = 4096.0
"""For the longer capture."""
PROOF_SAMPLES = 20_000
RECIPE = f"""
name = "long_capture"
[receive]
band_hz = [{-2 * BAND_HZ}, {2 * BAND_HZ}]
[capture]
[network]
M_K = 3
M_a = 8
N = 16
M_G = 5
[training]
starts = 1
iterations = 4
[quantization]
sweep = ["W8A8"]
steps = 2
"""


@dataclass(frozen=True)
class Cost:
    """Of a process and those it waited for: peak of the resident memory, and wall time."""

    peak_mib: float
    seconds: float


def memory_rows() -> list[Row]:
    """Return the peaks on captures of one and of ten million samples."""
    short, long = MEASURED
    cost = run_cost(short)
    rows = [noted(f"run, {short:,} samples, 8 x 8: peak memory", _told(cost))]
    cost = run_cost(long)
    name, asked = f"run, {long:,} samples, 8 x 8: peak memory", f"at most {MOST_MIB:g} MiB"
    return [*rows, Row(name, asked, _told(cost), cost.peak_mib <= MOST_MIB)]


def run_cost(n_samples: int) -> Cost:
    """Make a capture of `n_samples`, run everything on it in a process of its own, and return what that took."""
    with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as folder:
        work = Path(folder)
        write_capture(work / "capture", n_samples)
        (work / "recipe.toml").write_text(RECIPE)
        arguments = ["run", work / "recipe.toml", "--capture", work / "capture", "--out", work / "out"]
        command = [sys.executable, "-m", "pimdeploy", *map(str, arguments), "--samples", str(PROOF_SAMPLES)]
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)}: exit status {process.returncode}")
        return Cost(usage.ru_maxrss / 1024, time.monotonic() - began)


def write_capture(folder: Path, n_samples: int) -> None:
    """Write tx.ci16 and rx.ci16: noise of 20 MHz, and what one passive source makes of all transmitters together."""
    folder.mkdir(parents=True)
    with (folder / "tx.ci16").open("wb") as tx, (folder / "rx.ci16").open("wb") as rx:
        for x, d in _blocks(n_samples):
            tx.write(_interleaved(x, 32768))
            rx.write(_interleaved(d, 1500))
    for name in ("tx", "rx"):
        facts = {"fs_hz": FS_HZ, "n_channels": ANTENNAS, "center_hz": 0}
        (folder / f"{name}.json").write_text(json.dumps(facts))


def _blocks(n_samples: int) -> Iterator[tuple[NDArray[np.complex128], NDArray[np.complex128]]]:
    rng = np.random.default_rng(5)
    width = BLOCK * 2 * BAND_HZ / FS_HZ
    inside = np.abs(np.fft.fftfreq(BLOCK, 1 / BLOCK)) < width / 2
    mixing, answer = (rng.normal(size=ANTENNAS) + 1j * rng.normal(size=ANTENNAS) for _ in range(2))
    for first in range(0, n_samples, BLOCK):
        white = rng.normal(size=(2, ANTENNAS, BLOCK))
        x = np.fft.ifft(np.where(inside, np.fft.fft(white[0] + 1j * white[1]), 0))
        x *= 0.2 / np.sqrt(np.mean(np.abs(x) ** 2))
        source = mixing @ x
        product = source * np.abs(source) ** 2 * (np.abs(source) > 0.5)
        noise = rng.normal(size=(2, ANTENNAS, BLOCK))
        d = answer[:, np.newaxis] * product + 0.02 * (noise[0] + 1j * noise[1])
        n = min(BLOCK, n_samples - first)
        yield x[:, :n], d[:, :n]


def _interleaved(signal: NDArray[np.complex128], gain: float) -> bytes:
    pairs = np.stack([signal.real, signal.imag], axis=-1).swapaxes(0, 1)
    return np.clip(np.rint(pairs * gain), -32768, 32767).astype("<i2").tobytes()


def _told(cost: Cost) -> str:
    return f"{cost.peak_mib:.0f} MiB, {cost.seconds:.0f} s"


if __name__ == "__main__":
    for asked in sys.argv[1:] or map(str, MEASURED):
        print(f"{int(asked):,} samples: {_told(run_cost(int(asked)))}", flush=True)
