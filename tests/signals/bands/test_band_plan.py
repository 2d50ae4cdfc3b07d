"""What falls into a receiver: overlaps, what is covered, own channels, other bands' receivers."""

import numpy as np
import pytest
from band_plans import plan_of
from hypothesis import given
from hypothesis import strategies as st

from pimdeploy.errors import InputError
from pimdeploy.signals.bands.plan import covered_hz

TWO = ["1815:20", "1860:20"]


def hits_of(plan, receiver=0):
    return {(plan.label(h.product.multiples), h.product.order): h for h in plan.hits(plan.receivers[receiver])}


def test_two_carriers_of_band_3():
    """By hand: 2 f1 - f2 = 1770 MHz, 60 MHz wide, 1740 to 1800; the uplink ends at 1785."""
    plan = plan_of(["3"], TWO, order=3)
    hit = hits_of(plan)["2f1 - f2", 3]
    assert (hit.overlap_hz, hit.reach) == (45_000_000, "partial")
    assert (hit.share_of_receiver, hit.share_of_product) == (0.6, 0.75)
    assert hit.channels_hz == (0, 20_000_000)  # uplink channels 1710 to 1730 and 1755 to 1775
    assert len(hits_of(plan)) == 1


def test_the_summary_counts_what_overlaps_once():
    rows = {row.order: row for row in plan_of(["3"], TWO, order=5).summary(plan_of(["3"], TWO).receivers[0])}
    assert sorted(rows) == [3, 5]
    assert (rows[5].n_products, rows[5].n_hits, rows[5].covered_hz) == (18, 3, 75_000_000)
    assert (rows[3].covered_hz, rows[3].channels_hz) == (45_000_000, (0, 20_000_000))


def test_low_orders_and_large_overlaps_come_first():
    hits = plan_of(["3"], TWO, order=7).hits(plan_of(["3"], TWO).receivers[0])
    keys = [(h.product.order, h.product.base_order, -h.overlap_hz) for h in hits]
    assert keys == sorted(keys)
    assert keys[0][:2] == (3, 3)


@pytest.mark.parametrize(
    ("receiver", "reach", "overlap"),
    [("1720-1800", "whole", 60), ("1750-1760", "whole", 10), ("1700-1750", "partial", 10), ("1700-1740", "none", 0)],
)
def test_whole_partial_none(receiver, reach, overlap):
    plan = plan_of(["3"], TWO, [receiver], order=3)
    row = next(r for r in range(len(plan.products)) if plan.label(plan.product(r).multiples) == "2f1 - f2")
    hit = plan.hit(row, plan.receivers[0])
    assert (hit.reach, hit.overlap_hz) == (reach, overlap * 1_000_000)
    assert (plan.n_hits(plan.receivers[0]) > 0) == (reach != "none")


def test_every_product_is_hit_or_not_as_its_edges_say():
    plan = plan_of(["3", "1"], [*TWO, "2140:5"], order=6)
    for receiver in plan.receivers:
        hit = set(plan.hit_rows(receiver).tolist())
        for row in range(len(plan.products)):
            low, high = plan.product(row).span_hz
            overlaps = min(high, receiver.span_hz[1]) - max(low, receiver.span_hz[0]) > 0
            assert (row in hit) == overlaps == (plan.hit(row, receiver).reach != "none")


def test_a_tone_falls_into_a_band_edges_included():
    plan = plan_of(["3"], ["1810", "1870"], ["1750-1760", "1740-1750", "1740-1749.9"], order=3)
    assert [plan.n_hits(receiver) for receiver in plan.receivers] == [1, 1, 0]
    hit = plan.hits(plan.receivers[0])[0]
    assert (hit.overlap_hz, hit.share_of_product, hit.reach) == (0, 1.0, "whole")


def test_carriers_of_one_band_and_the_receiver_of_another():
    """Band 5 (869 to 894) and band 8 share an antenna: 2 x 878 - 872 = 884 MHz lies in the uplink of band 8."""
    plan = plan_of(["5"], ["872:1", "878:1"], ["8"], order=3)
    assert set(hits_of(plan)) == {("2f2 - f1", 3)}
    assert plan.receivers[0].channels == ()


def test_a_carrier_inside_the_receiver_of_another_band_is_told():
    """No product: the downlink of band 5 overlaps the uplink of band 8."""
    plan = plan_of(["5"], ["872:1", "890:1", "880"], ["8", "5"])
    assert [plan.transmitted_inside(receiver) for receiver in plan.receivers] == [["f2", "f3"], []]
    assert plan.to_json()["receivers"][0]["transmitted_inside"] == ["f2", "f3"]


def test_several_bands_mix():
    """Odd and even products of carriers of two bands, by hand."""
    plan = plan_of(["20", "8"], ["806:10", "942.5:5"], ["660-680"], order=3)
    assert set(hits_of(plan)) == {("2f1 - f2", 3)}  # 1612 - 942.5 = 669.5
    plan = plan_of(["20", "8"], ["806:10", "942.5:5"], ["3"], order=2)
    assert set(hits_of(plan)) == {("f1 + f2", 2)}  # 1748.5


def test_the_uplinks_of_all_bands_are_the_receivers_by_default():
    plan = plan_of(["1", "3"], ["2140:5", "1850:5"])
    assert [receiver.name for receiver in plan.receivers] == ["uplink of band 1", "uplink of band 3"]
    assert [receiver.channels for receiver in plan.receivers] == [
        (("f1", (1_947_500_000, 1_952_500_000)),),
        (("f2", (1_752_500_000, 1_757_500_000)),),
    ]


def test_a_reversed_band_pairs_upwards():
    plan = plan_of(["20"], ["806:10"])
    assert plan.receivers[0].channels == (("f1", (842_000_000, 852_000_000)),)


@pytest.mark.parametrize(
    ("receivers", "message"),
    [
        (["33"], r"unknown band '33'; did you mean 3 .*"),
        (["3", "III"], "--receiver III: given twice; give each receiver once"),
        (
            ["1785-1710"],
            "--receiver 1785-1710: expected a lower and a higher edge in MHz, such as 1710-1785, or a band",
        ),
    ],
)
def test_a_receiver_that_is_none_is_refused(receivers, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        plan_of(["3"], receivers=receivers)


@pytest.mark.parametrize(
    ("carriers", "message"),
    [
        (["1815:20"], "no band is named; name the bands that transmit, such as 3: pimdeploy bands 3 ..."),
        ([], r"no band is named; name the bands that transmit: pimdeploy bands 3 \.\.\."),
    ],
)
def test_a_plan_needs_a_band(carriers, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        plan_of([], carriers, ["3"])


def test_names_of_products():
    plan = plan_of(["3"], ["1815:20", "1860:20", "1840:5"])
    assert plan.label((-2, 0, 3)) == "3f3 - 2f1"
    assert plan.label((1, 1, -1)) == "f1 + f2 - f3"
    assert plan.label((0, 0, 1)) == "f3"
    titles = {plan.title(plan.product(row)) for row in range(len(plan.products))}
    assert {"around f1", "2f1 - f2", "2f1 - f2, wider"} <= titles


def test_rf_bandwidth_is_that_of_each_band():
    plan = plan_of(["1", "3"], ["1815:20", "2140:5", "1860:20"])
    assert {band.number: used for band, used in plan.rf_bandwidths().items()} == {"3": 65_000_000, "1": 5_000_000}


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)).map(lambda s: [s[0], s[0] + s[1]]), max_size=8)


@given(spans, st.tuples(st.integers(0, 50), st.integers(1, 40)).map(lambda s: (s[0], s[0] + s[1])))
def test_what_is_covered_counts_every_hertz_once(drawn, within):
    cells = np.zeros(120, dtype=bool)
    for low, high in drawn:
        cells[low:high] = True
    assert covered_hz(drawn, within) == int(cells[within[0] : within[1]].sum())


def test_json_holds_all_products_where_asked():
    plan = plan_of(["3"], TWO, order=5)
    short, whole = plan.to_json(), plan.to_json(every=True)
    assert "products" not in short
    assert len(whole["products"]) == whole["n_products"] == len(plan.products)
    assert len({(p["product"], p["order"]) for p in whole["products"]}) == len(plan.products)
    hit = short["receivers"][0]["hits"][0]
    assert hit["product"] == "2f1 - f2"
    assert hit["channels_hz"] == {"f1": 0, "f2": 20_000_000}
