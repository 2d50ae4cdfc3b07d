"""HDF5 captures, MATLAB v7.3 files among them, through h5py (an extra: pimdeploy[hdf5])."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.readers.common import RawCapture, capture_from_arrays, reading, refuse_bomb, require

SIGNATURE = b"\x89HDF\r\n\x1a\n"


def is_hdf5(path: Path) -> bool:
    """Say whether the file at `path` is HDF5: at byte 0, or at 512 behind the text header of MATLAB."""
    with path.open("rb") as stream:
        head = stream.read(520)
    return head.startswith((SIGNATURE, b"MATLAB 7.3")) or head[512:] == SIGNATURE


def read_hdf5(path: Path, spec: CaptureSpec) -> RawCapture:
    """Return the capture in the HDF5 file at `path`: datasets at the top level, by name. Raises `CaptureError`."""
    where = path.name
    h5py = require("h5py", "hdf5", where, "MATLAB v7.3 and HDF5 captures")
    with reading(where, "HDF5"), h5py.File(path, "r") as file:
        names = [name for name in file if isinstance(file[name], h5py.Dataset)]

        def read(name: str) -> NDArray[Any]:
            dataset = file[name]
            if dataset.dtype.hasobject:
                raise CaptureError(f"{where}: {name} holds references or strings; expected a numeric array")
            refuse_bomb(dataset.size, dataset.dtype, dataset.id.get_storage_size(), where, name)
            array: NDArray[Any] = dataset[()]
            # MATLAB writes a complex number as a record of two floats.
            if array.dtype.names is not None and {"real", "imag"} <= set(array.dtype.names):
                return array["real"] + 1j * np.asarray(array["imag"])
            return array

        return capture_from_arrays(names, read, spec, where)
