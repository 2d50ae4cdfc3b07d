"""The regression names what changed, accepts it when told to, and leaves the golden set alone otherwise."""

import json
import re
import shutil

import numpy as np
import pytest
from demo_bundle import demo_parts, small_weights
from demo_models import demo_formats

from pimdeploy.bundle import MANIFEST, Bundle, digest_of, sha256
from pimdeploy.datapath.formats import Rounding
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.errors import BundleChangedError, BundleError, InputError
from pimdeploy.verify import proof
from pimdeploy.verify.backends.numpy_reference import numpy_backends
from pimdeploy.verify.regression import job as regression
from pimdeploy.verify.regression.job import regress


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
    weight, table, *_ = outcome.changed
    assert re.fullmatch(
        r"weights\.safetensors: Phi changed in 1 of 4 entries, first \[0, 0, 0\]: -?\d\.\d+ then, -?\d\.\d+ now", weight
    )
    assert re.fullmatch(
        r"tables\.npz: Phi\.taps changed in \d+ of 4 entries, first \[0, 0, 0\]: -?\d+ then, -?\d+ now", table
    )
    lines = dict(line.split(": ", 1) for line in outcome.changed)
    assert re.fullmatch(r"its text changed, first in line \d+", lines["c/demo_weights.h"])
    assert re.match(r"changed in \d+ of 1024 entries, first \[\d, \d+\]: ", lines["golden/expected.npy"])
    assert lines["onnx/model_int.onnx"] == "initializer Phi/taps changed; metadata graph_sha256 changed"
    assert not outcome.proof.good
    golden, *others = [result.first for result in outcome.proof.backends]
    assert golden["node"] == "Phi"
    assert others == [golden, golden]  # they agree with each other: node and integers are the golden vectors'


def test_a_changed_rounding_is_named_by_its_nodes(shared_bundle, tmp_path):
    bundle = write_bundle(demo_parts(formats=demo_formats(rounding=Rounding.FLOOR)), tmp_path / "b")
    outcome = regress(bundle.path, shared_bundle)
    nodes = "; ".join(f"node {name}: rounding: half_up then, floor now" for name in ("u", "a", "c", "v", "z"))
    assert outcome.changed[:2] == ["formats.json: rounding: half_up then, floor now", f"datapath.json: {nodes}"]
    assert outcome.proof.backends[0].first["node"] == "u"


def test_a_table_that_the_weights_do_not_give_is_named(bundle_path):
    with np.load(bundle_path / "tables.npz") as archive:
        tables = dict(archive)
    tables["G.taps"][0, 0, 0, 1] += 1
    np.savez(bundle_path / "tables.npz", **tables)
    signed_again(bundle_path, "tables.npz", (bundle_path / "tables.npz").read_bytes())
    then = tables["G.taps"][0, 0, 0, 1]
    assert regress(bundle_path, None).changed == [
        f"tables.npz: G.taps changed in 1 of {tables['G.taps'].size} entries, first [0, 0, 0, 1]: {then} then, {then - 1} now"
    ]


def test_a_node_that_the_weights_do_not_give_is_named(bundle_path):
    data = json.loads((bundle_path / "datapath.json").read_text())
    data["delay_samples"] = 3
    data["nodes"][2]["overflow"] = "wrap"
    signed_again(bundle_path, "datapath.json", json.dumps(data).encode())
    assert regress(bundle_path, None).changed == [
        "datapath.json: delay_samples: 3 then, 2 now; node u: overflow: wrap then, saturate now"
    ]


def test_golden_vectors_that_the_datapath_does_not_give_are_found(bundle_path):
    expected = np.load(bundle_path / "golden/expected.npy")
    expected[1, 7] += 1
    np.save(bundle_path / "golden/expected.npy", expected)
    signed_again(bundle_path, "golden/expected.npy", (bundle_path / "golden/expected.npy").read_bytes())
    outcome = regress(bundle_path, None)
    assert outcome.changed == [
        f"golden/expected.npy: changed in 1 of 1024 entries, first [1, 7]: {expected[1, 7]} then, {expected[1, 7] - 1} now"
    ]
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


def test_only_tools_that_write_a_changed_file_are_named(bundle_path, monkeypatch):
    expected = np.load(bundle_path / "golden/expected.npy")
    np.save(bundle_path / "golden/expected.npy", expected + 1)
    signed_again(bundle_path, "golden/expected.npy", (bundle_path / "golden/expected.npy").read_bytes())
    now = {**regression.tool_versions(), "onnx": "9.9", "torch": "9.9", "jinja2": "9.9", "numpy": "9.9"}
    monkeypatch.setattr(regression, "tool_versions", lambda: now)
    tools = [line for line in regress(bundle_path, None).changed if line.startswith("tool ")]
    assert tools == [f"tool numpy: {np.__version__} then, 9.9 now"]


def test_files_that_came_or_went_are_named(bundle_path, shared_bundle):
    signed_again(bundle_path, "notes.txt", b"mine")
    assert regress(shared_bundle, bundle_path).changed == ["notes.txt: gone"]
    drop(bundle_path, "notes.txt")
    drop(bundle_path, "ledger.json")
    assert regress(shared_bundle, bundle_path).changed == ["ledger.json: new"]


def drop(path, name):
    """Take a file out of the bundle and of its manifest."""
    manifest = json.loads((path / MANIFEST).read_text())
    del manifest["files"][name]
    manifest["digest"] = digest_of(manifest["files"], manifest["facts"])
    (path / MANIFEST).write_text(json.dumps(manifest))
    (path / name).unlink()


def test_a_file_that_lies_in_the_golden_set_is_named(bundle_path, shared_bundle):
    (bundle_path / "c" / "demo.o").write_bytes(b"built")
    assert regress(shared_bundle, bundle_path).changed == ["c/demo.o: added: the manifest does not list it"]


def test_a_file_that_is_missing_is_named(bundle_path, shared_bundle):
    (bundle_path / "c" / "demo.c").unlink()
    with pytest.raises(BundleChangedError, match=r"^.*bundle: c/demo\.c is gone; the manifest lists it; "):
        regress(shared_bundle, bundle_path)


def test_a_changed_fact_is_named(bundle_path, shared_bundle):
    manifest = json.loads((bundle_path / MANIFEST).read_text())
    manifest["facts"]["fs_hz"] = 245.76e6
    manifest["facts"]["preprocessing"]["shift_hz"] = 1e6
    manifest["digest"] = digest_of(manifest["files"], manifest["facts"])
    (bundle_path / MANIFEST).write_text(json.dumps(manifest))
    changed = regress(shared_bundle, bundle_path).changed
    facts = "fs_hz: 245760000.0 then, 491520000.0 now; preprocessing.shift_hz: 1000000.0 then, 0.0 now"
    assert changed[0] == f"manifest.json: {facts}"


def test_every_file_is_checked_and_every_backend_timed(shared_bundle):
    outcome = regress(shared_bundle, None)
    listed = json.loads((shared_bundle / MANIFEST).read_text())["files"]
    assert {check.name for check in outcome.checks} == {*listed, MANIFEST}
    assert all(result.seconds > 0 for result in outcome.proof.backends if result.name != proof.GOLDEN)


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
