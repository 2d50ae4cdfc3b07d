"""The card that every stand-alone picture is drawn on."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pimdeploy
from pimdeploy.report.card import EDGE, HEAD, card
from pimdeploy.report.svg import Chart, linear_axis

SVG = "{http://www.w3.org/2000/svg}"
PACKAGE = Path(pimdeploy.__file__).parent


def chart(height: int) -> Chart:
    return Chart("a chart", (300, height), linear_axis("", 0, 1, 2), linear_axis("", 0, 1, 2))


def test_the_lowest_chart_decides_how_tall_it_is():
    root = ET.fromstring(card("a < b", "below", [(chart(200), 10, 0), (chart(100), 400, 150)], ".own { fill: none; }"))
    assert (root.get("width"), root.get("height")) == ("1000", str(HEAD + 250 + EDGE))
    assert root.get("aria-label") == "a < b"
    places = [group.get("transform") for group in root.iter(f"{SVG}g") if group.get("class") == "chart"]
    assert places == [f"translate(10 {HEAD})", f"translate(400 {HEAD + 150})"]
    style = root.find(f"{SVG}style")
    assert style is not None
    assert style.text is not None
    assert ".own { fill: none; }" in style.text
    assert [text.get("class") for text in root.findall(f"{SVG}text")] == ["title", "subtitle"]


def test_without_a_line_below_the_heading_and_without_charts():
    root = ET.fromstring(card("alone", "", []))
    assert [text.text for text in root.findall(f"{SVG}text")] == ["alone"]
    assert root.get("height") == str(HEAD + EDGE)


def test_no_other_picture_has_a_frame_of_its_own():
    sources = [*PACKAGE.rglob("*.py"), *(PACKAGE.parent / "docs").glob("*.py")]
    framed = [path.name for path in sources if re.search(r'class="card"', path.read_text(encoding="utf-8"))]
    assert framed == ["card.py"]
