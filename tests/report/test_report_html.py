"""The page: self-contained, escaped, the same every time, and honest about what is absent."""

import html.parser
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from report_samples import DIFFERS, VERIFY

from pimdeploy.report.data import ReportData
from pimdeploy.report.drawings import Spectra
from pimdeploy.report.foreign import VerifyData
from pimdeploy.report.html import render

ROOT = Path(__file__).parents[2]
VOID = {"meta", "br"}


class Page(html.parser.HTMLParser):
    """Tags in balance, attributes, and the text of every section by id."""

    def __init__(self, source):
        super().__init__()
        self.open, self.attributes, self.sections, self.text = [], [], {}, ""
        self._section = None
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "section":
            self._section = dict(attrs)["id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "section":
            self._section = None

    def handle_data(self, text):
        self.text += text
        if self._section:
            self.sections[self._section] = self.sections.get(self._section, "") + text


def verified(**changes):
    return VerifyData.model_validate(VERIFY | changes)


def words(text):
    return " ".join(text.split())


def test_every_figure_is_there(data):
    page = Page(render(data))
    assert set(page.sections) == {
        "spectra", "overlay", "cancellation", "lengths", "nonlinearity", "training", "word-length", "headroom", "ledger",
        "proof", "recipe", "provenance", "preprocessing",
    }  # fmt: skip
    charts = [value for tag, name, value in page.attributes if tag == "svg" and name == "aria-label"]
    assert charts == [
        "Power spectra before and after cancellation",
        "Power spectra before and after cancellation",
        "Received and estimated signal over time",
        "Received and estimated signal over frequency",
        "Cancellation against the bound",
        "Cancellation by start and length",
        "Nonlinearity f",
        "Training",
        "Cancellation against word length",
        "Accumulator headroom",
    ]
    assert not any(value == "absent" for _, name, value in page.attributes if name == "class")


def test_headlines(data):
    text = words(Page(render(data)).text)
    assert "Bit exact: 0 mismatches in 1,000,000 samples over 2 backends. 1 backend could not run here" in text
    test = data.splits["test"]
    assert f"Cancellation{test.fixed_db:.2f}dBfixed point, test split" in text
    assert f"Best possible{test.bound_db:.2f}dB{test.short_of_bound_db:.2f} dB short of it" in text
    assert test.loss_db > 0.5
    assert f"Loss to float{test.loss_db:.3f}dB" in text
    assert "Parameters8056 as the paper counts" in text
    assert "Multiplies104a sampletable form; paper 192" in text


def test_nothing_is_loaded_from_elsewhere(data):
    source = render(data)
    page = Page(source)
    assert not [a for a in page.attributes if a[1] in ("src", "href", "xlink:href", "srcset", "data", "action")]
    assert not {"script", "link", "iframe", "img", "object"} & {tag for tag, _, _ in page.attributes}
    assert "<script" not in source
    assert not re.search(r"url\(|@import|https?:", source)


def test_equal_data_give_equal_pages(data):
    assert render(data) == render(ReportData.from_json(data.to_json(), "report.json"))


def test_every_string_is_escaped(data):
    evil = "<b>&\"'</b>"
    document = data.model_dump()
    document |= {
        "name": evil,
        "source": evil,
        "digest": evil,
        "tools": {evil: evil},
        "preprocessing": {evil: evil},
        "timings": {evil: 1.0},
        "splits": {evil: document["splits"]["test"]},
        "verify": VERIFY | {"backends": [DIFFERS | {"name": evil, "reason": evil}]},
    }
    document["recipe"]["rounding"] = evil
    document["sweep"]["points"][0]["word_length"] = evil
    document["headroom"][0]["node"] = evil
    document["nonlinearity"][0]["name"] = evil
    document["ledger"]["reconciliation"]["table"]["rows"][0]["differences"][0]["name"] = evil
    document["ledger"]["forms"]["table"]["multiplies_by_width"] = {evil: 104}
    source = render(ReportData.model_validate(document))
    assert "<b>" not in source
    assert evil in Page(source).text


def test_the_charts_are_well_formed(data):
    found = re.findall(r"<figure>(.*?)<figcaption>", render(data), re.DOTALL)
    assert len(found) == 10
    for chart in found:
        root = ET.fromstring(chart)
        assert root.get("viewBox")
        assert not re.search("nan|inf", chart)


def test_axes_have_units(data):
    page = Page(render(data))
    for label in ("Frequency from the receiver's centre, MHz", "Cancellation, dB", "Accumulator, bits"):
        assert label in page.text
    assert "Level in 1.44 MHz, dBFS" in page.text


def test_the_ledger_names_every_difference(data):
    section = words(Page(render(data)).sections["ledger"])
    for form in ("table", "basis"):
        for row in data.ledger.reconciliation[form].rows:
            for difference in row.differences:
                assert difference.name in section
    assert "1,908" in section
    assert re.search("All rows: datapath ?104 ?136", section)


def test_not_run_is_never_passed(data):
    source = render(data)
    row = re.search(r"<tr><th class=\"mono\">c_clang</th>.*?</tr>", source).group()
    assert '<span class="status none">not run</span>' in row
    assert "no clang" in row
    assert "agrees" not in row
    assert ">0<" not in row


@pytest.mark.parametrize(
    ("verify", "css", "text"),
    [
        (None, "none", "Not verified: no backend has been run"),
        (verified(backends=VERIFY["backends"][2:]), "none", "Not verified: none of 1 backend ran"),
        (verified(required_not_run=["c_clang"]), "none", "Not proven: c_clang had to run"),
        (
            verified(backends=[VERIFY["backends"][0], DIFFERS], mismatches=7),
            "bad",
            "Not bit exact: 7 mismatches; first in c_gcc_O3: node u, channel 1, sample 42: expected 5, got 6",
        ),
    ],
)
def test_the_verdict_claims_no_more_than_was_proven(data, verify, css, text):
    source = render(data.model_copy(update={"verify": verify}))
    assert f'<p class="verdict {css}">{text}' in source
    assert "Bit exact" not in source


def test_absent_parts_are_said_to_be_absent(bare):
    page = Page(render(bare))
    expected = {
        "spectra": "No spectra",
        "overlay": "No excerpt",
        "lengths": "No lengths",
        "nonlinearity": "No nonlinearity",
        "training": "No training history",
        "word-length": "No word-length sweep",
        "headroom": "No headroom",
        "ledger": "No ledger",
        "proof": "Not verified",
        "preprocessing": "No preprocessing constants",
        "provenance": "no bundle was exported",
        "cancellation": "no bound is drawn",
    }
    for section, text in expected.items():
        assert text in page.sections[section], section
    assert "no noise reference, so no bound is known" in page.text
    assert "float network, not yet quantized" in page.text


def test_an_untrained_document_renders(bare):
    page = Page(render(bare.model_copy(update={"splits": {}})))
    assert "nothing was trained" in page.text


def test_no_noise_reference_is_said_below_the_spectra(data):
    channel = data.spectra.channels[0].model_copy(update={"noise_db": None})
    two = Spectra(**data.spectra.model_dump() | {"channels": (channel, channel)})
    section = Page(render(data.model_copy(update={"spectra": two}))).sections["spectra"]
    assert section.count("No noise reference was recorded") == 2
    assert "receiver 1" in section


def test_won_back_is_the_part_of_the_loss(data):
    section = Page(render(data)).sections["word-length"]
    assert "50 %" in section  # W6A12: 4 dB lost, 2 dB after fine-tuning


def test_parts_without_any_spread_still_render(data):
    """One frequency, one word length, one step, a function and figures that are 0: no axis has room to speak of."""
    document = data.model_dump()
    document["splits"] = {"test": {"float_db": 0.0, "fixed_db": -0.1, "bound_db": 0.0}}
    flat = {"received_db": (-90.0, -90.0)}
    document["spectra"] |= {"freq_hz": (-1.0, 1.0), "channels": (flat,), "band_hz": (5.0, 6.0)}
    document["sweep"]["points"] = [{"word_length": "W16A16", "calibrated_db": 18.9}]
    document["history"] = [{"step": 0, "start": 0, "loss": 1.0, "train_db": 0.0, "val_db": 0.0}]
    document["headroom"] = [document["headroom"][0] | {"acc_bits": 64}]
    zero = {"name": "f", "node": "f", "symmetry": "odd", "a": (-1.0, 1.0), "f": (0.0, 0.0), "knots": (0.0,)}
    document["nonlinearity"] = [zero]
    document["heatmap"]["rows_db"] = [[1.0]]
    silent = dict.fromkeys(("received_i", "received_q", "estimate_i", "estimate_q"), (0.0, 0.0))
    document["overlay"] |= silent
    page = Page(render(ReportData.model_validate(document)))
    assert "it has no critical point" in page.sections["nonlinearity"]
    assert "none was fine-tuned" in page.sections["word-length"]


def test_the_page_is_made_without_the_training_libraries(data, tmp_path):
    (tmp_path / "report.json").write_text(data.to_json())
    code = (
        "import sys, pathlib\n"
        "for name in ('torch', 'brevitas', 'scipy', 'matplotlib'): sys.modules[name] = None\n"
        "from pimdeploy.report import build, data, html, picture\n"
        "sys.stdout.buffer.write(html.render(data.load(pathlib.Path(sys.argv[1]))).encode())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "report.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == render(data)
