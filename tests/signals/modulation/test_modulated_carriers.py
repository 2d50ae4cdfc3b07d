"""Every waveform: level, occupied bandwidth, spectrum, crest, and that its symbols can be read again."""

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.modulation.carrier import Carrier
from pimdeploy.signals.modulation.catalogue import find_waveform, waveform_names
from pimdeploy.signals.modulation.measure import ccdf, evm_percent, level_dbm, power_density
from pimdeploy.signals.modulation.ofdm import constellation, demodulate, lte, modulate, nr
from pimdeploy.signals.modulation.pulses import gaussian_phase_steps, root_raised_cosine
from pimdeploy.signals.modulation.spread_spectrum import Wcdma, ovsf_codes
from pimdeploy.signals.modulation.transmitter import Transmitter
from pimdeploy.signals.resample import occupied_band

FEW = ("lte-1.4", "lte-20", "lte-10-uplink", "nr-5-15", "nr-15-15", "nr-50-30", "nr-100-60", "wcdma", "gsm", "cw")


def samples(waveform, n=1 << 17, oversampling=1.0, **more):
    fs_hz = oversampling * float(waveform.rate_hz)
    return Transmitter((Carrier(waveform, 0.0, 20.0),), fs_hz, **more).read(n), fs_hz


@pytest.mark.parametrize("name", FEW)
def test_level_is_the_one_stated(name):
    x, _ = samples(find_waveform(name))
    assert level_dbm(x) == pytest.approx(20.0, abs=0.1)


@pytest.mark.parametrize("name", [name for name in FEW if name != "cw"])
def test_occupied_bandwidth_is_the_one_stated(name):
    waveform = find_waveform(name)
    x, fs_hz = samples(waveform, 1 << 18)
    lower, upper = occupied_band(x, fs_hz, inside=0.99)
    assert upper - lower == pytest.approx(waveform.occupied_hz, abs=0.01 * waveform.occupied_hz + 2 * fs_hz / 4096)
    assert waveform.occupied_hz < 1.25 * waveform.channel_hz


@pytest.mark.parametrize("name", FEW)
def test_nothing_lies_beyond_the_edge(name):
    waveform = find_waveform(name)
    x, fs_hz = samples(waveform, oversampling=2.0)
    freqs_hz, density = power_density(x, fs_hz)
    # Six bins: half the main lobe of the window.
    outside = np.abs(freqs_hz) > waveform.edge_hz + 6 * fs_hz / 4096
    assert 10 * np.log10(density[outside].max() / density.max()) < -90


@pytest.mark.parametrize("name", ["lte-5", "nr-20-30", "wcdma"])
def test_wideband_carriers_are_gaussian_like(name):
    """The power of a complex Gaussian exceeds its mean by a factor r with probability exp(-r)."""
    x, _ = samples(find_waveform(name), 1 << 18)
    levels_db = np.array([0.0, 3.0, 6.0])
    np.testing.assert_allclose(ccdf(x, levels_db), np.exp(-(10 ** (levels_db / 10))), rtol=0.12)


def test_gmsk_and_tone_have_a_constant_envelope():
    for name in ("gsm", "cw"):
        x, _ = samples(find_waveform(name))
        assert np.abs(x).std() / np.abs(x).mean() < 1e-4


def test_spectrum_of_gmsk_is_that_of_gsm():
    """TS 45.005 Annex A allows +0.5 dBc at 100 kHz, -30 at 200, -33 at 250, -60 at 400 kHz, in 30 kHz."""
    x, fs_hz = samples(find_waveform("gsm"), 1 << 19)
    freqs_hz, density = power_density(x, fs_hz)
    reference = density[np.abs(freqs_hz) < 15e3].mean()
    for offset_hz, limit_db in ((100e3, 0.5), (200e3, -30), (250e3, -33), (400e3, -60)):
        near = np.abs(np.abs(freqs_hz) - offset_hz) < 15e3
        assert 10 * np.log10(density[near].mean() / reference) < limit_db


def test_a_bit_of_gmsk_turns_by_a_quarter():
    steps = gaussian_phase_steps(0.3, 16, 10)
    assert steps.sum() == pytest.approx(0.5, abs=1e-15)
    np.testing.assert_allclose(steps.ravel(), steps.ravel()[::-1], atol=1e-12)
    assert steps.min() > -1e-15


def test_root_raised_cosine_has_no_crosstalk_between_chips():
    pulse = root_raised_cosine(0.22, 4, 48)
    both = np.convolve(pulse, pulse)[::4][:]
    middle = len(both) // 2
    assert both[middle] == pytest.approx(1.0)
    assert np.abs(np.delete(both, middle)).max() < 2e-3


def test_singular_points_of_the_root_raised_cosine():
    """At roll-off 0.25 the pole lies on a sample, t = 1 chip."""
    near = (root_raised_cosine(0.25 + 1e-7, 4, 8), root_raised_cosine(0.25, 4, 8))
    np.testing.assert_allclose(near[0], near[1], atol=1e-5)


def test_codes_are_orthogonal():
    for factor in (4, 128):
        codes = ovsf_codes(factor)
        np.testing.assert_array_equal(codes @ codes.T, factor * np.eye(factor))


@pytest.mark.parametrize(
    ("n_codes", "factor", "message"), [(65, 64, "65 codes: a spreading"), (4, 48, "factor 48: exp")]
)
def test_codes_that_do_not_exist_are_refused(n_codes, factor, message):
    with pytest.raises(InputError, match=message):
        Wcdma(n_codes, factor)


@pytest.mark.parametrize(("name", "order"), [("qpsk", 4), ("16qam", 16), ("64qam", 64), ("256qam", 256)])
def test_constellations(name, order):
    points = constellation(name)
    assert len(np.unique(points.round(9))) == order
    assert np.mean(np.abs(points) ** 2) == pytest.approx(1.0)
    assert np.abs(points.sum()) < 1e-9


@pytest.mark.parametrize("waveform", [lte(3), nr(10, 60), lte(5, "qpsk", uplink=True)])
def test_symbols_come_back_from_their_samples(waveform):
    rng = np.random.default_rng(0)
    grid = waveform.numerology
    shape = (2, 2 * len(grid.prefix_lengths), grid.n_subcarriers)
    sent = rng.choice(constellation(waveform.modulation), shape)
    x = modulate(sent, waveform)
    assert x.shape == (2, grid.rate_hz // 1000)
    np.testing.assert_allclose(demodulate(x, waveform), sent, atol=1e-11)
    prefix = grid.prefix_lengths[0]
    turned = x[:, :prefix] * np.exp(2j * np.pi * grid.offset_hz / grid.spacing_hz)
    np.testing.assert_allclose(turned, x[:, grid.n_fft : grid.n_fft + prefix], atol=1e-11)


@pytest.mark.parametrize("waveform", [lte(20, "256qam"), nr(100, modulation="256qam"), lte(5, uplink=True)])
def test_transmitted_symbols_lie_on_the_constellation(waveform):
    """What the channel filter does to the symbols stays below 1 %: the limit of 256-QAM is 3.5 %."""
    x, _ = samples(waveform, 3 * waveform.numerology.rate_hz // 2000)
    received = demodulate(x, waveform)
    received /= np.sqrt(np.mean(np.abs(received) ** 2))
    points = constellation(waveform.modulation)
    nearest = points[np.abs(received.ravel()[:, None] - points).argmin(axis=1)]
    assert 0 < evm_percent(received.ravel(), nearest) < 1.0


def test_transmitted_chips_lie_on_the_constellation():
    """One code: behind the matched filter every chip has the same magnitude."""
    x, _ = samples(Wcdma(1, 4), 1 << 15)
    pulse = root_raised_cosine(0.22, 4, 48)
    chips = np.convolve(x[0], pulse, "same")[400:-400:4]
    assert np.abs(chips).std() / np.abs(chips).mean() < 0.005


def test_uplink_of_lte_has_the_lower_crest():
    crests = [np.quantile(np.abs(samples(lte(10, "qpsk", uplink=up))[0]), 0.9999) for up in (True, False)]
    assert 20 * np.log10(crests[1] / crests[0]) > 2


def test_every_name_gives_its_waveform():
    names = waveform_names()
    assert len(names) == 6 + 6 + 10 + 15 + 14 + 3
    assert len({find_waveform(name) for name in names}) == len(names)
    assert find_waveform("NR-100").label == "NR 100 MHz"
    assert find_waveform("lte-1.4-uplink", "qpsk") == lte(1.4, "qpsk", uplink=True)


@pytest.mark.parametrize(
    ("name", "modulation", "message"),
    [
        ("lt-20", "64qam", r"^waveform 'lt-20': unknown; did you mean 'lte-20'\?"),
        ("lte-20-uplnk", "64qam", r"^waveform 'lte-20-uplnk': unknown; did you mean 'lte-20-uplink'\?"),
        ("lte-7", "64qam", r"^lte channel of 7 MHz"),
        (
            "lte-20",
            "64qm",
            r"^constellation '64qm': unknown; did you mean '64qam'\? known: qpsk, 16qam, 64qam, 256qam$",
        ),
    ],
)
def test_unknown_names_are_refused(name, modulation, message):
    with pytest.raises(InputError, match=message):
        find_waveform(name, modulation)
