"""The README's picture."""

import xml.etree.ElementTree as ET

from pimdeploy.report.picture import demo_picture, write_picture


def texts(picture):
    return [element.text for element in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]


def test_the_picture_stands_alone(data):
    picture = demo_picture(data)
    shown = texts(picture)
    test = data.splits["test"]
    levels = f"{test.fixed_db:.2f} dB of {test.bound_db:.2f} dB"
    assert f"{levels} possible cancelled with 80 parameters, 104 multiplies a sample" in shown
    assert "W6A12" in shown
    assert "noise alone" in shown
    assert len(picture) < 200_000
    assert picture.count(b"http") == 1  # the name of the SVG language


def test_equal_data_give_equal_pictures(data):
    assert demo_picture(data) == demo_picture(data.model_copy())


def test_the_nonlinearity_stands_in_for_a_missing_sweep(data):
    shown = texts(demo_picture(data.model_copy(update={"sweep": None})))
    assert "trained function" in shown
    assert "W6A12" not in shown


def test_absent_parts_are_left_out(bare, tmp_path):
    write_picture(bare, tmp_path / "demo.svg")
    shown = texts((tmp_path / "demo.svg").read_bytes())
    assert shown == ["15.50 dB cancelled with 80 parameters", "Not verified: no backend has been run on this bundle."]
