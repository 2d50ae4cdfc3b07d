"""Calibration: number formats for a trained network, from its weights and what it does on training samples.

Activations start at the largest value seen plus headroom and then give up range for resolution where the residual in
the receive band says so. Weights take the finest grid on which they fit their word length and every proven
accumulator, partial sums included, fits `datapath.acc_bits`.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.lowering import Weights, lower
from pimdeploy.datapath.nodes import Requantize
from pimdeploy.errors import OverflowRefusedError
from pimdeploy.networks.build import build_network, kind_of
from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.kind import ActivationRange
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
    network = build_network(recipe.network, FloatFactory(), tensors(recipe.network, weights), 2.0**grids.knot_log2)
    network = network.to(residual.device)
    ranges = kind_of(recipe.network).ranges(2.0**grids.knot_log2)
    peaks = activation_peaks(network, residual)
    activations = {name: _covering(peak, grids, name, ranges.get(name)) for name, peak in peaks.items()}
    start = {name: _finest(module, grids.spec.weight_bits) for name, module in network.weights.items()}
    formats = _fitting(recipe, weights, start, activations, grids)
    fixed = {"x", *(name for name, given in ranges.items() if given.end is not None)}
    return _give_up_range(recipe, weights, start, grids, formats, residual, fixed, progress)


def activation_peaks(network: Canceller, residual: Residual) -> dict[str, float]:
    """Return the largest |value| of every named activation over the residual's samples, on whose device `network` is."""
    trace: dict[str, torch.Tensor] = {}
    with torch.no_grad():
        network(residual.x, trace)
    return {name: float(value.abs().max()) for name, value in trace.items()}


def _covering(peak: float, grids: Grids, name: str, given: ActivationRange | None) -> QFormat:
    bits = grids.activation_bits(name)
    signed = given is None or given.signed
    if name == "x":
        return QFormat(True, bits, bits - 1)  # the capture's own grid: full scale is 1
    if given is not None and given.end is not None:
        return QFormat(signed, bits, bits - int(signed) - round(math.log2(given.end)))
    room = max(peak, 1e-9) * 10 ** (grids.spec.headroom_db / 20)
    return QFormat(signed, bits, bits - int(signed) - math.ceil(math.log2(room)))


def _fitting(
    recipe: Recipe, weights: Weights, start: dict[str, QFormat], activations: dict[str, QFormat], grids: Grids
) -> FormatMap:
    """Coarsen the weights' formats, from those that fit the word length on, until every accumulator fits."""
    bits = grids.spec.weight_bits
    formats = FormatMap(
        start, activations, Rounding(grids.spec.rounding), Overflow(grids.spec.overflow), grids.knot_log2
    )
    for _ in range(4 * len(start)):
        missing = _missing_bits(recipe, weights, formats, grids.acc_bits)
        if not missing:
            return formats
        node, excess = next(iter(missing.items()))
        fmt = formats.weights.get(node)
        if fmt is None or fmt.frac - excess < start[node].frac - (bits - LEAST_WEIGHT_BITS):
            break  # no weights, or too few bits would be left: a network of zeros fits every accumulator
        formats = replace(formats, weights=formats.weights | {node: replace(fmt, frac=fmt.frac - excess)})
    raise OverflowRefusedError(
        f"node {node!r}: its accumulator needs {excess} bits more than the {grids.acc_bits} of datapath.acc_bits; "
        f"raise acc_bits or give the activations fewer bits"
    )


def _finest(module: nn.Module, bits: int) -> QFormat:
    """Return the finest grid on which a weight fits the narrow range; of a piecewise function, slopes and their steps."""
    value = module()
    is_piecewise = isinstance(value, tuple)
    slopes = (value[0] if is_piecewise else value).detach()
    steps = [torch.diff(slopes, dim=1, prepend=torch.zeros_like(slopes[:, :1]))] if is_piecewise else []
    peak = max(2.0**-30, *(float(part.abs().max()) for part in (slopes, *steps)))
    most = (1 << (bits - 1)) - 1
    frac = bits + 30
    while np.rint(peak * 2.0**frac) > most:
        frac -= 1
    # Differences of rounded slopes may exceed the rounded weight by one.
    return QFormat(True, bits, frac - 1 if is_piecewise and np.rint(peak * 2.0**frac) + 1 > most else frac)


def _missing_bits(recipe: Recipe, weights: Weights, formats: FormatMap, acc_bits: int) -> dict[str, int]:
    """Return the nodes whose accumulator, or whose requantizer's, exceeds `acc_bits`, and by how much."""
    graph, _ = lower(recipe.network, weights, formats, recipe.name, 0, recipe.datapath.products)
    needed: dict[str, int] = {}
    for node, bound in zip(graph.nodes, propagate(graph).values(), strict=True):
        to_blame = node.source if isinstance(node, Requantize) else node.name
        needed[to_blame] = max(needed.get(to_blame, 0), bound.acc_bits, bound.basis_acc_bits or 0)
    return {name: bits - acc_bits for name, bits in needed.items() if bits > acc_bits}


def _give_up_range(
    recipe: Recipe,
    weights: Weights,
    start: dict[str, QFormat],
    grids: Grids,
    formats: FormatMap,
    residual: Residual,
    fixed: set[str],
    progress: StepProgress | None,
) -> FormatMap:
    """Trade range for resolution, an activation and a bit at a time, as long as the residual falls."""
    names = [name for name in formats.activations if name not in fixed]
    best = _loss(recipe, weights, formats, residual)
    for done, name in enumerate(names):
        if progress:
            progress(done, len(names), f"calibrating {name}")
        for _ in range(MOST_RANGE_GIVEN_UP):
            fmt = formats.activations[name]
            tried = formats.activations | {name: replace(fmt, frac=fmt.frac + 1)}
            try:
                candidate = _fitting(recipe, weights, start, tried, grids)
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
    network = quantized_network(recipe.network, weights, formats, residual.device)
    with torch.no_grad():
        return float(residual.loss(network(residual.x)))
