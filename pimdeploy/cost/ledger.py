"""The operation ledger of a datapath graph: what it costs per input sample, and what the paper says it costs.

Counting rules: docs/spec/operation_counts.md. The figures come from the graph alone.
"""

from dataclasses import dataclass
from typing import Any

from pimdeploy.cost.bfan import BfanSizes, bfan_nodes
from pimdeploy.cost.operations import FORMS, QUANTITIES, Form, NodeCost, as_form, count, total
from pimdeploy.cost.paper import PaperTable, paper_table
from pimdeploy.cost.parameters import ParameterCounts, parameter_counts
from pimdeploy.cost.reconciliation import Reconciliation, reconcile
from pimdeploy.cost.sharing import Sharing, sharing
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import Model


@dataclass(frozen=True)
class LedgerRow:
    """One line of the ledger as text: a quantity, the paper's figure where it has one, and the datapath's two forms."""

    quantity: str
    paper: int | None
    table: int
    basis: int


@dataclass(frozen=True)
class Ledger:
    """Costs by form and node, the paper's figures and the way from these to those.

    form: the default form. by_node: [form][node name]. sizes: of a BFAN, else None. table: the paper's figures;
    reconciliations: the way from them to the datapath's; both None where no paper gives a formula. sharing: what one
    function for all branches saves, None where there are no branches with a symmetrized one. graph: what was counted.
    """

    form: Form
    by_node: dict[Form, dict[str, NodeCost]]
    parameters: ParameterCounts
    sizes: BfanSizes | None
    table: PaperTable | None
    reconciliations: dict[Form, Reconciliation] | None
    sharing: Sharing | None
    graph: Graph

    @property
    def paper(self) -> dict[str, Any] | None:
        """Table I or II for these sizes as JSON: `table`, `cancellation` and `update`."""
        return None if self.table is None else self.table.to_json()

    def totals(self, form: str | None = None) -> NodeCost:
        """Return the sum over all nodes, in the default form or in `form`."""
        return total(self.by_node[self.form if form is None else as_form(form)].values())

    def rows(self) -> list[LedgerRow]:
        """Return the ledger line by line: multiplies in all, by width, then every other quantity."""
        table, basis = self.totals("table"), self.totals("basis")
        paper = self.paper["cancellation"] if self.paper is not None else {}
        rows = []
        for quantity in QUANTITIES:
            rows.append(LedgerRow(quantity, paper.get(quantity), getattr(table, quantity), getattr(basis, quantity)))
            if quantity == "multiplies":
                rows += _width_rows(table.multiplies_by_width, basis.multiplies_by_width)
        return rows

    def to_json(self) -> dict[str, Any]:
        """Return what ledger.json and `pimdeploy count --json` hold; `datapath` is the default form."""
        return {
            "paper": self.paper,
            "datapath": {"form": self.form, **self._form_json(self.form)},
            "forms": {form: self._form_json(form) for form in FORMS},
            "reconciliation": None
            if self.reconciliations is None
            else {form: self.reconciliations[form].to_json() for form in FORMS},
            "sharing": None if self.sharing is None else self.sharing.to_json(),
            "parameters": self.parameters.to_json(),
            "sizes": None if self.sizes is None else self.sizes.to_json(),
        }

    def _form_json(self, form: Form) -> dict[str, Any]:
        nodes = self.by_node[form]
        return self.totals(form).to_json() | {"by_node": {name: cost.to_json() for name, cost in nodes.items()}}


def ledger(source: Model | Graph, form: str | None = None) -> Ledger:
    """Return the ledger of a model or a graph.

    form: "table" or "basis", the default of the `datapath` column; by default the model's own, for a graph "table".
    Raises `InputError` for another form, `GraphError` where the reconciliation with the paper does not sum.
    """
    graph = source.graph if isinstance(source, Model) else source
    if form is None:
        form = source.piecewise if isinstance(source, Model) else "table"
    parts = bfan_nodes(graph)
    found = {each: reconcile(graph, each) for each in FORMS}
    reconciliations = {each: made for each, made in found.items() if made is not None}
    return Ledger(
        form=as_form(form),
        by_node={each: count(graph, each) for each in FORMS},
        parameters=parameter_counts(graph),
        sizes=None if parts is None else parts.sizes,
        table=paper_table(parts),
        reconciliations=reconciliations or None,
        sharing=sharing(parts),
        graph=graph,
    )


def _width_rows(table: dict[str, int], basis: dict[str, int]) -> list[LedgerRow]:
    widths = sorted({*table, *basis})
    return [LedgerRow(f"multiplies {width}", None, table.get(width, 0), basis.get(width, 0)) for width in widths]
