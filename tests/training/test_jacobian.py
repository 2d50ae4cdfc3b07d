"""The solver's derivatives against automatic differentiation of the network."""

import pytest
import torch
from torch.func import functional_call, jacfwd

from pimdeploy.networks.build import build_network, default_knot_spacing
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.recipe import NetworkSpec
from pimdeploy.training.jacobian import flatten, output_jacobian, unflatten
from pimdeploy.training.objective import make_objective


@pytest.mark.parametrize(
    ("sizes", "n_tx", "n_rx"), [((7, 1, 8, 16, 9), 1, 1), ((5, 2, 8, 12, 13), 1, 1), ((3, 2, 4, 5, 4), 2, 2)]
)
def test_columns_equal_jacfwd_of_the_network(random_weights, sizes, n_tx, n_rx):
    spec = NetworkSpec(**dict(zip(("M_K", "M_N", "M_a", "N", "M_G"), sizes, strict=True)))
    weights = random_weights(spec, n_tx, n_rx)
    network = build_network(spec, FloatFactory(), weights, n_tx=n_tx, n_rx=n_rx)
    x = torch.randn(1, 2 * n_tx, 150, dtype=torch.float64, generator=torch.Generator().manual_seed(6))

    def output(vector):
        parameters = {f"weights.{k}.weight": v for k, v in unflatten(vector, weights).items()}
        return functional_call(network, parameters, (x,))[0]

    expected = jacfwd(output)(flatten(weights))
    got = output_jacobian(weights, default_knot_spacing(spec), x[0])
    assert expected.abs().max() > 1
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("channels", [1, 2])
def test_objective_gradient_equals_autograd_of_its_loss(random_weights, small_dataset, two_channel_dataset, channels):
    dataset = small_dataset if channels == 1 else two_channel_dataset
    spec = NetworkSpec(M_K=3, M_N=2, M_a=4, N=6, M_G=5)
    objective = make_objective(dataset, "val", spec, 1e-3)
    spacing = default_knot_spacing(spec)
    vector = flatten(random_weights(spec, 1, channels)).requires_grad_(True)
    weights = unflatten(vector, random_weights(spec, 1, channels))
    residual, _ = objective.residual(weights, spacing)
    loss = residual.abs().square().sum() / objective.scale
    loss.backward()
    fixed = {k: v.detach() for k, v in weights.items()}
    residual, signals = objective.residual(fixed, spacing)
    _, gradient = objective.normal_equations(fixed, spacing, residual, signals)
    scale = float(vector.grad.abs().max())
    torch.testing.assert_close(-2 * gradient / scale, vector.grad / scale, rtol=0, atol=1e-10)
