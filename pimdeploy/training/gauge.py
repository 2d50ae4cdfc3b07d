"""The gauge: of all weights that give the same estimate, those that waste no words.

K and Phi share a scale and a rotation, f, Psi and G share a scale, Psi and G a phase. None of them changes the estimate
but each changes what a word length is worth. The slope of f below its first knot is 0 from the start to the end of
training (it does nothing in the receive band), so that f is flat below its critical point.
"""

import torch
from torch import Tensor

from pimdeploy.networks.bfan import piecewise_odd
from pimdeploy.training.jacobian import Weights

FILL = 0.96
"""Largest entry of a weight after the gauge, against the power of two above it: it saturates at no word length >= 6."""


def rotate(rows: Tensor, angle: Tensor) -> Tensor:
    """Return weights stored as rows re0, im0, re1, im1 ... times exp(j `angle`), one angle for all."""
    out = torch.empty_like(rows)
    out[0::2] = torch.cos(angle) * rows[0::2] - torch.sin(angle) * rows[1::2]
    out[1::2] = torch.sin(angle) * rows[0::2] + torch.cos(angle) * rows[1::2]
    return out


def fix_gauge(weights: Weights) -> Weights:
    """Return the equivalent weights whose Phi, f (its slopes) and Psi have `FILL` as their largest entry.

    Rows of Phi keep their lengths against each other: f is shared and not homogeneous, so these are no gauge. The main
    tap of K and that of G are real and positive.
    """
    out = _turn_g(_turn_k(weights))
    scale = FILL / out["Phi"].abs().max()
    out["Phi"], out["K"] = out["Phi"] * scale, out["K"] / scale
    slope_scale = FILL / torch.cumsum(out["f"], 0).abs().max()
    out["f"] = out["f"] * slope_scale
    psi_scale = FILL / out["Psi"].abs().max()
    out["Psi"], out["G"] = out["Psi"] * psi_scale, out["G"] / (slope_scale * psi_scale)
    return out


def _turn_k(weights: Weights) -> Weights:
    """Make the largest tap of the first transmitter's K real and positive; Phi turns with it."""
    K, Phi = weights["K"], weights["Phi"]
    main = int((K[0].square() + K[1].square()).argmax())
    angle = torch.atan2(K[1, main], K[0, main])
    pairs = Phi.transpose(0, 1).flatten(1)
    turned = rotate(pairs, -angle).reshape(Phi.shape[1], Phi.shape[0], Phi.shape[2]).transpose(0, 1)
    return {**weights, "K": rotate(K, -angle), "Phi": turned.contiguous()}


def _turn_g(weights: Weights) -> Weights:
    """Make the largest tap of the first receiver's G real and positive; Psi turns the other way."""
    G = weights["G"]
    main = int((G[0].square() + G[1].square()).argmax())
    angle = torch.atan2(G[1, main], G[0, main])
    return {**weights, "G": rotate(G, -angle), "Psi": rotate(weights["Psi"], angle)}


def move_knots_inside(weights: Weights, spacing: float, quantile_over_last_knot: float) -> Weights:
    """Return weights with K scaled up so that the last knot lies at the quantile of |a|, f stretched to follow.

    `quantile_over_last_knot` is the ratio now; at 1 or above nothing changes. f is sampled anew at the knots, so the
    estimate changes a little: the solver goes on from there.
    """
    stretch = 1.0 / quantile_over_last_knot
    if stretch <= 1.0:
        return weights
    f = weights["f"]
    values = piecewise_odd(torch.arange(len(f) + 1, dtype=f.dtype) * spacing / stretch, f, spacing)
    slopes = torch.diff(values) / spacing
    stretched = torch.cat([slopes[:1], torch.diff(slopes)])
    return {**weights, "K": weights["K"] * stretch, "f": stretched}
