"""The Wiener-Hammerstein LUT: u_b = sum of K_bt * x_t, v_b = u_b g_b(|u_b|), z_r = sum of G_rb * v_b.

What papers/003 compares its network with (section IV-A, reference [10]). g_b is a table of complex gains at knots of the
magnitude, linearly interpolated.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from pimdeploy.datapath.lowering_whlut import WHLUT_ACTIVATIONS, WHLUT_WEIGHTS
from pimdeploy.network_spec import WhlutSpec
from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.filters import complex_convolution
from pimdeploy.networks.kind import ActivationRange, NetworkKind
from pimdeploy.networks.layers import LayerFactory, Tables
from pimdeploy.networks.magnitude import magnitude
from pimdeploy.networks.piecewise import interpolate


@dataclass(frozen=True)
class GainTables:
    """Complex gains as the value at 0 and the weights of max(r - x_k, 0), and their tables (`TableMap`).

    Weights [B, 2, N + 1] (re, im): g(0), w_0 .. w_{N-1}. The entries of the look-up table are its values at the knots: the
    same functions, but a change of slope is one weight, as in the other piecewise-linear functions.
    """

    def tables(self, w: Tensor) -> Tables:
        """See `TableMap.tables`: a row each of re and im."""
        rows = w.flatten(0, 1)
        return torch.cumsum(rows[:, 1:], 1), rows[:, 0]

    def parameters(self, slopes: Tensor, first_bases: Tensor | None) -> Tensor:
        """See `TableMap.parameters`."""
        first = slopes.new_zeros(len(slopes)) if first_bases is None else first_bases
        changes = torch.diff(slopes, dim=1, prepend=torch.zeros_like(slopes[:, :1]))
        return torch.cat([first[:, None], changes], dim=1).reshape(-1, 2, slopes.shape[1] + 1)


def complex_product(a: Tensor, b: Tensor) -> Tensor:
    """Return the products of complex channels [batch, 2 C, n_samples], I0, Q0, I1, Q1 ..."""
    a_i, a_q, b_i, b_q = a[:, 0::2], a[:, 1::2], b[:, 0::2], b[:, 1::2]
    return torch.stack([a_i * b_i - a_q * b_q, a_i * b_q + a_q * b_i], dim=2).flatten(1, 2)


class Whlut(Canceller):
    """The network for T transmitters, B branches and R receivers.

    `initial`: K [B, T, 2, M_K] (re, im), lut [B, 2, N + 1] (see `GainTables`), G [R, B, 2, M_G], in units of full scale.
    """

    def __init__(self, spec: WhlutSpec, initial: dict[str, Tensor], knot_spacing: float, factory: LayerFactory) -> None:
        made = {name: factory.weight(name, initial[name]) for name in WHLUT_WEIGHTS if name != "lut"}
        made["lut"] = factory.piecewise("lut", initial["lut"], GainTables(), knot_spacing)
        super().__init__(
            {name: made[name] for name in WHLUT_WEIGHTS}, {name: factory.activation(name) for name in WHLUT_ACTIVATIONS}
        )
        self.spec = spec
        self.knot_spacing = float(knot_spacing)
        self.root = factory.root("u")

    def forward(self, x: Tensor, trace: dict[str, Tensor] | None = None) -> Tensor:
        """See `Canceller.forward`."""
        K, (slopes, first_bases), G = (self.weights[name]() for name in WHLUT_WEIGHTS)
        x = self.activate("x", x, trace)
        u = self.activate("u", complex_convolution(x, K), trace)
        r = self.activate("r", magnitude(u, self.spec.magnitude, self.root), trace)
        gain = self.activate("gain", interpolate(r, slopes, first_bases, self.knot_spacing, 2), trace)
        v = self.activate("v", complex_product(u, gain), trace)
        return self.activate("z", complex_convolution(v, G), trace)


@dataclass(frozen=True)
class WhlutKind(NetworkKind):
    """Sizes of the network of `spec`."""

    spec: WhlutSpec

    complex_weights = ("K", "lut", "G")

    def weight_shapes(self, n_tx: int, n_rx: int) -> dict[str, tuple[int, ...]]:
        """See `NetworkKind.weight_shapes`."""
        spec = self.spec
        return {
            "K": (spec.branches, n_tx, 2, spec.M_K),
            "lut": (spec.branches, 2, spec.N + 1),
            "G": (n_rx, spec.branches, 2, spec.M_G),
        }

    def antennas(self, shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, int]:
        """See `NetworkKind.antennas`."""
        return shapes["K"][1], shapes["G"][0]

    def latency(self) -> int:
        """See `NetworkKind.latency`."""
        return (self.spec.M_K - 1) // 2 + (self.spec.M_G - 1) // 2

    def warmup(self) -> int:
        """See `NetworkKind.warmup`: M_K - 1 + M_G - 1."""
        return self.spec.M_K - 1 + self.spec.M_G - 1

    def knot_spacing(self) -> float:
        """See `NetworkKind.knot_spacing`: the last entry lies in [0.5, 1]."""
        return float(2.0 ** -math.ceil(math.log2(self.spec.N)))

    def ranges(self, spacing: float) -> dict[str, ActivationRange]:
        """See `NetworkKind.ranges`: the index is unsigned."""
        del spacing
        return {"r": ActivationRange(signed=False)}

    def build(self, initial: dict[str, Tensor], spacing: float, factory: LayerFactory) -> Whlut:
        """See `NetworkKind.build`."""
        return Whlut(self.spec, initial, spacing, factory)
