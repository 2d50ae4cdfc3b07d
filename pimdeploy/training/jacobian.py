"""The Jacobian of the odd-symmetrized BFAN: every column is a basis signal behind the last filter G.

With z = G * v, the derivative of z to a parameter of K, Phi, f or Psi is G * (the derivative of v), and the derivative
to a tap of G is v, delayed. These are the gradients (7) to (11) of the paper as signals, all samples at once, with Phi
and W real (docs/spec, errata). FFTs then filter all columns.
"""

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad, softshrink

from pimdeploy.networks.bfan import (
    WEIGHTS,
    causal_convolution,
    complex_taps,
    piecewise_tables,
    segment_index,
)

Weights = dict[str, Tensor]
"""The network's weights by name, float64, shapes as `OddBfan` has them."""


def flatten(weights: Weights) -> Tensor:
    """Return all weights as one vector, in the order K, Phi, f, Psi, G, each row by row."""
    return torch.cat([weights[name].reshape(-1) for name in WEIGHTS])


def unflatten(vector: Tensor, like: Weights) -> Weights:
    """Return the weights that `vector` holds, in the shapes of `like`."""
    parts = torch.split(vector, [like[name].numel() for name in WEIGHTS])
    return {name: part.reshape(like[name].shape) for name, part in zip(WEIGHTS, parts, strict=True)}


def parameter_slices(weights: Weights) -> dict[str, slice]:
    """Return where each weight lies in the vector of `flatten`."""
    slices, start = {}, 0
    for name in WEIGHTS:
        slices[name] = slice(start, start + weights[name].numel())
        start += weights[name].numel()
    return slices


@dataclass(frozen=True)
class Signals:
    """The network's signals for one input, all real, [channel, sample]; `slope` is f'(a)."""

    x: Tensor
    u: Tensor
    a: Tensor
    c: Tensor
    slope: Tensor
    v: Tensor


def forward_signals(weights: Weights, spacing: float, x: Tensor) -> Signals:
    """Return the signals of the network `weights` for the input x [2 T, n_samples], up to v (before G)."""
    u = causal_convolution(x[None], complex_taps(weights["K"]))
    a = causal_convolution(u, weights["Phi"])
    base, slopes = piecewise_tables(weights["f"], spacing)
    index = segment_index(a, len(slopes), spacing)
    slope = slopes[index]
    c = torch.sign(a) * (base[index] + slope * (a.abs() - index * spacing))
    v = causal_convolution(c, weights["Psi"].unsqueeze(-1))
    return Signals(x, u[0], a[0], c[0], slope[0], v[0])


def complex_row(weights: Tensor, channel: int) -> Tensor:
    """Return the complex row `channel` of a weight stored as rows re0, im0, re1, im1 ..."""
    return torch.complex(weights[2 * channel], weights[2 * channel + 1])


def delays(x: Tensor, count: int) -> list[Tensor]:
    """Return `x` [..., n_samples] delayed by 0 to `count` - 1 samples, as views of one padded copy."""
    n = x.shape[-1]
    padded = pad(x, (count - 1, 0))
    return [padded[..., count - 1 - k : count - 1 - k + n] for k in range(count)]


def phi_signals(weights: Weights, signals: Signals) -> Tensor:
    """Return f'(a_i) u_j[n - m], real, [M_a, 2 T, 2 M_N - 1, n]: v's derivative to Phi is Psi_i times this."""
    shifted = torch.stack(delays(signals.u, weights["Phi"].shape[-1]), dim=1)
    return signals.slope[:, None, None, :] * shifted


def f_signals(weights: Weights, spacing: float, signals: Signals, psi: Tensor) -> Tensor:
    """Return v's derivative to the basis weights, complex, [N, n]: sum over i of Psi_i f_k(a_i).

    f_k(a) = ReLU(a - x_k) - ReLU(-a - x_k) is what torch calls softshrink.
    """
    mix = torch.stack([psi.real, psi.imag])
    parts = torch.stack([mix @ softshrink(signals.a, k * spacing) for k in range(len(weights["f"]))], dim=1)
    return torch.complex(parts[0], parts[1])


def k_signals(weights: Weights, signals: Signals, psi: Tensor) -> Tensor:
    """Return v's derivative to the taps of K, complex, [2 T M_K, n], rows in the order of the weight K.

    With A[j, m] = sum over i of Psi_i Phi[i, j, m] f'(a_i) the derivative to Re K[k] is the sum over m of
    A[I, m] x_I[n - m - k] + A[Q, m] x_Q[n - m - k]; that to Im K[k] has -x_Q and x_I in their places.
    """
    Phi = weights["Phi"]
    n_taps, n_delays = weights["K"].shape[1], Phi.shape[2]
    mixed = psi[:, None, None] * Phi
    A = torch.cat([mixed.real, mixed.imag], dim=1).flatten(1).T @ signals.slope
    A = A.reshape(2, Phi.shape[1], n_delays, -1)
    shifted = delays(signals.x, n_taps + n_delays - 1)
    out = signals.x.new_zeros(2, Phi.shape[1] // 2, 2, n_taps, signals.x.shape[1])
    for t, k, m in itertools.product(range(Phi.shape[1] // 2), range(n_taps), range(n_delays)):
        i, q = 2 * t, 2 * t + 1
        x_i, x_q = shifted[m + k][i], shifted[m + k][q]
        for part in range(2):
            out[part, t, 0, k].addcmul_(A[part, i, m], x_i).addcmul_(A[part, q, m], x_q)
            out[part, t, 1, k].addcmul_(A[part, q, m], x_i).addcmul_(A[part, i, m], x_q, value=-1)
    return torch.complex(out[0], out[1]).flatten(0, 2)


def output_jacobian(weights: Weights, spacing: float, x: Tensor) -> Tensor:
    """Return dz / dparameters, real, [2 R, n_samples, n_parameters], parameters in the order of `flatten`.

    x: [2 T, n_samples]. Exact (zero initial state, linear convolutions made by zero-padded FFTs); what the solver uses
    is the same signals behind a taper, see `pimdeploy.training.objective`.
    """
    signals = forward_signals(weights, spacing, x)
    slices = parameter_slices(weights)
    n = x.shape[1]
    n_out = weights["Psi"].shape[0]
    out = x.new_zeros(n_out, n, slices["G"].stop)
    for r in range(n_out // 2):
        psi, taps = complex_row(weights["Psi"], r), complex_row(weights["G"], r)
        n_fft = n + len(taps) - 1
        phi = psi[:, None, None, None] * phi_signals(weights, signals)
        before = {
            "K": k_signals(weights, signals, psi),
            "Phi": phi.reshape(-1, n),
            "f": f_signals(weights, spacing, signals, psi),
        }
        c = signals.c.to(psi.dtype)
        psi_rows, g_rows = len(psi), len(taps)
        gain = torch.fft.fft(taps, n_fft)
        columns = torch.zeros(slices["G"].stop, n, dtype=psi.dtype)
        for name, value in before.items():
            columns[slices[name]] = value
        at = slices["Psi"].start + 2 * r * psi_rows
        columns[at : at + psi_rows], columns[at + psi_rows : at + 2 * psi_rows] = c, 1j * c
        columns = torch.fft.ifft(torch.fft.fft(columns, n_fft) * gain)[:, :n]
        v = torch.complex(signals.v[2 * r], signals.v[2 * r + 1])
        delayed_v = torch.stack(delays(v, g_rows))
        at = slices["G"].start + 2 * r * g_rows
        columns[at : at + g_rows], columns[at + g_rows : at + 2 * g_rows] = delayed_v, 1j * delayed_v
        out[2 * r], out[2 * r + 1] = columns.real.T, columns.imag.T
    return out
