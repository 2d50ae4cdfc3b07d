"""The CNN cancellers of papers/000, section 2.3: convolutions, a nonlinear kernel, convolutions.

Written once: in floating point it is the network that training leaves, with the factory of `pimdeploy.quantization` its
forward pass is the integer datapath. `pimdeploy.networks.cnn_trainable` has it as it is trained, with norms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from torch import Tensor, nn

from pimdeploy.datapath.cnn_plan import (
    ConvLayer,
    TableLayer,
    activation_names,
    cnn_layers,
    constants,
    memory,
    table_range,
    weight_shapes,
)
from pimdeploy.network_spec import CnnSpec
from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.cnn_layers import EntryTables, convolve, interpolate, rectify
from pimdeploy.networks.kind import ActivationRange, NetworkKind
from pimdeploy.networks.layers import LayerFactory


class Cnn(Canceller):
    """The network for T transmitters and R receivers; `initial` holds the weights of `CnnKind.weight_shapes`.

    "c1", ...: taps [channels_out, channels_in / groups, n_taps]; "c1_bias", ...: [channels_out], folded norms where they
    are not in `initial` left out; "lut", "g1", ...: entries of tables at their knots, [tables, segments + 1].
    """

    def __init__(
        self, spec: CnnSpec, n_tx: int, n_rx: int, initial: Mapping[str, Tensor], factory: LayerFactory
    ) -> None:
        layers = cnn_layers(spec, n_tx, n_rx)
        weights: dict[str, nn.Module] = {}
        for layer in layers:
            match layer:
                case ConvLayer():
                    weights[layer.name] = factory.weight(layer.name, initial[layer.name])
                    if layer.bias_name in initial:
                        weights[layer.bias_name] = factory.weight(layer.bias_name, initial[layer.bias_name])
                case TableLayer():
                    spacing = 2.0**layer.spacing_log2
                    table = factory.piecewise(layer.name, initial[layer.name], EntryTables(spacing), spacing)
                    weights[layer.name] = table.requires_grad_(layer.trained)
                case _:
                    assert_never(layer)
        super().__init__(weights, {name: factory.activation(name) for name in activation_names(layers)})
        self.layers = layers
        self.slope = 2.0**-spec.leaky_log2

    def forward(self, x: Tensor, trace: dict[str, Tensor] | None = None) -> Tensor:
        """See `Canceller.forward`."""
        value = self.activate("x", x, trace)
        for layer in self.layers:
            match layer:
                case ConvLayer():
                    value = self._convolution(layer, value)
                case TableLayer():
                    value = interpolate(value, self.weights[layer.name](), layer)
                    value = rectify(value, 0.0) if layer.trained else value
                case _:
                    assert_never(layer)
            value = self.activate(layer.output, value, trace)
        return value

    def _convolution(self, layer: ConvLayer, x: Tensor) -> Tensor:
        bias = self.weights[layer.bias_name]() if layer.bias_name in self.weights else None
        y = self.behind(layer, convolve(x, self.weights[layer.name](), bias, layer.groups, layer.dilation))
        return rectify(y, self.slope) if layer.leaky else y

    def behind(self, layer: ConvLayer, y: Tensor) -> Tensor:
        """Return `y` as it leaves the convolution `layer`: here unchanged, norms being folded."""
        del layer
        return y


@dataclass(frozen=True)
class CnnKind(NetworkKind):
    """Sizes of the network of `spec`."""

    spec: CnnSpec

    def weight_shapes(self, n_tx: int, n_rx: int) -> dict[str, tuple[int, ...]]:
        """See `NetworkKind.weight_shapes`: as the network is deployed, norms folded into taps and biases."""
        return weight_shapes(cnn_layers(self.spec, n_tx, n_rx))

    def constants(self) -> tuple[str, ...]:
        """See `NetworkKind.constants`: norms have no parameters of their own, and sigmoids are fixed."""
        return constants(cnn_layers(self.spec, 1, 1))

    def antennas(self, shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, int]:
        """See `NetworkKind.antennas`."""
        layers = cnn_layers(self.spec, 1, 1)
        first, last = shapes[layers[0].name], shapes[layers[-1].name]
        return first[0 if self.spec.separable else 1] // 2, last[0] // 2

    def latency(self) -> int:
        """See `NetworkKind.latency`: half the memory."""
        return memory(self.spec) // 2

    def warmup(self) -> int:
        """See `NetworkKind.warmup`."""
        return memory(self.spec)

    def knot_spacing(self) -> float:
        """See `NetworkKind.knot_spacing`."""
        return float(2.0 ** table_range(self.spec)[1])

    def ranges(self, spacing: float) -> dict[str, ActivationRange]:
        """See `NetworkKind.ranges`: the argument of a table has the table's range, and saturates at its ends."""
        del spacing
        end = 2.0 ** table_range(self.spec)[0]
        layers = cnn_layers(self.spec, 1, 1)
        return {layer.source: ActivationRange(end=end) for layer in layers if isinstance(layer, TableLayer)}

    def build(self, initial: dict[str, Tensor], spacing: float, factory: LayerFactory) -> Cnn:
        """See `NetworkKind.build`."""
        del spacing  # follows from the range of the tables
        n_tx, n_rx = self.antennas({name: tuple(value.shape) for name, value in initial.items()})
        return Cnn(self.spec, n_tx, n_rx, initial, factory)
