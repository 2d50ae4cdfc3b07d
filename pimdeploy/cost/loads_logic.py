"""What a sample keeps the slices, look-up tables and memory ports of programmable logic busy (docs/budgets.md)."""

from pimdeploy.cost.demand import NodeDemand, Product
from pimdeploy.cost.loads_processor import ROOT_STEPS
from pimdeploy.cost.targets.device import DspFacts, LogicDeviceFacts


def logic_loads(facts: LogicDeviceFacts, asked: dict[str, NodeDemand], clock_hz: float) -> dict[str, dict[str, float]]:
    """Return by resource and node the seconds of all its units that a sample takes."""
    memory = facts.memory[0]
    ports = memory.blocks * memory.ports
    return {
        "multiplies": {name: slice_clocks(facts, n) / (facts.dsp.slices * clock_hz) for name, n in asked.items()},
        "adds": {name: lut_clocks(facts, n) / (facts.logic.luts * clock_hz) for name, n in asked.items()},
        "memory reads": {
            name: n.lookups * -(-(n.slope_bits + n.base_bits) // memory.port_bits) / (ports * clock_hz)
            for name, n in asked.items()
        },
    }


def slice_clocks(facts: LogicDeviceFacts, node: NodeDemand) -> int:
    """Return the slices times clocks that the products of `node` take a sample."""
    return sum(product.count * slices_of(facts.dsp, product) for product in node.products)


def slices_of(facts: DspFacts, product: Product) -> int:
    """Return the slices of one product: each slice takes a signed piece, or an unsigned one that is a bit shorter."""
    wide, narrow = (bits - 1 for bits in facts.multiplier_bits)
    a, b = product.a_bits - 1, product.b_bits - 1
    pieces = (-(-max(x, 1) // wide) * -(-max(y, 1) // narrow) for x, y in ((a, b), (b, a)))
    return min(pieces)


def lut_clocks(facts: LogicDeviceFacts, node: NodeDemand) -> int:
    """Return the look-up tables times clocks of the adds and compares that no slice does: one a bit; shifts are wires."""
    fused = node.multiplies if node.acc_bits <= facts.dsp.accumulator_bits else 0
    operations = max(node.adds - fused, 0) + node.compares
    roots = (ROOT_STEPS - 2) * node.square_roots * node.root_bits  # two of the steps are shifts
    return (operations + roots) * node.acc_bits
