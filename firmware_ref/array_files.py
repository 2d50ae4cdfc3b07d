"""Reading .npy and .npz: nothing is unpickled, and nothing is allocated that the file does not hold."""

import contextlib
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from firmware_ref.errors import UNREADABLE, FirmwareReferenceError

MOST_BYTES = 1 << 26
"""Bytes that the tables of a bundle may take once they are unpacked; real ones take a few thousand."""


def read_npy(path: Path) -> NDArray[np.int64]:
    """Return the integers of an .npy file as int64. Raises `FirmwareReferenceError`."""
    with _reading(path), _regular(path).open("rb") as stream:
        return _array(stream, path.stat().st_size)


def read_npz(path: Path) -> dict[str, NDArray[np.int64]]:
    """Return the integers of every array of an .npz file as int64. Raises `FirmwareReferenceError`."""
    with _reading(path), zipfile.ZipFile(_regular(path)) as archive:
        claimed = sum(info.file_size for info in archive.infolist())
        if claimed > MOST_BYTES:
            raise ValueError(f"its arrays claim {claimed} bytes, at most {MOST_BYTES} were expected")
        found = {}
        for info in archive.infolist():
            with archive.open(info) as stream:
                found[info.filename.removesuffix(".npy")] = _array(stream, info.file_size)
        return found


def _array(stream: IO[bytes], n_bytes: int) -> NDArray[np.int64]:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    if math.prod(shape) * dtype.itemsize > n_bytes:
        raise ValueError(f"its header claims {math.prod(shape) * dtype.itemsize} bytes and there are {n_bytes}")
    stream.seek(0)
    array: NDArray[np.int64] = np.lib.format.read_array(stream, allow_pickle=False).astype(np.int64, casting="safe")
    return array


def _regular(path: Path) -> Path:
    if path.exists() and not path.is_file():
        raise ValueError("it is no regular file")
    return path


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except UNREADABLE as error:
        raise FirmwareReferenceError(f"{path}: cannot be read: {error}; export the bundle again") from error
