"""The regression: the bundle exported once more from its weights, and the golden vectors replayed on every backend."""

import fnmatch
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pimdeploy.bundle import MANIFEST, OUTSIDE_DIGEST, REPORTS, Bundle, sha256
from pimdeploy.emit.bundle import Parts, bundle_files, manifest, tool_versions, write_files
from pimdeploy.errors import BundleError
from pimdeploy.files import check_folder
from pimdeploy.progress import StepProgress
from pimdeploy.verify.backend import Backend
from pimdeploy.verify.proof import Proof, replay_golden
from pimdeploy.verify.regression.changes import value_differences, what_changed


@dataclass(frozen=True)
class FileCheck:
    """One file of the bundle held against the golden set's. change: what differs, None where nothing does."""

    name: str
    change: str | None
    seconds: float = 0.0


@dataclass
class Regression:
    """What changed and what differs.

    checks: one a file, causes before what follows from them. changed: a line a change, naming the file with its tensors,
    tables or nodes, or the tool. files: the bundle as it is exported now.
    """

    bundle: Bundle
    golden: Path
    checks: list[FileCheck]
    changed: list[str]
    proof: Proof
    parts: Parts
    files: dict[str, bytes]

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of `regress`."""
        return {
            "bundle": str(self.bundle.path),
            "golden": str(self.golden),
            "files": len(self.checks),
            "changed": self.changed,
            **self.proof.to_json(),
        }

    def write_golden(self) -> None:
        """Make the golden set the bundle as it is exported now; a report that lies in it stays."""
        replace_golden(self.parts, self.files, self.golden)


def regress(
    path: Path,
    golden: Path | None,
    require: Sequence[str] = (),
    progress: StepProgress | None = None,
    *,
    create: bool = False,
    backends: Sequence[Backend] | None = None,
    jobs: int | None = None,
) -> Regression:
    """Re-export the bundle at `path` and hold files and golden vectors against the golden set, a bundle's folder.

    Without `golden` the bundle is its own golden set; with `create` there may be none yet. backends: those that replay, by
    default all; `jobs` of them at a time. Raises `BundleError`, `BundleChangedError`.
    """
    bundle = Bundle.open(path)
    parts = Parts(
        bundle.recipe, bundle.model(), bundle.weights, bundle.formats, bundle.load_array("golden/stimulus.npy")
    )
    return regress_parts(parts, bundle, golden, require, progress, create=create, backends=backends, jobs=jobs)


def regress_parts(
    parts: Parts,
    bundle: Bundle,
    golden: Path | None,
    require: Sequence[str] = (),
    progress: StepProgress | None = None,
    *,
    create: bool = False,
    backends: Sequence[Backend] | None = None,
    jobs: int | None = None,
) -> Regression:
    """Export `parts` and hold files and golden vectors against the golden set; see `regress`.

    bundle: the one that `parts` are of. It is the golden set where `golden` is None.
    """
    if create:
        check_folder(golden or bundle.path, MANIFEST)
    missing = golden is not None and not (golden / MANIFEST).exists()
    if missing and not create:
        raise BundleError(f"{golden}: no golden set: expected the folder of a bundle; --update writes one")
    against = bundle if golden is None or missing else Bundle.open(golden)
    files = bundle_files(parts)
    checks = file_checks(against, files, manifest(parts, files)["facts"])
    changed = [f"{golden}: there is no golden set yet"] if missing else []
    changed += changed_lines(against, checks)
    work = Path(tempfile.mkdtemp(prefix="pimdeploy-regress-"))
    try:
        exported = write_files(parts, files, work / "exported")
        proof = replay_golden(exported, against, require, progress, backends, jobs)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Regression(bundle, golden or bundle.path, checks, changed, proof, parts, files)


def replace_golden(parts: Parts, files: Mapping[str, bytes], golden: Path) -> None:
    """Write the bundle of `parts` over the golden set, all or nothing; a report that lies in it stays."""
    kept = {name: golden / name for name in REPORTS if (golden / name).is_file()}
    write_files(parts, files, golden, beside={name: file.read_bytes() for name, file in kept.items()})


def file_checks(golden: Bundle, files: Mapping[str, bytes], facts: Mapping[str, Any]) -> list[FileCheck]:
    """Return a check a file of the golden set and of `files`: causes before what follows from them.

    facts: those of the manifest, which are part of what is shipped. Weights, tables, formats, nodes and facts are named
    one by one; a file that lies in the golden set's folder without being of it is a change, too.
    """
    now = {name: data for name, data in files.items() if name not in OUTSIDE_DIGEST}
    before: dict[str, str] = golden.manifest["files"]
    checks = [
        _timed(name, lambda name=name: _changed_bytes(name, golden, now[name]))  # type: ignore[misc]
        for name in sorted(now.keys() & before.keys(), key=_cause_first)
    ]
    checks.append(_timed(MANIFEST, lambda: "; ".join(value_differences(golden.manifest["facts"], facts)) or None))
    checks += [FileCheck(name, "new") for name in sorted(now.keys() - before.keys())]
    checks += [FileCheck(name, "gone") for name in sorted(before.keys() - now.keys()) if name != MANIFEST]
    checks += [FileCheck(name, "added: the manifest does not list it") for name in _strays(golden)]
    return checks


def changed_lines(golden: Bundle, checks: Sequence[FileCheck]) -> list[str]:
    """Return a line for every change that `checks` found, then one for every tool whose version may be why."""
    lines = [f"{check.name}: {check.change}" for check in checks if check.change is not None]
    return lines + _tool_changes(golden, [check.name for check in checks if check.change is not None])


CAUSES = ("recipe.toml", "formats.json", "weights.safetensors", "datapath.json", "tables.npz")
"""The files from which all others follow, in the order in which they follow from each other."""

WRITES: dict[str, str] = {
    "pimdeploy": "*",
    "python": "*",
    "numpy": "*",
    "onnx": "*.onnx",
    "jinja2": "c/*",
    "safetensors": "weights.safetensors",
    "tomli-w": "recipe.toml",
}
"""The files, as a pattern, whose bytes the version of a tool may change. Others, such as torch, write none at export."""


def _timed(name: str, check: Callable[[], str | None]) -> FileCheck:
    since = time.perf_counter()
    change = check()
    return FileCheck(name, change, time.perf_counter() - since)


def _changed_bytes(name: str, golden: Bundle, data: bytes) -> str | None:
    if sha256(data) == golden.manifest["files"][name]:
        return None
    return what_changed(name, golden.read(name), data)


def _cause_first(name: str) -> tuple[int, str]:
    return (CAUSES.index(name) if name in CAUSES else len(CAUSES), name)


def _strays(golden: Bundle) -> list[str]:
    """Return the files in the golden set's folder that its manifest does not list, the report apart."""
    known = golden.manifest["files"].keys() | {MANIFEST, *REPORTS}
    found = (file.relative_to(golden.path).as_posix() for file in golden.path.rglob("*") if file.is_file())
    return sorted(name for name in found if name not in known)


def _tool_changes(golden: Bundle, changed: Sequence[str]) -> list[str]:
    """Return a line for every tool whose version is not the golden set's and that writes one of the files `changed`."""
    now, before = tool_versions(), golden.manifest["tool_versions"]
    return [
        f"tool {name}: {before[name]} then, {now[name]} now"
        for name in sorted(now.keys() & before.keys() & WRITES.keys())
        if now[name] != before[name] and fnmatch.filter(changed, WRITES[name])
    ]
