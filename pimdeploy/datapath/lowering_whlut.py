"""Lowering of the Wiener-Hammerstein LUT: v_b = u_b g_b(|u_b|), g_b a table of complex gains, linearly interpolated.

The model that papers/003 compares with in section IV-A (its reference [10]); u_b is the sum of K_bt * x_t over
transmitters, z_r the sum of G_rb * v_b over branches.
"""

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.lowering_parts import GraphParts, Weights, require_all
from pimdeploy.datapath.magnitudes import magnitude_node
from pimdeploy.datapath.model import RealTables
from pimdeploy.datapath.nodes import Multiply, Products, Symmetry
from pimdeploy.network_spec import WhlutSpec

WHLUT_WEIGHTS = ("K", "lut", "G")
WHLUT_ACTIVATIONS = ("x", "u", "r", "gain", "v", "z")


def lower_whlut(
    spec: WhlutSpec,
    weights: Weights,
    formats: FormatMap,
    name: str,
    delay_samples: int,
    products: Products = Products.FOUR,
) -> tuple[Graph, RealTables]:
    """Return the network as a checked graph, with its real tables.

    weights: "K" [B, T, 2, M_K] (re, im), "lut" [B, 2, N + 1] (re, im: the gain at 0, then its changes of slope at
    k * 2^knot_log2 of the magnitude), "G" [R, B, 2, M_G]. The format of "r" is unsigned. Raises `GraphError` where
    something is missing or does not fit.
    """
    require_all(WHLUT_WEIGHTS, WHLUT_ACTIVATIONS, weights, formats)
    parts = GraphParts(formats, products)
    parts.input("x", 2 * weights["K"].shape[1])
    parts.convolution("K", "x", weights["K"], is_complex=True)
    parts.requantize("u", "K")
    parts.add(magnitude_node("m", "u", spec.magnitude))
    parts.requantize("r", "m")
    slopes, first_bases = gain_tables(weights["lut"])
    segment_log2 = formats.activations["r"].frac + formats.knot_log2
    parts.piecewise("lut", "r", slopes, segment_log2, Symmetry.INDEX, first_bases, outputs=2)
    parts.requantize("gain", "lut")
    parts.add(Multiply("ug", "u", "gain", is_complex=True, products=products))
    parts.requantize("v", "ug")
    parts.convolution("G", "v", weights["G"], is_complex=True)
    parts.requantize("z", "G")
    return parts.finish(name, delay_samples)


def gain_tables(w: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the slopes [2 B, N] and the values at 0 [2 B] of gains given as the value at 0 and changes of slope."""
    rows = w.reshape(-1, w.shape[-1])
    return np.cumsum(rows[:, 1:], axis=1), rows[:, 0]
