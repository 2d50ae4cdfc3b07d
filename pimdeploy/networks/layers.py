"""The seam between a network and its number formats: a network is written once and built with one of these factories.

A network asks its factory for every weight and for every named activation. `FloatFactory` gives plain parameters and
identities; `pimdeploy.quantization` gives Brevitas quantizers on constant power-of-two grids under the same names. The
names are those of the nodes of the datapath graph, so that one `FormatMap` feeds both.
"""

from typing import Protocol

import torch
from torch import Tensor, nn

from pimdeploy.networks.magnitude import FloatRoot

Tables = tuple[Tensor, Tensor | None]
"""Slopes [rows, S] of piecewise-linear functions and their values at t = 0 [rows], None where all are 0."""


class TableMap(Protocol):
    """How a family's parameters of a piecewise-linear function and its tables belong together: linear, both ways."""

    def tables(self, w: Tensor) -> Tables:
        """Return the tables of the parameters `w`."""
        ...

    def parameters(self, slopes: Tensor, first_bases: Tensor | None) -> Tensor:
        """Return the parameters, shaped as `w`, of tables; a slope that the family holds at 0 is not looked at."""
        ...


class LayerFactory(Protocol):
    """Makes the weights and the activation quantizers of a network."""

    def weight(self, name: str, initial: Tensor) -> nn.Module:
        """Return a module with a trainable parameter `weight` (shape of `initial`); calling it with no argument gives
        the tensor that the arithmetic uses (the parameter itself, or its value on the quantization grid)."""
        ...

    def piecewise(self, name: str, initial: Tensor, table_map: TableMap, spacing: float) -> nn.Module:
        """Return a module with a trainable parameter `weight` (shape of `initial`); calling it with no argument gives
        the `Tables` that the arithmetic uses. Knots are `spacing` apart, a power of two."""
        ...

    def activation(self, name: str) -> nn.Module:
        """Return the module that requantizes the activation `name` (the identity in floating point)."""
        ...

    def root(self, name: str) -> nn.Module:
        """Return the module that takes the square root of |value|^2 of the activation `name`, on its grid."""
        ...


class FloatWeight(nn.Module):
    """A weight in floating point: its value is its parameter."""

    def __init__(self, initial: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(initial.clone())

    def forward(self) -> Tensor:
        """Return the weight, unchanged."""
        return self.weight


class FloatPiecewise(nn.Module):
    """A piecewise-linear function in floating point."""

    def __init__(self, initial: Tensor, table_map: TableMap) -> None:
        super().__init__()
        self.weight = nn.Parameter(initial.clone())
        self.table_map = table_map

    def forward(self) -> Tables:
        """Return the tables of the parameters."""
        return self.table_map.tables(self.weight)


class FloatFactory:
    """Builds a network in floating point: plain weights, no requantization."""

    def __init__(self, dtype: torch.dtype = torch.float64) -> None:
        self.dtype = dtype

    def weight(self, name: str, initial: Tensor) -> nn.Module:
        """See `LayerFactory.weight`."""
        return FloatWeight(initial.to(self.dtype))

    def piecewise(self, name: str, initial: Tensor, table_map: TableMap, spacing: float) -> nn.Module:
        """See `LayerFactory.piecewise`."""
        return FloatPiecewise(initial.to(self.dtype), table_map)

    def activation(self, name: str) -> nn.Module:
        """See `LayerFactory.activation`."""
        return nn.Identity()

    def root(self, name: str) -> nn.Module:
        """See `LayerFactory.root`."""
        del name
        return FloatRoot()
