"""What the commands print for a machine: the keys of docs/spec/command_line.md, one object, and the right status."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from demo_bundle import RECIPE, demo_parts

from pimdeploy import pipeline
from pimdeploy.bundle import Bundle
from pimdeploy.cli import jobs
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.errors import InputError
from pimdeploy.recipe import TargetSpec, parse_recipe
from pimdeploy.verify.proving import BackendResult

# --- run -------------------------------------------------------------------------------------------------------------


def test_run_ends_in_a_bundle_and_its_report(done_run):
    assert done_run.ended.status == 0, done_run.ended
    assert Bundle.open(done_run.out).name == "tiny"
    assert "<html" in (done_run.out / "report.html").read_text()[:200]
    assert done_run.ended.err == ""  # --json: nothing else, no progress either


def test_run_prints_the_keys_of_its_contract(done_run):
    data = done_run.ended.json
    assert (data["bundle"], data["report"]) == (str(done_run.out), str(done_run.out / "report.html"))
    assert data["digest"] == Bundle.open(done_run.out).digest
    assert data["parameters"] == {"real": 24, "paper": 16}
    metrics = data["metrics"]
    assert metrics.keys() >= {"pim_db", "bound_db", "cancellation_db"}
    assert metrics["cancellation_db"].keys() == {"float", "fixed", "per_channel"}
    per_channel = metrics["cancellation_db"]["per_channel"]
    for kind in ("float", "fixed"):
        assert metrics["cancellation_db"][kind] == pytest.approx(sum(per_channel[kind]) / len(per_channel[kind]))
    assert 3 < metrics["cancellation_db"]["fixed"] < metrics["bound_db"] < metrics["pim_db"] + 1
    assert data["splits"].keys() == {"train", "val", "test"}
    assert [point["word_length"] for point in data["sweep"]] == ["W8A8"]
    assert data["ledger"]["multiplies"] > 0
    assert {"samples", "mismatches", "backends"} <= data["verify"].keys()
    assert (data["verify"]["samples"], data["verify"]["mismatches"], data["missed"]) == (3000, 0, [])


def test_run_shows_what_did_not_run(done_run):
    statuses = {backend["name"]: backend["status"] for backend in done_run.ended.json["verify"]["backends"]}
    assert statuses.pop("c_no_cc_O0_table") == "not_run"
    assert set(statuses.values()) <= {"ok", "not_run"}
    assert {"golden_vectors", "numpy_table", "brevitas_network", "onnx_int_opt_on"} <= statuses.keys()


def test_run_for_eyes_has_a_summary_and_the_paths(pimdeploy, recipe_path, tmp_path, done_run):
    ended = pimdeploy("run", recipe_path, "--out", tmp_path / "out", "--samples", 100)
    assert ended.status == 0, ended
    assert "tiny: cancellation, dB" in ended.out
    assert f"bundle: {tmp_path / 'out'}\nreport: {tmp_path / 'out' / 'report.html'}\n" in ended.out
    assert "0 mismatches, 100 samples" in ended.out
    each, rate = done_run.ended.json["ledger"], Bundle.open(done_run.out).manifest["facts"]["fs_hz"]
    sums = (f"{each[kind] * rate / 1e9:.3g} G {kind}" for kind in ("multiplies", "adds"))
    assert f"{', '.join(sums)} at {rate / 1e6:g} MS/s" in ended.out
    for stage in ("capture", "training", "fine-tuning", "export", "verify", "report"):
        assert f"{stage}: " in ended.err, stage
    # The seed decides everything: it is the bundle of the other run.
    assert Bundle.open(tmp_path / "out").digest == done_run.ended.json["digest"]


def test_run_goes_to_out_by_default(pimdeploy, recipe_path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def stop(_recipe, _capture, out, *_, **__):
        raise InputError(f"asked for {out}")

    monkeypatch.setattr(jobs.api, "run", stop)
    assert pimdeploy("run", recipe_path).error == "pimdeploy: asked for out/tiny"


@pytest.fixture
def finished(done_run, monkeypatch):
    """A function that lets the next `run` end with a run that is finished already, its proof as given."""

    def let(**changes):
        bundle = Bundle.open(done_run.out)
        scores = {s: _score(done_run.ended.json["splits"][s]) for s in ("train", "val", "test")}
        fixed = {s: replace(score, cancellation_db=score.cancellation_db - 0.5) for s, score in scores.items()}
        trained = _Stub(scores=scores, parameters={"real": 24, "paper": 16})
        quantized = _Stub(scores=fixed, sweep=[])
        from pimdeploy.cost.ledger import ledger
        from pimdeploy.result import Run
        from pimdeploy.verify.proof import Proof

        proof = Proof(10, [BackendResult("numpy_table", "ok", 10)])
        made = Run(bundle, trained, quantized, ledger(bundle.graph), proof, {"training": 1.0})
        made = replace(made, **changes)
        monkeypatch.setattr(jobs.api, "run", lambda *_, **__: made)

    return let


class _Stub:
    def __init__(self, **fields):
        self.__dict__.update(fields)


def _score(split):
    from pimdeploy.training.train import SplitScore

    return SplitScore(10.0, (10.0,), 19.0, split["bound_db"], -20.0)


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("target", ("cancellation_db = 50.0", r"target.cancellation_db: 9.50 dB on the test split, 50.0 asked")),
        ("target", ("short_of_bound_db = 0.1", "target.short_of_bound_db: ")),
        ("target", ("quantization_loss_db = 0.4", "target.quantization_loss_db: 0.500 dB lost, 0.4 allowed")),
        (
            "budget",
            ("multiplies = 3", "budget.multiplies: 34 multiplies a sample in table form, 31 more than the 3 allowed"),
        ),
        ("budget", ('target = "cortex_m7"\nshare = 0.5', "budget.share: ")),
    ],
)
def test_a_missed_figure_is_status_1_and_the_figures_are_printed(
    pimdeploy, finished, tmp_path, recipe_path, section, line
):
    finished()
    recipe = tmp_path / "r.toml"
    recipe.write_text(f"{recipe_path.read_text()}[{section}]\n{line[0]}\n")
    ended = pimdeploy("run", recipe, "--json")
    assert ended.status == 1
    assert ended.error.startswith(f"pimdeploy: {line[1]}")
    data = ended.json  # one object: the figures and the error
    assert (data["exit_status"], data["error"]) == (1, ended.error.removeprefix("pimdeploy: "))
    assert data["missed"] == [data["error"]]
    assert data["metrics"]["cancellation_db"]["fixed"] == 9.5
    for_eyes = pimdeploy("run", recipe)
    assert (for_eyes.status, "cancellation, dB" in for_eyes.out) == (1, True)


def test_a_bound_that_is_unknown_misses_a_target_on_it(finished, pimdeploy, recipe_path, tmp_path):
    target = TargetSpec(short_of_bound_db=1.0)
    recipe = parse_recipe(recipe_path.read_text(), "r").model_copy(update={"target": target})
    scores = {"test": replace(_score({"bound_db": None}), cancellation_db=9.0)}
    finished(quantized=_Stub(scores=scores, sweep=[]))
    lines = pipeline.check_targets(jobs.api.run(), recipe)
    assert lines == ["target.short_of_bound_db: this capture has no noise reference; no bound is known"]


def test_a_mismatch_of_a_run_is_status_1(pimdeploy, finished, recipe_path):
    from pimdeploy.verify.proof import Proof

    first = {"node": "u", "channel": 1, "sample": 7, "expected": 1, "got": 2, "stimulus": "step"}
    finished(proof=Proof(10, [BackendResult("c_gcc_O3_table", "mismatch", 10, 4, first)]))
    ended = pimdeploy("run", recipe_path, "--json")
    assert ended.status == 1
    assert ended.error.endswith(
        "tiny: 4 mismatches in 1 backends; first in c_gcc_O3_table: node u, channel 1, sample 7"
    )
    assert ended.json["verify"]["backends"][0]["first"] == first


# --- verify and regress ----------------------------------------------------------------------------------------------


def test_verify_prints_the_keys_of_its_contract(pimdeploy, shared_bundle):
    ended = pimdeploy("verify", shared_bundle, "--samples", 500, "--json")
    assert ended.status == 0, ended
    data = ended.json
    assert {"samples", "mismatches", "good", "required_not_run", "stimuli", "backends"} <= data.keys()
    assert (data["samples"], data["mismatches"], data["good"]) == (500, 0, True)
    for backend in data["backends"]:
        assert backend.keys() == {"name", "status", "samples", "mismatches", "first", "reason"}
        assert (backend["reason"] is None) == (backend["status"] == "ok")


def test_verify_for_eyes_has_a_row_a_backend(pimdeploy, shared_bundle):
    ended = pimdeploy("verify", shared_bundle, "--samples", 100)
    assert ended.status == 0
    rows = {line.split()[0]: line.split()[1:] for line in ended.out.splitlines() if len(line.split()) > 3}
    assert rows["numpy_table"][0] == "ok"
    assert rows["c_no_cc_O0_table"] == "not_run 0 0 no_cc is not installed".split()


def test_a_mismatch_is_status_1_and_says_where(pimdeploy, bundle_path):
    import hashlib

    from pimdeploy.bundle import MANIFEST, digest_of

    file = bundle_path / "formats.json"
    file.write_text(file.read_text().replace("half_up", "floor"))
    manifest = json.loads((bundle_path / MANIFEST).read_text())
    manifest["files"]["formats.json"] = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest["digest"] = digest_of(manifest["files"], manifest["facts"])
    (bundle_path / MANIFEST).write_text(json.dumps(manifest))
    ended = pimdeploy("verify", bundle_path, "--samples", 500, "--json")
    assert ended.status == 1
    data = ended.json
    bad = next(backend for backend in data["backends"] if backend["status"] == "mismatch")
    assert (bad["name"], bad["first"]["node"]) == ("brevitas_network", "u")
    assert bad["first"].keys() == {"node", "channel", "sample", "expected", "got", "stimulus"}
    assert data["error"].startswith(
        f"{bundle_path}: {bad['mismatches']} mismatches in 1 backends; first in brevitas_network: "
    )
    for_eyes = pimdeploy("verify", bundle_path, "--samples", 500)
    assert for_eyes.status == 1
    assert f"expected {bad['first']['expected']}, got {bad['first']['got']}" in " ".join(for_eyes.out.split())


@pytest.mark.parametrize("name", ["c_no_cc", "c_no_cc_O0_table", "numpy,c_no_cc"])
def test_a_required_backend_that_did_not_run_is_status_1(pimdeploy, shared_bundle, name):
    ended = pimdeploy("verify", shared_bundle, "--samples", 100, "--require", name, "--json")
    assert ended.status == 1
    assert ended.json["required_not_run"] == [name.split(",")[-1]]
    assert ended.json["error"].endswith(f": required backends did not run: {name.split(',')[-1]}; install their tools")


def test_a_required_backend_that_ran_is_good(pimdeploy, shared_bundle):
    assert pimdeploy("verify", shared_bundle, "--samples", 100, "--require", "numpy, brevitas,onnx").status == 0


def test_regress_passes_and_updates(pimdeploy, shared_bundle, tmp_path):
    weights = {**demo_parts().weights}
    weights["G"] = weights["G"] + 2.0**-14
    changed = write_bundle(demo_parts(weights=weights), tmp_path / "changed").path
    golden = tmp_path / "golden"
    missing = pimdeploy("regress", shared_bundle, "--golden", golden)
    assert (missing.status, golden.exists()) == (2, False)
    assert pimdeploy("regress", shared_bundle, "--golden", golden, "--update").status == 0
    same = pimdeploy("regress", shared_bundle, "--golden", golden, "--json")
    assert (same.status, same.json["changed"], same.json["mismatches"], same.json["updated"]) == (0, [], 0, False)
    other = pimdeploy("regress", changed, "--golden", golden, "--json")
    assert (other.status, other.json["exit_status"]) == (1, 1)
    first = other.json["changed"][0]
    assert first.startswith("weights.safetensors: G changed in 6 of 6 entries, first [0, 0]: ")
    assert other.error.endswith(f"first: {first}; --update accepts them")
    accepted = pimdeploy("regress", changed, "--golden", golden, "--update")
    assert accepted.status == 0
    assert f"changed: {first}\n" in accepted.out
    assert accepted.out.index("changed: ") < accepted.out.index("golden set written: ")
    assert pimdeploy("regress", changed, "--golden", golden).status == 0


def test_regress_writes_a_junit_report_whatever_comes_out(pimdeploy, bundle_path, tmp_path):
    report = tmp_path / "reports" / "regress.xml"
    for spoil, status, counts in (
        (lambda: None, 0, {"failures": 0, "errors": 0}),
        (lambda: (bundle_path / "stray.txt").write_text("mine"), 1, {"failures": 1, "errors": 0}),
        ((bundle_path / "ledger.json").unlink, 1, {"failures": 0, "errors": 1}),
        (lambda: (bundle_path / "manifest.json").write_text("{"), 2, {"failures": 0, "errors": 1}),
    ):
        spoil()
        assert pimdeploy("regress", bundle_path, "--junit", report).status == status
        suites = list(ElementTree.parse(report).getroot())
        assert {key: sum(int(suite.get(key)) for suite in suites) for key in counts} == counts


def test_regress_says_where_a_report_cannot_be_written(pimdeploy, shared_bundle, tmp_path):
    (tmp_path / "file").write_text("")
    ended = pimdeploy("regress", shared_bundle, "--junit", tmp_path / "file" / "regress.xml")
    assert ended.status == 2
    assert "/file/regress.xml: cannot be written: " in ended.error


# --- count, inspect, report, doctor, simulate, the stages ------------------------------------------------------------


def test_count_prints_the_keys_of_its_contract(pimdeploy, shared_bundle):
    ended = pimdeploy("count", shared_bundle, "--json")
    assert ended.status == 0
    data = ended.json
    assert data["paper"].keys() >= {"cancellation", "update"}
    assert data["datapath"].keys() >= {"multiplies", "adds", "table_reads", "state_words", "table_bytes"}
    assert (data["datapath"]["form"], data["exceeded"]) == ("table", [])
    basis = pimdeploy("count", shared_bundle, "--form", "basis", "--json").json["datapath"]
    assert (basis["form"], basis["table_reads"]) == ("basis", 0)
    assert basis["multiplies"] > data["datapath"]["multiplies"]


def test_an_exceeded_budget_is_status_1(pimdeploy, tmp_path):
    path = write_bundle(demo_parts(recipe=RECIPE + "[budget]\nadds = 4\ntable_bytes = 1000000\n"), tmp_path / "b").path
    ended = pimdeploy("count", path, "--json")
    assert ended.status == 1
    assert ended.json["exceeded"] == [ended.json["error"]]
    assert ended.json["error"].startswith("budget.adds: ")
    assert ended.json["datapath"]["adds"] > 4
    for_eyes = pimdeploy("count", path)
    assert (for_eyes.status, "multiplies" in for_eyes.out) == (1, True)


def test_inspect_shows_graph_accumulators_and_digest(pimdeploy, shared_bundle):
    ended = pimdeploy("inspect", shared_bundle)
    assert ended.status == 0
    assert "%u = requantize %K s16.15 half_up saturate" in ended.out
    assert Bundle.open(shared_bundle).digest in ended.out
    data = pimdeploy("inspect", shared_bundle, "--json").json
    assert data.keys() == {"bundle", "digest", "facts", "certificate", "files", "tool_versions"}


def test_report_writes_the_page_again(pimdeploy, done_run, tmp_path):
    page = tmp_path / "page.html"
    ended = pimdeploy("report", done_run.out, "--out", page, "--json")
    assert (ended.status, ended.json) == (0, {"report": str(page)})
    assert page.read_bytes() == (done_run.out / "report.html").read_bytes()


def test_doctor_names_every_backend(pimdeploy):
    data = pimdeploy("doctor", "--json").json
    assert data.keys() == {"modules", "tools", "backends"}
    assert (data["backends"]["numpy_table"], data["backends"]["c_no_cc_O0_table"]) == (None, "no_cc is not installed")
    ended = pimdeploy("doctor")
    assert "not ready: c_no_cc_O0_table: no_cc is not installed" in ended.out


def test_simulate_writes_a_capture_that_trains(pimdeploy, capture_recipe, tmp_path):
    out = tmp_path / "capture"
    ended = pimdeploy("simulate", "siso", "--out", out, "--samples", 8192, "--json")
    assert ended.status == 0, ended
    facts = {
        "capture": str(out),
        "preset": "siso",
        "seed": 1,
        "samples": 8192,
        "fs_hz": 491.52e6,
        "tx_channels": 1,
        "rx_channels": 1,
    }
    assert ended.json.items() >= facts.items()
    trained = pimdeploy("train", capture_recipe, "--capture", out, "--out", tmp_path / "work", "--json")
    assert trained.status == 0, trained


def test_the_steps_leave_scores_and_end_in_the_bundle_of_a_run(pimdeploy, done_work, work, done_run, tmp_path):
    assert done_work["train"].json["scores"].keys() == {"float"}
    scores = done_work["quantize"].json["scores"]
    assert scores.keys() == {"float", "calibrated", "fixed"}
    assert all(scores[kind].keys() == {"train", "val", "test"} for kind in scores)
    ended = pimdeploy("export", work, "--out", tmp_path / "out", "--json")
    assert ended.status == 0, ended
    assert ended.json["digest"] == done_run.ended.json["digest"]
    assert sorted(Bundle.open(tmp_path / "out").manifest["files"]) == ended.json["files"]
    again = pimdeploy("export", work, "--out", tmp_path / "out")
    assert (again.status, "next: pimdeploy verify" in again.out) == (0, True)
