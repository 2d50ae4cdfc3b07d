"""Reading a bundle: the one interface between the stages (docs/spec/bundle.md). Needs no torch and unpickles nothing."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.array_files import ArrayFileError, load_npy, load_npz
from pimdeploy.datapath import graph as graphs
from pimdeploy.datapath.check import check
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.model import Model
from pimdeploy.documents import parse_json
from pimdeploy.errors import BundleChangedError, BundleError
from pimdeploy.files import regular
from pimdeploy.recipe import Recipe, parse_recipe

MANIFEST = "manifest.json"
SCHEMA_VERSION = 2
FACTS = frozenset({"name", "fs_hz", "delay_samples", "receive_filter", "preprocessing"})
"""Facts of the manifest without which a bundle cannot be exported again."""
REPORTS = ("report.html", "report.json")
OUTSIDE_DIGEST = frozenset({*REPORTS, MANIFEST})
"""Files whose bytes are no part of what is shipped: they hold times of a run and versions of tools."""


def sha256(data: bytes) -> str:
    """Return the hexadecimal SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def digest_of(files: dict[str, str], facts: dict[str, Any]) -> str:
    """Return the digest of a bundle: of its files' hashes by path and of the manifest's facts, report and tools apart."""
    lines = [f"{files[path]}  {path}" for path in sorted(files) if path not in OUTSIDE_DIGEST]
    return sha256("\n".join([*lines, json.dumps(facts, sort_keys=True)]).encode())


@dataclass(frozen=True)
class Bundle:
    """A bundle on disk. `Bundle.open` checks every byte against the manifest."""

    path: Path
    manifest: dict[str, Any]

    @classmethod
    def open(cls, path: Path, *, check_bytes: bool = True) -> "Bundle":
        """Return the bundle in the folder `path`.

        Raises `BundleError` (cannot be read) or `BundleChangedError` (a byte differs from the manifest), one line each.
        """
        bundle = cls(path, _read_manifest(path))
        if check_bytes:
            bundle.check_bytes()
        return bundle

    def check_bytes(self) -> None:
        """Compare every file with its hash and the digest with the manifest's. Raises `BundleChangedError`."""
        for name, expected in self.manifest["files"].items():
            file = self.path / name
            if not file.is_file():
                raise BundleChangedError(f"{self.path}: {name} is gone; the manifest lists it; export the bundle again")
            if sha256(file.read_bytes()) != expected:
                raise BundleChangedError(
                    f"{self.path}: {name} differs from its sha256 in the manifest; export the bundle again"
                )
        if digest_of(self.manifest["files"], self.manifest["facts"]) != self.manifest["digest"]:
            raise BundleChangedError(f"{self.path}: {MANIFEST} differs from its digest; export the bundle again")

    @property
    def name(self) -> str:
        """Name of the model."""
        return str(self.manifest["facts"]["name"])

    @property
    def digest(self) -> str:
        """Digest of the bundle, as its manifest states it."""
        return str(self.manifest["digest"])

    def read(self, name: str) -> bytes:
        """Return the bytes of the file `name`. Raises `BundleError`."""
        try:
            return regular(self.path / name).read_bytes()
        except OSError as error:
            raise BundleError(
                f"{self.path}: {name} cannot be read: {error.strerror}; export the bundle again"
            ) from error

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe as resolved."""
        return parse_recipe(self.read("recipe.toml").decode("utf-8", "replace"), f"{self.path}/recipe.toml")

    @cached_property
    def formats(self) -> FormatMap:
        """Formats of weights and activations."""
        return FormatMap.from_json(self.read("formats.json").decode("utf-8", "replace"), f"{self.path}/formats.json")

    @cached_property
    def weights(self) -> dict[str, NDArray[np.float64]]:
        """Real-valued trained weights by name, float64."""
        return load_weights(self.read("weights.safetensors"), f"{self.path}/weights.safetensors")

    @cached_property
    def graph(self) -> graphs.Graph:
        """The datapath graph as it is stored; it keeps the rules of docs/spec/datapath.md. Raises `GraphError`, too."""
        text = self.read("datapath.json").decode("utf-8", "replace")
        graph = graphs.from_json(text, self.load_arrays("tables.npz"), f"{self.path}/datapath.json")
        check(graph)
        return graph

    def load_arrays(self, name: str) -> dict[str, NDArray[np.int64]]:
        """Return the arrays of the .npz file `name`. Raises `BundleError`."""
        return load_arrays(self.read(name), f"{self.path}: {name}")

    def load_array(self, name: str) -> NDArray[np.int64]:
        """Return the array of the .npy file `name`. Raises `BundleError`."""
        try:
            return _integers(load_npy(self.read(name)))
        except ArrayFileError as error:
            raise BundleError(f"{self.path}: {name} is no array: {error}; export the bundle again") from error

    def model(self) -> Model:
        """Lower the bundle's weights and formats once more and return the model: where a re-export starts."""
        facts = self.manifest["facts"]
        graph, real_tables = lower(
            self.recipe.network,
            self.weights,
            self.formats,
            self.name,
            int(facts["delay_samples"]),
            self.recipe.datapath.products,
        )
        taps = np.array([complex(re, im) for re, im in facts["receive_filter"]], dtype=np.complex128)
        return Model(
            graph, real_tables, float(facts["fs_hz"]), taps, facts["preprocessing"], self.recipe.datapath.piecewise
        )


def load_arrays(data: bytes, where: str) -> dict[str, NDArray[np.int64]]:
    """Return the integer arrays of an .npz file. Raises `BundleError`."""
    try:
        return {key: _integers(array) for key, array in load_npz(data).items()}
    except ArrayFileError as error:
        raise BundleError(f"{where} is no table file: {error}; export the bundle again") from error


def load_weights(data: bytes, where: str) -> dict[str, NDArray[np.float64]]:
    """Return the tensors of a safetensors file as float64. Raises `BundleError`."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        weights = {name: np.asarray(array, dtype=np.float64) for name, array in load(data).items()}
    except (SafetensorError, ValueError, KeyError) as error:
        raise BundleError(f"{where}: not a safetensors file: {error}; train or export again") from error
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise BundleError(f"{where}: {name} is not finite; train or export again")
    return weights


def _integers(array: NDArray[Any]) -> NDArray[np.int64]:
    if array.dtype.kind not in "iu":
        raise ArrayFileError(f"it holds {array.dtype}, integers were expected")
    return array.astype(np.int64)


def _read_manifest(path: Path) -> dict[str, Any]:
    file = path / MANIFEST
    if not path.is_dir() or not file.is_file():
        raise BundleError(
            f"{path}: no bundle: expected a folder with {MANIFEST}, as `pimdeploy run` or `export` writes"
        )
    try:
        manifest: dict[str, Any] = parse_json(regular(file).read_bytes())
        version = manifest["schema_version"]
        complete = {"files", "facts", "digest", "tool_versions"} <= manifest.keys()
        sound = complete and isinstance(manifest["files"], dict) and manifest["facts"].keys() >= FACTS
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise BundleError(f"{file}: cannot be read: {error}; export the bundle again") from error
    if version != SCHEMA_VERSION:
        raise BundleError(f"{file}: schema version {version}, this pimdeploy reads {SCHEMA_VERSION}; export it again")
    if not sound:
        raise BundleError(
            f"{file}: incomplete: expected files, facts, digest and tool_versions, the facts {', '.join(sorted(FACTS))}; "
            f"export it again"
        )
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in manifest["files"]):
        raise BundleError(f"{file}: names files outside the bundle; export it again")
    for name, expected, good in _checked_facts(manifest["facts"]):
        if not good:
            raise BundleError(f"{file}: facts.{name}: expected {expected}; export the bundle again")
    return manifest


def _checked_facts(facts: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Return (name, what was expected, whether it is that) of every fact that is computed with or names a file."""
    name, fs_hz, delay, taps = (facts[key] for key in ("name", "fs_hz", "delay_samples", "receive_filter"))
    return [
        ("name", "a C identifier", isinstance(name, str) and name.isascii() and name.isidentifier()),
        ("fs_hz", "a positive number of Hz", _is_number(fs_hz) and fs_hz > 0),
        ("delay_samples", "a number of samples, 0 or more", type(delay) is int and delay >= 0),
        ("receive_filter", "taps as [re, im]", isinstance(taps, list) and all(map(_is_pair, taps))),
        ("preprocessing", "an object", isinstance(facts["preprocessing"], dict)),
    ]


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))
