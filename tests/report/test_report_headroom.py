"""How full the nodes are, against their bounds."""

import numpy as np
import pytest
from demo_models import demo_model

from pimdeploy.datapath.bounds import propagate
from pimdeploy.report import collect_headroom as collect


def test_headroom_is_that_of_the_bounds():
    graph = demo_model().graph
    found = {n.node: n for n in collect.headroom(graph, peaks_q={"u": 16384, "z": 40_000})}
    bounds = propagate(graph)
    assert list(found) == ["K", "u", "Phi", "a", "f", "c", "Psi", "v", "G", "z"]
    for name, node in found.items():
        assert (node.acc_bits, node.basis_acc_bits) == (bounds[name].acc_bits, bounds[name].basis_acc_bits)
        widest = max(node.acc_bits, node.basis_acc_bits or 0)
        assert node.carrier == ("int32" if widest <= 32 else "int64")
    assert found["f"].basis_acc_bits is not None
    assert found["u"].used == pytest.approx(16384 / 32767)
    assert found["z"].used == 1.0
    assert found["a"].used is None


def test_peaks_take_the_most_negative_code():
    trace = {"u": np.array([[3, -32768]]), "z": np.array([[5, -2]]), "none": np.zeros((2, 0), dtype=np.int64)}
    assert collect.peaks(trace) == {"u": 32768, "z": 5}
