"""What modulation does to a product: its power and its width against that of two CW carriers (papers/002, clause 6.1.3).

The report's conversion factor. Carriers are Gaussian-like (many subcarriers or many codes), independent, and so far apart
that their products do not touch; then the product of order 2 q + 1 has the envelope g(|x1|, |x2|) exp(j ((q + 1) arg x1 -
q arg x2)) with the g of two CW carriers (two_tone.py), and both |x|^2 are exponential variables.
"""

import functools
import math
from typing import Literal

import numpy as np

from pimdeploy.errors import InputError
from pimdeploy.signals.sources.laws import Law, PowerSeries, Real, check_order
from pimdeploy.signals.sources.two_tone import product_level
from pimdeploy.signals.sources.units import Carriers

Modulated = Literal["both", "first", "second"]
NODES = 24
"""Points of the Gauss-Laguerre rule: exact for power series of every order that is allowed (2 x 24 - 1 >= 41)."""
LEAST_WEIGHT = 1e-10
_REACH = 400.0
"""Where the pulses are cut off, in inverse widths: a cube of them is below 1e-9 in all beyond."""


def modulation_gain_db(law: Law, carriers: Carriers, order: int = 3, modulated: Modulated = "both") -> float:
    """Return the mean power of the whole product of Gaussian-like carriers over that of CW of the same mean powers, dB.

    For a third-order term 3.01 dB, all of it from f1: papers/002, clause 6.1.1, "proportional to the fourth moment of I1
    and the second moment of I2". Exact for power series; within 0.01 dB for tanh and arctan driven up to their
    saturation. Raises `InputError` where two CW carriers make no such product.
    """
    alone = product_level(law, carriers, order)
    if alone == 0.0:
        raise InputError(f"two carriers make no product of order {order} in {law}: it has no conversion factor")
    first, second = _rule(law, still=modulated == "second"), _rule(law, still=modulated == "first")
    mean = math.fsum(
        w1 * w2 * product_level(law, Carriers(carriers.first * u1, carriers.second * u2), order)
        for u1, w1 in first
        for u2, w2 in second
    )
    return 10 * math.log10(mean / alone)


def _rule(law: Law, *, still: bool) -> list[tuple[float, float]]:
    """Return values of |x|^2 over its mean, and their weights; `still`: a constant envelope.

    All laws but power series grow no faster than their argument, so that what has no weight can be left out for them:
    it would drive them far beyond their scale, which takes time.
    """
    if still:
        return [(1.0, 1.0)]
    nodes, weights = (rule.tolist() for rule in np.polynomial.laguerre.laggauss(NODES))
    least = 0.0 if isinstance(law, PowerSeries) else LEAST_WEIGHT
    return [(u, w) for u, w in zip(nodes, weights, strict=True) if w > least]


def product_density(offset: Real, order: int = 3, roll_off: float = 0.0) -> Real:
    """Return the power density of a product of both carriers modulated, the whole being 1, at `offset` from its middle.

    offset in occupied widths of a carrier, 1 / width the unit of the result. For the term of the product's own order: the
    carrier's density convolved with itself `order` - 1 times. The carriers' density is flat, with raised cosine edges
    of `roll_off` about the half-power width, which is the occupied width here (flat: all of it; WCDMA: 0.22, the chip
    rate). Within 1e-6.
    """
    t, step, inverse = _inverse(order, roll_off)
    density = step * np.cos(2 * math.pi * np.multiply.outer(offset, t)) @ inverse
    return np.where(np.abs(offset) < order * (1 + roll_off) / 2, density, 0.0)


def channel_share(channel: float, order: int = 3, roll_off: float = 0.0) -> float:
    """Return the share of a product's power inside `channel`, the width of a channel in its middle, in occupied widths.

    As `product_density`; by Parseval's theorem the integral of the density over the channel, within 1e-8. Raises
    `InputError` for a width that is not positive.
    """
    if not (math.isfinite(channel) and channel > 0):
        raise InputError(f"channel = {channel:g} occupied widths: expected a positive width")
    t, step, inverse = _inverse(order, roll_off)
    if channel >= order * (1 + roll_off):
        return 1.0
    return float(step * np.sum(inverse * channel * np.sinc(channel * t)))


def matched_share(order: int = 3, roll_off: float = 0.0) -> float:
    """Return the share of a product's power behind a receive filter that is matched to the carrier: UTRA's RRC filter."""
    t, step, inverse = _inverse(order, roll_off)
    return float(step * np.sum(inverse * _pulse(t, roll_off)))


def conversion_factor_db(channel: float, order: int = 3, roll_off: float = 0.0) -> float:
    """Return the report's conversion factor inside one channel: a product's power there over that of CW carriers, dB.

    channel: its width over the carriers' occupied width. For the term of the product's own order, whose gain is
    (q + 1)! q!; papers/002, clause 6.2.5, gives 3 dB over three widths and 1.8 dB "for the realistic case with the same
    BW for aggressor and victim".
    """
    check_order(order)
    q = (order - 1) // 2
    return 10 * math.log10(math.factorial(q + 1) * math.factorial(q) * channel_share(channel, order, roll_off))


@functools.lru_cache
def _inverse(order: int, roll_off: float) -> tuple[Real, float, Real]:
    """Return instants t, their distance, and there the inverse Fourier transform of a product's density.

    The distance is so small that a product times a channel no wider has no aliases: sums over t are integrals exactly.
    """
    check_order(order)
    if order < 3:
        raise InputError("order 1: a carrier itself is no product; give 3 or more")
    if not 0 <= roll_off <= 1:
        raise InputError(f"roll_off = {roll_off:g}: expected 0 (flat) to 1")
    step = 1.0 / (order * (1 + roll_off) + 1)
    n = math.ceil(_REACH / step)
    t = np.asarray(np.arange(-n, n + 1) * step, dtype=np.float64)
    return t, step, _pulse(t, roll_off) ** order


def _pulse(t: Real, roll_off: float) -> Real:
    """Return the inverse Fourier transform of a raised-cosine density of power 1 and half-power width 1."""
    pole = np.abs(2 * roll_off * t)
    near = np.abs(pole - 1.0) < 1e-9
    safe = np.where(near, 0.0, pole)
    cosine = np.where(near, math.pi / 4, np.cos(math.pi * roll_off * t) / (1.0 - safe**2))
    return np.asarray(np.sinc(t) * cosine, dtype=np.float64)
