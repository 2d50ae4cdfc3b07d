"""The search: cases from hypothesis, run in a worker, until the time is up; every distinct fault once, made small."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from fuzz.case import Case
from fuzz.judge import DEADLINE_S, Fault, Verdict
from fuzz.mutate import mutated
from fuzz.source import Drawn
from fuzz.target import Target
from fuzz.worker import Worker

ROUND = 250
"""Examples of a round. Each round has a seed of its own."""
SHRINK_SHARE = 0.25
"""Share of the time that may go into making one fault's case small."""
SOUND_SHARE = 3
"""Times that a sound seed is taken for a hostile one: a sound one leads deeper."""
MOST_FAULTS = 20
"""Distinct faults of a target after which the search for more ends."""
MOST_DEATHS = 3
"""Hangs and crashes of a target after which it ends, too: each takes a deadline and a new process."""


class FoundError(Exception):
    """Tells hypothesis that a case makes the reader fail."""


@dataclass(frozen=True)
class Failure:
    """A distinct fault and the smallest case that was found for it."""

    case: Case
    verdict: Verdict


@dataclass
class Outcome:
    """What the fuzzing of one target gave. `seconds` is wall time; `peak` and `slowest` are over all cases."""

    name: str
    examples: int = 0
    accepted: int = 0
    seconds: float = 0.0
    peak_bytes: int = 0
    peak_size: int = 0
    slowest_s: float = 0.0
    missing: str | None = None
    failures: dict[str, Failure] = field(default_factory=dict)

    def add(self, case: Case, verdict: Verdict) -> None:
        """Count a case."""
        self.examples += 1
        self.accepted += verdict.accepted
        self.slowest_s = max(self.slowest_s, verdict.seconds)
        if verdict.peak_bytes > self.peak_bytes:
            self.peak_bytes, self.peak_size = verdict.peak_bytes, case.size


def fuzz(
    target: Target,
    seconds: float,
    seed_of_run: int,
    *,
    most_examples: int | None = None,
    deadline_s: float = DEADLINE_S,
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
    """Try mutations of the target's seeds for `seconds`, or until there were `most_examples`; return what came of it.

    Equal seeds give equal cases. The seeds of the target come first, as they are: a sound file must be read.
    """
    outcome = Outcome(target.name, missing=target.missing)
    if outcome.missing is not None:
        return outcome
    with Worker(target, deadline_s) as worker:
        search = _Search(target, worker, outcome, seconds, most_examples, clock)
        search.sound()
        number = 0
        while search.goes_on():
            search.round(seed_of_run * 1_000_003 + number)
            number += 1
        outcome.seconds = search.spent()
    return outcome


class _Search:
    def __init__(
        self,
        target: Target,
        worker: Worker,
        outcome: Outcome,
        seconds: float,
        most_examples: int | None,
        clock: Callable[[], float],
    ) -> None:
        self._target, self._worker, self._outcome = target, worker, outcome
        self._seconds, self._most, self._clock = seconds, most_examples, clock
        self._seeds, self._hostile = target.seeds(), target.hostile()
        self._begun = [*self._seeds] * SOUND_SHARE + [*self._hostile]
        self._start = clock()
        self._chased = ""
        self._chase_ends = 0.0
        self._deaths = 0

    def spent(self) -> float:
        return self._clock() - self._start

    def goes_on(self) -> bool:
        few = self._most is None or self._outcome.examples < self._most
        fit = self._deaths < MOST_DEATHS and len(self._outcome.failures) < MOST_FAULTS
        return few and fit and self.spent() < self._seconds

    def sound(self) -> None:
        """Run the seeds as they are. The time of the worker's start does not count."""
        for number, case in enumerate([*self._seeds, *self._hostile]):
            verdict = self._worker.run(case)
            self._outcome.add(case, verdict)
            if number < len(self._seeds) and verdict.fault is None and not verdict.accepted:
                verdict = Verdict(Fault.REFUSED, Fault.REFUSED, f"a sound file was refused: {verdict.detail}")
            if verdict.fault is not None:
                self._outcome.failures.setdefault(verdict.where, Failure(case, verdict))
        self._start = self._clock()

    def round(self, round_seed: int) -> None:
        """Let hypothesis look for one fault that is not known, and make its case small."""
        self._chased = ""

        @seed(round_seed)
        @settings(
            max_examples=ROUND,
            deadline=None,
            database=None,
            derandomize=False,
            verbosity=Verbosity.quiet,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
        )
        @given(st.data())
        def examine(data: st.DataObject) -> None:
            self._examine(data)

        try:
            examine()
        except (FoundError, Flaky):  # flaky: the time was up before the case was small
            return

    def _examine(self, data: st.DataObject) -> None:
        if self._chased:
            if self._clock() > self._chase_ends:
                return
        elif not self.goes_on():
            return
        case = mutated(Drawn(data), self._begun, self._target.seal)
        verdict = self._worker.run(case)
        self._outcome.add(case, verdict)
        self._deaths += verdict.fault in (Fault.HANG, Fault.CRASH)
        if verdict.fault is None or (verdict.where in self._outcome.failures and verdict.where != self._chased):
            return
        if not self._chased:
            self._chased = verdict.where
            slow = verdict.fault in (Fault.HANG, Fault.CRASH)  # each try of a smaller one takes as long
            self._chase_ends = self._clock() + (0.0 if slow else SHRINK_SHARE * self._seconds)
        if verdict.where == self._chased:
            known = self._outcome.failures.get(verdict.where)
            if known is None or case.size <= known.case.size:
                self._outcome.failures[verdict.where] = Failure(case, verdict)
            raise FoundError(verdict.where)
