"""The Brevitas networks beside the BFAN are the integer datapath: every requantized value, bit for bit."""

import json

import numpy as np
import pytest
import torch
from demo_models import signed

from firmware_ref.reference import Reference
from pimdeploy.datapath import graph as graphs
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.lowering import lower
from pimdeploy.network_spec import MemoryPolynomialSpec, NetworkSpec, WhlutSpec
from pimdeploy.networks.build import build_network, kind_of, weight_shapes
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.quantization.factory import QuantizedFactory

NETWORKS: dict[str, tuple[NetworkSpec, int, int]] = {
    "whlut": (WhlutSpec(N=8, M_K=3, M_G=4), 1, 1),
    "whlut, branches": (WhlutSpec(N=8, branches=2, magnitude="alpha_beta"), 3, 2),
    "whlut, square": (WhlutSpec(N=8, magnitude="square"), 1, 1),
    "polynomial": (MemoryPolynomialSpec(M=3), 1, 1),
    "polynomial, roots": (MemoryPolynomialSpec(M=2, magnitude="sqrt"), 1, 1),
    "polynomial, cross terms": (
        MemoryPolynomialSpec(M=3, orders=(0, 1, 2, 3), magnitude="sqrt", cross_lags=(-1, 2)),
        *(2, 2),
    ),
    "polynomial, powers": (MemoryPolynomialSpec(M=3, basis="power", cross_lags=(1,)), 2, 1),
    "polynomial, one power": (
        MemoryPolynomialSpec(M=3, basis="power", orders=(2,), magnitude="alpha_beta"),
        *(1, 1),
    ),
}


def random_weights(spec: NetworkSpec, n_tx: int, n_rx: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    shapes = weight_shapes(spec, n_tx, n_rx)
    scale = {"lut": 0.2}
    return {name: rng.normal(size=shape) * scale.get(name, 0.3) for name, shape in shapes.items()}


def formats_of(spec: NetworkSpec, names: list[str], weights, bits: int, rounding: Rounding, overflow: Overflow):
    kind = kind_of(spec)
    ranges = kind.ranges(kind.knot_spacing())
    activations = {}
    for name in names:
        is_signed = ranges[name].signed if name in ranges else True
        activations[name] = QFormat(is_signed, bits, bits - 1 if is_signed else bits)
    activations["x"] = signed(16, 15)
    knot_log2 = round(np.log2(kind.knot_spacing()))
    return FormatMap({name: signed(12, 10) for name in weights}, activations, rounding, overflow, knot_log2)


@pytest.mark.parametrize(("spec", "n_tx", "n_rx"), NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("bits", [16, 9])
@pytest.mark.parametrize(
    ("rounding", "overflow"),
    [(Rounding.HALF_UP, Overflow.SATURATE), (Rounding.HALF_AWAY, Overflow.SATURATE), (Rounding.FLOOR, Overflow.WRAP)],
)
def test_every_value_is_that_of_the_datapath(spec, n_tx, n_rx, bits, rounding, overflow):
    weights = random_weights(spec, n_tx, n_rx)
    tensors = {name: torch.from_numpy(value) for name, value in weights.items()}
    names = list(build_network(spec, FloatFactory()).activations)
    formats = formats_of(spec, names, weights, bits, rounding, overflow)
    graph, real = lower(spec, weights, formats, "demo", 0)
    assert set(real) - {"lut.first_bases"} <= set(graphs.tables(graph))
    x_q = np.random.default_rng(6).integers(-32768, 32768, size=(2 * n_tx, 1200))
    x_q[:, ::3] //= 8
    expected = Reference(json.loads(graphs.to_json(graph)), graphs.tables(graph)).trace(x_q)
    network = build_network(spec, QuantizedFactory(formats), tensors, 2.0**formats.knot_log2).eval()
    trace: dict[str, torch.Tensor] = {}
    with torch.no_grad():
        network(torch.from_numpy(x_q * 2.0**-15)[None], trace)
    for name, value in trace.items():
        got = value[0].numpy() * 2.0 ** formats.activations[name].frac
        assert np.array_equal(got, expected[name]), name
    assert np.unique(expected["z"]).size > 20
