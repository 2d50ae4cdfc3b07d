"""The exact complex-envelope form of the laws, zone by zone.

u = sqrt(2) r cos(theta), theta = 2 pi f_c t + arg x, r = |x|. F odd gives F(u) = sum over odd k of c_k(r) cos(k theta),
c_k(r) = 1/pi times the integral of F(sqrt(2) r cos theta) cos(k theta) over one turn. The answer around k f_c has the
envelope z_k = exp(j k arg x) c_k(r) / sqrt(2), in the units of x, and F(u) = sqrt(2) Re(sum over k of
z_k exp(j k 2 pi f_c t)) at every instant, whatever the bandwidth of x.

`profile` gives c_k(r) / (sqrt(2) r^k) but for zone 1, where it gives (c_1(r) - linear part) / (sqrt(2) r^3): what is
left when everything that vanishes at r = 0 is divided out, so that a table of it is exact in small signals too.
"""

import math
from collections.abc import Callable
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.sources.laws import (
    ArcTangent,
    HyperbolicTangent,
    Law,
    PowerSeries,
    Real,
    Threshold,
    check_order,
)

ComplexArray = NDArray[np.complex128]
LEAST_AMPLITUDE = 1e-30
"""Smallest r / (scale of the law) that the quadrature is asked for; below, the profile has long been constant."""
_DIGITS = 40.0
"""The quadrature's error is exp(-40) = 4e-18 of the integrand's size."""
_MOST_POINTS = 1 << 20
_CHUNK = 1 << 20


def envelope(law: Law, x: ComplexArray, zone: int = 1) -> ComplexArray:
    """Return the envelope z_k of the law's answer around `zone` times the carrier, same shape and units as `x`.

    Exact to rounding: 1e-12 of the answer's rms, in zones 1 and 3 (tests); power series and arc tangent by closed forms,
    the others by quadrature. Raises `InputError` for an even zone.
    """
    check_order(zone)
    r = np.abs(x)
    return apply_profile(law, x, r * r, profile(law, r, zone), zone)


def apply_profile(law: Law, x: ComplexArray, square: Real, values: Real, zone: int) -> ComplexArray:
    """Return z_k from `values` of the profile at r^2 = `square`."""
    if zone == 1:
        return np.asarray(x * (square * values + linear_gain(law)), dtype=np.complex128)
    return np.asarray(x**zone * values, dtype=np.complex128)


def linear_gain(law: Law) -> float:
    """Return the slope of the linear part that `law` keeps."""
    match law:
        case PowerSeries():
            return dict(law.terms).get(1, 0.0)
        case HyperbolicTangent() | ArcTangent():
            return law.gain if law.linear else 0.0
        case Threshold():
            return law.gain * law.dead_slope if law.linear else 0.0
        case _:
            assert_never(law)


def profile(law: Law, r: Real, zone: int) -> Real:
    """Return the profile of `zone` at envelopes `r` >= 0 (module docstring)."""
    match law:
        case PowerSeries():
            return _series_profile(law, r, zone)
        case ArcTangent():
            return _arctan_profile(law, r, zone)
        case HyperbolicTangent():
            plain = HyperbolicTangent(law.gain, law.saturation)
            return _quadrature(plain.passband, r, zone, law.saturation, lambda a: _tanh_points(a / law.saturation))
        case Threshold():
            dead_zone = Threshold(law.gain, law.threshold, law.softness)
            return _quadrature(dead_zone.passband, r, zone, law.softness, lambda a: _threshold_points(law, a))
        case _:
            assert_never(law)


def _series_profile(law: PowerSeries, r: Real, zone: int) -> Real:
    """Binomial form: z_k = sum over n >= k of a_n 2^(-(n - 1) / 2) C(n, (n - k) / 2) r^(n - k) x^k."""
    first = 3 if zone == 1 else zone
    by_order = {n: a * 2.0 ** (-(n - 1) / 2) * math.comb(n, (n - zone) // 2) for n, a in law.terms if n >= first}
    square, total = r * r, np.zeros_like(r)
    for n in range(max(by_order, default=first), first - 2, -2):
        total = total * square + by_order.get(n, 0.0)
    return total


def _arctan_profile(law: ArcTangent, r: Real, zone: int) -> Real:
    """Closed form: arctan(a cos theta) = 2 sum over odd k of (-1)^((k - 1) / 2) rho^k / k cos(k theta).

    rho = (sqrt(1 + a^2) - 1) / a = a / (1 + s), s = sqrt(1 + a^2). Less its linear part c_1 is
    2 rho - a = -a^3 / (1 + s)^2.
    """
    a_per_r = math.sqrt(2.0) / law.saturation
    s = np.sqrt(1.0 + (a_per_r * r) ** 2)
    size = law.gain * law.saturation / math.sqrt(2.0)
    if zone == 1:
        return np.asarray(-size * a_per_r**3 / (1.0 + s) ** 2, dtype=np.float64)
    sign = -1.0 if zone % 4 == 3 else 1.0
    return np.asarray(sign * size * 2.0 / zone * (a_per_r / (1.0 + s)) ** zone, dtype=np.float64)


def _tanh_points(a: Real) -> Real:
    """Return how many points a turn needs: tanh(a cos theta) has poles at Im theta = asinh(pi / (2 a))."""
    return np.asarray(_DIGITS / np.arcsinh(math.pi / (2.0 * a)), dtype=np.float64)


def _threshold_points(law: Threshold, amplitude: Real) -> Real:
    """Return how many points a turn needs: the singularities are at amplitude cos theta = +-T +- j pi s."""
    place = (law.threshold + 1j * math.pi * law.softness) / amplitude
    return np.asarray(_DIGITS / np.abs(np.arccos(place).imag), dtype=np.float64)


def _quadrature(
    passband: Callable[[Real], Real], r: Real, zone: int, scale: float, points: Callable[[Real], Real]
) -> Real:
    """Return the profile by the midpoint rule on a quarter turn.

    For a periodic analytic integrand the rule's error falls as exp(-n Im theta) with the nearest singularity, so the
    number of points, a power of two for each r, follows from the law and nothing is searched for.
    """
    safe = np.maximum(r.ravel(), LEAST_AMPLITUDE * scale)
    asked = points(math.sqrt(2.0) * safe) + 2 * zone + 8
    if asked.size and float(asked.max()) > _MOST_POINTS:
        raise InputError(
            f"an envelope of {float(safe.max()):.3g} drives this law {float(safe.max() / scale):.3g} times beyond its "
            f"smallest scale ({scale:.3g}), which needs more than {_MOST_POINTS} points a carrier period; "
            f"make the law softer"
        )
    classes = np.ceil(np.log2(np.maximum(asked, 32.0))).astype(np.int64)
    out = np.empty_like(safe)
    for log_points in np.unique(classes):
        chosen = np.flatnonzero(classes == log_points)
        n_quarter = 1 << (int(log_points) - 2)
        for part in np.array_split(chosen, max(1, chosen.size * n_quarter // _CHUNK)):
            out[part] = _midpoint(passband, safe[part], zone, n_quarter)
    return out.reshape(r.shape)


def _midpoint(passband: Callable[[Real], Real], r: Real, zone: int, n_quarter: int) -> Real:
    theta = (np.arange(n_quarter) + 0.5) * (math.pi / 2 / n_quarter)
    values = passband(math.sqrt(2.0) * r[:, np.newaxis] * np.cos(theta)) * np.cos(zone * theta)
    power = 3 if zone == 1 else zone
    return np.asarray(values.sum(axis=1) * (2.0 / n_quarter) / (math.sqrt(2.0) * r**power), dtype=np.float64)
