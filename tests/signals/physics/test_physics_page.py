"""docs/pim_report.md and its pictures are what docs/pim_report.py writes, and every figure asked for is met."""

import importlib
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from bench import physics

DOCS = Path(__file__).parents[3] / "docs"
FOUND = json.loads((DOCS / "pim_report.json").read_text())
NUMBER = re.compile(r"-?\d+\.\d+")


@pytest.fixture(scope="module")
def script():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        yield importlib.import_module("pim_report")


def test_the_page_is_current_and_shows_every_picture(script):
    text = script.page(FOUND)
    assert (DOCS / "pim_report.md").read_text() == text, "run python docs/pim_report.py"
    assert re.findall(r"\(images/(\w+\.svg)\)", text) == [
        "pim_drive.svg",
        "pim_orders.svg",
        "pim_spectrum.svg",
        "pim_conversion.svg",
        "pim_compression.svg",
        "pim_sensitivity.svg",
    ]
    for target in re.findall(r"\]\(([\w/.]+)\)", text):
        assert (DOCS / target).is_file()


def test_pictures_are_current(script):
    """Numbers within a tenth of a pixel: libraries of mathematics differ in the last digit."""
    for name, picture in script.pictures(FOUND).items():
        written, made = (DOCS / "images" / name).read_text(), picture.decode()
        assert NUMBER.sub("#", written) == NUMBER.sub("#", made), f"{name}: run python docs/pim_report.py"
        values = [np.array([float(n) for n in NUMBER.findall(text)]) for text in (written, made)]
        np.testing.assert_allclose(values[0], values[1], atol=0.1001, err_msg=name)
        assert ET.fromstring(made).tag == "{http://www.w3.org/2000/svg}svg"


def test_the_page_cites_nothing_that_our_copy_lacks(script):
    """The text breaks off inside clause 7 and goes on in 10.1.2."""
    text = script.page(FOUND)
    cited = {c for row in re.findall(r"^\| ([\d., ]+) \|", text, flags=re.MULTILINE) for c in row.split(", ")}
    assert {"6.1.1", "6.1.2", "6.1.3", "6.2.2", "6.2.3", "6.2.5", "7"} == cited


@pytest.mark.parametrize("rows", ["modulation_rows", "conversion_rows", "source_rows", "clause_7_rows"])
def test_simulated_figures_meet_what_is_asked(rows):
    made = getattr(physics, rows)(FOUND)
    assert any(row.met for row in made)
    assert [row.figure for row in made if row.met is False] == []


def test_rules_of_two_tones_meet_what_is_asked():
    rows = [*physics.power_rows(1 << 16), physics.equation_6_row()]
    assert len(rows) == 4
    assert all(row.met for row in rows)


def test_a_missed_figure_is_said():
    worse = json.loads(json.dumps(FOUND))
    worse["products"]["lte-5"]["second"]["whole_db"] = 0.2
    missed = [row for row in physics.modulation_rows(worse) if row.met is False]
    assert [row.figure for row in missed] == ["lte-5: modulating the second carrier alone adds to 2f1 - f2"]
