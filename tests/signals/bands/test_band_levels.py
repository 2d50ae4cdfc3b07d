"""Levels: the power law of each order from one measured level, against the spectrum of x^n itself."""

import itertools

import numpy as np
import pytest
from band_plans import plan_of

from pimdeploy.errors import InputError
from pimdeploy.signals.bands.calibration import Calibration, parse_calibration


@pytest.mark.parametrize(
    ("text", "calibration"),
    [
        ("3=-150dBc@43", Calibration(3, -107.0, 43.0)),
        ("3=-107dBm@43", Calibration(3, -107.0, 43.0)),
        ("5=-117.5 dBm @ 43 dBm", Calibration(5, -117.5, 43.0)),
        ("7=-144DBM@+43.0", Calibration(7, -144.0, 43.0)),
    ],
)
def test_a_calibration_is_order_level_power(text, calibration):
    assert parse_calibration(text) == calibration


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-150dBc", r"expected ORDER=LEVEL@POWER, such as 3=-150dBc@43 or 3=-107dBm@43 \(two tones of 43 dBm\)"),
        ("3=-150@43", "expected ORDER=LEVEL@POWER, .*"),
        ("4=-107dBm@43", "order 4, expected an odd order of 3 or more"),
        ("1=-107dBm@43", "order 1, expected an odd order of 3 or more"),
        ("3=193dBm@43", "the product would be as strong as the tones; levels in dBc are negative"),
    ],
)
def test_what_is_no_calibration_is_refused(text, message):
    with pytest.raises(InputError, match=f"^--level {text}: {message}$"):
        parse_calibration(text)


def test_dbc_is_measured_from_the_tones():
    with pytest.raises(InputError, match=r"^--level 3=193dBm@43: the product would be as strong as the tones"):
        parse_calibration("3=150dBc@43")


def spectrum_of_power(amplitudes, frequencies, order, n=4096):
    """Amplitudes of the lines of (sum of tones)^order over integer frequencies."""
    t = np.arange(n) / n
    x = sum(a * np.cos(2 * np.pi * f * t) for a, f in zip(amplitudes, frequencies, strict=True))
    return 2 * np.abs(np.fft.rfft(x**order)) / n


@pytest.mark.parametrize("order", [3, 5, 7])
def test_levels_are_those_of_a_monomial(order):
    """The lines of x^n of three tones, relative to (k + 1) f1 - k f2 of two equal ones, at every position of the order.

    The tones lie such that no two products of up to the order share a line.
    """
    frequencies, powers_dbm, reference_dbm = (200, 225, 417), (40.0, 43.0, 37.5), 43.0
    k = (order - 1) // 2
    unit = 10 ** (reference_dbm / 20)
    measured = spectrum_of_power((unit, unit), frequencies[:2], order)[abs((k + 1) * 200 - k * 225)]
    calibration = Calibration(order, -107.0, reference_dbm)
    lines = spectrum_of_power([10 ** (p / 20) for p in powers_dbm], frequencies, order, 8192)
    checked = 0
    vectors = [m for m in itertools.product(range(-order, order + 1), repeat=3) if sum(map(abs, m)) <= order]
    at = [abs(sum(c * f for c, f in zip(m, frequencies, strict=True))) for m in vectors]
    shared = {line: at.count(line) for line in at}
    for multiples, line in zip(vectors, at, strict=True):
        if sum(map(abs, multiples)) == order and shared[line] == 2 and line:  # itself and its negative
            expected = -107.0 + 20 * np.log10(lines[line] / measured)
            assert calibration.level_of(multiples, powers_dbm) == pytest.approx(expected, abs=1e-6), multiples
            checked += 1
    assert checked > 20


def test_the_example_of_clause_7():
    """IM3 of -150 dBc at 2 x 43 dBm is 43 - 150 = -107 dBm."""
    plan = plan_of(["3"], ["1815:5:43", "1860:5:43"], order=3, calibrations=[parse_calibration("3=-150dBc@43")])
    hit = plan.hits(plan.receivers[0])[0]
    assert (plan.label(hit.product.multiples), hit.product.level_dbm) == ("2f1 - f2", -107.0)


@pytest.mark.parametrize(("first", "second", "level"), [(44, 44, -104.0), (44, 43, -105.0), (43, 44, -106.0)])
def test_one_decibel_of_the_carriers(first, second, level):
    """Clause 6.1.1: 3 dB for both, 2 dB for the carrier that is taken twice, 1 dB for the other."""
    plan = plan_of(["3"], [f"1815:5:{first}", f"1860:5:{second}"], order=3, calibrations=[Calibration(3, -107.0, 43.0)])
    assert plan.hits(plan.receivers[0])[0].product.level_dbm == pytest.approx(level)


def test_three_carriers_are_six_decibels_above_two():
    assert Calibration(3, -107.0, 43.0).level_of((1, 1, -1), (43.0, 43.0, 43.0)) == pytest.approx(-100.979, abs=1e-3)


def test_a_wider_order_has_no_level_of_its_own():
    plan = plan_of(["3"], ["1815:5:43", "1860:5:43"], order=5, calibrations=[Calibration(3, -107.0, 43.0)])
    levels = {(h.product.order, h.product.base_order): h.product.level_dbm for h in plan.hits(plan.receivers[0])}
    assert levels == {(3, 3): -107.0, (5, 3): None, (5, 5): None}
    summary = {row.order: row.strongest_dbm for row in plan.summary(plan.receivers[0])}
    assert summary == {3: -107.0, 5: None}


@pytest.mark.parametrize(
    ("carriers", "calibrations", "message"),
    [
        (
            ["1815:20:43"],
            [],
            "--carrier 1815:20:43: a power says no level of a product without a calibration; add .*",
        ),
        (
            ["1815:20:43", "1860:20"],
            ["3=-150dBc@43"],
            "--carrier 1860:20: has no power, .*; write 1860:20:POWER in dBm",
        ),
        ([], ["3=-150dBc@43"], "--level: there are no carriers; add --carrier CENTRE:BANDWIDTH:POWER"),
        (["1815:20:43"], ["3=-150dBc@43", "3=-80dBm@43"], "--level: order 3 is given twice; give each order once"),
        (["1815:20:43"], ["9=-150dBc@43"], "--level: order 9 lies above --order 7; raise --order or leave it out"),
    ],
)
def test_powers_and_calibrations_go_together(carriers, calibrations, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        plan_of(["3"], carriers, calibrations=[parse_calibration(text) for text in calibrations])
