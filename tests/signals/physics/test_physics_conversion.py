"""The conversion factor in closed form, against polynomials, convolutions and moments written out here."""

import math

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.modulation.catalogue import find_waveform, waveform_names
from pimdeploy.signals.modulation.ofdm import Ofdm
from pimdeploy.signals.sources import (
    ArcTangent,
    Carriers,
    HyperbolicTangent,
    PowerSeries,
    channel_share,
    conversion_factor_db,
    envelope,
    law_preset,
    modulation_gain_db,
    product_level,
    slope,
)
from pimdeploy.signals.sources.conversion import matched_share, product_density

CUBIC = PowerSeries.of({3: 1.0})
UNEQUAL = Carriers(12.0, 5.0)


def flat_density(offset):
    """Three rectangles convolved: 3/4 - x^2 within 1/2, (3/2 - |x|)^2 / 2 beyond."""
    away = np.abs(offset)
    return np.where(away < 0.5, 0.75 - away**2, np.maximum(1.5 - away, 0.0) ** 2 / 2)


def raised_cosine(offset, roll_off):
    edge = (np.abs(offset) - (1 - roll_off) / 2) / roll_off
    return np.where(edge <= 0, 1.0, np.where(edge < 1, 0.5 * (1 + np.cos(np.pi * np.clip(edge, 0, 1))), 0.0))


def test_the_figures_of_the_report_and_of_the_channel_that_it_does_not_state():
    assert conversion_factor_db(3.0) == pytest.approx(10 * math.log10(2), abs=1e-12)
    assert conversion_factor_db(1.0) == pytest.approx(1.25, abs=0.005)
    assert conversion_factor_db(1.2) == pytest.approx(1.80, abs=0.005)
    assert conversion_factor_db(4.685 / 3.84, 3, 0.22) == pytest.approx(1.81, abs=0.005)
    assert conversion_factor_db(5 / 3.84, 3, 0.22) == pytest.approx(1.99, abs=0.005)


def test_2_1_db_for_planning_is_more_than_any_wideband_carrier_gets_in_its_own_channel():
    waveforms = [find_waveform(name) for name in waveform_names()]
    factors = [
        conversion_factor_db(w.channel_hz / w.numerology.transmission_hz) for w in waveforms if isinstance(w, Ofdm)
    ]
    factors.append(conversion_factor_db(find_waveform("wcdma").channel_hz / 3.84e6, 3, 0.22))
    assert len(factors) > 30
    assert 1.25 < min(factors) < max(factors) < 2.1


def test_flat_spectra_give_the_polynomials():
    offset = np.linspace(-2, 2, 401)
    np.testing.assert_allclose(product_density(offset), flat_density(offset), atol=1e-7)
    for channel in (0.1, 0.5, 1.0):
        assert channel_share(channel) == pytest.approx(0.75 * channel - channel**3 / 12, abs=1e-9)
    for channel in (1.2, 2.0, 2.9):
        assert channel_share(channel) == pytest.approx(1 - (3 - channel) ** 3 / 24, abs=1e-9)


@pytest.mark.parametrize("roll_off", [0.22, 1.0])
def test_roll_off_is_that_of_a_convolution(roll_off):
    step = 1e-3
    one = raised_cosine(np.arange(-1200, 1201) * step, roll_off)
    three = np.convolve(np.convolve(one, one), one) * step**2
    offset = (np.arange(three.size) - three.size // 2) * step
    np.testing.assert_allclose(product_density(offset, 3, roll_off), three, atol=1e-6)
    inside = np.abs(offset) < 0.6 + step / 4
    assert channel_share(1.2, 3, roll_off) == pytest.approx(np.trapezoid(three[inside], dx=step), abs=1e-6)
    assert matched_share(3, roll_off) == pytest.approx(np.sum(three * raised_cosine(offset, roll_off)) * step, abs=1e-6)


@pytest.mark.parametrize("order", [3, 5, 7])
def test_shares_are_the_integral_of_the_density(order):
    offset = (np.arange(4000) + 0.5) / 4000 * 1.3
    density = product_density(offset, order, 0.22)
    assert channel_share(2.6, order, 0.22) == pytest.approx(2 * 1.3 * density.mean(), abs=1e-6)
    assert channel_share(order * 1.22, order, 0.22) == 1.0


@pytest.mark.parametrize(("order", "gain"), [(3, 2), (5, 12), (7, 144), (9, 2880)])
def test_a_term_alone_gains_the_moments_of_its_carriers(order, gain):
    law = PowerSeries.of({order: 1e-6})
    expected = 10 * math.log10(gain)
    assert modulation_gain_db(law, UNEQUAL, order) == pytest.approx(expected, abs=1e-9)
    assert conversion_factor_db(order, order) == pytest.approx(expected, abs=1e-9)


def test_only_the_modulation_of_the_first_carrier_adds_to_im3():
    gains = [modulation_gain_db(CUBIC, UNEQUAL, 3, which) for which in ("both", "first", "second")]
    np.testing.assert_allclose(gains, [10 * math.log10(2), 10 * math.log10(2), 0.0], atol=1e-9)


def test_the_fifth_order_brings_eighth_and_sixth_moments():
    """Clause 6.1.1: with a5, "up to the eighth order moment of I1 and the sixth order moment of I2 are relevant".

    E I^(2 k) = k! (2 P)^k of a Gaussian carrier in the square of a3 3/4 I1^2 I2 + a5 (5/4 I1^4 I2 + 15/8 I1^2 I2^3).
    """
    a3, a5 = 2e-5, -3e-7
    terms = [(0.75 * a3, 2, 1), (1.25 * a5, 4, 1), (1.875 * a5, 2, 3)]

    def moment(power, n):
        return math.factorial(n // 2) * (2 * power) ** (n / 2)

    mean = sum(
        a * b * moment(UNEQUAL.first, i + k) * moment(UNEQUAL.second, j + m) for a, i, j in terms for b, k, m in terms
    )
    law = PowerSeries.of({3: a3, 5: a5})
    expected = 10 * math.log10(mean / 2 / product_level(law, UNEQUAL, 3))
    assert modulation_gain_db(law, UNEQUAL) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("n_tones", [1, 2, 4, 8])
def test_sub_tones_approach_3_db(n_tones):
    """Clause 6.1.3: 2 - 1/N times CW. Places that are powers of two have no sums in common."""
    n = 1 << 13
    first = 1000 + 2 ** np.arange(n_tones)
    phase = np.arange(n) * 2j * np.pi / n
    x = np.exp(np.outer(phase, first) + 1j * np.arange(n_tones) ** 2).sum(axis=1) / math.sqrt(n_tones)
    x += np.exp(phase * 2000)
    near = np.zeros(n, dtype=bool)
    near[(2 * first[:, None] - 2000 + np.arange(0, 300)) % n] = True
    power = np.sum(np.abs(np.fft.fft(envelope(CUBIC, x))[near] / n) ** 2)
    assert power / product_level(CUBIC, Carriers(1.0, 1.0), 3) == pytest.approx(2 - 1 / n_tones, rel=1e-9)


@pytest.mark.parametrize("kind", [ArcTangent, HyperbolicTangent])
def test_where_the_slope_falls_so_does_the_factor(kind):
    """Clause 6.1.3, last paragraph."""
    laws = [kind(1.0, saturation) for saturation in (100.0, 30.0, 15.0, 8.0)]
    slopes = [slope(law, UNEQUAL) for law in laws]
    gains = [modulation_gain_db(law, UNEQUAL) for law in laws]
    assert slopes == sorted(slopes, reverse=True)
    assert gains == sorted(gains, reverse=True)
    assert slopes[0] > 2.95
    assert 2.8 < gains[0] < 3.01


def test_im5_of_a_source_with_3_7_db_per_db_gains_what_clause_6_2_3_measured():
    law, tones = law_preset("standard-slope"), Carriers.dbm(45.563, 45.563)
    assert slope(law, tones, 5) == pytest.approx(3.7, abs=0.001)
    assert modulation_gain_db(law, tones, 5) == pytest.approx(3.2, abs=0.5)
    assert modulation_gain_db(PowerSeries.of({5: 1.0}), tones, 5) == pytest.approx(10.79, abs=0.005)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: channel_share(0.0), "channel = 0 occupied widths: expected a positive width"),
        (lambda: channel_share(math.inf), "channel = inf occupied widths"),
        (lambda: conversion_factor_db(1.0, 4), "order 4 is even"),
        (lambda: channel_share(1.0, 1), "order 1: a carrier itself is no product"),
        (lambda: conversion_factor_db(1.0, 3, 1.5), r"roll_off = 1\.5: expected 0 \(flat\) to 1"),
        (lambda: modulation_gain_db(CUBIC, UNEQUAL, 5), "no product of order 5 .* it has no conversion factor"),
    ],
)
def test_what_has_no_conversion_factor(call, message):
    with pytest.raises(InputError, match=message):
        call()
