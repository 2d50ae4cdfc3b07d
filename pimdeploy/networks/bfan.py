"""The basis function approximation network (BFAN), equations (4) to (6) of papers/003.

u = K * x, a = Phi p, c_i = f(a_i), v = Psi c, z = G * v, with f odd, or c_i = a_i f(a_i) with f even, or f without
symmetry. It is written once: with `FloatFactory` it is the network that is trained, with the factory of
`pimdeploy.quantization` its forward pass is the integer datapath.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from pimdeploy.datapath.lowering_bfan import BFAN_WEIGHTS, bfan_activations
from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.filters import causal_convolution, filter_channels
from pimdeploy.networks.kind import ActivationRange, NetworkKind
from pimdeploy.networks.layers import LayerFactory, Tables
from pimdeploy.networks.piecewise import interpolate


@dataclass(frozen=True)
class BasisTables:
    """Basis weights [functions, N] (plain: N + 1) and their tables (`TableMap`).

    odd: w_0 .. w_{N-1}, slope[s] = w_0 + ... + w_s, f(0) = 0. even: w_1 .. w_N, the first slope 0, f(0) = 2 w_N.
    plain: w_0 .. w_N, f(-A) = w_N.
    """

    symmetry: str

    def tables(self, w: Tensor) -> Tables:
        """See `TableMap.tables`."""
        match self.symmetry:
            case "odd":
                return torch.cumsum(w, 1), None
            case "even":
                flat = w.new_zeros(len(w), 1)
                return torch.cat([flat, torch.cumsum(w[:, :-1], 1)], dim=1), 2 * w[:, -1]
            case _:
                return torch.cumsum(w[:, :-1], 1), w[:, -1]

    def parameters(self, slopes: Tensor, first_bases: Tensor | None) -> Tensor:
        """See `TableMap.parameters`."""
        if self.symmetry == "even":
            w = torch.diff(slopes[:, 1:], dim=1, prepend=torch.zeros_like(slopes[:, :1]))
        else:
            w = torch.diff(slopes, dim=1, prepend=torch.zeros_like(slopes[:, :1]))
        if first_bases is None:
            return w
        return torch.cat([w, first_bases[:, None] / (2 if self.symmetry == "even" else 1)], dim=1)


def left_end(spec: BfanSpec, spacing: float) -> float:
    """Return A of a plain function: its knots begin at -A and its argument saturates at A."""
    return spec.N * spacing / 2


def table_argument(spec: BfanSpec, a: Tensor, spacing: float) -> Tensor:
    """Return t, what the tables of f are read by: |a|, or a + A where it is within 0 and 2 A."""
    if spec.symmetry == "plain":
        end = left_end(spec, spacing)
        return (a + end).clamp(0, 2 * end)
    return a.abs()


class Bfan(Canceller):
    """The BFAN for T transmitters and R receivers.

    `initial` holds the first values of the weights, in units of full scale: K [2 T, M_K] (rows re, im of each
    transmitter), Phi [M_a, 2 T, 2 M_N - 1] (real; column m is the delay m, for H(Z) made causal), f (see
    `BasisTables`), Psi [2 R, M_a], G [2 R, M_G]. Knots are `knot_spacing` apart, fixed, a power of two. Branch i has the
    function i * functions // M_a.
    """

    def __init__(self, spec: BfanSpec, initial: dict[str, Tensor], knot_spacing: float, factory: LayerFactory) -> None:
        made = {name: factory.weight(name, initial[name]) for name in BFAN_WEIGHTS if name != "f"}
        made["f"] = factory.piecewise("f", initial["f"], BasisTables(spec.symmetry), knot_spacing)
        super().__init__(
            {name: made[name] for name in BFAN_WEIGHTS},
            {name: factory.activation(name) for name in bfan_activations(spec)},
        )
        self.spec = spec
        self.knot_spacing = float(knot_spacing)

    def forward(self, x: Tensor, trace: dict[str, Tensor] | None = None) -> Tensor:
        """See `Canceller.forward`."""
        K, Phi, f, Psi, G = (self.weights[name]() for name in BFAN_WEIGHTS)
        x = self.activate("x", x, trace)
        u = self.activate("u", filter_channels(x, K), trace)
        a = self.activate("a", causal_convolution(u, Phi), trace)
        c = self._nonlinearity(a, f, trace)
        v = self.activate("v", causal_convolution(c, Psi.unsqueeze(-1)), trace)
        return self.activate("z", filter_channels(v, G), trace)

    def _nonlinearity(self, a: Tensor, f: Tables, trace: dict[str, Tensor] | None) -> Tensor:
        value = interpolate(table_argument(self.spec, a, self.knot_spacing), *f, self.knot_spacing)
        if self.spec.symmetry == "odd":
            value = torch.sign(a) * value
        if self.spec.symmetry == "even":
            value = self.activate("h", value, trace) * a
        return self.activate("c", value, trace)


@dataclass(frozen=True)
class BfanKind(NetworkKind):
    """Sizes of the BFAN of `spec`."""

    spec: BfanSpec

    complex_weights = ("K", "Psi", "G")

    def weight_shapes(self, n_tx: int, n_rx: int) -> dict[str, tuple[int, ...]]:
        """See `NetworkKind.weight_shapes`."""
        spec = self.spec
        return {
            "K": (2 * n_tx, spec.M_K),
            "Phi": (spec.M_a, 2 * n_tx, 2 * spec.M_N - 1),
            "f": (spec.functions, spec.N + (spec.symmetry == "plain")),
            "Psi": (2 * n_rx, spec.M_a),
            "G": (2 * n_rx, spec.M_G),
        }

    def antennas(self, shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, int]:
        """See `NetworkKind.antennas`."""
        return shapes["K"][0] // 2, shapes["G"][0] // 2

    def latency(self) -> int:
        """See `NetworkKind.latency`."""
        return self.spec.M_N - 1 + (self.spec.M_K - 1) // 2 + (self.spec.M_G - 1) // 2

    def warmup(self) -> int:
        """See `NetworkKind.warmup`: M_K - 1 + 2 M_N - 2 + M_G - 1."""
        return self.spec.M_K - 1 + 2 * self.spec.M_N - 2 + self.spec.M_G - 1

    def knot_spacing(self) -> float:
        """See `NetworkKind.knot_spacing`: the last knot lies in [0.5, 1); plain: A = 1."""
        sides = 2 if self.spec.symmetry == "plain" else 1
        return float(2.0 ** -math.ceil(math.log2(self.spec.N / sides)))

    def ranges(self, spacing: float) -> dict[str, ActivationRange]:
        """See `NetworkKind.ranges`: the format of a plain function's argument begins at its first knot."""
        return {"a": ActivationRange(left_end(self.spec, spacing))} if self.spec.symmetry == "plain" else {}

    def build(self, initial: dict[str, Tensor], spacing: float, factory: LayerFactory) -> Bfan:
        """See `NetworkKind.build`."""
        return Bfan(self.spec, initial, spacing, factory)
