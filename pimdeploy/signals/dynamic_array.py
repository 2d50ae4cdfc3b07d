"""The built-in scenario `dynamic-32x16`: the array of `static-32x16`, its beams, powers and source drifting by slots."""

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import BandSpec
from pimdeploy.signals.antenna_array import (
    CARRIERS,
    FS_HZ,
    N_RX,
    N_TX,
    OVERSAMPLING,
    draw_paths,
    element_response,
    steering,
)
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
from pimdeploy.signals.waveforms import bin_frequencies, transmit_signal

SLOT_SAMPLES = 4096
"""Samples for which beams, powers and the source hold still."""
LEAST_SLOTS = 5
FADE_SAMPLES = 64
"""Length of the change from one slot to the next: a hard switch would splash into the receive band."""
LAYERS = 4
"""Layers (users) of each carrier."""
LEVELS_DB = (16.0, 25.0)
"""Range of the receivers' interference over noise, as the mean over all slots."""

Slots = tuple[tuple[int, int], ...]


def slot_ranges(n_samples: int) -> Slots:
    """Return the slots, half-open ranges that partition [0, n_samples); the last takes a remainder.

    Raises `RecipeError` where `n_samples` holds fewer than 5 slots.
    """
    n_slots = n_samples // SLOT_SAMPLES
    if n_slots < LEAST_SLOTS:
        raise RecipeError(
            f"scenario.n_samples = {n_samples}: dynamic-32x16 has slots of {SLOT_SAMPLES} samples and needs "
            f"{LEAST_SLOTS} of them; raise it to at least {LEAST_SLOTS * SLOT_SAMPLES}"
        )
    edges = [*range(0, n_slots * SLOT_SAMPLES, SLOT_SAMPLES), n_samples]
    return tuple(itertools.pairwise(edges))


def held(values: NDArray[np.complex128], slots: Slots, n_period: int) -> ComplexArray:
    """Return [n_period]: `values`, one a slot, held over it, with faded changes; the guard in front is of the first."""
    guard = n_period - slots[-1][1]
    lengths = [stop - start for start, stop in slots]
    lengths[0] += guard
    signal = np.repeat(values, lengths)
    fade = 0.5 - 0.5 * np.cos(np.pi * (np.arange(FADE_SAMPLES) + 0.5) / FADE_SAMPLES)
    around = np.arange(FADE_SAMPLES) - FADE_SAMPLES // 2
    starts = [0, *(guard + start for start, _ in slots[1:])]  # the period closes: the last slot fades into the first
    for k, start in enumerate(starts):
        signal[(start + around) % n_period] = values[k - 1] + (values[k] - values[k - 1]) * fade
    return signal


def walk(rng: np.random.Generator, n: int, step: float, limit: float) -> NDArray[np.float64]:
    """Return a random walk of `n` values within +-`limit`, by uniform steps of up to `step`, turned back at the ends."""
    values = [rng.uniform(-limit, limit)]
    while len(values) < n:
        value = values[-1] + rng.uniform(-step, step)
        values.append(math.copysign(2 * limit, value) - value if abs(value) > limit else value)
    return np.array(values)


def beams(rng: np.random.Generator, n_slots: int) -> ComplexArray:
    """Return one layer's weights, [slot, 32]: a user who moves, so that no slot has the beam of another.

    By up to 6 degrees of azimuth a slot, within 12 of a direction of the layer's own, 3 of elevation within 6 and 15 of
    polarisation within 30: a test slot's beams are new, but within the sector where training saw others.
    """
    azimuth = math.radians(rng.uniform(-40, 40)) + walk(rng, n_slots, math.radians(6), math.radians(12))
    elevation = walk(rng, n_slots, math.radians(3), math.radians(6))
    polarisation = rng.uniform(0, 2 * math.pi) + walk(rng, n_slots, math.radians(15), math.radians(30))
    return np.array([steering(*angles) for angles in zip(azimuth, elevation, polarisation, strict=True)])


def dynamic_transmit(slots: Slots, n_period: int, rng: np.random.Generator) -> ComplexArray:
    """Return one period of the transmitters, [32, n_period]: four layers a carrier; a carrier's power walks +-1 dB."""
    tx = np.zeros((N_TX, n_period), dtype=np.complex128)
    for carrier in CARRIERS:
        power = 10 ** (walk(rng, len(slots), 0.4, 1.0) / 20)
        for _ in range(LAYERS):
            layer = transmit_signal((carrier,), n_period, FS_HZ, rng)
            weights = beams(rng, len(slots)) * power[:, np.newaxis]
            for element in range(N_TX):
                tx[element] += held(weights[:, element], slots, n_period) * layer
    freqs = bin_frequencies(n_period, FS_HZ)
    for signal in tx:
        signal[:] = np.fft.ifft(np.fft.fft(signal) * element_response(rng, freqs))
    return tx


def drift(rng: np.random.Generator, n_slots: int, gain_db: float, phase_deg: float) -> ComplexArray:
    """Return a complex gain a slot that swings about 1 by +-`gain_db` and +-`phase_deg`, once in 20 to 40 slots."""
    turns = np.arange(n_slots) / rng.uniform(20, 40)
    gain, phase = (np.cos(2 * np.pi * (turns + rng.uniform())) for _ in range(2))
    return np.asarray(10 ** (gain_db / 20 * gain) * np.exp(1j * math.radians(phase_deg) * phase), dtype=np.complex128)


def dynamic_array(seed: int, n_samples: int, band: BandSpec) -> Simulation:
    """Return one seed of `dynamic-32x16`: `n_samples` at `FS_HZ` in slots of 4096, one source.

    From slot to slot users move, carriers change power, the coupling of every antenna to the source drifts by +-0.2 dB
    and +-2 degrees, the source as a whole by +-0.3 dB and +-4 degrees, every receiver by as much. What does not change
    is the rule from transmit signals to interference, but for the drift: a network that has learned the rule and not
    the beams goes on working. Paths are those of the static scenario with weaker reflections.
    """
    streams = np.random.SeedSequence(seed).spawn(3)
    tx_rng, source_rng, noise_rng = (np.random.default_rng(s) for s in streams)
    slots, n_period = slot_ranges(n_samples), period(n_samples)
    freqs = bin_frequencies(n_period, FS_HZ)
    tx = dynamic_transmit(slots, n_period, tx_rng)
    forward = draw_paths(source_rng, N_TX, -6.0, (8e-9, 14e-9))
    backward = draw_paths(source_rng, N_RX, -8.0, (6e-9, 10e-9))
    contact = CubicContact(saturation=source_rng.uniform(2.0, 2.5))
    levels_db = source_rng.uniform(*LEVELS_DB, N_RX)
    field = np.zeros(n_period, dtype=np.complex128)
    for element, signal in enumerate(tx):
        arrived = np.fft.ifft(np.fft.fft(signal) * forward.response(element, freqs))
        field += arrived * held(drift(source_rng, len(slots), 0.2, 2.0), slots, n_period)
    spectrum = unit_power(np.fft.fft(field))
    answer = oversampled(contact, spectrum, OVERSAMPLING)
    answer = np.fft.fft(np.fft.ifft(answer) * held(drift(source_rng, len(slots), 0.3, 4.0), slots, n_period))
    answer *= selectivity(freqs, band.band_hz, 3e6, 9e6)
    interference = np.empty((N_RX, n_period), dtype=np.complex128)
    for receiver in range(N_RX):
        gain = held(drift(source_rng, len(slots), 0.3, 4.0), slots, n_period)
        interference[receiver] = np.fft.ifft(answer * backward.response(receiver, freqs)) * gain
    truth, noise = received(interference, levels_db, design_receive_filter(band, FS_HZ).taps, noise_rng)
    tail = slice(n_period - n_samples, n_period)
    return Simulation(
        tx=tx[:, tail] * (0.9 / np.abs(tx).max()),
        truth=truth[:, tail],
        noise=noise[:, tail],
        fields=np.fft.ifft(spectrum)[np.newaxis, tail],
        fs_hz=FS_HZ,
        slots=slots,
    )
