"""The functions of a model, against the basis and by hand."""

from dataclasses import replace

import numpy as np
import pytest
from demo_models import demo_model, demo_weights, signed

from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Input, IntTable, Magnitude, Output, Piecewise, Rectify, Requantize, Symmetry
from pimdeploy.report import collect_functions as collect


@pytest.mark.parametrize(
    ("a", "f", "expected"),
    [
        ([0, 1, 2, 3], [0, 0, 0, 1], 2.01),
        ([0, 1, 2], [0, 0, -4], 1.01),
        ([0, 1], [0, 1], 0.01),
        ([0, 1, 2], [0, 0.01, 1], 1.0),
        ([0, 1, 2, 3], [0, 0.005, -0.995, 1], 1.015),
        ([0, 1], [1, 1], 0.0),
    ],
)
def test_critical_point_of_known_functions(a, f, expected):
    assert collect.critical_point(np.array(a, float), np.array(f, float)) == pytest.approx(expected, abs=1e-12)


def test_a_zero_function_has_no_critical_point():
    assert collect.critical_point(np.arange(4.0), np.zeros(4)) is None


def test_nonlinearity_is_that_of_the_model():
    model = demo_model()
    (function,) = collect.functions(model)
    spacing = 2.0**-4
    assert function.knots == tuple(spacing * np.arange(16))
    assert (function.a[0], function.a[-1]) == (-1.0, 1.0)
    weights = np.diff(model.real_tables["f.slopes"][0], prepend=0)
    for a, f in zip(function.a, function.f, strict=True):
        knots = np.array(function.knots)
        basis = np.maximum(a - knots, 0) - np.maximum(-a - knots, 0)  # papers/003, equation (5)
        assert f == pytest.approx(float(weights @ basis), abs=1e-12)
    assert function.critical_point > 0


def test_nonlinearity_up_to_what_was_seen():
    model = demo_model()
    (whole,), (part,) = collect.functions(model), collect.functions(model, reach=0.3)
    assert part.a[-1] == 0.3
    assert part.knots == whole.knots[:5]
    assert part.f[-1] == pytest.approx(np.interp(0.3, whole.a, whole.f), abs=1e-12)


def test_functions_that_branches_do_not_share_are_told_apart():
    model = demo_model()
    node = next(n for n in model.graph.nodes if n.name == "f")
    rows = np.repeat(node.slopes.array, 8, axis=0)
    nodes = tuple(replace(n, slopes=type(n.slopes)(rows)) if n is node else n for n in model.graph.nodes)
    tables = model.real_tables | {"f.slopes": np.repeat(model.real_tables["f.slopes"], 8, axis=0)}
    found = collect.functions(replace(model, graph=replace(model.graph, nodes=nodes), real_tables=tables))
    assert [function.name for function in found] == [f"f[{i}]" for i in range(8)]


def test_a_reach_of_nothing_is_refused():
    with pytest.raises(ValueError, match="reach = 0"):
        collect.functions(demo_model(), reach=0.0)


def even_model():
    return demo_model(symmetry="even", functions=2, n_tx=2, n_rx=2)


def test_an_even_function_is_that_of_the_model():
    """f(a) = sum of w_k (h_k(a) + h_k(-a)), h_N = 1: docs/spec/fixed_point.md, section 7."""
    model = even_model()
    found = collect.functions(model)
    weights = demo_weights(symmetry="even", functions=2, n_tx=2, n_rx=2)["f"]
    assert [(function.name, function.symmetry) for function in found] == [("f[0]", "even"), ("f[1]", "even")]
    for function, w in zip(found, weights, strict=True):
        knots = np.array(function.knots)
        for a, f in zip(function.a, function.f, strict=True):
            basis = np.maximum(a - knots[1:], 0) + np.maximum(-a - knots[1:], 0)
            assert f == pytest.approx(float(w[:-1] @ basis) + 2 * w[-1], abs=1e-12)


def test_the_critical_point_of_an_even_function_is_that_of_its_branch():
    for function in collect.functions(even_model()):
        a = np.linspace(0, function.a[-1], 200_001)
        branch = np.abs(a * np.interp(a, function.a, function.f))
        expected = a[np.argmax(branch > 0.01 * branch.max())]
        assert function.critical_point == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize(
    "f",
    [
        [0, 0, 1],
        [1, 1, 1],
        [1, -1, 1],
        [0, 1e-9, 1],
        [-0.3, 0.2, -0.01],
        [0.5, 0.1, -4],
        [0, 0, 0, 0, 2, -3],
        [2, 1, 0],
    ],
)
def test_critical_points_of_products(f):
    """Against a search on a fine grid; the largest |a f(a)| may lie between two points."""
    f = np.array(f, dtype=float)
    points = np.linspace(0, 1, len(f))
    a = np.linspace(0, 1, 1_000_001)
    branch = np.abs(a * np.interp(a, points, f))
    expected = a[np.argmax(branch > 0.01 * branch.max())]
    assert collect.critical_point_of_product(points, f) == pytest.approx(expected, abs=3e-6)


def test_a_product_that_is_zero_has_no_critical_point():
    assert collect.critical_point_of_product(np.arange(3.0), np.zeros(3)) is None


def test_a_plain_function_spans_the_format():
    model = demo_model(symmetry="plain")
    (function,) = collect.functions(model)
    w = demo_weights(symmetry="plain")["f"][0]
    assert (function.a[0], function.a[-1], function.critical_point) == (-0.5, 0.5, None)
    knots = np.array(function.knots)
    for a, f in zip(function.a, function.f, strict=True):
        assert f == pytest.approx(float(w[:-1] @ np.maximum(a - knots, 0)) + w[-1], abs=1e-12)


def gains(branches):
    """A graph that looks complex gains up, and its real tables."""
    slopes = np.arange(2.0 * branches * 4).reshape(2 * branches, 4)
    bases = np.arange(2.0 * branches)
    nodes = (
        Input("x", 2 * branches, signed(16, 15)),
        Magnitude("m", "x"),
        Requantize("r", "m", QFormat(False, 12, 12)),
        Piecewise(
            *("lut", "r", IntTable(slopes), signed(16, 8), 10, Symmetry.INDEX),
            first_bases=IntTable(bases),
            outputs=2,
        ),
        Output("y", "lut"),
    )
    return Model(
        Graph("gains", nodes, 0), {"lut.slopes": slopes, "lut.first_bases": bases}, 1.0, np.ones(1, dtype=complex)
    )


def test_a_complex_gain_has_two_rows():
    (gain,) = collect.functions(gains(1))
    assert (gain.name, gain.symmetry, gain.knots) == ("lut", "index", (0, 0.25, 0.5, 0.75))
    assert gain.f == (0, 0, 0.25, 0.75, 1.5)
    assert gain.f_imag == (1, 2, 3.25, 4.75, 6.5)
    assert [function.name for function in collect.functions(gains(3))] == ["lut[0]", "lut[1]", "lut[2]"]


def layers(slopes, relu):
    """Two plain tables one after another, a ReLU behind the first where asked."""
    nodes = [
        Input("x", 2, signed(8, 4)),
        Piecewise("g1", "x", IntTable(slopes), signed(8, 4), 6, Symmetry.PLAIN),
        *([Rectify("relu", "g1")] if relu else []),
        Requantize("h1", "relu" if relu else "g1", signed(8, 4)),
        Piecewise("g2", "h1", IntTable(slopes), signed(8, 4), 6, Symmetry.PLAIN),
        Output("y", "g2"),
    ]
    real = {"g1.slopes": slopes, "g2.slopes": slopes}
    return Model(Graph("layers", tuple(nodes), 0), real, 1.0, np.ones(1, dtype=complex))


def test_equal_fixed_functions_are_named_together():
    model = layers(np.array([[0.0, 1.0, 2.0, 0.0]]), relu=False)
    (both,) = collect.functions(model, fixed={"g1", "g2"})
    assert (both.name, both.trained, both.rectified) == ("g1, g2", False, False)
    assert both.a == (-8, -4, 0, 4, 8)
    assert [function.name for function in collect.functions(model)] == ["g1", "g2"]


def test_a_relu_behind_a_table_is_told():
    found = collect.functions(layers(np.array([[0.0, 1.0, 2.0, 0.0]]), relu=True))
    assert [function.rectified for function in found] == [True, False]
