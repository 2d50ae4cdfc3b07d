"""Calibration of a CNN canceller: number formats from its weights and what it does on training samples.

As `pimdeploy.quantization.calibration` does it for the other families: activations start at the largest value seen plus
headroom, and give up range for resolution where the residual in the receive band says so; the arguments of tables have the
tables' range. Weights take the finest grid on which they fit their word length and every proven accumulator fits
`datapath.acc_bits`; a bias stands on its accumulator's grid.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.cnn_plan import ConvLayer, Layer, TableLayer, activation_names, cnn_layers, table_range
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.lowering import Weights, lower
from pimdeploy.datapath.nodes import Rectify, Requantize
from pimdeploy.errors import OverflowRefusedError, RecipeError
from pimdeploy.network_spec import CnnSpec
from pimdeploy.networks.build import antennas, build_network
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.progress import StepProgress
from pimdeploy.quantization.calibration import LEAST_WEIGHT_BITS
from pimdeploy.quantization.network import tensors
from pimdeploy.recipe import Recipe

BIAS_BITS = 48
"""Width within which biases lie: they have their accumulator's grid and no word length of their own."""
MOST_RANGE_GIVEN_UP = 2
"""Bits of range that an activation may give up for resolution."""

Loss = Callable[[dict[str, NDArray[np.float64]], FormatMap], float]
"""The loss of the integer datapath of weights and formats, on a few training samples."""


@dataclass(frozen=True)
class _Calibration:
    recipe: Recipe
    weights: Weights
    layers: tuple[Layer, ...]

    @property
    def spec(self) -> CnnSpec:
        assert isinstance(self.recipe.network, CnnSpec)
        return self.recipe.network

    def activation_bits(self, name: str) -> int:
        spec = self.recipe.quantization
        if name == "x":
            return spec.input_bits
        return spec.output_bits or spec.activation_bits if name == "z" else spec.activation_bits

    def activations(self, peaks: dict[str, float]) -> dict[str, QFormat]:
        """Return the formats that hold the `peaks` with headroom; x and the arguments of tables have their own."""
        formats = {
            name: self._covering(peaks[name], self.activation_bits(name)) for name in activation_names(self.layers)
        }
        formats["x"] = QFormat(True, self.activation_bits("x"), self.activation_bits("x") - 1)
        for layer in self.layers:
            if isinstance(layer, TableLayer):
                bits = self.activation_bits(layer.source)
                _check_segments(layer, bits)
                formats[layer.source] = QFormat(True, bits, bits - 1 - layer.range_log2)
        return formats

    def _covering(self, peak: float, bits: int) -> QFormat:
        room = max(peak, 1e-9) * 10 ** (self.recipe.quantization.headroom_db / 20)
        return QFormat(True, bits, bits - 1 - math.ceil(math.log2(room)))

    def free(self) -> list[str]:
        """Return the activations whose range is not given."""
        given = {"x", *(layer.source for layer in self.layers if isinstance(layer, TableLayer))}
        return [name for name in activation_names(self.layers) if name not in given]

    def fit(self, activations: dict[str, QFormat]) -> FormatMap:
        """Return `activations` with the finest weights under which every accumulator fits."""
        finest = {layer.name: self._finest(layer) for layer in self.layers}
        taps = dict(finest)
        for _ in range(4 * len(taps)):
            formats = self._with_biases(taps, activations)
            missing = self._missing_bits(formats)
            if not missing:
                return formats
            node, excess = next(iter(missing.items()))
            coarser = replace(taps[node], frac=taps[node].frac - excess)
            if coarser.frac < finest[node].frac - (self.recipe.quantization.weight_bits - LEAST_WEIGHT_BITS):
                break  # too few bits would be left: a network of zeros fits every accumulator
            taps[node] = coarser
        raise OverflowRefusedError(
            f"node {node!r}: its accumulator needs {excess} bits more than the {self.recipe.datapath.acc_bits} of "
            f"datapath.acc_bits; raise acc_bits or give the activations fewer bits"
        )

    def _finest(self, layer: Layer) -> QFormat:
        bits = self.recipe.quantization.weight_bits
        most = (1 << (bits - 1)) - 1
        peak, margin = float(np.abs(self.weights[layer.name]).max()), 0
        if isinstance(layer, TableLayer):
            # Slopes, and their differences: what the basis form multiplies by. Those of rounded entries may be 2 LSB off.
            slopes = np.diff(self.weights[layer.name], axis=1) / 2.0**layer.spacing_log2
            peak, margin = float(max(np.abs(slopes).max(), np.abs(np.diff(slopes, axis=1)).max())), 2
        frac = bits + 30
        while np.rint(max(peak, 2.0**-30) * 2.0**frac) + margin > most:
            frac -= 1
        return QFormat(True, bits, frac)

    def _with_biases(self, taps: dict[str, QFormat], activations: dict[str, QFormat]) -> FormatMap:
        weights: dict[str, QFormat] = {}
        for layer in self.layers:
            weights[layer.name] = taps[layer.name]
            if isinstance(layer, ConvLayer) and layer.bias:
                frac = activations[layer.source].frac + taps[layer.name].frac
                weights[layer.bias_name] = QFormat(True, BIAS_BITS, frac)
        spec = self.recipe.quantization
        return FormatMap(
            weights, activations, Rounding(spec.rounding), Overflow(spec.overflow), table_range(self.spec)[1]
        )

    def _missing_bits(self, formats: FormatMap) -> dict[str, int]:
        """Return the nodes with weights whose accumulator, or that of what follows them, exceeds `acc_bits`."""
        graph, _ = lower(self.spec, self.weights, formats, self.recipe.name, 0)
        to_blame: dict[str, str] = {}
        needed: dict[str, int] = {}
        for node, bound in zip(graph.nodes, propagate(graph).values(), strict=True):
            follows = isinstance(node, Rectify | Requantize)
            to_blame[node.name] = to_blame[node.source] if follows else node.name  # type: ignore[union-attr]
            blamed = to_blame[node.name]
            needed[blamed] = max(needed.get(blamed, 0), bound.acc_bits, bound.basis_acc_bits or 0)
        acc_bits = self.recipe.datapath.acc_bits
        return {name: bits - acc_bits for name, bits in needed.items() if bits > acc_bits and name in formats.weights}


def _check_segments(layer: TableLayer, bits: int) -> None:
    needed = round(layer.range_log2 + 1 - layer.spacing_log2)
    if bits < needed:
        raise RecipeError(
            f"quantization.activation_bits = {bits}: the table {layer.name!r} has 2^{needed} segments; expected at least "
            f"{needed} bits, or fewer segments"
        )


def calibrate_cnn(
    recipe: Recipe, weights: Weights, x: Tensor, loss: Loss, progress: StepProgress | None = None
) -> FormatMap:
    """Return the formats of every weight and activation of the trained network with real-valued `weights`.

    x: [1, 2 T, n_samples], training samples. Raises `OverflowRefusedError` where `acc_bits` cannot be met even by weights
    of 3 bits, `RecipeError` where an activation has fewer values than its table has segments.
    """
    assert isinstance(recipe.network, CnnSpec)
    shapes = {name: value.shape for name, value in weights.items()}
    calibration = _Calibration(recipe, weights, cnn_layers(recipe.network, *antennas(recipe.network, shapes)))
    trace: dict[str, Tensor] = {}
    with torch.no_grad():
        build_network(recipe.network, FloatFactory(), tensors(recipe.network, weights))(x.double(), trace)
    formats = calibration.fit(calibration.activations({name: float(v.abs().max()) for name, v in trace.items()}))
    return _give_up_range(calibration, formats, loss, progress)


def _give_up_range(
    calibration: _Calibration, formats: FormatMap, loss: Loss, progress: StepProgress | None
) -> FormatMap:
    """Trade range for resolution, an activation and a bit at a time, as long as the residual falls."""
    names = calibration.free()
    best = loss(on_grid(calibration.weights, formats, calibration.layers), formats)
    for done, name in enumerate(names):
        if progress:
            progress(done, len(names), f"calibrating {name}")
        for _ in range(MOST_RANGE_GIVEN_UP):
            fmt = formats.activations[name]
            try:
                tried = calibration.fit(formats.activations | {name: replace(fmt, frac=fmt.frac + 1)})
            except OverflowRefusedError:
                break
            now = loss(on_grid(calibration.weights, tried, calibration.layers), tried)
            if now >= best:
                break
            formats, best = tried, now
    if progress:
        progress(len(names), len(names), "calibrated")
    return formats


def on_grid(weights: Weights, formats: FormatMap, layers: tuple[Layer, ...]) -> dict[str, NDArray[np.float64]]:
    """Return `weights` with the entries of tables on their grid: slopes are then exact differences of rounded entries.

    The grid is that of a slope times the distance of two knots. Rounded slopes would add up their errors instead.
    """
    rounded = {name: np.array(value, dtype=np.float64) for name, value in weights.items()}
    for layer in layers:
        if isinstance(layer, TableLayer):
            lsb = formats.weights[layer.name].lsb * 2.0**layer.spacing_log2
            rounded[layer.name] = np.rint(rounded[layer.name] / lsb) * lsb
    return rounded
