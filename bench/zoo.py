"""Every model of the zoo, from its committed weights: mismatches on every backend, operations, latency by measurement."""

import tempfile
from pathlib import Path

import numpy as np

from bench.matrix import compared, matrix
from bench.quality import MEASURED
from bench.rows import Row, Section, at_least, noted
from pimdeploy.bundle import Bundle, load_weights
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.defaults import PROOF_SAMPLES
from pimdeploy.emit.bundle import Parts, write_bundle
from pimdeploy.network_spec import CnnSpec
from pimdeploy.networks.build import default_latency
from pimdeploy.pipeline import load_dataset, make_parts
from pimdeploy.verify.backends.numpy_reference import NumpyBackend
from pimdeploy.verify.proof import Proof, all_backends, verify
from pimdeploy.zoo import find_recipe, zoo_folder, zoo_names

CNN_SAMPLES = 100_000
"""A CNN takes twenty thousand multiplies a sample, and unoptimized builds run it, too."""


ASKED_SAMPLES = 10_000_000
"""Of the whole table, every model and every stimulus counted once."""


def zoo_rows() -> Section:
    """Return the rows of every model of the zoo that this machine has the data for, and the table models x backends."""
    rows: list[Row] = []
    proofs: dict[str, Proof] = {}
    for name in zoo_names():
        if find_recipe(name).capture is not None and not MEASURED.is_dir():
            rows.append(noted(name, f"not run: no data at {MEASURED}"))
            continue
        with tempfile.TemporaryDirectory(prefix="pimdeploy-bench-") as folder:
            bundle = _exported(name, Path(folder))
            samples = CNN_SAMPLES if isinstance(bundle.recipe.network, CnnSpec) else PROOF_SAMPLES
            proofs[name] = verify(bundle, samples, backends=all_backends())
            rows += [_mismatches(name, proofs[name]), _warmup(name, bundle)]
    distinct = sum(proof.samples for proof in proofs.values())
    rows.append(at_least("zoo: samples of stimuli, all models", distinct / 1e6, ASKED_SAMPLES / 1e6, "M"))
    rows.append(noted("zoo: samples compared, all models and backends", f"{compared(proofs) / 1e6:.0f} M"))
    return Section(rows, matrix(proofs))


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
