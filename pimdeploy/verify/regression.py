"""The regression: the bundle exported once more from its weights, and the golden vectors replayed on every backend."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy.bundle import MANIFEST, OUTSIDE_DIGEST, REPORTS, Bundle, load_arrays, load_weights, sha256
from pimdeploy.emit.bundle import Parts, bundle_files, tool_versions, write_files
from pimdeploy.errors import BundleError
from pimdeploy.files import check_folder
from pimdeploy.progress import StepProgress
from pimdeploy.verify.proof import Proof, replay_golden


@dataclass
class Regression:
    """What changed and what differs. `changed` has a line a change, naming the file, table or tool."""

    bundle: Bundle
    golden: Path
    changed: list[str]
    proof: Proof
    parts: Parts
    files: dict[str, bytes]

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of `regress`."""
        return {
            "bundle": str(self.bundle.path),
            "golden": str(self.golden),
            "changed": self.changed,
            **self.proof.to_json(),
        }

    def write_golden(self) -> None:
        """Make the golden set the bundle as it is exported now; a report that lies in it stays."""
        kept = {name: self.golden / name for name in REPORTS if (self.golden / name).is_file()}
        write_files(
            self.parts, self.files, self.golden, beside={name: file.read_bytes() for name, file in kept.items()}
        )


def regress(
    path: Path,
    golden: Path | None,
    require: Sequence[str] = (),
    progress: StepProgress | None = None,
    *,
    create: bool = False,
) -> Regression:
    """Re-export the bundle at `path` and hold files and golden vectors against the golden set, a bundle's folder.

    Without `golden` the bundle is its own golden set; with `create` there may be none yet. Raises `BundleError`,
    `BundleChangedError`.
    """
    bundle = Bundle.open(path)
    if create:
        check_folder(golden or path, MANIFEST)
    missing = golden is not None and not (golden / MANIFEST).exists()
    if missing and not create:
        raise BundleError(f"{golden}: no golden set: expected the folder of a bundle; --update writes one")
    baseline = None if golden is None or missing else Bundle.open(golden)
    parts = Parts(
        bundle.recipe, bundle.model(), bundle.weights, bundle.formats, bundle.load_array("golden/stimulus.npy")
    )
    against = baseline if baseline is not None else bundle
    changed = [f"{golden}: there is no golden set yet"] if missing else []
    files = bundle_files(parts)
    changed += changes(against, files)
    changed += _tool_changes(against) if changed else []
    work = Path(tempfile.mkdtemp(prefix="pimdeploy-regress-"))
    try:
        exported = write_files(parts, files, work / "exported")
        proof = replay_golden(exported, against, require, progress)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Regression(bundle, golden or path, changed, proof, parts, files)


def changes(golden: Bundle, files: dict[str, bytes]) -> list[str]:
    """Return a line for every file whose bytes are not those of the golden set: causes before what follows from them.

    Weights, tables, formats and nodes are named one by one.
    """
    now = {name: sha256(data) for name, data in files.items() if name not in OUTSIDE_DIGEST}
    before: dict[str, str] = golden.manifest["files"]
    differing = sorted((name for name in now.keys() & before.keys() if now[name] != before[name]), key=_cause_first)
    lines = [f"{name}: {_what_changed(name, golden, files[name])}" for name in differing]
    lines += [f"{name}: new" for name in sorted(now.keys() - before.keys())]
    lines += [f"{name}: gone" for name in sorted(before.keys() - now.keys()) if name != MANIFEST]
    return lines


CAUSES = ("recipe.toml", "formats.json", "weights.safetensors", "datapath.json", "tables.npz")
"""The files from which all others follow, in the order in which they follow from each other."""


def _cause_first(name: str) -> tuple[int, str]:
    return (CAUSES.index(name) if name in CAUSES else len(CAUSES), name)


def _what_changed(name: str, golden: Bundle, data: bytes) -> str:
    match name:
        case "weights.safetensors":
            names = _unequal(golden.weights, load_weights(data, name))
        case "tables.npz":
            names = _unequal(golden.load_arrays(name), load_arrays(data, name))
        case "datapath.json":
            names = _unequal(_nodes(golden.read(name)), _nodes(data))
        case _:
            names = []
    return f"{', '.join(names)} changed" if names else "its bytes changed"


def _unequal(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the names that only one of the two has or whose arrays or values differ."""
    shared = [name for name in before if name in now]
    return [name for name in shared if not np.array_equal(before[name], now[name])] + sorted(before.keys() ^ now.keys())


def _nodes(data: bytes) -> dict[str, str]:
    """Return the nodes of a datapath.json as text, by "node NAME", and what stands beside them by its key."""
    graph: dict[str, Any] = json.loads(data)
    nodes = {f"node {node['name']}": json.dumps(node, sort_keys=True) for node in graph.pop("nodes")}
    return nodes | {key: str(value) for key, value in graph.items()}


def _tool_changes(golden: Bundle) -> list[str]:
    """Return a line for every tool whose version is not that of the golden set: a reason why bytes may change."""
    now, before = tool_versions(), golden.manifest["tool_versions"]
    return [
        f"tool {name}: {before[name]} then, {now[name]} now"
        for name in sorted(now.keys() & before.keys())
        if now[name] != before[name]
    ]
