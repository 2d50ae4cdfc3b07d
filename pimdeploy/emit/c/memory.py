"""What the C code of a graph takes in memory: state, stack and tables, in bytes, from the plan alone."""

from dataclasses import dataclass
from typing import Any

from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Node, Piecewise, Products
from pimdeploy.emit.c import three_products
from pimdeploy.emit.c.banks import Banks
from pimdeploy.emit.c.convolution import looped_locals, unrolled_weights
from pimdeploy.emit.c.piecewise import looped_sum_bits, unrolled_segments
from pimdeploy.emit.c.plan import Plan, plan
from pimdeploy.emit.c.tables import largest_bits, stored_bits
from pimdeploy.emit.c.types import head_bits

FRAME_BYTES = 2048
"""What calls, saved registers and spilled values take beside the arrays in an optimized build, at most."""
VECTOR_BYTES = 64
"""Widest register: what a weight of the banked build takes where a compiler keeps it, as a vector, on the stack."""
SIZE_BYTES = 8
"""Width of a size_t on the widest machines."""


@dataclass(frozen=True)
class Memory:
    """Bytes, at the default length of a block, samples of up to 16 bits stored as such.

    state: of one stream. stack: of one call of process, at most, in an optimized build. state_banked, stack_banked: with
    PIM_BANKED, two banks of weights included. tables: constants that the code reads in its table form and in its basis form,
    in the types of <name>_weights.h.
    """

    state: int
    state_banked: int
    stack: int
    stack_banked: int
    tables: dict[str, int]
    block: int

    def to_json(self) -> dict[str, Any]:
        """Return the entry `c` of ledger.json."""
        return {
            "block_samples": self.block,
            "state_bytes": self.state,
            "state_bytes_banked": self.state_banked,
            "stack_bytes": self.stack,
            "stack_bytes_banked": self.stack_banked,
            "table_bytes": self.tables,
        }


@dataclass(frozen=True)
class StackArrays:
    """Elements in arrays on the stack, as constant + per_block * block: what DEMO_STACK_BYTES is made of."""

    work16: tuple[int, int]
    fixed: tuple[int, int]
    """Bytes of arrays of fixed types."""
    frame: int
    """Bytes beside the arrays, weights that a channel or a group chooses included."""
    spilled: int
    """Bytes of weights that the banked build may keep there."""

    def total(self, block: int, work_bytes: int = 2) -> int:
        """Return the bytes at a block length, with samples of up to 16 bits in `work_bytes` each."""
        samples = self.work16[0] + self.work16[1] * block
        return samples * work_bytes + self.fixed[0] + self.fixed[1] * block + self.frame


def memory(graph: Graph) -> Memory:
    """Return what the C code of `graph` takes. Raises `GraphError` as `plan` does."""
    found = plan(graph)
    banks, arrays = Banks(found, {}), stack_arrays(found)
    return Memory(
        state=state_bytes(found),
        state_banked=banked_state_bytes(found, banks),
        stack=arrays.total(found.block),
        stack_banked=arrays.total(found.block) + arrays.spilled,
        tables={form: sum(_table_bytes(found, node, form) for node in graph.nodes) for form in ("table", "basis")},
        block=found.block,
    )


def state_bytes(found: Plan) -> int:
    """Return sizeof <name>_state where every type is aligned to its size; a state without memory has one byte."""
    return _struct_bytes(_members(found))


def banked_state_bytes(found: Plan, banks: Banks) -> int:
    """Return sizeof <name>_state of a build with PIM_BANKED."""
    bank = [(int(table.kind[3:-2]) // 8, _count(table.shape)) for table in banks.tables] or [(1, 1)]
    widest = max(width for width, _ in bank)
    indices = [(4, 1), (4, 1)]
    return _struct_bytes([*_members(found), (widest, 2 * _struct_bytes(bank) // widest), *indices])


def stack_arrays(found: Plan) -> StackArrays:
    """Return the arrays that one call of process has on the stack at most: all buffers and those of the largest stage."""
    narrow = [buffer for buffer in found.buffers.values() if buffer.bits == 16]
    wide = [buffer for buffer in found.buffers.values() if buffer.bits != 16]
    locals_ = [_locals(found, stage.head) for stage in found.stages] or [(0, 0)]
    once, a_sample = max(locals_, key=lambda pair: pair[0] + pair[1] * found.block)
    fixed = (
        sum(b.channels * b.memory * b.bits // 8 for b in wide) + once,
        sum(b.channels * b.bits // 8 for b in wide) + a_sample,
    )
    heads = [stage.head for stage in found.stages]
    every = VECTOR_BYTES * max((_weights_a_loop(found, node) for node in heads), default=0)
    chosen = VECTOR_BYTES * max((_weights_a_loop(found, node) for node in heads if _is_indexed(node)), default=0)
    work16 = (sum(b.channels * b.memory for b in narrow), sum(b.channels for b in narrow))
    return StackArrays(work16, fixed, FRAME_BYTES + chosen, every - chosen)


def _members(found: Plan) -> list[tuple[int, int]]:
    """Return the arrays of a state; one without memory has a byte that nobody uses."""
    return [(b.bits // 8, b.channels * b.memory) for b in found.buffers.values() if b.memory] or [(1, 1)]


def _struct_bytes(members: list[tuple[int, int]]) -> int:
    """Return the size of a struct of arrays, each given by the width of an element and their count."""
    at, widest = 0, 1
    for width, count in members:
        at = -(-at // width) * width + width * count
        widest = max(widest, width)
    return -(-at // widest) * widest


def _locals(found: Plan, node: Node) -> tuple[int, int]:
    """Return the bytes of a stage's own arrays: constant, and per sample of a block."""
    if isinstance(node, Convolution) and node.products is Products.THREE:
        return three_products.local_bytes(found, node, SIZE_BYTES)
    if isinstance(node, Convolution):
        shape = looped_locals(found, node)
        if shape is None:
            return 0, 0
        products, rows, tap_bits, acc_bits = shape
        return products * (SIZE_BYTES + rows * tap_bits // 8), rows * acc_bits // 8
    if isinstance(node, Piecewise):
        return 0, looped_sum_bits(found, node) // 8
    return 0, 0


def _is_indexed(node: Node) -> bool:
    """Return whether the weights of a loop over samples depend on a group or a channel, so that no compiler knows them."""
    if isinstance(node, Convolution):
        return node.groups > 1
    return isinstance(node, Piecewise) and node.tables > 1


def _weights_a_loop(found: Plan, node: Node) -> int:
    """Return how many weights the loop of a stage over samples reads that are the same for all of them."""
    if isinstance(node, Convolution):
        return unrolled_weights(node)
    return unrolled_segments(found, node) * node.outputs if isinstance(node, Piecewise) else 0


def _table_bytes(found: Plan, node: Node, form: str) -> int:
    if isinstance(node, Convolution):
        bias = 0 if node.bias is None else node.bias.array.size * head_bits(found, node) // 8
        return node.taps.array.size * stored_bits(node.taps_format.bits) // 8 + bias
    if not isinstance(node, Piecewise):
        return 0
    words = node.slopes.array.size * stored_bits(node.slopes_format.bits) // 8
    bases = stored_bits(max(largest_bits(node.bases.array), 16)) // 8
    if form == "table":
        return words + node.bases.array.size * bases
    return words + (node.slopes.shape[0] * bases if node.first_bases is not None else 0)


def _count(shape: tuple[int, ...]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total
