"""Speed of the NumPy reference, one thread: `python bench/numpy_reference.py [BUNDLE]`."""

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Literal

import numpy as np

from firmware_ref import Reference

ROOT = Path(__file__).parents[1]
SAMPLES = 1_000_000
RUNS = 7


def demo_reference(form: Literal["table", "basis"]) -> Reference:
    """Return the odd-symmetrized BFAN with sizes 7, 1, 8, 16, 9 at W16A16, its weights random."""
    sys.path.append(str(ROOT / "tests"))
    from demo_models import demo_model

    from pimdeploy.datapath.graph import tables, to_json

    graph = demo_model().graph
    return Reference(json.loads(to_json(graph)), tables(graph), form)


def measure(bundle: Path | None = None, form: Literal["table", "basis"] = "table") -> float:
    """Return million samples a second, the median of several runs; without `bundle`, of the demo model."""
    reference = demo_reference(form) if bundle is None else Reference.load(bundle, form)
    rng = np.random.default_rng(1)
    x_q = np.rint(np.clip(rng.normal(scale=8000, size=(reference.channels, SAMPLES)), -32768, 32767)).astype(np.int64)
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        reference.process(x_q)
        times.append(time.perf_counter() - start)
    return SAMPLES / statistics.median(times) / 1e6


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    print(f"NumPy reference: table {measure(chosen):.1f} M samples/s, basis {measure(chosen, 'basis'):.1f} M samples/s")
