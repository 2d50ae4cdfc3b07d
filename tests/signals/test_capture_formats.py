"""Every format that a capture may have reads back as the samples that were written."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.capture_io import load_capture, sample_digest
from pimdeploy.signals.dataset import Capture
from pimdeploy.signals.sigmf_writer import write_capture

FS_HZ = 491.52e6
N = 2048
MEASURED = Path(__file__).parents[3] / "shared" / "data" / "apa_200mhz"


def iq(n_channels, seed, n_samples=N):
    """Samples whose components are whole codes of int16, so that every format holds them exactly."""
    rng = np.random.default_rng(seed)
    parts = rng.integers(-30000, 30000, size=(2, n_channels, n_samples)).astype(np.float64)
    return parts[0] + 1j * parts[1]


TX, RX, NOISE = iq(2, 1), iq(3, 2), iq(3, 3)


def interleaved(samples):
    return np.stack([samples.real, samples.imag], axis=-1)


def write_npz(folder):
    np.savez(folder / "c.npz", tx=TX, rx=RX, noise=NOISE, fs_hz=FS_HZ)
    return folder / "c.npz", CaptureSpec()


def write_npz_compressed_columns(folder):
    np.savez_compressed(folder / "c.npz", X=TX.T, Y=RX.T, nfa=NOISE.T)
    return folder / "c.npz", CaptureSpec(fs_hz=FS_HZ)


def write_npz_keys(folder):
    np.savez(folder / "c.npz", sent=TX, heard=RX, quiet=NOISE, tx=RX, Fs=FS_HZ)
    return folder / "c.npz", CaptureSpec(tx_key="sent", rx_key="heard", noise_key="quiet")


def write_npz_int16(folder):
    np.savez(
        folder / "c.npz", tx=interleaved(TX).astype(np.int16), rx=interleaved(RX), noise=interleaved(NOISE), fs=FS_HZ
    )
    return folder / "c.npz", CaptureSpec()


def write_mat(folder):
    from scipy.io import savemat

    savemat(folder / "c.mat", {"txa": TX, "rxa": RX.T, "nfa": NOISE, "Fs": FS_HZ, "note": "text"})
    return folder / "c.mat", CaptureSpec()


def write_mat_compressed(folder):
    from scipy.io import savemat

    savemat(folder / "c.mat", {"x": TX, "y": RX, "noise": NOISE, "Fs": FS_HZ}, do_compression=True)
    return folder / "c.mat", CaptureSpec()


def write_mat_int16(folder):
    """Complex int16 beside an object, as MATLAB stores them: SciPy writes neither, so the file is put together here."""
    content = bytearray(b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM")
    content += (
        np.array([14, 40, 6, 8, 17, 0], "<u4").tobytes() + b"\x01\x00\x04\x00date" + b"\x01\x00\x04\x00MCOS" + bytes(8)
    )
    for name, samples in (("tx", TX), ("rx", RX)):
        parts = [np.ascontiguousarray(part.T.astype("<i2")).tobytes() for part in (samples.real, samples.imag)]
        elements = [(6, np.array([10 | 0x0800, 0], "<u4").tobytes()), (5, np.array(samples.shape, "<i4").tobytes())]
        elements += [(1, name.encode()), *((3, part) for part in parts)]
        body = b"".join(
            np.array([kind, len(data)], "<u4").tobytes() + data + bytes(-len(data) % 8) for kind, data in elements
        )
        content += np.array([14, len(body)], "<u4").tobytes() + body
    (folder / "c.mat").write_bytes(content)
    return folder / "c.mat", CaptureSpec(fs_hz=FS_HZ)


def write_mat_v73(folder):
    h5py = pytest.importorskip("h5py")
    record = np.dtype([("real", "<f8"), ("imag", "<f8")])
    with h5py.File(folder / "c.mat", "w", userblock_size=512) as file:
        for name, samples in (("tx", TX), ("rx", RX), ("noise", NOISE)):
            file[name] = np.ascontiguousarray(samples.T).view(record)
        file["Fs"] = np.array([[FS_HZ]])
    with (folder / "c.mat").open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
    return folder / "c.mat", CaptureSpec()


def write_table(path, samples, header="I,Q"):
    table = interleaved(samples).transpose(1, 0, 2).reshape(samples.shape[1], -1)
    np.savetxt(path, table, delimiter=",", header=header, comments="", fmt="%.17g")


def write_csv_pair(folder):
    for name, samples in (("tx", TX), ("rx", RX), ("noise", NOISE)):
        write_table(folder / f"{name}.csv", samples, header=",".join("IQ" * samples.shape[0]))
    (folder / "spec.json").write_text(json.dumps({"fs_hz": FS_HZ}))
    return folder, CaptureSpec()


def write_opendpd(folder):
    edges = [0, 1200, 1600, N]
    for i, name in enumerate(("train", "val", "test")):
        write_table(folder / f"{name}_input.csv", TX[:, edges[i] : edges[i + 1]])
        write_table(folder / f"{name}_output.csv", RX[:, edges[i] : edges[i + 1]])
    (folder / "spec.json").write_text(json.dumps({"input_signal_fs": FS_HZ, "bw_main_ch": 200e6, "nperseg": 2560}))
    return folder, CaptureSpec()


def write_opendpd_single(folder):
    write_table(folder / "data.csv", np.concatenate([TX[:1], RX[:1]]), header="I_in,Q_in,I_out,Q_out")
    spec = {
        "input_signal_fs": FS_HZ,
        "dataset_format": "single_csv",
        "split_indices": {"train_end": 1200, "val_end": 1600},
    }
    (folder / "spec.json").write_text(json.dumps(spec))
    return folder, CaptureSpec()


def write_codes(path, samples):
    interleaved(samples).transpose(1, 0, 2).astype("<i2").tofile(path)


def write_ci16(folder):
    for name, samples in (("tx", TX), ("rx", RX), ("noise", NOISE)):
        write_codes(folder / f"{name}.ci16", samples)
        facts = {"fs_hz": FS_HZ, "n_channels": samples.shape[0], "center_hz": 2.1e9}
        (folder / f"{name}.json").write_text(json.dumps(facts))
    return folder, CaptureSpec()


def write_ci16_single(folder):
    write_codes(folder / "c.ci16", np.concatenate([TX, RX]))
    (folder / "c.toml").write_text(f"fs_hz = {FS_HZ}\nn_channels = 5\ntx_channels = [0, 1]\nrx_channels = [2, 3, 4]\n")
    return folder / "c.ci16", CaptureSpec()


def write_torch(folder):
    torch = pytest.importorskip("torch")
    values = {
        "tx": torch.from_numpy(TX),
        "rx": torch.from_numpy(RX),
        "noise": torch.from_numpy(NOISE.T),
        "fs_hz": FS_HZ,
    }
    torch.save(values, folder / "c.pth")
    return folder / "c.pth", CaptureSpec()


def sigmf_recording(samples):
    sigmf = pytest.importorskip("sigmf")
    recording = sigmf.fromarray(np.ascontiguousarray(samples.T, dtype="<c8"))
    recording.set_global_field("core:sample_rate", FS_HZ)
    recording.set_global_field("core:num_channels", samples.shape[0])
    return recording


def write_sigmf_single(folder):
    sigmf_recording(np.concatenate([RX, TX])).tofile(folder / "both", overwrite=True)
    return folder / "both.sigmf-meta", CaptureSpec(tx_key="3,4", rx_key="0,1,2")


def write_sigmf_archive(folder):
    sigmf_recording(np.concatenate([RX, TX])).tofile(folder / "both.sigmf", overwrite=True)
    return folder / "both.sigmf", CaptureSpec(tx_key="3, 4", rx_key="0, 1, 2")


MANY = [
    write_npz,
    write_npz_compressed_columns,
    write_npz_keys,
    write_npz_int16,
    write_mat,
    write_mat_compressed,
    write_mat_int16,
    write_mat_v73,
    write_csv_pair,
    write_opendpd,
    write_ci16,
    write_ci16_single,
    write_torch,
    write_sigmf_single,
    write_sigmf_archive,
]


@pytest.mark.parametrize("write", MANY, ids=lambda write: write.__name__.removeprefix("write_"))
def test_reads_back_what_was_written(write, tmp_path):
    path, spec = write(tmp_path)
    capture = load_capture(spec, path)
    np.testing.assert_array_equal(capture.tx, TX)
    np.testing.assert_array_equal(capture.rx, RX)
    assert capture.noise is None or np.array_equal(capture.noise, NOISE)
    assert capture.fs_hz == capture.tx_fs_hz == FS_HZ
    assert capture.tx.dtype == capture.rx.dtype == np.complex128
    assert capture.source == path.name
    assert capture.sha256 == sample_digest(TX, RX)


def test_opendpd_split_files_become_splits(tmp_path):
    path, spec = write_opendpd(tmp_path)
    assert load_capture(spec, path).splits == {"train": (0, 1200), "val": (1200, 1600), "test": (1600, N)}


def test_opendpd_single_file(tmp_path):
    path, spec = write_opendpd_single(tmp_path)
    capture = load_capture(spec, path)
    np.testing.assert_array_equal(capture.tx, TX[:1])
    np.testing.assert_array_equal(capture.rx, RX[:1])
    assert capture.splits == {"train": (0, 1200), "val": (1200, 1600), "test": (1600, N)}


def test_integer_formats_state_their_full_scale(tmp_path):
    for write in (write_ci16, write_npz_int16, write_mat_int16):
        path, spec = write(tmp_path)
        assert load_capture(spec, path).tx_full_scale == 32768.0


def test_ci16_centre_frequencies(tmp_path):
    path, _ = write_ci16(tmp_path)
    capture = load_capture(CaptureSpec(rx_center_hz=1.9e9), path)
    assert (capture.tx_center_hz, capture.rx_center_hz) == (2.1e9, 1.9e9)


def test_ci16_of_both_by_recipe_keys(tmp_path):
    path, _ = write_ci16_single(tmp_path)
    capture = load_capture(CaptureSpec(tx_key="1", rx_key="2, 4"), path)
    np.testing.assert_array_equal(capture.tx, TX[1:])
    np.testing.assert_array_equal(capture.rx, RX[[0, 2]])


def test_max_samples_keeps_the_beginning_at_both_rates(tmp_path):
    np.savez(tmp_path / "c.npz", tx=np.repeat(TX, 2, axis=1), rx=RX, fs_hz=FS_HZ, tx_fs_hz=2 * FS_HZ)
    capture = load_capture(CaptureSpec(max_samples=1500), tmp_path / "c.npz")
    assert (capture.tx.shape, capture.rx.shape) == ((2, 3000), (3, 1500))


def whole_capture():
    return Capture(
        tx=iq(2, 1, 3000),
        rx=iq(3, 2, 2000),
        fs_hz=100e6,
        tx_fs_hz=150e6,
        tx_center_hz=2.14e9,
        rx_center_hz=1.95e9,
        noise=iq(3, 3, 2000),
        truth=iq(3, 4, 2000),
        splits={"train": (0, 1200), "val": (1200, 1600), "test": (1600, 2000)},
        source="made up",
    )


def test_sigmf_round_trip(tmp_path):
    pytest.importorskip("sigmf")
    capture = whole_capture()
    write_capture(capture, tmp_path / "new" / "capture")
    back = load_capture(CaptureSpec(), tmp_path / "new" / "capture")
    for name in ("tx", "rx", "noise", "truth"):
        np.testing.assert_array_equal(getattr(back, name), getattr(capture, name))
    for name in ("fs_hz", "tx_fs_hz", "tx_center_hz", "rx_center_hz", "splits"):
        assert getattr(back, name) == getattr(capture, name)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["capture"]


def test_written_bytes_depend_on_the_capture_alone(tmp_path):
    pytest.importorskip("sigmf")
    for name in ("a", "b"):
        write_capture(whole_capture(), tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_writing_replaces_a_capture_and_nothing_else(tmp_path):
    pytest.importorskip("sigmf")
    write_capture(whole_capture(), tmp_path / "c")
    write_capture(replace(whole_capture(), noise=None, truth=None), tmp_path / "c")
    assert not (tmp_path / "c" / "noise.sigmf-meta").exists()
    (tmp_path / "c" / "thesis.txt").write_text("years of work")
    with pytest.raises(CaptureError, match=r"^\S*/c: exists and is no SigMF capture; give a new folder$"):
        write_capture(whole_capture(), tmp_path / "c")


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_capture(tmp_path, monkeypatch, fault):
    sigmf = pytest.importorskip("sigmf")
    write_capture(whole_capture(), tmp_path / "c")

    def fail(*_, **__):
        raise fault

    monkeypatch.setattr(sigmf.SigMFFile, "tofile", fail)
    with pytest.raises((CaptureError, KeyboardInterrupt)) as caught:
        write_capture(replace(whole_capture(), noise=None), tmp_path / "c")
    if isinstance(fault, OSError):
        where = tmp_path / "c"
        assert str(caught.value) == (
            f"{where}: cannot be written: No space left on device; check space and permissions, nothing was left"
        )
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
    assert load_capture(CaptureSpec(), tmp_path / "c").noise is not None


@pytest.mark.skipif(not MEASURED.is_dir(), reason="the measured data are not part of the repository")
def test_measured_amplifier_data():
    capture = load_capture(CaptureSpec(), MEASURED)
    assert capture.tx.shape == capture.rx.shape == (1, 98304)
    assert capture.fs_hz == 983.04e6
    assert capture.tx_center_hz == capture.rx_center_hz == 3.5e9
    assert capture.splits == {"train": (0, 58980), "val": (58980, 78642), "test": (78642, 98304)}


def test_a_relative_path_is_named_in_messages(tmp_path, monkeypatch):
    (tmp_path / "apa").mkdir()
    path, spec = write_csv_pair(tmp_path / "apa")
    monkeypatch.chdir(path)
    assert load_capture(spec, Path()).source == "apa"
    assert load_capture(spec, Path("..") / "apa").source == "apa"
