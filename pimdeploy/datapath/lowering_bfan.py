"""Lowering of the basis function approximation network (papers/003, equations (4) to (6))."""

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.lowering_parts import GraphParts, Weights, complex_taps, require_all
from pimdeploy.datapath.model import RealTables
from pimdeploy.datapath.nodes import Multiply, Products, Symmetry
from pimdeploy.errors import GraphError
from pimdeploy.network_spec import BfanSpec

BFAN_WEIGHTS = ("K", "Phi", "f", "Psi", "G")


def bfan_activations(spec: BfanSpec) -> tuple[str, ...]:
    """Return the names of the requantized activations, in order: an even network has f(a) as `h` before h * a."""
    return ("x", "u", "a", *(("h",) if spec.symmetry == "even" else ()), "c", "v", "z")


def lower_bfan(
    spec: BfanSpec,
    weights: Weights,
    formats: FormatMap,
    name: str,
    delay_samples: int,
    products: Products = Products.FOUR,
) -> tuple[Graph, RealTables]:
    """Return the network as a checked graph, with its real tables.

    weights: "K" [2 T, M_K] (rows re, im of each transmitter), "Phi" [M_a, 2 T, 2 M_N - 1], "f" [functions, N] (plain:
    N + 1), "Psi" [2 R, M_a], "G" [2 R, M_G]. Raises `GraphError` where a weight or a format is missing or the graph
    breaks a rule.
    """
    require_all(BFAN_WEIGHTS, bfan_activations(spec), weights, formats)
    slopes, first_bases = piecewise_tables(spec, weights["f"])
    n_tx, n_rx = len(weights["K"]) // 2, len(weights["G"]) // 2
    segment_log2 = formats.activations["a"].frac + formats.knot_log2
    if spec.symmetry == "plain":
        _check_left_end(spec, formats, segment_log2)
    parts = GraphParts(formats, products)
    parts.input("x", 2 * n_tx)
    parts.convolution("K", "x", complex_taps(weights["K"]), groups=n_tx, is_complex=True)
    parts.requantize("u", "K")
    parts.convolution("Phi", "u", weights["Phi"])
    parts.requantize("a", "Phi")
    parts.piecewise("f", "a", slopes, segment_log2, Symmetry(spec.symmetry), first_bases)
    if spec.symmetry == "even":
        parts.requantize("h", "f")
        parts.add(Multiply("fa", "h", "a"))
    parts.requantize("c", "fa" if spec.symmetry == "even" else "f")
    parts.convolution("Psi", "c", weights["Psi"][:, :, None])
    parts.requantize("v", "Psi")
    parts.convolution("G", "v", complex_taps(weights["G"]), groups=n_rx, is_complex=True)
    parts.requantize("z", "G")
    return parts.finish(name, delay_samples)


def piecewise_tables(spec: BfanSpec, w: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return the slopes [functions, N] and the values at t = 0 [functions] of basis weights `w` (fixed_point.md, section 7).

    odd: w_0 .. w_{N-1}, no value at 0. even: w_1 .. w_N; the first slope is 0, f(0) = 2 w_N. plain: w_0 .. w_N, and
    f(-A) = w_N.
    """
    match spec.symmetry:
        case "odd":
            return np.cumsum(w, axis=1), None
        case "even":
            return np.cumsum(np.pad(w[:, :-1], ((0, 0), (1, 0))), axis=1), 2 * w[:, -1]
        case "plain":
            return np.cumsum(w[:, :-1], axis=1), w[:, -1]


def _check_left_end(spec: BfanSpec, formats: FormatMap, segment_log2: int) -> None:
    """Raise where the knots of a plain function do not begin where the format of `a` does."""
    fmt = formats.activations["a"]
    if spec.N << max(segment_log2, 0) != 1 << fmt.bits:
        raise GraphError(
            f"activation 'a': format {fmt} does not span the {spec.N} segments of a plain function on knots "
            f"{2.0**formats.knot_log2} apart; calibrate again"
        )
