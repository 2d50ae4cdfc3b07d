"""The simulated device refuses what CUDA refuses, and computes what the CPU computes."""

import numpy as np
import pytest
import torch
from simulated_device import CUDA, DeviceTensor, simulated_device

MIXTURES = {
    "sum": lambda there, here: there + here,
    "in place": lambda there, here: there.add_(here),
    "product": lambda there, here: here @ there.T,
    "index": lambda there, here: there[torch.arange(2)],
    "assignment": lambda there, here: there.__setitem__(torch.arange(2), 0.0),
    "part assigned to": lambda there, here: here[:1].mul_(there[:1]),
    "stack": lambda there, here: torch.stack([there, here]),
    "choice": lambda there, here: torch.where(here > 0, there, 0.0),
    "out": lambda there, here: torch.matmul(there, there.T, out=torch.empty(3, 3, dtype=torch.float64)),
    "complex": torch.complex,
}


@pytest.fixture
def here():
    return torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def device():
    with simulated_device():
        yield CUDA


@pytest.mark.parametrize("mix", MIXTURES.values(), ids=MIXTURES)
def test_a_tensor_of_the_cpu_is_refused(device, here, mix):
    with pytest.raises(RuntimeError, match=r"Expected all tensors to be on the same device.*cuda:0 and cpu"):
        mix(here.to(device), here)


def test_a_gradient_that_meets_a_tensor_of_the_cpu_is_refused(device, here):
    class Mixed(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            return 2 * x

        @staticmethod
        def backward(context, gradient):
            return gradient * torch.ones(3, 4, dtype=torch.float64)

    with pytest.raises(RuntimeError, match="same device"):
        Mixed.apply(here.to(device).requires_grad_()).sum().backward()


def test_numbers_are_taken_and_given(device, here):
    there = here.to(device)
    assert torch.equal((there * torch.tensor(2.0) + 1).cpu(), here * 2.0 + 1)
    assert float(there.sum()) == float(here.sum())
    assert bool((there[0, 0] == here[0, 0]).all())


def test_it_has_no_numpy(device, here):
    for convert in (lambda tensor: tensor.numpy(), np.asarray):
        with pytest.raises(TypeError, match="can't convert cuda:0 device type tensor to numpy"):
            convert(here.to(device))
    assert np.array_equal(here.to(device).cpu().numpy(), here.numpy())


def test_transfers_copy(device, here):
    there = here.to(device, torch.float32)
    assert isinstance(there, DeviceTensor)
    assert (there.device, there.dtype, there.to(device) is there) == (CUDA, torch.float32, True)
    back = there.cpu()
    there.zero_()
    assert (type(back), back.device.type) == (torch.Tensor, "cpu")
    assert torch.equal(back, here.float())
    assert torch.equal(there.copy_(here).cpu(), here.float())
    assert torch.equal(here.copy_(there), back.double())


def test_factories_and_modules_go_there(device, here):
    there = here.to(device)
    made = [
        torch.arange(3, device=there.device),
        torch.zeros_like(there),
        there.new_ones(2),
        torch.eye(2, device="cuda"),
    ]
    layer = torch.nn.Linear(4, 2).double()
    expected = layer(here)
    moved = layer.to(device)
    assert all(isinstance(tensor, DeviceTensor) for tensor in (*made, moved.weight, moved(there)))
    assert torch.equal(moved(there).cpu(), expected)


def test_conjugates_and_views_are_those_of_the_cpu(device, here):
    def compute(x):
        c = torch.complex(x[:, 0::2], x[:, 1::2])
        out = c.new_empty(2, 3, 3)
        torch.matmul(c.conj(), c.T, out=out[0])
        torch.mul(c.conj().resolve_conj() @ c.T, 1j, out=out[1])
        out[1] += c.conj().imag @ c.imag.T
        return torch.view_as_real(torch.where(c.real[:, :1] > 0, out[1].conj(), out[0]))

    assert torch.equal(compute(here.to(device)).cpu(), compute(here))
