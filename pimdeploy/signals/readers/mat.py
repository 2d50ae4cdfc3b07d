"""MATLAB captures: version 5 files (save -v6, -v7) are read here, version 7.3 files are HDF5 and go to `hdf5`."""

from pathlib import Path

from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.readers.common import RawCapture, capture_from_arrays, reading
from pimdeploy.signals.readers.hdf5 import is_hdf5, read_hdf5
from pimdeploy.signals.readers.mat5 import Mat5File


def read_mat(path: Path, spec: CaptureSpec) -> RawCapture:
    """Return the capture in the .mat file at `path`, of version 5 or 7.3. Raises `CaptureError`."""
    where = path.name
    with reading(where, "a MATLAB file"):
        if is_hdf5(path):
            return read_hdf5(path, spec)
        file = Mat5File(path, where)
        return capture_from_arrays(file.names, file.read, spec, where)
