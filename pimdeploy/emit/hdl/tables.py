"""The integer tables of a graph as logic tools read them: .mem ($readmemh) and .coe (block memory generators).

A word a line, two's complement in the word length of the table, the last dimension of the table fastest.
"""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds
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
)


@dataclass(frozen=True)
class HdlTable:
    """One table: `node` and `table` name it, `order` says what its dimensions are; values_q has its shape."""

    node: str
    table: str
    values_q: NDArray[np.int64]
    format: QFormat
    order: str

    @property
    def stem(self) -> str:
        """Name of its files, without the ending."""
        return f"{self.node}_{self.table}"

    @property
    def words(self) -> int:
        """Words in it."""
        return int(self.values_q.size)


def hdl_tables(graph: Graph, bounds: dict[str, NodeBounds]) -> list[HdlTable]:
    """Return every table of `graph`, node by node."""
    return [table for node in graph.nodes for table in _tables(node, bounds)]


def _tables(node: Node, bounds: dict[str, NodeBounds]) -> list[HdlTable]:
    match node:
        case Convolution():
            order = "[out / 2][in / 2 / groups][re, im][tap]" if node.is_complex else "[out][in / groups][tap]"
            taps = HdlTable(node.name, "taps", node.taps.array, node.taps_format, order)
            if node.bias is None:
                return [taps]
            bias = node.bias.array
            return [taps, HdlTable(node.name, "bias", bias, _covering(bias, bounds[node.name].format.frac), "[out]")]
        case Piecewise():
            order, bases = "[function and output][segment]", node.bases.array
            frac = bounds[node.name].format.frac - node.segment_log2
            return [
                HdlTable(node.name, "slopes", node.slopes.array, node.slopes_format, order),
                HdlTable(node.name, "bases", bases, _covering(bases, frac), order),
                HdlTable(node.name, "weights", node.weights.array, node.slopes_format, order),
            ]
        case Select():
            channels = np.array(node.channels, dtype=np.int64)
            width = QFormat(False, bits_for(0, int(channels.max()), signed=False), 0)
            return [HdlTable(node.name, "channels", channels, width, "[result channel]")]
        case Input() | Delay() | Magnitude() | Multiply() | Add() | Rectify() | Requantize() | Concatenate() | Output():
            return []
        case _:
            assert_never(node)


def _covering(values_q: NDArray[np.int64], frac: int) -> QFormat:
    """Return the smallest signed format that holds all of `values_q`."""
    return QFormat(True, bits_for(int(values_q.min()), int(values_q.max())), frac)


def mem_file(table: HdlTable) -> bytes:
    """Return the table as the text of a .mem file, which $readmemh and Vivado read."""
    return ("".join(f"// {line}\n" for line in _head(table)) + "\n".join(_words(table)) + "\n").encode()


def coe_file(table: HdlTable) -> bytes:
    """Return the table as the text of a .coe file, which AMD's memory generators read."""
    head = "".join(f"; {line}\n" for line in _head(table))
    return (
        f"{head}memory_initialization_radix=16;\nmemory_initialization_vector=\n" + ",\n".join(_words(table)) + ";\n"
    ).encode()


def _head(table: HdlTable) -> list[str]:
    shape = " x ".join(map(str, table.values_q.shape))
    return [
        f"{table.node}: {table.table} {table.order}, {shape} = {table.words} words of {table.format}",
        "two's complement, the last dimension fastest",
    ]


def _words(table: HdlTable) -> list[str]:
    digits = (table.format.bits + 3) // 4
    mask = (1 << table.format.bits) - 1
    return [f"{value & mask:0{digits}x}" for value in table.values_q.reshape(-1).tolist()]
