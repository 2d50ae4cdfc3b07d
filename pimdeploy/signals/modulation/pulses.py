"""Linear-phase pulses that shape a carrier: Kaiser low-pass, windowed root-raised-cosine, Gaussian frequency pulse."""

import math

import numpy as np
from numpy.typing import NDArray

from pimdeploy.recipe import BandSpec
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.receive_filter import design_receive_filter

STOPBAND_DB = 100.0
"""Attenuation of a carrier's channel filter beyond its edge."""

FloatArray = NDArray[np.float64]


def band_pass(band_hz: tuple[float, float], transition_hz: float, rate_hz: float) -> ComplexArray:
    """Return the taps, [odd], of a filter of gain 1 between the edges `band_hz`, -100 dB `transition_hz` beyond them."""
    n_taps = 2 * math.ceil((STOPBAND_DB - 7.95) * rate_hz / (2.285 * 2 * math.pi * transition_hz) / 2) + 1
    band = BandSpec(band_hz=band_hz, filter_taps=n_taps, transition_hz=transition_hz)
    return design_receive_filter(band, rate_hz).taps


def low_pass(pass_hz: float, stop_hz: float, rate_hz: float) -> FloatArray:
    """Return the taps, [odd], of a low-pass of gain 1 up to `pass_hz` and -100 dB from `stop_hz` on, at `rate_hz`."""
    return np.ascontiguousarray(band_pass((-pass_hz, pass_hz), stop_hz - pass_hz, rate_hz).real)


def root_raised_cosine(roll_off: float, samples_per_chip: int, half_chips: int) -> FloatArray:
    """Return the taps, [2 half_chips samples_per_chip + 1], of a root-raised-cosine pulse of unit energy.

    The formula is that of 3GPP TS 25.104 clause 6.8.1. A Kaiser window (100 dB) ends it: the pulse decays as 1 / t^2
    only, and cut off bare it would leave -60 dB beside the channel.
    """
    t = np.arange(-half_chips * samples_per_chip, half_chips * samples_per_chip + 1) / samples_per_chip
    numerator = np.sin(np.pi * t * (1 - roll_off)) + 4 * roll_off * t * np.cos(np.pi * t * (1 + roll_off))
    denominator = np.pi * t * (1 - (4 * roll_off * t) ** 2)
    singular = np.abs(denominator) < 1e-9
    pulse = numerator / np.where(singular, 1.0, denominator)
    pulse[np.abs(t) < 1e-9] = 1 - roll_off + 4 * roll_off / np.pi
    quarter = np.pi / (4 * roll_off)
    pole = (1 + 2 / np.pi) * np.sin(quarter) + (1 - 2 / np.pi) * np.cos(quarter)
    pulse[singular & (np.abs(t) > 1e-9)] = roll_off / np.sqrt(2) * pole
    pulse *= np.kaiser(t.size, 0.1102 * (STOPBAND_DB - 8.7))
    return np.asarray(pulse / np.sqrt(np.sum(pulse**2)), dtype=np.float64)


def gaussian_phase_steps(bandwidth_time: float, samples_per_bit: int, n_bits: int) -> FloatArray:
    """Return what the phase pulse q of GMSK grows by in each sample, [n_bits, samples_per_bit]; they sum to 1/2.

    A bit turns the phase by pi q. The frequency pulse, the slope of q, is a rectangle of one bit behind a Gaussian
    filter of 3 dB bandwidth B, `bandwidth_time` = B T (3GPP TS 45.004 clause 2.5), cut off `n_bits` / 2 bits to either
    side. Its integral is known in closed form, so the steps are exact and not a sum over samples.
    """
    deviation = math.sqrt(math.log(2)) / (2 * math.pi * bandwidth_time)

    def integral(t: float) -> float:
        """Integral of the Gaussian step Phi(t / deviation) from minus infinity on."""
        normal = math.exp(-((t / deviation) ** 2) / 2) / math.sqrt(2 * math.pi)
        return t * 0.5 * math.erfc(-t / deviation / math.sqrt(2)) + deviation * normal

    t = (np.arange(n_bits * samples_per_bit + 1) / samples_per_bit - n_bits / 2).tolist()
    phase = np.array([(integral(x + 0.5) - integral(x - 0.5)) / 2 for x in t])
    steps = np.diff(phase).reshape(n_bits, samples_per_bit)
    return np.asarray(steps / (2 * steps.sum()), dtype=np.float64)
