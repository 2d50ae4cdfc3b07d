"""A spectrum plan as JSON data. Frequencies are Hz, shares 0 to 1."""

from typing import Any

from pimdeploy.signals.bands.plan import Emission, Hit, OrderSummary, Plan, Product
from pimdeploy.signals.bands.receivers import Receiver


def plan_json(plan: Plan, *, every: bool) -> dict[str, Any]:
    """Return the plan as JSON data; `every`: with all its products, those that hit nothing included."""
    data = {
        "bands": [band.to_json() for band in plan.bands],
        "order": plan.order,
        "whole_downlinks": all(emission.carrier is None for emission in plan.emissions),
        "carriers": [_emission(emission) for emission in plan.emissions],
        "calibration": {
            str(order): {"level_dbm": c.level_dbm, "power_dbm": c.power_dbm} for order, c in plan.calibrations.items()
        },
        "n_products": len(plan.products),
        "receivers": [_receiver(plan, receiver) for receiver in plan.receivers],
    }
    if every:
        data["products"] = [_product(plan, plan.product(row)) for row in range(len(plan.products))]
    return data


def _emission(emission: Emission) -> dict[str, Any]:
    return {
        "name": emission.name,
        "band": emission.band.number,
        "span_hz": list(emission.span_hz),
        "power_dbm": emission.carrier.power_dbm if emission.carrier else None,
    }


def _receiver(plan: Plan, receiver: Receiver) -> dict[str, Any]:
    return {
        "name": receiver.name,
        "span_hz": list(receiver.span_hz),
        "channels": {name: list(span) for name, span in receiver.channels},
        "transmitted_inside": plan.transmitted_inside(receiver),
        "orders": [_summary(summary, receiver) for summary in plan.summary(receiver)],
        "hits": [_hit(plan, hit, receiver) for hit in plan.hits(receiver)],
    }


def _summary(summary: OrderSummary, receiver: Receiver) -> dict[str, Any]:
    return {
        "order": summary.order,
        "n_products": summary.n_products,
        "n_hits": summary.n_hits,
        "covered_hz": summary.covered_hz,
        "share_of_receiver": summary.covered_hz / receiver.width_hz,
        "channels_hz": _by_channel(summary.channels_hz, receiver),
        "strongest_dbm": summary.strongest_dbm,
    }


def _hit(plan: Plan, hit: Hit, receiver: Receiver) -> dict[str, Any]:
    return {
        **_product(plan, hit.product),
        "overlap_hz": hit.overlap_hz,
        "share_of_receiver": hit.share_of_receiver,
        "share_of_product": hit.share_of_product,
        "reach": hit.reach,
        "channels_hz": _by_channel(hit.channels_hz, receiver),
    }


def _by_channel(values: tuple[int, ...], receiver: Receiver) -> dict[str, int]:
    return dict(zip((name for name, _ in receiver.channels), values, strict=True))


def _product(plan: Plan, product: Product) -> dict[str, Any]:
    return {
        "product": plan.label(product.multiples),
        "multiples": list(product.multiples),
        "order": product.order,
        "position_order": product.base_order,
        "span_hz": list(product.span_hz),
        "level_dbm": product.level_dbm,
    }
