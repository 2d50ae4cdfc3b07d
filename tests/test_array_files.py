"""Files of arrays: no more is allocated than the file holds, and whatever is wrong is told in one clause."""

import io
import pickle
import re
import zipfile

import numpy as np
import pytest

from pimdeploy.array_files import LARGEST_UNPACKED, ArrayFileError, is_bomb, load_npy, load_npz


def npy(shape, descr="<i4", body=bytes(64), version=(1, 0)):
    stream = io.BytesIO()
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    write = {1: np.lib.format.write_array_header_1_0, 2: np.lib.format.write_array_header_2_0}[version[0]]
    write(stream, header)
    return stream.getvalue() + body


def archive(members, method=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return stream.getvalue()


def expect_refusal(read, data, message):
    with pytest.raises(ArrayFileError) as caught:
        read(data)
    assert re.fullmatch(message, str(caught.value)), str(caught.value)


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_what_was_written_is_read(version):
    expected = np.arange(16, dtype="<i4").reshape(4, 4)
    data = npy((4, 4), body=expected.tobytes(), version=version)
    assert np.array_equal(load_npy(data), expected)
    assert np.array_equal(load_npz(archive({"a.npy": data}, zipfile.ZIP_DEFLATED))["a"], expected)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (npy((10**12,)), r"it claims 4000000000000 bytes and has \d+; it is corrupt, export it again"),
        (npy((4, 2**40, 2**40)), r"it claims \d+ bytes and has \d+; it is corrupt, export it again"),
        (npy((1,), "|S2147483647"), r"it claims 2147483647 bytes and has \d+; it is corrupt, export it again"),
        (npy((-1,)), r"\w+: .*"),
        (npy((1,), "|O", pickle.dumps([1])), r"it holds Python objects, which are never unpickled; save it again .*"),
        (npy((16,))[:60], r"ValueError: .*"),
        (b"\x93NUMPY\x01\x00\xff\xff{", r"ValueError: .*"),
        (b"\x93NUMPY\x01\x00\x06\x00(((((\n", r"\w+: .*"),
        (pickle.dumps(1), r"ValueError: .*"),
        (b"", r"ValueError: .*"),
    ],
)
def test_an_npy_that_is_refused(data, message):
    expect_refusal(load_npy, data, message)


def test_an_archive_that_is_refused():
    good = archive({"a.npy": npy((4,))})
    unknown = bytearray(good)
    unknown[8:10] = unknown[good.index(b"PK\x01\x02") + 10 :][:2] = b"\x63\x00"
    unknown[good.index(b"PK\x01\x02") + 10] = 99
    expect_refusal(load_npz, bytes(unknown), r"NotImplementedError: .*")
    encrypted = bytearray(good)
    encrypted[6] = encrypted[good.index(b"PK\x01\x02") + 8] = 1
    expect_refusal(load_npz, bytes(encrypted), r"RuntimeError: .*password.*")
    expect_refusal(load_npz, good[:-30], r"BadZipFile: .*")
    expect_refusal(load_npz, archive({"a.npy": npy((10**12,))}), r"a\.npy claims 4000000000000 bytes and has \d+; .*")


def test_zeros_packed_tight_are_refused_before_they_are_unpacked():
    data = archive({"a.npy": npy((LARGEST_UNPACKED,), "|i1", bytes(LARGEST_UNPACKED))}, zipfile.ZIP_DEFLATED)
    assert len(data) < 100_000
    expect_refusal(load_npz, data, r"a\.npy claims 33554\d+ bytes but the file holds 3\d+; it is truncated or .*")


def test_how_far_a_file_may_be_packed():
    assert not is_bomb(LARGEST_UNPACKED, 0)
    assert is_bomb(LARGEST_UNPACKED + 1, 0)
    assert not is_bomb(200 << 20, 1 << 20)
    assert is_bomb((200 << 20) + 1, 1 << 20)
