"""What a mutant is: one fault of one kind, put into one node of one file of a bundle (docs/mutation.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


class Kind(StrEnum):
    """What is wrong in a mutant."""

    ROUNDING = "rounding"
    SATURATION = "saturation"
    DELAY = "delay"
    TABLES = "tables"
    CONJUGATE = "conjugate"
    ACCUMULATOR = "accumulator"
    STATE = "state"
    CONSTANTS = "constants"
    SIGN = "sign"


KINDS: dict[Kind, str] = {
    Kind.ROUNDING: "another rounding in a requantizer",
    Kind.SATURATION: "saturation dropped, or wrapping in its place",
    Kind.DELAY: "a tap, a delay or a dilation one sample off",
    Kind.TABLES: "an entry one off, or two entries or rows exchanged",
    Kind.CONJUGATE: "a minus lost in a complex product",
    Kind.ACCUMULATOR: "an accumulator too narrow for its node's integers",
    Kind.STATE: "a past that is not zero after reset, or not kept from block to block",
    Kind.CONSTANTS: "a shift, a limit, a segment or a coefficient one off",
    Kind.SIGN: "the sign of an odd function lost, a rectifier that lets all pass",
}
"""Kind to what it does, for the help and the report."""


class Target(StrEnum):
    """Which file of the bundle is altered."""

    GRAPH = "graph"
    TABLES = "tables"
    C = "c"
    ONNX_INT = "onnx_int"
    ONNX_INT_BASIS = "onnx_int_basis"
    ONNX_INT_STATE = "onnx_int_state"
    ONNX_F64 = "onnx_f64"
    ONNX_F64_STATE = "onnx_f64_state"


ONNX_FILES: dict[Target, str] = {
    Target.ONNX_INT: "onnx/model_int.onnx",
    Target.ONNX_INT_BASIS: "onnx/model_int_basis.onnx",
    Target.ONNX_INT_STATE: "onnx/model_int_state.onnx",
    Target.ONNX_F64: "onnx/model_int_f64.onnx",
    Target.ONNX_F64_STATE: "onnx/model_int_f64_state.onnx",
}
"""Target to its path in the bundle."""


@dataclass(frozen=True)
class Effect:
    """What a fault does to a node's integers, as a function of integers of the node `source`, element by element.

    domain: the interval [lo, hi] that is proven to hold the integers of `source`. before: what sound and altered nodes do
    alike, monotone. sound, altered: what each makes of that.
    """

    source: str
    domain: tuple[int, int]
    before: Callable[[IntArray], IntArray]
    sound: Callable[[IntArray], IntArray]
    altered: Callable[[IntArray], IntArray]
    period: int | None = None
    """Where given: integers of one sign that are so far apart differ alike, however far out they are."""


@dataclass(frozen=True)
class Mutant:
    """One fault. `files` makes the altered files of the bundle, by path, when it is asked to.

    node: where the fault is. named_by: the nodes by which a report names it: `node`, or those that read a spoiled past.
    effect: what it does where that is a function of single integers; with it a survivor may be shown to be equivalent.
    """

    target: Target
    kind: Kind
    node: str
    what: str
    files: Callable[[], Mapping[str, bytes]]
    named_by: frozenset[str]
    effect: Effect | None = None

    @property
    def title(self) -> str:
        """The mutant in a few words."""
        return f"{self.target}: {self.node}: {self.what}"
