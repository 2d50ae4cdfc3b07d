"""Speed and memory of the NumPy reference, one thread: `python -m bench.numpy_reference [BUNDLE]`."""

import json
import statistics
import sys
import tempfile
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.rows import Row, at_most
from firmware_ref import Reference
from firmware_ref.reader import Form

ROOT = Path(__file__).parents[1]
SAMPLES = 1_000_000
VALUES = 16_000_000
"""Values of the input in a run, all channels together: fewer samples where there are many channels."""
RUNS = 7
MIB = 1 << 20
ASKED = {"odd_bfan_siso": 8.0, "odd_bfan_mimo": 0.0, "cnn_lightweight": 0.2}
LONG, MOST_MIB = 10_000_000, 64.0
"""Samples of a signal that lies in files, and how much memory the reference may take for it."""


@dataclass(frozen=True)
class Speed:
    """M samples a second of processor time: the median and the best of the runs."""

    median: float
    best: float


def demo_reference(form: Form) -> Reference:
    """Return the odd-symmetrized BFAN with sizes 7, 1, 8, 16, 9 at W16A16, its weights random."""
    sys.path.append(str(ROOT / "tests"))
    from demo_models import demo_model

    from pimdeploy.datapath.graph import tables, to_json

    graph = demo_model().graph
    return Reference(json.loads(to_json(graph)), tables(graph), form)


def noise(channels: int, n_samples: int) -> np.ndarray:
    """Return integers [channels, n_samples] of 16 bits, normally distributed, 12 dB below full scale."""
    values = np.random.default_rng(1).normal(scale=8000, size=(channels, n_samples))
    return np.rint(np.clip(values, -32768, 32767)).astype(np.int64)


def speed_of(reference: Reference) -> Speed:
    """Run a signal of up to a million samples several times."""
    x_q = noise(reference.channels, min(SAMPLES, VALUES // reference.channels))
    times = []
    for _ in range(RUNS):
        start = time.process_time()  # not wall time: other processes disturb less
        reference.process(x_q)
        times.append(time.process_time() - start)
    n_samples = x_q.shape[1] / 1e6
    return Speed(n_samples / statistics.median(times), n_samples / min(times))


def measure(bundle: Path | None = None, form: Form = "table") -> float:
    """Return million samples a second, the median of several runs; without `bundle`, of the demo model."""
    return speed_of(demo_reference(form) if bundle is None else Reference.load(bundle, form)).median


def peak_mib(bundle: Path, n_samples: int) -> float:
    """Return what the reference allocates for a signal of `n_samples` that lies in a file, its result in another."""
    reference = Reference.load(bundle)
    with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as folder:
        x_q = _zeros(Path(folder, "x.npy"), (reference.channels, n_samples))
        z_q = _zeros(Path(folder, "z.npy"), (reference.channels_out, n_samples))
        tracemalloc.start()
        reference.process_into(x_q, z_q)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak / MIB


def _zeros(path: Path, shape: tuple[int, int]) -> np.ndarray:
    return np.lib.format.open_memmap(path, "w+", np.int16, shape)


def reference_rows() -> list[Row]:
    """Return the speeds of models of the zoo in both forms, and the memory that a long signal takes."""
    rows = []
    for name, asked in ASKED.items():
        for form in ("table", "basis"):
            speed = speed_of(Reference.load(ROOT / "export" / name, form))
            reached = f"{speed.median:.2f} M samples/s, best of {RUNS} runs {speed.best:.2f}"
            is_asked = asked > 0 and form == "table"
            told = f"at least {asked:g} M samples/s" if is_asked else ""
            met = speed.median >= asked if is_asked else None
            rows.append(Row(f"NumPy reference, {name}, {form}", told, reached, met))
    peak = peak_mib(ROOT / "export" / "odd_bfan_siso", LONG)
    return [*rows, at_most(f"NumPy reference, memory for {LONG:,} samples in files", peak, MOST_MIB, "MiB", 1)]


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    print(f"NumPy reference: table {measure(chosen):.1f} M samples/s, basis {measure(chosen, 'basis'):.1f} M samples/s")
