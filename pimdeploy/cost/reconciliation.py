"""From the paper's figures to the datapath's: every difference by name, row by row, summing exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pimdeploy.cost.bfan import BfanNodes, BfanSizes, bfan_nodes
from pimdeploy.cost.operations import Form, NodeCost, as_form, count, total
from pimdeploy.cost.paper import PaperRow, paper_table
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Convolution, Products, Requantize, Symmetry
from pimdeploy.errors import GraphError


@dataclass(frozen=True)
class Difference:
    """One named reason why the datapath's figures are not the paper's, and how much it adds to each."""

    name: str
    multiplies: int = 0
    adds: int = 0


@dataclass(frozen=True)
class ReconciledRow:
    """A row of Table I or II, or `requantize`, which the paper lacks: paper + differences = datapath, in both figures."""

    row: str
    paper: PaperRow
    differences: tuple[Difference, ...]
    multiplies: int
    """The datapath's multiplies per sample."""
    adds: int
    """The datapath's adds per sample."""

    def check(self) -> None:
        """Raise `GraphError` where the differences do not lead from the paper's figures to the datapath's."""
        for quantity in ("multiplies", "adds"):
            paper = int(getattr(self.paper, quantity))
            named = sum(int(getattr(difference, quantity)) for difference in self.differences)
            datapath = int(getattr(self, quantity))
            if paper + named != datapath:
                raise GraphError(
                    f"row {self.row}: {paper} {quantity} of the paper and {named:+d} of named differences make "
                    f"{paper + named}, the datapath counts {datapath}; a difference is missing from the ledger"
                )

    def to_json(self) -> dict[str, Any]:
        """Return the row with its differences in order."""
        return {
            "row": self.row,
            "paper": {"multiplies": self.paper.multiplies, "adds": self.paper.adds},
            "differences": [
                {"name": difference.name, "multiplies": difference.multiplies, "adds": difference.adds}
                for difference in self.differences
            ],
            "datapath": {"multiplies": self.multiplies, "adds": self.adds},
        }


@dataclass(frozen=True)
class Reconciliation:
    """The rows of a table's cancellation stage beside the datapath in one form; checked when it is made."""

    form: Form
    rows: tuple[ReconciledRow, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the sums of both columns and the rows."""
        return {
            "paper": {
                "multiplies": sum(row.paper.multiplies for row in self.rows),
                "adds": sum(row.paper.adds for row in self.rows),
            },
            "datapath": {
                "multiplies": sum(row.multiplies for row in self.rows),
                "adds": sum(row.adds for row in self.rows),
            },
            "rows": [row.to_json() for row in self.rows],
        }


def reconcile(source: Model | Graph, form: str) -> Reconciliation | None:
    """Return the reconciliation of `source` in `form`, or None where no paper gives a formula for it.

    Raises `GraphError` where the named differences do not sum to the datapath's figures.
    """
    graph = source.graph if isinstance(source, Model) else source
    chosen = as_form(form)
    parts = bfan_nodes(graph)
    table = paper_table(parts)
    if parts is None or table is None:
        return None
    costs = count(graph, chosen)
    requantizers = total(costs[node.name] for node in graph.nodes if isinstance(node, Requantize))
    u, v, y = table.cancellation
    branches = _even_branches if parts.symmetry is Symmetry.EVEN else _odd_branches
    rows = (
        _row(u, _complex_filter(parts.K), [costs[parts.K.name]]),
        _row(v, branches(parts.sizes, chosen), _branch_costs(parts, costs)),
        _row(y, _complex_filter(parts.G), [costs[parts.G.name]]),
        _row(PaperRow("requantize", 0, 0), _word_lengths(requantizers), [requantizers]),
    )
    for row in rows:
        row.check()
    return Reconciliation(chosen, rows)


def _row(paper: PaperRow, differences: tuple[Difference, ...], costs: Sequence[NodeCost]) -> ReconciledRow:
    datapath = total(costs)
    return ReconciledRow(paper.row, paper, differences, datapath.multiplies, datapath.adds)


def _branch_costs(parts: BfanNodes, costs: dict[str, NodeCost]) -> list[NodeCost]:
    nodes = (parts.Phi, parts.f, parts.product, parts.Psi)
    return [costs[node.name] for node in nodes if node is not None]


def _complex_filter(node: Convolution) -> tuple[Difference, ...]:
    """A complex by complex product takes 4 multiplies and 2 adds; the paper has 2 and 0. In three, 1 multiply less.

    Three sums of M - 1 adds, a + b and the last 2 are 3 M; two sums of 2 M - 1 are 4 M - 2.
    """
    taps = node.kernel_length
    four = Difference("a complex by complex product is 4 multiplies and 2 adds, not 2 and 0", 2 * taps, 2 * taps)
    if node.products is Products.FOUR:
        return (four,)
    return four, Difference("three products and wider sums in place of four", -taps, 2 - taps)


def _odd_branches(sizes: BfanSizes, form: Form) -> tuple[Difference, ...]:
    M_a = sizes.M_a
    common = (
        Difference("the dead term k = N, which the odd form cancels, is not computed", -M_a, -M_a),
        _psi(sizes),
    )
    if form == "basis":
        name = "knots cost one subtraction a term, a less a clipped to [-x_k, x_k]; the paper has them free"
        return (*common, Difference(name, adds=sizes.N * M_a))
    return (
        *common,
        _one_product(sizes),
        _magnitude(sizes),
        _rest(sizes),
        Difference("the base of the segment is added", adds=M_a),
        Difference("the sign is restored by a negation", adds=M_a),
    )


def _even_branches(sizes: BfanSizes, form: Form) -> tuple[Difference, ...]:
    """The paper's v has N + 1 products of the basis, one by a and one by Psi a branch; its sum of N + 1 terms N adds."""
    M_a = sizes.M_a
    common = (
        Difference("the constant h_N = 1 takes no product: 2 w_N is the base at a = 0", -M_a),
        _psi(sizes),
    )
    if form == "basis":
        name = "knots cost one subtraction a term, |a| less x_k; the paper has them and |a| free"
        return (*common, Difference(name, adds=sizes.N * M_a), _magnitude(sizes))
    return (*common, _one_product(sizes), _magnitude(sizes), _rest(sizes))


def _psi(sizes: BfanSizes) -> Difference:
    return Difference("a complex Psi by a real branch is 2 multiplies, not 1", multiplies=sizes.M_a)


def _one_product(sizes: BfanSizes) -> Difference:
    saved = (sizes.N - 1) * sizes.M_a
    return Difference("one product of the segment's slope replaces the sum of N products", -saved, -saved)


def _magnitude(sizes: BfanSizes) -> Difference:
    return Difference("|a| takes a negation", adds=sizes.M_a)


def _rest(sizes: BfanSizes) -> Difference:
    return Difference("the rest r takes a subtraction", adds=sizes.M_a)


def _word_lengths(requantizers: NodeCost) -> tuple[Difference, ...]:
    """The paper's arithmetic is exact and has no word lengths."""
    return (Difference("rounding to word lengths, which the paper does not have", adds=requantizers.adds),)
