"""OFDM numerologies against other tables of the same specifications."""

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.modulation.numerology import find_numerology, tables

GUARDS_KHZ = {
    15: "242.5 312.5 382.5 452.5 522.5 592.5 572.5 552.5 712.5 692.5",
    30: "505 665 645 805 785 945 925 905 1065 1045 825 965 925 885 845",
    60: "1010 990 1330 1310 1290 1630 1610 1590 1570 1530 1490 1450 1410 1370",
}
"""Smallest guard bands, TS 38.104 Table 5.3.3-1, in the order of the widths."""


def every_numerology():
    for standard in ("lte", "nr"):
        for spacing, counts in tables()[standard]["resource_blocks"].items():
            for width in counts:
                yield find_numerology(standard, float(width), float(spacing))


@pytest.mark.parametrize("spacing_khz", [15, 30, 60])
def test_resource_blocks_of_nr_leave_the_guard_bands_of_the_specification(spacing_khz):
    widths = list(tables()["nr"]["resource_blocks"][str(spacing_khz)])
    guards = GUARDS_KHZ[spacing_khz].split()
    assert len(widths) == len(guards)
    for width, guard_khz in zip(widths, guards, strict=True):
        found = find_numerology("nr", float(width), spacing_khz)
        assert found.channel_hz / 2 - found.outermost_hz == pytest.approx(float(guard_khz) * 1e3)


def test_lte_has_the_transmission_bandwidths_of_the_specification():
    """TS 36.104: 1.4 MHz has 72 subcarriers, wider channels fill 90 % of their width."""
    assert find_numerology("lte", 1.4).n_subcarriers == 72
    for width in (3, 5, 10, 15, 20):
        assert find_numerology("lte", width).n_subcarriers * 15e3 == pytest.approx(0.9 * width * 1e6)


def test_half_a_millisecond_is_whole_whatever_the_numerology():
    for found in every_numerology():
        assert sum(found.symbol_lengths) * 2000 == found.rate_hz, found
        assert found.n_fft * found.spacing_hz == found.rate_hz >= 2 * found.channel_hz, found


def test_first_prefix_is_longer_by_sixteen_basic_units():
    """TS 36.211 Table 6.12-1 and TS 38.211 clause 5.3.1, in seconds."""
    basic_unit_s = 1 / 30.72e6
    for found in every_numerology():
        first, *others = np.array(found.prefix_lengths) / found.rate_hz
        assert others == pytest.approx([144 * basic_unit_s * 15e3 / found.spacing_hz] * len(others))
        assert first - others[0] == pytest.approx(16 * basic_unit_s)


def test_dc_is_empty_in_lte_and_used_in_nr():
    lte, nr = find_numerology("lte", 10), find_numerology("nr", 10)
    assert 0 not in lte.subcarriers
    assert (lte.subcarriers[0], lte.subcarriers[-1]) == (-300, 300)
    assert 0 in nr.subcarriers
    assert (nr.subcarriers[0], nr.subcarriers[-1]) == (-312, 311)
    assert lte.transmission_hz == 601 * 15e3
    assert nr.transmission_hz == 624 * 15e3


def test_the_lte_uplink_lies_symmetrically_half_a_subcarrier_off():
    uplink = find_numerology("lte", 5, uplink=True)
    places = uplink.subcarriers * uplink.spacing_hz + uplink.offset_hz
    np.testing.assert_array_equal(places, -places[::-1])
    assert uplink.outermost_hz == 150 * 15e3


def test_default_spacing_of_nr():
    assert find_numerology("nr", 50).spacing_hz == 15e3
    assert find_numerology("nr", 60).spacing_hz == 30e3


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("lte", 7.0), r"^lte channel of 7 MHz at 15 kHz: not in the tables; the nearest is 5 MHz \(known: 1\.4, 3, "),
        (("nr", 5.0, 60.0), r"^nr channel of 5 MHz at 60 kHz: not in the tables; the nearest is 10 MHz"),
        (
            ("nr", 20.0, 25.0),
            r"^nr with a subcarrier spacing of 25 kHz: not in the tables; give one of 15, 30, 60 kHz$",
        ),
        (("ltr", 20.0), r"^OFDM standard 'ltr': unknown; did you mean 'lte'\? known: lte, nr$"),
    ],
)
def test_what_the_tables_do_not_have_is_refused(asked, message):
    with pytest.raises(InputError, match=message):
        find_numerology(*asked)
