"""Lowering of the CNN cancellers (papers/000, section 2.3): accumulate, rectify, requantize, layer by layer."""

from typing import assert_never

import numpy as np

from pimdeploy.datapath.cnn_plan import ConvLayer, TableLayer, activation_names, cnn_layers, weight_shapes
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.lowering_parts import GraphParts, Weights, require, require_all
from pimdeploy.datapath.model import RealTables
from pimdeploy.datapath.nodes import Rectify, Symmetry
from pimdeploy.errors import GraphError
from pimdeploy.network_spec import CnnSpec


def lower_cnn(
    spec: CnnSpec, weights: Weights, formats: FormatMap, name: str, delay_samples: int
) -> tuple[Graph, RealTables]:
    """Return the network as a checked graph, with its real tables.

    weights: those of `cnn_plan.weight_shapes`, norms folded into taps and biases. A convolution `c1` is followed by its
    rectifier `c1_leaky`, on the accumulator's grid, and then the requantizer `a1`: one rounding a layer, and every product
    is a weight times a requantized activation. A look-up table is followed by `lut_relu` and `h`, a sigmoid `g1` by `h1`.
    Raises `GraphError` where a weight or a format is missing, of another shape or grid, or the graph breaks a rule.
    """
    n_tx, n_rx = _antennas(spec, weights)
    layers = cnn_layers(spec, n_tx, n_rx)
    shapes = weight_shapes(layers)
    require_all(tuple(shapes), activation_names(layers), weights, formats)
    for key, shape in shapes.items():
        if weights[key].shape != shape:
            raise GraphError(f"weight {key!r}: shape {list(weights[key].shape)}; expected {list(shape)}")
    parts = GraphParts(formats)
    parts.input("x", 2 * n_tx)
    for layer in layers:
        match layer:
            case ConvLayer():
                last = _convolution(parts, layer, weights, spec.leaky_log2)
            case TableLayer():
                last = _table(parts, layer, weights)
            case _:
                assert_never(layer)
        parts.requantize(layer.output, last)
    return parts.finish(name, delay_samples)


def _antennas(spec: CnnSpec, weights: Weights) -> tuple[int, int]:
    layers = cnn_layers(spec, 1, 1)
    first, last = layers[0].name, layers[-1].name
    require((first, last), weights, "weight")
    return weights[first].shape[0 if spec.separable else 1] // 2, weights[last].shape[0] // 2


def _convolution(parts: GraphParts, layer: ConvLayer, weights: Weights, leaky_log2: int) -> str:
    bias = weights[layer.bias_name] if layer.bias else None
    if bias is not None:
        _check_bias_grid(parts.formats, layer)
    node = parts.convolution(
        layer.name, layer.source, weights[layer.name], groups=layer.groups, dilation=layer.dilation, bias=bias
    )
    return parts.add(Rectify(f"{layer.name}_leaky", node, leaky_log2)) if layer.leaky else node


def _check_bias_grid(formats: FormatMap, layer: ConvLayer) -> None:
    """Raise where the format of the biases, which the network's quantizer has, is not the accumulator's grid."""
    grid = formats.activations[layer.source].frac + formats.weights[layer.name].frac
    if formats.weights[layer.bias_name].frac != grid:
        raise GraphError(
            f"weight {layer.bias_name!r}: format {formats.weights[layer.bias_name]}; its accumulator has "
            f"{grid} fraction bits; calibrate again"
        )


def _table(parts: GraphParts, layer: TableLayer, weights: Weights) -> str:
    fmt = parts.formats.activations[layer.source]
    if fmt.bits - 1 - fmt.frac != layer.range_log2 or parts.formats.knot_log2 != layer.spacing_log2:
        raise GraphError(
            f"activation {layer.source!r}: format {fmt} on knots {2.0**parts.formats.knot_log2} apart does not span the "
            f"{2.0**layer.range_log2} to either side of the table {layer.name!r}; calibrate again"
        )
    entries = weights[layer.name]
    slopes = np.diff(entries, axis=1) / 2.0**layer.spacing_log2
    segment_log2 = fmt.frac + layer.spacing_log2
    node = parts.piecewise(layer.name, layer.source, slopes, segment_log2, Symmetry.PLAIN, entries[:, 0])
    return parts.add(Rectify(f"{layer.name}_relu", node)) if layer.trained else node
