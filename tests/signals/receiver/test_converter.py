"""The converter: codes at ties and limits, its noise, its clipping."""

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.modulation.measure import level_dbm
from pimdeploy.signals.receiver.converter import Adc


def test_codes_at_ties_and_limits():
    """HALF_UP, then SATURATE, in a converter of 3 bits: codes -4 to 3."""
    adc = Adc(3, 0.0)
    lsbs = np.array([-9.0, -4.5, -4.49, -0.5, -0.51, 0.5, 0.49, 3.49, 3.5, 9.0])
    made = adc.convert(lsbs * adc.lsb + 0j)
    assert made.i_q.tolist() == [-4, -4, -4, 0, -1, 1, 0, 3, 3, 3]
    assert made.q_q.tolist() == [0] * 10
    assert made.clipped == 3
    np.testing.assert_allclose(made.x, made.i_q * adc.lsb)


def test_in_phase_and_quadrature_are_apart():
    adc = Adc(8, 30.0)
    made = adc.convert(np.array([[3 - 5j]]) * adc.lsb)
    assert (made.i_q.item(), made.q_q.item(), made.clipped) == (3, -5, 0)
    assert adc.convert(np.array([200 - 300j]) * adc.lsb).clipped == 2


@pytest.mark.parametrize("bits", [8, 10, 14])
def test_signal_to_noise_of_a_full_scale_tone(bits):
    """6.02 bits + 1.76 dB: the textbook's figure, and that of `noise_dbm`."""
    adc, n = Adc(bits, -20.0), 1 << 16
    amplitude = adc.lsb * (2 ** (bits - 1) - 1)
    x = amplitude * np.exp(2j * np.pi * (0.1234567 * np.arange(n) % 1))
    made = adc.convert(x)
    assert made.clipped == 0
    noise_dbm = level_dbm(made.x - x)
    assert noise_dbm == pytest.approx(adc.noise_dbm(1e6, 1e6), abs=0.15)
    assert -20.0 - noise_dbm == pytest.approx(6.02 * bits + 1.76, abs=0.15)


def test_noise_in_a_part_of_the_rate():
    adc = Adc(12, 0.0)
    assert adc.noise_dbm(122.88e6, 12.288e6) == pytest.approx(adc.noise_dbm(122.88e6, 122.88e6) - 10)


def test_a_tone_above_full_scale_clips():
    x = np.sqrt(1e-3) * 1.2 * np.exp(2j * np.pi * 0.1234567 * np.arange(1000))
    clipped = Adc(12, 0.0).convert(x).clipped
    outside = sum(np.count_nonzero(np.abs(part) > np.sqrt(1e-3)) for part in (x.real, x.imag))
    assert clipped == pytest.approx(outside, abs=5)
    assert Adc(12, 2.0).convert(x).clipped == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Adc(0, 0.0), r"^adc bits = 0: expected 1 to 24$"),
        (lambda: Adc(12, float("nan")), r"^adc full_scale_dbm = nan: expected a finite number$"),
        (
            lambda: Adc(12, 0.0).noise_dbm(1e6, 2e6),
            r"^width_hz = 2e\+06: expected a width of up to the sample rate of 1e\+06",
        ),
    ],
)
def test_converters_that_do_not_exist_are_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
