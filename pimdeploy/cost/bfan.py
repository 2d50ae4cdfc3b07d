"""Which graphs are basis function approximation networks (papers/003), told by kinds and shapes, and their sizes."""

from dataclasses import dataclass

from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, Multiply, Output, Piecewise, Requantize, Symmetry, sources_of


@dataclass(frozen=True)
class BfanSizes:
    """Sizes of a BFAN, named as in papers/003. T transmitters, R receivers; `functions`: distinct nonlinear functions."""

    M_K: int
    M_N: int
    M_a: int
    N: int
    M_G: int
    T: int = 1
    R: int = 1
    functions: int = 1

    @property
    def M_p(self) -> int:  # noqa: N802
        """Real inputs of each branch: I and Q of 2 M_N - 1 samples of every transmitter."""
        return 2 * self.T * (2 * self.M_N - 1)

    def to_json(self) -> dict[str, int]:
        """Return the sizes by name."""
        names = ("M_K", "M_N", "M_p", "M_a", "N", "M_G", "T", "R", "functions")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class BfanNodes:
    """The nodes of a graph that are a BFAN; `product` is h * a of an even one."""

    K: Convolution
    Phi: Convolution
    f: Piecewise
    product: Multiply | None
    Psi: Convolution
    G: Convolution

    @property
    def symmetry(self) -> Symmetry:
        """Symmetry of the nonlinearity: odd, even or plain."""
        return self.f.symmetry

    @property
    def sizes(self) -> BfanSizes:
        """Sizes, from the shapes of the tables."""
        return BfanSizes(
            M_K=self.K.kernel_length,
            M_N=(self.Phi.kernel_length + 1) // 2,
            M_a=self.Phi.taps.shape[0],
            N=self.f.segments,
            M_G=self.G.kernel_length,
            T=self.K.taps.shape[0],
            R=self.G.taps.shape[0],
            functions=self.f.tables,
        )


def bfan_nodes(graph: Graph) -> BfanNodes | None:
    """Return the parts of `graph` where it is a BFAN, else None; the names of its nodes do not matter."""
    match [node for node in graph.nodes if not isinstance(node, Requantize)]:
        case [
            Input(),
            Convolution(is_complex=True) as K,
            Convolution(is_complex=False) as Phi,
            Piecewise(symmetry=Symmetry.ODD | Symmetry.PLAIN) as f,
            Convolution(is_complex=False) as Psi,
            Convolution(is_complex=True) as G,
            Output() as y,
        ]:
            parts = BfanNodes(K, Phi, f, None, Psi, G)
            chain = [K.name, Phi.name, f.name, Psi.name, G.name, y.name]
        case [
            Input(),
            Convolution(is_complex=True) as K,
            Convolution(is_complex=False) as Phi,
            Piecewise(symmetry=Symmetry.EVEN) as f,
            Multiply(is_complex=False) as product,
            Convolution(is_complex=False) as Psi,
            Convolution(is_complex=True) as G,
            Output() as y,
        ]:
            parts = BfanNodes(K, Phi, f, product, Psi, G)
            chain = [K.name, Phi.name, f.name, product.name, Psi.name, G.name, y.name]
        case _:
            return None
    return parts if _is_chain(graph, chain, parts) and _has_shapes(parts) else None


def _is_chain(graph: Graph, chain: list[str], parts: BfanNodes) -> bool:
    """Whether each reads the one before it, requantized or not, and the product of an even network f(a) and a."""
    nodes = {node.name: node for node in graph.nodes}

    def behind_requantizers(name: str) -> str:
        node = nodes[name]
        return behind_requantizers(node.source) if isinstance(node, Requantize) else name

    for before, name in zip([graph.input.name, *chain], chain, strict=False):
        expected = {before}
        if parts.product is not None and name == parts.product.name:
            expected = {parts.f.name, parts.Phi.name}
        if {behind_requantizers(source) for source in sources_of(nodes[name])} != expected:
            return False
    return True


def _has_shapes(parts: BfanNodes) -> bool:
    n_tx, n_rx = parts.K.taps.shape[0], parts.G.taps.shape[0]
    branches, _, memory = parts.Phi.taps.shape
    convolutions = (parts.K, parts.Phi, parts.Psi, parts.G)
    return (
        parts.K.taps.shape[1] == 1
        and parts.G.taps.shape[1] == 1
        and (parts.K.groups, parts.Phi.groups, parts.Psi.groups, parts.G.groups) == (n_tx, 1, 1, n_rx)
        and parts.Phi.taps.shape[1] == 2 * n_tx
        and memory % 2 == 1
        and parts.f.outputs == 1
        and parts.Psi.taps.shape == (2 * n_rx, branches, 1)
        and all(node.dilation == 1 and node.bias is None for node in convolutions)
    )
