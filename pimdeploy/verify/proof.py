"""The proof: every backend on every stimulus, against the NumPy fixed-point reference, to the last bit."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pimdeploy.bundle import Bundle
from pimdeploy.datapath.check import check
from pimdeploy.defaults import PROOF_SAMPLES
from pimdeploy.errors import InputError, PimdeployError
from pimdeploy.progress import StepProgress
from pimdeploy.verify.backend import Backend, IntArray
from pimdeploy.verify.backends.arm import ArmBackend, arm_backends
from pimdeploy.verify.backends.brevitas_network import NetworkBackend
from pimdeploy.verify.backends.c_code import CBackend, c_backends
from pimdeploy.verify.backends.emx_c import EmxBackend
from pimdeploy.verify.backends.numpy_reference import NumpyBackend, numpy_backends
from pimdeploy.verify.backends.onnx_runtime import onnx_backends
from pimdeploy.verify.backends.onnx_stream import onnx_state_backends
from pimdeploy.verify.backends.qonnx_executor import QonnxBackend
from pimdeploy.verify.comparison import locate
from pimdeploy.verify.proving import REPLAYED, BackendResult, Expected, compare, prove_backend
from pimdeploy.verify.stimuli.coverage import Coverage, coverage
from pimdeploy.verify.stimuli.signals import Stimulus, stimuli
from pimdeploy.verify.workers import Once, T, Workers, one_blas_thread

GOLDEN = "golden_vectors"


@dataclass
class Proof:
    """The outcome of `verify`. `samples` is the total over the stimuli; `missing` names required backends not run."""

    samples: int
    backends: list[BackendResult]
    stimuli: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    coverage: Coverage | None = None
    """What the stimuli reach inside the graph; None where golden vectors were replayed."""

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
            **(self.coverage.to_json() if self.coverage else {}),
        }


def all_backends() -> list[Backend]:
    """Return every backend that pimdeploy knows, whether or not this machine has it."""
    onnx = [*onnx_backends(), *onnx_state_backends(), QonnxBackend(), EmxBackend()]
    return [*numpy_backends(), NetworkBackend(), *onnx, *c_backends(), *arm_backends()]


def backends_for(require: Sequence[str]) -> list[Backend]:
    """Return the backends that a proof runs: of emulated processors and second looks those that are required by name."""
    return [b for b in all_backends() if not _is_extra(b) or any(map(b.name.startswith, require))]


def _is_extra(backend: Backend) -> bool:
    return isinstance(backend, ArmBackend) or (isinstance(backend, CBackend) and backend.is_second_look)


def verify(
    bundle: Bundle,
    samples: int = PROOF_SAMPLES,
    seed: int = 1,
    require: Sequence[str] = (),
    progress: StepProgress | None = None,
    backends: Sequence[Backend] | None = None,
    jobs: int | None = None,
    signals: Callable[[], Sequence[Stimulus]] | None = None,
) -> Proof:
    """Run every backend on every stimulus and compare with the NumPy reference. A missing tool is `not_run`.

    samples: total over all stimuli. require: names of backends ("c_gcc_O3_table") or beginnings of names ("c_gcc") that
    must run; emulated processors ("arm_cortex_m4") and the other compiler's sanitizers on a form run only where they are
    required. jobs: backends at a time, by default as many as there are processors. signals: gives the stimuli where several
    proofs of a bundle share them, by default `stimuli_of`. Raises `InputError` for an unknown name.
    """
    check_require(require, backends)
    chosen = list(backends) if backends is not None else backends_for(require)
    bounds = check(bundle.graph)

    def expected(reference: Backend) -> Expected:
        return Expected(bundle.graph, reference, signals() if signals else stimuli_of(bundle, samples, seed))

    with _Run(bundle, bundle, chosen, jobs, progress) as run:
        run.start(expected)
        reached = run.beside(lambda: coverage(bundle.graph, bounds, run.expected.signals))
        proof = run.proof(require)
        proof.coverage = reached()
    return proof


def stimuli_of(bundle: Bundle, samples: int = PROOF_SAMPLES, seed: int = 1) -> list[Stimulus]:
    """Return the stimuli of a proof of `bundle`, `samples` in all: its golden stimulus is the capture."""
    capture = bundle.load_array("golden/stimulus.npy")
    return stimuli(bundle.graph, check(bundle.graph), samples, capture, seed)


def replay_golden(
    bundle: Bundle,
    golden: Bundle,
    require: Sequence[str] = (),
    progress: StepProgress | None = None,
    backends: Sequence[Backend] | None = None,
    jobs: int | None = None,
) -> Proof:
    """Replay the golden vectors of the bundle `golden` on every backend of `bundle`; both may be the same."""
    check_require(require, backends)
    chosen = list(backends) if backends is not None else backends_for(require)
    stimulus, output = _golden_vectors(golden)
    with _Run(bundle, golden, chosen, jobs, progress) as run:
        run.start(lambda reference: Expected(bundle.graph, reference, [stimulus], [output]))
        return run.proof(require)


def check_require(require: Sequence[str], backends: Sequence[Backend] | None = None) -> None:
    """Raise `InputError` for a name in `require` that begins no backend's name."""
    known = [*(b.name for b in (all_backends() if backends is None else backends)), GOLDEN]
    for name in require:
        if not any(k.startswith(name) for k in known):
            raise InputError(f"--require {name}: no such backend; known: {', '.join(known)}")


COMPILED = CBackend | ArmBackend
"""Backends that are programs of their own: made ready and run beside everything else. Those that import libraries such as
torch run in the thread that called, one after another: what these do while imported is not all safe beside others."""


class _Run:
    """One proof while it runs: what is made ready, what is compared, and by whom. A context that leaves nothing behind.

    golden: whose golden vectors the reference has to reproduce.
    """

    def __init__(
        self, bundle: Bundle, golden: Bundle, backends: list[Backend], jobs: int | None, progress: StepProgress | None
    ) -> None:
        self._bundle, self._golden, self._backends = bundle, golden, backends
        self._told, self._step = progress or (lambda *_: None), -1
        self._work = Path(tempfile.mkdtemp(prefix="pimdeploy-verify-"))
        self._workers = Workers(jobs)

    def __enter__(self) -> "_Run":
        self._blas = one_blas_thread()
        self._blas.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._workers.close()
        self._blas.__exit__(None, None, None)
        shutil.rmtree(self._work, ignore_errors=True)

    def start(self, expected: Callable[[Backend], Expected]) -> None:
        """Have every backend made ready, and compute what is `expected` of them, from the reference."""
        self._ready = {one.name: self._later(one, self._preparing(one)) for one in self._backends}
        self._tell("stimuli and NumPy reference")
        self._reference = NumpyBackend("table")
        _prepare(self._reference, self._bundle.path, self._work / "reference")
        self.expected = expected(self._reference)
        self._drift = _replayed(self._golden, self._reference)
        self._proved = {one.name: self._later(one, self._proving(one)) for one in self._backends}

    def beside(self, work: Callable[[], Coverage]) -> Once[Coverage]:
        """Return `work`, done by whoever is free first."""
        return self._workers.later(work)

    def proof(self, require: Sequence[str]) -> Proof:
        """Return the proof when every backend is compared: the results in the order of the backends."""
        for own in (one for one in self._backends if not isinstance(one, COMPILED)):
            self._proved[own.name]()
        for left in reversed(self._backends):  # the workers begin at the other end
            self._proved[left.name]()
        results = [self._drift, *(self._proved[one.name]() for one in self._backends)]
        self._tell("compared")
        missing = [name for name in require if any(r.status == "not_run" and r.name.startswith(name) for r in results)]
        signals = self.expected.signals
        return Proof(sum(s.x_q.shape[1] for s in signals), results, [s.name for s in signals], missing)

    def _later(self, backend: Backend, work: Callable[[], T]) -> Once[T]:
        return self._workers.later(work) if isinstance(backend, COMPILED) else Once(work)

    def _preparing(self, backend: Backend) -> Callable[[], str | None]:
        return lambda: _prepare(backend, self._bundle.path, self._work / backend.name)

    def _proving(self, backend: Backend) -> Callable[[], BackendResult]:
        def prove() -> BackendResult:
            self._tell(backend.name)
            expected = self.expected
            if backend.replays_golden and [signal.name for signal in expected.signals] != [REPLAYED]:
                expected = expected.before(*_golden_vectors(self._golden))
            result = prove_backend(backend, self._ready[backend.name], expected)
            if result.first is not None and result.first["node"] is None:
                # The reference differs from what was expected in the same way: golden vectors know its first node.
                result.first |= self._drift.first or {}
            return result

        return prove

    def _tell(self, text: str) -> None:
        with self._workers.lock:
            self._step += 1
            self._told(self._step, len(self._backends) + 1, text)


def _golden_vectors(golden: Bundle) -> tuple[Stimulus, IntArray]:
    return Stimulus(REPLAYED, golden.load_array("golden/stimulus.npy")), golden.load_array("golden/expected.npy")


def _prepare(backend: Backend, bundle: Path, work: Path) -> str | None:
    reason = backend.unavailable() or backend.unproven(bundle)
    if reason is None:
        work.mkdir(parents=True)
        backend.prepare(bundle, work)
    return reason


def _replayed(golden: Bundle, reference: Backend) -> BackendResult:
    """Replay the golden vectors, their nodes included: drift of all backends at once shows here."""
    stimulus, expected = _golden_vectors(golden)
    result = BackendResult(GOLDEN, "ok")
    try:
        compare(result, REPLAYED, expected, reference.run(stimulus.x_q))
        nodes = golden.load_arrays("golden/nodes.npz")
        prefix = max((values.shape[1] for values in nodes.values()), default=0)
        found = locate(nodes, reference.trace(stimulus.x_q[:, :prefix]), golden.graph)
    except PimdeployError as error:
        return BackendResult(GOLDEN, "mismatch", mismatches=1, reason=str(error))
    if found is not None:
        result.status, result.mismatches = "mismatch", max(result.mismatches, 1)
        result.first = {**found.to_json(), "stimulus": REPLAYED}
    elif result.first is not None:
        result.first["node"] = golden.graph.output.name  # it first shows behind the prefix whose nodes are known
    return result
