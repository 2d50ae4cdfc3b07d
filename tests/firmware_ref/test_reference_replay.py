"""Reading a bundle's folder, and `python -m firmware_ref`."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from reference_graphs import canceller

from firmware_ref import FirmwareReferenceError, Reference
from firmware_ref.__main__ import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bundle(tmp_path):
    sketch = canceller()
    (tmp_path / "datapath.json").write_text(json.dumps(sketch.graph()))
    np.savez(tmp_path / "tables.npz", **sketch.tables)
    golden = tmp_path / "golden"
    golden.mkdir()
    x_q = np.random.default_rng(7).integers(-32768, 32768, size=(2, 500))
    np.save(golden / "stimulus.npy", x_q)
    np.save(golden / "expected.npy", Reference.load(tmp_path).process(x_q))
    return tmp_path


@pytest.mark.parametrize("form", ["table", "basis"])
def test_replay_without_a_difference(bundle, capsys, form):
    assert main([str(bundle), "--form", form]) == 0
    assert capsys.readouterr().out == "500 samples, 0 mismatches\n"


def test_replay_names_the_first_difference(bundle, capsys):
    expected = np.load(bundle / "golden" / "expected.npy")
    got = int(expected[1, 123])
    expected[1, 123] += 1
    expected[0, 200:] += 1
    np.save(bundle / "golden" / "expected.npy", expected)
    assert main([str(bundle)]) == 1
    assert capsys.readouterr().out == (
        f"500 samples, 301 mismatches\nfirst difference: channel 1, sample 123: expected {got + 1}, got {got}\n"
    )


@pytest.mark.parametrize("name", ["datapath.json", "tables.npz", "golden/stimulus.npy", "golden/expected.npy"])
@pytest.mark.parametrize(
    "content", [None, b"", b"PK\x03\x04 not an archive", b"[" * 100_000, b"\x93NUMPY\x01\x00v\x00{"]
)
def test_broken_files_are_one_line(bundle, capsys, name, content):
    (bundle / name).unlink()
    if content is not None:
        (bundle / name).write_bytes(content)
    assert main([str(bundle)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {bundle / name}: cannot be read: ")
    assert error.count("\n") == 1


def test_a_bundle_of_the_version_before_is_refused(bundle, capsys):
    graph = json.loads((bundle / "datapath.json").read_text())
    (bundle / "datapath.json").write_text(json.dumps(graph | {"schema_version": 1}))
    assert main([str(bundle)]) == 2
    message = "error: datapath: schema version 1, this reference reads 2; export the bundle again\n"
    assert capsys.readouterr().err == message


@pytest.mark.parametrize("name", ["tables.npz", "golden/stimulus.npy"])
def test_files_spoiled_anywhere_are_one_line_or_read(bundle, capsys, name):
    whole = (bundle / name).read_bytes()
    for place in range(0, min(len(whole), 1500), 7):
        (bundle / name).write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        status = main([str(bundle)])
        said = capsys.readouterr()
        assert (status, said.err.count("\n")) in ((0, 0), (1, 0), (2, 1))


def test_golden_vectors_of_another_shape(bundle, capsys):
    np.save(bundle / "golden" / "expected.npy", np.zeros((2, 7), dtype=np.int64))
    assert main([str(bundle)]) == 2
    assert "golden/expected.npy has shape (2, 7), the datapath gives (2, 500)" in capsys.readouterr().err


def test_pickles_are_refused(bundle):
    np.savez(bundle / "tables.npz", **{"K.taps": np.array([{}], dtype=object)})
    with pytest.raises(FirmwareReferenceError, match=r"tables\.npz: cannot be read: .*pickle"):
        Reference.load(bundle)


def test_tables_of_reals_are_refused(bundle):
    np.savez(bundle / "tables.npz", **{"K.taps": np.zeros(3)})
    with pytest.raises(FirmwareReferenceError, match=r"tables\.npz: cannot be read: .*float64"):
        Reference.load(bundle)


def test_module_runs_without_pimdeploy(bundle):
    code = (
        "import runpy, sys; sys.argv = ['firmware_ref', sys.argv[1]]; sys.modules['pimdeploy'] = None\n"
        "runpy.run_module('firmware_ref', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(bundle)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "500 samples, 0 mismatches\n", "")
