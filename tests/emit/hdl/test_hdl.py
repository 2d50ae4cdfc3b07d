"""hdl/: tables, package, golden words and README hold the graph's integers; the simulators have a test of their own."""

import re
from pathlib import Path

import numpy as np
import pytest
from c_graphs import GRAPHS as C_GRAPHS
from compiled import model_of
from demo_graphs import GRAPHS
from demo_models import demo_model, full_scale_noise, signed

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.graph import Graph, graph_sha256, tables
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Select
from pimdeploy.emit.hdl.files import emit_hdl
from pimdeploy.errors import GraphError

MODELS = {"odd": demo_model(), "short_words": demo_model(3, 6, 10), **{n: model_of(g()) for n, g in GRAPHS.items()}}


def emitted(model: Model, samples: int = 40) -> dict[str, str]:
    graph = model.graph
    stimulus = full_scale_noise(64, graph.input.channels, bits=graph.input.format.bits)
    return {name: data.decode("ascii") for name, data in emit_hdl(model, stimulus, samples).items()}


def words(text: str, bits: int, *, is_signed: bool) -> list[int]:
    """Integers of the hexadecimal words in `text`, comments and what stands before a = left out."""
    plain = re.sub(r"//.*|^;.*", "", text, flags=re.MULTILINE).rpartition("=")[2]
    values = [int(word, 16) for word in plain.replace(",", " ").replace(";", " ").split()]
    assert all(value < 1 << bits for value in values)
    return [value - ((value >> (bits - 1)) << bits) if is_signed else value for value in values]


@pytest.mark.parametrize("name", MODELS)
def test_every_table_of_the_graph_is_in_both_files(name: str) -> None:
    model = MODELS[name]
    files = emitted(model)
    expected = {key.replace(".", "_"): table for key, table in tables(model.graph).items()}
    expected |= {f"{n.name}_channels": np.array(n.channels) for n in model.graph.nodes if isinstance(n, Select)}
    found = {Path(path).stem for path in files if path.endswith(".mem")}
    assert found == {Path(path).stem for path in files if path.endswith(".coe")} == set(expected)
    for stem, table in expected.items():
        text = files[f"hdl/{stem}.mem"]
        fmt = re.search(r"words of ([su])(\d+)\.", text)
        assert fmt is not None
        for ending in ("mem", "coe"):
            read = words(files[f"hdl/{stem}.{ending}"], int(fmt[2]), is_signed=fmt[1] == "s")
            assert read == table.reshape(-1).tolist(), f"{stem}.{ending}"


def test_a_coe_file_is_written_as_the_memory_generator_reads_it() -> None:
    lines = emitted(demo_model())["hdl/K_taps.coe"].splitlines()
    assert lines[0].startswith("; K: taps [out / 2][in / 2 / groups][re, im][tap], 1 x 1 x 2 x 7 = 14 words of s16.14")
    assert lines[2:4] == ["memory_initialization_radix=16;", "memory_initialization_vector="]
    assert all(re.fullmatch(r"[0-9a-f]{4},", line) for line in lines[4:-1])
    assert re.fullmatch(r"[0-9a-f]{4};", lines[-1])


@pytest.mark.parametrize("name", MODELS)
def test_golden_words_are_those_of_the_reference(name: str) -> None:
    from compiled import expected_nodes

    model = MODELS[name]
    files, graph = emitted(model), model.graph
    stimulus = full_scale_noise(64, graph.input.channels, bits=graph.input.format.bits)
    expected, bounds = expected_nodes(graph, stimulus[:, :40]), propagate(graph)
    for node in graph.nodes:
        fmt = bounds[node.name].format
        read = words(files[f"hdl/golden/{node.name}.hex"], fmt.bits, is_signed=fmt.signed)
        assert read == expected[node.name].T.reshape(-1).tolist(), node.name


@pytest.mark.parametrize("name", MODELS)
def test_the_package_says_what_the_bounds_prove(name: str) -> None:
    model = MODELS[name]
    package = emitted(model)[f"hdl/{model.graph.name}_pkg.sv"]
    constants = dict(re.findall(r"localparam (?:int|bit|logic (?:signed )?\[\d+:0\]) (\w+) = ([^;]+);", package))
    assert constants["GRAPH_SHA256"] == f"256'h{graph_sha256(model.graph)}"
    assert constants["DELAY_SAMPLES"] == str(model.graph.delay_samples)
    for node, bound in propagate(model.graph).items():
        upper = node.upper()
        figures = [constants[f"{upper}_{suffix}"] for suffix in ("CHANNELS", "BITS", "FRAC", "ACC_BITS")]
        assert figures == [str(n) for n in (len(bound.ranges), bound.format.bits, bound.format.frac, bound.acc_bits)]
        sign = "signed " if bound.format.signed else ""
        assert f"typedef logic {sign}[{bound.format.bits - 1}:0] {node}_t;" in package


def test_the_readme_has_a_row_for_every_node_and_says_how_to_begin() -> None:
    readme = emitted(demo_model())["hdl/README.md"]
    rows = re.findall(r"^\| `(\w+)` \|", readme, flags=re.MULTILINE)
    assert rows == ["x", "K", "u", "Phi", "a", "f", "c", "Psi", "v", "G", "z", "y"]
    assert "first 40 samples" in readme
    assert "all 64 samples" in readme
    assert "initial $readmemh(K_TAPS_FILE, K_taps);" in readme
    assert "`z[n]` estimates the received sample `n - 7`" in readme
    assert "SEGMENT_LOG2" in readme
    assert "    fs_hz 491520000.0\n" in readme


def test_a_graph_without_functions_says_nothing_of_them() -> None:
    nodes = (Input("x", 2, signed(16, 15)), Convolution("h", "x", IntTable(np.ones((2, 2, 1))), signed(2, 0)))
    readme = emitted(model_of(Graph("plain", (*nodes, Output("y", "h")), 0)))["hdl/README.md"]
    assert "SEGMENT_LOG2" not in readme
    assert readme.count("\n\n\n") == 0


def test_no_more_samples_of_a_node_than_the_stimulus_has() -> None:
    files = emitted(demo_model(), samples=10_000)
    assert files["hdl/golden/x.hex"].startswith("// s16.15, 2 channels interleaved, 64 samples\n")
    assert "localparam int NODES_SAMPLES = 64;" in files["hdl/demo_pkg.sv"]


def test_two_constants_of_one_name_are_refused() -> None:
    ones = IntTable(np.ones((2, 2, 1)))
    nodes = (
        Input("x", 2, signed(16, 15)),
        Convolution("h", "x", ones, signed(2, 0)),
        Convolution("h_taps", "h", ones, signed(2, 0)),
        Output("y", "h_taps"),
    )
    with pytest.raises(GraphError, match=r"^node 'h_taps': its constant H_TAPS_BITS .* one of node 'h', too; rename"):
        emitted(model_of(Graph("clash", nodes, 0)))


@pytest.mark.parametrize("name", C_GRAPHS)
def test_every_graph_that_c_code_is_made_of_can_be_handed_over(name: str) -> None:
    files = emitted(model_of(C_GRAPHS[name]()))
    assert {"hdl/README.md", f"hdl/{C_GRAPHS[name]().name}_pkg.sv"} <= files.keys()


def test_the_same_bytes_every_time() -> None:
    assert emitted(demo_model()) == emitted(demo_model())
