"""The NumPy reference as a backend."""

import numpy as np
import pytest
from demo_models import demo_model, full_scale_noise

from pimdeploy.datapath.graph import tables, to_json
from pimdeploy.errors import BundleError
from pimdeploy.verify.backends.numpy_reference import NumpyBackend, numpy_backends


@pytest.fixture
def bundle(tmp_path):
    graph = demo_model().graph
    (tmp_path / "datapath.json").write_text(to_json(graph))
    np.savez(tmp_path / "tables.npz", **tables(graph))
    return tmp_path


def test_names_are_those_of_require():
    backends = numpy_backends()
    assert [backend.name for backend in backends] == ["numpy_table", "numpy_basis"]
    assert all(backend.streams and backend.unavailable() is None for backend in backends)


@pytest.mark.parametrize("form", ["table", "basis"])
def test_each_run_is_from_reset_in_any_blocks(bundle, tmp_path, form):
    backend = NumpyBackend(form)
    backend.prepare(bundle, tmp_path)
    x_q = full_scale_noise(3000)
    whole = backend.run(x_q)
    for block in (37, 1000, 3000, 5000):
        np.testing.assert_array_equal(backend.run(x_q, block), whole)
    np.testing.assert_array_equal(backend.trace(x_q)["y"], whole)
    assert backend.run(x_q[:, :0]).shape == (2, 0)


def test_a_broken_bundle_is_one_line(bundle, tmp_path):
    (bundle / "tables.npz").write_bytes(b"")
    with pytest.raises(BundleError, match=r"^numpy_table: .*tables\.npz: cannot be read: [^\n]*$"):
        NumpyBackend("table").prepare(bundle, tmp_path)


def test_a_signal_outside_the_format_is_one_line(bundle, tmp_path):
    backend = NumpyBackend("table")
    backend.prepare(bundle, tmp_path)
    with pytest.raises(BundleError, match=r"^numpy_table: sample 40000 outside \[-32768, 32767\]"):
        backend.run(np.full((2, 3), 40000))
