"""hls4ml's C++ simulation of model_qonnx.onnx: fixed-point types of its own, compiled by g++ as hls4ml does."""

import contextlib
import io
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.peer import IntArray, NotRunError, Peer, Runner, Signal, Subject, in_process
from pimdeploy.verify.backends.fixed_length import in_fixed_lengths

STREAMED, PARALLEL = ("io_stream", 256), ("io_parallel", 32)
"""Kinds of interface and new samples a call. Parallel code grows with the length, and compiling takes minutes; but a
signal that more than seven layers read cannot be streamed."""
PRECISION = "fixed<64,24>"
"""Of what no quantizer stands behind: it holds every value of the layers."""


class Hls4ml(Peer):
    """The simulation, one signal of fixed length a call."""

    name = "hls4ml's g++ simulation"

    def prepare(self, subject: Subject, work: Path) -> Sequence[Runner]:
        """See `Peer.prepare`."""
        if find_spec("hls4ml") is None or shutil.which("g++") is None:
            raise NotRunError("hls4ml or g++ is not installed", is_missing=True)
        file = subject.path / "onnx" / "model_qonnx.onnx"
        if not file.is_file():
            raise NotRunError("the bundle has no model_qonnx.onnx")
        self._memory, self._lsbs, self._outputs = subject.graph.memory, subject.lsbs, subject.channels[1]
        block = self._build(file, subject.channels[0], work)
        self._length = self._memory + block
        x = self._as_floats(subject.noise(self._length))
        return [in_process(lambda: self._model.predict(x), block, f"blocks of {block:,}")]

    def run(self, x_q: IntArray) -> Signal:
        """See `Peer.run`."""
        return in_fixed_lengths(self._compute, x_q, self._memory, self._length)

    def _build(self, file: Path, channels: int, work: Path) -> int:
        """Compile the first interface that hls4ml takes the model with; return its new samples a call."""
        refused = ""
        for interface, block in (STREAMED, PARALLEL):
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    self._model = _converted(file, channels, self._memory + block, work / interface, interface)
                    self._model.compile()
            except Exception as error:  # qonnx and hls4ml raise bare ones
                refused = (str(error).splitlines() or [type(error).__name__])[0].removeprefix("ERROR: ")
            else:
                return block
        raise NotRunError(f"hls4ml: {refused}")

    def _as_floats(self, x_q: IntArray) -> np.ndarray:
        return np.ascontiguousarray(x_q[None] * self._lsbs[0], dtype=np.float64)

    def _compute(self, x_q: IntArray) -> IntArray:
        z = np.asarray(self._model.predict(self._as_floats(x_q))).reshape(self._outputs, -1) / self._lsbs[1]
        z_q: IntArray = np.rint(z).astype(np.int64)
        return z_q


def _converted(file: Path, channels: int, length: int, folder: Path, interface: str) -> Any:  # noqa: ANN401
    """Return hls4ml's model of `file` for one length."""
    import hls4ml
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.transformation.channels_last import (
        InsertChannelsLastDomainsAndTrafos,
        RemoveConsecutiveChanFirstAndChanLastTrafos,
    )
    from qonnx.transformation.general import GiveUniqueNodeNames
    from qonnx.transformation.infer_shapes import InferShapes
    from qonnx.transformation.quant_constant_folding import FoldTransposeIntoQuantInit
    from qonnx.util.cleanup import cleanup_model

    model = cleanup_model(ModelWrapper(str(file)), override_inpsize=(1, channels, length))
    for step in (
        InsertChannelsLastDomainsAndTrafos(),
        RemoveConsecutiveChanFirstAndChanLastTrafos(),
        FoldTransposeIntoQuantInit(),
        GiveUniqueNodeNames(),
        InferShapes(),
    ):
        model = model.transform(step)
    model.check_all_tensor_shapes_specified(fix_missing_init_shape=True)
    config = hls4ml.utils.config_from_onnx_model(
        model, granularity="name", backend="Vitis", default_precision=PRECISION
    )
    return hls4ml.converters.convert_from_onnx_model(
        model, output_dir=str(folder), backend="Vitis", hls_config=config, io_type=interface
    )
