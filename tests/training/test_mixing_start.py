"""How transmitters add up at a source is found from third-order products."""

import numpy as np
import pytest
import torch

from pimdeploy.network_spec import BfanSpec
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.mixing_start import branch_rows, rank_one_terms, source_mixings
from pimdeploy.training.objective import make_objective


def likeness(a, b):
    """|<a, b>| over the lengths: 1 where they differ by a complex factor only."""
    return float((a.conj() @ b).abs() / torch.linalg.vector_norm(a) / torch.linalg.vector_norm(b))


def complex_noise(seed, *shape):
    return torch.randn(*shape, dtype=torch.complex128, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("n_sources", [1, 2, 3])
def test_the_terms_of_a_tensor_are_found(n_sources):
    h, b = complex_noise(1, n_sources, 5), complex_noise(2, 4, n_sources)
    b *= torch.tensor([3.0, 2.0, 1.0])[:n_sources]
    h /= torch.linalg.vector_norm(h, dim=1, keepdim=True)
    tensor = torch.einsum("rs,si,sj,sk->rijk", b, h, h, h.conj())
    found = rank_one_terms(tensor, n_sources)
    assert [likeness(f, t) for f, t in zip(found, h, strict=True)] == pytest.approx([1.0] * n_sources)


@pytest.mark.parametrize("n_sources", [1, 2])
def test_mixings_are_found_from_correlated_transmitters(n_sources):
    rng = np.random.default_rng(1)
    n, n_tx, n_rx, latency = 20_000, 3, 2, 4
    mix = np.eye(n_tx) + 0.4 * rng.normal(size=(n_tx, n_tx))
    x = mix @ (rng.normal(size=(n_tx, n)) + 1j * rng.normal(size=(n_tx, n)))
    h = rng.normal(size=(n_sources, n_tx)) + 1j * rng.normal(size=(n_sources, n_tx))
    h *= np.array([1.0, 0.8])[:n_sources, None] / np.linalg.norm(h @ mix, axis=1, keepdims=True)
    u = h @ x
    paths = rng.normal(size=(n_rx, n_sources)) + 1j * rng.normal(size=(n_rx, n_sources))
    d = paths @ (u * np.abs(u) ** 2 * (1 - 0.02 * np.abs(u) ** 2))  # and some fifth order
    d += 0.1 * np.std(d) * (rng.normal(size=d.shape) + 1j * rng.normal(size=d.shape))
    splits = {"train": (0, n)}
    dataset = Dataset(x, d, 1e8, np.ones(1, dtype=np.complex128), splits)
    objective = make_objective(dataset, "train", BfanSpec(latency_samples=latency))
    found = source_mixings(objective, latency, n_sources)
    assert torch.linalg.vector_norm(found, dim=1).tolist() == pytest.approx([1.0] * n_sources)
    for mine, true in zip(found, torch.from_numpy(h), strict=True):
        assert likeness(mine, true) > 0.99


def test_a_single_transmitter_needs_no_search(small_dataset):
    objective = make_objective(small_dataset, "train", BfanSpec())
    assert source_mixings(objective, 7, 2).tolist() == [[1.0], [1.0]]


def test_branches_see_the_mixed_signal_turned():
    mixing, theta = complex_noise(3, 4), torch.tensor([0.0, 0.5, 2.0], dtype=torch.float64)
    x = complex_noise(4, 4, 10)
    rows = torch.stack([x.real, x.imag], dim=1).flatten(0, 1)
    expected = (torch.exp(-1j * theta)[:, None] * (mixing @ x) * 2).real
    torch.testing.assert_close(branch_rows(mixing, theta) @ rows, expected)
