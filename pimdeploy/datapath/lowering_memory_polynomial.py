"""Lowering of the memory polynomial: z_r is the sum of complex filters over the terms x_t q_k(envelope of x_t).

The model that papers/003 compares with in section IV-A (its reference [10]). q_k are polynomials of the envelope e, |x|
or |x|^2: plain powers, or orthogonal ones from a three-term recurrence q_{k+1} = (A e + B) q_k + C q_{k-1}, q_0 = 1.
Generalized cross terms take the envelope of another instant.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import quantize_weights
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.lowering_parts import GraphParts, Weights, require_all
from pimdeploy.datapath.magnitudes import magnitude_node
from pimdeploy.datapath.model import RealTables
from pimdeploy.datapath.nodes import Concatenate, Delay, Multiply, Products, Select
from pimdeploy.network_spec import MemoryPolynomialSpec


@dataclass(frozen=True)
class Term:
    """One term x q_k of the sum; `lag`: samples by which the envelope lags, negative where it leads."""

    k: int
    lag: int = 0

    @property
    def name(self) -> str:
        """Name of its activation: "x" itself, "t2", "t2_lag1", "t2_lead1"."""
        if self.k == 0:
            return "x"
        shift = "" if self.lag == 0 else f"_lag{self.lag}" if self.lag > 0 else f"_lead{-self.lag}"
        return f"t{self.k}{shift}"


def envelope_step(spec: MemoryPolynomialSpec) -> int:
    """Return the power of |x| that the polynomials' variable e is: 2 where all orders are even, else 1."""
    return 2 if all(p % 2 == 0 for p in spec.orders) else 1


def polynomials(spec: MemoryPolynomialSpec) -> tuple[int, ...]:
    """Return the k of all polynomials q_k that are computed, from 1 up: those of `orders` and what leads there."""
    return tuple(range(1, max(spec.orders) // envelope_step(spec) + 1))


def terms(spec: MemoryPolynomialSpec) -> tuple[Term, ...]:
    """Return the terms of the sum, in the order in which "W" has them."""
    own = [Term(p // envelope_step(spec)) for p in sorted(spec.orders)]
    return (*own, *(Term(term.k, lag) for lag in spec.cross_lags for term in own if term.k > 0))


def memory_polynomial_weights(spec: MemoryPolynomialSpec) -> tuple[str, ...]:
    """Return the names of the weights: "W", and for orthogonal polynomials "P1", "P2", ... before it."""
    recurrence = tuple(f"P{k}" for k in polynomials(spec)) if spec.basis == "orthogonal" else ()
    return (*recurrence, "W")


def memory_polynomial_activations(spec: MemoryPolynomialSpec) -> tuple[str, ...]:
    """Return the names of the requantized activations, in order. "r", "e" and the powers may be unsigned."""
    squared = ("e",) if _squares(spec) else ()
    powers = tuple(f"q{k}" for k in polynomials(spec) if k > 1 or spec.basis == "orthogonal")
    envelope = ("r", *squared) if polynomials(spec) else ()
    return ("x", *envelope, *powers, *(term.name for term in terms(spec) if term.k), "z")


def unsigned_activations(spec: MemoryPolynomialSpec) -> frozenset[str]:
    """Return the activations whose formats are unsigned: the envelope, and its plain powers."""
    powers = {f"q{k}" for k in polynomials(spec)} if spec.basis == "power" else set()
    return frozenset({"r", "e"} | powers)


def lower_memory_polynomial(
    spec: MemoryPolynomialSpec,
    weights: Weights,
    formats: FormatMap,
    name: str,
    delay_samples: int,
    products: Products = Products.FOUR,
) -> tuple[Graph, RealTables]:
    """Return the network as a checked graph, with its real tables.

    weights: "W" [R, n_terms T, 2, M] (re, im; term by term, in each all transmitters), "P1" [2] (A, B), "P2" ... [3]
    (A, B, C). Raises `GraphError` where something is missing or does not fit.
    """
    require_all(memory_polynomial_weights(spec), memory_polynomial_activations(spec), weights, formats)
    n_tx = weights["W"].shape[1] // len(terms(spec))
    parts = GraphParts(formats, products)
    parts.input("x", 2 * n_tx)
    if polynomials(spec):
        _lower_polynomials(parts, spec, weights, _lower_envelope(parts, spec), n_tx)
    for term in terms(spec):
        if term.k:
            _lower_term(parts, term, _polynomial_name(spec, term.k), n_tx)
    names = tuple(term.name for term in terms(spec))
    source = parts.add(Concatenate("terms", names)) if len(names) > 1 else names[0]
    parts.convolution("W", source, weights["W"], is_complex=True)
    parts.requantize("z", "W")
    return parts.finish(name, delay_samples)


def _squares(spec: MemoryPolynomialSpec) -> bool:
    """Return whether e is the square of a magnitude that is taken first."""
    return bool(polynomials(spec)) and envelope_step(spec) == 2 and spec.magnitude != "square"


def _envelope_name(spec: MemoryPolynomialSpec) -> str:
    return "e" if _squares(spec) else "r"


def _polynomial_name(spec: MemoryPolynomialSpec, k: int) -> str:
    """Return the activation that holds q_k; the first plain power is the envelope itself."""
    return _envelope_name(spec) if k == 1 and spec.basis == "power" else f"q{k}"


def _lower_envelope(parts: GraphParts, spec: MemoryPolynomialSpec) -> str:
    parts.add(magnitude_node("m", "x", spec.magnitude))
    parts.requantize("r", "m")
    if _squares(spec):
        parts.add(Multiply("rr", "r", "r"))
        parts.requantize("e", "rr")
    return _envelope_name(spec)


def _lower_polynomials(
    parts: GraphParts, spec: MemoryPolynomialSpec, weights: Weights, envelope: str, n_tx: int
) -> None:
    for k in polynomials(spec):
        if spec.basis == "power":
            if k > 1:
                parts.add(Multiply(f"p{k}", _polynomial_name(spec, k - 1), envelope))
                parts.requantize(f"q{k}", f"p{k}")
        else:
            _lower_recurrence(parts, k, weights[f"P{k}"], envelope, n_tx)
            parts.requantize(f"q{k}", f"P{k}")


def _lower_recurrence(parts: GraphParts, k: int, coefficients: NDArray[np.float64], envelope: str, n_tx: int) -> None:
    """Add the node P_k = q_k before its requantizer; what multiplies q_0 = 1 is a bias."""
    if k == 1:
        a, b = coefficients
        _convolve(parts, "P1", envelope, [a], b, n_tx)
        return
    a, b, c = coefficients
    operands = [parts.add(Multiply(f"eq{k - 1}", envelope, f"q{k - 1}")), f"q{k - 1}"]
    if k > 2:
        operands.append(f"q{k - 2}")
    source = parts.add(Concatenate(f"s{k}", tuple(operands)))
    if n_tx > 1:  # one group a transmitter: its own operands side by side
        order = tuple(i * n_tx + t for t in range(n_tx) for i in range(len(operands)))
        source = parts.add(Select(f"o{k}", source, order))
    _convolve(parts, f"P{k}", source, [a, b, c][: len(operands)], c if k == 2 else None, n_tx)


def _convolve(
    parts: GraphParts, name: str, source: str, coefficients: list[float], constant: float | None, n_tx: int
) -> None:
    """Add a convolution that applies the same coefficients, and the same constant, to each transmitter's operands.

    The constant is a coefficient like the others: it is rounded to their format before it goes to the bias' grid.
    """
    taps = np.tile(np.array(coefficients, dtype=np.float64)[None, :, None], (n_tx, 1, 1))
    if constant is None:
        parts.convolution(name, source, taps, groups=n_tx)
        return
    fmt = parts.formats.weights[name]
    rounded: NDArray[np.float64] = quantize_weights(np.full(n_tx, constant), fmt) * np.float64(fmt.lsb)
    parts.convolution(name, source, taps, groups=n_tx, bias=rounded)
    parts.real[f"{name}.bias"] = np.full(n_tx, constant)


def _lower_term(parts: GraphParts, term: Term, polynomial: str, n_tx: int) -> None:
    x, q = "x", polynomial
    if term.lag > 0:
        q = _delayed(parts, q, term.lag)
    elif term.lag < 0:
        x = _delayed(parts, x, -term.lag)
    pair = f"{q}_pair"
    if all(node.name != pair for node in parts.nodes):
        parts.add(Select(pair, q, tuple(t for t in range(n_tx) for _ in "IQ")))
    parts.add(Multiply(f"x{term.name}", x, pair))
    parts.requantize(term.name, f"x{term.name}")


def _delayed(parts: GraphParts, source: str, samples: int) -> str:
    name = f"{source}_late{samples}"
    if all(node.name != name for node in parts.nodes):
        parts.add(Delay(name, source, samples, lag=True))
    return name
