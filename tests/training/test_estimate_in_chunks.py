"""The estimate in chunks is that of the whole signal: of integers to the last bit, of floating point to rounding."""

import numpy as np
import pytest
from demo_models import demo_formats, demo_spec, demo_weights

from pimdeploy.networks.build import build_network, warmup_samples
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.quantization.network import quantized_network, tensors
from pimdeploy.training.train import estimate, estimate_in_chunks

SPEC, WEIGHTS = demo_spec(), demo_weights()


def signal(n_samples):
    codes = np.random.default_rng(2).integers(-32768, 32768, size=(2, 1, n_samples))
    return (codes[0] + 1j * codes[1]) / 32768


@pytest.mark.parametrize("chunk", [1, 17, 400, 1000])
def test_chunks_of_integers_do_not_show(chunk):
    network, x = quantized_network(SPEC, WEIGHTS, demo_formats()), signal(400)
    whole = estimate(network, x)
    assert np.unique(whole).size > 100
    np.testing.assert_array_equal(estimate_in_chunks(network, x, warmup_samples(SPEC), chunk), whole)


def test_chunks_of_floating_point_do_not_show():
    network, x = build_network(SPEC, FloatFactory(), tensors(SPEC, WEIGHTS)), signal(400)
    chunked = estimate_in_chunks(network, x, warmup_samples(SPEC), 37)
    np.testing.assert_allclose(chunked, estimate(network, x), rtol=0, atol=1e-13)


def test_too_short_an_overlap_would_show():
    network, x = quantized_network(SPEC, WEIGHTS, demo_formats()), signal(400)
    assert (estimate_in_chunks(network, x, warmup_samples(SPEC) - 1, 37) != estimate(network, x)).any()
