"""The piecewise-linear functions of a model, before quantization, and their critical points. NumPy alone."""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Piecewise, Rectify, Symmetry
from pimdeploy.report.drawings import Function

CRITICAL_FRACTION = 0.01
"""The critical point is where the magnitude first exceeds this part of its maximum."""

FloatArray = NDArray[np.float64]


def functions(model: Model, fixed: Collection[str] = (), reach: float | None = None) -> tuple[Function, ...]:
    """Return the functions of every piecewise-linear node, one a table of it, before quantization.

    fixed: nodes whose functions are not trained; equal ones are named together. reach: largest |a| to show of functions
    about 0 (say, the largest seen on samples), above 0; by default the end of the last segment, or of the format of a
    where that comes first.
    """
    if reach is not None and reach <= 0:
        raise ValueError(f"reach = {reach:g}: expected the largest |a| to show, above 0")
    bounds = propagate(model.graph)
    found: list[Function] = []
    for node in model.graph.nodes:
        if isinstance(node, Piecewise):
            made = _functions(node, model, bounds[node.source].format, reach)
            if node.name in fixed:
                made = [function.model_copy(update={"trained": False}) for function in made]
            if _relu_reads(model.graph, node.name):
                made = [function.model_copy(update={"rectified": True}) for function in made]
            for function in made:
                _append(found, function)
    return tuple(found)


def critical_point(a: FloatArray, f: FloatArray) -> float | None:
    """Return the smallest a >= 0 where |f| exceeds 1 % of its maximum, f linear between the points; None for f = 0.

    a: ascending, from 0 on; f: the values there.
    """
    magnitude = np.abs(f)
    threshold = CRITICAL_FRACTION * float(magnitude.max(initial=0.0))
    if threshold == 0:
        return None
    above = int(np.argmax(magnitude > threshold))
    if above == 0:
        return float(a[0])
    # f may change its sign inside the segment: the crossing is that of f itself, towards its value at the right end.
    left, right = float(f[above - 1]), float(f[above])
    share = (math.copysign(threshold, right) - left) / (right - left)
    return float(a[above - 1] + share * (a[above] - a[above - 1]))


def critical_point_of_product(a: FloatArray, f: FloatArray) -> float | None:
    """Return the smallest a where |a f(a)| exceeds 1 % of its maximum, f linear between the points; None for f = 0.

    a: ascending, from 0 on; f: the values there. Between two points a f(a) is the quadratic s a^2 + b a.
    """
    slopes = np.diff(f) / np.diff(a)
    pieces = list(
        zip(a[:-1].tolist(), a[1:].tolist(), slopes.tolist(), (f[:-1] - slopes * a[:-1]).tolist(), strict=True)
    )
    threshold = CRITICAL_FRACTION * max(_peak(*piece) for piece in pieces)
    if threshold == 0:
        return None
    for left, right, s, b in pieces:  # a f(a) is 0 at 0 and continuous: the first root is the first crossing
        roots = [root for level in (threshold, -threshold) for root in _roots(s, b, level) if left < root <= right]
        if roots:
            return min(roots)
    raise ArithmeticError("a f(a) exceeds a part of its maximum nowhere")


def _peak(left: float, right: float, s: float, b: float) -> float:
    """Return the largest |s a^2 + b a| over [left, right]."""
    places = [left, right]
    if s != 0 and left < -b / (2 * s) < right:
        places.append(-b / (2 * s))
    return max(abs(s * a * a + b * a) for a in places)


def _roots(s: float, b: float, level: float) -> tuple[float, ...]:
    """Return the real solutions of s a^2 + b a = level, level != 0; none is lost where s is tiny."""
    inside = b * b + 4 * s * level
    if inside < 0:
        return ()
    q = b + math.copysign(math.sqrt(inside), b)  # no cancellation: both terms have the sign of b
    found = [2 * level / q] if q != 0 else []
    return (*found, -q / (2 * s)) if s != 0 else tuple(found)


@dataclass(frozen=True)
class _Line:
    """A table as a line: t from 0 on, and what of it are knots."""

    t: FloatArray
    knots: FloatArray

    def values(self, slopes: FloatArray, base: float) -> FloatArray:
        """Return the function at t from its slopes [S] and its value at t = 0."""
        steps = np.diff(self.t) * slopes[: len(self.knots)]
        return np.asarray(base + np.concatenate([[0.0], np.cumsum(steps)]), dtype=np.float64)


def _functions(node: Piecewise, model: Model, fmt: QFormat, reach: float | None) -> list[Function]:
    """Return the functions of one node, whose argument has the format `fmt`."""
    slopes = model.real_tables[f"{node.name}.slopes"]
    bases = model.real_tables.get(f"{node.name}.first_bases", np.zeros(len(slopes)))
    spacing = 2.0 ** (node.segment_log2 - fmt.frac)
    centred = node.symmetry in (Symmetry.ODD, Symmetry.EVEN)
    widest = (-fmt.min_q if centred else fmt.max_q - fmt.min_q + 1) * fmt.lsb
    end = min(node.segments * spacing, widest) if reach is None or node.symmetry is Symmetry.PLAIN else reach
    knots = spacing * np.arange(node.segments, dtype=np.float64)
    knots = knots[knots < end]
    line = _Line(np.append(knots, end), knots)
    values = [line.values(row, float(base)) for row, base in zip(slopes, bases, strict=True)]
    many = len(values) > node.outputs
    return [
        _function(
            node, f"{node.name}[{i // node.outputs}]" if many else node.name, line, values[i : i + node.outputs], fmt
        )
        for i in range(0, len(values), node.outputs)
    ]


def _function(node: Piecewise, name: str, line: _Line, values: list[FloatArray], fmt: QFormat) -> Function:
    t, f = line.t, values[0]
    a, knots, imaginary, critical = t, line.knots, None, None
    match node.symmetry:
        case Symmetry.ODD:
            critical = critical_point(t, f)
            a, f = np.concatenate([-t[:0:-1], t]), np.concatenate([-f[:0:-1], f])
        case Symmetry.EVEN:
            critical = critical_point_of_product(t, f)
            a, f = np.concatenate([-t[:0:-1], t]), np.concatenate([f[:0:-1], f])
        case Symmetry.PLAIN:
            a, knots = t + fmt.min_q * fmt.lsb, knots + fmt.min_q * fmt.lsb
        case Symmetry.INDEX:
            imaginary = tuple(values[1].tolist()) if len(values) == 2 else None
    return Function(
        name=name,
        node=node.name,
        symmetry=node.symmetry.value,
        a=tuple(a.tolist()),
        f=tuple(f.tolist()),
        f_imag=imaginary,
        knots=tuple(knots.tolist()),
        critical_point=critical,
    )


def _append(found: list[Function], function: Function) -> None:
    """Append `function`, or its name to that of an equal one where both are fixed."""
    for i, other in enumerate(found):
        if not function.trained and other.model_copy(update={"name": function.name, "node": function.node}) == function:
            found[i] = other.model_copy(update={"name": f"{other.name}, {function.name}"})
            return
    found.append(function)


def _relu_reads(graph: Graph, name: str) -> bool:
    return any(isinstance(node, Rectify) and node.slope_log2 is None and node.source == name for node in graph.nodes)
