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

    The matrix of products, w real, is [Re, Im] split by its largest singular value; alternating least squares then
    makes it the best split for the signal, not for the matrix. w_0 stays 0: the linear part of f gives nothing in the
    receive band. Several receivers share w: their matrices stand side by side.
    """
    signals = forward_signals(weights, spacing, objective.x)
    n_receivers, n_taps = weights["G"].shape[0] // 2, weights["G"].shape[1]
    n_knots = len(weights["f"]) - 1
    grams, answers = [], []
    for r in range(n_receivers):
        psi = torch.complex(weights["Psi"][2 * r], weights["Psi"][2 * r + 1])
        basis = objective.spectrum(f_signals(weights, spacing, signals, psi)[1:])
        columns = (objective.weight * basis[:, None] * objective.phases).flatten(0, 1)
        gram = columns.conj() @ columns.T
        gram += ridge * float(gram.diagonal().real.mean()) * torch.eye(len(gram))
        grams.append(gram.reshape(n_knots, n_taps, n_knots, n_taps))
        answers.append((columns.conj() @ objective.target[r]).reshape(n_knots, n_taps))
    w, g = split_products(torch.stack(grams), torch.stack(answers))
    f = torch.cat([torch.zeros(1, dtype=torch.float64), w])
    return {**weights, "f": f, "G": torch.stack([g.real, g.imag], dim=1).flatten(0, 1)}


def split_products(grams: Tensor, answers: Tensor, rounds: int = 30) -> tuple[Tensor, Tensor]:
    """Return real w [N] and complex g [R, M_G] that minimise, summed over receivers, |d - sum over k, m of w_k g_m s_km|^2.

    grams: [R, N, M_G, N, M_G], inner products of the signals s_km; answers: [R, N, M_G], theirs with d.
    """
    n_receivers, n_knots, n_taps = answers.shape
    flat = grams.reshape(n_receivers, n_knots * n_taps, n_knots * n_taps)
    products = torch.linalg.solve(flat, answers.reshape(n_receivers, -1)).reshape(answers.shape)
    stacked = torch.cat([products.real, products.imag], dim=2).transpose(0, 1).flatten(1)
    left, values, _ = torch.linalg.svd(stacked, full_matrices=False)
    w = left[:, 0] * values[0].sqrt()
    for _ in range(rounds):
        mixed = torch.einsum("k,rkmln,l->rmn", w.to(grams.dtype), grams, w.to(grams.dtype))
        g = torch.linalg.solve(mixed, torch.einsum("k,rkm->rm", w.to(grams.dtype), answers))
        quadratic = torch.einsum("rm,rkmln,rn->kl", g.conj(), grams, g).real
        w = torch.linalg.solve(quadratic, torch.einsum("rm,rkm->k", g.conj(), answers).real)
        balance = (torch.linalg.vector_norm(g) / torch.linalg.vector_norm(w)).sqrt()
        w, g = w * balance, g / balance
    return w, g
