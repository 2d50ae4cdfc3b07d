"""The reference as a whole: streams, forms, integer types and traces."""

import numpy as np
import pytest
from plain_ints import PlainInts
from reference_graphs import Sketch, canceller, every_kind, in_blocks

import firmware_ref.bounds
from firmware_ref import FirmwareReferenceError
from firmware_ref.arithmetic import Overflow, Rounding


def noise(n_samples, channels=2, seed=7, bits=16):
    half = 1 << (bits - 1)
    return np.random.default_rng(seed).integers(-half, half, size=(channels, n_samples), dtype=np.int64)


SAMPLES = noise(20_000)


@pytest.mark.parametrize("block", [1, 37, 1000, 8192, 8193])
@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("sketch", [canceller(), every_kind()], ids=["canceller", "every kind"])
def test_blocks_do_not_change_the_output(sketch, block, form):
    x_q = SAMPLES[:, : 300 if block == 1 else None]
    stream = sketch.reference(form)
    whole = stream.process(x_q)
    assert np.unique(whole).size > 100
    stream.reset()
    np.testing.assert_array_equal(in_blocks(stream, x_q, block), whole)


def test_wide_graphs_run_in_shorter_blocks_with_the_same_output():
    sketch = Sketch(channels=300)
    sketch.convolution(sketch.integers((2, 300, 3), 8), dilation=40, bits=8)
    sketch.add("delay", samples=700)
    stream, x_q = sketch.reference(), noise(3000, 300)
    assert 80 < stream._block < 700
    whole = stream.process(x_q)
    stream.reset()
    np.testing.assert_array_equal(in_blocks(stream, x_q, 613), whole)
    x = x_q.astype(object)
    taps = sketch.tables["n1.taps"].astype(object)
    for n in (0, 699, 700, 740, 2999):
        terms = [taps[:, :, k] @ x[:, n - 700 - 40 * k] for k in range(3) if n - 700 - 40 * k >= 0]
        assert whole[:, n].tolist() == (sum(terms).tolist() if terms else [0, 0])


def test_every_kind_equals_python():
    sketch, x_q = every_kind(), np.concatenate([np.full((2, 3), -32768), noise(400)], axis=1)
    trace = sketch.reference().trace(x_q)
    assert len(trace) == len(sketch.nodes) + 1
    for name, expected in PlainInts(sketch.graph(), sketch.tables).trace(x_q.tolist()).items():
        assert trace[name].tolist() == expected, name


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("overflow", list(Overflow))
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_table_equals_basis(rounding, overflow, bits):
    sketch = canceller(bits, bits, rounding.value, overflow.value)
    table, basis = sketch.reference("table").trace(SAMPLES), sketch.reference("basis").trace(SAMPLES)
    assert np.unique(table["f"]).size > 100
    for name, values in table.items():
        np.testing.assert_array_equal(values, basis[name])


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("sketch", [canceller(), every_kind()], ids=["canceller", "every kind"])
def test_int32_equals_int64(monkeypatch, form, sketch):
    narrow = sketch.reference(form)
    assert np.dtype(np.int32) in {stage.carrier for stage in narrow._stages}
    monkeypatch.setattr(firmware_ref.bounds, "carrier", lambda _: np.dtype(np.int64))
    wide = sketch.reference(form)
    assert {stage.carrier for stage in wide._stages} == {np.dtype(np.int64)}
    np.testing.assert_array_equal(narrow.process(SAMPLES), wide.process(SAMPLES))


def test_wide_words_need_int64():
    sketch = canceller(24, 24)
    table = sketch.reference().process(SAMPLES)
    np.testing.assert_array_equal(table, sketch.reference("basis").process(SAMPLES))
    assert np.abs(table).max() > 1 << 16


def test_state_is_kept_and_reset():
    stream = canceller().reference()
    first, second = stream.process(SAMPLES[:, :100]), stream.process(SAMPLES[:, :100])
    assert first.dtype == np.int64
    assert (first != second).any()
    stream.reset()
    np.testing.assert_array_equal(stream.process(SAMPLES[:, :100]), first)


def test_empty_block_changes_nothing():
    stream = every_kind().reference()
    whole = every_kind().reference().process(SAMPLES[:, :100])
    assert stream.process(SAMPLES[:, :0]).shape == (2, 0)
    parts = [stream.process(SAMPLES[:, :60]), stream.process(SAMPLES[:, :0]), stream.process(SAMPLES[:, 60:100])]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_trace_is_from_reset_and_ends_in_the_output():
    stream = canceller().reference()
    expected = stream.process(SAMPLES)
    trace = stream.trace(SAMPLES)
    assert list(trace) == ["x", "K", "u", "Phi", "a", "f", "c", "Psi", "v", "G", "z", "y"]
    np.testing.assert_array_equal(trace["x"], SAMPLES)
    np.testing.assert_array_equal(trace["y"], expected)
    np.testing.assert_array_equal(stream.process(SAMPLES), expected)


@pytest.mark.parametrize("sketch", [canceller(), every_kind()], ids=["canceller", "every kind"])
def test_traces_lie_in_their_proven_ranges(sketch):
    stream = sketch.reference()
    trace = stream.trace(SAMPLES)
    for stage in stream._stages:
        for values, (lo, hi) in zip(trace[stage.name], stage.ranges, strict=True):
            assert lo <= values.min() <= values.max() <= hi
            assert stage.format.least <= lo <= hi <= stage.format.most


@pytest.mark.parametrize("dtype", [np.int16, np.int64])
def test_a_result_is_written_where_the_caller_says(dtype, tmp_path):
    """A memory-mapped file, written in calls of any length; another type, shape or a narrow one is refused."""
    x_q, stream = SAMPLES.astype(np.int16), canceller().reference()
    expected = stream.process(SAMPLES)
    stream.reset()
    z_q = np.lib.format.open_memmap(tmp_path / "z.npy", "w+", dtype, expected.shape)
    for first in range(0, x_q.shape[1], 7000):
        stream.process_into(x_q[:, first : first + 7000], z_q[:, first : first + 7000])
    np.testing.assert_array_equal(np.load(tmp_path / "z.npy"), expected)


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (np.zeros((2, 5), dtype=np.int8), r"\(2, 5\), int8; expected shape \(2, 5\) .* \[-32768, 32767\]"),
        (np.zeros((2, 5)), r"\(2, 5\), float64; expected shape \(2, 5\)"),
        (np.zeros((2, 4), dtype=np.int16), r"\(2, 4\), int16; expected shape \(2, 5\)"),
    ],
)
def test_a_result_that_does_not_fit_is_refused_before_a_sample_is_taken(result, told):
    stream = canceller().reference()
    with pytest.raises(FirmwareReferenceError, match=rf"^result of shape {told}"):
        stream.process_into(SAMPLES[:, :5], result)
    np.testing.assert_array_equal(stream.process(SAMPLES[:, :5]), canceller().reference().process(SAMPLES[:, :5]))
