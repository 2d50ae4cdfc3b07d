"""The proof: every backend on every stimulus, against the NumPy fixed-point reference, to the last bit."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pimdeploy.bundle import Bundle
from pimdeploy.datapath.check import check
from pimdeploy.errors import InputError, PimdeployError
from pimdeploy.verify.backend import Backend, IntArray
from pimdeploy.verify.backend_c import c_backends
from pimdeploy.verify.backend_network import NetworkBackend
from pimdeploy.verify.backend_numpy import NumpyBackend, numpy_backends
from pimdeploy.verify.backend_onnx import onnx_backends
from pimdeploy.verify.comparison import count_mismatches, first_difference, locate
from pimdeploy.verify.stimuli import Stimulus, stimuli

Progress = Callable[[int, int, str], None]
Status = Literal["ok", "mismatch", "not_run"]

DEFAULT_SAMPLES = 1_000_000
AWKWARD_BLOCKS = (1, 37, 1000)
AWKWARD_SAMPLES = 4096
"""Samples that are also fed in awkward blocks: the first of every stimulus, up to this many in all."""
BLOCK = 8192
GOLDEN = "golden_vectors"


@dataclass
class BackendResult:
    """What one backend did. `samples` counts those compared, blocks included; `first` is the first difference."""

    name: str
    status: Status
    samples: int = 0
    mismatches: int = 0
    first: dict[str, Any] | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the backend's entry in the JSON of verify."""
        return {
            "name": self.name,
            "status": self.status,
            "samples": self.samples,
            "mismatches": self.mismatches,
            "first": self.first,
            "reason": self.reason,
        }


@dataclass
class Proof:
    """The outcome of `verify`. `samples` is the total over the stimuli; `missing` names required backends not run."""

    samples: int
    backends: list[BackendResult]
    stimuli: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def mismatches(self) -> int:
        """Mismatches over all backends."""
        return sum(result.mismatches for result in self.backends)

    @property
    def good(self) -> bool:
        """True where no backend differs and every required one ran."""
        return not self.missing and all(result.status != "mismatch" for result in self.backends)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of verify."""
        return {
            "samples": self.samples,
            "mismatches": self.mismatches,
            "good": self.good,
            "required_not_run": self.missing,
            "stimuli": self.stimuli,
            "backends": [result.to_json() for result in self.backends],
        }


def all_backends() -> list[Backend]:
    """Return every backend that pimdeploy knows, whether or not this machine has it."""
    return [*numpy_backends(), NetworkBackend(), *onnx_backends(), *c_backends()]


def verify(
    bundle: Bundle,
    samples: int = DEFAULT_SAMPLES,
    seed: int = 1,
    require: Sequence[str] = (),
    progress: Progress | None = None,
    backends: Sequence[Backend] | None = None,
) -> Proof:
    """Run every backend on every stimulus and compare with the NumPy reference. A missing tool is `not_run`.

    samples: total over all stimuli. require: names of backends ("c_gcc_O3_table") or beginnings of names ("c_gcc") that
    must run. Raises `InputError` for an unknown name.
    """
    chosen = list(backends) if backends is not None else all_backends()
    _check_names(require, [*(b.name for b in chosen), GOLDEN])
    bounds = check(bundle.graph)
    signals = stimuli(bundle.graph, bounds, samples, bundle.load_array("golden/stimulus.npy"), seed)
    work = Path(tempfile.mkdtemp(prefix="pimdeploy-verify-"))
    try:
        return _run_all(bundle, signals, chosen, require, work, progress or (lambda *_: None))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def replay_golden(
    bundle: Bundle, golden: Bundle, require: Sequence[str] = (), progress: Progress | None = None
) -> Proof:
    """Replay the golden vectors of the bundle `golden` on every backend of `bundle`; both may be the same."""
    chosen = all_backends()
    _check_names(require, [*(b.name for b in chosen), GOLDEN])
    signals = [Stimulus("golden", golden.load_array("golden/stimulus.npy"))]
    expected = [golden.load_array("golden/expected.npy")]
    work = Path(tempfile.mkdtemp(prefix="pimdeploy-replay-"))
    try:
        return _run_all(bundle, signals, chosen, require, work, progress or (lambda *_: None), expected)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _check_names(require: Sequence[str], known: Sequence[str]) -> None:
    for name in require:
        if not any(k.startswith(name) for k in known):
            raise InputError(f"--require {name}: no such backend; known: {', '.join(known)}")


def _run_all(
    bundle: Bundle,
    signals: list[Stimulus],
    backends: list[Backend],
    require: Sequence[str],
    work: Path,
    progress: Progress,
    expected: list[IntArray] | None = None,
) -> Proof:
    """Compare every backend with `expected`, by default what the NumPy reference makes of `signals`."""
    total = len(backends) + 2
    with ThreadPoolExecutor(max_workers=2) as pool:
        preparing = {b.name: pool.submit(_prepare, b, bundle.path, work / b.name) for b in backends}
        progress(0, total, "NumPy reference")
        reference = NumpyBackend("table")
        _prepare(reference, bundle.path, work / "reference")
        if expected is None:
            expected = [reference.run(s.x_q, BLOCK) for s in signals]
        results = [_golden(bundle, reference)]
        for done, backend in enumerate(backends, 1):
            progress(done, total, backend.name)
            results.append(_one(bundle, backend, preparing[backend.name], reference, signals, expected))
    progress(total, total, "compared")
    missing = [name for name in require if any(r.status == "not_run" and r.name.startswith(name) for r in results)]
    return Proof(sum(s.x_q.shape[1] for s in signals), results, [s.name for s in signals], missing)


def _prepare(backend: Backend, bundle: Path, work: Path) -> str | None:
    reason = backend.unavailable()
    if reason is None:
        work.mkdir(parents=True)
        backend.prepare(bundle, work)
    return reason


def _golden(bundle: Bundle, reference: Backend) -> BackendResult:
    """Replay the committed golden vectors: drift of all backends at once shows here."""
    stimulus, expected = bundle.load_array("golden/stimulus.npy"), bundle.load_array("golden/expected.npy")
    result = BackendResult(GOLDEN, "ok")
    _compare(result, "golden", expected, reference.run(stimulus))
    if result.first is not None:
        nodes, prefix = bundle.load_arrays("golden/nodes.npz"), result.first["sample"] + 1
        cut = min(prefix, next(iter(nodes.values())).shape[1])
        found = locate({k: v[:, :cut] for k, v in nodes.items()}, reference.trace(stimulus[:, :cut]), bundle.graph)
        result.first = {**found.to_json(), "stimulus": "golden"} if found else result.first
    return result


def _one(
    bundle: Bundle,
    backend: Backend,
    prepared: "Future[str | None]",
    reference: Backend,
    signals: list[Stimulus],
    expected: list[IntArray],
) -> BackendResult:
    result = BackendResult(backend.name, "ok")
    try:
        reason = prepared.result()
        if reason is not None:
            return BackendResult(backend.name, "not_run", reason=reason)
        for signal, want in zip(signals, expected, strict=True):
            got = backend.run(signal.x_q, BLOCK if backend.streams else None)
            _compare(result, signal.name, want, got)
            if result.first is not None and result.first.get("node") is None:
                _name_node(bundle, backend, reference, signal, result)
        if backend.streams and result.status == "ok":
            _awkward_blocks(backend, signals, expected, result)
    except PimdeployError as error:
        result.status, result.reason = "mismatch", str(error)
        result.mismatches = max(result.mismatches, 1)
    return result


def _compare(result: BackendResult, stimulus: str, expected: IntArray, got: IntArray) -> None:
    result.samples += expected.shape[1]
    wrong = count_mismatches(expected, got)
    result.mismatches += wrong
    if wrong:
        result.status = "mismatch"
        difference = first_difference(expected, got)
        if result.first is None and difference is not None:
            result.first = {**difference.to_json(), "stimulus": stimulus}


def _name_node(bundle: Bundle, backend: Backend, reference: Backend, signal: Stimulus, result: BackendResult) -> None:
    """Replay the stimulus up to the first difference with every node shown, and put the first that differs in."""
    assert result.first is not None
    x_q = signal.x_q[:, : result.first["sample"] + 1]
    found = locate(reference.trace(x_q), backend.trace(x_q), bundle.graph)
    if found is not None:
        result.first = {**found.to_json(), "stimulus": signal.name}
    else:
        result.first["node"] = bundle.graph.output.name


def _awkward_blocks(backend: Backend, signals: list[Stimulus], expected: list[IntArray], result: BackendResult) -> None:
    share = max(64, AWKWARD_SAMPLES // len(signals))
    for block in AWKWARD_BLOCKS:
        for signal, want in zip(signals, expected, strict=True):
            got = backend.run(signal.x_q[:, :share], block)
            _compare(result, f"{signal.name}, blocks of {block}", want[:, :share], got)
            if result.status == "mismatch":
                return
