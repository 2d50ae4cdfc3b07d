"""Graphs that Hypothesis draws, of all node kinds, as datapath.json and tables.npz hold them."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

KINDS = (
    *("convolution", "piecewise", "magnitude", "multiply", "add", "concatenate", "select", "delay", "rectify"),
    "convolution",
)
SYMMETRIES = ("odd", "even", "plain", "index")
MAGNITUDES = ("sqrt", "alpha_beta", "square")
ROUNDINGS = ("floor", "half_up", "half_even", "half_away")
PRODUCTS = ({}, {"products": "three"})
"""Fields of a complex node: four products, which need no field, and three."""
OVERFLOWS = ("saturate", "wrap")


class RandomGraph:
    """Nodes that a test draws one by one; `channels` holds those whose result later nodes may read."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.rng = np.random.default_rng(draw(st.integers(0, 1000)))
        self.arrays: dict[str, np.ndarray[Any, Any]] = {}
        pairs = draw(st.integers(1, 2))
        self.nodes: list[dict[str, Any]] = [
            {"kind": "input", "name": "x", "channels": 2 * pairs, "format": {"signed": True, "bits": 16, "frac": 15}}
        ]
        self.channels = {"x": 2 * pairs}

    def append(self, kind: str, **fields: Any) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append({"kind": kind, "name": name} | fields)
        return name

    def source(self, of: int | None = None) -> str:
        """Any node, or any of `of` channels."""
        return self.draw(st.sampled_from([name for name, n in self.channels.items() if of in (None, n)]))

    def requantize(self, source: str, signed: bool = True) -> str:
        number_format = {"signed": signed, "bits": self.draw(st.integers(6, 16)), "frac": self.draw(st.integers(6, 22))}
        rounding, overflow = self.draw(st.sampled_from(ROUNDINGS)), self.draw(st.sampled_from(OVERFLOWS))
        name = self.append("requantize", source=source, format=number_format, rounding=rounding, overflow=overflow)
        self.channels[name] = self.channels.get(source, 0)
        return name

    def convolution(self) -> tuple[str, int]:
        name, source = f"n{len(self.nodes)}", self.source()
        channels = self.channels[source]
        is_complex = self.draw(st.booleans()) and channels % 2 == 0
        inputs = channels // 2 if is_complex else channels
        groups, kernel = self.draw(st.sampled_from([1, inputs])), self.draw(st.integers(1, 4))
        shape = (inputs, inputs // groups, 2, kernel) if is_complex else (inputs, inputs // groups, kernel)
        self.arrays[f"{name}.taps"] = self.rng.integers(-127, 128, size=shape)
        bias = f"{name}.bias" if self.draw(st.booleans()) else None
        if bias:
            self.arrays[bias] = self.rng.integers(-5000, 5000, size=channels)
        taps_format = {"signed": True, "bits": 8, "frac": self.draw(st.integers(4, 9))}
        common: dict[str, Any] = {"taps": f"{name}.taps", "taps_format": taps_format, "bias": bias, "groups": groups}
        dilation = self.draw(st.integers(1, 3))
        common |= {"complex": is_complex} | (self.draw(st.sampled_from(PRODUCTS)) if is_complex else {})
        return self.append("convolution", source=source, dilation=dilation, **common), channels

    def piecewise(self) -> tuple[str, int]:
        symmetry, outputs = self.draw(st.sampled_from(SYMMETRIES)), self.draw(st.integers(1, 2))
        source = self.requantize(self.source(), signed=symmetry != "index")
        name, channels = f"n{len(self.nodes)}", self.channels[source]
        rows = self.draw(st.sampled_from([1, channels])) * outputs
        weights = self.rng.integers(-30, 31, size=(rows, self.draw(st.integers(1, 6))))
        slopes = np.cumsum(weights, axis=1)
        first = 0 if symmetry == "odd" else self.rng.integers(-30, 31, size=(rows, 1))
        self.arrays |= {f"{name}.weights": weights, f"{name}.slopes": slopes}
        self.arrays[f"{name}.bases"] = np.cumsum(slopes, axis=1) - slopes + first
        fields: dict[str, Any] = {table: f"{name}.{table}" for table in ("weights", "slopes", "bases")}
        fields["slopes_format"] = {"signed": True, "bits": 9, "frac": self.draw(st.integers(4, 9))}
        fields["segment_log2"] = self.draw(st.integers(0, 12))
        return self.append("piecewise", source=source, symmetry=symmetry, outputs=outputs, **fields), channels * outputs

    def magnitude(self) -> tuple[str, int]:
        source = self.draw(st.sampled_from([name for name, n in self.channels.items() if n % 2 == 0]))
        kind = self.draw(st.sampled_from(MAGNITUDES))
        alpha, beta, frac = self.draw(st.integers(1, 300)), self.draw(st.integers(0, 300)), 7
        coefficients = (alpha, beta, frac) if kind == "alpha_beta" else (0, 0, 0)
        fields = dict(zip(("alpha", "beta", "coefficients_frac"), coefficients, strict=True))
        return self.append("magnitude", source=source, magnitude=kind, **fields), self.channels[source] // 2

    def multiply(self) -> tuple[str, int]:
        source = self.source()
        channels = self.channels[source]
        is_complex = self.draw(st.booleans()) and channels % 2 == 0
        fields = {"complex": is_complex} | (self.draw(st.sampled_from(PRODUCTS)) if is_complex else {})
        return self.append("multiply", source=source, other=self.source(channels), **fields), channels

    def add(self) -> tuple[str, int]:
        first = self.source()
        others = [self.source(self.channels[first]) for _ in range(self.draw(st.integers(1, 2)))]
        return self.append("add", sources=[first, *others]), self.channels[first]

    def concatenate(self) -> tuple[str, int]:
        sources = [self.source(), self.source()]
        return self.append("concatenate", sources=sources), sum(self.channels[name] for name in sources)

    def select(self) -> tuple[str, int]:
        source = self.source()
        chosen = self.draw(st.lists(st.integers(0, self.channels[source] - 1), min_size=1, max_size=4))
        return self.append("select", source=source, channels=chosen), len(chosen)

    def delay(self) -> tuple[str, int]:
        source = self.source()
        samples = self.draw(st.integers(0, 5))
        return self.append("delay", source=source, samples=samples, lag=True), self.channels[source]

    def rectify(self) -> tuple[str, int]:
        source = self.source()
        slope_log2 = self.draw(st.sampled_from([None, 0, 2]))
        return self.append("rectify", source=source, slope_log2=slope_log2), self.channels[source]

    def step(self) -> None:
        """Add a node of any kind; requantized where its words would grow without end, else sometimes."""
        kind = self.draw(st.sampled_from(KINDS))
        name, channels = getattr(self, kind)()
        self.channels[name] = channels
        if kind not in ("select", "delay", "rectify") or self.draw(st.booleans()):
            self.requantize(name)
            del self.channels[name]


@st.composite
def random_graphs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """A directed graph of nodes of all kinds, each reading any node before it that does not grow without end."""
    made = RandomGraph(draw)
    for _ in range(draw(st.integers(1, 6))):
        made.step()
    made.append("output", source=made.nodes[-1]["name"])
    return {"schema_version": 2, "name": "any", "delay_samples": 0, "nodes": made.nodes}, made.arrays
