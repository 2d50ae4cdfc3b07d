"""Builds a network with Brevitas quantizers under every weight and activation, from one `FormatMap`."""

import brevitas.nn as qnn
import torch
from brevitas.nn.mixin.parameter import QuantWeightMixin
from torch import Tensor, nn

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import QFormat
from pimdeploy.networks.layers import TableMap, Tables
from pimdeploy.quantization.quantizers import activation_quantizer, straight_through, weight_quantizer
from pimdeploy.quantization.root import GridRoot


class QuantizedWeight(QuantWeightMixin, nn.Module):  # type: ignore[misc]
    """A trainable weight whose value lies on the grid of its format."""

    def __init__(self, initial: Tensor, fmt: QFormat) -> None:
        nn.Module.__init__(self)
        self.out_channels = initial.shape[0]
        self.weight = nn.Parameter(initial.clone())
        QuantWeightMixin.__init__(self, weight_quantizer(fmt))

    @property
    def output_channel_dim(self) -> int:
        """The axis of output channels; formats are per tensor, so it does not matter."""
        return 0

    def forward(self) -> Tensor:
        """Return the weight on its grid, in the dtype of the parameter."""
        value: Tensor = self.weight_quant(self.weight).value  # type: ignore[operator]
        return value


class QuantizedPiecewise(QuantizedWeight):
    """A piecewise-linear function whose slopes, and values at t = 0, lie on their grids.

    The slopes are the multipliers of the table form and must fit the word length. A value at t = 0 stands on the grid
    of slope * segment, as wide as it needs to be. Everything else is exact sums of them.
    """

    def __init__(self, initial: Tensor, fmt: QFormat, table_map: TableMap, spacing: float) -> None:
        super().__init__(initial, fmt)
        self.table_map = table_map
        self.base_lsb = fmt.lsb * spacing

    def forward(self) -> Tables:  # type: ignore[override]
        """Return the tables on their grids."""
        slopes, first_bases = self.table_map.tables(self.weight)
        on_grid: Tensor = self.weight_quant(slopes).value  # type: ignore[operator]
        if first_bases is None:
            return on_grid, None
        return on_grid, straight_through(first_bases, torch.round(first_bases / self.base_lsb) * self.base_lsb)


class QuantizedFactory:
    """A `LayerFactory` (pimdeploy.networks.layers) of Brevitas modules; names look up their format in `formats`."""

    def __init__(self, formats: FormatMap, dtype: torch.dtype = torch.float64) -> None:
        self.formats = formats
        self.dtype = dtype

    def weight(self, name: str, initial: Tensor) -> nn.Module:
        """Return the quantized weight `name`; see `LayerFactory.weight`."""
        return QuantizedWeight(initial.to(self.dtype), self.formats.weights[name]).to(self.dtype)

    def piecewise(self, name: str, initial: Tensor, table_map: TableMap, spacing: float) -> nn.Module:
        """Return the quantized function `name`; see `LayerFactory.piecewise`."""
        fmt = self.formats.weights[name]
        return QuantizedPiecewise(initial.to(self.dtype), fmt, table_map, spacing).to(self.dtype)

    def activation(self, name: str) -> nn.Module:
        """Return the requantizer of the activation `name`; see `LayerFactory.activation`."""
        fmt = self.formats.activations[name]
        quantizer = activation_quantizer(fmt, self.formats.rounding, self.formats.overflow)
        # Plain tensors, not QuantTensors: the metadata costs twice the time and nothing reads it.
        module: nn.Module = qnn.QuantIdentity(act_quant=quantizer, return_quant_tensor=False)
        return module.to(self.dtype)

    def root(self, name: str) -> nn.Module:
        """Return the integer square root on the grid of the activation `name`; see `LayerFactory.root`."""
        return GridRoot(self.formats.activations[name].lsb)
