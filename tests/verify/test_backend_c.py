"""The emitted C, compiled, against the NumPy reference: integers must be equal, all of them."""

import subprocess
from pathlib import Path

import c_graphs
import demo_graphs
import numpy as np
import pytest
from c_graphs import slopes, table
from compiled import (
    assert_equal_everywhere,
    assert_nodes_equal,
    bundle_of,
    expected_nodes,
    model_of,
    prepared,
    stimulus,
)
from demo_models import demo_model, full_scale_noise, signed
from tools import missing, require

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, Output, Piecewise, Requantize
from pimdeploy.errors import BundleError, InputError, MismatchError
from pimdeploy.verify.backends.c_code import CBackend, c_backends


def wide_graph() -> Graph:
    """64-bit accumulators, 24-bit words, dilation, groups, bias, a function a channel, negative shifts, fan-out."""
    rng = np.random.default_rng(5)
    nodes = (
        Input("if", 4, signed(12, 11)),
        Requantize("up", "if", signed(20, 18), Rounding.FLOOR),
        Convolution("n", "up", table(rng, 24, 4, 2, 5), signed(24, 20), table(rng, 30, 4), groups=2, dilation=3),
        Requantize("x", "n", signed(24, 10), Rounding.HALF_EVEN, Overflow.WRAP),
        Piecewise("f", "x", slopes(rng, 20, 4, 9), signed(20, 15), 20),
        Requantize("state", "f", signed(24, 9), Rounding.HALF_AWAY),
        Requantize("narrow", "state", signed(9, 2), Rounding.HALF_UP, Overflow.WRAP),
        Convolution("m", "narrow", table(rng, 8, 3, 2, 2, 2), signed(8, 7), is_complex=True),
        Convolution("m2", "m", table(rng, 6, 2, 6, 2), signed(6, 4)),
        Requantize("dead", "m2", signed(40, 0), Rounding.FLOOR),
        Requantize("pos", "m2", QFormat(False, 20, 8), Rounding.HALF_UP, Overflow.WRAP),
        Requantize("neg", "pos", QFormat(False, 20, 12), Rounding.HALF_UP),
        Requantize("z", "neg", signed(22, 9), Rounding.HALF_AWAY),
        Output("out", "z"),
    )
    return Graph("wide", nodes, 3)


def looped_graph(is_complex: bool, bits: int) -> Graph:
    """Kernels and functions too long to unroll."""
    rng = np.random.default_rng(6)
    shape = (1, 1, 2, 67) if is_complex else (2, 2, 67)
    nodes = (
        Input("x", 2, signed(16, 15)),
        Convolution("K", "x", table(rng, bits, *shape), signed(bits, bits - 1), is_complex=is_complex, dilation=2),
        Requantize("a", "K", signed(16, 11)),
        Piecewise("f", "a", slopes(rng, 12, 1, 200), signed(12, 11), 7),
        Convolution("G", "f", table(rng, 5, 2, 1, 70), signed(5, 4), table(rng, 20, 2), groups=2),
        Requantize("z", "G", signed(16, 13), Rounding.HALF_EVEN),
        Output("y", "z"),
    )
    return Graph("looped", nodes, 0)


def edge_graph() -> Graph:
    """No state, a 64-bit intermediate without requantizer, one reachable segment, a shift beyond the type's width."""
    rng = np.random.default_rng(7)
    nodes = (
        Input("x", 2, signed(16, 15)),
        Piecewise("f", "x", slopes(rng, 16, 2, 4), signed(16, 15), 16),
        Requantize("sign", "f", signed(8, -10), Rounding.FLOOR),
        Convolution("P", "f", table(rng, 24, 2, 2, 1), signed(24, 10)),
        Requantize("z", "P", signed(16, 3), Rounding.HALF_UP),
        Output("y", "z"),
    )
    return Graph("edge", nodes, 0)


DEMOS = {
    "w16a16": {},
    "w12a12_even": {"weight_bits": 12, "activation_bits": 12, "rounding": Rounding.HALF_EVEN},
    "w8a8_away": {"weight_bits": 8, "activation_bits": 8, "rounding": Rounding.HALF_AWAY},
    "w16a12_floor_wrap": {"activation_bits": 12, "rounding": Rounding.FLOOR, "overflow": Overflow.WRAP},
    "w24a24_wrap": {"weight_bits": 24, "activation_bits": 24, "overflow": Overflow.WRAP},
    "m_n_2": {"M_N": 2, "M_a": 3, "M_K": 1, "seed": 4},
    "one_branch": {"M_a": 1, "N": 2, "M_G": 1, "weight_bits": 6},
}


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("demo", DEMOS)
def test_demo_models_have_no_mismatch(demo: str, form: str, tmp_path: Path) -> None:
    model = demo_model(**DEMOS[demo])
    assert_equal_everywhere(model, prepared(model, CBackend("gcc", "O1", form), tmp_path))


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("variant", ["O3", "O3_native"])
def test_vectorized_code_has_no_mismatch(compiler: str, variant: str, tmp_path: Path) -> None:
    model = demo_model()
    assert_equal_everywhere(model, prepared(model, CBackend(compiler, variant, "table"), tmp_path))
    (tmp_path / "again").mkdir()
    assert_equal_everywhere(model, prepared(model, CBackend(compiler, variant, "basis"), tmp_path / "again"))


GRAPHS = {
    "wide": wide_graph,
    "edge": edge_graph,
    "looped_complex": lambda: looped_graph(True, 9),
    "looped_real_64": lambda: looped_graph(False, 20),
}


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("shape", GRAPHS)
def test_unusual_graphs_have_no_mismatch_and_no_undefined_behaviour(shape: str, form: str, tmp_path: Path) -> None:
    model = model_of(GRAPHS[shape]())
    assert_equal_everywhere(model, prepared(model, CBackend("gcc", "O0", form), tmp_path))
    (tmp_path / "sanitize").mkdir()
    assert_equal_everywhere(model, prepared(model, CBackend("gcc", "sanitize", form), tmp_path / "sanitize"))


@pytest.mark.parametrize("form", ["table", "basis"])
def test_demo_model_is_free_of_undefined_behaviour(form: str, tmp_path: Path) -> None:
    model = demo_model()
    assert_equal_everywhere(model, prepared(model, CBackend("gcc", "sanitize", form), tmp_path))


@pytest.mark.parametrize("shape", ["wide", "edge", "looped_complex"])
def test_trace_shows_every_node(shape: str, tmp_path: Path) -> None:
    model = model_of(GRAPHS[shape]())
    assert_nodes_equal(model, prepared(model, CBackend("gcc", "O0", "table"), tmp_path))


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_a_trace_in_blocks_begins_anew_each_time(compiler: str, tmp_path: Path) -> None:
    model = model_of(GRAPHS["wide"]())
    backend = prepared(model, CBackend(compiler, "O3", "table"), tmp_path)
    x_q = stimulus(model.graph)[:, :700]
    for samples, block in ((700, 37), (90, 1), (1, None)):
        traced, expected = (
            backend.trace_in_blocks(x_q[:, :samples], block),
            expected_nodes(model.graph, x_q[:, :samples]),
        )
        assert set(traced) == set(expected)
        for name, values in expected.items():
            np.testing.assert_array_equal(traced[name], values, err_msg=f"{name}, block {block}")


def test_a_trace_before_anything_is_compiled_is_refused() -> None:
    with pytest.raises(InputError, match=r"^backend c_gcc_O0_table: prepare it before it runs$"):
        CBackend("gcc", "O0", "table").trace(np.zeros((2, 4), dtype=np.int64))


NODES = {name: make() for name, make in (c_graphs.GRAPHS | demo_graphs.GRAPHS).items()}
FORMED = [name for name, graph in NODES.items() if any(isinstance(node, Piecewise) for node in graph.nodes)]


@pytest.mark.parametrize(("name", "form"), [*((n, "table") for n in NODES), *((n, "basis") for n in FORMED)])
def test_every_kind_of_node_has_no_mismatch_and_no_undefined_behaviour(name: str, form: str, tmp_path: Path) -> None:
    model = model_of(NODES[name])
    assert_equal_everywhere(model, prepared(model, CBackend("gcc", "sanitize", form), tmp_path))
    (tmp_path / "nodes").mkdir()
    assert_nodes_equal(model, prepared(model, CBackend("gcc", "O0", form), tmp_path / "nodes"))


@pytest.mark.parametrize("name", c_graphs.GRAPHS)
def test_every_kind_of_node_vectorized_has_no_mismatch(name: str, tmp_path: Path) -> None:
    model = model_of(NODES[name])
    for compiler, form in (("gcc", "table"), ("clang", "basis")):
        (tmp_path / compiler).mkdir()
        backend = prepared(model, CBackend(compiler, "O3_native", form), tmp_path / compiler)
        assert_equal_everywhere(model, backend)


@pytest.mark.parametrize("fields", [{"symmetry": "even"}, {"symmetry": "plain"}, {"n_tx": 2, "n_rx": 3}])
def test_networks_have_no_mismatch(fields: dict[str, object], tmp_path: Path) -> None:
    model = demo_model(M_a=4, N=8, **fields)
    for form in ("table", "basis"):
        (tmp_path / form).mkdir()
        assert_equal_everywhere(model, prepared(model, CBackend("gcc", "O2", form), tmp_path / form))


def test_empty_signal_and_reset(tmp_path: Path) -> None:
    model = demo_model(M_a=2)
    backend = prepared(model, CBackend("gcc", "O0", "table"), tmp_path)
    x_q = stimulus(model.graph)[:, :50]
    assert backend.run(x_q[:, :0]).shape == (2, 0)
    np.testing.assert_array_equal(backend.run(x_q), backend.run(x_q))


def test_the_signal_passes_through_a_graph_without_stages(tmp_path: Path) -> None:
    graph = Graph("wire", (Input("x", 2, signed(16, 15)), Output("y", "x")), 0)
    assert_equal_everywhere(model_of(graph), prepared(model_of(graph), CBackend("gcc", "O0", "table"), tmp_path))


def test_default_list_covers_compilers_levels_forms_and_sanitizers() -> None:
    names = [backend.name for backend in c_backends()]
    assert len(set(names)) == len(names) == 16
    assert {"c_gcc_O3_table", "c_clang_O0_basis", "c_gcc_sanitize_table", "c_gcc_O3_banked_basis", "avx512_gcc"} <= set(
        names
    )


def test_missing_compiler_is_named() -> None:
    assert CBackend("no-such-cc", "O0", "table").unavailable() == "no-such-cc is not installed"


def test_code_that_does_not_compile_is_a_one_line_error(tmp_path: Path) -> None:
    bundle = bundle_of(demo_model(M_a=1), tmp_path / "bundle")
    source = bundle / "c" / "demo.c"
    source.write_text(source.read_text() + "int broken(void) { return missing; }\n")
    require("gcc")
    with pytest.raises(BundleError, match=r"^c_gcc_O0_table: gcc refuses the C code: .*demo\.c.*error"):
        CBackend("gcc", "O0", "table").prepare(bundle, tmp_path)


def test_a_sanitizer_finding_is_a_mismatch_with_its_first_line(tmp_path: Path) -> None:
    bundle = bundle_of(demo_model(M_a=1), tmp_path / "bundle")
    source = bundle / "c" / "demo.c"
    text = source.read_text()
    narrowed = text.replace("const int32_t acc0 =", "const int32_t acc0 = INT32_C(2147483647) +", 1)
    assert narrowed != text
    source.write_text(narrowed)
    backend = CBackend("gcc", "sanitize", "table")
    reason = backend.unavailable()
    if reason:
        missing(reason)
    backend.prepare(bundle, tmp_path)
    with pytest.raises(MismatchError, match=r"^c_gcc_sanitize_table: .*runtime error: signed integer overflow"):
        backend.run(full_scale_noise(500))


def test_input_of_another_shape_or_width_is_refused(tmp_path: Path) -> None:
    backend = prepared(demo_model(M_a=1), CBackend("gcc", "O0", "table"), tmp_path)
    with pytest.raises(InputError, match=r"input of shape \(3, 5\); expected \[2, n_samples\]"):
        backend.run(np.zeros((3, 5), dtype=np.int64))
    with pytest.raises(InputError, match=r"lies outside \[-32768, 32767\]"):
        backend.run(np.full((2, 5), 32768, dtype=np.int64))


def test_make_test_replays_golden_vectors_and_fails_on_a_changed_one(tmp_path: Path) -> None:
    for tool in ("make", "cc"):
        require(tool)
    model = demo_model(M_a=2)
    bundle = bundle_of(model, tmp_path)
    x_q = stimulus(model.graph)[:, :1400]
    expected = expected_nodes(model.graph, x_q)["y"].astype(np.int32)
    (tmp_path / "golden").mkdir()
    np.save(tmp_path / "golden" / "stimulus.npy", x_q.astype(np.int32))
    np.save(tmp_path / "golden" / "expected.npy", expected)
    make = ["make", "-C", str(bundle / "c"), "CFLAGS=-O1", "FORM=PIM_BASIS", "test"]
    good = subprocess.run(make, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert good.stdout.count("samples=1400 mismatches=0") == 4
    expected[1, 77] += 1
    np.save(tmp_path / "golden" / "expected.npy", expected)
    bad = subprocess.run(make, capture_output=True, text=True, check=False)
    assert bad.returncode != 0
    assert f"first mismatch: channel 1, sample 77, expected {expected[1, 77]}, got {expected[1, 77] - 1}" in bad.stdout


def test_raw_interleaved_files_and_bad_usage(tmp_path: Path) -> None:
    model = demo_model(M_a=1)
    backend = prepared(model, CBackend("gcc", "sanitize", "table"), tmp_path)
    harness = tmp_path / backend.name / "harness"
    x_q = stimulus(model.graph)[:, :300]
    (tmp_path / "x.raw").write_bytes(x_q.T.astype("<i2").tobytes())
    raw = [harness, "--interleaved", "--block", "7", tmp_path / "x.raw", tmp_path / "y.raw"]
    assert subprocess.run(raw, check=False).returncode == 0
    y_q = np.frombuffer((tmp_path / "y.raw").read_bytes(), dtype="<i2").reshape(-1, 2).T
    np.testing.assert_array_equal(y_q, backend.run(x_q))
    for arguments in (
        [],
        ["--block", "0", "a", "b"],
        ["no-such-file", "b"],
        ["--what", "a", "b"],
        ["--trace", "a", "b"],
    ):
        ran = subprocess.run([harness, *arguments], capture_output=True, text=True, check=False)
        assert ran.returncode == 2, arguments
        assert ran.stderr.startswith("demo_harness: "), ran.stderr
        assert ran.stderr.count("\n") == 1
