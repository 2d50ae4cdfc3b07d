"""SigMF: a folder with a recording each for tx, rx and, where known, noise and truth; cf32_le."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy import __version__
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.readers.common import Role, require
from pimdeploy.signals.writers.common import WHAT, CaptureHead, CaptureWriter

EXTENSION = "pimdeploy"


class SigmfWriter(CaptureWriter):
    """Rounds to single precision; splits and slots are annotations, facts are fields of the extension `pimdeploy`."""

    label = "SigMF"
    marker = "tx.sigmf-meta"

    def __init__(self, folder: Path, name: str, head: CaptureHead) -> None:
        super().__init__(folder, name, head)
        self._sigmf = require("sigmf", "train", name, "SigMF captures")
        self._streams = {role: self._data(role).open("wb") for role in head.roles}

    def append(self, role: Role, samples: ComplexArray) -> None:
        """Take the next samples."""
        np.ascontiguousarray(samples.T, dtype="<c8").tofile(self._streams[role])

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Write the metadata of every recording."""
        self.close()
        for role in self.head.roles:
            self._write_meta(role, facts)
        return {"quantization": "single precision (cf32_le), 2^-24 of each component"}

    def close(self) -> None:
        """Close the streams."""
        for stream in self._streams.values():
            stream.close()

    @classmethod
    def replaces(cls, folder: Path) -> bool:
        """Any folder that holds nothing but SigMF."""
        return all(file.suffix in (".sigmf-meta", ".sigmf-data") for file in folder.iterdir())

    def _data(self, role: Role) -> Path:
        return self.folder / f"{role}.sigmf-data"

    def _write_meta(self, role: Role, facts: dict[str, Any]) -> None:
        head, data = self.head, self._data(role)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            recording = self._sigmf.SigMFFile(global_info=self._global(role, facts), data_file=data)
            recording.add_capture(0, {"core:frequency": head.center_of(role)})
            if role != "tx" or head.tx_fs_hz == head.fs_hz:
                for label, (start, stop) in head.splits.items():
                    recording.add_annotation(start, stop - start, {"core:label": label})
                for start, stop in head.slots:
                    recording.add_annotation(start, stop - start, {"core:label": "slot"})
            recording.tofile(data.with_suffix(".sigmf-meta"), overwrite=True)

    def _global(self, role: Role, facts: dict[str, Any]) -> dict[str, Any]:
        head = self.head
        found: dict[str, Any] = {
            "core:datatype": "cf32_le",
            "core:sample_rate": head.fs_of(role),
            "core:num_channels": head.shape(role)[0],
            "core:version": self._sigmf.__specification__,
            "core:description": f"{head.source}: {WHAT[role]}".removeprefix(": "),
        }
        if facts:
            found["core:extensions"] = [{"name": EXTENSION, "version": __version__, "optional": True}]
            found |= {f"{EXTENSION}:{key}": value for key, value in facts.items()}
        return found
