"""Lowering of the BFAN: structure, exact tables, real tables beside them, and what is missing."""

from dataclasses import replace

import numpy as np
import pytest
from demo_models import demo_formats, demo_spec, demo_weights

from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import tables
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.lowering_bfan import BFAN_WEIGHTS, bfan_activations
from pimdeploy.datapath.nodes import Requantize, Symmetry
from pimdeploy.errors import GraphError, OverflowRefusedError


def lower_demo(weights=None, formats=None, spec=None):
    spec = spec or demo_spec()
    return lower(spec, weights or demo_weights(), formats or demo_formats(spec=spec), "demo", 7)


def without(mapping: dict, key: str) -> dict:
    return {name: value for name, value in mapping.items() if name != key}


def test_structure():
    graph, _ = lower_demo()
    assert [node.name for node in graph.nodes] == ["x", "K", "u", "Phi", "a", "f", "c", "Psi", "v", "G", "z", "y"]
    assert (graph.name, graph.delay_samples) == ("demo", 7)
    assert [graph.node(name).is_complex for name in ("K", "Phi", "Psi", "G")] == [True, False, False, True]


def test_every_requantize_takes_rounding_overflow_and_format_from_the_map():
    formats = demo_formats(16, 12, Rounding.HALF_EVEN, Overflow.WRAP)
    graph, _ = lower_demo(formats=formats)
    found = [node for node in graph.nodes if isinstance(node, Requantize)]
    assert {node.name: node.format for node in found} == without(formats.activations, "x")
    assert {(node.rounding, node.overflow) for node in found} == {(Rounding.HALF_EVEN, Overflow.WRAP)}


@pytest.mark.parametrize("weight_bits", [16, 8, 5])
def test_slopes_are_quantized_once_and_the_other_tables_are_exact(weight_bits):
    weights, formats = demo_weights(), demo_formats(weight_bits)
    graph, _ = lower_demo(weights, formats)
    slopes = np.clip(
        np.rint(np.cumsum(weights["f"][0]) * 2.0 ** formats.weights["f"].frac),
        *(-formats.weights["f"].max_q, formats.weights["f"].max_q),
    ).astype(np.int64)
    found = tables(graph)
    assert found["f.slopes"].tolist() == [slopes.tolist()]
    w_q = [int(b) - int(a) for a, b in zip([0, *slopes], slopes, strict=False)]
    assert found["f.weights"].tolist() == [w_q]
    assert found["f.bases"].tolist() == [[int(slopes[:s].sum()) for s in range(len(slopes))]]


def test_taps_are_the_rounded_real_tables():
    formats = demo_formats(10)
    graph, real = lower_demo(formats=formats)
    assert set(real) == {"K.taps", "Phi.taps", "f.slopes", "Psi.taps", "G.taps"}
    for name, integers in tables(graph).items():
        if name in real:
            assert integers.shape == real[name].shape
            lsb = formats.weights[name.split(".")[0]].lsb
            assert np.abs(integers * lsb - real[name]).max() <= lsb / 2


def test_knots_lie_on_the_grid_of_the_input():
    graph, _ = lower_demo(formats=demo_formats(activation_bits=12))
    assert graph.node("f").segment_log2 == 10 - 4
    with pytest.raises(GraphError, match=r"^node 'f': segments of 2\^-1 LSB; the knots are finer than the input; .*$"):
        lower_demo(formats=replace(demo_formats(activation_bits=12), knot_log2=-11))


@pytest.mark.parametrize("name", BFAN_WEIGHTS)
def test_a_missing_weight_is_named(name):
    with pytest.raises(GraphError, match=rf"^weight '{name}' is missing; have \w+(, \w+){{3}}$"):
        lower_demo(without(demo_weights(), name))


@pytest.mark.parametrize("name", BFAN_WEIGHTS)
def test_a_missing_format_of_a_weight_is_named(name):
    formats = replace(demo_formats(), weights=without(demo_formats().weights, name))
    with pytest.raises(GraphError, match=rf"^format of weight '{name}' is missing; have \w+(, \w+){{3}}$"):
        lower_demo(formats=formats)


@pytest.mark.parametrize("name", bfan_activations(demo_spec()))
def test_a_missing_format_of_an_activation_is_named(name):
    formats = replace(demo_formats(), activations=without(demo_formats().activations, name))
    with pytest.raises(GraphError, match=rf"^format of activation '{name}' is missing; have \w+(, \w+){{4}}$"):
        lower_demo(formats=formats)


def test_nothing_at_all():
    with pytest.raises(GraphError, match=r"^weight 'K' is missing; have none$"):
        lower(demo_spec(), {}, demo_formats(), "demo", 7)


@pytest.mark.parametrize("functions", [1, 2, 8])
def test_an_even_network_multiplies_f_by_its_argument(functions):
    fields = {"symmetry": "even", "functions": functions}
    weights, spec = demo_weights(**fields), demo_spec(**fields)
    graph, real = lower_demo(weights, spec=spec)
    names = ["x", "K", "u", "Phi", "a", "f", "h", "fa", "c", "Psi", "v", "G", "z", "y"]
    assert [node.name for node in graph.nodes] == names
    assert (graph.node("fa").source, graph.node("fa").other) == ("h", "a")
    f = graph.node("f")
    assert (f.symmetry, f.tables, f.segments) == (Symmetry.EVEN, functions, spec.N)
    assert not f.slopes.array[:, 0].any()
    np.testing.assert_allclose(real["f.first_bases"], 2 * weights["f"][:, -1])
    # base[0] stands on the grid of slope * segment: its value is within half a step.
    step = f.slopes_format.lsb * 2.0**-4
    assert np.abs(f.first_bases.array * step - real["f.first_bases"]).max() <= step / 2


def test_the_knots_of_a_plain_function_begin_where_its_format_does():
    spec = demo_spec(symmetry="plain")
    weights = demo_weights(symmetry="plain")
    graph, real = lower_demo(weights, spec=spec)
    f, a = graph.node("f"), graph.node("a")
    assert f.segments << f.segment_log2 == 1 << a.format.bits
    np.testing.assert_allclose(real["f.first_bases"], weights["f"][:, -1])
    np.testing.assert_allclose(real["f.slopes"], np.cumsum(weights["f"][:, :-1], axis=1))
    message = (
        r"^activation 'a': format s16\.13 does not span the 16 segments of a plain function on knots 0\.0625 apart;"
    )
    formats = demo_formats(spec=spec)
    wider = replace(formats.activations["a"], frac=13)
    with pytest.raises(GraphError, match=message):
        lower_demo(weights, replace(formats, activations=formats.activations | {"a": wider}), spec)


def test_filters_of_several_antennas_are_groups():
    graph, _ = lower_demo(demo_weights(n_tx=2, n_rx=3))
    assert (graph.node("x").channels, graph.node("K").groups, graph.node("G").groups) == (4, 2, 3)
    assert graph.node("K").taps.shape == (2, 1, 2, 7)
    assert graph.node("G").taps.shape == (3, 1, 2, 9)
    assert graph.node("Psi").taps.shape == (6, 8, 1)


def test_the_lowered_graph_is_checked():
    weights = demo_weights() | {"f": np.array([[0.9, -1.8, 1.8, -1.8]])}
    with pytest.raises(GraphError, match=r"^node 'f': weights in \[-?\d+, \d+\] do not fit s8\.7$"):
        lower_demo(weights, replace(demo_formats(8), weights=demo_formats(8).weights | {"f": signed_8_7()}))
    wide = replace(
        demo_formats(24), activations={n: replace(f, bits=40) for n, f in demo_formats().activations.items()}
    )
    with pytest.raises(
        OverflowRefusedError, match=r"^node 'K': its (accumulator|result) needs \d+ bits, \d+ more than"
    ):
        lower_demo(demo_weights() | {"K": np.full((2, 7), 1.9)}, wide)


def signed_8_7():
    return replace(demo_formats(8).weights["f"], frac=7)
