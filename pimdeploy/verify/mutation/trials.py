"""One mutant after another against the sound bundle: first the looks that most are killed by, in the end the whole proof.

Every look compares as the proof does (proving.py), and counts only where the sound bundle passes the same look.
"""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import count
from pathlib import Path

from pimdeploy.bundle import Bundle
from pimdeploy.datapath.check import check
from pimdeploy.datapath.intervals import Interval, hull
from pimdeploy.errors import MismatchError, PimdeployError
from pimdeploy.verify.backend import NODE_SAMPLES, Backend, IntArray
from pimdeploy.verify.backends.numpy_reference import NumpyBackend
from pimdeploy.verify.backends.onnx_runtime import OnnxBackend
from pimdeploy.verify.mutation.altered import UnbuiltError, altered_copy, backends_of, prepare, quick_backends_of
from pimdeploy.verify.mutation.equivalence import Verdict, verdict
from pimdeploy.verify.mutation.mutant import Effect, Mutant, Target
from pimdeploy.verify.mutation.outcome import Outcome
from pimdeploy.verify.mutation.reached import Facts
from pimdeploy.verify.proving import BackendResult, Expected, compare_nodes, prove_backend
from pimdeploy.verify.stimuli.signals import Stimulus, each_stimulus, stimuli
from pimdeploy.verify.workers import Once

SHORT_SAMPLES = 2048
EARLY_SAMPLES = 65_536
DATA = (Target.GRAPH, Target.TABLES)


class Look(Enum):
    """How closely a mutant is looked at, the quick looks first. What one does not show, the next may."""

    NODES = "every node on the first samples of each stimulus, SHORT_SAMPLES in all"
    SHORT = "the proof on those samples, blocks included"
    WIDE = "every node on as many samples as a proof compares nodes on"
    EARLY = "the proof on EARLY_SAMPLES"
    ALL = "the proof on all samples"


Differs = Callable[[Look], BackendResult | None]
"""How an altered bundle differs under a look, or None."""


class RememberingOnnx(OnnxBackend):
    """The ONNX file of the sound bundle that mutants of the graph are compared with, all of them on the same samples."""

    def __init__(self) -> None:
        super().__init__("onnx_int", "off")
        self._known: dict[bytes, dict[str, IntArray]] = {}

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """See `Backend.trace`."""
        key = x_q.tobytes()
        if key not in self._known:
            self._known[key] = super().trace(x_q)
        return self._known[key]


@dataclass
class Trials:
    """The sound bundle, its stimuli and what the reference makes of them; and each mutant against them.

    samples: of all stimuli together, which `seed` decides. work: a folder for its files. Several threads may try mutants.
    """

    bundle: Bundle
    samples: int
    seed: int
    work: Path
    _verdicts: dict[tuple[str, str], Once[Verdict]] = field(default_factory=dict)
    _sound: dict[tuple[Target, Look], Once[str | None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.bounds = check(self.bundle.graph)
        self.witness, self.remembering = OnnxBackend("onnx_int", "off"), RememberingOnnx()
        self.capture_q = self.bundle.load_array("golden/stimulus.npy")
        self._folders = count()

    def prepare(self) -> None:
        """Compute what the sound bundle gives."""
        reference = NumpyBackend("table")
        reference.prepare(self.bundle.path, self.work)
        signals = stimuli(self.bundle.graph, self.bounds, self.samples, self.capture_q, self.seed)
        self.expected = Expected(self.bundle.graph, reference, signals)
        self.early, self.short = self.expected.beginning(EARLY_SAMPLES), self.expected.beginning(SHORT_SAMPLES)
        if self.witness.unavailable() is None:
            for one in (self.witness, self.remembering):
                one.prepare(self.bundle.path, self.work)
                one.trace(signals[0].x_q[:, :1])  # what it makes for this is made before there are threads

    @cached_property
    def facts(self) -> Facts:
        """What is known of the sound bundle; in use is what nodes reach where a proof compares them."""
        reached: dict[str, tuple[Interval, ...]] = {}
        for _, trace in self.expected.traced_shares(NODE_SAMPLES):
            for name, values in trace.items():
                met = zip(values.min(axis=1).tolist(), values.max(axis=1).tolist(), strict=True)
                before = reached.get(name, ((0, 0),) * len(values))
                reached[name] = tuple(hull(pair) for pair in zip(met, before, strict=True))
        return Facts(self.bundle.graph, self.bounds, reached)

    def signals_of(self, look: Look) -> Expected:
        """Return the signals of the sound bundle that `look` is on, and what is expected for them."""
        match look:
            case Look.NODES | Look.SHORT:
                return self.short
            case Look.WIDE | Look.ALL:
                return self.expected
            case Look.EARLY:
                return self.early

    def unavailable(self, target: Target) -> str | None:
        """Return why this machine cannot try mutants of `target`, or None."""
        backends = [self.witness] if target in DATA else backends_of(target)
        reasons = [backend.unavailable() or backend.unproven(self.bundle.path) for backend in backends]
        return next((reason for reason in reasons if reason is not None), None)

    def check_sound(self, target: Target, look: Look) -> None:
        """Raise `MismatchError` where the bundle differs without any fault: then nothing would be shown by a difference."""
        with self._lock:
            once = self._sound.setdefault((target, look), Once(lambda: self._differing(target, look)))
        differing = once()
        if differing is not None:
            name = self.bundle.path
            raise MismatchError(f"{name}: {differing} without any fault; run `pimdeploy verify {name}` first")

    def outcome(self, mutant: Mutant) -> Outcome:
        """Return what the proof says of `mutant`.

        A fault of which it can be told what it does is judged when the short looks do not show it: the longer ones follow
        only where it is not shown to be none.
        """
        try:
            with self._altered(mutant) as differs:
                return self._tried(mutant, differs)
        except UnbuiltError as error:
            return Outcome(mutant, "unbuilt", reason=str(error))

    def _tried(self, mutant: Mutant, differs: Differs) -> Outcome:
        found: Verdict | None = None
        for look in Look:
            if look is Look.EARLY and mutant.effect is not None:
                found = self._verdict(mutant, mutant.effect)
                if found.is_equivalent:
                    return Outcome(mutant, "equivalent", reason=found.reason, equivalence=found.proof)
            result = differs(look)
            if result is not None:
                self.check_sound(mutant.target, look)
                return Outcome(mutant, "killed", names(result, mutant), result.name, result.first, result.reason)
        if found is None:
            return Outcome(mutant, "survived")
        return Outcome(mutant, "unreached" if found.is_out_of_reach else "survived", reason=found.reason)

    def _verdict(self, mutant: Mutant, effect: Effect) -> Verdict:
        key = (mutant.node, mutant.what)
        reached = self.facts.reached[effect.source]
        with self._lock:  # of the same fault in every file it is the same, and may take minutes
            once = self._verdicts.setdefault(
                key, Once(lambda: verdict(effect, self.bundle.graph, self.bounds, reached))
            )
        return once()

    @contextmanager
    def _altered(self, mutant: Mutant) -> Iterator[Differs]:
        """Make the altered bundle for as long as it is looked at."""
        folder = self.work / f"mutant{next(self._folders)}"
        try:
            altered_copy(self.bundle.path, folder / "bundle", mutant.files())
            yield self._looking(mutant.target, folder / "bundle", folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _differing(self, target: Target, look: Look) -> str | None:
        folder = self.work / f"sound_{target.value}_{look.name}"
        try:
            folder.mkdir()
            result = self._looking(target, self.bundle.path, folder)(look)
        except UnbuiltError as error:
            return f"{error};"
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return None if result is None else f"{result.name} differs"

    def _looking(self, target: Target, bundle: Path, folder: Path) -> Differs:
        if target in DATA:
            return _DataTrial(self, Bundle(bundle, self.bundle.manifest), folder)
        return _FileTrial(self, target, bundle, folder)


@dataclass
class _FileTrial:
    """A bundle with an altered C or ONNX file: what reads that file against the sound reference."""

    trials: Trials
    target: Target
    bundle: Path
    folder: Path
    _ready: dict[bool, list[Backend]] = field(default_factory=dict)

    def __call__(self, look: Look) -> BackendResult | None:
        """Return how the first backend that differs does, or None."""
        expected = self.trials.signals_of(look)
        for backend in self._backends(whole=look is Look.ALL):
            result = (_of_nodes if look in (Look.NODES, Look.WIDE) else _proved)(backend, expected)
            if result.status == "mismatch":
                return result
        return None

    def _backends(self, *, whole: bool) -> Iterator[Backend]:
        """Yield each that reads the file, made ready when it is asked for; for the `whole` proof as that has them."""
        ready = self._ready.setdefault(whole, [])
        yield from ready
        made = backends_of(self.target) if whole else quick_backends_of(self.target)
        for backend in made[len(ready) :]:
            prepare(backend, self.bundle, self.folder / f"{backend.name}{'_whole' * whole}")
            ready.append(backend)
            yield backend


@dataclass
class _DataTrial:
    """A bundle with an altered graph or table: a sound ONNX file against the reference, which follows what is altered.

    All but the last look are on the stimuli of the sound bundle, which need no search; that is on those which the altered
    graph itself leads to.
    """

    trials: Trials
    bundle: Bundle
    folder: Path

    def __call__(self, look: Look) -> BackendResult | None:
        """Return how the two differ, or None."""
        reference = NumpyBackend("table")
        try:
            check(self.bundle.graph)
            reference.prepare(self.bundle.path, self.folder)
            match look:
                case Look.NODES | Look.WIDE:
                    return self._compared(reference, look, self.trials.remembering)
                case Look.SHORT:
                    return None  # a longer look follows at once, and costs little
                case Look.EARLY:
                    return self._compared(reference, look, self.trials.witness)
                case Look.ALL:
                    return self._proof(reference)
        except PimdeployError as error:
            return BackendResult("refused", "mismatch", reason=str(error))

    def _compared(self, reference: NumpyBackend, look: Look, witness: OnnxBackend) -> BackendResult | None:
        sound = self.trials.signals_of(look)
        if look is Look.EARLY:
            result = _proved(witness, Expected(self.bundle.graph, reference, sound.signals))
        else:
            result = _of_nodes(witness, Expected(self.bundle.graph, reference, sound.signals, sound.outputs))
        return result if result.status == "mismatch" else None

    def _proof(self, reference: NumpyBackend) -> BackendResult | None:
        """Compare on the stimuli that the altered graph leads to, one by one."""
        for signal in self._stimuli():
            result = _proved(self.trials.witness, Expected(self.bundle.graph, reference, [signal]))
            if result.status == "mismatch":
                return result
        return None

    def _stimuli(self) -> Iterator[Stimulus]:
        graph, sound = self.bundle.graph, self.trials
        return each_stimulus(graph, check(graph), sound.samples, sound.capture_q, sound.seed)


def _proved(backend: Backend, expected: Expected) -> BackendResult:
    """Return how `backend` differs on the signals of `expected`, up to the first that does, as the proof compares them."""
    return prove_backend(backend, lambda: None, expected, to_first=True)


def _of_nodes(backend: Backend, expected: Expected) -> BackendResult:
    """Return how the nodes of `backend` differ on the signals of `expected`; one that stops is left to a closer look."""
    result = BackendResult(backend.name, "ok")
    try:
        compare_nodes(backend, expected, result)
    except MismatchError:
        return BackendResult(backend.name, "ok")
    return result


def names(result: BackendResult, mutant: Mutant) -> bool:
    """Return whether the first difference, or the one line of an error, names the mutant's node."""
    if result.first is not None:
        return result.first["node"] in mutant.named_by
    nodes = "|".join(re.escape(name) for name in mutant.named_by)
    return re.search(rf"\bnode '?({nodes})\b|'({nodes})'|\btable ({nodes})\.", result.reason or "") is not None
