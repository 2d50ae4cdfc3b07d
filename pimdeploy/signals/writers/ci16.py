"""Raw ci16: a folder with tx.ci16, rx.ci16, noise.ci16 and truth.ci16, little-endian, each with a JSON sidecar."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy.files import json_bytes
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.readers.common import Role
from pimdeploy.signals.writers.common import MADE, WHAT, CaptureHead, CaptureWriter, Spool

CODES = 32768
ROWS = 1 << 16
"""Samples converted at a time."""


class Ci16Writer(CaptureWriter):
    """Codes of int16: HALF_UP, then SATURATE (docs/spec/fixed_point.md), channels changing fastest.

    tx is scaled so that its largest component becomes the largest code. rx, noise and truth share one scale: full scale
    is the converter's where the scenario has one, so that its codes of up to 16 bits pass as they are, else the largest
    component of the three. `finish` returns the full scales, in units of the samples and, where those are sqrt(W), as the
    level of a tone, and the clipped components.
    """

    label = "simulated ci16"

    def __init__(self, folder: Path, name: str, head: CaptureHead) -> None:
        super().__init__(folder, name, head)
        self._spool = Spool(folder, head)

    def append(self, role: Role, samples: ComplexArray) -> None:
        """Take the next samples."""
        self._spool.append(role, samples)

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Convert all samples to codes, and write the sidecars."""
        scales = {role: self._full_scale(role) for role in self.head.roles}
        clipped = {role: self._convert(role, scale) for role, scale in scales.items()}
        for role, scale in scales.items():
            sidecar = {
                "fs_hz": self.head.fs_of(role),
                "n_channels": self.head.shape(role)[0],
                "center_hz": self.head.center_of(role),
                "description": f"{self.head.source}: {WHAT[role]}; full scale {CODES} is {scale:.9g}",
            }
            (self.folder / f"{role}.json").write_bytes(json_bytes(sidecar))
        done: dict[str, Any] = {
            "quantization": "int16 codes, half a code of each component",
            "full_scale": {"tx": scales["tx"], "rx": scales["rx"]},
            "clipped_components": clipped,
        }
        if self.head.in_watts:
            done["full_scale_dbm"] = {role: _dbm(done["full_scale"][role]) for role in ("tx", "rx")}
        (self.folder / MADE).write_bytes(json_bytes({**facts, **done}))
        return done

    def close(self) -> None:
        """Drop the samples that were kept."""
        self._spool.close()

    def _full_scale(self, role: Role) -> float:
        if role != "tx" and self.head.full_scale is not None:
            return self.head.full_scale
        peak = max(peak for other, peak in self._spool.peaks.items() if (other == "tx") == (role == "tx"))
        return peak * CODES / (CODES - 1) if peak > 0 else 1.0

    def _convert(self, role: Role, full_scale: float) -> int:
        """Write the codes of a role; return how many components were clipped."""
        samples, clipped = self._spool.samples(role), 0
        with (self.folder / f"{role}.ci16").open("wb") as stream:
            for start in range(0, samples.shape[1], ROWS):
                rows = np.ascontiguousarray(samples[:, start : start + ROWS].T).view(np.float64)
                codes = np.floor(rows * (CODES / full_scale) + 0.5)
                clipped += int(np.count_nonzero((codes >= CODES) | (codes < -CODES)))
                np.clip(codes, -CODES, CODES - 1).astype("<i2").tofile(stream)
        return clipped


def _dbm(amplitude: float) -> float:
    """Return the level of a tone of this amplitude, sqrt(W)."""
    return 30 + 20 * math.log10(amplitude)
