"""Step sizes of the streaming identifier: as given, normalized by power, or by the correlation of the gradients.

The rules leave the step sizes open. One number for all is of little use: the groups differ in power by orders of magnitude,
and within a group the gradients are so correlated that a step small enough for the strongest direction never moves
the weakest (docs/spec/identification.md gives figures).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.identification.network import GROUPS
from pimdeploy.identification.nonlinearity import FloatArray

REFRESH_SAMPLES = 256
"""The step matrix is computed anew after so many samples, or two for each parameter where that is more."""
ROWS_PER_PARAMETER = 2
"""Random gradients within the memory of the correlation matrix, for each parameter."""


@dataclass(frozen=True)
class StepSizes:
    """What multiplies the gradients. mu[n] = max(final, 1 / (1 / initial + n)) runs down from `initial` to `final`.

    none: the rules as printed; a group's step size is mu times its entry in `groups`.
    power: each group's step is divided by the running mean power of its gradients at an error of 1.
    correlation: the step is multiplied by the inverse of their running correlation matrix, over all groups (LMS-Newton).
    The last two are limited too: no step takes more than the block's error away to first order, or changes a group by
    more than `trust` of its norm. There mu is per sample: the memory of the identifier is about 1 / mu samples.
    """

    normalization: Literal["none", "power", "correlation"] = "correlation"
    initial: float = 1e-3
    final: float = 2e-4
    groups: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(GROUPS, 1.0))
    """Relative step size of each group; 0 leaves it as it is."""
    memory_samples: int = 12_800
    """Over which the power or the correlation is averaged."""
    warmup_samples: int = 1280
    """Only the averages move in the first samples."""
    ridge: float = 1e-2
    """Added to the normalized correlation matrix."""
    floor: float = 0.5
    """Share of a group's mean power that is added to each of its parameters: what few samples reach moves slowly."""
    trust: float = 0.3
    """Largest relative change of a group in one update."""

    def __post_init__(self) -> None:
        if not (self.initial > 0 and self.final >= 0 and self.memory_samples > 0 and self.trust > 0):
            raise ValueError(f"{self}: initial, memory_samples and trust must be positive, final 0 or more")
        if not set(self.groups) <= set(GROUPS) or min(self.groups.values(), default=0.0) < 0:
            raise ValueError(f"groups = {dict(self.groups)}: expected factors of 0 or more for {', '.join(GROUPS)}")


POWER = StepSizes("power", initial=0.1, final=0.02)
"""Normalization by power, with the step sizes that go with it."""


class StepRule:
    """Turns gradients into steps; holds the running averages.

    `group_of` [P]: the number of the group of each parameter. `adapted`: groups that move; the others keep their values.
    """

    def __init__(self, steps: StepSizes, group_of: NDArray[np.int64], adapted: tuple[str, ...] = GROUPS) -> None:
        self.steps = steps
        self.group_of = group_of
        factors = np.array([steps.groups.get(name, 1.0) if name in adapted else 0.0 for name in GROUPS])
        self.factor: FloatArray = factors[group_of]
        self.active = np.flatnonzero(self.factor)
        self.group = group_of[self.active]
        self.samples = 0
        self._averaged = 0
        self._refreshed = 0
        n = len(self.active)
        self._correlation: FloatArray = np.zeros((n, n) if steps.normalization == "correlation" else n)
        self._matrix: FloatArray | None = None

    def probes(self, elapsed: int) -> int:
        """Return how many random gradients `average` wants for `elapsed` samples."""
        match self.steps.normalization:
            case "none":
                return 0
            case "power":
                return 1
            case "correlation":
                return math.ceil(ROWS_PER_PARAMETER * len(self.active) * elapsed / self.steps.memory_samples)
            case _:
                assert_never(self.steps.normalization)

    def average(self, probes: FloatArray, n_samples: int, elapsed: int) -> None:
        """Take in gradients [sets, P] of a block of `n_samples`, the first for `elapsed` samples.

        They are those at errors that are random, independent from sample to sample and of magnitude 1: their mean square is
        the power of the gradients at an error of 1, summed over the block.
        """
        rows = probes[:, self.active] * np.sqrt(2.0 / (len(probes) * n_samples))
        self._averaged += elapsed
        share = elapsed / min(self._averaged, max(self.steps.memory_samples, elapsed))
        new = rows.T @ rows if self.steps.normalization == "correlation" else np.sum(rows**2, axis=0)
        self._correlation += share * (new - self._correlation)

    def step(self, gradient: FloatArray, parameters: FloatArray, error_power: float, n_samples: int) -> FloatArray:
        """Return the change [P] of `parameters` [P] for the gradient of a block and its sum of |e|^2."""
        mu = max(self.steps.final, 1.0 / (1.0 / self.steps.initial + self.samples))
        change = np.zeros_like(parameters)
        if self.steps.normalization == "none":
            self.samples += n_samples
            return -mu * self.factor * gradient
        if self._averaged < self.steps.warmup_samples or error_power == 0:
            return change
        self.samples += n_samples
        if self._matrix is None or self._averaged - self._refreshed >= max(REFRESH_SAMPLES, 2 * len(self.active)):
            self._matrix, self._refreshed = self._step_matrix(), self._averaged
        matrix, slope = self._matrix, gradient[self.active]
        direction: FloatArray = matrix @ slope if matrix.ndim == 2 else matrix * slope
        # To first order the block's |e|^2 / 2 falls by mu * (gradient . direction): never by more than all of it.
        fall = 2.0 * float(slope @ direction) / error_power
        change[self.active] = -mu / (1.0 + mu * fall) * direction
        return change / max(1.0, self._largest_change(change, parameters) / self.steps.trust)

    def _step_matrix(self) -> FloatArray:
        """Return the inverse of the averages: a matrix (correlation), or a diagonal (power)."""
        n_groups = len(GROUPS)
        counts = np.maximum(np.bincount(self.group, minlength=n_groups), 1)
        factor = self.factor[self.active]
        match self.steps.normalization:
            case "none":
                return factor
            case "power":
                totals = np.bincount(self.group, self._correlation, n_groups)[self.group]
                floored = np.maximum(totals, np.finfo(np.float64).tiny)
                return np.asarray(factor / (len(np.unique(self.group)) * floored), dtype=np.float64)
            case "correlation":
                power = np.diag(self._correlation)
                mean = (np.bincount(self.group, power, n_groups) / counts)[self.group]
                level = power + self.steps.floor * mean
                scale = np.divide(1.0, np.sqrt(level), out=np.zeros_like(level), where=level > 0)
                normalized = scale[:, None] * self._correlation * scale + self.steps.ridge * np.eye(len(scale))
                scale = scale * np.sqrt(factor)
                return np.asarray(scale[:, None] * np.linalg.inv(normalized) * scale, dtype=np.float64)
            case _:
                assert_never(self.steps.normalization)

    def _largest_change(self, change: FloatArray, parameters: FloatArray) -> float:
        """Return the largest ratio of a group's change to its norm, over groups that are not zero."""
        norms, changes = (np.sqrt(np.bincount(self.group_of, v**2, len(GROUPS))) for v in (parameters, change))
        moving = norms > 0
        return float(np.max(changes[moving] / norms[moving], initial=0.0))
