"""What the C emitter decides before it writes: stages, buffers, and the integer type of every one of them.

Types follow from the proven bounds (docs/spec/datapath.md, section 4), never from a guess: an accumulator is int32_t
where its interval fits 32 bits, else int64_t.
"""

from dataclasses import dataclass
from typing import assert_never

from pimdeploy.datapath.bounds import Interval, NodeBounds
from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import QFormat, bits_for
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, Node, Output, Piecewise, Requantize
from pimdeploy.errors import GraphError

Head = Convolution | Piecewise | Requantize

BLOCK_BYTES = 32_768
"""All work buffers of a block together stay below this, so that they live in a first-level cache."""


@dataclass(frozen=True)
class Buffer:
    """The result of a node inside a block: `channels` rows of `memory` past samples and a block of new ones."""

    node: str
    channels: int
    bits: int
    """Width of a stored sample: 16, 32 or 64."""
    memory: int

    @property
    def work_type(self) -> str:
        """C type of a sample inside a block."""
        return "pim_work16" if self.bits == 16 else f"int{self.bits}_t"

    @property
    def state_type(self) -> str:
        """C type of a sample in the state."""
        return f"int{self.bits}_t"

    @property
    def suffix(self) -> str:
        """How the type is called in the names of kernels."""
        return "w16" if self.bits == 16 else f"i{self.bits}"


@dataclass(frozen=True)
class Stage:
    """One loop over the block: a node, and the requantizer that alone reads it, in registers."""

    head: Head
    tail: Requantize | None

    @property
    def requantize(self) -> Requantize | None:
        """The requantizer at the end of the stage, if there is one."""
        return self.head if isinstance(self.head, Requantize) else self.tail

    @property
    def result(self) -> str:
        """Name of the node whose integers the stage stores."""
        return self.tail.name if self.tail is not None else self.head.name


@dataclass(frozen=True)
class Plan:
    """The emitter's view of a graph."""

    graph: Graph
    bounds: dict[str, NodeBounds]
    buffers: dict[str, Buffer]
    stages: tuple[Stage, ...]

    @property
    def upper(self) -> str:
        """Prefix of the model's macros."""
        return self.graph.name.upper()

    @property
    def output(self) -> Buffer:
        """The buffer that holds the estimate."""
        return self.buffers[self.graph.output.source]

    @property
    def input_bits(self) -> int:
        """Width of an input sample in the interface: 16 or 32."""
        return self.buffers[self.graph.input.name].bits

    @property
    def output_bits(self) -> int:
        """Width of an output sample in the interface: 16 or 32."""
        return _stored_bits(self.bounds[self.graph.output.name].format, self.graph.output)

    @property
    def block(self) -> int:
        """Samples that pass through all stages at a time, a power of two."""
        row_bytes = sum(b.channels * max(b.bits, 32) // 8 for b in self.buffers.values())
        block = 256
        while block > 32 and block * row_bytes > BLOCK_BYTES:
            block //= 2
        return block


def plan(graph: Graph) -> Plan:
    """Return the plan of `graph`. Raises `GraphError` where no C integer type of the interface fits."""
    bounds = check(graph)
    stages = tuple(_stages(graph))
    kept = [graph.input, *(graph.node(stage.result) for stage in stages)]
    buffers = {node.name: _buffer(graph, node, bounds[node.name]) for node in kept}
    found = Plan(graph, bounds, buffers, stages)
    if max(found.input_bits, found.output_bits) > 32:
        raise GraphError(f"graph {graph.name!r}: input and output samples must fit int32_t; give them fewer bits")
    return found


def _stages(graph: Graph) -> list[Stage]:
    readers: dict[str, list[Node]] = {node.name: [] for node in graph.nodes}
    for node in graph.nodes:
        if not isinstance(node, Input):
            readers[node.source].append(node)
    found: list[Stage] = []
    fused: set[str] = set()
    for node in graph.nodes:
        match node:
            case Convolution() | Piecewise():
                first = readers[node.name][0] if len(readers[node.name]) == 1 else None
                tail = first if isinstance(first, Requantize) else None
                fused |= {tail.name} if tail is not None else set()
                found.append(Stage(node, tail))
            case Requantize():
                if node.name not in fused:
                    found.append(Stage(node, None))
            case Input() | Output():
                pass
            case _:
                assert_never(node)
    return found


def _buffer(graph: Graph, node: Node, bounds: NodeBounds) -> Buffer:
    readers = [n for n in graph.nodes if isinstance(n, Convolution) and n.source == node.name]
    memory = max((reader.memory for reader in readers), default=0)
    return Buffer(node.name, len(bounds.ranges), _stored_bits(bounds.format, node), memory)


def _stored_bits(fmt: QFormat, node: Node) -> int:
    needed = bits_for(fmt.min_q, fmt.max_q)
    if needed > 64:
        raise GraphError(f"node {node.name!r}: {fmt} does not fit int64_t; make it signed")
    return next(bits for bits in (16, 32, 64) if needed <= bits)


def accumulator_bits(interval: Interval) -> int:
    """Return 32 or 64: the width of the C type that holds every integer of `interval`."""
    return 32 if bits_for(*interval) <= 32 else 64


def requantize_bits(plan: Plan, node: Requantize) -> int:
    """Return the width of the type in which `node` computes: its rounding constant and its format fit, too."""
    if abs(shift_of(plan, node)) > 30:  # a shift of an int32_t, and 2^s in one, end there
        return 64
    fmt = node.format
    lo, hi = plan.bounds[node.name].accumulator
    return accumulator_bits((min(lo, fmt.min_q), max(hi, fmt.max_q)))


def shift_of(plan: Plan, node: Requantize) -> int:
    """Return s = frac_in - frac_out of `node`: positive loses bits, negative scales up."""
    return plan.bounds[node.source].format.frac - node.format.frac


def piecewise_bits(plan: Plan, node: Piecewise, form: str) -> int:
    """Return the width of the type in which `form` ("table" or "basis") of `node` computes, |a| included."""
    bounds = plan.bounds[node.name]
    interval = bounds.accumulator if form == "table" else bounds.basis_accumulator or bounds.accumulator
    reach = largest_magnitude(plan, node)
    return accumulator_bits((min(interval[0], -reach), max(interval[1], reach)))


def largest_magnitude(plan: Plan, node: Piecewise) -> int:
    """Return the largest |a| that reaches `node` on any channel."""
    return max(max(-lo, hi, 0) for lo, hi in plan.bounds[node.source].ranges)


def reached_segments(plan: Plan, node: Piecewise) -> int:
    """Return how many segments of `node` an input can enter beyond their knot, at least 1."""
    return min(node.segments, (max(largest_magnitude(plan, node) - 1, 0) >> node.segment_log2) + 1)
