"""How the transmitters add up at a passive source, estimated from its third-order products.

Behind a source the interference begins with u |u|^2, u = sum over t of h_t x_t: a sum of products x_i x_j x_k* whose
coefficients h_i h_j h_k* are a tensor of rank 1, of rank S with S sources. Least squares gives the tensor, its singular
vectors give every h to a factor, which is all that a start needs.
"""

import itertools
import math

import torch
from torch import Tensor
from torch.nn.functional import pad

from pimdeploy.training.objective import Objective
from pimdeploy.training.signals import pairs

RIDGE = 1e-3
LEAST_SHARE = 1e-6
"""Power that a combination of transmitters is taken to have at least, of their mean: copies of one signal have none."""


def source_mixings(objective: Objective, latency: int, n_sources: int) -> Tensor:
    """Return how the transmitters add up at each of `n_sources` sources, complex [n_sources, T] on the CPU, each of length 1.

    The strongest source comes first; every row is known to a complex factor. `latency`: delay of d behind x in `objective`.
    """
    x = pairs(objective.x)
    n_tx = len(x)
    if n_tx == 1:
        return torch.ones(n_sources, 1, dtype=x.dtype)
    delayed = pad(x, (latency, 0))[:, : x.shape[1]]
    # In coordinates in which the transmitters are uncorrelated, errors are equally large in all directions.
    covariance = delayed @ delayed.conj().T / delayed.shape[1]
    covariance += LEAST_SHARE * covariance.diagonal().real.mean() * torch.eye(n_tx, device=x.device)
    mix = torch.linalg.cholesky(covariance)
    tensor = third_order_tensor(objective, torch.linalg.solve_triangular(mix, delayed, upper=False))
    # A few numbers from here on: they come to the CPU, where starts are drawn and every build has the eigenvectors.
    whitened = rank_one_terms(tensor.cpu(), n_sources)
    mixings: Tensor = torch.linalg.solve(mix.cpu().T, whitened.T).T
    unit: Tensor = mixings / torch.linalg.vector_norm(mixings, dim=1, keepdim=True)
    return unit


def third_order_tensor(objective: Objective, y: Tensor) -> Tensor:
    """Return the coefficients of y_i y_j y_k* that fit the target of each receiver best, [R, T, T, T], symmetric in i, j."""
    n_tx, n_rx = len(y), len(objective.target)
    in_pairs = list(itertools.combinations_with_replacement(range(n_tx), 2))
    columns = torch.cat([objective.weight * objective.spectrum(y[i] * y[j] * y.conj()) for i, j in in_pairs])
    gram = columns.conj() @ columns.T
    gram += RIDGE * gram.diagonal().real.mean() * torch.eye(len(gram), device=gram.device)
    found = torch.linalg.solve(gram, columns.conj() @ objective.target.T).T.reshape(n_rx, len(in_pairs), n_tx)
    tensor: Tensor = found.new_zeros(n_rx, n_tx, n_tx, n_tx)
    for number, (i, j) in enumerate(in_pairs):
        tensor[:, i, j] = tensor[:, j, i] = found[:, number] / (1 if i == j else 2)
    return tensor


def rank_one_terms(tensor: Tensor, count: int) -> Tensor:
    """Return h [count, T] of the best sum over s of b[r, s] h_i h_j h_k* for `tensor` [R, T, T, T].

    One term: the main singular vector of the axis k. Several: within the span of as many singular vectors, a slice of
    the tensor over i and k is H diag(.) H^H, so that two different slices give H as the eigenvectors of their quotient.
    """
    n_tx = tensor.shape[-1]
    _, _, right = torch.linalg.svd(tensor.reshape(-1, n_tx), full_matrices=False)
    span: Tensor = right[:count].conj()
    if count == 1:
        return span
    inside = torch.einsum("rijk,ai,bj,ck->rbac", tensor, span.conj(), span.conj(), span)
    _, _, slices = torch.linalg.svd(inside.reshape(-1, count * count), full_matrices=False)
    first, second = slices[0].reshape(count, count), slices[1].reshape(count, count)
    _, terms = torch.linalg.eig(second @ torch.linalg.inv(first))
    return _strongest_first(inside, terms.T) @ span


def _strongest_first(inside: Tensor, terms: Tensor) -> Tensor:
    dual = torch.linalg.inv(terms).T  # dual[s] . terms[q] is 1 for s = q, 0 otherwise
    share = torch.einsum("rbac,sa,sb,sc->rs", inside, dual, dual, dual.conj())
    order = torch.argsort(share.abs().square().sum(0) * torch.linalg.vector_norm(terms, dim=1) ** 6, descending=True)
    return terms[order]


def branch_rows(mixing: Tensor, theta: Tensor) -> Tensor:
    """Return rows of Phi, real [branches, 2 T], that see Re(exp(-j theta) sum over t of mixing_t x_t), one row an angle."""
    turned = torch.exp(-1j * theta)[:, None] * mixing * math.sqrt(len(mixing))
    return torch.stack([turned.real, -turned.imag], dim=2).flatten(1)
