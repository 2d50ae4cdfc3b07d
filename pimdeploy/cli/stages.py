"""`train`, `quantize` and `export`: the main job in steps."""

from pathlib import Path
from typing import Any

from pimdeploy import api
from pimdeploy.cli.console import StageProgress, print_json, stdout, table
from pimdeploy.pipeline import for_scenario
from pimdeploy.recipe import on_device
from pimdeploy.zoo import find_recipe


def train(
    name: str, out: Path, capture: Path | None, scenario: str | None, device: str | None, *, as_json: bool
) -> None:
    """Train in floating point into the folder `out`."""
    recipe = on_device(for_scenario(find_recipe(name), scenario, capture), device)
    with StageProgress(quiet=as_json) as progress:
        state = api.train(recipe, out, capture, progress=progress)
    _show(state, as_json, f"next: pimdeploy quantize {out}")


def quantize(work: Path, capture: Path | None, *, as_json: bool) -> None:
    """Calibrate and fine-tune in the folder `work`."""
    with StageProgress(quiet=as_json) as progress:
        state = api.quantize(work, capture, progress=progress)
    _show(state, as_json, f"next: pimdeploy export {work} --out BUNDLE")


def export(work: Path, out: Path, capture: Path | None, *, as_json: bool) -> None:
    """Write the bundle of the folder `work` into `out`."""
    with StageProgress(quiet=as_json) as progress:
        bundle = api.export(work, out, capture, progress=progress)
    if as_json:
        print_json({"bundle": str(bundle.path), "digest": bundle.digest, "files": sorted(bundle.manifest["files"])})
        return
    stdout().print(f"bundle: {out}\ndigest: {bundle.digest}\nnext: pimdeploy verify {out}", soft_wrap=True)


def _show(state: dict[str, Any], as_json: bool, hint: str) -> None:
    if as_json:
        print_json(state)
        return
    kinds = list(state["scores"])
    shown = table("cancellation, dB", "split", *kinds)
    for split in state["scores"][kinds[0]]:
        shown.add_row(split, *(f"{state['scores'][kind][split]['cancellation_db']:.2f}" for kind in kinds))
    stdout().print(shown)
    stdout().print(hint, soft_wrap=True)
