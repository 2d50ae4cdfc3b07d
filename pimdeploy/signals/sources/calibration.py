"""Laws from the levels that a test of two CW carriers states, and the errors where no coefficients give them.

All powers are |x|^2 at the contact (units.py); a path's loss is calibrated in scene.py.
"""

import math
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from pimdeploy.errors import InputError
from pimdeploy.signals.sources.laws import ArcTangent, HyperbolicTangent, Law, PowerSeries, Threshold, check_order
from pimdeploy.signals.sources.two_tone import product, product_level, slope
from pimdeploy.signals.sources.units import WATTS, Carriers, Level, PowerReference, finite, parse_level

Levels = Mapping[int, Level | str]
SaturatingKind = type[HyperbolicTangent] | type[ArcTangent]
TOLERANCE_DB = 0.1
"""How far a level may lie from what a law gives that has no parameter left for it."""
DRIVES = (1e-3, 30.0)
"""Where a saturating law is looked for: sqrt(2 power of both carriers) / saturation, from -120 dB for IM5 over IM3 to a
hard limiter (-4.4 dB) within 0.6 dB."""
BISECTIONS = 48
AnyLaw = TypeVar("AnyLaw", PowerSeries, HyperbolicTangent, ArcTangent, Threshold)


def scaled_to(
    law: AnyLaw, level: Level | str, carriers: Carriers, *, order: int = 3, reference: PowerReference = WATTS
) -> AnyLaw:
    """Return `law` times the factor that gives the product of `order` exactly `level`.

    Raises `InputError` where the law makes no such product.
    """
    return law.scaled(_factor(law, _power(level, carriers, reference), carriers, order))


def fit_power_series(
    levels: Levels,
    carriers: Carriers,
    *,
    reference: PowerReference = WATTS,
    signs: Mapping[int, int] | None = None,
) -> PowerSeries:
    """Return the power series of just the orders in `levels` whose products have these levels.

    signs: +1 or -1, the sign of each product against the carriers; alternating where not given, as in a law that
    saturates. An order that is not in `levels` gets no term; its product is then what the higher terms make of it.
    The system is triangular: u^n makes no product of an order above n.
    """
    orders = sorted(levels)
    if not orders:
        raise InputError("no levels given: expected at least one, such as {3: '-80 dBm'}")
    for order in orders:
        check_order(order)
    amplitudes = np.zeros(len(orders))
    for k, order in enumerate(orders):
        sign = (-1) ** k if signs is None else signs.get(order, 1)
        if sign not in (1, -1):
            raise InputError(f"sign of order {order} = {sign}: expected 1 or -1")
        amplitudes[k] = sign * math.sqrt(_power(levels[order], carriers, reference))
    unit = [PowerSeries(((n, 1.0),)) for n in orders]
    answers = np.array([[product(law, carriers, m) for law in unit] for m in orders])
    a = np.zeros(len(orders))
    for k in reversed(range(len(orders))):
        a[k] = (amplitudes[k] - answers[k, k + 1 :] @ a[k + 1 :]) / answers[k, k]
    return PowerSeries(tuple(zip(orders, (float(v) for v in a), strict=True)))


def fit_saturating(
    kind: SaturatingKind,
    levels: Levels,
    carriers: Carriers,
    *,
    slope_db: float | None = None,
    reference: PowerReference = WATTS,
    tolerance_db: float = TOLERANCE_DB,
) -> HyperbolicTangent | ArcTangent:
    """Return the tanh or arctan law whose IM3 has its level and whose shape meets one figure more.

    Of the two parameters the gain gives the level, and the saturation gives `slope_db` (dB of IM3 for each dB of both
    carriers) or, without one, the level of IM5. What else is in `levels` is then decided by the law and must agree
    within `tolerance_db`. Raises `InputError`: which level cannot be had, and by how much.
    """
    for order in levels:
        check_order(order)
    if 3 not in levels or (slope_db is None and 5 not in levels):
        raise InputError(
            f"{kind.__name__}: levels of orders {sorted(levels)} given; expected IM3, and IM5 or slope_db for its shape"
        )
    im3 = _power(levels[3], carriers, reference)
    if slope_db is None:
        ratio_db = 10 * math.log10(_power(levels[5], carriers, reference) / im3)
        law = _with_shape(kind, carriers, "IM5 over IM3", ratio_db, _im5_over_im3)
    else:
        finite("slope_db", slope_db)
        law = _with_shape(kind, carriers, "slope of IM3, dB per dB", slope_db, slope)
    fitted = law.scaled(_factor(law, im3, carriers, 3))
    check_levels(fitted, levels, carriers, reference=reference, tolerance_db=tolerance_db)
    return fitted


def fit_threshold(
    levels: Levels,
    carriers: Carriers,
    *,
    critical_power: float,
    softness: float = 0.25,
    reference: PowerReference = WATTS,
    tolerance_db: float = TOLERANCE_DB,
) -> Threshold:
    """Return the threshold law that begins to answer at one CW carrier of `critical_power`, |x|^2, and meets IM3.

    softness: as a part of the threshold. Other levels must agree within `tolerance_db`: the law has no parameter left.
    """
    finite("critical_power, softness", critical_power, softness)
    if critical_power <= 0 or softness <= 0:
        raise InputError(f"critical_power = {critical_power:g}, softness = {softness:g}: expected positive figures")
    if 3 not in levels:
        raise InputError(f"threshold: levels of orders {sorted(levels)} given; expected IM3")
    edge = math.sqrt(2.0 * critical_power)
    shape = Threshold(1.0, edge, softness * edge)
    law = scaled_to(shape, levels[3], carriers, reference=reference)
    check_levels(law, levels, carriers, reference=reference, tolerance_db=tolerance_db)
    return law


def check_levels(
    law: Law,
    levels: Levels,
    carriers: Carriers,
    *,
    reference: PowerReference = WATTS,
    tolerance_db: float = TOLERANCE_DB,
) -> None:
    """Raise `InputError` where a product of `law` is more than `tolerance_db` off its level: which, and by how much."""
    for order in sorted(levels):
        asked = _power(levels[order], carriers, reference)
        given = product_level(law, carriers, order)
        apart_db = 10 * math.log10(given / asked) if given > 0 else -math.inf
        if abs(apart_db) > tolerance_db:
            raise InputError(
                f"{type(law).__name__} gives IM{order} {abs(apart_db):.2f} dB {'above' if apart_db > 0 else 'below'} "
                f"the {_text(levels[order])} asked, and has no parameter left for it; drop that level, or fit a power "
                f"series, which meets all"
            )


def _power(level: Level | str, carriers: Carriers, reference: PowerReference) -> float:
    parsed = parse_level(level) if isinstance(level, str) else level
    return parsed.power(carriers, reference)


def _text(level: Level | str) -> str:
    return level if isinstance(level, str) else f"{level.value:g} {level.unit}"


def _factor(law: Law, power: float, carriers: Carriers, order: int) -> float:
    given = product_level(law, carriers, order)
    if given == 0.0:
        raise InputError(
            f"{type(law).__name__} makes no product of order {order} with these carriers: no gain can give it a level; "
            f"choose an order that it makes"
        )
    return math.sqrt(power / given)


def _im5_over_im3(law: Law, carriers: Carriers) -> float:
    fifth, third = product_level(law, carriers, 5), product_level(law, carriers, 3)
    return 10 * math.log10(fifth / third) if fifth > 0 else -math.inf


def _with_shape(
    kind: SaturatingKind, carriers: Carriers, what: str, asked: float, figure: Callable[[Law, Carriers], float]
) -> HyperbolicTangent | ArcTangent:
    """Return the law of unit gain whose `figure`, monotone in the drive, is `asked`: by bisection in the logarithm."""
    peak = math.sqrt(2.0 * (carriers.first + carriers.second))

    def law(log_drive: float) -> HyperbolicTangent | ArcTangent:
        return kind(1.0, peak / 10**log_drive)

    low, high = (math.log10(drive) for drive in DRIVES)
    at_low, at_high = figure(law(low), carriers), figure(law(high), carriers)
    if not min(at_low, at_high) <= asked <= max(at_low, at_high):
        nearest = min((at_low, at_high), key=lambda end: abs(end - asked))
        raise InputError(
            f"{kind.__name__}: {what} = {asked:.4g} asked; no coefficients of this law give it: driven up to "
            f"{DRIVES[1]:g} times its saturation it reaches {min(at_low, at_high):.4g} to {max(at_low, at_high):.4g}, "
            f"{abs(nearest - asked):.4g} short; ask for less or fit a power series"
        )
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if (figure(law(middle), carriers) < asked) == (at_low < at_high):
            low = middle
        else:
            high = middle
    return law(0.5 * (low + high))
