"""Read a capture of any known format, and check that it can be used."""

import glob
import math
from pathlib import Path

import numpy as np

from pimdeploy.errors import CaptureError
from pimdeploy.files import regular
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.dataset import Capture, ComplexArray, sample_digest
from pimdeploy.signals.readers.ci16 import read_ci16
from pimdeploy.signals.readers.common import RawCapture, reading
from pimdeploy.signals.readers.csv_file import read_csv
from pimdeploy.signals.readers.hdf5 import read_hdf5
from pimdeploy.signals.readers.mat import read_mat
from pimdeploy.signals.readers.npz import read_npz
from pimdeploy.signals.readers.sigmf_file import read_sigmf
from pimdeploy.signals.readers.torch_file import read_torch

MIN_SAMPLES = 1024
"""Fewest samples a channel that make a capture."""

READERS = {
    "sigmf": read_sigmf,
    "npz": read_npz,
    "mat": read_mat,
    "hdf5": read_hdf5,
    "csv": read_csv,
    "ci16": read_ci16,
    "torch": read_torch,
}
FORMAT_OF_SUFFIX = {
    ".sigmf-meta": "sigmf",
    ".sigmf-data": "sigmf",
    ".sigmf": "sigmf",
    ".npz": "npz",
    ".mat": "mat",
    ".h5": "hdf5",
    ".hdf5": "hdf5",
    ".csv": "csv",
    ".ci16": "ci16",
    ".pth": "torch",
    ".pt": "torch",
}
FORMAT_IN_FOLDER = {".sigmf-meta": "sigmf", ".sigmf": "sigmf", ".csv": "csv", ".ci16": "ci16"}


def load_capture(spec: CaptureSpec, path: Path) -> Capture:
    """Return the capture at `path`, a folder or file; `spec` says what the files do not.

    Formats: SigMF, .npz, MATLAB 5 .mat, MATLAB 7.3 .mat and HDF5 (with h5py), CSV, raw .ci16 with a sidecar, .pth.
    tx and rx come as [channel, sample], complex128, in the units of the file. Rates, centres and keys that the recipe
    states complete the file; a sample rate that contradicts it is refused, a centre frequency of the recipe comes
    before the file's. Without any centre both are 0 Hz. With capture.max_samples only the beginning is kept, and the
    splits are those of capture.split.

    Raises `CaptureError` with one line: what, where, what was expected, what to do.
    """
    path = path if path.name not in ("", "..") else path.resolve()
    where = path.name
    with reading(where, "a capture"):
        beside = path.parent.glob(f"{glob.escape(path.stem)}.*")  # a sidecar, or the other half of a pair
        for file in path.iterdir() if path.is_dir() else (path, *beside):
            if not file.is_dir():
                regular(file)
        raw = READERS[_format(spec, path)](path, spec)
    return _completed(raw, spec, where)


def _format(spec: CaptureSpec, path: Path) -> str:
    if not path.exists():
        raise CaptureError(f"{path}: no such file or folder; check capture.path or --capture")
    if spec.format != "auto":
        return spec.format
    if path.is_dir():
        suffixes = {file.suffix for file in path.iterdir()}
        for suffix, name in FORMAT_IN_FOLDER.items():
            if suffix in suffixes:
                return name
        raise CaptureError(
            f"{path.name}: no capture in it; expected {', '.join(f'*{suffix}' for suffix in FORMAT_IN_FOLDER)}; "
            "or give the .npz, .mat or .pth file itself"
        )
    if path.suffix.lower() not in FORMAT_OF_SUFFIX:
        raise CaptureError(
            f"{path.name}: unknown kind of capture {path.suffix!r}; expected a folder, {', '.join(FORMAT_OF_SUFFIX)}; "
            "or set capture.format in the recipe"
        )
    return FORMAT_OF_SUFFIX[path.suffix.lower()]


def _completed(raw: RawCapture, spec: CaptureSpec, where: str) -> Capture:
    fs_hz = _rate(raw.fs_hz, spec.fs_hz, "capture.fs_hz", where)
    if fs_hz is None:
        raise CaptureError(f"{where}: no sample rate in the file; set capture.fs_hz in the recipe")
    tx_fs_hz = _rate(raw.tx_fs_hz, spec.tx_fs_hz, "capture.tx_fs_hz", where) or fs_hz
    _check_lengths(raw, fs_hz, tx_fs_hz, where)
    splits = _checked_splits(raw, where)
    n_rx, n_tx = raw.rx.shape[1], raw.tx.shape[1]
    if spec.max_samples is not None and spec.max_samples < n_rx:
        n_rx, n_tx = spec.max_samples, min(n_tx, math.ceil(spec.max_samples * tx_fs_hz / fs_hz))
        splits = {}
        _refuse_short(n_rx, "capture.max_samples", where)
    tx, rx = raw.tx[:, :n_tx], raw.rx[:, :n_rx]
    noise = None if raw.noise is None else raw.noise[:, :n_rx]
    truth = None if raw.truth is None else raw.truth[:, :n_rx]
    for name, samples in (("tx", tx), ("rx", rx), ("noise", noise), ("truth", truth)):
        if samples is not None:
            _refuse_not_finite(samples, name, where)
    tx_center_hz, rx_center_hz = _centers(raw, spec, where)
    return Capture(
        tx=tx,
        rx=rx,
        fs_hz=fs_hz,
        tx_fs_hz=tx_fs_hz,
        tx_center_hz=tx_center_hz,
        rx_center_hz=rx_center_hz,
        noise=noise,
        truth=truth,
        splits=splits,
        slots=tuple((start, min(stop, n_rx)) for start, stop in raw.slots if start < n_rx),
        source=where,
        sha256=sample_digest(tx, rx),
        tx_full_scale=raw.tx_full_scale,
    )


def _rate(in_file: float | None, in_recipe: float | None, key: str, where: str) -> float | None:
    if in_file is not None and not (math.isfinite(in_file) and in_file > 0):
        raise CaptureError(f"{where}: its sample rate is {in_file!r}; expected a positive number of Hz")
    if in_file is not None and in_recipe is not None and not math.isclose(in_file, in_recipe, rel_tol=1e-9):
        raise CaptureError(
            f"{where}: its sample rate is {in_file:.12g} Hz but {key} = {in_recipe:.12g}; drop the key or mend the file"
        )
    rate = in_recipe if in_file is None else in_file
    return None if rate is None else float(rate)


def _centers(raw: RawCapture, spec: CaptureSpec, where: str) -> tuple[float, float]:
    tx_center_hz = raw.tx_center_hz if spec.tx_center_hz is None else spec.tx_center_hz
    rx_center_hz = raw.rx_center_hz if spec.rx_center_hz is None else spec.rx_center_hz
    if (tx_center_hz is None) != (rx_center_hz is None):
        known, unknown = ("tx", "rx") if rx_center_hz is None else ("rx", "tx")
        raise CaptureError(
            f"{where}: the centre frequency of {known} is known, that of {unknown} is not; "
            f"set capture.{unknown}_center_hz"
        )
    return float(tx_center_hz or 0.0), float(rx_center_hz or 0.0)


def _check_lengths(raw: RawCapture, fs_hz: float, tx_fs_hz: float, where: str) -> None:
    n_tx, n_rx = raw.tx.shape[1], raw.rx.shape[1]
    _refuse_short(n_tx, "tx", where)
    _refuse_short(n_rx, "rx", where)
    # Between different rates the last sample may fall on either side.
    tolerance = 0 if fs_hz == tx_fs_hz else max(1.0, fs_hz / tx_fs_hz)
    expected = n_tx * fs_hz / tx_fs_hz
    if abs(expected - n_rx) > tolerance:
        rates = "" if fs_hz == tx_fs_hz else f" at {tx_fs_hz:.12g} Hz (as long as {expected:.0f} at {fs_hz:.12g} Hz)"
        raise CaptureError(
            f"{where}: tx has {n_tx} samples{rates} and rx has {n_rx}; they must cover the same time: cut the "
            "longer one, or check capture.fs_hz and capture.tx_fs_hz"
        )
    for name, samples in (("noise", raw.noise), ("truth", raw.truth)):
        if samples is not None and (samples.shape[0] != raw.rx.shape[0] or samples.shape[1] < n_rx):
            raise CaptureError(
                f"{where}: {name} is {samples.shape[0]} x {samples.shape[1]} samples, rx {raw.rx.shape[0]} x {n_rx}; "
                f"expected the channels and the length of rx: make them equal or take {name} out"
            )


def _checked_splits(raw: RawCapture, where: str) -> dict[str, tuple[int, int]]:
    n_rx = raw.rx.shape[1]
    for name, (start, stop) in raw.splits.items():
        if not 0 <= start < stop <= n_rx:
            raise CaptureError(
                f"{where}: split {name!r} is samples {start} to {stop} of {n_rx}; the samples end before it, the file "
                "is truncated or its annotation is wrong"
            )
    return raw.splits


def _refuse_short(n_samples: int, what: str, where: str) -> None:
    if n_samples < MIN_SAMPLES:
        raise CaptureError(f"{where}: {what} has {n_samples} samples; at least {MIN_SAMPLES} are needed")


def _refuse_not_finite(samples: ComplexArray, name: str, where: str) -> None:
    finite = np.isfinite(samples)
    if not finite.all():
        channel, sample = np.unravel_index(int(np.argmin(finite)), finite.shape)
        raise CaptureError(
            f"{where}: {name}, channel {channel}, sample {sample} is {samples[channel, sample]}; expected finite "
            "numbers: cut it out or record again"
        )
