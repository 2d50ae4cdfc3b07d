"""Lowering of the CNN cancellers: the nodes, their names, and what is refused."""

from dataclasses import replace

import pytest
from demo_cnn import LIGHTWEIGHT, SMALL, STATIC, cnn_formats, cnn_weights

from pimdeploy.cost.parameters import parameter_counts
from pimdeploy.datapath import graph as graphs
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.nodes import Convolution, Piecewise, Rectify
from pimdeploy.errors import GraphError


def lowered(spec, n_tx=1, n_rx=1, **changes):
    weights, formats = cnn_weights(spec, n_tx, n_rx), cnn_formats(spec)
    return lower(spec, weights, replace(formats, **changes), "demo", 3)


@pytest.mark.parametrize(("spec", "count"), [(STATIC, 25_632), (LIGHTWEIGHT, 11_856)], ids=["static", "lightweight"])
def test_the_graph_of_the_papers_networks_has_their_parameters(spec, count):
    graph, _ = lowered(spec, 32, 16)
    assert parameter_counts(graph).real == count
    assert graph.memory == (spec.kernel_taps - 1) * sum(spec.dilations)


def test_nodes_stand_in_the_order_of_the_layers():
    names = [node.name for node in lowered(SMALL["lut"])[0].nodes]
    assert names == "x c1 c1_leaky a1 lut lut_relu h c2 c2_leaky a2 c3 z y".split()
    names = [node.name for node in lowered(SMALL["separable dense"])[0].nodes]
    assert (
        names
        == (
            "x c1d c1d_leaky a1d c1p c1p_leaky a1 fc1 s1 g1 h1 fc2 s2 g2 h2 c2d c2d_leaky a2d c2p c2p_leaky a2 "
            "c3d c3d_leaky a3d c3p z y"
        ).split()
    )


def test_layers_become_nodes_of_their_sizes():
    nodes = {node.name: node for node in lowered(SMALL["separable dense"], 2, 3)[0].nodes}
    first, mixing, table = nodes["c1d"], nodes["c1p"], nodes["g1"]
    assert isinstance(first, Convolution)
    assert (first.groups, first.dilation, first.taps.shape) == (4, 2, (4, 1, 3))
    assert first.bias is None
    assert isinstance(mixing, Convolution)
    assert mixing.bias is not None
    assert nodes["c1d_leaky"] == Rectify("c1d_leaky", "c1d", 1)
    assert isinstance(table, Piecewise)
    assert (table.symmetry, table.slopes.shape) == ("plain", (1, 16))
    assert table.segment_log2 == 12  # 2^16 values in 2^4 segments


def test_the_real_tables_stand_beside_the_integers():
    graph, real = lowered(SMALL["lut a channel"])
    weights = cnn_weights(SMALL["lut a channel"])
    assert set(real) == {"c1.taps", "c1.bias", "c2.taps", "c2.bias", "c3.taps", "lut.slopes", "lut.first_bases"}
    assert (real["c1.taps"] == weights["c1"]).all()
    assert graphs.tables(graph)["lut.slopes"].shape == (6, 7)


def test_a_bias_off_its_accumulators_grid_is_refused():
    formats = cnn_formats(SMALL["lut"])
    changed = formats.weights | {"c1_bias": QFormat(True, 48, 3)}
    with pytest.raises(GraphError, match=r"weight 'c1_bias': format s48.3; its accumulator has 27 fraction bits"):
        lowered(SMALL["lut"], weights=changed)


def test_a_table_whose_argument_has_another_range_is_refused():
    formats = cnn_formats(SMALL["lut"])
    changed = formats.activations | {"a1": QFormat(True, 16, 14)}
    with pytest.raises(GraphError, match=r"activation 'a1': format s16.14 .* does not span the 4.0"):
        lowered(SMALL["lut"], activations=changed)


def test_missing_and_misshapen_weights_are_refused():
    spec = SMALL["lut"]
    weights = cnn_weights(spec)
    with pytest.raises(GraphError, match="weight 'c2_bias' is missing"):
        lower(spec, {k: v for k, v in weights.items() if k != "c2_bias"}, cnn_formats(spec), "demo", 0)
    with pytest.raises(GraphError, match=r"weight 'lut': shape \[1, 7\]; expected \[1, 8\]"):
        lower(spec, weights | {"lut": weights["lut"][:, 1:]}, cnn_formats(spec), "demo", 0)
