"""What a sample keeps the units of a processor busy: products, adds, reads, and instructions taken up (docs/budgets.md)."""

from pimdeploy.cost.demand import NodeDemand, Product
from pimdeploy.cost.targets.device import LaneFacts, MultiplyFacts, ProcessorFacts

ROOT_STEPS = 4
"""Operations for each bit of a square root's result: a compare, a subtraction and two shifts (operation_counts.md, 5)."""
BASE_WORD_BITS = 32
"""A wider base of a table takes two reads."""


def processor_loads(
    facts: ProcessorFacts, asked: dict[str, NodeDemand], clock_hz: float
) -> dict[str, dict[str, float]]:
    """Return by resource and node the seconds of the whole processor that a sample takes.

    Of `instructions` a node takes those of the other three together, at the rate at which a core takes them up.
    """
    seconds = 1 / (facts.cores * clock_hz)
    found: dict[str, dict[str, float]] = {"multiplies": {}, "adds": {}, "memory reads": {}, "instructions": {}}
    for name, node in asked.items():
        multiplies, multiply_cycles = multiply_instructions(facts, node)
        adds, add_cycles = add_instructions(facts, node)
        reads, read_cycles = read_instructions(facts, node)
        found["multiplies"][name] = multiply_cycles * seconds
        found["adds"][name] = add_cycles * seconds
        found["memory reads"][name] = read_cycles * seconds
        found["instructions"][name] = (multiplies + adds + reads) / facts.issue.per_cycle * seconds
    return found


def multiply_instructions(facts: ProcessorFacts, node: NodeDemand) -> tuple[float, float]:
    """Return the multiply instructions of `node` a sample, a part of a full vector counted as such, and their cycles."""
    instructions = cycles = 0.0
    for product in node.products:
        unit, pieces = multiplier(facts, product)
        issued = product.count * pieces / (unit.complex_lanes or unit.lanes if product.is_complex else unit.lanes)
        instructions += issued
        cycles += issued / unit.per_cycle
    return instructions, cycles


def multiplier(facts: ProcessorFacts, product: Product) -> tuple[MultiplyFacts, int]:
    """Return the narrowest multiply instruction that takes both operands, and how often: wider ones go in 32-bit pieces."""
    widest = max(product.a_bits, product.b_bits)
    for bits, unit in sorted(facts.multiply.items(), key=lambda item: int(item[0])):
        if widest <= int(bits):
            return unit, 1
    # A signed word of n bits is one signed and some unsigned pieces of 31 bits.
    return facts.multiply["32"], -(-(product.a_bits - 1) // 31) * -(-(product.b_bits - 1) // 31)


def add_instructions(facts: ProcessorFacts, node: NodeDemand) -> tuple[float, float]:
    """Return the adds, compares, shifts and steps of roots that no multiply instruction does, and their cycles."""
    fused = 0.0
    for product in node.products:
        unit, _ = multiplier(facts, product)
        fused += product.count * unit.fused_adds if node.acc_bits <= unit.accumulator_bits else 0
    roots = ROOT_STEPS * node.square_roots * node.root_bits
    operations = max(node.adds - fused, 0) + node.compares + node.shifts + roots
    unit32: LaneFacts = facts.add["32" if node.acc_bits <= 32 else "64"]
    issued = operations / unit32.lanes
    return issued, issued / unit32.per_cycle


def read_instructions(facts: ProcessorFacts, node: NodeDemand) -> tuple[float, float]:
    """Return the loads of signal words and of table entries, slope and base each, and their cycles."""
    words = node.read_bytes / facts.read.bytes
    entries = node.lookups * (2 + int(node.base_bits > BASE_WORD_BITS)) / facts.lookup.lanes
    return words + entries, words / facts.read.per_cycle + entries / facts.lookup.per_cycle
