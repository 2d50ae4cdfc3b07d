"""Every rule of docs/spec/datapath.md, section 5: a graph that breaks it is refused in one line."""

import re
from dataclasses import replace

import pytest
from demo_models import demo_model, signed

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.check import check
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
from pimdeploy.errors import GraphError, OverflowRefusedError

X = Input("x", 2, signed(16, 15))
W = Convolution("W", "x", IntTable([[[1], [2]], [[3], [4]]]), signed(4, 3))
C = Convolution("C", "x", IntTable([[[[1, 2], [3, 4]]]]), signed(4, 3), is_complex=True)
F = Piecewise("f", "x", IntTable([[1, 2]]), signed(4, 3), 3)
Z = Requantize("z", "x", signed(16, 15))
Y = Output("y", "x")


def graph_of(*nodes: Node, delay_samples: int = 0) -> Graph:
    return Graph("g", nodes, delay_samples)


def with_node(node: Node) -> Graph:
    return graph_of(X, node, Y)


BROKEN = {
    "no identifier": (graph_of(replace(X, name="1x")), "node '1x': not a C identifier; rename it"),
    "underscore first": (graph_of(replace(X, name="_x")), "node '_x': not a C identifier; rename it"),
    "newline in name": (graph_of(replace(X, name="x\n")), "node 'x\\n': not a C identifier; rename it"),
    "name taken": (with_node(replace(Z, name="X")), "node 'X': the name is taken (case does not count); rename it"),
    "source behind": (with_node(replace(Z, source="y")), "node 'z': its source 'y' does not stand before it"),
    "source itself": (with_node(replace(Z, source="z")), "node 'z': its source 'z' does not stand before it"),
    "two inputs": (graph_of(X, replace(X, name="x2"), Y), "graph 'g': 2 Input nodes; expected one"),
    "no output": (graph_of(X, Z), "graph 'g': 0 Output nodes; expected one"),
    "crowd": (graph_of(replace(X, channels=1 << 17), Y), "node 'x': 131072 channels; expected at most 65536"),
    "long delay": (
        with_node(Delay("d", "x", 1 << 40)),
        "node 'd': keeps 2199023255552 values of the past; expected at most 16777216",
    ),
    "long memory": (
        with_node(replace(W, taps=IntTable([[[1, 1]] * 2] * 2), dilation=1 << 30)),
        "node 'W': keeps 2147483648 values of the past; expected at most 16777216",
    ),
    "segments without end": (
        with_node(replace(F, segment_log2=1 << 40)),
        "node 'f': 2 segments of 2^1099511627776 LSB; their knots leave the carrier",
    ),
    "nothing": (graph_of(), "graph 'g': 0 Input nodes; expected one"),
    "output not last": (graph_of(X, Y, Z), "graph 'g': expected the Input first and the Output last"),
    "negative delay": (graph_of(X, Y, delay_samples=-1), "graph 'g': delay of -1 samples; expected 0 or more"),
    "odd channels": (graph_of(replace(X, channels=3), Y), "node 'x': 3 channels; expected pairs of I and Q"),
    "no channels": (graph_of(replace(X, channels=0), Y), "node 'x': 0 channels; expected pairs of I and Q"),
    "fewer channels read": (
        with_node(replace(W, taps=IntTable([[[1]]]))),
        "node 'W': reads 1 channels, 'x' gives 2",
    ),
    "more channels read": (
        with_node(replace(W, taps=IntTable([[[1], [1], [1]]]))),
        "node 'W': reads 3 channels, 'x' gives 2",
    ),
    "groups": (
        with_node(replace(W, taps=IntTable([[[1]], [[1]], [[1]]]), groups=2)),
        "node 'W': 3 outputs do not divide into 2 groups",
    ),
    "no groups": (with_node(replace(W, groups=0)), "node 'W': 2 outputs do not divide into 0 groups"),
    "dilation": (with_node(replace(W, dilation=0)), "node 'W': dilation 0; expected 1 or more"),
    "bias": (
        with_node(replace(W, bias=IntTable([1, 2, 3]))),
        "node 'W': bias of shape [3]; expected [2]",
    ),
    "real taps": (with_node(replace(W, taps=C.taps)), "node 'W': taps of shape [1, 1, 2, 2]; expected [out, in, K]"),
    "complex taps": (with_node(replace(C, taps=W.taps)), "node 'C': taps of shape [2, 2, 1]; expected [out, in, 2, K]"),
    "three parts of a tap": (
        with_node(replace(C, taps=IntTable([[[[1], [1], [1]]]]))),
        "node 'C': taps of shape [1, 1, 3, 1]; expected [out, in, 2, K]",
    ),
    "no taps": (
        with_node(replace(W, taps=IntTable([[[], []]]))),
        "node 'W': taps of shape [1, 2, 0]; expected [out, in, K]",
    ),
    "tap not negatable": (
        with_node(replace(W, taps=IntTable([[[-8], [1]]]))),
        "node 'W': taps in [-8, 1] leave the narrow range of s4.3",
    ),
    "tap too large": (
        with_node(replace(W, taps=IntTable([[[8], [1]]]))),
        "node 'W': taps in [1, 8] leave the narrow range of s4.3",
    ),
    "tables": (
        with_node(replace(F, slopes=IntTable([[1], [2], [3]]))),
        "node 'f': 3 rows for 1 outputs and 2 channels; expected as many rows as outputs times a divisor of the channels",
    ),
    "flat slopes": (
        with_node(replace(F, slopes=IntTable([1, 2]))),
        "node 'f': slopes of shape [2]; expected [rows, segments]",
    ),
    "no segments": (
        with_node(replace(F, slopes=IntTable([[]]))),
        "node 'f': slopes of shape [1, 0]; expected [rows, segments]",
    ),
    "fine knots": (
        with_node(replace(F, segment_log2=-1)),
        "node 'f': segments of 2^-1 LSB; the knots are finer than the input; give 'x' more bits or the function fewer knots",
    ),
    "far knots": (
        with_node(replace(F, segment_log2=62)),
        "node 'f': 2 segments of 2^62 LSB; their knots leave the carrier",
    ),
    "far last knot": (
        with_node(replace(F, slopes=IntTable([[1] * 9]), segment_log2=60)),
        "node 'f': 9 segments of 2^60 LSB; their knots leave the carrier",
    ),
    "slope not negatable": (
        with_node(replace(F, slopes=IntTable([[-8, -8]]))),
        "node 'f': slopes in [-8, -8] do not fit s4.3",
    ),
    "weight too large": (
        with_node(replace(F, slopes=IntTable([[-4, 4]]))),
        "node 'f': weights in [-4, 8] do not fit s4.3",
    ),
    "right shift": (
        with_node(replace(Z, format=signed(16, 15 - 63))),
        "node 'z': shift by 63; expected less than the carrier's 63 bits",
    ),
    "left shift": (
        with_node(replace(Z, format=signed(16, 15 + 63))),
        "node 'z': shift by -63; expected less than the carrier's 63 bits",
    ),
    "negative delay of a path": (with_node(Delay("d", "x", -1)), "node 'd': a delay of -1 samples; expected 0 or more"),
    "unequal delays": (
        graph_of(X, Delay("d", "x", 2), Multiply("m", "x", "d"), Y),
        "node 'm': its operands are delayed by unequal samples: 'x' by 0, 'd' by 2; add a Delay",
    ),
    "unequal channels": (
        graph_of(X, Select("s", "x", (0,)), Add("a", ("x", "s")), Y),
        "node 'a': expected two or more operands with equal channels: 'x' has 2, 's' has 1",
    ),
    "one operand": (with_node(Concatenate("c", ("x",))), "node 'c': 1 operands; expected two or more"),
    "channel out of range": (with_node(Select("s", "x", (0, 2))), "node 's': channels [0, 2]; expected some of 0..1"),
    "steep rectifier": (with_node(Rectify("r", "x", 63)), "node 'r': slope 2^-63; expected 2^-0 to 2^-62"),
    "magnitude of one channel": (
        graph_of(X, Select("s", "x", (0,)), Magnitude("m", "s"), Y),
        "node 'm': 1 channels; expected pairs of I and Q",
    ),
    "root with coefficients": (
        with_node(Magnitude("m", "x", alpha=1)),
        "node 'm': sqrt takes no coefficients, got (1, 0, 0)",
    ),
    "no coefficients": (
        with_node(Magnitude("m", "x", MagnitudeKind.ALPHA_BETA)),
        "node 'm': alpha, beta, fraction bits (0, 0, 0); expected alpha > 0, none below 0",
    ),
    "unsigned argument": (
        graph_of(X, Magnitude("m", "x"), replace(F, source="m"), Y),
        "node 'f': odd reads u16.15; expected a signed format",
    ),
    "signed index": (
        with_node(replace(F, symmetry=Symmetry.INDEX)),
        "node 'f': index reads s16.15; expected an unsigned format",
    ),
    "odd base": (
        with_node(replace(F, first_bases=IntTable([1]))),
        "node 'f': first bases of shape [1] for odd",
    ),
    "wide output": (
        graph_of(X, replace(Z, format=signed(33, 15)), Output("y", "z")),
        "node 'y': 33 bits; expected 1 to 32",
    ),
}


@pytest.mark.parametrize(("graph", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_refused(graph, message):
    with pytest.raises(GraphError, match=f"^{re.escape(message)}$"):
        check(graph)


@pytest.mark.parametrize("node", [W, C, F, Z, replace(W, bias=IntTable([1, 2])), replace(F, segment_log2=61)])
def test_the_same_graphs_unbroken_are_accepted(node):
    graph = with_node(node)
    assert check(graph) == propagate(graph)


@pytest.mark.parametrize("acc_bits", [18, 19, 32])
def test_an_accumulator_wider_than_allowed_names_node_and_bits(acc_bits):
    """3 * 2^15 + 4 * 2^15 = 7 * 2^15 below zero: 19 bits."""
    if acc_bits >= 19:
        assert check(with_node(W), acc_bits)["W"].acc_bits == 19
        return
    message = (
        "node 'W': its accumulator needs 19 bits, 1 more than the 18 allowed; "
        "give its weights or input fewer bits, or raise datapath.acc_bits"
    )
    with pytest.raises(OverflowRefusedError, match=f"^{re.escape(message)}$"):
        check(with_node(W), acc_bits)


def test_the_basis_form_counts_too():
    """Slopes that alternate in sign keep the table small while the basis form's partial sums grow."""
    node = Piecewise("f", "x", IntTable([[100, -100, 100, -100] * 4]), signed(9, 0), 11)
    bounds = propagate(with_node(node))["f"]
    assert bounds.basis_acc_bits > bounds.acc_bits
    assert check(with_node(node), bounds.basis_acc_bits)
    missing = bounds.basis_acc_bits - bounds.acc_bits
    with pytest.raises(OverflowRefusedError, match=rf"^node 'f': its accumulator needs .* {missing} more than the"):
        check(with_node(node), bounds.acc_bits)


def test_a_lag_is_no_misalignment():
    lagging = (X, Delay("d", "x", 2, lag=True), Multiply("m", "x", "d"), Requantize("z", "m", signed(16, 15)))
    assert check(graph_of(*lagging, Output("y", "z")))["d"].ranges == ((-32768, 32767),) * 2


def test_what_no_integer_holds_is_refused():
    wide = Input("x", 2, signed(40, 0))
    node = Convolution("W", "x", IntTable([[[2**29], [2**29]]]), signed(31, 0))
    with pytest.raises(OverflowRefusedError, match=r"^node 'W': its result needs 70 bits, 6 more than the 64"):
        check(graph_of(wide, node, Y))


def test_the_network_passes_and_its_unsigned_variant_too():
    graph = demo_model().graph
    assert set(check(graph)) == {node.name for node in graph.nodes}
    unsigned = replace(X, format=QFormat(False, 16, 16))
    assert check(graph_of(unsigned, W, Y))["W"].ranges == ((0, 3 * 65535), (0, 7 * 65535))
