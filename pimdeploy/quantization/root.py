"""The integer square root of the datapath, in the network under quantization (docs/spec/fixed_point.md, section 9)."""

import torch
from torch import Tensor, nn

from pimdeploy.quantization.quantizers import straight_through


class GridRoot(nn.Module):
    """floor(sqrt(I^2 + Q^2)) in units of `lsb`, the step of I and Q; the gradient is that of the root."""

    def __init__(self, lsb: float) -> None:
        super().__init__()
        self.lsb = lsb

    def forward(self, square: Tensor) -> Tensor:
        """Return the root of `square`, whose values are squares of LSBs.

        float64 holds I^2 + Q^2 of up to 26-bit samples exactly, and its correctly rounded root lies below the next
        integer wherever the true one does.
        """
        integers = square / self.lsb**2
        smooth = integers.clamp(min=0.25).sqrt()
        return straight_through(smooth, torch.floor(integers.sqrt())) * self.lsb
