"""One short run of everything and one run in steps: what the tests of the commands look at."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from demo_bundle import CAPTURE, SCENARIO, Ended, command

from pimdeploy.verify import proof
from pimdeploy.verify.backends.brevitas_network import NetworkBackend
from pimdeploy.verify.backends.c_code import CBackend
from pimdeploy.verify.backends.numpy_reference import NumpyBackend
from pimdeploy.verify.backends.onnx_runtime import OnnxBackend


class MissingCompiler(CBackend):
    """A backend that no machine has."""

    def unavailable(self):
        return f"{self.compiler} is not installed"


def few_backends():
    """One backend of each kind, and one that no machine has: the whole proof has its own tests."""
    return [
        NumpyBackend("table"),
        NetworkBackend(),
        OnnxBackend("onnx_int", "on"),
        CBackend("gcc", "O0", "table"),
        MissingCompiler("no_cc", "O0", "table"),
    ]


@pytest.fixture(autouse=True)
def _few_backends(monkeypatch):
    monkeypatch.setattr(proof, "all_backends", few_backends)


@dataclass(frozen=True)
class Done:
    """A command that was run once for all tests, and the folder that it left."""

    ended: Ended
    out: Path
    recipe: Path


@pytest.fixture(scope="session")
def recipe_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture(scope="session")
def done_run(tmp_path_factory, recipe_path):
    """`pimdeploy run`, its figures as JSON."""
    out = tmp_path_factory.mktemp("run") / "bundle"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "all_backends", few_backends)
        return Done(command("run", recipe_path, "--out", out, "--samples", 3000, "--json"), out, recipe_path)


@pytest.fixture(scope="session")
def done_work(tmp_path_factory, recipe_path):
    """`pimdeploy train` and `pimdeploy quantize`; nobody changes the folder."""
    work = tmp_path_factory.mktemp("stages") / "work"
    trained = command("train", recipe_path, "--out", work, "--json")
    quantized = command("quantize", work, "--json")
    assert (trained.status, quantized.status) == (0, 0), trained.err + quantized.err
    return {"work": work, "train": trained, "quantize": quantized}


@pytest.fixture
def work(done_work, tmp_path):
    """A copy of that folder that a test may spoil."""
    return Path(shutil.copytree(done_work["work"], tmp_path / "work"))


@pytest.fixture
def capture_recipe(tmp_path):
    """A recipe for a capture."""
    path = tmp_path / "capture.toml"
    path.write_text(CAPTURE)
    return path


@pytest.fixture
def capture(tmp_path):
    """A function that writes capture.npz: a third-order product of tx in rx, or what is given in their place."""
    rng = np.random.default_rng(5)
    tx = 0.2 * (rng.normal(size=(1, 16384)) + 1j * rng.normal(size=(1, 16384)))
    rx = tx * np.abs(tx) ** 2 + 1e-4 * rng.normal(size=tx.shape)

    def write(**changes):
        arrays = {"tx": tx, "rx": rx, "fs_hz": 491.52e6} | changes
        path = tmp_path / "capture.npz"
        np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
        return path

    write.tx, write.rx = tx, rx
    return write
