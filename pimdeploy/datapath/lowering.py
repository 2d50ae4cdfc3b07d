"""Lowering: from real-valued weights and a format map to the datapath graph, one explicit function a family.

It never sees a network or a quantizer: it takes arrays by name, so it also runs where no torch is installed.
"""

from typing import assert_never

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.lowering_bfan import lower_bfan
from pimdeploy.datapath.lowering_parts import Weights
from pimdeploy.datapath.model import RealTables
from pimdeploy.datapath.nodes import Products
from pimdeploy.network_spec import BfanSpec, CnnSpec, MemoryPolynomialSpec, NetworkSpec, WhlutSpec

__all__ = ["Weights", "lower"]


def lower(
    spec: NetworkSpec, weights: Weights, formats: FormatMap, name: str, delay_samples: int, products: str = "four"
) -> tuple[Graph, RealTables]:
    """Return `weights` of the network `spec` under `formats` as a checked graph, with its real tables.

    products: "four" or "three", how every complex product is formed; a CNN has none. See the family's own function. Raises
    `GraphError`.
    """
    form = Products(products)
    match spec:
        case BfanSpec():
            return lower_bfan(spec, weights, formats, name, delay_samples, form)
        case WhlutSpec():
            from pimdeploy.datapath.lowering_whlut import lower_whlut

            return lower_whlut(spec, weights, formats, name, delay_samples, form)
        case MemoryPolynomialSpec():
            from pimdeploy.datapath.lowering_memory_polynomial import lower_memory_polynomial

            return lower_memory_polynomial(spec, weights, formats, name, delay_samples, form)
        case CnnSpec():
            from pimdeploy.datapath.lowering_cnn import lower_cnn

            return lower_cnn(spec, weights, formats, name, delay_samples)
        case _:
            assert_never(spec)
