"""The proof: every backend on every stimulus, against the NumPy fixed-point reference, to the last bit."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pimdeploy.bundle import Bundle
from pimdeploy.datapath.check import check
from pimdeploy.defaults import PROOF_SAMPLES
from pimdeploy.errors import InputError, PimdeployError
from pimdeploy.progress import StepProgress
from pimdeploy.verify.backend import Backend, IntArray
from pimdeploy.verify.backend_c import CBackend, c_backends
from pimdeploy.verify.backend_emx import EmxBackend
from pimdeploy.verify.backend_network import NetworkBackend
from pimdeploy.verify.backend_numpy import NumpyBackend, numpy_backends
from pimdeploy.verify.backend_onnx import onnx_backends
from pimdeploy.verify.backend_onnx_state import onnx_state_backends
from pimdeploy.verify.backend_qonnx import QonnxBackend
from pimdeploy.verify.comparison import count_mismatches, first_difference, locate
from pimdeploy.verify.stimuli import Stimulus, stimuli

Status = Literal["ok", "mismatch", "not_run"]

BLOCK = 8192
GOLDEN = "golden_vectors"
REPLAYED = "golden"
"""Name of the stimulus that golden vectors are."""


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
    onnx = [*onnx_backends(), *onnx_state_backends(), QonnxBackend(), EmxBackend()]
    return [*numpy_backends(), NetworkBackend(), *onnx, *c_backends()]


def verify(
    bundle: Bundle,
    samples: int = PROOF_SAMPLES,
    seed: int = 1,
    require: Sequence[str] = (),
    progress: StepProgress | None = None,
    backends: Sequence[Backend] | None = None,
) -> Proof:
    """Run every backend on every stimulus and compare with the NumPy reference. A missing tool is `not_run`.

    samples: total over all stimuli. require: names of backends ("c_gcc_O3_table") or beginnings of names ("c_gcc") that
    must run. Raises `InputError` for an unknown name.
    """
    check_require(require, backends)
    chosen = list(backends) if backends is not None else all_backends()
    bounds = check(bundle.graph)
    signals = stimuli(bundle.graph, bounds, samples, bundle.load_array("golden/stimulus.npy"), seed)
    work = Path(tempfile.mkdtemp(prefix="pimdeploy-verify-"))
    try:
        return _run_all(bundle, bundle, signals, chosen, require, work, progress or (lambda *_: None))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def replay_golden(
    bundle: Bundle,
    golden: Bundle,
    require: Sequence[str] = (),
    progress: StepProgress | None = None,
    backends: Sequence[Backend] | None = None,
) -> Proof:
    """Replay the golden vectors of the bundle `golden` on every backend of `bundle`; both may be the same."""
    check_require(require, backends)
    chosen = list(backends) if backends is not None else all_backends()
    signals = [Stimulus(REPLAYED, golden.load_array("golden/stimulus.npy"))]
    expected = [golden.load_array("golden/expected.npy")]
    work = Path(tempfile.mkdtemp(prefix="pimdeploy-replay-"))
    try:
        return _run_all(bundle, golden, signals, chosen, require, work, progress or (lambda *_: None), expected)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def check_require(require: Sequence[str], backends: Sequence[Backend] | None = None) -> None:
    """Raise `InputError` for a name in `require` that begins no backend's name."""
    known = [*(b.name for b in (all_backends() if backends is None else backends)), GOLDEN]
    for name in require:
        if not any(k.startswith(name) for k in known):
            raise InputError(f"--require {name}: no such backend; known: {', '.join(known)}")


def _run_all(
    bundle: Bundle,
    golden: Bundle,
    signals: list[Stimulus],
    backends: list[Backend],
    require: Sequence[str],
    work: Path,
    progress: StepProgress,
    expected: list[IntArray] | None = None,
) -> Proof:
    """Compare every backend with `expected`, by default what the NumPy reference makes of `signals`.

    golden: whose golden vectors the reference has to reproduce.
    """
    total = len(backends) + 2
    with ThreadPoolExecutor(max_workers=2) as pool:
        preparing = {b.name: _preparing(b, bundle.path, work / b.name, pool) for b in backends}
        progress(0, total, "NumPy reference")
        reference = NumpyBackend("table")
        _prepare(reference, bundle.path, work / "reference")
        if expected is None:
            expected = [reference.run(s.x_q, BLOCK) for s in signals]
        results = [_golden(golden, reference)]
        for done, backend in enumerate(backends, 1):
            progress(done, total, backend.name)
            share = _share(backend, golden, signals, expected)
            result = prove_backend(bundle, backend, preparing[backend.name], reference, *share)
            if result.first is not None and result.first["node"] is None:
                # The reference differs from what was expected in the same way: golden vectors know its first node.
                result.first |= results[0].first or {}
            results.append(result)
    progress(total, total, "compared")
    missing = [name for name in require if any(r.status == "not_run" and r.name.startswith(name) for r in results)]
    return Proof(sum(s.x_q.shape[1] for s in signals), results, [s.name for s in signals], missing)


def _share(
    backend: Backend, golden: Bundle, signals: list[Stimulus], expected: list[IntArray]
) -> tuple[list[Stimulus], list[IntArray]]:
    """Return what `backend` runs: all signals, and before them the golden vectors where it replays them."""
    if not backend.replays_golden or [signal.name for signal in signals] == [REPLAYED]:
        return signals, expected
    stimulus, output = golden.load_array("golden/stimulus.npy"), golden.load_array("golden/expected.npy")
    return [Stimulus(REPLAYED, stimulus), *signals], [output, *expected]


def _preparing(backend: Backend, bundle: Path, work: Path, pool: ThreadPoolExecutor) -> Callable[[], str | None]:
    """Return what waits for `_prepare`. Compilers run beside everything else; the rest is prepared when its turn comes.

    Libraries such as torch are thus imported by one thread: what they do while imported is not all safe beside others.
    """
    if isinstance(backend, CBackend | EmxBackend):
        return pool.submit(_prepare, backend, bundle, work).result
    return lambda: _prepare(backend, bundle, work)


def _prepare(backend: Backend, bundle: Path, work: Path) -> str | None:
    reason = backend.unavailable() or backend.unproven(bundle)
    if reason is None:
        work.mkdir(parents=True)
        backend.prepare(bundle, work)
    return reason


def _golden(golden: Bundle, reference: Backend) -> BackendResult:
    """Replay the golden vectors, their nodes included: drift of all backends at once shows here."""
    stimulus, expected = golden.load_array("golden/stimulus.npy"), golden.load_array("golden/expected.npy")
    result = BackendResult(GOLDEN, "ok")
    try:
        _compare(result, REPLAYED, expected, reference.run(stimulus))
        nodes = golden.load_arrays("golden/nodes.npz")
        prefix = max((values.shape[1] for values in nodes.values()), default=0)
        found = locate(nodes, reference.trace(stimulus[:, :prefix]), golden.graph)
    except PimdeployError as error:
        return BackendResult(GOLDEN, "mismatch", mismatches=1, reason=str(error))
    if found is not None:
        result.status, result.mismatches = "mismatch", max(result.mismatches, 1)
        result.first = {**found.to_json(), "stimulus": REPLAYED}
    elif result.first is not None:
        result.first["node"] = golden.graph.output.name  # it first shows behind the prefix whose nodes are known
    return result


def prove_backend(
    bundle: Bundle,
    backend: Backend,
    prepared: Callable[[], str | None],
    reference: Backend,
    signals: list[Stimulus],
    expected: list[IntArray],
    *,
    to_first: bool = False,
) -> BackendResult:
    """Compare `backend` on every one of `signals` with `expected`, the outputs [channels, n] of `reference`.

    prepared: makes the backend ready, and returns why it cannot run, or None. to_first: stop at the first signal that
    differs.
    """
    result = BackendResult(backend.name, "ok")
    try:
        reason = prepared()
        if reason is not None:
            return BackendResult(backend.name, "not_run", reason=reason)
        share = None if backend.most_samples is None else max(64, backend.most_samples // len(signals))
        for signal, whole in zip(signals, expected, strict=True):
            most = None if signal.name == REPLAYED else share
            x_q, want = signal.x_q[:, :most], whole[:, :most]
            got = backend.run(x_q, BLOCK if backend.streams else None)
            _compare(result, signal.name, want, got)
            if result.first is not None and result.first["stimulus"] == signal.name:
                _name_node(bundle, backend, reference, signal, want, result)
                if to_first:
                    return result
        if result.status == "ok":
            _compare_nodes(bundle, backend, reference, signals, result)
        if backend.streams and result.status == "ok":
            _awkward_blocks(bundle, backend, reference, signals, expected, result)
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


def _name_node(
    bundle: Bundle, backend: Backend, reference: Backend, signal: Stimulus, want: IntArray, result: BackendResult
) -> None:
    """Replay the stimulus up to the first difference with every node shown, and put the first that differs in."""
    assert result.first is not None
    cut = result.first["sample"] + 1
    trace = reference.trace(signal.x_q[:, :cut])
    found = locate(trace, backend.trace(signal.x_q[:, :cut]), bundle.graph)
    output = bundle.graph.output.name
    if found is not None:
        result.first = {**found.to_json(), "stimulus": signal.name}
    elif not count_mismatches(want[:, :cut], trace[output]):
        result.first["node"] = output  # a state that only a long run spoils


def _compare_nodes(
    bundle: Bundle, backend: Backend, reference: Backend, signals: list[Stimulus], result: BackendResult
) -> None:
    """Compare every node that `backend` shows, where all outputs agree: two faults of a backend may hide each other."""
    left = backend.node_samples
    for signal in signals:
        x_q = signal.x_q[:, :left]
        left -= x_q.shape[1]
        if x_q.shape[1]:
            found = locate(reference.trace(x_q), backend.trace(x_q), bundle.graph)
            if found is not None:
                result.status, result.mismatches = "mismatch", 1
                result.first = {**found.to_json(), "stimulus": signal.name}
                return


def _awkward_blocks(
    bundle: Bundle,
    backend: Backend,
    reference: Backend,
    signals: list[Stimulus],
    expected: list[IntArray],
    result: BackendResult,
) -> None:
    share = max(64, backend.awkward_samples // len(signals))
    for block in backend.awkward_blocks:
        for signal, want in zip(signals, expected, strict=True):
            x_q = signal.x_q[:, :share]
            cut = Stimulus(f"{signal.name}, blocks of {block or 'unequal lengths'}", x_q)
            _compare(result, cut.name, want[:, :share], backend.run(x_q, block))
            if result.first is not None:
                _name_state(bundle, backend, reference, cut, block, result)
                return


def _name_state(
    bundle: Bundle, backend: Backend, reference: Backend, signal: Stimulus, block: int | None, result: BackendResult
) -> None:
    """Put the first node that differs in, the whole signal agreeing: the one that reads a state which blocks spoil."""
    assert result.first is not None
    x_q = signal.x_q[:, : result.first["sample"] + 1]
    found = locate(reference.trace(x_q), backend.trace_in_blocks(x_q, block), bundle.graph)
    result.first["node"] = bundle.graph.output.name
    if found is not None:
        result.first = {**found.to_json(), "stimulus": signal.name}
