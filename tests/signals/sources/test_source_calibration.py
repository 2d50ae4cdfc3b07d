"""Levels in, levels out: fitted laws measured by an FFT of the two tones, presets, and what no law can give."""

import math

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.sources import (
    ArcTangent,
    Carriers,
    HyperbolicTangent,
    PowerReference,
    PowerSeries,
    Threshold,
    envelope,
    fit_power_series,
    fit_saturating,
    fit_threshold,
    law_preset,
    over_theory_db,
    parse_two_tone,
    product_level,
    scaled_to,
    slope,
)

STANDARD = Carriers.dbm(43.0, 43.0)


def measured_dbm(law, carriers: Carriers, order: int, reference: PowerReference | None = None) -> float:
    """Return the level of a product as a spectrum analyser would: FFT of the answer to two CW carriers."""
    n, first, second = 1 << 14, 300, 420
    k = np.arange(n)
    x = math.sqrt(carriers.first) * np.exp(2j * np.pi * first * k / n)
    x += math.sqrt(carriers.second) * np.exp(2j * np.pi * second * k / n)
    q = (order - 1) // 2
    line = np.fft.fft(envelope(law, x))[(q + 1) * first - q * second] / n
    return (reference or PowerReference()).dbm(float(abs(line)) ** 2)


@pytest.mark.parametrize(
    "law",
    [PowerSeries.of({3: 1.0}), HyperbolicTangent(1.0, 30.0), ArcTangent(1.0, 30.0), Threshold(1.0, 4.0, 1.0)],
)
@pytest.mark.parametrize(("text", "dbm"), [("-150 dBc at 2 x 43 dBm", -107.0), ("-80 dBm at 2 x 43 dBm", -80.0)])
def test_a_level_is_given_exactly(law, text: str, dbm: float) -> None:
    level, carriers = parse_two_tone(text)
    assert measured_dbm(scaled_to(law, level, carriers), carriers, 3) == pytest.approx(dbm, abs=1e-9)


def test_the_same_level_in_full_scale_samples() -> None:
    reference = PowerReference(unit_dbm=50.0)
    level, carriers = parse_two_tone("-80 dBm at 2 x 43 dBm", reference)
    law = scaled_to(PowerSeries.of({3: 1.0}), level, carriers, reference=reference)
    assert measured_dbm(law, carriers, 3, reference) == pytest.approx(-80.0, abs=1e-9)
    with pytest.raises(InputError, match="no power calibration"):
        scaled_to(law, "-80 dBm", carriers, reference=PowerReference(None))
    assert scaled_to(law, "-100 dBc", carriers, reference=PowerReference(None)).terms[0][1] > 0


@pytest.mark.parametrize("signs", [None, {3: 1, 5: 1, 7: 1}, {3: -1, 5: 1, 7: 1}])
def test_a_power_series_meets_all_levels_with_unequal_carriers_too(signs) -> None:
    levels = {3: "-80 dBm", 5: "-117 dBm", 7: "-144 dBm"}
    for carriers in (STANDARD, Carriers.dbm(43.0, 37.0)):
        law = fit_power_series(levels, carriers, signs=signs)
        measured = [measured_dbm(law, carriers, order) for order in levels]
        np.testing.assert_allclose(measured, [-80.0, -117.0, -144.0], atol=1e-7)


@pytest.mark.parametrize("kind", [HyperbolicTangent, ArcTangent])
def test_a_saturating_law_meets_im3_and_im5_or_a_slope(kind) -> None:
    law = fit_saturating(kind, {3: "-80 dBm", 5: "-110 dBm"}, STANDARD)
    assert measured_dbm(law, STANDARD, 3) == pytest.approx(-80.0, abs=1e-9)
    assert measured_dbm(law, STANDARD, 5) == pytest.approx(-110.0, abs=1e-7)
    law = fit_saturating(kind, {3: "-150 dBc"}, STANDARD, slope_db=2.2)
    assert measured_dbm(law, STANDARD, 3) == pytest.approx(-107.0, abs=1e-9)
    assert slope(law, STANDARD) == pytest.approx(2.2, abs=1e-7)


def test_a_threshold_law_meets_im3_behind_its_critical_point() -> None:
    law = fit_threshold({3: "-80 dBm"}, STANDARD, critical_power=10.0)
    assert measured_dbm(law, STANDARD, 3) == pytest.approx(-80.0, abs=1e-9)
    assert law.threshold**2 / 2 == pytest.approx(10.0)


def test_the_preset_fitted_to_the_levels_of_clause_6_2_2() -> None:
    law = law_preset("standard-levels")
    measured = [measured_dbm(law, STANDARD, order) for order in (3, 5, 7)]
    np.testing.assert_allclose(measured, [-80.0, -117.0, -144.0], atol=1e-7)
    assert slope(law, STANDARD) == pytest.approx(2.868, abs=1e-3)


def test_the_preset_fitted_to_the_slope_of_clause_6_2_2() -> None:
    law = law_preset("standard-slope")
    assert measured_dbm(law, STANDARD, 3) == pytest.approx(-80.0, abs=1e-9)
    by_measurement = measured_dbm(law, STANDARD.moved(0.5, 0.5), 3) - measured_dbm(law, STANDARD.moved(-0.5, -0.5), 3)
    assert by_measurement == pytest.approx(2.5, abs=2e-3)
    assert slope(law, STANDARD) == pytest.approx(2.5, abs=1e-8)
    behind = {total: over_theory_db(law, STANDARD.moved(total - 46, total - 46)) for total in (20, 30, 33, 39, 46)}
    # Theory holds to 0.1 dB up to a total of 30 dBm, and no longer from 33 dBm on.
    assert -0.01 < behind[20] < 0
    assert -0.1 < behind[30] < 0
    assert -0.2 < behind[33] < -0.1
    assert behind[39] == pytest.approx(-0.57, abs=0.01)
    assert behind[46] == pytest.approx(-2.52, abs=0.01)
    assert measured_dbm(law, STANDARD, 5) - measured_dbm(law, STANDARD, 3) == pytest.approx(-25.2, abs=0.1)


def test_no_one_law_meets_both_levels_and_slope() -> None:
    levels = {3: "-80 dBm", 5: "-117 dBm"}
    for kind in (HyperbolicTangent, ArcTangent):
        assert slope(fit_saturating(kind, levels, STANDARD), STANDARD) > 2.86
        with pytest.raises(InputError, match=r"gives IM5 11.* dB above the -117 dBm asked"):
            fit_saturating(kind, levels, STANDARD, slope_db=2.5)


def test_presets_move_with_the_calibration_of_the_samples() -> None:
    reference = PowerReference(unit_dbm=49.0)
    carriers = Carriers.dbm(43.0, 43.0, reference)
    for name in ("standard-levels", "standard-slope"):
        assert reference.dbm(product_level(law_preset(name, reference), carriers, 3)) == pytest.approx(-80.0, abs=1e-8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_power_series({4: "-80 dBm"}, STANDARD), "order 4 is even"),
        (lambda: fit_power_series({}, STANDARD), "no levels given"),
        (lambda: fit_power_series({3: "nan dBm"}, STANDARD), "expected a number and a unit"),
        (lambda: fit_power_series({3: "-80 dBm"}, STANDARD, signs={3: 0}), "sign of order 3 = 0"),
        (lambda: fit_saturating(ArcTangent, {3: "-80 dBm"}, STANDARD), "expected IM3, and IM5 or slope_db"),
        (
            lambda: fit_saturating(ArcTangent, {3: "-80 dBm", 5: "-82 dBm"}, STANDARD),
            "IM5 over IM3 = -2 asked; no coefficients of this law give it: .* to -5.022, 3.022 short",
        ),
        (
            lambda: fit_saturating(HyperbolicTangent, {3: "-80 dBm"}, STANDARD, slope_db=3.5),
            "slope of IM3, dB per dB = 3.5 asked; .* 0.5 short",
        ),
        (
            lambda: fit_saturating(ArcTangent, {3: "-80 dBm", 5: "-117 dBm", 7: "-144 dBm"}, STANDARD),
            "ArcTangent gives IM7 8.07 dB below the -144 dBm asked",
        ),
        (lambda: fit_threshold({5: "-80 dBm"}, STANDARD, critical_power=1.0), "expected IM3"),
        (lambda: fit_threshold({3: "-80 dBm"}, STANDARD, critical_power=0.0), "expected positive figures"),
        (
            lambda: fit_threshold({3: "-80 dBm", 5: "-117 dBm"}, STANDARD, critical_power=20.0),
            "Threshold gives IM5 .* dB above",
        ),
        (
            lambda: scaled_to(PowerSeries.of({3: 1.0}), "-80 dBm", STANDARD, order=5),
            "makes no product of order 5",
        ),
        (lambda: law_preset("standard-levle"), 'did you mean "standard-levels"'),
    ],
)
def test_levels_that_cannot_be_had(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
