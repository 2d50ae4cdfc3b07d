"""What a law answers to two CW carriers: products, levels and slopes (papers/002, clauses 6.1.1 and 6.1.2)."""

import math
from typing import Literal

import numpy as np

from pimdeploy.errors import InputError
from pimdeploy.signals.sources.laws import Law, PowerSeries, check_order
from pimdeploy.signals.sources.tables import ZoneTable
from pimdeploy.signals.sources.units import Carriers, finite
from pimdeploy.signals.sources.zones import ComplexArray, envelope

Moved = Literal["both", "first", "second"]
_FEWEST_POINTS, _MOST_POINTS = 128, 1 << 16
LOST = 1e-15
CONVERGED = 3e-15
"""A beat has enough points when the upper half of its spectrum lies below this part of the largest line."""
DIRECT_POINTS = 512
"""Where a law needs more (it is driven to a limiter, and its products are strong), a table is exact enough and fast."""
_STEP_DB = 0.02


def product(law: Law, carriers: Carriers, order: int) -> float:
    """Return the amplitude, in the units of x, of the product of `order` = 2 q + 1 at (q + 1) f1 - q f2.

    Signed: both carriers have phase 0, so it is real. Its mean power is its square. Order 1 is what is left of the
    carrier f1. A power series by its closed form; other laws by the Fourier series of the beat, exact to 1e-15 of its
    largest line: what lies 300 dB below that is given as 0.
    """
    check_order(order)
    q = (order - 1) // 2
    if isinstance(law, PowerSeries):
        return _series_product(law, carriers, q)
    n = _FEWEST_POINTS
    while True:
        spectrum = _beat_spectrum(law, carriers, n)
        largest = float(np.abs(spectrum).max())
        if float(np.abs(spectrum[n // 4 : -n // 4]).max()) <= CONVERGED * largest or n >= _MOST_POINTS:
            line = float(spectrum[q].real)
            return line if abs(line) > LOST * largest else 0.0
        n *= 2


def product_level(law: Law, carriers: Carriers, order: int) -> float:
    """Return the power, |x|^2, of the product of `order`."""
    return product(law, carriers, order) ** 2


def slope(law: Law, carriers: Carriers, order: int = 3, moved: Moved = "both") -> float:
    """Return how many dB the product of `order` moves for each dB of the carriers `moved`.

    By central differences over 0.02 and 0.04 dB, extrapolated: within 1e-8. Raises `InputError` where there is no
    such product.
    """
    near, far = (_difference(law, carriers, order, moved, step) for step in (_STEP_DB, 2 * _STEP_DB))
    return (4.0 * near - far) / 3.0


def share_of_order(law: PowerSeries, carriers: Carriers, term: int, order: int = 3) -> float:
    """Return the part of the product of `order` that the term u^`term` makes, over the whole product, both signed.

    For term 5 of IM3 that is a5 (5/4 I1^4 I2 + 15/8 I1^2 I2^3) over equation (6), I = sqrt(2 power).
    """
    whole = product(law, carriers, order)
    only = tuple((n, a) for n, a in law.terms if n == term)
    if whole == 0.0:
        raise InputError(f"two carriers make no product of order {order} in a power series of terms {law.terms}")
    return product(PowerSeries(only), carriers, order) / whole if only else 0.0


def over_theory_db(law: Law, carriers: Carriers, order: int = 3) -> float:
    """Return how many dB the product lies above the straight line of `order` dB per dB through its small signals.

    Negative where the law falls behind theory (papers/002, clause 6.2.2). Raises `InputError` for order 3 of a law
    without a third-order term, and so on.
    """
    back_db = -50.0
    small = product_level(law, carriers.moved(back_db, back_db), order)
    here = product_level(law, carriers, order)
    if small == 0.0 or here == 0.0:
        raise InputError(f"two carriers make no product of order {order} in {law}")
    return 10 * math.log10(here / small) + order * back_db


def _difference(law: Law, carriers: Carriers, order: int, moved: Moved, step_db: float) -> float:
    match moved:
        case "both":
            unit = (1.0, 1.0)
        case "first":
            unit = (1.0, 0.0)
        case "second":
            unit = (0.0, 1.0)
    up, down = (product_level(law, carriers.moved(s * unit[0], s * unit[1]), order) for s in (step_db, -step_db))
    finite("product", up, down)
    if up == 0.0 or down == 0.0:
        raise InputError(f"two carriers make no product of order {order} in {law}: it has no slope")
    return 10 * math.log10(up / down) / (2 * step_db)


def _series_product(law: PowerSeries, carriers: Carriers, q: int) -> float:
    """Return the product of sum over n = 2 m + 1 of a_n 2^-m C(n, m) x^(m + 1) conj(x)^m, x = A + B exp(-j psi).

    The line exp(+j q psi) collects, for every i, C(m + 1, i) A^(m + 1 - i) B^i of the first factor times
    C(m, i + q) A^(m - i - q) B^(i + q) of the second.
    """
    first, second = math.sqrt(carriers.first), math.sqrt(carriers.second)
    total = 0.0
    for n, a in law.terms:
        m = (n - 1) // 2
        lines = [
            math.comb(m + 1, i) * math.comb(m, i + q) * first ** (n - 2 * i - q) * second ** (2 * i + q)
            for i in range(m - q + 1)
        ]
        total += a * 2.0**-m * math.comb(n, m) * math.fsum(lines)
    return total


def _beat_spectrum(law: Law, carriers: Carriers, n: int) -> ComplexArray:
    """Return the Fourier coefficients of the first zone over one period of the beat; f1 lies at 0 and f2 at -1."""
    beat = np.exp(-2j * math.pi * np.arange(n) / n)
    x = math.sqrt(carriers.first) + math.sqrt(carriers.second) * beat
    answer = envelope(law, x) if n <= DIRECT_POINTS else ZoneTable(law)(x)
    return np.asarray(np.fft.fft(answer) / n, dtype=np.complex128)
