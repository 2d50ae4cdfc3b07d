"""Lowering of the odd-symmetrized BFAN: structure, exact tables, real tables beside them, and what is missing."""

from dataclasses import replace

import numpy as np
import pytest
from demo_models import demo_formats, demo_weights

from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import tables
from pimdeploy.datapath.lowering import ODD_BFAN_ACTIVATIONS, ODD_BFAN_WEIGHTS, lower
from pimdeploy.datapath.nodes import Requantize
from pimdeploy.errors import GraphError, OverflowRefusedError


def lower_demo(weights=None, formats=None, family: str = "odd_bfan"):
    return lower(family, weights or demo_weights(), formats or demo_formats(), "demo", 7)


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
        np.rint(np.cumsum(weights["f"]) * 2.0 ** formats.weights["f"].frac),
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


@pytest.mark.parametrize("name", ODD_BFAN_WEIGHTS)
def test_a_missing_weight_is_named(name):
    with pytest.raises(GraphError, match=rf"^weight '{name}' is missing; have \w+(, \w+){{3}}$"):
        lower_demo(without(demo_weights(), name))


@pytest.mark.parametrize("name", ODD_BFAN_WEIGHTS)
def test_a_missing_format_of_a_weight_is_named(name):
    formats = replace(demo_formats(), weights=without(demo_formats().weights, name))
    with pytest.raises(GraphError, match=rf"^format of weight '{name}' is missing; have \w+(, \w+){{3}}$"):
        lower_demo(formats=formats)


@pytest.mark.parametrize("name", ODD_BFAN_ACTIVATIONS)
def test_a_missing_format_of_an_activation_is_named(name):
    formats = replace(demo_formats(), activations=without(demo_formats().activations, name))
    with pytest.raises(GraphError, match=rf"^format of activation '{name}' is missing; have \w+(, \w+){{4}}$"):
        lower_demo(formats=formats)


def test_nothing_at_all_and_an_unknown_family():
    with pytest.raises(GraphError, match=r"^weight 'K' is missing; have none$"):
        lower("odd_bfan", {}, demo_formats(), "demo", 7)
    with pytest.raises(GraphError, match=r"^family 'cnn' has no lowering; known: odd_bfan$"):
        lower_demo(family="cnn")


def test_the_lowered_graph_is_checked():
    weights = demo_weights() | {"f": np.array([0.9, -1.8, 1.8, -1.8])}
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
