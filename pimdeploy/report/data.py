"""What a report is made from: one plain JSON document, so that the page can be made again without running anything.

Arrays are lists, decibels are dB, frequencies Hz. A part that a run does not have is null or empty, and the page says so.
"""

import json
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, FiniteFloat, ValidationError

from pimdeploy.documents import parse_json
from pimdeploy.errors import BundleError
from pimdeploy.files import regular, write_file
from pimdeploy.report.drawings import Function, Heatmap, LengthMetrics, Overlay, SlotMetrics, Spectra
from pimdeploy.report.foreign import LedgerData, VerifyData
from pimdeploy.report.parts import (
    NodeHeadroom,
    Parameters,
    Part,
    RecipeSummary,
    SplitMetrics,
    Sweep,
    TrainingStep,
)

SCHEMA_VERSION: Final = 2


class ReportData(Part):
    """All that the report shows. `to_json` and `from_json` are inverse to one another."""

    schema_version: Literal[2] = SCHEMA_VERSION
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
    overlay: Overlay | None = None
    heatmap: Heatmap | None = None
    lengths: tuple[LengthMetrics, ...] = ()
    """By number of samples from the beginning of the test split, those of papers/000 that it holds, and all of it."""
    slots: tuple[SlotMetrics, ...] = ()
    """Of the test split, in order."""
    nonlinearity: tuple[Function, ...] = ()
    history: tuple[TrainingStep, ...] = ()
    sweep: Sweep | None = None
    headroom: tuple[NodeHeadroom, ...] = ()
    ledger: LedgerData | None = None
    verify: VerifyData | None = None
    preprocessing: dict[str, Any] = Field(default_factory=dict)
    digest: str | None = None
    """Digest of the bundle."""
    tools: dict[str, str] = Field(default_factory=dict)
    """Version of each tool by name."""
    timings: dict[str, FiniteFloat] = Field(default_factory=dict)
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
            document = parse_json(text, finite=False)  # its fields say which is not
        except ValueError as error:
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
        return ReportData.from_json(regular(path).read_bytes(), str(path))
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
