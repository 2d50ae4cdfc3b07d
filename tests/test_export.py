"""The committed golden bundles: they export to the same bytes, and every backend replays their vectors."""

from pathlib import Path

import pytest

from pimdeploy.verify.regression import regress

EXPORT = Path(__file__).parents[1] / "export"
BUNDLES = sorted(path.parent for path in EXPORT.glob("*/manifest.json"))


def test_there_is_a_golden_bundle() -> None:
    assert [bundle.name for bundle in BUNDLES] == ["odd_bfan_siso"]


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_golden_bundle(bundle: Path) -> None:
    outcome = regress(bundle, bundle, require=["golden", "numpy", "brevitas", "onnx", "c_gcc"])
    assert outcome.changed == []
    assert outcome.proof.missing == []
    assert outcome.proof.good
    assert outcome.proof.mismatches == 0
    ran = [result for result in outcome.proof.backends if result.status == "ok"]
    assert min(result.samples for result in ran) >= outcome.proof.samples > 0


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_golden_bundle_is_small(bundle: Path) -> None:
    assert sum(file.stat().st_size for file in bundle.rglob("*") if file.is_file()) < 2_000_000
