"""The layers of the CNN cancellers (papers/000, section 2.3) by name and size: data that network and lowering share.

A convolution `c1` gives the activation `a1`; a depthwise-separable one is two, `c1d` giving `a1d` and `c1p` giving `a1`.
Fully connected layers are convolutions of one tap, `fc1` giving `s1`, whose sigmoid `g1` gives `h1`; the look-up table
`lut` gives `h`. The last convolution gives `z`. Weights have the names of their layers, biases with `_bias` behind.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.network_spec import CnnSpec


@dataclass(frozen=True)
class ConvLayer:
    """y[o, n] = sum over i, k of taps[o, i, k] x[i, n - dilation k] + bias[o], then LeakyReLU, then the requantizer `output`.

    taps: [channels_out, channels_in / groups, n_taps]. A layer with `normalized` is trained with a batch norm and no
    bias; the folded one has a bias.
    """

    name: str
    source: str
    output: str
    channels_in: int
    channels_out: int
    n_taps: int = 1
    groups: int = 1
    dilation: int = 1
    bias: bool = False
    normalized: bool = False
    leaky: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the taps."""
        return self.channels_out, self.channels_in // self.groups, self.n_taps

    @property
    def bias_name(self) -> str:
        """Name of the weight that holds the biases."""
        return f"{self.name}_bias"


@dataclass(frozen=True)
class TableLayer:
    """A piecewise-linear function of each channel over [-2^range_log2, 2^range_log2), then the requantizer `output`.

    A look-up table (`trained`) has `segments` + 1 entries at its knots and is followed by a ReLU; the last entry lies one
    segment below the end of the range, and the last segment goes on. The fixed one is the sigmoid. Channel c of C uses
    function c * tables // C.
    """

    name: str
    source: str
    output: str
    channels: int
    segments: int
    range_log2: int
    tables: int = 1
    trained: bool = False

    @property
    def spacing_log2(self) -> int:
        """Binary logarithm of the distance of two knots."""
        return self.range_log2 + 1 - math.ceil(math.log2(self.segments))

    @property
    def knots(self) -> NDArray[np.float64]:
        """The knots, and the end of the last segment; [segments + 1], from -2^range_log2 on."""
        numbers = np.arange(self.segments + 1, dtype=np.float64)
        return np.asarray(numbers * 2.0**self.spacing_log2 - 2.0**self.range_log2, dtype=np.float64)


Layer = ConvLayer | TableLayer


def cnn_layers(spec: CnnSpec, n_tx: int, n_rx: int) -> tuple[Layer, ...]:
    """Return the layers of `spec` for `n_tx` transmitters and `n_rx` receivers, in order; the first reads `x`."""
    plan = _Plan(spec)
    width = plan.block("x", 2 * n_tx, spec.front)
    width = plan.table(width) if spec.kernel == "lut" else plan.dense(width)
    plan.block(plan.layers[-1].output, width, (*spec.back, 2 * n_rx))
    return tuple(plan.layers)


class _Plan:
    def __init__(self, spec: CnnSpec) -> None:
        self.spec = spec
        self.layers: list[Layer] = []
        self.convolutions = 0

    def block(self, source: str, width: int, sizes: tuple[int, ...]) -> int:
        for size in sizes:
            source = self._convolution(source, width, size)
            width = size
        return width

    def _convolution(self, source: str, width: int, size: int) -> str:
        spec, number = self.spec, self.convolutions + 1
        self.convolutions = number
        last = number == len(spec.front) + len(spec.back) + 1
        output, dilation = "z" if last else f"a{number}", spec.dilations[number - 1]
        behind = {"bias": spec.normalize and not last, "normalized": spec.normalize and not last, "leaky": not last}
        if not spec.separable:
            name = f"c{number}"
            self.layers.append(ConvLayer(name, source, output, width, size, spec.kernel_taps, 1, dilation, **behind))
            return output
        inner = f"a{number}d"
        self.layers.append(
            ConvLayer(f"c{number}d", source, inner, width, width, spec.kernel_taps, width, dilation, leaky=True)
        )
        self.layers.append(ConvLayer(f"c{number}p", inner, output, width, size, **behind))
        return output

    def table(self, width: int) -> int:
        spec, source = self.spec, self.layers[-1].output
        tables = 1 if spec.lut_shared else width
        self.layers.append(
            TableLayer("lut", source, "h", width, spec.lut_entries - 1, spec.lut_range_log2, tables, True)
        )
        return width

    def dense(self, width: int) -> int:
        spec = self.spec
        for number, size in enumerate(spec.dense, 1):
            source = self.layers[-1].output
            self.layers.append(ConvLayer(f"fc{number}", source, f"s{number}", width, size, bias=True))
            self.layers.append(
                TableLayer(
                    f"g{number}", f"s{number}", f"h{number}", size, spec.sigmoid_segments, spec.sigmoid_range_log2
                )
            )
            width = size
        return width


def activation_names(layers: tuple[Layer, ...]) -> tuple[str, ...]:
    """Return the named activations in the order in which they are computed."""
    return ("x", *(layer.output for layer in layers))


def weight_shapes(layers: tuple[Layer, ...]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights of the network as it is deployed, norms folded, by name in order."""
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in layers:
        match layer:
            case ConvLayer():
                shapes[layer.name] = layer.shape
                if layer.bias:
                    shapes[layer.bias_name] = (layer.channels_out,)
            case TableLayer():
                shapes[layer.name] = (layer.tables, layer.segments + 1)
    return shapes


def constants(layers: tuple[Layer, ...]) -> tuple[str, ...]:
    """Return the weights that are no parameters: the entries of sigmoids, and the biases that come of norms."""
    biases = (layer.bias_name for layer in layers if isinstance(layer, ConvLayer) and layer.normalized)
    sigmoids = (layer.name for layer in layers if isinstance(layer, TableLayer) and not layer.trained)
    return (*biases, *sigmoids)


def memory(spec: CnnSpec) -> int:
    """Return the past samples of x that an output depends on."""
    return (spec.kernel_taps - 1) * sum(spec.dilations)


def table_range(spec: CnnSpec) -> tuple[int, int]:
    """Return the binary logarithms of the range of the network's tables and of the distance of their knots."""
    is_lut = spec.kernel == "lut"
    size, range_log2 = (
        (spec.lut_entries, spec.lut_range_log2) if is_lut else (spec.sigmoid_segments, spec.sigmoid_range_log2)
    )
    return range_log2, range_log2 + 1 - (size.bit_length() - 1)


def sigmoid(layer: TableLayer) -> NDArray[np.float64]:
    """Return the values of the sigmoid at the knots of `layer`, [1, segments + 1]."""
    return np.asarray(1.0 / (1.0 + np.exp(-layer.knots)), dtype=np.float64)[np.newaxis]
