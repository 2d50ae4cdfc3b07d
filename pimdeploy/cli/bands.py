"""`bands`: the paired bands, and the spectrum plan of carriers.

It goes past `pimdeploy.api`, whose imports would take longer than the answer, to the same functions.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from pimdeploy.cli.console import print_json, stdout, table
from pimdeploy.defaults import PLAN_ORDER
from pimdeploy.signals.bands.table import LIMIT_ORDERS, Band, chosen_bands
from pimdeploy.signals.bands.units import mhz

if TYPE_CHECKING:
    from pimdeploy.signals.bands.plan import Hit, Plan, Product
    from pimdeploy.signals.bands.receivers import Receiver

MOST_ROWS = 40
"""Products shown of a receiver where not all are asked for."""
MOST_COLUMNS = 4
"""Uplink channels that stand beside the orders; more of them get a table of their own."""


def bands(
    names: Sequence[str],
    carriers: Sequence[str],
    receivers: Sequence[str],
    order: int | None,
    levels: Sequence[str],
    plot: Path | None,
    extra: Path | None,
    *,
    every: bool,
    as_json: bool,
) -> None:
    """Print the bands, or, where carriers, receivers, an order or a picture are asked for, their spectrum plan."""
    if not (carriers or receivers or levels or plot or every or order is not None):
        _print_bands(chosen_bands(names, extra), as_json=as_json)
        return
    from pimdeploy.signals.bands.job import plan_bands

    plan = plan_bands(names, carriers, receivers, PLAN_ORDER if order is None else order, levels, extra, plot)
    if as_json:
        print_json({**plan.to_json(every=every), "plot": None if plot is None else str(plot)})
        return
    console = stdout()
    print_emissions(console, plan)
    for receiver in plan.receivers:
        print_summary(console, plan, receiver)
        _print_hits(console, plan, receiver, every=every)
    if every:
        _print_products(console, plan)
    if plot is not None:
        console.print(f"\nspectrum plan: {plot}", soft_wrap=True)


def _print_bands(chosen: Sequence[Band], *, as_json: bool) -> None:
    if as_json:
        print_json({"bands": [band.to_json() for band in chosen]})
        return
    console = stdout()
    limits = [f"IM{order}" for order in LIMIT_ORDERS]
    title = "paired bands, MHz; IM3 to IM9: largest RF bandwidth without it in the paired/the whole uplink"
    shown = table(title, "band", "also", "uplink", "downlink", "S", "gap", "", *limits)
    for column in (1, 6):
        shown.columns[column].justify = "left"
    for band in chosen:
        spans = (f"{mhz(low)}-{mhz(high)}" for low, high in (band.uplink_hz, band.downlink_hz))
        facts = (mhz(band.separation_hz), mhz(band.gap_hz), band.gap_category)
        shown.add_row(band.number, ", ".join(band.names), *spans, *facts, *(_limit(band, n) for n in LIMIT_ORDERS))
    console.print(shown)
    console.print(
        "S = |UL - DL|; gap: duplex gap; any: the order never reaches the own uplink; the source is Table 5.2-1 of 3GPP "
        "TR 37.808.\npaired: the uplink channels that belong to the transmitted block (S/2, S/3, S/4, S/5); whole: any "
        "channel of the band (gap/1, /2, /3, /4).",
        style="dim",
    )


def _rounded_down(hz: float) -> str:
    """Return a limit in MHz with two decimals, never above what it is."""
    return mhz(hz // 1e4 * 1e4)


def _limit(band: Band, order: int) -> str:
    limit = band.limit(order)
    return f"{_rounded_down(limit.paired_hz)}/{_rounded_down(limit.whole_uplink_hz)}" if limit.reaches else "any"


def print_emissions(console: Console, plan: "Plan") -> None:
    """Print what transmits, and how much of each band it takes."""
    whole = any(emission.carrier is None for emission in plan.emissions)
    title = "whole downlinks, for any carriers in them, MHz" if whole else "carriers, MHz"
    levelled = any(emission.carrier and emission.carrier.power_dbm is not None for emission in plan.emissions)
    shown = table(title, "", "band", "from", "to", "width", *(["power, dBm"] if levelled else []))
    for emission in plan.emissions:
        low, high = emission.span_hz
        power = [f"{emission.carrier.power_dbm:g}"] if levelled and emission.carrier else []
        shown.add_row(emission.name, emission.band.number, mhz(low), mhz(high), mhz(high - low), *power)
    console.print(shown)
    for band, used in plan.rf_bandwidths().items():
        console.print(f"RF bandwidth used in band {band.number}: {mhz(used)} of {mhz(band.downlink_width_hz)} MHz")


def print_summary(console: Console, plan: "Plan", receiver: "Receiver") -> None:
    """Print what each order does to a receiver."""
    used = plan.rf_bandwidths().get(receiver.band) if receiver.band else None
    limits = ["RF bandwidth without it"] if used is not None else []
    levels = ["strongest, dBm"] if plan.calibrations else []
    beside = receiver.channels if len(receiver.channels) <= MOST_COLUMNS else ()
    channels = [f"{name}'s channel" for name, _ in beside]
    title = f"\n{receiver.text}: by order"
    shown = table(title, "order", "products", "hit", "covered, MHz", "of the band", *channels, *levels, *limits)
    for row in plan.summary(receiver):
        share = [_share(row.covered_hz, receiver.width_hz)]
        own = [_share(hz, high - low) for hz, (_, (low, high)) in zip(row.channels_hz, beside, strict=False)]
        strongest = ["-" if row.strongest_dbm is None else f"{row.strongest_dbm:.1f}"] if levels else []
        limit = [_limit(receiver.band, row.order) if row.order % 2 else "-"] if receiver.band and limits else []
        counts = (str(row.n_products), str(row.n_hits), mhz(row.covered_hz))
        shown.add_row(f"IM{row.order}", *counts, *share, *own, *strongest, *limit)
    console.print(shown)
    if receiver.channels and not beside:
        _print_channels(console, plan, receiver)
    inside = plan.transmitted_inside(receiver)
    if inside:
        console.print(
            f"transmitted inside it, so not even the carriers are clear of it: {', '.join(inside)}", style="yellow"
        )


def _print_channels(console: Console, plan: "Plan", receiver: "Receiver") -> None:
    """Print the shares of the uplink channels below each other: too many to stand beside the orders."""
    orders = plan.summary(receiver)
    columns = ("from", "to", *(f"IM{row.order}" for row in orders))
    shown = table("\nof the uplink channels, MHz, by order", "", *columns)
    for k, (name, (low, high)) in enumerate(receiver.channels):
        shares = (_share(row.channels_hz[k], high - low) for row in orders)
        shown.add_row(f"{name}'s channel", mhz(low), mhz(high), *shares)
    console.print(shown)


def _share(part: float, whole: float) -> str:
    """Return a share in percent; a tone's channel has no width."""
    return f"{100 * part / whole:.1f}%" if whole else "-"


def _print_hits(console: Console, plan: "Plan", receiver: "Receiver", *, every: bool) -> None:
    total = plan.n_hits(receiver)
    if not total:
        console.print(f"nothing up to order {plan.order} falls into it", style="green")
        return
    levels = ["level, dBm"] if plan.calibrations else []
    columns = ("order", "from", "to", "width", "overlap", "of the band", "of the product", "")
    shown = table(f"\nwhat falls into {receiver.name}, MHz", "product", *columns, *levels)
    for hit in plan.hits(receiver, None if every else MOST_ROWS):
        shown.add_row(*_hit_cells(plan, hit), *(_level(hit.product) if levels else ()))
    console.print(shown)
    if not every and total > MOST_ROWS:
        console.print(f"and {total - MOST_ROWS} more, of higher order or less overlap; --all lists them", style="dim")


def _hit_cells(plan: "Plan", hit: "Hit") -> tuple[str, ...]:
    shares = (_share(hit.share_of_receiver, 1), _share(hit.share_of_product, 1))
    return (*_product_cells(plan, hit.product), mhz(hit.overlap_hz), *shares, hit.reach)


def _product_cells(plan: "Plan", product: "Product") -> tuple[str, ...]:
    low, high = product.span_hz
    return plan.title(product), f"IM{product.order}", mhz(low), mhz(high), mhz(high - low)


def _level(product: "Product") -> tuple[str]:
    return ("-" if product.level_dbm is None else f"{product.level_dbm:.1f}",)


def _print_products(console: Console, plan: "Plan") -> None:
    shown = table(f"\nevery product up to order {plan.order}, MHz", "product", "order", "from", "to", "width")
    for row in plan.rows_by_frequency():
        shown.add_row(*_product_cells(plan, plan.product(row)))
    console.print(shown)
