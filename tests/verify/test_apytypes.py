"""APyFixed, which shares no line with this project, computes every requantizer again: 0 differences."""

import itertools
from functools import cache

import apytypes
import numpy as np
import pytest
from mutant_bundles import bundle_of_graph
from onnx_zoo import FAMILIES, zoo_model

from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.intervals import hull
from pimdeploy.datapath.nodes import Concatenate, Convolution, Input, IntTable, Output, Requantize
from pimdeploy.verify.backends.c_code import CBackend
from pimdeploy.verify.backends.numpy_reference import NumpyBackend
from pimdeploy.verify.backends.onnx_runtime import OnnxBackend
from pimdeploy.verify.reference import reference_of

QUANTIZATION = {
    Rounding.FLOOR: apytypes.QuantizationMode.TO_NEG,
    Rounding.HALF_UP: apytypes.QuantizationMode.TIES_POS,
    Rounding.HALF_EVEN: apytypes.QuantizationMode.TIES_EVEN,
    Rounding.HALF_AWAY: apytypes.QuantizationMode.TIES_AWAY,
}
OVERFLOW = {Overflow.SATURATE: apytypes.OverflowMode.SAT, Overflow.WRAP: apytypes.OverflowMode.WRAP}
S16 = QFormat(True, 16, 15)
EVERY = np.arange(-32768, 32768, dtype=np.int64)


def recomputed(values_q, source, node):
    """`node` of integers of the format `source` by APyFixed, whose numbers are signed.

    An unsigned word is what the pattern of a wrapped one says; saturated, it is one of a bit more that is not below zero.
    """
    bits = [int(v) % (1 << source.bits + 1) for v in values_q]
    fixed = apytypes.APyFixedArray(bits, bits=source.bits + 1, frac_bits=source.frac)
    fmt, saturates = node.format, node.overflow is Overflow.SATURATE
    width = fmt.bits + (saturates and not fmt.signed)
    cast = fixed.cast(
        bits=width, frac_bits=fmt.frac, quantization=QUANTIZATION[node.rounding], overflow=OVERFLOW[node.overflow]
    )
    if fmt.signed:
        return signed(cast.to_bits(), width)
    return [max(v, 0) for v in signed(cast.to_bits(), width)] if saturates else [int(p) for p in cast.to_bits()]


def signed(patterns, bits):
    return [int(p) - (1 << bits) * (int(p) >> bits - 1) for p in patterns]


WORDS = ((True, 8), (True, 12), (False, 9))


def requantizers(source, shifts):
    """One of every rounding, overflow and shift behind `source`, in words of 8 and of 12 bits and unsigned ones of 9."""
    modes = itertools.product(Rounding, Overflow, shifts, WORDS)
    return [
        Requantize(f"r{k}", source[0], QFormat(sign, word, source[1].frac - shift), rounding, overflow)
        for k, (rounding, overflow, shift, (sign, word)) in enumerate(modes)
    ]


def all_of_them(*before, source, shifts):
    nodes = requantizers(source, shifts)
    joined = Concatenate("joined", tuple(node.name for node in nodes))
    # The output takes 32 bits: the joined integers stand on the finest grid of all.
    last = Requantize("z", "joined", QFormat(True, 30, max(node.format.frac for node in nodes)))
    return Graph("all", (Input("x", 2, S16), *before, *nodes, joined, last, Output("y", "z")), 0)


@cache
def direct():
    return all_of_them(source=("x", S16), shifts=(-3, 0, 1, 2, 9, 14))


@cache
def behind_a_filter():
    """Products of 33 bits, and a bias that turns rests into ties for wide shifts."""
    taps, bias = IntTable(np.full((2, 1, 1), 98_305)), IntTable([1 << 15, -(1 << 20)])
    filter_ = Convolution("k", "x", taps, QFormat(True, 18, 17), bias, groups=2)
    return all_of_them(filter_, source=("k", QFormat(True, 40, 32)), shifts=(1, 3, 16, 17, 24))


@pytest.mark.parametrize(("make", "samples", "channels"), [(direct, EVERY, 1), (behind_a_filter, EVERY[::8], 2)])
def test_every_mode_and_shift_in_the_reference(make, samples, channels):
    """All 16-bit samples straight into the requantizers; one in eight behind a filter, with ties of wide shifts."""
    graph = make()
    trace, bounds = reference_of(graph).trace(np.stack([samples, samples[::-1]])), check(graph)
    for node in graph.nodes:
        for channel in range(channels) if isinstance(node, Requantize) else ():
            distinct, places = np.unique(trace[node.source][channel], return_index=True)
            got = trace[node.name][channel][places].tolist()
            assert recomputed(distinct, bounds[node.source].format, node) == got, node


BACKENDS = {
    "numpy": lambda: NumpyBackend("table"),
    "onnx_int": lambda: OnnxBackend("onnx_int", "on"),
    "onnx_f64": lambda: OnnxBackend("onnx_f64", "off"),
    "c": lambda: CBackend("gcc", "O0", "table"),
}


@pytest.mark.parametrize("name", BACKENDS)
def test_every_mode_and_shift_in_every_backend(name, tmp_path):
    graph, backend = direct(), BACKENDS[name]()
    if backend.unavailable():
        pytest.skip(backend.unavailable())
    work = tmp_path / "work"
    work.mkdir()
    backend.prepare(bundle_of_graph(graph, tmp_path / "bundle").path, work)
    x_q = np.stack([EVERY[::31], EVERY[::-31]])
    trace = backend.trace(x_q)
    checked = [node for node in graph.nodes if isinstance(node, Requantize) and node.source == "x"]
    assert len(checked) == len(Rounding) * len(Overflow) * 6 * len(WORDS)
    for node in checked:
        assert recomputed(x_q[0], S16, node) == trace[node.name][0].tolist(), node


def edges(lo, hi, shift, fmt):
    """Integers of [lo, hi]: ties all over it, its ends, zero, the ends of the result's format, each with its neighbours."""
    step = 1 << max(shift, 0)
    ends = [end * step >> max(-shift, 0) for end in (fmt.min_q, fmt.max_q)]
    anywhere = [lo + (hi - lo) * k // 60 for k in range(61)]
    ties = [(v // step * 2 + 1) * step // 2 for v in (*anywhere, *ends, -3 * step, -2 * step, -step, 0, step, 2 * step)]
    around = [centre + d for centre in (0, lo, hi, *ends, *ties, *anywhere) for d in (-1, 0, 1)]
    return np.array(sorted({v for v in around if lo <= v <= hi}), dtype=np.int64)


MODES = [("half_up", "saturate"), ("half_even", "wrap"), ("half_away", "saturate"), ("floor", "wrap")]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("rounding", "overflow"), MODES)
def test_every_requantizer_of_the_zoo_over_its_proven_range(family, rounding, overflow):
    graph = zoo_model(family, 12, 12, Rounding(rounding), Overflow(overflow)).graph
    bounds = check(graph)
    nodes = [node for node in graph.nodes if isinstance(node, Requantize)]
    assert nodes
    for node in nodes:
        before = bounds[node.source]
        lo, hi = hull(before.ranges)
        source = QFormat(True, max(before.format.bits + 1, 2), before.format.frac)
        values = edges(lo, hi, source.frac - node.format.frac, node.format)
        assert (values[0], values[-1]) == (lo, hi)
        alone = Requantize("r", "x", node.format, node.rounding, node.overflow)
        got = reference_of(Graph("one", (Input("x", 2, source), alone, Output("y", "r")), 0)).process(
            np.stack([values, values])
        )
        assert recomputed(values, source, node) == got[0].tolist(), node
