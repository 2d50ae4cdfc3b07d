"""Lowering: from real-valued weights and a format map to the datapath graph, one explicit function a family.

It never sees a network or a quantizer: it takes arrays by name, so it also runs where no torch is installed.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.check import check
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import quantize_weights
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import RealTables
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Piecewise, Requantize
from pimdeploy.errors import GraphError

Weights = Mapping[str, NDArray[np.float64]]

ODD_BFAN_WEIGHTS = ("K", "Phi", "f", "Psi", "G")
ODD_BFAN_ACTIVATIONS = ("x", "u", "a", "c", "v", "z")


def lower_odd_bfan(weights: Weights, formats: FormatMap, name: str, delay_samples: int) -> tuple[Graph, RealTables]:
    """Return the odd-symmetrized BFAN (papers/003, equations (4) to (6)) as a checked graph, with its real tables.

    weights: "K" [2, M_K] (re, im), "Phi" [M_a, 2, 2 M_N - 1], "f" [N], "Psi" [2, M_a], "G" [2, M_G].
    Raises `GraphError` where a weight or a format is missing or the graph breaks a rule.
    """
    _require(ODD_BFAN_WEIGHTS, weights, "weight")
    _require(ODD_BFAN_WEIGHTS, formats.weights, "format of weight")
    _require(ODD_BFAN_ACTIVATIONS, formats.activations, "format of activation")
    real = {
        "K.taps": weights["K"][None, None, :, :],
        "Phi.taps": weights["Phi"],
        "f.slopes": np.cumsum(weights["f"])[None, :],
        "Psi.taps": weights["Psi"][:, :, None],
        "G.taps": weights["G"][None, None, :, :],
    }

    def convolution(node: str, source: str, *, is_complex: bool = False) -> Convolution:
        taps_format = formats.weights[node]
        taps = IntTable(quantize_weights(real[f"{node}.taps"], taps_format))
        return Convolution(node, source, taps, taps_format, is_complex=is_complex)

    def requantize(node: str, source: str) -> Requantize:
        return Requantize(node, source, formats.activations[node], formats.rounding, formats.overflow)

    # Slopes are quantized, and the basis weights are their exact differences: no table is quantized twice.
    slopes = IntTable(quantize_weights(real["f.slopes"], formats.weights["f"]))
    segment_log2 = formats.activations["a"].frac + formats.knot_log2
    nodes = (
        Input("x", 2, formats.activations["x"]),
        convolution("K", "x", is_complex=True),
        requantize("u", "K"),
        convolution("Phi", "u"),
        requantize("a", "Phi"),
        Piecewise("f", "a", slopes, formats.weights["f"], segment_log2),
        requantize("c", "f"),
        convolution("Psi", "c"),
        requantize("v", "Psi"),
        convolution("G", "v", is_complex=True),
        requantize("z", "G"),
        Output("y", "z"),
    )
    graph = Graph(name, nodes, delay_samples)
    check(graph)
    return graph, real


LOWERINGS = {"odd_bfan": lower_odd_bfan}
"""Family of `NetworkSpec` to its lowering function."""


def lower(family: str, weights: Weights, formats: FormatMap, name: str, delay_samples: int) -> tuple[Graph, RealTables]:
    """Lower `weights` of a network of `family`; see the family's own function."""
    if family not in LOWERINGS:
        raise GraphError(f"family {family!r} has no lowering; known: {', '.join(LOWERINGS)}")
    return LOWERINGS[family](weights, formats, name, delay_samples)


def _require(names: tuple[str, ...], have: Mapping[str, object], what: str) -> None:
    missing = [name for name in names if name not in have]
    if missing:
        raise GraphError(f"{what} {missing[0]!r} is missing; have {', '.join(have) or 'none'}")
