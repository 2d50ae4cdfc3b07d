"""CSV: a folder with tx.csv, rx.csv, noise.csv and truth.csv, columns I and Q an antenna, and spec.json."""

from pathlib import Path
from typing import IO, Any

import numpy as np

from pimdeploy.files import json_bytes
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.readers.common import Role
from pimdeploy.signals.writers.common import MADE, CaptureHead, CaptureWriter

DIGITS = 9
"""Significant decimal digits: as many as single precision needs."""


class CsvWriter(CaptureWriter):
    """Rounds to nine significant digits; rates and centres lie in spec.json, the facts in simulated.json."""

    label = "simulated CSV"

    def __init__(self, folder: Path, name: str, head: CaptureHead) -> None:
        super().__init__(folder, name, head)
        self._streams: dict[Role, IO[str]] = {}
        for role in head.roles:
            self._streams[role] = (folder / f"{role}.csv").open("w", encoding="ascii")
            columns = (f"{part}{channel}" for channel in range(head.shape(role)[0]) for part in "IQ")
            self._streams[role].write(",".join(columns) + "\n")

    def append(self, role: Role, samples: ComplexArray) -> None:
        """Take the next samples."""
        table = np.ascontiguousarray(samples.T).view(np.float64)
        np.savetxt(self._streams[role], table, fmt=f"%.{DIGITS}g", delimiter=",")

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Write what the columns do not say."""
        self.close()
        (self.folder / "spec.json").write_bytes(json_bytes(self.head.scalars()))
        (self.folder / MADE).write_bytes(json_bytes(facts))
        return {"quantization": f"{DIGITS} significant digits, 5e-{DIGITS} of each component"}

    def close(self) -> None:
        """Close the streams."""
        for stream in self._streams.values():
            stream.close()
