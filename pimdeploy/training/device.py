"""Where a network is trained and fine-tuned: the device that `training.device` names."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from pimdeploy.errors import TrainingError

CPU = torch.device("cpu")
MORE_ON_CUDA = 32
"""Work that is cut up to fit a core's cache goes to a CUDA device in pieces so many times larger: each call of one costs
microseconds before anything is computed, and a small piece leaves most of the device idle."""


def choose_device(name: str) -> torch.device:
    """Return the device that training.device names; "auto" takes CUDA where PyTorch sees a device.

    Raises `TrainingError` where it names CUDA and there is none.
    """
    device = present_device(name)
    if name == "cuda" and device.type != "cuda":
        raise TrainingError("training.device = cuda: PyTorch sees no CUDA device; give 'auto' or 'cpu'")
    return device


def present_device(name: str) -> torch.device:
    """Return the device that training.device names, the CPU where it is not there: what was trained on a CUDA device is
    quantized anywhere."""
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


@contextmanager
def told_out_of_memory() -> Iterator[None]:
    """Turn PyTorch's error where the memory of a device does not suffice into a `TrainingError`."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise TrainingError(
            "training.device: the memory of the CUDA device is too small for this training, or others hold it; "
            "give device = 'cpu'"
        ) from error


def piece(size: int, device: torch.device) -> int:
    """Return the size of the pieces of work on `device` that are `size` on a core."""
    return size if device.type == "cpu" else size * MORE_ON_CUDA
