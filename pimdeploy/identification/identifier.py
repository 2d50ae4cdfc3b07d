"""The streaming identifier: the LMS rules (7) to (11) of papers/003, one sample at a time or in blocks.

docs/spec/identification.md is normative. NumPy alone, float64 and complex128: an adaptive filter in floating point.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import TrainingError
from pimdeploy.identification.network import (
    GROUPS,
    Parameters,
    Signals,
    apply_phi,
    filter_adjoint,
    filter_valid,
    gradients,
    group_of_each,
    real_rows,
)
from pimdeploy.identification.nonlinearity import BfanSymmetry, BranchNonlinearity, FloatArray
from pimdeploy.identification.steps import StepRule, StepSizes
from pimdeploy.signals.dataset import ComplexArray

PROBE_SAMPLES = 64
"""Random errors are sent back for the running averages once in so many samples, or once a block if that is longer."""
DIVERGED = 1e6
"""The identifier stops where the error has more than so many times the power of the largest block received so far."""
NO_FILTER = np.ones(1, dtype=np.complex128)


@dataclass(frozen=True)
class Identified:
    """z [R, n], the estimates as they were made, and e [R, n], e[n] = d[n - latency] - z[n], not filtered."""

    z: ComplexArray
    e: ComplexArray


class LmsIdentifier:
    """Identifies a BFAN from a stream of transmit and received samples.

    weights: the start, in the shapes of a network's weights (K [2 T, M_K], Phi [M_a, 2 T, 2 M_N - 1], f, Psi [2 R, M_a],
    G [2 R, M_G]). z[n] estimates d[n - latency]. error_filter: taps of H; J[n] = sum over receivers of |(H * e)[n]|^2 / 2.
    window "held": the signals of the past that the gradients need are computed anew with the parameters of now;
    "kept": they stay as they were computed, in delay lines, as a sample-by-sample implementation has them. `seed` decides
    the random errors behind the running averages.
    """

    def __init__(
        self,
        weights: Mapping[str, NDArray[np.floating]],
        symmetry: BfanSymmetry,
        knot_spacing: float,
        *,
        latency: int = 0,
        error_filter: NDArray[np.inexact] = NO_FILTER,
        steps: StepSizes | None = None,
        window: Literal["held", "kept"] = "held",
        seed: int = 0,
    ) -> None:
        self.parameters = Parameters.from_weights(weights)
        self.nonlinearity = BranchNonlinearity(symmetry, float(knot_spacing))
        self.latency = latency
        self.steps = steps or StepSizes()
        self.held = window == "held"
        self.samples = 0
        """Samples taken in so far."""
        self.gradient: FloatArray = np.zeros(self.parameters.flat().shape)
        """Gradient of the last block's sum of J, before its update (see `Parameters.flat`)."""
        self._H = np.asarray(error_filter, dtype=np.complex128)[None]
        self._rng = np.random.default_rng(seed)
        self._probed = 0
        self._largest_power = 0.0
        self._reset_memory()
        self.adapt(GROUPS)

    def adapt(self, groups: tuple[str, ...]) -> None:
        """Adapt only the named groups from now on; the running averages begin anew."""
        self._rule = StepRule(self.steps, group_of_each(self.parameters), groups)

    @property
    def weights(self) -> dict[str, FloatArray]:
        """The parameters of now in the shapes of a network's weights."""
        return self.parameters.to_weights()

    def step(self, x: NDArray[np.complexfloating], d: NDArray[np.complexfloating]) -> tuple[ComplexArray, ComplexArray]:
        """Take one sample x [T], d [R]; return (z [R], e [R]) as they were before the update that follows."""
        made = self._block(np.asarray(x, np.complex128)[:, None], np.asarray(d, np.complex128)[:, None])
        return made.z[:, 0], made.e[:, 0]

    def process(self, x: ComplexArray, d: ComplexArray, block: int = 1) -> Identified:
        """Take x [T, n] and d [R, n]; return estimates and errors.

        Parameters are updated once a block of `block` samples, by the sum of its gradients, and held within it; a block of
        1 is the rule sample by sample. A last block may be shorter. Raises `TrainingError` where the error grows out of
        bounds.
        """
        if block < 1 or not 0 < x.shape[1] == d.shape[1]:
            raise ValueError(
                f"block = {block}, {x.shape[1]} and {d.shape[1]} samples: expected a block and equal lengths of 1 or more"
            )
        made = [self._block(x[:, i : i + block], d[:, i : i + block]) for i in range(0, x.shape[1], block)]
        return Identified(np.concatenate([m.z for m in made], axis=1), np.concatenate([m.e for m in made], axis=1))

    def predict(self, x: ComplexArray, block: int = 8192) -> ComplexArray:
        """Return the estimates z [R, n] of x [T, n] with the parameters of now, from zero memories; changes nothing."""
        m_k, m_n, m_g = self.parameters.memories
        memory = m_k + m_n + m_g
        padded = np.concatenate([np.zeros((x.shape[0], memory), dtype=np.complex128), x], axis=1)
        starts = range(0, x.shape[1], block)
        parts = [self._forward(padded[:, i : i + block + memory])[1] for i in starts]
        return np.concatenate(parts, axis=1)

    def _reset_memory(self) -> None:
        p = self.parameters
        m_k, m_n, m_g = p.memories
        n_h = self._H.shape[1] - 1
        self._reach = (n_h, n_h + m_g, n_h + m_g + m_n, n_h + m_g + m_n + m_k)
        """Past samples of e, of the branches and v, of u and of x that the gradients of one sample reach."""
        n_rx = len(p.Psi)
        self._x = np.zeros((len(p.K), self._reach[3]), dtype=np.complex128)
        self._d = np.zeros((n_rx, self.latency + n_h), dtype=np.complex128)
        self._e = np.zeros((n_rx, n_h), dtype=np.complex128)
        quiet = self.nonlinearity.evaluate(p.f, np.zeros((len(p.Phi), self._reach[1])))
        self._signals = Signals(self._x, np.zeros((2 * len(p.K), self._reach[2])), quiet, p.Psi @ quiet.c)

    def _block(self, x: ComplexArray, d: ComplexArray) -> Identified:
        n = x.shape[1]
        self._x = np.concatenate([_tail(self._x, self._reach[3]), x], axis=1)
        self._d = np.concatenate([_tail(self._d, self.latency + self._reach[0]), d], axis=1)
        self.samples += n
        with np.errstate(over="ignore", invalid="ignore"):  # `_check` finds what is out of bounds
            z, e = self._held(n) if self.held else self._kept(n)
            self._adapt(filter_valid(e, self._H))
        return Identified(z, e[:, e.shape[1] - n :])

    def _held(self, n: int) -> tuple[ComplexArray, ComplexArray]:
        """Compute the window's signals anew; return z [R, n] and e [R, n + n_taps of H - 1]."""
        self._signals, z = self._forward(self._x)
        return _tail(z, n), self._d[:, : z.shape[1]] - z

    def _kept(self, n: int) -> tuple[ComplexArray, ComplexArray]:
        """Compute the signals of the new samples and put them behind those of the past."""
        m_k, _, m_g = self.parameters.memories
        old = self._signals
        new_u = real_rows(filter_valid(_tail(self._x, n + m_k), self.parameters.K))
        u = np.concatenate([_tail(old.u, self._reach[2]), new_u], axis=1)
        new = self.nonlinearity.evaluate(self.parameters.f, apply_phi(self.parameters.Phi, u, n))
        v = np.concatenate([_tail(old.v, self._reach[1]), self.parameters.Psi @ new.c], axis=1)
        self._signals = Signals(self._x, u, old.branches.last(self._reach[1]).then(new), v)
        z = filter_valid(_tail(v, n + m_g), self.parameters.G)
        n_h = self._reach[0]
        self._e = np.concatenate([_tail(self._e, n_h), self._d[:, n_h : n_h + n] - z], axis=1)
        return z, self._e

    def _forward(self, x: ComplexArray) -> tuple[Signals, ComplexArray]:
        """Return the signals and z where every memory lies inside `x`."""
        p = self.parameters
        u = real_rows(filter_valid(x, p.K))
        values = self.nonlinearity.evaluate(p.f, apply_phi(p.Phi, u, u.shape[1] - p.memories[1]))
        v = p.Psi @ values.c
        return Signals(x, u, values, v), filter_valid(v, p.G)

    def _gradients(self, errors: ComplexArray) -> FloatArray:
        """Return the gradients [sets, P] at the filtered errors [sets, R, n] of the block."""
        return gradients(self.parameters, self.nonlinearity, self._signals, filter_adjoint(errors, self._H))

    def _adapt(self, error: ComplexArray) -> None:
        """Update the parameters by the filtered errors [R, n] of the block."""
        n = error.shape[1]
        power = float(np.sum(np.abs(error) ** 2))
        self._check(power, n)
        sets = [error]
        elapsed = self.samples - self._probed
        n_probes = self._rule.probes(elapsed) if elapsed >= PROBE_SAMPLES else 0
        if n_probes:
            phases = self._rng.integers(0, 4, (n_probes, *error.shape))
            sets += list(np.array([1, 1j, -1, -1j])[phases])
        found = self._gradients(np.stack(sets))
        if n_probes:
            self._rule.average(found[1:], n, elapsed)
            self._probed = self.samples
        self.gradient = found[0]
        vector = self.parameters.flat()
        self.parameters = self.parameters.with_flat(vector + self._rule.step(self.gradient, vector, power, n))

    def _check(self, power: float, n: int) -> None:
        received = float(np.mean(np.abs(self._d[:, self._d.shape[1] - n :]) ** 2))
        self._largest_power = max(self._largest_power, received)
        if not power <= DIVERGED * max(self._largest_power, np.finfo(np.float64).tiny) * n * len(self._d):
            raise TrainingError(
                f"LMS diverged at sample {self.samples}: the error has the power {power / n:.3g} against "
                f"{self._largest_power:.3g} received; give smaller step sizes"
            )


def _tail(array: NDArray, n: int) -> NDArray:  # type: ignore[type-arg]
    """Return the last `n` columns."""
    return array[:, array.shape[1] - n :]
