"""The course of the cancellation over the test split."""

from dataclasses import replace

import numpy as np
import pytest
from demo_models import demo_model
from report_samples import LATENCY, estimate_of, make_dataset

from pimdeploy.report import collect_test as collect
from pimdeploy.report.parts import ChannelMetrics, SplitMetrics
from pimdeploy.training import metrics

WARMUP = 10


@pytest.fixture(scope="module")
def model():
    return demo_model(n_tx=1, n_rx=2)


@pytest.fixture(scope="module")
def dataset(model):
    return make_dataset(model, 20_480, slot=1024)


@pytest.fixture(scope="module")
def estimates(model, dataset):
    z = estimate_of(model, dataset)
    return {"float": z, "fixed": 0.9 * z}


def test_a_cut_gives_the_same_figures(dataset, estimates):
    part = collect.cut(dataset, "val", LATENCY)
    start, stop = dataset.splits["val"]
    assert part.splits == {"val": (0, stop - start)}
    assert part.n_samples == stop - start + LATENCY
    z = estimates["float"]
    whole = metrics.cancellation_db(dataset, z, "val", LATENCY, WARMUP)
    assert metrics.cancellation_db(part, z[:, start : stop + LATENCY], "val", LATENCY, WARMUP) == whole
    assert part.slots == tuple((k, k + 1024) for k in range(0, stop - start - 1023, 1024))


def test_the_heatmap_is_the_cancellation_of_segments(dataset, estimates):
    found = collect.heatmap(dataset, estimates, "test", LATENCY, WARMUP)
    assert (found.kind, found.segment_samples) == ("fixed", 1000)
    powers = metrics.segment_powers(dataset, estimates["fixed"], "test", LATENCY, WARMUP, 1000)
    n = powers.before.shape[1]
    assert [len(row) for row in found.rows_db] == list(range(n, 0, -1))
    for start in range(n):
        for length in range(1, n - start + 1):
            expected = powers.cancellation_db(start, length)
            assert found.rows_db[start][length - 1] == pytest.approx(expected, abs=5.1e-4)


@pytest.mark.parametrize(("n_samples", "segment"), [(40_000, 1000), (40_999, 1000), (41_000, 2000), (82_000, 3000)])
def test_long_splits_have_longer_segments(n_samples, segment):
    """At most 40 of them."""
    rng = np.random.default_rng(1)
    d = rng.normal(size=(1, n_samples)) + 0j
    one = make_dataset(demo_model(), 256)
    long = replace(one, x=d, d=d, noise=None, splits={"test": (0, n_samples)}, receive_filter=np.ones(1, dtype=complex))
    found = collect.heatmap(long, {"float": 0.5 * d}, "test", 0, 0)
    assert (found.kind, found.segment_samples) == ("float", segment)
    assert len(found.rows_db) == n_samples // segment <= 40
    assert found.rows_db[0][-1] == pytest.approx(20 * np.log10(2), abs=1e-3)


def test_a_short_split_has_no_heatmap_and_no_excerpt(dataset, estimates):
    short = replace(dataset, splits={"test": (0, 220)})
    assert collect.heatmap(short, estimates, "test", LATENCY, 0) is None
    assert collect.overlay(short, estimates, "test", 0, LATENCY) is None


def test_lengths_are_those_that_the_split_holds(dataset, estimates, monkeypatch):
    monkeypatch.setattr(collect, "LENGTHS", (9000, 4000, 1000))
    whole = SplitMetrics(float_db=9.0, channels=(ChannelMetrics(received_dbfs=-30, float_db=9.0),))
    rows = collect.lengths(dataset, estimates, "test", whole, LATENCY, WARMUP)
    start, stop = dataset.splits["test"]
    assert [row.n_samples for row in rows] == [stop - start, 4000, 1000]
    part = replace(dataset, splits={"part": (start, start + 4000)})
    for kind, z in estimates.items():
        expected = metrics.cancellation_db(part, z, "part", LATENCY, WARMUP).mean
        assert getattr(rows[1], f"{kind}_db") == expected
        expected = metrics.power_error_db(part, z, "part", LATENCY, WARMUP).mean
        assert getattr(rows[1], f"{kind}_power_error_db") == expected
    assert rows[1].bound_db == metrics.bound_db(part, "part").mean
    assert (rows[0].float_db, rows[0].fixed_db) == (9.0, None)


def test_slots_are_those_of_the_split(dataset, estimates):
    found = collect.slots(dataset, estimates, "test", LATENCY, WARMUP)
    start, stop = dataset.splits["test"]
    assert [slot.first_sample for slot in found] == list(range(0, stop - start, 1024))
    second = replace(dataset, splits={"slot": (start + 1024, start + 2048)})
    expected = metrics.cancellation_db(second, estimates["fixed"], "slot", LATENCY).per_channel
    assert found[1].fixed_db == expected
    assert found[1].bound_db == metrics.bound_db(second, "slot").per_channel
    assert (found[1].mean_db, found[1].worst) == (pytest.approx(np.mean(expected)), int(np.argmin(expected)))
    tiny = replace(dataset, slots=((start, start + 20), (start + 20, start + 200)))
    assert [slot.first_sample for slot in collect.slots(tiny, estimates, "test", LATENCY, WARMUP)] == [20]


def test_the_excerpt_lies_behind_the_filter(dataset, estimates):
    found = collect.overlay(dataset, estimates, "test", 1, LATENCY)
    start, stop = dataset.splits["test"]
    first = start + found.first_sample
    assert len(found.received_i) == 200
    assert abs((first - start) - (stop - first - 200)) <= 1
    taps = dataset.receive_filter
    filtered = np.convolve(dataset.d[1], taps, "same")[first : first + 200]
    assert np.array(found.received_i) + 1j * np.array(found.received_q) == pytest.approx(filtered, abs=1e-8)
    late = np.convolve(estimates["fixed"][1], taps, "same")[first + LATENCY : first + LATENCY + 200]
    assert np.array(found.estimate_i) + 1j * np.array(found.estimate_q) == pytest.approx(late, abs=1e-8)


@pytest.mark.parametrize(("levels", "middle"), [((5.0,), 0), ((1.0, 9.0), 0), ((7.0, 1.0, 3.0), 2), ((4, 3, 2, 1), 2)])
def test_the_middle_channel(levels, middle):
    assert collect.middle_channel(levels) == middle
