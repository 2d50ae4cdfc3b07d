"""Graphs with seeded random tables that hold every node kind between them, shaped as the families' datapaths are."""

from collections.abc import Callable

import numpy as np
from demo_models import signed

from pimdeploy.datapath.formats import QFormat, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    IntTable,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)


def _taps(rng: np.random.Generator, *shape: int, bits: int = 10) -> IntTable:
    most = (1 << (bits - 1)) - 1
    return IntTable(rng.integers(-most, most + 1, size=shape))


def _slopes(rng: np.random.Generator, rows: int, segments: int) -> IntTable:
    return IntTable(rng.integers(-255, 256, size=(rows, segments)))


def even_graph(seed: int = 1) -> Graph:
    """An even BFAN of two transmitters and two receivers with two functions."""
    rng = np.random.default_rng(seed)
    nodes = (
        Input("x", 4, signed(16, 15)),
        Convolution("K", "x", _taps(rng, 2, 1, 2, 3), signed(10, 9), groups=2, is_complex=True),
        Requantize("u", "K", signed(12, 10)),
        Convolution("Phi", "u", _taps(rng, 6, 4, 3), signed(10, 9)),
        Requantize("a", "Phi", signed(12, 9), Rounding.HALF_EVEN),
        Piecewise(
            *("f", "a", _slopes(rng, 2, 5), signed(10, 9), 8, Symmetry.EVEN),
            first_bases=IntTable(rng.integers(-300, 300, size=2)),
        ),
        Requantize("h", "f", signed(12, 10), Rounding.HALF_AWAY),
        Multiply("fa", "h", "a"),
        Requantize("c", "fa", signed(12, 10)),
        Convolution("Psi", "c", _taps(rng, 4, 6, 1), signed(10, 9)),
        Requantize("v", "Psi", signed(12, 9)),
        Convolution("G", "v", _taps(rng, 2, 1, 2, 4), signed(10, 9), groups=2, is_complex=True),
        Requantize("z", "G", signed(12, 8), Rounding.FLOOR),
        Output("y", "z"),
    )
    return Graph("even", nodes, 3)


def gain_graph(kind: MagnitudeKind, seed: int = 2) -> Graph:
    """A Wiener-Hammerstein LUT: a complex gain of two outputs, looked up by a magnitude of one of three kinds."""
    rng = np.random.default_rng(seed)
    coefficients = (61, 25, 6) if kind is MagnitudeKind.ALPHA_BETA else (0, 0, 0)
    nodes = (
        Input("x", 2, signed(16, 15)),
        Convolution("K", "x", _taps(rng, 1, 1, 2, 5), signed(10, 9), is_complex=True),
        Requantize("u", "K", signed(14, 12)),
        Magnitude("m", "u", kind, *coefficients),
        Requantize("r", "m", QFormat(False, 12, 10)),
        Piecewise(
            *("lut", "r", _slopes(rng, 2, 8), signed(10, 9), 9, Symmetry.INDEX),
            first_bases=IntTable(rng.integers(-300, 300, size=2)),
            outputs=2,
        ),
        Requantize("gain", "lut", signed(14, 12)),
        Multiply("p", "u", "gain", is_complex=True),
        Requantize("v", "p", signed(14, 11)),
        Convolution("G", "v", _taps(rng, 1, 1, 2, 4), signed(10, 9), is_complex=True),
        Requantize("z", "G", signed(16, 12)),
        Output("y", "z"),
    )
    return Graph(f"gain_{kind}", nodes, 2)


def polynomial_graph(seed: int = 3) -> Graph:
    """A memory polynomial with a cross term: delays, selections, products, sums and concatenations of unequal formats."""
    rng = np.random.default_rng(seed)
    nodes = (
        Input("x", 2, signed(16, 15)),
        Magnitude("m", "x"),
        Requantize("r", "m", QFormat(False, 12, 12)),
        Delay("late", "r", 3, lag=True),
        Multiply("r2", "r", "late"),
        Requantize("q", "r2", QFormat(False, 14, 13)),
        Add("s", ("q", "r")),
        Select("pair", "s", (0, 0)),
        Delay("held", "x", 2),
        Delay("pair_held", "pair", 2),
        Multiply("cubic", "held", "pair_held"),
        Requantize("cube", "cubic", signed(14, 11)),
        Concatenate("terms", ("held", "cube")),
        Convolution("W", "terms", _taps(rng, 1, 2, 2, 3), signed(10, 9), is_complex=True),
        Requantize("z", "W", signed(16, 12)),
        Output("y", "z"),
    )
    return Graph("polynomial", nodes, 3)


def layers_graph(seed: int = 4) -> Graph:
    """Layers as a CNN has them: depthwise and pointwise convolutions with bias and dilation, rectifiers, a plain table."""
    rng = np.random.default_rng(seed)
    nodes = (
        Input("x", 4, signed(16, 15)),
        Convolution("dw", "x", _taps(rng, 4, 1, 5), signed(10, 9), groups=4, dilation=3),
        Requantize("d", "dw", signed(12, 9)),
        Rectify("lrelu", "d", 3),
        Convolution("pw", "lrelu", _taps(rng, 6, 4, 1), signed(10, 9), IntTable(rng.integers(-9000, 9000, size=6))),
        Requantize("p", "pw", signed(12, 8)),
        Piecewise(
            *("sigmoid", "p", _slopes(rng, 3, 16), signed(10, 9), 8, Symmetry.PLAIN),
            first_bases=IntTable(rng.integers(-300, 300, size=3)),
        ),
        Requantize("s", "sigmoid", signed(12, 9)),
        Rectify("relu", "s"),
        Convolution("last", "relu", _taps(rng, 2, 6, 3), signed(10, 9), IntTable(rng.integers(-900, 900, size=2))),
        Requantize("z", "last", signed(16, 10)),
        Output("y", "z"),
    )
    return Graph("layers", nodes, 8)


GRAPHS: dict[str, Callable[[], Graph]] = {
    "even": even_graph,
    **{f"gain_{kind}": (lambda kind=kind: gain_graph(kind)) for kind in MagnitudeKind},
    "polynomial": polynomial_graph,
    "layers": layers_graph,
}
"""Name to maker; together every node kind and every symmetry but the odd one, which tests/demo_models.py has."""
