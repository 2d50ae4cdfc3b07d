"""The reference as a whole: streams, forms, integer types, single nodes and bad input."""

import json

import numpy as np
import pytest
from demo_models import demo_model, full_scale_noise
from hypothesis import given, settings
from hypothesis import strategies as st

import firmware_ref.bounds
from firmware_ref import FirmwareReferenceError, Reference
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import tables, to_json

SAMPLES = full_scale_noise(20_000)
S16 = {"signed": True, "bits": 16, "frac": 15}


def reference(form="table", **model):
    graph = demo_model(**model).graph
    return Reference(json.loads(to_json(graph)), tables(graph), form)


def in_blocks(stream, x_q, block):
    return np.concatenate([stream.process(x_q[:, n : n + block]) for n in range(0, x_q.shape[1], block)], axis=1)


def chain(*nodes, channels=2, form=S16):
    """A graph of `nodes`, each reading the one before it."""
    listed = [{"kind": "input", "name": "x", "channels": channels, "format": form}, *nodes, {"kind": "output"}]
    for n, node in enumerate(listed[1:]):
        node.update(name=f"n{n}", source="x" if n == 0 else f"n{n - 1}")
    return {"schema_version": 1, "name": "chain", "delay_samples": 0, "nodes": listed}


def convolution(bias=None, groups=1, dilation=1, is_complex=False):
    taps_format = {"signed": True, "bits": 16, "frac": 0}
    facts = {"taps": "taps", "taps_format": taps_format, "bias": bias, "groups": groups, "dilation": dilation}
    return {"kind": "convolution", "complex": is_complex, **facts}


def convolved(x_q, taps, bias, groups, dilation):
    """Section 6 in Python integers, real taps."""
    outputs, inputs, length = taps.shape
    y = np.zeros((outputs, x_q.shape[1]), dtype=object)
    for o in range(outputs):
        first = o // (outputs // groups) * inputs
        for n in range(x_q.shape[1]):
            y[o, n] = int(bias[o]) + sum(
                int(taps[o, i, k]) * int(x_q[first + i, n - dilation * k])
                for i in range(inputs)
                for k in range(length)
                if n - dilation * k >= 0
            )
    return y.astype(np.int64)


@pytest.mark.parametrize("block", [1, 37, 1000, 8192, 8193])
@pytest.mark.parametrize("form", ["table", "basis"])
def test_blocks_do_not_change_the_output(block, form):
    x_q = SAMPLES[:, : 300 if block == 1 else None]
    stream = reference(form)
    whole = stream.process(x_q)
    stream.reset()
    np.testing.assert_array_equal(in_blocks(stream, x_q, block), whole)


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("overflow", list(Overflow))
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_table_equals_basis(rounding, overflow, bits):
    options = {"weight_bits": bits, "activation_bits": bits, "rounding": rounding, "overflow": overflow}
    table, basis = reference("table", **options).trace(SAMPLES), reference("basis", **options).trace(SAMPLES)
    assert np.unique(table["f"]).size > 100
    for name, values in table.items():
        np.testing.assert_array_equal(values, basis[name])


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("overflow", list(Overflow))
@pytest.mark.parametrize("form", ["table", "basis"])
def test_int32_equals_int64(monkeypatch, rounding, overflow, form):
    options = {"rounding": rounding, "overflow": overflow}
    narrow = reference(form, **options)
    assert narrow.process(SAMPLES[:, :1]).dtype == np.int64
    assert {stage.new_result().dtype for stage in narrow._stages} == {np.dtype(np.int32)}
    narrow.reset()
    monkeypatch.setattr(firmware_ref.bounds, "carrier", lambda _: np.dtype(np.int64))
    wide = reference(form, **options)
    np.testing.assert_array_equal(narrow.process(SAMPLES), wide.process(SAMPLES))


def test_wide_words_need_int64():
    stream = reference(weight_bits=24, activation_bits=24)
    table = stream.process(SAMPLES)
    np.testing.assert_array_equal(table, reference("basis", weight_bits=24, activation_bits=24).process(SAMPLES))
    assert np.abs(table).max() > 1 << 16


def test_state_is_kept_and_reset():
    stream = reference()
    first, second = stream.process(SAMPLES[:, :100]), stream.process(SAMPLES[:, :100])
    assert (first != second).any()
    stream.reset()
    np.testing.assert_array_equal(stream.process(SAMPLES[:, :100]), first)


def test_empty_block_changes_nothing():
    stream = reference()
    whole = reference().process(SAMPLES[:, :100])
    assert stream.process(SAMPLES[:, :0]).shape == (2, 0)
    parts = [stream.process(SAMPLES[:, :60]), stream.process(SAMPLES[:, :0]), stream.process(SAMPLES[:, 60:100])]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_trace_is_from_reset_and_ends_in_the_output():
    stream = reference()
    expected = stream.process(SAMPLES)
    trace = stream.trace(SAMPLES)
    assert list(trace) == ["x", "K", "u", "Phi", "a", "f", "c", "Psi", "v", "G", "z", "y"]
    np.testing.assert_array_equal(trace["x"], SAMPLES)
    np.testing.assert_array_equal(trace["y"], expected)
    np.testing.assert_array_equal(stream.process(SAMPLES), expected)


def test_traces_lie_in_their_proven_ranges():
    stream = reference()
    trace = stream.trace(SAMPLES)
    for stage in stream._stages:
        for values, (lo, hi) in zip(trace[stage.name], stage.ranges, strict=True):
            assert lo <= values.min() <= values.max() <= hi


@given(st.tuples(*[st.integers(1, 3)] * 3, st.integers(1, 5)), st.integers(1, 4), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_real_convolution_equals_python(sizes, dilation, seed):
    groups, outputs, inputs, length = sizes
    rng = np.random.default_rng(seed)
    taps = rng.integers(-32767, 32768, size=(groups * outputs, inputs, length))
    bias = rng.integers(-(1 << 33), 1 << 33, size=groups * outputs)
    x_q = full_scale_noise(24, groups * inputs, seed)
    node = convolution("bias", groups, dilation)
    stream = Reference(chain(node, channels=groups * inputs), {"taps": taps, "bias": bias})
    np.testing.assert_array_equal(in_blocks(stream, x_q, 7), convolved(x_q, taps, bias, groups, dilation))


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 5), st.integers(1, 3), st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_complex_convolution_equals_python(outputs, inputs, length, dilation, seed):
    rng = np.random.default_rng(seed)
    taps = rng.integers(-32767, 32768, size=(outputs, inputs, 2, length))
    x_q = full_scale_noise(20, 2 * inputs, seed)
    stream = Reference(chain(convolution(None, 1, dilation, True), channels=2 * inputs), {"taps": taps})
    got = stream.process(x_q)
    for o in range(outputs):
        for n in range(20):
            total_i = total_q = 0
            for i in range(inputs):
                for k in range(length):
                    re, im = (int(v) for v in taps[o, i, :, k])
                    past = n - dilation * k
                    x_i, x_q_part = (int(v) for v in x_q[2 * i : 2 * i + 2, past]) if past >= 0 else (0, 0)
                    total_i += re * x_i - im * x_q_part
                    total_q += re * x_q_part + im * x_i
            assert (got[2 * o, n], got[2 * o + 1, n]) == (total_i, total_q)


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("m", [0, 5, 11, 14, 20])
@pytest.mark.parametrize("shared", [True, False])
def test_piecewise_equals_the_formula_on_every_input(form, m, shared):
    slopes = np.random.default_rng(m).integers(-9000, 9000, size=(1 if shared else 2, 12))
    weights = np.diff(slopes, axis=1, prepend=0)
    given_tables = {"s": slopes, "b": np.cumsum(slopes, axis=1) - slopes, "w": weights}
    names = {"slopes": "s", "bases": "b", "weights": "w"}
    facts = {"symmetry": "odd", "slopes_format": S16, "segment_log2": m}
    graph = chain({"kind": "piecewise", **names, **facts})
    every = np.arange(-32768, 32768)
    got = Reference(graph, given_tables, form).process(np.stack([every, every[::-1]]))
    for channel, a in enumerate((every, every[::-1])):
        row = weights[0 if shared else channel]
        knots = [k << m for k in range(12)]
        parts = [w * (np.maximum(a - x, 0) - np.maximum(-a - x, 0)) for w, x in zip(row, knots, strict=True)]
        np.testing.assert_array_equal(got[channel], sum(parts))


def requantize(bits, frac, signed=True, rounding="half_up", overflow="saturate"):
    target = {"signed": signed, "bits": bits, "frac": frac}
    return {"kind": "requantize", "format": target, "rounding": rounding, "overflow": overflow}


@pytest.mark.parametrize("overflow", ["saturate", "wrap"])
@pytest.mark.parametrize(("signed", "bits"), [(True, 8), (False, 8), (True, 32), (False, 31), (False, 32), (True, 40)])
@pytest.mark.parametrize("frac", [-30, 8, 15, 22, 30])
def test_requantize_of_every_input(overflow, signed, bits, frac):
    every = np.arange(-32768, 32768)
    stream = Reference(chain(requantize(bits, frac, signed, overflow=overflow)), {})
    got = stream.process(np.stack([every, every]))[0].tolist()
    least = -(1 << (bits - 1)) if signed else 0
    most = least + (1 << bits) - 1
    shift = 15 - frac
    for value, result in zip(every.tolist()[::97], got[::97], strict=True):
        rounded = (value + (1 << (shift - 1))) >> shift if shift > 0 else value << -shift
        wrapped = (rounded - least) % (1 << bits) + least
        assert result == (wrapped if overflow == "wrap" else max(least, min(rounded, most)))


def broken(**changes):
    graph = json.loads(to_json(demo_model().graph))
    return graph | changes


def test_errors_of_signals():
    stream = reference()
    with pytest.raises(FirmwareReferenceError, match=r"^signal of shape \(3, 5\), int64; expected integers of shape"):
        stream.process(np.zeros((3, 5), dtype=np.int64))
    with pytest.raises(FirmwareReferenceError, match=r"float64; expected integers"):
        stream.process(np.zeros((2, 5)))
    with pytest.raises(FirmwareReferenceError, match=r"^sample 32768 outside \[-32768, 32767\]"):
        stream.process(np.array([[0, 32768], [0, 0]]))
    with pytest.raises(FirmwareReferenceError, match=r"^sample -32769 outside"):
        stream.trace(np.array([[0, 0], [0, -32769]]))


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([{"kind": "delay"}], "node 'n0': unknown kind 'delay'"),
        ([requantize(16, 80)], "node 'n0': shift by -65 bits; expected at most 62"),
        ([requantize(64, 65)], "node 'n0': values in .* need 66 bits; expected at most 64"),
        ([requantize(16, 15, rounding="round")], "node 'n0': 'round' is not a valid Rounding"),
        ([convolution(groups=2)], "node 'n0': taps for 2 outputs and 2 groups of 2 inputs; the source has 2 channels"),
        ([convolution(dilation=0)], "node 'n0': dilation 0; expected 1 or more"),
        ([convolution(bias="absent")], "node 'n0': 'absent' is missing"),
    ],
)
def test_errors_of_nodes(nodes, message):
    graph = chain(*(dict(node) for node in nodes))
    with pytest.raises(FirmwareReferenceError, match=rf"^{message}"):
        Reference(graph, {"taps": np.ones((2, 2, 3), dtype=np.int64)})


def test_errors_of_graphs():
    arrays = tables(demo_model().graph)
    with pytest.raises(FirmwareReferenceError, match=r"^form 'lut'; expected 'table' or 'basis'$"):
        Reference(broken(), arrays, "lut")
    with pytest.raises(FirmwareReferenceError, match=r"^datapath: schema version 9, this reference reads 1"):
        Reference(broken(schema_version=9), arrays)
    with pytest.raises(FirmwareReferenceError, match=r"^datapath: no list of nodes"):
        Reference(broken(nodes=None), arrays)
    with pytest.raises(FirmwareReferenceError, match=r"^datapath: the last node is no output"):
        Reference(broken(nodes=broken()["nodes"][:-1]), arrays)
    with pytest.raises(FirmwareReferenceError, match=r"^node 'u': its source 'K' does not stand before it"):
        Reference(broken(nodes=[broken()["nodes"][0], broken()["nodes"][2]]), arrays)
    with pytest.raises(FirmwareReferenceError, match=r"^node 'f': 'f\.bases' is missing"):
        Reference(broken(), {name: table for name, table in arrays.items() if name != "f.bases"})


@pytest.mark.parametrize(("excess", "dtype"), [(0, np.int32), (1, np.int64)])
def test_the_type_changes_where_the_bound_leaves_int32(excess, dtype):
    taps = np.array([[[32767, -32767]], [[1, 0]]])
    largest = 32767 * 32767 + 32767 * 32768
    bias = np.array([(1 << 31) - 1 - largest + excess, 0])
    stream = Reference(chain(convolution("bias", groups=2)), {"taps": taps, "bias": bias})
    assert stream._stages[1].new_result().dtype == dtype
    x_q = np.array([[-32768, 32767, -32768], [0, 0, 0]])
    assert stream.process(x_q)[0].tolist()[1] == (1 << 31) - 1 + excess
