"""The built-in scenario `mimo-8x8`: eight transmitters, eight receivers, one or two passive sources.

Carriers, rate and receive band are those of `siso`. Each carrier holds eight layers, one CP-OFDM signal each, precoded
onto the eight transmitters by a Butler matrix with random phases (unitary). The layers' powers fall by 3 dB from one
to the next, as power allocation to users of unequal distance gives them, so the transmit signals are partially
correlated, and no combination of transmitters is silent: every path to a source can be told from the data.
"""

from dataclasses import dataclass

import numpy as np

from pimdeploy.recipe import BandSpec
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.passive_source import (
    EnvelopeContact,
    PathSpec,
    Simulation,
    band_power,
    draw_path,
    oversampled,
    period,
    received,
    selectivity,
    unit_power,
)
from pimdeploy.signals.receive_filter import design_receive_filter
from pimdeploy.signals.siso import BAND_HZ, CARRIERS, ECHO, ECHO_S, FS_HZ, OVERSAMPLING
from pimdeploy.signals.waveforms import bin_frequencies, transmit_signal

__all__ = ["BAND_HZ", "FS_HZ", "mimo"]

N_ANTENNAS = 8
LAYER_STEP_DB = -3.0
LEVELS_DB = np.array([18.61, 12.79, 20.02, 14.31, 19.14, 17.20, 19.01, 16.84])
"""Interference over noise of each receiver: papers/003, Table IV, cancellation of the even-symmetrized network."""


@dataclass(frozen=True)
class ArraySource:
    """A passive source in front of the array: air to and from every antenna (a gain and a delay, s), and a contact."""

    forward: tuple[tuple[complex, float], ...]
    backward: tuple[tuple[complex, float], ...]
    contact: EnvelopeContact
    level_db: float
    """Interference against the first source's, as the mean of the receivers would have it."""


def draw_feeders(rng: np.random.Generator) -> tuple[PathSpec, ...]:
    """Return the feeders of eight antennas: 0.5 to 1 ns of cable, each with an echo as the paths of `siso` have it."""
    return tuple(draw_path(rng, rng.uniform(0.5e-9, 1.0e-9), ECHO, ECHO_S) for _ in range(N_ANTENNAS))


def draw_sources(rng: np.random.Generator, n_sources: int) -> tuple[ArraySource, ...]:
    """Return the sources of one seed.

    The first stands 10 to 20 cm from the array, nearest to one antenna: 0.3 to 0.6 ns of air, amplitudes
    1 / (1 + 0.35 k) at the k-th antenna from there, and every phase. The second, 4 to 6 dB weaker, stands before another
    antenna and has a higher threshold. A sample is 2.03 ns: with the feeders all paths are short, and no short filter
    gives them exactly. What makes the paths long belongs to the feeders, which the sources share.
    """

    def air(nearest: int) -> tuple[tuple[complex, float], ...]:
        return tuple(
            (
                complex(np.exp(2j * np.pi * rng.uniform())) / (1 + 0.35 * abs(antenna - nearest)),
                rng.uniform(0.3e-9, 0.6e-9),
            )
            for antenna in range(N_ANTENNAS)
        )

    nearest = int(rng.integers(N_ANTENNAS))
    first = EnvelopeContact(rng.uniform(0.9, 1.1), 0.25, rng.uniform(1.5, 2.5))
    sources = [ArraySource(air(nearest), air(nearest), first, 0.0)]
    if n_sources == 2:
        second = EnvelopeContact(rng.uniform(1.2, 1.4), 0.35, rng.uniform(1.5, 2.5))
        other = (nearest + int(rng.integers(2, N_ANTENNAS - 1))) % N_ANTENNAS
        sources.append(ArraySource(air(other), air(other), second, rng.uniform(-6.0, -4.0)))
    return tuple(sources)


def transmit_spectra(n_period: int, rng: np.random.Generator) -> ComplexArray:
    """Return one period of all transmitters as spectra, [transmitter, bin]."""
    spectra = np.zeros((N_ANTENNAS, n_period), dtype=np.complex128)
    butler = np.exp(2j * np.pi / N_ANTENNAS * np.outer(np.arange(N_ANTENNAS), np.arange(N_ANTENNAS)))
    for carrier in CARRIERS:
        phases = np.exp(2j * np.pi * rng.uniform(size=(2, N_ANTENNAS)))
        for layer in range(N_ANTENNAS):
            spectrum = np.fft.fft(transmit_signal((carrier,), n_period, FS_HZ, rng))
            weights = phases[0] * butler[:, layer] * phases[1, layer] * 10 ** (LAYER_STEP_DB / 20 * layer)
            spectra += weights[:, np.newaxis] * spectrum
    return spectra


def mimo(seed: int, n_samples: int, band: BandSpec, n_sources: int = 1) -> Simulation:
    """Return one seed: 8 transmitters, 8 receivers, `n_samples` at `FS_HZ`, 1 or 2 sources.

    Behind the receive filter of `band` receiver r's interference stands `LEVELS_DB[r]` above its noise; the noise is
    equally strong in all. Equal seeds give equal transmit signals and an equal first source, however many there are.
    """
    streams = np.random.SeedSequence(seed).spawn(3)
    tx_rng, source_rng, noise_rng = (np.random.default_rng(s) for s in streams)
    n_period = period(n_samples)
    freqs = bin_frequencies(n_period, FS_HZ)
    spectra = transmit_spectra(n_period, tx_rng)
    taps = design_receive_filter(band, FS_HZ).taps
    duplexer = selectivity(freqs, band.band_hz, 5e6, 20e6)
    feeders_tx, feeders_rx = draw_feeders(source_rng), draw_feeders(source_rng)
    interference = np.zeros((N_ANTENNAS, n_period), dtype=np.complex128)
    fields = []
    for source in draw_sources(source_rng, n_sources):
        field = np.zeros(n_period, dtype=np.complex128)
        for spectrum, feeder, (gain, delay_s) in zip(spectra, feeders_tx, source.forward, strict=True):
            field += gain * spectrum * feeder.response(freqs) * np.exp(-2j * np.pi * freqs * delay_s)
        field = unit_power(field)
        fields.append(np.fft.ifft(field))
        answer = oversampled(source.contact, field, OVERSAMPLING) * duplexer
        answer *= 10 ** (source.level_db / 20) / np.sqrt(band_power(np.fft.ifft(answer), taps))
        for receiver, (feeder, (gain, delay_s)) in enumerate(zip(feeders_rx, source.backward, strict=True)):
            back = gain * feeder.response(freqs) * np.exp(-2j * np.pi * freqs * delay_s)
            interference[receiver] += np.fft.ifft(answer * back)
    truth, noise = received(interference, LEVELS_DB, taps, noise_rng)
    tx = np.fft.ifft(spectra)
    tail = slice(n_period - n_samples, n_period)
    return Simulation(
        tx=tx[:, tail] * (0.9 / np.abs(tx).max()),
        truth=truth[:, tail],
        noise=noise[:, tail],
        fields=np.array([field[tail] for field in fields]),
        fs_hz=FS_HZ,
    )
