"""The regression: the bundle exported once more from its weights, and the golden vectors replayed on every backend."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pimdeploy.bundle import MANIFEST, OUTSIDE_DIGEST, Bundle, sha256
from pimdeploy.emit.bundle import Parts, bundle_files, tool_versions, write_bundle
from pimdeploy.errors import BundleError
from pimdeploy.verify.proof import Proof, replay_golden

Progress = Callable[[int, int, str], None]


@dataclass
class Regression:
    """What changed and what differs. `changed` has a line a change, naming the file, table or tool."""

    bundle: Bundle
    golden: Path
    changed: list[str]
    proof: Proof
    parts: Parts

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of `regress`."""
        return {
            "bundle": str(self.bundle.path),
            "golden": str(self.golden),
            "changed": self.changed,
            **self.proof.to_json(),
        }

    def write_golden(self) -> None:
        """Make the golden set the bundle as it is exported now."""
        write_bundle(self.parts, self.golden)


def regress(
    path: Path, golden: Path | None, require: Sequence[str] = (), progress: Progress | None = None
) -> Regression:
    """Re-export the bundle at `path` and hold files and golden vectors against the golden set, a bundle's folder.

    Without `golden` the bundle is its own golden set. Raises `BundleError`, `BundleChangedError`.
    """
    bundle = Bundle.open(path)
    baseline = Bundle.open(golden) if golden is not None and golden.exists() else None
    if golden is not None and baseline is None and not golden.parent.exists():
        raise BundleError(f"{golden}: no such golden set; give the folder of one, or --update to write it")
    parts = Parts(
        bundle.recipe, bundle.model(), bundle.weights, bundle.formats, bundle.load_array("golden/stimulus.npy")
    )
    against = baseline if baseline is not None else bundle
    changed = [] if golden is None or baseline is not None else [f"{golden}: there is no golden set yet"]
    changed += changes(against, bundle_files(parts))
    changed += _tool_changes(against) if changed else []
    work = Path(tempfile.mkdtemp(prefix="pimdeploy-regress-"))
    try:
        exported = write_bundle(parts, work / "exported")
        proof = replay_golden(exported, against, require, progress)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Regression(bundle, golden or path, changed, proof, parts)


def changes(golden: Bundle, files: dict[str, bytes]) -> list[str]:
    """Return a line for every file whose bytes are not those of the golden set."""
    now = {name: sha256(data) for name, data in files.items() if name not in OUTSIDE_DIGEST}
    before: dict[str, str] = golden.manifest["files"]
    lines = [f"{name}: its bytes changed" for name in sorted(now.keys() & before.keys()) if now[name] != before[name]]
    lines += [f"{name}: new" for name in sorted(now.keys() - before.keys())]
    lines += [f"{name}: gone" for name in sorted(before.keys() - now.keys()) if name != MANIFEST]
    return lines


def _tool_changes(golden: Bundle) -> list[str]:
    """Return a line for every tool whose version is not that of the golden set: a reason why bytes may change."""
    now, before = tool_versions(), golden.manifest["tool_versions"]
    return [
        f"tool {name}: {before[name]} then, {now[name]} now"
        for name in sorted(now.keys() & before.keys())
        if now[name] != before[name]
    ]
