"""Brevitas quantizers on constant power-of-two grids: the number formats of docs/spec/fixed_point.md as modules.

Scales are constants of the format, never learned and never in a state dict, so that the eval forward in float64 is the
integer datapath: every value is an integer times a power of two, and float64 holds all of them exactly.
"""

from typing import Any, assert_never

import torch
from brevitas.core.function_wrapper import TensorClamp
from brevitas.core.quant import QuantType
from brevitas.core.scaling import PowerOfTwoIntScaling
from brevitas.core.zero_point import ZeroZeroPoint
from brevitas.inject import ExtendedInjector, value
from brevitas.inject.enum import (
    BitWidthImplType,
    FloatToIntImplType,
    RestrictValueType,
    ScalingImplType,
    ScalingPerOutputType,
)
from brevitas.quant.solver import ActQuantSolver, WeightQuantSolver
from torch import Tensor, nn

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding


class _StraightThrough(torch.autograd.Function):
    """A rounding whose gradient is the identity."""

    @staticmethod
    def forward(_context: Any, x: Tensor, rounded: Tensor) -> Tensor:  # noqa: ANN401
        return rounded

    @staticmethod
    def backward(_context: Any, gradient: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        return gradient, None


def straight_through(x: Tensor, rounded: Tensor) -> Tensor:
    """Return `rounded`, whose gradient goes to `x` as it is."""
    result: Tensor = _StraightThrough.apply(x, rounded)  # type: ignore[no-untyped-call]
    return result


# Brevitas builds these by dependency injection, which needs an explicit __init__ without *args.
class HalfUpSte(nn.Module):
    """floor(x + 1/2), straight-through gradient."""

    def __init__(self) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """Round `x`, a tensor of any shape, in units of the LSB."""
        return straight_through(x, torch.floor(x + 0.5))


class HalfAwaySte(nn.Module):
    """sign(x) * floor(|x| + 1/2), straight-through gradient."""

    def __init__(self) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """Round `x`, a tensor of any shape, in units of the LSB."""
        return straight_through(x, torch.sign(x) * torch.floor(torch.abs(x) + 0.5))


class WrapClamp(nn.Module):
    """Overflow by wrapping: modulo the format's range, gradient of the identity."""

    def __init__(self) -> None:
        super().__init__()

    def forward(self, x: Tensor, min_val: Tensor, max_val: Tensor) -> Tensor:
        """Wrap `x`, integers in floating point, into [min_val, max_val]."""
        span = max_val - min_val + 1
        return straight_through(x, x - span * torch.floor((x - min_val) / span))


class _ConstantPowerOfTwo(ExtendedInjector):  # type: ignore[misc]
    quant_type = QuantType.INT
    bit_width_impl_type = BitWidthImplType.CONST
    float_to_int_impl_type = FloatToIntImplType.ROUND
    scaling_impl_type = ScalingImplType.CONST
    restrict_scaling_type = RestrictValueType.FP  # the exact constant, no 2**x evaluated
    int_scaling_impl = PowerOfTwoIntScaling
    scaling_per_output_type = ScalingPerOutputType.TENSOR
    zero_point_impl = ZeroZeroPoint
    signed = True
    frac_bits = 0

    @value  # type: ignore[untyped-decorator]
    def scaling_init(bit_width: int, frac_bits: int, signed: bool) -> float:  # noqa: N805
        return float(2.0 ** (int(bit_width) - int(signed) - int(frac_bits)))


class _Weight(_ConstantPowerOfTwo, WeightQuantSolver):  # type: ignore[misc]
    """Weights: ties to even, narrow range (fixed_point.md section 3, last line)."""

    tensor_clamp_impl = TensorClamp
    narrow_range = True
    bit_width = 16


class _Activation(_ConstantPowerOfTwo, ActQuantSolver):  # type: ignore[misc]
    tensor_clamp_impl = TensorClamp
    narrow_range = False
    bit_width = 16


def weight_quantizer(fmt: QFormat) -> Any:  # noqa: ANN401  (an injector class)
    """Return the Brevitas injector that quantizes a weight to `fmt`."""
    return _Weight.let(bit_width=fmt.bits, frac_bits=fmt.frac, signed=fmt.signed)


def activation_quantizer(fmt: QFormat, rounding: Rounding, overflow: Overflow) -> Any:  # noqa: ANN401
    """Return the Brevitas injector that requantizes an activation to `fmt`."""
    injector = _Activation.let(bit_width=fmt.bits, frac_bits=fmt.frac, signed=fmt.signed)
    if overflow is Overflow.WRAP:
        injector = injector.let(tensor_clamp_impl=WrapClamp)
    match rounding:
        case Rounding.HALF_UP:
            return injector.let(float_to_int_impl=HalfUpSte)
        case Rounding.HALF_AWAY:
            return injector.let(float_to_int_impl=HalfAwaySte)
        case Rounding.FLOOR:
            return injector.let(float_to_int_impl_type=FloatToIntImplType.FLOOR)
        case Rounding.HALF_EVEN:
            return injector
        case _:
            assert_never(rounding)
