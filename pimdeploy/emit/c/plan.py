"""What the C emitter decides before it writes: stages, buffers, and the integer type of every one of them.

Types follow from the proven bounds (docs/spec/datapath.md, section 4), never from a guess: an accumulator is int32_t
where its interval fits 32 bits, else int64_t.
"""

from dataclasses import dataclass
from typing import assert_never

from pimdeploy.datapath.bounds import NodeBounds
from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import QFormat, bits_for
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    memory_of,
    sources_of,
)
from pimdeploy.errors import GraphError

Exact = Convolution | Piecewise | Delay | Magnitude | Multiply | Add | Rectify | Concatenate | Select
"""What a requantizer may follow in the same loop."""
Head = Exact | Requantize

BLOCK_BYTES = 32_768
"""All work buffers of a block together stay below this, so that they live in a first-level cache."""
LEAST_BLOCK = 64
"""A shorter block spends its time between the loops; then the buffers live in a second-level cache."""


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
    def sources(self) -> tuple[str, ...]:
        """Names of the nodes that the stage reads, each once."""
        return tuple(dict.fromkeys(sources_of(self.head)))

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

    def prefix(self, node: str) -> str:
        """Return the prefix of the macros and tables of `node`."""
        return f"{self.upper}_{node.upper()}"

    def channels(self, node: str) -> int:
        """Return the channels of the result of `node`."""
        return len(self.bounds[node].ranges)

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
        while block > LEAST_BLOCK and block * row_bytes > BLOCK_BYTES:
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
        for source in sources_of(node):
            readers[source].append(node)
    found: list[Stage] = []
    fused: set[str] = set()
    for node in graph.nodes:
        match node:
            case Input() | Output():
                pass
            case Requantize():
                if node.name not in fused:
                    found.append(Stage(node, None))
            case (
                Convolution()
                | Piecewise()
                | Delay()
                | Magnitude()
                | Multiply()
                | Add()
                | Rectify()
                | Concatenate()
                | Select()
            ):
                first = readers[node.name][0] if len(readers[node.name]) == 1 else None
                tail = first if isinstance(first, Requantize) else None
                fused |= {tail.name} if tail is not None else set()
                found.append(Stage(node, tail))
            case _:
                assert_never(node)
    return found


def _buffer(graph: Graph, node: Node, bounds: NodeBounds) -> Buffer:
    memory = max((memory_of(reader) for reader in graph.nodes if node.name in sources_of(reader)), default=0)
    return Buffer(node.name, len(bounds.ranges), _stored_bits(bounds.format, node), memory)


def _stored_bits(fmt: QFormat, node: Node) -> int:
    needed = bits_for(fmt.min_q, fmt.max_q)
    if needed > 64:
        raise GraphError(f"node {node.name!r}: {fmt} does not fit int64_t; make it signed")
    return next(bits for bits in (16, 32, 64) if needed <= bits)
