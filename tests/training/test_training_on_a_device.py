"""Training on a CUDA device: on a simulated one it is, for every family, the CPU's to the last bit."""

import dataclasses

import numpy as np
import pytest
import torch
from simulated_device import CUDA, DeviceTensor, simulated_device

from pimdeploy.errors import TrainingError
from pimdeploy.recipe import Recipe
from pimdeploy.training import adam_run, bfan_point
from pimdeploy.training import device as device_module
from pimdeploy.training import normal_equations as module
from pimdeploy.training import search as search_module
from pimdeploy.training import train as train_module
from pimdeploy.training.checkpoint import fingerprint, load_checkpoint
from pimdeploy.training.device import choose_device, present_device
from pimdeploy.training.families import family_of
from pimdeploy.training.levenberg_marquardt import LevenbergMarquardt
from pimdeploy.training.normal_equations import normal_equations, residual_at
from pimdeploy.training.objective import make_objective
from pimdeploy.training.parameters import on_device
from pimdeploy.training.train import train

NETWORKS = {
    "odd": {"M_K": 3, "M_N": 2, "M_a": 4, "N": 6, "M_G": 3},
    "even": {"M_K": 2, "M_a": 4, "N": 6, "M_G": 3, "symmetry": "even", "functions": 2},
    "plain": {"M_K": 2, "M_a": 4, "N": 8, "M_G": 3, "symmetry": "plain", "functions": 4},
    "whlut": {"family": "whlut", "M_K": 3, "N": 6, "M_G": 3},
    "whlut of alpha-beta": {"family": "whlut", "M_K": 3, "N": 4, "M_G": 3, "magnitude": "alpha_beta"},
    "polynomial": {"family": "memory_polynomial", "M": 3},
    "polynomial of powers": {"family": "memory_polynomial", "M": 3, "basis": "power", "cross_lags": [1, -1]},
}
CNN = {"family": "cnn", "front": [4], "back": [4], "dilations": [1, 1, 1], "leaky_log2": 1}
ON_THE_DEVICE = ("_fft_c2c", "convolution", "addmm_", "addmv_", "linalg_cholesky_ex", "cholesky_solve")
"""Operations of a fit that must be seen there: spectra, networks, normal equations, the solution of a step."""


def recipe(network, **training) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "small",
            "receive": {"band_hz": [-40e6, 40e6]},
            "scenario": {},
            "network": network,
            "training": {"starts": 2, "iterations": 5} | training,
        }
    )


@pytest.fixture(scope="module")
def datasets(small_dataset):
    """The beginning of the small dataset, and two transmitters, each with its own source, at two receivers."""
    splits = {"train": (0, 8000), "val": (8000, 11000), "test": (11000, 14000)}
    x, d, other = small_dataset.x[:, :14000], small_dataset.d[:, :14000], lambda a: np.roll(a[:, :14000], 997, axis=1)
    one = dataclasses.replace(small_dataset, x=x, d=d, noise=None, splits=splits)
    seen = np.concatenate([d + 0.5 * other(d), 0.3 * d + 0.8j * other(d)])
    return one, dataclasses.replace(one, x=np.concatenate([x, other(x)]), d=seen)


@pytest.fixture
def same_pieces(monkeypatch):
    """The device works in pieces of the CPU's size: sums are then the same to the last bit."""
    monkeypatch.setattr(device_module, "MORE_ON_CUDA", 1)
    monkeypatch.setattr(search_module, "SCREEN_STEPS", 2)


@pytest.fixture
def operations(monkeypatch):
    """Names of the operations that the simulated device has seen."""
    seen, dispatch = set(), DeviceTensor.__torch_dispatch__.__func__

    def noting(cls, func, types, args=(), kwargs=None):
        seen.add(func.overloadpacket.__name__)
        return dispatch(cls, func, types, args, kwargs)

    monkeypatch.setattr(DeviceTensor, "__torch_dispatch__", classmethod(noting))
    return seen


def assert_equal(found, expected):
    assert found.history == expected.history
    assert found.scores == expected.scores
    assert found.best_start == expected.best_start
    for name, weight in expected.weights.items():
        assert type(found.weights[name]) is torch.Tensor
        assert torch.equal(found.weights[name], weight), name


@pytest.mark.parametrize("antennas", [1, 2], ids=["SISO", "2 x 2"])
@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_a_whole_fit_is_that_of_the_cpu(datasets, same_pieces, operations, network, antennas):
    dataset, asked = datasets[antennas - 1], recipe(network)
    expected = train(dataset, asked)
    assert not operations
    with simulated_device():
        found = train(dataset, asked)
    assert operations.issuperset(ON_THE_DEVICE)
    assert_equal(found, expected)


def test_adam_is_that_of_the_cpu(datasets, same_pieces, operations, monkeypatch):
    monkeypatch.setattr(adam_run, "STEPS_PER_ITERATION", 5)
    for network in (NETWORKS["odd"], NETWORKS["polynomial"], CNN):
        asked = recipe(network, method="adam", iterations=2, batch_samples=1024)
        expected = train(datasets[1], asked)
        with simulated_device():
            found = train(datasets[1], asked)
        assert_equal(found, expected)
    assert "convolution_backward" in operations


def test_a_checkpoint_does_not_depend_on_the_device(datasets, same_pieces, tmp_path):
    asked = recipe(NETWORKS["odd"])

    def interrupted(path):
        def report(step, _total, _text):
            if step == 7:  # the winner of the starts is on its way
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            train(datasets[0], asked, report, path)
        return path

    here = interrupted(tmp_path / "here")
    with simulated_device():
        there = interrupted(tmp_path / "there")
        identity = fingerprint(asked, datasets[0])
        saved, expected = load_checkpoint(there, identity), load_checkpoint(here, identity)
        assert saved.state == expected.state
        assert all(torch.equal(saved.tensors[name], tensor) for name, tensor in expected.tensors.items())
        found = train(datasets[0], asked, checkpoint=there)
    assert_equal(found, train(datasets[0], asked, checkpoint=here))


@pytest.mark.parametrize(
    "network", [NETWORKS["odd"], NETWORKS["even"], NETWORKS["whlut"]], ids=["odd", "even", "whlut"]
)
def test_knots_are_moved_inside_there_too(datasets, same_pieces, network):
    asked = recipe(network)
    objective, family = posed(datasets[1], asked)
    weights = family.start(objective, 1, 1)
    weights["K"] *= 0.7
    expected = family.keep_inside(family.point(weights, objective.x), 0.99)
    with simulated_device():
        there, _ = posed(datasets[1], asked, CUDA)
        found = family.keep_inside(family.point(on_device(weights, CUDA), there.x), 0.99)
        assert all(torch.equal(found[name].cpu(), weight) for name, weight in expected.items())
        assert all(isinstance(weight, DeviceTensor) for weight in found.values())


def posed(dataset, asked, device=device_module.CPU):
    family = family_of(asked.network, len(dataset.x), len(dataset.d))
    return make_objective(dataset, "train", asked.network, 1e-4, 4000, device), family


@pytest.mark.parametrize("network", [NETWORKS["odd"], NETWORKS["whlut"]], ids=["odd", "whlut"])
def test_larger_pieces_change_no_more_than_the_order_of_sums(datasets, monkeypatch, network):
    def equations(device):
        objective, family = posed(datasets[1], recipe(network), device)
        point = family.point(on_device(weights, device), objective.x)
        return [
            part.cpu() for part in normal_equations(objective, family, point, residual_at(objective, family, point))
        ]

    here, family = posed(datasets[1], recipe(network))
    weights = family.start(here, 1, 1)
    monkeypatch.setattr(module, "BLOCK_BINS", 100)  # several pieces on the CPU, one on the device
    monkeypatch.setattr(bfan_point, "BLOCK_SAMPLES", 1000)
    expected = equations(device_module.CPU)
    with simulated_device():
        found = equations(CUDA)
    for part, other in zip(found, expected, strict=True):
        torch.testing.assert_close(part, other, rtol=0, atol=1e-12 * float(other.abs().max()))


def test_a_weight_left_on_the_cpu_is_noticed(datasets):
    """What the tests above rest on: a tensor made in the wrong place ends the fit."""
    asked = recipe(NETWORKS["odd"])
    here, family = posed(datasets[0], asked)
    weights = family.start(here, 0, 1)
    with simulated_device():
        there, _ = posed(datasets[0], asked, CUDA)
        solver = LevenbergMarquardt(there, family, 1e-6, 1e-5)
        with pytest.raises(RuntimeError, match="same device"):
            solver.start(weights)
        state = solver.start(on_device(weights, CUDA))
        state.residual = state.residual.cpu()
        with pytest.raises(RuntimeError, match="same device"):
            solver.step(state)


def test_auto_takes_what_is_there_and_cuda_must_be_there(small_dataset, monkeypatch):
    for seen, expected in ((False, ["cpu", "cpu", "cpu"]), (True, ["cuda", "cuda", "cpu"])):
        monkeypatch.setattr(torch.cuda, "is_available", lambda seen=seen: seen)
        assert [present_device(name).type for name in ("auto", "cuda", "cpu")] == expected
        assert [choose_device(name).type for name in ("auto", "cpu")] == [expected[0], "cpu"]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    message = r"^training\.device = cuda: PyTorch sees no CUDA device; give 'auto' or 'cpu'$"
    for method in ("levenberg_marquardt", "adam"):
        with pytest.raises(TrainingError, match=message):
            train(small_dataset, recipe(NETWORKS["odd"], device="cuda", method=method))


def test_too_little_memory_is_one_line(small_dataset, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB\nmore lines")

    monkeypatch.setattr(train_module, "search", full)
    with pytest.raises(
        TrainingError, match=r"^training\.device: the memory of the CUDA device [^\n]*; give device = 'cpu'$"
    ):
        train(small_dataset, recipe(NETWORKS["odd"]))
