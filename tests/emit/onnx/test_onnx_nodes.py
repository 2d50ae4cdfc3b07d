"""Delay, magnitude, products, sums, rectifiers and channels in the integer ONNX files, against Python integers."""

import math

import numpy as np
import onnx
import pytest
from demo_graphs import GRAPHS
from demo_models import full_scale_noise, signed
from onnx import helper
from onnx.reference import ReferenceEvaluator
from onnx_files import assert_exact, corners_and_noise, integer_files, model_of, random_taps, run_file, through
from onnx_oracle import run_nodes

from pimdeploy.datapath.formats import QFormat, Rounding
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
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)
from pimdeploy.emit.onnx.carried import emit_onnx_carried
from pimdeploy.emit.onnx.integer import emit_onnx_integer
from pimdeploy.errors import OverflowRefusedError

PAIRS = np.array([[3, 1, -32768, -32768, 2, 0, -5, 32767], [4, 1, -32768, 0, 2, 0, 12, -32768]])


def values(graph: Graph, x_q: np.ndarray, node: str = "z") -> list[list[int]]:
    """Return what every file gives for `node`: one list, for they agree."""
    found = {path: run_file(data, x_q)[node].astype(np.int64).tolist() for path, data in integer_files(graph).items()}
    assert len({str(lists) for lists in found.values()}) == 1
    return next(iter(found.values()))


def wide_z(source: str, bits: int = 32, frac: int = 0, *, is_signed: bool = True) -> Requantize:
    return Requantize("z", source, QFormat(is_signed, bits, frac))


# --- magnitude -------------------------------------------------------------------------------------------------------


def test_square_root_by_hand():
    graph = through(Magnitude("m", "x"), wide_z("m"), fmt=signed(16, 0))
    assert values(graph, PAIRS) == [[5, 1, 46340, 32768, 2, 0, 13, 46340]]


def test_square_by_hand():
    graph = through(Magnitude("m", "x", MagnitudeKind.SQUARE), wide_z("m", is_signed=False), fmt=signed(16, 0))
    assert values(graph, PAIRS, "m") == [[25, 2, 2**31, 2**30, 8, 0, 169, 32767**2 + 2**30]]


def test_alpha_beta_by_hand():
    """61/64 max + 25/64 min; the frac grows by 6."""
    graph = through(Magnitude("m", "x", MagnitudeKind.ALPHA_BETA, 61, 25, 6), wide_z("m", frac=6), fmt=signed(16, 0))
    expected = [319, 86, 2818048, 1998848, 172, 0, 61 * 12 + 25 * 5, 61 * 32768 + 25 * 32767]
    assert values(graph, PAIRS, "m") == [expected]


@pytest.mark.parametrize("kind", MagnitudeKind)
@pytest.mark.parametrize("channels", [2, 6])
def test_magnitude_of_noise(kind, channels):
    coefficients = (123, 51, 7) if kind is MagnitudeKind.ALPHA_BETA else (0, 0, 0)
    graph = through(Magnitude("m", "x", kind, *coefficients), wide_z("m", frac=12), channels=channels)
    assert_exact(graph, corners_and_noise(200, channels))


def near_squares() -> np.ndarray:
    """Return pairs (I, Q) with I^2 + Q^2 = n^2 - 1, n^2 and n^2 + 1, n up to 2^26: where a floor may go wrong by one.

    n^2 - Q^2 = (n - Q)(n + Q) gives I from n - Q = 5 and 5 (n + Q) = I^2 + 1.
    """
    below = [(i, ((i * i + 1) // 5 - 5) // 2) for i in range(25802, 25902, 10)]
    assert all(math.isqrt(i * i + q * q + 1) ** 2 == i * i + q * q + 1 for i, q in below)
    exact = [(0, q) for _, q in below] + [(3 * 2**23, 4 * 2**23 // 1)]
    above = [(1, q) for _, q in below]
    return np.array(below + exact + above).T


def wide_pair_graph() -> Graph:
    """I of 26 bits and Q of 27: I^2 + Q^2 stays below 2^53."""
    taps = IntTable([[[1], [0], [0], [0]], [[0], [1], [1], [0]]])
    return through(
        Convolution("W", "x", taps, signed(2, 0)), Magnitude("m", "W"), wide_z("m"), channels=4, fmt=signed(26, 0)
    )


def wide_pairs(pairs: np.ndarray) -> np.ndarray:
    half = pairs[1] // 2
    return np.stack([pairs[0], half, pairs[1] - half, np.zeros_like(half)])


def test_square_root_next_to_squares_up_to_2_52():
    pairs = near_squares()
    expected = assert_exact(wide_pair_graph(), wide_pairs(pairs))
    i, q = pairs.tolist()
    assert expected["m"][0].tolist() == [math.isqrt(a * a + b * b) for a, b in zip(i, q, strict=True)]


@pytest.mark.parametrize("error", [-1.0, 1.0])
def test_a_square_root_that_is_off_by_one_is_settled(error):
    """ONNX does not say how Sqrt rounds: a root that is wrong by a whole one must leave the result as it is."""
    x_q = wide_pairs(near_squares())
    expected = run_nodes(wide_pair_graph(), x_q)["m"]
    for path, data in integer_files(wide_pair_graph()).items():
        proto = onnx.load_model_from_string(data)
        place, root = next((i, node) for i, node in enumerate(proto.graph.node) if node.op_type == "Sqrt")
        settled, root.output[0] = root.output[0], "spoiled"
        proto.graph.initializer.append(helper.make_tensor("error", onnx.TensorProto.DOUBLE, [], [error]))
        proto.graph.node.insert(place + 1, helper.make_node("Add", ["spoiled", "error"], [settled]))
        assert np.array_equal(run_file(proto.SerializeToString(), x_q)["m"], expected), path


def test_a_square_root_of_more_than_53_bits_is_refused():
    model = model_of(through(Magnitude("m", "x"), wide_z("m"), fmt=signed(27, 0)))
    message = r"^node 'm': the int64 ONNX file takes the square root of 55 bits, 1 more than the 54 that float64 holds"
    with pytest.raises(OverflowRefusedError, match=message):
        emit_onnx_integer(model)
    with pytest.raises(OverflowRefusedError, match=r"^node 'm': the float64 ONNX file needs 55 bits, 1 more than"):
        emit_onnx_carried(model)
    assert emit_onnx_integer(
        model_of(through(Magnitude("m", "x", MagnitudeKind.SQUARE), wide_z("m"), fmt=signed(27, 0)))
    )


# --- products, sums, delays ------------------------------------------------------------------------------------------


def test_complex_product_by_hand():
    """(3 + 4j) (3 + 4j) = -7 + 24j; the most negative codes reach 2^31."""
    graph = through(Multiply("p", "x", "x", is_complex=True), wide_z("p"), fmt=signed(16, 0))
    x_q = np.array([[3, -32768, -32768], [4, -32768, 32767]])
    expected = [[-7, 0, 65535], [24, 2**31, -32768 * 32767 * 2]]
    assert values(graph, x_q, "p") == expected


def test_real_product_by_hand():
    graph = through(Delay("d", "x", 1, lag=True), Multiply("p", "x", "d"), wide_z("p"), fmt=signed(16, 0))
    assert values(graph, np.array([[3, -5, 7], [-32768, -32768, 2]]), "p") == [[0, -15, -35], [0, 2**30, -65536]]


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("channels", [2, 8])
def test_product_of_two_formats(is_complex, channels):
    narrow = Requantize("r", "x", signed(9, 7))
    graph = through(
        narrow, Multiply("p", "x", "r", is_complex), Requantize("z", "p", signed(16, 12)), channels=channels
    )
    assert_exact(graph, corners_and_noise(100, channels))


@pytest.mark.parametrize("samples", [0, 1, 5, 30])
@pytest.mark.parametrize("n_samples", [1, 3, 40])
def test_delay(samples, n_samples):
    """Delays longer than the signal included: nothing but zeros leaves them."""
    graph = through(Delay("d", "x", samples), Delay("z", "d", 2))
    expected = assert_exact(graph, corners_and_noise(40)[:, :n_samples])
    assert not expected["d"][:, :samples].any()


def test_sum_aligns_its_operands():
    """1 at frac 15, 8 and 3: 1 + 2^7 + 2^12 on the grid of the finest."""
    coarse, coarser = Requantize("a", "x", signed(12, 8)), Requantize("b", "x", signed(16, 3))
    graph = through(coarse, coarser, Add("s", ("a", "x", "b")), Requantize("z", "s", signed(20, 15)))
    expected = assert_exact(graph, corners_and_noise(200))
    x = 24576
    assert expected["s"][0, 10] == x + ((x + 64) >> 7) * 2**7 + ((x + 2048) >> 12) * 2**12
    same = through(Add("s", ("x", "x")), Requantize("z", "s", signed(17, 15)))
    assert np.array_equal(assert_exact(same, corners_and_noise())["z"], 2 * corners_and_noise())


def test_concatenation_aligns_its_operands_and_select_picks_channels():
    graph = through(
        Requantize("a", "x", signed(12, 8)),
        Concatenate("c", ("a", "x")),
        Select("s", "c", (3, 0, 0, 2, 1)),
        Requantize("z", "s", signed(16, 15)),
    )
    x_q = corners_and_noise(100)
    expected = assert_exact(graph, x_q)
    a = ((x_q + 64) >> 7) * 2**7
    assert np.array_equal(expected["s"], np.stack([x_q[1], a[0], a[0], x_q[0], a[1]]))


# --- rectifiers ------------------------------------------------------------------------------------------------------


def test_rectifier_by_hand():
    x_q = np.array([[-3, -32768, 0], [5, 32767, -1]])
    assert values(through(Rectify("r", "x"), wide_z("r"), fmt=signed(16, 0)), x_q, "r") == [[0, 0, 0], [5, 32767, 0]]
    leaky = through(Rectify("r", "x", 3), wide_z("r", frac=3), fmt=signed(16, 0))
    assert values(leaky, x_q, "r") == [[-3, -32768, 0], [40, 32767 * 8, -1]]


@pytest.mark.parametrize("k", [None, 0, 1, 3, 10])
def test_rectifier_of_noise(k):
    assert_exact(through(Rectify("r", "x", k), Requantize("z", "r", signed(12, 10))), corners_and_noise())


@pytest.mark.parametrize("emit", [emit_onnx_integer, emit_onnx_carried])
def test_a_rectifier_does_not_scale_what_is_negative(emit):
    """Arguments in [-2^32, 32]: times 2^40 the negative end would leave 63 bits, but it stays as it is."""
    moved = Convolution("W", "x", IntTable([[[1], [0]], [[0], [1]]]), signed(2, 0), IntTable([-(2**32) + 5] * 2))
    graph = through(moved, Rectify("r", "W", 40), wide_z("r", frac=10), fmt=signed(16, 0))
    nodes = run_nodes(graph, corners_and_noise(20))
    for data in emit(model_of(graph)).values():
        assert np.array_equal(run_file(data, corners_and_noise(20))["r"], nodes["r"])


# --- values beyond 32 bits -------------------------------------------------------------------------------------------

BEYOND_32_BITS = [2**31, 2**31 + 2, 3220981384, 2**32 - 2, -(2**31) - 2, -2717743104, -(2**32) + 2, -(2**32), 6, -8, 0]
"""Where ONNX Runtime's Clip, Max, Min and Sign of int64 go wrong on x86-64, between values that they get right."""


def twice() -> Convolution:
    taps = IntTable([[[2], [0]], [[0], [2]]])
    return Convolution("W", "x", taps, signed(3, 0))


def halves() -> np.ndarray:
    x_q = np.array(BEYOND_32_BITS) // 2
    return np.stack([x_q, x_q[::-1]])


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("fmt", [signed(16, 15), signed(24, 13), QFormat(False, 32, 15), QFormat(False, 8, 17)])
def test_requantize_beyond_32_bits(rounding, fmt):
    assert_exact(through(twice(), Requantize("z", "W", fmt, rounding), fmt=signed(32, 15)), halves())


@pytest.mark.parametrize("k", [None, 0, 2])
def test_rectifier_beyond_32_bits(k):
    expected = assert_exact(through(twice(), Rectify("r", "W", k), wide_z("r"), fmt=signed(32, 15)), halves())
    assert expected["r"][0, :4].tolist() == [value << (k or 0) for value in BEYOND_32_BITS[:4]]


@pytest.mark.parametrize("symmetry", [Symmetry.ODD, Symmetry.EVEN, Symmetry.PLAIN])
@pytest.mark.parametrize("m", [20, 30])
def test_piecewise_beyond_32_bits(symmetry, m):
    function = Piecewise("f", "a", random_taps((1, 4), bits=8), signed(9, 8), m, symmetry)
    graph = through(twice(), Requantize("a", "W", signed(34, 15)), function, wide_z("f", frac=8), fmt=signed(32, 15))
    assert_exact(graph, halves())


def test_magnitude_beyond_32_bits():
    graph = through(Magnitude("m", "x", MagnitudeKind.ALPHA_BETA, 3, 1, 0), wide_z("m"), fmt=signed(32, 15))
    assert values(graph, np.array([[-(2**31), 5], [7, -(2**31)]]), "m") == [[3 * 2**31 + 7, 3 * 2**31 + 5]]


# --- sharing and order -----------------------------------------------------------------------------------------------


def test_a_node_may_be_read_twice_and_the_outputs_source_too():
    """The node that the output hands on has the port's name; others still read it in the carrier."""
    graph = through(
        Requantize("z", "x", signed(12, 11)),
        Add("s", ("z", "x")),
        Multiply("p", "s", "z"),
        Select("unread", "p", (0,)),
    )
    assert_exact(Graph("shared", (*graph.nodes[:-1], Output("y", "z")), 0), full_scale_noise(100))


@pytest.mark.parametrize("name", GRAPHS)
def test_reference_evaluator_agrees(name):
    """ONNX's own reference implementation, a second engine that shares nothing with ONNX Runtime."""
    graph = GRAPHS[name]()
    x_q = corners_and_noise(20, graph.input.channels)
    expected = run_nodes(graph, x_q)["y"]
    for path, data in integer_files(graph).items():
        evaluator = ReferenceEvaluator(onnx.load_model_from_string(data))
        assert np.array_equal(evaluator.run(None, {"x": x_q[None].astype(np.int16)})[0][0], expected), path
