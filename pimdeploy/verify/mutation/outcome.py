"""What became of the mutants: killed, named, shown to be equivalent, or survived."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from pimdeploy.verify.mutation.equivalence import Proof
from pimdeploy.verify.mutation.mutant import KINDS, Kind, Mutant, Target

Status = Literal["killed", "equivalent", "unreached", "survived", "unbuilt"]
"""unreached: it shows only for integers that no stimulus and no search from the input reaches, and of which it is not proven
that none does. unbuilt: the altered file cannot be compiled or loaded, so it shows nothing of the proof."""


@dataclass(frozen=True)
class Outcome:
    """What the proof says of one mutant.

    named: whether its report names the mutant's node. backend, first: which backend differs, and its first difference.
    reason: the error that ended the proof, or why the mutant is equivalent, or what is known of a survivor. equivalence: how
    it is shown to be equivalent.
    """

    mutant: Mutant
    status: Status
    named: bool = False
    backend: str | None = None
    first: dict[str, Any] | None = None
    reason: str | None = None
    equivalence: Proof | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the mutant's entry in the JSON of `verify --mutate`."""
        mutant = self.mutant
        return {
            "target": mutant.target.value,
            "kind": mutant.kind.value,
            "node": mutant.node,
            "fault": mutant.what,
            "status": self.status,
            "named": self.named,
            "backend": self.backend,
            "first": self.first,
            "reason": self.reason,
            "equivalence": self.equivalence,
        }


@dataclass
class Mutation:
    """The outcome of `verify --mutate`.

    available: mutants that there are of the kinds asked for; fewer were tried where a sample was. not_run: target to why
    its mutants could not be tried on this machine. seconds: of the whole.
    """

    outcomes: list[Outcome]
    available: int
    samples: int
    seconds: float
    not_run: dict[Target, str] = field(default_factory=dict)

    @property
    def survivors(self) -> list[Outcome]:
        """Mutants that the proof did not find and that are not shown to be equivalent."""
        return [one for one in self.outcomes if one.status in ("survived", "unreached")]

    @property
    def unnamed(self) -> list[Outcome]:
        """Mutants that the proof found without naming their node."""
        return [one for one in self.outcomes if one.status == "killed" and not one.named]

    @property
    def bad(self) -> list[Outcome]:
        """Mutants that are neither killed and named nor shown to be equivalent."""
        sound = ("killed", True), ("equivalent", False)
        return [one for one in self.outcomes if (one.status, one.named) not in sound]

    @property
    def good(self) -> bool:
        """True where nothing is `bad`."""
        return not self.bad

    def count(self, kind: Kind | None = None, target: Target | None = None) -> Counter[str]:
        """Return how many mutants of a kind and a target (None: of all) there are: "mutants", each status, and "named"."""
        chosen = [
            one for one in self.outcomes if kind in (None, one.mutant.kind) and target in (None, one.mutant.target)
        ]
        found = Counter[str](one.status for one in chosen)
        found["mutants"], found["named"] = len(chosen), sum(one.named for one in chosen)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of `verify --mutate`."""
        return {
            "good": self.good,
            "samples": self.samples,
            "seconds": round(self.seconds, 1),
            "available": self.available,
            "total": _counts(self.count()),
            "kinds": {kind.value: _counts(found) for kind in KINDS if (found := self.count(kind))["mutants"]},
            "targets": {t.value: _counts(found) for t in Target if (found := self.count(target=t))["mutants"]},
            "not_run": {target.value: why for target, why in self.not_run.items()},
            "mutants": [one.to_json() for one in self.outcomes],
        }


def _counts(found: Counter[str]) -> dict[str, int]:
    return {
        name: found[name] for name in ("mutants", "killed", "named", "equivalent", "unreached", "survived", "unbuilt")
    }
