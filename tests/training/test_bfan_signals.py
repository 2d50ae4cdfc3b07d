"""Sums over branches made in blocks, and the inner products of delayed spectra, against their definitions."""

import pytest
import torch

from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.piecewise import table_rows
from pimdeploy.training import bfan_point
from pimdeploy.training.bfan_point import basis_signals, mixed_signals
from pimdeploy.training.linear_start import delayed_products


def noise(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.complex128, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("functions", [1, 2, 6])
@pytest.mark.parametrize("symmetry", ["odd", "even", "plain"])
def test_mixed_signals_are_the_sums_over_the_branches_of_each_function(monkeypatch, symmetry, functions):
    monkeypatch.setattr(bfan_point, "BLOCK_SAMPLES", 16)
    spec = BfanSpec(M_a=6, N=4, symmetry=symmetry, functions=functions)
    a, psi = noise(6, 37).real, noise(6, seed=2)
    count = 5 if symmetry == "plain" else 4
    found = mixed_signals(lambda block: basis_signals(spec, block, 0.25), count, a, psi, functions)
    own = table_rows(6, functions)
    signals = list(basis_signals(spec, a, 0.25))
    expected = [(psi * (own == f)) @ signal.to(psi.dtype) for f in range(functions) for signal in signals]
    torch.testing.assert_close(found, torch.stack(expected), rtol=0, atol=1e-13)


def test_products_of_delayed_spectra_are_those_of_every_pair():
    n, bins, n_taps = 3, 50, 4
    basis = noise(n, bins)
    phases = torch.exp(-1j * torch.outer(torch.arange(n_taps), 6 * noise(bins, seed=3).real))
    columns = (basis[:, None] * phases).flatten(0, 1)
    expected = (columns.conj() @ columns.T).reshape(n, n_taps, n, n_taps)
    torch.testing.assert_close(delayed_products(basis, phases), expected, rtol=0, atol=1e-12)
