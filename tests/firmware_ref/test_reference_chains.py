"""Random graphs of all kinds with random formats: equal to Python integers, whatever types, forms and blocks are chosen."""

import json

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from plain_ints import PlainInts
from reference_graphs import Sketch, in_blocks, number_format

from firmware_ref import FirmwareReferenceError
from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.check import check
from pimdeploy.datapath.graph import from_json
from pimdeploy.errors import GraphError

ROUNDINGS = ["floor", "half_up", "half_even", "half_away"]


class RandomSketch:
    """Grows a sketch of two-channel nodes; each reads any node before it."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.bits = int(self.rng.integers(4, 25))
        self.sketch = Sketch(2, number_format(True, self.bits, self.number(-3, 20)), seed)
        self.names = ["x"]
        makers = [self.convolution, self.requantize, self.piecewise, self.delay, self.magnitude, self.multiply]
        makers += [self.add, self.rectify, self.route, self.index]
        for _ in range(self.number(1, 7)):
            self.names.append(makers[self.number(0, len(makers))]())

    def number(self, least, end):
        return int(self.rng.integers(least, end))

    def choice(self, values):
        return values[self.number(0, len(values))]

    def weights(self, shape):
        bits = self.number(3, 18)
        return self.sketch.integers(shape, bits), {"bits": bits, "frac": self.number(-2, 20)}

    def convolution(self):
        length, is_complex = self.number(1, 4), self.number(0, 2) == 0
        groups = 1 if is_complex else self.number(1, 3)
        taps, facts = self.weights((1, 1, 2, length) if is_complex else (2, 2 // groups, length))
        bias = self.sketch.integers(2, 30) if self.number(0, 2) else None
        facts |= {"bias": bias, "groups": groups, "dilation": self.number(1, 4), "is_complex": is_complex}
        return self.sketch.convolution(taps, source=self.choice(self.names), **facts)

    def requantize(self, signed=None, source=None):
        signed = self.number(0, 5) > 0 if signed is None else signed
        how = {"signed": signed, "rounding": self.choice(ROUNDINGS), "overflow": self.choice(["saturate", "wrap"])}
        source = source or self.choice(self.names)
        return self.sketch.requantize(self.number(2, 24), self.number(-5, 40), source=source, **how)

    def functions(self, source, symmetry):
        rows, outputs = self.choice([(1, 1), (2, 1), (2, 2), (4, 2)])
        slopes, facts = self.weights((rows, self.number(1, 9)))
        first = 0 if symmetry == "odd" else self.sketch.integers(rows, 12)
        facts["bits"] += 1  # for the differences of the slopes
        facts |= {"first_bases": first, "outputs": outputs, "source": source}
        name = self.sketch.piecewise(slopes, self.number(0, 20), symmetry, **facts)
        return name if outputs == 1 else self.sketch.add("select", channels=[self.number(0, 4), self.number(0, 4)])

    def piecewise(self):
        return self.functions(self.requantize(signed=True), self.choice(["odd", "even", "plain"]))

    def index(self):
        return self.functions(self.requantize(signed=False), "index")

    def delay(self):
        return self.sketch.add("delay", samples=self.number(0, 9), lag=True, source=self.choice(self.names))

    def magnitude(self):
        kind = self.choice(["sqrt", "square", "alpha_beta"])
        facts = {"alpha": self.number(1, 99), "beta": self.number(0, 99), "frac": self.number(0, 7)}
        source = self.choice(self.names)
        one = self.sketch.magnitude(kind, source=source, **(facts if kind == "alpha_beta" else {}))
        return self.sketch.add("select", channels=[0, 0], source=one)

    def multiply(self):
        operands = {"source": self.choice(self.names), "other": self.choice(self.names)}
        return self.sketch.add("multiply", complex=bool(self.number(0, 2)), **operands)

    def add(self):
        return self.sketch.add("add", sources=[self.choice(self.names) for _ in range(self.number(2, 5))])

    def rectify(self):
        return self.sketch.add("rectify", slope_log2=self.choice([None, 0, 3, 9]), source=self.choice(self.names))

    def route(self):
        both = self.sketch.add("concatenate", sources=[self.choice(self.names), self.choice(self.names)])
        return self.sketch.add("select", channels=[self.number(0, 4), self.number(0, 4)], source=both)

    def signal(self):
        least, most = -(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1
        corners = self.rng.choice([least, most, 0, 1, -1], size=(2, 24))
        return np.concatenate([corners, self.rng.integers(least, most + 1, size=(2, 24))], axis=1)


@given(st.integers(0, 2**32), st.sampled_from(["table", "basis"]))
@settings(max_examples=400)
def test_random_graphs_equal_python(seed, form):
    made = RandomSketch(seed)
    sketch, x_q = made.sketch, made.signal()
    try:
        stream = sketch.reference(form)
    except FirmwareReferenceError:
        reject()  # no 64-bit integer carries it
    got = stream.trace(x_q)
    widths = {stage.name: stage.format.bits for stage in stream._stages}
    for name, values in PlainInts(sketch.graph(), sketch.tables, form, widths).trace(x_q.tolist()).items():
        assert got[name].tolist() == values, name
    np.testing.assert_array_equal(in_blocks(stream, x_q, 7), got["y"])


@given(st.integers(0, 2**32))
@settings(max_examples=200)
def test_formats_and_ranges_are_those_that_the_datapath_proves(seed):
    """A plain function reads the width of its source's format: two programs must prove the same one."""
    sketch = RandomSketch(seed).sketch
    graph = from_json(json.dumps(sketch.graph()), sketch.tables)
    try:
        stages = sketch.reference()._stages
    except FirmwareReferenceError:
        with pytest.raises(GraphError, match="bits"):
            check(graph)
        return
    proven = propagate(graph)
    for stage in stages:
        expected = proven[stage.name]
        assert tuple(stage.ranges) == expected.ranges, stage.name
        form = expected.format
        assert (stage.format.signed, stage.format.bits, stage.format.frac) == (form.signed, form.bits, form.frac)
