"""The Brevitas CNN in eval mode and float64 is the integer datapath: every requantized value, bit for bit."""

import json

import numpy as np
import pytest
import torch
from demo_cnn import LIGHTWEIGHT, SMALL, STATIC, cnn_formats, cnn_weights

from firmware_ref.reference import Reference
from pimdeploy.datapath import graph as graphs
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.lowering import lower
from pimdeploy.quantization.network import quantized_network

MODES = [
    (Rounding.HALF_UP, Overflow.SATURATE),
    (Rounding.HALF_EVEN, Overflow.SATURATE),
    (Rounding.FLOOR, Overflow.WRAP),
    (Rounding.HALF_AWAY, Overflow.WRAP),
]


def assert_equal(spec, weights, formats, x_q, form="table"):
    graph, _ = lower(spec, weights, formats, "demo", 0)
    expected = Reference(json.loads(graphs.to_json(graph)), graphs.tables(graph), form).trace(x_q)
    trace = {}
    with torch.no_grad():
        quantized_network(spec, weights, formats)(torch.from_numpy(x_q * 2.0**-15)[None], trace)
    assert len(trace) >= 4
    for name, value in trace.items():
        got = value[0].numpy() * 2.0 ** formats.activations[name].frac
        assert np.array_equal(got, expected[name]), name
    assert np.unique(expected["z"]).size > 10


def samples(n_tx, n_samples, seed=3):
    x_q = np.random.default_rng(seed).integers(-32768, 32768, size=(2 * n_tx, n_samples))
    x_q[:, ::3] //= 8
    return x_q


@pytest.mark.parametrize("spec", SMALL.values(), ids=SMALL)
@pytest.mark.parametrize(("weight_bits", "activation_bits"), [(16, 16), (8, 12), (6, 8)])
@pytest.mark.parametrize(("rounding", "overflow"), MODES)
def test_every_value_is_that_of_the_datapath(spec, weight_bits, activation_bits, rounding, overflow):
    formats = cnn_formats(spec, weight_bits, activation_bits, rounding, overflow)
    assert_equal(spec, cnn_weights(spec, 2, 3), formats, samples(2, 500))


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("spec", [STATIC, LIGHTWEIGHT], ids=["static", "lightweight"])
def test_the_papers_networks_are_the_datapath(spec, form):
    assert_equal(spec, cnn_weights(spec, 32, 16), cnn_formats(spec), samples(32, 150), form)
