"""The gauge of the BFAN: of all weights that give the same estimate, those that waste no words.

Each transmitter's K and its part of Phi share a scale and a rotation, each function and its branches' columns of Psi a
scale, each receiver's Psi and G a scale and a phase. None of them changes the estimate but each changes what a word
length is worth.
"""

import torch
from torch import Tensor

from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.bfan import BasisTables
from pimdeploy.networks.piecewise import interpolate, table_rows
from pimdeploy.training.parameters import Weights

FILL = 0.96
"""Largest entry of a weight after the gauge, against the power of two above it: it saturates at no word length >= 6."""
_TINY = 1e-30


def rotate(rows: Tensor, angle: Tensor) -> Tensor:
    """Return weights stored as rows re0, im0, re1, im1 ... times exp(j `angle`), one angle a pair of rows, or one for all."""
    angle = angle.reshape(-1, *[1] * (rows.dim() - 1))
    out = torch.empty_like(rows)
    out[0::2] = torch.cos(angle) * rows[0::2] - torch.sin(angle) * rows[1::2]
    out[1::2] = torch.sin(angle) * rows[0::2] + torch.cos(angle) * rows[1::2]
    return out


def main_angles(rows: Tensor) -> Tensor:
    """Return the phase of the largest tap of each complex filter of `rows` [2 C, taps], [C]."""
    main = (rows[0::2].square() + rows[1::2].square()).argmax(dim=1, keepdim=True)
    return torch.atan2(rows[1::2].gather(1, main), rows[0::2].gather(1, main))[:, 0]


def fix_gauge(spec: BfanSpec, weights: Weights) -> Weights:
    """Return the equivalent weights whose Phi (of each transmitter), slopes of f (of each function) and Psi (of each
    receiver) have `FILL` as their largest entry.

    Rows of Phi keep their lengths against each other: f is not homogeneous, so these are no gauge. The main tap of
    every K and every G is real and positive.
    """
    return _fill_psi(_fill_functions(spec, _fill_phi(_turn_g(_turn_k(weights)))))


def _fill_phi(weights: Weights) -> Weights:
    K, Phi = weights["K"], weights["Phi"]
    scale = FILL / Phi.abs().amax(dim=(0, 2)).reshape(-1, 2).amax(dim=1).clamp(min=_TINY).repeat_interleave(2)
    return {**weights, "K": K / scale[:, None], "Phi": Phi * scale[:, None]}


def _fill_functions(spec: BfanSpec, weights: Weights) -> Weights:
    slopes, _ = BasisTables(spec.symmetry).tables(weights["f"])
    scale = FILL / slopes.abs().amax(dim=1).clamp(min=_TINY)
    of_branch = scale[table_rows(spec.M_a, spec.functions).to(scale.device)]
    return {**weights, "f": weights["f"] * scale[:, None], "Psi": weights["Psi"] / of_branch}


def _fill_psi(weights: Weights) -> Weights:
    Psi, G = weights["Psi"], weights["G"]
    scale = FILL / Psi.abs().amax(dim=1).reshape(-1, 2).amax(dim=1).clamp(min=_TINY).repeat_interleave(2)
    return {**weights, "Psi": Psi * scale[:, None], "G": G / scale[:, None]}


def _turn_k(weights: Weights) -> Weights:
    """Make the largest tap of every transmitter's K real and positive; its columns of Phi turn with it."""
    K, Phi = weights["K"], weights["Phi"]
    angle = main_angles(K)
    turned = rotate(Phi.transpose(0, 1), -angle).transpose(0, 1)
    return {**weights, "K": rotate(K, -angle), "Phi": turned.contiguous()}


def _turn_g(weights: Weights) -> Weights:
    """Make the largest tap of every receiver's G real and positive; its Psi turns the other way."""
    angle = main_angles(weights["G"])
    return {**weights, "G": rotate(weights["G"], -angle), "Psi": rotate(weights["Psi"], angle)}


def move_knots_inside(spec: BfanSpec, weights: Weights, spacing: float, quantile_over_last_knot: float) -> Weights:
    """Return weights with K scaled up so that the last knot lies at the quantile of |a|, f stretched to follow.

    `quantile_over_last_knot` is the ratio now; at 1 or above nothing changes. f is sampled anew at the knots, so the
    estimate changes a little: the solver goes on from there. For functions of |a|: odd, even.
    """
    stretch = 1.0 / quantile_over_last_knot
    if stretch <= 1.0:
        return weights
    f = weights["f"]
    tables = BasisTables(spec.symmetry)
    knots = torch.arange(spec.N + 1, dtype=f.dtype, device=f.device) * spacing / stretch
    values = interpolate(knots.expand(1, len(f), -1), *tables.tables(f), spacing)[0]
    if spec.symmetry == "even":
        values = values / stretch  # of a f(a), with a now larger
    first = values[:, 0] if spec.symmetry == "even" else None
    return {**weights, "K": weights["K"] * stretch, "f": tables.parameters(torch.diff(values, dim=1) / spacing, first)}
