"""The JUnit report: what the schemas of Ant and Jenkins ask for, and a failure that says where."""

import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np
import pytest
from demo_bundle import demo_parts, small_weights

from pimdeploy.emit.bundle import write_bundle
from pimdeploy.errors import BundleError
from pimdeploy.verify import proof
from pimdeploy.verify.backends.c_code import CBackend
from pimdeploy.verify.backends.numpy_reference import numpy_backends
from pimdeploy.verify.regression.job import regress
from pimdeploy.verify.regression.junit import Case, Suite, junit_xml
from pimdeploy.verify.regression.report import junit_of, junit_of_error


@pytest.fixture(autouse=True)
def _few_backends(monkeypatch):
    lacking = CBackend("no_cc", "O0", "table")
    monkeypatch.setattr(proof, "all_backends", lambda: [*numpy_backends(), lacking])


def checked(document):
    """The suites of a document by name, after checking what both schemas ask for."""
    root = ElementTree.fromstring(document)
    assert (root.tag, root.attrib) == ("testsuites", {})
    for number, suite in enumerate(root):
        cases = suite.findall("testcase")
        assert [child.tag for child in suite] == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]
        assert set(suite.attrib) == set("name package id timestamp hostname tests failures errors skipped time".split())
        assert suite.get("id") == str(number)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        assert int(suite.get("tests")) == len(cases)
        for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(suite.get(attribute)) == len(suite.findall(f"testcase/{tag}"))
        for case in cases:
            assert set(case.attrib) == {"name", "classname", "time"}
            assert case.get("name") == " ".join(case.get("name").split()) != ""
            assert re.fullmatch(r"\d+\.\d{3}", case.get("time"))
            assert len(case) <= 1
    return {suite.get("name"): suite for suite in root}


def failures(suite):
    return {
        case.get("name"): case[0].get("message") for case in suite.iter("testcase") if case.find("failure") is not None
    }


def test_a_good_regression_has_a_case_a_file_and_a_backend(shared_bundle):
    outcome = regress(shared_bundle, None)
    suites = checked(junit_of(outcome))
    listed = json.loads((shared_bundle / "manifest.json").read_text())["files"]
    assert {case.get("name") for case in suites["files"].iter("testcase")} == {*listed, "manifest.json"}
    backends = [case.get("name") for case in suites["backends"].iter("testcase")]
    assert backends == ["golden_vectors", "numpy_table", "numpy_basis", "c_no_cc_O0_table"]
    assert failures(suites["files"]) == failures(suites["backends"]) == {}
    skipped = suites["backends"].find("testcase/skipped")
    assert skipped.get("message").startswith("no_cc")
    assert suites["files"].find("testcase").get("classname") == "demo.files"


def test_a_failure_carries_the_change_and_the_first_difference(shared_bundle, tmp_path):
    weights = small_weights()
    weights["Phi"] = weights["Phi"] - np.eye(1, weights["Phi"].size).reshape(weights["Phi"].shape) * 2.0**-14
    changed = write_bundle(demo_parts(weights=weights), tmp_path / "changed").path
    outcome = regress(changed, shared_bundle)
    suites = checked(junit_of(outcome))
    assert failures(suites["files"])["weights.safetensors"].startswith("weights.safetensors: Phi changed in 1 of ")
    message = failures(suites["backends"])["golden_vectors"]
    assert re.fullmatch(
        r"\d+ mismatches; first in golden: node Phi, channel 0, sample \d+: expected -?\d+, got -?\d+", message
    )
    assert suites["files"].find("system-out").text == "\n".join(outcome.changed)


def test_a_required_backend_that_did_not_run_is_a_failure(shared_bundle):
    suites = checked(junit_of(regress(shared_bundle, None, require=["c_no_cc"])))
    assert failures(suites["backends"])["c_no_cc_O0_table"].startswith("required, did not run: no_cc")


def test_what_cannot_begin_is_an_error(tmp_path):
    suites = checked(junit_of_error(tmp_path / "mine", BundleError("no bundle")))
    found = suites["regress"].find("testcase/error")
    assert (found.get("message"), found.get("type"), suites["regress"].get("package")) == ("no bundle", "error", "mine")


def test_what_no_xml_may_hold_is_replaced():
    case = Case("  a\n  b ", "failure", "\x1b[31mred\x00 & <tags> \ud800")
    suites = checked(junit_xml([Suite("s", [case], {"k": "\x01"}, ["\x02"])], "p", datetime(2020, 1, 2, tzinfo=UTC)))
    found = suites["s"].find("testcase/failure")
    assert found.text == found.get("message") == "?[31mred? & <tags> ?"
    assert suites["s"].find("testcase").get("name") == "a b"
    assert suites["s"].get("timestamp") == "2020-01-02T00:00:00"
