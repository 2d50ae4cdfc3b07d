"""Every built-in scenario keeps what it promises: shapes, levels, bounds, seeds, and the class of its sources."""

import numpy as np
import pytest

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import ScenarioSpec, dump_recipe, parse_recipe
from pimdeploy.signals import mimo
from pimdeploy.signals.passive_source import CubicContact, EnvelopeContact, ThresholdContact, period
from pimdeploy.signals.preprocess import prepare
from pimdeploy.signals.receive_filter import apply_receive_filter, design_receive_filter
from pimdeploy.signals.scenario import PRESETS, RECEIVE_BANDS_HZ, make_scenario, receive_band, simulate
from pimdeploy.training.metrics import bound_db, pim_db

N = 24_576
ANTENNAS = {"mimo-8x8": (8, 8), "static-32x16": (32, 16), "dynamic-32x16": (32, 16)}
SISO_FAMILY = [preset for preset in PRESETS if preset.startswith("siso")]
RECIPE = """name = "m"
[receive]
band_hz = [-40e6, 40e6]
[scenario]
preset = "{preset}"
{more}
"""


@pytest.fixture(scope="module")
def simulations():
    """Each preset at seed 1, made once."""
    return {preset: simulate(spec(preset), receive_band(preset)) for preset in PRESETS}


def spec(preset, **more):
    return ScenarioSpec(**{"preset": preset, "n_samples": N, **more})


def made(preset, **more):
    return make_scenario(spec(preset, **more), receive_band(preset))


def in_band_power(preset, fs_hz, signals):
    taps = design_receive_filter(receive_band(preset), fs_hz).taps
    return np.mean(np.abs(apply_receive_filter(taps, signals)) ** 2, axis=1)


def level_db(preset, simulation):
    truth, noise = (in_band_power(preset, simulation.fs_hz, s) for s in (simulation.truth, simulation.noise))
    return 10 * np.log10(truth / noise)


def spectrum(simulation, signal):
    """Frequencies and windowed power spectrum of one channel."""
    power = np.abs(np.fft.fft(signal * np.blackman(len(signal)) ** 2)) ** 2
    return np.fft.fftfreq(len(signal), 1 / simulation.fs_hz), power


@pytest.mark.parametrize("preset", PRESETS)
def test_shapes_sum_and_peak(preset, simulations):
    capture, simulation = made(preset), simulations[preset]
    n_tx, n_rx = ANTENNAS.get(preset, (1, 1))
    assert capture.tx.shape == (n_tx, N)
    assert capture.rx.shape == capture.noise.shape == capture.truth.shape == (n_rx, N)
    np.testing.assert_array_equal(capture.rx, capture.truth + capture.noise)
    np.testing.assert_array_equal(capture.truth, simulation.truth)
    assert 0.3 < np.abs(capture.tx).max() <= 0.9
    assert capture.fs_hz == capture.tx_fs_hz == simulation.fs_hz
    assert capture.source == f"scenario {preset}, seed 1"
    np.testing.assert_allclose(np.mean(np.abs(simulation.fields) ** 2, axis=1), 1.0, rtol=0.2)


@pytest.mark.parametrize("preset", PRESETS)
def test_equal_seeds_give_equal_samples_and_no_others_do(preset, simulations):
    again, other = simulate(spec(preset), receive_band(preset)), made(preset, seed=2)
    for name in ("tx", "truth", "noise"):
        np.testing.assert_array_equal(getattr(again, name), getattr(simulations[preset], name))
        assert not np.allclose(getattr(other, name), getattr(simulations[preset], name), atol=1e-3)


@pytest.mark.parametrize("preset", [p for p in PRESETS if p != "dynamic-32x16"])
def test_splits_are_60_20_20(preset):
    assert made(preset).splits == {"train": (0, 14_745), "val": (14_745, 19_660), "test": (19_660, N)}


@pytest.mark.parametrize("preset", SISO_FAMILY)
def test_single_channel_levels(preset, simulations):
    assert level_db(preset, simulations[preset]) == pytest.approx(19.13, abs=0.5)


def test_levels_of_mimo_are_as_uneven_as_measured(simulations):
    np.testing.assert_allclose(level_db("mimo-8x8", simulations["mimo-8x8"]), mimo.LEVELS_DB, atol=0.6)
    two = simulate(spec("mimo-8x8", sources=2), receive_band("mimo-8x8"))
    np.testing.assert_allclose(level_db("mimo-8x8", two), mimo.LEVELS_DB, atol=0.6)


def test_levels_of_the_array(simulations):
    static = level_db("static-32x16", simulations["static-32x16"])
    assert 37.5 < static.min() < static.max() < 42.5
    dynamic = level_db("dynamic-32x16", simulations["dynamic-32x16"])
    assert 15 < dynamic.min() < dynamic.max() < 26
    assert static.max() - static.min() > 2
    assert dynamic.max() - dynamic.min() > 4


@pytest.mark.parametrize("preset", ["mimo-8x8", "static-32x16"])
def test_all_receivers_have_one_noise_floor(preset, simulations):
    simulation = simulations[preset]
    floor = in_band_power(preset, simulation.fs_hz, simulation.noise)
    np.testing.assert_allclose(floor / floor.mean(), 1.0, atol=0.1)


def test_bound_follows_from_the_levels():
    band = receive_band("mimo-8x8")
    dataset = prepare(made("mimo-8x8"), None, band)
    bound, pim = bound_db(dataset, "train"), pim_db(dataset, "train")
    expected = 10 * np.log10(1 + 10 ** (np.array(pim.per_channel) / 10))
    np.testing.assert_allclose(bound.per_channel, expected, atol=0.15)


def test_one_seed_has_one_transmit_signal_in_all_single_channel_scenarios(simulations):
    for preset in SISO_FAMILY:
        np.testing.assert_array_equal(simulations[preset].tx, simulations["siso"].tx)
        assert simulations[preset].fs_hz == 491.52e6
        assert RECEIVE_BANDS_HZ[preset] == (-40e6, 40e6)


@pytest.mark.parametrize("preset", ["static-32x16", "dynamic-32x16"])
def test_array_transmits_in_two_carriers_of_20_mhz(preset, simulations):
    simulation = simulations[preset]
    freqs, power = spectrum(simulation, simulation.tx[5])
    carriers = [power[(freqs > low) & (freqs < low + 20e6)].sum() for low in (20e6, 60e6)]
    assert sum(carriers) > 0.9999 * power.sum()
    assert 0.1 < carriers[0] / carriers[1] < 10


def test_array_receives_third_order_products_and_no_carrier(simulations):
    simulation = simulations["static-32x16"]
    freqs, power = spectrum(simulation, simulation.truth[0])
    inside = (freqs > -36e6) & (freqs < 8e6)
    carriers = (freqs > 20e6) & (freqs < 80e6)
    assert power[inside].sum() > 100 * power[carriers].sum()
    lower, upper = (power[(freqs > low) & (freqs < low + 8e6)].sum() for low in (-36e6, -14e6))
    assert upper > lower  # the third-order product is centred on -10 MHz


def test_static_array_asks_for_memory(simulations):
    """No memoryless combination of the transmit signals with weights of ordinary size gives the field at the source."""
    simulation = simulations["static-32x16"]
    x, field = simulation.tx, simulation.fields[0]
    covariance = x @ x.conj().T
    covariance += 1e-3 * np.trace(covariance).real / len(x) * np.eye(len(x))
    combined = np.linalg.solve(covariance.T, field @ x.conj().T) @ x
    left = np.sum(np.abs(field - combined) ** 2) / np.sum(np.abs(field) ** 2)
    assert -20 < 10 * np.log10(left) < -8  # three times as much, about, behind the third-order contact


def turned(contact, e, angle):
    return contact(e * np.exp(1j * angle)) * np.exp(-1j * angle)


@pytest.mark.parametrize(
    ("contact", "covariant"),
    [
        (EnvelopeContact(1.0, 0.25, 2.0), True),
        (CubicContact(2.0), True),
        (ThresholdContact(0.8, 0.15, (0.2, 0.9, 1.6)), False),
    ],
)
def test_only_the_threshold_contact_sees_the_phase(contact, covariant):
    rng = np.random.default_rng(1)
    e = rng.standard_normal(1000) + 1j * rng.standard_normal(1000)
    difference = np.linalg.norm(turned(contact, e, 0.7) - contact(e)) / np.linalg.norm(contact(e))
    assert difference < 1e-12 if covariant else difference > 0.1
    np.testing.assert_allclose(contact(-e), -contact(e), atol=1e-12)


def test_contacts_by_hand():
    envelope, cubic = EnvelopeContact(1.0, 0.25, 2.0), CubicContact(2.0)
    q = 0.25 * np.log(1 + np.exp(12.0))
    np.testing.assert_allclose(envelope(np.array([2j])), [2j * q / (1 + q / 2)])
    assert abs(envelope(np.array([0.3]))[0]) < 0.003  # below the threshold
    np.testing.assert_allclose(cubic(np.array([0.0, 1.0, 2j])), [0.0, 2 / 3, 2j * 4 / 3])
    threshold = ThresholdContact(0.5, 0.01, (0.0, np.pi / 2))
    np.testing.assert_allclose(threshold(np.array([2.0 + 0.1j, -0.2 + 1.5j])), [1.5, 1.0j], atol=1e-9)


def test_threshold_puts_its_image_into_the_band(simulations):
    """The conjugate part has its third-order product at -32.5 to -17.5 MHz, where `siso-covariant` has little."""
    shares = {}
    for preset in ("siso-threshold", "siso-covariant"):
        freqs, power = spectrum(simulations[preset], simulations[preset].truth[0])
        image, product = (power[(freqs > low) & (freqs < low + 15e6)].sum() for low in (-32.5e6, 17.5e6))
        shares[preset] = 10 * np.log10(image / product)
    assert -12 < shares["siso-threshold"] < -3
    assert shares["siso-covariant"] < shares["siso-threshold"] - 2


def test_two_sources_stand_several_samples_apart(simulations):
    first, second = simulations["siso-two-source"].fields
    lags = range(-2, 12)
    correlation = [abs(np.vdot(np.roll(first, lag), second)) for lag in lags]
    assert 1 <= lags[int(np.argmax(correlation))] <= 4  # on the way there; the way back doubles it


def test_a_second_source_changes_the_interference_alone(simulations):
    one, two = simulations["mimo-8x8"], simulate(spec("mimo-8x8", sources=2), receive_band("mimo-8x8"))
    np.testing.assert_array_equal(one.tx, two.tx)
    np.testing.assert_array_equal(one.noise, two.noise)
    np.testing.assert_array_equal(one.fields[0], two.fields[0])
    assert (len(one.fields), len(two.fields)) == (1, 2)
    assert np.abs(np.vdot(*two.fields)) / N < 0.9
    assert made("mimo-8x8", sources=2).source == "scenario mimo-8x8, 2 sources, seed 1"


def test_sources_is_resolved_for_mimo_and_absent_elsewhere():
    assert "sources = 1" in dump_recipe(parse_recipe(RECIPE.format(preset="mimo-8x8", more=""), "r"))
    assert "sources = 2" in dump_recipe(parse_recipe(RECIPE.format(preset="mimo-8x8", more="sources = 2"), "r"))
    assert "sources" not in dump_recipe(parse_recipe(RECIPE.format(preset="siso", more=""), "r"))


@pytest.mark.parametrize(
    ("preset", "more", "message"),
    [
        ("siso", "sources = 1", r"^r: scenario: sources is a key of preset = 'mimo-8x8' alone; drop it$"),
        ("mimo-8x8", "sources = 3", r"^r: scenario\.sources: Input should be less than or equal to 2, got 3$"),
        ("mimo-8x8", "source = 2", r"^r: unknown key 'scenario\.source'; did you mean 'sources'\? known: .*$"),
    ],
)
def test_bad_sources(preset, more, message):
    with pytest.raises(RecipeError, match=message):
        parse_recipe(RECIPE.format(preset=preset, more=more), "r")


def test_unknown_preset_is_one_line_everywhere():
    line = r"^scenario\.preset: there is no scenario 'static-32x8'; did you mean 'static-32x16'\? known: siso, .*$"
    with pytest.raises(RecipeError, match=line):
        receive_band("static-32x8")
    with pytest.raises(RecipeError, match=line):
        simulate(spec("static-32x8"), receive_band("siso"))


def test_periods_are_whole_and_fast():
    assert [period(n) for n in (4096, 24_576, 196_608)] == [6 * 1024, 27 * 1024, 200 * 1024]


def test_level_is_set_in_the_band_of_the_recipe():
    narrow = receive_band("mimo-8x8").model_copy(update={"band_hz": (17e6, 33e6)})
    simulation = simulate(spec("mimo-8x8"), narrow)
    taps = design_receive_filter(narrow, simulation.fs_hz).taps
    truth, noise = (
        np.mean(np.abs(apply_receive_filter(taps, s)) ** 2, axis=1) for s in (simulation.truth, simulation.noise)
    )
    np.testing.assert_allclose(10 * np.log10(truth / noise), mimo.LEVELS_DB, atol=0.8)
