"""onnx/model_int*.onnx: the datapath in integers, int32 wherever the bounds prove it wide enough, else int64."""

import numpy as np
from onnx import TensorProto

from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.intervals import Interval
from pimdeploy.datapath.model import Model
from pimdeploy.emit.onnx.carrier import Carrier
from pimdeploy.emit.onnx.datapath import build
from pimdeploy.emit.onnx.graph import OnnxGraph


class Int32Carrier(Carrier):
    """Integers in int32: all 32 bits. ONNX shifts unsigned integers only, and defines casts between widths modulo 2^32."""

    name = "int32"
    dtype = np.int32
    bits = constant_bits = 32

    _SIGN = 1 << 31

    def shift_right(self, g: OnnxGraph, x: str, shift: int, bias: int = 0) -> str:
        """Return floor((x + bias) / 2^shift): the sign bit flipped is an offset of 2^31, which no addition overflows."""
        biased = g.op("Add", [x, g.scalar(bias)]) if bias else x
        above = g.op("BitwiseXor", [g.cast(biased, np.uint32), g.scalar(self._SIGN, np.uint32)])
        shifted = g.op("BitShift", [above, g.scalar(shift, np.uint32)], direction="RIGHT")
        return g.op("Sub", [g.cast(shifted, np.int32), g.scalar(self._SIGN >> shift)])

    def half_even(self, g: OnnxGraph, x: str, shift: int) -> str:
        """Return floor((x + parity + half - 1) / 2^shift), parity being the last bit of floor(x / 2^shift)."""
        return _half_even(self, g, x, shift)

    def wrap(self, g: OnnxGraph, x: str, fmt: QFormat) -> str:
        """Return the low bits of x; of a signed format with their sign bit flipped and its weight taken away."""
        low = g.op("BitwiseAnd", [x, g.scalar((1 << fmt.bits) - 1)])
        if not fmt.signed:
            return low
        return g.op("Sub", [g.op("BitwiseXor", [low, g.scalar(-fmt.min_q)]), g.scalar(-fmt.min_q)])

    def index(self, g: OnnxGraph, x: str, shift: int) -> str:
        """Return x >> shift for x >= 0."""
        if shift == 0:
            return x
        unsigned = g.cast(x, np.uint32)
        return g.cast(g.op("BitShift", [unsigned, g.scalar(shift, np.uint32)], direction="RIGHT"), np.int32)

    def root(self, g: OnnxGraph, x: str) -> str:
        """Return the square root in float32, cut to an integer: of 31 bits it is off by far less than one."""
        return g.cast(g.op("Sqrt", [g.cast(x, np.float32)]), np.int32)

    def clip(self, g: OnnxGraph, x: str, least: int, most: int, proven: Interval) -> str:
        """See `Carrier.clip`. An end that int32 does not hold is out of reach."""
        return super().clip(g, x, max(least, -self._SIGN), min(most, self._SIGN - 1), proven)


class Int64Carrier(Carrier):
    """Integers in int64. ONNX shifts unsigned integers only, so a value is made non-negative before and restored after.

    63 bits: the value plus 2^62 must stay below 2^63.
    """

    name = "int64"
    dtype = index_dtype = np.int64
    bits = 63
    constant_bits = 64

    _OFFSET_LOG2 = 62
    """The offset is a multiple of 2^shift for every shift that datapath.check admits."""

    def shift_right(self, g: OnnxGraph, x: str, shift: int, bias: int = 0) -> str:
        """Return floor((x + bias) / 2^shift): Add, BitShift as uint64, Sub. Div would cost twice as much."""
        above = g.op("Add", [x, g.scalar((1 << self._OFFSET_LOG2) + bias)])
        return g.op("Sub", [self.index(g, above, shift), g.scalar(1 << (self._OFFSET_LOG2 - shift))])

    def half_even(self, g: OnnxGraph, x: str, shift: int) -> str:
        """Return floor((x + parity + half - 1) / 2^shift), parity being the last bit of floor(x / 2^shift)."""
        return _half_even(self, g, x, shift)

    def wrap(self, g: OnnxGraph, x: str, fmt: QFormat) -> str:
        """Return ((x - min) mod 2^bits) + min: the low bits by a mask."""
        low = g.op("BitwiseAnd", [g.op("Sub", [x, g.scalar(fmt.min_q)]), g.scalar((1 << fmt.bits) - 1)])
        return g.op("Add", [low, g.scalar(fmt.min_q)])

    def index(self, g: OnnxGraph, x: str, shift: int) -> str:
        """Return x >> shift for x >= 0."""
        unsigned = g.op("Cast", [x], to=TensorProto.UINT64)
        shifted = g.op("BitShift", [unsigned, g.scalar(shift, np.uint64)], direction="RIGHT")
        return g.op("Cast", [shifted], to=TensorProto.INT64)

    def root(self, g: OnnxGraph, x: str) -> str:
        """Return the square root in float64, cut to an integer: ONNX takes roots of floats only."""
        return g.op("Cast", [g.op("Sqrt", [g.op("Cast", [x], to=TensorProto.DOUBLE)])], to=TensorProto.INT64)

    def clip(self, g: OnnxGraph, x: str, least: int, most: int, proven: Interval) -> str:
        """See `Carrier.clip`. Comparisons and Where stand for the Clip that is wrong."""
        if _in_int32(*proven, least, most):
            return super().clip(g, x, least, most, proven)
        if proven[0] < least:
            x = g.op("Where", [g.op("Less", [x, g.scalar(least)]), g.scalar(least), x])
        if proven[1] > most:
            x = g.op("Where", [g.op("Greater", [x, g.scalar(most)]), g.scalar(most), x])
        return x

    def positive(self, g: OnnxGraph, x: str, proven: Interval) -> str:
        """See `Carrier.positive`."""
        if _in_int32(*proven):
            return super().positive(g, x, proven)
        return g.op("Where", [g.op("Greater", [x, g.scalar(0)]), x, g.scalar(0)])


def _half_even(carrier: Carrier, g: OnnxGraph, x: str, shift: int) -> str:
    parity = g.op("BitwiseAnd", [carrier.shift_right(g, x, shift), g.scalar(1)])
    return carrier.shift_right(g, g.op("Add", [x, parity]), shift, (1 << (shift - 1)) - 1)


def _in_int32(*values: int) -> bool:
    """Return whether Clip and Max of int64 may be used.

    On x86-64 those of ONNX Runtime (to 1.31 at least) compare the low words of int64 as signed integers: 2^31 passes for
    less than 0. So do Min and Sign; Less and Greater do not. https://github.com/microsoft/onnxruntime/pull/32475
    """
    return all(-(1 << 31) <= value < 1 << 31 for value in values)


def emit_onnx_integer(model: Model) -> dict[str, bytes]:
    """Return the integer files of `model` by their path in the bundle: of a whole signal in both forms, and streamed.

    Input int16 [batch, channel, time], output int16 (int32 where it is wider), exact: docs/spec/onnx.md.
    Raises `OverflowRefusedError` where an accumulator needs more than 63 bits.
    """
    carriers = (Int32Carrier(), Int64Carrier())
    return {
        "onnx/model_int.onnx": build(model, carriers, "table"),
        "onnx/model_int_basis.onnx": build(model, carriers, "basis"),
        "onnx/model_int_state.onnx": build(model, carriers, "table", streamed=True),
    }
