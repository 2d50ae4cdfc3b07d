"""What an emitter sees: the graph, the real-valued tables beside its integers, and the facts around it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.graph import Graph

RealTables = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Model:
    """A lowered network with all that a bundle says of it.

    graph: the integers. real_tables: the unquantized values behind each table, under the names of `graph.tables`
    ("K.taps", "f.slopes", ...), in real units; the float files are built from them.
    fs_hz: sample rate. receive_filter: taps of H, complex128. preprocessing: constants of the capture's preparation.
    piecewise: the form ("table" or "basis") that the emitted code uses by default.
    """

    graph: Graph
    real_tables: RealTables
    fs_hz: float
    receive_filter: NDArray[np.complex128]
    preprocessing: dict[str, Any] = field(default_factory=dict)
    piecewise: str = "table"
