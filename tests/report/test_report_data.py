"""Report data as JSON: there and back, and one line on anything else."""

import json

import pytest
from report_samples import DIFFERS, VERIFY

from pimdeploy.errors import BundleError
from pimdeploy.report.data import ReportData, load, save
from pimdeploy.report.foreign import LedgerData, VerifyData


def test_json_and_back(data, tmp_path):
    text = data.to_json()
    assert ReportData.from_json(text, "report.json") == data
    assert ReportData.from_json(text, "report.json").to_json() == text
    save(data, tmp_path / "report.json")
    assert load(tmp_path / "report.json") == data


def test_what_other_packages_write_is_kept_whole(data):
    """Keys of the ledger that the page does not show survive, too."""
    document = json.loads(data.to_json())
    assert document["ledger"]["forms"]["table"]["by_node"].keys() >= {"K", "f", "z"}
    assert document["ledger"]["sizes"]["M_K"] == 7


def changed(data, *path_and_value):
    document = json.loads(data.to_json())
    *path, last, value = path_and_value
    part = document
    for key in path:
        part = part[key]
    part[last] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("path_and_value", "message"),
    [
        (("schema_version", 1), "schema version 2 \\(found 1\\)"),
        (("name", 3), "name: input should be a valid string"),
        (("colour", "red"), "colour: extra inputs are not permitted"),
        (("splits", "test", "float_db", "much"), "splits.test.float_db: input should be a valid number"),
        (("splits", "test", "float_db", float("nan")), "splits.test.float_db: input should be a finite number"),
        (("verify", "backends", 0, "status", "passed"), "verify.backends.0.status: input should be 'ok'"),
        (("spectra", "freq_hz", [0.0, 1.0]), "spectra: a curve of [0-9]+ points over 2 frequencies"),
        (("ledger", "datapath", "form", "lut"), "ledger: expected the forms table and basis"),
        (("spectra", "rbw_hz", 0.0), "spectra.rbw_hz: input should be greater than 0"),
        (("spectra", "channels", 0, "estimate_db", [0.0]), "spectra: a curve of 1 points over"),
        (("heatmap", "rows_db", [[1.0, 2.0], [3.0, 4.0]]), "heatmap: rows_db: expected a triangle"),
        (("overlay", "estimate_q", [0.0]), "overlay: received and estimate: expected equally many samples"),
        (("nonlinearity", 0, "f_imag", [0.0]), "nonlinearity.0: [0-9]+ points a and 1 values f"),
        (("recipe", "sizes", {"M": {}}), "recipe.sizes.M"),
    ],
)
def test_a_wrong_document_is_one_line(data, path_and_value, message):
    with pytest.raises(BundleError, match=f"^report.json: .*{message}") as error:
        ReportData.from_json(changed(data, *path_and_value), "report.json")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", "{}", b"\xff\xfe", "[" * 100_000])
def test_no_document_is_one_line(text):
    with pytest.raises(BundleError, match=r"^report\.json: ") as error:
        ReportData.from_json(text, "report.json")
    assert "\n" not in str(error.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(BundleError, match=r"report\.json: cannot be read: No such file"):
        load(tmp_path / "report.json")


def test_a_ledger_needs_both_forms(data):
    document = data.ledger.model_dump()
    del document["forms"]["basis"]
    with pytest.raises(ValueError, match="expected the forms table and basis"):
        LedgerData.model_validate(document)


def verified(**changes):
    return VerifyData.model_validate(VERIFY | changes)


def test_proven_means_that_something_ran_and_all_of_it_agrees():
    numpy_ok, c_ok, clang_idle = VERIFY["backends"]
    assert verified().proven
    assert not verified(backends=[clang_idle]).proven
    assert not verified(backends=[]).proven
    assert not verified(backends=[numpy_ok, DIFFERS], mismatches=7).proven
    assert not verified(backends=[numpy_ok, c_ok | {"mismatches": 1}]).proven
    assert not verified(backends=[numpy_ok, c_ok | {"samples": 0}]).proven
    assert not verified(required_not_run=["c_clang"]).proven
