"""What the proof asks of a backend. A backend computes the whole datapath by its own arithmetic from a bundle's files."""

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


class Backend(ABC):
    """One way of computing the datapath. `name` is unique and stable: users name it in `verify --require`."""

    name: str
    streams: bool
    """Whether `run` can be given the signal in blocks, its state carried from one to the next."""

    @abstractmethod
    def unavailable(self) -> str | None:
        """Return None where this machine can run the backend, else one line that says what is missing."""

    @abstractmethod
    def prepare(self, bundle: Path, work: Path) -> None:
        """Load or build from the files of `bundle`; `work` is an empty folder of this backend's own.

        May be called in a thread beside other backends. Raises `pimdeploy.errors.PimdeployError` with one line.
        """

    @abstractmethod
    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """Return the output [channels, n_samples] for the input integers `x_q` [channels, n_samples], from reset.

        With `block`, feed the signal in blocks of that many samples, the last one shorter.
        """

    @abstractmethod
    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """Return the integers of every node that the backend can show, by node name, from reset.

        It serves to name the first node that differs; a node that a backend does not compute as such is absent.
        """
