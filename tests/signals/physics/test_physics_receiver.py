"""Clause 7 of papers/002 from carriers to sensitivity: transmitter, antenna, receiver."""

import numpy as np
import pytest
from physics_carriers import ANTENNA, CHIP_HZ, FS_HZ, pair

from pimdeploy.signals.modulation.transmitter import Transmitter
from pimdeploy.signals.receiver.front_end import FrontEnd, Receiver
from pimdeploy.signals.receiver.sensitivity import degradation_db
from pimdeploy.signals.sources import WATTS, ZoneTable, conversion_factor_db, product_level
from pimdeploy.signals.sources.units import parse_two_tone


def test_the_example_of_clause_7():
    """-107 dBm CW, -104.9 dBm with 2.1 dB for modulation, floor -103 dBm: "on the order of ~2 dB"."""
    _, tones = parse_two_tone("-150 dBc at 2 x 43 dBm")
    cw_dbm = WATTS.dbm(product_level(ANTENNA, tones, 3))
    assert cw_dbm == pytest.approx(-107.0, abs=1e-9)
    assert degradation_db(cw_dbm + 2.1, -103.0) == pytest.approx(2.16, abs=0.005)


def test_simulated_carriers_lose_what_their_channel_holds():
    width_hz = 1.22 * CHIP_HZ
    first, second = pair("wcdma", "wcdma")
    center_hz = 2 * first.center_hz - second.center_hz
    one, other = (Transmitter((carrier,), FS_HZ, seed=k) for k, carrier in enumerate((first, second), 1))
    one.read(4)  # a quarter of a chip
    table = ZoneTable(ANTENNA)
    front_end = FrontEnd((center_hz - width_hz / 2, center_hz + width_hz / 2), 5.0, transition_hz=200e3)
    receiver = Receiver(front_end, FS_HZ, 1, interference=lambda n: table(one.read(n) + other.read(n)))
    receiver.read(receiver.settled)
    heard = receiver.read(1 << 20)
    pim_dbm, noise_dbm = (WATTS.dbm(float(np.mean(np.abs(part) ** 2))) for part in (heard.interference, heard.noise))
    expected_dbm = -107.0 + conversion_factor_db(1.22, 3, 0.22)
    assert pim_dbm == pytest.approx(expected_dbm, abs=0.2)
    assert noise_dbm == pytest.approx(front_end.noise_dbm, abs=0.25)  # the transitions let some more in
    assert degradation_db(pim_dbm, noise_dbm) == pytest.approx(1.82, abs=0.15)
