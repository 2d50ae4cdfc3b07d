""".pth and .pt captures: a dictionary of tensors, loaded with weights_only, so that nothing is unpickled."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.readers.common import RawCapture, capture_from_arrays, reading, require


def read_torch(path: Path, spec: CaptureSpec) -> RawCapture:
    """Return the capture in the PyTorch file at `path`: a dictionary as of .npz. Raises `CaptureError`."""
    where = path.name
    torch = require("torch", "train", where, ".pth captures")
    with reading(where, "a PyTorch file of tensors"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(values, dict):
            raise CaptureError(f"{where}: holds a {type(values).__name__}; expected a dictionary with tx, rx and fs_hz")
        named = {name: value for name, value in values.items() if isinstance(name, str)}

        def read(name: str) -> NDArray[Any]:
            value = named[name]
            if not torch.is_tensor(value):
                return np.asarray(value)
            # A stride of 0 lets a small file claim any number of samples.
            if value.is_sparse or value.numel() * value.element_size() > value.untyped_storage().nbytes():
                raise CaptureError(f"{where}: {name} has more elements than the file stores; save a plain dense tensor")
            array: NDArray[Any] = value.detach().resolve_conj().resolve_neg().numpy()
            return array

        return capture_from_arrays(named, read, spec, where)
