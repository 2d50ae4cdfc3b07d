"""The gauge changes the weights, never the estimate."""

import pytest
import torch

from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.bfan import BasisTables
from pimdeploy.networks.build import build_network, default_knot_spacing
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.networks.piecewise import interpolate
from pimdeploy.training.families import family_of
from pimdeploy.training.gauge import FILL, move_knots_inside

SIZES = {"M_K": 5, "M_N": 2, "M_a": 4, "N": 8, "M_G": 3}


@pytest.mark.parametrize("functions", [1, 2, 4])
@pytest.mark.parametrize(("n_tx", "n_rx"), [(1, 1), (3, 2)])
@pytest.mark.parametrize("symmetry", ["odd", "even", "plain"])
def test_estimate_is_unchanged_and_words_are_full(random_weights, symmetry, n_tx, n_rx, functions):
    spec = BfanSpec(symmetry=symmetry, functions=functions, **SIZES)
    weights = random_weights(spec, n_tx, n_rx)
    fixed = family_of(spec, n_tx, n_rx).fix_gauge(weights)
    x = torch.randn(1, 2 * n_tx, 300, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    before, after = (build_network(spec, FloatFactory(), w)(x).detach() for w in (weights, fixed))
    torch.testing.assert_close(after, before, rtol=1e-10, atol=1e-10 * float(before.abs().max()))
    slopes, _ = BasisTables(symmetry).tables(fixed["f"])
    full = torch.full((), FILL, dtype=torch.float64)
    torch.testing.assert_close(slopes.abs().amax(1), full.expand(functions))
    torch.testing.assert_close(fixed["Phi"].abs().amax((0, 2)).reshape(-1, 2).amax(1), full.expand(n_tx))
    torch.testing.assert_close(fixed["Psi"].abs().amax(1).reshape(-1, 2).amax(1), full.expand(n_rx))
    for name in ("K", "G"):
        re, im = fixed[name][0::2], fixed[name][1::2]
        main = (re.square() + im.square()).argmax(1, keepdim=True)
        assert (re.gather(1, main) > 0).all()
        assert im.gather(1, main).abs().max() < 1e-12


@pytest.mark.parametrize("symmetry", ["odd", "even"])
def test_knots_moved_inside_keep_the_function_at_the_knots(random_weights, symmetry):
    """c(a), with K scaled up by 1 / 0.8, is what it was at a / 0.8."""
    spec = BfanSpec(symmetry=symmetry, **SIZES)
    weights = random_weights(spec, 1, 1)
    if symmetry == "odd":
        weights["f"][:, 0] = 0
    spacing = default_knot_spacing(spec)
    moved = move_knots_inside(spec, weights, spacing, 0.8)
    a = torch.arange(spec.N, dtype=torch.float64)[None, None] * spacing

    def value(w, at):
        f = interpolate(at, *BasisTables(symmetry).tables(w["f"]), spacing)
        return f * at if symmetry == "even" else f

    torch.testing.assert_close(value(moved, a), value(weights, a * 0.8), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(moved["K"], weights["K"] / 0.8)
    assert move_knots_inside(spec, weights, spacing, 1.2) is weights
