"""The zoo's models with their trained weights, at any word length: one of each family, for the tests of the ONNX files."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from pimdeploy.bundle import load_weights
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.model import Model
from pimdeploy.recipe import parse_recipe

MODELS = Path(__file__).parents[1] / "models"
FAMILIES = {
    "odd": "odd_bfan_siso",
    "even": "even_bfan_siso",
    "plain": "plain_bfan_siso",
    "mimo": "odd_bfan_mimo",
    "whlut": "whlut_siso",
    "polynomial": "memory_polynomial_siso",
    "cnn": "cnn_lightweight",
}


def at_word_length(
    formats: FormatMap, weight_bits: int, activation_bits: int, rounding: Rounding, overflow: Overflow
) -> FormatMap:
    """The same ranges in other words; biases stand on the grids of their accumulators."""

    def within(fmt: QFormat, bits: int) -> QFormat:
        return QFormat(fmt.signed, bits, fmt.frac - fmt.bits + bits)

    coarser = 32 - weight_bits - activation_bits
    weights = {
        name: replace(fmt, frac=fmt.frac - coarser) if name.endswith("_bias") else within(fmt, weight_bits)
        for name, fmt in formats.weights.items()
    }
    activations = {
        name: fmt if name == "x" else within(fmt, activation_bits) for name, fmt in formats.activations.items()
    }
    return replace(formats, weights=weights, activations=activations, rounding=rounding, overflow=overflow)


@cache
def zoo_model(
    family: str,
    weight_bits: int = 16,
    activation_bits: int = 16,
    rounding: Rounding = Rounding.HALF_UP,
    overflow: Overflow = Overflow.SATURATE,
) -> Model:
    folder = MODELS / FAMILIES[family]
    recipe = parse_recipe((folder / "recipe.toml").read_text(), "recipe")
    weights = load_weights((folder / "weights.safetensors").read_bytes(), "weights")
    formats = FormatMap.from_json((folder / "formats.json").read_text(), "formats")
    formats = at_word_length(formats, weight_bits, activation_bits, rounding, overflow)
    graph, real_tables = lower(recipe.network, weights, formats, recipe.name, 7)
    return Model(graph, real_tables, 491.52e6, np.ones(1, dtype=np.complex128))
