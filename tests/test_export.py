"""The committed golden bundles and digests: they come from the zoo's weights, export to the same bytes, and replay."""

from pathlib import Path

import numpy as np
import pytest

from pimdeploy.bundle import Bundle
from pimdeploy.golden_zoo import BUNDLES, digest_names, read_digests
from pimdeploy.verify.backend import Backend
from pimdeploy.verify.backends.brevitas_network import NetworkBackend
from pimdeploy.verify.backends.c_code import CBackend
from pimdeploy.verify.backends.numpy_reference import numpy_backends
from pimdeploy.verify.backends.onnx_runtime import onnx_backends
from pimdeploy.verify.regression.digests import differences, digest_of_model
from pimdeploy.verify.regression.job import regress
from pimdeploy.zoo import find_recipe, trained

EXPORT = Path(__file__).parents[1] / "export"
REQUIRED = ["golden", "numpy", "brevitas", "onnx_int", "c_gcc"]
REMAKE = "`make golden` writes what this code makes; look at what it prints before you commit it"


def few_backends() -> list[Backend]:
    """One of each kind, so that five bundles take seconds; `verify` and `regress` run all."""
    onnx = [backend for backend in onnx_backends() if backend.name.startswith("onnx_int")]
    return [*numpy_backends(), NetworkBackend(), *onnx, CBackend("gcc", "O0", "table"), CBackend("gcc", "O0", "basis")]


def test_the_golden_bundles_are_those_that_are_made() -> None:
    assert sorted(path.parent.name for path in EXPORT.glob("*/manifest.json")) == sorted(BUNDLES)


def test_every_other_model_of_the_zoo_has_a_digest() -> None:
    assert sorted(read_digests(EXPORT)) == digest_names()


@pytest.mark.parametrize("name", BUNDLES)
def test_golden_bundle(name: str) -> None:
    outcome = regress(EXPORT / name, EXPORT / name, require=REQUIRED, backends=few_backends())
    assert outcome.changed == [], REMAKE
    assert outcome.proof.missing == []
    assert outcome.proof.good
    assert outcome.proof.mismatches == 0
    assert {result.status for result in outcome.proof.backends} == {"ok"}
    assert min(result.samples for result in outcome.proof.backends) >= outcome.proof.samples > 0


def test_golden_bundle_replays_on_every_backend() -> None:
    outcome = regress(EXPORT / "odd_bfan_siso", None, require=REQUIRED)
    assert outcome.proof.good
    ran = [result for result in outcome.proof.backends if result.status == "ok"]
    assert min(result.samples for result in ran) >= outcome.proof.samples > 0


@pytest.mark.parametrize("name", BUNDLES)
def test_golden_bundle_is_of_the_zoos_model(name: str) -> None:
    bundle, (weights, formats) = Bundle.open(EXPORT / name), trained(name)
    assert bundle.weights.keys() == weights.keys()
    assert all(np.array_equal(bundle.weights[key], weights[key]) for key in weights)
    assert bundle.formats == formats
    assert bundle.recipe.network == find_recipe(name).network


@pytest.mark.parametrize("name", BUNDLES)
def test_golden_bundle_is_small(name: str) -> None:
    assert sum(file.stat().st_size for file in (EXPORT / name).rglob("*") if file.is_file()) < 2_000_000


@pytest.mark.parametrize("name", digest_names())
def test_digest(name: str) -> None:
    assert differences(read_digests(EXPORT)[name], digest_of_model(name)) == [], REMAKE
