"""Write a capture as SigMF: a folder with a recording each for tx, rx and, where known, noise and truth."""

import contextlib
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np

from pimdeploy.errors import CaptureError
from pimdeploy.signals.dataset import Capture, ComplexArray
from pimdeploy.signals.readers.common import require

_WHAT = {
    "tx": "transmit samples",
    "rx": "received samples",
    "noise": "noise alone, as in rx",
    "truth": "interference without noise, as in rx",
}


def write_capture(capture: Capture, folder: Path) -> None:
    """Write `capture` into the new folder `folder`, cf32_le, splits and slots as annotations; `load_capture` reads it back.

    Samples are rounded to single precision. The folder is written beside its place and renamed, so that an interrupt or
    a full disk leaves nothing half-written. A folder of SigMF files is replaced, one with anything else is refused.
    Equal captures give equal bytes. Raises `CaptureError`.
    """
    _refuse_foreign(folder)
    signals = {"tx": capture.tx, "rx": capture.rx, "noise": capture.noise, "truth": capture.truth}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            partial.chmod(0o755)
            for name, samples in signals.items():
                if samples is not None:
                    _write_recording(partial / name, samples, capture, name)
            _put_in_place(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise CaptureError(
            f"{folder}: cannot be written: {error.strerror or error}; check space and permissions, nothing was left"
        ) from error


def _write_recording(stem: Path, samples: ComplexArray, capture: Capture, name: str) -> None:
    sigmf = require("sigmf", "train", str(stem.parent), "SigMF captures")
    is_tx = name == "tx"
    data = stem.with_name(f"{name}.sigmf-data")
    np.ascontiguousarray(samples.T, dtype="<c8").tofile(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        recording = sigmf.SigMFFile(
            global_info={
                "core:datatype": "cf32_le",
                "core:sample_rate": capture.tx_fs_hz if is_tx else capture.fs_hz,
                "core:num_channels": samples.shape[0],
                "core:version": sigmf.__specification__,
                "core:description": f"{capture.source}: {_WHAT[name]}".removeprefix(": "),
            },
            data_file=data,
        )
        recording.add_capture(0, {"core:frequency": capture.tx_center_hz if is_tx else capture.rx_center_hz})
        if not is_tx or capture.tx_fs_hz == capture.fs_hz:
            for label, (start, stop) in capture.splits.items():
                recording.add_annotation(start, stop - start, {"core:label": label})
            for start, stop in capture.slots:
                recording.add_annotation(start, stop - start, {"core:label": "slot"})
        recording.tofile(stem.with_name(f"{name}.sigmf-meta"), overwrite=True)


def _refuse_foreign(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir() or any(file.suffix not in (".sigmf-meta", ".sigmf-data") for file in folder.iterdir()):
        raise CaptureError(f"{folder}: exists and is no SigMF capture; give a new folder")


def _put_in_place(partial: Path, folder: Path) -> None:
    """Rename `partial` to `folder`; what was there is put back where that fails."""
    if not folder.exists():
        partial.rename(folder)
        return
    old = partial.with_name(f"{partial.name}.old")
    folder.rename(old)
    try:
        partial.rename(folder)
    except BaseException:  # an interrupt, too, must not lose what was there
        with contextlib.suppress(OSError):
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
