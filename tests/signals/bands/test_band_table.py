"""Tables 5.2-1 and 5.2-2 of papers/002, computed from the edges of the bands and held against the print."""

import pytest
from band_plans import TABLE, plan_of

from pimdeploy.errors import InputError
from pimdeploy.signals.bands.carriers import Carrier
from pimdeploy.signals.bands.plan import make_plan
from pimdeploy.signals.bands.table import LIMIT_ORDERS, paired_bands

# Table 5.2-1: duplex gap size in relation to band size, as printed.
SMALL = "2 3 5 7 8 12 20 22 25 26 28".split()
LARGE = "1 4 6 9 10 11 13 14 17 18 19 21 23 24 27".split()
# Table 5.2-2: maximum RF bandwidth without IM3 in the own receiver, MHz, as printed (band 20 with a comma, band 25 twice).
WITHOUT_IM3_MHZ = {
    "2": 40, "3": 47.5, "5": 22.5, "7": 60, "8": 22.5, "12": 15, "20": 20.5, "22": 50, "25": 40, "26": 22.5, "28": 27.5
}  # fmt: skip
NUMBERS = [band.number for band in TABLE.bands]


def test_the_report_has_these_bands():
    assert sorted(NUMBERS, key=int) == NUMBERS == sorted(SMALL + LARGE, key=int)
    assert TABLE.reserved == ("15", "16")


@pytest.mark.parametrize("number", NUMBERS)
def test_the_category_follows_from_the_edges(number):
    assert TABLE.find(number).gap_category == ("small" if number in SMALL else "large")


def test_table_5_2_2_follows_from_the_edges():
    computed = {b.number: b.limit(3).paired_hz / 1e6 for b in TABLE.bands if b.gap_category == "small"}
    assert computed == WITHOUT_IM3_MHZ


def test_band_27_cannot_suffer_im3_although_the_text_of_clause_5_2_lists_it():
    """The text names bands 26, 27 and 28 as bands that could; Table 5.2-1 calls band 27 large, as its edges say."""
    assert [TABLE.find(n).limit(3).reaches for n in ("26", "27", "28")] == [True, False, True]
    assert plan_of(["27"], order=3).summary(plan_of(["27"], order=3).receivers[0])[0].n_hits == 0


def test_band_2_says_both_limits():
    """The paired channels are safe up to 40 MHz, the whole uplink band up to the duplex gap: 20 MHz."""
    limit = TABLE.find("2").limit(3)
    assert (limit.paired_hz, limit.whole_uplink_hz, limit.reaches) == (40e6, 20e6, True)


def test_higher_orders_divide_the_separation_by_three_four_and_five():
    band = TABLE.find("3")
    assert [band.limit(n).paired_hz for n in LIMIT_ORDERS] == [95e6 / k for k in (2, 3, 4, 5)]
    assert [band.limit(n).whole_uplink_hz for n in LIMIT_ORDERS] == [20e6 / k for k in (1, 2, 3, 4)]


def block(band, width_hz):
    """A block of the downlink of that width, at the edge next to the uplink."""
    low, high = band.downlink_hz
    centre = low + width_hz / 2 if band.uplink_hz[1] <= low else high - width_hz / 2
    return make_plan([band], [Carrier(centre, width_hz)], TABLE, order=9)


@pytest.mark.parametrize("order", LIMIT_ORDERS)
@pytest.mark.parametrize("number", NUMBERS)
def test_the_limits_are_where_products_begin_to_fall_into_the_receiver(number, order):
    """A block as wide as a limit has no product of the order there, one 20 Hz wider has."""
    band = TABLE.find(number)
    limit, most = band.limit(order), band.downlink_width_hz
    for limit_hz, covered in (
        (limit.whole_uplink_hz, lambda row: row.covered_hz),
        (limit.paired_hz, lambda row: row.channels_hz[0]),
    ):
        for width_hz in (limit_hz // 2 * 2, limit_hz // 2 * 2 + 20):
            if width_hz <= most:
                plan = block(band, width_hz)
                row = next(row for row in plan.summary(plan.receivers[0]) if row.order == order)
                assert (covered(row) > 0) == (width_hz > limit_hz), (limit_hz, width_hz)


@pytest.mark.parametrize("number", NUMBERS)
def test_an_order_reaches_the_uplink_where_the_whole_downlink_says_so(number):
    """The band's own criterion and the plan of its whole downlink agree, for every order."""
    plan = plan_of([number], order=9)
    reached = {row.order: row.n_hits > 0 for row in plan.summary(plan.receivers[0])}
    assert reached == {order: TABLE.find(number).limit(order).reaches for order in LIMIT_ORDERS}


@pytest.mark.parametrize("name", ["3", "B3", "b3", "band 3", "III", "iii", "DCS 1800", "dcs1800", "DCS-1800"])
def test_a_band_goes_by_all_its_names(name):
    assert TABLE.find(name).number == "3"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("33", r"unknown band '33'; did you mean 3 \(uplink 1710 to 1785 MHz, downlink 1805 to 1880 MHz\)\? known: 1, 2, .*"),
        ("EGSM900", r"unknown band 'EGSM900'; did you mean 8 \(uplink 880 to 915 MHz.*"),
        ("", r"unknown band ''; did you mean .*"),
        ("15", r"band 15: Table 5\.2-1 reserves it without frequencies; expected one of 1, 2, .*"),
    ],
)  # fmt: skip
def test_an_unknown_band_names_the_nearest(name, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        TABLE.find(name)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["3", "8", "3"], "band 3 is given twice; give each band once"),
        (["3", "DCS 1800"], r"band 3 is given twice \('DCS 1800' is band 3\); give each band once"),
    ],
)
def test_a_band_given_twice_is_refused(names, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        TABLE.select(names)


# --- bands of one's own ----------------------------------------------------------------------------------------------

B66 = '[[band]]\nnumber = "66"\nnames = ["AWS-3"]\nuplink_mhz = [1710, 1780]\ndownlink_mhz = [2110, 2200]\n'


def test_a_file_adds_bands(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(B66)
    table = paired_bands(path)
    assert table.find("aws 3").downlink_hz == (2_110_000_000, 2_200_000_000)
    assert table.find("3") == TABLE.find("3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("band = 3", r"expected \[\[band\]\] tables with number, uplink_mhz, downlink_mhz and, if any, names"),
        ("[[band]", "no TOML: .*"),
        (B66 + B66, "band 2: the name '66' is taken; give it another one"),
        (B66.replace("AWS-3", "DCS1800"), "band 1: the name 'DCS1800' is taken; give it another one"),
        (B66.replace("names", "name"), "band 1: unknown key 'name'; did you mean 'names'[?]"),
        (B66.replace('"66"', "66"), 'band 1: number: got 66, expected a text such as "66"'),
        (B66.replace('["AWS-3"]', '"AWS-3"'), r"band 1: names: got 'AWS-3', expected a list of texts such as \[\"AWS\"\]"),
        (B66.replace("[1710, 1780]", "[1780, 1710]"), r"band 1: uplink_mhz: got \[1780, 1710\], expected the lower .*"),
        (B66.replace("[1710, 1780]", "[1710, inf]"), r"band 1: uplink_mhz: got \[1710, inf\], expected the lower .*"),
        (B66.replace("[1710, 1780]", "[true, 1780]"), r"band 1: uplink_mhz: got \[True, 1780\], expected the lower .*"),
        (B66.replace("downlink_mhz = [2110, 2200]", ""), "band 1: downlink_mhz: got None, expected the lower .*"),
        (B66.replace("2110", "1750"), "band 1: uplink and downlink overlap; a paired band has a duplex gap between them"),
    ],
)  # fmt: skip
def test_a_file_that_says_something_impossible_is_refused(tmp_path, text, message):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=f"mine[.]toml: {message}$"):
        paired_bands(path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(
        InputError, match=r"none\.toml: cannot be read: No such file or directory; expected a TOML file"
    ):
        paired_bands(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"bytes\.toml: cannot be read: it is not UTF-8 text; expected a TOML file"):
        paired_bands(tmp_path / "bytes.toml")


ROW = '[[band]]\nnumber = "201"\nuplink_mhz = [700, 720]\ndownlink_mhz = [760, 780]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("band = [1]", r"band 1: got 1, expected a table with number, uplink_mhz and downlink_mhz"),
        ('band = ["201"]', r"band 1: got '201', expected a table with .*"),
        (ROW.replace("780", "1.7e308"), r"band 1: downlink_mhz: got \[760, 1.7e\+308\], expected the lower and .*"),
        ("reserved = 15\n" + ROW, r'reserved: got 15, expected a list of texts such as \["15"\]'),
        ("reserved = [15]\n" + ROW, r"reserved: got \[15\], expected a list of texts .*"),
        ("a." * 20_000 + "a = 1\n" + ROW, r"no TOML: a key of more than 32 parts"),
        (ROW + "x = " + "[" * 20_000, r"no TOML: nested too deeply"),
    ],
)
def test_a_table_of_something_else_is_refused(text, message, tmp_path):
    (tmp_path / "b.toml").write_text(text)
    with pytest.raises(InputError, match=rf"/b\.toml: {message}$"):
        paired_bands(tmp_path / "b.toml")


def test_a_table_that_never_ends_is_refused(tmp_path):
    (tmp_path / "b.toml").symlink_to("/dev/zero")
    with pytest.raises(
        InputError, match=r"b\.toml: cannot be read: it is a device or a pipe, a regular file was expected; "
    ):
        paired_bands(tmp_path / "b.toml")
