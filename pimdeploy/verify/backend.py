"""What the proof asks of a backend. A backend computes the whole datapath by its own arithmetic from a bundle's files."""

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

AWKWARD_BLOCKS: tuple[int | None, ...] = (1, 37, 1000)
AWKWARD_SAMPLES = 4096
NODE_SAMPLES = 8192
LEAST_SAMPLES = 4096


class Backend(ABC):
    """One way of computing the datapath. `name` is unique and stable: users name it in `verify --require`."""

    name: str
    streams: bool
    """Whether `run` can be given the signal in blocks, its state carried from one to the next."""
    most_samples: int | None = None
    """Samples of all stimuli together that a slow backend is given, the first of each; None: all."""
    most_products: int | None = None
    """Products of the graph's filters that these samples may take: of a large model fewer, LEAST_SAMPLES at least."""
    in_one_run: bool = False
    """Whether starting it costs more than computing: then the beginnings of all signals come one behind the other."""
    replays_golden: bool = False
    """Whether it is given all golden vectors besides, as a backend is that sees little of the stimuli."""
    awkward_blocks: tuple[int | None, ...] = AWKWARD_BLOCKS
    """Blocks in which one that `streams` is fed again; None: as it does of itself."""
    awkward_samples: int = AWKWARD_SAMPLES
    """Samples that are fed so: the beginnings of all stimuli one behind the other."""
    node_samples: int = NODE_SAMPLES
    """Samples on which every node that it shows is compared: a share of each stimulus, of short ones all. What a later
    saturation hides from the output shows there."""

    @abstractmethod
    def unavailable(self) -> str | None:
        """Return None where this machine can run the backend, else one line that says what is missing."""

    def unproven(self, bundle: Path) -> str | None:
        """Return why the certificate of `bundle` does not claim that this backend is exact; None where it does."""
        del bundle
        return None

    @abstractmethod
    def prepare(self, bundle: Path, work: Path) -> None:
        """Load or build from the files of `bundle`; `work` is an empty folder of this backend's own.

        May be called in a thread beside other backends. Raises `pimdeploy.errors.PimdeployError` with one line.
        """

    @abstractmethod
    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """Return the output [channels, n_samples] for the input integers `x_q` [channels, n_samples], from reset.

        With `block`, feed the signal in blocks of that many samples, the last one shorter; without, as suits the backend.
        """

    @abstractmethod
    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """Return the integers of every node that the backend can show, by node name, from reset.

        It serves to name the first node that differs; a node that a backend does not compute as such is absent.
        """

    def trace_in_blocks(self, x_q: IntArray, block: int | None) -> dict[str, IntArray]:
        """Return what `trace` does, the signal fed as `run` feeds it for `block`; nothing where a backend cannot tell."""
        del x_q, block
        return {}
