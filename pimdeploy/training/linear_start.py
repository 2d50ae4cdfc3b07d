"""Where the BFAN's solver starts: branches spread evenly in angle, then one least-squares problem for W and G together."""

import math

import torch
from torch import Tensor
from torch.nn.functional import relu, softshrink

from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.bfan import left_end
from pimdeploy.training.bfan_point import branch_arguments, mixed_signals
from pimdeploy.training.family import complex_rows
from pimdeploy.training.mixing_start import branch_rows
from pimdeploy.training.objective import Objective
from pimdeploy.training.parameters import Weights

FREEDOM = 0.1
"""Weight of the estimate outside the band against that in training: with all of it, the start may end in the smooth
minimum of a third-order product, far from that of a source with a threshold."""


def spread_branches(
    spec: BfanSpec, shapes: dict[str, tuple[int, ...]], mixings: Tensor, generator: torch.Generator, jitter: float
) -> Weights:
    """Return weights, on the CPU, with K an impulse, directions of Phi evenly spread over half a turn and Psi their phasors.

    Sum over i of exp(j theta_i) f(Re(u exp(-j theta_i))) is then as phase-covariant as M_a branches can be. mixings
    [S, T]: how the transmitters add up to u at each of S sources; branches are dealt out to the sources in S runs.
    `jitter` is the standard deviation of what is added to every entry of Phi. f and G are zero: `linear_start` fits
    them.
    """
    weights = {name: torch.zeros(shape, dtype=torch.float64) for name, shape in shapes.items()}
    weights["K"][0::2, (spec.M_K - 1) // 2] = 1.0
    offset = torch.rand(1, generator=generator, dtype=torch.float64) if jitter else torch.zeros(1, dtype=torch.float64)
    theta = torch.empty(spec.M_a, dtype=torch.float64)
    for branches, mixing in zip(torch.tensor_split(torch.arange(spec.M_a), len(mixings)), mixings, strict=True):
        theta[branches] = (torch.arange(len(branches)) + offset) * math.pi / len(branches)
        weights["Phi"][branches, :, spec.M_N - 1] = branch_rows(mixing, theta[branches])
    weights["Phi"] += jitter * torch.randn(weights["Phi"].shape, generator=generator, dtype=torch.float64)
    weights["Psi"][0::2], weights["Psi"][1::2] = torch.cos(theta), torch.sin(theta)
    return weights


def branch_quantile(a: Tensor, quantile: float) -> float:
    """Return the `quantile` of |a| over all branches [M_a, n]."""
    values = a.abs().flatten()
    return float(torch.kthvalue(values, max(1, math.ceil(quantile * len(values)))).values)


def last_knot(spec: BfanSpec, spacing: float) -> float:
    """Return the last knot; of a plain function A, where its argument saturates."""
    return left_end(spec, spacing) if spec.symmetry == "plain" else (spec.N - 1) * spacing


def scale_to_knots(spec: BfanSpec, weights: Weights, spacing: float, x: Tensor, quantile: float) -> Weights:
    """Return `weights` with K scaled so that the last knot lies at the `quantile` of |a|; plain: A above every |a|."""
    _, a = branch_arguments(weights, x)
    reach = 1.05 * float(a.abs().max()) if spec.symmetry == "plain" else branch_quantile(a, quantile)
    return {**weights, "K": weights["K"] * (last_knot(spec, spacing) / reach)}


def linear_start(
    spec: BfanSpec, weights: Weights, spacing: float, objective: Objective, ridge: float = 1e-6
) -> Weights:
    """Return `weights` with f and G from least squares for the products w_k g_m, then their best rank-1 split.

    The matrix of products, w real, is [Re, Im] split by its largest singular value; alternating least squares then
    makes it the best split for the signal, not for the matrix. What is linear in a gives nothing in the receive band and
    is left out. All functions begin equal and c odd, whatever the symmetry. Several receivers share w: their matrices
    stand side by side.
    """
    _, a = branch_arguments(weights, objective.x)
    weight = objective.weight.clone()
    weight[objective.in_band :] *= FREEDOM
    n_taps = weights["G"].shape[1]
    phases = objective.spectra.phases(n_taps)
    grams, answers = [], []
    for psi, target in zip(complex_rows(weights["Psi"]), objective.target, strict=True):
        basis = weight * objective.spectrum(starting_signals(spec, a, psi, spacing))
        gram = delayed_products(basis, phases)
        flat = gram.flatten(2).flatten(0, 1)
        flat.diagonal().add_(ridge * float(flat.diagonal().real.mean()))
        grams.append(gram)
        answers.append((basis.conj() * target) @ phases.conj().T)
    w, g = split_products(torch.stack(grams), torch.stack(answers))
    f = starting_weights(spec, w, spacing).expand(spec.functions, -1).clone()
    return {**weights, "f": f, "G": torch.stack([g.real, g.imag], dim=1).flatten(0, 1)}


def starting_signals(spec: BfanSpec, a: Tensor, psi: Tensor, spacing: float) -> Tensor:
    """Return the sums over branches of psi_i g(a_i), complex [functions, n], for the functions g that the start is fitted
    with: the odd basis without what is linear."""
    knots = range(1, spec.N // 2 if spec.symmetry == "plain" else spec.N)
    return mixed_signals(lambda block: (softshrink(block, k * spacing) for k in knots), len(knots), a, psi)


def delayed_products(basis: Tensor, phases: Tensor) -> Tensor:
    """Return the inner products [N, M, N, M] of `basis` [N, bins] at every delay, spectra that `phases` [M, bins] delays.

    They depend on the difference of two delays alone, and the other way round they are conjugate.
    """
    ahead = torch.stack([(basis * phase).conj() @ basis.T for phase in phases])  # [delay, N, N]
    by_difference = torch.cat([ahead, ahead[1:].flip(0).conj().transpose(1, 2)])  # a negative one counts from the end
    delay = torch.arange(len(phases), device=phases.device)
    return by_difference[delay[:, None] - delay].permute(2, 0, 3, 1).contiguous()


def starting_weights(spec: BfanSpec, w: Tensor, spacing: float) -> Tensor:
    """Return the basis weights, [N] (plain: [N + 1]), of c(a), the sum of `starting_signals` times `w`.

    even: f(a) = c(a) / a at the knots, less f at the first one, which is linear in a. plain: ReLU(a - x) - ReLU(-a - x)
    is ReLU(a - x) - ReLU(a + x) + (a + x), and a + x = ReLU(a + A) + (x - A) for a >= -A.
    """
    zero = w.new_zeros(1)
    match spec.symmetry:
        case "odd":
            return torch.cat([zero, w])
        case "even":
            knots = torch.arange(1, spec.N + 1, dtype=w.dtype, device=w.device) * spacing
            values = relu(knots - knots[:-1, None]).T @ w / knots
            slopes = torch.diff(values) / spacing
            return torch.cat([torch.diff(slopes, prepend=zero), zero])
        case "plain":
            knots = torch.arange(1, spec.N // 2, dtype=w.dtype, device=w.device) * spacing
            constant = (w * (knots - left_end(spec, spacing))).sum()
            return torch.cat([w.sum()[None], -w.flip(0), zero, w, constant[None]])


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
