"""The envelope forms against a real passband simulation, and against each other."""

import math

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.sources import ArcTangent, HyperbolicTangent, PowerSeries, Threshold, ZoneTable, envelope
from pimdeploy.signals.sources import zones as zones_module

CARRIER_BIN = 4096
N_PASSBAND = 256 * CARRIER_BIN
"""Harmonics up to the 127th: what folds onto zone k is harmonic 256 - k."""
N_ENVELOPE = 4 * CARRIER_BIN
OCCUPIED = ((-30, -14), (12, 40))
"""Bins of the two carriers."""

LAWS = {
    "power series": PowerSeries.of({3: 0.3, 5: -0.05, 7: 0.01, 9: 1e-3}),
    "tanh": HyperbolicTangent(1.0, 1.0),
    "tanh, weakly driven": HyperbolicTangent(1.0, 300.0),
    "tanh, strongly driven": HyperbolicTangent(1.0, 0.3, linear=True),
    "arctan": ArcTangent(1.0, 1.0),
    "arctan, weakly driven": ArcTangent(1.0, 300.0),
    "threshold": Threshold(1.0, 1.5, 0.4),
    "threshold, mostly below": Threshold(1.0, 6.0, 1.0),
}


def spectrum() -> np.ndarray:
    rng = np.random.default_rng(7)
    bins = np.zeros(N_ENVELOPE, dtype=complex)
    for first, last in OCCUPIED:
        for k in range(first, last + 1):
            bins[k] = complex(*rng.standard_normal(2))
    return bins * (N_ENVELOPE / np.linalg.norm(bins))


def passband(law, bins: np.ndarray) -> np.ndarray:
    """Return the spectrum of F(u), u the real wave with its carrier at bin 4096, by brute force."""
    wave = np.zeros(N_PASSBAND // 2 + 1, dtype=complex)
    for k in range(OCCUPIED[0][0], OCCUPIED[1][1] + 1):
        wave[CARRIER_BIN + k] = bins[k] * (math.sqrt(2) / 2) * (N_PASSBAND / N_ENVELOPE)
    return np.fft.rfft(law.passband(np.fft.irfft(wave, N_PASSBAND))) * (N_ENVELOPE / N_PASSBAND)


@pytest.mark.parametrize("name", LAWS)
def test_zones_agree_with_the_real_passband_simulation_to_1e_9(name: str) -> None:
    law, bins = LAWS[name], spectrum()
    x = np.fft.ifft(bins)
    assert np.mean(np.abs(x) ** 2) == pytest.approx(1.0)
    whole = passband(law, bins)
    around = np.arange(-CARRIER_BIN // 2, CARRIER_BIN // 2)
    for zone in (1, 3):
        real = whole[zone * CARRIER_BIN + around] * math.sqrt(2)
        exact = np.fft.fft(envelope(law, x, zone))[around]
        apart = np.linalg.norm(real - exact) / np.linalg.norm(exact)
        assert apart < 1e-9, (name, zone, apart)
        tabulated = np.fft.fft(ZoneTable(law, zone)(x))[around]
        assert np.linalg.norm(tabulated - exact) / np.linalg.norm(exact) < 1e-11


@pytest.mark.parametrize("name", LAWS)
def test_all_zones_together_are_the_wave_at_every_instant(name: str) -> None:
    law = LAWS[name]
    rng = np.random.default_rng(2)
    x = rng.standard_normal(50) + 1j * rng.standard_normal(50)
    turn = np.exp(2j * math.pi * rng.uniform(size=50))
    together = sum(envelope(law, x, k) * turn**k for k in range(1, 41, 2))
    wave = law.passband(math.sqrt(2) * (x * turn).real)
    high_zones = {"tanh, strongly driven": 3e-2, "tanh": 1e-4, "threshold": 2e-5, "arctan": 2e-6}
    bound = high_zones.get(name, 1e-12) * np.abs(wave).max()
    np.testing.assert_allclose(math.sqrt(2) * together.real, wave, atol=bound, rtol=0)


def test_the_closed_form_of_the_arc_tangent_is_the_integral() -> None:
    law = ArcTangent(1.3, 0.8)
    r = np.logspace(-3, 1, 40)
    for zone in (1, 3, 5):
        integral = zones_module._midpoint(law.passband, r, zone, 1 << 12)
        scale = np.abs(integral).max() if zone < 5 else np.abs(integral[r > 0.05]).max()
        np.testing.assert_allclose(
            zones_module.profile(law, r, zone)[r > 0.05], integral[r > 0.05], rtol=1e-11, atol=1e-13 * scale
        )


@pytest.mark.parametrize("law", [HyperbolicTangent(1.0, 0.05), Threshold(1.0, 1.0, 0.05)])
@pytest.mark.parametrize("zone", [1, 3])
def test_four_times_as_many_points_change_nothing(law, zone: int) -> None:
    r = np.linspace(0.01, 3.0, 60)
    fine = zones_module._midpoint(law.passband, r, zone, 1 << 13)
    np.testing.assert_allclose(zones_module.profile(law, r, zone), fine, rtol=0, atol=2e-14 * np.abs(fine).max())


@pytest.mark.parametrize("law", list(LAWS.values()), ids=list(LAWS))
def test_the_phase_passes_and_silence_stays_silent(law) -> None:
    x = np.array([0.0, 1e-200, 0.7, 2.0], dtype=complex)
    turn = np.exp(0.9j)
    for zone in (1, 3):
        np.testing.assert_allclose(envelope(law, x * turn, zone), envelope(law, x, zone) * turn**zone, rtol=1e-13)
        assert envelope(law, x, zone)[0] == 0
        assert np.isfinite(ZoneTable(law, zone)(x)).all()


def test_a_table_does_not_depend_on_what_was_asked_before() -> None:
    law = Threshold(1.0, 1.0, 0.2)
    once, twice = ZoneTable(law), ZoneTable(law)
    x = np.linspace(0.0, 40.0, 500).astype(complex)
    parts = np.concatenate([twice(x[:7]), twice(x[7:100]), twice(x[100:])])
    assert np.array_equal(once(x), parts)


def test_zones_refuse_even_ones_and_envelopes_out_of_all_proportion() -> None:
    x = np.ones(1, dtype=complex)
    with pytest.raises(InputError, match="order 2 is even"):
        envelope(LAWS["tanh"], x, 2)
    with pytest.raises(InputError, match="check the units of the samples"):
        ZoneTable(HyperbolicTangent(1.0, 1e-6))(x)
    with pytest.raises(InputError, match="make the law softer"):
        envelope(HyperbolicTangent(1.0, 1e-6), x)
