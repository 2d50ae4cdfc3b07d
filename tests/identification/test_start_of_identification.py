"""The start that knows nothing."""

import numpy as np
import pytest
from lms_reference import complex_noise

from pimdeploy.identification.identifier import LmsIdentifier
from pimdeploy.identification.nonlinearity import BranchNonlinearity
from pimdeploy.identification.start import START_QUANTILE, cubic_weights, spread_start
from pimdeploy.network_spec import BfanSpec

SPACINGS = {"odd": 1 / 16, "even": 1 / 16, "plain": 1 / 8}


@pytest.mark.parametrize("symmetry", ["odd", "even", "plain"])
def test_the_nonlinearity_starts_as_a_cube(symmetry):
    spec, spacing = BfanSpec(symmetry=symmetry, functions=2, M_a=4), SPACINGS[symmetry]
    f = cubic_weights(spec, spacing)
    nonlinearity = BranchNonlinearity(symmetry, spacing)
    end = nonlinearity.end(f)
    knots = spacing * np.arange(-7, 8)[None].repeat(4, axis=0)
    c = nonlinearity.evaluate(f, knots).c
    near = 3 * spacing**2 * end if symmetry == "even" else 1e-12  # the even form has no slope below its first knot
    np.testing.assert_allclose(c, knots**3 / (3 * end**2), atol=near)
    assert f.shape == (2, 16 + (symmetry == "plain"))


@pytest.mark.parametrize(("n_tx", "n_rx", "M_N"), [(1, 1, 1), (3, 2, 2)])
def test_the_last_knot_lies_at_the_level_and_the_output_is_nothing(n_tx, n_rx, M_N):
    x = 0.02 * complex_noise(np.random.default_rng(1), n_tx, 8000)
    spec = BfanSpec(M_N=M_N)
    weights = spread_start(spec, 1 / 16, x, n_rx)
    identifier = LmsIdentifier(weights, "odd", 1 / 16)
    assert not identifier.predict(x).any()
    weights["G"][0, 0] = 1.0
    signals, _ = LmsIdentifier(weights, "odd", 1 / 16)._forward(x)
    assert np.mean(signals.branches.argument <= 15 / 16) == pytest.approx(START_QUANTILE, abs=5e-4)


def test_the_output_turns_with_the_input():
    """Branches spread in angle are phase-covariant: turning x by the angle of a branch turns the estimate alike."""
    x = complex_noise(np.random.default_rng(2), 1, 2000)
    weights = spread_start(BfanSpec(M_a=8), 1 / 16, x, 1)
    weights["G"][0, 4] = 1.0
    identifier = LmsIdentifier(weights, "odd", 1 / 16)
    turn = np.exp(1j * np.pi / 8)
    np.testing.assert_allclose(identifier.predict(turn * x), turn * identifier.predict(x), atol=1e-12)
