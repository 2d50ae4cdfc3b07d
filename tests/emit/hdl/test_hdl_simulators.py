"""Verilator and Icarus Verilog read all of hdl/: every table and golden word comes back, and the requantizers compute."""

import itertools
import re
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
import pytest
from compiled import expected_nodes, model_of
from demo_graphs import GRAPHS
from demo_models import demo_model, full_scale_noise, signed
from hdl_simulators import Memory, icarus, lint, printing_module, verilator

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import (
    Concatenate,
    Convolution,
    Input,
    IntTable,
    Magnitude,
    Output,
    Piecewise,
    Requantize,
    Select,
    Symmetry,
    sources_of,
)
from pimdeploy.emit.hdl.files import emit_hdl
from pimdeploy.emit.hdl.tables import hdl_tables

SAMPLES = 48


def written(model: Model, folder: Path) -> Path:
    """Write hdl/ and golden/stimulus.hex below `folder`; return hdl/."""
    for name, data in emit_hdl(model, stimulus(model.graph), SAMPLES).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder / "hdl"


def stimulus(graph: Graph) -> np.ndarray:
    return full_scale_noise(SAMPLES, graph.input.channels, bits=graph.input.format.bits)


def memories(graph: Graph) -> list[Memory]:
    """Every table, every golden word, and every requantizer over the golden words of its source."""
    found = []
    for table in hdl_tables(graph, propagate(graph)):
        upper, sign = table.stem.upper(), "signed " if table.format.signed else ""
        found.append(
            Memory(f"table.{table.stem}", f"logic {sign}[{upper}_BITS-1:0]", f"{upper}_WORDS", f"{upper}_FILE")
        )
    for node in graph.nodes:
        found.append(golden(node.name, node.name))
        if isinstance(node, Requantize):
            found.append(golden(f"requantized.{node.name}", sources_of(node)[0], f"requantize_{node.name}"))
    return found


def golden(label: str, node: str, through: str = "") -> Memory:
    return Memory(label, f"{node}_t", f"{node.upper()}_CHANNELS*NODES_SAMPLES", f'"golden/{node}.hex"', through)


def expected(graph: Graph) -> dict[str, list[int]]:
    nodes = {name: values.T.reshape(-1).tolist() for name, values in expected_nodes(graph, stimulus(graph)).items()}
    read = {f"table.{t.stem}": t.values_q.reshape(-1).tolist() for t in hdl_tables(graph, propagate(graph))}
    requantized = {f"requantized.{n.name}": nodes[n.name] for n in graph.nodes if isinstance(n, Requantize)}
    return read | nodes | requantized


def sources(graph: Graph, hdl: Path, work: Path, loaded: list[Memory]) -> list[Path]:
    bench = work / "tb.sv"
    bench.write_text(printing_module(f"{graph.name}_pkg", loaded))
    return [hdl / f"{graph.name}_pkg.sv", bench]


@pytest.mark.parametrize("name", ["odd", *GRAPHS])
def test_icarus_reads_everything_back(name: str, tmp_path: Path) -> None:
    model = demo_model() if name == "odd" else model_of(GRAPHS[name]())
    hdl = written(model, tmp_path)
    files = sources(model.graph, hdl, tmp_path, memories(model.graph))
    assert icarus(files, hdl, tmp_path) == expected(model.graph)


@pytest.mark.parametrize("name", ["odd", *GRAPHS])
def test_verilator_has_nothing_to_say_of_the_package(name: str, tmp_path: Path) -> None:
    model = demo_model() if name == "odd" else model_of(GRAPHS[name]())
    lint(written(model, tmp_path) / f"{model.graph.name}_pkg.sv")


def test_the_whole_stimulus_of_a_bundle_is_read_by_the_lines_of_its_readme(shared_bundle: Path, tmp_path: Path) -> None:
    readme = (shared_bundle / "hdl" / "README.md").read_text()
    lines = readme.split("```systemverilog\n")[1].split("```")[0].replace("import demo_pkg::*;\n", "")
    bench = tmp_path / "tb.sv"
    bench.write_text(
        f"module tb;\n  import demo_pkg::*;\n{lines}  initial begin #1;\n"
        '    for (int i = 0; i < X_CHANNELS*GOLDEN_SAMPLES; i++) $display("@x %0d %0d", i, stimulus[i]);\n'
        '    for (int i = 0; i < K_TAPS_WORDS; i++) $display("@taps %0d %0d", i, K_taps[i]);\n'
        "    $finish(0);\n  end\nendmodule\n"
    )
    folder = shared_bundle / "hdl"
    read = icarus([folder / "demo_pkg.sv", bench], folder, tmp_path)
    assert read["x"] == np.load(shared_bundle / "golden/stimulus.npy").T.reshape(-1).tolist()
    assert read["taps"] == np.load(shared_bundle / "tables.npz")["K.taps"].reshape(-1).tolist()


# --- requantizers at ties and at the ends of their formats -------------------------------------------------------------

FORMATS = [signed(12, 9), signed(12, 20), signed(30, 24), QFormat(False, 10, 12)]
"""Shifts of 15, 4, 0 and 12 bits from a source of 24 fraction bits; a scale-up is the last of `CASES`."""
CASES = [
    (fmt, rounding, overflow) for fmt, rounding, overflow in itertools.product(FORMATS, list(Rounding), list(Overflow))
] + [(signed(30, 27), Rounding.HALF_UP, overflow) for overflow in Overflow]


def requantizers() -> Graph:
    """Every requantizer of `CASES` behind one convolution, and unsigned words, a function of two results, a selection."""
    nodes = [
        Input("x", 2, signed(16, 15)),
        Convolution("h", "x", IntTable([[[250], [-3]], [[-256], [256]]]), signed(10, 9)),
        *(Requantize(f"r{k}", "h", fmt, rounding, overflow) for k, (fmt, rounding, overflow) in enumerate(CASES)),
        Magnitude("m", "h"),
        Requantize("t", "m", QFormat(False, 12, 11)),
        Piecewise("lut", "t", IntTable([[3, -5], [-7, 1]]), signed(5, 2), 11, Symmetry.INDEX, IntTable([-9, 4]), 2),
        Select("swapped", "lut", (1, 0)),
        Concatenate("all", ("swapped", *(f"r{k}" for k in range(len(CASES))))),
        Output("y", "all"),
    ]
    return Graph("requantizers", tuple(nodes), 0)


def requantized(q: int, fmt: QFormat, frac: int, rounding: Rounding, overflow: Overflow) -> int:
    """Sections 3 to 5 of docs/spec/fixed_point.md over the real number."""
    x = Fraction(q) * Fraction(2) ** (fmt.frac - frac)
    match rounding:
        case Rounding.FLOOR:
            value = floor(x)
        case Rounding.HALF_UP:
            value = floor(x + Fraction(1, 2))
        case Rounding.HALF_EVEN:
            value = round(x)
        case Rounding.HALF_AWAY:
            value = (1 if x >= 0 else -1) * floor(abs(x) + Fraction(1, 2))
    if overflow is Overflow.SATURATE:
        return max(fmt.min_q, min(fmt.max_q, value))
    return (value - fmt.min_q) % (1 << fmt.bits) + fmt.min_q


def source_words(graph: Graph) -> list[int]:
    """Both ends of the proven range, ties of every shift and their neighbours, small values, seeded random ones."""
    bound = propagate(graph)["h"]
    lo, hi = min(r[0] for r in bound.ranges), max(r[1] for r in bound.ranges)
    ties = [k * (1 << s) + (1 << (s - 1)) + d for s in (4, 12, 15) for k in range(-6, 6) for d in (-1, 0, 1)]
    rng = np.random.default_rng(5)
    return [lo, lo + 1, hi - 1, hi, *range(-9, 10), *ties, *rng.integers(lo, hi + 1, size=100).tolist()]


@pytest.mark.parametrize("simulator", [icarus, verilator])
def test_both_read_everything_back_and_requantize_as_the_spec_says(simulator, tmp_path: Path) -> None:
    """One build: Verilator takes seconds for each."""
    graph = requantizers()
    hdl, values, source = written(model_of(graph), tmp_path), source_words(graph), propagate(graph)["h"].format
    (hdl / "words.hex").write_text("\n".join(f"{v & ((1 << source.bits) - 1):x}" for v in values) + "\n")
    spec = {
        f"spec.{k}": [requantized(v, fmt, source.frac, r, o) for v in values] for k, (fmt, r, o) in enumerate(CASES)
    }
    loaded = [
        Memory(f"spec.{k}", "h_t", f"{len(values)}", '"words.hex"', f"requantize_r{k}") for k in range(len(CASES))
    ]
    read = simulator(sources(graph, hdl, tmp_path, [*memories(graph), *loaded]), hdl, tmp_path)
    assert read == expected(graph) | spec


def test_a_changed_word_is_noticed(tmp_path: Path) -> None:
    """The comparison can fail: one bit of one table turned comes back as another integer."""
    model = demo_model()
    hdl = written(model, tmp_path)
    table = hdl / "G_taps.mem"
    lines = table.read_text().splitlines()
    lines[-1] = f"{int(lines[-1], 16) ^ 1:04x}"
    table.write_text("\n".join(lines) + "\n")
    loaded = [memory for memory in memories(model.graph) if re.match("table", memory.label)]
    read = icarus(sources(model.graph, hdl, tmp_path, loaded), hdl, tmp_path)
    wanted = expected(model.graph)
    assert [label for label, values in read.items() if values != wanted[label]] == ["table.G_taps"]
