"""The integer ONNX files against Python integers: every rounding, overflow, shift, convolution and table, by node."""

from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
from demo_models import demo_model, full_scale_noise, signed
from onnx.reference import ReferenceEvaluator
from onnx_oracle import run_nodes

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Piecewise, Requantize
from pimdeploy.emit.onnx_carried import emit_onnx_carried
from pimdeploy.emit.onnx_integer import emit_onnx_integer

INT16 = signed(16, 15)
CORNERS = np.array([-32768, 32767, -32767, -1, 0, 1, 32766, -32766, 16384, -16384, 24576, -24576, 8192, -8192])


def corners_and_noise(n_samples: int = 300) -> np.ndarray:
    return np.concatenate([np.stack([CORNERS, CORNERS[::-1]]), full_scale_noise(n_samples)], axis=1)


def integer_files(graph: Graph) -> dict[str, bytes]:
    model = replace(demo_model(), graph=graph, real_tables={})
    return emit_onnx_integer(model) | emit_onnx_carried(model)


def run_file(data: bytes, x_q: np.ndarray) -> dict[str, np.ndarray]:
    """Return every announced node of the file and its output [channels, n_samples], from ONNX Runtime."""
    proto = onnx.load_model_from_string(data)
    proto.graph.output.extend(proto.graph.value_info)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options)
    names = [output.name for output in session.get_outputs()]
    port = session.get_inputs()[0]
    dtype = port.type.removeprefix("tensor(").removesuffix(")")
    results = session.run(names, {port.name: x_q[None].astype(dtype)})
    return {name: result[0] for name, result in zip(names, results, strict=True)}


def assert_exact(graph: Graph, x_q: np.ndarray) -> dict[str, np.ndarray]:
    expected = run_nodes(graph, x_q)
    for path, data in integer_files(graph).items():
        got = run_file(data, x_q)
        assert set(got) == set(expected) - {graph.input.name, graph.output.name}
        for name, values in got.items():
            assert np.array_equal(values, expected[name]), (path, name)
    return expected


def through(*nodes, channels: int = 2, fmt: QFormat = INT16) -> Graph:
    """Return the graph that runs the input through `nodes`, the last one being the output's source."""
    return Graph("part", (Input("x", channels, fmt), *nodes, Output("y", nodes[-1].name)), 0)


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("overflow", Overflow)
@pytest.mark.parametrize("frac", [15, 14, 12, 8, 1, 0, -3, 17])
def test_requantize_of_every_input_code(rounding, overflow, frac):
    """Bits are few enough for overflow at most shifts; every tie of the signal occurs."""
    every_code = np.arange(-(2**11), 2**11)
    bits = max(3, frac - 6)
    for fmt in (QFormat(True, bits, frac), QFormat(False, bits, frac)):
        graph = through(Requantize("z", "x", fmt, rounding, overflow), fmt=signed(12, 15))
        assert_exact(graph, np.stack([every_code, every_code[::-1]]))


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("shift", [1, 2, 47, 48, 49, 52, 61, 62])
def test_requantize_by_long_shifts(rounding, shift):
    """The rounding constant alone may be wider than the value: half of 2^61 on a 16-bit signal still fits int64."""
    graph = through(Requantize("z", "x", signed(16, 15 - shift), rounding))
    model = replace(demo_model(), graph=graph, real_tables={})
    x_q = corners_and_noise(50)
    got = run_file(emit_onnx_integer(model)["onnx/model_int.onnx"], x_q)
    assert np.array_equal(got["z"], run_nodes(graph, x_q)["z"])


def test_left_shift_then_wrap_and_saturate():
    wrapped = Requantize("w", "x", signed(16, 20), overflow=Overflow.WRAP)
    expected = assert_exact(through(wrapped, Requantize("z", "w", signed(12, 22))), corners_and_noise())
    assert {-2048, 2047} <= set(expected["z"].ravel().tolist())


def random_taps(shape: tuple[int, ...], bits: int = 12, seed: int = 0) -> IntTable:
    limit = 2 ** (bits - 1) - 1
    return IntTable(np.random.default_rng(seed).integers(-limit, limit + 1, size=shape))


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(("kernel", "dilation"), [(1, 1), (2, 1), (5, 1), (3, 4)])
@pytest.mark.parametrize("has_bias", [False, True])
def test_convolution(is_complex, groups, kernel, dilation, has_bias):
    shape = (6, 2 // groups, 2, kernel) if is_complex else (6, 4 // groups, kernel)
    bias = random_taps((12 if is_complex else 6,), bits=28, seed=1) if has_bias else None
    conv = Convolution("W", "x", random_taps(shape), signed(12, 10), bias, groups, dilation, is_complex)
    x_q = np.concatenate([corners_and_noise(60), full_scale_noise(60 + len(CORNERS), seed=9)])
    assert_exact(through(conv, Requantize("z", "W", signed(16, 10)), channels=4), x_q)


def test_each_layer_starts_with_zeros_of_its_own_input():
    """Behind a bias, zeros at the graph's input are not zeros at the second layer."""
    first = Convolution("V", "x", random_taps((2, 2, 3)), signed(12, 0), IntTable([5000, -7000]))
    narrow = Requantize("a", "V", signed(16, 7))
    second = Convolution("B", "a", random_taps((2, 2, 4), seed=2), signed(12, 0))
    assert_exact(through(first, narrow, second, Requantize("z", "B", signed(30, 7))), corners_and_noise(40))


def test_wide_ports_are_int32():
    conv = Convolution("W", "x", random_taps((2, 2, 1), bits=8), signed(8, 0))
    graph = through(conv, Requantize("z", "W", signed(24, 15)), fmt=signed(20, 15))
    x_q = full_scale_noise(200, bits=20)
    assert_exact(graph, x_q)
    port = onnx.load_model_from_string(integer_files(graph)["onnx/model_int.onnx"]).graph
    kinds = [value.type.tensor_type.elem_type for value in (port.input[0], port.output[0])]
    assert kinds == [onnx.TensorProto.INT32, onnx.TensorProto.INT32]


@pytest.mark.parametrize("segments", [1, 2, 5, 16])
@pytest.mark.parametrize("m", [0, 1, 7, 8, 11, 12, 30, 58])
@pytest.mark.parametrize("shared", [True, False])
def test_piecewise_of_every_input_code(segments, m, shared):
    """Knots from one LSB apart to beyond the range of the input, where segments are never reached."""
    every_code = np.arange(-(2**11), 2**11)
    slopes = random_taps((1 if shared else 2, segments), bits=11, seed=m)
    curve = Piecewise("f", "x", slopes, signed(12, 8), m)
    graph = through(curve, Requantize("z", "f", signed(31, 23)), fmt=signed(12, 15))
    assert_exact(graph, np.stack([every_code, every_code]))


@pytest.mark.parametrize("form", ["model_int", "model_int_basis", "model_int_f64"])
@pytest.mark.parametrize(
    ("rounding", "overflow"), [("half_up", "saturate"), ("half_away", "wrap"), ("half_even", "wrap")]
)
def test_reference_evaluator_agrees(form, rounding, overflow):
    """ONNX's own reference implementation, a second engine that shares nothing with ONNX Runtime."""
    model = demo_model(
        weight_bits=10, activation_bits=9, rounding=Rounding(rounding), overflow=Overflow(overflow), M_N=2, M_K=3, M_G=2
    )
    data = (emit_onnx_integer(model) | emit_onnx_carried(model))[f"onnx/{form}.onnx"]
    x_q = corners_and_noise(40)
    evaluator = ReferenceEvaluator(onnx.load_model_from_string(data))
    z = evaluator.run(None, {"x": x_q[None].astype(np.int16)})[0]
    assert z.dtype == np.int16
    assert np.array_equal(z[0], run_nodes(model.graph, x_q)["z"])


def test_batches_are_independent():
    model = demo_model(M_N=2)
    x_q = full_scale_noise(2 * 64).reshape(2, 2, 64)
    for data in (emit_onnx_integer(model) | emit_onnx_carried(model)).values():
        session = onnxruntime.InferenceSession(data)
        together = session.run(["z"], {"x": x_q.astype(np.int16)})[0]
        for z, x in zip(together, x_q, strict=True):
            assert np.array_equal(z, run_nodes(model.graph, x)["z"])


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("overflow", Overflow)
@pytest.mark.parametrize(("emit", "tap_bits"), [(emit_onnx_carried, 38), (emit_onnx_integer, 47)])
def test_exact_up_to_the_widest_accumulator(rounding, overflow, emit, tap_bits):
    """54 bits in float64 and 63 in int64 are filled, the last bit counting: taps are odd, shifts few."""
    largest = 2 ** (tap_bits - 1) - 1
    conv = Convolution("W", "x", IntTable([[[largest], [largest]], [[largest], [1]]]), signed(tap_bits, 0))
    for shift in (1, 2, 16):
        fmt = signed(min(32, tap_bits + 15 - shift), 15 - shift)
        model = replace(
            demo_model(), graph=through(conv, Requantize("z", "W", fmt, rounding, overflow)), real_tables={}
        )
        x_q = np.concatenate([corners_and_noise(30), np.full((2, 1), -32768), np.full((2, 1), 32767)], axis=1)
        expected = run_nodes(model.graph, x_q)
        assert np.abs(expected["W"]).max() > 2 ** (tap_bits + 14)
        for path, data in emit(model).items():
            got = run_file(data, x_q)
            assert np.array_equal(got["z"], expected["z"]), (path, shift)
            assert np.array_equal(got["W"], expected["W"]), (path, shift)


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("overflow", Overflow)
def test_a_value_that_rounds_up_out_of_the_format(rounding, overflow):
    """One bit fewer and one fraction bit fewer: only the largest code overflows, and only by its rounding."""
    every_code = np.arange(-(2**11), 2**11)
    graph = through(Requantize("z", "x", signed(11, 14), rounding, overflow), fmt=signed(12, 15))
    assert_exact(graph, np.stack([every_code, every_code]))


@pytest.mark.parametrize("sign", [-1, 1])
def test_piecewise_of_a_range_on_one_side_of_zero(sign):
    """A bias moves the range: the segments that are reached are those of its far end."""
    every_code = np.arange(-(2**9), 2**9)
    moved = Convolution("W", "x", IntTable([[[1], [0]], [[0], [1]]]), signed(4, 0), IntTable([sign * 3000] * 2))
    curve = Piecewise("f", "W", random_taps((1, 16), bits=11, seed=5), signed(12, 8), 8)
    graph = through(moved, curve, Requantize("z", "f", signed(31, 23)), fmt=signed(10, 15))
    assert_exact(graph, np.stack([every_code, every_code]))
