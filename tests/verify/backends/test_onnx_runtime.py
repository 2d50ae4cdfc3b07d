"""The ONNX Runtime backends against Python integers: every word length, rounding and overflow, whole and in chunks."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model, full_scale_noise, signed
from onnx_files import corners_and_noise, model_of, through
from onnx_oracle import run_nodes

from firmware_ref import Reference
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import tables, to_json
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Convolution, IntTable, Requantize
from pimdeploy.emit.onnx.carried import emit_onnx_carried
from pimdeploy.emit.onnx.integer import emit_onnx_integer
from pimdeploy.errors import BundleError, InputError
from pimdeploy.verify.backends.onnx_runtime import OnnxBackend, onnx_backends

FORMS = ("onnx_int", "onnx_int_basis", "onnx_f64")
"""Those that are always exact."""
NAMES = [
    "onnx_int_opt_off",
    "onnx_int_opt_on",
    "onnx_int_basis_opt_off",
    "onnx_int_basis_opt_on",
    "onnx_f64_opt_off",
    "onnx_f64_opt_on",
]
QDQ_NAMES = ["qdq_opt_off", "qdq_opt_on"]


def write_bundle(model: Model, folder: Path) -> Path:
    (folder / "onnx").mkdir(parents=True)
    for path, data in (emit_onnx_integer(model) | emit_onnx_carried(model)).items():
        (folder / path).write_bytes(data)
    return folder


def integer_backends() -> list[OnnxBackend]:
    return [OnnxBackend(form, level) for form in FORMS for level in ("off", "on")]


def prepared(model: Model, folder: Path) -> list[OnnxBackend]:
    bundle = write_bundle(model, folder / "bundle")
    backends = integer_backends()
    for backend in backends:
        backend.prepare(bundle, folder)
    return backends


def stimulus(n_samples: int) -> np.ndarray:
    """The most negative code held, an impulse, full scale in square waves, then noise."""
    low = np.full((2, 40), -32768)
    impulse = np.zeros((2, 40), dtype=np.int64)
    impulse[:, 0] = 32767
    square = np.where(np.arange(80) // 5 % 2, 32767, -32768)
    return np.concatenate([low, impulse, np.stack([square, square[::-1]]), full_scale_noise(n_samples)], axis=1)


def test_names_are_stable():
    assert [backend.name for backend in onnx_backends()] == [*NAMES, *QDQ_NAMES]
    assert [backend.name for backend in integer_backends()] == NAMES
    assert not any(backend.streams for backend in onnx_backends())


@pytest.mark.parametrize(("weight_bits", "activation_bits"), [(16, 16), (12, 12), (8, 8), (6, 12)])
@pytest.mark.parametrize("M_N", [1, 2])
def test_every_node_is_exact(weight_bits, activation_bits, M_N, tmp_path):
    model = demo_model(weight_bits=weight_bits, activation_bits=activation_bits, M_N=M_N)
    x_q = stimulus(400)
    expected = run_nodes(model.graph, x_q)
    for backend in prepared(model, tmp_path):
        assert backend.unavailable() is None
        traced = backend.trace(x_q)
        assert list(traced) == ["K", "u", "Phi", "a", "f", "c", "Psi", "v", "G", "z", "y"]
        for node, values in traced.items():
            assert values.dtype == np.int64
            assert np.array_equal(values, expected[node]), (backend.name, node)
        assert np.array_equal(backend.run(x_q), expected["y"]), backend.name


@pytest.mark.parametrize("name", GRAPHS)
def test_every_node_kind_is_exact(name, tmp_path):
    """Against Python integers node by node, and against the firmware reference; in chunks shorter than the memory, too."""
    graph = GRAPHS[name]()
    x_q = corners_and_noise(500, channels=graph.input.channels)
    expected = run_nodes(graph, x_q)
    reference = Reference(json.loads(to_json(graph)), tables(graph)).trace(x_q)
    bundle = write_bundle(model_of(graph), tmp_path / "bundle")
    for backend in [*integer_backends(), *(OnnxBackend(form, "on", chunk_samples=7) for form in FORMS)]:
        backend.prepare(bundle, tmp_path)
        traced = backend.trace(x_q)
        assert list(traced) == [node.name for node in graph.nodes[1:]]
        for node, values in traced.items():
            assert np.array_equal(values, expected[node]), (backend.name, node)
            assert np.array_equal(values, reference[node]), (backend.name, node)
        assert np.array_equal(backend.run(x_q), expected["y"]), backend.name


@pytest.mark.parametrize(("channels", "chunk"), [(2, 4096), (64, 512), (128, 512)])
def test_wide_graphs_run_in_shorter_chunks(channels, chunk, tmp_path, monkeypatch):
    """What is computed at a time stays in the cache."""
    conv = Convolution("W", "x", IntTable(np.ones((channels, 1, 2))), signed(4, 0), groups=channels)
    graph = through(conv, Requantize("z", "W", signed(16, 15)), channels=channels)
    bundle = write_bundle(model_of(graph), tmp_path / "bundle")
    backend = OnnxBackend("onnx_f64", "on")
    backend.prepare(bundle, tmp_path)
    lengths = []
    run = backend._session.run

    class Session:
        get_inputs, get_outputs = backend._session.get_inputs, backend._session.get_outputs

        def run(self, names, feeds):
            lengths.append(feeds["x"].shape[2])
            return run(names, feeds)

    monkeypatch.setattr(backend, "_session", Session())
    x_q = full_scale_noise(chunk + 10, channels)
    assert np.array_equal(backend.run(x_q), run_nodes(graph, x_q)["z"])
    assert lengths == [chunk, 10 + graph.memory]


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("overflow", Overflow)
def test_every_rounding_and_overflow_is_exact(rounding, overflow, tmp_path):
    """Six-bit activations on sixteen-bit weights: ties are frequent, and the last layers overflow."""
    model = demo_model(weight_bits=8, activation_bits=6, rounding=rounding, overflow=overflow, seed=4)
    x_q = stimulus(1000)
    expected = run_nodes(model.graph, x_q)["y"]
    for backend in prepared(model, tmp_path):
        assert np.array_equal(backend.run(x_q), expected), backend.name


def test_chunks_give_the_whole_run(tmp_path):
    """Chunks shorter than the memory of the graph included."""
    model = demo_model(M_N=3)
    bundle = write_bundle(model, tmp_path / "bundle")
    x_q = stimulus(700)
    for form in FORMS:
        whole = OnnxBackend(form, "on", chunk_samples=x_q.shape[1])
        whole.prepare(bundle, tmp_path)
        expected = whole.run(x_q)
        for chunk in (1, 7, 37, 256):
            backend = OnnxBackend(form, "on", chunk_samples=chunk)
            backend.prepare(bundle, tmp_path)
            n = 200 if chunk == 1 else x_q.shape[1]
            assert np.array_equal(backend.run(x_q[:, :n]), expected[:, :n]), (form, chunk)
            assert np.array_equal(backend.trace(x_q[:, :n])["z"], expected[:, :n]), (form, chunk)


def test_less_context_than_the_memory_would_differ(tmp_path):
    """The test above can fail: one sample of context less and the chunks no longer add up."""
    bundle = write_bundle(demo_model(), tmp_path / "bundle")
    backend = OnnxBackend("onnx_int", "off", chunk_samples=37)
    backend.prepare(bundle, tmp_path)
    x_q = full_scale_noise(400)
    right = backend.run(x_q)
    backend._memory -= 1
    assert not np.array_equal(backend.run(x_q), right)


def test_no_samples_give_no_samples(tmp_path):
    for backend in prepared(demo_model(), tmp_path):
        assert backend.run(np.zeros((2, 0), dtype=np.int64)).shape == (2, 0)


def test_input_that_does_not_fit_is_refused(tmp_path):
    backend = prepared(demo_model(), tmp_path)[0]
    with pytest.raises(InputError, match=r"^backend onnx_int_opt_off: input in \[0, 32768\] leaves int16$"):
        backend.run(np.array([[0], [32768]]))
    with pytest.raises(
        InputError, match=r"^backend onnx_int_opt_off: input of shape \(3, 5\); expected \(2, samples\)"
    ):
        backend.run(np.zeros((3, 5), dtype=np.int64))
    with pytest.raises(InputError, match=r"^backend onnx_int_opt_off: computes whole signals; run it without block$"):
        backend.run(np.zeros((2, 5), dtype=np.int64), block=1)


def test_missing_and_broken_files_are_named(tmp_path):
    bundle = write_bundle(demo_model(), tmp_path / "bundle")
    (bundle / "onnx" / "model_int.onnx").unlink()
    (bundle / "onnx" / "model_int_basis.onnx").write_bytes(b"\xff" * 100)
    (bundle / "onnx" / "model_int_f64.onnx").write_bytes(b"")
    for form, message in (
        ("onnx_int", r"model_int\.onnx: missing; export the bundle again$"),
        ("onnx_int_basis", r"model_int_basis\.onnx: cannot be loaded: [^\n]+$"),
        ("onnx_f64", r"model_int_f64\.onnx: cannot be loaded: [^\n]+$"),
    ):
        with pytest.raises(BundleError, match=message):
            OnnxBackend(form, "on").prepare(bundle, tmp_path)


def test_nothing_is_printed_and_no_heavy_module_is_imported(tmp_path):
    """In a process of its own: ONNX Runtime writes its warnings past Python's streams."""
    bundle = write_bundle(demo_model(), tmp_path / "bundle")
    program = f"""
import json, sys
from pathlib import Path
import numpy as np
from pimdeploy.verify.backends.onnx_runtime import OnnxBackend
assert "onnxruntime" not in sys.modules and "onnx" not in sys.modules
shapes = []
for backend in [OnnxBackend(form, level) for form in {FORMS!r} for level in ("off", "on")]:
    backend.prepare(Path({str(bundle)!r}), Path())
    shapes.append(backend.run(np.zeros((2, 10), dtype=np.int64)).shape)
print(json.dumps([shapes, sorted({{"torch", "scipy", "matplotlib"}} & set(sys.modules))]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert json.loads(done.stdout) == [[[2, 10]] * len(NAMES), []]
