"""Scenes of sources and antennas: two tones by responses and by streams, levels at a receiver, couplings."""

import math

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.passive_source import PathSpec
from pimdeploy.signals.sources import (
    Carriers,
    HyperbolicTangent,
    Path,
    PowerReference,
    PowerSeries,
    Scene,
    Source,
    Tones,
    conducted,
    external,
    law_preset,
    leakage,
    least_oversampling,
    panel,
    product,
    respond,
)

N = 1 << 13
FS_HZ = 245.76e6
FIRST, SECOND = 1000, 1410
ELEMENTS = panel(2, 2, 0.08)
TONES = Tones(Carriers.dbm(43.0, 43.0), FIRST * FS_HZ / N, SECOND * FS_HZ / N)


def measured(scene: Scene, tones: Tones, order: int = 3) -> np.ndarray:
    """Return the product's envelope at every receiver, from an FFT over one period amid a stream of two tones."""
    k = np.arange(3 * N)
    carriers = np.stack([np.exp(2j * np.pi * FIRST * k / N), np.exp(2j * np.pi * SECOND * k / N)])
    y = respond(scene, tones.amplitudes(scene.n_tx).T @ carriers)[:, N : 2 * N]
    q = (order - 1) // 2
    return np.fft.fft(y, axis=1)[:, (q + 1) * FIRST - q * SECOND] / N


def several_sources() -> tuple[Source, ...]:
    outside = external(
        law_preset("standard-slope"),
        ELEMENTS,
        ELEMENTS,
        (0.1, 0.0, 0.4),
        radio_hz=1.85e9,
        coupling_db=-6.0,
        images=[((0.4, -0.3, 1.1), -5.0)],
    )
    line = PathSpec(5.7e-9, 0.08, 3.3e-9, 1.0)
    feeder = conducted(HyperbolicTangent(1e-5, 20.0), 4, 4, branch=2, to_source=line, from_source=line, isolation_db=25)
    filtered = Source(
        PowerSeries.of({3: 1e-8}), ((Path(taps=(0.5, 0.2j)),), (), (), ()), ((Path(-3.0, 1.0),), (), (), ())
    )
    return outside, feeder, filtered


@pytest.mark.parametrize("order", [3, 5])
def test_a_stream_of_two_tones_has_the_products_that_the_responses_say(order: int) -> None:
    scene = Scene(FS_HZ, several_sources(), leakage(4, 4, own_db=-50.0))
    stated = scene.two_tone(TONES, order)
    np.testing.assert_allclose(measured(scene, TONES, order), stated, atol=1e-5 * np.abs(stated).max(), rtol=0)


def test_a_level_at_the_receiver_is_given_through_all_paths() -> None:
    scene = Scene(FS_HZ, several_sources()).calibrated("-150 dBc", TONES, receiver=1)
    level_dbm = 10 * np.log10(np.abs(measured(scene, TONES)) ** 2) + 30
    assert level_dbm[1] == pytest.approx(-107.0, abs=1e-3)
    strongest = Scene(FS_HZ, several_sources()).calibrated("-80 dBm", TONES)
    levels_dbm = 10 * np.log10(np.abs(strongest.two_tone(TONES)) ** 2) + 30
    assert levels_dbm.max() == pytest.approx(-80.0, abs=1e-9)


def test_one_conducted_source_gives_the_law_s_own_level() -> None:
    law = law_preset("standard-levels")
    scene = Scene(FS_HZ, (conducted(law, 1, 1),))
    for order, level_dbm in ((3, -80.0), (5, -117.0), (7, -144.0)):
        line = measured(scene, TONES, order)[0]
        assert 10 * math.log10(abs(line) ** 2) + 30 == pytest.approx(level_dbm, abs=1e-3)
        assert line == pytest.approx(product(law, TONES.carriers, order), rel=1e-4)


def test_coupling_and_distance_of_an_external_source() -> None:
    law = PowerSeries.of({3: 1.0})
    source = external(law, ELEMENTS, ELEMENTS, (0.0, 0.0, 0.5), radio_hz=1.8e9, coupling_db=-20.0)
    gains = [link[0].gain for link in source.forward]
    assert sum(abs(gain) ** 2 for gain in gains) == pytest.approx(0.01)
    metres = math.dist(ELEMENTS[0], (0.0, 0.0, 0.5))
    assert source.backward[0][0].line.delay_s == pytest.approx(metres / 299_792_458.0)
    turns = -1.8e9 * metres / 299_792_458.0
    assert gains[0] / abs(gains[0]) == pytest.approx(np.exp(2j * np.pi * turns))


def test_precoding_steers_power_towards_or_past_a_source() -> None:
    scene = Scene(FS_HZ, (several_sources()[0],))
    towards = np.conj([scene.sources[0].forward[t][0].gain for t in range(4)])
    towards /= np.linalg.norm(towards)
    steered = Tones(TONES.carriers, TONES.first_hz, TONES.second_hz, np.stack([towards, towards]))
    assert abs(scene.drive(scene.sources[0], steered)[0]) > abs(scene.drive(scene.sources[0], TONES)[0])


def test_leakage_is_linear_and_lies_where_it_is_said_to() -> None:
    scene = Scene(FS_HZ, (), leakage(2, 2, own_db=-40.0, other_db=-60.0))
    x = np.zeros((2, 100), dtype=complex)
    x[0, 10] = 1.0
    y = respond(scene, x)
    assert np.flatnonzero(np.abs(y[0]) > 1e-9).tolist() == [10]
    np.testing.assert_allclose(np.abs(y[:, 10]), [1e-2, 1e-3], rtol=1e-9)


def test_the_least_oversampling_keeps_products_from_folding_into_the_receive_band() -> None:
    carriers, receive = (20e6, 80e6), (-40e6, -20e6)
    assert least_oversampling(3, carriers, receive, 200e6) == 1
    factor = least_oversampling(9, carriers, receive, 200e6)
    upper_hz = 5 * 80e6 - 4 * 20e6
    assert upper_hz - factor * 200e6 < receive[0]
    assert upper_hz - (factor - 1) * 200e6 >= receive[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Scene(FS_HZ, ()), "neither a source nor leakage"),
        (lambda: Scene(0.0, several_sources()), "fs_hz = 0"),
        (lambda: Scene(math.nan, several_sources()), "fs_hz = nan"),
        (
            lambda: Scene(FS_HZ, (*several_sources(), conducted(law_preset("standard-levels"), 2, 4))),
            "conducted: links from 2 transmitters to 4 receivers; the scene has 4 and 4",
        ),
        (lambda: Scene(FS_HZ, several_sources(), leakage(3, 4, own_db=-40)), "expected 4 rows of 4 links"),
        (lambda: Source(PowerSeries.of({3: 1.0}), ((),), ((Path(),),)), "no path to it or none back"),
        (lambda: Source(PowerSeries.of({3: 1.0}), ((Path(),),), ((Path(),),), zone=2), "order 2 is even"),
        (lambda: conducted(PowerSeries.of({3: 1.0}), 4, 4, branch=4), "branch = 4: expected 0 to 3"),
        (
            lambda: external(PowerSeries.of({3: 1.0}), ELEMENTS, ELEMENTS, ELEMENTS[0], radio_hz=1e9, coupling_db=0),
            "lies on an antenna element",
        ),
        (lambda: Scene(FS_HZ, several_sources()).calibrated("-80 dBm", TONES, receiver=9), "receiver 9: expected 0"),
        (
            lambda: Scene(FS_HZ, several_sources()).calibrated("-80 dBm", TONES, reference=PowerReference(None)),
            "no power calibration",
        ),
        (
            lambda: Scene(FS_HZ, (several_sources()[2],)).calibrated("-80 dBm", TONES, receiver=3),
            "no product of order 3 arrives",
        ),
        (lambda: Tones(TONES.carriers, 0.0, 1.0, [[1.0], [2.0]]).amplitudes(1), "squares that add up to 1"),
    ],
)
def test_scenes_that_cannot_be(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
