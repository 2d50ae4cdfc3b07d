"""The proven intervals: no input leaves them, and the worst case reaches those of a convolution exactly."""

import itertools

import numpy as np
import pytest
from demo_models import demo_model, full_scale_noise, signed
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx_oracle import requantize, run_nodes

from pimdeploy.datapath.bounds import _requantized, _rounded, propagate, real_taps
from pimdeploy.datapath.bounds_piecewise import function_bounds
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding, bits_for
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Piecewise, Requantize, Symmetry

FIVE_BITS = signed(5, 0)
SPEC_ROWS = {  # fixed_point.md, section 3: x = -2.5 -1.5 -0.5 0.5 1.5 2.5 -1.25 1.75
    "floor": [-3, -2, -1, 0, 1, 2, -2, 1],
    "half_up": [-2, -1, 0, 1, 2, 3, -1, 2],
    "half_even": [-2, -2, 0, 0, 2, 2, -1, 2],
    "half_away": [-3, -2, -1, 1, 2, 3, -1, 2],
}
SPEC_QUARTERS = [-10, -6, -2, 2, 6, 10, -5, 7]


@pytest.mark.parametrize("rounding", Rounding)
def test_roundings_are_those_of_the_specification(rounding):
    assert [_rounded(q, 2, rounding) for q in SPEC_QUARTERS] == SPEC_ROWS[rounding]


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("overflow", Overflow)
@pytest.mark.parametrize("shift", [0, 1, 2, 3, -2])
def test_requantize_range_is_the_image_of_every_interval(rounding, overflow, shift):
    """Tight for saturation; where wrapping occurs, the whole format."""
    for fmt in (QFormat(True, 3, 0), QFormat(False, 3, 0), QFormat(True, 6, 0)):
        node = Requantize("z", "x", fmt, rounding, overflow)
        codes = np.arange(-20, 21).astype(object)
        image = requantize(node, codes, shift)
        unlimited = requantize(Requantize("z", "x", signed(40, 0), rounding), codes, shift)
        for first, last in itertools.combinations_with_replacement(range(len(codes)), 2):
            part = image[first : last + 1].tolist()
            lo, hi = _requantized((int(codes[first]), int(codes[last])), shift, node)
            wraps = overflow is Overflow.WRAP and not all(
                fmt.min_q <= v <= fmt.max_q for v in (unlimited[first], unlimited[last])
            )
            assert (lo, hi) == ((fmt.min_q, fmt.max_q) if wraps else (min(part), max(part)))


def single(node, channels: int = 2, fmt: QFormat = FIVE_BITS) -> Graph:
    return Graph("one", (Input("x", channels, fmt), node, Output("y", node.name)), 0)


@st.composite
def convolutions(draw) -> Graph:
    is_complex, groups = draw(st.booleans()), draw(st.sampled_from([1, 2]))
    kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    shape = (2, 2 // groups, 2, kernel) if is_complex else (4, 4 // groups, kernel)
    numbers = st.integers(-31, 31)
    taps = draw(st.lists(numbers, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    bias = draw(st.none() | st.lists(st.integers(-500, 500), min_size=4, max_size=4))
    table = IntTable(np.array(taps).reshape(shape))
    node = Convolution(
        "W", "x", table, signed(6, 0), None if bias is None else IntTable(bias), groups, dilation, is_complex
    )
    fmt = draw(st.sampled_from([signed(5, 0), QFormat(False, 5, 0)]))
    return single(node, 4, fmt)


@settings(max_examples=60, deadline=None)
@given(convolutions(), st.integers(0, 2**32 - 1))
def test_no_input_leaves_the_bounds_of_a_convolution(graph, seed):
    rng = np.random.default_rng(seed)
    fmt, bounds = graph.input.format, propagate(graph)["W"]
    x_q = rng.integers(fmt.min_q, fmt.max_q + 1, size=(4, 30))
    for values, (lo, hi) in zip(run_nodes(graph, x_q)["W"], bounds.ranges, strict=True):
        assert lo <= values.min()
        assert values.max() <= hi


@settings(max_examples=60, deadline=None)
@given(convolutions())
def test_the_sign_matched_worst_case_reaches_the_bounds_exactly(graph):
    node, fmt, bounds = graph.node("W"), graph.input.format, propagate(graph)["W"]
    rows, per_group = real_taps(node), node.channels_in // node.groups
    for channel in range(node.channels_out):
        first = channel // (node.channels_out // node.groups) * per_group
        for end, worst in enumerate(bounds.ranges[channel]):
            x_q = np.zeros((4, node.memory + 1), dtype=np.int64)
            for i, k in np.ndindex(per_group, node.kernel_length):
                wanted = fmt.max_q if (rows[channel, i, k] > 0) == bool(end) else fmt.min_q
                x_q[first + i, node.memory - node.dilation * k] = wanted
            assert run_nodes(graph, x_q)["W"][channel, -1] == worst


@settings(max_examples=60, deadline=None)
@given(convolutions(), st.randoms(use_true_random=False))
def test_partial_sums_in_any_order_stay_in_the_accumulator(graph, random):
    node, fmt, bounds = graph.node("W"), graph.input.format, propagate(graph)["W"]
    for channel, row in enumerate(real_taps(node).reshape(node.channels_out, -1).tolist()):
        terms = [tap * random.choice([fmt.min_q, fmt.max_q, 0, 1]) for tap in row]
        terms += [] if node.bias is None else [int(node.bias.array[channel])]
        random.shuffle(terms)
        sums = list(itertools.accumulate(terms, initial=0))
        assert bounds.accumulator[0] <= min(sums)
        assert max(sums) <= bounds.accumulator[1]


def test_complex_taps_as_a_real_matrix():
    node = Convolution("W", "x", IntTable([[[[1, 2], [3, 4]]]]), signed(8, 0), is_complex=True)
    assert real_taps(node).tolist() == [[[1, 2], [-3, -4]], [[3, 4], [1, 2]]]


SLOPES = [[5], [3, -7], [0, 4, -4, 2], [-1, -2, 9], [6, -6, 6, -6, 6]]
CODES = {symmetry: range(16) if symmetry is Symmetry.INDEX else range(-8, 8) for symmetry in Symmetry}


def by_definition(node: Piecewise, a: int) -> tuple[int, list[int], list[int]]:
    """Return y, the steps of the table form and the terms of the basis form, of 4-bit arguments."""
    slopes, m = [int(v) for v in node.slopes.array[0]], node.segment_log2
    first = 0 if node.first_bases is None else int(node.first_bases.array[0])
    t = {"odd": abs(a), "even": abs(a), "plain": a + 8, "index": a}[node.symmetry]
    s = min(t >> m, len(slopes) - 1)
    base, product = (first + sum(slopes[:s])) << m, slopes[s] * (t - (s << m))
    sign = -1 if node.symmetry is Symmetry.ODD and a < 0 else 1
    weights = [slope - before for slope, before in zip(slopes, [0, *slopes], strict=False)]
    terms = [sign * (first << m)] + [sign * w * max(t - (k << m), 0) for k, w in enumerate(weights)]
    return sign * (base + product), [base, product, sign * (base + product)], terms


@pytest.mark.parametrize("slopes", SLOPES)
@pytest.mark.parametrize("m", [0, 1, 2, 5])
@pytest.mark.parametrize("symmetry", Symmetry)
@pytest.mark.parametrize("first_base", [0, -11])
def test_bounds_of_a_function_hold_every_step_and_its_image_is_tight(slopes, m, symmetry, first_base):
    if symmetry is Symmetry.ODD and first_base:
        first_base = 0
    first = IntTable([first_base]) if first_base else None
    node = Piecewise("f", "x", IntTable([slopes]), signed(8, 0), m, symmetry, first)
    codes = CODES[symmetry]
    for i, j in itertools.combinations_with_replacement(range(len(codes)), 2):
        bounds = function_bounds(node, 0, (codes[i], codes[j]), 4)
        values = []
        for a in codes[i : j + 1]:
            y, steps, terms = by_definition(node, a)
            assert sum(terms) == y
            assert bounds.table[0] <= min(steps)
            assert max(steps) <= bounds.table[1]
            assert bounds.basis[0] <= sum(t for t in terms if t < 0)
            assert sum(t for t in terms if t > 0) <= bounds.basis[1]
            values.append(y)
        assert bounds.image == (min(values), max(values))


@pytest.mark.parametrize("rounding", Rounding)
def test_accumulator_of_a_requantize_holds_the_rounding_constant(rounding):
    graph = single(Requantize("z", "x", signed(3, -2), rounding), fmt=signed(6, 0))
    expected = {"floor": (-32, 31), "half_up": (-32, 33), "half_even": (-32, 33), "half_away": (-34, 34)}
    assert propagate(graph)["z"].accumulator == expected[rounding]


def test_accumulator_of_a_left_shift_holds_the_shifted_value():
    bounds = propagate(single(Requantize("z", "x", signed(6, 3)), fmt=signed(6, 0)))["z"]
    assert bounds.accumulator == (-256, 248)
    assert bounds.ranges == ((-32, 31),) * 2


@pytest.mark.parametrize(("weight_bits", "activation_bits"), [(16, 16), (12, 12), (8, 8)])
@pytest.mark.parametrize("M_N", [1, 2])
def test_no_node_of_the_network_leaves_its_range(weight_bits, activation_bits, M_N):
    model = demo_model(weight_bits=weight_bits, activation_bits=activation_bits, M_N=M_N)
    bounds = propagate(model.graph)
    for x_q in (full_scale_noise(300), np.full((2, 40), -32768), np.full((2, 40), 32767)):
        for name, values in run_nodes(model.graph, x_q).items():
            fmt = bounds[name].format
            for channel, (lo, hi) in zip(values, bounds[name].ranges, strict=True):
                assert fmt.min_q <= lo <= channel.min()
                assert channel.max() <= hi <= fmt.max_q


def test_format_of_every_exact_node_is_the_smallest():
    for bounds in propagate(demo_model().graph).values():
        assert bounds.acc_bits == bits_for(*bounds.accumulator)
        lo, hi = min(lo for lo, _ in bounds.ranges), max(hi for _, hi in bounds.ranges)
        assert bits_for(lo, hi) <= bounds.format.bits
    conv = propagate(demo_model().graph)["K"]
    assert conv.format.bits == max(bits_for(lo, hi) for lo, hi in conv.ranges)
    assert conv.basis_acc_bits is None
