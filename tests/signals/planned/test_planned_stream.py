"""Planned scenarios as samples: levels, cuts, rates, centres, slots, converters, seeds."""

import itertools
import tracemalloc

import numpy as np
import pytest
from scenario_plans import SMALL, planned

from pimdeploy.recipe import BandSpec, CaptureSpec, ScenarioSpec
from pimdeploy.signals.modulation.measure import band_power, level_dbm
from pimdeploy.signals.planned.scenes import product_dbm, scene_of, tone_frequencies
from pimdeploy.signals.planned.stream import Block, PlannedStream
from pimdeploy.signals.preprocess import prepare
from pimdeploy.signals.receive_filter import apply_receive_filter
from pimdeploy.signals.resample import resample, shift_frequency
from pimdeploy.signals.scenario import make_scenario
from pimdeploy.signals.sources.paths import link_response

N = 32768
TONES = """
bands = ["3"]
order = 5
[[carrier]]
waveform = "cw"
center_hz = 1815e6
power_dbm = {first}
[[carrier]]
waveform = "cw"
center_hz = 1860e6
power_dbm = {second}
[[source]]
{source}
"""
ANTENNAS = SMALL + "[transmitter]\nantennas = 4\n[receiver]\nantennas = 3\n"
EXTERNAL = """
[array]
columns = 1
[[source]]
level = "-90 dBm at 2 x 43 dBm"
path = "external"
place_m = [0.1, 0.2, 0.8]
[[source.image]]
place_m = [0.5, -0.4, 1.5]
level_db = -6
"""


def made(text: str = SMALL, *cuts: int, seed: int = 1) -> Block:
    """The first samples of a scenario, read in these cuts and put together."""
    stream = PlannedStream(planned(text), seed)
    blocks = [stream.read(n) for n in cuts or (N,)]
    joined = {part: np.concatenate([getattr(b, part) for b in blocks], axis=1) for part in ("tx", "truth", "noise")}
    return Block(**joined, clipped=sum(block.clipped for block in blocks))


def dbm(power: float) -> float:
    return 30 + 10 * np.log10(power)


# --- levels ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "source", "level_dbm_"),
    [
        (43, 43, 'level = "-80 dBm at 2 x 43 dBm"', -80.0),
        (43, 43, 'level = "-150 dBc at 2 x 43 dBm"\ndelay_s = 6e-9\necho_db = -14\necho_delay_s = 3e-9', -107.0),
        (43, 43, 'law = "standard-slope"', -80.0),
        (33, 33, 'law = "power-series"\nlevel = "-80 dBm at 2 x 43 dBm"', -110.0),
        (42, 43, 'law = "power-series"\nlevel = "-80 dBm at 2 x 43 dBm"', -82.0),
        (43, 42, 'law = "power-series"\nlevel = "-80 dBm at 2 x 43 dBm"', -81.0),
    ],
)
def test_tones_give_the_level_that_was_stated_for_them(first, second, source, level_dbm_) -> None:
    text = TONES.format(first=first, second=second, source=source)
    block = made(text)
    middle = 2 * 1815e6 - 1860e6 - planned(text).center_hz
    heard = dbm(band_power(block.truth, planned(text).fs_hz, (middle - 2e6, middle + 2e6)))
    assert heard == pytest.approx(level_dbm_, abs=0.02)


def test_the_uplink_may_lie_above_the_downlink() -> None:
    """Band 20: 2 x 816 - 796 = 836 MHz, in the uplink from 832 to 862 MHz."""
    text = TONES.format(first=43, second=43, source="").replace('"3"', '"20"')
    text = text.replace("1815e6", "796e6").replace("1860e6", "816e6")
    scenario = planned(text)
    assert tone_frequencies(scenario) == (816e6 - 847e6, 796e6 - 847e6)
    heard = dbm(band_power(made(text).truth, scenario.fs_hz, (836e6 - 848e6, 836e6 - 846e6)))
    assert heard == pytest.approx(-80.0, abs=0.02)


def test_one_carrier_spreads_into_its_own_receiver() -> None:
    """50 MHz from 1807 to 1857 MHz: third order reaches down to 1757 MHz."""
    text = SMALL.replace('"lte-5"', '"nr-50-30"', 1).replace("1815e6", "1832e6")
    carrier, source = text.index("[[carrier]]", text.index("[[carrier]]") + 1), text.index("[[source]]")
    text = text[:carrier] + text[source:]
    block, scenario = made(text), planned(text)
    (product,) = scenario.spectrum.hits(scenario.victim)
    assert (scenario.spectrum.title(product.product), product.product.span_hz[0]) == ("around f1", 1757000000)
    inside = dbm(band_power(block.truth, scenario.fs_hz, (10e6, 37e6)))
    outside = dbm(band_power(block.truth, scenario.fs_hz, (-37e6, 8e6)))
    assert inside > outside + 10


def test_other_orders_and_what_the_scene_says_of_them() -> None:
    text = TONES.format(first=43, second=43, source='law = "standard-levels"')
    scenario = planned(text)
    scene = scene_of(scenario, 1)
    assert [product_dbm(scenario, scene, 43.0, order) for order in (3, 5, 7)] == pytest.approx(
        [-80, -117, -144], abs=1e-6
    )
    block = made(text)
    middle = 3 * 1815e6 - 2 * 1860e6 - scenario.center_hz
    assert dbm(band_power(block.truth, scenario.fs_hz, (middle - 2e6, middle + 2e6))) == pytest.approx(-117, abs=0.02)


def test_an_external_source_is_driven_as_calibrated_by_independent_antennas() -> None:
    """4 antennas of 43 dBm each drive the source with 43 dBm; the loudest receiver has the stated level."""
    text = ANTENNAS.replace('[[source]]\nlevel = "-80 dBm at 2 x 43 dBm"\n', "") + EXTERNAL
    scenario = planned(text)
    scene = scene_of(scenario, 7)
    assert product_dbm(scenario, scene, 43.0, 3) == pytest.approx(-90.0, abs=1e-9)
    freqs_hz = np.array(tone_frequencies(scenario))
    heard = np.array([link_response(link, freqs_hz, scene.fs_hz) for link in scene.sources[0].forward])
    assert np.mean(np.sum(np.abs(heard) ** 2, axis=0)) == pytest.approx(1.0, rel=1e-12)


def test_powers_are_those_of_the_file() -> None:
    block, scenario = made(ANTENNAS), planned(ANTENNAS)
    assert block.tx.shape == (4, N)
    assert block.truth.shape == block.noise.shape == (3, N)
    for antenna in block.tx:
        assert level_dbm(antenna) == pytest.approx(46.01, abs=0.2)
    low, high = scenario.front_end.band_hz
    floor = scenario.front_end.noise_dbm
    assert dbm(band_power(block.noise, scenario.fs_hz, (low, high))) == pytest.approx(floor, abs=0.1)


def test_interference_of_the_standard_source_in_band_3() -> None:
    """IM3 of two 20 MHz carriers, -80 dBm of tones: 2 dB more, for modulation adds 3 dB to 2 f1 - f2 and a quarter of its
    60 MHz lies above the uplink."""
    capture = make_scenario(ScenarioSpec(preset="band3-2x20", n_samples=N), BandSpec(band_hz=(-37.5e6, 37.5e6)))
    assert level_dbm(capture.truth) == pytest.approx(-78.0, abs=0.7)


def test_a_wanted_signal_is_noise_to_the_canceller() -> None:
    wanted = '[[wanted]]\nwaveform = "lte-5-uplink"\ncenter_hz = 1730e6\npower_dbm = -85\n'
    with_it, without = made(SMALL + wanted), made()
    np.testing.assert_array_equal(with_it.truth, without.truth)
    added = with_it.noise - without.noise
    offset = 1730e6 - planned().center_hz
    assert dbm(band_power(added, planned().fs_hz, (offset - 2.5e6, offset + 2.5e6))) == pytest.approx(-85, abs=0.3)


# --- streams ---------------------------------------------------------------------------------------------------------

DECIMATED = SMALL.replace("order = 3", "order = 3\nfs_hz = 983.04e6") + "[receiver]\nfs_hz = 327.68e6\n"
MOVED = SMALL + "[transmitter]\ncenter_hz = 1837.5e6\n"
DRIFTING = SMALL + "[source.drift]\nperiod_s = 20e-6\ngain_db = 1.0\nphase_deg = 30\n"
CONVERTED = SMALL + "[receiver]\nadc_bits = 8\nadc_full_scale_dbm = -68\n"
SLOTS = (
    SMALL + '[transmitter]\nantennas = 2\nprecoding = "slots"\nstreams = 1\nslot_s = 10e-6\n[receiver]\nantennas = 2\n'
)


@pytest.mark.parametrize("text", [ANTENNAS, DECIMATED, MOVED, DRIFTING, CONVERTED, SLOTS])
def test_the_samples_do_not_depend_on_the_cuts(text) -> None:
    whole, cut = made(text, 9000), made(text, 1, 36, 1000, 5000, 2963)
    for part in ("tx", "truth", "noise"):
        np.testing.assert_array_equal(getattr(whole, part), getattr(cut, part))
    assert whole.clipped == cut.clipped or text is CONVERTED  # the converter is asked in blocks of the receiver


@pytest.mark.parametrize("text", [SMALL, DRIFTING])
def test_seeds(text) -> None:
    first, again, other = made(text, 8192), made(text, 8192), made(text, 8192, seed=2)
    for part in ("tx", "truth", "noise"):
        np.testing.assert_array_equal(getattr(first, part), getattr(again, part))
        assert not np.allclose(getattr(first, part), getattr(other, part))


def test_noise_knows_nothing_of_what_is_sent() -> None:
    block = made(SMALL, 65536)
    reference = block.tx * np.abs(block.tx) ** 2
    for sent in (block.tx, reference, block.truth):
        share = abs(np.vdot(sent, block.noise)) / (np.linalg.norm(sent) * np.linalg.norm(block.noise))
        assert share < 0.02


def test_nothing_fades_in() -> None:
    block = made(SMALL, N)
    for part in (block.tx, block.truth, block.noise):
        start, later = np.mean(np.abs(part[:, :4096]) ** 2), np.mean(np.abs(part) ** 2)
        assert 0.5 < start / later < 2


def test_drift_moves_the_interference() -> None:
    still, moving = made(SMALL, 65536), made(DRIFTING, 65536)
    np.testing.assert_array_equal(still.tx, moving.tx)
    ratio = [np.vdot(still.truth[:, k : k + 4096], moving.truth[:, k : k + 4096]) for k in range(0, 65536, 4096)]
    angles = np.degrees(np.unwrap(np.angle(ratio)))
    assert 20 < np.ptp(angles) <= 60


def test_a_decimated_receiver_hears_what_the_wide_one_does() -> None:
    """327.68 = 983.04 / 3: every third sample behind the filter of resample.py."""
    whole = PlannedStream(planned(SMALL.replace("order = 3", "order = 3\nfs_hz = 983.04e6")), 1)
    decimated = PlannedStream(planned(DECIMATED), 1)
    wide, narrow = whole.read(30_000), decimated.read(9_000)
    np.testing.assert_array_equal(narrow.tx, wide.tx[:, : narrow.tx.shape[1]])
    for part in ("truth", "noise"):
        expected = resample(getattr(wide, part), 1, 3)[:, 400:9000]
        got = getattr(narrow, part)[:, 400:]
        assert np.abs(got - expected).max() < 1e-12 * np.abs(expected).max()


def test_rates_whose_ratio_is_no_whole_number() -> None:
    text = DECIMATED.replace("327.68e6", "393.216e6")  # 2 / 5
    stream = PlannedStream(planned(text), 1)
    assert [stream.tx_samples(n) for n in (2, 3, 1000)] == [5, 8, 2500]
    block = stream.read(N)
    assert (block.tx.shape, block.rx.shape) == ((1, 81920), (1, N))
    assert level_dbm(block.truth) == pytest.approx(level_dbm(made(SMALL).truth), abs=0.5)


def test_a_moved_transmitter_is_the_same_signal() -> None:
    moved, plain = made(MOVED, 8192), made(SMALL, 8192)
    back = shift_frequency(moved.tx, 90e6, planned(MOVED).fs_hz)
    assert np.abs(back - plain.tx).max() < 1e-11 * np.abs(plain.tx).max()
    np.testing.assert_array_equal(moved.truth, plain.truth)


@pytest.mark.parametrize("text", [SMALL, DECIMATED, MOVED])
def test_the_loader_brings_tx_into_the_receivers_frame(text) -> None:
    """Its shift and resampling are exact enough that x |x|^2 explains all of rx but the noise, with one complex gain."""
    band = BandSpec(band_hz=(10e6, 35e6))
    dataset = prepare(capture_of(text), CaptureSpec(align=False), band)
    assert dataset.noise is not None
    d, noise, product = (
        apply_receive_filter(dataset.receive_filter, part)[0, 1000:-1000]
        for part in (dataset.d, dataset.noise, dataset.x * np.abs(dataset.x) ** 2)
    )
    left = d - product * (np.vdot(product, d) / np.vdot(product, product))
    assert np.linalg.norm(left) / np.linalg.norm(noise) == pytest.approx(1.0, abs=0.05)
    assert np.linalg.norm(d) > 5 * np.linalg.norm(noise)


def capture_of(text: str):
    from pimdeploy.signals.planned.library import parse_plan

    spec = ScenarioSpec(file="x.toml", n_samples=N, plan=parse_plan(text, "x.toml"))
    return make_scenario(spec, BandSpec(band_hz=(-37.5e6, 37.5e6)))


def test_slots_partition_the_samples_and_lie_where_the_precoding_changes() -> None:
    scenario = planned(SLOTS)
    stream = PlannedStream(scenario, 1)
    slots = stream.slots(N)
    assert slots[0][0] == 0
    assert slots[-1][1] == N
    assert all(stop == start for (_, stop), (start, _) in itertools.pairwise(slots))
    block = stream.read(N)
    whole = [np.corrcoef(block.tx[:, start:stop])[0, 1] for start, stop in slots[1:-1]]
    assert np.ptp(np.abs(whole)) > 0.3  # each slot has its own correlation between the antennas
    assert slots[2][1] - slots[2][0] == pytest.approx(10e-6 * scenario.fs_hz, abs=1)


def test_a_converter_puts_rx_on_its_codes_and_counts_what_it_clips() -> None:
    block, scenario = made(CONVERTED, 65536), planned(CONVERTED)
    adc = scenario.front_end.adc
    assert adc is not None
    codes = block.rx / adc.lsb
    np.testing.assert_allclose(codes.real, np.rint(codes.real), atol=1e-6)
    assert block.clipped > 0
    assert np.abs(np.rint(codes.real)).max() == 128


def test_memory_does_not_grow_with_the_samples() -> None:
    def peak(n_blocks: int) -> int:
        stream = PlannedStream(planned(ANTENNAS), 1)
        tracemalloc.start()
        for _ in range(n_blocks):
            stream.read(16384)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(1)
    assert peak(12) < 1.15 * peak(4)
