"""Rows of the report's tables: from report data to plain text, no markup."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pimdeploy.report.drawings import LengthMetrics, SlotMetrics
from pimdeploy.report.foreign import LedgerData, PaperLedger
from pimdeploy.report.parts import ChannelMetrics, NodeHeadroom, SplitMetrics, Sweep
from pimdeploy.report.svg import number
from pimdeploy.report.view import ABSENT, count, db

QUANTITIES = {
    "multiplies": "Real multiplies",
    "adds": "Real adds",
    "compares": "Compares",
    "shifts": "Shifts",
    "table_reads": "Table reads",
    "state_words": "State, words",
    "table_bytes": "Tables, bytes",
}


FIGURES = (
    "float_power_error_db",
    "fixed_power_error_db",
    "pim_db",
    "float_res_db",
    "float_ape_db",
    "fixed_res_db",
    "fixed_ape_db",
)
"""Columns of the table of other figures, as `ChannelMetrics` has them."""
MOST_SLOTS = 24
"""Of more slots only the worst are listed."""


def gap(splits: Mapping[str, SplitMetrics]) -> dict[str, float | None] | None:
    """Return by how much the figures of the training split lie above those of the test split, or None."""
    if "train" not in splits or "test" not in splits:
        return None
    train, test = splits["train"], splits["test"]
    pairs = {
        "bound": (train.bound_db, test.bound_db),
        "float": (train.float_db, test.float_db),
        "fixed": (train.fixed_db, test.fixed_db),
        "short": (train.short_of_bound_db, test.short_of_bound_db),
    }
    return {name: None if a is None or b is None else a - b for name, (a, b) in pairs.items()}


def figure_rows(splits: Mapping[str, SplitMetrics]) -> list[dict[str, str]]:
    """Return the other figures of every split, means over channels: power errors and the noise-corrected triple."""
    return [
        {"name": split, **{figure: db(metrics.mean_db(figure)) for figure in FIGURES}}
        for split, metrics in splits.items()
        if metrics.channels
    ]


def channel_rows(channels: Sequence[ChannelMetrics]) -> list[dict[str, str]]:
    """Return a row a receive channel of one split; the last figures are those of what ships."""
    rows = []
    for c, channel in enumerate(channels):
        kind = "float" if channel.fixed_db is None else "fixed"
        rows.append(
            {
                "name": str(c),
                "received": db(channel.received_dbfs, 1),
                "bound": db(channel.bound_db),
                "float": db(channel.float_db),
                "fixed": db(channel.fixed_db),
                "short": db(channel.short_of_bound_db),
                "error": db(getattr(channel, f"{kind}_power_error_db")),
                "pim": db(channel.pim_db),
                "res": db(getattr(channel, f"{kind}_res_db")),
                "ape": db(getattr(channel, f"{kind}_ape_db")),
            }
        )
    return rows


def length_rows(lengths: Sequence[LengthMetrics]) -> list[dict[str, str]]:
    """Return a row a length, from the whole split down (papers/000, Table 1)."""
    return [
        {
            "name": count(row.n_samples),
            "whole": " (all)" if row is lengths[0] else "",
            "bound": db(row.bound_db),
            "float": db(row.float_db),
            "fixed": db(row.fixed_db),
            "float_error": db(row.float_power_error_db),
            "fixed_error": db(row.fixed_power_error_db),
        }
        for row in lengths
    ]


def slot_rows(slots: Sequence[SlotMetrics]) -> list[dict[str, str]]:
    """Return a row a slot, in order; of many only those with the worst channels."""
    order = sorted(range(len(slots)), key=lambda k: min(slots[k].best_db))[:MOST_SLOTS]
    return [
        {
            "name": str(k),
            "start": count(slots[k].first_sample),
            "samples": count(slots[k].n_samples),
            "bound": db(slots[k].mean_bound_db),
            "mean": db(slots[k].mean_db),
            "worst": db(min(slots[k].best_db)),
            "channel": str(slots[k].worst),
        }
        for k in sorted(order)
    ]


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


def paper_rows(paper: PaperLedger) -> list[dict[str, str]]:
    """Return the paper's table: sums of cancellation and update, and their rows."""
    rows = []
    for name, stage in (
        ("Cancellation, per sample", paper.cancellation),
        ("Parameter update, per step", paper.update),
    ):
        sums = {"multiplies": count(stage.multiplies), "adds": count(stage.adds)}
        rows.append({"name": name, "css": "group" if stage.rows else "", "sub": "", **sums})
        for row, cost in stage.rows.items():
            shown = {"multiplies": count(cost.multiplies), "adds": count(cost.adds)}
            rows.append({"name": row, "css": "", "sub": "sub", **shown})
    return rows
