"""Budgets: the limits of a recipe's [budget] section against a ledger, and against a device at a sample rate."""

from pimdeploy.cost.demand import demands
from pimdeploy.cost.estimate import Estimate, estimate
from pimdeploy.cost.ledger import Ledger
from pimdeploy.recipe import BudgetSpec

_UNITS = {
    "multiplies": "multiplies a sample",
    "adds": "adds a sample",
    "table_reads": "table reads a sample",
    "state_words": "words of state",
    "table_bytes": "bytes of tables",
    "weight_bytes": "bytes of weights",
}
_NAMED = 3
"""Contributors that a message names."""


def check_budget(ledger: Ledger, budget: BudgetSpec, fs_hz: float | None = None) -> list[str]:
    """Return one line for each limit of `budget` that the ledger's default form exceeds, its largest nodes named.

    fs_hz: the model's sample rate, for a share of a target; without one a share is a line, too, for it is not kept.
    """
    lines = []
    for quantity, unit in _UNITS.items():
        limit = getattr(budget, quantity)
        if limit is None:
            continue
        by_node = _by_node(ledger, quantity)
        used = sum(by_node.values())
        if used > limit:
            lines.append(
                f"budget.{quantity}: {used} {unit} in {ledger.form} form, {used - limit} more than the {limit} "
                f"allowed; largest: {_largest(by_node)}"
            )
    return lines + _check_share(ledger, budget, fs_hz)


def _by_node(ledger: Ledger, quantity: str) -> dict[str, int]:
    if quantity == "weight_bytes":
        return {name: node.weights.bytes for name, node in demands(ledger.graph, ledger.form).items()}
    return {name: int(getattr(cost, quantity)) for name, cost in ledger.by_node[ledger.form].items()}


def _largest(used: dict[str, int]) -> str:
    largest = sorted((name for name in used if used[name]), key=lambda name: -used[name])[:_NAMED]
    return ", ".join(f"{name} {used[name]}" for name in largest)


def _check_share(ledger: Ledger, budget: BudgetSpec, fs_hz: float | None) -> list[str]:
    if budget.target is None or budget.share is None:
        return []
    if fs_hz is None:
        return [f"budget.share: the sample rate is not known, so no share of {budget.target} is; give --fs-hz"]
    found = estimate(ledger, budget.target, fs_hz)
    return [line for line in (_share_line(found, budget.share), _memory_line(found)) if line is not None]


def _share_line(found: Estimate, limit: float) -> str | None:
    if found.share <= limit:
        return None
    largest = ", ".join(f"{name} {percent(share)}" for name, share in found.binding.largest(_NAMED))
    return (
        f"budget.share: {percent(found.share)} of {found.target} at {found.fs_hz / 1e6:g} MS/s in {found.form} form "
        f"({found.binding.name} bind; peak, not measured), {percent(limit)} allowed; largest: {largest}"
    )


def _memory_line(found: Estimate) -> str | None:
    memory = found.memory
    if memory.fits is not None:
        return None
    return (
        f"budget.target: {memory.total} {memory.unit} of weights, tables and state, more than the {memory.capacity} "
        f"of the largest memory of {found.target}"
    )


def percent(share: float) -> str:
    """Return a share as text, three digits."""
    return f"{100 * share:.3g} %" if share < 10 else f"{100 * share:.0f} %"
