"""Mismatches over a million samples, operation counts and digests."""

from pathlib import Path

import numpy as np

from bench.quality import PROVEN, Trained
from bench.rows import Row, noted
from pimdeploy.cost.ledger import ledger
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.lowering_bfan import BFAN_WEIGHTS, bfan_activations
from pimdeploy.defaults import PROOF_SAMPLES
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.build import weight_shapes
from pimdeploy.verify.proof import verify


def mismatch_rows(model: Trained, work: Path) -> list[Row]:
    """Return a row a word length: every backend of this machine, both forms, a million samples."""
    rows = []
    for word_length in PROVEN:
        bundle = write_bundle(model.parts(word_length), work / f"{model.recipe.name}_{word_length}")
        proof = verify(bundle, PROOF_SAMPLES)
        ran = [r for r in proof.backends if r.status != "not_run"]
        idle = [r.name for r in proof.backends if r.status == "not_run"]
        reached = f"{proof.mismatches} in {proof.samples:,} samples, {len(ran)} backends" + (
            f" (not run: {', '.join(idle)})" if idle else ""
        )
        rows.append(Row(f"{model.recipe.name}, {word_length}: mismatches", "0", reached, proof.good))
    return rows


def _published_sizes() -> Row:
    """Count the network of sizes 7, 1, 8, 16, 9, for which the figures were computed by hand."""
    spec = BfanSpec(M_K=7, M_N=1, M_a=8, N=16, M_G=9)
    weights = {name: np.zeros(shape) for name, shape in weight_shapes(spec).items()}
    word = QFormat(True, 16, 14)
    formats = FormatMap(
        dict.fromkeys(BFAN_WEIGHTS, word),
        dict.fromkeys(bfan_activations(spec), word),
        Rounding.HALF_UP,
        Overflow.SATURATE,
        knot_log2=-4,
    )
    counted = ledger(lower(spec, weights, formats, "sizes", 0)[0])
    paper = counted.paper["cancellation"]["multiplies"] if counted.paper else None
    reached = (paper, counted.totals("basis").multiplies, counted.totals("table").multiplies)
    return Row(
        "sizes 7, 1, 8, 16, 9: multiplies by the paper, as basis, as table",
        "192, 224, 104",
        ", ".join(map(str, reached)),
        reached == (192, 224, 104),
    )


def ledger_rows(model: Trained, work: Path) -> list[Row]:
    """Return the operation counts, and that two exports give one digest."""
    parts = model.parts("W16A16")
    counted = ledger(parts.model)
    table, basis = (counted.totals(form) for form in ("table", "basis"))
    assert isinstance(model.recipe.network, BfanSpec)
    branches = model.recipe.network.M_a
    nonlinear = counted.by_node["table"]["f"].multiplies
    digests = {write_bundle(parts, work / f"digest{n}").digest for n in (1, 2)}
    paper = counted.paper["cancellation"]["multiplies"] if counted.paper else None
    return [
        _published_sizes(),
        Row(
            "multiplies of the nonlinearity a branch, table form",
            "1",
            f"{nonlinear / branches:g}",
            nonlinear == branches,
        ),
        noted(
            f"{model.recipe.name}: multiplies a sample",
            f"{paper} by the paper's formulas, {basis.multiplies} as basis, {table.multiplies} as table",
        ),
        Row("digests of two exports of the same weights", "equal", f"{len(digests)} digest", len(digests) == 1),
    ]
