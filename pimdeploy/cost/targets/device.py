"""The facts of a device as its TOML file states them, and where the files are.

A processor is told by what its units do in a cycle, programmable logic by how many slices, look-up tables and memory
blocks there are. Every group of figures names its source; a file without one is refused.
"""

import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from pimdeploy.errors import InputError
from pimdeploy.network_spec import Section

FOLDER = Path(__file__).parent
Source = Annotated[str, Field(min_length=10)]
"""Document, and the table or section in it."""


class MultiplyFacts(Section):
    """One multiply instruction of a processor."""

    lanes: int = Field(ge=1)
    """Products of one instruction."""
    complex_lanes: int | None = Field(default=None, ge=1)
    """Those of one that makes complex products, four real ones each, where it has more."""
    per_cycle: float = Field(gt=0)
    """Instructions that begin in a cycle, over all units of a core."""
    fused_adds: float = Field(ge=0, le=1)
    """Sums that come with a product: 1 where the instruction accumulates, 1/2 where it adds pairs."""
    accumulator_bits: int = Field(ge=16, le=64)
    """Widest sum that it makes; a wider accumulator takes separate adds."""
    source: Source


class LaneFacts(Section):
    """An instruction without a product: an add, a compare, a shift; or a look-up."""

    lanes: int = Field(ge=1)
    """Results of one instruction."""
    per_cycle: float = Field(gt=0)
    """Instructions that begin in a cycle, over all units of a core."""
    source: Source


class ReadFacts(Section):
    """A load of neighbouring words."""

    bytes: int = Field(ge=1)
    """Bytes of one load."""
    per_cycle: float = Field(gt=0)
    """Loads that begin in a cycle."""
    source: Source


class IssueFacts(Section):
    """How many instructions a core takes up."""

    per_cycle: float = Field(gt=0)
    """Instructions of every kind that begin in a cycle."""
    source: Source


class MemoryFacts(Section):
    """A memory that tables and state may lie in."""

    name: str
    """As the vendor calls it."""
    bytes: int = Field(ge=1)
    """Its size."""
    source: Source


class ProcessorFacts(Section):
    """A processor: cores of one kind, each with vector units."""

    kind: Literal["processor"]
    title: str
    """The device, its core and its clock."""
    cores: int = Field(ge=1)
    """Cores of this kind."""
    clock_hz: float = Field(gt=0)
    """Clock of the cores, Hz."""
    source: Source
    multiply: dict[Literal["8", "16", "32"], MultiplyFacts]
    """By the widest operand, signed, that the instruction takes."""
    add: dict[Literal["32", "64"], LaneFacts]
    """Adds, compares and shifts by the width of the word."""
    read: ReadFacts
    lookup: LaneFacts
    """Reads at an index that depends on the signal."""
    issue: IssueFacts
    memory: tuple[MemoryFacts, ...] = Field(min_length=1)
    """Nearest first."""

    @property
    def clock_limit_hz(self) -> float:
        """The highest clock that an estimate may assume, Hz."""
        return self.clock_hz

    @model_validator(mode="after")
    def _complete(self) -> "ProcessorFacts":
        if not {"16", "32"} <= self.multiply.keys() or not {"32", "64"} <= self.add.keys():
            raise ValueError("multiply needs 16 and 32, add needs 32 and 64")
        return self


class DspFacts(Section):
    """The multiplier slices of programmable logic."""

    slices: int = Field(ge=1)
    """Slices of the device."""
    multiplier_bits: tuple[int, int]
    """Word lengths of the two signed operands of a slice, the wider one first."""
    accumulator_bits: int = Field(ge=16)
    """Width of a slice's adder; a wider sum is made of look-up tables."""
    source: Source


class LogicFacts(Section):
    """The look-up tables of programmable logic."""

    luts: int = Field(ge=1)
    """Look-up tables of the device."""
    source: Source


class BlockMemoryFacts(Section):
    """Memory blocks of programmable logic."""

    name: str
    """As the vendor calls them."""
    blocks: int = Field(ge=1)
    """Blocks of the device."""
    block_bits: int = Field(ge=1)
    """Bits of a block."""
    ports: int = Field(ge=1)
    """Reads of a block in a clock."""
    port_bits: int = Field(ge=1)
    """Width of such a read."""
    source: Source


class LogicDeviceFacts(Section):
    """Programmable logic (an FPGA)."""

    kind: Literal["fpga"]
    title: str
    """The device and the clock that is assumed."""
    clock_hz: float = Field(gt=0)
    """Clock that is assumed, Hz."""
    clock_limit_hz: float = Field(gt=0)
    """The fastest clock of its slices, Hz."""
    source: Source
    dsp: DspFacts
    logic: LogicFacts
    memory: tuple[BlockMemoryFacts, ...] = Field(min_length=1)
    """Where tables that are read by index lie, nearest first."""


DeviceFacts = ProcessorFacts | LogicDeviceFacts
_FACTS: TypeAdapter[DeviceFacts] = TypeAdapter(Annotated[DeviceFacts, Field(discriminator="kind")])


def target_names(folder: Path = FOLDER) -> list[str]:
    """Return the names of all targets: the stems of their files."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def check_target(name: str, folder: Path = FOLDER) -> str:
    """Return `name` where it is a target. Raises `InputError` that names the nearest."""
    names = target_names(folder)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.0)
        guess = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"target {name!r}: no such device; {guess}known: {', '.join(names)}")
    return name


def load_target(name: str, folder: Path = FOLDER) -> DeviceFacts:
    """Return the facts of the target `name`. Raises `InputError` for an unknown name or a file that is no device."""
    path = folder / f"{check_target(name, folder)}.toml"
    try:
        return _FACTS.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path.name}: not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path.name}: not the facts of a device: {where}: {first['msg']}") from error
