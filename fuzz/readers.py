"""The readers under test: each takes a path, as a command would, and uses what it finds as far as a command does at once."""

import contextlib
import io
import json
from pathlib import Path

from fuzz.documents import FINGERPRINT

CHUNK = 1 << 16


def read_recipe(path: Path) -> None:
    """Read a recipe, and write what it says; it must read back as itself."""
    from pimdeploy.recipe import dump_recipe, load_recipe, parse_recipe
    from pimdeploy.signals.scenario import sample_rate

    recipe = load_recipe(path)
    text = dump_recipe(recipe)
    again = parse_recipe(text, path.name)
    if dump_recipe(again) != text:
        raise AssertionError("a recipe that was written reads back as another one")
    _strict(recipe.model_dump(mode="json"))
    if recipe.scenario is not None:
        sample_rate(recipe.scenario)


def read_scenario(path: Path) -> None:
    """Read a scenario file and make its figures fit together; what a bundle's recipe holds of it reads back as itself."""
    from pimdeploy.recipe import Recipe, ScenarioSpec, dump_recipe, parse_recipe
    from pimdeploy.signals.planned.library import load_plan
    from pimdeploy.signals.scenario import receive_band

    spec = ScenarioSpec(file=path.name, plan=load_plan(path))
    recipe = Recipe(name="fuzzed", receive=receive_band(spec), scenario=spec)
    if parse_recipe(dump_recipe(recipe), path.name) != recipe:
        raise AssertionError("a scenario that was written reads back as another one")


def read_bands(path: Path) -> None:
    """Read a table of bands and tell each band's limits."""
    from pimdeploy.signals.bands.table import chosen_bands

    _strict([band.to_json() for band in chosen_bands((), path)])


def read_bundle(path: Path) -> None:
    """Read all that `inspect`, `count`, `regress` and `verify` read of a bundle before anything runs."""
    from pimdeploy import api
    from pimdeploy.bundle import Bundle
    from pimdeploy.verify.backends.onnx_runtime import unproven

    bundle = Bundle.open(path)
    bundle.load_array("golden/stimulus.npy")
    bundle.load_array("golden/expected.npy")
    bundle.load_arrays("golden/nodes.npz")
    unproven(bundle.path, "model_qdq.onnx")
    _strict(api.inspect(bundle))
    _strict(api.count(bundle).to_json())


def read_as_firmware(path: Path) -> None:
    """Replay the golden vectors as `python -m firmware_ref` does."""
    from firmware_ref.__main__ import main
    from firmware_ref.errors import FirmwareReferenceError

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([str(path)])
    if status == 2:
        if err.getvalue().count("\n") != 1:
            raise AssertionError(f"more than one line: {err.getvalue()!r}")
        raise FirmwareReferenceError(err.getvalue())


def read_report(path: Path) -> None:
    """Read the figures of a report and draw its page."""
    from pimdeploy.report.data import load
    from pimdeploy.report.html import render

    render(load(path))


def read_weights(path: Path) -> None:
    """Read trained weights."""
    from pimdeploy.bundle import load_weights

    load_weights(path.read_bytes(), path.name)


def read_checkpoint(path: Path) -> None:
    """Read the checkpoint of a training."""
    from pimdeploy.training.checkpoint import load_checkpoint

    load_checkpoint(path, FINGERPRINT)


def read_work(path: Path) -> None:
    """Read what the step before left in a folder."""
    from pimdeploy.stages import read_state

    state = read_state(path)
    _strict({**state})


def read_changes(path: Path) -> None:
    """Tell what differs between two bundles' files, which must take one line whatever they hold."""
    from pimdeploy.verify.regression.changes import what_changed

    for then in sorted((path / "then").rglob("*")):
        name = then.relative_to(path / "then").as_posix()
        now = path / "now" / name
        if then.is_file() and now.is_file() and then.read_bytes() != now.read_bytes():
            text = what_changed(name, then.read_bytes(), now.read_bytes())
            if not text.isprintable():
                raise AssertionError(f"no line: {text!r}"[:CHUNK])


def read_capture(path: Path) -> None:
    """Read a capture of whatever format, with nothing in the recipe but defaults."""
    import numpy as np

    from pimdeploy.recipe import CaptureSpec
    from pimdeploy.signals.capture_io import load_capture

    capture = load_capture(CaptureSpec(), path)
    for samples in (capture.tx, capture.rx, capture.noise, capture.truth):
        if samples is not None and (
            samples.dtype != np.complex128 or samples.ndim != 2 or not np.isfinite(samples).all()
        ):
            raise AssertionError(f"samples of {samples.dtype}, shape {samples.shape}")


def _strict(data: object) -> None:
    """Refuse what is no JSON: NaN and infinity, which `--json` would print all the same."""
    json.dumps(data, allow_nan=False)
