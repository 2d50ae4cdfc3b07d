"""Every mutant of a bundle through the proof: what `pimdeploy verify --mutate` does (docs/mutation.md)."""

import difflib
import random
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count
from pathlib import Path

from pimdeploy.bundle import Bundle
from pimdeploy.datapath.check import check
from pimdeploy.datapath.intervals import Interval, hull
from pimdeploy.defaults import PROOF_SAMPLES
from pimdeploy.errors import InputError, MismatchError, PimdeployError
from pimdeploy.progress import StepProgress
from pimdeploy.verify.backend import NODE_SAMPLES, Backend
from pimdeploy.verify.backend_c import COMPILERS, FORMS, CBackend
from pimdeploy.verify.backends.numpy_reference import NumpyBackend
from pimdeploy.verify.backends.onnx_runtime import OnnxBackend
from pimdeploy.verify.backends.onnx_stream import OnnxStateBackend
from pimdeploy.verify.mutation.equivalence import Verdict, verdict
from pimdeploy.verify.mutation.in_c import c_mutants
from pimdeploy.verify.mutation.in_data import data_mutants
from pimdeploy.verify.mutation.in_onnx import onnx_mutants
from pimdeploy.verify.mutation.mutant import KINDS, ONNX_FILES, Effect, Kind, Mutant, Target
from pimdeploy.verify.mutation.onnx_file import OnnxFile
from pimdeploy.verify.mutation.outcome import Mutation, Outcome
from pimdeploy.verify.mutation.reached import Facts
from pimdeploy.verify.proving import BackendResult, Expected, prove_backend
from pimdeploy.verify.stimuli.signals import each_stimulus, stimuli
from pimdeploy.verify.workers import processors

ALL = "all"
EARLY_SAMPLES = 65_536
"""Samples of all stimuli together, the beginning of each, after which a fault that they do not show is judged."""


def kinds_of(names: Sequence[str]) -> set[Kind]:
    """Return the kinds called `names`, all of them for "all". Raises `InputError` for an unknown name."""
    known = [ALL, *(kind.value for kind in KINDS)]
    for name in names or [""]:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise InputError(f"--mutate {name}: no such kind of fault; did you mean {near}? known: {', '.join(known)}")
    return set(KINDS) if ALL in names else {Kind(name) for name in names}


def mutate(
    bundle: Bundle,
    kinds: Collection[Kind] = frozenset(KINDS),
    samples: int = PROOF_SAMPLES,
    seed: int = 1,
    most: int | None = None,
    progress: StepProgress | None = None,
    jobs: int | None = None,
) -> Mutation:
    """Put each fault of `kinds` into a copy of `bundle`, one at a time, and let the proof of `samples` samples find it.

    most: so many mutants at most, chosen by `seed`, which also decides the stimuli. Each ends at its first difference. jobs:
    mutants at a time, by default as many as there are processors.
    """
    started = time.monotonic()
    work = Path(tempfile.mkdtemp(prefix="pimdeploy-mutate-"))
    try:
        run = _Campaign(bundle, samples, seed, work)
        run.prepare()
        mutants, not_run = _mutants(bundle, run, kinds)
        chosen = mutants if most is None or most >= len(mutants) else _sample(mutants, most, seed)
        outcomes = _all(run, chosen, progress or (lambda *_: None), jobs or processors())
        return Mutation(outcomes, len(mutants), samples, time.monotonic() - started, not_run)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sample(mutants: list[Mutant], most: int, seed: int) -> list[Mutant]:
    places = sorted(random.Random(seed).sample(range(len(mutants)), most))
    return [mutants[place] for place in places]


def _mutants(bundle: Bundle, run: "_Campaign", kinds: Collection[Kind]) -> tuple[list[Mutant], dict[Target, str]]:
    """Return every mutant that this machine can try, and why it cannot try those of other targets."""
    found: list[Mutant] = []
    not_run: dict[Target, str] = {}
    for target, make in _makers(bundle, run).items():
        reason = run.unavailable(target)
        if reason is None:
            run.check_sound(target)
            found += [mutant for mutant in make() if mutant.kind in kinds]
        else:
            not_run[target] = reason
    return found, not_run


def _makers(bundle: Bundle, run: "_Campaign") -> dict[Target, Callable[[], Iterator[Mutant]]]:
    facts = run.facts

    def data(target: Target) -> Iterator[Mutant]:
        return (mutant for mutant in data_mutants(facts) if mutant.target is target)

    def onnx(target: Target) -> Iterator[Mutant]:
        return onnx_mutants(target, OnnxFile.load(bundle.path / ONNX_FILES[target]), facts)

    return {
        Target.GRAPH: lambda: data(Target.GRAPH),
        Target.TABLES: lambda: data(Target.TABLES),
        Target.C: lambda: c_mutants(bundle.path / "c", facts),
        **{target: partial(onnx, target) for target in ONNX_FILES},
    }


def _all(run: "_Campaign", mutants: list[Mutant], progress: StepProgress, jobs: int) -> list[Outcome]:
    """Return the outcomes in the order of `mutants`, `jobs` of which are tried at a time."""
    progress(0, len(mutants), "first mutants")
    found: dict[int, Outcome] = {}
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        places = {pool.submit(run.outcome, mutant): place for place, mutant in enumerate(mutants)}
        try:
            for job in as_completed(places):
                found[places[job]] = job.result()
                lost = sum(one.status == "survived" for one in found.values())
                text = f"{mutants[places[job]].title}" + (f"; {lost} survived" if lost else "")
                progress(len(found), len(mutants), text)
        finally:
            pool.shutdown(cancel_futures=True)
    return [found[place] for place in range(len(mutants))]


@dataclass
class _Campaign:
    """The sound bundle, its stimuli and what the reference makes of them; and each mutant against them."""

    bundle: Bundle
    samples: int
    seed: int
    work: Path

    def __post_init__(self) -> None:
        self.bounds = check(self.bundle.graph)
        self.witness = OnnxBackend("onnx_int", "off")
        self._capture = self.bundle.load_array("golden/stimulus.npy")
        self._folders = count()
        self._verdicts: dict[tuple[str, str], Verdict] = {}
        self._verdicts_lock = threading.Lock()

    def prepare(self) -> None:
        """Compute what the sound bundle gives."""
        reference = NumpyBackend("table")
        reference.prepare(self.bundle.path, self.work)
        signals = stimuli(self.bundle.graph, self.bounds, self.samples, self._capture, self.seed)
        self.expected = Expected(self.bundle.graph, reference, signals)
        self.early = self.expected.beginning(EARLY_SAMPLES)
        if self.witness.unavailable() is None:
            self.witness.prepare(self.bundle.path, self.work)
            self.witness.trace(signals[0].x_q[:, :1])  # what it makes for this is made before there are threads

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

    def unavailable(self, target: Target) -> str | None:
        """Return why this machine cannot try mutants of `target`, or None."""
        backends = [self.witness] if target in (Target.GRAPH, Target.TABLES) else _backends(target)
        reasons = [backend.unavailable() or backend.unproven(self.bundle.path) for backend in backends]
        return next((reason for reason in reasons if reason is not None), None)

    def check_sound(self, target: Target) -> None:
        """Raise `MismatchError` where the bundle differs without any fault: then nothing would be shown by a difference."""
        folder = self.work / f"sound_{target.value}"
        try:
            result = self._of_backends(self.bundle.path, _backends(target), folder, self.early)
        except _UnbuiltError as error:
            raise MismatchError(f"{self.bundle.path}: {error}") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if result is not None:
            name = self.bundle.path
            raise MismatchError(f"{name}: {result.name} differs without any fault; run `pimdeploy verify {name}` first")

    def outcome(self, mutant: Mutant) -> Outcome:
        """Return what the proof says of `mutant`.

        A fault of which it can be told what it does is judged when the beginnings of all stimuli do not show it: the rest of
        them follows only where it is not shown to be none.
        """
        folder = self.work / f"mutant{next(self._folders)}"
        altered_copy(self.bundle.path, folder / "bundle", mutant.files())
        try:
            result = self._proved(mutant, folder, self.early if mutant.effect else self.expected)
            if result is None and mutant.effect:
                found = self._verdict(mutant, mutant.effect)
                if found.is_equivalent:
                    return Outcome(mutant, "equivalent", reason=found.reason)
                if self.early.samples < self.expected.samples:
                    result = self._proved(mutant, folder, self.expected)
                if result is None:
                    return Outcome(mutant, "unreached" if found.is_out_of_reach else "survived", reason=found.reason)
        except _UnbuiltError as error:
            return Outcome(mutant, "unbuilt", reason=str(error))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if result is None:
            return Outcome(mutant, "survived")
        return Outcome(mutant, "killed", _names(result, mutant), result.name, result.first, result.reason)

    def _verdict(self, mutant: Mutant, effect: Effect) -> Verdict:
        key = (mutant.node, mutant.what)
        with self._verdicts_lock:  # of the same fault in every file it is the same, and may take minutes
            if key not in self._verdicts:
                reached = self.facts.reached[effect.source]
                self._verdicts[key] = verdict(effect, self.bundle.graph, self.bounds, reached)
            return self._verdicts[key]

    def _proved(self, mutant: Mutant, folder: Path, expected: Expected) -> BackendResult | None:
        """Return how the altered bundle in `folder` differs, or None."""
        if mutant.target in (Target.GRAPH, Target.TABLES):
            return self._of_data(folder / "bundle", expected.samples)
        work = folder / f"{expected.samples}"
        return self._of_backends(folder / "bundle", _backends(mutant.target), work, expected)

    def _of_backends(
        self, bundle: Path, backends: list[Backend], work: Path, expected: Expected
    ) -> BackendResult | None:
        """Return the result of the first of `backends` that differs, each made from the files of `bundle`."""
        for backend in backends:
            _prepare(backend, bundle, work / backend.name)
            result = prove_backend(backend, lambda: None, expected, to_first=True)
            if result.status == "mismatch":
                return result
        return None

    def _of_data(self, path: Path, samples: int) -> BackendResult | None:
        """Return how an ONNX file of the sound bundle differs from the reference of the altered one at `path`.

        The stimuli are those of the altered graph, as in a proof of it, made one by one: most mutants need the first ones.
        """
        bundle, reference = Bundle(path, self.bundle.manifest), NumpyBackend("table")
        try:
            bounds = check(bundle.graph)
            reference.prepare(path, self.work)
            for signal in each_stimulus(bundle.graph, bounds, samples, self._capture, self.seed):
                expected = Expected(bundle.graph, reference, [signal])
                result = prove_backend(self.witness, lambda: None, expected, to_first=True)
                if result.status == "mismatch":
                    return result
        except PimdeployError as error:
            return BackendResult("refused", "mismatch", reason=str(error))
        return None


def _backends(target: Target) -> list[Backend]:
    """Return the backends of the proof that read the file `target`: the fewest that together see all of it."""
    match target:
        case Target.C:
            compiler = next((c for c in COMPILERS if shutil.which(c)), COMPILERS[0])
            return [CBackend(compiler, "O0", form) for form in FORMS]
        case Target.ONNX_INT_STATE | Target.ONNX_F64_STATE:
            return [OnnxStateBackend(target.value, "off")]
        case Target.ONNX_INT | Target.ONNX_INT_BASIS | Target.ONNX_F64:
            return [OnnxBackend(target.value, "off")]
        case Target.GRAPH | Target.TABLES:
            return [NumpyBackend("table")]


class _UnbuiltError(Exception):
    """An altered file is refused by a compiler or a runtime: a fault of this package, not one that the proof found."""


def _prepare(backend: Backend, bundle: Path, work: Path) -> None:
    work.mkdir(parents=True)
    try:
        backend.prepare(bundle, work)
    except PimdeployError as error:
        raise _UnbuiltError(str(error)) from error


def _names(result: BackendResult, mutant: Mutant) -> bool:
    """Return whether the first difference, or the one line of an error, names the mutant's node."""
    if result.first is not None:
        return result.first["node"] in mutant.named_by
    nodes = "|".join(re.escape(name) for name in mutant.named_by)
    return re.search(rf"\bnode '?({nodes})\b|'({nodes})'|\btable ({nodes})\.", result.reason or "") is not None


def altered_copy(bundle: Path, folder: Path, files: Mapping[str, bytes]) -> None:
    """Make `folder` the bundle at `bundle` with `files`, by path, in place of its own; all others are links to them."""
    for path in sorted(bundle.rglob("*")):
        relative = path.relative_to(bundle)
        if path.is_dir():
            (folder / relative).mkdir(parents=True, exist_ok=True)
        elif relative.as_posix() not in files:
            (folder / relative).parent.mkdir(parents=True, exist_ok=True)
            (folder / relative).symlink_to(path.resolve())
    for name, data in files.items():
        (folder / name).write_bytes(data)
