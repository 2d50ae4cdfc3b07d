"""The firmware reference: what a DSP or FPGA team takes home. The Python here imports NumPy and nothing of pimdeploy.

Example:
    from pathlib import Path
    from firmware_ref import Reference
    reference = Reference.load(Path("bundle"))
    z_q = reference.process(x_q)          # [channels, samples] integers in, integers out, state kept between calls

`python -m firmware_ref BUNDLE` replays the golden vectors of a bundle.
"""

from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.reference import Reference

__all__ = ["FirmwareReferenceError", "Reference"]
