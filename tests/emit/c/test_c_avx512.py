"""The optional stages in AVX-512 instructions: the reference's integers for every kind of stage, builds without a warning."""

import itertools
import re
from pathlib import Path

import c_graphs
import demo_graphs
import numpy as np
import pytest
from c_graphs import FLOOR, S16, WRAP, joined, slopes, table, unsigned
from compiled import assert_equal_everywhere, assert_nodes_equal, bundle_of, model_of
from demo_models import demo_model, signed
from tools import ran, succeeded

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Concatenate,
    Convolution,
    IntTable,
    Magnitude,
    MagnitudeKind,
    Multiply,
    Node,
    Piecewise,
    Requantize,
    Symmetry,
)
from pimdeploy.emit.c.code import emit_c
from pimdeploy.verify.backends.c_code import AVX512, CBackend

RNG = np.random.default_rng(11)
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wpedantic", "-Werror"]
NATIVE = ["-std=c99", "-O3", "-march=native", "-DPIM_AVX512", *STRICT]


def backend(compiler: str) -> CBackend:
    """The build; a processor without the instructions skips the test, whatever tools are required."""
    found = CBackend(compiler, AVX512, "table")
    reason = found.unavailable()
    if reason:
        pytest.skip(reason)
    return found


def replaced(graph: Graph) -> set[str]:
    """The stages that there are in these instructions, by the node that they store."""
    code = emit_c(model_of(graph))[f"c/{graph.name}_avx512.h"].decode("ascii")
    return set(re.findall(rf"\b{graph.name}_stage_(\w+)\(", code))


def convolved(name: str, channels: int, node: Convolution, *, bits: int = 16, more: tuple[Node, ...] = ()) -> Graph:
    """A convolution of samples of `bits` bits whose sums fit 32, requantized by 12."""
    frac = bits - 1 + node.taps_format.frac - 12
    ends = (Requantize("r", node.name, signed(16, frac)), *more)
    return joined(name, node, *ends, channels=channels, fmt=signed(bits, bits - 1))


def small(bits: int, *shape: int) -> IntTable:
    """Taps whose sums of up to 512 products of 12-bit samples fit 32 bits."""
    return table(RNG, bits, *shape)


def convolutions() -> list[Graph]:
    """Written out and looped, real and complex, odd numbers of products, groups, dilations, biases, words of 8 bits."""
    bias = IntTable(RNG.integers(-(1 << 20), 1 << 20, size=13))
    return [
        convolved("odd_count", 6, Convolution("h", "x", small(12, 10, 3, 3), signed(12, 11), groups=2), bits=12),
        convolved(
            "dilated", 4, Convolution("h", "x", small(12, 6, 2, 3), signed(12, 11), groups=2, dilation=7), bits=12
        ),
        convolved("depthwise", 6, Convolution("h", "x", small(14, 6, 1, 5), signed(14, 11), groups=6), bits=14),
        convolved("filter", 2, Convolution("h", "x", small(12, 1, 1, 2, 7), signed(12, 11), is_complex=True), bits=14),
        convolved(
            "pairs", 8, Convolution("h", "x", small(12, 4, 2, 2, 3), signed(12, 11), groups=2, is_complex=True), bits=12
        ),
        convolved("looped", 24, Convolution("h", "x", small(12, 13, 24, 2), signed(12, 11), bias), bits=12),
        convolved("odd_loop", 42, Convolution("h", "x", small(12, 78, 7, 5), signed(12, 11), groups=6), bits=12),
        convolved("bytes", 30, Convolution("h", "x", small(8, 21, 30, 1), signed(8, 7)), bits=12),
        convolved(
            "complex_loop", 12, Convolution("h", "x", small(11, 9, 6, 2, 5), signed(11, 10), is_complex=True), bits=12
        ),
    ]


def functions() -> list[Graph]:
    """Every symmetry, few and many segments, one function and several, with a first base and several results."""
    first = IntTable(RNG.integers(-3000, 3000, size=2))
    nodes = {
        "odd": Piecewise("f", "x", slopes(RNG, 15, 1, 16), signed(15, 14), 10),
        "odd_short": Piecewise("f", "x", slopes(RNG, 15, 4, 5), signed(15, 14), 12),
        "even": Piecewise("f", "x", slopes(RNG, 15, 1, 16), signed(15, 14), 10, Symmetry.EVEN, IntTable([1234])),
        "plain": Piecewise("f", "x", slopes(RNG, 14, 2, 33), signed(14, 13), 10, Symmetry.PLAIN, first),
        "plain_full": Piecewise("f", "x", slopes(RNG, 13, 1, 64), signed(13, 12), 10, Symmetry.PLAIN, IntTable([-77])),
        "gain": Piecewise("f", "x", slopes(RNG, 15, 2, 32), signed(15, 14), 10, Symmetry.PLAIN, first, outputs=2),
    }
    graphs = [joined(name, node, Requantize("r", "f", signed(16, 14)), channels=4) for name, node in nodes.items()]
    index = Piecewise("f", "u", slopes(RNG, 15, 1, 20), signed(15, 14), 10, Symmetry.INDEX, IntTable([55]))
    return [
        *graphs,
        joined("index", Requantize("u", "x", unsigned(15, 15)), index, Requantize("r", "f", signed(16, 14))),
    ]


def products() -> list[Graph]:
    """Real and complex products, squared magnitudes."""
    pair = Requantize("u", "x", signed(15, 14))
    return [
        joined("real", Multiply("m", "x", "x"), Requantize("r", "m", signed(16, 14)), channels=4),
        joined(
            "complex", pair, Multiply("m", "x", "u", is_complex=True), Requantize("r", "m", signed(16, 14)), channels=4
        ),
        joined(
            "power", pair, Magnitude("m", "u", MagnitudeKind.SQUARE), Requantize("r", "m", unsigned(15, 13)), channels=4
        ),
    ]


def endings() -> list[Graph]:
    """Every rounding and overflow, to fewer bits, without a shift and up; sums that are stored as they are."""
    found = []
    rules = itertools.product(Rounding, Overflow, (signed(16, 14), signed(9, 12), unsigned(7, 13)))
    for number, (rounding, overflow, fmt) in enumerate(rules):
        node = Convolution("h", "x", small(10, 2, 2, 3), signed(10, 9))
        found.append(joined(f"end{number}", node, Requantize("r", "h", fmt, rounding, overflow), fmt=signed(14, 13)))
    short = Convolution("h", "x", IntTable([[[1], [-1]]]), signed(4, 0))
    for name, frac in (("exact", 5), ("upward", 8)):
        found.append(joined(name, short, Requantize("r", "h", signed(16, frac)), fmt=signed(8, 5)))
    sums = Convolution("h", "x", small(12, 3, 2, 3), signed(12, 11))
    found.append(joined("sums", sums, Requantize("a", "h", S16), Requantize("b", "h", signed(16, 12)), last=("a", "b")))
    return found


def wide() -> list[Graph]:
    """Sums beyond 32 bits, and samples that a concatenation has scaled, by one power of two and by several."""
    pairs = Convolution("h", "x", table(RNG, 16, 2, 2, 2, 9), signed(16, 15), is_complex=True)
    halves = (
        Requantize("u", "x", signed(16, 17)),
        Requantize("v", "x", signed(14, 14)),
        Concatenate("c", ("x", "u", "v")),
    )
    joint = Convolution("h", "c", table(RNG, 16, 4, 12, 3), signed(16, 15), dilation=2)
    ends = {"up": signed(16, 9), "far": signed(16, 4), "few": signed(11, 6), "near": signed(16, 15)}
    graphs = [joined(f"wide_{k}", pairs, Requantize("r", "h", fmt), channels=4) for k, fmt in ends.items()]
    graphs.append(joined("wide_floor", pairs, Requantize("r", "h", signed(16, 9), FLOOR, WRAP), channels=4))
    return [*graphs, joined("scaled", *halves, joint, Requantize("r", "h", signed(16, 8)), channels=4)]


OWN = {graph.name: graph for graph in (*convolutions(), *functions(), *products(), *endings(), *wide())}
OTHERS = {name: make() for name, make in (c_graphs.GRAPHS | demo_graphs.GRAPHS).items()}


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("name", OWN)
def test_gives_the_integers_of_the_reference(name: str, compiler: str, tmp_path: Path) -> None:
    graph = OWN[name]
    assert replaced(graph) & {"r", "h"}, "nothing of it is made of these instructions"
    check(graph, compiler, tmp_path)


@pytest.mark.parametrize("name", OTHERS)
def test_gives_the_integers_of_the_reference_beside_stages_in_c(name: str, tmp_path: Path) -> None:
    check(OTHERS[name], "gcc", tmp_path)


def check(graph: Graph, compiler: str, tmp_path: Path) -> None:
    model, chosen = model_of(graph), backend(compiler)
    (tmp_path / "work").mkdir()
    chosen.prepare(bundle_of(model, tmp_path / "bundle"), tmp_path / "work")
    assert_equal_everywhere(model, chosen)
    assert_nodes_equal(model, chosen)


def test_every_stage_of_the_odd_network_is_there() -> None:
    model = demo_model()
    code = emit_c(model)["c/demo_avx512.h"].decode("ascii")
    assert set(re.findall(r"\bdemo_stage_(\w+)\(", code)) == {"u", "a", "c", "v", "z"}


@pytest.mark.parametrize(
    "node",
    [
        Piecewise("f", "x", slopes(RNG, 15, 1, 17), signed(15, 14), 10),
        Piecewise("f", "x", slopes(RNG, 20, 1, 16), signed(20, 14), 10),
        Piecewise("f", "x", slopes(RNG, 15, 1, 65), signed(15, 14), 9, Symmetry.PLAIN),
        Convolution("f", "x", table(RNG, 20, 2, 2, 3), signed(20, 14)),
    ],
)
def test_a_stage_that_does_not_fit_stays_in_c(node: Node) -> None:
    assert replaced(joined("g", node, Requantize("r", "f", signed(16, 10)))) == set()
    assert replaced(joined("g", node, Requantize("r", "f", signed(16, 10)), fmt=QFormat(True, 20, 19))) == set()


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("defines", [[], ["-DPIM_TRACE"], ["-DPIM_BANKED"]])
def test_builds_without_a_warning(compiler: str, defines: list[str], tmp_path: Path) -> None:
    backend(compiler)
    for graph in OWN.values():
        folder = bundle_of(model_of(graph), tmp_path / graph.name) / "c"
        flags = [flag.replace("-O3", "-O1") for flag in NATIVE]
        succeeded([compiler, *flags, *defines, "-c", f"{graph.name}.c", "-o", "o"], folder)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["-DDEMO_BLOCK=48"], "DEMO_BLOCK: PIM_AVX512 needs a multiple of 32"),
        (["-march=x86-64-v3"], "PIM_AVX512 needs a processor with AVX-512 F and BW"),
    ],
)
def test_what_cannot_work_is_refused_when_compiling(flags: list[str], message: str, tmp_path: Path) -> None:
    backend("gcc")
    folder = bundle_of(demo_model(M_a=2), tmp_path) / "c"
    done = ran(["gcc", *NATIVE, *flags, "-c", "demo.c", "-o", "o"], folder)
    assert done.returncode != 0
    assert message in done.stderr


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_without_vnni_it_gives_the_same_integers(compiler: str, tmp_path: Path) -> None:
    backend(compiler)
    found = {}
    folder = bundle_of(demo_model(), tmp_path) / "c"
    x = np.random.default_rng(5).integers(-32768, 32768, size=(2, 5000)).astype(np.int16)
    np.save(folder / "x.npy", x)
    for more in ([], ["-mno-avx512vnni", "-mno-avxvnni"], ["-DPIM_BANKED"], ["-UPIM_AVX512"]):
        succeeded([compiler, *NATIVE, *more, "-o", "run", "demo.c", "demo_harness.c"], folder)
        succeeded([str(folder / "run"), "--block", "333", "x.npy", "y.raw"], folder)
        found[" ".join(more)] = (folder / "y.raw").read_bytes()
    assert len(set(found.values())) == 1
    assert len(found[""]) == x.nbytes


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_sanitizers_stay_silent(compiler: str, tmp_path: Path) -> None:
    backend(compiler)
    sanitize = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-O1"]
    for graph in (OWN["complex_loop"], OWN["odd_loop"], OWN["gain"], OWN["plain"]):
        folder = bundle_of(model_of(graph), tmp_path / graph.name) / "c"
        x = np.random.default_rng(5).integers(-2048, 2048, size=(graph.input.channels, 700)).astype(np.int16)
        np.save(folder / "x.npy", x)
        files = [f"{graph.name}.c", f"{graph.name}_harness.c"]
        succeeded([compiler, *NATIVE, *sanitize, "-o", "run", *files], folder)
        succeeded([str(folder / "run"), "--block", "37", "x.npy", "y.raw"], folder)
