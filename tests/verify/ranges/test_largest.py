"""What is shown of accumulators: never less than what some input reaches, and little more, by trying every input."""

import itertools

import numpy as np
import pytest

from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Add, Convolution, Input, IntTable, Multiply, Output, Piecewise, Requantize, Select
from pimdeploy.verify.ranges.largest import largest_accumulator
from pimdeploy.verify.reference import reference_of

S4, W = QFormat(True, 4, 3), QFormat(True, 6, 5)
EVERY = np.array(list(itertools.product(range(-8, 8), repeat=2)), dtype=np.int64).T
"""All samples of two channels of four bits, [2, 256]."""


def functions(seed):
    """A function of each of three sums of I and Q, and a filter of three taps behind them: u is a function of one sample."""
    rng = np.random.default_rng(seed)
    nodes = (
        Input("x", 2, S4),
        Convolution("Phi", "x", IntTable(rng.integers(-31, 32, size=(3, 2, 1))), W),
        Requantize("a", "Phi", QFormat(True, 6, 3)),
        Piecewise("f", "a", IntTable(rng.integers(-15, 16, size=(1, 4))), W, 3),
        Requantize("u", "f", QFormat(True, 5, 3)),
        Convolution(
            "G", "u", IntTable(rng.integers(-31, 32, size=(2, 3, 3))), W, IntTable(rng.integers(-99, 99, size=2))
        ),
        Requantize("z", "G", S4),
        Output("y", "z"),
    )
    return Graph("functions", nodes, 0)


def farthest_of_taps(node, u):
    """The farthest partial sum of `node` where each tap reads any column of `u`: a sum of positive, or of negative terms."""
    taps = node.taps.array
    terms = taps[:, :, :, None] * u[None, :, None, :]  # [out, in, tap, value]
    up, down = (ends.sum(axis=1).max(axis=2).sum(axis=1) for ends in (np.maximum(terms, 0), np.maximum(-terms, 0)))
    bias = node.bias.array
    return max((up + np.maximum(bias, 0)).max(), (down + np.maximum(-bias, 0)).max())


@pytest.mark.parametrize("seed", range(8))
def test_taps_behind_functions_of_one_sample(seed):
    graph = functions(seed)
    bounds = check(graph)
    exact = farthest_of_taps(graph.node("G"), reference_of(graph).trace(EVERY)["u"])
    shown, (lo, hi) = largest_accumulator(graph, bounds, "G"), bounds["G"].accumulator
    bound = max(-lo, hi)
    value = bound if shown is None else shown.value
    assert exact <= value <= min(bound, exact + 2 * bound / 32)


def test_something_is_shown_of_most_of_them():
    found = [largest_accumulator(graph, check(graph), "G") for graph in map(functions, range(8))]
    assert sum(one is not None for one in found) >= 5
    assert {one.leaf for one in found if one is not None} <= {"x", "Phi", "a"}


@pytest.mark.parametrize("is_complex", [False, True])
def test_products_of_what_follows_from_the_same_samples(is_complex):
    swapped = Select("q", "x", (1, 0))
    nodes = (Input("x", 2, S4), swapped, Multiply("p", "x", "q", is_complex), Output("y", "p"))
    graph = Graph("product", nodes, 0)
    i, q = EVERY
    # (I + jQ)(Q + jI) = j (I^2 + Q^2): the partial sums of the real part are I Q and what is subtracted from it.
    exact = np.abs(i * q).max() if not is_complex else (i * i + q * q).max()
    shown = largest_accumulator(graph, check(graph), "p")
    lo, hi = check(graph)["p"].accumulator
    assert (max(-lo, hi) if shown is None else shown.value) == exact


def test_a_sum_and_its_opposite():
    minus = Convolution("n", "x", IntTable(np.diag([-31, -31])[:, :, None]), W)
    plus = Convolution("p", "x", IntTable(np.diag([31, 31])[:, :, None]), W)
    graph = Graph("sum", (Input("x", 2, S4), minus, plus, Add("s", ("n", "p")), Output("y", "s")), 0)
    assert check(graph)["s"].accumulator == (-31 * 15, 31 * 15)
    assert largest_accumulator(graph, check(graph), "s").value == 31 * 8  # the positive term alone, and it is cancelled


@pytest.mark.parametrize("seed", range(6))
def test_filters_in_a_row(seed):
    """Behind a filter that does not saturate: the farthest partial sum is that of some choice of terms at some corner."""
    rng = np.random.default_rng(seed)
    first = Convolution("K", "x", IntTable(rng.integers(-31, 32, size=(3, 2, 2))), W)
    second = Convolution("Phi", "u", IntTable(rng.integers(-31, 32, size=(2, 3, 1))), W)
    nodes = (Input("x", 2, S4), first, Requantize("u", "K", QFormat(True, 16, 8)), second, Output("y", "Phi"))
    graph = Graph("filters", nodes, 0)
    bounds = check(graph)
    corners = np.array(list(itertools.product((-8, 7), repeat=4)), dtype=np.int64).reshape(16, 2, 2)
    u = reference_of(graph).trace(corners.transpose(1, 0, 2).reshape(2, 32))["u"][:, 1::2]
    terms = second.taps.array[:, :, 0, None] * u[None]
    met = max(np.maximum(terms, 0).sum(axis=1).max(), np.maximum(-terms, 0).sum(axis=1).max())
    shown, (lo, hi) = largest_accumulator(graph, bounds, "Phi"), bounds["Phi"].accumulator
    value = max(-lo, hi) if shown is None else shown.value
    assert met <= value <= met * (8 / 7) * 1.02  # -8 and 7 are no magnitudes of one size


def test_many_terms_on_the_same_samples_are_bounded_all_the_same():
    """More terms than are tried one choice at a time: still no less than the sum of all, and no more than the bound."""
    rng = np.random.default_rng(1)
    first = Convolution("K", "x", IntTable(rng.integers(-31, 32, size=(14, 2, 1))), W)
    second = Convolution("Phi", "u", IntTable(rng.integers(-31, 32, size=(1, 14, 1))), W)
    nodes = (Input("x", 2, S4), first, Requantize("u", "K", QFormat(True, 16, 8)), second, Output("y", "Phi"))
    graph = Graph("wide", nodes, 0)
    terms = second.taps.array[:, :, 0, None] * reference_of(graph).trace(EVERY)["u"][None]
    met = max(np.maximum(terms, 0).sum(axis=1).max(), np.maximum(-terms, 0).sum(axis=1).max())
    lo, hi = check(graph)["Phi"].accumulator
    assert met <= largest_accumulator(graph, check(graph), "Phi").value < max(-lo, hi)


def test_nothing_is_shown_where_the_bound_is_reached_or_nothing_is_summed():
    graph = functions(0)
    bounds = check(graph)
    assert [largest_accumulator(graph, bounds, name) for name in ("Phi", "a", "f", "z")] == [None] * 4
