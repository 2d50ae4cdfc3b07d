"""Every fault of a capture that a user can cause ends in one line: what, where, expected, what to do."""

import importlib
import io
import json
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.capture_io import load_capture
from pimdeploy.signals.dataset import Capture
from pimdeploy.signals.sigmf_writer import write_capture

FS_HZ = 491.52e6
N = 2048
RNG = np.random.default_rng(7)
TX = RNG.normal(size=(1, N)) + 1j * RNG.normal(size=(1, N))
RX = RNG.normal(size=(2, N)) + 1j * RNG.normal(size=(2, N))


def spoiled(samples, value):
    samples = samples.copy()
    samples[-1, 37] = value
    return samples


def npz(folder, **arrays):
    np.savez(folder / "c.npz", **{"tx": TX, "rx": RX, "fs_hz": FS_HZ} | arrays)
    return folder / "c.npz"


def sigmf_folder(folder, **changes):
    """A written capture whose metadata of rx are changed: global fields by name, None takes one away."""
    pytest.importorskip("sigmf")
    splits = {"train": (0, 1200), "val": (1200, 1600), "test": (1600, N)}
    write_capture(Capture(TX, RX, FS_HZ, FS_HZ, 2.1e9, 2.1e9, splits=splits), folder / "c")
    meta = folder / "c" / "rx.sigmf-meta"
    facts = json.loads(meta.read_text())
    for name, value in changes.items():
        facts["global"][f"core:{name}"] = value
        if value is None:
            del facts["global"][f"core:{name}"]
    meta.write_text(json.dumps(facts))
    return folder / "c"


def ci16_folder(folder, sidecar='{"fs_hz": 1e8}', n_bytes=4 * N):
    for name in ("tx", "rx"):
        (folder / f"{name}.ci16").write_bytes(bytes(range(1, 101)) * 1000)
        (folder / f"{name}.ci16").write_bytes((folder / f"{name}.ci16").read_bytes()[:n_bytes])
        (folder / f"{name}.json").write_text(sidecar)
    return folder


def csv_folder(folder, text="I,Q\n" + "0.5,0.25\n" * N, other=None):
    (folder / "tx.csv").write_text(text)
    (folder / "rx.csv").write_text(text if other is None else other)
    return folder


def expect_refusal(path, pattern, **spec):
    with pytest.raises(CaptureError, match=f"^{pattern}$") as caught:
        load_capture(CaptureSpec(**spec), path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arrays", "pattern"),
    [
        (
            {"rx": spoiled(RX, np.nan)},
            r"c\.npz: rx, channel 1, sample 37 is \(?nan.*; expected finite numbers: cut it out or record again",
        ),
        ({"tx": spoiled(TX, np.inf)}, r"c\.npz: tx, channel 0, sample 37 is \(?inf.*; expected finite numbers: .*"),
        (
            {"rx": RX[:, :-1]},
            r"c\.npz: tx has 2048 samples and rx has 2047; they must cover the same time: cut the longer one, or "
            r"check capture\.fs_hz and capture\.tx_fs_hz",
        ),
        (
            {"tx_fs_hz": 2 * FS_HZ},
            r"c\.npz: tx has 2048 samples at 983040000 Hz \(as long as 1024 at 491520000 Hz\) and rx has 2048; they .*",
        ),
        ({"tx": TX[:, :1000]}, r"c\.npz: tx has 1000 samples; at least 1024 are needed"),
        ({"rx": np.zeros((2, 0), complex)}, r"c\.npz: rx has 0 samples; at least 1024 are needed"),
        (
            {"noise": RX[:1]},
            r"c\.npz: noise is 1 x 2048 samples, rx 2 x 2048; expected the channels and the length of rx: make them "
            r"equal or take noise out",
        ),
        (
            {"tx": TX.real},
            r"c\.npz: tx is real, of shape \(1, 2048\); expected complex samples, or I and Q on an axis of 2",
        ),
        ({"tx": np.zeros((2, 3, N), complex)}, r"c\.npz: tx has shape \(2, 3, 2048\); expected \[channel, sample\]"),
        (
            {"tx": np.array(["a", "b"])},
            r"c\.npz: tx has type <U1; expected complex numbers, or I and Q as integers or floats",
        ),
        (
            {"tx": np.array([{}], dtype=object)},
            r"c\.npz: tx\.npy holds Python objects, which are never unpickled; save it again as a numeric array",
        ),
        ({"fs_hz": np.array([1.0, 2.0])}, r"c\.npz: fs_hz is no single finite number; expected fs_hz in Hz"),
        ({"fs_hz": -1.0}, r"c\.npz: its sample rate is -1\.0; expected a positive number of Hz"),
        (
            {"tx_center_hz": 1e9},
            r"c\.npz: the centre frequency of tx is known, that of rx is not; set capture\.rx_center_hz",
        ),
    ],
)
def test_bad_arrays(arrays, pattern, tmp_path):
    expect_refusal(npz(tmp_path, **arrays), pattern)


def test_unknown_rate_is_asked_for_by_its_key(tmp_path):
    np.savez(tmp_path / "x.npz", tx=TX, rx=RX)
    expect_refusal(tmp_path / "x.npz", r"x\.npz: no sample rate in the file; set capture\.fs_hz in the recipe")


def test_contradicting_rates(tmp_path):
    expect_refusal(
        npz(tmp_path),
        r"c\.npz: its sample rate is 491520000 Hz but capture\.fs_hz = 100000000; drop the key or mend the file",
        fs_hz=1e8,
    )


def test_unnamed_sides_are_asked_for_by_their_key(tmp_path):
    np.savez(tmp_path / "c.npz", sent=TX, heard=RX, fs=FS_HZ)
    expect_refusal(
        tmp_path / "c.npz",
        r"c\.npz: cannot tell the transmit samples: nothing is named tx, x, txa; present: fs, heard, sent; "
        r"set capture\.tx_key in the recipe",
    )
    expect_refusal(
        tmp_path / "c.npz",
        r"c\.npz: capture\.rx_key = 'hear' is not in it; did you mean 'heard'\? present: fs, heard, sent",
        tx_key="sent",
        rx_key="hear",
    )


def test_max_samples_too_small(tmp_path):
    expect_refusal(
        npz(tmp_path), r"c\.npz: capture\.max_samples has 100 samples; at least 1024 are needed", max_samples=100
    )


def test_nothing_there(tmp_path):
    expect_refusal(tmp_path / "no.npz", r"\S*/no\.npz: no such file or folder; check capture\.path or --capture")
    (tmp_path / "empty").mkdir()
    expect_refusal(
        tmp_path / "empty", r"empty: no capture in it; expected \*\.sigmf-meta, .*; or give the \.npz, .* file itself"
    )


def test_unknown_extension(tmp_path):
    (tmp_path / "c.foo").write_bytes(b"bar")
    expect_refusal(
        tmp_path / "c.foo",
        r"c\.foo: unknown kind of capture '\.foo'; expected a folder, \.sigmf-meta, .*\.pt; or set capture\.format .*",
    )


def test_no_such_channel(tmp_path):
    pytest.importorskip("sigmf")
    meta = sigmf_folder(tmp_path) / "rx.sigmf-meta"
    expect_refusal(
        meta,
        r"rx\.sigmf-meta: one recording of 2 channels; set capture\.tx_key and capture\.rx_key to channel numbers, "
        r'such as "0" and "1"',
    )
    expect_refusal(
        meta,
        r"rx\.sigmf-meta: capture\.rx_key = '2': expected channel numbers from 0 to 1, such as \"0,1\"",
        tx_key="0",
        rx_key="2",
    )
    expect_refusal(
        meta.with_name("tx.sigmf-data"),
        r"tx\.sigmf-data: one recording of one channel; give the folder that holds tx\.sigmf-meta and rx\.sigmf-meta",
    )


def test_sigmf_truncated(tmp_path):
    folder = sigmf_folder(tmp_path)
    data = folder / "rx.sigmf-data"
    data.write_bytes(data.read_bytes()[:-16])
    expect_refusal(
        folder,
        r"c/rx\.sigmf-meta: .*(truncated or changed, copy them again|ends before .*export it again)",
    )


def test_sigmf_one_bit_changed(tmp_path):
    folder = sigmf_folder(tmp_path)
    data = bytearray((folder / "rx.sigmf-data").read_bytes())
    data[100] ^= 1
    (folder / "rx.sigmf-data").write_bytes(data)
    expect_refusal(
        folder,
        r"c/rx\.sigmf-meta: the samples do not match core:sha512; the data are truncated or changed, copy them again",
    )


@pytest.mark.parametrize(
    ("changes", "pattern"),
    [
        ({"datatype": None}, r"c/rx\.sigmf-meta: global: 'core:datatype' is missing; expected cf32_le, .*"),
        ({"datatype": "rf32_le"}, r"c/rx\.sigmf-meta: core:datatype rf32_le is real; expected complex baseband, .*"),
        ({"datatype": "cf32_middle"}, r"c/rx\.sigmf-meta: .*"),
        (
            {"sample_rate": "fast"},
            r"c/rx\.sigmf-meta: global\['core:sample_rate'\]: 'fast' is not of type 'number'; mend it",
        ),
        ({"sample_rate": None}, r"c: no sample rate in the file; set capture\.fs_hz in the recipe"),
        ({"num_channels": 10**9}, r"c/rx\.sigmf-meta: .*"),
    ],
)
def test_sigmf_metadata(changes, pattern, tmp_path):
    expect_refusal(sigmf_folder(tmp_path, **changes), pattern)


def test_sigmf_half_a_pair(tmp_path):
    folder = sigmf_folder(tmp_path)
    (folder / "rx.sigmf-data").unlink()
    expect_refusal(
        folder,
        r"c/rx\.sigmf-meta: rx\.sigmf-data is missing beside it; a SigMF recording is a pair of .*",
    )


def test_ci16_faults(tmp_path):
    expect_refusal(
        ci16_folder(tmp_path, n_bytes=4 * N - 2),
        rf"{tmp_path.name}/tx\.ci16: 8190 bytes are no whole number of samples of 1 channels \(4 bytes each\); it is "
        r"truncated, or n_channels of its sidecar is wrong",
    )
    expect_refusal(
        ci16_folder(tmp_path, sidecar='{"fs": 1e8}'),
        rf"{tmp_path.name}/tx\.json: unknown key 'fs'; known: fs_hz, n_channels, center_hz, .*",
    )
    expect_refusal(
        ci16_folder(tmp_path, sidecar='{"n_channels": 0}'),
        rf"{tmp_path.name}/tx\.json: n_channels = 0: expected a whole number from 1 to 1024",
    )
    expect_refusal(ci16_folder(tmp_path, sidecar="{"), rf"{tmp_path.name}/tx\.json: cannot be read as JSON, .*")
    (tmp_path / "tx.json").unlink()
    expect_refusal(
        tmp_path, rf"{tmp_path.name}/tx\.ci16: no sidecar tx\.json or tx\.toml beside it; write one, such as .*"
    )


def test_csv_faults(tmp_path):
    where = f"{tmp_path.name}/tx\\.csv"
    rate = {"fs_hz": 1e8}
    expect_refusal(csv_folder(tmp_path, "I,Q\n1,2\n1,x\n"), rf"{where}: cannot be read as CSV of I and Q, .*", **rate)
    expect_refusal(csv_folder(tmp_path, "I,Q\n1,2\n1\n"), rf"{where}: cannot be read as CSV of I and Q, .*", **rate)
    expect_refusal(
        csv_folder(tmp_path, "I,Q,R\n1,2,3\n"), rf"{where}: 3 columns; expected I, Q an antenna, an even number", **rate
    )
    expect_refusal(
        csv_folder(tmp_path, ""), rf"{where}: is empty; expected I and Q as columns, one row a sample", **rate
    )
    expect_refusal(
        csv_folder(tmp_path, "I,Q\n"), rf"{where}: has a header and no samples; expected one row a sample", **rate
    )
    expect_refusal(
        csv_folder(tmp_path), rf"{tmp_path.name}: no sample rate in the file; set capture\.fs_hz in the recipe"
    )


def test_opendpd_missing_file(tmp_path):
    (tmp_path / "train_input.csv").write_text("I,Q\n1,2\n")
    expect_refusal(
        tmp_path,
        rf"{tmp_path.name}/train_output\.csv: no such file; expected I and Q as columns, one row a sample",
    )


def test_pickles_are_never_loaded(tmp_path):
    torch = pytest.importorskip("torch")
    torch.save({"tx": TX, "rx": Path}, tmp_path / "c.pth")
    expect_refusal(tmp_path / "c.pth", r"c\.pth: cannot be read as a PyTorch file of tensors, it may be .*")
    torch.save([1, 2], tmp_path / "c.pth")
    expect_refusal(tmp_path / "c.pth", r"c\.pth: holds a list; expected a dictionary with tx, rx and fs_hz")


def test_a_small_file_gets_no_large_array(tmp_path):
    """Each file claims terabytes; the refusal comes before the allocation."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<c16", "fortran_order": False, "shape": (1, 10**12)})
    with zipfile.ZipFile(tmp_path / "c.npz", "w") as archive:
        archive.writestr("tx.npy", header.getvalue() + bytes(64))
        archive.writestr("rx.npy", header.getvalue() + bytes(64))
    expect_refusal(
        tmp_path / "c.npz", r"c\.npz: tx\.npy claims 16000000000000 bytes and has \d+; it is corrupt, export it again"
    )


def test_a_zip_of_zeros_gets_no_large_array(tmp_path):
    np.savez_compressed(tmp_path / "c.npz", tx=np.zeros((1, 1 << 23), complex), rx=RX, fs_hz=FS_HZ)
    expect_refusal(
        tmp_path / "c.npz",
        r"c\.npz: tx\.npy claims 134217856 bytes but the file holds \d+; it is truncated or corrupt, export it again",
    )


def test_a_tensor_of_stride_zero_gets_no_large_array(tmp_path):
    torch = pytest.importorskip("torch")
    values = {"tx": torch.zeros(1, dtype=torch.complex128).expand(10**12), "rx": torch.from_numpy(RX), "fs_hz": FS_HZ}
    torch.save(values, tmp_path / "c.pth")
    expect_refusal(
        tmp_path / "c.pth",
        r"c\.pth: tx has more elements than the file stores; save a plain dense tensor",
    )


def test_mat_faults(tmp_path):
    io_module = pytest.importorskip("scipy.io")
    path = tmp_path / "c.mat"
    io_module.savemat(path, {"tx": "text", "rx": RX, "Fs": FS_HZ})
    expect_refusal(path, r"c\.mat: tx is no numeric array; expected complex samples, or I and Q as numbers")
    io_module.savemat(path, {"tx": TX, "rx": RX, "Fs": FS_HZ})
    path.write_bytes(path.read_bytes()[:-1])
    expect_refusal(path, r"c\.mat: ends within a variable; the file is truncated, export it again")
    path.write_bytes(b"tx rx")
    expect_refusal(
        path, r"c\.mat: no MATLAB file of version 5 or 7\.3, or its header is cut off; save it with -v7 or -v7\.3"
    )
    io_module.savemat(path, {"tx": np.zeros((1, 1 << 23), complex), "rx": RX, "Fs": FS_HZ}, do_compression=True)
    expect_refusal(
        path,
        r"c\.mat: tx claims 134217728 bytes but the file holds \d+; it is truncated or corrupt, export it again",
    )


def test_a_missing_library_names_its_extra(tmp_path, monkeypatch):
    def missing(module):
        raise ImportError(module)

    (tmp_path / "c.mat").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(600))
    monkeypatch.setattr(importlib, "import_module", missing)
    expect_refusal(
        tmp_path / "c.mat",
        r"c\.mat: MATLAB v7\.3 and HDF5 captures need h5py, which is not installed; pip install 'pimdeploy\[hdf5\]'",
    )


def written(folder, kind):
    """A good capture of each kind: the path to load and the files to damage."""
    if kind == "npz":
        return npz(folder), [folder / "c.npz"]
    if kind == "mat":
        io_module = pytest.importorskip("scipy.io")
        io_module.savemat(folder / "c.mat", {"tx": TX, "rx": RX, "Fs": FS_HZ}, do_compression=True)
        return folder / "c.mat", [folder / "c.mat"]
    if kind == "hdf5":
        h5py = pytest.importorskip("h5py")
        with h5py.File(folder / "c.mat", "w") as file:
            file["tx"], file["rx"], file["Fs"] = TX, RX, FS_HZ
        return folder / "c.mat", [folder / "c.mat"]
    if kind == "torch":
        torch = pytest.importorskip("torch")
        torch.save({"tx": torch.from_numpy(TX), "rx": torch.from_numpy(RX), "fs": FS_HZ}, folder / "c.pth")
        return folder / "c.pth", [folder / "c.pth"]
    path = {"sigmf": sigmf_folder, "ci16": ci16_folder, "csv": csv_folder}[kind](folder)
    return path, sorted(path.iterdir())


@pytest.mark.parametrize("kind", ["npz", "mat", "hdf5", "torch", "sigmf", "ci16", "csv"])
def test_damaged_files_end_in_one_line(kind, tmp_path):
    """Cut or scribbled over anywhere: it loads or is refused in one line, nothing else is raised."""
    random_source = random.Random(11)
    path, files = written(tmp_path, kind)
    for _ in range(40):
        victim = random_source.choice(files)
        whole = victim.read_bytes()
        damaged = bytearray(whole[: random_source.randrange(len(whole))] if random_source.random() < 0.5 else whole)
        for _ in range(random_source.choice([0, 1, 5])):
            if damaged:
                damaged[random_source.randrange(min(len(damaged), 500))] = random_source.randrange(256)
        victim.write_bytes(damaged)
        message = ""
        try:
            load_capture(CaptureSpec(), path)
        except CaptureError as error:
            message = str(error)
        assert "\n" not in message
        victim.write_bytes(whole)


def test_a_whole_file_cut_short_is_refused(tmp_path):
    for kind in ("npz", "mat", "torch", "sigmf", "csv"):
        folder = tmp_path / kind
        folder.mkdir()
        path, files = written(folder, kind)
        largest = max(files, key=lambda file: file.stat().st_size)
        largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])
        with pytest.raises(CaptureError):
            load_capture(CaptureSpec(), path)
