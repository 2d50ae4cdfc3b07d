"""A rule as a C function of one integer. Negative integers are shifted by gcc and clang as everywhere in this project."""

from typing import assert_never

from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.verify.mutation.rules import Narrowing, Rule
from pimdeploy.verify.ranges.requantizing import Requantizing


def function_of(name: str, rule: Rule) -> str:
    """Return the definition of the C function `name`, from int64_t to int64_t, that follows `rule`."""
    match rule:
        case Requantizing():
            lines = [*_rounded(rule), *_overflowed(rule)]
        case Narrowing():
            lines = _wrapped(rule.bits, -(1 << (rule.bits - 1)))
        case _:
            assert_never(rule)
    body = "\n".join(f"    {line}" for line in [*lines, "return v;"])
    return f"static int64_t {name}(int64_t v)\n{{\n{body}\n}}"


def _rounded(rule: Requantizing) -> list[str]:
    s = rule.shift
    added = [f"v += {rule.extra};"] if rule.extra else []
    if s <= 0:
        return [*added, f"v = (int64_t)((uint64_t)v << {-s});"]
    half = f"(INT64_C(1) << {s - 1})"
    match rule.rounding:
        case Rounding.FLOOR:
            return [*added, f"v >>= {s};"]
        case Rounding.HALF_UP:
            return [*added, f"v = (v + {half}) >> {s};"]
        case Rounding.HALF_EVEN:
            return [*added, f"v = (v + {half} - 1 + ((v >> {s}) & 1)) >> {s};"]
        case Rounding.HALF_AWAY:
            return [*added, f"v = v < 0 ? -((-v + {half}) >> {s}) : (v + {half}) >> {s};"]
        case _:
            assert_never(rule.rounding)


def _overflowed(rule: Requantizing) -> list[str]:
    match rule.overflow:
        case None:
            return []
        case Overflow.SATURATE:
            return [f"v = v < {rule.least} ? {rule.least} : v > {rule.most} ? {rule.most} : v;"]
        case Overflow.WRAP:
            return _wrapped(rule.bits, rule.least)
        case _:
            assert_never(rule.overflow)


def _wrapped(bits: int, least: int) -> list[str]:
    mask = (1 << bits) - 1
    return [f"v = (int64_t)(((uint64_t)v - (uint64_t)({least})) & UINT64_C({mask})) + ({least});"]
