"""Carriers at any place and rate: images, exactness of the resampling, cuts into blocks, what is refused."""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.modulation.carrier import Carrier, check_apart, lowest_rate_hz
from pimdeploy.signals.modulation.catalogue import find_waveform
from pimdeploy.signals.modulation.interpolate import LARGEST_EDGE, doubled, interpolate
from pimdeploy.signals.modulation.measure import level_dbm, power_density
from pimdeploy.signals.modulation.ofdm import lte, nr
from pimdeploy.signals.modulation.placement import Steps, phasor
from pimdeploy.signals.modulation.precoding import SlotPrecoding, identity
from pimdeploy.signals.modulation.transmitter import Transmitter


@pytest.mark.parametrize("cycles", [0.0, 0.1, 0.2, LARGEST_EDGE])
def test_interpolation_is_exact_to_minus_105_db(cycles):
    x = np.exp(2j * np.pi * cycles * np.arange(1000))[None]
    instants = np.sort(np.random.default_rng(0).uniform(20, 980, 5000))
    index = np.floor(instants).astype(np.int64)
    error = interpolate(x, index, instants - index)[0] - np.exp(2j * np.pi * cycles * instants)
    assert 10 * np.log10(np.mean(np.abs(error) ** 2)) < -105


def test_interpolation_between_samples_keeps_the_samples():
    x = np.exp(2j * np.pi * 0.1 * np.arange(100))[None]
    np.testing.assert_allclose(doubled(x)[0, ::2], x[0, 7:-8], atol=1e-6)


def test_instants_are_exact_after_a_long_time():
    """Ten days into the signal, against Python's own integers."""
    ratio = Fraction(13_000_000, 3) / Fraction(122_880_000)
    start = 122_880_000 * 86_400 * 10
    base, index, rest = Steps(ratio).at(start, 5)
    for i in range(5):
        exact = (start + i) * ratio
        assert base + int(index[i]) == exact // 1
        assert rest[i] == pytest.approx(float(exact % 1), abs=1e-12)
    turns = np.angle(phasor(Fraction(12_345_678), Fraction(30_720_000), start, 5)) / (2 * np.pi)
    exact_turns = [float((start + i) * Fraction(12_345_678, 30_720_000) % 1) for i in range(5)]
    np.testing.assert_allclose(np.mod(turns - exact_turns + 0.5, 1.0), 0.5, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "fs_hz"),
    [("lte-5", 122.88e6), ("lte-20", 61.44e6), ("lte-20", 100e6), ("nr-100-30", 491.52e6), ("wcdma", 98_765_432.1)],
)
def test_images_lie_below_minus_90_dbc(name, fs_hz):
    """All that resampling leaves anywhere in the new rate, in 1/4096 of it."""
    waveform, center_hz = find_waveform(name), -0.21 * fs_hz
    x = Transmitter((Carrier(waveform, center_hz, 30.0),), fs_hz).read(1 << 17)
    freqs_hz, density = power_density(x, fs_hz)
    outside = np.abs(freqs_hz - center_hz) > waveform.edge_hz + 6 * fs_hz / 4096
    assert outside.sum() > 1000
    total_w = density.sum() * fs_hz / 4096
    assert 10 * np.log10(density[outside].max() * fs_hz / 4096 / total_w) < -90


@pytest.mark.parametrize("name", ["gsm", "cw"])
def test_images_of_narrow_carriers_lie_below_minus_90_dbc(name):
    fs_hz = 30.72e6
    x = Transmitter((Carrier(find_waveform(name), 5e6, 30.0),), fs_hz).read(1 << 18)
    freqs_hz, density = power_density(x, fs_hz, 1 << 15)
    outside = np.abs(freqs_hz - 5e6) > find_waveform(name).edge_hz + 6 * fs_hz / 2**15
    assert 10 * np.log10(density[outside].max() / density.max()) < -90


def test_the_same_signal_at_two_rates():
    """At 2.56 times the rate the same instants carry the same samples, to the accuracy of the resampling."""
    slow, fast = (
        Transmitter((Carrier(lte(10), 3e6, 30.0),), fs_hz).read(n) for n, fs_hz in ((2500, 50e6), (6400, 128e6))
    )
    # 25 samples of the one last as long as 64 of the other; the carrier's own rate is 30.72 MS/s.
    np.testing.assert_allclose(fast[:, ::64], slow[:, ::25], atol=1e-5)
    at_own_rate = Transmitter((Carrier(lte(10), 3e6, 30.0),), 30.72e6).read(1536)
    np.testing.assert_allclose(fast[:, ::25], at_own_rate[:, ::6], atol=1e-5)


@pytest.mark.parametrize("papr_db", [None, 8.0])
def test_samples_do_not_depend_on_the_cut(papr_db):
    carriers = (Carrier(lte(5), -8e6, 43.0, 7.5), Carrier(find_waveform("gsm"), 7e6, 40.0))

    def made():
        return Transmitter(carriers, 30.72e6, precoding=SlotPrecoding(3, 2, Fraction(1, 3000)), papr_db=papr_db, seed=5)

    whole, piecewise = made(), made()
    lengths = [0, 1, 37, 1000, 20_000, 1, 50_000]
    expected = whole.read(sum(lengths))
    parts = np.concatenate([piecewise.read(n) for n in lengths], axis=1)
    assert np.array_equal(parts, expected)
    assert piecewise.position == sum(lengths)


def test_seeds_carriers_streams_are_independent_and_repeatable():
    def read(seed, **more):
        return Transmitter((Carrier(lte(5), 0.0, 30.0),), 15.36e6, seed=seed, **more).read(20_000)

    assert np.array_equal(read(1), read(1))
    two = read(1, precoding=identity(2))
    both = Transmitter((Carrier(lte(5), -3e6, 30.0), Carrier(lte(5), 3e6, 30.0)), 15.36e6).read(20_000)
    apart = both * np.exp(2j * np.pi * 3e6 / 15.36e6 * np.arange(20_000))
    for one, other in ((read(1)[0], read(2)[0]), (two[0], two[1]), (apart[0], both[0])):
        correlation = np.abs(np.vdot(one, other)) / np.sqrt(np.vdot(one, one).real * np.vdot(other, other).real)
        assert correlation < 0.05


def test_memory_does_not_grow_with_the_length():
    carriers = (Carrier(lte(5), -5e6, 30.0, 7.5), Carrier(find_waveform("gsm"), 5e6, 30.0))

    def peak_bytes(n_reads):
        sender = Transmitter(carriers, 30.72e6, precoding=identity(2))
        sender.read(1)
        tracemalloc.start()
        for _ in range(n_reads):
            sender.read(20_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert peak_bytes(24) < 1.15 * peak_bytes(6)


def test_the_signal_does_not_fade_in():
    x = Transmitter((Carrier(find_waveform("wcdma"), 0.0, 30.0),), 15.36e6).read(400)
    assert level_dbm(x[:, :100]) == pytest.approx(30, abs=1.5)


def test_absolute_frequencies_are_taken_about_the_centre():
    carrier = Carrier(find_waveform("cw"), 1_842.6e6, 30.0)
    x = Transmitter((carrier,), 1e6, center_hz=1_842.5e6).read(4000)[0]
    step = x[1:] / x[:-1]
    np.testing.assert_allclose(np.angle(step) / (2 * np.pi) * 1e6, 100e3, atol=1e-3)
    assert np.abs(x).mean() == pytest.approx(1.0, abs=1e-6)


def test_lowest_rate_of_products():
    pair = (Carrier(lte(20), -30e6, 43.0), Carrier(lte(20), 30e6, 43.0))
    assert lowest_rate_hz(pair) == 80e6
    assert lowest_rate_hz(pair, order=3) == 240e6
    assert lowest_rate_hz(pair, center_hz=30e6) == 140e6
    with pytest.raises(InputError, match=r"^order = 2: products about the carriers have odd orders$"):
        lowest_rate_hz(pair, order=2)


def test_the_lowest_rate_named_works_and_less_does_not():
    carriers = (Carrier(lte(20), 1815e6, 43.0), Carrier(nr(50, 30), 1860e6, 43.0))
    with pytest.raises(
        InputError, match=r"^fs_hz = 79999999: too low for carriers about 1845 MHz; they need at least 80000000 S/s$"
    ):
        Transmitter(carriers, 80e6 - 1, center_hz=1845e6)
    assert Transmitter(carriers, 80e6, center_hz=1845e6).read(10).shape == (1, 10)


@pytest.mark.parametrize("fs_hz", [0.0, -1.0, float("nan"), float("inf")])
def test_no_rate_is_refused(fs_hz):
    with pytest.raises(InputError, match=r"^fs_hz = .*: expected a positive sample rate$"):
        Transmitter((Carrier(lte(5), 0.0, 30.0),), fs_hz)


def test_overlapping_carriers_are_refused_and_touching_ones_are_not():
    with pytest.raises(
        InputError,
        match=r"^carriers overlap: the WCDMA carrier at 12\.4 MHz is 12\.4 MHz from the LTE 20 MHz carrier at 0 MHz, "
        r"and their channels need 12\.5 MHz; move them apart$",
    ):
        check_apart((Carrier(find_waveform("wcdma"), 12.4e6, 30.0), Carrier(lte(20), 0.0, 30.0)))
    check_apart((Carrier(find_waveform("wcdma"), 12.5e6, 30.0), Carrier(lte(20), 0.0, 30.0)))
    tone = Carrier(find_waveform("cw"), 0.0, 30.0)
    with pytest.raises(InputError, match=r"^carriers overlap: the CW carrier at 0 MHz is 0 MHz from the CW"):
        check_apart((tone, tone))
    with pytest.raises(InputError, match=r"^no carrier: expected at least one$"):
        check_apart(())


@pytest.mark.parametrize(
    ("name", "center_hz", "power_dbm", "papr_db", "message"),
    [
        (
            "gsm",
            0.0,
            40.0,
            7.0,
            r"^papr_db = 7 at the GSM carrier at 0 MHz: its envelope is constant; leave papr_db out$",
        ),
        ("lte-5", 0.0, 40.0, 4.9, r"^papr_db = 4\.9 at the LTE 5 MHz carrier at 0 MHz: expected at least 5 dB$"),
        ("lte-5", float("nan"), 40.0, None, r"^carrier center_hz = nan: expected a finite number$"),
        ("lte-5", 0.0, float("inf"), None, r"^carrier power_dbm = inf: expected a finite number$"),
    ],
)
def test_carriers_that_make_no_sense_are_refused(name, center_hz, power_dbm, papr_db, message):
    with pytest.raises(InputError, match=message):
        Carrier(find_waveform(name), center_hz, power_dbm, papr_db)
