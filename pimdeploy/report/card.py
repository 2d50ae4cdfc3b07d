"""A card: a heading, a line below it, charts at their places; one SVG file that needs nothing else, light and dark."""

from collections.abc import Iterable
from html import escape

from pimdeploy.report.html import style_sheet
from pimdeploy.report.svg import Chart

WIDTH = 1000
HEAD = 70
"""Height of a card's head, px: charts stand below it."""
EDGE = 12
"""Room below the lowest chart, px."""
Placed = tuple[Chart, int, int]
"""A chart and its place, px from the left and from the lower edge of the head."""

STYLE = """svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial,
  sans-serif; }
.chart { font-size: 12px; }
.card { fill: var(--paper); stroke: var(--rule); }
.title { fill: var(--ink); font-size: 17px; font-weight: 650; }
.subtitle { fill: var(--ink-2); font-size: 13px; }
.verdict { font-size: 13px; font-weight: 600; }
.verdict.good { fill: var(--good); } .verdict.bad { fill: var(--bad); } .verdict.none { fill: var(--none); }
"""


def card(
    title: str, subtitle: str, charts: Iterable[Placed], style: str = "", *, css: str = "subtitle", width: int = WIDTH
) -> bytes:
    """Return the card as a stand-alone SVG file `width` px wide, the same bytes for equal charts.

    style: rules for what these charts draw beyond every chart's. css: class of the line below the heading, "" for none.
    """
    placed = list(charts)
    height = HEAD + max((y + chart.height for chart, _, y in placed), default=0) + EDGE
    rules = style_sheet("colours.css", "chart.css") + STYLE + style
    below = f'<text class="{css}" x="20" y="55">{escape(subtitle)}</text>\n' if subtitle else ""
    body = "".join(f'<g class="chart" transform="translate({x} {HEAD + y})">{c.elements()}</g>\n' for c, x, y in placed)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}">\n<style>{escape(rules, quote=False)}</style>\n'
        f'<rect class="card" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>\n'
        f'<text class="title" x="20" y="32">{escape(title)}</text>\n'
        f"{below}{body}</svg>\n"
    ).encode()
