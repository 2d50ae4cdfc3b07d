"""Mutations of a case: of the content of one of its files, by its kind, and of the folder that holds them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from fuzz.case import Case
from fuzz.hostile import LINKS
from fuzz.mutate_bytes import mutated_bytes
from fuzz.mutate_mat5 import mutated_mat5
from fuzz.mutate_npy import mutated_npy
from fuzz.mutate_safetensors import mutated_safetensors
from fuzz.mutate_text import mutated_csv, mutated_json, mutated_toml
from fuzz.mutate_zip import mutated_zip
from fuzz.source import Source, chance, pick

Seal = Callable[[Case], Case]
"""Makes sums and hashes of a changed case agree again, as whoever means harm would."""

NAMES = ("tx", "x", "rx.csv", "noise.csv", "spec.json", "TX.CI16", "a\nb", "\x1b[31m", "ä", "-o", "truth.sigmf-meta")


def mutated_content(source: Source, name: str, data: bytes) -> bytes:
    """Return `data` changed as the kind of file that `name` says admits, or as bytes."""
    if chance(source, 4):
        return mutated_bytes(source, data)
    match PurePosixPath(name).suffix:
        case ".json" | ".sigmf-meta":
            return mutated_json(source, data)
        case ".toml":
            return mutated_toml(source, data)
        case ".npy":
            return mutated_npy(source, data)
        case ".npz" | ".pth":
            return mutated_zip(source, data, mutated_content)
        case ".safetensors":
            return mutated_safetensors(source, data)
        case ".csv":
            return mutated_csv(source, data)
        case ".mat":
            return mutated_mat5(source, data)
        case _:
            return mutated_bytes(source, data)


def _with_content(source: Source, case: Case) -> Case:
    name = pick(source, sorted(case.files))
    return replace(case, files={**case.files, name: mutated_content(source, name, case.files[name])})


def _with_folder(source: Source, case: Case) -> Case:
    """Return `case` with a file gone, renamed, doubled, exchanged, or a link in its place."""
    name, other = (pick(source, sorted(case.files)) for _ in range(2))
    rest = {key: data for key, data in case.files.items() if key != name}
    match pick(source, ("gone", "link", "link", "renamed", "doubled", "exchanged", "folder")):
        case "gone":
            return replace(case, files=rest)
        case "link":
            target = pick(source, (*LINKS, PurePosixPath(name).name))
            return replace(case, files=rest, links={**case.links, name: target})
        case "renamed":
            return replace(case, files={**rest, pick(source, NAMES): case.files[name]})
        case "doubled":
            return replace(case, files={**case.files, pick(source, NAMES): case.files[name]})
        case "exchanged":
            return replace(case, files={**case.files, name: case.files[other], other: case.files[name]})
        case _:
            return replace(case, files={**rest, f"{name}/inside": case.files[name]})


def unsealed(case: Case) -> Case:
    """Return `case` as it is: its files hold no hashes of each other."""
    return case


def mutated(source: Source, seeds: Sequence[Case], seal: Seal = unsealed) -> Case:
    """Return one of `seeds`, as it is or changed in one place or a few, mostly sealed again."""
    case = pick(source, seeds)
    for _ in range(pick(source, (1, 1, 1, 1, 1, 0, 2, 3))):
        change = _with_folder if not case.alone and chance(source, 8) else _with_content
        case = change(source, case) if case.files else case
    return case if chance(source, 8) else seal(case)


def resealed_bundle(case: Case) -> Case:
    """Return a bundle whose manifest agrees with its files: their hashes, and its digest, as far as it can be read."""
    from pimdeploy.bundle import MANIFEST, digest_of, sha256

    try:
        manifest = json.loads(case.files[MANIFEST])
        listed = {
            name: sha256(case.files[name]) if name in case.files else told for name, told in manifest["files"].items()
        }
        manifest["files"] = listed
        manifest["digest"] = digest_of(listed, manifest["facts"])
        data = json.dumps(manifest).encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return case
    return replace(case, files={**case.files, MANIFEST: data})
