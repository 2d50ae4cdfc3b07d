"""The report of a run of many channels, gathered and rendered."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from demo_models import demo_model
from report_samples import (
    LATENCY,
    RECIPE,
    estimate_of,
    fake_parts,
    fake_run,
    fixed_point,
    make_dataset,
    reference,
)
from test_report_html import Page, words

from pimdeploy.emit.golden import quantize_stimulus
from pimdeploy.report import build
from pimdeploy.report.data import ReportData, load
from pimdeploy.report.html import render
from pimdeploy.training import metrics

N_SAMPLES = 81_920
SLOT = 4096


@pytest.fixture(scope="module")
def model():
    return demo_model(n_tx=8, n_rx=8, functions=2)


@pytest.fixture(scope="module")
def dataset(model):
    return make_dataset(model, N_SAMPLES, slot=SLOT)


@pytest.fixture(scope="module")
def made(model, dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    floating = estimate_of(model, dataset)
    run = fake_run(folder, model, dataset, floating)
    build.report_of_run(run, dataset, fake_parts(model, RECIPE + "[network]\nfunctions = 2\n"), floating)
    return SimpleNamespace(path=folder, data=load(folder / build.DATA), run=run)


@pytest.fixture(scope="module")
def page(made):
    return Page((made.path / build.PAGE).read_text(encoding="utf-8"))


@pytest.mark.parametrize("first", [0, 3, 20_000])
def test_the_fixed_point_estimate_is_that_of_the_whole_stream(made, model, dataset, first):
    z, peaks = build.fixed_estimate(made.run.bundle, dataset.x[:, :40_000], fake_parts(model), first)
    assert np.array_equal(z, fixed_point(model, dataset.x[:, :40_000])[:, first:])
    trace = reference(model).trace(quantize_stimulus(dataset.x[:, :40_000], model.graph.input.format))
    assert peaks == {name: int(np.abs(values[:, first:]).max()) for name, values in trace.items()}


def test_all_parts_are_there(made, model, dataset):
    data = made.data
    fixed = fixed_point(model, dataset.x)
    test = data.splits["test"]
    assert (data.recipe.n_tx, data.recipe.n_rx) == (8, 8)
    expected = metrics.cancellation_db(dataset, fixed, "test", LATENCY, model.graph.memory)
    assert tuple(channel.fixed_db for channel in test.channels) == expected.per_channel
    errors = metrics.power_error_db(dataset, fixed, "test", LATENCY, model.graph.memory).per_channel
    assert tuple(channel.fixed_power_error_db for channel in test.channels) == pytest.approx(errors, abs=1e-9)
    assert data.overlay.channel == sorted(range(8), key=lambda c: expected.per_channel[c])[3]
    assert [length.n_samples for length in data.lengths] == [16_384, 15_000]
    assert [slot.first_sample for slot in data.slots] == list(range(0, 16_384, SLOT))
    assert len(data.spectra.channels) == len(data.full_span.channels) == 8
    assert [function.name for function in data.nonlinearity] == ["f[0]", "f[1]"]
    assert data.ledger.paper is None


def test_many_channels_make_a_small_page(made, page):
    assert (made.path / build.PAGE).stat().st_size < 700_000
    assert (made.path / build.DATA).stat().st_size < 1_000_000
    charts = [value for tag, name, value in page.attributes if tag == "svg" and name == "aria-label"]
    assert charts.count("Power spectra of the receive channels before and after cancellation") == 2
    assert "Power before and after cancellation by receive channel" in charts
    assert "Cancellation by slot" in charts
    spectra = page.sections["spectra"]
    assert all(f"Receiver {c}: " in spectra for c in range(8))
    assert all(place in spectra for place in (", worst: ", ", middle: ", ", best: "))


def test_figures_stand_on_the_page(made, page):
    test, channels = made.data.splits["test"], words(page.sections["channels"])
    for channel in test.channels:
        assert f"{channel.fixed_db:.2f}" in channels
        assert f"{channel.pim_db:.2f}" in channels
    lengths = words(page.sections["lengths"])
    worst = min(db for slot in made.data.slots for db in slot.best_db)
    assert f"The least of all: {worst:.2f} dB in slot" in lengths
    assert "15,000" in lengths
    assert "segments of 1,000 samples" in lengths
    gap = made.data.splits["train"].fixed_db - test.fixed_db
    assert f"Gap between training and test: {gap:.2f}".replace("-", "\N{MINUS SIGN}") in page.sections["cancellation"]
    assert "8 transmitters, 8 receivers" in page.text
    assert "No paper gives a formula for this network." in page.sections["ledger"]


def test_the_page_is_made_again_from_the_json(made, tmp_path):
    bundle = SimpleNamespace(path=made.path)
    assert build.rebuild(bundle, tmp_path / "again.html").read_bytes() == (made.path / build.PAGE).read_bytes()


def test_without_a_noise_reference_levels_are_those_of_full_scale(made):
    document = made.data.model_dump()
    for split in document["splits"].values():
        split |= {"bound_db": None, "pim_db": None}
        for channel in split["channels"]:
            names = ("bound_db", "pim_db", "float_res_db", "fixed_res_db", "float_ape_db", "fixed_ape_db")
            channel.update(dict.fromkeys(names))
    page = Page(render(ReportData.model_validate(document)))
    assert "Power, dBFS" in page.sections["channels"]
    assert "bound" not in page.sections["channels"].replace("Bound", "").replace("Short ofbound", "")
    assert "no bound is drawn" in page.sections["cancellation"]


def test_a_float_report_says_whose_figures_it_has(made):
    document = json.loads(made.data.to_json())
    for split in document["splits"].values():
        split["fixed_db"] = None
        for channel in split["channels"]:
            channel |= {"fixed_db": None, "fixed_power_error_db": None, "fixed_res_db": None, "fixed_ape_db": None}
    page = Page(render(ReportData.model_validate(document)))
    assert "are those of the floating-point network" in page.sections["channels"]
    assert "after, fixed" not in page.sections["channels"]


def test_a_ledger_without_the_newer_parts_renders(made):
    document = json.loads(made.data.to_json())
    for key in ("sharing", "parameters", "paper"):
        del document["ledger"][key]
    section = Page(render(ReportData.model_validate(document))).sections["ledger"]
    assert "No paper gives a formula" in section
    assert "sharing" not in section


def test_every_chart_is_well_formed(made):
    charts = re.findall(
        r"<svg class=\"chart\".*?</svg>(?=</|<svg|<fig)", (made.path / build.PAGE).read_text(), re.DOTALL
    )
    assert len(charts) >= 10
    for chart in charts:
        assert ET.fromstring(chart).get("viewBox")
        assert not re.search("nan|inf", chart)


def test_one_receiver_has_no_channel_section(dataset, made):
    document = json.loads(made.data.to_json())
    for split in document["splits"].values():
        split["channels"] = split["channels"][:1]
    assert "channels" not in Page(render(ReportData.model_validate(document))).sections


def test_a_capture_without_slots_has_none(dataset):
    from pimdeploy.report import collect_test

    z = np.zeros_like(dataset.d)
    assert collect_test.slots(replace(dataset, slots=()), {"float": z}, "test", 0, 0) == ()
