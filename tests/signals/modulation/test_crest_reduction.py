"""Crest-factor reduction: the target is met, nothing new lies beside the carriers, and what it costs is measured."""

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.modulation.carrier import Carrier
from pimdeploy.signals.modulation.crest import PeakCancellation, crest_db
from pimdeploy.signals.modulation.measure import aclr_db, evm_percent, level_dbm, measure_crest
from pimdeploy.signals.modulation.ofdm import demodulate, lte, nr
from pimdeploy.signals.modulation.precoding import SlotPrecoding, identity
from pimdeploy.signals.modulation.spread_spectrum import Wcdma
from pimdeploy.signals.modulation.transmitter import Transmitter
from pimdeploy.signals.waveforms import papr_db


@pytest.mark.parametrize(
    ("waveform", "target_db", "evm_below"),
    [(lte(20), 7.5, 3.5), (lte(15), 8.0, 3.5), (nr(50, 15), 8.0, 3.5), (lte(5, "qpsk"), 6.0, 8.5), (Wcdma(), 7.5, 5.0)],
)
def test_target_evm_and_aclr(waveform, target_db, evm_below):
    """The error stays within the limits of the specifications, and the neighbour channel hears nothing of it."""
    report = measure_crest(waveform, target_db, 1 << 17)
    assert report.crest_before_db > 9
    assert abs(report.crest_after_db - target_db) < 0.2
    assert report.peak_after_db < target_db + 0.6
    assert 0.5 < report.evm_percent < evm_below
    assert report.aclr_after_db > 90


def test_level_is_kept():
    for target_db in (5.0, 7.0):
        x = Transmitter((Carrier(lte(10), 0.0, 43.0, target_db),), 30.72e6).read(1 << 17)
        assert level_dbm(x) == pytest.approx(43.0, abs=0.05)


def test_error_of_the_subcarriers_is_that_of_the_envelope():
    waveform = lte(10)
    plain, reduced = (
        Transmitter((Carrier(waveform, 0.0, 30.0, target),), float(waveform.rate_hz)).read(4 * 15_360)
        for target in (None, 7.0)
    )
    of_symbols = evm_percent(demodulate(reduced, waveform), demodulate(plain, waveform))
    assert of_symbols == pytest.approx(evm_percent(reduced, plain), rel=0.05)
    assert of_symbols < waveform.evm_limit_percent


def test_a_crest_below_the_target_is_left_alone():
    report = measure_crest(lte(10, "qpsk", uplink=True), 9.0, 1 << 16)
    assert report.evm_percent < 1e-6
    assert report.peak_after_db == pytest.approx(report.peak_before_db, abs=1e-6)


def test_carriers_that_share_an_amplifier():
    """The crest of the sum falls to the target on every antenna, and the gap between the carriers stays empty."""
    carriers = (Carrier(lte(10), -20e6, 43.0), Carrier(Wcdma(), 18e6, 40.0))
    plain, reduced = (
        Transmitter(carriers, 122.88e6, precoding=identity(2), papr_db=target).read(1 << 17) for target in (None, 7.5)
    )
    for antenna in range(2):
        assert crest_db(plain[antenna]) > 9
        assert crest_db(reduced[antenna]) == pytest.approx(7.5, abs=0.15)
        assert papr_db(reduced[antenna]) < 8.0
    assert level_dbm(reduced) == pytest.approx(level_dbm(plain), abs=0.02)
    assert aclr_db(reduced, 122.88e6, -20e6, 9e6, 10e6) > 90
    assert 1 < evm_percent(reduced, plain) < 4.5


def test_every_antenna_is_reduced_behind_the_precoding():
    x = Transmitter((Carrier(lte(5), 0.0, 30.0, 7.0),), 30.72e6, precoding=SlotPrecoding(4, 2)).read(1 << 16)
    limit_w = 10**0.7
    assert np.quantile(np.abs(x) ** 2, 0.9999) < 1.05 * limit_w


def test_single_peak_is_cut_to_the_limit():
    """A peak of 3 under a limit of 2: the pulse takes 1 off it, with its sign and phase."""
    stage = PeakCancellation(np.array([0.25, 0.5, 1.0, 0.5, 0.25]), np.array([2.0]))
    frame = np.zeros((1, 16), dtype=np.complex128)
    frame[0, 7] = 3j
    out = np.concatenate([stage.push(frame), stage.push(np.zeros((1, 16), dtype=np.complex128))], axis=1)
    expected = np.zeros(32, dtype=np.complex128)
    expected[9:14] = np.array([-0.25, -0.5, 2.0, -0.5, -0.25]) * 1j
    np.testing.assert_allclose(out[0], expected, atol=1e-12)
    assert stage.delay == 4


def test_targets_out_of_reach_are_refused():
    carriers = (Carrier(lte(5), 0.0, 30.0),)
    with pytest.raises(InputError, match=r"^papr_db = 3: crest-factor reduction reaches 5 dB at the lowest$"):
        Transmitter(carriers, 30.72e6, papr_db=3.0)
    with pytest.raises(ValueError, match="a frame of 4 samples is shorter than the pulse of 5"):
        PeakCancellation(np.ones(5), np.ones(1)).push(np.zeros((1, 4), dtype=np.complex128))
