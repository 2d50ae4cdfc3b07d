"""The receiver as a whole: every part's level behind the filter, their sum, cuts into blocks, what is refused."""

import math

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.modulation.carrier import Carrier
from pimdeploy.signals.modulation.catalogue import find_waveform
from pimdeploy.signals.modulation.measure import level_dbm, power_density
from pimdeploy.signals.modulation.precoding import identity
from pimdeploy.signals.modulation.transmitter import Transmitter
from pimdeploy.signals.receiver.converter import Adc
from pimdeploy.signals.receiver.front_end import FrontEnd, Receiver
from pimdeploy.signals.receiver.sensitivity import degradation_db

FS_HZ = 61.44e6
FRONT_END = FrontEnd(band_hz=(-2.5e6, 2.5e6))


def carrier(name, center_hz, power_dbm, n_antennas=2, seed=1):
    return Transmitter(
        (Carrier(find_waveform(name), center_hz, power_dbm),), FS_HZ, precoding=identity(n_antennas), seed=seed
    ).read


def receiver(front_end=FRONT_END, **more):
    """PIM at -104.9 dBm in the band, a wanted signal at -100 dBm, a transmitter of 43 dBm 20 MHz away."""
    parts = {
        "interference": carrier("wcdma", 0.0, -104.9),
        "wanted": carrier("wcdma", 0.0, -100.0, seed=2),
        "transmit": carrier("lte-5", 20e6, 43.0, seed=3),
    }
    return Receiver(front_end, FS_HZ, 2, **{**parts, **more})


def settled(received, start):
    return {name: getattr(received, name)[:, start:] for name in ("rx", "interference", "noise", "wanted", "leakage")}


def test_levels_behind_the_filter():
    made = receiver()
    parts = settled(made.read(1 << 17), made.settled)
    assert level_dbm(parts["interference"]) == pytest.approx(-104.9, abs=0.1)
    assert level_dbm(parts["wanted"]) == pytest.approx(-100.0, abs=0.1)
    # The transitions let a little more noise in than the band.
    assert level_dbm(parts["noise"]) == pytest.approx(FRONT_END.noise_dbm, abs=0.6)
    assert FRONT_END.noise_dbm == pytest.approx(-174 + 5 + 10 * math.log10(5e6))
    # 43 dBm - 80 dB in the duplexer - 100 dB in the channel filter.
    assert level_dbm(parts["leakage"]) < -137


def test_duplexer_takes_its_isolation_off_the_transmitter():
    front_end = FrontEnd((-2.5e6, 2.5e6), isolation_db=70.0)
    made = receiver(front_end, transmit=carrier("wcdma", 0.0, 43.0))
    assert level_dbm(made.read(1 << 16).leakage[:, made.settled :]) == pytest.approx(-27.0, abs=0.1)


def test_rx_is_the_sum_of_its_parts():
    for front_end in (FRONT_END, FrontEnd((-2.5e6, 2.5e6), adc=Adc(14, -60.0))):
        got = receiver(front_end).read(5000)
        total = got.interference + got.noise + got.wanted + got.leakage + got.rounding
        np.testing.assert_allclose(got.rx, total, rtol=0, atol=1e-22)
        np.testing.assert_allclose(got.reference, total - got.interference, rtol=0, atol=1e-22)


def test_sensitivity_lost_is_that_of_the_formula():
    """10 lg of the power with interference over that without, measured, against the levels."""
    made = Receiver(FRONT_END, FS_HZ, 2, interference=carrier("wcdma", 0.0, -104.9))
    parts = settled(made.read(1 << 17), made.settled)
    measured_db = level_dbm(parts["rx"]) - level_dbm(parts["noise"])
    expected_db = degradation_db(level_dbm(parts["interference"]), level_dbm(parts["noise"]))
    assert measured_db == pytest.approx(expected_db, abs=0.1)


def test_filter_passes_the_band_and_nothing_beyond_its_transitions():
    made = Receiver(FrontEnd((1e6, 11e6), transition_hz=0.5e6), FS_HZ, 1)
    freqs_hz, density = power_density(made.read(1 << 18).noise[:, made.settled :], FS_HZ)
    middle = density[(freqs_hz > 1.1e6) & (freqs_hz < 10.9e6)]
    assert middle.std() < 0.15 * middle.mean()
    beyond = (freqs_hz < 0.4e6) | (freqs_hz > 11.6e6)
    assert 10 * np.log10(density[beyond].max() / middle.mean()) < -80


def test_delay_of_the_filter_is_removed():
    made = Receiver(FRONT_END, FS_HZ, 2, interference=carrier("wcdma", 0.5e6, -90.0))
    got = made.read(20_000).interference[:, made.settled :]
    sent = carrier("wcdma", 0.5e6, -90.0)(20_000)[:, made.settled :]
    error = np.mean(np.abs(got - sent) ** 2) / np.mean(np.abs(sent) ** 2)
    assert 10 * np.log10(error) < -25  # a fifth of a megahertz of the carrier lies in the transition


def test_converter_rounds_and_counts():
    def read(full_scale_dbm):
        made = receiver(FrontEnd((-2.5e6, 2.5e6), adc=Adc(16, full_scale_dbm)))
        made.read(made.settled)
        return made.read(1 << 15)

    quiet, loud = read(-70.0), read(-100.0)
    assert quiet.clipped == 0
    assert loud.clipped > 1000
    assert level_dbm(quiet.rounding) == pytest.approx(Adc(16, -70.0).noise_dbm(FS_HZ, FS_HZ), abs=0.1)
    assert level_dbm(loud.rounding) > -110


def test_samples_do_not_depend_on_the_cut():
    whole = receiver().read(70_039)
    pieces = receiver()
    parts = [pieces.read(n) for n in (1, 0, 37, 40_001, 30_000)]
    assert pieces.position == 70_039
    for name in ("rx", "interference", "noise", "wanted", "leakage"):
        joined = np.concatenate([getattr(part, name) for part in parts], axis=1)
        np.testing.assert_array_equal(joined, getattr(whole, name))


def test_silence():
    got = Receiver(FRONT_END, FS_HZ, 1).read(100)
    np.testing.assert_array_equal(got.rx, got.noise)
    assert not np.any(got.interference)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FrontEnd((1.0, 1.0)), r"^receiver band_hz = \[1, 1\]: expected the lower edge first$"),
        (
            lambda: FrontEnd((0.0, 1e6), isolation_db=-1.0),
            r"^isolation_db = -1: expected an attenuation of 0 dB or more$",
        ),
        (lambda: FrontEnd((0.0, 1e6), transition_hz=0.0), r"^transition_hz = 0: expected a positive width$"),
        (lambda: FrontEnd((0.0, 1e6), noise_figure_db=-2.0), r"^noise_figure_db = -2\.0: expected 0 dB or more"),
        (
            lambda: Receiver(FrontEnd((-10e6, 40e6)), 80e6, 1),
            r"^fs_hz = 80000000: too low for a receiver of -1e\+07 to 4e\+07 Hz and transitions of 5e\+06 Hz; "
            r"it needs at least 90000000 S/s$",
        ),
        (
            lambda: receiver(interference=carrier("wcdma", 0.0, -100.0, n_antennas=3)).read(1),
            r"^interference: returned samples of shape \[3, 32768\]; the receiver expected \[2, 32768\], \[antenna, "
            r"sample\]$",
        ),
    ],
)
def test_receivers_that_do_not_exist_are_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
