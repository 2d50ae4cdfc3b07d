"""Magnitudes of complex samples as the datapath takes them (docs/spec/fixed_point.md, section 9)."""

import torch
from torch import Tensor, nn

from pimdeploy.datapath.magnitudes import ALPHA, BETA, COEFFICIENTS_FRAC

TINY = 1e-30
"""Below this |x|^2 the root has no gradient: the true one grows without bound."""


class FloatRoot(nn.Module):
    """sqrt(|x|^2) in floating point."""

    def forward(self, square: Tensor) -> Tensor:
        """Return the root of `square`, at least sqrt(`TINY`)."""
        return square.clamp(min=TINY).sqrt()


def magnitude(x: Tensor, kind: str, root: nn.Module) -> Tensor:
    """Return the magnitude of complex channels x [batch, 2 C, n_samples]: [batch, C, n_samples], |x|^2 for "square".

    root: what a `LayerFactory` gives for the integer square root; used by "sqrt" alone.
    """
    i, q = x[:, 0::2], x[:, 1::2]
    if kind == "alpha_beta":
        most, least = torch.maximum(i.abs(), q.abs()), torch.minimum(i.abs(), q.abs())
        return (ALPHA * most + BETA * least) * 2.0**-COEFFICIENTS_FRAC
    square = i * i + q * q
    if kind == "square":
        return square
    rooted: Tensor = root(square)
    return rooted
