"""The memory polynomial: complex filters over the terms x_t q_k(envelope of x_t), the envelope |x| or |x|^2.

What papers/003 compares its network with (section IV-A, reference [10]); generalized cross terms are an option. It is
linear in its weights W. The recurrence of orthogonal polynomials, P_k, is found from training samples and then fixed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from pimdeploy.datapath.lowering_memory_polynomial import (
    Term,
    envelope_step,
    memory_polynomial_activations,
    memory_polynomial_weights,
    polynomials,
    terms,
    unsigned_activations,
)
from pimdeploy.network_spec import MemoryPolynomialSpec
from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.filters import complex_convolution
from pimdeploy.networks.kind import ActivationRange, NetworkKind
from pimdeploy.networks.layers import LayerFactory
from pimdeploy.networks.magnitude import FloatRoot, magnitude


def delayed(x: Tensor, samples: int) -> Tensor:
    """Return x[..., n - samples], zeros before the first sample."""
    return x if samples == 0 else pad(x, (samples, 0))[..., : x.shape[-1]]


class MemoryPolynomial(Canceller):
    """The network for T transmitters and R receivers.

    `initial`: W [R, n_terms T, 2, M] (re, im; term by term, in each all transmitters), in units of full scale, and the
    recurrence P_1 [2] (A, B), P_k [3] (A, B, C): q_1 = A e + B, q_k = (A e + B) q_{k-1} + C q_{k-2}, q_0 = 1.
    """

    def __init__(self, spec: MemoryPolynomialSpec, initial: dict[str, Tensor], factory: LayerFactory) -> None:
        super().__init__(
            {name: factory.weight(name, initial[name]) for name in memory_polynomial_weights(spec)},
            {name: factory.activation(name) for name in memory_polynomial_activations(spec)},
        )
        self.spec = spec
        self.root = factory.root("x")

    def forward(self, x: Tensor, trace: dict[str, Tensor] | None = None) -> Tensor:
        """See `Canceller.forward`."""
        x = self.activate("x", x, trace)
        stacked = torch.cat(self.term_signals(x, trace), dim=1)
        return self.activate("z", complex_convolution(stacked, self.weights["W"]()), trace)

    def term_signals(self, x: Tensor, trace: dict[str, Tensor] | None = None) -> list[Tensor]:
        """Return the terms, each [batch, 2 T, n_samples], in the order of `terms`."""
        q = self._polynomials(x, trace) if polynomials(self.spec) else {}
        return [self._term(term, x, q, trace) for term in terms(self.spec)]

    def _term(self, term: Term, x: Tensor, q: dict[int, Tensor], trace: dict[str, Tensor] | None) -> Tensor:
        if term.k == 0:
            return x
        gain = delayed(q[term.k], max(term.lag, 0)).repeat_interleave(2, 1)
        return self.activate(term.name, delayed(x, max(-term.lag, 0)) * gain, trace)

    def _polynomials(self, x: Tensor, trace: dict[str, Tensor] | None) -> dict[int, Tensor]:
        e = self.activate("r", magnitude(x, self.spec.magnitude, self.root), trace)
        if "e" in self.activations:
            e = self.activate("e", e * e, trace)
        if self.spec.basis == "power":
            q = {1: e}
            for k in polynomials(self.spec)[1:]:
                q[k] = self.activate(f"q{k}", q[k - 1] * e, trace)
            return q
        q = {0: torch.ones_like(e)}
        for k in polynomials(self.spec):
            coefficients = self.weights[f"P{k}"]()
            value = coefficients[0] * e * q[k - 1] + coefficients[1] * q[k - 1]
            if k > 1:
                value = value + coefficients[2] * q[k - 2]
            q[k] = self.activate(f"q{k}", value, trace)
        return q


@dataclass(frozen=True)
class MemoryPolynomialKind(NetworkKind):
    """Sizes of the network of `spec`."""

    spec: MemoryPolynomialSpec

    complex_weights = ("W",)

    def weight_shapes(self, n_tx: int, n_rx: int) -> dict[str, tuple[int, ...]]:
        """See `NetworkKind.weight_shapes`."""
        n_terms = len(terms(self.spec))
        shapes: dict[str, tuple[int, ...]] = {}
        for name in memory_polynomial_weights(self.spec):
            shapes[name] = (n_rx, n_terms * n_tx, 2, self.spec.M) if name == "W" else (2 if name == "P1" else 3,)
        return shapes

    def constants(self) -> tuple[str, ...]:
        """See `NetworkKind.constants`: the recurrence."""
        return memory_polynomial_weights(self.spec)[:-1]

    def antennas(self, shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, int]:
        """See `NetworkKind.antennas`."""
        return shapes["W"][1] // len(terms(self.spec)), shapes["W"][0]

    def latency(self) -> int:
        """See `NetworkKind.latency`: half the filters; a leading envelope delays x, which the filters' first half covers."""
        return (self.spec.M - 1) // 2

    def warmup(self) -> int:
        """See `NetworkKind.warmup`: M - 1 and the longest lag or lead."""
        return self.spec.M - 1 + max((abs(lag) for lag in self.spec.cross_lags), default=0)

    def ranges(self, spacing: float) -> dict[str, ActivationRange]:
        """See `NetworkKind.ranges`: the envelope and its plain powers are unsigned."""
        del spacing
        used = set(memory_polynomial_activations(self.spec))
        return {name: ActivationRange(signed=False) for name in sorted(unsigned_activations(self.spec) & used)}

    def build(self, initial: dict[str, Tensor], spacing: float, factory: LayerFactory) -> MemoryPolynomial:
        """See `NetworkKind.build`."""
        del spacing
        return MemoryPolynomial(self.spec, initial, factory)


def orthogonal_recurrence(e: Tensor, weight: Tensor, count: int) -> list[Tensor]:
    """Return P_1 .. P_count for polynomials of `e` that are orthogonal under `weight`, each of largest magnitude 1.

    e, weight: [n], samples of the envelope and the weight of each (|x|^2, for the terms are x q_k). Stieltjes'
    procedure: e q_k less its projections on q_k and q_{k-1} is orthogonal to all before (Gautschi, "Orthogonal
    Polynomials", 2004, section 2.2.3).
    """
    before, now = torch.zeros_like(e), torch.ones_like(e)
    found = []
    for k in range(1, count + 1):
        norm = (weight * now * now).sum()
        b = -(weight * e * now * now).sum() / norm
        c = e.new_zeros(())
        if k > 1:
            c = -(weight * e * now * before).sum() / (weight * before * before).sum()
        raw = (e + b) * now + c * before
        scale = 1 / raw.abs().max()
        found.append(torch.stack([scale, scale * b] + ([scale * c] if k > 1 else [])))
        before, now = now, scale * raw
    return found


def envelope(spec: MemoryPolynomialSpec, x: Tensor) -> Tensor:
    """Return e of complex channels x [2 T, n_samples] in floating point: [T, n_samples]."""
    taken = magnitude(x[None], spec.magnitude, FloatRoot())[0]
    return taken * taken if envelope_step(spec) == 2 and spec.magnitude != "square" else taken
