"""What the page says in words: headlines, verdict, proof, recipe; plain text, no markup. Rows of figures: `tables`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pimdeploy.report.data import ReportData
from pimdeploy.report.foreign import GOLDEN_REPLAY, BackendResult, VerifyData
from pimdeploy.report.parts import RecipeSummary, Size
from pimdeploy.report.svg import number

ABSENT = "\N{EN DASH}"
HEADLINE_SPLITS = ("test", "val", "train")
LONGEST_SIZES = 90
"""Longer texts of sizes stand in the recipe's table alone."""
MINUS = "\N{MINUS SIGN}"


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
    widths = f"W{recipe.weight_bits}A{recipe.activation_bits}"
    lower, upper = (number(edge / 1e6, 3) for edge in recipe.band_hz)
    network = sizes(recipe)
    network = f" ({network})" if len(network) <= LONGEST_SIZES else ""
    return (
        f"{recipe.family}{network}, {antennas(recipe)}, in {widths}, {recipe.rounding}, on "
        f"{data.source or 'an unnamed capture'}; {number(recipe.fs_hz / 1e6, 3)} MS/s, receive band {lower} to {upper} MHz"
    )


def sizes(recipe: RecipeSummary) -> str:
    """Return the sizes of the network by name; none is left out."""
    return ", ".join(f"{name} = {_size(value)}" for name, value in recipe.sizes.items())


def antennas(recipe: RecipeSummary) -> str:
    """Return how many transmitters and receivers there are."""
    return f"{plural(recipe.n_tx, 'transmitter')}, {plural(recipe.n_rx, 'receiver')}"


def _size(value: Size) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return f"[{', '.join(map(str, value))}]"
        case _:
            return str(value)


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
        ("Sizes", sizes(r)),
        ("Antennas", antennas(r)),
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
