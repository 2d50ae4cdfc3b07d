"""da4ml's interpreter. da4ml has no state: a model is cut at its memories into stages, between which NumPy keeps the past.

Values are traced in real units, in which no step needs a scale, by da4ml's own operators; its solver shares the sums of
constant products.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from bench.peer import IntArray, NotRunError, Peer, Runner, Signal, Subject, in_process
from pimdeploy.datapath.bounds import NodeBounds, real_taps
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    Symmetry,
    memory_of,
    sources_of,
)
from pimdeploy.verify.backends.fixed_length import in_fixed_lengths

BLOCK = 4096
"""New samples a call: enough that what the interpreter does once a call does not show."""
SOLVER = {"search_all_decompose_dc": False}
"""The search over all of them takes minutes on 48 x 64 taps and saves one addition in a hundred."""
WORD_BITS = 32
"""Of the entries of da4ml's tables, and of the signed words that its interpreter wraps right."""
ROUNDINGS = {Rounding.FLOOR: "TRN", Rounding.HALF_UP: "RND"}
OVERFLOWS = {Overflow.SATURATE: "SAT", Overflow.WRAP: "WRAP"}

Traced = Any
"""da4ml's FixedVariableArray, [channels] or [delays, channels]."""
FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class _Stage:
    """What lies between two memories. inputs: node and delays, in samples, of each. outputs: node and channels of each."""

    inputs: tuple[tuple[str, tuple[int, ...]], ...]
    outputs: tuple[tuple[str, int], ...]
    logic: Any

    def compute(self, known: dict[str, FloatArray]) -> None:
        """Add the outputs [n_samples, channels] to `known`."""
        columns = [_late(known[node], delay) for node, delays in self.inputs for delay in delays]
        results = self.logic.predict(np.ascontiguousarray(np.hstack(columns)), n_threads=1)
        ends = np.cumsum([channels for _, channels in self.outputs])
        parts = np.split(results, ends[:-1], axis=1)
        known |= {name: part for (name, _), part in zip(self.outputs, parts, strict=True)}


class Da4ml(Peer):
    """The traced logic in da4ml's interpreter, one thread."""

    name = "da4ml's interpreter"

    def prepare(self, subject: Subject, work: Path) -> Sequence[Runner]:
        """See `Peer.prepare`."""
        if find_spec("da4ml") is None:
            raise NotRunError("da4ml is not installed", is_missing=True)
        self._graph, self._lsbs = subject.graph, subject.lsbs
        self._stages = _Tracer(subject).stages()
        x = subject.noise(self._graph.memory + BLOCK)
        return [in_process(lambda: self._compute(x), BLOCK, f"blocks of {BLOCK:,}")]

    def run(self, x_q: IntArray) -> Signal:
        """See `Peer.run`."""
        return in_fixed_lengths(self._compute, x_q, self._graph.memory, self._graph.memory + BLOCK)

    def _compute(self, x_q: IntArray) -> IntArray:
        known = {self._graph.input.name: x_q.T * self._lsbs[0]}
        for stage in self._stages:
            stage.compute(known)
        z_q: IntArray = (known[self._graph.output.name].T / self._lsbs[1]).astype(np.int64)
        return z_q


def _late(x: FloatArray, delay: int) -> FloatArray:
    """Return x[n - delay], zeros before the first sample."""
    return np.concatenate([np.zeros((delay, x.shape[1])), x[: x.shape[0] - delay]])


class _Tracer:
    """Walks over the graph stage by stage."""

    def __init__(self, subject: Subject) -> None:
        self._nodes, self._bounds = subject.graph.nodes, subject.bounds
        self._level: dict[str, int] = {}
        for node in self._nodes:
            before = [self._level[source] for source in sources_of(node)]
            self._level[node.name] = max(0, max(before) + (memory_of(node) > 0)) if before else -1
        self._here: dict[str, Traced] = {}
        self._inputs: dict[tuple[str, tuple[int, ...]], tuple[Traced, Traced]] = {}
        """By node and delays: as given, and quantized to the node's format."""

    def stages(self) -> tuple[_Stage, ...]:
        """Return the stages, first to last. Raises `NotRunError` for a node that da4ml has no operators for."""
        return tuple(self._stage(level) for level in range(max(self._level.values()) + 1))

    def _stage(self, level: int) -> _Stage:
        from da4ml.trace import comb_trace

        self._here, self._inputs = {}, {}
        for node in self._nodes:
            if self._level[node.name] == level:
                self._here[node.name] = self._traced(node)
        later = {s for node in self._nodes if self._level[node.name] > level for s in sources_of(node)}
        names = [name for name in self._here if name in later or name == self._nodes[-1].name]
        given = np.concatenate([given._vars.ravel() for given, _ in self._inputs.values()])
        results = np.concatenate([self._here[name]._vars for name in names])
        outputs = tuple((name, len(self._bounds[name].ranges)) for name in names)
        return _Stage(tuple(self._inputs), outputs, comb_trace(given, results))

    def _source(self, name: str, delays: tuple[int, ...] = (0,)) -> Traced:
        """Return the node `name` as this stage sees it: [channels], or [delays, channels] of an earlier stage's."""
        from da4ml.trace import FixedVariableArrayInput

        if name in self._here:
            return self._here[name]
        if (name, delays) not in self._inputs:
            fmt = self._bounds[name].format
            given = FixedVariableArrayInput((len(delays), len(self._bounds[name].ranges)), solver_options=SOLVER)
            self._inputs[name, delays] = given, given.quantize(*_kif(fmt))
        known = self._inputs[name, delays][1]
        return known if len(delays) > 1 else known[0]

    def _traced(self, node: Node) -> Traced:
        match node:
            case Convolution():
                return self._convolution(node)
            case Delay():
                return self._source(node.source, (node.samples,))
            case Requantize():
                return self._requantized(node)
            case Piecewise():
                return self._piecewise(node, self._source(node.source))
            case Magnitude():
                return self._magnitude(node, self._source(node.source))
            case Multiply():
                return self._product(node)
            case Add():
                return sum(self._source(source) for source in node.sources)
            case Concatenate():
                return _joined([self._source(source) for source in node.sources])
            case Rectify():
                return _rectified(self._source(node.source), node.slope_log2)
            case Select():
                return self._source(node.source)[list(node.channels)]
            case Output():
                return self._source(node.source)
            case Input():
                raise AssertionError("the input is in no stage")
            case _:
                assert_never(node)

    def _convolution(self, node: Convolution) -> Traced:
        taps = real_taps(node) * node.taps_format.lsb
        x = self._source(node.source, tuple(k * node.dilation for k in range(node.kernel_length)))
        x = x.reshape(node.kernel_length, -1)
        outputs, inputs = taps.shape[0] // node.groups, taps.shape[1]
        groups = []
        for group in range(node.groups):
            matrix = taps[group * outputs : (group + 1) * outputs].transpose(2, 1, 0).reshape(-1, outputs)
            groups.append(x[:, group * inputs : (group + 1) * inputs].reshape(-1) @ matrix)
        y = _joined(groups)
        return y if node.bias is None else y + node.bias.array * self._bounds[node.name].format.lsb

    def _requantized(self, node: Requantize) -> Traced:
        if node.rounding not in ROUNDINGS:
            raise NotRunError(f"da4ml does not round {node.rounding}")
        modes = OVERFLOWS[node.overflow], ROUNDINGS[node.rounding]
        return self._source(node.source).quantize(*_kif(node.format), *modes)

    def _piecewise(self, node: Piecewise, a: Traced) -> Traced:
        if self._bounds[node.name].acc_bits > WORD_BITS:
            raise NotRunError(f"da4ml's tables hold {WORD_BITS} bits; node {node.name} has more")
        outputs, count = node.outputs, len(self._bounds[node.source].ranges)
        rows = [(c, (c * node.tables // count) * outputs + j) for c in range(count) for j in range(outputs)]
        source, frac = self._bounds[node.source], self._bounds[node.name].format.frac
        kif = 1, WORD_BITS - 1 - frac, frac
        return _joined([a[c : c + 1].apply(_Function(node, row, source)).quantize(*kif) for c, row in rows])

    def _magnitude(self, node: Magnitude, x: Traced) -> Traced:
        i, q = x[::2], x[1::2]
        match node.magnitude:
            case MagnitudeKind.SQUARE:
                return i * i + q * q
            case MagnitudeKind.SQRT:
                if self._bounds[node.name].acc_bits > WORD_BITS + 1:
                    raise NotRunError(f"node {node.name}: a root of {self._bounds[node.name].acc_bits} bits")
                return _root(i * i + q * q, self._bounds[node.name].format.frac)
            case MagnitudeKind.ALPHA_BETA:
                i, q = np.abs(i), np.abs(q)
                alpha, beta = (c * 2.0**-node.coefficients_frac for c in (node.alpha, node.beta))
                return np.maximum(i, q) * alpha + np.minimum(i, q) * beta
            case _:
                assert_never(node.magnitude)

    def _product(self, node: Multiply) -> Traced:
        a, b = (self._source(source) for source in sources_of(node))
        if not node.is_complex:
            return a * b
        in_phase, quadrature = a[::2] * b[::2] - a[1::2] * b[1::2], a[::2] * b[1::2] + a[1::2] * b[::2]
        pairs = range(in_phase.shape[0])
        return _joined([part[k : k + 1] for k in pairs for part in (in_phase, quadrature)])


@dataclass(frozen=True)
class _Function:
    """One row of a piecewise-linear node as a function of real values: da4ml makes its table of it."""

    node: Piecewise
    row: int
    source: NodeBounds

    def __call__(self, a: FloatArray) -> FloatArray:
        node, a_q = self.node, np.rint(a / self.source.format.lsb).astype(np.int64)
        match node.symmetry:
            case Symmetry.ODD | Symmetry.EVEN:
                t = np.abs(a_q)
            case Symmetry.PLAIN:
                t = a_q + (1 << (self.source.format.bits - 1))
            case Symmetry.INDEX:
                t = a_q
            case _:
                assert_never(node.symmetry)
        s = np.minimum(t >> node.segment_log2, node.segments - 1)
        slope, base = node.slopes.array[self.row][s], node.bases.array[self.row][s]
        y = (base << node.segment_log2) + slope * (t - (s << node.segment_log2))
        negated = (node.symmetry is Symmetry.ODD) & (a_q < 0)
        values: FloatArray = np.where(negated, -y, y) * self.source.format.lsb * node.slopes_format.lsb
        return values


def _rectified(x: Traced, slope_log2: int | None) -> Traced:
    """Return x where it is positive, elsewhere x times 2^-slope_log2, or 0."""
    positive = x.relu()
    if slope_log2 is None:
        return positive
    slope = 2.0**-slope_log2
    return positive * (1 - slope) + x * slope


def _root(v: Traced, frac: int) -> Traced:
    """Return sqrt(v) cut to `frac` bits, v at most 2^31 steps: bit by bit, subtracting where the remainder allows.

    No word is wider than 32 bits.
    """
    rest: Traced = v
    root: Traced = 0.0
    for bit in range(15 - frac, -1 - frac, -1):
        left = rest - (root * 2.0 ** (bit + 1) + 4.0**bit)
        fits = left >= 0.0
        rest = np.where(fits, left, rest).quantize(0, 31 - 2 * frac, 2 * frac)
        root = np.where(fits, root + 2.0**bit, root)
    return root


def _joined(parts: Sequence[Traced]) -> Traced:
    from da4ml.trace import FixedVariableArray

    return FixedVariableArray(np.concatenate([part._vars for part in parts]), SOLVER)


def _kif(fmt: QFormat) -> tuple[int, int, int]:
    """Return da4ml's sign, integer and fraction bits of a format."""
    return int(fmt.signed), fmt.bits - fmt.frac - int(fmt.signed), fmt.frac
