"""Assembles a bundle from all emitters and writes it atomically (docs/spec/bundle.md)."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy import __version__
from pimdeploy.bundle import MANIFEST, OUTSIDE_DIGEST, SCHEMA_VERSION, Bundle, digest_of, sha256
from pimdeploy.datapath import graph as graphs
from pimdeploy.datapath.check import check
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.model import Model
from pimdeploy.emit.c.placement import Placement
from pimdeploy.emit.certificate import emit_certificate
from pimdeploy.emit.golden import describe, emit_golden, narrowest, npz_bytes
from pimdeploy.files import json_bytes, replaced_folder
from pimdeploy.progress import StepProgress
from pimdeploy.recipe import Recipe, dump_recipe

TOOLS = ("numpy", "onnx", "onnxruntime", "torch", "brevitas", "safetensors", "jinja2", "tomli-w")


@dataclass(frozen=True)
class Parts:
    """All that a bundle is made from.

    weights: real-valued trained weights by name. stimulus_q: golden stimulus [channels, n_samples], integers of the
    input's format.
    """

    recipe: Recipe
    model: Model
    weights: dict[str, NDArray[np.float64]]
    formats: FormatMap
    stimulus_q: NDArray[np.int64]


def bundle_files(parts: Parts, progress: StepProgress | None = None) -> dict[str, bytes]:
    """Return every file of the bundle but the manifest and the report, by relative path: the same bytes every time."""
    from safetensors.numpy import save

    from pimdeploy.cost.ledger import ledger
    from pimdeploy.emit.c.code import emit_c
    from pimdeploy.emit.hdl.files import emit_hdl
    from pimdeploy.emit.onnx.carried import emit_onnx_carried
    from pimdeploy.emit.onnx.float import emit_onnx_float
    from pimdeploy.emit.onnx.integer import emit_onnx_integer
    from pimdeploy.emit.onnx.qdq import emit_onnx_qdq
    from pimdeploy.emit.onnx.qonnx import emit_onnx_qonnx

    model = parts.model
    check(model.graph, parts.recipe.datapath.acc_bits)
    steps: list[tuple[str, Callable[[], dict[str, bytes]]]] = [
        ("datapath", lambda: _data_files(parts, save)),
        ("integer ONNX", lambda: emit_onnx_integer(model)),
        ("float64-carried ONNX", lambda: emit_onnx_carried(model)),
        ("QDQ ONNX", lambda: emit_onnx_qdq(model)),
        ("QONNX", lambda: emit_onnx_qonnx(model)),
        ("float ONNX", lambda: emit_onnx_float(model)),
        ("C", lambda: emit_c(model, _placement(parts.recipe))),
        ("golden vectors", lambda: emit_golden(model, parts.stimulus_q, parts.recipe.export.golden_nodes_samples)),
        ("HDL tables", lambda: emit_hdl(model, parts.stimulus_q, parts.recipe.export.golden_nodes_samples)),
        ("certificate", lambda: emit_certificate(model.graph, model.real_tables)),
        (
            "ledger",
            lambda: {"ledger.json": json_bytes(ledger(model.graph, model.piecewise).to_json() | _memory(model))},
        ),
    ]
    files: dict[str, bytes] = {}
    for done, (what, step) in enumerate(steps):
        if progress:
            progress(done, len(steps), what)
        files |= step()
    if progress:
        progress(len(steps), len(steps), "all files")
    return files


def write_bundle(
    parts: Parts, out: Path, progress: StepProgress | None = None, *, beside: Mapping[str, bytes] = MappingProxyType({})
) -> Bundle:
    """Write the bundle into the folder `out`, all or nothing, and return it. Raises `InputError` where it cannot.

    beside: files outside the digest, such as an earlier report, that go into the folder, too.
    """
    return write_files(parts, bundle_files(parts, progress), out, beside=beside)


def write_files(
    parts: Parts, files: Mapping[str, bytes], out: Path, *, beside: Mapping[str, bytes] = MappingProxyType({})
) -> Bundle:
    """Write the bundle whose `files` are made already; see `write_bundle`."""
    with replaced_folder(out, MANIFEST) as folder:
        for name, data in {**beside, **files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        (folder / MANIFEST).write_bytes(json_bytes(manifest(parts, files)))
    return Bundle.open(out)


def manifest(parts: Parts, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return manifest.json: facts of the model, hashes of all files, the digest, and the tools that made them."""
    hashes = {name: sha256(data) for name, data in sorted(files.items()) if name not in OUTSIDE_DIGEST}
    facts = _facts(parts.model)
    return {
        "schema_version": SCHEMA_VERSION,
        "digest": digest_of(hashes, facts),
        "facts": facts,
        "files": hashes,
        "tool_versions": tool_versions(),
    }


def tool_versions() -> dict[str, str]:
    """Return the versions of what made the files, null tools left out."""
    versions = {"pimdeploy": __version__, "python": platform.python_version()}
    for tool in TOOLS:
        try:
            versions[tool] = metadata.version(tool)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _facts(model: Model) -> dict[str, Any]:
    return {
        "name": model.graph.name,
        "graph_sha256": graphs.graph_sha256(model.graph),
        "fs_hz": model.fs_hz,
        "delay_samples": model.graph.delay_samples,
        "warmup_samples": model.graph.memory,
        **describe(model),
        "receive_filter": [[float(tap.real), float(tap.imag)] for tap in model.receive_filter],
        "subtract": "before the receive filter: received[n - delay_samples] - estimate[n], in units of rx full scale",
        "preprocessing": model.preprocessing,
    }


def _memory(model: Model) -> dict[str, Any]:
    """Return what the C code takes in memory, as ledger.json holds it."""
    from pimdeploy.emit.c.memory import memory

    return {"c": memory(model.graph).to_json()}


def _placement(recipe: Recipe) -> Placement:
    wanted = recipe.export
    return Placement(wanted.c_compiler, wanted.c_section, wanted.c_alignment)


def _data_files(parts: Parts, save: Callable[[dict[str, NDArray[np.float64]]], bytes]) -> dict[str, bytes]:
    graph = parts.model.graph
    return {
        "recipe.toml": dump_recipe(parts.recipe).encode(),
        "weights.safetensors": save({name: np.ascontiguousarray(w) for name, w in sorted(parts.weights.items())}),
        "formats.json": parts.formats.to_json().encode(),
        "datapath.json": graphs.to_json(graph).encode(),
        "datapath.txt": graphs.dump(graph).encode(),
        "tables.npz": npz_bytes({name: narrowest(table, 16) for name, table in graphs.tables(graph).items()}),
    }
