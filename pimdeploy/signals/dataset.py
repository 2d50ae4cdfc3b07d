"""What passes from a capture to a training: raw samples, and samples made ready."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True)
class Capture:
    """Transmit and receive samples as they were recorded or simulated.

    Arrays are [channel, sample], complex128, in the units of the file. `splits` maps "train", "val" and "test" to
    half-open sample ranges of the receiver (empty where the capture does not say). `truth` is the interference without
    noise and `noise` the noise alone, both known for a scenario only. `slots` are half-open sample ranges of the
    receiver, in order and apart, within which beams and powers hold still (empty where there are none).
    """

    tx: ComplexArray
    rx: ComplexArray
    fs_hz: float
    tx_fs_hz: float
    tx_center_hz: float = 0.0
    rx_center_hz: float = 0.0
    noise: ComplexArray | None = None
    truth: ComplexArray | None = None
    splits: dict[str, tuple[int, int]] = field(default_factory=dict)
    slots: tuple[tuple[int, int], ...] = ()
    source: str = ""
    """What to call this capture in messages and in the report (a file or preset name, no machine path)."""
    sha256: str = ""
    """Hash of the sample bytes (tx then rx, complex128 little-endian)."""
    tx_full_scale: float | None = None
    """Amplitude that the file's integer format makes full scale (32768 for raw int16), where it has one."""


@dataclass(frozen=True)
class Dataset:
    """A capture made ready: one rate, one centre frequency, aligned, on the datapath's input grid.

    x: [n_tx, n_samples], each component a multiple of 2^-15 in [-1, 1 - 2^-15]: exactly what the datapath is fed.
    d: [n_rx, n_samples], received samples in units of the receiver's full scale; d[n] answers x[n] (delay removed).
    receive_filter: taps of H, odd length, linear phase; cancellation is measured on H(d - z).
    noise: as d, where a noise-only reference is known. splits: half-open ranges of samples. slots: likewise, in order,
    where the capture has slots; each lies within one split.
    constants: every preprocessing constant by name, as the manifest takes it (shift, resampling, delay, gain, scales).
    """

    x: ComplexArray
    d: ComplexArray
    fs_hz: float
    receive_filter: ComplexArray
    splits: dict[str, tuple[int, int]]
    noise: ComplexArray | None = None
    constants: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    sha256: str = ""
    slots: tuple[tuple[int, int], ...] = ()

    @property
    def n_samples(self) -> int:
        """Samples a channel."""
        return int(self.x.shape[1])


def sample_digest(tx: ComplexArray, rx: ComplexArray) -> str:
    """Return the sha256 of the sample bytes: tx then rx, complex128 little-endian, [channel, sample]."""
    digest = hashlib.sha256()
    for samples in (tx, rx):
        digest.update(np.ascontiguousarray(samples, dtype="<c16").data)
    return digest.hexdigest()
