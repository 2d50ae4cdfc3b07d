"""The golden bundles with a fault at a time: what the proof kills and names, what is shown to be no fault at all."""

from collections import Counter
from pathlib import Path

from bench.rows import Row, Section, noted
from bench.zoo import CNN_SAMPLES
from pimdeploy.bundle import Bundle
from pimdeploy.defaults import PROOF_SAMPLES
from pimdeploy.golden_zoo import BUNDLES
from pimdeploy.network_spec import CnnSpec
from pimdeploy.verify.mutation.campaign import mutate
from pimdeploy.verify.mutation.mutant import Kind, Target
from pimdeploy.verify.mutation.outcome import Mutation, Outcome

EXPORT = Path(__file__).parents[1] / "export"
SEED = 1
MOST: dict[str, int] = {}
"""Mutants of bundles that have too many to try all in minutes: a sample, each kind in each node of each file first."""
STATUSES = ("killed", "named", "equivalent", "unreached", "survived", "unbuilt")


def mutation_rows() -> Section:
    """Return the rows of every golden bundle, and tables of what became of the mutants, a file and a kind a row."""
    found = {name: _tried(name) for name in BUNDLES}
    rows = [row for name, outcome in found.items() for row in rows_of(name, outcome)]
    rows.append(_killed("all golden bundles", [one for outcome in found.values() for one in outcome.outcomes]))
    return Section(rows, "\n".join(table_of(name, outcome) for name, outcome in found.items()))


def rows_of(name: str, outcome: Mutation) -> list[Row]:
    """Return what became of the mutants of the bundle `name`, those that ought not to be with their reasons."""
    counts = outcome.count()
    of_all = f"{counts['mutants']} of {outcome.available}, seed {SEED}"
    tried = "all" if counts["mutants"] == outcome.available else of_all
    statuses = ", ".join(f"{counts[status]} {status}" for status in STATUSES)
    proofs = Counter(one.equivalence for one in outcome.outcomes if one.equivalence is not None)
    rows = [
        _killed(name, outcome.outcomes),
        noted(f"{name}: mutants", f"{counts['mutants']} ({tried}): {statuses}"),
        noted(f"{name}: duration", f"{outcome.seconds:.0f} s, {outcome.samples:,} samples"),
    ]
    if proofs:
        rows.append(noted(f"{name}: equivalent by", "; ".join(f"{proof}: {n}" for proof, n in proofs.most_common())))
    rows += [noted(f"{name}: {target.value} not run", why) for target, why in outcome.not_run.items()]
    return rows + [noted(f"{name}: {one.mutant.title}", _told(one)) for one in outcome.bad]


def table_of(name: str, outcome: Mutation) -> str:
    """Return the counts of the bundle `name` in Markdown, a file and a kind a row."""
    lines = [f"| {name} | mutants | {' | '.join(STATUSES)} |", "|---" * (len(STATUSES) + 2) + "|"]
    for what, counts in _counted(outcome):
        cells = " | ".join(str(counts[column]) for column in ("mutants", *STATUSES))
        lines.append(f"| {what} | {cells} |")
    return "\n".join(lines) + "\n"


def _counted(outcome: Mutation) -> list[tuple[str, Counter[str]]]:
    of_target = [(target.value, outcome.count(target=target)) for target in Target]
    found = [*of_target, *((kind.value, outcome.count(kind)) for kind in Kind)]
    return [(what, counts) for what, counts in found if counts["mutants"]]


def _tried(name: str) -> Mutation:
    bundle = Bundle.open(EXPORT / name)
    samples = CNN_SAMPLES if isinstance(bundle.recipe.network, CnnSpec) else PROOF_SAMPLES
    return mutate(bundle, samples=samples, seed=SEED, most=MOST.get(name))


def _killed(name: str, outcomes: list[Outcome]) -> Row:
    faults = [one for one in outcomes if one.status != "equivalent"]
    named = sum(one.status == "killed" and one.named for one in faults)
    reached = f"{100 * named / max(len(faults), 1):.1f} %, {named} of {len(faults)}"
    asked = "100 % of those that are not equivalent"
    return Row(f"{name}: mutants killed and named", asked, reached, bool(faults) and named == len(faults))


def _told(one: Outcome) -> str:
    if one.status == "killed":
        return f"the proof names {one.first['node'] if one.first else one.reason}"
    return f"{one.status}: {one.reason or 'no stimulus shows it'}"
