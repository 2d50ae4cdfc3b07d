"""Write a capture that is in memory as SigMF: a folder with a recording each for tx, rx and, where known, noise and truth."""

from pathlib import Path

from pimdeploy.signals.dataset import Capture
from pimdeploy.signals.writers.common import head_of, samples_of
from pimdeploy.signals.writers.job import opened


def write_capture(capture: Capture, folder: Path) -> None:
    """Write `capture` into the new folder `folder`, cf32_le, splits and slots as annotations; `load_capture` reads it back.

    Samples are rounded to single precision. The folder is written beside its place and renamed, so that an interrupt or
    a full disk leaves nothing half-written. A folder of SigMF files is replaced, one with anything else is refused.
    Equal captures give equal bytes. Raises `CaptureError`.
    """
    head = head_of(capture)
    with opened("sigmf", folder, head) as writer:
        for role in head.roles:
            writer.append(role, samples_of(capture, role))
        writer.finish({})
