"""Budgets: the limits of a recipe's [budget] section against a ledger."""

from pimdeploy.cost.ledger import Ledger
from pimdeploy.cost.operations import NodeCost
from pimdeploy.recipe import BudgetSpec

_UNITS = {
    "multiplies": "multiplies a sample",
    "adds": "adds a sample",
    "table_reads": "table reads a sample",
    "state_words": "words of state",
    "table_bytes": "bytes of tables",
}
_NAMED = 3
"""Contributors that a message names."""


def check_budget(ledger: Ledger, budget: BudgetSpec) -> list[str]:
    """Return one line for each limit of `budget` that the ledger's default form exceeds, its largest nodes named."""
    lines = []
    for quantity, unit in _UNITS.items():
        limit = getattr(budget, quantity)
        used = getattr(ledger.totals(), quantity)
        if limit is not None and used > limit:
            named = _largest(ledger.by_node[ledger.form], quantity)
            lines.append(
                f"budget.{quantity}: {used} {unit} in {ledger.form} form, {used - limit} more than the {limit} "
                f"allowed; largest: {named}"
            )
    return lines


def _largest(nodes: dict[str, NodeCost], quantity: str) -> str:
    used = {name: int(getattr(cost, quantity)) for name, cost in nodes.items()}
    largest = sorted((name for name in used if used[name]), key=lambda name: -used[name])[:_NAMED]
    return ", ".join(f"{name} {used[name]}" for name in largest)
