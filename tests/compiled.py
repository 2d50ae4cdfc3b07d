"""Graphs whose C is compiled and run, and what the NumPy reference makes of the same samples."""

import json
from pathlib import Path

import numpy as np
from demo_models import full_scale_noise
from tools import missing

from firmware_ref import Reference
from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.model import Model
from pimdeploy.emit.c.code import emit_c
from pimdeploy.verify.backends.c_code import CBackend

BLOCKS = (1, 37, 1000, None)


def model_of(graph: Graph) -> Model:
    """A model of nothing but integers."""
    return Model(graph, {}, 1e6, np.ones(1, dtype=np.complex128))


def bundle_of(model: Model, folder: Path) -> Path:
    """Write the C files of `model` below `folder`."""
    for path, data in emit_c(model).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def prepared(model: Model, backend: CBackend, tmp_path: Path) -> CBackend:
    """Compile the C of `model`; a machine without the compiler skips the test."""
    reason = backend.unavailable()
    if reason:
        missing(reason)
    work = tmp_path / backend.name
    work.mkdir()
    backend.prepare(bundle_of(model, tmp_path / "bundle"), work)
    return backend


def expected_nodes(graph: Graph, x_q: np.ndarray) -> dict[str, np.ndarray]:
    """Integers of every node by the NumPy reference."""
    return Reference(json.loads(to_json(graph)), tables(graph)).trace(x_q)


def stimulus(graph: Graph, n_samples: int = 2600) -> np.ndarray:
    """Full-scale noise, the most negative code, square waves at full scale, an impulse, clipped 2x overdrive."""
    fmt, channels = graph.input.format, graph.input.channels
    rng = np.random.default_rng(3)
    x = full_scale_noise(n_samples, channels, bits=fmt.bits)
    x[:, 300:400] = fmt.min_q
    x[:, 400:500] = np.where(rng.integers(0, 2, size=(channels, 100)) == 0, fmt.min_q, fmt.max_q)
    x[:, 500:560] = 0
    x[0, 530] = fmt.max_q
    time = np.arange(400)
    sine = np.round(2.0 * fmt.max_q * np.sin(time * 0.11 + np.arange(channels)[:, None]))
    x[:, 600:1000] = np.clip(sine, fmt.min_q, fmt.max_q)
    x[:, 1000:1400] = rng.integers(-40, 41, size=(channels, 400)).clip(fmt.min_q, fmt.max_q)
    return x


def assert_equal_everywhere(model: Model, backend: CBackend) -> None:
    """The output equals the reference's, whole and in blocks, and so does every node that a trace shows."""
    x_q = stimulus(model.graph)
    nodes = expected_nodes(model.graph, x_q)
    output = nodes[model.graph.output.name]
    for block in BLOCKS:
        np.testing.assert_array_equal(backend.run(x_q, block), output, err_msg=f"block {block}")


def assert_nodes_equal(model: Model, backend: CBackend) -> None:
    """Every node of the graph is traced and equals the reference's."""
    x_q = stimulus(model.graph)[:, :1100]
    traced, expected = backend.trace(x_q), expected_nodes(model.graph, x_q)
    assert set(traced) == set(expected) == {node.name for node in model.graph.nodes}
    for name, values in expected.items():
        np.testing.assert_array_equal(traced[name], values, err_msg=name)
