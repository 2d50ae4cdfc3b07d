"""The laws as real functions: accuracy where cancellation threatens, and the errors."""

import math

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.sources import ArcTangent, HyperbolicTangent, PowerSeries, Threshold

SIZES = np.concatenate([np.logspace(-1.5, 1.2, 400), [0.29999, 0.30001, 0.49999, 0.50001, 0.99999, 1.00001]])


def dead_zone(v: np.ndarray, tau: np.longdouble) -> np.ndarray:
    return np.logaddexp(0, v - tau) - np.logaddexp(0, -v - tau)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_laws_agree_with_extended_precision_where_float64_would_cancel(sign: float) -> None:
    u = sign * SIZES
    v = u.astype(np.longdouble) / np.longdouble(0.7)
    tanh = 3 * np.longdouble(0.7) * (np.tanh(v) - v)
    np.testing.assert_allclose(HyperbolicTangent(3.0, 0.7).passband(u), tanh.astype(float), rtol=2e-14)
    arctan = 3 * np.longdouble(0.7) * (np.arctan(v) - v)
    np.testing.assert_allclose(ArcTangent(3.0, 0.7).passband(u), arctan.astype(float), rtol=2e-14)
    tau = np.longdouble(1.2) / np.longdouble(0.7)
    slope = 2 / (1 + np.exp(tau))
    threshold = 3 * np.longdouble(0.7) * (dead_zone(v, tau) - slope * v)
    np.testing.assert_allclose(Threshold(3.0, 1.2, 0.7).passband(u), threshold.astype(float), rtol=2e-13)


def test_small_signals_are_cubic_to_the_last_digits() -> None:
    u = np.array([1e-6, -1e-9])
    np.testing.assert_allclose(HyperbolicTangent(1.0, 1.0).passband(u), -(u**3) / 3, rtol=1e-11)
    np.testing.assert_allclose(ArcTangent(1.0, 1.0).passband(u), -(u**3) / 3, rtol=1e-11)
    q = 1 / (1 + math.exp(4.0))
    third = 2 * q * (1 - q) * (1 - 2 * q) / 6
    np.testing.assert_allclose(Threshold(1.0, 4.0, 1.0).passband(u), third * u**3, rtol=1e-11)


@pytest.mark.parametrize("law", [HyperbolicTangent(2.0, 1.0), ArcTangent(2.0, 1.0), Threshold(2.0, 1.0, 0.3)])
def test_the_linear_part_is_left_out_unless_asked_for(law) -> None:
    kept = type(law)(**{**law.__dict__, "linear": True})
    u = np.array([1e-7, 0.5])
    slope = law.gain * (law.dead_slope if isinstance(law, Threshold) else 1.0)
    np.testing.assert_allclose(kept.passband(u) - law.passband(u), slope * u, rtol=1e-12)
    assert abs(law.passband(u)[0]) < 1e-12 * u[0]


def test_a_threshold_law_answers_above_its_critical_point_only() -> None:
    law = Threshold(1.0, 1.0, 0.02)
    below, above = law.passband(np.array([0.5, 2.0]))
    assert abs(below) < 1e-9
    assert above == pytest.approx(1.0, abs=1e-9)


def test_a_power_series_in_volts_is_the_same_law_over_50_ohm() -> None:
    volts = {1: 0.1, 3: 1e-4, 5: -2e-7}
    u = np.array([0.3, -2.0])
    v = math.sqrt(50.0) * u
    expected = sum(a * v**n for n, a in volts.items()) / math.sqrt(50.0)
    np.testing.assert_allclose(PowerSeries.of_volts(volts).passband(u), expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PowerSeries.of({2: 1.0}), "order 2 is even.*give odd orders such as 1"),
        (lambda: PowerSeries.of({43: 1.0}), "order 43: expected an odd order of 1 to 41"),
        (lambda: PowerSeries.of({-3: 1.0}), "order -3: expected an odd order"),
        (lambda: PowerSeries.of({3: math.nan}), "a_3 = nan: expected a finite number"),
        (lambda: PowerSeries.of({}), "expected different orders, ascending, at least one"),
        (lambda: PowerSeries(((3, 1.0), (3, 2.0))), "expected different orders"),
        (lambda: HyperbolicTangent(1.0, 0.0), "saturation = 0: expected a positive amplitude"),
        (lambda: ArcTangent(math.inf, 1.0), "gain = inf: expected a finite number"),
        (lambda: Threshold(1.0, 1.0, -1.0), "softness = -1: expected a positive amplitude"),
        (lambda: Threshold(1.0, 1.0, 1e-3), "below 1/600 of threshold"),
    ],
)
def test_laws_refuse_what_they_cannot_be(make, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()
