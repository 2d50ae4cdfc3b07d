"""Piecewise-linear functions in the integer ONNX files: every symmetry, several tables, several outputs, both forms."""

import numpy as np
import onnx
import pytest
from demo_models import full_scale_noise, signed
from onnx_files import assert_exact, corners_and_noise, integer_files, operators, random_taps, run_file, through

from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.nodes import Convolution, Delay, IntTable, Magnitude, Piecewise, Requantize, Symmetry

EVERY_CODE = np.arange(-(2**11), 2**11)
ALL_TO_Z = Requantize("z", "f", signed(32, 23))


def curve(symmetry: Symmetry, rows: int, segments: int, m: int, outputs: int = 1, seed: int = 3) -> Piecewise:
    slopes = random_taps((rows, segments), bits=11, seed=seed)
    bases = None if symmetry is Symmetry.ODD else random_taps((rows,), bits=13, seed=seed + 1)
    return Piecewise("f", "x", slopes, signed(12, 8), m, symmetry, bases, outputs)


def source_format(symmetry: Symmetry) -> QFormat:
    return QFormat(symmetry is not Symmetry.INDEX, 12, 15)


def every_code(symmetry: Symmetry, channels: int) -> np.ndarray:
    codes = EVERY_CODE + (2**11 if symmetry is Symmetry.INDEX else 0)
    return np.stack([codes, codes[::-1]] * (channels // 2))


@pytest.mark.parametrize("segments", [1, 2, 5, 16])
@pytest.mark.parametrize("m", [0, 1, 7, 8, 11, 12, 30, 58])
@pytest.mark.parametrize("shared", [True, False])
def test_odd_function_of_every_input_code(segments, m, shared):
    """Knots from one LSB apart to beyond the range of the input, where segments are never reached."""
    graph = through(curve(Symmetry.ODD, 1 if shared else 2, segments, m), ALL_TO_Z, fmt=signed(12, 15))
    assert_exact(graph, every_code(Symmetry.ODD, 2))


@pytest.mark.parametrize("symmetry", [Symmetry.EVEN, Symmetry.PLAIN, Symmetry.INDEX])
@pytest.mark.parametrize("segments", [1, 2, 5, 16])
@pytest.mark.parametrize("m", [0, 1, 7, 8, 11, 12, 13])
def test_function_with_a_first_base_of_every_input_code(symmetry, segments, m):
    graph = through(curve(symmetry, 1, segments, m), ALL_TO_Z, fmt=source_format(symmetry))
    assert_exact(graph, every_code(symmetry, 2))


@pytest.mark.parametrize("symmetry", [Symmetry.EVEN, Symmetry.PLAIN, Symmetry.INDEX])
def test_one_segment_wider_than_the_input(symmetry):
    """Knots that are never reached, at 2^30: no base stands on so coarse a grid within 54 bits but 0 does."""
    function = Piecewise("f", "x", random_taps((1, 4), bits=11), signed(12, 8), 30, symmetry)
    assert_exact(through(function, ALL_TO_Z, fmt=source_format(symmetry)), every_code(symmetry, 2))


@pytest.mark.parametrize("symmetry", Symmetry)
@pytest.mark.parametrize(("channels", "tables"), [(4, 1), (4, 2), (4, 4), (6, 3)])
@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_several_tables_and_outputs(symmetry, channels, tables, outputs):
    graph = through(
        curve(symmetry, tables * outputs, 8, 8, outputs), ALL_TO_Z, channels=channels, fmt=source_format(symmetry)
    )
    expected = assert_exact(graph, every_code(symmetry, channels))
    assert expected["f"].shape[0] == channels * outputs


BY_HAND = {
    Symmetry.EVEN: ([0, 1, 4, 5, 8, 9, 15, -1, -5, -16], [20, 23, 32, 31, 28, 30, 42, 23, 31, 44]),
    Symmetry.ODD: ([0, 1, 4, 5, 8, 9, 15, -1, -5, -16], [0, 3, 12, 11, 8, 10, 22, -3, -11, -24]),
    Symmetry.PLAIN: ([-16, -15, -12, -11, -8, -7, 0, 15], [20, 23, 32, 31, 28, 30, 44, 74]),  # t = a + 16
    Symmetry.INDEX: ([0, 1, 4, 5, 8, 9, 31], [20, 23, 32, 31, 28, 30, 74]),
}


@pytest.mark.parametrize("symmetry", Symmetry)
def test_values_by_hand(symmetry):
    """Segments of 4 LSB, slopes 3, -1, 2, base[0] = 5: f(t) = 20 + 3 t, then 32 - (t - 4), then 28 + 2 (t - 8)."""
    arguments, expected = BY_HAND[symmetry]
    first = None if symmetry is Symmetry.ODD else IntTable([5])
    function = Piecewise("f", "x", IntTable([[3, -1, 2]]), signed(4, 0), 2, symmetry, first)
    graph = through(function, Requantize("z", "f", signed(16, 0)), fmt=QFormat(symmetry is not Symmetry.INDEX, 5, 0))
    for data in integer_files(graph).values():
        assert run_file(data, np.array([arguments] * 2))["z"].tolist() == [expected] * 2


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("symmetry", [Symmetry.ODD, Symmetry.EVEN])
def test_a_range_on_one_side_of_zero(sign, symmetry):
    """A bias moves the range: the segments that are reached are those of its far end."""
    codes = np.arange(-(2**9), 2**9)
    moved = Convolution("W", "x", IntTable([[[1], [0]], [[0], [1]]]), signed(4, 0), IntTable([sign * 3000] * 2))
    first = None if symmetry is Symmetry.ODD else IntTable([77])
    function = Piecewise("f", "W", random_taps((1, 16), bits=11, seed=5), signed(12, 8), 8, symmetry, first)
    assert_exact(through(moved, function, ALL_TO_Z, fmt=signed(10, 15)), np.stack([codes, codes]))


def test_constants_that_leave_float64_make_it_the_specified_table():
    """slope * a + offset: the offset of a far segment is as large as slope times knot, whatever the values are."""
    slopes = IntTable([[2**30 - 1, -(2**30 - 1), 2**30 - 1]])
    function = Piecewise("f", "x", slopes, signed(32, 8), 22, Symmetry.ODD)
    wide = through(function, Requantize("z", "f", signed(16, 0)), fmt=signed(25, 15))
    assert_exact(wide, full_scale_noise(200, bits=25))
    files = integer_files(wide)
    assert "Abs" not in operators(files["onnx/model_int.onnx"], "f")
    assert {"Abs", "Sub", "Neg", "Where"} <= set(operators(files["onnx/model_int_f64.onnx"], "f"))


@pytest.mark.parametrize("symmetry", Symmetry)
@pytest.mark.parametrize("tables", [1, 2])
def test_the_specified_table_in_int32(symmetry, tables):
    """slope * a + offset would take 33 bits; the values take fewer."""
    rows = [[3, 30000, -30000, 30000, -30000, 30000, -30000, 32767], [9, -30000, 30000, 7, -30000, 30000, 1, -32767]]
    m = 14 if symmetry is Symmetry.PLAIN else 13
    index = symmetry is Symmetry.INDEX
    first = None if symmetry is Symmetry.ODD else IntTable([5, -3][:tables])
    function = Piecewise("f", "q", IntTable(rows[:tables]), signed(17, 8), m, symmetry, first)
    nodes = (
        Magnitude("m", "x") if index else Delay("m", "x", 0),
        Requantize("q", "m", QFormat(False, 16, 15) if index else signed(17, 16)),
        function,
        Requantize("z", "f", signed(30, 15)),
    )
    graph = through(*nodes, channels=4 if index else 2)
    assert_exact(graph, corners_and_noise(300, graph.input.channels))
    proto = onnx.load_model_from_string(integer_files(graph)["onnx/model_int.onnx"])
    assert {value.type.tensor_type.elem_type for value in proto.graph.value_info if value.name == "f"} == {
        onnx.TensorProto.INT32
    }
    assert "Sub" in operators(integer_files(graph)["onnx/model_int.onnx"], "f")
