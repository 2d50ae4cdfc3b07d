"""The peers of the bench compute the datapath's integers; its goals count only what was measured."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model, signed
from onnx_files import corners_and_noise, integer_files, model_of, through
from onnx_oracle import run_nodes

from bench.peer import NotRunError, Peer, Runner, Subject, fastest
from bench.peer_da4ml import Da4ml
from bench.peer_hls4ml import Hls4ml
from bench.peer_numpy import FixedByHand, FloatByHand
from bench.peer_onnx import INT64, EmxC, OnnxRuntime
from bench.peer_ours import CKernel
from bench.peers import Comparison, Result, goals, table
from pimdeploy.datapath.graph import tables, to_json
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Convolution, IntTable, MagnitudeKind, Requantize
from pimdeploy.emit.onnx.qonnx import emit_onnx_qonnx

needs_da4ml = pytest.mark.skipif(not find_spec("da4ml"), reason="da4ml not installed")


def subject_of(model: Model, folder: Path) -> Subject:
    (folder / "datapath.json").write_text(to_json(model.graph))
    np.savez(folder / "tables.npz", **tables(model.graph))
    return Subject(model, folder, samples=2000)


def computed(peer: Peer, subject: Subject, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """What `peer` makes of corners and noise, and what is right."""
    (folder / "work").mkdir()
    assert all(runner.seconds() > 0 for runner in peer.prepare(subject, folder / "work"))
    x_q = corners_and_noise(500, subject.graph.input.channels)
    return peer.run(x_q), run_nodes(subject.graph, x_q)["y"]


@pytest.mark.parametrize("antennas", [{}, {"n_tx": 2, "n_rx": 2}])
def test_fixed_point_by_hand_is_exact(antennas, tmp_path):
    z_q, expected = computed(FixedByHand(), subject_of(demo_model(**antennas), tmp_path), tmp_path)
    assert np.unique(expected).size > 100
    assert np.array_equal(z_q, expected)


def test_floats_by_hand_are_near(tmp_path):
    z, expected = computed(FloatByHand(), subject_of(demo_model(), tmp_path), tmp_path)
    assert 0 < np.abs(z - expected).max() < 4
    assert np.abs(expected).max() > 400


@pytest.mark.parametrize("peer", [FixedByHand(), FloatByHand()], ids=lambda peer: peer.name)
@pytest.mark.parametrize("name", GRAPHS)
def test_what_is_written_for_one_model_refuses_others(peer, name, tmp_path):
    with pytest.raises(NotRunError, match="written for") as refused:
        peer.prepare(subject_of(model_of(GRAPHS[name]()), tmp_path), tmp_path)
    assert not refused.value.is_missing


@needs_da4ml
@pytest.mark.parametrize("name", ["odd", *sorted(GRAPHS.keys() - {"even"})])
def test_da4ml_is_exact(name, tmp_path):
    model = demo_model() if name == "odd" else model_of(GRAPHS[name]())
    z_q, expected = computed(Da4ml(), subject_of(model, tmp_path), tmp_path)
    assert np.array_equal(z_q, expected)


@needs_da4ml
def test_da4ml_refuses_a_rounding_that_it_lacks(tmp_path):
    with pytest.raises(NotRunError, match="half_even"):
        Da4ml().prepare(subject_of(model_of(GRAPHS["even"]()), tmp_path), tmp_path)


@needs_da4ml
def test_da4ml_saturates_sums_of_more_than_32_bits(tmp_path):
    """Wider than the words that its interpreter wraps right."""
    taps = IntTable(np.full((1, 2, 8), 32767))
    wide = through(Convolution("sum", "x", taps, signed(16, 15)), Requantize("z", "sum", signed(16, 15)))
    z_q, expected = computed(Da4ml(), subject_of(model_of(wide), tmp_path), tmp_path)
    assert {-32768, 32767} <= set(expected.ravel().tolist())
    assert np.array_equal(z_q, expected)


def test_int64_throughout_is_exact(tmp_path):
    z_q, expected = computed(OnnxRuntime("int64", INT64), subject_of(demo_model(), tmp_path), tmp_path)
    assert np.array_equal(z_q, expected)


@pytest.mark.skipif(not (find_spec("emx_onnx_cgen") and shutil.which("gcc")), reason="emx-onnx-cgen or gcc missing")
def test_emx_c_is_exact_in_any_block(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.peer_onnx.EMX_BLOCKS", (32,))
    taps = IntTable(np.arange(-8, 8).reshape(1, 2, 8) * 1000)
    filtered = through(Convolution("sum", "x", taps, signed(16, 15)), Requantize("z", "sum", signed(16, 14)))
    subject = subject_of(model_of(filtered), tmp_path)
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model_int.onnx").write_bytes(integer_files(subject.graph)["onnx/model_int.onnx"])
    z_q, expected = computed(EmxC("gcc"), subject, tmp_path)
    assert np.array_equal(z_q, expected)


@pytest.mark.skipif(not (find_spec("hls4ml") and shutil.which("g++")), reason="hls4ml or g++ not installed")
def test_what_hls4ml_refuses_is_told_in_its_words(tmp_path):
    subject = subject_of(model_of(GRAPHS[f"gain_{MagnitudeKind.SQRT}"]()), tmp_path)
    with pytest.raises(NotRunError, match=r"no model_qonnx\.onnx"):
        Hls4ml().prepare(subject, tmp_path)
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model_qonnx.onnx").write_bytes(emit_onnx_qonnx(subject.model)["onnx/model_qonnx.onnx"])
    with pytest.raises(NotRunError, match=r"hls4ml: .*Sqrt") as refused:
        Hls4ml().prepare(subject, tmp_path)
    assert not refused.value.is_missing


def test_the_fastest_way_of_feeding_is_taken():
    slow, fast = (Runner(name, lambda seconds=seconds: seconds) for name, seconds in (("slow", 2.0), ("fast", 1.0)))
    assert fastest([slow, fast]) is fast
    assert fastest([slow]) is slow


def compared(integer: float, rival: float, *, differing: int = 0, missing: bool = False) -> Comparison:
    """Our C at 100 M samples/s beside two ONNX files and a hand-written rival."""
    from bench.peers import FLOAT32, INTEGER

    results = [
        Result(CKernel("gcc", "table"), 100.0, "", 0, 0.0),
        Result(CKernel("gcc", "basis"), 50.0, "", 0, 0.0),
        Result(OnnxRuntime(FLOAT32, "", is_exact=False), 30.0, "", 900, 7.5),
        Result(OnnxRuntime(INTEGER, ""), integer, "", 0, 0.0),
        Result(FixedByHand(), rival, "", differing, 0.0),
    ]
    idle = [(Da4ml(), "da4ml is not installed", True)] if missing else []
    return Comparison("odd_bfan_siso", 1000, results, idle)


def met(comparison: Comparison) -> list[bool | None]:
    return [row.met for row in goals(comparison)]


def test_goals_are_met_at_their_limits_and_missed_below():
    assert met(compared(integer=10.0, rival=20.0)) == [True, True, True]
    assert met(compared(integer=9.9, rival=20.1)) == [True, False, False]


def test_a_peer_that_differs_is_told_and_is_no_rival():
    mismatches, c, _ = goals(compared(integer=10.0, rival=90.0, differing=3))
    assert mismatches.met is False
    assert "NumPy by hand, fixed point 3 in 1,000 samples" in mismatches.reached
    assert c.met
    assert "10.0 times" in c.reached


def test_a_goal_without_a_missing_peer_is_not_met():
    _, c, _ = goals(compared(integer=10.0, rival=20.0, missing=True))
    assert c.met is None
    assert "not run: da4ml's interpreter" in c.reached
    assert goals(compared(integer=10.0, rival=90.0, missing=True))[1].met is False


def test_without_a_compiler_nothing_is_said_of_our_c():
    whole = compared(integer=10.0, rival=20.0)
    without = Comparison(whole.model, whole.samples, whole.results[2:], [(CKernel("gcc", "table"), "no gcc", True)])
    assert goals(without)[1].met is None
    assert "| odd_bfan_siso | our C, table, gcc | not run: no gcc |" in table([without])


@pytest.mark.skipif(not shutil.which("gcc"), reason="gcc not installed")
def test_the_table_has_a_line_for_each_peer():
    lines = table([compared(integer=10.0, rival=20.0, missing=True)]).splitlines()
    assert lines[0].startswith("gcc")
    assert [line.split(" | ")[1] for line in lines[4:]] == [
        "our C, table, gcc",
        "our C, basis, gcc",
        "ONNX Runtime, float32, model_float.onnx",
        "ONNX Runtime, int32 where it fits, model_int.onnx",
        "NumPy by hand, fixed point",
        "da4ml's interpreter",
    ]
    assert "| 30 | 3.3 | not exact: up to 7.5 LSB on the capture |" in lines[6]
