"""What other packages write and the report shows: the operation ledger and the outcome of `pimdeploy verify`.

Of these documents what the page shows is checked; the rest is kept as it is.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

GOLDEN_REPLAY = "golden_vectors"


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class Operations(_Foreign):
    """Multiplies and adds."""

    multiplies: int
    adds: int


class Stage(Operations):
    """Sums of a table of the paper for one stage, and its rows by name."""

    rows: dict[str, Operations] = {}


class PaperLedger(_Foreign):
    """Table I or II for the sizes of the network."""

    table: str = "Table I"
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


class NamedDifference(Operations):
    """One named reason why the datapath's figures are not the paper's."""

    name: str


class ReconciledRow(_Foreign):
    """A row of the paper's table: paper + differences = datapath."""

    row: str
    paper: Operations
    differences: tuple[NamedDifference, ...]
    datapath: Operations


class Reconciliation(_Foreign):
    """The way from the paper's figures to the datapath's in one form."""

    paper: Operations
    datapath: Operations
    rows: tuple[ReconciledRow, ...]


class Sharing(_Foreign):
    """What one function for all branches saves in a parameter update: by the paper's formula, as the graph has it."""

    shared: bool
    paper: Operations
    graph: Operations
    why: str


class LedgerData(_Foreign):
    """What `pimdeploy.cost.ledger.Ledger.to_json` returns."""

    paper: PaperLedger | None = None
    datapath: dict[str, Any]
    forms: dict[Literal["table", "basis"], FormCost]
    reconciliation: dict[Literal["table", "basis"], Reconciliation] | None = None
    sharing: Sharing | None = None
    parameters: dict[str, int] = {}

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
