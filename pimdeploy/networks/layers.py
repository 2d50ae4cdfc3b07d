"""The seam between a network and its number formats: a network is written once and built with one of these factories.

A network asks its factory for every weight and for every named activation. `FloatFactory` gives plain parameters and
identities; `pimdeploy.quantization` gives Brevitas quantizers on constant power-of-two grids under the same names. The
names are those of the nodes of the datapath graph, so that one `FormatMap` feeds both.
"""

from typing import Protocol

import torch
from torch import Tensor, nn


class LayerFactory(Protocol):
    """Makes the weights and the activation quantizers of a network."""

    def weight(self, name: str, initial: Tensor) -> nn.Module:
        """Return a module with a trainable parameter `weight` (shape of `initial`); calling it with no argument gives
        the tensor that the arithmetic uses (the parameter itself, or its value on the quantization grid)."""
        ...

    def activation(self, name: str) -> nn.Module:
        """Return the module that requantizes the activation `name` (the identity in floating point)."""
        ...


class FloatWeight(nn.Module):
    """A weight in floating point: its value is its parameter."""

    def __init__(self, initial: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(initial.clone())

    def forward(self) -> Tensor:
        """Return the weight, unchanged."""
        return self.weight


class FloatFactory:
    """Builds a network in floating point: plain weights, no requantization."""

    def __init__(self, dtype: torch.dtype = torch.float64) -> None:
        self.dtype = dtype

    def weight(self, name: str, initial: Tensor) -> nn.Module:
        """See `LayerFactory.weight`."""
        return FloatWeight(initial.to(self.dtype))

    def activation(self, name: str) -> nn.Module:
        """See `LayerFactory.activation`."""
        return nn.Identity()
