"""The golden bundles and digests are remade whole, only where something changed, and what changes is told first."""

import json

import numpy as np
import pytest
from demo_bundle import demo_parts, small_weights

from pimdeploy import golden_zoo
from pimdeploy.bundle import MANIFEST
from pimdeploy.errors import InputError
from pimdeploy.networks.build import default_latency
from pimdeploy.verify.regression.digests import digest_of_graph
from pimdeploy.zoo import trained


def test_the_parts_of_a_bundle_are_the_zoos_without_training():
    parts, (weights, formats) = golden_zoo.golden_parts("whlut_siso"), trained("whlut_siso")
    spec = golden_zoo.BUNDLES["whlut_siso"]
    assert parts.stimulus_q.shape == (2, spec.golden_samples)
    assert np.abs(parts.stimulus_q).max() > 2**13  # the scenario's signal, not silence
    assert parts.recipe.export == spec
    assert (parts.formats, parts.weights.keys()) == (formats, weights.keys())
    assert all(np.array_equal(parts.weights[name], weights[name]) for name in weights)
    assert parts.model.graph.delay_samples == default_latency(parts.recipe.network) > 0


@pytest.fixture
def small_zoo(monkeypatch):
    """A zoo of one model with a bundle and one with a digest, neither of which needs a scenario."""
    parts, graphs = {"demo": demo_parts()}, {"other": demo_parts().model.graph}
    monkeypatch.setattr(golden_zoo, "BUNDLES", {"demo": None})
    monkeypatch.setattr(golden_zoo, "zoo_names", lambda: ["demo", "other"])
    monkeypatch.setattr(golden_zoo, "golden_parts", parts.__getitem__)
    monkeypatch.setattr(golden_zoo, "digest_of_model", lambda name: digest_of_graph(graphs[name]))
    return parts, graphs


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_set_is_made_and_then_found_unchanged(small_zoo, tmp_path, capsys):
    export = tmp_path / "export"
    assert golden_zoo.main(["--export", str(export), "--check"]) == 1
    assert not (export / "digests.json").exists()
    assert golden_zoo.main(["--export", str(export)]) == 0
    made = contents(export)
    capsys.readouterr()
    assert golden_zoo.main(["--export", str(export), "--check"]) == 0
    assert capsys.readouterr().out == f"{export}/demo: unchanged\n{export}/digests.json: unchanged\n"
    assert contents(export) == made


def test_a_changed_model_is_told_and_written(small_zoo, tmp_path, capsys):
    parts, graphs = small_zoo
    export = tmp_path / "export"
    golden_zoo.main(["--export", str(export)])
    (export / "demo" / "report.html").write_text("figures")
    weights = small_weights()
    weights["G"] = weights["G"] + 2.0**-14
    parts["demo"] = demo_parts(weights=weights)
    graphs["other"] = parts["demo"].model.graph
    capsys.readouterr()
    before = contents(export)
    assert golden_zoo.main(["--export", str(export), "--check"]) == 1
    told = capsys.readouterr().out
    assert contents(export) == before
    assert told.startswith(f"{export}/demo: weights.safetensors: G changed in ")
    assert f"{export}/digests.json: other: table G.taps changed\n" in told
    assert golden_zoo.main(["--export", str(export)]) == 0
    assert golden_zoo.main(["--export", str(export), "--check"]) == 0
    assert (export / "demo" / "report.html").read_text() == "figures"


def test_one_model_leaves_the_others(small_zoo, tmp_path):
    export = tmp_path / "export"
    assert golden_zoo.main(["--export", str(export), "other"]) == 0
    assert [path.name for path in export.iterdir()] == ["digests.json"]
    assert golden_zoo.main(["--export", str(export), "demo"]) == 0
    assert sorted(golden_zoo.read_digests(export)) == ["other"]


def test_a_spoilt_bundle_is_told_and_made_again(small_zoo, tmp_path, capsys):
    export = tmp_path / "export"
    golden_zoo.main(["--export", str(export)])
    (export / "demo" / "ledger.json").unlink()
    assert golden_zoo.main(["--export", str(export)]) == 0
    assert "demo: ledger.json is gone; the manifest lists it" in capsys.readouterr().out
    assert (export / "demo" / "ledger.json").is_file()
    assert (export / "demo" / MANIFEST).is_file()


def test_a_digest_of_no_model_goes(small_zoo, tmp_path, capsys):
    golden_zoo.main(["--export", str(tmp_path)])
    entries = golden_zoo.read_digests(tmp_path)
    (tmp_path / "digests.json").write_text(json.dumps({**entries, "old": entries["other"]}))
    assert golden_zoo.main(["--export", str(tmp_path)]) == 0
    assert f"{tmp_path}/digests.json: old: gone\n" in capsys.readouterr().out
    assert golden_zoo.read_digests(tmp_path) == entries


def test_digests_that_are_no_json_are_refused(tmp_path):
    (tmp_path / "digests.json").write_text("{")
    with pytest.raises(InputError, match=r"^.*/digests\.json: cannot be read: .*; run `make golden`$"):
        golden_zoo.read_digests(tmp_path)


def test_an_unknown_name_is_refused(small_zoo, capsys):
    with pytest.raises(SystemExit, match="2"):
        golden_zoo.main(["nothing"])
    assert "nothing: no model of the zoo; known: demo, other" in capsys.readouterr().err
