"""Where an identifier starts that knows nothing yet: branches spread in angle, a cube as the nonlinearity, no output."""

import math

import numpy as np

from pimdeploy.identification.network import apply_phi, filter_valid, real_rows
from pimdeploy.identification.nonlinearity import BranchNonlinearity, FloatArray
from pimdeploy.network_spec import BfanSpec
from pimdeploy.signals.dataset import ComplexArray

START_QUANTILE = 0.998
"""Quantile of |a| at which the start puts its last knot."""
LEVEL_SAMPLES = 16_384
"""First samples of x that tell its level."""


def cubic_weights(spec: BfanSpec, spacing: float) -> FloatArray:
    """Return f [functions, N] (plain: N + 1) for which c = a^3 / (3 A^2) at the knots, A the last knot (plain: the end).

    The third order is the lowest that falls beside the carriers. The first segment of the odd and the even form is flat or
    nearly so: below it lies the critical point.
    """
    flat = np.zeros((1, spec.N + (spec.symmetry == "plain")))
    end = BranchNonlinearity(spec.symmetry, spacing).end(flat)
    if spec.symmetry == "plain":
        knots = spacing * np.arange(spec.N + 1) - end
        values = knots**3 / (3 * end**2)
        slopes = np.diff(values) / spacing
        f = np.concatenate([slopes[:1], np.diff(slopes), values[:1]])
    else:
        power = 3 if spec.symmetry == "odd" else 2
        values = (spacing * np.arange(spec.N + 1)) ** power / (3 * end**2)
        slopes = np.diff(values) / spacing
        w = np.concatenate([slopes[:1], np.diff(slopes)])
        f = w if spec.symmetry == "odd" else np.concatenate([w[1:], [0.0]])
    return np.tile(f, (spec.functions, 1))


def spread_start(spec: BfanSpec, spacing: float, x: ComplexArray, n_rx: int, seed: int = 0) -> dict[str, FloatArray]:
    """Return weights with K an impulse, directions of Phi evenly spread over half a turn, Psi their phasors and G = 0.

    Sum over i of Psi_i phi(Re(u exp(-j theta_i))) is then as phase-covariant as M_a branches can be. Further
    transmitters enter each branch at phases that `seed` decides. K is scaled to the level of x [T, n], so that the last knot
    is reached but rarely. The estimate is 0 until G is adapted.
    """
    n_tx = x.shape[0]
    theta = np.arange(spec.M_a) * math.pi / spec.M_a
    turns = np.random.default_rng(seed).uniform(0, 2 * math.pi, (spec.M_a, n_tx))
    turns[:, 0] = 0.0
    angles = theta[:, None] + turns
    Phi = np.zeros((spec.M_a, 2 * n_tx, 2 * spec.M_N - 1))
    Phi[:, 0::2, spec.M_N - 1], Phi[:, 1::2, spec.M_N - 1] = np.cos(angles), np.sin(angles)
    K = np.zeros((n_tx, spec.M_K), dtype=np.complex128)
    K[:, (spec.M_K - 1) // 2] = 1.0
    u = real_rows(filter_valid(x[:, :LEVEL_SAMPLES], K))
    a = apply_phi(Phi, u, u.shape[1] - Phi.shape[2] + 1)
    level = max(float(np.quantile(np.abs(a), START_QUANTILE)), np.finfo(np.float64).tiny)
    f = cubic_weights(spec, spacing)
    K *= BranchNonlinearity(spec.symmetry, spacing).end(f) / level
    Psi = np.tile(np.exp(1j * theta) * 2 / spec.M_a, (n_rx, 1))
    return {
        "K": real_rows(K),
        "Phi": Phi,
        "f": f,
        "Psi": real_rows(Psi),
        "G": np.zeros((2 * n_rx, spec.M_G)),
    }
