"""The stimuli that drive accumulators farthest, under the sanitizers: silent, and not so where one bit is missing."""

import re

import pytest
from demo_graphs import GRAPHS
from mutant_bundles import bundle_of_graph

from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Requantize
from pimdeploy.errors import MismatchError
from pimdeploy.verify.backends.c_code import SANITIZE, CBackend
from pimdeploy.verify.reference import reference_of
from pimdeploy.verify.stimuli.signals import stimuli


def sanitized(path, work):
    backend = CBackend("gcc", SANITIZE, "table")
    if backend.unavailable():
        pytest.skip(backend.unavailable())
    work.mkdir()
    backend.prepare(path, work)
    return backend


def corners(graph):
    """The stimuli that come before the capture and the random ones."""
    return [one for one in stimuli(graph, check(graph), 9000, None, 1) if not one.name.startswith(("gaussian", "uni"))]


@pytest.mark.parametrize("name", ["polynomial", "even"])
def test_the_sanitizers_are_silent(name, tmp_path):
    graph = GRAPHS[name]()
    backend = sanitized(bundle_of_graph(graph, tmp_path / "bundle").path, tmp_path / "work")
    for one in corners(graph):
        assert (backend.run(one.x_q) == reference_of(graph).process(one.x_q)).all(), one.name


def one_bit_more_than_int32():
    """A filter whose sum of |taps| is 65,537: signs matched to the taps take it just beyond 2^31, and nothing else does."""
    taps = IntTable([[[16_384, -16_383, -2], [-16_384, 16_384, 0]], [[1, 0, 0], [0, 1, 0]]])
    s16 = QFormat(True, 16, 15)
    nodes = (Input("x", 2, s16), Convolution("K", "x", taps, s16), Requantize("z", "K", s16), Output("y", "z"))
    return Graph("tight", nodes, 0)


def test_a_sum_of_one_bit_too_few_is_stopped_by_the_worst_case_alone(tmp_path):
    graph = one_bit_more_than_int32()
    assert check(graph)["K"].acc_bits == 33
    path = bundle_of_graph(graph, tmp_path / "bundle").path
    source = path / "c" / f"{graph.name}.c"
    statement = r"const int64_t acc0 =[^;]+;"
    spoiled, found = re.subn(statement, lambda one: one[0].replace("int64_t", "int32_t"), source.read_text())
    assert found == 1
    source.write_text(spoiled)
    backend, stopped = sanitized(path, tmp_path / "work"), {}
    for one in corners(graph):
        try:
            backend.run(one.x_q)
        except MismatchError as error:
            stopped[one.name] = str(error)
    assert stopped.keys() == {"worst_case_K"}
    assert "signed integer overflow" in stopped["worst_case_K"]
