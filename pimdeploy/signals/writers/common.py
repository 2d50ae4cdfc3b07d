"""What the writers share: the head of a capture, what a writer does, and samples kept on disk until all are there."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, ClassVar

import numpy as np

from pimdeploy.signals.dataset import Capture, ComplexArray
from pimdeploy.signals.readers.common import Role

MADE = "simulated.json"
"""What a folder of CSV or ci16 holds beside the samples: the facts of the scenario, and the mark that we made it."""
WHAT: dict[Role, str] = {
    "tx": "transmit samples",
    "rx": "received samples",
    "noise": "noise alone, as in rx",
    "truth": "interference without noise, as in rx",
}


@dataclass(frozen=True)
class CaptureHead:
    """What is known of a capture before its first sample.

    Channels and samples of tx and of everything received, rates and centres, Hz. full_scale: amplitude, in units of rx,
    at which the receiver's converter is full; None where nothing was converted. in_watts: whether samples are in
    sqrt(W), so that levels are dBm.
    """

    n_tx: int
    n_rx: int
    n_tx_samples: int
    n_rx_samples: int
    fs_hz: float
    tx_fs_hz: float
    tx_center_hz: float = 0.0
    rx_center_hz: float = 0.0
    roles: tuple[Role, ...] = ("tx", "rx", "noise", "truth")
    splits: dict[str, tuple[int, int]] = field(default_factory=dict)
    slots: tuple[tuple[int, int], ...] = ()
    source: str = ""
    full_scale: float | None = None
    in_watts: bool = False

    def shape(self, role: Role) -> tuple[int, int]:
        """Return (channels, samples) of what plays `role`."""
        return (self.n_tx, self.n_tx_samples) if role == "tx" else (self.n_rx, self.n_rx_samples)

    def fs_of(self, role: Role) -> float:
        """Return the sample rate of `role`, Hz."""
        return self.tx_fs_hz if role == "tx" else self.fs_hz

    def center_of(self, role: Role) -> float:
        """Return the centre frequency of `role`, Hz."""
        return self.tx_center_hz if role == "tx" else self.rx_center_hz

    def scalars(self) -> dict[str, float]:
        """Return the facts that a file with named numbers holds, as the loader calls them."""
        return {
            "fs_hz": self.fs_hz,
            "tx_fs_hz": self.tx_fs_hz,
            "tx_center_hz": self.tx_center_hz,
            "rx_center_hz": self.rx_center_hz,
        }


def head_of(capture: Capture) -> CaptureHead:
    """Return the head of a capture that is in memory."""
    found: dict[Role, ComplexArray | None] = {"noise": capture.noise, "truth": capture.truth}
    return CaptureHead(
        n_tx=capture.tx.shape[0],
        n_rx=capture.rx.shape[0],
        n_tx_samples=capture.tx.shape[1],
        n_rx_samples=capture.rx.shape[1],
        fs_hz=capture.fs_hz,
        tx_fs_hz=capture.tx_fs_hz,
        tx_center_hz=capture.tx_center_hz,
        rx_center_hz=capture.rx_center_hz,
        roles=("tx", "rx", *(role for role, samples in found.items() if samples is not None)),
        splits=capture.splits,
        slots=capture.slots,
        source=capture.source,
    )


def samples_of(capture: Capture, role: Role) -> ComplexArray:
    """Return the samples of `role`, [channel, sample]; the head of the capture says which roles there are."""
    found = {"tx": capture.tx, "rx": capture.rx, "noise": capture.noise, "truth": capture.truth}[role]
    if found is None:
        raise ValueError(f"this capture has no {role}")
    return found


class CaptureWriter(ABC):
    """Takes blocks of every role in order, then `finish`. It writes into a folder of its own, which is then renamed.

    folder: empty, beside the target. name: of the capture, which is that of the file where `is_file`.
    """

    is_file: ClassVar[bool] = False
    suffix: ClassVar[str] = ""
    """How the name of a file ends."""
    label: ClassVar[str] = ""
    """What to call the format in messages."""
    marker: ClassVar[str] = MADE
    """The file by which a folder is known as one of ours, so that it may be replaced."""

    def __init__(self, folder: Path, name: str, head: CaptureHead) -> None:
        self.folder, self.name, self.head = folder, name, head

    @abstractmethod
    def append(self, role: Role, samples: ComplexArray) -> None:
        """Take the next `samples`, [channel, n]."""

    @abstractmethod
    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Complete the capture and write `facts` (JSON data) beside or into it; call it once, after the last block.

        Returns what the format did to the samples: "quantization", as text, and what a format has more to say.
        """

    @abstractmethod
    def close(self) -> None:
        """Close what is open, drop what was kept; called whatever happens, twice at times."""

    @classmethod
    def replaces(cls, folder: Path) -> bool:
        """Say whether an existing folder is a capture of this format that may be replaced."""
        return not any(folder.iterdir()) or (folder / cls.marker).is_file()


class Spool:
    """Samples of every role on disk, complex128, channels changing fastest: for formats that need all of them at once."""

    def __init__(self, folder: Path, head: CaptureHead) -> None:
        self._head, self._folder = head, folder
        self._streams: dict[Role, IO[bytes]] = {role: self._path(role).open("wb") for role in head.roles}
        self.peaks: dict[Role, float] = dict.fromkeys(head.roles, 0.0)
        """Largest magnitude of a component."""

    def append(self, role: Role, samples: ComplexArray) -> None:
        """Take the next samples, [channel, n]."""
        rows = np.ascontiguousarray(samples.T, dtype="<c16")
        rows.tofile(self._streams[role])
        self.peaks[role] = max(self.peaks[role], float(np.abs(rows.view(np.float64)).max(initial=0.0)))

    def samples(self, role: Role) -> ComplexArray:
        """Return all samples of a role, [channel, sample], mapped from disk."""
        self._streams[role].flush()
        path, shape = self._path(role), self._head.shape(role)
        return np.memmap(path, dtype="<c16", mode="r", shape=shape, order="F")

    def close(self) -> None:
        """Remove the samples from disk."""
        for role, stream in self._streams.items():
            stream.close()
            self._path(role).unlink(missing_ok=True)

    def _path(self, role: Role) -> Path:
        return self._folder / f".{role}.spool"
