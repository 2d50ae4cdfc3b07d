"""A CUDA device that is none: tensors that say they are on "cuda", compute by the CPU's kernels, and mix with no others.

`DeviceTensor` is a wrapper: the tensor that PyTorch sees has no storage, its numbers lie in a tensor of the CPU that only
`__torch_dispatch__` reads. So every operation passes there, those inside of PyTorch's own and of a backward pass included,
and one that meets a tensor of the CPU is refused as CUDA refuses it: a number (no dimensions) and a copy are the exceptions.
The kernels are the CPU's, so what a fit gives must be the CPU's to the last bit. What it cannot show: whether CUDA has a
kernel, and how fast that is.

To PyTorch itself the wrapper's device is the CPU: without CUDA it can neither differentiate nor view as complex what lies on
a device that it was not built for. Hence transfers and factories, which name a device, are caught before it sees them.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import return_and_correct_aliasing
from torch.utils._pytree import tree_leaves, tree_map

CUDA = torch.device("cuda")


class DeviceTensor(torch.Tensor):
    """A tensor on the simulated device; `data_on_cpu` holds its numbers."""

    data_on_cpu: torch.Tensor
    device = property(lambda _: CUDA)
    is_cuda = property(lambda _: True)
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, data: torch.Tensor) -> "DeviceTensor":
        made = torch.Tensor._make_wrapper_subclass(
            cls, data.size(), strides=data.stride(), storage_offset=data.storage_offset(), dtype=data.dtype
        )
        made.data_on_cpu = data
        return made

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: tuple = (), kwargs: Mapping | None = None) -> Any:
        kwargs = kwargs or {}
        if func is torch.ops.aten.copy_.default:
            unwrapped(args[0]).copy_(unwrapped(args[1]), *args[2:])
            return args[0]
        refuse_mixture(func, (args, kwargs))
        out = wrapped(func(*unwrapped(args), **unwrapped(kwargs)))
        return return_and_correct_aliasing(func, args, kwargs, out)

    def numpy(self, *, force: bool = False) -> Any:
        raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() first")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.numpy()

    def __repr__(self) -> str:
        return f"DeviceTensor({self.data_on_cpu!r})"


def unwrapped(tree: Any) -> Any:
    return tree_map(lambda leaf: _inner(leaf) if isinstance(leaf, DeviceTensor) else leaf, tree)


def wrapped(tree: Any) -> Any:
    return tree_map(lambda leaf: _outer(leaf) if isinstance(leaf, torch.Tensor) else leaf, tree)


# "Conjugate me" and "negate me" are marks of the wrapper, which PyTorch heeds before it dispatches; below, nothing would.
def _inner(tensor: DeviceTensor) -> torch.Tensor:
    data = tensor.data_on_cpu
    data = torch._conj(data) if tensor.is_conj() else data
    return torch._neg_view(data) if tensor.is_neg() else data


def _outer(data: torch.Tensor) -> DeviceTensor:
    conjugate, negative = data.is_conj(), data.is_neg()
    data = torch._conj(data) if conjugate else data
    made = DeviceTensor(torch._neg_view(data) if negative else data)
    torch._C._set_conj(made, conjugate)
    torch._C._set_neg(made, negative)
    return made


def refuse_mixture(func: Any, tree: Any) -> None:
    tensors = [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)]
    strangers = [t for t in tensors if not isinstance(t, DeviceTensor) and t.dim()]
    if strangers:
        raise RuntimeError(
            f"{func}: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu! "
            f"(of the CPU: {tuple(strangers[0].shape)}, {strangers[0].dtype})"
        )


class _Transfers(TorchFunctionMode):
    """Catches what names a device: transfers both ways, and factories."""

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: Mapping | None = None) -> Any:
        kwargs = dict(kwargs or {})
        if func is torch.Tensor.cpu:
            return to_device(args[0], torch.device("cpu"))
        if func is torch.Tensor.to:
            device, dtype, *_ = torch._C._nn._parse_to(*args[1:], **kwargs)
            moved = to_device(args[0], device)
            return moved if dtype is None else func(moved, dtype)
        if kwargs.get("device") is not None and torch.device(kwargs["device"]).type == "cuda":
            kwargs["device"] = "cpu"
            return wrapped(func(*unwrapped(args), **unwrapped(kwargs)))
        return func(*args, **kwargs)


def to_device(tensor: torch.Tensor, device: torch.device | None) -> torch.Tensor:
    """Return `tensor` on `device`: itself where it is there already."""
    if device is None or device.type == tensor.device.type:
        return tensor
    if device.type == "cpu":
        assert isinstance(tensor, DeviceTensor)
        return _inner(tensor.detach()).clone().resolve_conj().resolve_neg()
    made = DeviceTensor(tensor.detach().clone().resolve_conj().resolve_neg())
    return made.requires_grad_(tensor.requires_grad)


@contextmanager
def simulated_device() -> Iterator[None]:
    """Let PyTorch see a CUDA device, the simulated one, in this thread."""
    before = torch.__future__.get_overwrite_module_params_on_conversion()
    torch.__future__.set_overwrite_module_params_on_conversion(True)  # as a module's parameters are where CUDA is real
    run_backward, transfers = torch.autograd._engine_run_backward, _Transfers()

    def run_backward_there(*args: Any, **kwargs: Any) -> Any:
        with transfers:  # the call came through it, which has switched it off; functions of one's own may make tensors
            return run_backward(*args, **kwargs)

    try:
        with (
            patch.object(torch.cuda, "is_available", lambda: True),
            patch.object(torch.autograd, "_engine_run_backward", run_backward_there),
            transfers,
        ):
            yield
    finally:
        torch.__future__.set_overwrite_module_params_on_conversion(before)
