"""The built-in SISO scenario: two weak passive sources behind two carriers, after the paper's section IV-A.

Carriers at 70 to 75 and 117.5 to 122.5 MHz; their third-order product 2 f1 - f2 falls on 17.5 to 32.5 MHz and the
fifth-order one, 3 f1 - 2 f2, on -35 to -10 MHz: both inside the receive band of -40 to 40 MHz.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.recipe import BandSpec
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.receive_filter import design_receive_filter
from pimdeploy.signals.waveforms import CarrierSpec, bin_frequencies, transmit_signal

FS_HZ = 491.52e6
CARRIERS = (CarrierSpec(center_hz=72.5e6), CarrierSpec(center_hz=120.0e6))
OVERSAMPLING = 4
GUARD_SAMPLES = 2048
INTERFERENCE_OVER_NOISE_DB = 19.13


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


@dataclass(frozen=True)
class SourceSpec:
    """A passive source: a path to it, a nonlinear contact, a path back.

    The contact gives e g(|e|), phase-covariant, with g(r) = q / (1 + q / saturation) and
    q = softness log(1 + exp((r^2 / threshold^2 - 1) / softness)): nearly nothing below `threshold` (the paper's
    critical point), cubic above it, compressing far above. It is smooth everywhere and piecewise linear nowhere.
    """

    forward: PathSpec
    backward: PathSpec
    threshold: float
    """Critical point of the envelope, in units of the transmit signal's rms."""
    softness: float
    saturation: float
    level_db: float
    """Interference in the receive band, against the strongest source."""
    phase: float

    def contact(self, e: ComplexArray) -> ComplexArray:
        """Return the contact's answer to the envelope `e`."""
        drive = (np.abs(e) ** 2 / self.threshold**2 - 1.0) / self.softness
        q = self.softness * np.logaddexp(0.0, drive)
        return e * q / (1.0 + q / self.saturation)


def draw_sources(rng: np.random.Generator) -> tuple[SourceSpec, SourceSpec]:
    """Return the two sources of one seed.

    The first is a connector behind about 1.2 m of cable. The second, 6 to 8 dB weaker, is a joint 6 to 13 cm farther on:
    0.6 to 1.2 ns there and back, a fraction of a sample of 2.03 ns. It has a higher threshold, and every path has an
    echo of its own 2 to 5 ns behind (-26 to -18 dB: return loss of connectors). These ranges were set before any
    network was fitted to them but for these: level and distance of the second source, the echoes and the saturation were
    made harder until a network of 80 real parameters stayed 0.1 to 1 dB short of the bound (seeds 1 to 5), so that the
    size of a model shows. More branches close the gap: 88 parameters stay 0.05 to 0.62 dB short.
    """

    def path(delay_s: float) -> PathSpec:
        return PathSpec(delay_s, rng.uniform(0.05, 0.12), rng.uniform(2e-9, 5e-9), rng.uniform(0, 2 * math.pi))

    def source(delay_s: float, threshold: float, softness: float, level_db: float) -> SourceSpec:
        saturation, phase = rng.uniform(1.5, 2.5), rng.uniform(0, 2 * math.pi)
        return SourceSpec(path(delay_s), path(delay_s), threshold, softness, saturation, level_db, phase)

    delay_s = rng.uniform(5.5e-9, 6.5e-9)
    farther_s = rng.uniform(0.3e-9, 0.6e-9)
    return (
        source(delay_s, rng.uniform(0.9, 1.1), 0.25, 0.0),
        source(delay_s + farther_s, rng.uniform(1.2, 1.4), 0.35, rng.uniform(-8.0, -6.0)),
    )


def receiver_selectivity(freqs_hz: NDArray[np.float64], edge_hz: float) -> NDArray[np.float64]:
    """Return the duplexer's gain at `freqs_hz`: 1 up to 5 MHz beyond `edge_hz`, -50 dB another 20 MHz farther on."""
    ramp = np.clip((np.abs(freqs_hz) - edge_hz - 5e6) / 20e6, 0.0, 1.0)
    return 10 ** (-50 / 20 * ramp)


def source_answer(
    source: SourceSpec, tx_spectrum: ComplexArray, n_out: int, edge_hz: float, oversampling: int = OVERSAMPLING
) -> ComplexArray:
    """Return what `source` sends to the receiver for one period of transmit spectrum, `n_out` samples at `FS_HZ`.

    The contact works at `oversampling` times the rate; products beyond the output's Nyquist rate are cut, not folded.
    """
    n_high = n_out * oversampling
    freqs = bin_frequencies(n_out, FS_HZ)
    half = n_out // 2
    spectrum = tx_spectrum * source.forward.response(freqs)
    padded = np.zeros(n_high, dtype=np.complex128)
    padded[:half] = spectrum[:half]
    padded[n_high - half :] = spectrum[n_out - half :]
    answer = np.fft.fft(source.contact(np.fft.ifft(padded) * oversampling))
    low = np.concatenate([answer[:half], answer[n_high - half :]]) / oversampling
    back = source.backward.response(freqs) * receiver_selectivity(freqs, edge_hz) * np.exp(1j * source.phase)
    return np.fft.ifft(low * back)


def band_power(x: ComplexArray, taps: ComplexArray) -> float:
    """Return the mean power of `x` (one period at `FS_HZ`) behind the receive filter `taps`."""
    return float(np.sum(np.abs(np.fft.fft(x) * np.fft.fft(taps, len(x))) ** 2) / len(x) ** 2)


def siso_signals(
    seed: int, n_samples: int, band: BandSpec, oversampling: int = OVERSAMPLING
) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
    """Return (tx, interference, noise) of one seed, `n_samples` each at `FS_HZ`; tx has a peak of 0.9.

    The interference behind the receive filter of `band` has the power 0.01 (peaks of half the receiver's full scale)
    and stands `INTERFERENCE_OVER_NOISE_DB` above the white noise there.
    """
    streams = np.random.SeedSequence(seed).spawn(3)
    tx_rng, source_rng, noise_rng = (np.random.default_rng(s) for s in streams)
    n_period = -(-(n_samples + GUARD_SAMPLES) // 1024) * 1024
    tx = transmit_signal(CARRIERS, n_period, FS_HZ, tx_rng)
    spectrum = np.fft.fft(tx)
    edge_hz = max(abs(edge) for edge in band.band_hz)
    taps = design_receive_filter(band, FS_HZ).taps
    interference = np.zeros(n_period, dtype=np.complex128)
    for source in draw_sources(source_rng):
        answer = source_answer(source, spectrum, n_period, edge_hz, oversampling)
        interference += answer * math.sqrt(10 ** (source.level_db / 10) / band_power(answer, taps))
    interference *= 0.1 / math.sqrt(band_power(interference, taps))
    noise = noise_rng.standard_normal(n_period) + 1j * noise_rng.standard_normal(n_period)
    noise *= 0.1 * 10 ** (-INTERFERENCE_OVER_NOISE_DB / 20) / math.sqrt(band_power(noise, taps))
    tail = slice(n_period - n_samples, n_period)
    return tx[tail] * (0.9 / np.abs(tx).max()), interference[tail], noise[tail]
