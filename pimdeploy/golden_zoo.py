"""`python -m pimdeploy.golden_zoo [--check] [NAME ...]`: the zoo's golden bundles and digests, made once more.

Nothing is trained: the bundles come from the zoo's committed weights and formats. What changes is printed before it is
written; with --check nothing is written, and the exit status is 1 where anything changed.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pimdeploy.bundle import MANIFEST, Bundle
from pimdeploy.emit.bundle import Parts, bundle_files, manifest
from pimdeploy.errors import BundleChangedError, BundleError, InputError, PimdeployError
from pimdeploy.files import json_bytes, write_file
from pimdeploy.recipe import ExportSpec
from pimdeploy.verify.regression.digests import differences, digest_of_model
from pimdeploy.verify.regression.job import changed_lines, file_checks, replace_golden
from pimdeploy.zoo import find_recipe, trained, zoo_names

BUNDLES = {
    "odd_bfan_siso": ExportSpec(),
    "odd_bfan_mimo": ExportSpec(golden_samples=2048, golden_nodes_samples=64),
    "whlut_siso": ExportSpec(golden_samples=8192),
    "memory_polynomial_siso": ExportSpec(golden_samples=8192, golden_nodes_samples=128),
    "cnn_lightweight": ExportSpec(golden_samples=64, golden_nodes_samples=8),
}
"""The models of which a whole bundle is committed, and how many samples: so many that each stays small."""
DIGESTS = "digests.json"
"""All other models of the zoo."""


def golden_parts(name: str) -> Parts:
    """Return what the golden bundle of the zoo model `name` is made from: its recipe, weights, formats and scenario."""
    from pimdeploy.networks.build import default_latency
    from pimdeploy.pipeline import load_dataset, make_parts, with_capture

    recipe = with_capture(find_recipe(name), None).model_copy(update={"export": BUNDLES[name]})
    weights, formats = trained(name)
    return make_parts(recipe, load_dataset(recipe), weights, formats, default_latency(recipe.network))


def remake_bundle(name: str, export: Path, *, check: bool = False) -> list[str]:
    """Make the golden bundle of `name` in the folder `export`; return what changed, a line each. A report in it stays.

    check: write nothing. Raises `PimdeployError`.
    """
    parts, target = golden_parts(name), export / name
    files = bundle_files(parts)
    changed = _changes(parts, files, target)
    if changed and not check:
        replace_golden(parts, files, target)
    return changed


def remake_digests(names: Sequence[str], export: Path, *, check: bool = False) -> list[str]:
    """Make the digests of the models `names` in export/digests.json; return what changed, a line each.

    Entries of other models stay, but for those that the zoo no longer has or that have a bundle. check: write nothing.
    """
    before = read_digests(export)
    entries = {name: entry for name, entry in before.items() if name in digest_names()}
    lines = [f"{name}: gone" for name in before if name not in entries]
    for name in names:
        entries[name] = digest_of_model(name)
        found = differences(before[name], entries[name]) if name in before else ["new"]
        lines += [f"{name}: {line}" for line in found]
    if lines and not check:
        write_file(export / DIGESTS, json_bytes({name: entries[name] for name in sorted(entries)}))
    return lines


def read_digests(export: Path) -> dict[str, Any]:
    """Return the committed digests by model, none where there is no file. Raises `InputError` for one that is no JSON."""
    file = export / DIGESTS
    try:
        found: dict[str, Any] = json.loads(file.read_bytes()) if file.is_file() else {}
    except (ValueError, OSError) as error:
        raise InputError(f"{file}: cannot be read: {error}; run `make golden`") from error
    return found


def digest_names() -> list[str]:
    """Return the models of the zoo that have a digest: all without a golden bundle."""
    return [name for name in zoo_names() if name not in BUNDLES]


def _changes(parts: Parts, files: dict[str, bytes], target: Path) -> list[str]:
    """Return what differs from the golden bundle at `target`, also from one whose bytes are not its manifest's."""
    if not (target / MANIFEST).exists():
        return ["new"]
    try:
        golden = Bundle.open(target)
    except (BundleChangedError, BundleError) as error:
        return [str(error)]
    return changed_lines(golden, file_checks(golden, files, manifest(parts, files)["facts"]))


def main(arguments: Sequence[str]) -> int:
    """Remake or check; return the exit status: 0, with --check 1 where anything changed, 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m pimdeploy.golden_zoo", description="Remake golden bundles.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="models of the zoo; by default all")
    parser.add_argument("--export", type=Path, default=Path("export"), help="folder of the golden bundles")
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 where anything changed")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in zoo_names()]
    if unknown:
        parser.error(f"{unknown[0]}: no model of the zoo; known: {', '.join(zoo_names())}")
    names = chosen.names or zoo_names()
    try:
        changed = False
        for name in [name for name in BUNDLES if name in names]:
            changed |= _told(f"{chosen.export / name}", remake_bundle(name, chosen.export, check=chosen.check))
        digests = [name for name in digest_names() if name in names]
        changed |= _told(f"{chosen.export / DIGESTS}", remake_digests(digests, chosen.export, check=chosen.check))
    except PimdeployError as error:
        sys.stderr.write(f"golden_zoo: {error}\n")
        return error.exit_status
    return int(chosen.check and changed)


def _told(what: str, lines: Sequence[str]) -> bool:
    """Print what changed; return whether anything did."""
    sys.stdout.write("".join(f"{what}: {line}\n" for line in lines) or f"{what}: unchanged\n")
    sys.stdout.flush()
    return bool(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
