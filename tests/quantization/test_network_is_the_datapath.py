"""The Brevitas network in eval mode and float64 is the integer datapath: every requantized value, bit for bit.

`firmware_ref` computes the graph with integers; the network is built from the same weights and formats by another way.
"""

import itertools
import json

import numpy as np
import pytest
import torch
from demo_models import demo_formats, demo_spec, demo_weights, full_scale_noise
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_ref.reference import Reference
from pimdeploy.datapath import graph as graphs
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding, quantize_weights
from pimdeploy.datapath.lowering import lower
from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.bfan import BasisTables
from pimdeploy.quantization.factory import QuantizedPiecewise
from pimdeploy.quantization.network import quantized_network

WORD_LENGTHS = [(16, 16), (12, 12), (8, 8), (6, 12)]
SMALL = {"M_K": 3, "M_N": 2, "M_a": 4, "N": 8, "M_G": 3}
KINDS = [
    {"symmetry": symmetry, "functions": functions}
    for symmetry, functions in itertools.product(("odd", "even", "plain"), (1, 2, 4))
]


def label(fields):
    return "-".join(str(value) for value in fields.values())


def loud_weights(seed, **fields):
    """Weights with which every requantizer saturates or wraps now and then, at most the largest of their formats."""
    louder = {"K": 3.0, "Phi": 2.0, "f": 6.0, "Psi": 6.0, "G": 3.0}
    return {name: np.clip(louder[name] * w, -1.9, 1.9) for name, w in demo_weights(seed, **fields).items()}


def both(weights, formats, spec, x_q, form="table"):
    """The integers of every requantized node, by the network and by the reference."""
    graph, _ = lower(spec, weights, formats, "demo", 0)
    expected = Reference(json.loads(graphs.to_json(graph)), graphs.tables(graph), form).trace(x_q)
    trace = {}
    network = quantized_network(spec, weights, formats)
    with torch.no_grad():
        network(torch.from_numpy(x_q * 2.0 ** -formats.activations["x"].frac)[None], trace)
    got = {name: value[0].numpy() * 2.0 ** formats.activations[name].frac for name, value in trace.items()}
    return got, expected


def assert_equal(got, expected):
    assert len(got) >= 6
    for name, values in got.items():
        assert np.array_equal(values, np.rint(values)), name  # on its grid
        assert np.array_equal(values.astype(np.int64), expected[name]), name


@pytest.mark.parametrize("overflow", Overflow)
@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize(("weight_bits", "activation_bits"), WORD_LENGTHS)
def test_every_value_is_that_of_the_datapath(weight_bits, activation_bits, rounding, overflow):
    weights, formats = loud_weights(1, **SMALL), demo_formats(weight_bits, activation_bits, rounding, overflow)
    got, expected = both(weights, formats, BfanSpec(**SMALL), full_scale_noise(1500))
    assert_equal(got, expected)
    if overflow is Overflow.SATURATE:  # the signal reaches both ends of most formats, or nothing was tried
        ends = [(got[n].min(), got[n].max()) == (f.min_q, f.max_q) for n, f in formats.activations.items()]
        assert sum(ends) >= 4


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize(("n_tx", "n_rx"), [(1, 1), (2, 3)])
@pytest.mark.parametrize("fields", KINDS, ids=label)
def test_every_symmetry_and_sharing_for_any_antennas(fields, n_tx, n_rx, form):
    spec = demo_spec(**SMALL, **fields)
    weights = loud_weights(2, **SMALL, **fields, n_tx=n_tx, n_rx=n_rx)
    noise = full_scale_noise(1000, channels=2 * n_tx)
    for bits in (16, 8):
        got, expected = both(weights, demo_formats(bits, bits, spec=spec), spec, noise, form)
        assert len(got["z"]) == 2 * n_rx
        assert_equal(got, expected)


@pytest.mark.parametrize("form", ["table", "basis"])
def test_the_whole_network_is_that_of_both_forms(form):
    sizes = {"M_K": 7, "M_N": 1, "M_a": 8, "N": 16, "M_G": 9}
    got, expected = both(loud_weights(2, **sizes), demo_formats(), BfanSpec(**sizes), full_scale_noise(3000), form)
    assert_equal(got, expected)


@given(
    st.integers(0, 2**31),
    st.sampled_from(list(Rounding)),
    st.sampled_from(list(Overflow)),
    st.integers(3, 16),
    st.integers(6, 16),  # fewer, and the knots were finer than the grid of a
    st.integers(1, 3),
    st.sampled_from(KINDS),
)
@settings(max_examples=25, deadline=None)
def test_any_weights_and_word_lengths_agree(seed, rounding, overflow, weight_bits, activation_bits, M_N, kind):
    fields = SMALL | {"M_N": M_N} | kind
    spec = demo_spec(**fields)
    formats = demo_formats(weight_bits, activation_bits, rounding, overflow, spec)
    got, expected = both(loud_weights(seed, **fields), formats, spec, full_scale_noise(300, seed=seed))
    assert_equal(got, expected)


def test_silence_and_the_most_negative_code_agree():
    x_q = np.concatenate([np.zeros((2, 10)), np.full((2, 10), -32768), np.full((2, 10), 32767)], axis=1).astype(
        np.int64
    )
    got, expected = both(loud_weights(3, **SMALL), demo_formats(), BfanSpec(**SMALL), x_q)
    assert_equal(got, expected)


@pytest.mark.parametrize("bits", [16, 8, 4, 3])
@pytest.mark.parametrize("symmetry", ["odd", "even", "plain"])
def test_the_tables_of_a_quantized_function_are_on_their_grids(symmetry, bits):
    fmt = QFormat(True, bits, bits - 2)
    w = torch.from_numpy(demo_weights(4, symmetry=symmetry)["f"] * 4)
    tables, spacing = BasisTables(symmetry), 2.0**-4
    with torch.no_grad():
        slopes, first = QuantizedPiecewise(w, fmt, tables, spacing).double()()
    real_slopes, real_first = tables.tables(w)
    assert np.array_equal(slopes.numpy() * 2.0**fmt.frac, quantize_weights(real_slopes.numpy(), fmt))
    if symmetry == "odd":
        assert first is None
    else:
        assert np.array_equal(first.numpy(), np.rint(real_first.numpy() / spacing * 2**fmt.frac) * spacing * fmt.lsb)


def test_weights_saturate_in_the_narrow_range():
    weights = {name: 3.0 * np.sign(w) + w for name, w in demo_weights(1, **SMALL).items()}
    formats = demo_formats(8, 8)
    network = quantized_network(BfanSpec(**SMALL), weights, formats)
    for name in ("K", "Phi", "Psi", "G"):
        taps = network.weights[name]().detach().numpy() * 2.0 ** formats.weights[name].frac
        assert (taps.min(), taps.max()) == (-127, 127), name


def test_formats_are_constants_and_no_part_of_a_state_dict():
    network = quantized_network(BfanSpec(**SMALL), demo_weights(1, **SMALL), demo_formats())
    assert sorted(network.state_dict()) == sorted(f"weights.{name}.weight" for name in ("K", "Phi", "f", "Psi", "G"))
    assert all(value.dtype == torch.float64 for value in network.state_dict().values())
    assert {name for name, _ in network.named_parameters()} == set(network.state_dict())


def test_training_mode_computes_the_same():
    network = quantized_network(BfanSpec(**SMALL), loud_weights(1, **SMALL), demo_formats(8, 8))
    x = torch.from_numpy(full_scale_noise(500) * 2.0**-15)[None]
    with torch.no_grad():
        evaluated = network(x)
        trained = network.train()(x)
        assert not network.eval().training
    assert torch.equal(evaluated, trained)


def test_every_weight_gets_a_gradient():
    network = quantized_network(BfanSpec(**SMALL), demo_weights(1, **SMALL), demo_formats(8, 12)).train()
    network(torch.from_numpy(full_scale_noise(500) * 2.0**-15)[None]).square().sum().backward()
    assert all(torch.any(parameter.grad != 0) for parameter in network.parameters())
