"""Carriers as they are written, and which ones can stand side by side."""

import pytest
from band_plans import TABLE, plan_of

from pimdeploy.errors import InputError
from pimdeploy.signals.bands.carriers import Carrier, carriers_in_bands, parse_carrier


@pytest.mark.parametrize(
    ("text", "carrier", "written"),
    [
        ("1815:20", Carrier(1815e6, 20e6), "1815:20"),
        ("1842.5:0.2:43", Carrier(1842.5e6, 0.2e6, 43), "1842.5:0.2:43"),
        ("1815", Carrier(1815e6), "1815:0"),
        ("1815:5:-3.5", Carrier(1815e6, 5e6, -3.5), "1815:5:-3.5"),
    ],
)
def test_a_carrier_is_centre_bandwidth_power(text, carrier, written):
    assert parse_carrier(text) == carrier
    assert str(carrier) == written


def test_edges_are_whole_hertz():
    assert parse_carrier("1867.4:35").span_hz == (1_849_900_000, 1_884_900_000)


FORM = r"expected CENTRE:BANDWIDTH\[:POWER\] in MHz and dBm, such as 1815:20 or 1815:20:43"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", FORM),
        ("1815:20:43:1", FORM),
        ("1815,20", FORM),
        ("1815:nan", FORM),
        ("inf:20", FORM),
        ("1815:-20", f"the edges must be positive frequencies; {FORM}"),
        ("5:20", f"the edges must be positive frequencies; {FORM}"),
        ("1815:20:430", "a power of 430 dBm, expected -80 to 80 dBm"),
    ],
)
def test_what_is_no_carrier_is_refused(text, message):
    with pytest.raises(InputError, match=f"^--carrier {text}: {message}$"):
        parse_carrier(text)


def test_a_carrier_belongs_to_the_band_that_holds_it():
    bands = TABLE.select(["1", "3", "10"])
    carriers = [parse_carrier(text) for text in ("1815:20", "2140:20", "2115:5")]
    homes = carriers_in_bands(carriers, bands, TABLE)
    assert [band.number for band in homes] == ["3", "1", "1"]  # band 10 holds 2140, too; the first one named counts


OUTSIDE = r"expected inside the downlink of band 3 \(1805 to 1880 MHz\)"


@pytest.mark.parametrize(
    ("names", "carriers", "message"),
    [
        (["3"], ["1810:20"], f"--carrier 1810:20: covers 1800 to 1820 MHz, {OUTSIDE}; no known band transmits there: .*"),
        (["3"], ["2140:20"], f"--carrier 2140:20: .*, {OUTSIDE}; name the band it belongs to: 1, 4, 10"),
        (["3"], ["1720:5"], f"--carrier 1720:5: .*, {OUTSIDE}; it lies in the uplink, where the base station receives"),
        (["3", "8"], ["1000:5"], r".* of band 3 \(1805 to 1880 MHz\) or band 8 \(925 to 960 MHz\); no known band .*"),
        (["3"], ["1815:20", "1815:20:43"], "--carrier 1815:20(:43)?: given twice; give each carrier once"),
        (["3"], ["1815", "1815"], "--carrier 1815:0: given twice; give each carrier once"),
        (
            ["3"], ["1860:20", "1845:20"],
            "--carrier 1845:20 and --carrier 1860:20: they overlap from 1850 to 1855 MHz; carriers of one antenna stand "
            "side by side: move one or make it narrower",
        ),
        (["3"], ["1842.5:75", "1840"], "--carrier 1842.5:75 and --carrier 1840:0: they overlap .*"),
        (["3"], ["1842.5:75", "1840:5", "1860:5"], "--carrier 1842.5:75 and --carrier 1840:5: they overlap .*"),
        (["1", "10"], ["2140:20", "2150:10"], ".*: they overlap from 2145 to 2150 MHz; .*"),
    ],
)  # fmt: skip
def test_carriers_that_cannot_stand_there_are_refused(names, carriers, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        plan_of(names, carriers)


@pytest.mark.parametrize("carriers", [["1810:10", "1820:10"], ["1810:10", "1815"], ["1810:10", "1805"]])
def test_carriers_that_touch_are_good(carriers):
    assert len(plan_of(["3"], carriers).emissions) == 2
