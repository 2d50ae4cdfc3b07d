"""Functions that are read from a table of all their values: the same integers as computed sample by sample."""

import numpy as np
import pytest
from plain_ints import PlainInts
from reference_graphs import S8, S16, Sketch, number_format

import firmware_ref.piecewise
from firmware_ref.piecewise import MOST_VALUES

U16 = number_format(False, 16, 16)
SYMMETRIES = ["odd", "even", "plain", "index"]


def sketch_of(symmetry, functions, outputs, channels=4):
    sketch = Sketch(channels, U16 if symmetry == "index" else S16)
    rows = functions * outputs
    first = sketch.rng.integers(-500, 500, size=rows) * (symmetry != "odd")
    sketch.piecewise(sketch.integers((rows, 13), 12), 12, symmetry, "f", first_bases=first, outputs=outputs, bits=13)
    return sketch


def every_argument(symmetry, channels):
    """All 65536 arguments, each channel in another order."""
    every = np.arange(1 << 16) - (0 if symmetry == "index" else 1 << 15)
    return np.stack([np.random.default_rng(channel).permutation(every) for channel in range(channels)])


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("symmetry", SYMMETRIES)
@pytest.mark.parametrize(("functions", "outputs"), [(1, 1), (4, 1), (2, 3)])
def test_every_argument_reads_what_it_computes(monkeypatch, form, symmetry, functions, outputs):
    sketch, x_q = sketch_of(symmetry, functions, outputs), every_argument(symmetry, 4)
    reads = sketch.reference(form)
    reads.process(x_q)
    assert reads._stages[1]._values.shape == (outputs, functions << 16)
    found = reads.process(x_q)
    monkeypatch.setattr(firmware_ref.piecewise, "MOST_VALUES", 0)
    computes = sketch.reference(form)
    np.testing.assert_array_equal(computes.process(x_q), found)
    assert computes._stages[1]._values is None


@pytest.mark.parametrize("form", ["table", "basis"])
def test_an_argument_that_only_another_function_meets(form):
    """Channels of 128 and of 12800: the first function times the second's argument would leave 32 bits."""
    sketch = Sketch(2, S8)
    sketch.convolution([[[1], [0]], [[0], [100]]], bits=8, frac=0)
    sketch.piecewise([[1 << 23] * 2, [3, -5]], 6, "odd", bits=26, frac=0)
    stream = sketch.reference(form)
    x_q = np.stack([np.arange(-128, 128), np.arange(127, -129, -1)])
    expected = PlainInts(sketch.graph(), sketch.tables).trace(x_q.tolist())["y"]
    for _ in range(200):
        assert stream.process(x_q).tolist() == expected
    function = stream._stages[2]
    assert function._work_type == np.int32
    assert function._values.shape == (1, 2 * 25501)


def test_short_signals_are_computed():
    stream = sketch_of("odd", 1, 1).reference()
    stream.process(every_argument("odd", 4)[:, :1000])
    assert stream._stages[1]._values is None


def test_wide_arguments_are_computed():
    sketch = Sketch(2, number_format(True, 24, 23))
    sketch.piecewise([[3, -5]], 12, name="f")
    stream = sketch.reference()
    x_q = np.random.default_rng(1).integers(-(1 << 23), 1 << 23, size=(2, MOST_VALUES))
    t = np.minimum(np.abs(x_q), 1 << 12)
    f = np.sign(x_q) * (3 * t - 5 * (np.abs(x_q) - t))
    np.testing.assert_array_equal(stream.process(x_q), f)
    assert stream._stages[1]._values is None


@pytest.mark.parametrize("bits", [32, 62])
def test_more_arguments_than_memory_addresses(bits):
    sketch = Sketch(2, number_format(True, bits, 0))
    sketch.piecewise([[1, -1]], bits - 3, "even", "f", frac=0)
    stream, x_q = sketch.reference(), np.array([[-(1 << (bits - 1)), 5], [(1 << (bits - 1)) - 1, 0]])
    expected = PlainInts(sketch.graph(), sketch.tables).trace(x_q.tolist())["y"]
    assert stream.process(x_q).tolist() == expected
