"""Every model of the zoo, from its committed weights: mismatches on every backend, operations, latency by measurement."""

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.matrix import compared, matrix
from bench.quality import MEASURED
from bench.rows import Row, Section, at_least, at_most, noted
from pimdeploy.bundle import Bundle, load_weights
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.defaults import PROOF_SAMPLES
from pimdeploy.emit.bundle import Parts, write_bundle
from pimdeploy.network_spec import CnnSpec
from pimdeploy.networks.build import default_latency
from pimdeploy.pipeline import load_dataset, make_parts
from pimdeploy.verify.backends.arm import arm_backends
from pimdeploy.verify.backends.numpy_reference import NumpyBackend
from pimdeploy.verify.proof import GOLDEN, Proof, stimuli_of, verify
from pimdeploy.verify.workers import Once
from pimdeploy.zoo import find_recipe, zoo_folder, zoo_names

CNN_SAMPLES = 100_000
"""A CNN takes twenty thousand multiplies a sample, and unoptimized builds run it, too."""

ASKED_SAMPLES = 10_000_000
"""Of the whole table, every model and every stimulus counted once, all of them run by host backends."""
ASKED_HOST_SECONDS = 180
ASKED_SECONDS = 720


def zoo_rows() -> Section:
    """Return the rows of every model of the zoo that this machine has the data for, and the table models x backends."""
    rows: list[Row] = []
    runs: dict[str, _Run] = {}
    for name in zoo_names():
        if find_recipe(name).capture is not None and not MEASURED.is_dir():
            rows.append(noted(name, f"not run: no data at {MEASURED}"))
            continue
        with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as folder:
            bundle = _exported(name, Path(folder))
            runs[name] = _proved(bundle)
            rows += [_mismatches(name, runs[name].proof), _warmup(name, bundle)]
    proofs = {name: run.proof for name, run in runs.items()}
    distinct = sum(proof.samples for proof in proofs.values())
    rows.append(at_least("zoo: samples of stimuli, all models", distinct / 1e6, ASKED_SAMPLES / 1e6, "M"))
    rows.append(noted("zoo: samples compared, all models and backends", f"{compared(proofs) / 1e6:.0f} M"))
    host, emulated = (sum(times) for times in zip(*((r.host_s, r.emulated_s) for r in runs.values()), strict=True))
    rows.append(at_most("zoo: verify, all models, host backends", host, ASKED_HOST_SECONDS, "s", 0))
    rows.append(at_most("zoo: verify, all models, emulated processors too", host + emulated, ASKED_SECONDS, "s", 0))
    return Section(rows, matrix(proofs))


@dataclass(frozen=True)
class _Run:
    """The proof of a model by all backends, and how long host backends and emulated processors took, s."""

    proof: Proof
    host_s: float
    emulated_s: float


def _proved(bundle: Bundle) -> _Run:
    samples = CNN_SAMPLES if isinstance(bundle.recipe.network, CnnSpec) else PROOF_SAMPLES
    signals = Once(lambda: stimuli_of(bundle, samples))
    start = time.perf_counter()
    proof = verify(bundle, samples, signals=signals)
    between = time.perf_counter()
    emulated = verify(bundle, samples, backends=arm_backends(), signals=signals)
    both = [*proof.backends, *(result for result in emulated.backends if result.name != GOLDEN)]
    return _Run(replace(proof, backends=both), between - start, time.perf_counter() - between)


def parts_of(name: str) -> Parts:
    """Return what the bundle of the zoo model `name` is made from, its committed weights and formats."""
    recipe, folder = find_recipe(name), zoo_folder() / name
    weights = load_weights((folder / "weights.safetensors").read_bytes(), name)
    formats = FormatMap.from_json((folder / "formats.json").read_text())
    dataset = load_dataset(recipe, MEASURED if recipe.capture is not None else None)
    return make_parts(recipe, dataset, weights, formats, default_latency(recipe.network))


def _exported(name: str, work: Path) -> Bundle:
    return write_bundle(parts_of(name), work / name)


def _mismatches(name: str, proof: Proof) -> Row:
    ran = [result for result in proof.backends if result.status != "not_run"]
    idle = ", ".join(result.name for result in proof.backends if result.status == "not_run")
    reached = f"{proof.mismatches} in {proof.samples:,} samples, {len(ran)} backends"
    return Row(f"{name}: mismatches", "0", reached + f" (not run: {idle})" * bool(idle), proof.good)


def _warmup(name: str, bundle: Bundle) -> Row:
    stated = bundle.graph.memory
    measured = warmup_measured(bundle.path, bundle.graph.input.channels, stated)
    return Row(f"{name}: warm-up, samples, stated and measured", "equal", f"{stated}, {measured}", stated == measured)


def warmup_measured(bundle: Path, channels: int, stated: int) -> int:
    """Return after how many samples the output no longer depends on the first one, found on noise."""
    reference = NumpyBackend("table")
    reference.prepare(bundle, bundle)
    rng = np.random.default_rng(5)
    x_q = rng.integers(-32768, 32768, size=(channels, 2 * stated + 64))
    last = 0
    for first in (-32768, 32767):  # a change of one sample must show at the far end of every memory
        changed = x_q.copy()
        changed[:, 0] = first
        differing = np.nonzero((reference.run(x_q) != reference.run(changed)).any(axis=0))[0]
        last = max(last, int(differing.max(initial=0)))
    return last
