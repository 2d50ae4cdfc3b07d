"""onnx/model_int_f64*.onnx: the datapath's integers carried in float64, as exact as int64 and faster."""

import numpy as np
from onnx import TensorProto

from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.model import Model
from pimdeploy.emit.onnx.carrier import Carrier
from pimdeploy.emit.onnx.datapath import build
from pimdeploy.emit.onnx.graph import OnnxGraph


class Float64Carrier(Carrier):
    """Integers in float64, exact up to 2^53 in magnitude: 54 bits with the sign. Scaling by 2^-shift is exact, too.

    A zero may carry a sign; it leaves with the cast to an integer.
    """

    name = "float64"
    dtype = np.float64
    bits = 54
    constant_bits = 1000

    def shift_right(self, g: OnnxGraph, x: str, shift: int, bias: int = 0) -> str:
        """Return floor((x + bias) * 2^-shift)."""
        biased = g.op("Add", [x, g.scalar(float(bias))]) if bias else x
        return g.op("Floor", [g.op("Mul", [biased, g.scalar(2.0**-shift)])])

    def half_even(self, g: OnnxGraph, x: str, shift: int) -> str:
        """Return round(x * 2^-shift): ONNX Round takes ties to the even integer."""
        return g.op("Round", [g.op("Mul", [x, g.scalar(2.0**-shift)])])

    def wrap(self, g: OnnxGraph, x: str, fmt: QFormat) -> str:
        """Return x - 2^bits * floor((x - min) * 2^-bits)."""
        turns = self.shift_right(g, g.op("Sub", [x, g.scalar(fmt.min_q)]), fmt.bits)
        return g.op("Sub", [x, g.op("Mul", [turns, g.scalar(2.0**fmt.bits)])])

    def index(self, g: OnnxGraph, x: str, shift: int) -> str:
        """Return x * 2^-shift for x >= 0 as int32: the cast drops the fraction, which is the floor."""
        return g.op("Cast", [g.op("Mul", [x, g.scalar(2.0**-shift)])], to=TensorProto.INT32)

    def root(self, g: OnnxGraph, x: str) -> str:
        """Return floor(sqrt(x))."""
        return g.op("Floor", [g.op("Sqrt", [x])])


def emit_onnx_carried(model: Model) -> dict[str, bytes]:
    """Return the float64-carried files of `model` by their path in the bundle, of a whole signal and streamed.

    Ports as those of the integer files. They are exact by proof: every bound of the datapath and of the steps in a file
    fits 54 bits, or `OverflowRefusedError` names the node and the bits missing.
    """
    carriers = (Float64Carrier(),)
    return {
        "onnx/model_int_f64.onnx": build(model, carriers, "table"),
        "onnx/model_int_f64_state.onnx": build(model, carriers, "table", streamed=True),
    }
