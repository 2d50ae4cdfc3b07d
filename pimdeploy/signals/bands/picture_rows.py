"""Which products a picture of a plan shows: a row a position, those that fall into a receive band at the lowest order first.

Where there are more positions than rows, a row an order stands above them: where all its products are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pimdeploy.signals.bands.plan import Plan, Product, covered_hz
from pimdeploy.signals.bands.units import Span, mhz, span_text

MOST_ROWS = 16
FEW_ROWS = 8
"""Positions shown below rows of whole orders."""
LONGEST_NAME = 34
"""Letters of a position's name that are shown; the whole one is under the pointer."""
NEAREST_ROWS = 6
"""Positions shown where nothing falls into a receive band: what comes nearest."""


@dataclass(frozen=True)
class Bar:
    """A range of frequencies, Hz, that products of one order occupy; rank: 0 for a row's lowest order, then 1, 2 ..."""

    span_hz: Span
    order: int
    rank: int
    tip: str


@dataclass(frozen=True)
class Row:
    """A row: its bars, which do not overlap, and what is said of it at the right."""

    name: str
    bars: tuple[Bar, ...]
    note: str


@dataclass(frozen=True)
class Rows:
    """The rows from top to bottom; whether anything hits; how many positions that hit are left out."""

    rows: tuple[Row, ...]
    hits: bool
    left_out: int


def picture_rows(plan: Plan) -> Rows:
    """Return the rows of the picture of a plan."""
    first = _first_hits(plan)
    positions = sorted(first, key=lambda position: first[position])
    if not positions:
        return Rows(tuple(_row(plan, p, f"{mhz(away)} MHz off") for p, away in _nearest(plan)), hits=False, left_out=0)
    lanes: list[Row] = []
    if len(positions) > MOST_ROWS:
        lanes, positions = _order_rows(plan), positions[:FEW_ROWS]
    rows = [_row(plan, p, _note(first[p])) for p in positions]
    return Rows((*lanes, *rows), hits=True, left_out=len(first) - len(positions))


def _first_hits(plan: Plan) -> dict[int, tuple[int, int, int]]:
    """Return, for each position that hits, its lowest order that does, its base order, and minus the overlap, Hz."""
    found: dict[int, tuple[int, int, int]] = {}
    for receiver in plan.receivers:
        rows = plan.hit_rows(receiver)
        low = np.maximum(plan.products.low_hz[rows], receiver.span_hz[0])
        shared = np.minimum(plan.products.high_hz[rows], receiver.span_hz[1]) - low
        ranks = np.column_stack((plan.products.order[rows], plan.products.base_order[rows], -shared)).tolist()
        for position, (order, base, overlap) in zip(plan.products.position[rows].tolist(), ranks, strict=True):
            key = (order, base, overlap)
            found[position] = min(found.get(position, key), key)
    return found


def _nearest(plan: Plan) -> list[tuple[int, int]]:
    """Return the positions of odd order that come nearest to a receive band within what is drawn, and how near, Hz."""
    low, high = plan.products.low_hz, plan.products.high_hz
    gaps = [np.maximum(r.span_hz[0] - high, low - r.span_hz[1]) for r in plan.receivers]
    away = np.min(gaps, axis=0)
    spans = [r.span_hz for r in plan.receivers] + [e.band.downlink_hz for e in plan.emissions]
    drawn = (high > min(spans)[0]) & (low < max(upper for _, upper in spans))
    rows = np.flatnonzero(drawn & (plan.products.order % 2 == 1))
    nearest: dict[int, int] = {}
    for row in rows[np.argsort(away[rows], kind="stable")].tolist():
        nearest.setdefault(int(plan.products.position[row]), int(away[row]))
        if len(nearest) == NEAREST_ROWS:
            break
    return list(nearest.items())


def _order_rows(plan: Plan) -> list[Row]:
    """Return a row for each order that hits: what its products occupy together, and how much of the receive bands."""
    hit = {row.order for receiver in plan.receivers for row in plan.summary(receiver) if row.n_hits}
    made = []
    for order in sorted(hit):
        rows = plan.products.order == order
        spans = _joined(np.column_stack((plan.products.low_hz[rows], plan.products.high_hz[rows])).tolist())
        covered = max(covered_hz(spans, receiver.span_hz) for receiver in plan.receivers)
        bars = tuple(Bar(span, order, 0, f"order {order}: {span_text(span)}") for span in spans)
        made.append(Row(f"all of IM{order}", bars, f"{mhz(covered)} MHz"))
    return made


def _joined(spans: Iterable[Sequence[int]]) -> list[Span]:
    """Return the ranges that spans cover together, from low to high."""
    joined: list[Span] = []
    for low, high in sorted(spans, key=tuple):
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], high)
        else:
            joined.append((low, high))
    return joined


def _row(plan: Plan, position: int, note: str) -> Row:
    products = [plan.product(row) for row in np.flatnonzero(plan.products.position == position).tolist()]
    around = "around " if products[0].base_order == 1 else ""
    name = around + plan.label(products[0].multiples).replace("-", "\N{MINUS SIGN}")
    shown = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "\N{HORIZONTAL ELLIPSIS}"
    return Row(shown, tuple(_bars(name, products)), note)


def _bars(name: str, products: Sequence[Product]) -> Iterable[Bar]:
    """Yield a bar for the lowest order at a position, and two for each further one: what it adds on both sides."""
    inner: Span | None = None
    for rank, product in enumerate(products):
        low, high = product.span_hz
        tip = f"{name}, order {product.order}: {span_text(product.span_hz)}"
        parts = [(low, high)] if inner is None else [(low, inner[0]), (inner[1], high)]
        yield from (Bar(part, product.order, rank, tip) for part in parts if part[0] < part[1] or inner is None)
        inner = product.span_hz


def _note(rank: tuple[int, int, int]) -> str:
    return f"IM{rank[0]}: {mhz(-rank[2])} MHz" if rank[2] else f"IM{rank[0]}: a tone"
