"""Bundles of any small graph, with the files that mutants alter: what the tests of mutations run on."""

from pathlib import Path

import numpy as np

from pimdeploy.bundle import Bundle
from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.model import Model
from pimdeploy.emit.c.code import emit_c
from pimdeploy.emit.certificate import emit_certificate
from pimdeploy.emit.golden import emit_golden, npz_bytes
from pimdeploy.emit.onnx.carried import emit_onnx_carried
from pimdeploy.emit.onnx.integer import emit_onnx_integer


def bundle_of_graph(graph: Graph, folder: Path) -> Bundle:
    """Write what a proof reads of a bundle that holds `graph`: no recipe, no trained weights."""
    model = Model(graph, {}, 1e6, np.ones(1, dtype=np.complex128))
    x = graph.input.format
    stimulus_q = np.random.default_rng(5).integers(x.min_q, x.max_q + 1, size=(graph.input.channels, 256))
    files = {"datapath.json": to_json(graph).encode(), "tables.npz": npz_bytes(tables(graph))}
    for made in (emit_c(model), emit_onnx_integer(model), emit_onnx_carried(model), emit_certificate(graph)):
        files |= made
    files |= emit_golden(model, stimulus_q, 64)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return Bundle(folder, {"facts": {"name": graph.name, "delay_samples": graph.delay_samples}, "files": {}})
