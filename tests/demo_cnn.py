"""Small CNN cancellers with seeded random weights, as the BFANs of `demo_models`."""

import numpy as np

from pimdeploy.datapath.cnn_plan import (
    ConvLayer,
    TableLayer,
    activation_names,
    cnn_layers,
    sigmoid,
    table_range,
    weight_shapes,
)
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.network_spec import CnnSpec

STATIC = CnnSpec(leaky_log2=1)
"""25,632 parameters for 32 transmitters and 16 receivers."""
LIGHTWEIGHT = CnnSpec(
    front=(48, 48), back=(48,), separable=True, kernel="dense", dense=(16, 48), dilations=(1, 2, 2, 1), leaky_log2=1
)
"""11,856 parameters for 32 transmitters and 16 receivers."""
SMALL = {
    "lut": CnnSpec(front=(4,), back=(6,), kernel_taps=3, dilations=(1, 2, 1), lut_entries=8),
    "lut a channel": CnnSpec(
        front=(4, 6), back=(), kernel_taps=3, dilations=(1, 1, 2), lut_entries=8, lut_shared=False
    ),
    "separable dense": CnnSpec(
        front=(6,), back=(4,), kernel_taps=3, dilations=(2, 1, 3), separable=True, kernel="dense", dense=(3, 5),
        sigmoid_segments=16, leaky_log2=1,
    ),
    "no norms": CnnSpec(
        front=(4,), back=(4,), kernel_taps=2, dilations=(1, 1, 1), normalize=False, kernel="dense", dense=(4, 4, 4),
        sigmoid_segments=16,
    ),
}  # fmt: skip
"""One of each kind, for any antennas."""


def cnn_weights(spec: CnnSpec, n_tx: int = 1, n_rx: int = 1, seed: int = 1) -> dict[str, np.ndarray]:
    """Random weights of the deployed network, with which every requantizer saturates now and then."""
    rng = np.random.default_rng(seed)
    layers = cnn_layers(spec, n_tx, n_rx)
    weights = {name: rng.normal(size=shape) * 0.3 for name, shape in weight_shapes(layers).items()}
    for layer in layers:
        match layer:
            case ConvLayer():
                weights[layer.name] *= 4.0 / np.sqrt(np.prod(layer.shape[1:]))
            case TableLayer():
                curve = layer.knots + 0.15 * rng.normal(size=(layer.tables, layer.segments + 1))
                weights[layer.name] = curve if layer.trained else sigmoid(layer)
    return weights


def cnn_formats(
    spec: CnnSpec,
    weight_bits: int = 16,
    activation_bits: int = 16,
    rounding: Rounding = Rounding.HALF_UP,
    overflow: Overflow = Overflow.SATURATE,
) -> FormatMap:
    """Formats for `cnn_weights`; biases stand on their accumulators' grids, arguments of tables span them."""
    layers = cnn_layers(spec, 1, 1)
    activations = {name: QFormat(True, activation_bits, activation_bits - 2) for name in activation_names(layers)}
    activations["x"] = QFormat(True, 16, 15)
    for layer in layers:
        if isinstance(layer, TableLayer):
            activations[layer.source] = QFormat(True, activation_bits, activation_bits - 1 - layer.range_log2)
    weights = {}
    for layer in layers:
        taps = weights[layer.name] = QFormat(True, weight_bits, weight_bits - 4)
        if isinstance(layer, ConvLayer) and layer.bias:
            weights[layer.bias_name] = QFormat(True, 48, activations[layer.source].frac + taps.frac)
    return FormatMap(weights, activations, rounding, overflow, table_range(spec)[1])
