"""Documents to begin with: recipes, scenarios, bands, bundles and what lies between the stages of a run."""

import io
import json
from pathlib import Path

import numpy as np

from fuzz.case import Case
from fuzz.mutate import resealed_bundle
from pimdeploy.zoo import zoo_folder

ROOT = Path(__file__).parents[1]
BUNDLES = ("odd_bfan_siso", "whlut_siso", "memory_polynomial_siso")
READ = (
    *("manifest.json", "recipe.toml", "weights.safetensors", "formats.json", "datapath.json", "tables.npz"),
    *("certificate.json", "golden/stimulus.npy", "golden/expected.npy", "golden/nodes.npz"),
)
"""Files of a bundle that this package reads; the others it writes only."""
GOLDEN_SAMPLES = 64
FINGERPRINT = "0" * 64

RECIPES = (
    'name = "a"\n[receive]\nband_hz = [-1e6, 1e6]\n[capture]\npath = "c"\nfs_hz = 1e8\nsplit = [0.6, 0.2, 0.2]\n',
    'name = "b"\n[receive]\nband_hz = [-1e6, 1e6]\n[scenario]\npreset = "band3-2x20"\n[network]\nfamily = "cnn"\n'
    'front = [8]\nback = []\ndilations = [1, 2]\n[budget]\nmultiplies = 100\ntarget = "x86_avx2"\nshare = 0.5\n',
    'name = "c"\n[receive]\nband_hz = [-1e6, 1e6]\n[scenario]\npreset = "mimo-8x8"\nsources = 2\n[network]\n'
    'family = "memory_polynomial"\ncross_lags = [-1, 1]\n[export]\nc_compiler = "gcc"\nc_alignment = 64\n',
)


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def recipe_cases() -> list[Case]:
    """Return the zoo's recipes, and some with keys that those do not have."""
    zoo = [_bytes(path) for path in sorted(zoo_folder().glob("*/recipe.toml"))]
    planned = (
        RECIPES[0].partition("[capture]")[0].encode() + b"[scenario]\n" + _as_plan(scenario_cases()[0].files["s.toml"])
    )
    return [Case({"r.toml": text}, "r.toml") for text in (*zoo, *(text.encode() for text in RECIPES), planned)]


def _as_plan(text: bytes) -> bytes:
    """Return a scenario file as a bundle's recipe holds it: inside scenario.plan."""
    import tomllib

    import tomli_w

    return tomli_w.dumps({"scenario": {"plan": tomllib.loads(text.decode())}}).encode().replace(b"[scenario]\n", b"", 1)


def scenario_cases() -> list[Case]:
    """Return the scenario files that the package ships."""
    folder = ROOT / "pimdeploy" / "signals" / "planned" / "presets"
    return [Case({"s.toml": _bytes(path)}, "s.toml") for path in sorted(folder.glob("*.toml"))]


def bands_cases() -> list[Case]:
    """Return a table of a few bands."""
    text = 'reserved = ["99"]\n' + "".join(
        f'[[band]]\nnumber = "{number}"\nnames = ["own {number}"]\nuplink_mhz = [{low}, {low + 20}]\n'
        f"downlink_mhz = [{low + 60.5}, {low + 80.5}]\n"
        for number, low in (("201", 700), ("202", 3100))
    )
    return [Case({"b.toml": text.encode()}, "b.toml")]


def bundle_cases() -> list[Case]:
    """Return the golden bundles with the files that are read, golden vectors cut short."""
    return [_bundle(name) for name in BUNDLES]


def _bundle(name: str) -> Case:
    folder = ROOT / "export" / name
    files = {file: _bytes(folder / file) for file in READ}
    for file in ("golden/stimulus.npy", "golden/expected.npy"):
        stream = io.BytesIO()
        np.save(stream, np.load(io.BytesIO(files[file]))[:, :GOLDEN_SAMPLES])
        files[file] = stream.getvalue()
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {file: told for file, told in manifest["files"].items() if file in files}
    return resealed_bundle(Case({**files, "manifest.json": json.dumps(manifest).encode()}))


def report_cases() -> list[Case]:
    """Return the figures of a report, its long curves cut short."""
    document = json.loads(_bytes(ROOT / "export" / "odd_bfan_siso" / "report.json"))
    return [Case({"report.json": json.dumps(document).encode()}, "report.json")]


def weights_cases() -> list[Case]:
    """Return trained weights of the zoo."""
    folder = zoo_folder()
    return [Case({"w.safetensors": _bytes(folder / name / "weights.safetensors")}, "w.safetensors") for name in BUNDLES]


def checkpoint_cases() -> list[Case]:
    """Return a checkpoint with tensors of two types and a state."""
    import torch
    from safetensors.torch import save

    header = {
        "fingerprint": FINGERPRINT,
        "state": json.dumps({"step": 3, "best": 1.5, "history": [1.0, 0.5], "at": None}),
    }
    tensors = {"weights.K": torch.ones(2, 3, dtype=torch.float64), "order": torch.arange(5)}
    return [Case({"c.safetensors": save(tensors, header)}, "c.safetensors")]


def work_cases() -> list[Case]:
    """Return what `train` and `quantize` leave for the step behind them, without the weights."""
    state = {
        "knot_log2": -4,
        "delay_samples": 7,
        "capture_sha256": "0" * 64,
        "parameters": {"real": 88, "paper": 62},
        "scores": {"float": {"test": {"cancellation_db": 19.1, "per_channel_db": [19.1], "bound_db": None}}},
    }
    return [Case({"stage.json": json.dumps(state).encode()}, "")]


def changes_cases() -> list[Case]:
    """Return pairs of files of two bundles: `then/` and `now/`."""
    names = ("recipe.toml", "weights.safetensors", "datapath.json", "tables.npz", "golden/expected.npy", "datapath.txt")
    folder, other = (ROOT / "export" / name for name in BUNDLES[:2])
    small = [*names, "onnx/model_int.onnx"]
    then = {f"then/{name}": _bytes(folder / name) for name in small}
    now = {f"now/{name}": _bytes(other / name) for name in small}
    for side in (then, now):
        for name in [name for name in side if name.endswith(".npy")]:
            stream = io.BytesIO()
            np.save(stream, np.load(io.BytesIO(side[name]))[:, :GOLDEN_SAMPLES])
            side[name] = stream.getvalue()
    return [Case(then | now)]
