"""Slow drift of a path: gain, phase and delay that swing about their mean, continuously or from slot to slot."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.sources.units import finite

LEAST_PERIOD_STEPS = 8.0


@dataclass(frozen=True)
class Grid:
    """Where a drift is evaluated: node j at sample j `step_samples`, of `n_steps` (the last goes on; None: no end).

    Between nodes the responses of two neighbours are mixed linearly; where `held`, node j holds for slot j and the
    change is a raised cosine over `fade_samples` about the edge.
    """

    step_samples: int
    held: bool
    fade_samples: int
    n_steps: int | None

    def weights(self, start: int, stop: int) -> list[tuple[int, NDArray[np.float64]]]:
        """Return (node, its weight at samples start..stop - 1) for the nodes at work there; weights add up to 1.

        Samples before 0 belong to node 0.
        """
        n = np.arange(start, stop)
        place = self._slots(n) if self.held else n / self.step_samples
        last = math.inf if self.n_steps is None else float(self.n_steps - 1)
        place = np.clip(place, 0.0, last)
        nodes = range(int(np.floor(place.min())), int(np.ceil(place.max())) + 1)
        hats = [(node, np.maximum(0.0, 1.0 - np.abs(place - node))) for node in nodes]
        return [(node, hat) for node, hat in hats if hat.any()]

    def _slots(self, n: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the slot of each sample, with a ramp of half a cosine from j - 1 to j about the edge of slot j."""
        edge = np.floor_divide(n + self.step_samples // 2, self.step_samples)
        into = (n - edge * self.step_samples + 0.5) / self.fade_samples + 0.5
        return np.asarray(edge - 0.5 - 0.5 * np.cos(np.pi * np.clip(into, 0.0, 1.0)), dtype=np.float64)


@dataclass(frozen=True)
class Drift:
    """A seeded swing within +-`gain_db`, +-`phase_rad` and +-`delay_s` about the path's mean.

    Each of the three is a sum of three cosines whose periods are 1 to 2 times `period_steps` steps of `step_samples`
    samples, with phases and periods drawn from `seed`; it has no history, so any instant can be asked for. A longer path
    also turns the carrier: delay moves the phase by -2 pi `radio_hz` times itself. `held`, `fade_samples`, `n_steps`: see
    `Grid`. Raises `InputError` for figures that are not finite or a swing too fast for its steps.
    """

    period_steps: float
    step_samples: int
    gain_db: float = 0.0
    phase_rad: float = 0.0
    delay_s: float = 0.0
    radio_hz: float = 0.0
    held: bool = False
    fade_samples: int = 64
    n_steps: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        finite("drift", self.period_steps, self.gain_db, self.phase_rad, self.delay_s, self.radio_hz)
        if not self.held and self.period_steps < LEAST_PERIOD_STEPS:
            raise InputError(
                f"drift.period_steps = {self.period_steps:g}: a swing of fewer than {LEAST_PERIOD_STEPS:g} steps is "
                f"not slow; make step_samples smaller, or hold it in slots (held)"
            )
        if self.step_samples < 1 or self.period_steps <= 0 or (self.n_steps is not None and self.n_steps < 1):
            raise InputError("drift: step_samples, period_steps and n_steps must be positive")
        if self.held and not 1 <= self.fade_samples <= self.step_samples:
            raise InputError(
                f"drift.fade_samples = {self.fade_samples}: expected 1 to step_samples = {self.step_samples}"
            )

    @property
    def grid(self) -> Grid:
        """Where it is evaluated."""
        return Grid(self.step_samples, self.held, self.fade_samples, self.n_steps)

    def at(self, node: int) -> tuple[complex, float]:
        """Return (complex gain, extra delay in s) of `node`."""
        gain, phase, delay = self._swings(node)
        delay_s = self.delay_s * delay
        turn = self.phase_rad * phase - 2 * math.pi * self.radio_hz * delay_s
        return 10 ** (self.gain_db * gain / 20) * complex(math.cos(turn), math.sin(turn)), delay_s

    def seeded(self, seed: int) -> "Drift":
        """Return the drift with another seed."""
        return replace(self, seed=seed)

    def _swings(self, node: int) -> NDArray[np.float64]:
        """Return the swing of gain, phase and delay at `node`, each within +-1."""
        rng = np.random.default_rng(self.seed)
        periods = self.period_steps * (1.0 + (np.arange(3) + rng.uniform(0.0, 0.5, (3, 3))) / 3)  # apart: no slow beat
        starts = rng.uniform(size=(3, 3))
        shares = np.array([0.5, 0.3, 0.2])
        return np.asarray(np.cos(2 * np.pi * (node / periods + starts)) @ shares, dtype=np.float64)
