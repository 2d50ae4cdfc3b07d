"""MATLAB version 5: matrices by name, double precision, by SciPy's writer."""

import json
from pathlib import Path
from typing import Any

from pimdeploy.errors import CaptureError
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.readers.common import Role
from pimdeploy.signals.writers.common import CaptureHead, CaptureWriter, Spool

MOST_BYTES = (1 << 31) - 1
"""Of one matrix: what version 5 can count and MATLAB reads."""
BYTES_A_SAMPLE = 16


class MatWriter(CaptureWriter):
    """Matrices [channel, sample] by role, scalars by name, the facts as JSON text in `scenario`.

    SciPy holds one component of one matrix in memory while it writes. Raises `CaptureError` for captures beyond what
    the format can hold.
    """

    is_file = True
    suffix = ".mat"
    label = "MATLAB"

    def __init__(self, folder: Path, name: str, head: CaptureHead) -> None:
        super().__init__(folder, name, head)
        for role in head.roles:
            n_channels, n_samples = head.shape(role)
            if n_channels * n_samples * BYTES_A_SAMPLE > MOST_BYTES - 1024:
                most = (MOST_BYTES - 1024) // (n_channels * BYTES_A_SAMPLE)
                raise CaptureError(
                    f"{name}: {n_samples} samples of {n_channels} channels are more than a MATLAB 5 matrix holds; "
                    f"expected at most {most}: use --format hdf5, or fewer --samples"
                )
        self._spool = Spool(folder, head)

    def append(self, role: Role, samples: ComplexArray) -> None:
        """Take the next samples."""
        self._spool.append(role, samples)

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Write the matrices."""
        from scipy.io import savemat

        values: dict[str, Any] = {role: self._spool.samples(role) for role in self.head.roles}
        values |= self.head.scalars()
        if facts:
            values["scenario"] = json.dumps(facts)
        savemat(self.folder / self.name, values)
        return {"quantization": "none (double)"}

    def close(self) -> None:
        """Drop the samples that were kept."""
        self._spool.close()
