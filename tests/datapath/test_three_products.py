"""Complex products in three real ones: as data, in bounds, in lowering, and what is refused."""

import itertools
import json
from dataclasses import replace

import c_graphs
import numpy as np
import pytest
from demo_models import demo_formats, demo_model, demo_spec, demo_weights, signed
from hypothesis import given, settings
from hypothesis import strategies as st

from pimdeploy.datapath.bounds import propagate, real_taps, three_bounds
from pimdeploy.datapath.bounds_products import three_taps
from pimdeploy.datapath.check import check
from pimdeploy.datapath.graph import Graph, dump, from_json, tables, to_json
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Multiply, Output, Products
from pimdeploy.errors import BundleError, GraphError, OverflowRefusedError
from pimdeploy.zoo import find_recipe, trained

THREE = Products.THREE
FIVE_BITS = signed(5, 0)


def single(*nodes: Convolution | Multiply, channels: int = 4) -> Graph:
    return Graph("one", (Input("x", channels, FIVE_BITS), *nodes, Output("y", nodes[-1].name)), 0)


@st.composite
def convolutions(draw: st.DrawFn) -> Convolution:
    groups, kernel = draw(st.sampled_from([1, 2])), draw(st.integers(1, 4))
    shape = (2, 2 // groups, 2, kernel)
    size = int(np.prod(shape))
    taps = IntTable(np.array(draw(st.lists(st.integers(-31, 31), min_size=size, max_size=size))).reshape(shape))
    bias = draw(st.none() | st.lists(st.integers(-500, 500), min_size=4, max_size=4).map(IntTable))
    return Convolution("W", "x", taps, signed(6, 0), bias, groups, draw(st.integers(1, 3)), True, THREE)


# Data


def test_four_products_are_written_as_before_and_three_by_name() -> None:
    four, three = c_graphs.antennas(), c_graphs.three_antennas()
    assert "products" not in to_json(four) + dump(four)
    fields = {item["name"]: item.get("products") for item in json.loads(to_json(three))["nodes"]}
    assert {name for name, products in fields.items() if products == "three"} == {"K", "M", "G"}
    assert "%K = convolution %x complex in three products taps 3x1x2x5 s12.11 groups 3" in dump(three)
    assert "%turn = multiply %n %x complex in three products\n" in dump(c_graphs.three_products())


@pytest.mark.parametrize("name", ["three_antennas", "three_products", "three_wide"])
def test_round_trip(name: str) -> None:
    graph = c_graphs.GRAPHS[name]()
    assert from_json(to_json(graph), tables(graph)) == graph


def test_four_may_be_said_and_anything_else_is_refused() -> None:
    graph = c_graphs.antennas()
    data = json.loads(to_json(graph))
    data["nodes"][1]["products"] = "four"
    assert from_json(json.dumps(data), tables(graph)) == graph
    for bad in ("five", 3, None):
        data["nodes"][1]["products"] = bad
        with pytest.raises(BundleError, match=r"^datapath\.json: not a datapath graph: .* is not a valid Products"):
            from_json(json.dumps(data), tables(graph))


@pytest.mark.parametrize(
    "node",
    [
        Convolution("W", "x", IntTable(np.ones((2, 4, 1))), signed(4, 0), products=THREE),
        Multiply("W", "x", "x", products=THREE),
    ],
)
def test_a_real_node_has_no_three_products(node: Convolution | Multiply) -> None:
    with pytest.raises(GraphError, match=r"^node 'W': three products of a real node; expected a complex one, or four$"):
        check(single(node))


# Bounds


@settings(max_examples=60, deadline=None)
@given(convolutions(), st.randoms(use_true_random=False))
def test_sums_and_their_operands_stay_in_the_accumulator_in_any_order(node: Convolution, random) -> None:  # type: ignore[no-untyped-def]
    bounds = propagate(single(node))["W"]
    lo, hi = bounds.accumulator
    biases = [0] * 4 if node.bias is None else node.bias.array.tolist()
    for o, (re, difference, sum_) in enumerate(zip(*three_taps(node.taps.array), strict=True)):
        samples = [(random.choice([-16, 15, 0, 1]), random.choice([-16, 15, 0, -1])) for _ in range(re.size)]
        words = list(zip(re.ravel().tolist(), difference.ravel().tolist(), sum_.ravel().tolist(), strict=True))
        terms = [
            [c * (a + b) for (c, _, _), (a, b) in zip(words, samples, strict=True)],
            [c * a for (_, c, _), (a, _) in zip(words, samples, strict=True)],
            [c * b for (_, _, c), (_, b) in zip(words, samples, strict=True)],
        ]
        met = [word for row in words for word in row] + [a + b for a, b in samples]
        for part in terms:
            random.shuffle(part)
            met += itertools.accumulate(part, initial=0)
        s1, s2, s3 = (sum(part) for part in terms)
        met += [s1 - s3, s1 - s3 + biases[2 * o], s1 + s2, s1 + s2 + biases[2 * o + 1]]
        assert lo <= min(met)
        assert max(met) <= hi


@settings(max_examples=40, deadline=None)
@given(convolutions())
def test_results_are_bounded_as_those_of_four_products_and_sums_reach_their_bound(node: Convolution) -> None:
    three, four = (propagate(single(n))["W"] for n in (node, replace(node, products=Products.FOUR)))
    assert (three.ranges, three.format) == (four.ranges, four.format)
    found = three_bounds(node, propagate(single(node)))
    assert found.pair_sums == (-32, 30)
    # Each sum with the sample that suits the sign of its coefficient, all others 0.
    ends = [(-32, 30), (-16, 15), (-16, 15)]
    words = [part.reshape(2, -1).tolist() for part in three_taps(node.taps.array)]
    rows = [(row, end) for part, end in zip(words, ends, strict=True) for row in part]
    most = max(sum(max(c * x for x in end) for c in row) for row, end in rows)
    least = min(sum(min(c * x for x in end) for c in row) for row, end in rows)
    assert found.sums == (least, most)
    hull = [four.accumulator, found.pair_sums, found.coefficient_sums, found.sums]
    assert three.accumulator == (min(lo for lo, _ in hull), max(hi for _, hi in hull))


def test_the_accumulator_of_a_product_by_hand() -> None:
    graph = single(Multiply("p", "x", "x", is_complex=True, products=THREE), channels=2)
    # a, b in [-16, 15]: b_I + b_Q in [-32, 30]; a_Q - a_I in [-31, 31]; S1 = 512; S2, S3 = 31 * 16 or 32 * 16.
    found = three_bounds(graph.nodes[1], propagate(graph))  # type: ignore[arg-type]
    assert (found.pair_sums, found.coefficient_sums) == ((-32, 30), (-32, 31))
    assert found.sums == (-496, 512)
    assert propagate(graph)["p"].accumulator == (-496, 512)
    assert propagate(graph)["p"].ranges == ((-496, 496), (-480, 512))


def test_three_products_give_the_sums_of_four() -> None:
    rng = np.random.default_rng(1)
    taps = rng.integers(-9, 10, size=(3, 2, 2, 4))
    a, b = rng.integers(-9, 10, size=(2, 2, 4))
    s1, s2, s3 = ((part * x).sum(axis=(1, 2)) for part, x in zip(three_taps(taps), (a + b, a, b), strict=True))
    rows = real_taps(Convolution("W", "x", IntTable(taps), signed(6, 0), is_complex=True)).reshape(3, 2, 2, 2, 4)
    expected = (rows * np.stack([a, b], axis=1)).sum(axis=(2, 3, 4))
    np.testing.assert_array_equal(np.stack([s1 - s3, s1 + s2], axis=1), expected)


# Overflow


def test_what_fits_in_four_products_and_not_in_three_is_refused_with_its_node_and_the_bits() -> None:
    # |re| = 31 and im = 0: four sum 2 * 31 * 16 = 992, 11 bits; S1 = 2 * 31 * 32 = 1984, 12 bits.
    node = Convolution("W", "x", IntTable([[[[31, 31], [0, 0]]]]), signed(6, 0), is_complex=True)
    assert check(single(node, channels=2), 11)["W"].acc_bits == 11
    three = single(replace(node, products=THREE), channels=2)
    message = (
        r"^node 'W': its accumulator needs 12 bits, 1 more than the 11 allowed; give its weights or input fewer bits, or "
        r'raise datapath\.acc_bits, or form its products with datapath\.products = "four"$'
    )
    with pytest.raises(OverflowRefusedError, match=message):
        check(three, 11)
    with pytest.raises(OverflowRefusedError, match=r"2 more than the 10 allowed; .* or raise datapath\.acc_bits$"):
        check(three, 10)  # four do not fit, either


def test_the_trained_odd_bfan_does_not_fit_in_three_products_with_the_formats_of_four() -> None:
    recipe, (weights, formats) = find_recipe("odd_bfan_siso"), trained("odd_bfan_siso")
    graph, _ = lower(recipe.network, weights, formats, recipe.name, 0, "three")
    with pytest.raises(OverflowRefusedError, match=r"^node 'G': its accumulator needs 33 bits, 1 more than the 32 "):
        check(graph, recipe.datapath.acc_bits)
    coarser = replace(formats.weights["G"], frac=formats.weights["G"].frac - 1)
    fitting = replace(formats, weights=formats.weights | {"G": coarser})
    check(lower(recipe.network, weights, fitting, recipe.name, 0, "three")[0], recipe.datapath.acc_bits)


# Lowering


@pytest.mark.parametrize(
    "name", ["odd_bfan_siso", "even_bfan_mimo", "whlut_siso", "memory_polynomial_siso", "cnn_static"]
)
def test_every_complex_node_of_every_family_takes_the_form_of_the_recipe(name: str) -> None:
    recipe, (weights, formats) = find_recipe(name), trained(name)
    four, three = (lower(recipe.network, weights, formats, name, 0, form)[0] for form in ("four", "three"))
    assert lower(recipe.network, weights, formats, name, 0)[0] == four
    nodes = [node for node in three.nodes if isinstance(node, Convolution | Multiply)]
    assert {node.name for node in nodes if node.products is THREE} == {node.name for node in nodes if node.is_complex}
    assert c_graphs.in_three(four, name) == three


def test_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a valid Products"):
        lower(demo_spec(), demo_weights(), demo_formats(), "demo", 0, "two")
    assert all(n.products is Products.FOUR for n in demo_model().graph.nodes if isinstance(n, Convolution))
