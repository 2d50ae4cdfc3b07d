"""Powers and levels, and the errors without a calibration."""

import math

import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.sources import WATTS, Carriers, Level, PowerReference, parse_level, parse_two_tone


def test_43_dbm_are_19_95_watts_and_44_67_volts_of_peak() -> None:
    power = WATTS.power(43.0)
    assert power == pytest.approx(19.9526, rel=1e-5)
    assert WATTS.dbm(power) == pytest.approx(43.0)
    assert WATTS.volts(math.sqrt(2 * power)) == pytest.approx(math.sqrt(2 * 50 * power))
    assert WATTS.dbm(0.0) == -math.inf


def test_full_scale_samples_with_a_calibration() -> None:
    full_scale = PowerReference(unit_dbm=46.0)
    assert full_scale.power(43.0) == pytest.approx(10**-0.3)
    assert full_scale.volts(1.0) == pytest.approx(math.sqrt(50 * 10**1.6))


def test_levels_as_text() -> None:
    assert parse_level("-150 dBc") == Level(-150.0, "dBc")
    assert parse_level(" -80dbm ") == Level(-80.0, "dBm")
    assert parse_level("-6.5e1 dB") == Level(-65.0, "dB")
    level, carriers = parse_two_tone("-150 dBc at 2 x 43 dBm")
    assert WATTS.dbm(level.power(carriers, WATTS)) == pytest.approx(-107.0)  # papers/002, clause 7
    level, carriers = parse_two_tone("-60 dB @ 2x-3 dB", PowerReference(unit_dbm=None))
    assert level.power(carriers, PowerReference(unit_dbm=None)) == pytest.approx(1e-6)
    assert carriers.first == pytest.approx(10**-0.3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: parse_level("-150"), 'unit "" is none of dBm, dBc, dB'),
        (lambda: parse_level("-150 dBW"), 'unit "dBW" is none of'),
        (lambda: parse_level("loud"), "expected a number and a unit"),
        (lambda: parse_level("1.2.3 dBm"), "1.2.3 is not a number"),
        (lambda: parse_level("1e999 dBm"), "expected a finite number"),
        (lambda: parse_two_tone("-80 dBm"), "expected a level and its carriers"),
        (lambda: parse_two_tone("-80 dBm at 2 x 43"), 'unit "" is none of'),
        (lambda: parse_two_tone("-80 dBm at 2 x 43 dBc"), "have no reference"),
        (lambda: PowerReference(None).power(43.0), "43 dBm: the samples have no power calibration; give PowerRef"),
        (lambda: PowerReference(None).dbm(1.0), "no power calibration"),
        (lambda: PowerReference(None).volts(1.0), "no power calibration"),
        (lambda: Carriers.dbm(43, 43, PowerReference(None)), "no power calibration"),
        (lambda: PowerReference(30.0, 0.0), "expected a positive resistance"),
        (lambda: WATTS.power(math.nan), "expected a finite number"),
        (lambda: Level(math.nan, "dBm"), "level in dBm = nan: expected a finite number"),
        (lambda: Level(-80.0, "dBW"), 'unit "dBW" is none of dBm, dBc, dB'),
        (lambda: Carriers(1.0, 0.0), "expected positive powers"),
        (lambda: Level(-150.0, "dBc").power(Carriers(1.0, 2.0), WATTS), "dBc is over one of two equal carriers"),
    ],
)
def test_powers_and_levels_that_say_too_little(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
