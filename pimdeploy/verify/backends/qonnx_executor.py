"""model_qonnx.onnx in qonnx, the reference executor of that format: Quant nodes in NumPy, the others in ONNX Runtime."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy.datapath.formats import QFormat
from pimdeploy.errors import BundleError, InputError
from pimdeploy.verify.backend import Backend, IntArray
from pimdeploy.verify.backends.fixed_length import in_fixed_lengths
from pimdeploy.verify.backends.onnx_runtime import unproven

FILE = "model_qonnx.onnx"
NEW_SAMPLES = 4096
"""Samples of each call, beside those of context."""


class QonnxBackend(Backend):
    """The QONNX file as its users execute it, after qonnx's own cleanup for one length of signal."""

    name = "qonnx"
    streams = False
    most_samples = 32_768

    def unavailable(self) -> str | None:
        """See `Backend.unavailable`."""
        return None if find_spec("qonnx") else "qonnx is not installed; pip install qonnx"

    def unproven(self, bundle: Path) -> str | None:
        """See `Backend.unproven`."""
        return unproven(bundle, FILE)

    def prepare(self, bundle: Path, work: Path) -> None:
        """See `Backend.prepare`."""
        import onnx
        from qonnx.core.modelwrapper import ModelWrapper
        from qonnx.util.cleanup import cleanup_model

        file = bundle / "onnx" / FILE
        try:
            model = onnx.load(file)
            facts = {item.key: item.value for item in model.metadata_props}
            self._memory = int(facts["memory_samples"])
            self._lsbs = [_lsb(facts[key]) for key in ("input_format", "output_format")]
            self._length = self._memory + NEW_SAMPLES
            channels = model.graph.input[0].type.tensor_type.shape.dim[1].dim_value
            self._model: Any = cleanup_model(ModelWrapper(model), override_inpsize=(1, channels, self._length))
        except Exception as error:  # protobuf and qonnx raise kinds of their own
            raise BundleError(f"{file}: cannot be loaded: {error}; export the bundle again") from error

    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """See `Backend.run`."""
        if block is not None:
            raise InputError(f"backend {self.name}: computes whole signals; run it without block")
        return in_fixed_lengths(self._compute, x_q, self._memory, self._length)

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """See `Backend.trace`: the output alone, for qonnx renames the tensors."""
        return {}

    def _compute(self, x_q: IntArray) -> IntArray:
        from qonnx.core.onnx_exec import execute_onnx

        graph = self._model.graph
        x = (x_q[None] * self._lsbs[0]).astype(np.float32)
        z = execute_onnx(self._model, {graph.input[0].name: x})[graph.output[0].name]
        z_q: IntArray = np.rint(z[0].astype(np.float64) / self._lsbs[1]).astype(np.int64)
        return z_q


def _lsb(text: str) -> float:
    """Return the step of a format as it stands in the metadata, "s16.15"."""
    bits, _, frac = text[1:].partition(".")
    return QFormat(text[0] == "s", int(bits), int(frac)).lsb
