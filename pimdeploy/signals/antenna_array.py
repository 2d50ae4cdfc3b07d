"""An antenna array of 32 transmitters and 16 receivers beside a passive source, and the static scenario of it.

Carriers of 20 MHz at 20 to 40 and 60 to 80 MHz; their third-order product 2 f1 - f2 falls on -40 to 20 MHz, about the
receive band of -36 to 8 MHz. At 245.76 MS/s no other third-order product, no conjugate of one and no upper product of
fifth order folds into that band, so that a network which computes at this rate has no aliases to fight.

The array: 8 columns, 2 rows, 2 polarisations at each place, half a wavelength apart; the receivers use the 16 elements
of the first polarisation. The source stands 0.3 to 0.6 m in front of the panel, in its near field, and hears every
element directly and by a reflection; the receivers hear the source the same way.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.recipe import BandSpec
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.passive_source import (
    CubicContact,
    Simulation,
    oversampled,
    period,
    received,
    selectivity,
    unit_power,
)
from pimdeploy.signals.receive_filter import design_receive_filter
from pimdeploy.signals.waveforms import CarrierSpec, bin_frequencies, transmit_signal

FS_HZ = 245.76e6
CARRIERS = (
    CarrierSpec(center_hz=30e6, bandwidth_hz=20e6, n_subcarriers=1200),
    CarrierSpec(center_hz=70e6, bandwidth_hz=20e6, n_subcarriers=1200),
)
BAND_HZ = (-36e6, 8e6)
OVERSAMPLING = 4
N_TX, N_RX = 32, 16
RADIO_HZ = 1.85e9
"""Where 0 Hz of the samples lies on the air."""
SPACING_M = 0.08
LIGHT_M_S = 299_792_458.0
STATIC_LAYERS = 2
STATIC_LEVELS_DB = (38.0, 42.0)
"""Range of the receivers' interference over noise."""


def antenna_positions() -> NDArray[np.float64]:
    """Return x, y, z of the elements, m, [32, 3]; elements 16 to 31 are the second polarisation of 0 to 15."""
    column, row = np.meshgrid(np.arange(8) - 3.5, np.arange(2) - 0.5, indexing="ij")
    panel = np.stack([column.ravel() * SPACING_M, row.ravel() * SPACING_M, np.zeros(16)], axis=1)
    return np.concatenate([panel, panel])


@dataclass(frozen=True)
class Paths:
    """Paths between a source and the elements: gain and delay_s (s), both [path, element]; the paths add up."""

    gain: ComplexArray
    delay_s: NDArray[np.float64]

    def response(self, element: int, freqs_hz: NDArray[np.float64]) -> ComplexArray:
        """Return the response of the paths to `element` at `freqs_hz` (Hz)."""
        total = np.zeros(freqs_hz.shape, dtype=np.complex128)
        for gain, delay_s in zip(self.gain[:, element], self.delay_s[:, element], strict=True):
            total += gain * np.exp(-2j * np.pi * freqs_hz * delay_s)
        return total


def draw_paths(rng: np.random.Generator, n: int, echo_db: float, echo_s: tuple[float, float]) -> Paths:
    """Return the direct paths and the reflections between a source and the first `n` elements.

    The source lies 0.3 to 0.6 m before the panel, its mirror image 1 to 1.5 m; gains fall with the distance, phases are
    those of the radio frequency. All reflections together are `echo_db` below all direct paths and come later by a
    delay in the range `echo_s`, s.
    """
    elements = antenna_positions()[:n]
    place = np.array([rng.uniform(-0.4, 0.4), rng.uniform(-0.3, 0.3), rng.uniform(0.3, 0.6)])
    image = np.array([rng.uniform(-1.0, 1.0), rng.uniform(-0.5, 0.5), rng.uniform(1.0, 1.5)])
    gains, delays = [], []
    for point, level_db, extra_s in ((place, 0.0, 0.0), (image, echo_db, rng.uniform(*echo_s))):
        metres = np.sqrt(((elements - point) ** 2).sum(axis=1))
        second = rng.uniform(0.5, 1.0) * np.exp(2j * np.pi * rng.uniform())
        amplitude = np.where(np.arange(n) < N_RX, 1.0, second) / metres
        amplitude *= 10 ** (level_db / 20) / np.sqrt(np.sum(np.abs(amplitude) ** 2))
        gains.append(amplitude * np.exp(-2j * np.pi * RADIO_HZ * metres / LIGHT_M_S))
        delays.append(metres / LIGHT_M_S + extra_s)
    return Paths(np.array(gains), np.array(delays))


def steering(azimuth: float, elevation: float, polarisation: float) -> ComplexArray:
    """Return a beam's weights for the 32 elements, each of magnitude 1 / sqrt(32); all arguments in radians.

    polarisation: phase of the second polarisation against the first.
    """
    x, y, _ = antenna_positions().T
    phase = 2 * np.pi * RADIO_HZ / LIGHT_M_S * (x * math.sin(azimuth) + y * math.sin(elevation))
    phase += np.where(np.arange(N_TX) < N_RX, 0.0, polarisation)
    return np.asarray(np.exp(1j * phase) / math.sqrt(N_TX), dtype=np.complex128)


def element_response(rng: np.random.Generator, freqs_hz: NDArray[np.float64]) -> ComplexArray:
    """Return one transmit chain's own response: 5 % of gain and phase error, 2 % of ripple from 4 to 12 ns behind."""
    error = 1 + 0.05 * complex(*rng.standard_normal(2)) / math.sqrt(2)
    ripple = 0.02 * np.exp(-2j * np.pi * (freqs_hz * rng.uniform(4e-9, 12e-9) + rng.uniform()))
    return np.asarray(error * (1 + ripple), dtype=np.complex128)


def static_transmit(n_period: int, rng: np.random.Generator) -> ComplexArray:
    """Return one period of the transmitters as spectra, [32, bin]: two layers a carrier, each on a beam of its own."""
    freqs = bin_frequencies(n_period, FS_HZ)
    spectra = np.zeros((N_TX, n_period), dtype=np.complex128)
    for carrier in CARRIERS:
        for _ in range(STATIC_LAYERS):
            layer = np.fft.fft(transmit_signal((carrier,), n_period, FS_HZ, rng))
            beam = steering(rng.uniform(-1.0, 1.0), rng.uniform(-0.2, 0.2), rng.uniform(0, 2 * math.pi))
            spectra += beam[:, np.newaxis] * layer
    for element in range(N_TX):
        spectra[element] *= element_response(rng, freqs)
    return spectra


def static_array(seed: int, n_samples: int, band: BandSpec) -> Simulation:
    """Return one seed of `static-32x16`: `n_samples` at `FS_HZ`, one source, every beam and path fixed.

    The source is a smooth third-order contact that compresses to half at 2 to 2.5 times its mean power. Its
    reflection is 4 dB weaker and 3 to 4.4 samples (12 to 18 ns, about 4.5 m) late, that of the way back 8 dB and 1.5 to
    2.5 samples: over a carrier of 20 MHz that turns the phase by up to 130 degrees, so that no memoryless function of
    the transmit signals comes near. Four layers reach the source as one envelope, so that a small network can. Behind
    the receive filter of `band` receiver r's interference stands 38 to 42 dB above its noise.
    """
    streams = np.random.SeedSequence(seed).spawn(3)
    tx_rng, source_rng, noise_rng = (np.random.default_rng(s) for s in streams)
    n_period = period(n_samples)
    freqs = bin_frequencies(n_period, FS_HZ)
    spectra = static_transmit(n_period, tx_rng)
    forward = draw_paths(source_rng, N_TX, -4.0, (12e-9, 18e-9))
    backward = draw_paths(source_rng, N_RX, -8.0, (6e-9, 10e-9))
    contact = CubicContact(saturation=source_rng.uniform(2.0, 2.5))
    levels_db = source_rng.uniform(*STATIC_LEVELS_DB, N_RX)
    field = np.zeros(n_period, dtype=np.complex128)
    for element, spectrum in enumerate(spectra):
        field += spectrum * forward.response(element, freqs)
    field = unit_power(field)
    answer = oversampled(contact, field, OVERSAMPLING) * selectivity(freqs, band.band_hz, 3e6, 9e6)
    interference = np.array([np.fft.ifft(answer * backward.response(receiver, freqs)) for receiver in range(N_RX)])
    truth, noise = received(interference, levels_db, design_receive_filter(band, FS_HZ).taps, noise_rng)
    tx = np.fft.ifft(spectra)
    tail = slice(n_period - n_samples, n_period)
    return Simulation(
        tx=tx[:, tail] * (0.9 / np.abs(tx).max()),
        truth=truth[:, tail],
        noise=noise[:, tail],
        fields=np.fft.ifft(field)[np.newaxis, tail],
        fs_hz=FS_HZ,
    )
