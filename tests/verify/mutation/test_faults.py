"""The faults themselves: each rule in NumPy, C and ONNX gives the same integers; survivors are judged by every argument."""

import itertools
import shutil
import subprocess

import numpy as np
import onnx
import onnxruntime
import pytest
from demo_graphs import GRAPHS
from demo_models import signed
from onnx import TensorProto, helper

from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Convolution,
    Input,
    IntTable,
    Magnitude,
    MagnitudeKind,
    Output,
    Piecewise,
    Requantize,
)
from pimdeploy.verify.mutation.c_rules import function_of
from pimdeploy.verify.mutation.c_source import CSource, macros, tables, value_of
from pimdeploy.verify.mutation.equivalence import verdict
from pimdeploy.verify.mutation.mutant import Kind
from pimdeploy.verify.mutation.onnx_file import OnnxFile
from pimdeploy.verify.mutation.onnx_rules import follow
from pimdeploy.verify.mutation.rules import Narrowing, accumulator_faults, requantizer_faults
from pimdeploy.verify.mutation.table_faults import table_faults
from pimdeploy.verify.ranges.requantizing import Requantizing

VALUES = np.concatenate([np.arange(-300, 301), np.array([-(1 << 40), -98_765, 98_765, 1 << 40])]).astype(np.int64)
RULES = [
    *(
        Requantizing(shift, rounding, overflow, 6, -32, 31, extra)
        for shift, rounding, overflow, extra in itertools.product((-2, 0, 3), Rounding, (None, *Overflow), (0, 1))
    ),
    Narrowing(5),
    Narrowing(16),
]


def of_page(value, rule):
    """docs/spec/fixed_point.md, sections 3 to 5, in Python integers."""
    if isinstance(rule, Narrowing):
        return (value + (1 << rule.bits - 1)) % (1 << rule.bits) - (1 << rule.bits - 1)
    v, s = value + rule.extra, rule.shift
    half = 1 << s - 1 if s > 0 else 0
    rounded = {
        Rounding.FLOOR: lambda: v // 2**s,
        Rounding.HALF_UP: lambda: (v + half) // 2**s,
        Rounding.HALF_EVEN: lambda: round(v / 2**s),
        Rounding.HALF_AWAY: lambda: (abs(v) + half) // 2**s * (1 if v >= 0 else -1),
    }
    y = v * 2**-s if s <= 0 else rounded[rule.rounding]()
    if rule.overflow is None:
        return y
    return min(max(y, -32), 31) if rule.overflow is Overflow.SATURATE else (y + 32) % 64 - 32


EXPECTED = [[of_page(int(v), rule) for v in VALUES] for rule in RULES]


def test_rules_in_numpy():
    assert [rule.apply(VALUES).tolist() for rule in RULES] == EXPECTED


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
def test_rules_in_c(tmp_path):
    functions = "\n".join(function_of(f"rule{k}", rule) for k, rule in enumerate(RULES))
    rows = "\n".join(
        f'for (size_t i = 0; i < n; ++i) printf("%lld ", (long long)rule{k}(v[i])); puts("");'
        for k in range(len(RULES))
    )
    values = ", ".join(f"INT64_C({v})" for v in VALUES)
    text = (
        f"#include <stdint.h>\n#include <stdio.h>\n{functions}\nint main(void) {{\n"
        f"static const int64_t v[] = {{{values}}};\nconst size_t n = sizeof v / sizeof *v;\n{rows}\nreturn 0; }}\n"
    )
    (tmp_path / "rules.c").write_text(text)
    program = str(tmp_path / "rules")
    subprocess.run(["gcc", "-std=c99", "-o", program, str(tmp_path / "rules.c")], check=True)
    lines = subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()
    assert [[int(v) for v in line.split()] for line in lines] == EXPECTED


def test_rules_in_onnx():
    """All rules in one file, each on the output of an Identity whose result it spoils."""
    ports = [helper.make_tensor_value_info(f"y{k}", TensorProto.INT64, ["n"]) for k in range(len(RULES))]
    nodes = [helper.make_node("Identity", ["v"], [f"y{k}"], name=f"r{k}/Identity") for k in range(len(RULES))]
    graph = helper.make_graph(nodes, "rules", [helper.make_tensor_value_info("v", TensorProto.INT64, ["n"])], ports)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    got = []
    for k, rule in enumerate(RULES):
        data = OnnxFile(model).altered(
            lambda file, k=k, rule=rule: file.replace_result(
                f"y{k}", lambda steps: follow(steps, rule, steps.integers("v"))
            )
        )
        onnx.checker.check_model(onnx.load_model_from_string(data), full_check=True)
        session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
        got.append(session.run([f"y{k}"], {"v": VALUES})[0].tolist())
    assert got == EXPECTED


def test_table_faults_change_what_is_read_and_stay_within_the_table_s_word():
    table = np.array([[0, 0, 5, -127], [0, 0, 5, -127], [3, 0, 5, 9]])
    acts = np.ones(table.shape, dtype=np.bool_)
    acts[:2, 3] = False
    found = dict(table_faults(table, acts))
    assert list(found) == ["the largest entry 9 one off", "columns 0 and 1 exchanged", "rows 1 and 2 exchanged"]
    assert found["the largest entry 9 one off"][2, 3] == 8
    assert found["columns 0 and 1 exchanged"].tolist()[2] == [0, 3, 5, 9]
    assert all(changed.shape == table.shape and abs(changed).max() <= 127 for changed in found.values())
    assert list(table_faults(table, np.zeros(table.shape, dtype=np.bool_))) == []


C_TEXT = """\
#include "m.h"
#define M_A_SHIFT 3 /* not an integer alone */
#define M_B_MIN (-INT32_C(2147483647) - 1)
static const int16_t M_K_TAPS[2][2] = {
    {1, -2},
    {INT64_C(-5), (-INT64_C(9223372036854775807) - 1)}
};
/* static void twice(void) { wrong(); } */
static void twice(int a)
{
    for (int n = 0; n < a; ++n) {
        const int b = a + 1; /* ; */
        c[n] = f(b, n);
    }
}
"""


def test_c_is_read_as_statements_tables_and_macros():
    source = CSource(C_TEXT)
    statements = source.statements("twice")
    assert [statement.text for statement in statements] == ["const int b = a + 1", "c[n] = f(b, n)"]
    assert tables(C_TEXT)["M_K_TAPS"].values.tolist() == [[1, -2], [-5, -(1 << 63)]]
    assert {name: value for name, (value, _) in macros(C_TEXT).items()} == {"M_B_MIN": -(1 << 31)}
    assert [value_of(text) for text in ("7", "(-7)", "INT64_C(9)", "x + 1")] == [7, -7, 9, None]


def test_an_edited_file_differs_in_its_edits():
    source, table = CSource(C_TEXT), tables(C_TEXT)["M_K_TAPS"]
    changed = table.values.copy()
    changed[0, 1] = 4
    text = source.edited([*table.edits(changed), source.statements("twice")[1].replaced("g()")], "int more;").decode()
    assert tables(text)["M_K_TAPS"].values.tolist() == changed.tolist()
    assert [statement.text for statement in CSource(text).statements("twice")] == ["const int b = a + 1", "g()"]
    assert text.startswith('#include "m.h"\n\nint more;\n')


# --- survivors -------------------------------------------------------------------------------------------------------


def requantized(*before, source, fmt, rounding=Rounding.HALF_UP, bits=16):
    nodes = (Input("x", 2, signed(bits, bits - 1)), *before, Requantize("r", source, fmt, rounding), Output("y", "r"))
    return Graph("part", nodes, 0)


def verdicts(graph, reached=(-(1 << 62), 1 << 62)):
    bounds = check(graph)
    node = graph.node("r")
    return {f.what: verdict(f.effect, graph, bounds, reached) for f in requantizer_faults(node, bounds)}


def test_every_value_of_an_earlier_node_is_tried():
    """Slopes of 64 make every argument a multiple of 64, half an LSB of the result: ties there are, none is next to one."""
    function = Piecewise("f", "x", IntTable(np.full((1, 4), 64)), signed(8, 7), 13)
    found = verdicts(requantized(function, source="f", fmt=signed(18, 15)))
    reason = "equal for each of the 65536 integers that f takes over all values of x"
    assert (found["one more before the shift"].is_equivalent, found["one more before the shift"].reason) == (
        True,
        reason,
    )
    assert not found["half_up became half_even"].is_equivalent


def test_rests_decide_a_rounding_over_any_domain():
    """Of two squares no sum leaves the rest 3 modulo 4, and none is negative."""
    graph = requantized(Magnitude("m", "x", MagnitudeKind.SQUARE), source="m", fmt=signed(20, 22))
    found = verdicts(graph)
    assert found["half_up became half_away"].is_equivalent
    assert found["one more before the shift"].is_equivalent
    assert found["half_up became floor"].reason.startswith("it would differ at ")


def test_a_bound_that_no_value_reaches_makes_saturation_none():
    """A row and its negative: their difference is proven for independent channels, and they are no such."""
    taps = Convolution("k", "x", IntTable(np.array([[[127], [0]], [[127], [0]]])), signed(8, 7))
    a = Requantize("a", "k", signed(18, 15))
    difference = Convolution("d", "a", IntTable(np.array([[[127], [-127]], [[1], [0]]])), signed(8, 7))
    graph = requantized(taps, a, difference, source="d", fmt=signed(16, 15))
    found = verdicts(graph)
    assert found["saturate became wrap"].is_equivalent
    assert "for every value of" in found["saturate became wrap"].reason


def test_what_no_known_input_reaches_is_out_of_reach_and_no_equivalent():
    graph = GRAPHS["even"]()
    bounds = check(graph)
    effect = next(f.effect for f in requantizer_faults(graph.node("v"), bounds) if f.kind is Kind.SATURATION)
    near, far = verdict(effect, graph, bounds, (-1000, 1000)), verdict(effect, graph, bounds, (-3_000_000, 1000))
    assert (near.is_equivalent, near.is_out_of_reach) == (False, True)
    assert (far.is_equivalent, far.is_out_of_reach) == (False, False)
    assert near.reason.startswith("no input is known that drives Psi out of [")


def test_an_accumulator_is_narrowed_below_what_is_in_use():
    graph = requantized(Magnitude("m", "x", MagnitudeKind.SQUARE), source="m", fmt=signed(20, 22))
    found = list(accumulator_faults(graph.node("m"), check(graph), (0, 1 << 30)))
    assert [(fault.what, fault.rule.bits) for fault in found] == [
        ("accumulator of 32 bits in use became one of 16", 16),
        ("accumulator of 32 bits in use became one of 31", 31),
    ]
