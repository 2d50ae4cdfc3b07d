"""Tables I and II of papers/003, the symmetrized-BFAN paper: their closed forms as printed.

The heads of both tables' columns are swapped in the print (docs/spec/papers.md); here each figure stands under its
right name. A complex number counts as the paper counts it: a complex by complex product is 2 multiplies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pimdeploy.cost.bfan import BfanNodes, BfanSizes
from pimdeploy.datapath.nodes import Symmetry


@dataclass(frozen=True)
class PaperRow:
    """One row of a table: figures per processed sample."""

    row: str
    multiplies: int
    adds: int


@dataclass(frozen=True)
class PaperTable:
    """Table I (odd) or Table II (even) at the sizes of a network.

    cancellation: rows u(n), v(n), y(n). update: one LMS step, gradients of G, Psi, W, Phi and K.
    """

    name: str
    cancellation: tuple[PaperRow, ...]
    update: tuple[PaperRow, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the table's name and `cancellation` and `update`, each with its sums and its rows."""
        return {"table": self.name, "cancellation": _stage(self.cancellation), "update": _stage(self.update)}


def paper_table(parts: BfanNodes | None) -> PaperTable | None:
    """Return the paper's table for a network, or None where it has no formula.

    It has one for odd and even networks of one transmitter and one receiver whose branches share their function.
    """
    if parts is None or (parts.sizes.T, parts.sizes.R, parts.sizes.functions) != (1, 1, 1):
        return None
    match parts.symmetry:
        case Symmetry.ODD:
            return table_i(parts.sizes)
        case Symmetry.EVEN:
            return table_ii(parts.sizes)
        case _:
            return None


def table_i(sizes: BfanSizes) -> PaperTable:
    """Return Table I, the odd-symmetrized network: equations (4) to (6) and rules (7) to (10)."""
    M_K, M_p, M_a, N, M_G = sizes.M_K, sizes.M_p, sizes.M_a, sizes.N, sizes.M_G
    cancellation = (
        PaperRow("u", 2 * M_K, 2 * M_K - 2),
        PaperRow("v", (M_p + N + 2) * M_a, (M_p + N + 1) * M_a - 2),
        PaperRow("y", 2 * M_G, 2 * M_G - 2),
    )
    update = (
        *_linear_updates(sizes),
        PaperRow("grad W", (2 * M_G + 2 * M_a + 1) * N, (2 * M_G + 2 * M_a - 3) * N),
        PaperRow("grad Phi", (2 * M_G + 4) * M_p * M_a, (2 * M_G - 1) * M_p * M_a),
        PaperRow(
            "grad K",
            2 * M_K * (2 * M_G + M_a * M_p + 3 * M_a + 1),
            2 * M_K * (2 * M_G + M_a * M_p + M_a - 1),
        ),
    )
    return PaperTable("Table I", cancellation, update)


def table_ii(sizes: BfanSizes) -> PaperTable:
    """Return Table II, the even-symmetrized network: section III-C and equation (11)."""
    M_K, M_p, M_a, N, M_G = sizes.M_K, sizes.M_p, sizes.M_a, sizes.N, sizes.M_G
    cancellation = (
        PaperRow("u", 2 * M_K, 2 * M_K - 2),
        PaperRow("v", (M_p + N + 3) * M_a, (M_p + N + 1) * M_a - 2),
        PaperRow("y", 2 * M_G, 2 * M_G - 2),
    )
    update = (
        *_linear_updates(sizes),
        PaperRow("grad W", (2 * M_G + 3 * M_a + 1) * N, (2 * M_G + 2 * M_a - 3) * N),
        PaperRow("grad Phi", (2 * M_G + 5) * M_p * M_a, (2 * M_G - 1) * M_p * M_a),
        PaperRow(
            "grad K",
            2 * M_K * (2 * M_G + M_a * M_p + 4 * M_a + 1),
            2 * M_K * (2 * M_G + M_a * M_p + 2 * M_a - 1),
        ),
    )
    return PaperTable("Table II", cancellation, update)


def _linear_updates(sizes: BfanSizes) -> tuple[PaperRow, ...]:
    """Return the rows that both tables have: the gradients (7) and (8)."""
    M_a, M_G = sizes.M_a, sizes.M_G
    return (
        PaperRow("grad G", 2 * M_G, 0),
        PaperRow("grad Psi", (2 * M_G + 1) * M_a, (2 * M_G - 1) * M_a),
    )


def _stage(rows: Iterable[PaperRow]) -> dict[str, Any]:
    rows = tuple(rows)
    return {
        "multiplies": sum(row.multiplies for row in rows),
        "adds": sum(row.adds for row in rows),
        "rows": {row.row: {"multiplies": row.multiplies, "adds": row.adds} for row in rows},
    }
