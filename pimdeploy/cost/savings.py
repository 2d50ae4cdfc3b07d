"""Options that make a canceller cheaper, ranked by what they save: counted from its graph and its actual coefficients.

Each option is counted alone; where two act on the same taps their savings do not add up. Counting rules are those of
docs/spec/operation_counts.md, the formulas those of docs/budgets.md; the tests confirm them by running them.
"""

from dataclasses import dataclass, field
from typing import Any

from pimdeploy.cost.ledger import Ledger
from pimdeploy.cost.savings_nodes import (
    NodeSaving,
    Option,
    alpha_max_beta_min,
    idle_saturation,
    one_function,
    power_of_two_coefficients,
    repeated_taps,
    squared_magnitude,
    table_form,
    three_multiplies,
    zero_coefficients,
)
from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Multiply, Products


@dataclass(frozen=True)
class Saving:
    """What one option saves per sample; a negative figure is a cost.

    option: its name. how: what is done. same_integers: whether the output keeps every bit; where not, the canceller is
    trained again. recipe: the keys that choose it, None where whoever writes the kernel does. by_node: by node.
    """

    option: str
    how: str
    same_integers: bool
    recipe: str | None
    by_node: dict[str, NodeSaving] = field(default_factory=dict)

    @property
    def total(self) -> NodeSaving:
        """Sum over all nodes."""
        return sum(self.by_node.values(), NodeSaving())

    @property
    def saves(self) -> bool:
        """Whether there is anything to gain here."""
        return any(figure > 0 for figure in self.total.figures().values())

    def to_json(self) -> dict[str, Any]:
        """Return the option with its sums and each node's part."""
        notes = {name: node.note for name, node in self.by_node.items() if node.note}
        return {
            "option": self.option,
            "how": self.how,
            "same_integers": self.same_integers,
            "recipe": self.recipe,
            "saves": self.total.figures(),
            "by_node": {name: node.figures() for name, node in self.by_node.items()},
            "notes": notes,
        }


@dataclass(frozen=True)
class _Known:
    option: str
    how: str
    same_integers: bool
    recipe: str | None
    at_node: Option


OPTIONS = (
    _Known(
        "three-multiply complex products",
        "(re + j im)(a + j b) from re (a + b), a (im - re) and b (re + im); words and sums a bit wider",
        True, 'datapath.products = "three"', three_multiplies,
    ),
    _Known("zero coefficients", "their products and terms are left out", True, None, zero_coefficients),
    _Known(
        "symmetric or repeated taps",
        "samples whose taps of one result have equal magnitude are added first; words a bit wider",
        True, None, repeated_taps,
    ),
    _Known("power-of-two coefficients", "their products are shifts", True, None, power_of_two_coefficients),
    _Known(
        "table form", "slope and base of the segment in place of the sum over the basis", True,
        'datapath.piecewise = "table"', table_form,
    ),
    _Known(
        "one function for all branches", "its tables are kept once", False,
        "network.functions = 1 (bfan), network.lut_shared = true (cnn)", one_function,
    ),
    _Known("squared magnitude", "|u|^2 in place of its root", False, 'network.magnitude = "square"', squared_magnitude),
    _Known(
        "alpha max + beta min", "in place of the root of I^2 + Q^2", False, 'network.magnitude = "alpha_beta"',
        alpha_max_beta_min,
    ),
    _Known("idle saturations", "ends of a format that the bounds prove are never passed", True, None, idle_saturation),
)  # fmt: skip
"""Every option, in the order that breaks ties."""


def savings(ledger: Ledger) -> list[Saving]:
    """Return every option with what it saves in the ledger's default form: most multiplies first, then operations, bytes.

    Three-multiply products are no option any more where the recipe has chosen them.
    """
    bounds = propagate(ledger.graph)
    found = []
    for known in OPTIONS:
        if known.at_node is three_multiplies and _forms_three(ledger.graph):
            continue
        at_nodes = {node.name: known.at_node(node, bounds, ledger) for node in ledger.graph.nodes}
        by_node = {
            name: saved for name, saved in at_nodes.items() if saved is not None and any(saved.figures().values())
        }
        found.append(Saving(known.option, known.how, known.same_integers, known.recipe, by_node))
    return sorted(found, key=_rank, reverse=True)


def _forms_three(graph: Graph) -> bool:
    return any(isinstance(n, Convolution | Multiply) and n.products is Products.THREE for n in graph.nodes)


def _rank(saving: Saving) -> tuple[int, int, int, int]:
    saved = saving.total
    operations = saved.adds + saved.compares + saved.shifts
    return saved.multiplies, saved.square_roots, operations, saved.table_bytes
