"""Signals as tensors: I and Q as pairs of rows or as complex numbers, and delay lines."""

import torch
from torch import Tensor
from torch.nn.functional import pad


def delays(x: Tensor, count: int) -> list[Tensor]:
    """Return `x` [..., n_samples] delayed by 0 to `count` - 1 samples, as views of one padded copy."""
    n = x.shape[-1]
    padded = pad(x, (count - 1, 0))
    return [padded[..., count - 1 - k : count - 1 - k + n] for k in range(count)]


def pairs(rows: Tensor) -> Tensor:
    """Return real rows [2 C, n], I0, Q0, I1, Q1 ..., as complex ones [C, n]."""
    return torch.complex(rows[0::2], rows[1::2])


def rows_of_pairs(signals: Tensor) -> Tensor:
    """Return complex signals [C, n] as real rows [2 C, n], I0, Q0, I1, Q1 ..."""
    return torch.stack([signals.real, signals.imag], dim=1).flatten(0, 1)
