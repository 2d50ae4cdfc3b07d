"""Parameter counts of every family, told from the lowered graph, against counts by hand."""

from typing import Any

import numpy as np
import pytest
from demo_models import demo_model, signed

from pimdeploy.cost.parameters import ParameterCounts, parameter_counts
from pimdeploy.datapath.cnn_plan import ConvLayer, TableLayer, activation_names, cnn_layers, table_range, weight_shapes
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.lowering_memory_polynomial import (
    memory_polynomial_activations,
    memory_polynomial_weights,
    terms,
    unsigned_activations,
)
from pimdeploy.datapath.lowering_whlut import WHLUT_ACTIVATIONS, WHLUT_WEIGHTS
from pimdeploy.network_spec import CnnSpec, MemoryPolynomialSpec, NetworkSpec, WhlutSpec

BITS = 12


def lowered(
    spec: NetworkSpec,
    shapes: dict[str, tuple[int, ...]],
    activations: dict[str, QFormat],
    weight_formats: dict[str, QFormat] | None = None,
    knot_log2: int = 0,
) -> Graph:
    """The graph of `spec` with small random weights, every one in the same format unless one is given."""
    rng = np.random.default_rng(1)
    weights = {name: rng.normal(size=shape) * 0.01 for name, shape in shapes.items()}
    formats = {name: signed(BITS, BITS - 1) for name in shapes} | (weight_formats or {})
    format_map = FormatMap(formats, activations, Rounding.HALF_UP, Overflow.SATURATE, knot_log2)
    return lower(spec, weights, format_map, "counted", 0)[0]


@pytest.mark.parametrize("M_N", [1, 2])
@pytest.mark.parametrize("functions", [1, 4, 8])
@pytest.mark.parametrize(("symmetry", "weights"), [("odd", 16), ("even", 16), ("plain", 17)])
@pytest.mark.parametrize(("T", "R"), [(1, 1), (8, 8)])
def test_counts_of_a_bfan(M_N: int, functions: int, symmetry: str, weights: int, T: int, R: int) -> None:
    fields: dict[str, Any] = {"M_N": M_N, "functions": functions, "symmetry": symmetry}
    made = parameter_counts(demo_model(n_tx=T, n_rx=R, **fields).graph)
    real_parts = 8 * 2 * T * (2 * M_N - 1) + functions * weights
    # K, Psi and G are complex: two reals, and one in the paper's count.
    complex_parts = 7 * T + 8 * R + 9 * R
    total = real_parts + 2 * complex_parts
    assert made == ParameterCounts(real=total, paper=real_parts + complex_parts, datapath=total)


def test_counts_of_the_reference_sizes() -> None:
    assert parameter_counts(demo_model().graph).to_json() == {"real": 80, "paper": 56, "datapath": 80}


@pytest.mark.parametrize(("B", "T", "R"), [(1, 1, 1), (2, 3, 4)])
def test_counts_of_a_wiener_hammerstein_lut(B: int, T: int, R: int) -> None:
    spec = WhlutSpec(branches=B, M_K=5, N=8, M_G=3)
    shapes = dict(zip(WHLUT_WEIGHTS, ((B, T, 2, 5), (B, 2, 9), (R, B, 2, 3)), strict=True))
    activations = {name: signed(BITS, BITS - 2) for name in WHLUT_ACTIVATIONS}
    activations["r"] = QFormat(False, BITS, BITS - 1)
    made = parameter_counts(lowered(spec, shapes, activations, knot_log2=-3))
    complex_parts = 5 * B * T + 9 * B + 3 * R * B
    assert made == ParameterCounts(real=2 * complex_parts, paper=complex_parts, datapath=2 * complex_parts)


@pytest.mark.parametrize("basis", ["orthogonal", "power"])
@pytest.mark.parametrize(("T", "R"), [(1, 1), (2, 3)])
def test_counts_of_a_memory_polynomial(basis: Any, T: int, R: int) -> None:
    spec = MemoryPolynomialSpec(orders=(0, 2, 4), M=5, cross_lags=(1,), basis=basis)
    n_terms = 3 + 2
    assert len(terms(spec)) == n_terms
    shapes: dict[str, tuple[int, ...]] = {
        name: (2 if name == "P1" else 3,) for name in memory_polynomial_weights(spec) if name != "W"
    }
    shapes["W"] = (R, n_terms * T, 2, 5)
    unsigned = unsigned_activations(spec)
    activations = {name: QFormat(name not in unsigned, BITS, BITS - 2) for name in memory_polynomial_activations(spec)}
    made = parameter_counts(lowered(spec, shapes, activations))
    complex_parts = 5 * n_terms * T * R
    # The recurrence, A, B for each transmitter and then A, B, C, is fixed: it stands in the tables only.
    recurrence = T * (2 + 3) if basis == "orthogonal" else 0
    assert made == ParameterCounts(2 * complex_parts, complex_parts, 2 * complex_parts + recurrence)


STATIC = CnnSpec()
LIGHTWEIGHT = CnnSpec(front=(48, 48), back=(48,), separable=True, kernel="dense", dense=(16, 48))


@pytest.mark.parametrize(
    ("spec", "trained", "fixed"),
    [
        # Norms of 32, 32 and 32 channels fold into biases.
        (STATIC, 25_632, 96),
        (STATIC.model_copy(update={"normalize": False}), 25_632, 0),
        # A table of 32 entries for each of 32 channels.
        (STATIC.model_copy(update={"lut_shared": False}), 25_632 + 31 * 32, 96),
        # Norms of 48, 48 and 48 channels, and two sigmoids of 65 values.
        (LIGHTWEIGHT, 11_856, 144 + 130),
    ],
)
def test_counts_of_a_cnn_are_those_of_its_paper(spec: CnnSpec, trained: int, fixed: int) -> None:
    layers = cnn_layers(spec, 32, 16)
    activations = {name: signed(BITS, BITS - 3) for name in activation_names(layers)}
    for layer in layers:
        if isinstance(layer, TableLayer):
            activations[layer.source] = signed(BITS, BITS - 1 - layer.range_log2)
    grids = {
        layer.bias_name: signed(48, activations[layer.source].frac + BITS - 1)
        for layer in layers
        if isinstance(layer, ConvLayer) and layer.bias
    }
    graph = lowered(spec, weight_shapes(layers), activations, grids, table_range(spec)[1])
    assert parameter_counts(graph) == ParameterCounts(real=trained, paper=trained, datapath=trained + fixed)
