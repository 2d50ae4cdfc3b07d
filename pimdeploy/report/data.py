"""What a report is made from: one plain JSON document, so that the page can be made again without running anything.

Arrays are lists, decibels are dB, frequencies Hz. A part that a run does not have is null or empty, and the page says so.
"""

import json
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from pimdeploy.errors import BundleError
from pimdeploy.files import write_file

SCHEMA_VERSION: Final = 1
GOLDEN_REPLAY = "golden_vectors"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Foreign(BaseModel):
    """A document that another package writes: what the page shows is checked, the rest is kept as it is."""

    model_config = ConfigDict(extra="allow", frozen=True)


class RecipeSummary(_Part):
    """What of the recipe a reader wants to see beside the figures."""

    family: str
    sizes: dict[str, int]
    """Sizes by the papers' names (M_K, M_N, M_a, N, M_G)."""
    weight_bits: int
    activation_bits: int
    input_bits: int
    output_bits: int
    rounding: str
    overflow: str
    acc_bits: int
    """Widest accumulator that calibration may use."""
    piecewise: str
    """Form of the nonlinearity, "table" or "basis"."""
    latency_samples: int
    """z[n] estimates d[n - latency_samples]."""
    fs_hz: FiniteFloat
    band_hz: tuple[FiniteFloat, FiniteFloat]
    seed: int


class Parameters(_Part):
    """Two counts of the same parameters: real numbers, and the papers' count (null where no paper gives the network)."""

    real: int
    paper: int | None = None


class SplitMetrics(_Part):
    """Figures of one split, dB behind the receive filter (docs/spec/metrics.md)."""

    pim_db: FiniteFloat | None = None
    """Interference over the noise; null where no noise reference is known."""
    bound_db: FiniteFloat | None = None
    """Best possible cancellation; null where no noise reference is known."""
    float_db: FiniteFloat
    """Cancellation of the floating-point network, mean over channels."""
    fixed_db: FiniteFloat | None = None
    """Cancellation of the fixed-point datapath, mean over channels; null before quantization."""
    float_per_channel_db: tuple[FiniteFloat, ...] = ()
    fixed_per_channel_db: tuple[FiniteFloat, ...] = ()
    out_of_band_db: FiniteFloat | None = None
    """The estimate's power outside the receive band over that inside it (fixed point where there is one)."""

    @property
    def best_db(self) -> float:
        """Cancellation of what ships: fixed point, else float."""
        return self.float_db if self.fixed_db is None else self.fixed_db

    @property
    def loss_db(self) -> float | None:
        """Cancellation lost to fixed point."""
        return None if self.fixed_db is None else self.float_db - self.fixed_db

    @property
    def short_of_bound_db(self) -> float | None:
        """How far the cancellation stays below the best possible one."""
        return None if self.bound_db is None else self.bound_db - self.best_db


class ChannelSpectra(_Part):
    """Power spectra of one receive channel, dB of full scale in the resolution bandwidth, on `Spectra.freq_hz`."""

    received_db: tuple[FiniteFloat, ...]
    float_db: tuple[FiniteFloat, ...] | None = None
    """After cancellation by the floating-point network."""
    fixed_db: tuple[FiniteFloat, ...] | None = None
    """After cancellation by the fixed-point datapath."""
    noise_db: tuple[FiniteFloat, ...] | None = None
    """The noise alone, where it is known."""


class Spectra(_Part):
    """Power spectra before the receive filter H, a set a receive channel."""

    split: str
    freq_hz: tuple[FiniteFloat, ...] = Field(min_length=2)
    """Ascending."""
    band_hz: tuple[FiniteFloat, FiniteFloat]
    rbw_hz: FiniteFloat = Field(gt=0)
    """Equivalent noise bandwidth of the window: a full-scale complex tone reads 0 dB, white noise its power in this."""
    channels: tuple[ChannelSpectra, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _equal_lengths(self) -> "Spectra":
        for channel in self.channels:
            for curve in (channel.received_db, channel.float_db, channel.fixed_db, channel.noise_db):
                if curve is not None and len(curve) != len(self.freq_hz):
                    raise ValueError(f"a curve of {len(curve)} points over {len(self.freq_hz)} frequencies")
        return self


class Nonlinearity(_Part):
    """The trained function f(a): linear between the points of `a`, so that these points are the whole of it."""

    name: str
    a: tuple[FiniteFloat, ...] = Field(min_length=2)
    """Ascending, from -reach to reach."""
    f: tuple[FiniteFloat, ...]
    """f(a), in units of full scale."""
    knots: tuple[FiniteFloat, ...]
    """Breakpoints x_k >= 0."""
    critical_point: FiniteFloat | None = None
    """Smallest a > 0 where |f| exceeds 1 % of its maximum over `a`; null where f is 0."""

    @model_validator(mode="after")
    def _equal_lengths(self) -> "Nonlinearity":
        if len(self.a) != len(self.f):
            raise ValueError(f"{len(self.a)} points a and {len(self.f)} values f")
        return self


class TrainingStep(_Part):
    """One training step: its start, the loss (1 = nothing cancelled), the cancellation on both splits, dB."""

    step: int
    start: int
    loss: FiniteFloat
    train_db: FiniteFloat
    val_db: FiniteFloat


class WordLength(_Part):
    """Cancellation at one word length, dB: after calibration alone, and after fine-tuning where that was done."""

    word_length: str
    calibrated_db: FiniteFloat
    finetuned_db: FiniteFloat | None = None


class Sweep(_Part):
    """Cancellation against word length, on one split."""

    split: str = "test"
    float_db: FiniteFloat
    points: tuple[WordLength, ...]


class NodeHeadroom(_Part):
    """How full one node of the datapath is."""

    node: str
    kind: str
    format: str
    """Format of the result ("s16.15")."""
    acc_bits: int = Field(ge=1, le=64)
    """Bits of the proven accumulator, sign and every partial sum included; of the table form for a function."""
    basis_acc_bits: int | None = Field(default=None, ge=1, le=64)
    """Bits of the basis form's accumulator."""
    carrier: Literal["int32", "int64"]
    """Integer type of the emitted C code for the accumulator."""
    used: FiniteFloat | None = None
    """Largest |integer| seen over the format's largest, where samples were traced; 1 where it reached the end."""


class Stage(_Foreign):
    """Sums of the paper's Table I for one stage."""

    multiplies: int
    adds: int


class PaperLedger(_Foreign):
    """Table I for the sizes of the network."""

    cancellation: Stage
    update: Stage


class FormCost(_Foreign):
    """Cost of the datapath per input sample in one form."""

    multiplies: int
    adds: int
    compares: int
    shifts: int
    table_reads: int
    state_words: int
    table_bytes: int
    multiplies_by_width: dict[str, int]


class NamedDifference(_Foreign):
    """One named reason why the datapath's figures are not the paper's."""

    name: str
    multiplies: int
    adds: int


class ReconciledRow(_Foreign):
    """A row of Table I: paper + differences = datapath."""

    row: str
    paper: Stage
    differences: tuple[NamedDifference, ...]
    datapath: Stage


class Reconciliation(_Foreign):
    """The way from the paper's figures to the datapath's in one form."""

    paper: Stage
    datapath: Stage
    rows: tuple[ReconciledRow, ...]


class LedgerData(_Foreign):
    """What `pimdeploy.cost.ledger.Ledger.to_json` returns."""

    paper: PaperLedger | None
    datapath: dict[str, Any]
    forms: dict[Literal["table", "basis"], FormCost]
    reconciliation: dict[Literal["table", "basis"], Reconciliation] | None = None

    @model_validator(mode="after")
    def _both_forms(self) -> "LedgerData":
        if self.forms.keys() != {"table", "basis"} or self.form not in self.forms:
            raise ValueError("expected the forms table and basis, and one of them as the default")
        return self

    @property
    def form(self) -> str:
        """The form that the emitted code uses by default."""
        return str(self.datapath.get("form"))

    @property
    def default(self) -> FormCost:
        """The cost in the default form."""
        return self.forms["basis" if self.form == "basis" else "table"]


class FirstDifference(_Foreign):
    """Where a backend first differs."""

    node: str | None = None
    channel: int
    sample: int
    expected: int | None
    got: int | None


class BackendResult(_Foreign):
    """What became of one backend in `pimdeploy verify`."""

    name: str
    status: Literal["ok", "mismatch", "not_run"]
    samples: int = 0
    mismatches: int | None = None
    first: FirstDifference | None = None
    reason: str | None = None

    @property
    def ran(self) -> bool:
        """Whether it computed anything."""
        return self.status != "not_run"

    @property
    def agrees(self) -> bool:
        """Whether it ran on at least one sample and differs nowhere."""
        return self.status == "ok" and not self.mismatches and self.samples > 0


class VerifyData(_Foreign):
    """The JSON of `pimdeploy verify`."""

    samples: int
    mismatches: int
    backends: tuple[BackendResult, ...]
    """One entry a backend; that named `GOLDEN_REPLAY` is the replay of the golden vectors."""
    stimuli: tuple[str, ...] = ()
    required_not_run: tuple[str, ...] = ()
    """Backends that had to run and did not."""

    @property
    def ran(self) -> tuple[BackendResult, ...]:
        """The entries that ran."""
        return tuple(backend for backend in self.backends if backend.ran)

    @property
    def differing(self) -> tuple[BackendResult, ...]:
        """The entries that differ somewhere or failed."""
        return tuple(backend for backend in self.backends if backend.status == "mismatch" or backend.mismatches)

    @property
    def proven(self) -> bool:
        """Whether at least one backend ran, all that had to run did, and all that ran agree to the last bit."""
        agreed = self.mismatches == 0 and bool(self.ran) and all(backend.agrees for backend in self.ran)
        return agreed and not self.required_not_run


class ReportData(_Part):
    """All that the report shows. `to_json` and `from_json` are inverse to one another."""

    schema_version: Literal[1] = SCHEMA_VERSION
    name: str
    source: str
    """Name of the scenario or capture."""
    recipe: RecipeSummary
    parameters: Parameters
    splits: dict[str, SplitMetrics]
    """Figures by split: train, val, test."""
    spectra: Spectra | None = None
    """Around the receive band."""
    full_span: Spectra | None = None
    """Over the whole sample rate."""
    nonlinearity: tuple[Nonlinearity, ...] = ()
    history: tuple[TrainingStep, ...] = ()
    sweep: Sweep | None = None
    headroom: tuple[NodeHeadroom, ...] = ()
    ledger: LedgerData | None = None
    verify: VerifyData | None = None
    preprocessing: dict[str, Any] = {}
    digest: str | None = None
    """Digest of the bundle."""
    tools: dict[str, str] = {}
    """Version of each tool by name."""
    timings: dict[str, FiniteFloat] = {}
    """Seconds of each stage by name."""

    def to_json(self) -> str:
        """Return the document, the same text for equal data."""
        return json.dumps(self.model_dump(mode="json"), indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, where: str) -> "ReportData":
        """Return the data that `to_json` wrote; `where` names the document in messages.

        Raises `BundleError` with one line.
        """
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BundleError(f"{where}: not valid JSON: {error}; run `pimdeploy run` again") from error
        version = document.get("schema_version") if isinstance(document, dict) else None
        if version != SCHEMA_VERSION:
            raise BundleError(
                f"{where}: no report data of schema version {SCHEMA_VERSION} (found {version!r}); run `pimdeploy run` again"
            )
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise BundleError(f"{where}: {_first_fault(error)}; run `pimdeploy run` again") from error


def load(path: Path) -> ReportData:
    """Read report data from the file `path`. Raises `BundleError`."""
    try:
        return ReportData.from_json(path.read_bytes(), str(path))
    except OSError as error:
        raise BundleError(f"{path}: cannot be read: {error.strerror}; expected the report.json of a run") from error


def save(data: ReportData, path: Path) -> None:
    """Write report data to the file `path`, atomically. Raises `InputError`."""
    write_file(path, data.to_json().encode())


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"]) or "document"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {message[:1].lower()}{message[1:]}"
