"""The bundle's ONNX files in ONNX Runtime, one thread, and as the C that emx-onnx-cgen makes of the integer one."""

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.peer import IntArray, NotRunError, Peer, Runner, Signal, Subject, in_process
from pimdeploy.emit.onnx.datapath import build
from pimdeploy.emit.onnx.graph import port_dtype
from pimdeploy.emit.onnx.integer import Int64Carrier
from pimdeploy.verify.backends.fixed_length import in_fixed_lengths

INT64 = "model_int64.onnx"
"""The datapath in int64 throughout. Not in the bundle, whose integer file is int32 wherever the bounds admit it."""
BLOCKS = (1024, 4096, 16384)
"""New samples a run of a session."""
EMX_BLOCKS = (128, 256, 512, 1024)
"""New samples a call of the C function; its speed depends much on what fits the first caches."""
EMX_FLAGS = ("-std=c99", "-O3", "-march=native", "-shared", "-fPIC")

_LOOP = """
#include <stddef.h>
void model(const void *x, void *z);
void repeat(const void *x, void *z, size_t calls);
void repeat(const void *x, void *z, size_t calls)
{
    for (size_t call = 0; call < calls; ++call) {
        model(x, z);
    }
}
"""
_CALLS = 16
"""Calls from C for each one from Python, which costs a microsecond."""


class OnnxRuntime(Peer):
    """One file of whole signals, in blocks that each bring their context along."""

    def __init__(self, name: str, file: str, *, is_exact: bool = True) -> None:
        self.name = f"ONNX Runtime, {name}"
        self.is_exact = is_exact
        self._file = file

    def prepare(self, subject: Subject, work: Path) -> Sequence[Runner]:
        """See `Peer.prepare`."""
        if find_spec("onnxruntime") is None:
            raise NotRunError("onnxruntime is not installed", is_missing=True)
        data = (
            build(subject.model, (Int64Carrier(),), "table")
            if self._file == INT64
            else (subject.path / "onnx" / self._file).read_bytes()
        )
        self._session, self._memory = _session(data), subject.graph.memory
        self._port = self._session.get_inputs()[0]
        self._lsbs = (1.0, 1.0) if self._is_integer else subject.lsbs
        return [self._runner(subject, block) for block in BLOCKS]

    def run(self, x_q: IntArray) -> Signal:
        """See `Peer.run`."""
        return in_fixed_lengths(self._compute, x_q, self._memory, self._memory + BLOCKS[1])

    @property
    def _is_integer(self) -> bool:
        return not str(self._port.type).startswith("tensor(float")

    def _runner(self, subject: Subject, block: int) -> Runner:
        fed = {self._port.name: self._as_port(subject.noise(subject.graph.memory + block))}
        return in_process(lambda: self._session.run(None, fed), block, f"blocks of {block:,}")

    def _as_port(self, x_q: IntArray) -> np.ndarray:
        kind = np.dtype("float32" if not self._is_integer else str(self._port.type)[len("tensor(") : -1])
        return (x_q[None] * self._lsbs[0]).astype(kind)

    def _compute(self, x_q: IntArray) -> Any:  # noqa: ANN401
        z = self._session.run(None, {self._port.name: self._as_port(x_q)})[0][0]
        return z.astype(np.int64) if self._is_integer else z.astype(np.float64) / self._lsbs[1]


def _session(data: bytes) -> Any:  # noqa: ANN401
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


class EmxC(Peer):
    """emx-onnx-cgen's C of model_int.onnx, -O3 -march=native."""

    def __init__(self, compiler: str) -> None:
        self.name = f"emx-onnx-cgen's C of model_int.onnx, {compiler}"
        self._compiler = compiler

    def prepare(self, subject: Subject, work: Path) -> Sequence[Runner]:
        """See `Peer.prepare`."""
        if find_spec("emx_onnx_cgen") is None or shutil.which(self._compiler) is None:
            raise NotRunError(f"emx-onnx-cgen or {self._compiler} is not installed", is_missing=True)
        self._memory, self._inputs, self._outputs = subject.graph.memory, *subject.channels
        formats = subject.graph.input.format, subject.bounds[subject.graph.output.name].format
        self._x_type, self._z_type = (port_dtype(fmt) for fmt in formats)
        libraries = {block: _compiled(subject, work, block, self._compiler) for block in EMX_BLOCKS}
        self._length, self._model = self._memory + EMX_BLOCKS[-1], libraries[EMX_BLOCKS[-1]]
        return [self._runner(subject, block, library) for block, library in libraries.items()]

    def run(self, x_q: IntArray) -> Signal:
        """See `Peer.run`."""
        return in_fixed_lengths(self._compute, x_q, self._memory, self._length)

    def _runner(self, subject: Subject, block: int, library: ctypes.CDLL) -> Runner:
        length = self._memory + block
        x = np.ascontiguousarray(subject.noise(length), dtype=self._x_type)
        z = np.empty((self._outputs, length), dtype=self._z_type)
        arguments = (*_pointers(x, z), ctypes.c_size_t(_CALLS))
        kept = x, z  # the pointers do not keep them
        return in_process(lambda: kept and library.repeat(*arguments), _CALLS * block, f"blocks of {block:,}")

    def _compute(self, x_q: IntArray) -> IntArray:
        x = np.ascontiguousarray(x_q, dtype=self._x_type)
        z = np.empty((self._outputs, self._length), dtype=self._z_type)
        self._model.model(*_pointers(x, z))
        return z.astype(np.int64)


def _pointers(*arrays: np.ndarray) -> list[ctypes.c_void_p]:
    return [array.ctypes.data_as(ctypes.c_void_p) for array in arrays]


def _compiled(subject: Subject, work: Path, block: int, compiler: str) -> ctypes.CDLL:
    """Return the library for one length. Raises `NotRunError` with the last line that emx-onnx-cgen prints."""
    length = subject.graph.memory + block
    source, loop, library = (work / f"{stem}_{length}" for stem in ("model", "loop", "library"))
    source, loop, library = source.with_suffix(".c"), loop.with_suffix(".c"), library.with_suffix(".so")
    sizes = ["--input-dim", "batch=1", "--input-dim", f"time={length}", "--large-weight-threshold", "0"]
    files = [str(subject.path / "onnx" / "model_int.onnx"), str(source)]
    command = [sys.executable, "-m", "emx_onnx_cgen", "compile", *sizes, "--model-name", "model", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRunError(f"emx-onnx-cgen: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
    loop.write_text(_LOOP)
    subprocess.run([compiler, *EMX_FLAGS, "-o", str(library), str(source), str(loop), "-lm"], check=True)
    return ctypes.CDLL(str(library))
