"""Calibration: number formats for a trained network, from its weights and what it does on training samples.

Activations start at the largest value seen plus headroom and then give up range for resolution where the residual in
the receive band says so. Weights take the finest grid on which they fit their word length and every proven
accumulator, partial sums included, fits `datapath.acc_bits`.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.lowering import Weights, lower
from pimdeploy.datapath.nodes import Convolution, Piecewise, Requantize
from pimdeploy.errors import OverflowRefusedError
from pimdeploy.networks.bfan import OddBfan
from pimdeploy.networks.build import build_network
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.progress import StepProgress
from pimdeploy.quantization.network import quantized_network, tensors
from pimdeploy.quantization.residual import Residual
from pimdeploy.recipe import QuantizationSpec, Recipe

MOST_RANGE_GIVEN_UP = 3
"""Bits of range that an activation may give up for resolution: beyond, saturation dominates in every case seen."""


LEAST_WEIGHT_BITS = 3
"""Bits of a weight's word length that must be left when its grid has been coarsened to fit an accumulator."""


@dataclass(frozen=True)
class Grids:
    """How wide everything is; the recipe's [quantization] and [datapath] with a sweep's word lengths put in."""

    spec: QuantizationSpec
    acc_bits: int
    knot_log2: int

    def activation_bits(self, name: str) -> int:
        """Return the word length of the activation `name`."""
        if name == "x":
            return self.spec.input_bits
        return self.spec.output_bits or self.spec.activation_bits if name == "z" else self.spec.activation_bits


def grids_of(recipe: Recipe, knot_spacing: float) -> Grids:
    """Return the widths that `recipe` asks for."""
    return Grids(recipe.quantization, recipe.datapath.acc_bits, round(math.log2(knot_spacing)))


def calibrate(
    recipe: Recipe, weights: Weights, grids: Grids, residual: Residual, progress: StepProgress | None = None
) -> FormatMap:
    """Return the formats of every weight and activation of the trained network.

    weights: real-valued, by name. residual: training samples and what is left of them after cancellation. Raises
    `OverflowRefusedError` where `acc_bits` cannot be met even by weights of 3 bits.
    """
    network = build_network(recipe.network, FloatFactory(), tensors(weights), 2.0**grids.knot_log2)
    peaks = activation_peaks(network, residual)
    activations = {name: _covering(peak, grids, name) for name, peak in peaks.items()}
    formats = _with_weights(recipe, weights, activations, grids)
    return _give_up_range(recipe, weights, grids, formats, residual, progress)


def activation_peaks(network: OddBfan, residual: Residual) -> dict[str, float]:
    """Return the largest |value| of every named activation over the residual's samples."""
    trace: dict[str, torch.Tensor] = {}
    with torch.no_grad():
        network(residual.x, trace)
    return {name: float(value.abs().max()) for name, value in trace.items()}


def _covering(peak: float, grids: Grids, name: str) -> QFormat:
    bits = grids.activation_bits(name)
    if name == "x":
        return QFormat(True, bits, bits - 1)  # the capture's own grid: full scale is 1
    room = max(peak, 1e-9) * 10 ** (grids.spec.headroom_db / 20)
    return QFormat(True, bits, bits - 1 - math.ceil(math.log2(room)))


def _with_weights(recipe: Recipe, weights: Weights, activations: dict[str, QFormat], grids: Grids) -> FormatMap:
    """Give every weight the largest frac for which it, and then every accumulator, fits."""
    bits = grids.spec.weight_bits
    start = {name: QFormat(True, bits, _largest_frac(name, w, bits)) for name, w in weights.items()}
    formats = FormatMap(
        start, activations, Rounding(grids.spec.rounding), Overflow(grids.spec.overflow), grids.knot_log2
    )
    for _ in range(4 * len(weights)):
        missing = _missing_bits(recipe, weights, formats, grids.acc_bits)
        if not missing:
            return formats
        node, excess = next(iter(missing.items()))
        fmt = formats.weights[node]
        if fmt.frac - excess < start[node].frac - (bits - LEAST_WEIGHT_BITS):
            break  # too few bits would be left: a network of zeros fits every accumulator
        formats = replace(formats, weights=formats.weights | {node: replace(fmt, frac=fmt.frac - excess)})
    raise OverflowRefusedError(
        f"node {node!r}: its accumulator needs {excess} bits more than the {grids.acc_bits} of datapath.acc_bits; "
        f"raise acc_bits or give the activations fewer bits"
    )


def _largest_frac(name: str, weight: NDArray[np.float64], bits: int) -> int:
    """Return the largest frac for which `weight` fits the narrow range; of a piecewise function, slopes and weights."""
    values = np.concatenate([weight.ravel(), np.cumsum(weight)]) if name == "f" else weight.ravel()
    most = (1 << (bits - 1)) - 1
    frac = bits + 30
    peak = max(float(np.abs(values).max()), 2.0**-30)
    while np.rint(peak * 2.0**frac) > most:
        frac -= 1
    # Differences of rounded slopes may exceed the rounded weight by one.
    return frac - 1 if name == "f" and np.rint(peak * 2.0**frac) + 1 > most else frac


def _missing_bits(recipe: Recipe, weights: Weights, formats: FormatMap, acc_bits: int) -> dict[str, int]:
    """Return the nodes with weights whose accumulator, or whose requantizer's, exceeds `acc_bits`, and by how much."""
    graph, _ = lower(recipe.network.family, weights, formats, recipe.name, 0)
    bounds = propagate(graph)
    behind = {node.source: bounds[node.name] for node in graph.nodes if isinstance(node, Requantize)}
    missing = {}
    for node in graph.nodes:
        if isinstance(node, Convolution | Piecewise):
            own = bounds[node.name]
            needed = max(own.acc_bits, own.basis_acc_bits or 0, behind[node.name].acc_bits)
            if needed > acc_bits:
                missing[node.name] = needed - acc_bits
    return missing


def _give_up_range(
    recipe: Recipe,
    weights: Weights,
    grids: Grids,
    formats: FormatMap,
    residual: Residual,
    progress: StepProgress | None,
) -> FormatMap:
    """Trade range for resolution, an activation and a bit at a time, as long as the residual falls."""
    names = [name for name in formats.activations if name != "x"]
    best = _loss(recipe, weights, formats, residual)
    for done, name in enumerate(names):
        if progress:
            progress(done, len(names), f"calibrating {name}")
        for _ in range(MOST_RANGE_GIVEN_UP):
            fmt = formats.activations[name]
            tried = formats.activations | {name: replace(fmt, frac=fmt.frac + 1)}
            try:
                candidate = _with_weights(recipe, weights, tried, grids)
            except OverflowRefusedError:
                break
            loss = _loss(recipe, weights, candidate, residual)
            if loss >= best:
                break
            formats, best = candidate, loss
    if progress:
        progress(len(names), len(names), "calibrated")
    return formats


def _loss(recipe: Recipe, weights: Weights, formats: FormatMap, residual: Residual) -> float:
    network = quantized_network(recipe.network, weights, formats)
    with torch.no_grad():
        return float(residual.loss(network(residual.x)))
