"""Levels of products: each order follows its own power law from one measured level of two equal tones.

The product (k + 1) f1 - k f2 of order n = 2 k + 1, at a stated power of both tones, gives the constant of the order. A
product with multiples m_i then has that level + sum |m_i| (P_i - P) dB, and, for equal powers, the ratio of multinomial
coefficients n! / prod |m_i|! on top: f1 + f2 - f3 is 6 dB above 2 f1 - f2 (papers/002, clause 6.1.1; third order: (3)).
It is the level of tones, the whole product's, and of the lowest order at its position alone.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pimdeploy.errors import InputError

_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_FORM = re.compile(rf"(\d+)=({_NUMBER})(dBm|dBc)@({_NUMBER})(?:dBm)?", re.IGNORECASE)


@dataclass(frozen=True)
class Calibration:
    """What two tones of `power_dbm` each gave: the level of the product of `order`, dBm.

    Raises `InputError` for an order that has no such product, and for a product as strong as the tones.
    """

    order: int
    level_dbm: float
    power_dbm: float

    def __post_init__(self) -> None:
        said = f"--level {self.order}={self.level_dbm:g}dBm@{self.power_dbm:g}"
        if self.order < 3 or self.order % 2 == 0:
            raise InputError(f"{said}: order {self.order}, expected an odd order of 3 or more")
        if not self.level_dbm < self.power_dbm:
            raise InputError(f"{said}: the product would be as strong as the tones; levels in dBc are negative")

    def level_of(self, multiples: Sequence[int], powers_dbm: Sequence[float]) -> float:
        """Return the level of the product of this order with these multiples, dBm, for tones of these powers."""
        lower = (self.order - 1) // 2
        own = [math.factorial(abs(m)) for m in multiples]
        coefficients = math.factorial(lower + 1) * math.factorial(lower) / math.prod(own)
        steps = (abs(m) * (p - self.power_dbm) for m, p in zip(multiples, powers_dbm, strict=True))
        return self.level_dbm + 20 * math.log10(coefficients) + sum(steps)


def parse_calibration(text: str) -> Calibration:
    """Return the calibration that "ORDER=LEVEL@POWER" says: "3=-150dBc@43" or "3=-107dBm@43" for two tones of 43 dBm."""
    match = _FORM.fullmatch(text.replace(" ", ""))
    if match is None:
        raise InputError(
            f"--level {text}: expected ORDER=LEVEL@POWER, such as 3=-150dBc@43 or 3=-107dBm@43 (two tones of 43 dBm)"
        )
    order, level, power = int(match[1]), float(match[2]), float(match[4])
    return Calibration(order, power + level if match[3].lower() == "dbc" else level, power)


def by_order(calibrations: Sequence[Calibration], order: int) -> dict[int, Calibration]:
    """Return the calibrations by their order. Raises `InputError` for an order given twice, or above the plan's."""
    found: dict[int, Calibration] = {}
    for calibration in calibrations:
        if calibration.order in found:
            raise InputError(f"--level: order {calibration.order} is given twice; give each order once")
        if calibration.order > order:
            raise InputError(
                f"--level: order {calibration.order} lies above --order {order}; raise --order or leave it out"
            )
        found[calibration.order] = calibration
    return found


def check_powers(powers_dbm: Mapping[str, float | None], calibrations: Sequence[Calibration]) -> None:
    """Raise `InputError` where only one of powers and calibration is given: neither says a level alone.

    powers_dbm: the power of each carrier by how it was written.
    """
    given = [name for name, power in powers_dbm.items() if power is not None]
    missing = [name for name, power in powers_dbm.items() if power is None]
    if given and not calibrations:
        raise InputError(
            f"--carrier {given[0]}: a power says no level of a product without a calibration; add --level "
            f"3=-150dBc@43 (what your site was measured at) or leave the power out"
        )
    if calibrations and not powers_dbm:
        raise InputError("--level: there are no carriers; add --carrier CENTRE:BANDWIDTH:POWER")
    if calibrations and missing:
        raise InputError(f"--carrier {missing[0]}: has no power, which --level needs; write {missing[0]}:POWER in dBm")
