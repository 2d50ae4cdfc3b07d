"""Axes and numbers of the charts."""

import re

import pytest

from pimdeploy.report.svg import Chart, category_axis, linear_axis, number, tick_step


@pytest.mark.parametrize(("span", "most", "step"), [(10, 5, 2), (10, 10, 1), (0.9, 8, 0.2), (170, 7, 50), (3, 30, 0.1)])
def test_steps_are_one_two_or_five(span, most, step):
    assert tick_step(span, most) == pytest.approx(step)


def test_an_axis_ends_on_ticks_where_it_snaps():
    axis = linear_axis("dB", 16.3, 19.2, 6)
    assert (axis.lo, axis.hi) == (16, 19.5)
    assert axis.ticks == (16, 16.5, 17, 17.5, 18, 18.5, 19, 19.5)
    loose = linear_axis("dB", 16.3, 19.2, 6, snap=False)
    assert (loose.lo, loose.hi, loose.ticks) == (16.3, 19.2, (16.5, 17, 17.5, 18, 18.5, 19))


def test_an_empty_span_still_makes_an_axis():
    axis = linear_axis("dB", 3.0, 3.0)
    assert axis.lo < 3 < axis.hi
    assert axis.ticks


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (-0.25, "\N{MINUS SIGN}0.25"), (-1e-9, "0"), (1230.0, "1230"), (0.1 + 0.2, "0.3")]
)
def test_numbers_have_no_needless_zeros(value, text):
    assert number(value) == text


def test_places_follow_the_axes():
    chart = Chart("t", (158, 180), linear_axis("x", 0, 10), category_axis("", ["a", "b"]), (40, 0, 40, 58))
    assert chart.inner == (100, 100)
    assert (chart.px(5), chart.py(1.5), chart.py(0)) == (50, 0, 75)


def test_text_is_escaped():
    chart = Chart("<t>", (200, 200), linear_axis("<x>", 0, 1), linear_axis("y & z", 0, 1))
    chart.key("<k>", "line")
    chart.area(0, 1, 0, 1, "bar", tip="<tip>")
    assert not re.search("<[txk]>|<tip>", chart.svg())
    assert "y &amp; z" in chart.svg()
