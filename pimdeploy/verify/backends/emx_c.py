"""C that emx-onnx-cgen, a third party's compiler, makes of model_int.onnx: it shares no code with any other backend."""

import ctypes
import functools
import re
import shutil
import subprocess
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy.bundle import Bundle, sha256
from pimdeploy.errors import BundleError, InputError
from pimdeploy.verify.backend import Backend, IntArray
from pimdeploy.verify.backends.fixed_length import in_fixed_lengths

FILE = "model_int.onnx"
NEW_SAMPLES = 2048
"""Samples of each call, beside those of context."""
PORTS = re.compile(r"void model\(const (\w+)_t \w+(?:\[[^]]*\]){3}, (\w+)_t \w+\[[^]]*\]\[(\d+)\]\[\d+\]\)")
"""The function as emx-onnx-cgen declares it: types of input and output, channels of the output."""


class EmxBackend(Backend):
    """The integer ONNX file as C, compiled by gcc for one length of signal."""

    name = "emx_c"
    streams = False
    most_samples = 262_144

    def unavailable(self) -> str | None:
        """See `Backend.unavailable`."""
        if find_spec("emx_onnx_cgen") is None:
            return "emx-onnx-cgen is not installed; pip install emx-onnx-cgen"
        return None if shutil.which("gcc") else "gcc is not installed"

    def prepare(self, bundle: Path, work: Path) -> None:
        """See `Backend.prepare`."""
        self._memory = Bundle.open(bundle, check_bytes=False).graph.memory
        self._length = self._memory + NEW_SAMPLES
        source = work / "model.c"
        source.write_text(_compiled(bundle / "onnx" / FILE, {"batch": 1, "time": self._length}), encoding="utf-8")
        ports = PORTS.search(source.read_text(encoding="utf-8"))
        if ports is None:
            raise BundleError(f"emx_c: {bundle / 'onnx' / FILE} has other ports than one signal in, one out")
        self._x_type, self._z_type, self._channels = np.dtype(ports[1]), np.dtype(ports[2]), int(ports[3])
        # A process keeps what it has loaded from a path: other code needs another name.
        library = work / f"model_{sha256(source.read_bytes())[:16]}.so"
        _run(["gcc", "-std=c99", "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-lm"])
        self._model = ctypes.CDLL(str(library)).model

    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """See `Backend.run`."""
        if block is not None:
            raise InputError(f"backend {self.name}: computes whole signals; run it without block")
        return in_fixed_lengths(self._compute, x_q, self._memory, self._length)

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """See `Backend.trace`: the output alone."""
        return {}

    def _compute(self, x_q: IntArray) -> IntArray:
        x = np.ascontiguousarray(x_q, dtype=self._x_type)
        z = np.zeros((self._channels, self._length), dtype=self._z_type)
        self._model(x.ctypes.data_as(ctypes.c_void_p), z.ctypes.data_as(ctypes.c_void_p))
        return z.astype(np.int64)


def _compiled(file: Path, sizes: dict[str, int]) -> str:
    """Return the C of the ONNX file, its open dimensions set to `sizes`. Raises `BundleError` where there is none."""
    import onnx

    try:
        model = onnx.load(file)
        for port in model.graph.input:
            for size in port.type.tensor_type.shape.dim:
                if size.dim_param in sizes:
                    size.dim_value = sizes[size.dim_param]
        with _LOCK:
            text: str = _compiler().compile(model)
    except Exception as error:  # a compiler of others' making, on a file that may be damaged: it raises what it likes
        told = str(error).strip().splitlines() or [type(error).__name__]
        raise BundleError(f"emx_c: emx-onnx-cgen refuses {file}: {told[-1]}; export the bundle again") from error
    return text


_LOCK = threading.Lock()


@functools.cache
def _compiler() -> Any:  # noqa: ANN401
    """Return the compiler, made once: it reads its 169 templates for a second, and a model then takes it a tenth of one."""
    from emx_onnx_cgen import Compiler
    from emx_onnx_cgen.compiler import CompilerOptions

    return Compiler(CompilerOptions(model_name="model", large_weight_threshold=0))


def _run(arguments: list[str]) -> None:
    """Run a tool. Raises `BundleError` with its last line."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise BundleError(f"emx_c: {Path(arguments[0]).name} failed: {told[-1]}; export the bundle again")
