"""The normal equations, block by block, against the Jacobian that automatic differentiation gives; and their parts."""

import threading

import pytest
import torch

from pimdeploy.network_spec import BfanSpec, MemoryPolynomialSpec, WhlutSpec
from pimdeploy.training import normal_equations as module
from pimdeploy.training.families import family_of
from pimdeploy.training.normal_equations import normal_equations, residual_at
from pimdeploy.training.objective import make_objective
from pimdeploy.training.parallel import in_parallel
from pimdeploy.training.parameters import flatten, unflatten
from pimdeploy.training.spectra import ROWS_AT_ONCE, Spectra

BFANS = [
    pytest.param(BfanSpec(M_K=3, M_N=1, M_a=4, N=4, M_G=3), id="odd"),
    pytest.param(BfanSpec(M_K=2, M_N=2, M_a=6, N=4, M_G=2, functions=3, symmetry="even"), id="even, three functions"),
]
OTHERS = [
    pytest.param(WhlutSpec(M_K=2, N=3, M_G=2, branches=2), id="whlut"),
    pytest.param(MemoryPolynomialSpec(), id="polynomial"),
]


@pytest.fixture(params=[1, 2], ids=["one receiver", "two receivers"])
def dataset(request, small_dataset, two_channel_dataset):
    return small_dataset if request.param == 1 else two_channel_dataset


def posed(dataset, spec):
    """A family, an objective of a few hundred bins and random weights."""
    family = family_of(spec, 1, len(dataset.d))
    generator = torch.Generator().manual_seed(2)
    shapes = family.shapes.items()
    weights = {name: 0.4 * torch.randn(shape, dtype=torch.float64, generator=generator) for name, shape in shapes}
    return family, make_objective(dataset, "val", spec, 1e-3, 700), weights


@pytest.mark.parametrize("spec", BFANS)
def test_they_are_those_of_the_jacobian_of_the_residual(dataset, monkeypatch, spec):
    monkeypatch.setattr(module, "BLOCK_BINS", 50)  # many blocks, the last one shorter
    family, objective, weights = posed(dataset, spec)
    point = family.point(weights, objective.x)
    residual = residual_at(objective, family, point)

    def at(vector: torch.Tensor) -> torch.Tensor:
        return torch.view_as_real(residual_at(objective, family, family.point(unflatten(vector, weights), objective.x)))

    jacobian = -torch.autograd.functional.jacobian(at, flatten(weights)).flatten(0, 2)
    check(normal_equations(objective, family, point, residual), jacobian, residual, objective.scale)


@pytest.mark.parametrize("spec", OTHERS)
def test_without_a_last_filter_they_are_those_of_the_weighted_columns(dataset, monkeypatch, spec):
    monkeypatch.setattr(module, "BLOCK_BINS", 50)
    family, objective, weights = posed(dataset, spec)
    point = family.point(weights, objective.x)
    residual = residual_at(objective, family, point)
    jacobian = torch.zeros(*torch.view_as_real(residual).shape, len(flatten(weights)), dtype=torch.float64)
    for r in range(len(dataset.d)):
        for name, column in point.columns(objective.spectra, r).items():
            jacobian[r][..., family.positions(r)[name]] = torch.view_as_real(objective.weight * column).movedim(0, -1)
    check(normal_equations(objective, family, point, residual), jacobian.flatten(0, 2), residual, objective.scale)


def check(found, jacobian, residual, scale):
    gram, answers = jacobian.T @ jacobian / scale, jacobian.T @ torch.view_as_real(residual).flatten() / scale
    assert gram.diagonal().max() > 1e-6
    torch.testing.assert_close(found[0], gram, rtol=0, atol=1e-12 * float(gram.abs().max()))
    torch.testing.assert_close(found[1], answers, rtol=0, atol=1e-12 * float(answers.abs().max()))


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_spectra_are_the_kept_bins_of_the_tapered_signals(dtype):
    n, context = 60, 5
    generator = torch.Generator().manual_seed(1)
    signal = torch.randn(3, ROWS_AT_ONCE, context + n, dtype=dtype, generator=generator)  # more rows than at once
    taper = torch.rand(n, dtype=torch.float64, generator=generator)
    bins = torch.tensor([0, 1, 29, 30, 31, 59])
    expected = torch.fft.fft((signal[..., context:] * taper).to(torch.complex128))[..., bins]
    found = Spectra(bins, n, context, taper).of(signal)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(Spectra(bins, n, context, taper).of(signal[0, 0]), expected[0, 0], rtol=0, atol=1e-12)


def test_jobs_side_by_side_use_as_many_threads_an_operation_as_their_caller():
    """Sums would depend on the number of cores otherwise."""
    before = torch.get_num_threads()
    try:
        for threads in (3, 1):
            torch.set_num_threads(threads)
            assert in_parallel([torch.get_num_threads] * 3) == [threads] * 3
    finally:
        torch.set_num_threads(before)


def test_on_a_device_jobs_run_one_after_the_other():
    assert threading.get_ident() not in in_parallel([threading.get_ident] * 3)
    assert in_parallel([threading.get_ident] * 3, device=torch.device("cuda")) == [threading.get_ident()] * 3


def test_jobs_side_by_side_answer_in_their_order_and_their_errors_arrive():
    assert in_parallel([]) == []
    assert in_parallel([lambda k=k: k * k for k in range(7)], 2) == [0, 1, 4, 9, 16, 25, 36]
    with pytest.raises(ZeroDivisionError):
        in_parallel([lambda: 1, lambda: 1 // 0])
