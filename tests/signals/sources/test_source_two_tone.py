"""The report's rules for two carriers: papers/002, clauses 6.1.1 and 6.1.2."""

import math

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.sources import (
    ArcTangent,
    Carriers,
    HyperbolicTangent,
    PowerSeries,
    Threshold,
    over_theory_db,
    product,
    product_level,
    share_of_order,
    slope,
)

CUBIC = PowerSeries.of({3: 2.0e-8})
UNEQUAL = Carriers(12.0, 5.0)


def passband_product(law, carriers: Carriers, order: int) -> float:
    """Return the real amplitude of (q + 1) f1 - q f2 by an FFT of the real wave, over sqrt(2): envelope units."""
    n, first, second = 1 << 16, 1024, 1024 + 32
    t = np.arange(n)
    u = math.sqrt(2 * carriers.first) * np.cos(2 * np.pi * first * t / n)
    u += math.sqrt(2 * carriers.second) * np.cos(2 * np.pi * second * t / n)
    q = (order - 1) // 2
    return float((np.fft.rfft(law.passband(u)) / n)[(q + 1) * first - q * second].real * 2 / math.sqrt(2))


@pytest.mark.parametrize(
    "law",
    [
        PowerSeries.of({3: 1e-3, 5: -1e-5, 7: 1e-7}),
        HyperbolicTangent(1.0, 8.0),
        ArcTangent(1.0, 8.0),
        Threshold(1.0, 5.0, 1.5),
    ],
)
def test_products_are_those_of_the_real_wave(law) -> None:
    for order in (1, 3, 5, 7):
        expected = passband_product(law, UNEQUAL, order)
        assert product(law, UNEQUAL, order) == pytest.approx(expected, rel=1e-9)


def test_1_db_moves_im3_by_3_2_or_1_db() -> None:
    base = product_level(CUBIC, UNEQUAL, 3)

    def moved_db(first_db: float, second_db: float) -> float:
        return 10 * math.log10(product_level(CUBIC, UNEQUAL.moved(first_db, second_db), 3) / base)

    assert moved_db(1.0, 1.0) == pytest.approx(3.0, abs=1e-9)
    assert moved_db(1.0, 0.0) == pytest.approx(2.0, abs=1e-9)
    assert moved_db(0.0, 1.0) == pytest.approx(1.0, abs=1e-9)
    assert slope(CUBIC, UNEQUAL, 3, "both") == pytest.approx(3.0, abs=1e-8)
    assert slope(CUBIC, UNEQUAL, 3, "first") == pytest.approx(2.0, abs=1e-8)
    assert slope(CUBIC, UNEQUAL, 3, "second") == pytest.approx(1.0, abs=1e-8)


@pytest.mark.parametrize("law", [HyperbolicTangent(1.0, 50.0), ArcTangent(1.0, 50.0), Threshold(1.0, 50.0, 20.0)])
def test_every_law_follows_the_rule_in_small_signals(law) -> None:
    small = Carriers(1e-3, 2e-3)
    figures = [slope(law, small, 3, moved) for moved in ("both", "first", "second")]
    np.testing.assert_allclose(figures, [3.0, 2.0, 1.0], atol=1e-4)


def test_a_fifth_order_term_alone_moves_both_products_by_5_db() -> None:
    fifth = PowerSeries.of({5: 1e-6})
    assert slope(fifth, UNEQUAL, 3) == pytest.approx(5.0, abs=1e-8)
    assert slope(fifth, UNEQUAL, 5) == pytest.approx(5.0, abs=1e-8)


def test_the_fifth_order_share_of_im3_that_equation_6_lost() -> None:
    a3, a5 = 3e-5, -4e-7
    first, second = (math.sqrt(2 * power) for power in (UNEQUAL.first, UNEQUAL.second))
    third_part = a3 * 3 / 4 * first**2 * second
    fifth_part = a5 * (5 / 4 * first**4 * second + 15 / 8 * first**2 * second**3)
    law = PowerSeries.of({3: a3, 5: a5})
    whole = product(law, UNEQUAL, 3) * math.sqrt(2)
    assert whole == pytest.approx(third_part + fifth_part, rel=1e-12)
    assert share_of_order(law, UNEQUAL, 5) == pytest.approx(fifth_part / (third_part + fifth_part), rel=1e-12)
    assert share_of_order(law, UNEQUAL, 7) == 0.0


def test_saturating_laws_fall_behind_theory_and_a_cubic_does_not() -> None:
    carriers = Carriers(20.0, 20.0)
    assert over_theory_db(CUBIC, carriers) == pytest.approx(0.0, abs=1e-9)
    assert over_theory_db(ArcTangent(1.0, 15.0), carriers) < -2.0
    assert over_theory_db(PowerSeries.of({3: 1.0, 5: 1e-3}), carriers) > 0.1


def test_a_product_that_does_not_exist_has_no_slope() -> None:
    linear = PowerSeries.of({1: 1.0})
    with pytest.raises(InputError, match="no product of order 3"):
        slope(linear, UNEQUAL, 3)
    with pytest.raises(InputError, match="order 4 is even"):
        product(CUBIC, UNEQUAL, 4)
