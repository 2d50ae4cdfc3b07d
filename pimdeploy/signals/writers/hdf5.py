"""HDF5: datasets by name, double precision, block by block, through h5py (an extra: pimdeploy[hdf5])."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.readers.common import Role, require
from pimdeploy.signals.writers.common import CaptureHead, CaptureWriter


class Hdf5Writer(CaptureWriter):
    """Datasets [channel, sample] by role, complex128, scalars by name, the facts as JSON text in the attribute `scenario`."""

    is_file = True
    suffix = ".h5"
    label = "HDF5"

    def __init__(self, folder: Path, name: str, head: CaptureHead) -> None:
        super().__init__(folder, name, head)
        h5py = require("h5py", "hdf5", name, "HDF5 captures")
        self._file = h5py.File(folder / name, "w")
        self._at: dict[Role, int] = dict.fromkeys(head.roles, 0)
        for role in head.roles:
            self._file.create_dataset(role, shape=head.shape(role), dtype=np.complex128)

    def append(self, role: Role, samples: ComplexArray) -> None:
        """Take the next samples."""
        start = self._at[role]
        self._at[role] = start + samples.shape[1]
        self._file[role][:, start : self._at[role]] = samples

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Add the scalars and the facts."""
        for key, value in self.head.scalars().items():
            self._file[key] = value
        if facts:
            self._file.attrs["scenario"] = json.dumps(facts)
        self._file.close()
        return {"quantization": "none (complex128)"}

    def close(self) -> None:
        """Close the file."""
        self._file.close()
