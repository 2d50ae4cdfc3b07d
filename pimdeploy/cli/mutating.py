"""`verify --mutate`."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pimdeploy import api
from pimdeploy.bundle import Bundle
from pimdeploy.cli.console import StageProgress, conclude, stdout, table
from pimdeploy.errors import MismatchError
from pimdeploy.verify.mutation.mutant import KINDS, Target
from pimdeploy.verify.mutation.outcome import Mutation, Outcome


def mutate(
    path: Path, kinds: Sequence[str], samples: int, seed: int, most: int | None, jobs: int | None, *, as_json: bool
) -> None:
    """Put faults into copies of the bundle at `path` and print which the proof finds. Raises `MismatchError` for the rest."""
    bundle = Bundle.open(path)
    with StageProgress(quiet=as_json) as progress:
        outcome = api.mutate(bundle, kinds, samples, seed=seed, most=most, jobs=jobs, progress=progress)
    failure = _failure_of(outcome, path)
    if as_json:
        conclude(outcome.to_json(), failure)
        return
    _print(outcome, bundle.name)
    if failure:
        raise failure


def _failure_of(outcome: Mutation, path: Path) -> MismatchError | None:
    """Return the error, of one line, that the mutants end in, or None where each is killed and named or equivalent."""
    if outcome.good:
        return None
    bad, found = outcome.bad, outcome.count()
    counts = (
        f"{len(outcome.survivors)} survived, {len(outcome.unnamed)} were not named, {found['unbuilt']} were not built"
    )
    return MismatchError(f"{path}: of {found['mutants']} mutants {counts}; first {bad[0].mutant.title}")


def _print(outcome: Mutation, name: str) -> None:
    """Print kills over mutants, a row a kind and a column a file; then what is not killed and named."""
    found = outcome.count()
    of_all = f" of {outcome.available}" if outcome.available > found["mutants"] else ""
    title = (
        f"{name}: {found['mutants']}{of_all} mutants, {found['killed']} killed, {found['named']} of them named, "
        f"{found['equivalent']} shown to be equivalent, {len(outcome.survivors)} survived; {outcome.seconds:.0f} s"
    )
    targets = [target for target in Target if outcome.count(target=target)["mutants"]]
    shown = table(title, "killed, of no equivalents", *(target.value for target in targets), "all", "named")
    for kind in KINDS:
        row = outcome.count(kind)
        if row["mutants"]:
            cells = (_of(outcome.count(kind, target), "killed") for target in targets)
            shown.add_row(kind.value, *cells, _of(row, "killed"), _of(row, "named"))
    stdout().print(shown)
    for target, why in outcome.not_run.items():
        stdout().print(f"{target.value}: not run: {why}", soft_wrap=True, style="yellow")
    for line in dict.fromkeys(_told(one) for one in outcome.outcomes if one.status == "equivalent"):
        stdout().print(line, soft_wrap=True)
    for one in outcome.bad:
        stdout().print(f"{one.mutant.target.value}: {_told(one)}", soft_wrap=True, style="bold red")


def _of(found: Counter[str], what: str) -> str:
    return f"{found[what]}/{found['mutants'] - found['equivalent']}" if found["mutants"] else ""


def _told(one: Outcome) -> str:
    if one.status == "killed":
        names = one.first["node"] if one.first else one.reason
        return f"not named: {one.mutant.node}: {one.mutant.what}: the proof names {names}"
    return f"{one.status}: {one.mutant.node}: {one.mutant.what}: {one.reason or 'no stimulus shows it'}"
