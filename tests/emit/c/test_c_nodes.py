"""The text of the C for every node kind: its integer types, its loops and its size; and that compilers are content."""

import re
import shutil
from pathlib import Path

import c_graphs
import demo_graphs
import numpy as np
import pytest
from c_graphs import EVEN, S16, joined, table, unsigned
from compiled import bundle_of, model_of
from demo_models import signed
from tools import succeeded

from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    IntTable,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)
from pimdeploy.emit.c.code import emit_c
from pimdeploy.emit.c.plan import plan
from pimdeploy.errors import GraphError

STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wpedantic", "-Werror"]
NODES = {name: make() for name, make in (c_graphs.GRAPHS | demo_graphs.GRAPHS).items()}


def code_of(graph: Graph) -> str:
    return emit_c(model_of(graph))[f"c/{graph.name}.c"].decode("ascii")


def compiles(command: list[str], folder: Path) -> None:
    succeeded(command, folder)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_every_kind_of_node_compiles_without_a_warning(compiler: str, tmp_path: Path) -> None:
    for name, graph in NODES.items():
        folder = bundle_of(model_of(graph), tmp_path / name) / "c"
        for flags in (["-O1"], ["-O0", "-DPIM_PIECEWISE=PIM_BASIS", "-DPIM_BANKED"], ["-O0", "-DPIM_TRACE"]):
            compiles([compiler, "-std=c99", *STRICT, *flags, "-c", f"{graph.name}.c", "-o", "o"], folder)


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_headers_of_every_kernel_are_cpp_too(compiler: str, tmp_path: Path) -> None:
    headers = set()
    for name, graph in NODES.items():
        headers |= {path.name for path in (bundle_of(model_of(graph), tmp_path / name) / "c").glob("pim_*.h")}
        shutil.copytree(tmp_path / name / "c", tmp_path / "all", dirs_exist_ok=True)
    lines = [f'#include "{header}"' for header in sorted(headers)]
    (tmp_path / "all" / "all.cpp").write_text("\n".join([*lines, *lines, ""]))
    compiles([compiler, "-std=c++11", *STRICT, "-fsyntax-only", "all.cpp"], tmp_path / "all")
    assert {"pim_isqrt_u32.h", "pim_isqrt_u64.h", "pim_ramp_i32.h", "pim_accumulate4_i64_i64.h"} <= headers


def test_every_graph_gives_the_same_bytes_twice_and_no_floating_point() -> None:
    for name, graph in NODES.items():
        files = emit_c(model_of(graph))
        assert files == emit_c(model_of(graph)), name
        for path, data in files.items():
            if path.endswith((".c", ".h")) and "harness" not in path:
                code = re.sub(r"/\*.*?\*/", "", data.decode("ascii"), flags=re.S)
                assert not re.search(r"\b(float|double|sqrt|malloc)\b|\d\.\d", code), (name, path)


# Types, each with the widest interval that fits and the narrowest that does not


def declared(graph: Graph, name: str) -> str:
    """The C type of the only local variable `name`."""
    found = set(re.findall(rf"const (\w+_t) {name} =", code_of(graph)))
    assert len(found) == 1, found
    return found.pop()


def alone(node: Node, fmt: QFormat, channels: int = 2) -> Graph:
    return joined("g", node, channels=channels, fmt=fmt)


@pytest.mark.parametrize(
    ("node", "fits", "too_wide"),
    [
        (Magnitude("m", "x", MagnitudeKind.SQUARE), signed(15, 0), signed(16, 0)),
        (Magnitude("m", "x", MagnitudeKind.ALPHA_BETA, 100, 27, 7), signed(24, 0), signed(26, 0)),
        (Multiply("m", "x", "x"), signed(16, 0), signed(17, 0)),
        (Add("m", ("x", "x")), signed(31, 0), signed(32, 0)),
        (Rectify("m", "x", 5), signed(27, 0), signed(28, 0)),
    ],
)
def test_accumulators_take_the_narrowest_type(node: Node, fits: QFormat, too_wide: QFormat) -> None:
    assert declared(alone(node, fits), "acc") == "int32_t"
    assert declared(alone(node, too_wide), "acc") == "int64_t"


def test_a_root_is_taken_in_32_bits_where_the_sum_of_squares_fits_unsigned() -> None:
    # 2^15 squared twice is 2^31: no int32_t, but a uint32_t.
    assert "pim_isqrt_u32((uint32_t)((int32_t)i[n] * (int32_t)i[n])" in code_of(alone(Magnitude("m", "x"), S16))
    assert "pim_isqrt_u64((uint64_t)((int64_t)i[n] * (int64_t)i[n])" in code_of(
        alone(Magnitude("m", "x"), signed(17, 0))
    )


def test_an_unsigned_result_is_stored_with_the_bit_that_it_needs() -> None:
    nodes = (Requantize("u15", "x", unsigned(15, 15)), Requantize("u16", "x", unsigned(16, 15)))
    nodes += (Requantize("u32", "x", unsigned(32, 20)),)
    buffers = plan(joined("g", *nodes, last=("u15", "u16", "u32"))).buffers
    assert [buffers[name].bits for name in ("u15", "u16", "u32")] == [16, 32, 64]


def test_a_buffer_remembers_what_its_most_demanding_reader_needs() -> None:
    rng = np.random.default_rng(1)
    taps = table(rng, 8, 2, 2, 3)
    for samples, expected in ((3, 4), (9, 9)):
        graph = joined(
            "g",
            Delay("d", "x", samples, lag=True),
            Convolution("c", "x", taps, signed(8, 7), dilation=2),
            Add("s", ("c", "d")),
        )
        assert {b.node: b.memory for b in plan(graph).buffers.values() if b.memory} == {"x": expected}


# Stages


@pytest.mark.parametrize(
    "head",
    [
        Delay("h", "x", 2),
        Magnitude("h", "x"),
        Multiply("h", "x", "x"),
        Add("h", ("x", "x")),
        Rectify("h", "x", 2),
        Concatenate("h", ("x", "x")),
        Select("h", "x", (1, 0)),
        Piecewise("h", "x", IntTable([[3, 4]]), signed(8, 7), 14, Symmetry.EVEN),
    ],
)
def test_a_requantizer_that_alone_reads_a_node_shares_its_loop(head: Node) -> None:
    tail = Requantize("t", "h", signed(12, 9))
    fused = plan(Graph("g", (Input("x", 2, S16), head, tail, Output("y", "t")), 0))
    assert [(stage.head.name, stage.result) for stage in fused.stages] == [("h", "t")]
    assert set(fused.buffers) == {"x", "t"}
    second = Requantize("u", "h", signed(10, 7))
    apart = plan(Graph("g", (Input("x", 2, S16), head, tail, second, Output("y", "t")), 0))
    assert [stage.result for stage in apart.stages] == ["h", "t", "u"]


def test_a_node_read_twice_is_one_parameter() -> None:
    code = code_of(joined("g", Multiply("m", "x", "x"), Add("s", ("m", "x", "m"))))
    assert re.search(r"g_stage_m\(const pim_work16 \*PIM_RESTRICT x_q,\n +int32_t \*PIM_RESTRICT m_q", code)
    assert "g_stage_m(x_q, m_q, n_samples);" in code
    assert "g_stage_z_s(m_q, x_q, z_s_q, n_samples);" in code


def test_large_layers_are_loops_of_bounded_size() -> None:
    rng = np.random.default_rng(2)
    sizes = {}
    for channels in (32, 64):
        nodes: list[Node] = [Convolution("c0", "x", table(rng, 8, channels, 64, 5), signed(8, 7))]
        for k in range(1, 4):
            nodes.append(Requantize(f"a{k}", f"c{k - 1}", signed(12, 8), EVEN))
            taps = table(rng, 8, channels, channels, 5)
            nodes.append(Convolution(f"c{k}", f"a{k}", taps, signed(8, 7)))
        nodes += [Requantize("q", "c3", signed(12, 8))]
        nodes.append(Convolution("dw", "q", table(rng, 8, channels, 1, 5), signed(8, 7), groups=channels))
        sizes[channels] = len(code_of(joined("cnn", *nodes, channels=64)))
    assert sizes[64] < 24_000
    assert sizes[64] - sizes[32] < 100


def test_blocks_shrink_until_the_buffers_of_a_cnn_fit_a_cache_but_not_below_64() -> None:
    few = plan(joined("g", Requantize("a", "x", signed(12, 8))))
    rng = np.random.default_rng(3)
    many = plan(joined("g", Convolution("c", "x", table(rng, 8, 64, 64, 5), signed(8, 7)), channels=64))
    assert (few.block, many.block) == (256, 64)


def test_an_offset_beyond_64_bits_is_refused() -> None:
    # A source that is always negative: t = a + 2^63 fits int64_t, 2^63 does not.
    taps, bias = IntTable(np.ones((2, 1, 1))), IntTable([-1000, -1000])
    nodes = (
        Convolution("c", "x", taps, signed(2, 0), bias, groups=2),
        Requantize("wide", "c", signed(64, 4)),
        Piecewise("f", "wide", IntTable([[0, 0, 0, 0]]), signed(4, 3), 60, Symmetry.PLAIN),
    )
    with pytest.raises(GraphError, match=r"^node 'f': its argument does not fit int64_t; give 'wide' fewer bits$"):
        emit_c(model_of(joined("g", *nodes, fmt=signed(6, 4))))
