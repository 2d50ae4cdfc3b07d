"""The rules' gradients against automatic differentiation of |e|^2 / 2, parameters held over the window."""

import numpy as np
import pytest
from lms_reference import GROUPS, autograd, complex_noise, random_weights

from pimdeploy.identification.identifier import LmsIdentifier
from pimdeploy.identification.network import Parameters
from pimdeploy.identification.steps import StepSizes

STILL = StepSizes("none", groups=dict.fromkeys(GROUPS, 0.0))
H = np.array([0.2 - 0.1j, 0.5, 0.3j, -0.4, 0.1 + 0.2j])
SPACING = 0.125
N = 160


def as_weights(gradient, weights):
    """The identifier's real vector as arrays in the shapes of the network's weights."""
    return Parameters.from_weights(weights).with_flat(gradient).to_weights()


def relative_error(got, expected):
    return max(np.abs(got[name] - expected[name]).max() / np.abs(expected[name]).max() for name in GROUPS)


@pytest.mark.parametrize("symmetry", ["odd", "even", "plain"])
@pytest.mark.parametrize("M_N", [1, 2])
@pytest.mark.parametrize(("n_tx", "n_rx", "functions"), [(1, 1, 1), (2, 2, 1), (2, 3, 2)])
@pytest.mark.parametrize("error_filter", [np.ones(1), H], ids=["no filter", "filtered"])
@pytest.mark.parametrize("window", ["held", "kept"])
def test_gradient_of_the_last_sample_equals_autograd(symmetry, M_N, n_tx, n_rx, functions, error_filter, window):
    rng = np.random.default_rng(11)
    n_weights = 7 + (symmetry == "plain")
    weights = random_weights(rng, n_tx, n_rx, 3, M_N, 4, n_weights, 4, functions)
    x, d = complex_noise(rng, n_tx, N), complex_noise(rng, n_rx, N)
    identifier = LmsIdentifier(
        weights, symmetry, SPACING, latency=2, error_filter=error_filter, steps=STILL, window=window
    )
    for n in range(N):
        identifier.step(x[:, n], d[:, n])
    expected = autograd(weights, x, d, symmetry, SPACING, 2, error_filter, last=1)
    assert relative_error(as_weights(identifier.gradient, weights), expected) < 1e-10


@pytest.mark.parametrize("symmetry", ["odd", "even"])
@pytest.mark.parametrize("taps", [5, 41], ids=["direct filter", "filter by FFT"])
def test_gradient_of_a_block_is_the_sum_over_its_samples(symmetry, taps):
    rng = np.random.default_rng(12)
    weights = random_weights(rng, 1, 2, 3, 2, 4, 6, 4)
    error_filter = complex_noise(rng, 1, taps)[0]
    x, d = complex_noise(rng, 1, 3 * 60), complex_noise(rng, 2, 3 * 60)
    identifier = LmsIdentifier(weights, symmetry, SPACING, error_filter=error_filter, steps=STILL)
    identifier.process(x, d, block=60)
    expected = autograd(weights, x, d, symmetry, SPACING, 0, error_filter, last=60)
    assert relative_error(as_weights(identifier.gradient, weights), expected) < 1e-10


def test_complex_gradients_are_the_printed_expressions():
    """Without memory rule (7) is -e v* and rule (8) -e G* c, with e and v at the parameters of now."""
    rng = np.random.default_rng(13)
    weights = random_weights(rng, 1, 1, 1, 1, 2, 5, 1)
    p = Parameters.from_weights(weights)
    x, d = complex_noise(rng, 1, 1), complex_noise(rng, 1, 1)
    identifier = LmsIdentifier(weights, "odd", SPACING, steps=STILL)
    made = identifier.process(x, d)
    u = p.K[0, 0] * x[0, 0]
    a = p.Phi[:, :, 0] @ np.array([u.real, u.imag])
    c = sum(w * np.sign(a) * np.maximum(np.abs(a) - k * SPACING, 0) for k, w in enumerate(p.f[0]))
    v = p.Psi[0] @ c
    e = made.e[0, 0]
    assert e == pytest.approx(d[0, 0] - p.G[0, 0] * v, rel=1e-12)
    got = p.with_flat(identifier.gradient)
    assert got.G[0, 0] == pytest.approx(-e * np.conj(v), rel=1e-12)
    np.testing.assert_allclose(got.Psi[0], -e * np.conj(p.G[0, 0]) * c, rtol=1e-12)
