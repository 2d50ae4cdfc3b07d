"""The NumPy reference of the bundle as a backend, in both forms of the piecewise-linear functions."""

from pathlib import Path

import numpy as np

from firmware_ref import FirmwareReferenceError, Reference
from firmware_ref.reader import Form
from pimdeploy.errors import BundleError
from pimdeploy.verify.backend import Backend, IntArray

TABLE_SAMPLES = 32_768
"""Samples of the table form: it is the reference that all are compared with, so this shows that it repeats itself, in any
blocks."""


class NumpyBackend(Backend):
    """`firmware_ref` on the bundle's datapath.json and tables.npz; needs nothing that the base install lacks."""

    streams = True

    def __init__(self, form: Form) -> None:
        self.name = f"numpy_{form}"
        self._form: Form = form

    def unavailable(self) -> str | None:
        """See `Backend.unavailable`."""
        return None

    def prepare(self, bundle: Path, work: Path) -> None:
        """See `Backend.prepare`."""
        try:
            self._reference = Reference.load(bundle, self._form)
        except FirmwareReferenceError as error:
            raise BundleError(f"{self.name}: {error}") from error

    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """See `Backend.run`."""
        self._reference.reset()
        step = block or max(1, x_q.shape[1])
        try:
            pieces = [self._reference.process(x_q[:, n : n + step]) for n in range(0, max(1, x_q.shape[1]), step)]
        except FirmwareReferenceError as error:
            raise BundleError(f"{self.name}: {error}") from error
        return np.concatenate(pieces, axis=1)

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """See `Backend.trace`: every node."""
        try:
            return self._reference.trace(x_q)
        except FirmwareReferenceError as error:
            raise BundleError(f"{self.name}: {error}") from error


def numpy_backends() -> list[Backend]:
    """Return the reference in its two forms, `numpy_table` and `numpy_basis`."""
    table, basis = NumpyBackend("table"), NumpyBackend("basis")
    table.most_samples = TABLE_SAMPLES
    return [table, basis]
