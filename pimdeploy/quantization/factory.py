"""Builds a network with Brevitas quantizers under every weight and activation, from one `FormatMap`."""

import brevitas.nn as qnn
import torch
from brevitas.nn.mixin.parameter import QuantWeightMixin
from torch import Tensor, nn

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import QFormat
from pimdeploy.quantization.quantizers import activation_quantizer, weight_quantizer

PIECEWISE_WEIGHTS = frozenset({"f"})
"""Weights of piecewise-linear functions: their running sums, the slopes, are what is quantized."""


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


class QuantizedPiecewiseWeight(QuantizedWeight):
    """Basis weights w_k of a piecewise-linear function, quantized through their slopes.

    The slopes, running sums of w, go to the grid (they are the multipliers of the table form and must fit the word
    length); the basis weights are their exact differences. Tables are therefore exact sums of quantized weights.
    """

    def forward(self) -> Tensor:
        """Return w on the grid, such that cumsum(w) are the quantized slopes exactly."""
        slopes = self.weight_quant(torch.cumsum(self.weight, dim=-1)).value  # type: ignore[operator]
        return torch.diff(slopes, dim=-1, prepend=torch.zeros_like(slopes[..., :1]))


class QuantizedFactory:
    """A `LayerFactory` (pimdeploy.networks.layers) of Brevitas modules; names look up their format in `formats`."""

    def __init__(self, formats: FormatMap, dtype: torch.dtype = torch.float64) -> None:
        self.formats = formats
        self.dtype = dtype

    def weight(self, name: str, initial: Tensor) -> nn.Module:
        """Return the quantized weight `name`; see `LayerFactory.weight`."""
        kind = QuantizedPiecewiseWeight if name in PIECEWISE_WEIGHTS else QuantizedWeight
        return kind(initial.to(self.dtype), self.formats.weights[name]).to(self.dtype)

    def activation(self, name: str) -> nn.Module:
        """Return the requantizer of the activation `name`; see `LayerFactory.activation`."""
        fmt = self.formats.activations[name]
        quantizer = activation_quantizer(fmt, self.formats.rounding, self.formats.overflow)
        # Plain tensors, not QuantTensors: the metadata costs twice the time and nothing reads it.
        module: nn.Module = qnn.QuantIdentity(act_quant=quantizer, return_quant_tensor=False)
        return module.to(self.dtype)
