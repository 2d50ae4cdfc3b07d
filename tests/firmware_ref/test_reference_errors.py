"""What is no signal and what is no graph is refused in one line that names the node."""

import numpy as np
import pytest
from reference_graphs import Sketch, canceller, every_kind, refusal

from firmware_ref import FirmwareReferenceError, Reference


def refused(sketch):
    return refusal(sketch.graph(), sketch.tables)


def with_node(kind, channels=2, **fields):
    sketch = Sketch(channels)
    sketch.add(kind, **fields)
    return sketch


def with_convolution(taps, channels=2, **facts):
    sketch = Sketch(channels)
    sketch.convolution(taps, **facts)
    return sketch


def with_function(slopes, m=4, symmetry="odd", channels=2, **facts):
    sketch = Sketch(channels)
    sketch.piecewise(slopes, m, symmetry, **facts)
    return sketch


def with_magnitude(*arguments, channels=2, **facts):
    sketch = Sketch(channels)
    sketch.magnitude(*arguments, **facts)
    return sketch


def with_requantize(*arguments, **facts):
    sketch = Sketch()
    sketch.requantize(*arguments, **facts)
    return sketch


ONES = np.ones((2, 2, 3), dtype=np.int64)


def test_signals():
    stream = canceller().reference()
    with pytest.raises(FirmwareReferenceError, match=r"^signal of shape \(3, 5\), int64; expected integers of shape"):
        stream.process(np.zeros((3, 5), dtype=np.int64))
    with pytest.raises(FirmwareReferenceError, match=r"float64; expected integers"):
        stream.process(np.zeros((2, 5)))
    with pytest.raises(FirmwareReferenceError, match=r"^sample 32768 outside \[-32768, 32767\]"):
        stream.process(np.array([[0, 32768], [0, 0]]))
    with pytest.raises(FirmwareReferenceError, match=r"^sample -32769 outside"):
        stream.trace(np.array([[0, 0], [0, -32769]]))


NODES = [
    (with_node("filter"), "unknown kind 'filter'; this reference is older than the bundle"),
    (with_requantize(16, 80), "shift by -65 bits; expected at most 62 either way"),
    (with_requantize(64, 65), "values in .* need 66 bits; expected at most 64"),
    (with_requantize(16, rounding="round"), "'round' is not a valid Rounding; export the bundle again"),
    (with_requantize(65), "a format of 65 bits; expected 1 to 64"),
    (with_requantize(64, 15, signed=False, overflow="wrap"), r"values in \[0, 18446744073709551615\] need 65 bits"),
    (with_convolution(ONES, groups=2), "taps for 2 outputs and 2 groups of 2 inputs; the source has 2 channels"),
    (with_convolution(ONES, dilation=0), "dilation 0; expected 1 or more"),
    (with_convolution(ONES, bias=[1, 2, 3]), r"bias of shape \[3\]; expected \[2\]"),
    (with_convolution(ONES[0]), r"taps of shape \[2, 3\]; expected \[out, in / groups, K\]"),
    (with_convolution(ONES[:, :, :0]), r"taps of shape \[2, 2, 0\]; expected"),
    (with_convolution(ONES, is_complex=True), r"complex taps of shape \[2, 2, 3\]; expected"),
    (with_convolution(ONES, products="five"), "'products' is 'five'; expected 'four' or 'three'"),
    (with_convolution(ONES, products="three"), "three products of a real node; expected a complex one"),
    (with_node("multiply", other="x", complex=False, products="three"), "three products of a real node; expected a"),
    (with_convolution(np.full((2, 2, 1), -(1 << 63))), "taps hold -9223372036854775808, which has no negative"),
    (with_convolution(np.full((2, 2, 1), 1 << 50)), "values in .* need 67 bits; expected at most 64"),
    (with_function(np.ones((4, 3)), outputs=3), "tables of 4 rows for 3 outputs and 2 channels; expected as many"),
    (with_function(np.ones((4, 3))), "tables of 4 rows for 1 outputs and 2 channels; expected as many"),
    (with_function(np.ones((2, 3)), outputs=0), "tables of 2 rows for 0 outputs and 2 channels; expected as many"),
    (with_function(np.ones((1, 3)), -1), r"3 segments of 2\^-1 LSB; expected knots on integers of 64 bits"),
    (with_function(np.ones((1, 5)), 61), r"5 segments of 2\^61 LSB; expected knots on integers of 64 bits"),
    (with_function(np.ones((1, 0))), r"tables of shape \[1, 0\], \[1, 0\]; expected one shape, \[rows, segments\]"),
    (with_function(np.ones((1, 3)), first_bases=[5]), r"an odd function with a base\[0\]; expected 0"),
    (with_function(np.ones((1, 3)), 4, "index"), "index, but 'x' is signed; expected an unsigned source"),
    (with_function(np.ones((1, 3)), 4, "round"), "'round' is not a valid Symmetry; export the bundle again"),
    (with_node("delay", samples=-1), "a delay of -1 samples; expected 0 or more"),
    (with_node("delay", samples=1.5), "'samples' is 1.5; expected an integer"),
    (with_node("delay", samples=True), "'samples' is True; expected an integer"),
    (with_node("delay"), "'samples' is missing; export the bundle again"),
    (with_node("delay", samples=1 << 80), r"keeps 1208925819614629174706176 samples of 2 channels; expected at most"),
    (with_convolution(ONES, dilation=1 << 30), r"keeps 2147483648 samples of 2 channels; expected at most 16777216"),
    (with_magnitude("sqrt", channels=3), "3 channels; expected pairs of I and Q"),
    (with_magnitude("hypot"), "'hypot' is not a valid MagnitudeKind; export the bundle again"),
    (with_magnitude("alpha_beta"), r"alpha, beta, fraction bits \(0, 0, 0\); expected alpha > 0 and no negative"),
    (with_magnitude("sqrt", alpha=1), r"coefficients \[1, 0, 0\] of sqrt; expected 0"),
    (with_node("multiply", complex=0, other="x"), "'complex' is 0; expected true or false"),
    (with_node("multiply", complex=True, other="x", channels=3), "3 channels; expected pairs of I and Q"),
    (with_node("multiply", complex=False, other="z"), "its source 'z' does not stand before it"),
    (with_node("add", sources=["x"]), "expected two or more operands with equally many channels: 'x' has 2"),
    (with_node("add", sources="xx"), "'sources' is 'xx'; expected a list"),
    (with_node("concatenate", sources=[]), "0 operands; expected two or more"),
    (with_node("rectify", slope_log2=63), r"slope 2\^-63; expected 2\^-0 to 2\^-62"),
]


@pytest.mark.parametrize("number", range(len(NODES)))
def test_nodes(number):
    sketch, message = NODES[number]
    with pytest.raises(FirmwareReferenceError, match=rf"^node 'n1': ({message})"):
        sketch.reference()


@pytest.mark.parametrize("channels", [[0, 2], [-1], []])
def test_select_of_channels_that_are_not_there(channels):
    sketch = Sketch()
    sketch.add("select", "s", channels=channels)
    assert refused(sketch) == f"node 's': channels {channels}; expected some of 0..1"


def test_operands_that_do_not_match():
    sketch = Sketch(4)
    sketch.add("select", "two", channels=[0, 1])
    sketch.add("add", "sum", sources=["x", "two"])
    expected = "node 'sum': expected two or more operands with equally many channels: 'x' has 4, 'two' has 2"
    assert refused(sketch) == expected
    sketch = Sketch()
    for frac in (-40, -80):
        sketch.requantize(16, frac)
    sketch.add("concatenate", "both", sources=["x", "n2"])
    assert refused(sketch) == "node 'both': operands 95 fraction bits apart; expected at most 62"


def test_plain_functions_read_signed_words():
    sketch = Sketch()
    sketch.magnitude("square", "e")
    sketch.piecewise([[1, 2]], 4, "plain", "f")
    assert refused(sketch) == "node 'f': plain, but 'e' is unsigned; expected a signed source"


def test_graphs():
    graph, tables = canceller().graph(), canceller().tables
    nodes = graph["nodes"]
    for spoiled, message in (
        ({"schema_version": 1}, "datapath: schema version 1, this reference reads 2; export the bundle again"),
        (
            {"schema_version": "a\nb"},
            r"datapath: schema version 'a\nb', this reference reads 2; export the bundle again",
        ),
        ({"nodes": None}, "datapath: no list of nodes; export the bundle again"),
        ({"nodes": ["x"]}, "datapath: no list of nodes; export the bundle again"),
        ({"nodes": []}, "datapath: expected one input, the first node; export the bundle again"),
        ({"nodes": nodes[1:]}, "datapath: expected one input, the first node; export the bundle again"),
        ({"nodes": nodes[:1] + nodes}, "datapath: expected one input, the first node; export the bundle again"),
        ({"nodes": nodes[:-1]}, "datapath: expected one output, the last node; export the bundle again"),
        ({"nodes": nodes + nodes[-1:]}, "datapath: expected one output, the last node; export the bundle again"),
        (
            {"nodes": [nodes[0], *nodes[2:]]},
            "node 'u': its source 'K' does not stand before it; export the bundle again",
        ),
        (
            {"nodes": [*nodes[:2], *nodes[1:]]},
            "node 'K': expected a name that no other node has; export the bundle again",
        ),
    ):
        assert refusal(graph | spoiled, tables) == message
    assert refusal([], tables) == "datapath: no list of nodes; export the bundle again"
    assert refusal(graph, tables, "lut") == "form 'lut'; expected 'table' or 'basis'"
    without = {name: table for name, table in tables.items() if name != "f.bases"}
    assert refusal(graph, without) == "node 'f': 'f.bases' is missing; export the bundle again"
    assert refusal(graph, tables | {"f.slopes": np.ones(3)}).startswith("node 'f': ")


JUNK = [None, -1, 0, 1, 3, 10**12, 1 << 70, -(1 << 70), 1.5, True, "x", "a\nb", [], ["x"], {}, [[]]]


@pytest.mark.parametrize("form", ["table", "basis"])
@pytest.mark.parametrize("sketch", [every_kind(), canceller()], ids=["every kind", "canceller"])
def test_any_junk_in_any_field_is_one_line_or_a_graph(sketch, form):
    graph = sketch.graph()
    refusals = 0
    for place, node in enumerate(graph["nodes"]):
        fields = [(key,) for key in node] + [
            (key, inner) for key, value in node.items() if isinstance(value, dict) for inner in value
        ]
        for field in fields:
            for spoiled in spoilings(node, field):
                nodes = [*graph["nodes"][:place], spoiled, *graph["nodes"][place + 1 :]]
                message = refusal(graph | {"nodes": nodes}, sketch.tables, form)
                refusals += message is not None
                assert message is None or "\n" not in message
    assert refusals > 1000


def spoilings(node, field):
    """The node without the field, and with each piece of junk in it."""
    for value in (..., *JUNK):
        copy = {key: dict(inner) if isinstance(inner, dict) else inner for key, inner in node.items()}
        parent = copy if len(field) == 1 else copy[field[0]]
        if value is ...:
            del parent[field[-1]]
        else:
            parent[field[-1]] = value
        yield copy


def test_errors_are_one_line():
    assert str(FirmwareReferenceError("what\nNumPy\r\nsays")) == "what NumPy says"
    assert str(FirmwareReferenceError("\x1b[31m\ud800")) == "\\x1b[31m\\ud800"
    long = str(FirmwareReferenceError(f"begin {'x' * 10**6} end"))
    assert (long[:6], long[-4:], len(long)) == ("begin ", " end", 1005)


def test_a_missing_version_is_no_version():
    graph = {key: value for key, value in canceller().graph().items() if key != "schema_version"}
    with pytest.raises(FirmwareReferenceError, match="schema version None, this reference reads 2"):
        Reference(graph, {})
