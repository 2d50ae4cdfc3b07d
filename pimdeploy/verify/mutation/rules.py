"""How a requantizer or an accumulator goes wrong: one rule a fault, which each file is then made to follow.

A rule is data. In NumPy it serves the exhaustive evaluation of survivors; c_rules.py and onnx_rules.py write it into files.
None of them is taken from a backend or an emitter.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.formats import Overflow, Rounding, bits_for
from pimdeploy.datapath.intervals import Interval, hull
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
)
from pimdeploy.verify.mutation.mutant import Effect, IntArray, Kind
from pimdeploy.verify.mutation.reached import Facts
from pimdeploy.verify.ranges.requantizing import Requantizing, requantizing

WIDTHS = (16, 32)
"""Bits of the integer types that an accumulator may be narrowed to."""


@dataclass(frozen=True)
class Narrowing:
    """An accumulator of `bits` bits: what does not fit is lost from the top."""

    bits: int

    def apply(self, values: IntArray) -> IntArray:
        """Return what is left of `values`, int64."""
        half = 1 << (self.bits - 1)
        return ((values + half) & ((1 << self.bits) - 1)) - half


Rule = Requantizing | Narrowing


@dataclass(frozen=True)
class Fault:
    """A rule that a node follows by mistake, and what it does to its integers."""

    kind: Kind
    what: str
    rule: Rule
    effect: Effect


def requantizer_faults(node: Requantize, bounds: dict[str, NodeBounds]) -> Iterator[Fault]:
    """Yield the faults of `node`: roundings and their constant, overflow and its limits, the shift."""
    source, sound = hull(bounds[node.source].ranges), requantizing(node, bounds)
    for kind, what, rule in _wrong_rules(sound, source):
        effect = Effect(node.source, source, lambda v: v, sound.apply, rule.apply)
        if rule.overflow is sound.overflow and rule.shift == sound.shift > 0:
            # What a rounding makes of v + 2^(shift + 1) is two more than of v, for ties to even too.
            effect = replace(effect, sound=sound.rounded, altered=rule.rounded, period=2 << sound.shift)
        if (rule.rounding, rule.shift, rule.extra) == (sound.rounding, sound.shift, sound.extra):
            effect = Effect(node.source, source, sound.rounded, sound.overflowed, rule.overflowed)
        yield Fault(kind, what, rule, effect)


def _wrong_rules(sound: Requantizing, source: Interval) -> Iterator[tuple[Kind, str, Requantizing]]:
    if sound.shift > 0:
        for rounding in Rounding:
            if rounding is not sound.rounding:
                yield Kind.ROUNDING, f"{sound.rounding} became {rounding}", replace(sound, rounding=rounding)
        yield Kind.CONSTANTS, "one more before the shift", replace(sound, extra=1)
    yield Kind.CONSTANTS, f"shift {sound.shift} became {sound.shift + 1}", replace(sound, shift=sound.shift + 1)
    lo, hi = (int(y) for y in replace(sound, overflow=None).apply(np.array(source)))
    if sound.least <= lo and hi <= sound.most:
        return  # nothing overflows
    if sound.overflow is Overflow.WRAP:
        yield Kind.SATURATION, "wrap became saturate", replace(sound, overflow=Overflow.SATURATE)
        return
    yield Kind.SATURATION, "saturate became wrap", replace(sound, overflow=Overflow.WRAP)
    yield Kind.SATURATION, "saturation dropped", replace(sound, overflow=None)
    if lo < sound.least:
        yield Kind.CONSTANTS, f"least {sound.least} became {sound.least + 1}", replace(sound, least=sound.least + 1)
    if hi > sound.most:
        yield Kind.CONSTANTS, f"most {sound.most} became {sound.most - 1}", replace(sound, most=sound.most - 1)


def accumulator_faults(node: Node, bounds: dict[str, NodeBounds], reached: Interval) -> Iterator[Fault]:
    """Yield the faults of a node that sums: one bit less than integers that it `reached` need, and the next narrower type.

    What is proven may be wider than any input can reach: an accumulator that holds all that is reached is no fault.
    """
    needed = bits_for(*reached)
    domain = hull(bounds[node.name].ranges)
    widths = {needed - 1, max((w for w in WIDTHS if w < needed), default=needed - 1)} - {0}
    for bits in sorted(widths):
        rule = Narrowing(bits)
        effect = Effect(node.name, domain, lambda v: v, lambda v: v, rule.apply)
        yield Fault(Kind.ACCUMULATOR, f"accumulator of {needed} bits in use became one of {bits}", rule, effect)


def faults_of(node: Node, facts: Facts) -> Iterator[Fault]:
    """Yield the faults of `node` that are rules."""
    match node:
        case Input() | Output():
            return
        case Requantize():
            yield from requantizer_faults(node, facts.bounds)
        case (
            Convolution()
            | Delay()
            | Piecewise()
            | Magnitude()
            | Multiply()
            | Add()
            | Rectify()
            | Concatenate()
            | Select()
        ):
            yield from accumulator_faults(node, facts.bounds, facts.reached[node.name])
        case _:
            assert_never(node)
