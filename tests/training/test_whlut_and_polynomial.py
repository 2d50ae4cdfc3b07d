"""The families beside the BFAN: their derivatives against autograd, their starts, and what they can represent."""

import numpy as np
import pytest
import torch

from pimdeploy.network_spec import MemoryPolynomialSpec, WhlutSpec
from pimdeploy.networks.memory_polynomial import envelope, orthogonal_recurrence
from pimdeploy.training.families import family_of
from pimdeploy.training.parameters import flatten, unflatten
from pimdeploy.training.spectra import Spectra
from pimdeploy.training.whlut import least_squares

WHLUTS = [
    (WhlutSpec(N=6, M_K=3, M_G=4), 1, 1),
    (WhlutSpec(N=4, M_K=2, M_G=3, branches=2, magnitude="square"), 2, 2),
    (WhlutSpec(N=4, M_K=3, M_G=2, magnitude="alpha_beta"), 2, 1),
]
POLYNOMIALS = [
    (MemoryPolynomialSpec(M=3), 1, 1),
    (MemoryPolynomialSpec(M=2, orders=(0, 1, 2), magnitude="sqrt", cross_lags=(-1, 2)), 2, 2),
    (MemoryPolynomialSpec(M=2, orders=(2, 4), basis="power"), 1, 2),
]


def silent_ends(n_tx: int, n: int = 96, seed: int = 0) -> torch.Tensor:
    """Random samples between zeros, so that a circular convolution is the linear one."""
    x = torch.zeros(2 * n_tx, n, dtype=torch.float64)
    x[:, 16:-16] = torch.from_numpy(np.random.default_rng(seed).normal(size=(2 * n_tx, n - 32)) * 0.3)
    return x


def all_bins(n: int) -> Spectra:
    return Spectra(torch.arange(n), n, 0, torch.ones(n, dtype=torch.float64))


def random_weights(family, seed: int = 1) -> dict[str, torch.Tensor]:
    rng = np.random.default_rng(seed)
    return {name: torch.from_numpy(rng.normal(size=shape) * 0.4) for name, shape in family.shapes.items()}


@pytest.mark.parametrize(("spec", "n_tx", "n_rx"), [*WHLUTS, *POLYNOMIALS])
def test_columns_are_the_derivatives_of_the_estimate(spec, n_tx, n_rx):
    family, x = family_of(spec, n_tx, n_rx), silent_ends(n_tx)
    weights, spectra = random_weights(family), all_bins(x.shape[1])
    for r in range(n_rx):
        columns = family.point(weights, x).columns(spectra, r)
        where = family.positions(r)

        def estimate(vector: torch.Tensor, r: int = r) -> torch.Tensor:
            return torch.view_as_real(family.point(unflatten(vector, weights), x).v[r])

        jacobian = torch.autograd.functional.jacobian(estimate, flatten(weights))
        signals = torch.complex(jacobian[:, 0], jacobian[:, 1]).T
        for name, column in columns.items():
            expected = torch.fft.fft(signals[where[name]])
            assert torch.allclose(column, expected, atol=1e-9), name


@pytest.mark.parametrize(("spec", "n_tx", "n_rx"), WHLUTS)
def test_the_gauge_and_a_stretch_leave_the_estimate(spec, n_tx, n_rx):
    family, x = family_of(spec, n_tx, n_rx), silent_ends(n_tx)
    weights = random_weights(family)
    before = family.point(weights, x).v
    fixed = family.fix_gauge(weights)
    assert torch.allclose(family.point(fixed, x).v, before, atol=1e-9)
    main = fixed["K"][0, 0, :, fixed["K"][0, 0].square().sum(dim=0).argmax()]
    if spec.magnitude != "alpha_beta":
        assert main[0] > 0
        assert abs(float(main[1])) < 1e-12
    flat = {**weights, "lut": torch.zeros_like(weights["lut"])}
    flat["lut"][:, :, 0], flat["lut"][:, :, 1] = 0.3, 0.2  # a gain that is linear in r is the same on any knots
    moved = family._stretched(flat, 1.7)
    assert torch.allclose(family.point(moved, x).v, family.point(flat, x).v, atol=1e-9)


def test_least_squares_leave_out_what_is_never_excited():
    columns = torch.tensor([[1.0, 0, 2], [0, 0, 0], [0, 1j, 0]], dtype=torch.complex128)
    found = least_squares(columns, 2 * columns[0] - columns[2])
    assert found[1] == 0
    torch.testing.assert_close(found[[0, 2]], torch.tensor([2.0, -1.0], dtype=torch.complex128), atol=1e-3, rtol=0)


def test_orthogonal_polynomials_are_orthogonal_and_fill_their_range():
    spec, x = MemoryPolynomialSpec(), silent_ends(1, 2000)
    e = envelope(spec, x)[0]
    power = x[0].square() + x[1].square()
    q = [torch.ones_like(e)]
    for k, p in enumerate(orthogonal_recurrence(e, power, 3), 1):
        value = (p[0] * e + p[1]) * q[-1]
        q.append(value if k == 1 else value + p[2] * q[-2])
    norms = torch.stack([(power * a * a).sum().sqrt() for a in q])
    products = torch.stack([torch.stack([(power * a * b).sum() for b in q]) for a in q]) / torch.outer(norms, norms)
    assert torch.allclose(products, torch.eye(4, dtype=torch.float64), atol=1e-9)
    assert [float(a.abs().max()) for a in q[1:]] == pytest.approx([1.0] * 3)
