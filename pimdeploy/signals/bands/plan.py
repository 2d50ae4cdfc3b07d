"""A spectrum plan: which products of which carriers fall into which receiver, and how much of it they cover."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pimdeploy.defaults import PLAN_ORDER
from pimdeploy.errors import InputError
from pimdeploy.signals.bands import calibration as levels
from pimdeploy.signals.bands.calibration import Calibration
from pimdeploy.signals.bands.carriers import Carrier, carriers_in_bands
from pimdeploy.signals.bands.products import Products, check_order, products_of
from pimdeploy.signals.bands.receivers import Receiver, receivers_of
from pimdeploy.signals.bands.table import Band, BandTable
from pimdeploy.signals.bands.units import Span, inside, overlap_hz

Reach = Literal["none", "partial", "whole"]


@dataclass(frozen=True)
class Emission:
    """What transmits in a plan: a carrier, or, where none is given, a whole downlink that stands for any in it."""

    name: str
    band: Band
    span_hz: Span
    carrier: Carrier | None


@dataclass(frozen=True)
class Product:
    """One product: multiples of the emissions in their order, the order, and the band that it occupies, Hz."""

    multiples: tuple[int, ...]
    order: int
    base_order: int
    """The lowest order at this position, sum |m_i|; 1 around a carrier."""
    span_hz: Span
    level_dbm: float | None
    """Of tones, the whole product's, by the calibration of its order; None without, and where the order only widens."""


@dataclass(frozen=True)
class Hit:
    """What a product does to a receiver."""

    product: Product
    overlap_hz: int
    share_of_receiver: float
    share_of_product: float
    """1 for a tone inside the receive band."""
    reach: Reach
    """whole: one of the two lies wholly inside the other."""
    channels_hz: tuple[int, ...]
    """Overlap with each of the receiver's own channels, Hz."""


@dataclass(frozen=True)
class OrderSummary:
    """What all products of one order do to a receiver together."""

    order: int
    n_products: int
    n_hits: int
    covered_hz: int
    """Of the receive band, products that overlap counted once."""
    channels_hz: tuple[int, ...]
    """Covered of each of the receiver's own channels."""
    strongest_dbm: float | None


@dataclass(frozen=True)
class Plan:
    """All products of the emissions up to `order`, and the receivers that they may fall into."""

    bands: tuple[Band, ...]
    emissions: tuple[Emission, ...]
    receivers: tuple[Receiver, ...]
    order: int
    calibrations: dict[int, Calibration]
    products: Products = field(repr=False)

    def product(self, row: int) -> Product:
        """Return one row of `products` with its level."""
        multiples = tuple(self.products.multiples[self.products.position[row]].tolist())
        order, base = int(self.products.order[row]), sum(map(abs, multiples))
        level, powers = None, self._powers_dbm
        if order == base and order in self.calibrations and powers is not None:
            level = self.calibrations[order].level_of(multiples, powers)
        span = (int(self.products.low_hz[row]), int(self.products.high_hz[row]))
        return Product(multiples, order, base, span, level)

    def label(self, multiples: Sequence[int]) -> str:
        """Return a sum of carriers as text: "2f1 - f2"."""
        names = [emission.name for emission in self.emissions]
        terms = sorted(zip(multiples, names, strict=True), key=lambda term: term[0] < 0)
        text = "".join(f" {'-' if m < 0 else '+'} {abs(m) if abs(m) > 1 else ''}{name}" for m, name in terms if m)
        return text.removeprefix(" + ").removeprefix(" ")

    def title(self, product: Product) -> str:
        """Return a product's name for eyes, which says where a higher order only widens a lower one's position."""
        label = self.label(product.multiples)
        if product.base_order == 1:
            return f"around {label}"
        if product.order == product.base_order:
            return label
        return f"{label}, {'wider' if product.span_hz[0] < product.span_hz[1] else 'too'}"

    def rf_bandwidths(self) -> dict[Band, int]:
        """Return the RF bandwidth in use, Hz: in each band from the outer edge of its carriers to the other one."""
        used = {}
        for band in dict.fromkeys(emission.band for emission in self.emissions):
            spans = [emission.span_hz for emission in self.emissions if emission.band == band]
            used[band] = max(high for _, high in spans) - min(low for low, _ in spans)
        return used

    def transmitted_inside(self, receiver: Receiver) -> list[str]:
        """Return the names of what is itself transmitted inside a receive band: no product, and worse than any."""
        return [e.name for e in self.emissions if inside(e.span_hz, receiver.span_hz)]

    def rows_by_frequency(self) -> list[int]:
        """Return the rows of `products` from low to high frequency, low orders first where they share a position."""
        centre = self.products.low_hz + self.products.high_hz
        rows: list[int] = np.lexsort((self.products.order, centre)).tolist()
        return rows

    def n_hits(self, receiver: Receiver) -> int:
        """Return how many products fall into a receiver."""
        return int(self._inside(receiver).sum())

    def hits(self, receiver: Receiver, most: int | None = None) -> list[Hit]:
        """Return the products that fall into a receiver: low orders first, then those that cover most of it."""
        return [self.hit(row, receiver) for row in self.hit_rows(receiver)[:most].tolist()]

    def hit(self, row: int, receiver: Receiver) -> Hit:
        """Return what one row of `products` does to a receiver, nothing included."""
        product = self.product(row)
        shared, width = overlap_hz(product.span_hz, receiver.span_hz), product.span_hz[1] - product.span_hz[0]
        hit = inside(product.span_hz, receiver.span_hz)
        of_product = shared / width if width else float(hit)
        of_receiver = shared / receiver.width_hz
        reach: Reach = "none" if not hit else "whole" if 1.0 in (of_product, of_receiver) else "partial"
        channels = tuple(overlap_hz(product.span_hz, channel) for _, channel in receiver.channels)
        return Hit(product, shared, of_receiver, of_product, reach, channels)

    def summary(self, receiver: Receiver) -> list[OrderSummary]:
        """Return what each order does to a receiver: every odd one, and the even ones that fall into it."""
        rows = self.hit_rows(receiver)
        orders = self.products.order[rows]
        asked = [n for n in range(2, self.order + 1) if n % 2 or (orders == n).any()]
        return [self._order_summary(n, rows[orders == n], receiver) for n in asked]

    def _order_summary(self, order: int, rows: NDArray[np.intp], receiver: Receiver) -> OrderSummary:
        spans = np.column_stack((self.products.low_hz[rows], self.products.high_hz[rows])).tolist()
        strongest = [level for row in self._levelled(order, rows) if (level := self.product(row).level_dbm) is not None]
        return OrderSummary(
            order,
            int((self.products.order == order).sum()),
            len(rows),
            covered_hz(spans, receiver.span_hz),
            tuple(covered_hz(spans, channel) for _, channel in receiver.channels),
            max(strongest, default=None),
        )

    def _levelled(self, order: int, rows: NDArray[np.intp]) -> list[int]:
        return rows.tolist() if order in self.calibrations else []

    @cached_property
    def _powers_dbm(self) -> list[float] | None:
        powers = [e.carrier.power_dbm for e in self.emissions if e.carrier and e.carrier.power_dbm is not None]
        return powers if len(powers) == len(self.emissions) else None

    def _inside(self, receiver: Receiver) -> NDArray[np.bool_]:
        """(n_products,): what has width shares some with the receive band; a tone lies in it, edges included."""
        low, high = self.products.low_hz, self.products.high_hz
        lower, upper = receiver.span_hz
        hit: NDArray[np.bool_] = ((low < upper) & (high > lower)) | ((low == high) & (low >= lower) & (low <= upper))
        return hit

    def hit_rows(self, receiver: Receiver) -> NDArray[np.intp]:
        """Return the rows of `products` that fall into a receiver, in the order of `hits`."""
        rows = np.flatnonzero(self._inside(receiver))
        low, high = self.products.low_hz[rows], self.products.high_hz[rows]
        shared = np.minimum(high, receiver.span_hz[1]) - np.maximum(low, receiver.span_hz[0])
        sort = np.lexsort((low, -shared, self.products.base_order[rows], self.products.order[rows]))
        return rows[sort]

    def to_json(self, *, every: bool = False) -> dict[str, Any]:
        """Return the plan as JSON data; `every`: the products that hit nothing, too."""
        from pimdeploy.signals.bands.plan_json import plan_json

        return plan_json(self, every=every)


def covered_hz(spans: Iterable[Sequence[int]], within: Span) -> int:
    """Return how much of a range the spans cover, Hz; where they overlap it counts once."""
    covered, reached = 0, within[0]
    for low, high in sorted(spans, key=tuple):
        start, end = max(low, reached), min(high, within[1])
        if end > start:
            covered, reached = covered + end - start, end
    return covered


def make_plan(
    bands: Sequence[Band],
    carriers: Sequence[Carrier],
    table: BandTable,
    receivers: Sequence[str] = (),
    order: int = PLAN_ORDER,
    calibrations: Sequence[Calibration] = (),
) -> Plan:
    """Return the plan of carriers of `bands` on one antenna, up to `order`.

    carriers: none means that the whole downlink of every band stands for any carriers in it.
    receivers: names of bands, or "LOW-HIGH" in MHz; none means the uplinks of `bands`.
    Raises `InputError`: no band, a carrier outside, overlapping or twice, an order that is too small, too large or has
    too many products, powers without a calibration or the other way round.
    """
    if not bands:
        fits = [band.number for carrier in carriers for band in table.transmitting(carrier.span_hz)]
        example = f", such as {fits[0]}" if fits else ""
        raise InputError(
            f"no band is named; name the bands that transmit{example}: pimdeploy bands {(fits or ['3'])[0]} ..."
        )
    homes = carriers_in_bands(carriers, bands, table)
    levels.check_powers({str(carrier): carrier.power_dbm for carrier in carriers}, calibrations)
    emissions = [
        Emission(f"f{k}", home, c.span_hz, c) for k, (c, home) in enumerate(zip(carriers, homes, strict=True), 1)
    ]
    if not carriers:
        emissions = [Emission(f"B{band.number}", band, band.downlink_hz, None) for band in bands]
    check_order(order, len(emissions))
    by_order = levels.by_order(calibrations, order)
    channels = [(e.name, e.band.number, e.band.paired(e.span_hz)) for e in emissions if e.carrier]
    victims = receivers_of(receivers, bands, table, channels)
    spans = [emission.span_hz for emission in emissions]
    return Plan(tuple(bands), tuple(emissions), victims, order, by_order, products_of(spans, order))
