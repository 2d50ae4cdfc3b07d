"""Transmit waveforms: CP-OFDM carriers with a crest factor and a spectral mask as a base station has them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.signals.dataset import ComplexArray

OFDM_RATE_HZ = 30.72e6
"""Rate at which the OFDM symbols are made, Hz: 2048 bins of 15 kHz."""


@dataclass(frozen=True)
class CarrierSpec:
    """One CP-OFDM carrier. The numbers are those of a 5 MHz carrier with 15 kHz subcarriers (25 resource blocks)."""

    center_hz: float
    bandwidth_hz: float = 5.0e6
    """Width of the mask: beyond center +- bandwidth / 2 nothing is transmitted."""
    n_subcarriers: int = 300
    spacing_hz: float = 15.0e3
    cyclic_prefix: float = 144 / 2048
    """Length of the cyclic prefix, in useful symbol lengths."""
    papr_db: float = 7.5
    """Peak to average power to which the crest is reduced, dB."""


def qam64(n: int, rng: np.random.Generator) -> ComplexArray:
    """Return `n` random 64-QAM symbols of unit mean power, complex128."""
    levels = np.arange(-7.0, 8.0, 2.0) / np.sqrt(42.0)
    return rng.choice(levels, n) + 1j * rng.choice(levels, n)


def cp_ofdm(n_samples: int, carrier: CarrierSpec, rng: np.random.Generator) -> ComplexArray:
    """Return `n_samples` of CP-OFDM with 64-QAM at `OFDM_RATE_HZ`, about 0 Hz, unit mean power, before the mask."""
    n_fft = round(OFDM_RATE_HZ / carrier.spacing_hz)
    n_prefix = round(n_fft * carrier.cyclic_prefix)
    half = carrier.n_subcarriers // 2
    bins = np.concatenate([np.arange(1, half + 1), np.arange(-half, 0)])
    symbols = []
    for _ in range(-(-n_samples // (n_fft + n_prefix))):
        spectrum = np.zeros(n_fft, dtype=np.complex128)
        spectrum[bins] = qam64(len(bins), rng)
        useful = np.fft.ifft(spectrum) * n_fft / np.sqrt(len(bins))
        symbols.append(np.concatenate([useful[n_fft - n_prefix :], useful]))
    return np.concatenate(symbols)[:n_samples]


def bin_frequencies(n_samples: int, fs_hz: float) -> NDArray[np.float64]:
    """Return the frequency of every FFT bin, Hz."""
    return np.asarray(np.fft.fftfreq(n_samples, 1 / fs_hz), dtype=np.float64)


def spectral_mask(freqs_hz: NDArray[np.float64], carrier: CarrierSpec) -> NDArray[np.float64]:
    """Return the mask's gain at `freqs_hz` about the carrier: 1 over the subcarriers, 0 from the carrier's edge on."""
    inner = carrier.n_subcarriers / 2 * carrier.spacing_hz
    outer = carrier.bandwidth_hz / 2
    ramp = np.clip((np.abs(freqs_hz) - inner) / (outer - inner), 0.0, 1.0)
    return np.cos(np.pi / 2 * ramp) ** 2


def papr_db(x: ComplexArray) -> float:
    """Return the peak to average power of `x`, dB."""
    power = np.abs(x) ** 2
    return float(10 * np.log10(power.max() / power.mean()))


def reduce_crest(x: ComplexArray, carrier: CarrierSpec, passes: int = 8) -> ComplexArray:
    """Return `x` (at `OFDM_RATE_HZ`) inside its mask, the crest reduced to about `papr_db` by clip and filter."""
    gain = spectral_mask(bin_frequencies(len(x), OFDM_RATE_HZ), carrier)
    x = np.fft.ifft(np.fft.fft(x) * gain)
    for _ in range(passes):
        limit = np.sqrt(np.mean(np.abs(x) ** 2)) * 10 ** (carrier.papr_db / 20)
        magnitude = np.abs(x)
        excess = x * np.maximum(0.0, 1.0 - limit / np.maximum(magnitude, limit))
        x = x - np.fft.ifft(np.fft.fft(excess) * gain)
    return x


def resample_periodic(x: ComplexArray, n_out: int) -> ComplexArray:
    """Return one period `x` resampled to `n_out` samples by its Fourier series (exact below both Nyquist rates)."""
    n_in = len(x)
    spectrum = np.fft.fft(x)
    keep = (min(n_in, n_out) - 1) // 2
    out = np.zeros(n_out, dtype=np.complex128)
    out[: keep + 1] = spectrum[: keep + 1]
    out[n_out - keep :] = spectrum[n_in - keep :]
    return np.fft.ifft(out) * (n_out / n_in)


def transmit_signal(
    carriers: tuple[CarrierSpec, ...], n_samples: int, fs_hz: float, rng: np.random.Generator
) -> ComplexArray:
    """Return `n_samples` (one period) at `fs_hz` of all `carriers`, equal powers, mean power 1 in all, complex128.

    `n_samples * OFDM_RATE_HZ / fs_hz` must be a whole number. Carriers lie on whole cycles of the period, so that the
    period has no seam and nothing leaks beyond the masks.
    """
    n_low = round(n_samples * OFDM_RATE_HZ / fs_hz)
    if abs(n_low * fs_hz / OFDM_RATE_HZ - n_samples) > 1e-6:
        raise ValueError(f"n_samples = {n_samples}: no whole number of samples at {OFDM_RATE_HZ / 1e6} MS/s")
    total = np.zeros(n_samples, dtype=np.complex128)
    for carrier in carriers:
        low = reduce_crest(cp_ofdm(n_low, carrier, rng), carrier)
        cycles = round(carrier.center_hz * n_samples / fs_hz)
        tone = np.exp(2j * np.pi * (cycles * np.arange(n_samples) % n_samples) / n_samples)
        base = resample_periodic(low, n_samples)
        total += base / np.sqrt(np.mean(np.abs(base) ** 2) * len(carriers)) * tone
    return total
