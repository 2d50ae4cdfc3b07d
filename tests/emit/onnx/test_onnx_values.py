"""The integer ONNX files against Python integers: every rounding, overflow, shift, convolution and table, by node."""

import numpy as np
import onnx
import onnxruntime
import pytest
from demo_models import demo_model, full_scale_noise, signed
from onnx.reference import ReferenceEvaluator
from onnx_files import (
    INT16,
    assert_exact,
    corners_and_noise,
    from_reset,
    integer_files,
    model_of,
    operators,
    random_taps,
    run_file,
    through,
)
from onnx_oracle import run_nodes

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.nodes import Convolution, IntTable, Requantize
from pimdeploy.emit.onnx.carried import emit_onnx_carried
from pimdeploy.emit.onnx.integer import emit_onnx_integer


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
@pytest.mark.parametrize("shift", [1, 2, 29, 30, 31, 32, 33, 47, 48, 49, 52, 61, 62])
def test_requantize_by_long_shifts(rounding, shift):
    """The rounding constant alone may be wider than the value: half of 2^61 on a 16-bit signal still fits int64, half of
    2^30 int32."""
    graph = through(Requantize("z", "x", signed(16, 15 - shift), rounding))
    model = model_of(graph)
    x_q = corners_and_noise(50)
    got = run_file(emit_onnx_integer(model)["onnx/model_int.onnx"], x_q)
    assert np.array_equal(got["z"], run_nodes(graph, x_q)["z"])


def test_left_shift_then_wrap_and_saturate():
    wrapped = Requantize("w", "x", signed(16, 20), overflow=Overflow.WRAP)
    expected = assert_exact(through(wrapped, Requantize("z", "w", signed(12, 22))), corners_and_noise())
    assert {-2048, 2047} <= set(expected["z"].ravel().tolist())


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(("kernel", "dilation"), [(1, 1), (2, 1), (5, 1), (3, 4)])
@pytest.mark.parametrize("has_bias", [False, True])
def test_convolution(is_complex, groups, kernel, dilation, has_bias):
    shape = (6, 2 // groups, 2, kernel) if is_complex else (6, 4 // groups, kernel)
    bias = random_taps((12 if is_complex else 6,), bits=28, seed=1) if has_bias else None
    conv = Convolution("W", "x", random_taps(shape), signed(12, 10), bias, groups, dilation, is_complex)
    assert_exact(through(conv, Requantize("z", "W", signed(16, 10)), channels=4), corners_and_noise(60, channels=4))


SHAPES = {
    "depthwise": ({"shape": (12, 1, 5), "groups": 12, "dilation": 3}, {"Pad", "Slice", "Mul", "Add"}),
    "pointwise": ({"shape": (5, 12, 1)}, {"MatMul"}),
    "wide": ({"shape": (8, 12, 5), "dilation": 2}, {"Pad", "MatMul", "Slice", "Add"}),
    "more outputs": ({"shape": (16, 12, 3)}, {"Pad", "Slice", "Concat", "MatMul"}),
    "wide complex": ({"shape": (3, 6, 2, 4), "is_complex": True}, {"Pad", "MatMul", "Slice", "Add"}),
    "complex by transmitter": (
        {"shape": (6, 1, 2, 4), "groups": 6, "is_complex": True},
        {"Reshape", "Pad", "Slice", "Concat", "MatMul"},
    ),
    "two outputs a channel": (
        {"shape": (24, 1, 3), "groups": 12},
        {"Reshape", "Pad", "Slice", "Concat", "MatMul"},
    ),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("n_samples", [1, 90])
def test_every_way_to_write_a_convolution(name, n_samples):
    """Memories longer than the signal included."""
    sizes, expected = SHAPES[name]
    sizes = dict(sizes)
    taps = random_taps(sizes.pop("shape"))
    graph = through(Convolution("W", "x", taps, signed(12, 10), **sizes), Requantize("z", "W", INT16), channels=12)
    assert_exact(graph, corners_and_noise(90, channels=12)[:, :n_samples])
    found = {kind for data in integer_files(graph).values() for kind in operators(data, "W")}
    assert found - {"Cast"} == expected


def test_wide_groups_with_bias():
    taps, bias = random_taps((16, 8, 3)), random_taps((16,), bits=28, seed=1)
    graph = through(
        Convolution("W", "x", taps, signed(12, 10), bias, groups=2, dilation=2),
        Requantize("z", "W", INT16),
        channels=16,
    )
    assert_exact(graph, corners_and_noise(60, channels=16))


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
        fed = {"x": x_q.astype(np.int16)} | from_reset(session.get_inputs()[1:], batch=2)
        together = session.run(["z"], fed)[0]
        for z, x in zip(together, x_q, strict=True):
            assert np.array_equal(z, run_nodes(model.graph, x)["z"])


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("overflow", Overflow)
@pytest.mark.parametrize(
    ("emit", "tap_bits"),
    [(emit_onnx_carried, 38), (emit_onnx_integer, 47), (emit_onnx_integer, 15), (emit_onnx_integer, 16)],
)
def test_exact_up_to_the_widest_accumulator(rounding, overflow, emit, tap_bits):
    """54 bits in float64, 63 in int64 and 32 in int32 are filled, the last bit counting: taps are odd, shifts few."""
    largest = 2 ** (tap_bits - 1) - 1
    conv = Convolution("W", "x", IntTable([[[largest], [largest]], [[largest], [1]]]), signed(tap_bits, 0))
    for shift in (1, 2, 16):
        fmt = signed(min(32, tap_bits + 15 - shift), 15 - shift)
        model = model_of(through(conv, Requantize("z", "W", fmt, rounding, overflow)))
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
