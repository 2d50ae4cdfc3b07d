"""The spectrum plan as SVG: what it shows, and that no two texts of it lie on each other."""

import re
import xml.etree.ElementTree as ET

import pytest
from band_plans import plan_of

from pimdeploy.errors import InputError
from pimdeploy.report.svg import LETTER
from pimdeploy.signals.bands.picture import WIDTH, plan_picture, write_picture

SVG = "{http://www.w3.org/2000/svg}"
GSM = [f"{926.2 + 4 * k:g}:0.2" for k in range(8)]
NARROW = [f"{1805.4 + 0.6 * k:g}:0.2" for k in range(12)]
PLANS = {
    "two carriers": (["3"], ["1815:20", "1860:20"], [], 7),
    "many carriers": (["8"], GSM, [], 5),
    "carriers too close for their names": (["3"], [*NARROW, "1870:10"], [], 3),
    "far bands": (["1", "3", "20"], ["2130:20", "1850:20", "806:10"], [], 5),
    "whole downlinks": (["1", "3", "5", "7", "8", "20"], [], [], 3),
    "high orders": (["5", "28"], [], [], 15),
    "tones": (["3"], ["1810", "1870"], ["1740-1760", "3"], 7),
    "nothing": (["4"], ["2120:10", "2150:10"], [], 7),
    "one carrier": (["13"], ["746.5:1"], [], 9),
    "every band": ([str(n) for n in range(1, 29) if n not in (15, 16)], [], [], 2),
}


def picture(name):
    return plan_picture(plan_of(*PLANS[name]))


def texts(svg):
    """(text, left, right, baseline) of every text, px of the whole picture; widths by the mean letter."""
    found = []

    def walk(element, dx, dy):
        move = re.fullmatch(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", ""))
        dx, dy = (dx + float(move[1]), dy + float(move[2])) if move else (dx, dy)
        if element.tag == f"{SVG}text":
            css, width = element.get("class", "").split(), LETTER * len(element.text)
            shift = width / 2 if "middle" in css else width if "end" in css else 0.0
            left = dx + float(element.get("x")) - shift
            found.append((element.text, left, left + width, dy + float(element.get("y"))))
        for child in element:
            walk(child, dx, dy)

    walk(ET.fromstring(svg), 0.0, 0.0)
    return found


@pytest.mark.parametrize("name", PLANS)
def test_no_text_lies_on_another_one_or_outside(name):
    placed = [text for text in texts(picture(name)) if text[0] != "//"]
    for k, (text, left, right, y) in enumerate(placed):
        assert left > -1, text
        assert right < WIDTH + 1, text
        for other, other_left, other_right, other_y in placed[:k]:
            if abs(y - other_y) < 10:
                assert right <= other_left + 1 or left >= other_right - 1, (text, other)


def test_what_two_carriers_look_like():
    shown = [text for text, *_ in texts(picture("two carriers"))]
    assert shown[0] == "IM3 covers 60% of the uplink of band 3"
    assert shown[1] == "f1 1815 MHz, 20 wide, f2 1860 MHz, 20 wide; products up to order 7"
    for text in (
        "uplink of band 3",
        "downlink of band 3",
        "2f1 \N{MINUS SIGN} f2",
        "around f1",
        "IM3: 45 MHz",
        "IM7: 40 MHz",
    ):
        assert text in shown, text
    assert shown.count("f1") == 2  # the carrier and its uplink channel
    assert "in the receive band" in shown
    assert "most in one band" in [text for text, *_ in texts(picture("far bands"))]


def test_bars_lie_where_the_products_are():
    """The bars of one order and place, put together, are its products: their tips say the edges, their ends are drawn."""
    svg = ET.fromstring(picture("two carriers"))
    tips = {title.text for title in svg.iter(f"{SVG}title")}
    assert "2f1 \N{MINUS SIGN} f2, order 3: 1740 to 1800 MHz" in tips
    assert "2f1 \N{MINUS SIGN} f2, order 3: 1740 to 1800 MHz; in the uplink of band 3" in tips
    bars = {}
    for rect in svg.iter(f"{SVG}rect"):
        title = rect.find(f"{SVG}title")
        if title is not None:
            left = float(rect.get("x"))
            bars.setdefault(title.text, []).append((left, left + float(rect.get("width"))))
    (f1,), (f2,) = bars["f1, carrier: 1805 to 1825 MHz"], bars["f2, carrier: 1850 to 1870 MHz"]
    per_mhz = (f1[1] - f1[0]) / 20
    (im3,) = bars["2f1 \N{MINUS SIGN} f2, order 3: 1740 to 1800 MHz"]
    assert im3[1] - im3[0] == pytest.approx(60 * per_mhz, abs=0.2)
    assert f1[0] - im3[0] == pytest.approx(65 * per_mhz, abs=0.2)
    assert f2[0] - f1[0] == pytest.approx(45 * per_mhz, abs=0.2)
    (hit,) = bars["2f1 \N{MINUS SIGN} f2, order 3: 1740 to 1800 MHz; in the uplink of band 3"]
    assert hit[1] - hit[0] == pytest.approx(45 * per_mhz, abs=0.2)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("nothing", "Nothing up to order 7 falls into the uplink of band 4"),
        ("tones", "IM3 of tones falls into the receiver 1740-1760"),
        ("far bands", "Nothing below order 4 falls into a receive band; IM4 covers 3.33% of the uplink of band 1"),
    ],
)
def test_the_title_says_what_matters(name, title):
    assert texts(picture(name))[0][0] == title


def test_rows_of_whole_orders_stand_above_where_there_are_too_many_products():
    shown = [text for text, *_ in texts(picture("many carriers"))]
    assert {"all of IM3", "all of IM5"} <= set(shown)
    assert shown[1] == "8 carriers in band 8; products up to order 5; 458 more positions fall into a receive band"


def test_the_picture_stands_alone_and_is_the_same_twice():
    svg = picture("two carriers")
    assert svg == picture("two carriers")
    assert svg.count(b"http") == 1  # the name of the SVG language
    assert b"prefers-color-scheme: dark" in svg


def test_it_is_written_as_svg(tmp_path):
    plan = plan_of(*PLANS["two carriers"])
    write_picture(plan, tmp_path / "plan.svg")
    assert (tmp_path / "plan.svg").read_bytes() == plan_picture(plan)
    with pytest.raises(InputError, match=r"^--plot .*plan\.png: expected a file name that ends in \.svg$"):
        write_picture(plan, tmp_path / "plan.png")
