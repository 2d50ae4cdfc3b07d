"""The regression as the cases of a JUnit report: one a file, one a backend."""

from pathlib import Path

from pimdeploy.errors import PimdeployError
from pimdeploy.verify.proof import Proof
from pimdeploy.verify.proving import BackendResult
from pimdeploy.verify.regression.job import FileCheck, Regression
from pimdeploy.verify.regression.junit import Case, Suite, junit_xml


def junit_of(outcome: Regression) -> bytes:
    """Return the JUnit report of a regression: the suites "files" and "backends"."""
    about = {"bundle": str(outcome.bundle.path), "golden": str(outcome.golden), "digest": outcome.bundle.digest}
    files = Suite("files", [_file_case(check) for check in outcome.checks], about, outcome.changed)
    backends = [_backend_case(result, outcome.proof) for result in outcome.proof.backends]
    return junit_xml([files, Suite("backends", backends, about)], outcome.bundle.name)


def junit_of_error(path: Path, error: PimdeployError) -> bytes:
    """Return the JUnit report of a regression that could not begin: one case, an error."""
    return junit_xml([Suite("regress", [Case("bundle", "error", str(error))])], path.resolve().name)


def where(result: BackendResult) -> str:
    """Return where `result` first differs, or why its backend did not run; empty where neither is known."""
    first = result.first
    if first is None:
        return result.reason or ""
    return (
        f"{first['stimulus']}: node {first['node']}, channel {first['channel']}, sample {first['sample']}: "
        f"expected {first['expected']}, got {first['got']}"
    )


def _file_case(check: FileCheck) -> Case:
    if check.change is None:
        return Case(check.name, seconds=check.seconds)
    return Case(check.name, "failure", f"{check.name}: {check.change}", check.seconds)


def _backend_case(result: BackendResult, proof: Proof) -> Case:
    took = result.seconds
    match result.status:
        case "ok":
            return Case(result.name, seconds=took)
        case "mismatch":
            return Case(result.name, "failure", f"{result.mismatches} mismatches; first in {where(result)}", took)
        case "not_run":
            required = any(result.name.startswith(name) for name in proof.missing)
            lead = "required, did not run: " if required else ""
            return Case(result.name, "failure" if required else "skipped", f"{lead}{where(result)}", took)
