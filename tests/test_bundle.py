"""A bundle: the same bytes every time, every byte watched, nothing read that could run or lead outside."""

import io
import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from demo_bundle import demo_parts
from safetensors.numpy import save

from pimdeploy.bundle import MANIFEST, OUTSIDE_DIGEST, Bundle, digest_of, load_weights, sha256
from pimdeploy.emit.bundle import bundle_files, write_bundle
from pimdeploy.errors import BundleChangedError, BundleError, OverflowRefusedError
from pimdeploy.recipe import parse_recipe

ROOT = Path(__file__).parents[1]


def manifest_of(path):
    return json.loads((path / MANIFEST).read_text())


def write_manifest(path, change):
    """Change the manifest and make its digest agree, as whoever means harm would."""
    manifest = manifest_of(path)
    change(manifest)
    manifest["digest"] = digest_of(manifest["files"], manifest["facts"])
    (path / MANIFEST).write_text(json.dumps(manifest))


def put(path, name, data):
    """Replace a file and make the manifest agree."""
    (path / name).write_bytes(data)
    write_manifest(path, lambda manifest: manifest["files"].update({name: sha256(data)}))


def npy(array, *, allow_pickle=False):
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=allow_pickle)
    return stream.getvalue()


def expect_refusal(match, action):
    with pytest.raises(BundleError, match=match) as caught:
        action()
    assert "\n" not in str(caught.value)


# --- the same bytes every time ---------------------------------------------------------------------------------------


def test_two_exports_have_the_same_bytes(shared_bundle, tmp_path):
    again = write_bundle(demo_parts(), tmp_path / "elsewhere" / "b").path
    names = sorted(path.relative_to(again).as_posix() for path in again.rglob("*") if path.is_file())
    assert names == sorted(
        path.relative_to(shared_bundle).as_posix() for path in shared_bundle.rglob("*") if path.is_file()
    )
    for name in names:  # the manifest, too: it holds no time, no host and no path
        assert (again / name).read_bytes() == (shared_bundle / name).read_bytes(), name


def test_another_process_with_other_hashes_and_another_folder_has_the_same_digest(shared_bundle, tmp_path):
    code = (
        "import sys; from pathlib import Path; from demo_bundle import demo_parts\n"
        "from pimdeploy.emit.bundle import write_bundle\n"
        "print(write_bundle(demo_parts(), Path('b')).digest)"
    )
    environment = os.environ | {
        "PYTHONHASHSEED": "4711",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        "LC_ALL": "C",
        "TZ": "Asia/Tokyo",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == Bundle.open(shared_bundle).digest


def test_other_weights_have_another_digest(shared_bundle, tmp_path):
    parts = demo_parts()
    weights = {**parts.weights, "K": parts.weights["K"] + 2.0**-14}
    assert write_bundle(demo_parts(weights=weights), tmp_path / "b").digest != Bundle.open(shared_bundle).digest


def test_the_digest_covers_the_facts(shared_bundle):
    manifest = manifest_of(shared_bundle)
    facts = {**manifest["facts"], "fs_hz": 1.0}
    assert digest_of(manifest["files"], facts) != manifest["digest"]


def test_no_file_names_this_machine(shared_bundle):
    machine = [os.uname().nodename, str(ROOT), str(Path.home()), str(shared_bundle.parent)]
    for path in shared_bundle.rglob("*"):
        if path.is_file():
            assert not any(word.encode() in path.read_bytes() for word in machine if len(word) > 5), path


# --- what is in it ---------------------------------------------------------------------------------------------------


def test_every_file_is_listed_with_its_hash(shared_bundle):
    files = manifest_of(shared_bundle)["files"]
    found = {path.relative_to(shared_bundle).as_posix() for path in shared_bundle.rglob("*") if path.is_file()}
    assert found == {*files, MANIFEST}
    assert all(sha256((shared_bundle / name).read_bytes()) == digest for name, digest in files.items())


def test_it_holds_what_a_user_looks_for(shared_bundle):
    files = set(manifest_of(shared_bundle)["files"])
    assert {"recipe.toml", "weights.safetensors", "formats.json", "datapath.json", "tables.npz"} <= files
    assert {"certificate.json", "ledger.json", "onnx/model_float.onnx", "onnx/model_int.onnx"} <= files
    assert {"c/demo.c", "c/demo.h", "c/demo_weights.h", "c/demo_harness.c", "c/Makefile"} <= files
    assert {f"golden/{stem}.{kind}" for stem in ("stimulus", "expected") for kind in ("npy", "hex")} <= files


def test_it_reads_back_what_it_was_made_from(shared_bundle):
    bundle, parts = Bundle.open(shared_bundle), demo_parts()
    assert bundle.graph == parts.model.graph
    assert bundle.formats == parts.formats
    assert bundle.recipe == parts.recipe
    assert bundle.weights.keys() == parts.weights.keys()
    assert all(np.array_equal(bundle.weights[name], w) for name, w in parts.weights.items())
    model = bundle.model()
    assert (model.graph, model.fs_hz, model.piecewise) == (parts.model.graph, parts.model.fs_hz, parts.model.piecewise)
    assert np.array_equal(model.receive_filter, parts.model.receive_filter)
    assert (bundle.name, len(bundle.digest)) == ("demo", 64)


def test_the_manifest_says_how_to_feed_it(shared_bundle):
    facts = manifest_of(shared_bundle)["facts"]
    assert facts["input"] == {"format": {"signed": True, "bits": 16, "frac": 15}, "channels": 2}
    assert facts["output"]["channels"] == 2
    assert (facts["delay_samples"], facts["warmup_samples"], facts["fs_hz"]) == (2, 4, 491.52e6)
    assert facts["subtract"].startswith("before the receive filter")
    assert len(facts["receive_filter"]) == 31


def test_the_golden_hex_holds_the_same_integers_as_the_npy(shared_bundle):
    for stem in ("stimulus", "expected"):
        array = np.load(shared_bundle / f"golden/{stem}.npy")
        head, *words = (shared_bundle / f"golden/{stem}.hex").read_text().split("\n")
        assert head == "// s16.15, 2 channels interleaved, 512 samples"
        values = np.array([int(word, 16) for word in words if word])
        assert np.array_equal(values - ((values >> 15) << 16), array.T.reshape(-1))


def test_golden_nodes_are_those_of_the_expected_output(shared_bundle):
    bundle = Bundle.open(shared_bundle)
    nodes = bundle.load_arrays("golden/nodes.npz")
    assert set(nodes) == {node.name for node in bundle.graph.nodes}
    assert np.array_equal(nodes["y"], bundle.load_array("golden/expected.npy")[:, :64])
    assert np.array_equal(nodes["x"], bundle.load_array("golden/stimulus.npy")[:, :64])


def test_a_graph_that_does_not_fit_the_recipe_s_accumulators_is_not_exported():
    parts = demo_parts()
    narrow = parse_recipe(
        'name = "demo"\n[receive]\nband_hz = [0, 1]\n[scenario]\n[datapath]\nacc_bits = 20\n', "recipe"
    )
    with pytest.raises(OverflowRefusedError, match=r"^node 'K': .* 12 "):
        bundle_files(type(parts)(narrow, parts.model, parts.weights, parts.formats, parts.stimulus_q))


# --- every byte is watched -------------------------------------------------------------------------------------------


def test_a_changed_byte_in_any_file_is_found_and_the_file_named(bundle_path):
    names = list(manifest_of(bundle_path)["files"])
    assert len(names) > 25
    for name in names:
        data = (bundle_path / name).read_bytes()
        for place in (0, len(data) // 2, len(data) - 1):
            (bundle_path / name).write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            with pytest.raises(BundleChangedError) as caught:
                Bundle.open(bundle_path)
            assert f": {name} differs from its sha256 in the manifest; export the bundle again" in str(caught.value)
            assert caught.value.exit_status == 1
        (bundle_path / name).write_bytes(data)
    Bundle.open(bundle_path)


def test_a_longer_and_a_shorter_file_are_found(bundle_path):
    data = (bundle_path / "golden/stimulus.hex").read_bytes()
    for changed in (data + b"\n", data[:-1], b""):
        (bundle_path / "golden/stimulus.hex").write_bytes(changed)
        with pytest.raises(BundleChangedError, match=r"golden/stimulus\.hex differs"):
            Bundle.open(bundle_path)


def test_a_missing_file_is_named(bundle_path):
    (bundle_path / "ledger.json").unlink()
    with pytest.raises(BundleChangedError, match=r"^.*: ledger\.json is gone; the manifest lists it; export .* again$"):
        Bundle.open(bundle_path)


@pytest.mark.parametrize(("key", "value"), [("fs_hz", 1.0), ("delay_samples", 3), ("receive_filter", [[1.0, 0.0]])])
def test_a_changed_fact_of_the_manifest_is_found(bundle_path, key, value):
    manifest = manifest_of(bundle_path)
    manifest["facts"][key] = value
    (bundle_path / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(
        BundleChangedError, match=r"^.*: manifest\.json differs from its digest; export the bundle again$"
    ):
        Bundle.open(bundle_path)


def test_a_file_and_its_hash_changed_together_are_found(bundle_path):
    manifest = manifest_of(bundle_path)
    (bundle_path / "c/demo.c").write_bytes(b"int x;")
    manifest["files"]["c/demo.c"] = sha256(b"int x;")
    (bundle_path / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BundleChangedError, match=r"manifest\.json differs from its digest"):
        Bundle.open(bundle_path)


def test_the_report_lies_outside_the_digest(bundle_path):
    for name in OUTSIDE_DIGEST - {MANIFEST}:
        (bundle_path / name).write_text("figures of a run")
    assert Bundle.open(bundle_path).digest == manifest_of(bundle_path)["digest"]


# --- what cannot be read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"{}", b"null", b"\xff\xfe", b'{"schema_version": 2}'])
def test_a_manifest_that_is_none_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / MANIFEST).write_bytes(content)
    expect_refusal(
        r"^.*(no bundle: expected a folder|cannot be read|incomplete: expected files).*$", lambda: Bundle.open(tmp_path)
    )


def test_a_file_is_no_bundle(tmp_path):
    (tmp_path / "b").write_text("x")
    expect_refusal(r"^.*/b: no bundle: expected a folder with manifest\.json", lambda: Bundle.open(tmp_path / "b"))


def test_another_schema_version_is_refused(bundle_path):
    write_manifest(bundle_path, lambda manifest: manifest.update(schema_version=1))
    expect_refusal(
        r"^.*manifest\.json: schema version 1, this pimdeploy reads 2; export it again$",
        lambda: Bundle.open(bundle_path),
    )


@pytest.mark.parametrize("fact", ["name", "fs_hz", "delay_samples", "receive_filter", "preprocessing"])
def test_a_manifest_without_a_fact_is_refused(bundle_path, fact):
    write_manifest(bundle_path, lambda manifest: manifest["facts"].pop(fact))
    expect_refusal(rf"^.*manifest\.json: incomplete: expected .*{fact}", lambda: Bundle.open(bundle_path))


@pytest.mark.parametrize("name", ["../outside.txt", "c/../../outside.txt", "/etc/hostname"])
def test_a_path_that_leads_outside_is_refused(bundle_path, name):
    (bundle_path.parent / "outside.txt").write_text("x")
    write_manifest(bundle_path, lambda manifest: manifest["files"].update({name: sha256(b"x")}))
    expect_refusal(
        r"^.*manifest\.json: names files outside the bundle; export it again$", lambda: Bundle.open(bundle_path)
    )


class Harmful:
    """An object whose unpickling would leave a trace."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (os.mkdir, (self.trace,))


def pickled(kind, trace):
    if kind == "pickle":
        return pickle.dumps(Harmful(trace))
    array = npy(np.array([Harmful(trace)], dtype=object), allow_pickle=True)
    if kind == "npy":
        return array
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("K.taps.npy", array)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["pickle", "npy", "npz"])
def test_nothing_is_unpickled(bundle_path, tmp_path, kind):
    trace = tmp_path / "unpickled"
    for name in ("tables.npz", "golden/nodes.npz", "golden/stimulus.npy", "weights.safetensors"):
        put(bundle_path, name, pickled(kind, str(trace)))
    bundle = Bundle.open(bundle_path)
    expect_refusal(r"^.*tables\.npz is no table file: ", lambda: bundle.graph)
    expect_refusal(r"^.*golden/nodes\.npz is no table file: ", lambda: bundle.load_arrays("golden/nodes.npz"))
    expect_refusal(r"^.*golden/stimulus\.npy is no array: ", lambda: bundle.load_array("golden/stimulus.npy"))
    expect_refusal(r"^.*weights\.safetensors: not a safetensors file: ", lambda: bundle.weights)
    assert not trace.exists()


SPOILED_ARRAYS = {
    "empty": b"",
    "text": b"not an array",
    "cut header": npy(np.arange(6))[:40],
    "cut data": npy(np.arange(6))[:-8],
    "reals": npy(np.array([[0.5]])),
    "texts": npy(np.array([["a"]])),
    "cut archive": b"PK\x03\x04" + bytes(40),
}


@pytest.mark.parametrize("kind", SPOILED_ARRAYS)
def test_a_file_of_arrays_that_is_none_is_refused(bundle_path, kind):
    for name in ("golden/stimulus.npy", "tables.npz"):
        put(bundle_path, name, SPOILED_ARRAYS[kind])
    bundle = Bundle.open(bundle_path)
    expect_refusal(
        r"^.*: golden/stimulus\.npy is no array: .*; export the bundle again$",
        lambda: bundle.load_array("golden/stimulus.npy"),
    )
    expect_refusal(r"^.*: tables\.npz is no table file: .*; export the bundle again$", lambda: bundle.graph)


def spoiled_archive(member, change):
    """A zip whose member was changed after it was written: its checksum is wrong, or its data are no deflate stream."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **{member: np.arange(1000)})
    data = bytearray(stream.getvalue())
    change(data)
    return bytes(data)


def test_an_archive_with_spoiled_data_is_refused(bundle_path):
    def flip(data):
        data[100] ^= 0xFF

    put(bundle_path, "tables.npz", spoiled_archive("K.taps", flip))
    expect_refusal(r"^.*tables\.npz is no table file: ", lambda: Bundle.open(bundle_path).graph)


def change_table(path, name, change):
    with np.load(path / "tables.npz") as archive:
        tables = dict(archive)
    change(tables, name)
    stream = io.BytesIO()
    np.savez(stream, **tables)
    put(path, "tables.npz", stream.getvalue())


def test_tables_that_are_no_sums_of_their_slopes_are_refused(bundle_path):
    for name in ("f.bases", "f.weights"):
        change_table(bundle_path, name, lambda tables, key: tables[key].__setitem__((0, 2), tables[key][0, 2] + 1))
        expect_refusal(
            rf"^.*datapath\.json: table {name} is not the exact sum of its slopes",
            lambda: Bundle.open(bundle_path).graph,
        )
        change_table(bundle_path, name, lambda tables, key: tables[key].__setitem__((0, 2), tables[key][0, 2] - 1))


def test_a_missing_table_is_named(bundle_path):
    change_table(bundle_path, "K.taps", lambda tables, key: tables.pop(key))
    expect_refusal(r"^.*datapath\.json: not a datapath graph: .*'K\.taps'", lambda: Bundle.open(bundle_path).graph)


def test_a_table_of_another_shape_is_refused_by_every_command(bundle_path, pimdeploy):
    change_table(bundle_path, "Phi.taps", lambda tables, key: tables.update({key: tables[key][:, :1]}))
    ended = pimdeploy("verify", bundle_path, "--samples", "100")
    assert ended.status == 2
    assert ended.error == "pimdeploy: node 'Phi': reads 1 channels, 'u' gives 2"


@pytest.mark.parametrize("name", ["recipe.toml", "formats.json", "datapath.json", "weights.safetensors"])
def test_a_file_of_text_that_is_garbage_is_refused(bundle_path, name):
    put(bundle_path, name, b"\xff\x00garbage{")
    bundle = Bundle.open(bundle_path)
    with pytest.raises(Exception, match=r"not (valid TOML|a format map|a datapath graph|a safetensors file)") as caught:
        _ = (bundle.recipe, bundle.formats, bundle.graph, bundle.weights)
    assert getattr(caught.value, "exit_status", None) == 2
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_opened_is_named(bundle_path):
    bundle = Bundle.open(bundle_path)
    (bundle_path / "formats.json").unlink()
    expect_refusal(
        r"^.*: formats\.json cannot be read: No such file or directory; export the bundle again$",
        lambda: bundle.formats,
    )


def test_weights_are_read_by_safetensors_alone():
    expect_refusal(r"^w: not a safetensors file: ", lambda: load_weights(pickle.dumps({"K": 1}), "w"))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(value):
    data = save({"K": np.zeros((2, 3)), "G": np.full((2, 3), value)})
    expect_refusal(r"^w: G is not finite; train or export again$", lambda: load_weights(data, "w"))
