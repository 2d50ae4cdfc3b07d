"""The odd-symmetrized basis function approximation network (BFAN), equations (4) to (6) of the paper.

u = K * x, a = Phi p, c_i = f(a_i), v = Psi c, z = G * v. It is written once: with `FloatFactory` it is the network that
is trained, with the factory of `pimdeploy.quantization` its forward pass is the integer datapath.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import conv1d, pad

from pimdeploy.datapath.lowering import ODD_BFAN_ACTIVATIONS, ODD_BFAN_WEIGHTS
from pimdeploy.networks.layers import LayerFactory

NODES = ODD_BFAN_ACTIVATIONS
"""Named activations, in the order in which they are computed."""
WEIGHTS = ODD_BFAN_WEIGHTS
"""Named weights, in the order in which they are used."""


def causal_convolution(x: Tensor, taps: Tensor) -> Tensor:
    """Return y[o, n] = sum over i, k of taps[o, i, k] x[i, n - k], its memory zero at the start.

    x: [batch, n_in, n_samples]; taps: [n_out, n_in, n_taps]; returns [batch, n_out, n_samples].
    """
    return conv1d(pad(x, (taps.shape[-1] - 1, 0)), taps.flip(-1))


def complex_taps(w: Tensor) -> Tensor:
    """Return the real convolution that filters each complex channel by its own complex filter.

    w: [2 C, M], rows re0, im0, re1, im1 ...; returns [2 C, 2 C, M] for channels I0, Q0, I1, Q1 ...
    """
    n_rows, _ = w.shape
    rows = []
    for c in range(0, n_rows, 2):
        zero_before, zero_after = w.new_zeros(c, w.shape[1]), w.new_zeros(n_rows - c - 2, w.shape[1])
        rows.append(torch.cat([zero_before, w[c : c + 1], -w[c + 1 : c + 2], zero_after]))
        rows.append(torch.cat([zero_before, w[c + 1 : c + 2], w[c : c + 1], zero_after]))
    return torch.stack(rows)


def piecewise_tables(w: Tensor, spacing: float) -> tuple[Tensor, Tensor]:
    """Return (base, slope), each [N], of the basis weights `w` [N] on knots k * spacing.

    slope[s] = w[0] + ... + w[s]; base[0] = 0 and base[s + 1] = base[s] + slope[s] * spacing: exact sums, so that both
    forms of the datapath agree (docs/spec/fixed_point.md, piecewise-linear functions).
    """
    slope = torch.cumsum(w, 0)
    base = torch.cat([w.new_zeros(1), torch.cumsum(slope[:-1] * spacing, 0)])
    return base, slope


def segment_index(a: Tensor, n_segments: int, spacing: float) -> Tensor:
    """Return floor(|a| / spacing), at most `n_segments` - 1: the segment of each value, int64."""
    return (a.detach().abs() / spacing).floor().clamp(max=n_segments - 1).long()


def piecewise_odd(a: Tensor, w: Tensor, spacing: float) -> Tensor:
    """Return f(a) = sum over k of w_k (ReLU(a - x_k) - ReLU(-a - x_k)), knots x_k = k * spacing, as a table.

    Equation (5) without its dead term k = N. Any shape of `a`; right of the last knot the last segment goes on.
    """
    base, slope = piecewise_tables(w, spacing)
    index = segment_index(a, w.shape[0], spacing)
    return torch.sign(a) * (base[index] + slope[index] * (a.abs() - index.to(a.dtype) * spacing))


class OddBfan(nn.Module):
    """The odd-symmetrized BFAN for T transmitters and R receivers.

    `initial` holds the first values of the weights, in units of full scale: K [2 T, M_K] (rows re, im of each
    transmitter), Phi [M_a, 2 T, 2 M_N - 1] (real; column m is the delay m, for H(Z) made causal), f [N] (basis
    weights), Psi [2 R, M_a], G [2 R, M_G]. Knots are k * `knot_spacing`, fixed, a power of two.
    """

    def __init__(self, initial: dict[str, Tensor], knot_spacing: float, factory: LayerFactory) -> None:
        super().__init__()
        self.knot_spacing = float(knot_spacing)
        self.weights = nn.ModuleDict({name: factory.weight(name, initial[name]) for name in WEIGHTS})
        self.activations = nn.ModuleDict({name: factory.activation(name) for name in NODES})

    def forward(self, x: Tensor, trace: dict[str, Tensor] | None = None) -> Tensor:
        """Return the estimate z [batch, 2 R, n_samples] of the samples x [batch, 2 T, n_samples] (I0, Q0, I1, Q1 ...).

        Every memory starts with zeros of its own input. Where `trace` is given, every named activation is put into it,
        as the next stage sees it.
        """
        K, Phi, f, Psi, G = (self.weights[name]() for name in WEIGHTS)

        def activation(name: str, value: Tensor) -> Tensor:
            out: Tensor = self.activations[name](value)
            if trace is not None:
                trace[name] = out
            return out

        x = activation("x", x)
        u = activation("u", causal_convolution(x, complex_taps(K)))
        a = activation("a", causal_convolution(u, Phi))
        c = activation("c", piecewise_odd(a, f, self.knot_spacing))
        v = activation("v", causal_convolution(c, Psi.unsqueeze(-1)))
        return activation("z", causal_convolution(v, complex_taps(G)))

    def float_weights(self) -> dict[str, Tensor]:
        """Return the trained parameters by name (before any quantization), detached copies in float64."""
        return {name: self.weights[name].weight.detach().double().clone() for name in WEIGHTS}  # type: ignore[operator]
