""".npz captures: NumPy arrays by name, read without unpickling."""

import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.readers.common import RawCapture, capture_from_arrays, reading, refuse_bomb


def read_npz(path: Path, spec: CaptureSpec) -> RawCapture:
    """Return the capture in the .npz file at `path`. Raises `CaptureError`."""
    where = path.name
    with reading(where, ".npz"), zipfile.ZipFile(path) as archive:
        members = {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}
        return capture_from_arrays(members, lambda name: _read_member(archive, members[name], where), spec, where)


def _read_member(archive: zipfile.ZipFile, member: str, where: str) -> NDArray[Any]:
    """Return one array, after its header was compared with the bytes that are there."""
    info = archive.getinfo(member)
    with archive.open(info) as stream:
        version = np.lib.format.read_magic(stream)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read_header(stream)
    if dtype.hasobject:
        raise CaptureError(
            f"{where}: {member} holds Python objects, which are never unpickled; save it again as a numeric array"
        )
    n_bytes = math.prod(shape) * dtype.itemsize
    if n_bytes > info.file_size:
        raise CaptureError(
            f"{where}: {member} claims {n_bytes} bytes and has {info.file_size}; it is corrupt, export it again"
        )
    refuse_bomb(info.file_size, info.compress_size, where, member)
    with archive.open(info) as stream:
        array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return array
