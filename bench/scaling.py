"""What a sample costs as signals, arrays and networks grow: NumPy reference, C kernel, verify; one core.

Processor time where one thread does it all: the machine may be shared. The network is the odd BFAN of sizes M_K 7,
M_a 8, N 16, M_G 9 with random weights; one size grows at a time. The picture goes to out/bench/scaling.svg.
"""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.numpy_reference import ROOT, noise
from bench.rows import Row, Section, noted
from bench.run_memory import memory_rows
from firmware_ref import Reference
from pimdeploy.bundle import Bundle
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.lowering_bfan import BFAN_WEIGHTS, bfan_activations
from pimdeploy.datapath.model import Model
from pimdeploy.emit.bundle import Parts, write_bundle
from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.build import weight_shapes
from pimdeploy.recipe import parse_recipe
from pimdeploy.verify.proof import all_backends, verify

PICTURE = ROOT / "out" / "bench" / "scaling.svg"
MOST_SLOPE = 1.1
SAMPLES = (10_000, 100_000, 1_000_000, 10_000_000)
VERIFIED = (10_000, 100_000, 1_000_000)
ONE_SIZE = 200_000
"""Samples of a run where another size grows."""
GROWING: dict[str, tuple[int, ...]] = {
    "antennas": (1, 2, 4, 8),
    "branches M_a": (4, 8, 16, 32),
    "taps M_K": (4, 8, 16, 32),
}
FIELDS = {"branches M_a": "M_a", "taps M_K": "M_K"}
SIZES = {"M_K": 7, "M_N": 1, "M_a": 8, "N": 16, "M_G": 9}
RUNS = 5
VERIFY_BACKENDS = ("numpy_table", "numpy_basis", "c_gcc_O3_table")
BLOCK = 1 << 16
FORMAT = QFormat(True, 16, 15)
LOUDEST = 0.9
"""Largest weight times the terms of its sum: every sum fits 32 bits, whatever the sizes."""


@dataclass(frozen=True)
class Curve:
    """seconds: of a run at each of `sizes`."""

    what: str
    over: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def slope(self) -> float:
        """Exponent of the power of the size that fits the seconds best: 1 is linear."""
        return float(np.polyfit(np.log(self.sizes), np.log(self.seconds), 1)[0])

    def told(self) -> str:
        return f"exponent {self.slope:.2f}: " + ", ".join(
            f"{size:,} {seconds * 1e3:.3g} ms" for size, seconds in zip(self.sizes, self.seconds, strict=True)
        )


def scaling_rows() -> Section:
    """Return the exponents of the cost over each size, and the memory of a run on a long capture."""
    curves = [*_over_samples(), *_over_sizes()]
    rows = [_row(curve) for curve in curves]
    return Section([*rows, _drawn(curves), *memory_rows()])


def _row(curve: Curve) -> Row:
    name = f"{curve.what} over {curve.over}"
    if curve.over != "samples":
        return noted(name, curve.told())
    return Row(name, f"exponent at most {MOST_SLOPE:g}", curve.told(), curve.slope <= MOST_SLOPE)


def _over_samples() -> list[Curve]:
    with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as folder:
        bundle = bundle_of(Path(folder), "base")
        return [
            Curve(what, "samples", sizes, tuple(measure(bundle, n_samples) for n_samples in sizes))
            for what, measure, sizes in (
                ("NumPy", numpy_seconds, SAMPLES),
                ("C", c_seconds, SAMPLES),
                ("verify", verify_seconds, VERIFIED),
            )
        ]


def _over_sizes() -> list[Curve]:
    curves = []
    for over, sizes in GROWING.items():
        with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as folder:
            bundles = [_of_size(Path(folder), over, size) for size in sizes]
            for what, measure in (("NumPy", numpy_seconds), ("C", c_seconds), ("verify", verify_seconds)):
                curves.append(Curve(what, over, sizes, tuple(measure(bundle, ONE_SIZE) for bundle in bundles)))
    return curves


def _of_size(folder: Path, over: str, size: int) -> Bundle:
    if over in FIELDS:
        return bundle_of(folder, f"n{size}", **{FIELDS[over]: size})
    return bundle_of(folder, f"n{size}", antennas=size)


def bundle_of(folder: Path, name: str, antennas: int = 1, **sizes: int) -> Bundle:
    """Write the bundle of a network with random weights for as many transmitters and receivers as `antennas`."""
    fields = SIZES | sizes
    spec, rng = BfanSpec(**fields), np.random.default_rng(1)
    shapes = weight_shapes(spec, antennas, antennas)
    weights = {key: rng.uniform(-1, 1, size=shape) * LOUDEST / np.prod(shape[1:]) for key, shape in shapes.items()}
    formats = FormatMap(
        dict.fromkeys(BFAN_WEIGHTS, FORMAT),
        dict.fromkeys(bfan_activations(spec), FORMAT),
        Rounding.HALF_UP,
        Overflow.SATURATE,
        knot_log2=-4,
    )
    graph, real_tables = lower(spec, weights, formats, name, 0)
    network = "\n".join(f"{key} = {value}" for key, value in fields.items())
    text = f'name = "{name}"\n[receive]\nband_hz = [-40e6, 40e6]\nfilter_taps = 31\n[scenario]\n[network]\n{network}\n'
    model = Model(graph, real_tables, 491.52e6, np.eye(1, 31, 15, dtype=np.complex128)[0], {"source": "bench"})
    return write_bundle(
        Parts(parse_recipe(text, name), model, weights, formats, noise(2 * antennas, 4096)), folder / name
    )


def numpy_seconds(bundle: Bundle, n_samples: int) -> float:
    """Return the processor time for `n_samples`, the least of several runs, block by block."""
    reference = Reference.load(bundle.path)
    x_q = noise(reference.channels, min(n_samples, BLOCK)).astype(np.int16)
    z_q = np.empty((reference.channels_out, x_q.shape[1]), dtype=np.int16)

    def run() -> None:
        for first in range(0, n_samples, BLOCK):
            n = min(BLOCK, n_samples - first)
            reference.process_into(x_q[:, :n], z_q[:, :n])

    run()  # functions are tabulated
    return _best(run, RUNS if n_samples <= 1_000_000 else 2, time.process_time)


def c_seconds(bundle: Bundle, n_samples: int) -> float:
    """Return the processor time of the C kernel for `n_samples`, the median of the harness's runs."""
    code, name = bundle.path / "c", bundle.name
    program = code / "bench_scaling"
    if not program.exists():
        sources = [str(code / f"{name}_harness.c"), str(code / f"{name}.c")]
        flags = ["-std=c99", "-O3", "-march=native", "-o", str(program)]
        subprocess.run(["gcc", *flags, *sources], check=True)
    ran = subprocess.run([str(program), "--bench", str(n_samples)], capture_output=True, text=True, check=True)
    return statistics.median(float(line) for line in ran.stdout.split())


def verify_seconds(bundle: Bundle, n_samples: int) -> float:
    """Return the seconds of a proof over `n_samples` stimuli: both forms of the reference and the C kernel."""

    def run() -> None:
        backends = [backend for backend in all_backends() if backend.name in VERIFY_BACKENDS]
        assert verify(bundle, n_samples, backends=backends).good

    return _best(run, 1, time.perf_counter)


def _best(run: Callable[[], object], times: int, clock: Callable[[], float]) -> float:
    found = []
    for _ in range(times):
        began = clock()
        run()
        found.append(clock() - began)
    return min(found)


def _drawn(curves: list[Curve]) -> Row:
    try:
        import matplotlib as mpl
    except ImportError:
        return noted("picture of the scaling", "not drawn: no matplotlib")
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    names = list(dict.fromkeys(curve.over for curve in curves))
    figure, axes = plt.subplots(1, len(names), figsize=(4 * len(names), 3.6), layout="constrained")
    for axis, over in zip(axes, names, strict=True):
        for curve in (one for one in curves if one.over == over):
            axis.loglog(curve.sizes, curve.seconds, "o-", label=f"{curve.what}, exponent {curve.slope:.2f}")
        axis.set(xlabel=over, ylabel="seconds" if over == "samples" else f"seconds for {ONE_SIZE:,} samples")
        axis.grid(visible=True, which="both", alpha=0.3)
        axis.legend(fontsize="small")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE)
    plt.close(figure)
    return noted("picture of the scaling", PICTURE.relative_to(ROOT).as_posix())
