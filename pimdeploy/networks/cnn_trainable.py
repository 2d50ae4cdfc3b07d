"""The CNN cancellers as they are trained: with norms, and x and z in units of their own."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pimdeploy.datapath.cnn_plan import ConvLayer, TableLayer, cnn_layers, sigmoid, weight_shapes
from pimdeploy.network_spec import CnnSpec
from pimdeploy.networks.cnn import Cnn
from pimdeploy.networks.cnn_layers import Norm
from pimdeploy.networks.layers import FloatFactory

START_OUTPUT = 0.1
"""Gain of the last convolution at the start, against one that keeps the power: the first estimate is small."""
START_DENSE = 2.0
"""Gain of fully connected layers at the start: sigmoids see enough of their argument to bend."""


class TrainableCnn(Cnn):
    """The network with a norm behind each convolution but the last, where the spec asks for norms.

    input_scale multiplies x, output_scale [2 R] the estimate, so that weights live where signals have a power of about 1;
    both are folded with the norms. `initial`: see `start_weights`.
    """

    output_scale: Tensor

    def __init__(
        self,
        spec: CnnSpec,
        n_tx: int,
        n_rx: int,
        initial: Mapping[str, Tensor],
        input_scale: float = 1.0,
        output_scale: Tensor | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__(spec, n_tx, n_rx, initial, FloatFactory(dtype))
        self.input_scale = input_scale
        scale = torch.ones(2 * n_rx) if output_scale is None else output_scale
        self.register_buffer("output_scale", scale.to(dtype))
        normalized = [layer for layer in self.layers if isinstance(layer, ConvLayer) and layer.normalized]
        self.norms = nn.ModuleDict({layer.name: Norm(layer.channels_out, dtype) for layer in normalized})

    def forward(self, x: Tensor, trace: dict[str, Tensor] | None = None) -> Tensor:
        """See `Canceller.forward`; x and the estimate are in units of full scale, as everywhere."""
        return super().forward(x * self.input_scale, trace) * self.output_scale[:, None]

    def behind(self, layer: ConvLayer, y: Tensor) -> Tensor:
        """See `Cnn.behind`: here the norm stands."""
        out: Tensor = self.norms[layer.name](y) if layer.name in self.norms else y
        return out

    def trained(self) -> list[nn.Parameter]:
        """Return the parameters that are trained: all but the entries of sigmoids."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    def hold_norms(self) -> None:
        """Let the norms' statistics stand still from here on."""
        for norm in self._norms():
            norm.follows = False

    def _norms(self) -> list[Norm]:
        return [norm for norm in self.norms.values() if isinstance(norm, Norm)]

    def measure_norms(self, x: Tensor) -> None:
        """Set the norms' statistics to those over x [1, 2 T, n_samples]."""
        was_training = self.training
        self.train()
        for norm in self._norms():
            norm.follows, norm.momentum = True, 1.0
        with torch.no_grad():
            self(x)
        for norm in self._norms():
            norm.momentum = Norm.MOMENTUM
        self.train(was_training)

    def fold(self) -> dict[str, NDArray[np.float64]]:
        """Return the weights of the equivalent `Cnn` without norms and scales, folded in float64.

        (taps * x - mean) / sqrt(variance + epsilon) has the taps taps / sqrt(...) and the bias -mean / sqrt(...).
        """
        weights = {name: value.cpu() for name, value in self.float_weights().items()}
        first, last = self.layers[0].name, self.layers[-1].name
        weights[first] = weights[first] * self.input_scale
        weights[last] = weights[last] * self.output_scale.double().cpu()[:, None, None]
        for name, norm in self.norms.items():
            assert isinstance(norm, Norm)
            gain = norm.gain().cpu()
            weights[name] = weights[name] * gain[:, None, None]
            weights[f"{name}_bias"] = -norm.mean.double().cpu() * gain
        sigmoids = [layer for layer in self.layers if isinstance(layer, TableLayer) and not layer.trained]
        weights |= {layer.name: torch.from_numpy(sigmoid(layer)) for layer in sigmoids}
        return {name: np.ascontiguousarray(weights[name].numpy()) for name in weight_shapes(self.layers)}


def start_weights(spec: CnnSpec, n_tx: int, n_rx: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Return random first weights for training, float32: variances are kept from layer to layer.

    Look-up tables start as the identity, biases at 0; the last convolution starts small.
    """
    layers = cnn_layers(spec, n_tx, n_rx)
    weights = {name: torch.zeros(shape) for name, shape in weight_shapes(layers).items()}
    for layer in layers:
        match layer:
            case ConvLayer():
                scale = _start_gain(layer, spec) / math.sqrt(math.prod(layer.shape[1:]))
                weights[layer.name] = torch.randn(layer.shape, generator=generator) * scale
            case TableLayer():
                values = layer.knots[np.newaxis] if layer.trained else sigmoid(layer)
                weights[layer.name] = torch.from_numpy(values).float().expand(layer.tables, -1).clone()
    norms = {layer.bias_name for layer in layers if isinstance(layer, ConvLayer) and layer.normalized}
    return {name: value for name, value in weights.items() if name not in norms}


def _start_gain(layer: ConvLayer, spec: CnnSpec) -> float:
    if layer.output == "z":
        return START_OUTPUT
    if layer.leaky:
        return math.sqrt(2.0 / (1.0 + 4.0**-spec.leaky_log2))
    return START_DENSE if layer.bias and not layer.normalized else 1.0
