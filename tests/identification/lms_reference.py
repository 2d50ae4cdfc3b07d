"""The BFAN by its formulas, in torch and sample by sample windows: what the identifier's gradients are held against.

Written from papers/003, equations (3) to (6), and docs/spec/identification.md; imports nothing of the package.
"""

import numpy as np
import torch

GROUPS = ("K", "Phi", "f", "Psi", "G")


def random_weights(rng, n_tx, n_rx, M_K, M_N, M_a, n_weights, M_G, functions=1):
    return {
        "K": 0.5 * rng.standard_normal((2 * n_tx, M_K)),
        "Phi": 0.5 * rng.standard_normal((M_a, 2 * n_tx, 2 * M_N - 1)),
        "f": 0.5 * rng.standard_normal((functions, n_weights)),
        "Psi": 0.5 * rng.standard_normal((2 * n_rx, M_a)),
        "G": 0.5 * rng.standard_normal((2 * n_rx, M_G)),
    }


def complex_noise(rng, channels, n):
    return 0.3 * (rng.standard_normal((channels, n)) + 1j * rng.standard_normal((channels, n)))


def complex_rows(w):
    return torch.complex(w[0::2], w[1::2])


def convolve(x, taps):
    """y[c, n] = sum over k of taps[c, k] x[c, n - k], zeros before the first sample."""
    return torch.stack(
        [
            sum(taps[c, k] * torch.cat([x.new_zeros(k), x[c, : x.shape[1] - k]]) for k in range(taps.shape[1]))
            for c in range(len(taps))
        ]
    )


def nonlinearity(a, w, symmetry, spacing):
    """c of one branch's arguments a [n] by the basis functions h_k(a) = max(a - x_k, 0), h_N = 1."""

    def h(value, knot):
        return torch.relu(value - knot)

    if symmetry == "odd":
        return sum(w[k] * (h(a, k * spacing) - h(-a, k * spacing)) for k in range(len(w)))
    if symmetry == "even":
        f = 2 * w[-1] + sum(w[k - 1] * (h(a, k * spacing) + h(-a, k * spacing)) for k in range(1, len(w)))
        return a * f
    end = (len(w) - 1) * spacing / 2
    a = a.clamp(-end, end)
    return w[-1] + sum(w[k] * h(a, k * spacing - end) for k in range(len(w) - 1))


def estimate(weights, x, symmetry, spacing):
    """z [R, n], complex, of x [T, n]; weights are tensors in the shapes of a network."""
    u = convolve(torch.as_tensor(x), complex_rows(weights["K"]))
    p = torch.stack([part for channel in u for part in (channel.real, channel.imag)])
    Phi, f = weights["Phi"], weights["f"]
    n = p.shape[1]
    a = sum(Phi[:, :, m] @ torch.cat([p.new_zeros(len(p), m), p[:, : n - m]], dim=1) for m in range(Phi.shape[2]))
    c = torch.stack([nonlinearity(a[i], f[i * len(f) // len(a)], symmetry, spacing) for i in range(len(a))])
    v = complex_rows(weights["Psi"]) @ c.to(torch.complex128)
    return convolve(v, complex_rows(weights["G"]))


def autograd(weights, x, d, symmetry, spacing, latency, error_filter, last):
    """Gradients of the sum of |(H * e)[n]|^2 / 2 over the `last` samples, by autograd, in the shapes of the weights."""
    leaves = {name: torch.tensor(weights[name], requires_grad=True) for name in GROUPS}
    z = estimate(leaves, x, symmetry, spacing)
    delayed = np.concatenate([np.zeros((len(d), latency)), d], axis=1)[:, : d.shape[1]]
    e = torch.as_tensor(delayed) - z
    taps = torch.as_tensor(np.asarray(error_filter, dtype=np.complex128)).expand(len(d), -1)
    J = convolve(e, taps)[:, -last:].abs().square().sum() / 2
    J.backward()
    return {name: leaves[name].grad.numpy() for name in GROUPS}
