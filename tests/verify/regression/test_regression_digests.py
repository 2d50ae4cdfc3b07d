"""Digests of models name the table or the node that changed."""

import copy
import json

import numpy as np
import pytest
from demo_bundle import demo_parts, small_weights
from demo_models import demo_formats

from pimdeploy.datapath.formats import Rounding
from pimdeploy.verify.regression import digests
from pimdeploy.verify.regression.digests import differences, digest_of_graph, stimulus


@pytest.fixture(scope="module")
def demo():
    return demo_parts().model.graph


@pytest.fixture(scope="module")
def entry(demo):
    return digest_of_graph(demo)


def test_equal_graphs_have_equal_digests(demo, entry):
    assert differences(entry, digest_of_graph(demo)) == []
    assert json.loads(json.dumps(entry)) == entry


def test_a_changed_weight_is_named_by_its_table_and_the_first_node(entry):
    weights = small_weights()
    weights["Phi"] = weights["Phi"] - 2.0**-14
    now = digest_of_graph(demo_parts(weights=weights).model.graph)
    assert differences(entry, now) == ["table Phi.taps changed", "the output changed, first in node Phi"]


def test_a_changed_rounding_is_named_by_its_nodes(entry):
    now = digest_of_graph(demo_parts(formats=demo_formats(rounding=Rounding.FLOOR)).model.graph)
    nodes = [f"node {name} changed" for name in ("u", "a", "c", "v", "z")]
    assert differences(entry, now) == [*nodes, "the output changed, first in node u"]


def test_a_reference_that_computes_otherwise_is_named_by_the_node(demo, entry, monkeypatch):
    class Off(digests.Reference):
        def trace(self, x_q):
            found = super().trace(x_q)
            found["v"] = found["v"] + 1
            found["y"] = found["y"] + 1
            return found

    monkeypatch.setattr(digests, "Reference", Off)
    assert differences(entry, digest_of_graph(demo)) == ["the output changed, first in node v"]


def test_another_stimulus_is_no_change_of_the_model(demo, entry):
    assert differences(entry, digest_of_graph(demo, seed=2)) == ["the stimulus changed"]


def test_tables_and_nodes_that_came_or_went(entry):
    now = copy.deepcopy(entry)
    now["tables"]["new.taps"] = now["tables"].pop("G.taps")
    now["nodes"]["new"] = now["nodes"].pop("a")
    assert differences(entry, now) == ["table G.taps gone", "table new.taps new", "node a gone", "node new new"]
    now = {**entry, "graph_sha256": "0"}
    assert differences(entry, now) == ["the graph changed: name, latency or order of its nodes"]


def test_the_stimulus_fills_the_format_and_gets_quieter(demo):
    x_q = stimulus(demo.input, 1, 512)
    peaks = np.abs(x_q.reshape(2, 4, 128)).max(axis=(0, 2))
    assert x_q.shape == (2, 512)
    assert [peak > 0.9 * 2**15 / 2**quieter for peak, quieter in zip(peaks, digests.QUIETER, strict=True)] == [True] * 4
    assert (peaks <= 2**15 / 2.0 ** np.array(digests.QUIETER)).all()
    # The raw words of PCG64(1): they are the same wherever this runs.
    assert x_q[:, :2].tolist() == [[25855, -26419], [10342, -4142]]
