"""The backends beside ONNX Runtime on whole files: states block by block, QDQ and QONNX where exact, third-party C."""

import json
from importlib.util import find_spec

import numpy as np
import pytest
from demo_bundle import demo_parts
from demo_graphs import GRAPHS
from demo_models import demo_formats, full_scale_noise
from onnx_files import corners_and_noise, model_of
from onnx_oracle import run_nodes

from pimdeploy.emit.bundle import write_bundle
from pimdeploy.emit.certificate import emit_certificate
from pimdeploy.emit.onnx.carried import emit_onnx_carried
from pimdeploy.emit.onnx.integer import emit_onnx_integer
from pimdeploy.emit.onnx.qdq import emit_onnx_qdq
from pimdeploy.emit.onnx.qonnx import emit_onnx_qonnx
from pimdeploy.errors import BundleError, InputError
from pimdeploy.verify import proof
from pimdeploy.verify.backends.emx_c import EmxBackend
from pimdeploy.verify.backends.fixed_length import in_fixed_lengths
from pimdeploy.verify.backends.onnx_runtime import OnnxBackend, onnx_backends
from pimdeploy.verify.backends.onnx_stream import OnnxStateBackend, onnx_state_backends
from pimdeploy.verify.backends.qonnx_executor import QonnxBackend
from pimdeploy.verify.proving import BLOCK

INTEGERS = ("onnx_int_state", "onnx_f64_state")
OTHERS = {EmxBackend: "emx_onnx_cgen", QonnxBackend: "qonnx"}


def write_files(graph, folder):
    model = model_of(graph)
    (folder / "onnx").mkdir(parents=True)
    files = emit_onnx_integer(model) | emit_onnx_carried(model) | emit_onnx_qdq(model) | emit_onnx_qonnx(model)
    for path, data in (files | emit_certificate(graph)).items():
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def short_words(tmp_path_factory):
    """A bundle whose words are so short that float32 holds every sum."""
    parts = demo_parts(formats=demo_formats(weight_bits=8, activation_bits=8))
    return write_bundle(parts, tmp_path_factory.mktemp("short") / "demo")


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("form", INTEGERS)
def test_every_block_length_is_exact(name, form, tmp_path):
    graph = GRAPHS[name]()
    backend = OnnxStateBackend(form, "on")
    backend.prepare(write_files(graph, tmp_path / "bundle"), tmp_path)
    x_q = corners_and_noise(300, graph.input.channels)
    expected = run_nodes(graph, x_q)
    for block in (None, 1, 7, 64, 8192):
        assert np.array_equal(backend.run(x_q, block), expected["y"]), block
    traced = backend.trace(x_q)
    assert list(traced) == [node.name for node in graph.nodes[1:]]
    assert all(np.array_equal(values, expected[node]) for node, values in traced.items())


def test_each_run_begins_from_reset_and_no_samples_give_none(tmp_path):
    graph = GRAPHS["polynomial"]()
    backend = OnnxStateBackend("onnx_int_state", "on")
    backend.prepare(write_files(graph, tmp_path / "bundle"), tmp_path)
    x_q = full_scale_noise(50)
    assert np.array_equal(backend.run(x_q), backend.run(x_q))
    assert backend.run(x_q[:, :0]).shape == (2, 0)
    with pytest.raises(InputError, match=r"^backend onnx_int_state_opt_on: input of shape \(3, 5\)"):
        backend.run(np.zeros((3, 5), dtype=np.int64))


def test_the_proof_feeds_blocks_of_1_7_64_and_unequal_lengths(shared_bundle, monkeypatch):
    seen = set()
    run = OnnxStateBackend.run

    def noted(self, x_q, block=None):
        seen.add(block)
        return run(self, x_q, block)

    monkeypatch.setattr(OnnxStateBackend, "run", noted)
    found = prove(shared_bundle, OnnxStateBackend("onnx_int_state", "on"))
    assert seen == {BLOCK, 1, 7, 64, None}
    assert found["onnx_int_state_opt_on"].status == "ok"
    assert found["onnx_int_state_opt_on"].samples > 3000


def prove(path, *backends):
    outcome = proof.verify(proof.Bundle.open(path, check_bytes=False), 3000, backends=backends)
    return {result.name: result for result in outcome.backends}


def test_a_state_that_is_lost_is_found(bundle_path):
    """A state one sample short of the past: the block form differs, the whole signal does not."""
    import onnx

    file = bundle_path / "onnx" / "model_int_state.onnx"
    model = onnx.load(file)
    maker = next(node for node in model.graph.node if node.output[0] == "state_K_next")
    source = next(node for node in model.graph.node if node.output[0] == maker.input[0])
    zero = onnx.helper.make_node("Sub", [source.output[0], source.output[0]], ["lost"])
    maker.input[0] = "lost"
    model.graph.node.insert(list(model.graph.node).index(maker), zero)
    file.write_bytes(model.SerializeToString())
    found = prove(bundle_path, OnnxStateBackend("onnx_int_state", "on"), OnnxBackend("onnx_int", "on"))
    assert found["onnx_int_opt_on"].status == "ok"
    assert found["onnx_int_state_opt_on"].status == "mismatch"


def test_qdq_and_qonnx_take_part_where_the_certificate_proves_them(short_words):
    backends = [b for b in (*onnx_backends(), *onnx_state_backends()) if b.name.startswith("qdq")]
    others = [make() for make, module in OTHERS.items() if find_spec(module)]
    assert [b.name for b in backends] == ["qdq_opt_off", "qdq_opt_on", "qdq_state_opt_on"]
    found = prove(short_words.path, *backends, *others)
    for backend in (*backends, *others):
        result = found[backend.name]
        assert (result.status, result.mismatches, result.reason) == ("ok", 0, None), backend.name
        assert result.samples >= 2000, backend.name


def test_they_do_not_where_it_does_not(shared_bundle):
    found = prove(shared_bundle, OnnxBackend("qdq", "on"))["qdq_opt_on"]
    assert found.status == "not_run"
    assert found.reason.startswith("not exact by the certificate: float32 rounds from node K on: ")
    assert proof.verify(
        proof.Bundle.open(shared_bundle), 100, require=["qdq"], backends=[OnnxBackend("qdq", "on")]
    ).missing


def test_what_the_certificate_does_not_name_is_not_run_and_none_at_all_is_an_error(bundle_path):
    """Bundles of before have no such files."""
    file = bundle_path / "certificate.json"
    certificate = json.loads(file.read_text())
    del certificate["onnx"]["model_int_state.onnx"]
    file.write_text(json.dumps(certificate))
    found = prove(bundle_path, OnnxStateBackend("onnx_int_state", "on"))["onnx_int_state_opt_on"]
    assert (found.status, found.samples) == ("not_run", 0)
    assert found.reason == "certificate.json says nothing of model_int_state.onnx; export the bundle again"
    file.write_text("{}")
    with pytest.raises(BundleError, match=r"certificate\.json cannot be read: 'onnx'; export the bundle again$"):
        OnnxBackend("qdq", "on").unproven(bundle_path)


@pytest.mark.parametrize("make", [make for make, module in OTHERS.items() if find_spec(module)])
def test_other_tools_are_given_what_their_files_lack_as_an_error(make, bundle_path, tmp_path):
    for name in ("model_int.onnx", "model_qonnx.onnx"):
        (bundle_path / "onnx" / name).write_bytes(b"\xff" * 100)
    with pytest.raises(BundleError, match=r"(cannot be loaded|refuses \S+): [^\n]+; export the bundle again$"):
        make().prepare(bundle_path, tmp_path)
    with pytest.raises(InputError, match=r"computes whole signals; run it without block$"):
        make().run(np.zeros((2, 5), dtype=np.int64), block=1)


@pytest.mark.parametrize("n_samples", [0, 1, 9, 10, 11, 57])
def test_fixed_lengths_give_any_length(n_samples):
    """A sum over five samples, ten at a time of which four are context."""

    def compute(x_q):
        assert x_q.shape[1] == 10
        return np.stack([np.convolve(row, np.ones(5, dtype=np.int64))[:10] for row in x_q])

    x_q = full_scale_noise(n_samples)
    expected = [np.convolve(row, np.ones(5, dtype=np.int64))[:n_samples] if n_samples else row for row in x_q]
    assert np.array_equal(in_fixed_lengths(compute, x_q, 4, 10), expected)
