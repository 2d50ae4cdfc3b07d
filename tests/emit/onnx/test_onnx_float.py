"""The float ONNX file against float64: the unquantized network, from real-valued tables."""

import re
from dataclasses import replace

import numpy as np
import pytest
from demo_models import demo_model, full_scale_noise, signed
from onnx_files import model_of, run_float_file, through
from onnx_oracle import run_float

from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    IntTable,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)
from pimdeploy.emit.onnx.float import emit_onnx_float
from pimdeploy.errors import GraphError


def assert_close(graph: Graph, real: dict[str, np.ndarray], n_samples: int = 1000) -> np.ndarray:
    x = full_scale_noise(n_samples, graph.input.channels) / 2**15
    expected = run_float(graph, real, x)
    got = run_float_file(model_of(graph, real), x[None])[0]
    assert np.abs(got - expected).max() < 1e-5 * np.abs(expected).max()
    return expected


@pytest.mark.parametrize("sizes", [{}, {"M_N": 2}, {"M_K": 1, "M_G": 1, "M_a": 1, "N": 2}])
def test_demo_models(sizes):
    model = demo_model(seed=3, **sizes)
    assert_close(model.graph, model.real_tables, n_samples=2000)


def test_any_batch_and_length():
    model = demo_model()
    x = (full_scale_noise(3 * 100).reshape(2, 3, 100) / 2**15).transpose(1, 0, 2)
    together = run_float_file(model, x)
    assert together.shape == (3, 2, 100)
    for row, alone in zip(together, x, strict=True):
        np.testing.assert_allclose(row, run_float_file(model, alone[None])[0], atol=1e-6)


@pytest.mark.parametrize("symmetry", Symmetry)
@pytest.mark.parametrize("tables", [1, 2, 4])
@pytest.mark.parametrize("outputs", [1, 2])
def test_grouped_convolution_with_bias_and_tables(symmetry, tables, outputs):
    rng = np.random.default_rng(5)
    taps, bias = rng.normal(size=(4, 1, 3)), rng.normal(size=4) * 0.1
    slopes, first = rng.normal(size=(tables * outputs, 8)), rng.normal(size=tables * outputs)
    index = symmetry is Symmetry.INDEX
    integer_bases = None if symmetry is Symmetry.ODD else IntTable(np.rint(first * 64).astype(int) | 1)
    graph = through(
        Convolution(
            "W", "x", IntTable(np.rint(taps * 64)), signed(10, 6), IntTable(np.rint(bias * 2**21)), 2, dilation=4
        ),
        Rectify("r", "W") if index else Select("r", "W", (0, 1, 2, 3)),
        Requantize("a", "r", QFormat(not index, 16, 12)),
        Piecewise(
            *("f", "a", IntTable(np.rint(slopes * 64)), signed(10, 6), 11 if index else 10, symmetry),
            first_bases=integer_bases,
            outputs=outputs,
        ),
        Requantize("z", "f", signed(16, 10)),
    )
    real = {"W.taps": taps, "W.bias": bias, "f.slopes": slopes}
    if symmetry is not Symmetry.ODD:
        real["f.first_bases"] = first
    expected = assert_close(graph, real)
    assert expected.shape[0] == 4 * outputs


@pytest.mark.parametrize("kind", MagnitudeKind)
def test_magnitudes_products_sums_and_channels(kind):
    coefficients = (61, 25, 6) if kind is MagnitudeKind.ALPHA_BETA else (0, 0, 0)
    graph = through(
        Magnitude("m", "x", kind, *coefficients),
        Select("pair", "m", (0, 0, 1, 1)),
        Delay("d", "x", 3),
        Delay("pd", "pair", 3),
        Multiply("dp", "d", "pd"),
        Requantize("p", "dp", signed(16, 12)),
        Multiply("c", "d", "p", is_complex=True),
        Add("s", ("d", "p", "c")),
        Rectify("leaky", "s", 3),
        Concatenate("both", ("leaky", "pd")),
        Rectify("relu", "both"),
        Requantize("z", "relu", signed(16, 10)),
        channels=4,
    )
    assert_close(graph, {})


def test_scale_of_the_leaky_rectifier_is_that_of_its_value():
    """In integers it is x 2^k or x with k more fraction bits: x or x 2^-k in value."""
    graph = through(Rectify("z", "x", 2))
    got = run_float_file(model_of(graph), np.array([[[0.5, -0.5], [-1.0, 1.0]]]))
    assert got[0].tolist() == [[0.5, -0.125], [-0.25, 1.0]]


BEYOND = {
    Symmetry.ODD: [2.6, 0.5, -0.5, -2.6],
    Symmetry.EVEN: [4.6, 2.5, 2.5, 4.6],
    Symmetry.PLAIN: [7.0, 5.5, 2.5, 2.0],
}


@pytest.mark.parametrize("symmetry", BEYOND)
def test_arguments_beyond_the_table(symmetry):
    """Segments of 0.5, slopes 1 and 3, f(0) = 2 (odd: 0), a = 1.2, 0.5, -0.5, -1.2.

    The format ends at -1 and 1. A plain argument saturates there; otherwise the last segment goes on.
    """
    first = None if symmetry is Symmetry.ODD else IntTable([1])
    function = Piecewise("z", "a", IntTable([[1, 3]]), signed(4, 0), 14, symmetry, first)
    graph = through(Add("twice", ("x", "x")), Requantize("a", "twice", signed(16, 15)), function)
    real = {"z.slopes": np.array([[1.0, 3.0]])}
    if first is not None:
        real["z.first_bases"] = np.array([2.0])
    x = np.array([[[0.6, 0.25, -0.25, -0.6]] * 2])
    np.testing.assert_allclose(run_float_file(model_of(graph, real), x)[0], [BEYOND[symmetry]] * 2, rtol=1e-6)


def test_every_real_table_is_needed():
    model = demo_model()
    real = {name: table for name, table in model.real_tables.items() if name != "Psi.taps"}
    with pytest.raises(GraphError, match=re.escape("the real-valued table 'Psi.taps' is missing; lower")):
        emit_onnx_float(replace(model, real_tables=real))
    function = Piecewise("z", "x", IntTable([[1, 2]]), signed(4, 0), 14, Symmetry.EVEN, IntTable([3]))
    with pytest.raises(GraphError, match=re.escape("the real-valued table 'z.first_bases' is missing; lower")):
        emit_onnx_float(model_of(through(function), {"z.slopes": np.ones((1, 2))}))
