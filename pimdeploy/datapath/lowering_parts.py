"""What the lowering functions of all families share: a graph under construction beside its real-valued tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, node_bounds
from pimdeploy.datapath.check import check
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import quantize_weights
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import RealTables
from pimdeploy.datapath.nodes import (
    Convolution,
    Input,
    IntTable,
    Node,
    Output,
    Piecewise,
    Products,
    Requantize,
    Symmetry,
)
from pimdeploy.errors import GraphError

Weights = Mapping[str, NDArray[np.float64]]


def require(names: tuple[str, ...], have: Mapping[str, object], what: str) -> None:
    """Raise `GraphError` where one of `names` is not in `have`."""
    missing = [name for name in names if name not in have]
    if missing:
        raise GraphError(f"{what} {missing[0]!r} is missing; have {', '.join(have) or 'none'}")


def require_all(
    weight_names: tuple[str, ...], activation_names: tuple[str, ...], weights: Weights, formats: FormatMap
) -> None:
    """Raise `GraphError` where a weight, its format, or the format of an activation is missing."""
    require(weight_names, weights, "weight")
    require(weight_names, formats.weights, "format of weight")
    require(activation_names, formats.activations, "format of activation")


def complex_taps(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one filter a channel, stored as rows re0, im0, re1, im1 ... [2 C, K], as grouped taps [C, 1, 2, K]."""
    return rows.reshape(-1, 1, 2, rows.shape[-1])


@dataclass
class GraphParts:
    """Nodes in evaluation order, and the unquantized values behind each of their tables under `<node>.<table>`.

    Every method adds a node whose format is that of the same name in `formats`, and returns the name.
    """

    formats: FormatMap
    products: Products = Products.FOUR
    """How complex convolutions form their products."""
    nodes: list[Node] = field(default_factory=list)
    real: RealTables = field(default_factory=dict)
    _bounds: dict[str, NodeBounds] = field(default_factory=dict)

    def input(self, name: str, channels: int) -> str:
        """Add the input, `channels` real channels."""
        return self.add(Input(name, channels, self.formats.activations[name]))

    def convolution(
        self,
        name: str,
        source: str,
        taps: NDArray[np.float64],
        *,
        groups: int = 1,
        dilation: int = 1,
        is_complex: bool = False,
        bias: NDArray[np.float64] | None = None,
    ) -> str:
        """Add a convolution with the real-valued `taps`, shaped as `Convolution` has them, and `bias` [channels_out].

        The bias goes to the accumulator's grid, ties to even: frac of the source plus that of the taps.
        """
        taps_format = self.formats.weights[name]
        self.real[f"{name}.taps"] = taps
        bias_q = None
        if bias is not None:
            self.real[f"{name}.bias"] = bias
            frac = self._frac(source) + taps_format.frac
            bias_q = IntTable(np.rint(bias * 2.0**frac).astype(np.int64))
        taps_q = IntTable(quantize_weights(taps, taps_format))
        products = self.products if is_complex else Products.FOUR
        return self.add(Convolution(name, source, taps_q, taps_format, bias_q, groups, dilation, is_complex, products))

    def piecewise(
        self,
        name: str,
        source: str,
        slopes: NDArray[np.float64],
        segment_log2: int,
        symmetry: Symmetry,
        first_bases: NDArray[np.float64] | None = None,
        outputs: int = 1,
    ) -> str:
        """Add a piecewise-linear function of real-valued `slopes` [rows, S] and values at t = 0 `first_bases` [rows].

        Slopes are quantized, base[0] goes to the grid of slope * segment, and everything else is exact sums: no table
        is quantized twice.
        """
        slopes_format = self.formats.weights[name]
        self.real[f"{name}.slopes"] = slopes
        first_q = None
        if first_bases is not None:
            self.real[f"{name}.first_bases"] = first_bases
            segment = 2.0**self.formats.knot_log2
            first_q = IntTable(np.rint(first_bases / (slopes_format.lsb * segment)).astype(np.int64))
        slopes_q = IntTable(quantize_weights(slopes, slopes_format))
        return self.add(Piecewise(name, source, slopes_q, slopes_format, segment_log2, symmetry, first_q, outputs))

    def requantize(self, name: str, source: str) -> str:
        """Add the requantizer `name`."""
        return self.add(
            Requantize(name, source, self.formats.activations[name], self.formats.rounding, self.formats.overflow)
        )

    def add(self, node: Node) -> str:
        """Add any other node."""
        self.nodes.append(node)
        return node.name

    def _frac(self, name: str) -> int:
        for node in self.nodes[len(self._bounds) :]:  # those not asked for yet
            self._bounds[node.name] = node_bounds(node, self._bounds)
        return self._bounds[name].format.frac

    def finish(self, name: str, delay_samples: int) -> tuple[Graph, RealTables]:
        """Add the output "y" behind the last node; return the checked graph and the real tables."""
        self.add(Output("y", self.nodes[-1].name))
        graph = Graph(name, tuple(self.nodes), delay_samples)
        check(graph)
        return graph, self.real
