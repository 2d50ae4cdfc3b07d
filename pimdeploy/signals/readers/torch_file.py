""".pth and .pt captures: a dictionary of tensors, loaded with weights_only, so that nothing is unpickled."""

import warnings
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.readers.common import RawCapture, capture_from_arrays, reading, require


class _Honest:
    """A file that is asked for no more than it holds: PyTorch allocates what a damaged length says, gigabytes at a time.

    Raises `CaptureError` where a ZIP says of a member that it is longer than the file, or packed.
    """

    def __init__(self, stream: BinaryIO, path: Path, where: str) -> None:
        self._stream, self._size = stream, path.stat().st_size
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                claimed = sum(info.file_size for info in archive.infolist())
            if claimed > self._size:
                raise CaptureError(
                    f"{where}: its parts claim {claimed} bytes but the file holds {self._size}; it is corrupt, save it again"
                )

    def read(self, n: int = -1) -> bytes:
        """Return the next `n` bytes, or those that are left."""
        left = self._size - self._stream.tell()
        return self._stream.read(left if n < 0 else min(n, left))

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill `buffer`; return how many bytes there were."""
        return self._stream.readinto(buffer)  # type: ignore[attr-defined,no-any-return]

    def readline(self, n: int = -1) -> bytes:
        """Return the next line, or `n` bytes of it."""
        return self._stream.readline(n)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place in the file."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the file."""
        return self._stream.tell()


def read_torch(path: Path, spec: CaptureSpec) -> RawCapture:
    """Return the capture in the PyTorch file at `path`: a dictionary as of .npz. Raises `CaptureError`."""
    where = path.name
    torch = require("torch", "train", where, ".pth captures")
    with reading(where, "a PyTorch file of tensors"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with path.open("rb") as stream:
            values = torch.load(_Honest(stream, path, where), map_location="cpu", weights_only=True)
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
