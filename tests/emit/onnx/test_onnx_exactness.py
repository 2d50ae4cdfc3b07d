"""What the certificate says of each ONNX file, confirmed both ways, on the zoo's models at several word lengths.

A file that is called exact has no mismatch; one that is not stays within its bound, and does differ.
"""

import json
from functools import cache

import numpy as np
import pytest
from demo_models import demo_model, full_scale_noise, signed
from onnx_files import corners_and_noise, model_of, run_file, run_float_file, run_streamed, through
from onnx_oracle import run_nodes
from onnx_zoo import FAMILIES, zoo_model

from firmware_ref import Reference
from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import tables, to_json
from pimdeploy.datapath.nodes import Convolution, Delay, IntTable, Multiply, Requantize
from pimdeploy.emit.onnx.carried import emit_onnx_carried
from pimdeploy.emit.onnx.deviation import QDQ, QONNX, Proven, prove
from pimdeploy.emit.onnx.exactness import Exactness, exactness
from pimdeploy.emit.onnx.float import emit_onnx_float
from pimdeploy.emit.onnx.integer import emit_onnx_integer
from pimdeploy.emit.onnx.qdq import emit_onnx_qdq
from pimdeploy.emit.onnx.qonnx import emit_onnx_qonnx

WORDS = [(16, 16), (8, 8), (6, 8)]
LENGTHS = {"odd": 80_000, "cnn": 3000}
"""Ties that float32 misses are rare: so many samples show one."""


def stimulus(family: str, channels: int) -> np.ndarray:
    n_samples = LENGTHS.get(family, 12_000)
    loud = full_scale_noise(n_samples // 2, channels) // 2
    return np.concatenate([corners_and_noise(100, channels), loud, loud // 8], axis=1)


@cache
def reference(family: str, weight_bits: int, activation_bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a stimulus and what the integers make of it."""
    graph = zoo_model(family, weight_bits, activation_bits).graph
    x_q = stimulus(family, graph.input.channels)
    return x_q, Reference(json.loads(to_json(graph)), tables(graph)).process(x_q)


def stated(model) -> dict[str, Exactness]:
    return exactness(model.graph, check(model.graph), model.real_tables)


def distance(got: np.ndarray, expected: np.ndarray) -> tuple[int, float]:
    """Return how many integers differ, and by how much at most."""
    apart = np.abs(got - expected)
    return int(np.count_nonzero(apart)), float(apart.max())


@pytest.mark.parametrize(("weight_bits", "activation_bits"), WORDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_integer_files_are_exact(family, weight_bits, activation_bits):
    model = zoo_model(family, weight_bits, activation_bits)
    x_q, expected = (signal[:, :4000] for signal in reference(family, weight_bits, activation_bits))
    for path, data in (emit_onnx_integer(model) | emit_onnx_carried(model)).items():
        assert stated(model)[path.removeprefix("onnx/")].exact
        got = run_streamed(data, x_q, (1000, 1, 7)) if "_state" in path else run_file(data, x_q)["z"]
        assert distance(got.astype(np.int64), expected) == (0, 0), path


@pytest.mark.parametrize(("weight_bits", "activation_bits"), WORDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_qdq_is_what_the_certificate_says(family, weight_bits, activation_bits):
    model = zoo_model(family, weight_bits, activation_bits)
    x_q, expected = reference(family, weight_bits, activation_bits)
    files = emit_onnx_qdq(model)
    said = stated(model)["model_qdq.onnx"]
    assert said == stated(model)["model_qdq_state.onnx"]
    assert said.written
    for optimized in (False, True):
        got = run_file(files["onnx/model_qdq.onnx"], x_q, optimized=optimized)["z"].astype(np.int64)
        mismatches, farthest = distance(got, expected)
        if said.exact:
            assert (mismatches, said.bound_lsb) == (0, 0)
        else:
            assert farthest <= said.bound_lsb
        if (weight_bits, activation_bits) == (16, 16):
            assert mismatches > 0
            assert not said.exact
    streamed = run_streamed(files["onnx/model_qdq_state.onnx"], x_q, (1000,)).astype(np.int64)
    assert distance(streamed, expected)[1] <= said.bound_lsb


def test_short_words_are_exact_in_float32():
    """The statement is not always the careful one."""
    exact = {family for family in FAMILIES if stated(zoo_model(family, 8, 8))["model_qdq.onnx"].exact}
    assert exact == {"odd", "even", "plain", "mimo", "whlut", "cnn"}
    assert {family for family in FAMILIES if stated(zoo_model(family, 8, 8))["model_qonnx.onnx"].exact} == exact


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("overflow", Overflow)
@pytest.mark.parametrize("family", ["odd", "even", "whlut"])
def test_every_rounding_and_overflow_is_exact_in_qdq(family, rounding, overflow):
    """QuantizeLinear rounds ties to even; the constant before it makes that the rounding of the datapath."""
    model = zoo_model(family, 8, 8, rounding, overflow)
    x_q = stimulus("even", model.graph.input.channels)
    expected = Reference(json.loads(to_json(model.graph)), tables(model.graph)).process(x_q)
    assert stated(model)["model_qdq.onnx"].exact
    data = emit_onnx_qdq(model)["onnx/model_qdq.onnx"]
    assert distance(run_file(data, x_q)["z"].astype(np.int64), expected) == (0, 0)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("bits", [16, 8])
def test_the_float_file_stays_within_its_bound(family, bits):
    model = zoo_model(family, bits, bits)
    x_q, expected = (signal[:, :3000] for signal in reference(family, bits, bits))
    graph, said = model.graph, stated(model)["model_float.onnx"]
    got = run_float_file(model, (x_q * graph.input.format.lsb)[None])[0] / check(graph)["y"].format.lsb
    mismatches, farthest = distance(got.astype(np.float64), expected)
    assert not said.exact
    assert 0 < farthest <= said.bound_lsb
    assert mismatches > 0
    assert emit_onnx_float(model).keys() <= {f"onnx/{name}" for name in stated(model)}


def test_without_real_tables_nothing_is_said_of_the_float_file():
    graph = demo_model().graph
    assert exactness(graph, check(graph))["model_float.onnx"].bound_lsb is None


def test_every_file_has_a_statement_and_only_written_ones_are_written():
    for model in (demo_model(), demo_model(overflow=Overflow.WRAP), model_of(one_tap(3, Rounding.FLOOR, bits=20))):
        files = emit_onnx_integer(model) | emit_onnx_carried(model) | emit_onnx_qdq(model) | emit_onnx_qonnx(model)
        said = exactness(model.graph, check(model.graph))
        written = {f"onnx/{name}" for name, entry in said.items() if entry.written and "float" not in name}
        assert set(files) == written
        assert all(entry.reason for entry in said.values())


# --- the proof at its edge ------------------------------------------------------------------------------------------


def one_tap(tap: int, rounding: Rounding, shift: int = 4, bits: int = 16):
    """One tap on a 16-bit input: the accumulator is as large as 2^15 times the tap."""
    taps = IntTable([[[tap], [0]], [[0], [tap]]])
    nodes = (Convolution("W", "x", taps, signed(16, 0)), Requantize("z", "W", signed(bits, 15 - shift), rounding))
    return through(*nodes)


def proven(graph, use=QDQ) -> Proven:
    return prove(graph, check(graph), use)


@pytest.mark.parametrize(
    ("use", "rounding", "tap", "exact"),
    [
        (QDQ, Rounding.HALF_EVEN, 512, True),  # 2^15 512 = 2^24, the last integer of all
        (QDQ, Rounding.HALF_EVEN, 513, False),
        (QDQ, Rounding.HALF_UP, 255, True),  # half a step more takes a bit more
        (QDQ, Rounding.HALF_UP, 256, False),
        (QDQ, Rounding.FLOOR, 255, True),
        (QDQ, Rounding.HALF_AWAY, 255, True),
        (QDQ, Rounding.HALF_AWAY, 256, False),
        (QONNX, Rounding.HALF_UP, 511, True),  # half an output LSB more is a few steps
        (QONNX, Rounding.HALF_UP, 512, False),
        (QONNX, Rounding.FLOOR, 512, True),
        (QONNX, Rounding.HALF_EVEN, 513, False),
    ],
)
def test_float32_is_exact_up_to_2_to_the_24(use, rounding, tap, exact):
    found = proven(one_tap(tap, rounding), use)
    assert (found.lsb == 0) is exact
    assert found.first == (None if exact else "W" if found.first == "W" else "z")
    if use is QDQ and exact:
        graph = one_tap(tap, rounding)
        x_q = np.stack([np.arange(-(2**15), 2**15)] * 2)
        data = emit_onnx_qdq(model_of(graph))["onnx/model_qdq.onnx"]
        assert np.array_equal(run_file(data, x_q)["z"], run_nodes(graph, x_q)["z"])


def test_beyond_it_every_code_stays_within_the_bound_and_some_differ():
    graph = one_tap(2**15 - 1, Rounding.HALF_UP, shift=14, bits=16)
    x_q = np.stack([np.arange(-(2**15), 2**15)] * 2)
    got = run_file(emit_onnx_qdq(model_of(graph))["onnx/model_qdq.onnx"], x_q)["z"].astype(np.int64)
    mismatches, farthest = distance(got, run_nodes(graph, x_q)["z"])
    assert mismatches > 0
    assert farthest <= proven(graph).lsb == 1


def test_a_deviation_grows_with_the_gain_behind_it():
    first = (Convolution("V", "x", IntTable([[[2**20 - 1], [3]], [[5], [2**20 - 1]]]), signed(24, 0)),)
    nodes = (*first, Requantize("a", "V", signed(16, 0)))
    behind = Convolution("W", "a", IntTable([[[100], [-20]], [[0], [7]]]), signed(16, 0))
    graph = through(*nodes, behind, Requantize("z", "W", signed(16, 0)))
    assert proven(through(*nodes[:-1], Requantize("z", "V", signed(16, 0)))).lsb == 1
    assert proven(graph).lsb == 120


def test_a_deviation_passes_delays_and_products():
    nodes = (
        Convolution("V", "x", IntTable([[[2**20 - 1], [3]], [[5], [2**20 - 1]]]), signed(24, 0)),
        Requantize("a", "V", signed(8, -8)),
        Delay("d", "a", 4, lag=True),
        Multiply("p", "a", "d"),
        Requantize("z", "p", signed(16, -16)),
    )
    # (128 + 1)^2 - 128^2
    assert proven(through(*nodes)).lsb == 257


def test_wrapping_turns_a_small_difference_over():
    graph = one_tap(2**15 - 1, Rounding.HALF_UP, shift=10, bits=8)
    wrapping = through(*graph.nodes[1:2], Requantize("z", "W", signed(8, 5), overflow=Overflow.WRAP))
    assert proven(graph).lsb <= 255
    assert proven(wrapping).lsb == 255
    assert prove(wrapping, check(wrapping), QDQ).first is not None
