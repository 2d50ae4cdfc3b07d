"""Where the solver starts: branches spread evenly in angle, then one least-squares problem for W and G together."""

import math

import torch
from torch import Tensor

from pimdeploy.networks.build import weight_shapes
from pimdeploy.recipe import NetworkSpec
from pimdeploy.training.jacobian import Weights, f_signals, forward_signals
from pimdeploy.training.objective import Objective


def spread_branches(spec: NetworkSpec, n_tx: int, n_rx: int, generator: torch.Generator, jitter: float) -> Weights:
    """Return weights with K an impulse, directions of Phi evenly spread over half a turn and Psi their phasors.

    Sum over i of exp(j theta_i) f(Re(u exp(-j theta_i))) is then as phase-covariant as M_a branches can be. With
    several transmitters each branch sees them all. `jitter` is the standard deviation of what is added to every entry of Phi.
    f and G are zero: `linear_start` fits them.
    """
    weights = {k: torch.zeros(s, dtype=torch.float64) for k, s in weight_shapes(spec, n_tx, n_rx).items()}
    weights["K"][0::2, (spec.M_K - 1) // 2] = 1.0
    offset = torch.rand(1, generator=generator, dtype=torch.float64) if jitter else torch.zeros(1, dtype=torch.float64)
    theta = (torch.arange(spec.M_a) + offset) * math.pi / spec.M_a
    weights["Phi"][:, 0::2, spec.M_N - 1] = torch.cos(theta)[:, None]
    weights["Phi"][:, 1::2, spec.M_N - 1] = torch.sin(theta)[:, None]
    weights["Phi"] += jitter * torch.randn(weights["Phi"].shape, generator=generator, dtype=torch.float64)
    weights["Psi"][0::2], weights["Psi"][1::2] = torch.cos(theta), torch.sin(theta)
    return weights


def branch_quantile(a: Tensor, quantile: float) -> float:
    """Return the `quantile` of |a| over all branches [M_a, n]."""
    values = a.abs().flatten()
    return float(torch.kthvalue(values, max(1, math.ceil(quantile * len(values)))).values)


def scale_to_knots(weights: Weights, spacing: float, x: Tensor, quantile: float) -> Weights:
    """Return `weights` with K scaled so that the last knot lies at the `quantile` of |a|."""
    a = forward_signals(weights, spacing, x).a
    last = (len(weights["f"]) - 1) * spacing
    return {**weights, "K": weights["K"] * (last / branch_quantile(a, quantile))}


def linear_start(weights: Weights, spacing: float, objective: Objective, ridge: float = 1e-6) -> Weights:
    """Return `weights` with f and G from least squares for the products w_k g_m, then their best rank-1 split.

    The matrix of products, w real, is [Re, Im] split by its largest singular value. w_0 stays 0: the linear part of f
    gives nothing in the receive band. With several receivers the split is of all their matrices side by side.
    """
    signals = forward_signals(weights, spacing, objective.x)
    n_receivers, n_taps = weights["G"].shape[0] // 2, weights["G"].shape[1]
    n_knots = len(weights["f"]) - 1
    blocks = []
    for r in range(n_receivers):
        psi = torch.complex(weights["Psi"][2 * r], weights["Psi"][2 * r + 1])
        basis = objective.spectrum(f_signals(weights, spacing, signals, psi)[1:])
        columns = (objective.weight * basis[:, None] * objective.phases).flatten(0, 1)
        gram = columns.conj() @ columns.T
        gram += ridge * float(gram.diagonal().real.mean()) * torch.eye(len(gram))
        products = torch.linalg.solve(gram, columns.conj() @ objective.target[r])
        blocks.append(products.reshape(n_knots, n_taps))
    stacked = torch.cat([part for block in blocks for part in (block.real, block.imag)], dim=1)
    left, values, right = torch.linalg.svd(stacked, full_matrices=False)
    root = values[0].sqrt()
    f = torch.cat([torch.zeros(1, dtype=torch.float64), left[:, 0] * root])
    return {**weights, "f": f, "G": (right[0] * root).reshape(2 * n_receivers, n_taps)}
