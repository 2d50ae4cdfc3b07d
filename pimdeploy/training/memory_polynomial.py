"""The memory polynomial as the Levenberg-Marquardt solver sees it (`Family`): linear in what is trained."""

import torch
from torch import Tensor

from pimdeploy.datapath.lowering_memory_polynomial import polynomials
from pimdeploy.network_spec import MemoryPolynomialSpec
from pimdeploy.networks.filters import complex_convolution
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.networks.memory_polynomial import (
    MemoryPolynomial,
    MemoryPolynomialKind,
    envelope,
    orthogonal_recurrence,
)
from pimdeploy.training.family import Family, Point
from pimdeploy.training.objective import Objective
from pimdeploy.training.parameters import Weights
from pimdeploy.training.signals import pairs
from pimdeploy.training.spectra import Spectra

START_RIDGE = 1e-9
"""Relative ridge of the least squares: neighbouring taps of an oversampled signal are nearly equal."""


class MemoryPolynomialPoint(Point):
    """The network of `spec` at `weights`; terms: [n_terms T, n] complex, which do not depend on W."""

    def __init__(self, weights: Weights, terms: Tensor) -> None:
        self.weights, self.terms = weights, terms
        rows = torch.stack([terms.real, terms.imag], dim=1).flatten(0, 1)
        self.v = pairs(complex_convolution(rows[None], weights["W"])[0])

    def columns(self, spectra: Spectra, receiver: int) -> dict[str, Tensor]:
        """See `Point.columns`. The filters W act behind the taper, which changes its ends alone."""
        del receiver
        phases = spectra.phases(self.weights["W"].shape[-1])
        delayed = spectra.of(self.terms)[:, None] * phases
        return {"W": torch.stack([delayed, 1j * delayed], dim=1).flatten(0, 2)}


class MemoryPolynomialFamily(Family):
    """The memory polynomial of `spec` for T transmitters and R receivers."""

    last_filter = None
    per_receiver = frozenset({"W"})

    def __init__(self, spec: MemoryPolynomialSpec, n_tx: int, n_rx: int) -> None:
        self.spec = spec
        self.n_rx = n_rx
        self.shapes = MemoryPolynomialKind(spec).weight_shapes(n_tx, n_rx)
        self._terms: tuple[Tensor, dict[str, Tensor], Tensor] | None = None

    def start(self, objective: Objective, number: int, seed: int) -> Weights:
        """See `Family.start`: the polynomials of these samples, and the least squares of their sum."""
        del number, seed
        weights = {name: objective.x.new_zeros(shape) for name, shape in self.shapes.items()}
        if self.spec.basis == "orthogonal":
            e = envelope(self.spec, objective.x).flatten()
            power = (objective.x[0::2].square() + objective.x[1::2].square()).flatten()
            for k, coefficients in enumerate(orthogonal_recurrence(e, power, len(polynomials(self.spec))), 1):
                weights[f"P{k}"] = coefficients
        point = self.point(weights, objective.x)
        columns = objective.weight * point.columns(objective.spectra, 0)["W"]
        gram = torch.view_as_real(columns).flatten(1)
        answers = torch.view_as_real(objective.target).flatten(1) @ gram.T
        gram = gram @ gram.T
        gram += START_RIDGE * torch.diag(gram.diagonal())
        weights["W"] = torch.linalg.solve(gram, answers.T).T.reshape(self.shapes["W"]).contiguous()
        return weights

    def point(self, weights: Weights, x: Tensor) -> MemoryPolynomialPoint:
        """See `Family.point`. The terms are kept from call to call: W does not change them."""
        constants = {name: weight for name, weight in weights.items() if name != "W"}
        if self._terms is None or self._terms[0] is not x or not _equal(self._terms[1], constants):
            self._terms = (x, constants, self._term_signals(weights, x))
        return MemoryPolynomialPoint(weights, self._terms[2])

    def held(self) -> dict[str, Tensor]:
        """See `Family.held`: the polynomials are found from the samples and then fixed."""
        return {name: torch.ones(shape, dtype=torch.bool) for name, shape in self.shapes.items() if name != "W"}

    def _term_signals(self, weights: Weights, x: Tensor) -> Tensor:
        network = MemoryPolynomial(self.spec, {name: w.detach() for name, w in weights.items()}, FloatFactory())
        with torch.no_grad():
            return torch.cat([pairs(term[0]) for term in network.term_signals(x[None])])


def _equal(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return all(a[name] is b[name] or torch.equal(a[name], b[name]) for name in b)
