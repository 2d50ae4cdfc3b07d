"""A small chart: linear axes, lines, bars and marks as inline SVG.

Nothing here has a colour: every element carries a class, and the page's style sheet (templates/chart.css) colours it for
light, dark and print. Coordinates have one decimal, so that equal data give equal bytes.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

LETTER = 6.3
"""Mean width of a letter at 12 px: keys are spaced by it, for nothing here measures text."""


@dataclass(frozen=True)
class Axis:
    """An axis from `lo` to `hi` with its label and ticks; `names` replace the ticks' numbers, `grid` draws lines there."""

    label: str
    lo: float
    hi: float
    ticks: tuple[float, ...]
    names: tuple[str, ...] | None = None
    grid: bool = True

    def tick_names(self) -> tuple[str, ...]:
        """Return what stands at each tick."""
        return tuple(number(tick) for tick in self.ticks) if self.names is None else self.names

    def bare(self) -> "Axis":
        """Return the axis with its grid alone, for a panel beside one that says the rest."""
        return replace(self, label="", names=("",) * len(self.ticks))


def number(value: float, digits: int = 6) -> str:
    """Return `value` without needless zeros, a true minus sign before a negative one."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"
    return "0" if text in ("-0", "") else text.replace("-", "\N{MINUS SIGN}")


def tick_step(span: float, most: int) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that gives at most `most` steps over `span`."""
    raw = span / most
    power: float = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= raw * (1 - 1e-9))


def linear_axis(label: str, lo: float, hi: float, most: int = 8, *, snap: bool = True) -> Axis:
    """Return an axis over [lo, hi], widened to whole ticks where `snap`."""
    if not hi > lo:
        lo, hi = lo - 0.5, hi + 0.5
    step = tick_step(hi - lo, most)
    if snap:
        lo, hi = math.floor(lo / step + 1e-9) * step, math.ceil(hi / step - 1e-9) * step
    first, last = math.ceil(lo / step - 1e-9), math.floor(hi / step + 1e-9)
    return Axis(label, lo, hi, tuple(round(k * step, 9) for k in range(first, last + 1)))


def category_axis(label: str, names: Sequence[str]) -> Axis:
    """Return an axis with `names` at 0, 1, 2 ..."""
    return Axis(label, -0.5, len(names) - 0.5, tuple(float(k) for k in range(len(names))), tuple(names), grid=False)


class Chart:
    """A drawing area with two axes; what is drawn first lies below. Data coordinates in, SVG out."""

    def __init__(
        self,
        title: str,
        size: tuple[int, int],
        x: Axis,
        y: Axis,
        margins: tuple[int, int, int, int] = (34, 16, 46, 58),
    ) -> None:
        """title: what a screen reader says. size: width and height, px. margins: top, right, bottom, left, px."""
        self.title, self.x, self.y = title, x, y
        self.width, self.height = size
        self.top, self.right, self.bottom, self.left = margins
        self._under: list[str] = []
        self._inside: list[str] = []
        self._over: list[str] = []
        self._key_x = 0.0

    @property
    def inner(self) -> tuple[float, float]:
        """Width and height of the area between the axes, px."""
        return self.width - self.left - self.right, self.height - self.top - self.bottom

    def px(self, x: float) -> float:
        """Return the horizontal place of `x` within the drawing area."""
        return (x - self.x.lo) / (self.x.hi - self.x.lo) * self.inner[0]

    def py(self, y: float) -> float:
        """Return the vertical place of `y` within the drawing area."""
        return (self.y.hi - y) / (self.y.hi - self.y.lo) * self.inner[1]

    def line(self, xs: Iterable[float], ys: Iterable[float], css: str) -> None:
        """Draw a line through the points; what lies outside the axes is cut off."""
        points = " ".join(f"{self.px(x):.1f},{self.py(y):.1f}" for x, y in zip(xs, ys, strict=True))
        self._inside.append(f'<polyline class="{css}" points="{points}"/>')

    def area(self, x0: float, x1: float, y0: float, y1: float, css: str, tip: str = "") -> None:
        """Draw a rectangle between data coordinates; `tip` shows under the pointer."""
        left, right = sorted((round(self.px(x0), 1), round(self.px(x1), 1)))  # edges, so that neighbours leave no gap
        upper, lower = sorted((round(self.py(y0), 1), round(self.py(y1), 1)))
        place = f'x="{left:.1f}" y="{upper:.1f}" width="{right - left:.1f}" height="{lower - upper:.1f}"'
        self._inside.append(f'<rect class="{css}" {place}>{_tip(tip)}</rect>')

    def shade(self, x0: float, x1: float, css: str) -> None:
        """Shade the whole height between `x0` and `x1`, below the grid."""
        left, right = (min(max(self.px(x), 0.0), self.inner[0]) for x in sorted((x0, x1)))
        place = f'x="{self.left + left:.1f}" y="{self.top}" width="{right - left:.1f}" height="{self.inner[1]}"'
        self._under.append(f'<rect class="{css}" {place}/>')

    def vertical(self, x: float, css: str) -> None:
        """Draw a line over the whole height at `x`."""
        self.line((x, x), (self.y.lo, self.y.hi), css)

    def horizontal(self, y: float, css: str) -> None:
        """Draw a line over the whole width at `y`."""
        self.line((self.x.lo, self.x.hi), (y, y), css)

    def dot(self, x: float, y: float, css: str, tip: str = "", radius: float = 4.5) -> None:
        """Draw a disc at a point; it may overlap the axes."""
        place = f'cx="{self.left + self.px(x):.1f}" cy="{self.top + self.py(y):.1f}" r="{radius}"'
        self._over.append(f'<circle class="{css}" {place}>{_tip(tip)}</circle>')

    def square(self, x: float, y: float, css: str, tip: str = "", side: float = 8.5) -> None:
        """Draw a square at a point: a mark that differs from a disc without colour."""
        left, upper = self.left + self.px(x) - side / 2, self.top + self.py(y) - side / 2
        place = f'x="{left:.1f}" y="{upper:.1f}" width="{side}" height="{side}"'
        self._over.append(f'<rect class="{css}" {place}>{_tip(tip)}</rect>')

    def text(self, x: float, y: float, text: str, css: str = "note", shift: tuple[float, float] = (0, 0)) -> None:
        """Write beside a point, moved by `shift` px. Classes `end` and `middle` anchor it."""
        self.label(self.left + self.px(x) + shift[0], self.top + self.py(y) + shift[1], text, css)

    def label(self, x: float, y: float, text: str, css: str) -> None:
        """Write at a place of the whole figure, px."""
        self._over.append(f'<text class="{css}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>')

    def box(self, x: float, y: float, width: float, height: float, css: str) -> None:
        """Draw a rectangle at a place of the whole figure, px."""
        self._over.append(f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>')

    def key(self, text: str, css: str, mark: str = "line") -> None:
        """Add an entry to the key above the axes; mark: "line", "dot", "square" or "area"."""
        entry, width = _key_entry(self.left + self._key_x, 14.0, text, css, mark)
        self._over.append(entry)
        self._key_x += width

    def elements(self) -> str:
        """Return the chart without its outermost tag, to be put into another drawing."""
        width, height = self.inner
        frame = f'x="{self.left}" y="{self.top}" width="{width}" height="{height}"'
        inside = f'<svg {frame} overflow="hidden">{"".join(self._inside)}</svg>'
        return "".join(self._under) + self._grid() + inside + self._axes() + "".join(self._over)

    def svg(self) -> str:
        """Return the chart as one SVG element that scales with its place."""
        box = f'viewBox="0 0 {self.width} {self.height}"'
        return f'<svg class="chart" {box} role="img" aria-label="{escape(self.title)}">{self.elements()}</svg>'

    def _grid(self) -> str:
        width, height = self.inner
        lines = [f"M{self.left} {self.top + self.py(t):.1f}h{width}" for t in self.y.ticks if self.y.grid]
        lines += [f"M{self.left + self.px(t):.1f} {self.top}v{height}" for t in self.x.ticks if self.x.grid]
        return f'<path class="grid" d="{"".join(lines)}"/>'

    def _axes(self) -> str:
        width, height = self.inner
        bottom = self.top + height
        parts = [f'<path class="axis" d="M{self.left} {bottom}h{width}"/>']
        for tick, name in zip(self.x.ticks, self.x.tick_names(), strict=True):
            parts.append(_text(self.left + self.px(tick), bottom + 18, name, "tick middle"))
        for tick, name in zip(self.y.ticks, self.y.tick_names(), strict=True):
            parts.append(_text(self.left - 9, self.top + self.py(tick) + 4, name, "tick end"))
        parts.append(_text(self.left + width / 2, self.height - 6, self.x.label, "axis-label middle"))
        turn = f'transform="translate(14 {self.top + height / 2:.1f}) rotate(-90)"'
        parts.append(f'<text class="axis-label middle" {turn}>{escape(self.y.label)}</text>' if self.y.label else "")
        return "".join(parts)


def drawing(
    title: str,
    size: tuple[float, float],
    charts: Iterable[tuple[Chart, float, float]],
    keys: Iterable[tuple[str, str, str]] = (),
) -> str:
    """Return several charts, each at its place (x, y), px, as one SVG element; keys: text, class and mark of each."""
    box = f'viewBox="0 0 {size[0]:g} {size[1]:g}"'
    placed = [f'<g transform="translate({x:g} {y:g})">{chart.elements()}</g>' for chart, x, y in charts]
    right = 0.0
    for text, css, mark in keys:
        entry, width = _key_entry(right, 14.0, text, css, mark)
        placed.append(entry)
        right += width
    return f'<svg class="chart" {box} role="img" aria-label="{escape(title)}">{"".join(placed)}</svg>'


def _key_entry(x: float, y: float, text: str, css: str, mark: str) -> tuple[str, float]:
    """Return an entry of a key that begins at (x, y), px, and its width."""
    shapes = {
        "line": f'<polyline class="{css}" points="{x:.1f},{y} {x + 22:.1f},{y}"/>',
        "dot": f'<circle class="{css}" cx="{x + 15:.1f}" cy="{y}" r="4.5"/>',
        "square": f'<rect class="{css}" x="{x + 11:.1f}" y="{y - 4.25}" width="8.5" height="8.5"/>',
        "area": f'<rect class="{css}" x="{x:.1f}" y="{y - 5}" width="22" height="10"/>',
    }
    return shapes[mark] + _text(x + 28, y + 4, text, "key"), 28 + LETTER * len(text) + 22


def _text(x: float, y: float, text: str, css: str) -> str:
    if not text:
        return ""
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _tip(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""
