"""Graphs for the C backend: each node kind with every type, form and loop that the emitter has for it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from demo_models import signed

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
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
    Node,
    Output,
    Piecewise,
    Products,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)

S16 = signed(16, 15)
EVEN, AWAY, FLOOR, WRAP = Rounding.HALF_EVEN, Rounding.HALF_AWAY, Rounding.FLOOR, Overflow.WRAP


def unsigned(bits: int, frac: int) -> QFormat:
    return QFormat(False, bits, frac)


def table(rng: np.random.Generator, bits: int, *shape: int) -> IntTable:
    """Random weights of the narrow range."""
    most = (1 << (bits - 1)) - 1
    return IntTable(rng.integers(-most, most + 1, size=shape))


def slopes(rng: np.random.Generator, bits: int, rows: int, segments: int) -> IntTable:
    """Random slopes; differences of neighbours fit the format, too."""
    most = (1 << (bits - 2)) - 1
    return IntTable(rng.integers(-most, most + 1, size=(rows, segments)))


def joined(name: str, *nodes: Node, channels: int = 2, fmt: QFormat = S16, last: tuple[str, ...] = ()) -> Graph:
    """A graph whose output holds 16 bits of each node in `last`, by default of the last one."""
    heads = last or (nodes[-1].name,)
    ends = [Requantize(f"z_{head}", head, signed(16, 4)) for head in heads]
    joint = [Concatenate("z", tuple(end.name for end in ends))] if len(ends) > 1 else []
    every = (Input("x", channels, fmt), *nodes, *ends, *joint)
    return Graph(name, (*every, Output("y", every[-1].name)), 0)


def delays() -> Graph:
    """Delays shorter and longer than a block, of none, behind each other, and beside a convolution of the same source."""
    rng = np.random.default_rng(1)
    return joined(
        "delays",
        Delay("none", "x", 0),
        Delay("short", "x", 3, lag=True),
        Requantize("cut", "short", signed(9, 6), EVEN),
        Delay("long", "none", 300, lag=True),
        Delay("longer", "long", 5, lag=True),
        Convolution("fir", "x", table(rng, 8, 2, 2, 7), signed(8, 7), dilation=2),
        Add("s", ("cut", "longer", "fir", "cut")),
        last=("s", "longer"),
    )


def products() -> Graph:
    """Real and complex products of 16 and 24 bits, a square of a node with itself, and requantizers in the same loop."""
    return joined(
        "products",
        Requantize("n", "x", signed(13, 12)),
        Multiply("square", "n", "n"),
        Multiply("energy", "x", "x"),
        Requantize("e", "energy", unsigned(16, 16)),
        Multiply("turn", "n", "x", is_complex=True),
        Requantize("t", "turn", signed(24, 20), AWAY, WRAP),
        Multiply("self", "t", "t", is_complex=True),
        Requantize("p", "self", signed(20, 14), FLOOR),
        Multiply("mixed", "p", "e"),
        channels=4,
        last=("square", "mixed", "turn"),
    )


def sums() -> Graph:
    """Operands with very unequal fractions, some repeated; channels chosen, repeated and joined; a shift of 40 bits."""
    return joined(
        "sums",
        Requantize("low", "x", signed(8, -25)),
        Requantize("high", "x", signed(12, 14), EVEN),
        Add("near", ("x", "high", "x")),
        Requantize("kept", "near", signed(17, 14)),
        Add("far", ("low", "high")),
        Select("picked", "far", (3, 0, 3)),
        Select("some", "x", (1, 2, 1, 0)),
        Requantize("shorter", "some", signed(10, 9), AWAY),
        Concatenate("mix", ("high", "picked", "high", "shorter")),
        Concatenate("cut", ("kept", "x")),
        Requantize("c", "cut", unsigned(10, 9), FLOOR, WRAP),
        channels=4,
        last=("mix", "near", "c", "far"),
    )


def rectifiers() -> Graph:
    """ReLU and LeakyReLU of 16, 32 and 64 bits, alone and with a requantizer."""
    return joined(
        "rectifiers",
        Rectify("relu", "x"),
        Rectify("leaky", "x", 3),
        Requantize("l", "leaky", signed(12, 12), EVEN),
        Rectify("zero", "l", 0),
        Rectify("steep", "x", 33),
        Requantize("s", "steep", signed(18, 20), AWAY),
        Rectify("last", "s"),
        last=("relu", "leaky", "zero", "last"),
    )


def magnitudes() -> Graph:
    """The three kinds on 16 bits, where I^2 + Q^2 reaches 2^31, and on 24 bits; a root of 63 bits; requantizers behind."""
    return joined(
        "magnitudes",
        Requantize("w", "x", signed(24, 23)),
        Convolution("h", "x", IntTable(np.full((4, 1, 1), 60_000)), signed(17, 15), groups=4),
        Magnitude("root", "x"),
        Magnitude("root_w", "w"),
        Requantize("r", "root_w", unsigned(16, 16), EVEN),
        Magnitude("root_h", "h"),
        Magnitude("square", "x", MagnitudeKind.SQUARE),
        Requantize("q", "square", unsigned(20, 18)),
        Magnitude("square_w", "w", MagnitudeKind.SQUARE),
        Magnitude("bars", "x", MagnitudeKind.ALPHA_BETA, 123, 51, 7),
        Requantize("b", "bars", signed(12, 11), AWAY),
        Magnitude("bars_w", "w", MagnitudeKind.ALPHA_BETA, 960, 398, 10),
        channels=4,
        last=("root", "r", "root_h", "q", "square_w", "b", "bars_w"),
    )


def functions() -> Graph:
    """All symmetries with and without a first base, one function, several and one a channel, one result and three."""
    rng = np.random.default_rng(2)
    base = lambda rows: IntTable(rng.integers(-300, 300, size=rows))  # noqa: E731
    return joined(
        "functions",
        Requantize("a", "x", signed(12, 11)),
        Requantize("u", "x", unsigned(11, 11)),
        Piecewise("odd", "a", slopes(rng, 10, 4, 9), signed(10, 8), 8, Symmetry.ODD, outputs=1),
        Piecewise("odd3", "a", slopes(rng, 10, 6, 4), signed(10, 8), 9, Symmetry.ODD, outputs=3),
        Requantize("o3", "odd3", signed(12, 9), AWAY),
        Piecewise("even", "a", slopes(rng, 10, 2, 5), signed(10, 8), 8, Symmetry.EVEN, base(2)),
        Requantize("e", "even", signed(12, 8), EVEN, WRAP),
        Piecewise("plain", "a", slopes(rng, 16, 4, 16), signed(16, 8), 8, Symmetry.PLAIN, base(4), outputs=2),
        Piecewise("bare", "a", slopes(rng, 16, 1, 5), signed(16, 8), 9, Symmetry.PLAIN),
        Piecewise("index", "u", slopes(rng, 10, 2, 8), signed(10, 8), 8, Symmetry.INDEX, base(2), outputs=2),
        Requantize("i", "index", signed(14, 9)),
        channels=4,
        last=("odd", "o3", "e", "plain", "bare", "i"),
    )


def long_functions() -> Graph:
    """Functions of more segments than are written out, and such of which an input sees one segment alone."""
    rng = np.random.default_rng(3)
    base = lambda rows: IntTable(rng.integers(-300, 300, size=rows))  # noqa: E731
    return joined(
        "long_functions",
        Requantize("a", "x", signed(12, 11)),
        Requantize("u", "x", unsigned(20, 20)),
        Piecewise("odd", "a", slopes(rng, 10, 1, 70), signed(10, 8), 4, Symmetry.ODD),
        Piecewise("even", "a", slopes(rng, 10, 2, 70), signed(10, 8), 4, Symmetry.EVEN, base(2), outputs=2),
        Requantize("e", "even", signed(12, 8), EVEN),
        Piecewise("plain", "a", slopes(rng, 10, 1, 70), signed(10, 8), 5, Symmetry.PLAIN, base(1)),
        Piecewise("index", "u", slopes(rng, 24, 2, 70), signed(24, 8), 13, Symmetry.INDEX),
        Piecewise("odd1", "a", slopes(rng, 10, 2, 4), signed(10, 8), 12, Symmetry.ODD),
        Piecewise("even1", "a", slopes(rng, 10, 1, 4), signed(10, 8), 20, Symmetry.EVEN, base(1)),
        Piecewise("plain1", "a", slopes(rng, 10, 4, 1), signed(10, 8), 40, Symmetry.PLAIN, base(4), outputs=2),
        last=("odd", "e", "plain", "index", "odd1", "even1", "plain1"),
    )


def layers() -> Graph:
    """Convolutions too large to write out: outputs in fours and a rest, groups, dilation, biases; depthwise; pointwise."""
    rng = np.random.default_rng(4)
    return joined(
        "layers",
        Convolution("c1", "x", table(rng, 10, 22, 6, 5), signed(10, 9), table(rng, 22, 22), dilation=2),
        Requantize("a1", "c1", signed(12, 8)),
        Convolution("dw", "a1", table(rng, 10, 22, 1, 5), signed(10, 9), groups=22, dilation=3),
        Requantize("a2", "dw", signed(14, 8), EVEN),
        Convolution("pw", "a2", table(rng, 16, 26, 22, 1), signed(16, 12)),
        Requantize("a3", "pw", signed(20, 4), AWAY, WRAP),
        Convolution("halves", "a3", table(rng, 10, 10, 13, 9), signed(10, 9), groups=2),
        Requantize("a4", "halves", signed(16, 2)),
        Convolution("tall", "a4", table(rng, 6, 2, 5, 30), signed(6, 4), table(rng, 20, 2), groups=2),
        channels=6,
    )


def wide_layers() -> Graph:
    """Large convolutions of 64-bit samples, of taps beyond 32 bits, and of one output."""
    rng = np.random.default_rng(5)
    return joined(
        "wide_layers",
        Convolution("c1", "x", table(rng, 40, 9, 2, 66), signed(40, 39), table(rng, 50, 9)),
        Requantize("a1", "c1", signed(40, 36), EVEN),
        Convolution("c2", "a1", table(rng, 12, 5, 9, 15), signed(12, 11), dilation=2),
        Requantize("a2", "c2", signed(16, 7)),
        Convolution("c3", "a2", table(rng, 16, 1, 5, 50), signed(16, 15)),
        Requantize("a3", "c3", signed(24, 12), AWAY),
        Convolution("c4", "a3", table(rng, 24, 1, 1, 130), signed(24, 23)),
    )


def antennas() -> Graph:
    """Complex filters a transmitter and a receiver, and complex layers, written out and looped, with 1 and 3 groups."""
    rng = np.random.default_rng(6)
    return joined(
        "antennas",
        Convolution("K", "x", table(rng, 12, 3, 1, 2, 5), signed(12, 11), groups=3, is_complex=True),
        Requantize("u", "K", signed(16, 14)),
        Convolution("M", "u", table(rng, 12, 5, 3, 2, 20), signed(12, 9), table(rng, 24, 10), is_complex=True),
        Requantize("v", "M", signed(16, 10)),
        Select("w", "v", (0, 1, 4, 5, 8, 9)),
        Convolution("G", "w", table(rng, 12, 3, 1, 2, 70), signed(12, 9), groups=3, dilation=2, is_complex=True),
        channels=6,
    )


def in_three(graph: Graph, name: str) -> Graph:
    """`graph` as `name`, every complex product formed in three real ones."""

    def formed(node: Node) -> Node:
        is_complex = isinstance(node, Convolution | Multiply) and node.is_complex
        return replace(node, products=Products.THREE) if is_complex else node  # type: ignore[call-arg]

    return Graph(name, tuple(formed(node) for node in graph.nodes), graph.delay_samples)


def three_antennas() -> Graph:
    """Complex filters and layers in three products, with a bias, written out and looped, with 1 and 3 groups."""
    return in_three(antennas(), "three_antennas")


def three_products() -> Graph:
    """Products of signals in three, of 16 and 24 bits, and of a node with itself."""
    return in_three(products(), "three_products")


def three_wide() -> Graph:
    """Complex filters in three products of 9, 16, 24, 32 and 40 bits: sums a + b and sums of taps of every type."""
    rng = np.random.default_rng(8)
    graph = joined(
        "three_wide",
        Requantize("n", "x", signed(9, 8)),
        Convolution("ha", "n", table(rng, 7, 9, 2, 2, 30), signed(7, 6), table(rng, 12, 18), is_complex=True),
        Requantize("a", "ha", signed(24, 12)),
        Convolution("hb", "a", table(rng, 24, 2, 9, 2, 9), signed(24, 23), dilation=3, is_complex=True),
        Requantize("b", "hb", signed(32, 16), AWAY),
        Convolution("hc", "b", table(rng, 8, 2, 1, 2, 130), signed(8, 7), groups=2, is_complex=True),
        Requantize("c", "hc", signed(40, 20)),
        Convolution("hd", "c", table(rng, 12, 2, 2, 2, 1), signed(12, 11), is_complex=True),
        Requantize("d", "hd", signed(40, 20)),
        Convolution("he", "d", table(rng, 12, 4, 2, 2, 70), signed(12, 11), is_complex=True),
        Requantize("e", "he", signed(16, 9), EVEN),
        Convolution("hf", "e", table(rng, 32, 1, 4, 2, 2), signed(32, 31), is_complex=True),
        channels=4,
        last=("hc", "hf"),
    )
    return in_three(graph, "three_wide")


GRAPHS: dict[str, Callable[[], Graph]] = {
    make.__name__: make
    for make in (
        delays,
        products,
        sums,
        rectifiers,
        magnitudes,
        functions,
        long_functions,
        layers,
        wide_layers,
        antennas,
        three_antennas,
        three_products,
        three_wide,
    )
}
