"""Figures by split and channel."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from demo_models import demo_model
from report_samples import LATENCY, estimate_of, make_dataset, score

from pimdeploy.report import collect_scores as collect
from pimdeploy.report.parts import ChannelMetrics, SplitMetrics
from pimdeploy.training import metrics


@pytest.fixture(scope="module")
def model():
    return demo_model(n_tx=2, n_rx=2)


@pytest.fixture(scope="module")
def dataset(model):
    return make_dataset(model, 8192)


@pytest.fixture(scope="module")
def floating(model, dataset):
    return estimate_of(model, dataset)


def gathered(dataset, floating, fixed=None):
    scores = {split: score(dataset, floating, split, LATENCY, 0) for split in dataset.splits}
    measured = {split: collect.measure(dataset, floating, split, LATENCY, 0) for split in dataset.splits}
    if fixed is None:
        return collect.split_metrics(dataset, scores, {}, measured, {})
    test = {"test": score(dataset, fixed, "test", LATENCY, 0)}
    return collect.split_metrics(
        dataset, scores, test, measured, {"test": collect.measure(dataset, fixed, "test", LATENCY, 0)}
    )


def test_every_figure_of_every_channel_is_that_of_the_metrics(dataset, floating):
    fixed = floating * 0.9
    found = gathered(dataset, floating, fixed)["test"]
    arguments = (dataset, fixed, "test", LATENCY)
    triple = metrics.noise_corrected(*arguments)
    for c, channel in enumerate(found.channels):
        assert channel.bound_db == metrics.bound_db(dataset, "test").per_channel[c]
        assert channel.fixed_db == metrics.cancellation_db(*arguments).per_channel[c]
        assert channel.fixed_power_error_db == metrics.power_error_db(*arguments).per_channel[c]
        assert (channel.pim_db, channel.fixed_res_db) == (triple.pim_db[c], triple.res_db[c])
        assert channel.fixed_ape_db == triple.ape_db[c]
        assert channel.short_of_bound_db == channel.bound_db - channel.fixed_db
    assert found.mean_db("fixed_db") == pytest.approx(found.fixed_db, abs=1e-12)
    assert found.mean_db("float_db") == pytest.approx(found.float_db, abs=1e-12)


def test_what_is_not_measured_is_null(dataset, floating):
    found = gathered(dataset, floating, floating)
    assert {c.fixed_db for c in found["train"].channels} == {None}
    assert {c.fixed_power_error_db for c in found["val"].channels} == {None}
    assert found["train"].mean_db("fixed_res_db") is None
    silent = gathered(replace(dataset, noise=None), floating)
    assert {(c.bound_db, c.pim_db, c.float_res_db) for c in silent["test"].channels} == {(None, None, None)}
    assert all(c.float_power_error_db > 0 for c in silent["test"].channels)
    assert silent["test"].channels[0].best_db == silent["test"].channels[0].float_db


def test_received_power_is_that_of_a_tone():
    tone = SimpleNamespace(
        d=0.5 * np.exp(2j * np.pi * 0.01 * np.arange(1000))[None],
        receive_filter=np.ones(1, dtype=complex),
        splits={"test": (0, 1000)},
    )
    assert collect.received_dbfs(tone, "test") == pytest.approx((20 * np.log10(0.5),), abs=1e-9)


def test_a_mean_of_channels_needs_all_of_them():
    one = ChannelMetrics(received_dbfs=-30.0, float_db=10.0, float_res_db=-3.0)
    split = SplitMetrics(float_db=10.0, channels=(one, one.model_copy(update={"float_res_db": None})))
    assert split.mean_db("float_db") == 10.0
    assert split.mean_db("float_res_db") is None
    assert SplitMetrics(float_db=1.0).mean_db("float_db") is None


def test_figures_of_float_and_fixed_point(dataset, floating):
    found = gathered(dataset, floating, floating * 0.9)
    test, val = found["test"], found["val"]
    assert test.loss_db == test.float_db - test.fixed_db
    assert test.short_of_bound_db == test.bound_db - test.fixed_db
    assert (val.loss_db, val.best_db) == (None, val.float_db)
