"""Filters as all networks use them: causal, memories starting with zeros."""

import torch
from torch import Tensor
from torch.nn.functional import conv1d, pad


def causal_convolution(x: Tensor, taps: Tensor, groups: int = 1, dilation: int = 1) -> Tensor:
    """Return y[o, n] = sum over i, k of taps[o, i, k] x[i, n - dilation k], its memory zero at the start.

    x: [batch, n_in, n_samples]; taps: [n_out, n_in / groups, n_taps]; returns [batch, n_out, n_samples].
    """
    return conv1d(pad(x, (dilation * (taps.shape[-1] - 1), 0)), taps.flip(-1), groups=groups, dilation=dilation)


def complex_taps(w: Tensor) -> Tensor:
    """Return the real convolution, of C groups, that filters each complex channel by its own complex filter.

    w: [2 C, M], rows re0, im0, re1, im1 ...; returns [2 C, 2, M] for channels I0, Q0, I1, Q1 ...
    """
    re, im = w[0::2], w[1::2]
    return torch.stack([torch.stack([re, -im], dim=1), torch.stack([im, re], dim=1)], dim=1).flatten(0, 1)


def filter_channels(x: Tensor, w: Tensor) -> Tensor:
    """Return complex channels x [batch, 2 C, n_samples], each behind its own complex filter of w [2 C, M]."""
    return causal_convolution(x, complex_taps(w), groups=w.shape[0] // 2)


def complex_convolution(x: Tensor, taps: Tensor) -> Tensor:
    """Return complex channels y_o = sum over i of taps_oi * x_i; taps: [n_out, n_in, 2, n_taps] (re, im).

    x: [batch, 2 n_in, n_samples], I0, Q0, I1, Q1 ...; returns [batch, 2 n_out, n_samples].
    """
    re, im = taps[:, :, 0], taps[:, :, 1]
    rows = torch.stack([torch.stack([re, -im], dim=2), torch.stack([im, re], dim=2)], dim=1)
    return causal_convolution(x, rows.flatten(0, 1).flatten(1, 2))
