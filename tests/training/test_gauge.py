"""The gauge changes the weights, never the estimate."""

import pytest
import torch

from pimdeploy.networks.bfan import piecewise_odd
from pimdeploy.networks.build import build_network
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.recipe import NetworkSpec
from pimdeploy.training.gauge import FILL, fix_gauge, move_knots_inside


@pytest.mark.parametrize(("n_tx", "n_rx"), [(1, 1), (2, 2)])
def test_estimate_is_unchanged_and_words_are_full(random_weights, n_tx, n_rx):
    spec = NetworkSpec(M_K=5, M_N=2, M_a=4, N=6, M_G=3)
    weights = random_weights(spec, n_tx, n_rx)
    weights["f"][0] = 0
    fixed = fix_gauge(weights)
    x = torch.randn(1, 2 * n_tx, 300, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    before, after = (build_network(spec, FloatFactory(), w, n_tx=n_tx, n_rx=n_rx)(x).detach() for w in (weights, fixed))
    torch.testing.assert_close(after, before, rtol=1e-10, atol=1e-10 * float(before.abs().max()))
    assert fixed["f"][0] == 0
    assert float(fixed["Phi"].abs().max()) == pytest.approx(FILL)
    assert float(fixed["Psi"].abs().max()) == pytest.approx(FILL)
    assert float(fixed["f"].cumsum(0).abs().max()) == pytest.approx(FILL)
    main = int((fixed["K"][0] ** 2 + fixed["K"][1] ** 2).argmax())
    assert fixed["K"][0, main] > 0
    assert abs(float(fixed["K"][1, main])) < 1e-12


def test_knots_moved_inside_keep_the_function_at_the_knots(random_weights):
    spec = NetworkSpec(M_K=3, M_N=1, M_a=4, N=8, M_G=3)
    weights = random_weights(spec, 1, 1)
    weights["f"][0] = 0
    moved = move_knots_inside(weights, 0.125, 0.8)
    a = torch.arange(8, dtype=torch.float64) * 0.125
    torch.testing.assert_close(
        piecewise_odd(a, moved["f"], 0.125), piecewise_odd(a * 0.8, weights["f"], 0.125), rtol=1e-12, atol=1e-12
    )
    torch.testing.assert_close(moved["K"], weights["K"] / 0.8)
    assert move_knots_inside(weights, 0.125, 1.2) is weights
