"""A graph on a device: share of it at a sample rate, the bound that binds, the highest rate, memory (docs/budgets.md).

The figures are peaks: every unit works in every cycle, and nothing waits. They are computed from the ledger and the facts of
the device, never measured.
"""

import math
from dataclasses import dataclass
from typing import Any, assert_never

from pimdeploy.cost.demand import NodeDemand, Storage, demands
from pimdeploy.cost.ledger import Ledger
from pimdeploy.cost.loads_logic import logic_loads, slices_of
from pimdeploy.cost.loads_processor import multiplier, processor_loads
from pimdeploy.cost.targets.device import DeviceFacts, LogicDeviceFacts, ProcessorFacts, load_target
from pimdeploy.errors import InputError

ASSUMPTIONS = {
    "processor": (
        "peak, not measured: every unit of every core works in every cycle, vectors are full, cores share blocks of "
        "samples evenly; no stalls, loop control, moves between formats or stores; coefficients stay in registers over a "
        "block, a convolution reads its window once for all outputs; a square root takes four operations a bit"
    ),
    "fpga": (
        "peak, not measured: every slice makes one product a clock and is shared in time without gaps, adds beyond the "
        "slices' own take a look-up table a bit; no control, pipeline registers or routing; coefficients lie in logic, "
        "tables in memory blocks; a square root takes four operations a bit"
    ),
}


@dataclass(frozen=True)
class Bound:
    """One resource: `share` of the whole device at the sample rate (1 is all of it) and each node's part of that share."""

    name: str
    share: float
    by_node: dict[str, float]

    def largest(self, count: int = 3) -> list[tuple[str, float]]:
        """Return the `count` nodes that take most, with their shares of the device."""
        used = sorted(((name, share) for name, share in self.by_node.items() if share), key=lambda item: -item[1])
        return used[:count]


@dataclass(frozen=True)
class MemoryUse:
    """Memory of the canceller, and the nearest memory of the device that holds all of it (None: none does).

    weights: taps and biases. tables: of piecewise-linear functions. state: past samples. capacity: of that memory, or of
    the largest one, bytes on a processor and bits in logic, as `unit` says.
    """

    unit: str
    weights: int
    tables: int
    state: int
    fits: str | None
    capacity: int

    @property
    def total(self) -> int:
        """All three together."""
        return self.weights + self.tables + self.state

    @property
    def share(self) -> float:
        """Share of `capacity`."""
        return self.total / self.capacity

    def to_json(self) -> dict[str, Any]:
        """Return the sizes, where they fit and what share they take there."""
        names = ("unit", "weights", "tables", "state", "total", "fits", "capacity", "share")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Estimate:
    """What a canceller takes of a device at `fs_hz`; see the assumptions.

    bounds: by resource, in the order of the report; the largest share binds. notes: word lengths that cost more.
    """

    target: str
    facts: DeviceFacts
    form: str
    fs_hz: float
    clock_hz: float
    bounds: tuple[Bound, ...]
    memory: MemoryUse
    notes: tuple[str, ...]

    @property
    def binding(self) -> Bound:
        """The resource of which the largest share is taken."""
        return max(self.bounds, key=lambda bound: bound.share)

    @property
    def share(self) -> float:
        """Share of the device that is taken: that of the binding resource."""
        return self.binding.share

    @property
    def highest_fs_hz(self) -> float:
        """The sample rate at which the binding resource is used up, Hz."""
        return self.fs_hz / self.share

    @property
    def assumptions(self) -> str:
        """The model of execution in one line."""
        return ASSUMPTIONS[self.facts.kind]

    def units(self, bound: Bound) -> str:
        """Return in words how much of a resource is needed of how much there is."""
        match self.facts:
            case ProcessorFacts():
                cores = self.facts.cores
                cycles = bound.share * cores * self.clock_hz / self.fs_hz
                return f"{cycles:.3g} cycles a sample, {bound.share * cores:.3g} of {cores} cores"
            case LogicDeviceFacts():
                unit, available = logic_units(self.facts)[bound.name]
                return f"{math.ceil(bound.share * available - 1e-9)} of {available} {unit}"
            case _:
                assert_never(self.facts)

    def to_json(self) -> dict[str, Any]:
        """Return the estimate as `pimdeploy count --target` prints it."""
        return {
            "target": self.target,
            "title": self.facts.title,
            "assumptions": self.assumptions,
            "form": self.form,
            "fs_hz": self.fs_hz,
            "clock_hz": self.clock_hz,
            "share": self.share,
            "binding": self.binding.name,
            "highest_fs_hz": self.highest_fs_hz,
            "bounds": {
                bound.name: {"share": bound.share, "needs": self.units(bound), "by_node": bound.by_node}
                for bound in self.bounds
            },
            "memory": self.memory.to_json(),
            "notes": list(self.notes),
            "facts": self.facts.model_dump(mode="json"),
        }


def estimate(ledger: Ledger, target: str, fs_hz: float, clock_hz: float | None = None) -> Estimate:
    """Return what the graph of `ledger`, in its default form, takes of the device `target` at `fs_hz` samples a second.

    clock_hz: another clock than the device's own, up to its limit. Raises `InputError`.
    """
    facts = load_target(target)
    clock = facts.clock_hz if clock_hz is None else clock_hz
    if not 0 < clock <= facts.clock_limit_hz:
        raise InputError(
            f"--clock-hz {clock:g}: {target} runs at up to {facts.clock_limit_hz:g} Hz; give a clock above 0 and up to that"
        )
    if not (fs_hz > 0 and math.isfinite(fs_hz)):
        raise InputError(f"--fs-hz {fs_hz:g}: expected a sample rate above 0, in Hz")
    asked = demands(ledger.graph, ledger.form)
    bounds = tuple(
        Bound(name, fs_hz * math.fsum(by_node.values()), {node: load * fs_hz for node, load in by_node.items()})
        for name, by_node in loads(facts, asked, clock).items()
    )
    return Estimate(
        target, facts, ledger.form, fs_hz, clock, bounds, memory_use(facts, asked), wide_words(facts, asked)
    )


def loads(facts: DeviceFacts, asked: dict[str, NodeDemand], clock_hz: float) -> dict[str, dict[str, float]]:
    """Return by resource and node the seconds of the whole device that a sample takes."""
    match facts:
        case ProcessorFacts():
            return processor_loads(facts, asked, clock_hz)
        case LogicDeviceFacts():
            return logic_loads(facts, asked, clock_hz)
        case _:
            assert_never(facts)


def logic_units(facts: LogicDeviceFacts) -> dict[str, tuple[str, int]]:
    """Return what serves each resource in programmable logic, and how many of them there are."""
    memory = facts.memory[0]
    return {
        "multiplies": ("DSP slices", facts.dsp.slices),
        "adds": ("look-up tables", facts.logic.luts),
        "memory reads": (f"ports of {memory.name}", memory.blocks * memory.ports),
    }


def memory_use(facts: DeviceFacts, asked: dict[str, NodeDemand]) -> MemoryUse:
    """Return the memory of all nodes, and the nearest memory of the device that holds it."""
    parts = [
        sum((getattr(node, part) for node in asked.values()), Storage()) for part in ("weights", "tables", "state")
    ]
    match facts:
        case ProcessorFacts():
            unit, sizes = "bytes", [part.bytes for part in parts]
            memories = [(memory.name, memory.bytes) for memory in facts.memory]
        case LogicDeviceFacts():
            unit, sizes = "bits", [part.bits for part in parts]
            memories = [(memory.name, memory.blocks * memory.block_bits) for memory in facts.memory]
        case _:
            assert_never(facts)
    fits = next((memory for memory in memories if sum(sizes) <= memory[1]), None)
    name, capacity = fits if fits is not None else (None, max(size for _, size in memories))
    weights, tables, state = sizes
    return MemoryUse(unit, weights, tables, state, name, capacity)


def wide_words(facts: DeviceFacts, asked: dict[str, NodeDemand]) -> tuple[str, ...]:
    """Return a line for each way in which word lengths make the device do more work, the nodes named."""
    sums, products = [], []
    for name, node in asked.items():
        for product in node.products:
            widths = f"{product.a_bits}x{product.b_bits}"
            match facts:
                case ProcessorFacts():
                    unit, pieces = multiplier(facts, product)
                    limit, slow = unit.accumulator_bits, pieces > 1 or unit is facts.multiply["32"]
                case LogicDeviceFacts():
                    limit, slow = facts.dsp.accumulator_bits, slices_of(facts.dsp, product) > 1
                case _:
                    assert_never(facts)
            sums += [f"{name} ({node.acc_bits} bits)"] if node.acc_bits > limit else []
            products += [f"{name} ({widths} bits)"] if slow else []
    lines = []
    if sums:
        lines.append(f"accumulators wider than the multipliers add take adds of their own: {', '.join(sums)}")
    if products:
        what = "take the slower 32-bit multiplies" if facts.kind == "processor" else "take more than one slice"
        lines.append(f"products of signed operands that {what}: {', '.join(products)}")
    return tuple(lines)
