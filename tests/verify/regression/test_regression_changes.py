"""What changed in a file is told by what the file holds: tensor, key, node, line or byte."""

import io

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save

from pimdeploy.verify.regression.changes import array_differences, value_differences, what_changed

TAPS = np.arange(6, dtype=np.int64).reshape(2, 3)


def npz(write=np.savez, **arrays):
    stream = io.BytesIO()
    write(stream, **arrays)
    return stream.getvalue()


def one_changed(array, index, value):
    copy = array.copy()
    copy[index] = value
    return copy


def test_an_array_says_how_many_entries_differ_and_the_first():
    now = one_changed(one_changed(TAPS, (1, 0), -3), (1, 2), 9)
    text = "G.taps changed in 2 of 6 entries, first [1, 0]: 3 then, -3 now"
    assert what_changed("tables.npz", npz(**{"G.taps": TAPS}), npz(**{"G.taps": now})) == text


def test_a_tensor_of_weights_is_named_with_its_values():
    then, now = {"K": np.zeros(3), "G": np.array([0.5])}, {"K": np.zeros(3), "G": np.array([0.25])}
    text = "G changed in 1 of 1 entries, first [0]: 0.5 then, 0.25 now"
    assert what_changed("weights.safetensors", save(then), save(now)) == text


def test_shapes_and_names_that_came_or_went():
    then, now = {"a": TAPS, "b": TAPS}, {"a": TAPS.T, "c": TAPS}
    assert array_differences(then, now) == ["a changed its shape: [2, 3] then, [3, 2] now", "b gone", "c new"]


@pytest.mark.parametrize("then", ["V4", "i2,i2", "U3", "m8[s]", [("a", "i4", (2,))]])
@pytest.mark.parametrize("now", ["V4", "i2,i2", "V8", "U3", "i4", "m8[s]", [("a", "i4", (2,))]])
def test_arrays_of_records_text_and_numbers_differ_by_their_type(then, now):
    before, after = np.zeros(3, dtype=then), np.zeros(3, dtype=now)
    lines = array_differences({"t": before}, {"t": after})
    same = before.dtype == after.dtype
    assert lines == ([] if same else [f"t changed its type: {before.dtype} then, {after.dtype} now"])


def test_equal_arrays_in_other_bytes_are_told_from_changed_ones():
    assert what_changed("tables.npz", npz(a=TAPS), npz(np.savez_compressed, a=TAPS)) == (
        "its bytes changed, what it holds did not"
    )


def test_values_go_by_their_keys_and_nodes_by_their_names():
    then = {"name": "x", "nodes": [{"name": "u", "bits": 16}, {"name": "v", "format": {"frac": 3}}]}
    now = {"nodes": [{"name": "w"}, {"name": "u", "bits": 12}, {"name": "v", "format": {"frac": 4}}], "more": []}
    assert value_differences(then, now) == [
        "node u: bits: 16 then, 12 now",
        "node v: format.frac: 3 then, 4 now",
        "name: x gone",
        "node w: name: w new",
        "more: [] new",
    ]


def test_a_table_of_toml_is_told_by_its_key():
    assert what_changed("recipe.toml", b"[training]\nseed = 1\n", b"[training]\nseed = 2\n") == (
        "training.seed: 1 then, 2 now"
    )


def test_many_differences_are_counted_and_long_values_cut():
    many = value_differences({str(n): n for n in range(20)}, {str(n): -1 for n in range(20)})
    told = what_changed("ledger.json", b"[]", b'["' + b"a" * 80 + b'"]')
    assert len(many) == 20
    assert told == ': [] then, ["' + "a" * 58 + "... now"
    listed = what_changed("a.json", str(list(range(3))).encode(), b'{"a": 1, "b": 2}')
    assert listed == ": [0, 1, 2] gone; a: 1 new; b: 2 new"
    text = what_changed("a.json", *(("{" + ",".join(f'"{n}": {v}' for n in range(20)) + "}").encode() for v in (0, 1)))
    assert text.startswith("0: 0 then, 1 now; ")
    assert text.endswith("7: 0 then, 1 now; and 12 more")


def onnx_file(taps, op="Add", producer="p"):
    nodes = [helper.make_node(op, ["x", "taps"], ["y"])]
    ends = [helper.make_tensor_value_info(name, TensorProto.INT64, [2, 3]) for name in "xy"]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], [numpy_helper.from_array(taps, "taps")])
    return helper.make_model(graph, producer_name=producer).SerializeToString()


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"taps": TAPS + 1}, "initializer taps changed"),
        ({"op": "Mul"}, "node Add y gone; node Mul y new"),
        ({"producer": "another"}, "what describes the model changed"),
    ],
)
def test_an_onnx_file_names_its_parts(changed, text):
    assert what_changed("onnx/model_int.onnx", onnx_file(TAPS), onnx_file(**{"taps": TAPS, **changed})) == text
    assert onnx.load_model_from_string(onnx_file(TAPS)).graph.node[0].op_type == "Add"


def test_text_is_told_by_its_line():
    assert what_changed("c/x.c", b"a\nb\nc\n", b"a\nB\nc\n") == "its text changed, first in line 2"
    assert what_changed("c/Makefile", b"a\n", b"a\nb\n") == "its text changed, first in line 2, 1 lines then, 2 now"


def test_bytes_are_told_by_their_number():
    assert what_changed("c/x_weights.bin", b"abc", b"abX") == "its bytes changed, first byte 2"
    assert what_changed("c/x_weights.bin", b"abc", b"ab") == "its bytes changed, first byte 2, 3 bytes then, 2 now"


@pytest.mark.parametrize("name", ["tables.npz", "a.npy", "weights.safetensors", "a.json", "a.toml", "a.onnx", "a.c"])
def test_a_file_that_is_not_what_its_name_says_is_told_by_its_bytes(name):
    assert what_changed(name, b"\xff\xff\x01", b"\xff\xff\x02") == "its bytes changed, first byte 2"


@pytest.mark.parametrize(
    ("name", "then", "now", "text"),
    [
        ("recipe.toml", b"a = 1979-05-27", b"a = 1979-05-28", 'a: "1979-05-27" then, "1979-05-28" now'),
        ("recipe.toml", b'a = "x\\ny"', b'a = "\\u001b[31m"', "a: x y then, \\x1b[31m now"),
        ("ledger.json", b"[1]", b"[" * 20_000, "its bytes changed, first byte 1, 3 bytes then, 20000 now"),
        ("ledger.json", b"[NaN]", b"[1]", "its bytes changed, first byte 1, 5 bytes then, 3 now"),
        ("golden/expected.npy", npz(a=TAPS), b"\x93NUMPY\x01\x00\x02\x00((", "its bytes changed, first byte 0, "),
    ],
)
def test_files_that_are_not_what_their_names_say_are_one_line_too(name, then, now, text):
    assert what_changed(name, then, now).startswith(text)


def test_an_onnx_file_with_names_that_are_no_text_is_one_line_too():
    node = helper.make_node("Identity", ["x"], ["nameofoutput"])
    ports = [helper.make_tensor_value_info(name, TensorProto.INT32, [1]) for name in ("x", "nameofoutput")]
    then = helper.make_model(helper.make_graph([node], "g", ports[:1], ports[1:])).SerializeToString()
    now = then.replace(b"nameofoutput", b"nameof\xff\xfetput")
    assert what_changed("onnx/model_int.onnx", then, now).startswith("its bytes changed, first byte ")
