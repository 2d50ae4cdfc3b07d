"""What a parameter update saves where all branches share the weights W of one function (papers/003, section IV-B)."""

from dataclasses import dataclass
from typing import Any

from pimdeploy.cost.bfan import BfanNodes, BfanSizes
from pimdeploy.datapath.nodes import Symmetry

WHY = (
    "the paper lets each of the M_a - 1 other functions cost as much as the shared one, whose gradient sums over all "
    "branches; an unshared function acts in its own branch only and needs only its own Psi_j"
)
WHY_EVEN = (
    "; it prints the saving for the odd form: with the row of Table II its multiplies have 3 M_a in place of 2 M_a"
)


@dataclass(frozen=True)
class Saving:
    """Operations of one parameter update at one receiver that one function for all branches saves."""

    multiplies: int
    adds: int

    def to_json(self) -> dict[str, int]:
        """Return both figures."""
        return {"multiplies": self.multiplies, "adds": self.adds}


@dataclass(frozen=True)
class Sharing:
    """The saving by the paper's formula and as the graph has it, and why they differ.

    shared: whether the network shares one function; if not, it is what sharing would save.
    """

    shared: bool
    paper: Saving
    graph: Saving
    why: str

    def to_json(self) -> dict[str, Any]:
        """Return both figures and the reason for their difference."""
        return {
            "shared": self.shared,
            "paper": self.paper.to_json(),
            "graph": self.graph.to_json(),
            "why": self.why,
        }


def sharing(parts: BfanNodes | None) -> Sharing | None:
    """Return the saving for a symmetrized BFAN, None for any other graph: the paper has gradients of no other."""
    if parts is None or parts.symmetry is Symmetry.PLAIN:
        return None
    why = WHY + WHY_EVEN if parts.symmetry is Symmetry.EVEN else WHY
    return Sharing(parts.sizes.functions == 1, saving_by_paper(parts.sizes), saving_by_graph(parts.sizes), why)


def saving_by_paper(sizes: BfanSizes) -> Saving:
    """Return the saving as section IV-B prints it: (M_a - 1) gradients of W, each as (9) has it."""
    M_a, M_G, N = sizes.M_a, sizes.M_G, sizes.N
    return Saving((M_a - 1) * (2 * M_G + 2 * M_a + 1) * N, (M_a - 1) * (2 * M_G + 2 * M_a - 3) * N)


def saving_by_graph(sizes: BfanSizes) -> Saving:
    """Return what M_a unshared functions cost more than a shared one; the same for the odd and the even form.

    In the paper's count an unshared weight takes M_G products with G (2 M_G multiplies, 2 M_G - 1 adds), one with Psi_j
    (2) and one with e (1); the shared one takes M_a products with Psi and 2 M_a - 2 adds for their sum (papers/003,
    equation (9) and Table I).
    """
    M_a, M_G, N = sizes.M_a, sizes.M_G, sizes.N
    return Saving((M_a - 1) * (2 * M_G + 1) * N, (M_a - 1) * (2 * M_G - 3) * N)
