"""The text of the emitted C: what stands in it, that it is the same every time, and that every compiler is content."""

import hashlib
import platform
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from demo_models import demo_model, signed
from disassembled import counts_in_stages
from tools import succeeded

from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Requantize
from pimdeploy.emit.c.code import emit_c
from pimdeploy.emit.c.tables import literal, safe
from pimdeploy.emit.onnx.float import emit_onnx_float
from pimdeploy.errors import GraphError

STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wpedantic", "-Werror"]


def text_of(files: dict[str, bytes], path: str) -> str:
    return files[path].decode("ascii")


def written(files: dict[str, bytes], folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder / "c"


def check_compiles(command: list[str], folder: Path) -> None:
    succeeded(command, folder)


def model_with(graph: Graph):
    return replace(demo_model(M_a=1), graph=graph)


def test_same_model_gives_the_same_bytes() -> None:
    assert emit_c(demo_model(M_a=2)) == emit_c(demo_model(M_a=2))


def test_files_are_below_c_and_include_only_each_other() -> None:
    files = emit_c(demo_model())
    binary = {"c/demo_weights.bin"}
    assert {"c/demo.c", "c/demo.h", "c/demo_weights.h", "c/demo_harness.c", "c/Makefile"} | binary <= set(files)
    for path, data in files.items():
        for included in re.findall(rb'#include "([^"]+)"', data):
            assert f"c/{included.decode()}" in files, f"{path} includes {included!r}"


def test_weights_header_holds_the_tables_and_the_hash_of_the_graph() -> None:
    model = demo_model(M_a=3)
    text = text_of(emit_c(model), "c/demo_weights.h")
    digest = hashlib.sha256(to_json(model.graph).encode())
    for name, values in sorted(tables(model.graph).items()):
        digest.update(f"{name}{list(values.shape)}".encode() + values.astype("<i8").tobytes())
        if not name.endswith(("slopes", "bases", "weights")):
            continue
        body = re.search(rf"_{name.split('.')[1].upper()}\[1\]\[16\] = (\{{.*?\}});", text, re.S)
        assert body is not None
        assert [int(v) for v in re.findall(r"-?\d+", body[1])] == values.ravel().tolist()
    assert f'#define DEMO_GRAPH_SHA256 "{digest.hexdigest()}"' in text
    assert "static const int16_t DEMO_K_TAPS[1][1][2][7]" in text
    assert text.count("#ifndef DEMO_WEIGHTS_H") == 1


def test_hash_changes_with_one_tap() -> None:
    model = demo_model(M_a=1)
    convolution = model.graph.node("K")
    taps = convolution.taps.array.copy()
    taps[0, 0, 0, 0] += 1
    nodes = tuple(replace(n, taps=IntTable(taps)) if n.name == "K" else n for n in model.graph.nodes)
    other = replace(model, graph=replace(model.graph, nodes=nodes))
    hashes = {re.search(r'SHA256 "(\w{64})"', text_of(emit_c(m), "c/demo_weights.h"))[1] for m in (model, other)}
    assert len(hashes) == 2


def test_code_has_no_floating_point_and_no_allocation() -> None:
    files = emit_c(demo_model())
    for path, data in files.items():
        if path.endswith((".c", ".h")) and "harness" not in path:
            code = re.sub(r"/\*.*?\*/", "", data.decode("ascii"), flags=re.S)
            assert not re.search(r"\b(float|double|malloc|calloc)\b|\d\.\d", code), path


def test_receive_filter_and_preprocessing_stand_in_a_comment_that_nothing_ends() -> None:
    model = demo_model(M_a=1)
    constants = {"note": "odd */ text", "gain": np.float64(0.25), "taps": np.array([1.5, 2.5])}
    text = text_of(emit_c(replace(model, preprocessing=constants)), "c/demo_weights.h")
    comment = text[text.index("For information") :]
    assert "gain 0.25" in comment
    assert "taps [1.5, 2.5]" in comment
    assert "odd * / text" in comment
    assert "31 taps as (re, im)" in comment
    assert comment.count("*/") == 1


def test_default_form_follows_the_model_and_unknown_ones_are_refused() -> None:
    assert "#define PIM_PIECEWISE PIM_BASIS" in text_of(emit_c(demo_model(M_a=1, piecewise="basis")), "c/demo.c")
    with pytest.raises(GraphError, match=r"^model 'demo': form 'spline'; known: table, basis$"):
        emit_c(demo_model(M_a=1, piecewise="spline"))


def test_accumulators_take_the_narrowest_type_that_the_bounds_prove() -> None:
    narrow = text_of(emit_c(demo_model()), "c/demo.c")
    wide = text_of(emit_c(demo_model(weight_bits=24)), "c/demo.c")
    assert "const int32_t acc0" in narrow
    assert "const int64_t" not in narrow
    assert "const int64_t acc0" in wide
    # Two full-scale taps reach -2147418112 on the most negative code: a bias of -65536 just fits, one less does not.
    for bias, kind in ((-65536, "int32_t"), (-65537, "int64_t")):
        taps, biases = IntTable([[[32767], [32767]], [[1], [1]]]), IntTable([bias, 0])
        nodes = (
            Input("x", 2, signed(16, 15)),
            Convolution("P", "x", taps, signed(16, 15), biases),
            Requantize("z", "P", signed(16, 15)),
            Output("y", "z"),
        )
        assert f"const {kind} acc0" in text_of(emit_c(model_with(Graph("edge", nodes, 0))), "c/edge.c")


def test_formats_without_a_c_type_are_refused() -> None:
    def graph(fmt: QFormat, name: str = "big") -> Graph:
        nodes = (Input("x", 2, signed(16, 15)), Requantize("z", "x", fmt), Output("y", "z"))
        return Graph(name, nodes, 0)

    with pytest.raises(GraphError, match=r"must fit int32_t; give them fewer bits$"):
        emit_c(model_with(graph(QFormat(False, 32, 15))))
    with pytest.raises(
        GraphError, match=r"^graph 'pim_types': pim_types\.h is the name of a kernel; rename the model$"
    ):
        emit_c(model_with(graph(signed(16, 15), "pim_types")))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, "5"),
        (-5, "(-5)"),
        (-(1 << 31), "(-INT32_C(2147483647) - 1)"),
        (1 << 31, "INT64_C(2147483648)"),
        (40000, "INT32_C(40000)"),
        (-(1 << 63), "(-INT64_C(9223372036854775807) - 1)"),
    ],
)
def test_literals(value: int, expected: str) -> None:
    assert literal(value) == expected


def test_comments_are_made_safe() -> None:
    assert safe("a */ b /* c ??/ ü \\") == "a * / b / * c ? ?/ \\xfc "


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-O3"])
def test_compiles_without_a_warning(compiler: str, level: str, tmp_path: Path) -> None:
    folder = written(emit_c(demo_model(M_a=2, M_N=2)), tmp_path)
    for form in ("PIM_TABLE", "PIM_BASIS"):
        flags = ["-std=c99", level, *STRICT, f"-DPIM_PIECEWISE={form}"]
        check_compiles([compiler, *flags, "-c", "demo.c", "-o", "demo.o"], folder)
    for defines in (["-DPIM_TRACE"], ["-DPIM_BANKED", "-DPIM_TRACE"]):
        build = ["-std=c99", level, *STRICT, *defines, "demo.c", "demo_harness.c", "-o", "demo"]
        check_compiles([compiler, *build], folder)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("taps", [67, 68])
def test_long_kernels_and_wide_vectors_compile_without_a_warning(compiler: str, taps: int, tmp_path: Path) -> None:
    folder = written(emit_c(demo_model(M_a=2, M_K=taps, N=80)), tmp_path)
    flags = ["-std=c99", "-O3", "-march=native", *STRICT, "-DPIM_PIECEWISE=PIM_BASIS"]
    check_compiles([compiler, *flags, "-c", "demo.c", "-o", "demo.o"], folder)


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
@pytest.mark.parametrize("build", [["-std=c++11", "-DPIM_BANKED"], ["-std=c++17"]])
def test_headers_are_cpp_too(compiler: str, build: list[str], tmp_path: Path) -> None:
    folder = written(emit_c(demo_model(M_a=2, weight_bits=24)), tmp_path)
    for header in sorted(folder.glob("*.h")):
        (folder / "one.cpp").write_text(f'#include "{header.name}"\n#include "{header.name}"\n')
        check_compiles([compiler, *build, *STRICT, "-fsyntax-only", "one.cpp"], folder)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("form", ["PIM_TABLE", "PIM_BASIS"])
def test_every_loop_over_samples_becomes_vectors(compiler: str, form: str, tmp_path: Path) -> None:
    """A filter of whose loop a compiler makes no vectors runs at a fifth of the speed, and nothing else shows it."""
    if platform.machine() != "x86_64":
        pytest.skip("AVX2 is x86-64's")
    folder = written(emit_c(demo_model()), tmp_path)
    flags = ["-std=c99", "-O3", "-march=x86-64-v3", f"-DPIM_PIECEWISE={form}"]
    check_compiles([compiler, *flags, "-c", "demo.c", "-o", "demo.o"], folder)
    found = counts_in_stages(folder / "demo.o", r"\bymm\d")
    assert found.keys() == {"u", "a", "c", "v", "z"}
    assert min(found.values()) >= 15, found


def test_c_and_onnx_carry_the_same_hash_of_the_graph() -> None:
    model = demo_model(M_a=2)
    header = emit_c(model)["c/demo_weights.h"].decode()
    metadata = {
        p.key: p.value for p in onnx.load_from_string(emit_onnx_float(model)["onnx/model_float.onnx"]).metadata_props
    }
    assert f'#define DEMO_GRAPH_SHA256 "{metadata["graph_sha256"]}"' in header
