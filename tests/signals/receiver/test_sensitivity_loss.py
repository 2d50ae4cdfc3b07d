"""Sensitivity lost to interference: the example of papers/002, both figures of cancellation, inverses, limits."""

import math

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.receiver.noise import NoiseSource, noise_floor_dbm
from pimdeploy.signals.receiver.sensitivity import (
    degradation_db,
    interference_for_loss_dbm,
    loss_after_cancellation,
    loss_after_suppression,
    required_suppression_db,
    sensitivity_dbm,
)


def test_example_of_papers_002_clause_7():
    """2 x 43 dBm, -150 dBc, 2.1 dB from CW to UTRA, noise figure 5 dB in 3.84 MHz: the paper says about 2 dB."""
    cw_dbm = 43.0 - 150.0
    modulated_dbm = cw_dbm + 2.1
    floor_dbm = round(noise_floor_dbm(3.84e6, 5.0))
    assert (cw_dbm, modulated_dbm, floor_dbm) == (-107.0, -104.9, -103)
    assert degradation_db(modulated_dbm, floor_dbm) == pytest.approx(2.16, abs=0.005)
    assert degradation_db(modulated_dbm, noise_floor_dbm(3.84e6, 5.0)) == pytest.approx(2.23, abs=0.01)


@pytest.mark.parametrize("difference_db", [-300.0, -100.0, -20.0, 0.0, 20.0, 100.0, 3000.0])
def test_loss_is_that_of_the_formula(difference_db):
    exact = 10 * np.log10(np.longdouble(1) + np.longdouble(10) ** np.longdouble(difference_db / 10))
    loss_db = degradation_db(-100 + difference_db, -100.0)
    assert loss_db == pytest.approx(float(exact), rel=1e-9, abs=1e-18)
    assert loss_db > 0


def test_no_interference_costs_nothing():
    assert degradation_db(-math.inf, -100.0) == 0.0
    assert interference_for_loss_dbm(0.0, -100.0) == -math.inf


@pytest.mark.parametrize("loss_db", [1e-6, 0.1, 1.0, 3.0103, 30.0])
def test_allowed_interference_is_the_inverse(loss_db):
    assert degradation_db(interference_for_loss_dbm(loss_db, -103.0), -103.0) == pytest.approx(loss_db, rel=1e-9)


def test_interference_at_the_noise_costs_3_db_and_10_db_off_leave_0_4():
    loss = loss_after_suppression(-103.0, -103.0, 10.0)
    assert loss.before_db == pytest.approx(10 * math.log10(2))
    assert loss.after_db == pytest.approx(10 * math.log10(1.1))
    assert loss.residual_dbm == -113.0
    assert loss.won_back_db == pytest.approx(loss.before_db - loss.after_db)


def test_the_two_figures_of_cancellation_agree():
    """Powers in mW: interference 3, noise 1; 2.5 of the interference taken away."""
    noise_dbm, interference_dbm = -100.0, -100 + 10 * math.log10(3)
    by_power = loss_after_cancellation(interference_dbm, noise_dbm, 10 * math.log10(4 / 1.5))
    by_interference = loss_after_suppression(interference_dbm, noise_dbm, 10 * math.log10(3 / 0.5))
    assert by_power.residual_dbm == pytest.approx(-100 + 10 * math.log10(0.5))
    for field in ("noise_dbm", "interference_dbm", "residual_dbm", "before_db", "after_db"):
        assert getattr(by_power, field) == pytest.approx(getattr(by_interference, field))


def test_cancellation_up_to_the_bound_leaves_nothing():
    bound_db = degradation_db(-95.0, -100.0)
    loss = loss_after_cancellation(-95.0, -100.0, bound_db)
    assert loss.after_db == pytest.approx(0.0, abs=1e-12)
    with pytest.raises(InputError, match=r"^cancellation_db = 7: .* allows 6\.193 dB at most; the noise cannot be"):
        loss_after_cancellation(-95.0, -100.0, 7.0)


def test_a_canceller_that_adds_interference_costs_more():
    loss = loss_after_suppression(-103.0, -103.0, -3.0)
    assert loss.after_db > loss.before_db
    assert loss_after_cancellation(-103.0, -103.0, -1.0).after_db == pytest.approx(loss.before_db + 1.0)


def test_suppression_needed_for_a_loss():
    needed_db = required_suppression_db(-95.0, -103.0, 0.5)
    assert loss_after_suppression(-95.0, -103.0, needed_db).after_db == pytest.approx(0.5)
    assert required_suppression_db(-130.0, -103.0, 0.5) == 0.0
    assert required_suppression_db(-95.0, -103.0, 0.0) == math.inf


def test_reference_sensitivity_of_a_wide_area_base_station():
    """TS 25.104: -121 dBm for 12.2 kbit/s; 25 dB of spreading gain less 5 dB for detection and 2 dB of margin."""
    assert sensitivity_dbm(-103.0, -18.0) == -121.0
    assert sensitivity_dbm(-103.0, -18.0, degradation_db(-104.9, -103.0)) == pytest.approx(-118.84, abs=0.005)


def test_noise_has_the_level_of_the_floor_in_any_width():
    source = NoiseSource(30.72e6, 5.0, 2, seed=3)
    x = source.read(1 << 17)
    level = 10 * np.log10(np.mean(np.abs(x) ** 2, axis=1)) + 30
    np.testing.assert_allclose(level, noise_floor_dbm(30.72e6, 5.0), atol=0.05)
    assert source.level_dbm - 10 * math.log10(30.72e6) == pytest.approx(-169.0)
    assert np.abs(np.mean(x**2)) < 0.02 * np.mean(np.abs(x) ** 2)
    assert np.abs(np.vdot(x[0], x[1])) < 0.02 * np.vdot(x[0], x[0]).real


def test_noise_does_not_depend_on_the_cut_nor_on_the_other_antennas():
    whole = NoiseSource(1e6, 5.0, 2).read(1001)
    pieces = NoiseSource(1e6, 5.0, 3)
    np.testing.assert_array_equal(np.concatenate([pieces.read(n) for n in (1, 0, 1000)], axis=1)[:2], whole)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: noise_floor_dbm(0.0, 5.0), r"^width_hz = 0\.0: expected a positive width for the noise floor$"),
        (lambda: noise_floor_dbm(1e6, -1.0), r"^noise_figure_db = -1\.0: expected 0 dB or more"),
        (
            lambda: degradation_db(math.nan, -100.0),
            r"^interference_dbm = nan: expected a level in dBm, or -inf for none$",
        ),
        (lambda: degradation_db(-100.0, -math.inf), r"^noise_dbm = -inf: expected a finite number$"),
        (lambda: interference_for_loss_dbm(-0.1, -100.0), r"^loss_db = -0\.1: expected 0 dB or more"),
        (lambda: loss_after_suppression(-100.0, -100.0, math.inf), r"^suppression_db = inf: expected a finite number$"),
    ],
)
def test_levels_that_make_no_sense_are_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
