"""Every mutant of a bundle through the proof: what `pimdeploy verify --mutate` does (docs/mutation.md)."""

import difflib
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path

from pimdeploy.bundle import Bundle
from pimdeploy.defaults import PROOF_SAMPLES
from pimdeploy.errors import InputError
from pimdeploy.progress import StepProgress
from pimdeploy.verify.mutation.in_c import c_mutants
from pimdeploy.verify.mutation.in_data import data_mutants
from pimdeploy.verify.mutation.in_onnx import onnx_mutants
from pimdeploy.verify.mutation.mutant import KINDS, ONNX_FILES, Kind, Mutant, Target
from pimdeploy.verify.mutation.onnx_file import OnnxFile
from pimdeploy.verify.mutation.outcome import Mutation, Outcome
from pimdeploy.verify.mutation.trials import Look, Trials
from pimdeploy.verify.workers import one_blas_thread, processors

ALL = "all"


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

    most: so many mutants at most, chosen by `seed`, which also decides the stimuli: first one of each kind in each node of
    each file, as far as they go. Each ends at its first difference. jobs: mutants at a time, by default as many as there are
    processors.
    """
    started = time.monotonic()
    work = Path(tempfile.mkdtemp(prefix="pimdeploy-mutate-"))
    try:
        with one_blas_thread():
            run = Trials(bundle, samples, seed, work)
            run.prepare()
            mutants, not_run = _mutants(bundle, run, kinds)
            chosen = mutants if most is None or most >= len(mutants) else _sample(mutants, most, seed)
            outcomes = _all(run, chosen, progress or (lambda *_: None), jobs or processors())
        return Mutation(outcomes, len(mutants), samples, time.monotonic() - started, not_run)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sample(mutants: list[Mutant], most: int, seed: int) -> list[Mutant]:
    """Return `most` of `mutants` in their order: no kind in no node of no file is drawn again before each is drawn once."""
    rng, drawn, turns = random.Random(seed), Counter[tuple[Target, Kind, str]](), {}
    for place in rng.sample(range(len(mutants)), len(mutants)):
        one = mutants[place]
        drawn[one.target, one.kind, one.node] += 1
        turns[place] = drawn[one.target, one.kind, one.node]
    return [mutants[place] for place in sorted(sorted(turns, key=lambda place: turns[place])[:most])]


def _mutants(bundle: Bundle, run: Trials, kinds: Collection[Kind]) -> tuple[list[Mutant], dict[Target, str]]:
    """Return every mutant that this machine can try, and why it cannot try those of other targets."""
    found: list[Mutant] = []
    not_run: dict[Target, str] = {}
    for target, make in _makers(bundle, run).items():
        reason = run.unavailable(target)
        if reason is None:
            run.check_sound(target, Look.NODES)
            run.check_sound(target, Look.SHORT)
            found += [mutant for mutant in make() if mutant.kind in kinds]
        else:
            not_run[target] = reason
    return found, not_run


def _makers(bundle: Bundle, run: Trials) -> dict[Target, Callable[[], Iterator[Mutant]]]:
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


def _all(run: Trials, mutants: list[Mutant], progress: StepProgress, jobs: int) -> list[Outcome]:
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
