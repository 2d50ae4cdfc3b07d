"""Side by side on the same graphs, on one core: what a user would take instead of the emitted C and the ONNX files.

All peers of a model are timed in turns, several rounds, and the medians compared. Every peer that claims the datapath's
integers is compared with the NumPy reference on the signals of `verify`.
"""

import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from bench.peer import NotRunError, Peer, Runner, Subject, fastest
from bench.peer_da4ml import Da4ml
from bench.peer_hls4ml import Hls4ml
from bench.peer_numpy import FixedByHand, FloatByHand
from bench.peer_onnx import INT64, EmxC, OnnxRuntime
from bench.peer_ours import CKernel, NumpyReference
from bench.rows import Row, Section
from bench.zoo import parts_of
from firmware_ref import Reference
from pimdeploy.emit.bundle import write_bundle

MODELS = ("odd_bfan_siso", "odd_bfan_mimo", "whlut_siso", "memory_polynomial_siso", "cnn_lightweight")
SAMPLES = 100_000
"""On which each peer is compared with the reference."""
ROUNDS = 7
C_TIMES = 5.0
"""How many times as fast as the fastest exact peer our C shall be."""
ONNX_SHARE = 1 / 3
"""Of the speed of the float32 file, that of the integer file shall be at least; asked of the BFAN family."""
TOOLS = ("numpy", "onnxruntime", "emx-onnx-cgen", "da4ml", "hls4ml", "qonnx")
BFANS = "bfan"
FLOAT32, INTEGER = "float32, model_float.onnx", "int32 where it fits, model_int.onnx"


def peers() -> list[Peer]:
    """Return ours first, then the others."""
    portable = [CKernel("gcc", "table"), CKernel("gcc", "basis"), CKernel("clang", "table")]
    wide = [CKernel(compiler, "table", avx512=True) for compiler in ("gcc", "clang")]
    ours: list[Peer] = [*portable, *wide, NumpyReference()]
    onnx = [
        OnnxRuntime(FLOAT32, "model_float.onnx", is_exact=False),
        OnnxRuntime(INTEGER, "model_int.onnx"),
        OnnxRuntime("int64 throughout", INT64),
        OnnxRuntime("float64-carried, model_int_f64.onnx", "model_int_f64.onnx"),
    ]
    return [*ours, *onnx, EmxC("gcc"), EmxC("clang"), Da4ml(), Hls4ml(), FixedByHand(), FloatByHand()]


@dataclass(frozen=True)
class Result:
    """One peer on one model. speed: M samples/s. differing: samples that differ; deviation: see `_differences`."""

    peer: Peer
    speed: float
    fed: str
    differing: int
    deviation: float


@dataclass(frozen=True)
class Comparison:
    """All peers on one model. idle: those not run, with the reason, and whether the tool is missing altogether."""

    model: str
    samples: int
    results: list[Result]
    idle: list[tuple[Peer, str, bool]]

    @property
    def c(self) -> Result | None:
        """Our C in the build that is fastest; None where there is no compiler."""
        return self._fastest_c([True, False])

    @property
    def portable(self) -> Result | None:
        """The same of portable C99 alone."""
        return self._fastest_c([True])

    def _fastest_c(self, portable: Sequence[bool]) -> Result | None:
        found = [r for r in self.results if isinstance(r.peer, CKernel) and r.peer.is_portable in portable]
        return max(found, key=lambda result: result.speed, default=None)

    def rivals(self) -> list[Result]:
        """Return the exact peers that are not ours, fastest first."""
        exact = [r for r in self.results if r.peer.is_exact and not r.peer.is_ours and r.differing == 0]
        return sorted(exact, key=lambda result: -result.speed)

    def missing(self) -> list[str]:
        """Return the names of the exact peers that are not installed."""
        return [peer.name for peer, _, is_missing in self.idle if is_missing and peer.is_exact]


def peers_rows() -> Section:
    """Return the goals of every model, and the table of all peers."""
    compared = []
    for name in MODELS:
        with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as folder:
            compared.append(_compared(name, Path(folder), peers()))
    rows = [row for comparison in compared for row in goals(comparison)]
    return Section(rows, table(compared))


def goals(comparison: Comparison) -> list[Row]:
    """Return what is asked of `comparison`. A goal counts as met only where no peer's tool is missing."""
    return [_mismatches(comparison), _c_goal(comparison), *_onnx_goal(comparison)]


def _mismatches(comparison: Comparison) -> Row:
    exact = [result for result in comparison.results if result.peer.is_exact]
    wrong = [f"{result.peer.name} {result.differing:,}" for result in exact if result.differing]
    reached = f"{', '.join(wrong) or 0} in {comparison.samples:,} samples, {len(exact)} ways of computing"
    return Row(f"{comparison.model}, exact peers: mismatches", "0", reached, not wrong)


def _c_goal(comparison: Comparison) -> Row:
    figure, asked = f"{comparison.model}, our C over the fastest exact peer", f"at least {C_TIMES:g} times"
    c, rivals, missing = comparison.c, comparison.rivals(), comparison.missing()
    left_out = f"; not run: {', '.join(missing)}" if missing else ""
    if c is None or not rivals:
        return Row(figure, asked, f"not measured{left_out}")
    times = c.speed / rivals[0].speed
    met = None if missing and times >= C_TIMES else times >= C_TIMES
    portable = f"; portable C alone {comparison.portable.speed / rivals[0].speed:.1f}" if comparison.portable else ""
    return Row(figure, asked, f"{times:.1f} times ({rivals[0].peer.name}){portable}{left_out}", met)


def _onnx_goal(comparison: Comparison) -> list[Row]:
    if BFANS not in comparison.model:
        return []
    figure = f"{comparison.model}, our integer ONNX over float32 ONNX"
    speeds = {result.peer.name: result.speed for result in comparison.results}
    names = [f"ONNX Runtime, {name}" for name in (INTEGER, FLOAT32)]
    if not all(name in speeds for name in names):
        return [Row(figure, "at least a third", "not run")]
    share = speeds[names[0]] / speeds[names[1]]
    return [Row(figure, "at least a third", f"{share:.2f}", share >= ONNX_SHARE)]


def table(compared: Sequence[Comparison]) -> str:
    """Return the table of all peers in Markdown, a line for each and model."""
    heads = ("model", "computed by", "M samples/s", "our C over it", "mismatches", "fed")
    lines = [_versions(), "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for comparison in compared:
        for result in comparison.results:
            times = _times(comparison.c.speed / result.speed) if comparison.c else ""
            cells = [comparison.model, result.peer.name, f"{result.speed:.3g}", times, _found(result), result.fed]
            lines.append(f"| {' | '.join(cells)} |")
        for peer, reason, _ in comparison.idle:
            lines.append(f"| {comparison.model} | {peer.name} | not run: {reason} | | | |")
    return "\n".join(lines) + "\n"


def _times(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio < 100 else f"{ratio:,.0f}"


def _versions() -> str:
    """Return the peers' versions in a line."""
    found = [f"{tool} {metadata.version(tool)}" for tool in TOOLS if find_spec(tool.replace("-", "_"))]
    gcc = (
        subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True)
        if shutil.which("gcc")
        else None
    )
    return ", ".join([*([gcc.stdout.splitlines()[0]] if gcc else []), *found]) + "."


def _found(result: Result) -> str:
    if result.peer.is_exact:
        return f"{result.differing:,}"
    return f"not exact: up to {result.deviation:.1f} LSB on the capture"


def _compared(name: str, work: Path, candidates: Sequence[Peer]) -> Comparison:
    parts = parts_of(name)
    subject = Subject(parts.model, write_bundle(parts, work / name).path, SAMPLES, parts.stimulus_q)
    idle: list[tuple[Peer, str, bool]] = []
    ready: list[tuple[Peer, Runner]] = []
    for number, peer in enumerate(candidates):
        folder = work / f"peer{number}"
        folder.mkdir()
        try:
            ready.append((peer, fastest(peer.prepare(subject, folder))))
        except NotRunError as error:
            idle.append((peer, str(error), error.is_missing))
    speeds = _in_turns([runner for _, runner in ready])
    results = [
        Result(peer, speed, runner.fed, *_differences(peer, subject))
        for (peer, runner), speed in zip(ready, speeds, strict=True)
    ]
    return Comparison(name, sum(signal.x_q.shape[1] for signal in subject.stimuli), results, idle)


def _in_turns(runners: Sequence[Runner]) -> list[float]:
    """Return the speed of each, M samples/s: medians over rounds in which each has one repeat after the other."""
    rounds = [[runner.seconds() for runner in runners] for _ in range(ROUNDS)]
    return [1e-6 / statistics.median(times) for times in zip(*rounds, strict=True)]


def _differences(peer: Peer, subject: Subject) -> tuple[int, float]:
    """Return how many samples of all stimuli differ in any channel; of a peer that is not exact, by how many LSB at most
    one of the capture does. (What it makes of an overdriven signal says nothing.)"""
    pairs = zip(subject.stimuli, subject.expected, strict=True)
    differing = sum(int((peer.run(signal.x_q) != expected).any(axis=0).sum()) for signal, expected in pairs)
    capture_q = subject.capture_q
    if peer.is_exact or capture_q is None:
        return differing, 0.0
    return differing, float(np.abs(peer.run(capture_q) - Reference.load(subject.path).process(capture_q)).max())
