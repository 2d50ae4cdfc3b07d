"""What the built-in scenarios share: paths, the laws of a passive contact, levels, and the result of a simulation.

One source is a chain of three: linear paths from the transmitters to it, a memoryless nonlinear contact, and linear
paths to the receivers. All filtering is circular over one period, by FFT, so that nothing has a transient.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.signals.dataset import ComplexArray

GUARD_SAMPLES = 2048
Contact = Callable[[ComplexArray], ComplexArray]
"""From the complex envelope at a source, [n], in units of its rms, to the source's answer, [n]."""


@dataclass(frozen=True)
class Simulation:
    """What one seed of a scenario gives, all complex128 at `fs_hz`.

    tx: [n_tx, n], of which the largest magnitude over the whole period is 0.9. truth: [n_rx, n], the interference as
    received; noise: [n_rx, n]. fields: [n_sources, n], the envelope at each source in units of its rms, which no
    receiver sees. slots: half-open ranges of samples that partition [0, n), where the scenario changes from one to the
    next.
    """

    tx: ComplexArray
    truth: ComplexArray
    noise: ComplexArray
    fields: ComplexArray
    fs_hz: float
    slots: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class PathSpec:
    """A linear path: a delay and one weak echo (the ripple of a filter or a mismatched cable).

    Response P(f) = exp(-j 2 pi f delay_s) (1 + echo exp(-j (2 pi f echo_delay_s + echo_phase))).
    """

    delay_s: float
    echo: float
    echo_delay_s: float
    echo_phase: float

    def response(self, freqs_hz: NDArray[np.float64]) -> ComplexArray:
        """Return P at `freqs_hz` (Hz)."""
        echo = self.echo * np.exp(-1j * (2 * np.pi * freqs_hz * self.echo_delay_s + self.echo_phase))
        return np.asarray(np.exp(-2j * np.pi * freqs_hz * self.delay_s) * (1 + echo), dtype=np.complex128)


def draw_path(
    rng: np.random.Generator, delay_s: float, echo: tuple[float, float], echo_s: tuple[float, float]
) -> PathSpec:
    """Return a path of `delay_s` whose echo's amplitude and delay (s) lie in the ranges given."""
    return PathSpec(delay_s, rng.uniform(*echo), rng.uniform(*echo_s), rng.uniform(0, 2 * np.pi))


@dataclass(frozen=True)
class EnvelopeContact:
    """A contact with a threshold: e g(|e|), phase-covariant.

    g(r) = q / (1 + q / saturation), q = softness log(1 + exp((r^2 / threshold^2 - 1) / softness)): nearly nothing below
    `threshold` (the paper's critical point, in rms of e), cubic above it, compressing far above. It is smooth
    everywhere and piecewise linear nowhere.
    """

    threshold: float
    softness: float
    saturation: float

    def __call__(self, e: ComplexArray) -> ComplexArray:
        """Return the contact's answer to `e`, [n]."""
        drive = (np.abs(e) ** 2 / self.threshold**2 - 1.0) / self.softness
        q = self.softness * np.logaddexp(0.0, drive)
        return e * q / (1.0 + q / self.saturation)


@dataclass(frozen=True)
class CubicContact:
    """A contact without a threshold: e q / (1 + q / saturation), q = |e|^2; third order, compressing far above."""

    saturation: float

    def __call__(self, e: ComplexArray) -> ComplexArray:
        """Return the contact's answer to `e`, [n]."""
        q = np.abs(e) ** 2
        return np.asarray(e * q / (1.0 + q / self.saturation), dtype=np.complex128)


@dataclass(frozen=True)
class ThresholdContact:
    """A dead zone on real projections: sum over i of exp(j angle_i) h(Re(e exp(-j angle_i))), not phase-covariant.

    h(v) = s log(1 + exp((v - threshold) / s)) - s log(1 + exp((-v - threshold) / s)), s = softness: odd, smooth,
    nearly 0 between -threshold and threshold, slope 1 far beyond. The answer has a part that follows e and one that
    follows its conjugate, smaller by |sum exp(2j angle_i)| / number of angles.
    """

    threshold: float
    softness: float
    angles: tuple[float, ...]

    def __call__(self, e: ComplexArray) -> ComplexArray:
        """Return the contact's answer to `e`, [n]."""
        total = np.zeros(e.shape, dtype=np.complex128)
        for angle in self.angles:
            direction = complex(np.exp(1j * angle))
            total += direction * self._dead_zone(np.real(e * direction.conjugate()))
        return total

    def _dead_zone(self, v: NDArray[np.float64]) -> NDArray[np.float64]:
        upper, lower = (v - self.threshold) / self.softness, (-v - self.threshold) / self.softness
        return np.asarray(self.softness * (np.logaddexp(0.0, upper) - np.logaddexp(0.0, lower)), dtype=np.float64)


def period(n_samples: int) -> int:
    """Return the length of the period whose last `n_samples` samples a scenario gives: 1024 times a fast FFT length."""
    n_blocks = -(-(n_samples + GUARD_SAMPLES) // 1024)
    while _without_small_factors(n_blocks) > 1:
        n_blocks += 1
    return n_blocks * 1024


def _without_small_factors(n: int) -> int:
    for factor in (2, 3, 5):
        while n % factor == 0:
            n //= factor
    return n


def oversampled(contact: Contact, spectrum: ComplexArray, factor: int) -> ComplexArray:
    """Return the spectrum of `contact`'s answer to one period of a signal's spectrum, both [n] (an even number).

    The contact works at `factor` times the rate; products beyond the output's Nyquist rate are cut, not folded.
    """
    n_out = len(spectrum)
    n_high, half = n_out * factor, n_out // 2
    padded = np.zeros(n_high, dtype=np.complex128)
    padded[:half] = spectrum[:half]
    padded[n_high - half :] = spectrum[n_out - half :]
    answer = np.fft.fft(contact(np.fft.ifft(padded) * factor))
    return np.asarray(np.concatenate([answer[:half], answer[n_high - half :]]) / factor, dtype=np.complex128)


def selectivity(
    freqs_hz: NDArray[np.float64], band_hz: tuple[float, float], margin_hz: float, ramp_hz: float
) -> NDArray[np.float64]:
    """Return the duplexer's gain at `freqs_hz`: 1 up to `margin_hz` beyond the band, -50 dB another `ramp_hz` on."""
    lower_hz, upper_hz = band_hz
    outside_hz = np.maximum(lower_hz - freqs_hz, freqs_hz - upper_hz)
    ramp = np.clip((outside_hz - margin_hz) / ramp_hz, 0.0, 1.0)
    return np.asarray(10 ** (-50 / 20 * ramp), dtype=np.float64)


def band_power(x: ComplexArray, taps: ComplexArray) -> float:
    """Return the mean power of `x` (one period) behind the receive filter `taps`."""
    return float(np.sum(np.abs(np.fft.fft(x) * np.fft.fft(taps, len(x))) ** 2) / len(x) ** 2)


def unit_power(spectrum: ComplexArray) -> ComplexArray:
    """Return the spectrum of the same signal with a mean power of 1."""
    return np.asarray(spectrum / (np.sqrt(np.sum(np.abs(spectrum) ** 2)) / len(spectrum)), dtype=np.complex128)


def white_noise(n: int, rng: np.random.Generator) -> ComplexArray:
    """Return `n` samples of complex white noise of power 2."""
    return rng.standard_normal(n) + 1j * rng.standard_normal(n)


def received(
    interference: ComplexArray, levels_db: NDArray[np.float64], taps: ComplexArray, rng: np.random.Generator
) -> tuple[ComplexArray, ComplexArray]:
    """Return (truth, noise): one period of each receiver's `interference`, [n_rx, n], scaled, and its noise.

    Behind `taps` the noise of all receivers is equally strong, receiver r's interference stands `levels_db[r]` above
    it, and the strongest has the power 0.01.
    """
    floor = 0.1 * 10 ** (-float(levels_db.max()) / 20)
    truth, noise = (np.empty(interference.shape, dtype=np.complex128) for _ in range(2))
    for r, signal in enumerate(interference):
        truth[r] = signal * (floor * 10 ** (float(levels_db[r]) / 20) / np.sqrt(band_power(signal, taps)))
        white = white_noise(len(signal), rng)
        noise[r] = white * (floor / np.sqrt(band_power(white, taps)))
    return truth, noise
