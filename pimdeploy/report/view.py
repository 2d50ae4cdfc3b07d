"""What the page says in words and tables: from report data to plain rows of text, no markup."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pimdeploy.report.data import (
    GOLDEN_REPLAY,
    BackendResult,
    LedgerData,
    NodeHeadroom,
    ReportData,
    Sweep,
    VerifyData,
)
from pimdeploy.report.svg import number

ABSENT = "\N{EN DASH}"
HEADLINE_SPLITS = ("test", "val", "train")
MINUS = "\N{MINUS SIGN}"
QUANTITIES = {
    "multiplies": "Real multiplies",
    "adds": "Real adds",
    "compares": "Compares",
    "shifts": "Shifts",
    "table_reads": "Table reads",
    "state_words": "State, words",
    "table_bytes": "Tables, bytes",
}


@dataclass(frozen=True)
class Tile:
    """One headline figure."""

    name: str
    value: str
    unit: str = ""
    more: str = ""
    bad: bool = False


@dataclass(frozen=True)
class Verdict:
    """The one line that counts, and its class: good, bad or none."""

    css: str
    text: str


def db(value: float | None, digits: int = 2) -> str:
    """Return decibels with a fixed number of digits, a dash where there are none."""
    if value is None:
        return ABSENT
    text = f"{value:.{digits}f}"
    return (text[1:] if float(text) == 0 and text.startswith("-") else text).replace("-", MINUS)


def count(value: int | None) -> str:
    """Return an integer with thousands separated, a dash where there is none."""
    return ABSENT if value is None else f"{value:,}".replace("-", MINUS)


def signed(value: int) -> str:
    """Return a difference with its sign."""
    return "0" if value == 0 else f"{value:+,}".replace("-", MINUS)


def plural(value: int, noun: str, many: str | None = None) -> str:
    """Return "1 backend", "2 backends"; `many` where an s does not do."""
    return f"{count(value)} {noun if value == 1 else many or noun + 's'}"


def facts(data: ReportData) -> str:
    """Return the line below the title."""
    recipe = data.recipe
    sizes = ", ".join(f"{name} = {size}" for name, size in recipe.sizes.items())
    widths = f"W{recipe.weight_bits}A{recipe.activation_bits}"
    lower, upper = (number(edge / 1e6, 3) for edge in recipe.band_hz)
    return (
        f"{recipe.family} ({sizes}) in {widths}, {recipe.rounding}, on {data.source or 'an unnamed capture'}; "
        f"{number(recipe.fs_hz / 1e6, 3)} MS/s, receive band {lower} to {upper} MHz"
    )


def verdict(verify: VerifyData | None) -> Verdict:
    """Return what was proven."""
    if verify is None:
        return Verdict("none", "Not verified: no backend has been run on this bundle.")
    differing = verify.differing
    if differing or verify.mismatches:
        total = verify.mismatches or sum(backend.mismatches or 0 for backend in differing)
        where = f"; first in {differing[0].name}: {note(differing[0])}" if differing else ""
        return Verdict("bad", f"Not bit exact: {plural(total, 'mismatch', 'mismatches')}{where}")
    if not verify.ran:
        return Verdict("none", f"Not verified: none of {plural(len(verify.backends), 'backend')} ran on this machine.")
    if not verify.proven:
        idle = [*verify.required_not_run, *(backend.name for backend in verify.ran if not backend.agrees)]
        return Verdict("none", f"Not proven: {', '.join(idle)} had to run and compared nothing.")
    return Verdict("good", f"Bit exact: 0 mismatches in {_extent(verify)}.{_not_run(verify)}")


def _extent(verify: VerifyData) -> str:
    return f"{plural(verify.samples, 'sample')} over {plural(_backends(verify), 'backend')}"


def _backends(verify: VerifyData) -> int:
    return sum(backend.name != GOLDEN_REPLAY for backend in verify.ran)


def _not_run(verify: VerifyData) -> str:
    idle = len(verify.backends) - len(verify.ran)
    return f" {plural(idle, 'backend')} could not run here and proved nothing." if idle else ""


def tiles(data: ReportData) -> list[Tile]:
    """Return the headline figures; those that a run does not have are dashes that say why."""
    return [*_quality(data), *_cost(data), _proof(data.verify)]


def headline_split(data: ReportData) -> str | None:
    """Return the split that headlines speak of: test where there is one."""
    return next((s for s in (*HEADLINE_SPLITS, *data.splits) if s in data.splits), None)


def _quality(data: ReportData) -> list[Tile]:
    split = headline_split(data)
    if split is None:
        return [Tile("Cancellation", ABSENT, more="nothing was trained")]
    m = data.splits[split]
    kind = "float network, not yet quantized" if m.fixed_db is None else "fixed point"
    bound = Tile("Best possible", ABSENT, more="no noise reference, so no bound is known")
    if m.short_of_bound_db is not None:
        short = f"{db(m.short_of_bound_db)} dB short of it" if m.short_of_bound_db >= 0 else "reached"
        bound = Tile("Best possible", db(m.bound_db), "dB", short)
    loss = Tile("Loss to float", ABSENT, more="not yet quantized")
    if m.loss_db is not None:
        widths = f"W{data.recipe.weight_bits}A{data.recipe.activation_bits}"
        loss = Tile("Loss to float", db(m.loss_db, 3), "dB", f"{widths}; float reaches {db(m.float_db)} dB")
    return [Tile("Cancellation", db(m.best_db), "dB", f"{kind}, {split} split"), bound, loss]


def _cost(data: ReportData) -> list[Tile]:
    paper = data.parameters.paper
    parameters = Tile(
        "Parameters",
        count(data.parameters.real),
        more="real numbers" if paper is None else f"{count(paper)} as the paper counts",
    )
    ledger = data.ledger
    if ledger is None:
        return [parameters, Tile("Multiplies", ABSENT, more="not counted")]
    beside = f"{ledger.form} form" + (f"; paper {count(ledger.paper.cancellation.multiplies)}" if ledger.paper else "")
    return [parameters, Tile("Multiplies", count(ledger.default.multiplies), "a sample", beside)]


def _proof(verify: VerifyData | None) -> Tile:
    if verify is None or not verify.ran:
        return Tile("Mismatches", ABSENT, more="not verified")
    wrong = verify.mismatches or sum(backend.mismatches or 0 for backend in verify.differing)
    return Tile("Mismatches", count(wrong), more=f"in {_extent(verify)}", bad=not verify.proven)


def sweep_rows(sweep: Sweep) -> list[dict[str, Any]]:
    """Return a row a word length: levels, losses to float, and the part of the loss that fine-tuning wins back."""
    rows = []
    for point in sweep.points:
        loss = sweep.float_db - point.calibrated_db
        tuned = None if point.finetuned_db is None else sweep.float_db - point.finetuned_db
        won = ABSENT if tuned is None or loss < 0.005 else f"{number(100 * (loss - tuned) / loss, 0)} %"
        rows.append(
            {
                "name": point.word_length,
                "calibrated": point.calibrated_db,
                "calibrated_loss": loss,
                "finetuned": point.finetuned_db,
                "finetuned_loss": tuned,
                "won": won,
            }
        )
    return rows


def headroom_rows(nodes: tuple[NodeHeadroom, ...]) -> list[dict[str, str]]:
    """Return a row a node; the used part of the format is shown where a node chooses its format, that is rounds."""
    rows = []
    for node in nodes:
        used = node.used if node.kind == "requantize" else None
        rows.append(
            {
                "node": node.node,
                "kind": node.kind,
                "format": node.format,
                "carrier": node.carrier,
                "used": ABSENT if used is None else f"{100 * used:.0f} %",
                "room": _room(used),
            }
        )
    return rows


def _room(used: float | None) -> str:
    if used is None or used <= 0:
        return ABSENT
    return "saturates" if used >= 1 else f"{-20 * math.log10(used):.1f} dB"


def ledger_rows(ledger: LedgerData) -> list[dict[str, Any]]:
    """Return the ledger line by line: quantity, the paper's figure, both forms; multiplies also by width."""
    table, basis = ledger.forms["table"], ledger.forms["basis"]
    paper = {} if ledger.paper is None else ledger.paper.cancellation.model_dump()
    rows: list[dict[str, Any]] = []
    for quantity, name in QUANTITIES.items():
        figures = {"paper": count(paper.get(quantity)), "table": count(getattr(table, quantity))}
        rows.append({"name": name, "sub": False, "basis": count(getattr(basis, quantity)), **figures})
        if quantity == "multiplies":
            for width in sorted({*table.multiplies_by_width, *basis.multiplies_by_width}):
                pair = (count(cost.multiplies_by_width.get(width, 0)) for cost in (table, basis))
                by_form = dict(zip(("table", "basis"), pair, strict=True))
                shown = width.replace("x", " \N{MULTIPLICATION SIGN} ") + " bits"
                rows.append({"name": shown, "sub": True, "paper": "", **by_form})
    return rows


def proof_lead(verify: VerifyData) -> str:
    """Return what the proof consists of."""
    stimuli = f" from {plural(len(verify.stimuli), 'stimulus', 'stimuli')}" if verify.stimuli else ""
    return (
        f"{plural(verify.samples, 'sample')}{stimuli}, every output integer compared with the NumPy fixed-point "
        "reference, tolerance zero. Samples fed again in small blocks count again. A backend that is not run has "
        "proved nothing."
    )


def proof_rows(verify: VerifyData) -> list[dict[str, str]]:
    """Return a row a backend; one that did not run has no figures."""
    rows = []
    for backend in verify.backends:
        ran = backend.ran
        rows.append(
            {
                "name": backend.name,
                "css": "none" if not ran else "good" if backend.agrees else "bad",
                "status": "not run" if not ran else "agrees" if backend.agrees else "differs",
                "samples": count(backend.samples) if ran else ABSENT,
                "mismatches": count(backend.mismatches) if ran else ABSENT,
                "note": note(backend),
            }
        )
    return rows


def note(backend: BackendResult) -> str:
    """Return why a backend did not run, or where it first differs."""
    parts = []
    if backend.first is not None:
        first = backend.first
        where = f"node {first.node}, " if first.node else ""
        parts.append(
            f"{where}channel {first.channel}, sample {first.sample}: expected {first.expected}, got {first.got}"
        )
    if backend.reason:
        parts.append(backend.reason)
    if backend.ran and not backend.samples and not parts:
        parts.append("compared no samples")
    return "; ".join(parts)


def recipe_rows(data: ReportData) -> list[tuple[str, str]]:
    """Return the recipe's facts."""
    r = data.recipe
    lower, upper = (number(edge / 1e6, 6) for edge in r.band_hz)
    return [
        ("Family", r.family),
        ("Sizes", ", ".join(f"{name} = {size}" for name, size in r.sizes.items())),
        (
            "Word lengths",
            f"weights {r.weight_bits}, activations {r.activation_bits}, input {r.input_bits}, output {r.output_bits} bits",
        ),
        ("Rounding, overflow", f"{r.rounding}, {r.overflow}"),
        ("Widest accumulator allowed", f"{r.acc_bits} bits"),
        ("Form of the nonlinearity", r.piecewise),
        ("Latency", f"{plural(r.latency_samples, 'sample')}: z[n] estimates d[n {MINUS} {r.latency_samples}]"),
        ("Sample rate", f"{number(r.fs_hz / 1e6, 6)} MS/s"),
        ("Receive band", f"{lower} to {upper} MHz"),
        ("Seed", str(r.seed)),
    ]


def preprocessing_rows(constants: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the preprocessing constants as text, floats to the last digit."""
    return [(name, repr(value) if isinstance(value, float) else str(value)) for name, value in constants.items()]
