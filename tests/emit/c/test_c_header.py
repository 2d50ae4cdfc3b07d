"""<name>_weights.h alone: what stands in it, and that a kernel written from it and nothing else computes the same."""

import re
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from compiled import expected_nodes, model_of, stimulus
from demo_graphs import GRAPHS
from demo_models import demo_model, signed
from tools import succeeded

from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import Graph, to_json
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Add, Concatenate, Convolution, Input, IntTable, Output, Piecewise, Requantize
from pimdeploy.emit.c.code import emit_c
from pimdeploy.errors import GraphError

OWN_KERNEL = Path(__file__).with_name("own_kernel.c")
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Wpedantic", "-Werror"]


def header_of(model: Model) -> str:
    return emit_c(model)[f"c/{model.graph.name}_weights.h"].decode("ascii")


def macros_of(text: str) -> dict[str, int]:
    """Every macro that is an integer, by name."""
    found = {}
    for name, body in re.findall(r"^#define (\w+) (\S.*)$", text, re.MULTILINE):
        plain = re.sub(r"U?INT\d+_C\((-?\d+)\)", r"\1", body).strip("()").replace("(", "").replace(")", "")
        if re.fullmatch(r"-?\d+( - 1)?", plain):
            first, _, less = plain.partition(" - ")
            found[name] = int(first) - int(less or 0)
    return found


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"weight_bits": 8, "activation_bits": 12, "rounding": Rounding.HALF_EVEN},
        {"weight_bits": 12, "rounding": Rounding.HALF_AWAY, "overflow": Overflow.WRAP},
        {"rounding": Rounding.FLOOR, "M_a": 3},
    ],
)
def test_a_kernel_written_from_the_header_alone_computes_the_same(fields: dict, tmp_path: Path) -> None:
    model = demo_model(**fields)
    (tmp_path / "demo_weights.h").write_text(header_of(model))
    program = tmp_path / "own"
    succeeded(["gcc", "-std=c99", "-O1", f"-I{tmp_path}", str(OWN_KERNEL), "-o", str(program)])
    x_q = stimulus(model.graph)[:, :1500]
    lines = "\n".join(f"{i} {q}" for i, q in x_q.T.tolist())
    printed = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout
    got = np.array([[int(v) for v in line.split()] for line in printed.splitlines()]).T
    np.testing.assert_array_equal(got, expected_nodes(model.graph, x_q)["y"])


@pytest.mark.parametrize("name", GRAPHS)
def test_every_node_states_its_format_its_bounds_and_its_shifts(name: str) -> None:
    graph = GRAPHS[name]()
    macros = macros_of(header_of(model_of(graph)))
    bounds = {node.name: bound for node, bound in zip(graph.nodes, bounds_of(graph), strict=True)}
    for node in graph.nodes:
        prefix, bound = f"{graph.name}_{node.name}".upper(), bounds[node.name]
        assert macros[f"{prefix}_CHANNEL_COUNT"] == len(bound.ranges)
        assert (macros[f"{prefix}_BITS"], macros[f"{prefix}_FRAC"]) == (bound.format.bits, bound.format.frac)
        assert (macros[f"{prefix}_ACC_MIN"], macros[f"{prefix}_ACC_MAX"]) == bound.accumulator
        for k, source in enumerate(node.sources if isinstance(node, Add | Concatenate) else ()):
            shift = bound.format.frac - bounds[source].format.frac
            assert macros[f"{prefix}_OPERAND{k}_SHIFT"] == shift
        if isinstance(node, Requantize):
            shift = bounds[node.source].format.frac - node.format.frac
            assert macros[f"{prefix}_SHIFT"] * (-1) ** macros[f"{prefix}_SHIFT_IS_LEFT"] == shift
            assert ["floor", "half_up", "half_even", "half_away"][macros[f"{prefix}_ROUNDING"]] == node.rounding
            assert ["saturate", "wrap"][macros[f"{prefix}_OVERFLOW"]] == node.overflow


def bounds_of(graph: Graph) -> list:
    from pimdeploy.datapath.bounds import propagate

    return list(propagate(graph).values())


@pytest.mark.parametrize(("bits", "kind"), [(8, "int8_t"), (12, "int16_t"), (16, "int16_t"), (24, "int32_t")])
def test_tables_take_the_type_of_their_word_length_whatever_they_hold(bits: int, kind: str) -> None:
    taps, slopes = IntTable([[[3], [0]], [[0], [-2]]]), IntTable([[1, 2, 1, 0]])
    nodes = (
        Input("x", 2, signed(16, 15)),
        Convolution("P", "x", taps, signed(bits, bits - 1), IntTable([1, -1])),
        Requantize("a", "P", signed(12, 11)),
        Piecewise("f", "a", slopes, signed(bits, bits - 1), 9),
        Requantize("z", "f", signed(16, 15)),
        Output("y", "z"),
    )
    text = header_of(model_of(Graph("types", nodes, 0)))
    assert f"static const {kind} TYPES_P_TAPS[2][2][1]" in text
    assert f"static const {kind} TYPES_F_WEIGHTS[1][4]" in text
    read = {"int8_t": "PIM_TABLE8", "int16_t": "PIM_TABLE16", "int32_t": "int32_t"}[kind]
    assert f"static const {read} TYPES_F_SLOPES[1][4]" in text
    assert "static const int32_t TYPES_P_BIAS[2]" in text


def test_memory_order_and_strides_are_stated() -> None:
    text = header_of(demo_model(M_a=3))
    assert (
        "taps [out / 2][in / 2 / groups][re, im][tap], tap 0 meets the newest sample; s16.14; strides 14, 14, 7, 1"
        in (text)
    )
    assert "SLOPES, WEIGHTS [function * outputs + result][segment]; s16.14; strides 16, 1" in text
    for words in ("[channel][sample], planar", "C order, the last index runs fastest", "(interleaved)", "I then Q"):
        assert words in text


def test_the_header_includes_the_standard_alone_and_has_no_floating_point_and_one_guard(tmp_path: Path) -> None:
    text = header_of(demo_model())
    assert set(re.findall(r"#include (\S+)", text)) == {"<stddef.h>", "<stdint.h>"}
    assert not re.search(r"\b(float|double)\b|\d\.\d", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    assert re.findall(r"#ifndef (DEMO_\w+)", text) == ["DEMO_WEIGHTS_H"]
    (tmp_path / "demo_weights.h").write_text(text)
    for compiler, language, suffix in (("gcc", "c99", "c"), ("g++", "c++11", "cpp"), ("clang", "c99", "c")):
        source = tmp_path / f"alone.{suffix}"
        source.write_text('#include "demo_weights.h"\n#include "demo_weights.h"\nint size(void);\n')
        succeeded([compiler, f"-std={language}", *STRICT, "-fsyntax-only", source.name], tmp_path)


def test_constants_of_the_preparation_are_exact_integers() -> None:
    constants = {"rx_gain": 1.8071256626, "first": 6, "clipped": np.int64(3), "source": "siso", "large": 2.0**40}
    text = header_of(replace(demo_model(M_a=1), preprocessing=constants, fs_hz=122.88e6 / 7))
    macros = macros_of(text)
    for key, value in {"RX_GAIN": 1.8071256626, "FS_HZ": 122.88e6 / 7, "LARGE": 2.0**40}.items():
        scaled = macros[f"DEMO_CAPTURE_{key}_MANTISSA"] * Fraction(2) ** macros[f"DEMO_CAPTURE_{key}_LOG2"]
        assert scaled == Fraction(value)
    assert (macros["DEMO_CAPTURE_FIRST"], macros["DEMO_CAPTURE_CLIPPED"]) == (6, 3)
    assert "DEMO_CAPTURE_SOURCE" not in text


def test_receive_filter_stands_there_in_integers() -> None:
    rng = np.random.default_rng(1)
    taps = rng.normal(size=33) * 0.2 + 1j * rng.normal(size=33) * 0.1
    text = header_of(replace(demo_model(M_a=1), receive_filter=taps))
    macros = macros_of(text)
    assert macros["DEMO_RECEIVE_FILTER_LENGTH"] == 33
    for part, values in (("RE", taps.real), ("IM", taps.imag)):
        body = re.search(rf"int32_t DEMO_RECEIVE_FILTER_{part}\[33\] = \{{(.*?)\}};", text, re.DOTALL)
        found = np.array([int(v) for v in re.findall(r"-?\d+", body[1])])
        assert np.abs(found * 2.0 ** -macros["DEMO_RECEIVE_FILTER_FRAC"] - values).max() <= 2.0**-31
        assert np.abs(found).max() < 1 << 31
    one = header_of(replace(demo_model(M_a=1), receive_filter=np.ones(1, dtype=np.complex128)))
    assert "DEMO_RECEIVE_FILTER_RE[1] = {1073741824}" in one
    assert "DEMO_RECEIVE_FILTER_IM" not in one
    assert "RECEIVE_FILTER" not in header_of(replace(demo_model(M_a=1), receive_filter=np.zeros(0, dtype=complex)))


def test_hashes_tell_weights_and_structure_apart() -> None:
    texts = [header_of(demo_model(seed=seed)) for seed in (1, 2)]
    graphs, structures = (
        {re.search(rf'{what}_SHA256 "(\w{{64}})"', text)[1] for text in texts} for what in ("GRAPH", "STRUCTURE")
    )
    assert len(graphs) == 2
    assert len(structures) == 1
    assert to_json(demo_model(seed=1).graph) == to_json(demo_model(seed=2).graph)


def test_nodes_whose_macros_would_meet_are_refused() -> None:
    nodes = (
        Input("x", 2, signed(16, 15)),
        Requantize("input", "x", signed(12, 10)),
        Requantize("z", "input", signed(16, 15)),
        Output("y", "z"),
    )
    with pytest.raises(GraphError, match=r"^graph 'g': two things would be called G_INPUT_BITS; rename a node$"):
        emit_c(model_of(Graph("g", nodes, 0)))
