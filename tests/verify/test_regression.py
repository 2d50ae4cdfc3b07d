"""The regression names what changed, accepts it when told to, and leaves the golden set alone otherwise."""

import json
import shutil

import numpy as np
import pytest
from demo_bundle import demo_parts, small_weights
from demo_models import demo_formats

from pimdeploy.bundle import MANIFEST, Bundle, digest_of, sha256
from pimdeploy.datapath.formats import Rounding
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.errors import BundleChangedError, BundleError, InputError
from pimdeploy.verify import proof, regression
from pimdeploy.verify.backend_numpy import numpy_backends
from pimdeploy.verify.regression import regress


@pytest.fixture(autouse=True)
def _few_backends(monkeypatch):
    monkeypatch.setattr(proof, "all_backends", numpy_backends)


def signed_again(path, name, data):
    """Replace a file of the bundle and make the manifest agree with it: what a careful hand would do."""
    (path / name).write_bytes(data)
    manifest = json.loads((path / MANIFEST).read_text())
    manifest["files"][name] = sha256(data)
    manifest["digest"] = digest_of(manifest["files"], manifest["facts"])
    (path / MANIFEST).write_text(json.dumps(manifest))


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def changed_weight(tmp_path):
    weights = small_weights()
    weights["Phi"] = weights["Phi"].copy()
    weights["Phi"][0, 0, 0] -= 2.0**-14
    return write_bundle(demo_parts(weights=weights), tmp_path / "changed").path


def test_an_unchanged_bundle_has_no_changes(shared_bundle, bundle_path):
    for golden in (None, shared_bundle):
        outcome = regress(bundle_path, golden)
        assert (outcome.changed, outcome.proof.good, outcome.proof.mismatches) == ([], True, 0)
        assert outcome.proof.samples == 512


def test_a_changed_weight_is_named_before_what_follows_from_it(changed_weight, shared_bundle):
    outcome = regress(changed_weight, shared_bundle)
    assert outcome.changed[:2] == ["weights.safetensors: Phi changed", "tables.npz: Phi.taps changed"]
    assert "c/demo_weights.h: its bytes changed" in outcome.changed
    assert "golden/expected.npy: its bytes changed" in outcome.changed
    assert not outcome.proof.good
    assert outcome.proof.backends[0].first["node"] == "Phi"


def test_a_changed_rounding_is_named_by_its_nodes(shared_bundle, tmp_path):
    bundle = write_bundle(demo_parts(formats=demo_formats(rounding=Rounding.FLOOR)), tmp_path / "b")
    outcome = regress(bundle.path, shared_bundle)
    nodes = ", ".join(f"node {name}" for name in ("u", "a", "c", "v", "z"))
    assert outcome.changed[:2] == ["formats.json: its bytes changed", f"datapath.json: {nodes} changed"]
    assert outcome.proof.backends[0].first["node"] == "u"


def test_a_table_that_the_weights_do_not_give_is_named(bundle_path):
    with np.load(bundle_path / "tables.npz") as archive:
        tables = dict(archive)
    tables["G.taps"][0, 0, 0, 1] += 1
    np.savez(bundle_path / "tables.npz", **tables)
    signed_again(bundle_path, "tables.npz", (bundle_path / "tables.npz").read_bytes())
    assert regress(bundle_path, None).changed == ["tables.npz: G.taps changed"]


def test_a_node_that_the_weights_do_not_give_is_named(bundle_path):
    data = json.loads((bundle_path / "datapath.json").read_text())
    data["delay_samples"] = 3
    data["nodes"][2]["overflow"] = "wrap"
    signed_again(bundle_path, "datapath.json", json.dumps(data).encode())
    assert regress(bundle_path, None).changed == ["datapath.json: node u, delay_samples changed"]


def test_golden_vectors_that_the_datapath_does_not_give_are_found(bundle_path):
    expected = np.load(bundle_path / "golden/expected.npy")
    expected[1, 7] += 1
    np.save(bundle_path / "golden/expected.npy", expected)
    signed_again(bundle_path, "golden/expected.npy", (bundle_path / "golden/expected.npy").read_bytes())
    outcome = regress(bundle_path, None)
    assert outcome.changed == ["golden/expected.npy: its bytes changed"]
    assert {(r.status, r.mismatches, r.first["sample"]) for r in outcome.proof.backends} == {("mismatch", 1, 7)}
    assert {r.first["node"] for r in outcome.proof.backends} == {"y"}


def test_another_tool_version_is_named_where_bytes_changed(changed_weight, shared_bundle, monkeypatch):
    now = {**regression.tool_versions(), "numpy": "9.9"}
    monkeypatch.setattr(regression, "tool_versions", lambda: now)
    outcome = regress(changed_weight, shared_bundle)
    assert outcome.changed[-1] == f"tool numpy: {np.__version__} then, 9.9 now"


def test_another_tool_version_alone_is_no_change(bundle_path, monkeypatch):
    now = {**regression.tool_versions(), "numpy": "9.9"}
    monkeypatch.setattr(regression, "tool_versions", lambda: now)
    assert regress(bundle_path, None).changed == []


def test_files_that_came_or_went_are_named(bundle_path, shared_bundle):
    signed_again(bundle_path, "notes.txt", b"mine")
    assert regress(shared_bundle, bundle_path).changed == ["notes.txt: gone"]
    files = {"new.txt": b"", **contents_of_export(shared_bundle)}
    assert regression.changes(Bundle.open(shared_bundle), files) == ["new.txt: new"]


def contents_of_export(path):
    listed = json.loads((path / MANIFEST).read_text())["files"]
    return {name: (path / name).read_bytes() for name in listed}


def test_an_update_makes_the_golden_set_the_new_one(changed_weight, bundle_path):
    outcome = regress(changed_weight, bundle_path, create=True)
    assert outcome.changed
    outcome.write_golden()
    assert contents(bundle_path) == contents(changed_weight)
    again = regress(changed_weight, bundle_path)
    assert (again.changed, again.proof.good) == ([], True)


def test_an_update_writes_a_golden_set_where_there_is_none(shared_bundle, tmp_path):
    golden = tmp_path / "deep" / "golden"
    outcome = regress(shared_bundle, golden, create=True)
    assert outcome.changed == [f"{golden}: there is no golden set yet"]
    outcome.write_golden()
    assert contents(golden) == contents(shared_bundle)


def test_an_update_keeps_a_report(bundle_path):
    (bundle_path / "report.html").write_text("figures")
    regress(bundle_path, None, create=True).write_golden()
    assert (bundle_path / "report.html").read_text() == "figures"
    Bundle.open(bundle_path)


def test_an_update_that_fails_leaves_the_golden_set(bundle_path, shared_bundle, monkeypatch):
    before = contents(bundle_path)
    outcome = regress(shared_bundle, bundle_path, create=True)
    write = type(bundle_path).write_bytes

    def full(self, data):
        if self.name == MANIFEST:
            raise OSError(28, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(type(bundle_path), "write_bytes", full)
    with pytest.raises(
        InputError, match=r"^.*bundle: cannot be written: No space left on device; nothing was changed$"
    ):
        outcome.write_golden()
    assert contents(bundle_path) == before


def test_a_golden_set_that_is_not_there_is_refused(shared_bundle, tmp_path):
    with pytest.raises(
        BundleError, match=r"^.*/none: no golden set: expected the folder of a bundle; --update writes one$"
    ):
        regress(shared_bundle, tmp_path / "none")


def test_a_folder_of_something_else_is_not_made_a_golden_set(shared_bundle, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match=r"^.*: exists and holds no manifest\.json; give another folder or remove it$"):
        regress(shared_bundle, tmp_path, create=True)


@pytest.mark.parametrize("which", ["bundle", "golden"])
def test_a_changed_byte_is_refused_before_anything_runs(which, bundle_path, shared_bundle):
    (bundle_path / "c" / "demo.c").write_bytes(b"/* */")
    bundle, golden = (bundle_path, shared_bundle) if which == "bundle" else (shared_bundle, bundle_path)
    with pytest.raises(BundleChangedError, match=r"^.*bundle: c/demo\.c differs from its sha256 in the manifest; "):
        regress(bundle, golden)


def test_nothing_of_the_re_export_stays(shared_bundle, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    regress(shared_bundle, None)
    assert list(tmp_path.iterdir()) == []


def test_the_bundle_itself_is_not_touched(bundle_path, shared_bundle):
    regress(bundle_path, shared_bundle)
    assert contents(bundle_path) == contents(shared_bundle)
    shutil.rmtree(bundle_path)
