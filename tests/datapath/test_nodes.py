"""The node kinds: tables as values, and the two forms of a piecewise-linear function."""

import numpy as np
import pytest
from demo_models import signed

from pimdeploy.datapath.nodes import Convolution, IntTable, Piecewise


def table_form(node: Piecewise, a: int, row: int = 0) -> int:
    """fixed_point.md, section 7, word for word."""
    slopes, bases, m = node.slopes.array[row].tolist(), node.bases.array[row].tolist(), node.segment_log2
    t = abs(a)
    s = min(t >> m, node.segments - 1)
    r = t - (s << m)
    y = (bases[s] << m) + slopes[s] * r
    return -y if a < 0 else y


def basis_form(node: Piecewise, a: int, row: int = 0) -> int:
    weights, m = node.weights.array[row].tolist(), node.segment_log2
    return sum(w * (max(a - (k << m), 0) - max(-a - (k << m), 0)) for k, w in enumerate(weights))


@pytest.mark.parametrize("bits", [4, 6, 9])
@pytest.mark.parametrize("m", [0, 1, 3, 8, 12])
@pytest.mark.parametrize("segments", [1, 2, 3, 8])
def test_table_and_basis_agree_on_every_input(bits, m, segments):
    rng = np.random.default_rng(bits * 100 + m)
    node = Piecewise("f", "a", IntTable(rng.integers(-127, 128, size=(2, segments))), signed(8, 7), m)
    for row in (0, 1):
        for a in range(-(2 ** (bits - 1)), 2 ** (bits - 1)):
            assert table_form(node, a, row) == basis_form(node, a, row)


def test_derived_tables_are_exact_sums_and_differences():
    node = Piecewise("f", "a", IntTable([[3, -2, 5], [7, 7, 0]]), signed(8, 7), 2)
    assert node.bases.array.tolist() == [[0, 3, 1], [0, 7, 14]]
    assert node.weights.array.tolist() == [[3, -5, 7], [7, 0, -7]]
    assert np.array_equal(np.cumsum(node.weights.array, axis=1), node.slopes.array)
    assert (node.segments, node.shared) == (3, False)
    assert Piecewise("f", "a", IntTable([[1]]), signed(8, 7), 2).shared


def test_tables_are_values():
    table = IntTable([[1, 2], [3, 4]])
    assert table == IntTable(np.array([[1, 2], [3, 4]], dtype=np.int16))
    assert hash(table) == hash(IntTable([[1, 2], [3, 4]]))
    assert table != IntTable([[1, 2, 3, 4]])
    assert table != IntTable([[1, 2], [3, 5]])
    assert table != [[1, 2], [3, 4]]
    assert repr(table) == "IntTable(2, 2)"


def test_tables_cannot_be_written_and_are_no_view():
    source = np.array([1, 2, 3])
    table = IntTable(source)
    source[0] = 9
    assert table.array.tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="read-only"):
        table.array[0] = 5


@pytest.mark.parametrize(
    ("shape", "groups", "is_complex", "expected"),
    [
        ((6, 2, 5), 1, False, (6, 2)),
        ((6, 2, 5), 3, False, (6, 6)),
        ((3, 1, 2, 5), 3, True, (6, 6)),
        ((1, 4, 2, 5), 1, True, (2, 8)),
    ],
)
def test_convolution_sizes(shape, groups, is_complex, expected):
    node = Convolution("W", "x", IntTable(np.ones(shape)), signed(8, 7), None, groups, 3, is_complex)
    assert (node.channels_out, node.channels_in) == expected
    assert (node.kernel_length, node.memory) == (5, 12)
