"""Table I of papers/003, the symmetrized-BFAN paper: its closed forms for the odd-symmetrized network, as printed.

The heads of the table's two columns are swapped in the print (docs/spec/papers.md); here each figure stands under its
right name. A complex number counts as the paper counts it: a complex by complex product is 2 multiplies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, Output, Piecewise, Requantize


@dataclass(frozen=True)
class OddBfanSizes:
    """Sizes of an odd-symmetrized BFAN with one transmitter and one receiver, named as in the paper."""

    M_K: int
    M_N: int
    M_a: int
    N: int
    M_G: int

    @property
    def M_p(self) -> int:  # noqa: N802
        """Real inputs of each branch: I and Q of 2 M_N - 1 samples."""
        return 2 * (2 * self.M_N - 1)

    def to_json(self) -> dict[str, int]:
        """Return the sizes by the paper's names."""
        names = ("M_K", "M_N", "M_p", "M_a", "N", "M_G")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class PaperRow:
    """One row of Table I: figures per processed sample."""

    row: str
    multiplies: int
    adds: int


@dataclass(frozen=True)
class OddBfanNodes:
    """The nodes of a graph that are an odd-symmetrized BFAN: what `Ledger` and the reconciliation look at."""

    K: Convolution
    Phi: Convolution
    f: Piecewise
    Psi: Convolution
    G: Convolution

    @property
    def sizes(self) -> OddBfanSizes:
        """Sizes, from the shapes of the tables."""
        return OddBfanSizes(
            M_K=self.K.kernel_length,
            M_N=(self.Phi.kernel_length + 1) // 2,
            M_a=self.Phi.taps.shape[0],
            N=self.f.segments,
            M_G=self.G.kernel_length,
        )


def odd_bfan_nodes(graph: Graph) -> OddBfanNodes | None:
    """Return the parts of `graph` where it is the network of Table I, else None: then no formula applies.

    That is one transmitter, one receiver, one function shared by all branches, no bias: recognized by the kinds and
    the shapes of the nodes, not by their names.
    """
    match [node for node in graph.nodes if not isinstance(node, Requantize)]:
        case [
            Input(channels=2),
            Convolution(is_complex=True) as K,
            Convolution(is_complex=False) as Phi,
            Piecewise() as f,
            Convolution(is_complex=False) as Psi,
            Convolution(is_complex=True) as G,
            Output(),
        ]:
            parts = OddBfanNodes(K, Phi, f, Psi, G)
            return parts if _has_shapes(parts) else None
        case _:
            return None


def _has_shapes(parts: OddBfanNodes) -> bool:
    convolutions = (parts.K, parts.Phi, parts.Psi, parts.G)
    branches, _, memory = parts.Phi.taps.shape
    return (
        parts.K.taps.shape[:2] == (1, 1)
        and parts.G.taps.shape[:2] == (1, 1)
        and parts.Phi.taps.shape[1] == 2
        and memory % 2 == 1
        and parts.f.shared
        and parts.Psi.taps.shape == (2, branches, 1)
        and all(node.groups == 1 and node.dilation == 1 and node.bias is None for node in convolutions)
    )


def cancellation(sizes: OddBfanSizes) -> tuple[PaperRow, ...]:
    """Return the rows u(n), v(n), y(n) of Table I."""
    M_K, M_p, M_a, N, M_G = sizes.M_K, sizes.M_p, sizes.M_a, sizes.N, sizes.M_G
    return (
        PaperRow("u", 2 * M_K, 2 * M_K - 2),
        PaperRow("v", (M_p + N + 2) * M_a, (M_p + N + 1) * M_a - 2),
        PaperRow("y", 2 * M_G, 2 * M_G - 2),
    )


def update(sizes: OddBfanSizes) -> tuple[PaperRow, ...]:
    """Return the parameter-update rows of Table I: one LMS step of rules (7) to (10)."""
    M_K, M_p, M_a, N, M_G = sizes.M_K, sizes.M_p, sizes.M_a, sizes.N, sizes.M_G
    return (
        PaperRow("grad G", 2 * M_G, 0),
        PaperRow("grad Psi", (2 * M_G + 1) * M_a, (2 * M_G - 1) * M_a),
        PaperRow("grad W", (2 * M_G + 2 * M_a + 1) * N, (2 * M_G + 2 * M_a - 3) * N),
        PaperRow("grad Phi", (2 * M_G + 4) * M_p * M_a, (2 * M_G - 1) * M_p * M_a),
        PaperRow(
            "grad K",
            2 * M_K * (2 * M_G + M_a * M_p + 3 * M_a + 1),
            2 * M_K * (2 * M_G + M_a * M_p + M_a - 1),
        ),
    )


def table_i(sizes: OddBfanSizes) -> dict[str, Any]:
    """Return Table I for `sizes` as JSON: `cancellation` and `update`, each with its sums and its rows."""
    return {"cancellation": _stage(cancellation(sizes)), "update": _stage(update(sizes))}


def _stage(rows: Iterable[PaperRow]) -> dict[str, Any]:
    rows = tuple(rows)
    return {
        "multiplies": sum(row.multiplies for row in rows),
        "adds": sum(row.adds for row in rows),
        "rows": {row.row: {"multiplies": row.multiplies, "adds": row.adds} for row in rows},
    }
