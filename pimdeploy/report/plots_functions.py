"""Charts of the trained functions: f(a) with its knots and critical point, complex gains, several functions of a node."""

import cmath
import itertools
import math
from collections.abc import Sequence

from pimdeploy.report.drawings import Function
from pimdeploy.report.plots import HALF
from pimdeploy.report.svg import Axis, Chart, linear_axis, number

FEW = 2
"""More functions of a node than these share a chart."""
BETWEEN = 8
"""Points drawn a segment where a curve is no line between its knots."""
QUIET = 0.01
"""The phase is drawn where the gain exceeds this part of its largest value."""
MOST_KNOTS = 64
"""With more knots marks would hide the line."""


def groups(functions: Sequence[Function]) -> list[list[Function]]:
    """Return the functions by chart: each on its own, but many of one node together."""
    by_node: dict[str, list[Function]] = {}
    for function in functions:
        by_node.setdefault(function.node, []).append(function)
    charts: list[list[Function]] = []
    for group in by_node.values():
        charts += [[function] for function in group] if len(group) <= FEW else [group]
    return charts


def charts(group: Sequence[Function], size: tuple[int, int] = HALF) -> list[Chart]:
    """Return the charts of one group: one of f(a), or magnitude and phase of complex gains."""
    if group[0].f_imag is not None:
        return [_magnitude(group, size), _phase(group, size)]
    if len(group) > 1:
        return [_several(group, size)]
    return [function_chart(group[0], size)]


def function_chart(function: Function, size: tuple[int, int] = HALF) -> Chart:
    """Return a trained function with its knots and its critical point (papers/003, Fig. 10)."""
    even = function.symmetry == "even"
    name = function.name.split(",", maxsplit=1)[0]
    product = _product(function) if even else ([], [])
    low, high = _span([*function.f, *product[1]])
    label = f"{name}(a) and a {name}(a)" if even else f"{name}(a)"
    chart = Chart(f"Nonlinearity {function.name}", size, _argument_axis([function]), linear_axis(label, low, high, 6))
    point = function.critical_point
    if point is not None:
        chart.shade(-point, point, "band")
        for edge in (-point, point):
            chart.vertical(edge, "line critical")
    chart.horizontal(0, "zero")
    if even:
        chart.line(*product, "line rest")
    chart.line(function.a, function.f, "line fixed")
    _mark_knots(chart, function)
    if even:
        chart.key("f(a)", "line fixed")
        chart.key("a f(a)", "line rest")
    else:
        chart.key("trained function" if function.trained else "fixed function", "line fixed")
    if len(function.knots) <= MOST_KNOTS:
        chart.key("knots", "mark knot", "dot")
    if point is not None:
        chart.key(f"critical point {number(point, 3)}", "line critical")
    return chart


def _mark_knots(chart: Chart, function: Function) -> None:
    mirrored = function.symmetry in ("odd", "even")
    knots = {*function.knots, *((-x_k for x_k in function.knots) if mirrored else ())}
    if len(function.knots) <= MOST_KNOTS:
        for a, f in zip(function.a, function.f, strict=True):
            if a in knots:
                chart.dot(a, f, "mark knot", f"knot {number(a, 4)}: f = {number(f, 5)}", 2.6)


def _several(group: Sequence[Function], size: tuple[int, int]) -> Chart:
    low, high = _span([value for function in group for value in function.f])
    node = group[0].node
    chart = Chart(f"Nonlinearities {node}", size, _argument_axis(group), linear_axis(f"{node}[i](a)", low, high, 6))
    chart.horizontal(0, "zero")
    for function in group:
        chart.line(function.a, function.f, "line many")
    chart.key(f"{len(group)} trained functions", "line many")
    return chart


def _magnitude(group: Sequence[Function], size: tuple[int, int]) -> Chart:
    curves = [_gain(function) for function in group]
    top = max(abs(gain) for _, gains in curves for gain in gains)
    node = group[0].node
    chart = Chart(
        f"Magnitude of the complex gain {node}", size, _gain_axis(group), linear_axis("Gain, magnitude", 0, top, 6)
    )
    css = "line fixed" if len(group) == 1 else "line many"
    for r, gains in curves:
        chart.line(r, [abs(gain) for gain in gains], css)
    if len(group) == 1 and len(group[0].knots) <= MOST_KNOTS:
        for x, f, g in zip(group[0].a, group[0].f, group[0].f_imag or (), strict=True):
            if x in group[0].knots:
                gain = abs(complex(f, g))
                chart.dot(x, gain, "mark knot", f"knot {number(x, 4)}: {number(gain, 5)}", 2.6)
        chart.key("knots", "mark knot", "dot")
    chart.key("|g(r)|" if len(group) == 1 else f"|g(r)| of {len(group)} branches", css)
    return chart


def _phase(group: Sequence[Function], size: tuple[int, int]) -> Chart:
    curves = [_phase_curve(function) for function in group]
    low, high = _span([phase for _, phases in curves for phase in phases])
    axis = linear_axis("Gain, phase in degrees", low, high, 6)
    chart = Chart(f"Phase of the complex gain {group[0].node}", size, _gain_axis(group), axis)
    css = "line fixed" if len(group) == 1 else "line many"
    for r, phases in curves:
        chart.line(r, phases, css)
    chart.key("phase of g(r)" if len(group) == 1 else f"phase of g(r) of {len(group)} branches", css)
    return chart


def _argument_axis(group: Sequence[Function]) -> Axis:
    reach = max(abs(function.a[end]) for function in group for end in (0, -1))
    label = "Argument a" if group[0].symmetry == "plain" else "Argument a (full scale = 1)"
    return linear_axis(label, -reach, reach, 8, snap=False)


def _gain_axis(group: Sequence[Function]) -> Axis:
    end = max(function.a[-1] for function in group)
    return linear_axis("What indexes the table, r (full scale = 1)", 0, end, 8, snap=False)


def _span(values: Sequence[float]) -> tuple[float, float]:
    """Return an interval that holds the values and 0, and more than one point."""
    low, high = min((0.0, *values)), max((0.0, *values))
    return (low, high) if high > low else (-1.0, 1.0)


def _between(left: float, right: float) -> list[float]:
    return [left + (right - left) * k / BETWEEN for k in range(BETWEEN)]


def _product(function: Function) -> tuple[list[float], list[float]]:
    """Return points of a f(a)."""
    xs = _fine(function.a)
    return xs, [a * f for a, f in zip(xs, _fine(function.f), strict=True)]


def _fine(values: Sequence[float]) -> list[float]:
    """Return `values` with points between, linearly."""
    fine = [v for left, right in itertools.pairwise(values) for v in _between(left, right)]
    return [*fine, values[-1]]


def _gain(function: Function) -> tuple[list[float], list[complex]]:
    real, imag = _fine(function.f), _fine(function.f_imag or ())
    return _fine(function.a), [complex(f, g) for f, g in zip(real, imag, strict=True)]


def _phase_curve(function: Function) -> tuple[list[float], list[float]]:
    """Return the phase in degrees without jumps of 360, where the gain is not next to nothing."""
    r, gains = _gain(function)
    least = QUIET * max(abs(gain) for gain in gains)
    shown: tuple[list[float], list[float]] = ([], [])
    for place, gain in zip(r, gains, strict=True):
        if abs(gain) > least:
            phase = math.degrees(cmath.phase(gain))
            if shown[1]:
                phase += 360 * round((shown[1][-1] - phase) / 360)
            shown[0].append(place)
            shown[1].append(phase)
    return shown
