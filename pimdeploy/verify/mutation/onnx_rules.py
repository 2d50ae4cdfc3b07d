"""A rule as ONNX operators on int64. ONNX shifts unsigned integers only, and Clip of int64 is not to be trusted."""

from typing import assert_never

from onnx import TensorProto

from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.verify.mutation.onnx_file import Steps
from pimdeploy.verify.mutation.rules import Narrowing, Rule
from pimdeploy.verify.ranges.requantizing import Requantizing

OFFSET_LOG2 = 62
"""2^62 more makes every value of a node positive, and keeps what a shift loses."""


def follow(steps: Steps, rule: Rule, v: str) -> str:
    """Append what `rule` makes of the int64 tensor `v` and return its result."""
    match rule:
        case Requantizing():
            return _overflowed(steps, rule, _rounded(steps, rule, v))
        case Narrowing():
            return _wrapped(steps, v, rule.bits, -(1 << (rule.bits - 1)))
        case _:
            assert_never(rule)


def _rounded(steps: Steps, rule: Requantizing, v: str) -> str:
    s = rule.shift
    if rule.extra:
        v = steps.op("Add", v, steps.number(rule.extra))
    if s <= 0:
        return steps.op("Mul", v, steps.number(1 << -s))
    half = 1 << (s - 1)
    match rule.rounding:
        case Rounding.FLOOR:
            return _shifted(steps, v, s)
        case Rounding.HALF_UP:
            return _shifted(steps, steps.op("Add", v, steps.number(half)), s)
        case Rounding.HALF_EVEN:
            odd = steps.op("BitwiseAnd", _shifted(steps, v, s), steps.number(1))
            return _shifted(steps, steps.op("Add", steps.op("Add", v, odd), steps.number(half - 1)), s)
        case Rounding.HALF_AWAY:
            size = _shifted(steps, steps.op("Add", steps.op("Abs", v), steps.number(half)), s)
            return steps.op("Where", steps.op("Less", v, steps.number(0)), steps.op("Neg", size), size)
        case _:
            assert_never(rule.rounding)


def _shifted(steps: Steps, v: str, shift: int) -> str:
    above = steps.op("Add", v, steps.number(1 << OFFSET_LOG2))
    unsigned = steps.op("Cast", above, to=TensorProto.UINT64)
    count = steps.op("Cast", steps.number(shift), to=TensorProto.UINT64)
    shifted = steps.op("BitShift", unsigned, count, direction="RIGHT")
    return steps.op("Sub", steps.op("Cast", shifted, to=TensorProto.INT64), steps.number(1 << (OFFSET_LOG2 - shift)))


def _overflowed(steps: Steps, rule: Requantizing, y: str) -> str:
    match rule.overflow:
        case None:
            return y
        case Overflow.SATURATE:
            least, most = steps.number(rule.least), steps.number(rule.most)
            y = steps.op("Where", steps.op("Less", y, least), least, y)
            return steps.op("Where", steps.op("Greater", y, most), most, y)
        case Overflow.WRAP:
            return _wrapped(steps, y, rule.bits, rule.least)
        case _:
            assert_never(rule.overflow)


def _wrapped(steps: Steps, y: str, bits: int, least: int) -> str:
    low = steps.op("BitwiseAnd", steps.op("Sub", y, steps.number(least)), steps.number((1 << bits) - 1))
    return steps.op("Add", low, steps.number(least))
