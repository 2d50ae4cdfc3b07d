"""Captures that would end in a hang, in gigabytes, or in warnings before the one line."""

import io
import json
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.capture_io import load_capture

FS_HZ = 491.52e6
N = 2048
ROWS = "0.5,0.25\n" * N
PAIRS = (np.arange(4 * N, dtype="<i2") % 1000).reshape(1, 2 * N, 2)


def expect_refusal(path, pattern):
    with pytest.raises(CaptureError, match=f"^{pattern}$") as caught:
        load_capture(CaptureSpec(), path)
    assert str(caught.value).isprintable()


def csv_folder(folder, tx=ROWS, rx=ROWS):
    (folder / "tx.csv").write_text(tx)
    (folder / "rx.csv").write_text(rx)
    (folder / "spec.json").write_text(json.dumps({"fs_hz": FS_HZ}))
    return folder


@pytest.mark.parametrize("name", ["tx.csv", "spec.json", "other.csv"])
def test_a_device_in_a_folder_is_not_read(name, tmp_path):
    csv_folder(tmp_path)
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).symlink_to("/dev/zero")
    expect_refusal(
        tmp_path,
        rf"{tmp_path.name}: cannot be read as a capture: it is a device or a pipe, a regular file was expected; check .*",
    )


def test_a_device_in_the_place_of_a_file_is_not_read(tmp_path):
    (tmp_path / "c.npz").symlink_to("/dev/zero")
    expect_refusal(tmp_path / "c.npz", r"c\.npz: cannot be read as a capture: it is a device or a pipe, .*")


def test_a_device_in_the_place_of_a_sidecar_is_not_read(tmp_path):
    (tmp_path / "c.ci16").write_bytes(bytes(64))
    (tmp_path / "c.json").symlink_to("/dev/zero")
    expect_refusal(tmp_path / "c.ci16", r"c\.ci16: cannot be read as a capture: it is a device or a pipe, .*")


def test_a_link_that_ends_in_itself_or_nowhere_hinders_nobody(tmp_path):
    csv_folder(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "gone").symlink_to("nowhere")
    assert load_capture(CaptureSpec(), tmp_path).tx.shape == (1, N)


@pytest.mark.parametrize("sidecar", ["a." * 20_000 + "a = 1", "fs_hz = " + "[" * 20_000])
def test_a_sidecar_that_exhausts_toml(sidecar, tmp_path):
    for role in ("tx", "rx"):
        (tmp_path / f"{role}.ci16").write_bytes(bytes(4 * N))
        (tmp_path / f"{role}.toml").write_text(sidecar)
    expect_refusal(tmp_path, rf"{tmp_path.name}/tx\.toml: cannot be read as TOML, it may be .*")


@pytest.mark.parametrize("value", ["inf", "nan", "1e999"])
def test_numbers_that_are_not_finite_are_named_without_a_warning(value, tmp_path):
    csv_folder(tmp_path, rx=f"{value},1\n" + ROWS[9:])
    with warnings.catch_warnings(action="error"):
        expect_refusal(
            tmp_path, rf"{tmp_path.name}: rx, channel 0, sample 0 is \(?(nan|inf).*; expected finite numbers: .*"
        )


def archive_of(tx_header, body):
    """An .npz whose tx is packed zeros behind a header of one's own."""
    header, stream = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(header, tx_header)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tx.npy", header.getvalue() + body)
        for name, array in (("rx", PAIRS), ("fs_hz", np.float64(FS_HZ))):
            member = io.BytesIO()
            np.save(member, array)
            archive.writestr(f"{name}.npy", member.getvalue())
    return stream.getvalue()


def test_bytes_that_become_complex_numbers_count_as_those(tmp_path):
    """24 MiB of int8 in 25 kB: 192 MiB of samples, and copies of them on the way."""
    header = {"descr": "|i1", "fortran_order": False, "shape": (12 << 20, 2)}
    (tmp_path / "c.npz").write_bytes(archive_of(header, bytes(24 << 20)))
    expect_refusal(
        tmp_path / "c.npz", r"c\.npz: tx\.npy claims 25165\d+ bytes but the file holds \d+; it is truncated or .*"
    )


def test_a_matlab_array_of_bytes_packed_tight(tmp_path):
    count = 12 << 20
    body = struct.pack("<4I", 6, 8, 8 | 0x0800, 0) + struct.pack("<2I2i", 5, 8, count, 1)
    body += struct.pack("<2H4s", 1, 2, b"tx") + (struct.pack("<2I", 1, count) + bytes(count)) * 2
    packed = zlib.compress(struct.pack("<2I", 14, len(body)) + body)
    content = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + struct.pack("<2I", 15, len(packed)) + packed
    rx = content[128:].replace(packed, zlib.compress(zlib.decompress(packed).replace(b"tx", b"rx", 1)))
    (tmp_path / "c.mat").write_bytes(content + rx[:4] + struct.pack("<I", len(rx) - 8) + rx[8:])
    expect_refusal(
        tmp_path / "c.mat", r"c\.mat: tx claims 25165824 bytes but the file holds \d+; it is truncated or .*"
    )


def torch_file(path: Path, *, zipped: bool):
    torch = pytest.importorskip("torch")
    values = {"tx": torch.from_numpy(PAIRS[0]), "rx": torch.from_numpy(PAIRS[0]), "fs_hz": FS_HZ}
    torch.save(values, path, _use_new_zipfile_serialization=zipped)
    return bytearray(path.read_bytes())


@pytest.mark.parametrize("zipped", [True, False])
def test_a_sound_torch_file_of_either_form_is_read(zipped, tmp_path):
    torch_file(tmp_path / "c.pth", zipped=zipped)
    assert load_capture(CaptureSpec(), tmp_path / "c.pth").rx.shape == (1, 2 * N)


def test_a_torch_archive_whose_parts_claim_gigabytes(tmp_path):
    data = torch_file(tmp_path / "c.pth", zipped=True)
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 0xFFFF_FFFE)
    (tmp_path / "c.pth").write_bytes(data)
    expect_refusal(
        tmp_path / "c.pth",
        r"c\.pth: its parts claim 429\d+ bytes but the file holds \d+; it is corrupt, save it again",
    )


def test_a_torch_file_of_the_older_form_that_asks_for_a_long_text(tmp_path):
    data = torch_file(tmp_path / "c.pth", zipped=False)
    at = data.index(b"X", data.index(b"protocol_version") - 6)
    data[at + 1 : at + 5] = struct.pack("<I", 0xF000_0000)
    (tmp_path / "c.pth").write_bytes(data)
    expect_refusal(
        tmp_path / "c.pth", r"c\.pth: cannot be read as a PyTorch file of tensors, it may be truncated or .*"
    )
