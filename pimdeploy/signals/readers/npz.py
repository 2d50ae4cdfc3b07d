""".npz captures: NumPy arrays by name, read without unpickling."""

import zipfile
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from pimdeploy.array_files import ArrayFileError, load_member
from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.readers.common import RawCapture, capture_from_arrays, reading


def read_npz(path: Path, spec: CaptureSpec) -> RawCapture:
    """Return the capture in the .npz file at `path`. Raises `CaptureError`."""
    where = path.name
    with reading(where, ".npz"), zipfile.ZipFile(path) as archive:
        members = {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}

        def read(name: str) -> NDArray[Any]:
            try:
                return load_member(archive, members[name])
            except ArrayFileError as error:
                raise CaptureError(f"{where}: {error}") from error

        return capture_from_arrays(members, read, spec, where)
