"""`verify` and `regress`."""

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from pimdeploy import api
from pimdeploy.bundle import Bundle
from pimdeploy.cli.console import StageProgress, conclude, stdout, table
from pimdeploy.cli.covering import print_coverage
from pimdeploy.errors import MismatchError, PimdeployError
from pimdeploy.files import write_file
from pimdeploy.verify.proof import Proof
from pimdeploy.verify.regression.job import Regression
from pimdeploy.verify.regression.report import junit_of, junit_of_error, where


def verify(path: Path, samples: int, seed: int, require: Sequence[str], jobs: int | None, *, as_json: bool) -> None:
    """Run the proof on the bundle at `path` and print it. Raises `MismatchError` where it fails."""
    bundle = Bundle.open(path)
    with StageProgress(quiet=as_json) as progress:
        proof = api.verify(bundle, samples, seed=seed, require=require, jobs=jobs, progress=progress)
    failure = failure_of(proof, path)
    if as_json:
        conclude(proof.to_json(), failure)
        return
    print_proof(proof, f"{bundle.name}: {proof.samples} samples, {len(proof.stimuli)} stimuli")
    if proof.coverage:
        print_coverage(proof.coverage)
    if failure:
        raise failure


def print_proof(proof: Proof, title: str) -> None:
    """Print a row a backend."""
    shown = table(title, "backend", "status", "samples", "mismatches", "first difference, or why it did not run")
    colours = {"ok": "green", "mismatch": "bold red", "not_run": "yellow"}
    for result in proof.backends:
        status = Text(result.status, style=colours[result.status])
        shown.add_row(result.name, status, str(result.samples), str(result.mismatches), where(result))
    shown.columns[-1].justify = "left"
    stdout().print(shown)


def failure_of(proof: Proof, path: Path) -> MismatchError | None:
    """Return the error, of one line, that the proof ends in, or None where it is good."""
    bad = [result for result in proof.backends if result.status == "mismatch"]
    if bad:
        first = bad[0].first
        place = (
            f"node {first['node']}, channel {first['channel']}, sample {first['sample']}" if first else bad[0].reason
        )
        return MismatchError(
            f"{path}: {proof.mismatches} mismatches in {len(bad)} backends; first in {bad[0].name}: {place}"
        )
    if proof.missing:
        return MismatchError(f"{path}: required backends did not run: {', '.join(proof.missing)}; install their tools")
    return None


def regress(
    path: Path,
    golden: Path | None,
    require: Sequence[str],
    jobs: int | None,
    *,
    junit: Path | None,
    update: bool,
    as_json: bool,
) -> None:
    """Re-export the bundle at `path`, replay the golden set, print both. Raises `MismatchError` on any difference.

    junit: where a JUnit report is written, whatever the outcome.
    """
    try:
        with StageProgress(quiet=as_json) as progress:
            outcome = api.regress(path, golden, require=require, create=update, jobs=jobs, progress=progress)
    except PimdeployError as error:
        if junit is not None:
            write_file(junit, junit_of_error(path, error))
        raise
    if junit is not None:
        write_file(junit, junit_of(outcome))
    if not as_json:
        _print_regression(outcome, path)
    if update:
        outcome.write_golden()
    failure = None if update else _failure_of_regression(outcome, path)
    if as_json:
        conclude({**outcome.to_json(), "updated": update}, failure)
        return
    if update:
        stdout().print(f"golden set written: {outcome.golden}", soft_wrap=True)
    if failure:
        raise failure


def _failure_of_regression(outcome: Regression, path: Path) -> MismatchError | None:
    if outcome.changed:
        return MismatchError(
            f"{path}: {len(outcome.changed)} changes against {outcome.golden}, first: {outcome.changed[0]}; "
            f"--update accepts them"
        )
    return failure_of(outcome.proof, path)


def _print_regression(outcome: Regression, path: Path) -> None:
    for line in outcome.changed:
        stdout().print(f"changed: {line}", soft_wrap=True, style="yellow")
    print_proof(outcome.proof, f"{path} against {outcome.golden}: {outcome.proof.samples} golden samples")
    changed = sum(check.change is not None for check in outcome.checks)
    stdout().print(f"{len(outcome.checks)} files compared, {changed} changed", soft_wrap=True)
