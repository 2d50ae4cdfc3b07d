"""The C of complex products in three: trained cancellers, types, memory, the check of other weights, a whole bundle."""

import re
from dataclasses import replace
from pathlib import Path

import c_graphs
import numpy as np
import pytest
from compiled import assert_equal_everywhere, assert_nodes_equal, model_of, prepared
from demo_bundle import RECIPE, demo_parts
from demo_models import signed

from pimdeploy.datapath.check import check
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Products, Requantize
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.emit.c.code import emit_c
from pimdeploy.emit.c.convolution import is_unrolled
from pimdeploy.emit.c.envelope import envelopes, refused_node
from pimdeploy.emit.c.envelope_nodes import ConvolutionEnvelope, admits, tables_of
from pimdeploy.emit.c.memory import memory, stack_arrays
from pimdeploy.emit.c.plan import plan
from pimdeploy.emit.hdl.files import emit_hdl
from pimdeploy.verify.backends.brevitas_network import NetworkBackend
from pimdeploy.verify.backends.c_code import CBackend
from pimdeploy.verify.backends.numpy_reference import numpy_backends
from pimdeploy.verify.regression.job import regress
from pimdeploy.zoo import find_recipe, trained

ZOO = ["odd_bfan_siso", "whlut_siso", "memory_polynomial_siso"]
BUILDS = [("gcc", "O3", "table"), ("clang", "sanitize", "basis"), ("gcc", "O3_banked", "basis")]


def trained_graph(name: str, products: str) -> Graph:
    """A zoo model from its weights; those of filters on grids so coarse that three products fit the accumulators."""
    recipe, (weights, formats) = find_recipe(name), trained(name)
    graph, _ = lower(recipe.network, weights, formats, name, 0, "three")
    excess = {node: bounds.acc_bits - recipe.datapath.acc_bits for node, bounds in check(graph).items()}
    grids = {
        node: replace(fmt, frac=fmt.frac - max(excess[node], 0))
        for node, fmt in formats.weights.items()
        if node in excess
    }
    coarser = replace(formats, weights=formats.weights | grids)
    fitting, _ = lower(recipe.network, weights, coarser, name, 0, products)
    check(fitting, recipe.datapath.acc_bits)
    return fitting


@pytest.mark.parametrize("build", BUILDS, ids="_".join)
@pytest.mark.parametrize("name", ZOO)
def test_trained_cancellers_have_no_mismatch(name: str, build: tuple[str, str, str], tmp_path: Path) -> None:
    model = model_of(trained_graph(name, "three"))
    backend = prepared(model, CBackend(*build), tmp_path)
    assert_equal_everywhere(model, backend)
    assert_nodes_equal(model, backend)


@pytest.mark.parametrize("name", ZOO)
def test_the_state_is_that_of_four_products_and_the_stack_has_a_row_of_sums_a_pair(name: str) -> None:
    four, three = (trained_graph(name, products) for products in ("four", "three"))
    assert (memory(three).state, memory(three).tables) == (memory(four).state, memory(four).tables)
    if memory(three).block != 256 or not all(is_unrolled(n) for n in three.nodes if isinstance(n, Convolution)):
        return  # loops have arrays of their own; gcc says what they take (test_c_memory.py)
    pairs, past = max(
        ((n.channels_in // 2, n.memory) for n in three.nodes if isinstance(n, Convolution) and n.is_complex),
        key=lambda found: found[0] * (found[1] + 256),
    )
    mine, other = stack_arrays(plan(three)), stack_arrays(plan(four))
    assert (mine.fixed[0] - other.fixed[0], mine.fixed[1] - other.fixed[1]) == (4 * pairs * past, 4 * pairs)


def test_a_row_of_sums_is_made_once_a_pair_and_read_by_every_output() -> None:
    code = emit_c(model_of(c_graphs.three_antennas()))["c/three_antennas.c"].decode()
    stage = code[code.index("void three_antennas_stage_u(") :]
    stage = stage[: stage.index("\n}")]
    assert re.findall(r"(\w+) sum0\[(.*)\];", stage) == [("int32_t", "4 + (size_t)THREE_ANTENNAS_BLOCK")]
    assert stage.count("sum0[n] = (int32_t)in0[n] + (int32_t)in1[n];") == 1
    assert stage.count("(sum0 + 4)[n]") == stage.count("(in0 + 4)[n]") == stage.count("(in1 + 4)[n]") == 1
    assert "acc0 = acc0_s1 - acc0_s3;" in stage
    assert "acc1 = acc0_s1 + acc0_s2;" in stage


@pytest.mark.parametrize(
    ("re", "im", "source", "largest"),
    [
        (5, 0, ((-10, 10), (-10, 10)), 200),  # S1 = 2 * 5 (a + b); four sum 2 * 5 * 10
        (1, -5, ((-10, 10), (-1, 1)), 120),  # S2 = 2 (-5 - 1) a; four sum 2 (5 * 10 + 1)
        (1, 5, ((-1, 1), (-10, 10)), 120),  # S3 = 2 (1 + 5) b
    ],
)
def test_each_of_the_three_sums_is_held_against_the_type(
    re: int, im: int, source: tuple[tuple[int, int], ...], largest: int
) -> None:
    node = Convolution(
        "W", "x", IntTable([[[[re, re], [im, im]]]]), signed(8, 0), is_complex=True, products=Products.THREE
    )
    pairs = ((source[0][0] + source[1][0], source[0][1] + source[1][1]),)
    results = ((-1000, 1000),) * 2
    for sums, expected in ((largest, True), (largest - 1, False)):
        envelope = ConvolutionEnvelope(source, (-sums, sums), results, 127, pairs)
        assert admits(node, envelope, tables_of(node)) is expected
        assert admits(node, replace(envelope, pairs=()), tables_of(node))


def test_taps_that_fit_in_four_products_alone_are_refused_in_three() -> None:
    # Three taps of 16,383: four sum 3 * 16383 * 2^15, 31 bits; S1 = 3 * 16383 * 2^16, which 32 bits do not hold.
    def graph(products: Products, re: int) -> Graph:
        taps = IntTable([[[[re] * 3, [0] * 3]]])
        node = Convolution("W", "x", taps, signed(15, 13), is_complex=True, products=products)
        nodes = (Input("x", 2, signed(16, 15)), node, Requantize("z", "W", signed(16, 13)), Output("y", "z"))
        return Graph("three_taps", nodes, 0)

    for products, expected in ((Products.FOUR, None), (Products.THREE, "W")):
        assert refused_node(plan(graph(products, 5)), graph(products, 16383)) == expected


def test_words_whose_sums_32_bits_may_not_hold_are_fixed() -> None:
    def graph(products: Products) -> Graph:
        node = Convolution("W", "x", IntTable([[[[5], [3]]]]), signed(32, 31), is_complex=True, products=products)
        nodes = (Input("x", 2, signed(8, 7)), node, Requantize("z", "W", signed(16, 13)), Output("y", "z"))
        return Graph("long_words", nodes, 0)

    assert envelopes(plan(graph(Products.FOUR)))["W"] is not None
    assert envelopes(plan(graph(Products.THREE)))["W"] is None


def test_the_hdl_package_states_the_form() -> None:
    for graph, expected in ((c_graphs.antennas(), []), (c_graphs.three_antennas(), ["K", "M", "G"])):
        files = emit_hdl(model_of(graph), np.zeros((6, 8), dtype=np.int64), 8)
        package = files[f"hdl/{graph.name}_pkg.sv"].decode()
        assert re.findall(r"localparam bit (\w+)_THREE_PRODUCTS = 1'b1;", package) == expected


def test_a_bundle_in_three_products_exports_again_to_the_same_bytes_and_replays(tmp_path: Path) -> None:
    parts = demo_parts(recipe=RECIPE.replace("[datapath]", '[datapath]\nproducts = "three"'))
    write_bundle(parts, tmp_path / "bundle")
    backends = [*numpy_backends(), NetworkBackend(), CBackend("gcc", "O0", "table")]
    outcome = regress(tmp_path / "bundle", None, require=["numpy", "brevitas", "c_gcc"], backends=backends)
    assert outcome.changed == []
    assert (outcome.proof.mismatches, outcome.proof.good) == (0, True)
    assert '\nproducts = "three"\n' in (tmp_path / "bundle" / "recipe.toml").read_text()
