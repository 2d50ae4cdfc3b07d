"""The laws of a passive contact as real, odd, memoryless functions of the wave: y(t) = F(u(t)).

u and y are real waves in sqrt(power), u = sqrt(2) Re(x exp(j 2 pi f_c t)) of the envelope x (units.py). The linear part
F'(0) u is left out unless asked for: it is no intermodulation, and paths and leakage say where linear signals go.
Odd laws only: even orders put nothing near the carriers (papers/002, clause 6.1, equations (3) to (7)).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.sources.units import finite

Real = NDArray[np.float64]
LARGEST_ORDER = 41
"""Beyond it binomials times powers would lose the digits that 1e-9 needs."""


@dataclass(frozen=True)
class PowerSeries:
    """F(u) = sum over odd n of a_n u^n: papers/002, equation (1), odd orders. `terms`: (n, a_n), orders ascending.

    a_1, where given, is the linear part, and is kept. Raises `InputError` for even orders and non-finite a_n.
    """

    terms: tuple[tuple[int, float], ...]

    def __post_init__(self) -> None:
        orders = [n for n, _ in self.terms]
        if not orders or orders != sorted(set(orders)):
            raise InputError(f"power series of orders {orders}: expected different orders, ascending, at least one")
        for n, a in self.terms:
            check_order(n)
            finite(f"power series: a_{n}", a)

    @classmethod
    def of(cls, coefficients: Mapping[int, float]) -> "PowerSeries":
        """Return the series of {order: a_n}."""
        return cls(tuple(sorted(coefficients.items())))

    @classmethod
    def of_volts(cls, coefficients: Mapping[int, float], ohm: float = 50.0) -> "PowerSeries":
        """Return the series of volts per volt^n over `ohm`, for samples in sqrt(W): a_n ohm^((n - 1) / 2)."""
        return cls.of({n: a * ohm ** ((n - 1) / 2) for n, a in coefficients.items()})

    def passband(self, u: Real) -> Real:
        """Return F(u)."""
        square, total, last = u * u, np.zeros_like(u), self.terms[-1][0]
        by_order = dict(self.terms)
        for n in range(last, 0, -2):
            total = total * square + by_order.get(n, 0.0)
        return np.asarray(total * u, dtype=np.float64)

    def scaled(self, factor: float) -> "PowerSeries":
        """Return `factor` F(u)."""
        return PowerSeries(tuple((n, a * factor) for n, a in self.terms))


@dataclass(frozen=True)
class HyperbolicTangent:
    """F(u) = gain (saturation tanh(u / saturation) - u), with + gain u where `linear`: papers/002, clause 6.1.2."""

    gain: float
    saturation: float
    linear: bool = False

    def __post_init__(self) -> None:
        _check_scale("hyperbolic tangent", self.gain, saturation=self.saturation)

    def passband(self, u: Real) -> Real:
        """Return F(u), to a few units in the last place also where u is small."""
        v = u / self.saturation
        answer = self.gain * self.saturation * _tanh_less_linear(v)
        return np.asarray(answer + self.gain * u if self.linear else answer, dtype=np.float64)

    def scaled(self, factor: float) -> "HyperbolicTangent":
        """Return `factor` F(u)."""
        return replace(self, gain=self.gain * factor)


@dataclass(frozen=True)
class ArcTangent:
    """F(u) = gain (saturation arctan(u / saturation) - u), with + gain u where `linear`: papers/002, clause 6.1.2."""

    gain: float
    saturation: float
    linear: bool = False

    def __post_init__(self) -> None:
        _check_scale("arc tangent", self.gain, saturation=self.saturation)

    def passband(self, u: Real) -> Real:
        """Return F(u), to a few units in the last place also where u is small."""
        answer = self.gain * self.saturation * _arctan_less_linear(u / self.saturation)
        return np.asarray(answer + self.gain * u if self.linear else answer, dtype=np.float64)

    def scaled(self, factor: float) -> "ArcTangent":
        """Return `factor` F(u)."""
        return replace(self, gain=self.gain * factor)


@dataclass(frozen=True)
class Threshold:
    """A contact that answers above a critical point (papers/003, section I): a dead zone with smooth edges.

    F(u) = gain (D(u) - D'(0) u), with + gain D'(0) u where `linear`; D(u) = s L((u - T) / s) - s L((-u - T) / s),
    L(v) = log(1 + exp(v)), T = threshold, s = softness: slope 0 inside, 1 far beyond. A CW carrier of power T^2 / 2
    peaks at T.
    """

    gain: float
    threshold: float
    softness: float
    linear: bool = False

    def __post_init__(self) -> None:
        _check_scale("threshold", self.gain, threshold=self.threshold, softness=self.softness)
        if self.threshold > 600 * self.softness:
            raise InputError(
                f"threshold: softness = {self.softness:g} is below 1/600 of threshold = {self.threshold:g}, which "
                f"float64 cannot tell from a corner; raise it"
            )

    @property
    def dead_slope(self) -> float:
        """D'(0) = 2 / (1 + exp(T / s))."""
        return 2.0 / (1.0 + math.exp(self.threshold / self.softness))

    def passband(self, u: Real) -> Real:
        """Return F(u), to about 1e-13 of itself also where u is small."""
        answer = self.gain * self.softness * _dead_zone_less_linear(u / self.softness, self.threshold / self.softness)
        return np.asarray(answer + self.gain * self.dead_slope * u if self.linear else answer, dtype=np.float64)

    def scaled(self, factor: float) -> "Threshold":
        """Return `factor` F(u)."""
        return replace(self, gain=self.gain * factor)


Law = PowerSeries | HyperbolicTangent | ArcTangent | Threshold


def check_order(n: int) -> None:
    """Raise `InputError` where `n` is no odd order of 1 to `LARGEST_ORDER`."""
    if n % 2 == 0:
        raise InputError(
            f"order {n} is even: an even order puts nothing near the carriers; give odd orders such as {max(n - 1, 1)}"
        )
    if not 1 <= n <= LARGEST_ORDER:
        raise InputError(f"order {n}: expected an odd order of 1 to {LARGEST_ORDER}")


def _check_scale(law: str, gain: float, **scales: float) -> None:
    finite(f"{law}: gain", gain)
    for name, value in scales.items():
        finite(f"{law}: {name}", value)
        if value <= 0:
            raise InputError(f"{law}: {name} = {value:g}: expected a positive amplitude, in sqrt(power)")


def _by_size(v: Real, limit: float) -> tuple[Real, NDArray[np.bool_]]:
    """Return v with everything beyond +-`limit` replaced by 0, and the mask of what was kept."""
    small = np.abs(v) < limit
    return np.where(small, v, 0.0), small


def _tanh_less_linear(v: Real) -> Real:
    """Return tanh(v) - v by tanh(v) = v / (1 + q), q = v^2 / (3 + v^2 / (5 + ...)): no cancellation at small v."""
    w, small = _by_size(v, 1.0)
    square = w * w
    q = np.zeros_like(w)
    for n in range(25, 2, -2):
        q = square / (n + q)
    return np.where(small, -w * q / (1.0 + q), np.tanh(v) - v)


def _arctan_less_linear(v: Real) -> Real:
    """Return arctan(v) - v by arctan(v) = v / (1 + q), q = v^2 / (3 + 4 v^2 / (5 + 9 v^2 / (7 + ...)))."""
    w, small = _by_size(v, 0.5)
    square = w * w
    q = np.zeros_like(w)
    for n in range(16, 0, -1):
        q = n * n * square / (2 * n + 1 + q)
    return np.where(small, -w * q / (1.0 + q), np.arctan(v) - v)


def _dead_zone_less_linear(w: Real, tau: float) -> Real:
    """Return d(w) - d'(0) w of the dead zone in units of its softness, d(w) = L(w - tau) - L(-w - tau).

    By its Taylor series below 0.3 (radius of convergence above pi: 9 terms leave 1e-19), directly beyond.
    """
    small_w, small = _by_size(w, 0.3)
    square = small_w * small_w
    series = np.zeros_like(w)
    for coefficient in reversed(_dead_zone_taylor(tau)):
        series = series * square + coefficient
    slope = 2.0 / (1.0 + math.exp(tau))
    direct = np.logaddexp(0.0, w - tau) - np.logaddexp(0.0, -w - tau) - slope * w
    return np.where(small, series * square * small_w, direct)


def _dead_zone_taylor(tau: float, n_terms: int = 9) -> list[float]:
    """Return the coefficients of w^3, w^5, ...: 2 / (2 k + 1)! times the derivative 2 k of the logistic at -tau.

    With s the logistic, s' = s (1 - s), so each derivative is a polynomial in s, and of what follows s itself is tiny.
    """
    logistic = 1.0 / (1.0 + math.exp(tau))
    polynomial = np.polynomial.Polynomial([0.0, 1.0])
    step = np.polynomial.Polynomial([0.0, 1.0, -1.0])
    coefficients = []
    for k in range(1, n_terms + 1):
        for _ in range(2):
            polynomial = polynomial.deriv() * step
        coefficients.append(2.0 * float(polynomial(logistic)) / math.factorial(2 * k + 1))
    return coefficients
