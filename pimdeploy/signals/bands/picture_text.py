"""What a picture of a plan says in words, and its colours."""

from pimdeploy.signals.bands.plan import Plan
from pimdeploy.signals.bands.units import mhz, span_text

MOST_LETTERS = 132
"""What fits into a line; with more carriers than that the picture says how many there are."""
FEW_BANDS = 6
"""Bands that are named in a line."""


def title(plan: Plan) -> str:
    """Return the picture's heading: the lowest odd order that falls into a receiver, or that none does."""
    first = None
    for receiver in plan.receivers:
        reached = [row for row in plan.summary(receiver) if row.n_hits]
        if reached and (first is None or reached[0].order < first[0].order):
            first = reached[0], receiver
    if first is None:
        return f"Nothing up to order {plan.order} falls into the {' or the '.join(r.name for r in plan.receivers)}"
    row, receiver = first
    lower = "" if row.order <= 3 else f"Nothing below order {row.order} falls into a receive band; "
    if not row.covered_hz:
        return f"{lower}IM{row.order} of tones falls into the {receiver.name}"
    return f"{lower}IM{row.order} covers {100 * row.covered_hz / receiver.width_hz:.3g}% of the {receiver.name}"


def subtitle(plan: Plan, left_out: int) -> str:
    """Return the line below it: the carriers, and what the picture leaves out."""
    emissions = plan.emissions
    more = f"; {left_out} more positions fall into a receive band" if left_out else ""
    rest = f"; products up to order {plan.order}{more}"
    if emissions[0].carrier is None:
        said = "whole downlinks, for any carriers in them: " + ", ".join(span_text(e.span_hz) for e in emissions)
    else:
        said = ", ".join(_carrier(e.name, e.span_hz) for e in emissions)
    if len(said) + len(rest) > MOST_LETTERS:
        bands = list(dict.fromkeys(e.band.number for e in emissions))
        where = f"in band {' and '.join(bands)}" if len(bands) <= FEW_BANDS else f"in {len(bands)} bands"
        said = f"{len(emissions)} {'carriers' if emissions[0].carrier else 'whole downlinks'} {where}"
    return said + rest


def _carrier(name: str, span: tuple[int, int]) -> str:
    width = f"{mhz(span[1] - span[0])} wide" if span[0] < span[1] else "a tone"
    return f"{name} {mhz((span[0] + span[1]) / 2)} MHz, {width}"


ORDER_NAMES = {
    "order-3": "IM3",
    "order-5": "IM5",
    "order-7": "IM7",
    "order-9": "IM9",
    "order-high": "IM11 and above",
    "even": "even orders",
}
"""What the key says of each class."""


def order_class(order: int) -> str:
    """Return the class that colours an order: those of clause 5.2 each its own, higher ones alike, even ones alike."""
    if order % 2 == 0:
        return "even"
    return f"order-{order}" if order <= 9 else "order-high"


STYLE = """:root { --o3: #b3261e; --o5: #e0701a; --o7: #e8ac2e; --o9: #a9a238; --oh: #8b98a4; --even: #2b8a86;
  --rx: #dff0e6; --rx-edge: #5d9c78; }
@media screen and (prefers-color-scheme: dark) { :root {
  --o3: #ff7a6b; --o5: #f0964a; --o7: #e6bf5c; --o9: #b9b45a; --oh: #84919c; --even: #58c2bb;
  --rx: #17352a; --rx-edge: #4f9a77; } }
.chart .receive { fill: var(--rx); stroke: none; }
.chart .edge { fill: none; stroke: var(--rx-edge); stroke-width: 1; }
.chart .downlink { fill: var(--fixed); fill-opacity: 0.1; stroke: none; }
.chart .carrier { fill: var(--fixed); stroke: var(--paper); stroke-width: 1; }
.chart .channel { fill: var(--paper); fill-opacity: 0.6; stroke: var(--fixed); stroke-width: 1.2; }
.chart text.on-carrier { fill: var(--paper); font-weight: 600; }
.chart text.on-channel { fill: var(--fixed); font-weight: 600; }
.chart .product { fill-opacity: 0.3; stroke: none; }
.chart .hit { fill-opacity: 0.92; stroke: none; }
.chart .order-3 { fill: var(--o3); } .chart .order-5 { fill: var(--o5); } .chart .order-7 { fill: var(--o7); }
.chart .order-9 { fill: var(--o9); } .chart .order-high { fill: var(--oh); } .chart .even { fill: var(--even); }
"""
