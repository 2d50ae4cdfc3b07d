"""NumPy's files from anybody: an array is made only where the bytes that its header claims are there; none is unpickled."""

import contextlib
import io
import math
import zipfile
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

LARGEST_UNPACKED = 1 << 25
"""Bytes below which a packed array is unpacked without asking how far it was packed."""
LARGEST_COMPRESSION = 200
"""Neither samples of a receiver nor tables pack like this: such a file is not worth the memory that it asks for."""

Array = NDArray[Any]


class ArrayFileError(ValueError):
    """A file of arrays that cannot be read, and what to do."""


def is_bomb(n_bytes: int, n_stored: int) -> bool:
    """Say whether `n_bytes` are too many to come out of `n_stored`."""
    return n_bytes > max(LARGEST_UNPACKED, LARGEST_COMPRESSION * n_stored)


def as_samples(n_values: int, dtype: np.dtype[Any]) -> int:
    """Return the bytes that `n_values` of a type take as complex128: complex ones, and records of two, are a sample each."""
    return n_values * (16 if dtype.kind in "cV" else 8)


def load_npy(data: bytes) -> Array:
    """Return the array of an .npy file. Raises `ArrayFileError`."""
    with _told():
        return _array(io.BytesIO(data), len(data), "it", len(data))


def load_npz(data: bytes) -> dict[str, Array]:
    """Return the arrays of an .npz file by name. Raises `ArrayFileError`."""
    with _told(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.removesuffix(".npy"): load_member(archive, name) for name in archive.namelist()}


def load_member(archive: zipfile.ZipFile, member: str) -> Array:
    """Return one array of an .npz file. Raises `ArrayFileError`."""
    with _told():
        info = archive.getinfo(member)
        with archive.open(info) as stream:
            return _array(stream, info.file_size, member, info.compress_size)


def _array(stream: IO[bytes], n_bytes: int, name: str, n_stored: int) -> Array:
    """Return the array in `stream`, which has `n_bytes`, `n_stored` on disk, after its header was compared with them."""
    shape, dtype = _header(stream)
    if dtype.hasobject:
        raise ArrayFileError(
            f"{name} holds Python objects, which are never unpickled; save it again as a numeric array"
        )
    claimed = math.prod(shape) * dtype.itemsize
    if claimed > n_bytes:
        raise ArrayFileError(f"{name} claims {claimed} bytes and has {n_bytes}; it is corrupt, export it again")
    if is_bomb(max(n_bytes, as_samples(math.prod(shape), dtype)), n_stored):
        raise ArrayFileError(
            f"{name} claims {n_bytes} bytes but the file holds {n_stored}; it is truncated or corrupt, export it again"
        )
    stream.seek(0)
    array: Array = np.lib.format.read_array(stream, allow_pickle=False)
    return array


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    return shape, dtype


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn whatever NumPy, zipfile and zlib raise on bytes that are no array into `ArrayFileError`."""
    try:
        yield
    except (ArrayFileError, MemoryError):
        raise
    except Exception as error:
        raise ArrayFileError(f"{type(error).__name__}: {error}") from error
