"""The network against its equations written out with NumPy, and its bookkeeping."""

import numpy as np
import pytest
import torch

from pimdeploy.networks.bfan import NODES, OddBfan, piecewise_odd, piecewise_tables
from pimdeploy.networks.build import (
    build_network,
    default_knot_spacing,
    default_latency,
    parameter_counts,
    warmup_samples,
    weight_shapes,
)
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.recipe import NetworkSpec

SMALL = NetworkSpec(M_K=3, M_N=2, M_a=4, N=5, M_G=4)


def random_weights(spec: NetworkSpec, n_tx: int = 1, n_rx: int = 1, seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shapes = weight_shapes(spec, n_tx, n_rx)
    return {k: torch.randn(s, generator=generator, dtype=torch.float64) for k, s in shapes.items()}


def fir(taps: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.convolve(taps, x)[: len(x)]


def equations_4_to_6(w: dict[str, np.ndarray], spacing: float, x: np.ndarray) -> dict[str, np.ndarray]:
    """The paper's network, basis form, with complex numbers; x: [T, n]."""
    u = np.stack([fir(w["K"][2 * t] + 1j * w["K"][2 * t + 1], x[t]) for t in range(len(x))])
    parts = np.stack([part for row in u for part in (row.real, row.imag)])
    a = np.stack([sum(fir(Phi[j], parts[j]) for j in range(len(parts))) for Phi in w["Phi"]])
    c = sum(w_k * (np.maximum(a - k * spacing, 0) - np.maximum(-a - k * spacing, 0)) for k, w_k in enumerate(w["f"]))
    v = (w["Psi"][0::2] + 1j * w["Psi"][1::2]) @ c
    z = np.stack([fir(w["G"][2 * r] + 1j * w["G"][2 * r + 1], v[r]) for r in range(len(v))])
    return {"u": u, "a": a, "c": c, "v": v, "z": z}


def to_complex(real: torch.Tensor) -> np.ndarray:
    array = real.detach().numpy()[0]
    return array[0::2] + 1j * array[1::2]


@pytest.mark.parametrize(("n_tx", "n_rx"), [(1, 1), (2, 3)])
def test_every_activation_follows_the_equations(n_tx, n_rx):
    weights = random_weights(SMALL, n_tx, n_rx)
    spacing = default_knot_spacing(SMALL)
    network = build_network(SMALL, FloatFactory(), weights, n_tx=n_tx, n_rx=n_rx)
    rng = np.random.default_rng(3)
    x = rng.standard_normal((n_tx, 200)) + 1j * rng.standard_normal((n_tx, 200))
    real = torch.from_numpy(np.stack([part for row in x for part in (row.real, row.imag)]))[None]
    trace: dict[str, torch.Tensor] = {}
    z = network(real, trace)
    expected = equations_4_to_6({k: v.numpy() for k, v in weights.items()}, spacing, x)
    assert tuple(trace) == NODES
    assert torch.equal(trace["z"], z)
    for name in ("u", "v", "z"):
        np.testing.assert_allclose(to_complex(trace[name]), expected[name], rtol=1e-12, atol=1e-12)
    for name in ("a", "c"):
        np.testing.assert_allclose(trace[name].detach().numpy()[0], expected[name], rtol=1e-12, atol=1e-12)


def test_odd_mapping():
    network = build_network(SMALL, FloatFactory(), random_weights(SMALL))
    x = torch.randn(1, 2, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert torch.equal(network(-x), -network(x))


def test_causal_and_zero_state():
    network = build_network(SMALL, FloatFactory(), random_weights(SMALL))
    x = torch.randn(1, 2, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    whole = network(x)
    torch.testing.assert_close(network(x[..., :40]), whole[..., :40], rtol=1e-13, atol=1e-13)
    later = network(torch.nn.functional.pad(x, (5, 0)))
    torch.testing.assert_close(later[..., 5:], whole, rtol=1e-13, atol=1e-13)
    assert torch.count_nonzero(later[..., :5]) == 0


def test_tables_are_sums_of_the_basis_weights():
    w = torch.tensor([0.25, -1.0, 3.0, 0.5], dtype=torch.float64)
    base, slope = piecewise_tables(w, 0.5)
    assert slope.tolist() == [0.25, -0.75, 2.25, 2.75]
    assert base.tolist() == [0.0, 0.125, -0.25, 0.875]


def test_piecewise_is_continuous_and_goes_on_right_of_the_last_knot():
    w = torch.tensor([0.0, 1.0, 2.0], dtype=torch.float64)
    a = torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0, 7.0, -7.0], dtype=torch.float64)
    assert piecewise_odd(a, w, 0.5).tolist() == [0.0, 0.0, 0.0, 0.25, 0.5, 18.5, -18.5]


@pytest.mark.parametrize(("sizes", "real", "paper"), [((7, 1, 8, 16, 9), 80, 56), ((5, 2, 8, 12, 13), 112, 86)])
def test_parameter_counts(sizes, real, paper):
    spec = NetworkSpec(**dict(zip(("M_K", "M_N", "M_a", "N", "M_G"), sizes, strict=True)))
    assert parameter_counts(spec) == {"real": real, "paper": paper}
    assert sum(p.numel() for p in build_network(spec, FloatFactory()).parameters()) == real


def test_latency_and_warmup():
    assert default_latency(SMALL) == 1 + 1 + 1
    assert default_latency(NetworkSpec(latency_samples=0)) == 0
    assert warmup_samples(SMALL) == 2 + 2 + 3


@pytest.mark.parametrize(("n", "spacing"), [(2, 0.5), (12, 1 / 16), (16, 1 / 16), (17, 1 / 32)])
def test_knot_spacing_is_a_power_of_two_with_the_last_knot_below_one(n, spacing):
    assert default_knot_spacing(NetworkSpec(N=n)) == spacing
    assert 0.5 <= (n - 1) * spacing < 1


def test_wrong_shape_is_named():
    weights = random_weights(SMALL)
    weights["Phi"] = weights["Phi"][:, :, :1]
    with pytest.raises(ValueError, match=r"^weight Phi: got shape \[4, 2, 1\], expected \[4, 2, 3\]$"):
        build_network(SMALL, FloatFactory(), weights)


def test_float_weights_are_copies():
    network = build_network(SMALL, FloatFactory(), random_weights(SMALL))
    assert isinstance(network, OddBfan)
    network.float_weights()["K"].zero_()
    assert network.float_weights()["K"].abs().sum() > 0
