"""Streams: the same however they are cut, equal to a circular reference, drift in step with the samples."""

import math
from dataclasses import replace

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.passive_source import PathSpec, oversampled
from pimdeploy.signals.sources import (
    ArcTangent,
    Drift,
    HyperbolicTangent,
    Path,
    Responder,
    Scene,
    Source,
    Threshold,
    ZoneTable,
    drifting,
    external,
    leakage,
    panel,
    respond,
    respond_blocks,
)
from pimdeploy.signals.sources.paths import link_response

FS_HZ = 245.76e6
N = 1 << 13


def band_limited(n_tx: int, n: int, low: float, high: float, seed: int = 0) -> np.ndarray:
    """Return one period of noise of unit power between two parts of the rate, [n_tx, n]."""
    rng = np.random.default_rng(seed)
    spectrum = np.zeros((n_tx, n), dtype=complex)
    bins = np.arange(int(low * n), int(high * n))
    spectrum[:, bins] = rng.standard_normal((n_tx, bins.size)) + 1j * rng.standard_normal((n_tx, bins.size))
    x = np.fft.ifft(spectrum, axis=1)
    return x / np.sqrt(np.mean(np.abs(x) ** 2))


def two_sources() -> tuple[Source, Source]:
    places, elements = ((0.1, 0.0, 0.4), (-0.2, 0.1, 0.6)), panel(2, 1, 0.08)
    laws = (ArcTangent(1e-3, 3.0), Threshold(1e-3, 1.5, 0.4))
    first, second = (
        external(law, elements, elements, place, radio_hz=1.85e9, coupling_db=0.0, images=[((0.5, 0.5, 2.0), -8.0)])
        for law, place in zip(laws, places, strict=True)
    )
    return first, second


def everything() -> Scene:
    drift = Drift(period_steps=9, step_samples=700, gain_db=0.5, phase_rad=0.1, delay_s=2e-10, seed=3)
    slots = replace(drift, held=True, step_samples=1500, seed=8)
    first, second = two_sources()
    first = replace(first, forward=drifting(first.forward, drift))
    second = replace(second, backward=drifting(second.backward, slots, alike=True))
    return Scene(FS_HZ, (first, second), leakage(2, 2, own_db=-60.0))


def test_the_answer_is_the_same_to_the_last_bit_however_the_signal_is_cut() -> None:
    scene, x = everything(), band_limited(2, 10_000, 0.1, 0.2)
    whole = respond(scene, x, frame=1024)
    assert whole.shape == (2, 10_000)
    for cuts in ([1, 2, 3, 5000], [1023, 1024, 1025, 9999], list(range(0, 10_000, 100))):
        blocks = np.split(x, cuts, axis=1)
        assert np.array_equal(np.concatenate(list(respond_blocks(scene, blocks, frame=1024)), axis=1), whole)


def test_the_answer_does_not_depend_on_the_frame_but_for_rounding() -> None:
    scene, x = everything(), band_limited(2, 5_000, 0.1, 0.2)
    apart = respond(scene, x, frame=512) - respond(scene, x, frame=4096)
    assert np.abs(apart).max() < 1e-12 * np.abs(respond(scene, x)).max()


def test_a_stream_is_the_circular_simulation_of_a_periodic_signal() -> None:
    scene = Scene(FS_HZ, two_sources())
    x = band_limited(2, N, 0.10, 0.20)
    y = respond(scene, np.tile(x, 3))[:, N : 2 * N]
    spectra, freqs = np.fft.fft(x, axis=1), np.fft.fftfreq(N, 1 / FS_HZ)
    expected = np.zeros((2, N), dtype=complex)
    for source in scene.sources:
        field = sum(spectra[t] * link_response(link, freqs, FS_HZ) for t, link in enumerate(source.forward))
        answer = oversampled(ZoneTable(source.law), field, 4)
        for r, link in enumerate(source.backward):
            expected[r] += answer * link_response(link, freqs, FS_HZ)
    inside = np.abs(freqs) < 0.45 * FS_HZ
    apart = np.fft.fft(y, axis=1)[:, inside] - expected[:, inside]
    assert np.linalg.norm(apart) < 3e-6 * np.linalg.norm(expected[:, inside])


def test_without_oversampling_and_paths_the_answer_is_the_law_sample_by_sample() -> None:
    law = HyperbolicTangent(1.0, 1.0)
    x = band_limited(1, 300, 0.0, 0.5)
    plain = Scene(FS_HZ, (Source(law, ((Path(),),), ((Path(),),)),), oversampling=1)
    np.testing.assert_allclose(respond(plain, x, frame=64), ZoneTable(law)(x), atol=1e-13)


def test_sample_n_of_the_answer_belongs_to_sample_n_of_the_input() -> None:
    line = PathSpec(7 / FS_HZ, 0.0, 0.0, 0.0)
    links = ((Path(line=line),),)
    scene = Scene(FS_HZ, (Source(ArcTangent(1.0, 1.0, linear=True), links, links),), oversampling=4)
    t = np.arange(4000)
    x = np.exp(-(((t - 2000) / 60.0) ** 2))[np.newaxis].astype(complex) * 1e-3
    y = respond(scene, x)
    np.testing.assert_allclose(y[0, 14:], x[0, :-14], atol=1e-3 * 2e-6)


def gain_of_drift(drift: Drift, freq: float, n: int) -> np.ndarray:
    """Return what a drifting path alone makes of a tone, over the tone."""
    scene = Scene(FS_HZ, (), (((Path(line=PathSpec(1e-9, 0, 0, 0), drift=drift),),),))
    tone = np.exp(2j * np.pi * freq * np.arange(n + 200))[np.newaxis]
    return respond(scene, tone)[0, 100:n] / tone[0, 100:n] * np.exp(2j * np.pi * freq * FS_HZ * 1e-9)


def test_continuous_drift_goes_by_the_samples_clock() -> None:
    drift = Drift(period_steps=20, step_samples=500, gain_db=1.0, phase_rad=0.3, delay_s=5e-10, seed=2)
    nodes = [drift.at(j) for j in range(14)]
    gains = [gain * np.exp(-2j * np.pi * 0.2 * FS_HZ * delay_s) for gain, delay_s in nodes]
    n = np.arange(100, 6000)
    expected = np.interp(n, 500 * np.arange(14), np.real(gains)) + 1j * np.interp(
        n, 500 * np.arange(14), np.imag(gains)
    )
    np.testing.assert_allclose(gain_of_drift(drift, 0.2, 6000), expected, atol=5e-6)
    assert np.ptp(np.abs(gains)) > 0.05


def test_drift_by_slots_holds_still_in_each() -> None:
    drift = Drift(3, 1000, gain_db=1.0, phase_rad=0.5, held=True, fade_samples=40, n_steps=4, seed=9)
    gains = gain_of_drift(drift, 0.1, 6000)
    for slot, (start, stop) in enumerate(((0, 1000), (1000, 2000), (2000, 3000), (3000, 6000))):
        inside = gains[max(start + 20 - 100, 0) : stop - 20 - 100]
        np.testing.assert_allclose(inside, drift.at(slot)[0], atol=5e-6)


def test_memory_is_bounded_by_the_frame() -> None:
    responder = Responder(everything(), frame=512)
    x = band_limited(2, 20_000, 0.1, 0.2)
    for start in range(0, 20_000, 333):
        responder.respond(x[:, start : start + 333])
        assert sum(block.shape[1] for block in responder._waiting) < 512 + 333
        for bank in (responder._before, responder._after):
            assert bank is not None
            assert len(bank._spectra) <= 4  # of 30 nodes: the fixed paths, and the nodes at work in one frame


def test_streams_refuse_what_does_not_fit() -> None:
    responder = Responder(everything())
    with pytest.raises(InputError, match=r"block \(3, 10\): expected \[2, n\]"):
        responder.respond(np.zeros((3, 10), dtype=complex))
    bad = np.zeros((2, 10), dtype=complex)
    bad[1, 4] = math.nan
    with pytest.raises(InputError, match=r"block\[1, 4\] is not a finite number"):
        responder.respond(bad)
    responder.finish()
    with pytest.raises(InputError, match="has finished"):
        responder.respond(np.zeros((2, 10), dtype=complex))
    with pytest.raises(InputError, match="frame = 0"):
        Responder(everything(), frame=0)
