""".npz: NumPy arrays by name, double precision, stored as they are; no pickles."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.readers.common import Role
from pimdeploy.signals.writers.common import CaptureHead, CaptureWriter, Spool


class NpzWriter(CaptureWriter):
    """Arrays [channel, sample] by role, complex128, scalars by name, the facts as JSON text in `scenario`."""

    is_file = True
    suffix = ".npz"
    label = ".npz"

    def __init__(self, folder: Path, name: str, head: CaptureHead) -> None:
        super().__init__(folder, name, head)
        self._spool = Spool(folder, head)

    def append(self, role: Role, samples: ComplexArray) -> None:
        """Take the next samples."""
        self._spool.append(role, samples)

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Put the arrays together; equal captures give equal bytes."""
        with zipfile.ZipFile(self.folder / self.name, "w") as archive:
            for role in self.head.roles:
                _add(archive, role, self._spool.samples(role))
            for key, value in self.head.scalars().items():
                _add(archive, key, np.array(value))
            if facts:
                _add(archive, "scenario", np.array(json.dumps(facts)))
        return {"quantization": "none (complex128)"}

    def close(self) -> None:
        """Drop the samples that were kept."""
        self._spool.close()


def _add(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    member = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, so that the bytes are the samples' alone
    with archive.open(member, "w", force_zip64=True) as stream:
        np.lib.format.write_array(stream, array, allow_pickle=False)
