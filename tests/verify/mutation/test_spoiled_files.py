"""The proof finds faults that were put in, and names the first node that shows them.

Each test spoils one file of a bundle past its manifest and runs the proof on backends that read that file. A backend
that shows every node names the mutated one; the network shows the requantized nodes only, so it names the next of those.
"""

import functools
import json
import re
import shutil

import numpy as np
import pytest

from pimdeploy.bundle import Bundle
from pimdeploy.datapath.check import check
from pimdeploy.verify import proof
from pimdeploy.verify.backends.brevitas_network import NetworkBackend
from pimdeploy.verify.backends.c_code import CBackend
from pimdeploy.verify.backends.numpy_reference import NumpyBackend
from pimdeploy.verify.backends.onnx_runtime import OnnxBackend
from pimdeploy.verify.stimuli.signals import stimuli

SAMPLES = 3000
REQUANTIZERS = {"u": "K", "a": "Phi", "c": "f", "v": "Psi", "z": "G"}
"""Requantizer to the node before it."""


@functools.cache
def stimuli_of(graph, samples, seed):
    return stimuli(graph, check(graph), samples, None, seed)


@pytest.fixture(autouse=True)
def _stimuli_made_once(monkeypatch):
    """Most faults leave the graph as it is, and so the signals that are made for it."""
    monkeypatch.setattr(
        proof, "stimuli", lambda graph, _bounds, samples, _capture, seed: stimuli_of(graph, samples, seed)
    )


def prove(path, *backends):
    outcome = proof.verify(Bundle.open(path, check_bytes=False), SAMPLES, backends=backends)
    return {result.name: result for result in outcome.backends}


def check_differs(result, node):
    """The backend differs and names `node`, with two integers that are not equal."""
    assert (result.status, result.first and result.first["node"]) == ("mismatch", node)
    assert result.mismatches > 0
    assert result.first["expected"] != result.first["got"]


def edit(file, pattern, replacement, count=1):
    """Replace what the pattern finds `count` times (0: everywhere); to find nothing is a mistake of the test."""
    text = file.read_text()
    spoiled, found = re.subn(pattern, replacement, text, count=count, flags=re.DOTALL)
    assert found > 0
    assert spoiled != text
    file.write_text(spoiled)


# --- the C code ------------------------------------------------------------------------------------------------------

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")

SOURCE, WEIGHTS, SHIFT = "demo.c", "demo_weights.h", r"pim_round_half_up_i32\((acc0?), DEMO_{N}_SHIFT\)"
NARROW = r"const int32_t acc0 =\s*(\(int32_t\)DEMO_{T}_TAPS.*?);"

IN_C = {
    # a change of K's accumulator by one bit: only the worst case reaches its last one
    "accumulator of K narrowed by a bit": (
        (SOURCE, NARROW.replace("{T}", "K"), r"const int32_t acc0 = (int32_t)((uint32_t)(\1) << 1) >> 1;"),
        "K",
    ),
    "accumulator of Psi narrowed to 16 bits": (
        (SOURCE, NARROW.replace("{T}", "PSI"), r"const int32_t acc0 = (int16_t)(\1);"),
        "Psi",
    ),
    "delay of K off by one": (
        (SOURCE, r"(K_TAPS\[0\]\[0\]\[0\]\[1\] \* \(int32_t\))\(?in0(?: \+ 1\)\[n\]|\[n \+ 1\])", r"\1in0[n]"),
        "K",
    ),
    "delay of G off by one": (
        (SOURCE, r"(-DEMO_G_TAPS\[0\]\[0\]\[1\]\[2\] \* \(int32_t\)in1)\[n\]", r"\1[n + 1]"),
        "G",
    ),
    "conjugate of K lost": ((SOURCE, r"-DEMO_K_TAPS", "DEMO_K_TAPS"), "K"),
    "conjugate of G lost": ((SOURCE, r"-DEMO_G_TAPS", "DEMO_G_TAPS"), "G"),
    "sign of f not restored": ((SOURCE, r"a < 0 \? -y : y", "y"), "f"),
    "last segment of f left out": ((SOURCE, r"DEMO_F_SEGMENTS - 1", "DEMO_F_SEGMENTS - 2"), "f"),
    "rows of f swapped": ((WEIGHTS, r"(F_SLOPES\[1\]\[4\] = \{\s*\{-?\d+, )(-?\d+), (-?\d+)", r"\1\3, \2"), "f"),
    "bases of f one row on": ((SOURCE, r"DEMO_F_BASES\[0\]\[s\]", "DEMO_F_BASES[0][s > 1 ? s - 1 : s]"), "f"),
    "tap of K by one": ((WEIGHTS, r"(K_TAPS\[1\]\[1\]\[2\]\[3\] = \{\s*\{\s*\{\s*\{)", r"\g<1>1 + "), "K"),
    "tap of Phi by one": ((WEIGHTS, r"(PHI_TAPS\[2\]\[2\]\[1\] = \{\s*\{\s*\{)", r"\g<1>1 + "), "Phi"),
    "tap of Psi by one": ((WEIGHTS, r"(PSI_TAPS\[2\]\[2\]\[1\] = \{\s*\{\s*\{)", r"\g<1>1 + "), "Psi"),
    "tap of G by one": ((WEIGHTS, r"(G_TAPS\[1\]\[1\]\[2\]\[3\] = \{\s*\{\s*\{\s*\{)", r"\g<1>1 + "), "G"),
    "history of K one sample early": ((SOURCE, r"(x_history\[c\]\[n\] = [^;]*n_samples \+ n)\]", r"\1 - 1]"), "K"),
}


@needs_gcc
@pytest.mark.parametrize("fault", IN_C)
def test_a_fault_in_the_c_code_is_found_and_its_node_named(bundle_path, fault):
    (file, pattern, replacement), node = IN_C[fault]
    edit(bundle_path / "c" / file, pattern, replacement)
    check_differs(prove(bundle_path, CBackend("gcc", "O0", "table"))["c_gcc_O0_table"], node)


ROUNDINGS = {
    "floor": r"pim_shift_i32(\1, DEMO_{N}_SHIFT)",
    # equal to half_up but for ties below zero
    "half_away": r"(\1 < 0 ? -pim_round_half_up_i32(-\1, DEMO_{N}_SHIFT) : pim_round_half_up_i32(\1, DEMO_{N}_SHIFT))",
}


@needs_gcc
@pytest.mark.parametrize("node", REQUANTIZERS)
@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_another_rounding_in_the_c_code_is_found(bundle_path, node, rounding):
    upper = node.upper()
    edit(bundle_path / "c" / SOURCE, SHIFT.replace("{N}", upper), ROUNDINGS[rounding].replace("{N}", upper))
    check_differs(prove(bundle_path, CBackend("gcc", "O0", "table"))["c_gcc_O0_table"], node)


@needs_gcc
@pytest.mark.parametrize("node", REQUANTIZERS)
def test_a_dropped_saturation_in_the_c_code_is_found(bundle_path, node):
    upper = node.upper()
    pattern = rf"pim_saturate_i32\((pim_round_half_up_i32\(acc\d?, DEMO_{upper}_SHIFT\)), DEMO_{upper}_MIN, \w+\)"
    edit(bundle_path / "c" / SOURCE, pattern, r"\1", count=0)
    check_differs(prove(bundle_path, CBackend("gcc", "O0", "table"))["c_gcc_O0_table"], node)


@needs_gcc
def test_a_state_that_is_not_reset_is_found(bundle_path):
    """What a state holds that nobody sets is chance in the replay that shows the nodes: of zeros it names the output."""
    edit(bundle_path / "c" / SOURCE, r"\*state = zero;", "(void)state;\n    (void)zero;")
    result = prove(bundle_path, CBackend("gcc", "O0", "table"))["c_gcc_O0_table"]
    assert result.first is not None
    assert result.first["node"] in {"K", "G", "y"}
    check_differs(result, result.first["node"])


@needs_gcc
def test_a_state_that_single_samples_do_not_keep_is_found_in_blocks_of_one(bundle_path):
    """Whole signals agree: fed in blocks of one, the node that reads the past is the first that differs."""
    edit(bundle_path / "c" / SOURCE, r"(state->v_history\[c\]\[n\] = )", r"if (n_samples > 1) \1")
    result = prove(bundle_path, CBackend("gcc", "O0", "table"))["c_gcc_O0_table"]
    check_differs(result, "G")
    assert result.first["stimulus"].endswith("blocks of 1")


@needs_gcc
def test_c_code_that_does_not_compile_is_a_mismatch_with_its_reason(bundle_path):
    edit(bundle_path / "c" / SOURCE, r"\*state = zero;", "*state = nothing;")
    result = prove(bundle_path, CBackend("gcc", "O0", "table"))["c_gcc_O0_table"]
    assert (result.status, result.first) == ("mismatch", None)
    assert re.match(r"^c_gcc_O0_table: gcc refuses the C code: .*'nothing' undeclared", result.reason)


# --- the ONNX files --------------------------------------------------------------------------------------------------


def initializer(model, name):
    return next(tensor for tensor in model.graph.initializer if tensor.name == name)


def changed_table(name, change):
    def mutate(model):
        from onnx import numpy_helper

        tensor = initializer(model, name)
        array = numpy_helper.to_array(tensor).copy()
        change(array)
        tensor.CopyFrom(numpy_helper.from_array(array, name))

    return mutate


def one_more(array):
    array.reshape(-1)[0] += 1


def negated_cross_term(array):
    array[..., 0, 1] *= -1


def swapped(array):
    array[[-1, -2]] = array[[-2, -1]]


def node_with_output(model, name):
    return next(node for node in model.graph.node if name in node.output)


def without_saturation(name):
    def mutate(model):
        node = node_with_output(model, name)
        assert node.op_type == "Clip"
        node.op_type = "Identity"
        del node.input[1:]

    return mutate


def without_rounding_constant(name):
    """Round by floor: the half that is added before the shift goes."""

    def mutate(model):
        from onnx import numpy_helper

        first = next(node for node in model.graph.node if node.name.startswith(f"{name}/"))
        assert first.op_type == "Add"
        shift = next(n for n in model.graph.node if n.name.startswith(f"{name}/") and n.op_type == "BitShift").input[1]
        constant = numpy_helper.to_array(initializer(model, first.input[1]))
        half = 1 << (int(numpy_helper.to_array(initializer(model, shift))) - 1)
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(constant - half), "spoiled"))
        first.input[1] = "spoiled"

    return mutate


def delayed(model):
    slices = [node for node in model.graph.node if node.name.startswith("K/") and node.op_type == "Slice"]
    slices[1].input[:] = slices[2].input


IN_ONNX = {
    "tap of K by one": (changed_table("K/taps", one_more), "K"),
    "tap of Phi by one": (changed_table("Phi/taps", one_more), "Phi"),
    "conjugate of K lost": (changed_table("K/taps", negated_cross_term), "K"),
    "conjugate of G lost": (changed_table("G/taps", negated_cross_term), "G"),
    "rows of f swapped": (changed_table("f/slopes", swapped), "f"),
    "saturation of u dropped": (without_saturation("u"), "u"),
    "saturation of c dropped": (without_saturation("c"), "c"),
    "rounding of a": (without_rounding_constant("a"), "a"),
    "rounding of z": (without_rounding_constant("z"), "z"),
    "delay of K off by one": (delayed, "K"),
}


@pytest.mark.parametrize("fault", IN_ONNX)
def test_a_fault_in_an_onnx_file_is_found_and_its_node_named(bundle_path, fault):
    import onnx

    mutate, node = IN_ONNX[fault]
    file = bundle_path / "onnx" / "model_int.onnx"
    model = onnx.load(file)
    mutate(model)
    onnx.save(model, file)
    found = prove(bundle_path, *(OnnxBackend("onnx_int", level) for level in ("off", "on")))
    check_differs(found["onnx_int_opt_off"], node)
    check_differs(found["onnx_int_opt_on"], node)


# --- the bundle's data: the reference follows it, and all that was made before stands against it --------------------


def in_tables(**changes):
    def mutate(path):
        with np.load(path / "tables.npz") as archive:
            tables = dict(archive)
        for name, change in changes.items():
            change(tables[name.replace("_", ".")])
        tables["f.bases"] = np.cumsum(tables["f.slopes"], axis=1) - tables["f.slopes"]
        tables["f.weights"] = np.diff(tables["f.slopes"], axis=1, prepend=0)
        np.savez(path / "tables.npz", **tables)

    return mutate


def in_graph(node, **changes):
    def mutate(path):
        data = json.loads((path / "datapath.json").read_text())
        next(item for item in data["nodes"] if item["name"] == node).update(changes)
        (path / "datapath.json").write_text(json.dumps(data))

    return mutate


def swap_columns(table):
    table[:, [1, 2]] = table[:, [2, 1]]


def negate_imaginary(table):
    table[:, :, 1] *= -1


IN_DATA = {
    "tap of K by one": (in_tables(K_taps=one_more), "K", "u"),
    "conjugate of G lost": (in_tables(G_taps=negate_imaginary), "G", "z"),
    "rows of f swapped": (in_tables(f_slopes=swap_columns), "f", "c"),
    "rounding of u changed": (in_graph("u", rounding="floor"), "u", "u"),
    "rounding of c by ties only": (in_graph("c", rounding="half_even"), "c", "c"),
    "overflow of a changed": (in_graph("a", overflow="wrap"), "a", "a"),
    "delays of K doubled": (in_graph("K", dilation=2), "K", "u"),
    "segments of f doubled": (in_graph("f", segment_log2=11), "f", "c"),
}


@pytest.mark.parametrize("fault", IN_DATA)
def test_a_fault_in_the_datapath_stands_against_every_other_backend(bundle_path, fault):
    mutate, node, requantized = IN_DATA[fault]
    mutate(bundle_path)
    backends = [OnnxBackend("onnx_int", "off"), NetworkBackend(), NumpyBackend("basis")]
    if shutil.which("gcc"):
        backends.append(CBackend("gcc", "O0", "table"))
    found = prove(bundle_path, *backends)
    assert found.pop("numpy_basis").status == "ok"  # it reads the same data as the reference
    check_differs(found.pop("brevitas_network"), requantized)
    if fault == "rounding of c by ties only":
        found.pop("golden_vectors")  # a recording may hold no tie: that is what the stimuli are for
    assert len(found) >= 2
    for result in found.values():
        check_differs(result, node)


@pytest.mark.parametrize(
    ("file", "pattern", "replacement", "node"),
    [
        ("formats.json", '"rounding": "half_up"', '"rounding": "half_away"', "u"),
        ("formats.json", '"overflow": "saturate"', '"overflow": "wrap"', "c"),  # u holds a lone impulse
        ("formats.json", '"knot_log2": -4', '"knot_log2": -5', "c"),
    ],
)
def test_a_fault_in_the_formats_shows_in_the_network(bundle_path, file, pattern, replacement, node):
    edit(bundle_path / file, pattern, replacement)
    found = prove(bundle_path, NetworkBackend())
    assert found["golden_vectors"].status == "ok"
    check_differs(found["brevitas_network"], node)


def test_a_changed_weight_shows_in_the_network(bundle_path):
    from safetensors.numpy import load_file, save_file

    weights = load_file(bundle_path / "weights.safetensors")
    weights["Psi"][1, 0] += 2.0**-14
    save_file(weights, bundle_path / "weights.safetensors")
    check_differs(prove(bundle_path, NetworkBackend())["brevitas_network"], "v")


@pytest.mark.parametrize(("file", "node"), [("golden/expected.npy", "y"), ("golden/nodes.npz", "Phi")])
def test_a_changed_golden_vector_is_found(bundle_path, file, node):
    if file.endswith(".npz"):
        with np.load(bundle_path / file) as archive:
            arrays = dict(archive)
        arrays["Phi"][1, 40] += 1
        np.savez(bundle_path / file, **arrays)
    else:
        expected = np.load(bundle_path / file)
        expected[0, 500] ^= 1
        np.save(bundle_path / file, expected)
    found = prove(bundle_path, NumpyBackend("table"))
    check_differs(found["golden_vectors"], node)
    assert found["golden_vectors"].mismatches == 1
    assert found["numpy_table"].status == "ok"
