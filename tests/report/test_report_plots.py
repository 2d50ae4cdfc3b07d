"""What the charts draw, by their marks."""

import re

import pytest
from report_samples import HISTORY

from pimdeploy.report import captions, plots_channels, plots_functions, plots_test
from pimdeploy.report.drawings import Function, Heatmap, Overlay, SlotMetrics
from pimdeploy.report.parts import ChannelMetrics, RecipeSummary


def heights(chart, css):
    """Heights, px, of the rectangles of a class."""
    found = re.findall(rf'<rect class="{css}"[^>]*height="([0-9.]+)"><title>', chart.svg())
    return [float(height) for height in found]


def test_bars_are_levels_over_the_noise():
    channels = [
        ChannelMetrics(received_dbfs=-40.0, bound_db=20.0, float_db=19.0, fixed_db=18.0),
        ChannelMetrics(received_dbfs=-50.0, bound_db=10.0, float_db=8.0, fixed_db=8.0),
    ]
    chart = plots_channels.channel_bars(channels)
    a_db = chart.py(0) - chart.py(1)
    assert heights(chart, "bar received") == pytest.approx([20 * a_db, 10 * a_db], abs=0.11)
    assert heights(chart, "bar float") == pytest.approx([1 * a_db, 2 * a_db], abs=0.11)
    assert heights(chart, "bar fixed") == pytest.approx([2 * a_db, 2 * a_db], abs=0.11)
    assert "Receiver 1 is cancelled least, by 8.00 dB" in captions.channel_bars(channels)


def test_bars_without_noise_stand_on_the_axis():
    channels = [ChannelMetrics(received_dbfs=-40.0, float_db=10.0), ChannelMetrics(received_dbfs=-50.0, float_db=1.0)]
    chart = plots_channels.channel_bars(channels)
    assert chart.y.label == "Power, dBFS"
    before, after = heights(chart, "bar received"), heights(chart, "bar float")
    a_db = chart.py(0) - chart.py(1)
    assert [b - a for b, a in zip(before, after, strict=True)] == pytest.approx([10 * a_db, 1 * a_db], abs=0.21)
    assert min(after) > 0
    assert "bar fixed" not in chart.svg()


def heat(rows):
    return Heatmap(split="test", kind="fixed", segment_samples=1000, rows_db=rows)


def test_more_cancellation_is_darker():
    chart = plots_test.heatmap(heat(((10.0, 12.0, 14.0), (20.0, 18.0), (16.0,))))
    cells = re.findall(
        r'class="heat heat-([0-9])"[^>]*><title>start ([0-9]+)k, length ([0-9]+)k: ([0-9.]+) dB', chart.svg()
    )
    levels = {float(db): int(level) for level, _, _, db in cells}
    assert [levels[db] for db in sorted(levels)] == sorted(levels.values())
    assert (levels[10.0], levels[20.0]) == (0, 9)
    assert ("1", "2", "18.00") in {(start, length, db) for _, start, length, db in cells}


def test_small_differences_are_not_made_to_look_large():
    svg = plots_test.heatmap(heat(((10.0, 10.01), (10.02,)))).svg()
    cells = {int(level) for level in re.findall(r'class="heat heat-([0-9])"[^>]*><title>', svg)}
    assert max(cells) - min(cells) <= 1


@pytest.mark.parametrize(
    ("level", "unit"), [(0.5, "full scale = 1"), (2e-3, "thousandths"), (3e-6, "millionths"), (0.0, "full scale = 1")]
)
def test_an_excerpt_has_a_readable_unit(level, unit):
    overlay = Overlay(
        split="test", channel=0, kind="fixed", first_sample=100,
        received_i=(level, -level), received_q=(0, 0), estimate_i=(level, 0), estimate_q=(0, 0),
    )  # fmt: skip
    chart = plots_test.excerpt(overlay)
    assert unit in chart.y.label
    assert chart.x.ticks[0] >= 100
    assert chart.svg().count("<polyline") == 7  # zero, received, estimate, what is left, and three keys


def test_many_slots_are_all_drawn_and_the_worst_listed():
    from pimdeploy.report import tables

    slots = [
        SlotMetrics(first_sample=10 * k, n_samples=10, bound_db=(20.0, 20.0), float_db=(9.0, 8.0 + k % 30))
        for k in range(60)
    ]
    assert plots_channels.slot_chart(slots).svg().count('class="mark fixed"') == 61  # and its key
    rows = tables.slot_rows(slots)
    assert len(rows) == tables.MOST_SLOTS
    assert {"0", "30"} <= {row["name"] for row in rows}
    assert "slots with the worst channels" in captions.slots(slots)


def function(**fields):
    base = {"name": "f", "node": "f", "symmetry": "odd", "a": (-1.0, 0.0, 1.0), "f": (-2.0, 0.0, 2.0), "knots": (0.0,)}
    return Function(**base | fields)


def test_functions_of_a_node_share_a_chart_where_there_are_many():
    many = [function(name=f"f[{i}]") for i in range(3)]
    assert [len(group) for group in plots_functions.groups([*many, function(name="g", node="g")])] == [3, 1]
    assert [len(group) for group in plots_functions.groups(many[:2])] == [1, 1]
    (chart,) = plots_functions.charts(many)
    assert "3 trained functions" in chart.svg()
    assert "3 functions" in captions.functions(many)


def test_an_even_function_is_drawn_with_its_branch():
    even = function(symmetry="even", a=(-1.0, 0.0, 1.0), f=(2.0, 1.0, 2.0), critical_point=0.25)
    (chart,) = plots_functions.charts([even])
    assert chart.y.lo <= -2
    assert ">a f(a)<" in chart.svg()
    assert "|a f(a)| first exceeds 1 %" in captions.functions([even])


def test_a_gain_is_drawn_as_magnitude_and_phase():
    """The gain turns by 270 degrees: its phase goes on past 180."""
    gain = function(
        symmetry="index", a=(0.0, 1.0, 2.0, 3.0), f=(1.0, 0.0, -1.0, 0.0), f_imag=(0.0, 1.0, 0.0, -1.0), knots=(0.0, 1.0, 2.0)
    )  # fmt: skip
    magnitude, phase = plots_functions.charts([gain])
    assert (magnitude.y.lo, magnitude.y.hi) == (0, 1)
    assert phase.y.hi >= 270
    assert "complex gain" in captions.functions([gain])


def test_the_phase_of_next_to_nothing_is_not_drawn():
    gain = function(symmetry="index", a=(0.0, 1.0), f=(0.0, 1.0), f_imag=(0.0, 0.0), knots=(0.0,))
    _, phase = plots_functions.charts([gain])
    points = re.search(r'<polyline class="line fixed" points="([^"]+)"', phase.svg()).group(1).split()
    assert len(points) == plots_functions.BETWEEN


def test_a_zero_gain_has_charts():
    gain = function(symmetry="index", a=(0.0, 1.0), f=(0.0, 0.0), f_imag=(0.0, 0.0), knots=(0.0,))
    assert all("nan" not in chart.svg() for chart in plots_functions.charts([gain]))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"critical_point": 0.1}, "f is odd"),
        (
            {"symmetry": "plain", "rectified": True},
            "f has no symmetry and linear between 1 fixed knot. A ReLU follows.",
        ),
        ({"name": "g1, g2", "symmetry": "plain", "trained": False}, "g1 and g2: a fixed function, not trained"),
        ({"name": "g1, g2, g3", "symmetry": "plain", "trained": False}, "g1, g2, g3: a fixed function"),
        ({}, "zero everywhere"),
    ],
)
def test_what_is_said_of_a_function(fields, text):
    assert text in captions.functions([function(**fields)])


def test_the_gap_is_split_into_bounds_and_model():
    found = {"bound": 0.5, "float": 1.0, "fixed": 0.8, "short": 0.2}
    text = captions.gap(found)
    assert "Gap between training and test: 0.80 dB" in text
    assert "0.30 dB once the bounds, which differ by 0.50 dB, are taken off" in text
    assert captions.gap(found | {"bound": None, "fixed": None}) == "Gap between training and test: 1.00 dB."
    assert captions.gap(None) == ""


def test_starts_are_spoken_of_where_there_are_several():
    assert "the start that does best" in captions.training(HISTORY)
    assert "the weights that do best" in captions.training(HISTORY[:3])


def test_the_excerpt_says_where_it_is_from():
    recipe = RecipeSummary.model_construct(n_rx=1, fs_hz=100e6)
    overlay = Overlay.model_construct(split="test", channel=0, kind="float", received_i=(0.0,) * 200)
    text = captions.excerpt(overlay, recipe)
    assert text.startswith("Over time: 200 samples (2 \N{MICRO SIGN}s)")
    assert "receiver" not in text.replace("receive filter", "")
