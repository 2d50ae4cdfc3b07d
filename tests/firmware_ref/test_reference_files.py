"""The reference's own reading of arrays: nothing is unpickled, and no more is allocated than the file holds."""

import io
import re
import zipfile

import numpy as np
import pytest

from firmware_ref.array_files import MOST_BYTES, read_npy, read_npz
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.reader import read_graph


def npy(shape, descr="<i4", body=bytes(64)):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    return stream.getvalue() + body


def refusal(read, path):
    with pytest.raises(FirmwareReferenceError) as caught:
        read(path)
    return str(caught.value)


def test_what_numpy_wrote_is_read(tmp_path):
    expected = np.arange(12, dtype=np.int32).reshape(3, 4)
    np.save(tmp_path / "a.npy", expected)
    np.savez_compressed(tmp_path / "a.npz", a=expected, b=expected.T)
    assert np.array_equal(read_npy(tmp_path / "a.npy"), expected)
    found = read_npz(tmp_path / "a.npz")
    assert sorted(found) == ["a", "b"]
    assert np.array_equal(found["b"], expected.T)
    assert found["a"].dtype == np.int64


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (npy((10**12,)), r"its header claims 4000000000000 bytes and there are \d+"),
        (npy((128,), "<U536870911"), r"its header claims \d+ bytes and there are \d+"),
        (npy((4,), "<f4"), r".*"),
        (npy((1,), "|O"), r".*"),
        (npy((16,))[:100], r".*"),
        (b"", r".*"),
    ],
)
def test_an_array_that_is_refused(data, message, tmp_path):
    path = tmp_path / "a.npy"
    path.write_bytes(data)
    end = "; export the bundle again"
    assert re.fullmatch(rf".*/a\.npy: cannot be read: {message}{end}", refusal(read_npy, path))
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", data)
    assert re.fullmatch(rf".*/a\.npz: cannot be read: {message}{end}", refusal(read_npz, tmp_path / "a.npz"))


def test_zeros_packed_tight_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", npy((MOST_BYTES,), "|i1", bytes(MOST_BYTES)))
    message = rf".*/a\.npz: cannot be read: its arrays claim \d+ bytes, at most {MOST_BYTES} were expected; export .*"
    assert re.fullmatch(message, refusal(read_npz, tmp_path / "a.npz"))


def test_a_device_is_no_file(tmp_path):
    (tmp_path / "x").symlink_to("/dev/zero")
    for read in (read_npy, read_npz, read_graph):
        assert refusal(read, tmp_path / "x").endswith(
            "/x: cannot be read: it is no regular file; export the bundle again"
        )
